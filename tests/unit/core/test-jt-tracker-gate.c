/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Who begins, who waits, who is let go: overlap, max-parallel, catch-up, start-deadline and jitter, by whatever way a run is asked for. */

#include "tracker-fixture.h"

#include <stdio.h>

#include "jt-jitter.h"
#include "jt-zone.h"

#define EACH_MINUTE "'shell': <'true'>, 'schedule': <['* * * * *']>, 'timezone': <'UTC'>"

static void
begin_all (Fixture *fixture)
{
  jt_fake_executor_start_all (JT_FAKE_EXECUTOR (fixture->executor));
  settle (fixture);
}

static void
assert_reason (Fixture *fixture, guint64 run, const char *reason)
{
  g_assert_cmpstr (run_of (fixture, run)->reason, ==, reason);
}

/* --- overlap --- */

static void
test_queue (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", "{" EACH_MINUTE ", 'overlap': <'queue'>}");

  advance (fixture, 3 * MINUTE);
  assert_state (fixture, 2, "queued");
  assert_reason (fixture, 2, "overlap");
  assert_state (fixture, 3, "queued");
  assert_asked (fixture, "start 1/1");
  g_assert_cmpuint (start_job (fixture, job), ==, 4);
  assert_state (fixture, 4, "queued");
  finish (fixture, 1, 1, 0);
  assert_asked (fixture, "forget 1/1, start 2/1");
  assert_reason (fixture, 2, NULL);
  finish (fixture, 2, 1, 1);
  finish (fixture, 3, 1, 0);
  assert_state (fixture, 4, "starting");
  assert_asked (fixture, "forget 2/1, start 3/1, forget 3/1, start 4/1");
}

/* A retry is the same run, and still in the way. */
static void
test_queue_waits_for_retries (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", "{'shell': <'x'>, 'overlap': <'queue'>, 'retries': <uint32 1>, 'retry-jitter': <0.0>}");

  start_job (fixture, job);
  start_job (fixture, job);
  finish (fixture, 1, 1, 1);
  assert_state (fixture, 1, "retry-wait");
  assert_state (fixture, 2, "queued");
  advance (fixture, MINUTE);
  assert_state (fixture, 1, "starting");
  finish (fixture, 1, 2, 1);
  assert_state (fixture, 2, "starting");
}

static void
test_queue_cancelled (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", "{'shell': <'x'>, 'overlap': <'queue'>}");
  g_autoptr (GAsyncResult) result = NULL;

  for (guint i = 0; i < 3; i++)
    start_job (fixture, job);
  jt_tracker_cancel_run_async (fixture->tracker, 2, "alice", NULL, store_result, &result);
  settle (fixture);
  g_assert_true (jt_tracker_cancel_run_finish (fixture->tracker, result, NULL));
  assert_state (fixture, 2, "cancelled");
  assert_state (fixture, 3, "queued");
  finish (fixture, 1, 1, 0);
  assert_state (fixture, 3, "starting");
}

static void
test_queue_has_an_end (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", "{" EACH_MINUTE ", 'overlap': <'queue'>}");
  g_autoptr (GError) error = NULL;

  advance (fixture, 1001 * MINUTE);
  assert_state (fixture, 1001, "queued");
  advance (fixture, MINUTE);
  assert_state (fixture, 1002, "skipped");
  assert_reason (fixture, 1002, "quota");
  g_assert_cmpuint (try_start (fixture, job, NULL, &error), ==, 0);
  g_assert_error (error, JT_ERROR, JT_ERROR_QUOTA_EXCEEDED);
}

static void
test_replace (Fixture *fixture, gconstpointer data)
{
  JtAttemptReport stopped = { .started_usec = NOW, .pid = 1, .exit_code = -1, .signal = 15, .was_stopped = TRUE };

  add_job (fixture, "j", "{" EACH_MINUTE ", 'overlap': <'replace'>, 'retries': <uint32 3>}");
  advance (fixture, MINUTE);
  begin_all (fixture);
  advance (fixture, MINUTE);
  assert_asked (fixture, "start 1/1, stop 1/1");
  assert_state (fixture, 2, "queued");
  /* The first does not end: the second is overtaken before it began. */
  advance (fixture, MINUTE);
  assert_state (fixture, 2, "skipped");
  assert_reason (fixture, 2, "superseded");
  assert_state (fixture, 3, "queued");
  assert_asked (fixture, "");
  jt_fake_executor_end (JT_FAKE_EXECUTOR (fixture->executor), 1, 1, &stopped);
  settle (fixture);
  assert_state (fixture, 1, "cancelled");
  assert_reason (fixture, 1, "replaced by run 2");
  assert_state (fixture, 3, "starting");
  assert_asked (fixture, "forget 1/1, start 3/1");
}

