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

#define AFTER(...) "{'shell': <'true'>, 'after': <[" #__VA_ARGS__ "]>}"
#define PLAIN "{'shell': <'true'>}"

/* All runs there ever were, by id: "a succeeded, b skipped (after: a failed)". */
#define assert_runs(fixture, expected) \
  G_STMT_START \
  { \
    g_autofree char *runs_ = list_runs (fixture); \
    g_assert_cmpstr (runs_, ==, expected); \
  } \
  G_STMT_END

#define assert_marks(fixture, expected) \
  G_STMT_START \
  { \
    g_autofree char *marks_ = jt_fake_store_list_marks (JT_FAKE_STORE ((fixture)->store)); \
    g_assert_cmpstr (marks_, ==, expected); \
  } \
  G_STMT_END

static char *
list_runs (Fixture *fixture)
{
  GString *text = g_string_new (NULL);

  for (guint64 id = 1; id <= jt_fake_store_count_runs (JT_FAKE_STORE (fixture->store)); id++)
    {
      const JtRun *run = run_of (fixture, id);

      g_string_append_printf (text, "%s%s %s", id > 1 ? ", " : "", run->job_name, jt_run_state_to_string (run->state));
      if (run->state == JT_RUN_SKIPPED)
        g_string_append_printf (text, " (%s)", run->reason);
    }
  return g_string_free (text, FALSE);
}

static void
end_as (Fixture *fixture, guint64 run, JtAttemptReport report)
{
  report.started_usec = NOW;
  jt_fake_executor_end (JT_FAKE_EXECUTOR (fixture->executor), run, 1, &report);
  settle (fixture);
}

static void
cancel (Fixture *fixture, guint64 run)
{
  g_autoptr (GAsyncResult) result = NULL;

  jt_tracker_cancel_run_async (fixture->tracker, run, "alice", NULL, store_result, &result);
  settle (fixture);
}

static void
update (Fixture *fixture, guint64 job, const char *changes, GError **error)
{
  g_autoptr (GVariant) dict = g_variant_parse (G_VARIANT_TYPE_VARDICT, changes, NULL, NULL, NULL);
  g_autoptr (GAsyncResult) result = NULL;

  jt_tracker_update_job_async (fixture->tracker, job, dict, NULL, 0, NULL, store_result, &result);
  settle (fixture);
  jt_tracker_update_job_finish (fixture->tracker, result, error);
}

static void
remove_job (Fixture *fixture, guint64 job, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  jt_tracker_remove_job_async (fixture->tracker, job, FALSE, NULL, store_result, &result);
  settle (fixture);
  jt_tracker_remove_job_finish (fixture->tracker, result, error);
}

/* Pairs of a name and settings, in one call. */
static gboolean
add_all (Fixture *fixture, guint32 owner, const char *const *pairs, GError **error)
{
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_job_draft_free);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GArray) ids = NULL;

  for (guint i = 0; pairs[i] != NULL; i += 2)
    {
      g_autoptr (JtSettings) settings = parse_settings (pairs[i + 1]);

      g_ptr_array_add (drafts, jt_job_draft_new (owner, owner == 0 ? "root" : "alice", pairs[i], settings));
    }
  jt_tracker_add_jobs_async (fixture->tracker, owner, drafts, NULL, NULL, NULL, store_result, &result);
  settle (fixture);
  ids = jt_tracker_add_jobs_finish (fixture->tracker, result, error);
  return ids != NULL;
}

#define ADD_ALL(fixture, error, ...) add_all (fixture, ALICE, (const char *const[]){ __VA_ARGS__, NULL }, error)

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

static void
test_fan_out (Fixture *fixture, gconstpointer data)
{
  guint64 a = add_job (fixture, "a", PLAIN);

  add_job (fixture, "b", AFTER ('a'));
  add_job (fixture, "c", AFTER ('a:finished'));
  add_job (fixture, "d", AFTER ('a:failed'));
  run_and_finish (fixture, a, 0);
  /* A success of what was to fail is nothing to speak of. */
  assert_runs (fixture, "a succeeded, b starting, c starting");
  finish (fixture, 2, 1, 0);
  finish (fixture, 3, 1, 0);
  run_and_finish (fixture, a, 7);
  assert_runs (fixture, "a succeeded, b succeeded, c succeeded, a failed, b skipped (after: a failed), c starting, d starting");
  g_assert_cmpstr (run_of (fixture, 5)->cause, ==, "after a (run 4)");
}

