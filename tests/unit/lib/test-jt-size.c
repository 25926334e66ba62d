/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Sizes as people write them, base 1024. */

#include "jt-size.h"

static void
test_parsed (void)
{
  static const struct
  {
    const char *text;
    guint64     bytes;
  } rows[] = { { "0", 0 }, { "512", 512 }, { "16K", 16384 }, { "512M", 536870912 }, { "1G", 1073741824 }, { "2T", G_GUINT64_CONSTANT (2199023255552) } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint64 bytes = 1;
      g_autofree char *text = jt_size_format (rows[i].bytes);

      g_assert_true (jt_size_parse (rows[i].text, &bytes, NULL));
      g_assert_cmpuint (bytes, ==, rows[i].bytes);
      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_refused (void)
{
  static const char *const rows[] = { "", "10GB", "K", "-1", "1.5G", "1 G x", "99999999999999999999", "99999999999999T" };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      guint64 bytes = 42;

      if (jt_size_parse (rows[i], &bytes, &error))
        g_error ("'%s' is not refused", rows[i]);
      g_assert_nonnull (error);
      g_assert_cmpuint (bytes, ==, 42);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/size/parsed", test_parsed);
  g_test_add_func ("/size/refused", test_refused);
  return g_test_run ();
}
