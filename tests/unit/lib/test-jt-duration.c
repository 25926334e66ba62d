/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Durations as people write them. */

#include "jt-duration.h"
#include "jt-error.h"

#define SECOND G_GINT64_CONSTANT (1000000)

static void
test_parsed (void)
{
  static const struct
  {
    const char *text;
    gint64      usec;
  } rows[] = {
    { "15min", 900 * SECOND },      { "1h 30min", 5400 * SECOND }, { "1h30min", 5400 * SECOND }, { "90s", 90 * SECOND },      { "2w", 14 * 86400 * SECOND },
    { "1d", 86400 * SECOND },       { "100ms", 100000 },           { "5us", 5 },                 { "PT15M", 900 * SECOND },   { "P1DT2H", 26 * 3600 * SECOND },
    { "0s", 0 },                    { "1.5h", 5400 * SECOND },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 usec = -1;

      if (!jt_duration_parse (rows[i].text, &usec, NULL, &error))
        g_error ("'%s': %s", rows[i].text, error->message);
      g_assert_cmpint (usec, ==, rows[i].usec);
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char *text;
    guint       column;
  } rows[] = { { "", 0 }, { "15", 3 }, { "1w3", 4 }, { "5 fortnights", 3 }, { "-5m", 1 }, { "min", 1 }, { "1h x", 4 }, { "999999999999999y", 1 }, { "PT", 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 usec = 42;
      guint column = 0;

      if (jt_duration_parse (rows[i].text, &usec, &column, &error))
        g_error ("'%s' is not refused", rows[i].text);
      g_test_message ("'%s': %s", rows[i].text, error->message);
      g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT);
      g_assert_cmpint (usec, ==, 42);
      if (rows[i].column != 0 && rows[i].column != column)
        g_error ("'%s': column %u, expected %u", rows[i].text, column, rows[i].column);
    }
}

/* What is written reads as the same. */
static void
test_round_trip (void)
{
  static const gint64 fixed[] = { 0, 1, 999, 1000, SECOND, 61 * SECOND, 90 * 60 * SECOND, 86400 * SECOND, G_MAXINT64 / 2 };

  for (guint i = 0; i < 500; i++)
    {
      gint64 usec = i < G_N_ELEMENTS (fixed) ? fixed[i] : ((gint64) g_test_rand_int () & 0x7fffffff) * (1 + (i % 7) * 12345);
      g_autofree char *text = jt_duration_format (usec);
      gint64 again = -1;

      g_assert_true (jt_duration_parse (text, &again, NULL, NULL));
      g_assert_cmpint (again, ==, usec);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/duration/parsed", test_parsed);
  g_test_add_func ("/duration/refused", test_refused);
  g_test_add_func ("/duration/round-trip", test_round_trip);
  return g_test_run ();
}
