/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Whether another attempt follows, and when. */

#include "jt-retry.h"

#define SECOND G_GINT64_CONSTANT (1000000)

static gint64
decide (const char *settings_text, JtRunState ended_as, gint32 exit_code, gint32 signal, guint32 attempt)
{
  g_autoptr (GVariant) value = g_variant_parse (G_VARIANT_TYPE_VARDICT, settings_text, NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JtSettings) settings = jt_settings_new (value, &error);
  g_autoptr (JtRun) run = jt_run_new ();
  gint64 delay_usec = -1;

  g_assert_no_error (error);
  run->attempt = attempt;
  run->max_attempts = jt_settings_get_uint32 (settings, "retries") + 1;
  run->exit_code = exit_code;
  run->signal = signal;
  return jt_retry_decide (settings, run, ended_as, 7, &delay_usec) ? delay_usec : -1;
}

#define JOB(rest) "{'shell': <'x'>, 'retries': <uint32 5>, 'retry-jitter': <0.0>, 'retry-delay': <uint64 10000000>" rest "}"

static void
test_backoff (void)
{
  static const struct
  {
    const char *settings;
    gint64      seconds[5];
  } rows[] = {
    { JOB (", 'retry-backoff': <'constant'>"), { 10, 10, 10, 10, 10 } },
    { JOB (", 'retry-backoff': <'linear'>"), { 10, 20, 30, 40, 50 } },
    { JOB (", 'retry-backoff': <'exponential'>"), { 10, 20, 40, 80, 160 } },
    { JOB (", 'retry-max-delay': <uint64 35000000>"), { 10, 20, 35, 35, 35 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      for (guint attempt = 1; attempt <= 5; attempt++)
        g_assert_cmpint (decide (rows[i].settings, JT_RUN_FAILED, 1, 0, attempt), ==, rows[i].seconds[attempt - 1] * SECOND);
      g_assert_cmpint (decide (rows[i].settings, JT_RUN_FAILED, 1, 0, 6), ==, -1);
    }
}

static void
test_rules (void)
{
  static const struct
  {
    const char *settings;
    JtRunState  ended_as;
    gint32      exit_code;
    gint32      signal;
    gboolean    follows;
  } rows[] = {
    { JOB (""), JT_RUN_SUCCEEDED, 0, 0, FALSE },
    { JOB (""), JT_RUN_FAILED, 1, 0, TRUE },
    { JOB (""), JT_RUN_FAILED, -1, 9, TRUE },
    { JOB (""), JT_RUN_TIMED_OUT, -1, 15, TRUE },
    { JOB (""), JT_RUN_CANCELLED, -1, 15, FALSE },
    { JOB (""), JT_RUN_LOST, -1, 0, FALSE },
    { JOB (", 'rerun-lost': <true>"), JT_RUN_LOST, -1, 0, TRUE },
    { JOB (", 'retry-on': <[75]>"), JT_RUN_FAILED, 75, 0, TRUE },
    { JOB (", 'retry-on': <[75]>"), JT_RUN_FAILED, 1, 0, FALSE },
    { JOB (", 'retry-on': <[137]>"), JT_RUN_FAILED, -1, 9, TRUE },
    { JOB (", 'retry-on': <[75]>"), JT_RUN_TIMED_OUT, -1, 15, FALSE },
    { JOB (", 'no-retry-on': <[2]>"), JT_RUN_FAILED, 2, 0, FALSE },
    { JOB (", 'no-retry-on': <[2]>"), JT_RUN_FAILED, 3, 0, TRUE },
    { "{'shell': <'x'>}", JT_RUN_FAILED, 1, 0, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if ((decide (rows[i].settings, rows[i].ended_as, rows[i].exit_code, rows[i].signal, 1) >= 0) != rows[i].follows)
      g_error ("row %u: %s", i, rows[i].settings);
}

/* Within its span, not the same for all, and the same again for the same run. */
static void
test_jitter (void)
{
  g_autoptr (GVariant) value = g_variant_parse (G_VARIANT_TYPE_VARDICT, "{'shell': <'x'>, 'retries': <uint32 5>, 'retry-jitter': <0.5>, 'retry-delay': <uint64 10000000>}", NULL, NULL, NULL);
  g_autoptr (JtSettings) settings = jt_settings_new (value, NULL);
  g_autoptr (JtRun) run = jt_run_new ();
  gint64 least = G_MAXINT64;
  gint64 most = 0;

  run->attempt = 1;
  run->max_attempts = 6;
  run->exit_code = 1;
  for (guint64 seed = 0; seed < 200; seed++)
    {
      gint64 delay = 0;
      gint64 again = 0;

      g_assert_true (jt_retry_decide (settings, run, JT_RUN_FAILED, seed, &delay));
      g_assert_true (jt_retry_decide (settings, run, JT_RUN_FAILED, seed, &again));
      g_assert_cmpint (delay, ==, again);
      least = MIN (least, delay);
      most = MAX (most, delay);
    }
  g_assert_cmpint (least, >=, 5 * SECOND);
  g_assert_cmpint (most, <=, 15 * SECOND);
  g_assert_cmpint (most - least, >, 2 * SECOND);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/retry/backoff", test_backoff);
  g_test_add_func ("/retry/rules", test_rules);
  g_test_add_func ("/retry/jitter", test_jitter);
  return g_test_run ();
}