static void
test_replace_retry (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", "{'shell': <'x'>, 'overlap': <'replace'>, 'retries': <uint32 3>}");

  start_job (fixture, job);
  finish (fixture, 1, 1, 1);
  assert_state (fixture, 1, "retry-wait");
  start_job (fixture, job);
  assert_state (fixture, 1, "cancelled");
  assert_state (fixture, 2, "starting");
}

static void
test_allow (Fixture *fixture, gconstpointer data)
{
  guint64 bounded = add_job (fixture, "bounded", "{'shell': <'x'>, 'overlap': <'allow'>, 'max-parallel': <uint32 2>}");

  add_job (fixture, "j", "{" EACH_MINUTE ", 'overlap': <'allow'>}");
  advance (fixture, 3 * MINUTE);
  g_assert_cmpuint (jt_tracker_count_active (fixture->tracker), ==, 3);
  for (guint64 run = 4; run <= 6; run++)
    g_assert_cmpuint (start_job (fixture, bounded), ==, run);
  g_assert_cmpuint (jt_tracker_count_active (fixture->tracker), ==, 5);
  assert_state (fixture, 6, "queued");
  finish (fixture, 5, 1, 0);
  assert_state (fixture, 6, "starting");
}

/* The line is on record, and so is who is inside. */
static void
test_line_survives_restart (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", "{'shell': <'x'>, 'overlap': <'queue'>}");

  for (guint i = 0; i < 3; i++)
    start_job (fixture, job);
  begin_all (fixture);
  restart_tracker (fixture, "boot-1");
  assert_asked (fixture, "recover 1/1 same");
  assert_state (fixture, 2, "queued");
  finish (fixture, 1, 1, 0);
  assert_asked (fixture, "forget 1/1, start 2/1");
  finish (fixture, 2, 1, 0);
  assert_asked (fixture, "forget 2/1, start 3/1");
}

static void
test_replace_survives_restart (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", "{'shell': <'x'>, 'overlap': <'replace'>}");

  start_job (fixture, job);
  begin_all (fixture);
  start_job (fixture, job);
  restart_tracker (fixture, "boot-1");
  assert_asked (fixture, "recover 1/1 same, abandon 1/1");
  assert_state (fixture, 2, "queued");
}

static void
update (Fixture *fixture, guint64 job, const char *changes)
{
  g_autoptr (GVariant) dict = g_variant_parse (G_VARIANT_TYPE_VARDICT, changes, NULL, NULL, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  jt_tracker_update_job_async (fixture->tracker, job, dict, NULL, 0, NULL, store_result, &result);
  settle (fixture);
  jt_tracker_update_job_finish (fixture->tracker, result, &error);
  g_assert_no_error (error);
}

static void
test_changed_rule_lets_in (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", "{'shell': <'x'>, 'overlap': <'queue'>}");

  start_job (fixture, job);
  start_job (fixture, job);
  assert_state (fixture, 2, "queued");
  update (fixture, job, "{'overlap': <'allow'>}");
  assert_state (fixture, 2, "starting");
}

static void
test_removed_job_empties_line (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", "{'shell': <'x'>, 'overlap': <'queue'>}");
  g_autoptr (GAsyncResult) result = NULL;

  start_job (fixture, job);
  start_job (fixture, job);
  jt_tracker_remove_job_async (fixture->tracker, job, FALSE, NULL, store_result, &result);
  settle (fixture);
  g_assert_true (jt_tracker_remove_job_finish (fixture->tracker, result, NULL));
  assert_state (fixture, 2, "skipped");
  assert_reason (fixture, 2, "removed");
  finish (fixture, 1, 1, 0);
  assert_state (fixture, 1, "succeeded");
  g_assert_cmpuint (jt_tracker_count_active (fixture->tracker), ==, 0);
}

/* A refused occurrence (the clock went back over it) leaves no gap in the line. */
static void
test_refused_occurrence (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, "j", "{" EACH_MINUTE ", 'overlap': <'queue'>}");
  advance (fixture, 2 * MINUTE);
  jt_fake_clock_step_to (JT_FAKE_CLOCK (fixture->clock), NOW + 30 * SECOND);
  settle (fixture);
  advance (fixture, 2 * MINUTE + 30 * SECOND);
  g_assert_cmpuint (jt_fake_store_count_runs (JT_FAKE_STORE (fixture->store)), ==, 3);
  finish (fixture, 1, 1, 0);
  assert_state (fixture, 2, "starting");
  finish (fixture, 2, 1, 0);
  g_assert_cmpuint (jt_tracker_count_active (fixture->tracker), ==, 1);
  g_assert_cmpuint (jt_tracker_count_queued (fixture->tracker), ==, 0);
}

