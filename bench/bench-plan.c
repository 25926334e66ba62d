/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "bench-common.h"

#include <stdio.h>

#include "jt-fake-clock.h"
#include "jt-fake-executor.h"
#include "jt-fake-store.h"
#include "jt-planner.h"
#include "jt-tracker.h"
#include "jt-zone.h"

/* bench-plan JOBS: core alone, between a clock that is turned by hand and a record in memory. Prints the milliseconds of: finding the next
 * occurrence of JOBS schedules, each read from its text, and nothing else; adding JOBS jobs; planning all of them anew after the clock was
 * set back an hour, forward an hour with nothing due in between, after zones changed, and forward three days with something to be caught up on
 * for each of them. */

#define NOW_USEC (1767225600 * (gint64) G_USEC_PER_SEC)
#define HOUR_USEC (3600 * (gint64) G_USEC_PER_SEC)
#define BATCH 5000

static const char *const zones[] = { "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe" };

/* None is due in the first hours. */
static JtSettings *
make_settings (guint number)
{
  g_autofree char *schedule = g_strdup_printf ("%u %u * * *", number % 60, 12 + number / 60 % 8);
  const char *const schedules[] = { schedule, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) values = NULL;
  JtSettings *settings;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "shell", "s", "true");
  g_variant_dict_insert_value (&dict, "schedule", g_variant_new_strv (schedules, -1));
  g_variant_dict_insert (&dict, "timezone", "s", zones[number % G_N_ELEMENTS (zones)]);
  values = g_variant_ref_sink (g_variant_dict_end (&dict));
  settings = jt_settings_new (values, &error);
  if (settings == NULL)
    g_error ("%s", error->message);
  return settings;
}

static void
keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static double
measure_floor (guint n_jobs)
{
  double start;
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_job_unref);

  for (guint i = 0; i < n_jobs; i++)
    {
      JtJob *job = jt_job_new ();

      job->settings = make_settings (i);
      g_ptr_array_add (jobs, job);
    }
  start = bench_now_seconds ();
  for (guint i = 0; i < n_jobs; i++)
    if (jt_planner_next (g_ptr_array_index (jobs, i), NOW_USEC, 0) == G_MAXINT64)
      g_error ("no next occurrence");
  return bench_now_seconds () - start;
}

static double
add_batch (JtTracker *tracker, JtStore *store, guint from, guint count)
{
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_job_draft_free);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = NULL;
  double start;

  for (guint i = from; i < from + count; i++)
    {
      g_autofree char *name = g_strdup_printf ("job-%u", i);
      g_autoptr (JtSettings) settings = make_settings (i);

      g_ptr_array_add (drafts, jt_job_draft_new (1000, "alice", name, settings));
    }
  start = bench_now_seconds ();
  jt_tracker_add_jobs_async (tracker, 1000, drafts, NULL, NULL, NULL, keep_result, &result);
  jt_fake_store_settle (JT_FAKE_STORE (store));
  ids = jt_tracker_add_jobs_finish (tracker, result, &error);
  if (ids == NULL)
    g_error ("%s", error->message);
  return bench_now_seconds () - start;
}

static double
step (JtClock *clock, JtStore *store, gint64 usec)
{
  double start = bench_now_seconds ();

  jt_fake_clock_step_to (JT_FAKE_CLOCK (clock), jt_clock_get_realtime (clock) + usec);
  jt_fake_store_settle (JT_FAKE_STORE (store));
  return bench_now_seconds () - start;
}

int
main (int argc, char **argv)
{
  guint n_jobs = argc == 2 ? (guint) g_ascii_strtoull (argv[1], NULL, 10) : 0;
  g_autoptr (JtClock) clock = jt_fake_clock_new (NOW_USEC);
  g_autoptr (JtStore) store = jt_fake_store_new ();
  g_autoptr (JtExecutor) executor = jt_fake_executor_new ();
  g_autoptr (JtConfig) config = jt_config_load (NULL, FALSE, NULL);
  g_autoptr (JtTracker) tracker = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  double added = 0, back, forward, zone;

  if (n_jobs == 0)
    g_error ("usage: bench-plan JOBS");
  tracker = jt_tracker_new (clock, store, executor, config, "boot");
  jt_tracker_start_async (tracker, NULL, keep_result, &result);
  jt_fake_store_settle (JT_FAKE_STORE (store));
  printf ("%.2f ", measure_floor (n_jobs) * 1e3);
  for (guint i = 0; i < n_jobs; i += BATCH)
    added += add_batch (tracker, store, i, MIN (BATCH, n_jobs - i));
  back = step (clock, store, -HOUR_USEC);
  forward = step (clock, store, HOUR_USEC);
  jt_zone_forget_all ();
  zone = step (clock, store, 0);
  printf ("%.2f %.2f %.2f %.2f %.2f\n", added * 1e3, back * 1e3, forward * 1e3, zone * 1e3, step (clock, store, 72 * HOUR_USEC) * 1e3);
  return EXIT_SUCCESS;
}
