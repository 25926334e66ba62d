/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Jobs that come after others: chains, joins, what is skipped and why, what is refused, and that none of it is lost or doubled. */

#include "tracker-fixture.h"

static guint64
add_after (Fixture *fixture, const char *name, const char *after)
{
  g_autofree char *settings = g_strdup_printf ("{'shell': <'true'>, 'after': <[%s]>}", after);

  return add_job (fixture, name, settings);
}

static guint64
run_and_finish (Fixture *fixture, guint64 job, int exit_code)
{
  guint64 run = start_job (fixture, job);

  finish (fixture, run, 1, exit_code);
  return run;
}

static void
assert_run (Fixture *fixture, guint64 id, const char *name, const char *state, const char *reason)
{
  const JtRun *run = run_of (fixture, id);

  g_assert_cmpstr (run->job_name, ==, name);
  g_assert_cmpint (run->trigger, ==, JT_TRIGGER_DEPENDENCY);
  g_assert_cmpstr (jt_run_state_to_string (run->state), ==, state);
  g_assert_cmpstr (run->reason, ==, reason);
}

#define assert_count(fixture, count) g_assert_cmpuint (jt_fake_store_count_runs (JT_FAKE_STORE ((fixture)->store)), ==, count)

static void
test_chain (Fixture *fixture, gconstpointer data)
{
  guint64 a = add_job (fixture, "a", "{'shell': <'true'>}");

  add_after (fixture, "b", "'a'");
  add_after (fixture, "c", "'b:finished'");
  add_after (fixture, "alarm", "'a:failed'");
  run_and_finish (fixture, a, 0);
  assert_run (fixture, 2, "b", "starting", NULL);
  g_assert_cmpstr (run_of (fixture, 2)->cause, ==, "after a (run 1)");
  finish (fixture, 2, 1, 1);
  assert_run (fixture, 3, "c", "starting", NULL);
  finish (fixture, 3, 1, 0);
  /* The alarm waited for a failure of a: a success is no news. */
  assert_count (fixture, 3);
}

static void
test_failure (Fixture *fixture, gconstpointer data)
{
  guint64 a = add_job (fixture, "a", "{'shell': <'true'>, 'retries': <uint32 1>, 'retry-jitter': <0.0>}");
  guint64 run;

  add_after (fixture, "b", "'a'");
  add_after (fixture, "alarm", "'a:failed'");
  add_after (fixture, "c", "'b'");
  run = start_job (fixture, a);
  finish (fixture, run, 1, 1);
  /* It is tried again, and until then it has not failed. */
  assert_count (fixture, 1);
  advance (fixture, MINUTE);
  finish (fixture, run, 2, 1);
  assert_run (fixture, 2, "b", "skipped", "after: a failed");
  assert_run (fixture, 3, "alarm", "starting", NULL);
  assert_run (fixture, 4, "c", "skipped", "after: b was skipped");
  assert_count (fixture, 4);
}

static void
test_lost_and_cancelled (Fixture *fixture, gconstpointer data)
{
  JtAttemptReport lost = { .end = JT_END_LOST, .exit_code = -1, .reason = "exit-unknown" };
  guint64 a = add_job (fixture, "a", "{'shell': <'true'>}");
  g_autoptr (GAsyncResult) result = NULL;
  guint64 run;

  add_after (fixture, "b", "'a:finished'");
  run = start_job (fixture, a);
  jt_fake_executor_end (JT_FAKE_EXECUTOR (fixture->executor), run, 1, &lost);
  settle (fixture);
  assert_run (fixture, 2, "b", "skipped", "after: a was lost");
  run = start_job (fixture, a);
  jt_tracker_cancel_run_async (fixture->tracker, run, "alice", NULL, store_result, &result);
  settle (fixture);
  finish (fixture, run, 1, 1);
  assert_state (fixture, run, "cancelled");
  assert_run (fixture, 4, "b", "starting", NULL);
}

/* A run of a that was skipped is news to those that come after it. */
static void
test_skipped_by_overlap (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, "a", "{'shell': <'true'>, 'schedule': <['* * * * *']>, 'timezone': <'UTC'>}");
  add_after (fixture, "b", "'a'");
  advance (fixture, 2 * MINUTE);
  assert_state (fixture, 1, "starting");
  assert_state (fixture, 2, "skipped");
  assert_run (fixture, 3, "b", "skipped", "after: a was skipped");
  assert_count (fixture, 3);
}

static void
test_diamond (Fixture *fixture, gconstpointer data)
{
  guint64 a = add_job (fixture, "a", "{'shell': <'true'>}");

  add_after (fixture, "b", "'a'");
  add_after (fixture, "c", "'a'");
  add_after (fixture, "d", "'b', 'c'");
  for (guint64 round = 0; round < 3; round++)
    {
      guint64 first = round * 4 + 1;

      g_assert_cmpuint (run_and_finish (fixture, a, 0), ==, first);
      assert_run (fixture, first + 1, "b", "starting", NULL);
      assert_run (fixture, first + 2, "c", "starting", NULL);
      finish (fixture, first + 2, 1, 0);
      assert_count (fixture, first + 2);
      finish (fixture, first + 1, 1, 0);
      assert_run (fixture, first + 3, "d", "starting", NULL);
      finish (fixture, first + 3, 1, 0);
      assert_count (fixture, first + 3);
    }
}