/* --- deadline --- */

static void
test_deadline_in_line (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, "j", "{" EACH_MINUTE ", 'overlap': <'queue'>, 'start-deadline': <uint64 90000000>}");
  advance (fixture, 2 * MINUTE);
  assert_state (fixture, 2, "queued");
  advance (fixture, 90 * SECOND);
  assert_state (fixture, 2, "queued");
  advance (fixture, 1);
  assert_state (fixture, 2, "skipped");
  assert_reason (fixture, 2, "deadline");
  assert_state (fixture, 3, "queued");
  finish (fixture, 1, 1, 0);
  assert_state (fixture, 3, "starting");
  /* What has begun is not asked for its deadline. */
  begin_all (fixture);
  advance (fixture, 30 * SECOND);
  assert_state (fixture, 3, "running");
}

static void
test_deadline_while_paused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  add_job (fixture, "late", "{" EACH_MINUTE ", 'start-deadline': <uint64 20000000>}");
  jt_tracker_pause_async (fixture->tracker, TRUE, "", NULL, store_result, &result);
  settle (fixture);
  advance (fixture, 5 * MINUTE + 21 * SECOND);
  g_clear_object (&result);
  jt_tracker_pause_async (fixture->tracker, FALSE, NULL, NULL, store_result, &result);
  settle (fixture);
  /* All five are over, and none is run. */
  assert_state (fixture, 1, "missed");
  assert_reason (fixture, 1, "deadline");
  g_assert_cmpuint (run_of (fixture, 1)->missed_count, ==, 5);
  g_assert_cmpuint (jt_fake_store_count_runs (JT_FAKE_STORE (fixture->store)), ==, 1);
}

/* --- catch-up --- */

static void
step (Fixture *fixture, gint64 usec)
{
  jt_fake_clock_step_to (JT_FAKE_CLOCK (fixture->clock), jt_clock_get_realtime (fixture->clock) + usec);
  settle (fixture);
}

static void
test_catch_up_all (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, "j", "{" EACH_MINUTE ", 'catch-up': <'all'>}");
  step (fixture, 4 * MINUTE + 30 * SECOND);
  assert_state (fixture, 1, "starting");
  for (guint64 run = 1; run <= 4; run++)
    {
      g_assert_cmpint (run_of (fixture, run)->scheduled_usec, ==, NOW + (gint64) run * MINUTE);
      finish (fixture, run, 1, 0);
      assert_state (fixture, run, "succeeded");
    }
  g_assert_cmpuint (jt_fake_store_count_runs (JT_FAKE_STORE (fixture->store)), ==, 4);
  assert_asked (fixture, "start 1/1, forget 1/1, start 2/1, forget 2/1, start 3/1, forget 3/1, start 4/1, forget 4/1");
}

static void
test_catch_up_all_has_an_end (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, "j", "{" EACH_MINUTE ", 'catch-up': <'all'>}");
  step (fixture, 5000 * MINUTE + 30 * SECOND);
  assert_state (fixture, 1, "missed");
  g_assert_cmpuint (run_of (fixture, 1)->missed_count, ==, 4000);
  g_assert_cmpint (run_of (fixture, 1)->missed_from_usec, ==, NOW + MINUTE);
  g_assert_cmpint (run_of (fixture, 1)->missed_to_usec, ==, NOW + 4000 * MINUTE);
  g_assert_cmpint (run_of (fixture, 2)->scheduled_usec, ==, NOW + 4001 * MINUTE);
  g_assert_cmpint (run_of (fixture, 1001)->scheduled_usec, ==, NOW + 5000 * MINUTE);
  g_assert_cmpuint (jt_fake_store_count_runs (JT_FAKE_STORE (fixture->store)), ==, 1001);
}