/* The latest end of each counts, however often it comes, and the join runs when the last one has come. */
static void
test_join (Fixture *fixture, gconstpointer data)
{
  guint64 a = add_job (fixture, "a", PLAIN);
  guint64 b = add_job (fixture, "b", PLAIN);
  guint64 c = add_job (fixture, "c", PLAIN);

  add_job (fixture, "d", AFTER ('a', 'b', 'c:finished'));
  run_and_finish (fixture, a, 1);
  run_and_finish (fixture, b, 0);
  run_and_finish (fixture, a, 0);
  assert_marks (fixture, "4 after a: good, 4 after b: good");
  run_and_finish (fixture, c, 1);
  assert_runs (fixture, "a failed, b succeeded, a succeeded, c failed, d starting");
  g_assert_cmpstr (run_of (fixture, 5)->cause, ==, "after a (run 3), b (run 2), c:finished (run 4)");
  run_and_finish (fixture, a, 1);
  run_and_finish (fixture, b, 1);
  finish (fixture, 5, 1, 0);
  run_and_finish (fixture, c, 0);
  g_assert_cmpstr (run_of (fixture, 9)->reason, ==, "after: a failed, b failed");
  assert_marks (fixture, "");
}

/* Every way in which a run may end, and what it is to each form. */
static void
test_ends (Fixture *fixture, gconstpointer data)
{
  guint64 a = add_job (fixture, "a", PLAIN);
  guint64 run;

  ADD_ALL (fixture, NULL, "good", AFTER ('a'), "bad", AFTER ('a:failed'), "any", AFTER ('a:finished'));
  run = start_job (fixture, a);
  end_as (fixture, run, (JtAttemptReport){ .exit_code = -1, .signal = 15, .timed_out = TRUE });
  assert_runs (fixture, "a timed-out, good skipped (after: a timed out), bad starting, any starting");
  finish (fixture, 3, 1, 0);
  finish (fixture, 4, 1, 0);
  run = start_job (fixture, a);
  cancel (fixture, run);
  jt_fake_executor_start_all (JT_FAKE_EXECUTOR (fixture->executor));
  end_as (fixture, run, (JtAttemptReport){ .exit_code = -1, .signal = 15, .was_stopped = TRUE });
  g_assert_cmpstr (run_of (fixture, 6)->reason, ==, "after: a was cancelled");
  g_assert_cmpstr (run_of (fixture, 7)->reason, ==, "after: a was cancelled");
  assert_state (fixture, 8, "starting");
  finish (fixture, 8, 1, 0);
  run = start_job (fixture, a);
  end_as (fixture, run, (JtAttemptReport){ .end = JT_END_LOST, .exit_code = -1 });
  for (guint i = 10; i <= 12; i++)
    g_assert_cmpstr (run_of (fixture, i)->reason, ==, "after: a was lost");
  g_assert_cmpuint (jt_fake_store_count_runs (JT_FAKE_STORE (fixture->store)), ==, 12);
}

/* What is skipped is an end as well. */
static void
test_skips_propagate (Fixture *fixture, gconstpointer data)
{
  guint64 a = add_job (fixture, "a", PLAIN);

  add_job (fixture, "b", AFTER ('a'));
  add_job (fixture, "c", AFTER ('b'));
  add_job (fixture, "d", AFTER ('b:finished', 'c:failed'));
  run_and_finish (fixture, a, 1);
  assert_runs (fixture, "a failed, b skipped (after: a failed), c skipped (after: b was skipped),"
                        " d skipped (after: b was skipped, c was skipped)");
  assert_events (fixture, "job-added 1, job-added 2, job-added 3, job-added 4, run-started 1 running, run-finished 1 failed, run-finished 2 skipped,"
                          " run-finished 3 skipped, run-finished 4 skipped");
}

