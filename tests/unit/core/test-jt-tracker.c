/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "tracker-fixture.h"

static void
test_occurrence_end_to_end (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "backup", "{'shell': <'true'>, 'schedule': <['*/5 * * * *']>, 'timezone': <'UTC'>}");
  const JtJobEntry *entry = jt_tracker_get_job (fixture->tracker, job);

  assert_events (fixture, "job-added 1");
  g_assert_cmpint (entry->status.next_elapse_usec, ==, NOW + 5 * MINUTE);
  g_assert_cmpint (jt_tracker_get_next_elapse (fixture->tracker), ==, NOW + 5 * MINUTE);
  advance (fixture, 5 * MINUTE - 1);
  assert_asked (fixture, "");
  advance (fixture, 1);
  assert_asked (fixture, "start 1/1");
  assert_state (fixture, 1, "starting");
  g_assert_cmpint (run_of (fixture, 1)->scheduled_usec, ==, NOW + 5 * MINUTE);
  jt_fake_executor_begin (JT_FAKE_EXECUTOR (fixture->executor), 1, 1);
  settle (fixture);
  assert_state (fixture, 1, "running");
  g_assert_cmpuint (jt_tracker_count_active (fixture->tracker), ==, 1);
  finish (fixture, 1, 1, 0);
  assert_state (fixture, 1, "succeeded");
  assert_asked (fixture, "forget 1/1");
  assert_events (fixture, "run-started 1 running, run-finished 1 succeeded");
  entry = jt_tracker_get_job (fixture->tracker, job);
  g_assert_cmpint (entry->status.streak, ==, 1);
  g_assert_cmpuint (entry->status.last_run, ==, 1);
  g_assert_cmpint (entry->status.next_elapse_usec, ==, NOW + 10 * MINUTE);
  g_assert_cmpuint (jt_tracker_count_active (fixture->tracker), ==, 0);
  g_assert_null (jt_tracker_get_active_run (fixture->tracker, 1));
}

static void
test_start_follows_the_commit (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", "{'shell': <'true'>}");
  g_autoptr (GAsyncResult) result = NULL;

  jt_tracker_start_job_async (fixture->tracker, ALICE, job, NULL, NULL, NULL, store_result, &result);
  /* Nothing is durable yet: nothing is spawned, shown or answered. */
  assert_asked (fixture, "");
  g_assert_null (result);
  g_assert_null (jt_tracker_get_active_run (fixture->tracker, 1));
  settle (fixture);
  assert_asked (fixture, "start 1/1");
  g_assert_cmpuint (jt_tracker_start_job_finish (fixture->tracker, result, NULL), ==, 1);
}

static void
test_overlap_skips (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint64 job = add_job (fixture, "slow", "{'shell': <'true'>, 'schedule': <['* * * * *']>, 'timezone': <'UTC'>}");

  advance (fixture, MINUTE);
  jt_fake_executor_start_all (JT_FAKE_EXECUTOR (fixture->executor));
  settle (fixture);
  advance (fixture, MINUTE);
  assert_state (fixture, 2, "skipped");
  g_assert_cmpstr (run_of (fixture, 2)->reason, ==, "overlap");
  g_assert_cmpuint (try_start (fixture, job, NULL, &error), ==, 0);
  g_assert_error (error, JT_ERROR, JT_ERROR_WRONG_STATE);
  finish (fixture, 1, 1, 0);
  advance (fixture, MINUTE);
  assert_state (fixture, 3, "starting");
}

static void
test_retries (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "flaky",
                         "{'shell': <'false'>, 'retries': <uint32 2>, 'retry-delay': <uint64 10000000>, "
                         "'retry-backoff': <'constant'>, 'retry-jitter': <0.0>}");
  guint64 run = start_job (fixture, job);

  finish (fixture, run, 1, 1);
  assert_state (fixture, run, "retry-wait");
  g_assert_cmpint (run_of (fixture, run)->next_attempt_usec, ==, NOW + 10 * SECOND);
  assert_asked (fixture, "start 1/1, forget 1/1");
  advance (fixture, 10 * SECOND - 1);
  assert_asked (fixture, "");
  advance (fixture, 1);
  assert_asked (fixture, "start 1/2");
  finish (fixture, run, 2, 1);
  advance (fixture, 10 * SECOND);
  finish (fixture, run, 3, 0);
  assert_state (fixture, run, "succeeded");
  g_assert_cmpuint (run_of (fixture, run)->attempts->len, ==, 3);
  g_assert_cmpuint (run_of (fixture, run)->attempt, ==, 3);
}

