/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Every error crosses the bus by its name, both ways. */

#include "jt-error.h"
#include "jt-names.h"

static const char *const names[]
  = { "InvalidArgument", "InvalidSettings", "InvalidSchedule", "InvalidTemplate", "TooLarge",           "QuotaExceeded", "NotAuthorized",
      "NotFound",        "Exists",          "WrongState",      "NotSupported",    "Paused", "StorageUnavailable", "Overloaded" };

static void
test_names (void)
{
  G_STATIC_ASSERT (G_N_ELEMENTS (names) == JT_N_ERRORS);
  for (int code = 0; code < JT_N_ERRORS; code++)
    {
      g_autofree char *expected = g_strconcat (JT_ERROR_PREFIX, names[code], NULL);
      g_autoptr (GError) sent = g_error_new_literal (JT_ERROR, code, "text");
      g_autofree char *name = g_dbus_error_encode_gerror (sent);
      g_autoptr (GError) received = g_dbus_error_new_for_dbus_error (expected, "text");

      g_assert_cmpstr (name, ==, expected);
      g_assert_cmpstr (jt_error_get_dbus_name (code), ==, expected);
      g_assert_error (received, JT_ERROR, code);
      g_dbus_error_strip_remote_error (received);
      g_assert_cmpstr (received->message, ==, "text");
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error/names", test_names);
  return g_test_run ();
}
