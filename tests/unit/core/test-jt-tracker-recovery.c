/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "tracker-fixture.h"

#define FLAKY "{'shell': <'false'>, 'retries': <uint32 2>, 'retry-delay': <uint64 60000000>, 'retry-jitter': <0.0>}"

static void
test_down_time_is_caught_up (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, "one", "{'shell': <'true'>, 'schedule': <['0 * * * *']>, 'timezone': <'UTC'>}");
  add_job (fixture, "none", "{'shell': <'true'>, 'schedule': <['0 * * * *']>, 'timezone': <'UTC'>, 'catch-up': <'none'>}");
  stop_tracker (fixture);
  jt_fake_clock_advance (JT_FAKE_CLOCK (fixture->clock), 3 * HOUR + MINUTE);
  start_tracker (fixture, "boot-1");
  assert_state (fixture, 1, "missed");
  g_assert_cmpuint (run_of (fixture, 1)->missed_count, ==, 2);
  assert_state (fixture, 2, "starting");
  assert_state (fixture, 3, "missed");
  g_assert_cmpuint (run_of (fixture, 3)->missed_count, ==, 3);
  /* Settled is settled: another restart finds nothing due. */
  restart_tracker (fixture, "boot-1");
  g_assert_cmpuint (jt_fake_store_count_runs (JT_FAKE_STORE (fixture->store)), ==, 3);
  assert_asked (fixture, "recover 2/1 same");
}

static void
test_attempts_are_recovered (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", FLAKY);
  guint64 run = start_job (fixture, job);
  JtAttemptReport lost = { .end = JT_END_LOST, .exit_code = -1, .reason = "exit-unknown" };

  jt_fake_executor_start_all (JT_FAKE_EXECUTOR (fixture->executor));
  restart_tracker (fixture, "boot-1");
  assert_asked (fixture, "recover 1/1 same");
  restart_tracker (fixture, "boot-2");
  assert_asked (fixture, "recover 1/1 other");
  jt_fake_executor_end (JT_FAKE_EXECUTOR (fixture->executor), run, 1, &lost);
  settle (fixture);
  /* Retries do not cover what may have run: only rerun-lost does. */
  assert_state (fixture, run, "lost");
  g_assert_cmpstr (run_of (fixture, run)->reason, ==, "exit-unknown");
}

static void
test_retry_wait_survives (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", FLAKY);
  guint64 run = start_job (fixture, job);

  finish (fixture, run, 1, 1);
  assert_state (fixture, run, "retry-wait");
  restart_tracker (fixture, "boot-2");
  assert_asked (fixture, "");
  advance (fixture, MINUTE);
  assert_asked (fixture, "start 1/2");
  finish (fixture, run, 2, 1);
  restart_tracker (fixture, "boot-2");
  advance (fixture, HOUR);
  finish (fixture, run, 3, 1);
  /* Counted across restarts: no fourth. */
  assert_state (fixture, run, "failed");
}

static void
test_frozen_settings_survive_removal (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", FLAKY);
  guint64 run = start_job (fixture, job);
  g_autoptr (GAsyncResult) result = NULL;

  jt_tracker_remove_job_async (fixture->tracker, job, FALSE, NULL, store_result, &result);
  restart_tracker (fixture, "boot-1");
  assert_asked (fixture, "recover 1/1 same");
  finish (fixture, run, 1, 1);
  assert_state (fixture, run, "retry-wait");
}

static void
test_queued_runs_go_on (Fixture *fixture, gconstpointer data)
{
  fixture->config->max_running = 1;
  start_job (fixture, add_job (fixture, "a", FLAKY));
  start_job (fixture, add_job (fixture, "b", FLAKY));
  assert_state (fixture, 2, "queued");
  restart_tracker (fixture, "boot-1");
  assert_asked (fixture, "recover 1/1 same");
  finish (fixture, 1, 1, 0);
  assert_asked (fixture, "forget 1/1, start 2/1");
}

static void
test_at_boot (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, "j", "{'shell': <'true'>, 'schedule': <['@reboot']>}");
  restart_tracker (fixture, "boot-1");
  assert_asked (fixture, "");
  restart_tracker (fixture, "boot-2");
  assert_asked (fixture, "start 1/1");
  finish (fixture, 1, 1, 0);
  restart_tracker (fixture, "boot-2");
  assert_asked (fixture, "");
}

static void
test_storage_fails_and_comes_back (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", "{'shell': <'true'>}");
  guint64 kept = start_job (fixture, job);
  g_autoptr (GError) error = NULL;
  guint64 id;

  jt_fake_executor_start_all (JT_FAKE_EXECUTOR (fixture->executor));
  settle (fixture);
  g_free (jt_fake_executor_take_log (JT_FAKE_EXECUTOR (fixture->executor)));
  /* The warning about it is expected; structured messages cannot be expected by name. */
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  jt_fake_store_set_failing (JT_FAKE_STORE (fixture->store), TRUE);
  g_assert_false (try_add (fixture, "k", "{'shell': <'true'>}", NULL, NULL, &id, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE);
  g_clear_error (&error);
  g_assert_cmpuint (try_start (fixture, job, NULL, &error), ==, 0);
  g_assert_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE);
  /* A result that comes now is not lost: the attempt is asked about again. */
  jt_fake_executor_finish (JT_FAKE_EXECUTOR (fixture->executor), kept, 1, 0);
  settle (fixture);
  assert_asked (fixture, "");
  jt_fake_store_set_failing (JT_FAKE_STORE (fixture->store), FALSE);
  while (jt_fake_executor_count (JT_FAKE_EXECUTOR (fixture->executor)) == 0)
    g_main_context_iteration (NULL, TRUE);
  assert_asked (fixture, "recover 1/1 same");
  finish (fixture, kept, 1, 0);
  assert_state (fixture, kept, "succeeded");
  /* The refused job's name was not taken. */
  g_assert_true (try_add (fixture, "k", "{'shell': <'true'>}", NULL, NULL, &id, NULL));
}

#define ADD(path, func) g_test_add ("/tracker-recovery/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("down-time-is-caught-up", test_down_time_is_caught_up);
  ADD ("attempts-are-recovered", test_attempts_are_recovered);
  ADD ("retry-wait-survives", test_retry_wait_survives);
  ADD ("frozen-settings-survive-removal", test_frozen_settings_survive_removal);
  ADD ("queued-runs-go-on", test_queued_runs_go_on);
  ADD ("at-boot", test_at_boot);
  ADD ("storage-fails-and-comes-back", test_storage_fails_and_comes_back);
  return g_test_run ();
}