static void
test_exit_codes (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "grep", "{'shell': <'grep x y'>, 'success-exit-codes': <[0, 1]>}");
  JtAttemptReport killed = { .started_usec = NOW, .pid = 1, .exit_code = -1, .signal = 9 };
  JtAttemptReport late = { .started_usec = NOW, .pid = 1, .exit_code = -1, .signal = 15, .timed_out = TRUE };
  JtAttemptReport broken = { .end = JT_END_START_FAILED, .exit_code = -1, .reason = "cannot execute /x" };
  guint64 run = start_job (fixture, job);

  finish (fixture, run, 1, 1);
  assert_state (fixture, run, "succeeded");
  run = start_job (fixture, job);
  finish (fixture, run, 1, 2);
  assert_state (fixture, run, "failed");
  g_assert_cmpint (run_of (fixture, run)->exit_code, ==, 2);
  run = start_job (fixture, job);
  jt_fake_executor_end (JT_FAKE_EXECUTOR (fixture->executor), run, 1, &killed);
  settle (fixture);
  assert_state (fixture, run, "failed");
  g_assert_cmpint (run_of (fixture, run)->signal, ==, 9);
  g_assert_cmpint (run_of (fixture, run)->exit_code, ==, -1);
  run = start_job (fixture, job);
  jt_fake_executor_end (JT_FAKE_EXECUTOR (fixture->executor), run, 1, &late);
  settle (fixture);
  assert_state (fixture, run, "timed-out");
  run = start_job (fixture, job);
  jt_fake_executor_end (JT_FAKE_EXECUTOR (fixture->executor), run, 1, &broken);
  settle (fixture);
  assert_state (fixture, run, "failed");
  g_assert_cmpstr (run_of (fixture, run)->reason, ==, "cannot execute /x");
  g_assert_cmpint (jt_tracker_get_job (fixture->tracker, job)->status.streak, ==, -4);
}

static void
cancel (Fixture *fixture, guint64 run, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  jt_tracker_cancel_run_async (fixture->tracker, run, "alice", NULL, store_result, &result);
  settle (fixture);
  jt_tracker_cancel_run_finish (fixture->tracker, result, error);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", "{'shell': <'true'>, 'retries': <uint32 5>}");
  JtAttemptReport stopped = { .started_usec = NOW, .pid = 1, .exit_code = -1, .signal = 15, .was_stopped = TRUE };
  JtAttemptReport abandoned = { .end = JT_END_ABANDONED, .exit_code = -1 };
  g_autoptr (GError) error = NULL;
  guint64 run = start_job (fixture, job);

  jt_fake_executor_start_all (JT_FAKE_EXECUTOR (fixture->executor));
  settle (fixture);
  cancel (fixture, run, &error);
  g_assert_no_error (error);
  assert_asked (fixture, "start 1/1, stop 1/1");
  jt_fake_executor_end (JT_FAKE_EXECUTOR (fixture->executor), run, 1, &stopped);
  settle (fixture);
  assert_state (fixture, run, "cancelled");
  g_assert_cmpstr (run_of (fixture, run)->reason, ==, "cancelled by alice");
  cancel (fixture, run, &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_WRONG_STATE);
  g_clear_error (&error);

  /* Still on its way: abandoned. */
  run = start_job (fixture, job);
  cancel (fixture, run, &error);
  assert_asked (fixture, "forget 1/1, start 2/1, abandon 2/1");
  jt_fake_executor_end (JT_FAKE_EXECUTOR (fixture->executor), run, 1, &abandoned);
  settle (fixture);
  assert_state (fixture, run, "cancelled");

  /* Waiting for a retry: ended at once, and no attempt follows. */
  run = start_job (fixture, job);
  finish (fixture, run, 1, 1);
  assert_state (fixture, run, "retry-wait");
  cancel (fixture, run, &error);
  g_assert_no_error (error);
  assert_state (fixture, run, "cancelled");
  advance (fixture, DAY);
  assert_asked (fixture, "forget 2/1, start 3/1, forget 3/1");
}