/* Killed while it is caught up on: what was not put on record is found again. */
static void
test_catch_up_all_interrupted (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, "j", "{" EACH_MINUTE ", 'catch-up': <'all'>}");
  stop_tracker (fixture);
  jt_fake_clock_step_to (JT_FAKE_CLOCK (fixture->clock), NOW + 3 * MINUTE + 30 * SECOND);
  start_tracker (fixture, "boot-1");
  restart_tracker (fixture, "boot-1");
  g_assert_cmpuint (jt_fake_store_count_runs (JT_FAKE_STORE (fixture->store)), ==, 3);
  for (guint64 run = 1; run <= 3; run++)
    g_assert_cmpint (run_of (fixture, run)->scheduled_usec, ==, NOW + (gint64) run * MINUTE);
}

static void
test_catch_up_beyond_the_deadline (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, "all", "{" EACH_MINUTE ", 'catch-up': <'all'>, 'start-deadline': <uint64 130000000>}");
  step (fixture, 10 * MINUTE + 30 * SECOND);
  /* 8, 9 and 10 were due within 130 s: of the others one row is left. */
  assert_state (fixture, 1, "missed");
  assert_reason (fixture, 1, "deadline");
  g_assert_cmpuint (run_of (fixture, 1)->missed_count, ==, 8);
  g_assert_cmpint (run_of (fixture, 2)->scheduled_usec, ==, NOW + 9 * MINUTE);
  g_assert_cmpint (run_of (fixture, 3)->scheduled_usec, ==, NOW + 10 * MINUTE);
  g_assert_cmpuint (jt_fake_store_count_runs (JT_FAKE_STORE (fixture->store)), ==, 3);
}

/* A year of seconds: one row, exact, and one run. */
static void
test_year_of_seconds (Fixture *fixture, gconstpointer data)
{
  guint64 count;

  add_job (fixture, "j", "{'shell': <'true'>, 'schedule': <['* * * * * *']>, 'timezone': <'Europe/Berlin'>}");
  stop_tracker (fixture);
  jt_fake_clock_step_to (JT_FAKE_CLOCK (fixture->clock), NOW + 365 * DAY);
  start_tracker (fixture, "boot-1");
  settle (fixture);
  count = run_of (fixture, 1)->missed_count;
  assert_state (fixture, 1, "missed");
  /* Up to ten seconds ago it was not met, and the last of those is run; the ten since are met, and skipped for it. */
  g_assert_cmpuint (count, ==, 365 * 86400 - 10 - 1);
  g_assert_cmpint (run_of (fixture, 1)->missed_from_usec, ==, NOW + SECOND);
  g_assert_cmpint (run_of (fixture, 1)->missed_to_usec, ==, NOW + 365 * DAY - 11 * SECOND);
  g_assert_cmpint (run_of (fixture, 2)->scheduled_usec, ==, NOW + 365 * DAY - 10 * SECOND);
  g_assert_cmpuint (jt_fake_store_count_runs (JT_FAKE_STORE (fixture->store)), ==, 12);
}

/* --- jitter --- */

static void
test_jitter (Fixture *fixture, gconstpointer data)
{
  guint64 id = add_job (fixture, "j", "{" EACH_MINUTE ", 'overlap': <'allow'>, 'jitter': <uint64 40000000>}");
  g_autoptr (JtJob) job = jt_job_ref (jt_tracker_get_job (fixture->tracker, id)->job);
  gint64 least = G_MAXINT64;
  gint64 most = 0;

  for (guint64 run = 1; run <= 50; run++)
    {
      gint64 instant_usec = NOW + (gint64) run * MINUTE;
      gint64 delay_usec = jt_jitter_get (job, "", instant_usec);

      least = MIN (least, delay_usec);
      most = MAX (most, delay_usec);
      if (run == 25)
        restart_tracker (fixture, "boot-1");
      advance (fixture, instant_usec + delay_usec - 1 - jt_clock_get_realtime (fixture->clock));
      g_assert_cmpuint (jt_fake_store_count_runs (JT_FAKE_STORE (fixture->store)), ==, run - 1);
      g_assert_cmpint (jt_tracker_get_job (fixture->tracker, id)->status.next_elapse_usec, ==, instant_usec + delay_usec);
      advance (fixture, 1);
      g_assert_cmpint (run_of (fixture, run)->scheduled_usec, ==, instant_usec);
      g_assert_cmpint (jt_run_get_due (run_of (fixture, run)), ==, instant_usec + delay_usec);
    }
  g_assert_cmpint (least, <, 10 * SECOND);
  g_assert_cmpint (most, >, 30 * SECOND);
  g_assert_cmpint (most, <=, 40 * SECOND);
}

