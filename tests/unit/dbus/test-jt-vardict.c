/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* The a{sv} at the end of calls. */

#include <string.h>

#include "jt-error.h"
#include "jt-vardict.h"

static const JtVardictKey keys[] = { { "limit", "u" }, { "after", "t" }, { "state", "as" }, { "job", "s" }, { "follow", "b" }, { NULL, NULL } };

static GVariant *
parse (const char *text)
{
  return g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);
}

static void
test_refused (void)
{
  static const char *const rows[][2] = {
    { "{'limt': <uint32 1>}", "did you mean 'limit'?" }, { "{'limit': <'1'>}", "expected u, got s" }, { "{'xyzzy': <1>}", "xyzzy" }, { "{'state': <'failed'>}", "expected as, got s" },
  };
  g_autoptr (GVariantBuilder) builder = g_variant_builder_new (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) twice = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GVariant) dict = parse (rows[i][0]);
      g_autoptr (GError) row_error = NULL;

      g_assert_false (jt_vardict_check (dict, keys, "option", &row_error));
      g_assert_error (row_error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (row_error->message, "option"));
      if (strstr (row_error->message, rows[i][1]) == NULL)
        g_error ("%s: %s", rows[i][0], row_error->message);
    }
  g_variant_builder_add (builder, "{sv}", "limit", g_variant_new_uint32 (1));
  g_variant_builder_add (builder, "{sv}", "limit", g_variant_new_uint32 (2));
  twice = g_variant_ref_sink (g_variant_builder_end (builder));
  g_assert_false (jt_vardict_check (twice, keys, "option", &error));
  g_assert_nonnull (strstr (error->message, "twice"));
}

static void
test_values (void)
{
  g_autoptr (GVariant) dict = parse ("{'limit': <uint32 5>, 'after': <uint64 7>, 'state': <['a', 'b']>, 'job': <'x'>, 'follow': <true>}");
  g_autoptr (GVariant) none = parse ("{}");
  g_auto (GStrv) states = jt_vardict_get_strv (dict, "state");

  g_assert_true (jt_vardict_check (dict, keys, "option", NULL));
  g_assert_true (jt_vardict_check (none, keys, "option", NULL));
  g_assert_cmpuint (jt_vardict_get_uint32 (dict, "limit", 1), ==, 5);
  g_assert_cmpuint (jt_vardict_get_uint64 (dict, "after", 1), ==, 7);
  g_assert_cmpstr (jt_vardict_get_string (dict, "job", "y"), ==, "x");
  g_assert_true (jt_vardict_get_boolean (dict, "follow", FALSE));
  g_assert_cmpuint (g_strv_length (states), ==, 2);
  g_assert_cmpuint (jt_vardict_get_uint32 (none, "limit", 1), ==, 1);
  g_assert_cmpstr (jt_vardict_get_string (none, "job", "y"), ==, "y");
  g_assert_null (jt_vardict_get_strv (none, "state"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vardict/refused", test_refused);
  g_test_add_func ("/vardict/values", test_values);
  return g_test_run ();
}