static void
pause_all (Fixture *fixture, gboolean is_paused, const char *reason)
{
  g_autoptr (GAsyncResult) result = NULL;

  jt_tracker_pause_async (fixture->tracker, is_paused, reason, NULL, store_result, &result);
  settle (fixture);
  g_assert_true (jt_tracker_pause_finish (fixture->tracker, result, NULL));
  settle (fixture);
}

static void
test_pause (Fixture *fixture, gconstpointer data)
{
  guint64 one = add_job (fixture, "one", "{'shell': <'true'>, 'schedule': <['* * * * *']>, 'timezone': <'UTC'>}");
  guint64 none = add_job (fixture, "none",
                          "{'shell': <'true'>, 'schedule': <['* * * * *']>, 'timezone': <'UTC'>, 'catch-up': <'none'>}");
  g_autoptr (GError) error = NULL;

  pause_all (fixture, TRUE, "maintenance");
  g_assert_true (jt_tracker_is_paused (fixture->tracker));
  g_assert_cmpstr (jt_tracker_get_pause_reason (fixture->tracker), ==, "maintenance");
  advance (fixture, 10 * MINUTE + 30 * SECOND);
  assert_asked (fixture, "");
  g_assert_cmpuint (try_start (fixture, one, NULL, &error), ==, 0);
  g_assert_error (error, JT_ERROR, JT_ERROR_PAUSED);
  pause_all (fixture, FALSE, NULL);
  /* 9 missed and the latest run for the one, 10 missed for the other */
  g_assert_cmpuint (jt_fake_store_count_runs (JT_FAKE_STORE (fixture->store)), ==, 3);
  assert_state (fixture, 1, "missed");
  g_assert_cmpuint (run_of (fixture, 1)->missed_count, ==, 9);
  g_assert_cmpint (run_of (fixture, 1)->missed_from_usec, ==, NOW + MINUTE);
  g_assert_cmpint (run_of (fixture, 1)->missed_to_usec, ==, NOW + 9 * MINUTE);
  assert_state (fixture, 2, "starting");
  g_assert_cmpint (run_of (fixture, 2)->scheduled_usec, ==, NOW + 10 * MINUTE);
  assert_state (fixture, 3, "missed");
  g_assert_cmpuint (run_of (fixture, 3)->missed_count, ==, 10);
  g_assert_cmpuint (run_of (fixture, 3)->job, ==, none);
  assert_asked (fixture, "start 2/1");
}

static void
test_clock_back_runs_nothing_twice (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, "j", "{'shell': <'true'>, 'schedule': <['* * * * *']>, 'timezone': <'UTC'>}");
  advance (fixture, MINUTE);
  finish (fixture, 1, 1, 0);
  advance (fixture, MINUTE);
  finish (fixture, 2, 1, 0);
  jt_fake_clock_step_to (JT_FAKE_CLOCK (fixture->clock), NOW + 30 * SECOND);
  settle (fixture);
  assert_asked (fixture, "start 1/1, forget 1/1, start 2/1, forget 2/1");
  advance (fixture, 30 * SECOND); /* 00:01 again */
  advance (fixture, MINUTE);      /* 00:02 again */
  assert_asked (fixture, "");
  advance (fixture, MINUTE);
  g_assert_cmpuint (jt_fake_executor_count (JT_FAKE_EXECUTOR (fixture->executor)), ==, 1);
}

static void
test_clock_forward_follows_catch_up (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, "j", "{'shell': <'true'>, 'schedule': <['0 * * * *']>, 'timezone': <'UTC'>}");
  jt_fake_clock_step_to (JT_FAKE_CLOCK (fixture->clock), NOW + 5 * HOUR + MINUTE);
  settle (fixture);
  assert_state (fixture, 1, "missed");
  g_assert_cmpuint (run_of (fixture, 1)->missed_count, ==, 4);
  assert_state (fixture, 2, "starting");
  g_assert_cmpint (run_of (fixture, 2)->scheduled_usec, ==, NOW + 5 * HOUR);
}