/* One side fails: the join is skipped once, when the other side has ended too, and the next round is a fresh one. */
static void
test_join_of_bad_and_good (Fixture *fixture, gconstpointer data)
{
  guint64 a = add_job (fixture, "a", "{'shell': <'true'>}");
  guint64 b = add_job (fixture, "b", "{'shell': <'true'>}");

  add_after (fixture, "d", "'a', 'b'");
  run_and_finish (fixture, b, 1);
  assert_count (fixture, 1);
  run_and_finish (fixture, a, 0);
  assert_run (fixture, 3, "d", "skipped", "after: b failed");
  run_and_finish (fixture, b, 0);
  assert_count (fixture, 4);
  run_and_finish (fixture, a, 0);
  assert_run (fixture, 6, "d", "starting", NULL);
  g_assert_cmpstr (run_of (fixture, 6)->cause, ==, "after a (run 5), b (run 4)");
}

/* The latest end counts: what failed and then succeeded has succeeded. And a run by hand begins the count anew. */
static void
test_latest_counts (Fixture *fixture, gconstpointer data)
{
  guint64 a = add_job (fixture, "a", "{'shell': <'true'>}");
  guint64 b = add_job (fixture, "b", "{'shell': <'true'>}");
  guint64 d = add_after (fixture, "d", "'a', 'b'");

  run_and_finish (fixture, b, 1);
  run_and_finish (fixture, b, 0);
  g_assert_cmpuint (run_and_finish (fixture, d, 0), ==, 3);
  run_and_finish (fixture, a, 0);
  assert_count (fixture, 4);
  run_and_finish (fixture, b, 0);
  assert_run (fixture, 6, "d", "starting", NULL);
}

static void
test_marks_survive_restart (Fixture *fixture, gconstpointer data)
{
  guint64 a = add_job (fixture, "a", "{'shell': <'true'>}");
  guint64 b = add_job (fixture, "b", "{'shell': <'true'>}");

  add_after (fixture, "d", "'a', 'b'");
  run_and_finish (fixture, a, 0);
  restart_tracker (fixture, "boot-1");
  run_and_finish (fixture, b, 0);
  assert_run (fixture, 3, "d", "starting", NULL);
  restart_tracker (fixture, "boot-1");
  finish (fixture, 3, 1, 0);
  run_and_finish (fixture, b, 0);
  assert_count (fixture, 4);
}

/* The end and what follows from it are one commit: either both are on record, or the end is found again. */
static void
test_storage_fails_at_the_end (Fixture *fixture, gconstpointer data)
{
  guint64 a = add_job (fixture, "a", "{'shell': <'true'>}");
  GLogLevelFlags fatal;
  guint64 run;

  add_after (fixture, "b", "'a'");
  run = start_job (fixture, a);
  fatal = g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  jt_fake_store_set_failing (JT_FAKE_STORE (fixture->store), TRUE);
  jt_fake_executor_finish (JT_FAKE_EXECUTOR (fixture->executor), run, 1, 0);
  settle (fixture);
  assert_count (fixture, 1);
  g_log_set_always_fatal (fatal);
  jt_fake_store_set_failing (JT_FAKE_STORE (fixture->store), FALSE);
  restart_tracker (fixture, "boot-1");
  assert_state (fixture, run, "starting");
  finish (fixture, run, 1, 0);
  assert_count (fixture, 2);
  g_assert_cmpuint (jt_tracker_count_active (fixture->tracker), ==, 1);
}

static void
pause_all (Fixture *fixture, gboolean is_paused)
{
  g_autoptr (GAsyncResult) result = NULL;

  jt_tracker_pause_async (fixture->tracker, is_paused, "", NULL, store_result, &result);
  settle (fixture);
}

static void
test_paused_and_disabled (Fixture *fixture, gconstpointer data)
{
  guint64 a = add_job (fixture, "a", "{'shell': <'true'>}");
  guint64 run = start_job (fixture, a);

  add_after (fixture, "b", "'a'");
  add_job (fixture, "off", "{'shell': <'true'>, 'after': <['a']>, 'enabled': <false>}");
  pause_all (fixture, TRUE);
  finish (fixture, run, 1, 0);
  assert_run (fixture, 2, "b", "queued", NULL);
  pause_all (fixture, FALSE);
  assert_run (fixture, 2, "b", "starting", NULL);
  assert_count (fixture, 2);
}