/* A schedule, its overlap rule and what was missed: the first two are ends, the last is none. */
static void
test_scheduled (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, "a", "{'shell': <'true'>, 'schedule': <['* * * * *']>, 'timezone': <'UTC'>}");
  add_job (fixture, "b", AFTER ('a'));
  advance (fixture, MINUTE);
  advance (fixture, MINUTE);
  assert_runs (fixture, "a starting, a skipped (overlap), b skipped (after: a was skipped)");
  finish (fixture, 1, 1, 0);
  assert_runs (fixture, "a succeeded, a skipped (overlap), b skipped (after: a was skipped), b starting");
  finish (fixture, 4, 1, 0);
  stop_tracker (fixture);
  jt_fake_clock_advance (JT_FAKE_CLOCK (fixture->clock), 10 * MINUTE);
  start_tracker (fixture, "boot-1");
  g_assert_cmpint (run_of (fixture, 5)->state, ==, JT_RUN_MISSED);
  g_assert_cmpint (run_of (fixture, 6)->state, ==, JT_RUN_STARTING);
  /* (what was due when it came back found that in its way) */
  g_assert_cmpstr (run_of (fixture, 7)->reason, ==, "overlap");
  g_assert_cmpstr (run_of (fixture, 8)->job_name, ==, "b");
  assert_count (fixture, 8);
}