static void
test_names_and_requests (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint64 id;

  g_assert_true (try_add (fixture, "a", "{'shell': <'true'>}", "r1", "d1", &id, &error));
  g_assert_cmpuint (id, ==, 1);
  g_assert_true (try_add (fixture, "a", "{'shell': <'true'>}", "r1", "d1", &id, &error));
  g_assert_cmpuint (id, ==, 1);
  g_assert_cmpuint (jt_tracker_count_jobs (fixture->tracker), ==, 1);
  g_assert_false (try_add (fixture, "b", "{'shell': <'true'>}", "r1", "d2", &id, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_false (try_add (fixture, "a", "{'shell': <'true'>}", NULL, NULL, &id, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_EXISTS);
  g_assert_cmpstr (error->message, ==, "name 'a' is in use by job 1; choose another");
  g_clear_error (&error);
  /* A refused call leaves its request-id free. */
  g_assert_false (try_add (fixture, "a", "{'shell': <'true'>}", "r2", "d", &id, NULL));
  g_assert_true (try_add (fixture, "c", "{'shell': <'true'>}", "r2", "d", &id, NULL));
}

static void
test_simultaneous_requests (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", "{'shell': <'true'>}");
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;

  jt_tracker_start_job_async (fixture->tracker, ALICE, job, "r", "d", NULL, store_result, &first);
  jt_tracker_start_job_async (fixture->tracker, ALICE, job, "r", "d", NULL, store_result, &second);
  settle (fixture);
  g_assert_cmpuint (jt_tracker_start_job_finish (fixture->tracker, first, NULL), ==, 1);
  g_assert_cmpuint (jt_tracker_start_job_finish (fixture->tracker, second, NULL), ==, 1);
  assert_asked (fixture, "start 1/1");
}

static void
remove_job (Fixture *fixture, guint64 job, gboolean delete_history, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  jt_tracker_remove_job_async (fixture->tracker, job, delete_history, NULL, store_result, &result);
  settle (fixture);
  jt_tracker_remove_job_finish (fixture->tracker, result, error);
}

static void
test_remove (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint64 job = add_job (fixture, "j", "{'shell': <'true'>, 'schedule': <['* * * * *']>}");
  guint64 run = start_job (fixture, job);

  remove_job (fixture, job, TRUE, &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_WRONG_STATE);
  g_clear_error (&error);
  remove_job (fixture, job, FALSE, &error);
  g_assert_no_error (error);
  g_assert_null (jt_tracker_get_job (fixture->tracker, job));
  g_assert_cmpint (jt_tracker_get_next_elapse (fixture->tracker), ==, 0);
  /* The name is free, the run goes on to its end. */
  g_assert_cmpuint (add_job (fixture, "j", "{'shell': <'true'>}"), ==, 2);
  finish (fixture, run, 1, 0);
  assert_state (fixture, run, "succeeded");
  run = start_job (fixture, 2);
  finish (fixture, run, 1, 0);
  g_free (jt_fake_executor_take_log (JT_FAKE_EXECUTOR (fixture->executor)));
  remove_job (fixture, 2, TRUE, &error);
  g_assert_no_error (error);
  /* What is left goes right behind it, not with the next look in some minutes. */
  assert_asked (fixture, "remove 2/0");
  g_assert_null (jt_fake_store_get_run (JT_FAKE_STORE (fixture->store), run));
  g_assert_nonnull (jt_fake_store_get_run (JT_FAKE_STORE (fixture->store), 1));
}

static void
update (Fixture *fixture, guint64 job, const char *changes_text, guint64 if_revision, GError **error)
{
  g_autoptr (GVariant) changes = g_variant_parse (G_VARIANT_TYPE_VARDICT, changes_text, NULL, NULL, NULL);
  g_autoptr (GAsyncResult) result = NULL;

  jt_tracker_update_job_async (fixture->tracker, job, changes, NULL, if_revision, NULL, store_result, &result);
  settle (fixture);
  jt_tracker_update_job_finish (fixture->tracker, result, error);
}

static void
test_update (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint64 job = add_job (fixture, "j", "{'shell': <'true'>, 'schedule': <['0 * * * *']>, 'timezone': <'UTC'>}");
  guint64 run = start_job (fixture, job);

  update (fixture, job, "{'schedule': <['30 * * * *']>}", 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (jt_tracker_get_job (fixture->tracker, job)->job->revision, ==, 2);
  g_assert_cmpint (jt_tracker_get_next_elapse (fixture->tracker), ==, NOW + 30 * MINUTE);
  /* The run keeps the settings that it began with. */
  g_assert_cmpuint (run_of (fixture, run)->job_revision, ==, 1);
  update (fixture, job, "{'retries': <uint32 1>}", 1, &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_WRONG_STATE);
  g_clear_error (&error);
  update (fixture, job, "{'schedule': <['0 0 30 2 *']>}", 0, &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_SCHEDULE);
  g_clear_error (&error);
  update (fixture, job, "{'enabled': <false>}", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpint (jt_tracker_get_next_elapse (fixture->tracker), ==, 0);
  finish (fixture, run, 1, 0);
  advance (fixture, DAY);
  update (fixture, job, "{'enabled': <true>}", 0, &error);
  g_assert_no_error (error);
  /* What fell on the days of being disabled is not missed: nobody wanted it. */
  g_assert_cmpuint (jt_fake_store_count_runs (JT_FAKE_STORE (fixture->store)), ==, 1);
  g_assert_cmpint (jt_tracker_get_next_elapse (fixture->tracker), ==, NOW + DAY + 30 * MINUTE);
}

static void
test_slots_are_fair (Fixture *fixture, gconstpointer data)
{
  guint64 jobs[4];

  fixture->config->max_running = 2;
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *name = g_strdup_printf ("j%u", i);

      jobs[i] = add_job (fixture, name, "{'shell': <'true'>}");
      start_job (fixture, jobs[i]);
    }
  assert_asked (fixture, "start 1/1, start 2/1");
  assert_state (fixture, 3, "queued");
  g_assert_cmpuint (jt_tracker_count_queued (fixture->tracker), ==, 2);
  finish (fixture, 2, 1, 0);
  assert_asked (fixture, "forget 2/1, start 3/1");
  finish (fixture, 1, 1, 0);
  assert_asked (fixture, "forget 1/1, start 4/1");
}

static void
test_every_after (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, "j", "{'shell': <'true'>, 'schedule': <['every 10min after']>}");
  advance (fixture, 10 * MINUTE);
  assert_asked (fixture, "start 1/1");
  advance (fixture, HOUR);
  assert_asked (fixture, "");
  finish (fixture, 1, 1, 0);
  g_assert_cmpint (jt_tracker_get_next_elapse (fixture->tracker), ==, NOW + HOUR + 20 * MINUTE);
}

static void
test_quota (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint64 id;

  fixture->config->max_jobs_per_user = 2;
  add_job (fixture, "a", "{'shell': <'true'>}");
  add_job (fixture, "b", "{'shell': <'true'>}");
  g_assert_false (try_add (fixture, "c", "{'shell': <'true'>}", NULL, NULL, &id, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_QUOTA_EXCEEDED);
}

#define ADD(path, func) g_test_add ("/tracker/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("occurrence-end-to-end", test_occurrence_end_to_end);
  ADD ("start-follows-the-commit", test_start_follows_the_commit);
  ADD ("overlap-skips", test_overlap_skips);
  ADD ("retries", test_retries);
  ADD ("exit-codes", test_exit_codes);
  ADD ("cancel", test_cancel);
  ADD ("pause", test_pause);
  ADD ("clock-back-runs-nothing-twice", test_clock_back_runs_nothing_twice);
  ADD ("clock-forward-follows-catch-up", test_clock_forward_follows_catch_up);
  ADD ("names-and-requests", test_names_and_requests);
  ADD ("simultaneous-requests", test_simultaneous_requests);
  ADD ("remove", test_remove);
  ADD ("update", test_update);
  ADD ("slots-are-fair", test_slots_are_fair);
  ADD ("every-after", test_every_after);
  ADD ("quota", test_quota);
  return g_test_run ();
}