/* A chain as long as a user may make one is gone through without a call inside a call for each. */
static void
test_long_chain (Fixture *fixture, gconstpointer data)
{
  guint64 first = add_job (fixture, "j0", "{'shell': <'true'>}");

  for (guint i = 1; i < 2000; i++)
    {
      g_autofree char *name = g_strdup_printf ("j%u", i);
      g_autofree char *after = g_strdup_printf ("'j%u'", i - 1);

      add_after (fixture, name, after);
    }
  run_and_finish (fixture, first, 1);
  assert_count (fixture, 2000);
  assert_run (fixture, 2000, "j1999", "skipped", "after: j1998 was skipped");
}

/* --- what is refused --- */

static void
expect_refusal (Fixture *fixture, const char *name, const char *after, const char *message)
{
  g_autofree char *settings = g_strdup_printf ("{'shell': <'true'>, 'after': <[%s]>}", after);
  g_autoptr (GError) error = NULL;
  guint64 id;

  g_assert_false (try_add (fixture, name, settings, NULL, NULL, &id, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS);
  if (strstr (error->message, message) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, message);
}

static gboolean
update (Fixture *fixture, guint64 job, const char *changes, GError **error)
{
  g_autoptr (GVariant) dict = g_variant_ref_sink (g_variant_parse (G_VARIANT_TYPE_VARDICT, changes, NULL, NULL, NULL));
  g_autoptr (GAsyncResult) result = NULL;

  jt_tracker_update_job_async (fixture->tracker, job, dict, NULL, 0, NULL, store_result, &result);
  settle (fixture);
  return jt_tracker_update_job_finish (fixture->tracker, result, error);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  guint64 backup = add_job (fixture, "backup", "{'shell': <'true'>}");
  guint64 b = add_after (fixture, "b", "'backup'");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  add_after (fixture, "c", "'b', 'backup:finished'");
  expect_refusal (fixture, "x", "'bakup'", "after: there is no job 'bakup'; did you mean 'backup'?");
  expect_refusal (fixture, "x", "'x'", "after: is a circle: x → x");
  expect_refusal (fixture, "x", "'bob/backup'", "there is no job 'bob/backup'");
  g_assert_false (update (fixture, backup, "{'after': <['c']>}", &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS);
  g_assert_nonnull (strstr (error->message, "after: is a circle: backup → c → backup"));
  g_clear_error (&error);
  jt_tracker_remove_job_async (fixture->tracker, b, FALSE, NULL, store_result, &result);
  settle (fixture);
  g_assert_false (jt_tracker_remove_job_finish (fixture->tracker, result, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_WRONG_STATE);
  g_assert_nonnull (strstr (error->message, "'c'"));
  g_clear_error (&error);
  g_clear_object (&result);
  /* Once nobody names it, it may go. */
  update (fixture, jt_tracker_find_job (fixture->tracker, ALICE, "c")->job->id, "{'after': <['backup']>}", &error);
  g_assert_no_error (error);
  jt_tracker_remove_job_async (fixture->tracker, b, FALSE, NULL, store_result, &result);
  settle (fixture);
  g_assert_true (jt_tracker_remove_job_finish (fixture->tracker, result, &error));
}

/* In one call jobs may name each other in any order, but not in a circle. */
static gboolean
add_pair (Fixture *fixture, const char *first, const char *second, GError **error)
{
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_job_draft_free);
  g_autoptr (JtSettings) a = parse_settings (first);
  g_autoptr (JtSettings) b = parse_settings (second);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GArray) ids = NULL;

  g_ptr_array_add (drafts, jt_job_draft_new (ALICE, "alice", "p", a));
  g_ptr_array_add (drafts, jt_job_draft_new (ALICE, "alice", "q", b));
  jt_tracker_add_jobs_async (fixture->tracker, ALICE, drafts, NULL, NULL, NULL, store_result, &result);
  settle (fixture);
  ids = jt_tracker_add_jobs_finish (fixture->tracker, result, error);
  return ids != NULL;
}

static void
test_batch (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (add_pair (fixture, "{'shell': <'x'>, 'after': <['q']>}", "{'shell': <'x'>, 'after': <['p']>}", &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS);
  g_assert_nonnull (strstr (error->message, "p → q → p"));
  g_clear_error (&error);
  g_assert_true (add_pair (fixture, "{'shell': <'x'>, 'after': <['q']>}", "{'shell': <'x'>}", &error));
  g_assert_no_error (error);
  run_and_finish (fixture, 2, 0);
  assert_run (fixture, 2, "p", "starting", NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/after/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("chain", test_chain);
  ADD ("failure", test_failure);
  ADD ("lost-and-cancelled", test_lost_and_cancelled);
  ADD ("skipped-by-overlap", test_skipped_by_overlap);
  ADD ("diamond", test_diamond);
  ADD ("join-of-bad-and-good", test_join_of_bad_and_good);
  ADD ("latest-counts", test_latest_counts);
  ADD ("marks-survive-restart", test_marks_survive_restart);
  ADD ("storage-fails-at-the-end", test_storage_fails_at_the_end);
  ADD ("paused-and-disabled", test_paused_and_disabled);
  ADD ("long-chain", test_long_chain);
  ADD ("refused", test_refused);
  ADD ("batch", test_batch);
  return g_test_run ();
}