/* Work that others do is work as well. */
static void
test_reported (Fixture *fixture, gconstpointer data)
{
  JtReport report = { .uid = ALICE, .owner_name = "alice", .name = "a", .heartbeat_timeout_usec = -1 };
  JtOutcome outcome = { .state = JT_RUN_SUCCEEDED, .exit_code = -1 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  add_job (fixture, "a", "{'expect-every': <uint64 3600000000>}");
  add_job (fixture, "b", "{'shell': <'x'>, 'overlap': <'allow'>, 'after': <['a']>}");
  jt_tracker_ping_async (fixture->tracker, &report, JT_PING_END, &outcome, NULL, NULL, store_result, &result);
  settle (fixture);
  assert_runs (fixture, "a succeeded, b starting");
  report.sender = ":1.7";
  g_clear_object (&result);
  jt_tracker_start_tracking_async (fixture->tracker, &report, NULL, store_result, &result);
  settle (fixture);
  jt_tracker_sender_gone (fixture->tracker, ":1.7");
  settle (fixture);
  assert_runs (fixture, "a succeeded, b starting, a lost, b skipped (after: a was lost)");
  /* But nobody here starts what others do. */
  try_add (fixture, "c", "{'expect-every': <uint64 3600000000>, 'after': <['a']>}", NULL, NULL, &(guint64){ 0 }, &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS);
  g_assert_true (g_str_has_prefix (error->message, "after: there is no command to start"));
}

static void
test_overlap (Fixture *fixture, gconstpointer data)
{
  guint64 a = add_job (fixture, "a", PLAIN);

  ADD_ALL (fixture, NULL, "skips", AFTER ('a'), "waits", "{'shell': <'x'>, 'after': <['a']>, 'overlap': <'queue'>}", "last",
           AFTER ('skips:finished'));
  run_and_finish (fixture, a, 0);
  run_and_finish (fixture, a, 0);
  assert_runs (fixture, "a succeeded, skips starting, waits starting, a succeeded, skips skipped (overlap), waits queued,"
                        " last skipped (after: skips was skipped)");
  finish (fixture, 3, 1, 0);
  assert_state (fixture, 6, "starting");
}

/* Nothing but a call starts what is not enabled, and what came before it was enabled again does not count. */
static void
test_disabled (Fixture *fixture, gconstpointer data)
{
  guint64 a = add_job (fixture, "a", PLAIN);
  guint64 b = add_job (fixture, "b", PLAIN);
  guint64 c = add_job (fixture, "c", AFTER ('a', 'b'));
  g_autoptr (GError) error = NULL;

  run_and_finish (fixture, a, 0);
  assert_marks (fixture, "3 after a: good");
  update (fixture, c, "{'enabled': <false>}", &error);
  g_assert_no_error (error);
  assert_marks (fixture, "");
  run_and_finish (fixture, b, 0);
  run_and_finish (fixture, a, 0);
  update (fixture, c, "{'enabled': <true>}", &error);
  run_and_finish (fixture, b, 0);
  assert_runs (fixture, "a succeeded, b succeeded, a succeeded, b succeeded");
  run_and_finish (fixture, a, 0);
  assert_state (fixture, 6, "starting");
}

static void
test_changed (Fixture *fixture, gconstpointer data)
{
  guint64 a = add_job (fixture, "a", PLAIN);
  guint64 b = add_job (fixture, "b", PLAIN);
  guint64 c = add_job (fixture, "c", PLAIN);
  guint64 d = add_job (fixture, "d", AFTER ('a', 'b', 'c'));
  g_autoptr (GError) error = NULL;

  run_and_finish (fixture, a, 1);
  run_and_finish (fixture, b, 0);
  update (fixture, d, "{'after': <['a', 'c']>}", &error);
  g_assert_no_error (error);
  assert_marks (fixture, "4 after a: bad");
  run_and_finish (fixture, b, 0);
  run_and_finish (fixture, c, 0);
  assert_runs (fixture, "a failed, b succeeded, b succeeded, c succeeded, d skipped (after: a failed)");
  remove_job (fixture, b, &error);
  g_assert_no_error (error);
}

/* Killed after each commit in turn: what has been made durable is all there is, and the diamond goes on from it. */
static void
test_restarts (Fixture *fixture, gconstpointer data)
{
  guint64 a = add_job (fixture, "a", PLAIN);

  ADD_ALL (fixture, NULL, "b", AFTER ('a'), "c", AFTER ('a'), "d", AFTER ('b', 'c'));
  start_job (fixture, a);
  restart_tracker (fixture, "boot-1");
  finish (fixture, 1, 1, 0);
  restart_tracker (fixture, "boot-1");
  assert_runs (fixture, "a succeeded, b starting, c starting");
  finish (fixture, 3, 1, 0);
  restart_tracker (fixture, "boot-1");
  assert_marks (fixture, "4 after c: good");
  finish (fixture, 2, 1, 0);
  assert_marks (fixture, "");
  restart_tracker (fixture, "boot-1");
  finish (fixture, 4, 1, 0);
  restart_tracker (fixture, "boot-1");
  assert_runs (fixture, "a succeeded, b succeeded, c succeeded, d succeeded");
  assert_asked (fixture, "");
}

/* After a power cut the run is lost, which is an end. */
static void
test_power_cut (Fixture *fixture, gconstpointer data)
{
  guint64 a = add_job (fixture, "a", PLAIN);

  add_job (fixture, "b", AFTER ('a'));
  start_job (fixture, a);
  restart_tracker (fixture, "boot-2");
  end_as (fixture, 1, (JtAttemptReport){ .end = JT_END_LOST, .exit_code = -1 });
  assert_runs (fixture, "a lost, b skipped (after: a was lost)");
}

/* An occurrence that the clock goes back over is refused, with all that would have followed from it. */
static void
test_refused_occurrence (Fixture *fixture, gconstpointer data)
{
  guint64 b;

  add_job (fixture, "a", "{'shell': <'true'>, 'schedule': <['* * * * *']>, 'timezone': <'UTC'>}");
  b = add_job (fixture, "b", PLAIN);
  add_job (fixture, "c", AFTER ('a', 'b'));
  advance (fixture, MINUTE);
  jt_fake_clock_step_to (JT_FAKE_CLOCK (fixture->clock), NOW + 30 * SECOND);
  settle (fixture);
  /* Due again while it runs: it would be skipped, had it not been there before. */
  advance (fixture, 30 * SECOND);
  assert_state (fixture, 1, "starting");
  assert_marks (fixture, "");
  /* So of the two only this one has ended. */
  finish (fixture, start_job (fixture, b), 1, 0);
  assert_marks (fixture, "3 after b: good");
  finish (fixture, 1, 1, 0);
  assert_marks (fixture, "");
  assert_state (fixture, 4, "starting");
  g_assert_cmpstr (run_of (fixture, 4)->cause, ==, "after a (run 1), b (run 3)");
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
  update (fixture, backup, "{'after': <['c']>}", &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS);
  g_assert_nonnull (strstr (error->message, "after: is a circle: backup → b → c → backup"));
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
  ADD ("fan-out", test_fan_out);
  ADD ("join", test_join);
  ADD ("ends", test_ends);
  ADD ("skips-propagate", test_skips_propagate);
  ADD ("scheduled", test_scheduled);
  ADD ("reported", test_reported);
  ADD ("overlap", test_overlap);
  ADD ("disabled", test_disabled);
  ADD ("changed", test_changed);
  ADD ("restarts", test_restarts);
  ADD ("power-cut", test_power_cut);
  ADD ("refused-occurrence", test_refused_occurrence);
  ADD ("refused", test_refused);
  ADD ("batch", test_batch);
  return g_test_run ();
}
