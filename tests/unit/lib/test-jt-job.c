/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* A job's health, its last runs, and how it looks on the bus. */

#include <string.h>

#include "jt-job.h"

static JtJob *
make_job (const char *settings_text)
{
  g_autoptr (GVariant) value = g_variant_parse (G_VARIANT_TYPE_VARDICT, settings_text, NULL, NULL, NULL);
  JtJob *job = jt_job_new ();

  job->id = 7;
  job->name = g_strdup ("backup");
  job->owner_name = g_strdup ("alice");
  job->settings = jt_settings_new (value, NULL);
  g_assert_nonnull (job->settings);
  return job;
}

static void
take (JtJobStatus *status, JtRunState state, gint64 took_usec)
{
  g_autoptr (JtRun) run = jt_run_new ();

  run->id = status->last_run + 1;
  run->state = state;
  run->started_usec = 1000000;
  run->finished_usec = 1000000 + took_usec;
  jt_job_status_take_run (status, run);
}

static void
test_health (void)
{
  g_autoptr (JtJob) job = make_job ("{'shell': <'x'>}");
  g_autoptr (JtJob) disabled = make_job ("{'shell': <'x'>, 'enabled': <false>}");
  JtJobStatus status = { 0 };

  g_assert_cmpstr (jt_job_get_health (job, &status), ==, "new");
  take (&status, JT_RUN_SUCCEEDED, 100);
  g_assert_cmpstr (jt_job_get_health (job, &status), ==, "ok");
  take (&status, JT_RUN_FAILED, 100);
  take (&status, JT_RUN_TIMED_OUT, 100);
  g_assert_cmpstr (jt_job_get_health (job, &status), ==, "failing");
  g_assert_cmpint (status.streak, ==, -2);
  take (&status, JT_RUN_CANCELLED, 100);
  take (&status, JT_RUN_SKIPPED, 0);
  take (&status, JT_RUN_MISSED, 0);
  g_assert_cmpint (status.streak, ==, -2);
  take (&status, JT_RUN_SUCCEEDED, 100);
  g_assert_cmpint (status.streak, ==, 1);
  g_assert_cmpstr (status.recent, ==, "SFTCKMS");
  g_assert_cmpstr (jt_job_get_health (disabled, &status), ==, "paused");
}

/* The oldest of the last runs goes when there is no room. */
typedef struct
{
  JtRunState state;
  gint64     at_usec;
  int        turn;
  gint64     phase_usec;
} Turn;

/* When a job begins to fail and when it recovers, and how long what ends had lasted; what says nothing about it ends nothing. */
static void
test_turns (void)
{
  static const Turn turns[] = {
    { JT_RUN_FAILED, 100, -1, -1 }, /* how long it did well before nobody knows */
    { JT_RUN_LOST, 200, 0, 0 },
    { JT_RUN_CANCELLED, 250, 0, 0 },
    { JT_RUN_SUCCEEDED, 300, +1, 200 },
    { JT_RUN_SUCCEEDED, 1000, 0, 0 },
    { JT_RUN_TIMED_OUT, 1300, -1, 1000 },
    { JT_RUN_SUCCEEDED, 1310, +1, 10 },
  };
  JtJobStatus status = { 0 };
  JtJobStatus good = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (turns); i++)
    {
      take (&status, turns[i].state, turns[i].at_usec);
      g_assert_cmpint (status.turn, ==, turns[i].turn);
      g_assert_cmpint (status.phase_usec, ==, turns[i].phase_usec);
    }
  take (&good, JT_RUN_SUCCEEDED, 100);
  g_assert_cmpint (good.turn, ==, 0);
  take (&good, JT_RUN_FAILED, 130);
  g_assert_cmpint (good.turn, ==, -1);
  g_assert_cmpint (good.phase_usec, ==, 30);
}

static void
test_recent (void)
{
  JtJobStatus status = { 0 };

  for (guint i = 0; i < JT_JOB_RECENT + 3; i++)
    take (&status, i == JT_JOB_RECENT + 2 ? JT_RUN_FAILED : JT_RUN_SUCCEEDED, 100);
  g_assert_cmpuint (strlen (status.recent), ==, JT_JOB_RECENT);
  g_assert_cmpint (status.recent[JT_JOB_RECENT - 1], ==, 'F');
}

static void
test_typical (void)
{
  JtJobStatus status = { 0 };

  take (&status, JT_RUN_SUCCEEDED, 1000);
  g_assert_cmpint (status.typical_duration_usec, ==, 1000);
  take (&status, JT_RUN_FAILED, 900000);
  g_assert_cmpint (status.typical_duration_usec, ==, 1000);
  take (&status, JT_RUN_SUCCEEDED, 2000);
  g_assert_cmpint (status.typical_duration_usec, >, 1000);
  g_assert_cmpint (status.typical_duration_usec, <, 2000);
}

static void
test_row (void)
{
  g_autoptr (JtJob) job = make_job ("{'command': <['tar', 'a b']>, 'tags': <['t']>, 'schedule': <['@daily']>}");
  JtJobStatus status = { 0 };
  g_autoptr (GVariant) row = g_variant_ref_sink (jt_job_to_variant (job, &status));
  g_autoptr (GVariant) properties = g_variant_ref_sink (jt_job_to_properties (job, &status));
  GVariantIter iter;
  const char *text;
  g_autoptr (GVariant) settings = g_variant_lookup_value (properties, "Settings", G_VARIANT_TYPE_VARDICT);

  g_variant_iter_init (&iter, row);
  while (g_variant_iter_next (&iter, "{&sv}", &text, NULL))
    for (const char *at = text; *at != '\0'; at++)
      g_assert_true (g_ascii_islower (*at) || *at == '-');
  g_assert_true (g_variant_lookup (row, "command", "&s", &text));
  g_assert_cmpstr (text, ==, "tar 'a b'");
  g_assert_true (g_variant_lookup (row, "path", "&o", &text));
  g_assert_cmpstr (text, ==, "/org/example/JobTracker/jobs/7");
  g_assert_true (g_variant_lookup (properties, "LastRun", "&o", &text));
  g_assert_cmpstr (text, ==, "/");
  g_assert_nonnull (settings);
}

/* What a run changes of its job: the same values as among all, and nothing of the definition. */
static void
test_status_properties (void)
{
  g_autoptr (JtJob) job = make_job ("{'command': <['true']>}");
  JtJobStatus status = { .last_run = 9, .streak = -2 };
  g_autoptr (GVariant) all = g_variant_ref_sink (jt_job_to_properties (job, &status));
  g_autoptr (GVariant) some = g_variant_ref_sink (jt_job_to_status_properties (job, &status));
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_assert_cmpuint (g_variant_n_children (some), ==, 7);
  g_variant_iter_init (&iter, some);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    {
      g_autoptr (GVariant) same = g_variant_lookup_value (all, name, NULL);

      g_assert_cmpvariant (value, same);
    }
  g_assert_false (g_variant_lookup (some, "Name", "&s", &name));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/health", test_health);
  g_test_add_func ("/job/turns", test_turns);
  g_test_add_func ("/job/recent", test_recent);
  g_test_add_func ("/job/typical", test_typical);
  g_test_add_func ("/job/row", test_row);
  g_test_add_func ("/job/status-properties", test_status_properties);
  return g_test_run ();
}