/* Longer than the distance of the instants: none is due before the one before it, and none is lost. */
static void
test_long_jitter_keeps_order (Fixture *fixture, gconstpointer data)
{
  gint64 before_usec = 0;

  add_job (fixture, "j", "{" EACH_MINUTE ", 'overlap': <'allow'>, 'jitter': <uint64 600000000>}");
  advance (fixture, 60 * MINUTE);
  for (guint64 run = 1; run <= 50; run++)
    {
      const JtRun *value = run_of (fixture, run);

      g_assert_cmpint (value->scheduled_usec, ==, NOW + (gint64) run * MINUTE);
      g_assert_cmpint (jt_run_get_due (value), >=, before_usec);
      g_assert_cmpint (jt_run_get_due (value), >=, value->scheduled_usec);
      g_assert_cmpint (value->queued_usec, ==, jt_run_get_due (value));
      before_usec = jt_run_get_due (value);
    }
}

static void
test_fixed_jitter (Fixture *fixture, gconstpointer data)
{
  guint64 id = add_job (fixture, "j", "{" EACH_MINUTE ", 'jitter': <uint64 40000000>, 'jitter-fixed': <true>}");
  g_autoptr (JtJob) job = jt_job_copy (jt_tracker_get_job (fixture->tracker, id)->job);
  gint64 delay_usec = jt_jitter_get (job, "machine", NOW);

  g_assert_cmpint (delay_usec, ==, jt_jitter_get (job, "machine", NOW + 7 * MINUTE));
  job->seed++;
  g_assert_cmpint (delay_usec, ==, jt_jitter_get (job, "machine", NOW));
  g_assert_cmpint (delay_usec, !=, jt_jitter_get (job, "other", NOW));
  g_free (job->name);
  job->name = g_strdup ("k");
  g_assert_cmpint (delay_usec, !=, jt_jitter_get (job, "machine", NOW));
}

/* What is not due yet is not caught up on, and is not put off once more. */
static void
test_jitter_and_catch_up (Fixture *fixture, gconstpointer data)
{
  guint64 id = add_job (fixture, "j", "{" EACH_MINUTE ", 'jitter': <uint64 3600000000>, 'catch-up': <'none'>}");
  const JtJobEntry *entry;
  gint64 next_usec;

  step (fixture, 10 * 60 * MINUTE + 30 * SECOND);
  entry = jt_tracker_get_job (fixture->tracker, id);
  next_usec = entry->status.next_elapse_usec;
  assert_state (fixture, 1, "missed");
  g_assert_cmpuint (run_of (fixture, 1)->missed_count, >, 9 * 60 - 1);
  g_assert_cmpuint (run_of (fixture, 1)->missed_count, <, 10 * 60);
  g_assert_cmpint (next_usec, >, jt_clock_get_realtime (fixture->clock) - 10 * SECOND);
  advance (fixture, next_usec - jt_clock_get_realtime (fixture->clock));
  g_assert_cmpint (run_of (fixture, 2)->scheduled_usec, ==, run_of (fixture, 1)->missed_to_usec + MINUTE);
  g_assert_cmpint (jt_run_get_due (run_of (fixture, 2)), ==, next_usec);
}

/* --- zones --- */

static void
put_zone (const char *folder, const char *name, const char *of)
{
  g_autofree char *from = g_build_filename ("/usr/share/zoneinfo", of, NULL);
  g_autofree char *to = g_build_filename (folder, name, NULL);
  g_autofree char *data = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (from, &data, &length, NULL));
  g_assert_true (g_file_set_contents (to, data, (gssize) length, NULL));
}

