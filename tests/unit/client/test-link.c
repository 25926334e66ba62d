/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-link.h"

static void
test_backoff (void)
{
  g_assert_cmpuint (jt_link_backoff_msec (1, 0), ==, 125);
  g_assert_cmpuint (jt_link_backoff_msec (1, 1), ==, 250);
  g_assert_cmpuint (jt_link_backoff_msec (2, 1), ==, 500);
  g_assert_cmpuint (jt_link_backoff_msec (3, 0), ==, 500);
  for (guint n = 1; n < 100; n++)
    g_assert_cmpuint (jt_link_backoff_msec (n + 1, 0.5), >=, jt_link_backoff_msec (n, 0.5));
  g_assert_cmpuint (jt_link_backoff_msec (G_MAXUINT, 1), ==, 60000);
  g_assert_cmpuint (jt_link_backoff_msec (G_MAXUINT, 0), ==, 30000);
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gboolean *is_done = user_data;

  g_assert_null (jt_link_call_finish (JT_LINK (source), result, NULL, &error));
  g_assert_error (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN);
  *is_done = TRUE;
}

/* Without a service a call fails, and not from within the call. */
static void
test_absent (void)
{
  g_autoptr (JtLink) link = jt_link_new ("system", "unix:path=/nonexistent");
  gboolean is_done = FALSE;

  jt_link_call_async (link, "/", "a.b", "C", g_variant_new ("(s)", "text"), on_called, &is_done);
  g_assert_false (is_done);
  while (!is_done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (jt_link_has_service (link));
  jt_link_stop (link);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/backoff", test_backoff);
  g_test_add_func ("/link/absent", test_absent);
  return g_test_run ();
}