/* As the real clock does when it is told of new files. */
static void
tell_zones_changed (Fixture *fixture)
{
  jt_zone_forget_all ();
  jt_clock_emit_changed (fixture->clock);
  settle (fixture);
}

static gint64
next_of (Fixture *fixture, guint64 job)
{
  return jt_tracker_get_job (fixture->tracker, job)->status.next_elapse_usec;
}

/* New zone data, and another zone of the system, plan a job anew without a restart; one whose zone is what it was stays as it is. */
static void
test_zones_change (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("jt-zones-XXXXXX", NULL);
  g_autofree char *own = g_build_filename (folder, "Own", NULL);
  g_autofree char *other = g_build_filename (folder, "Other", NULL);
  guint64 named;
  guint64 of_system;

  g_setenv ("TZDIR", folder, TRUE);
  g_setenv ("TZ", "Own", TRUE);
  put_zone (folder, "Own", "Europe/Berlin");
  put_zone (folder, "Other", "Asia/Kathmandu");
  jt_zone_forget_all ();
  named = add_job (fixture, "named", "{'shell': <'x'>, 'schedule': <['0 12 * * *']>, 'timezone': <'Own'>}");
  of_system = add_job (fixture, "of-system", "{'shell': <'x'>, 'schedule': <['0 12 * * *']>}");
  g_assert_cmpint (next_of (fixture, named), ==, NOW + 11 * HOUR);
  g_assert_cmpint (next_of (fixture, of_system), ==, NOW + 11 * HOUR);
  put_zone (folder, "Own", "America/New_York");
  tell_zones_changed (fixture);
  g_assert_cmpint (next_of (fixture, named), ==, NOW + 17 * HOUR);
  g_assert_cmpint (next_of (fixture, of_system), ==, NOW + 17 * HOUR);
  g_setenv ("TZ", "Other", TRUE);
  tell_zones_changed (fixture);
  g_assert_cmpint (next_of (fixture, named), ==, NOW + 17 * HOUR);
  g_assert_cmpint (next_of (fixture, of_system), ==, NOW + 6 * HOUR + 15 * MINUTE);
  /* It is on record, for a start trusts what lies ahead. */
  restart_tracker (fixture, "boot-1");
  g_assert_cmpint (next_of (fixture, named), ==, NOW + 17 * HOUR);
  g_assert_cmpint (next_of (fixture, of_system), ==, NOW + 6 * HOUR + 15 * MINUTE);
  remove (own);
  remove (other);
  remove (folder);
  g_unsetenv ("TZ");
  g_unsetenv ("TZDIR");
  jt_zone_forget_all ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* Jobs get their seeds from it. */
  g_random_set_seed (1);
#define ADD(path, func) g_test_add ("/gate/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("queue", test_queue);
  ADD ("queue-waits-for-retries", test_queue_waits_for_retries);
  ADD ("queue-cancelled", test_queue_cancelled);
  ADD ("queue-has-an-end", test_queue_has_an_end);
  ADD ("replace", test_replace);
  ADD ("replace-retry", test_replace_retry);
  ADD ("allow", test_allow);
  ADD ("line-survives-restart", test_line_survives_restart);
  ADD ("replace-survives-restart", test_replace_survives_restart);
  ADD ("changed-rule-lets-in", test_changed_rule_lets_in);
  ADD ("removed-job-empties-line", test_removed_job_empties_line);
  ADD ("refused-occurrence", test_refused_occurrence);
  ADD ("deadline-in-line", test_deadline_in_line);
  ADD ("deadline-while-paused", test_deadline_while_paused);
  ADD ("catch-up-all", test_catch_up_all);
  ADD ("catch-up-all-has-an-end", test_catch_up_all_has_an_end);
  ADD ("catch-up-all-interrupted", test_catch_up_all_interrupted);
  ADD ("catch-up-beyond-the-deadline", test_catch_up_beyond_the_deadline);
  ADD ("year-of-seconds", test_year_of_seconds);
  ADD ("jitter", test_jitter);
  ADD ("long-jitter-keeps-order", test_long_jitter_keeps_order);
  ADD ("fixed-jitter", test_fixed_jitter);
  ADD ("jitter-and-catch-up", test_jitter_and_catch_up);
  ADD ("zones-change", test_zones_change);
  return g_test_run ();
}
