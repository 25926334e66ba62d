/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Conditions, events, what is put off while a job runs, and waking up, between a machine that is turned by hand and a record in memory. */

#include "tracker-fixture.h"

#define EACH_MINUTE "'shell': <'true'>, 'schedule': <['* * * * *']>, 'timezone': <'UTC'>"

static void
set (Fixture *fixture, const char *condition, gboolean holds)
{
  jt_fake_surroundings_set (JT_FAKE_SURROUNDINGS (fixture->machine), condition, holds);
  settle (fixture);
}

static void
happen (Fixture *fixture, guint64 job, const char *cause)
{
  jt_surroundings_emit_occurred (fixture->machine, job, cause);
  settle (fixture);
}

static void
assert_reason (Fixture *fixture, guint64 run, const char *reason)
{
  g_assert_cmpstr (run_of (fixture, run)->reason, ==, reason);
}

#define assert_count(fixture, count) g_assert_cmpuint (jt_fake_store_count_runs (JT_FAKE_STORE ((fixture)->store)), ==, count)

/* --- conditions --- */

static void
test_condition_skips (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", "{" EACH_MINUTE ", 'condition': <['ac-power', '!path:/x']>}");

  set (fixture, "!path:/x", FALSE);
  advance (fixture, MINUTE);
  assert_state (fixture, 1, "skipped");
  assert_reason (fixture, 1, "condition: !path:/x");
  assert_asked (fixture, "");
  set (fixture, "!path:/x", TRUE);
  advance (fixture, MINUTE);
  assert_state (fixture, 2, "starting");
  assert_asked (fixture, "start 2/1");
  finish (fixture, 2, 1, 0);
  /* By hand it is not asked: who starts it has decided. */
  set (fixture, "ac-power", FALSE);
  assert_machine (fixture, "look 1, stop 1, look 2, stop 2");
  start_job (fixture, job);
  assert_state (fixture, 3, "starting");
  assert_machine (fixture, "");
}

static void
test_condition_waits (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, "j", "{" EACH_MINUTE ", 'condition': <['ac-power', 'network']>, 'condition-wait': <uint64 600000000>, 'retries': <uint32 1>}");
  set (fixture, "ac-power", FALSE);
  set (fixture, "network", FALSE);
  advance (fixture, MINUTE);
  assert_state (fixture, 1, "queued");
  assert_reason (fixture, 1, "condition: ac-power");
  set (fixture, "ac-power", TRUE);
  assert_state (fixture, 1, "queued");
  assert_reason (fixture, 1, "condition: network");
  set (fixture, "network", TRUE);
  assert_state (fixture, 1, "starting");
  assert_reason (fixture, 1, NULL);
  /* A further attempt is part of a run that has begun. */
  set (fixture, "network", FALSE);
  finish (fixture, 1, 1, 1);
  advance (fixture, 5 * MINUTE);
  g_assert_cmpuint (run_of (fixture, 1)->attempt, ==, 2);
}

static void
test_wait_ends (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, "j", "{" EACH_MINUTE ", 'condition': <['idle']>, 'condition-wait': <uint64 90000000>}");
  set (fixture, "idle", FALSE);
  advance (fixture, MINUTE);
  advance (fixture, 90 * SECOND);
  assert_state (fixture, 1, "queued");
  advance (fixture, 1);
  assert_state (fixture, 1, "skipped");
  assert_reason (fixture, 1, "condition: idle");
  /* Too late is nothing to be had any more. */
  set (fixture, "idle", TRUE);
  assert_state (fixture, 1, "skipped");
}

/* The clock of a machine that has just started is set when the network comes up: that is no reason to give up waiting. */
static void
test_wait_and_clock (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", "{'shell': <'true'>, 'on-event': <['login']>, 'condition': <['network']>, 'condition-wait': <uint64 90000000>}");

  set (fixture, "network", FALSE);
  happen (fixture, job, "login");
  jt_fake_clock_step_to (JT_FAKE_CLOCK (fixture->clock), NOW + 30 * DAY);
  settle (fixture);
  assert_state (fixture, 1, "queued");
  advance (fixture, 91 * SECOND);
  assert_state (fixture, 1, "skipped");
}

static void
test_wait_survives_restart (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, "j", "{" EACH_MINUTE ", 'condition': <['idle']>, 'condition-wait': <uint64 90000000>}");
  set (fixture, "idle", FALSE);
  advance (fixture, MINUTE);
  g_free (jt_fake_surroundings_take_log (JT_FAKE_SURROUNDINGS (fixture->machine)));
  restart_tracker (fixture, "boot-1");
  assert_machine (fixture, "stop 1, look 1");
  assert_state (fixture, 1, "queued");
  set (fixture, "idle", TRUE);
  assert_state (fixture, 1, "starting");
}

static void
test_wait_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  add_job (fixture, "j", "{" EACH_MINUTE ", 'condition': <['idle']>, 'condition-wait': <uint64 90000000>}");
  set (fixture, "idle", FALSE);
  advance (fixture, MINUTE);
  jt_tracker_cancel_run_async (fixture->tracker, 1, "alice", NULL, store_result, &result);
  settle (fixture);
  g_assert_true (jt_tracker_cancel_run_finish (fixture->tracker, result, NULL));
  assert_state (fixture, 1, "cancelled");
  assert_machine (fixture, "look 1, stop 1");
  set (fixture, "idle", TRUE);
  assert_state (fixture, 1, "cancelled");
}

/* What waits for its conditions is in the way of the next one, which waits for it in turn and is looked at when its turn has come. */
static void
test_conditions_in_line (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, "j", "{" EACH_MINUTE ", 'overlap': <'queue'>, 'condition': <['idle']>, 'condition-wait': <uint64 600000000>}");
  set (fixture, "idle", FALSE);
  advance (fixture, 2 * MINUTE);
  assert_reason (fixture, 1, "condition: idle");
  assert_reason (fixture, 2, "overlap");
  assert_machine (fixture, "look 1");
  set (fixture, "idle", TRUE);
  assert_state (fixture, 1, "starting");
  assert_state (fixture, 2, "queued");
  finish (fixture, 1, 1, 0);
  assert_machine (fixture, "stop 1, look 2, stop 2");
  assert_state (fixture, 2, "starting");
}

/* --- events --- */

static void
test_event (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", "{'shell': <'true'>, 'on-event': <['network-up', 'unit:a.service:failed']>}");

  assert_machine (fixture, "watch 1");
  happen (fixture, job, "unit:a.service:failed");
  assert_state (fixture, 1, "starting");
  g_assert_cmpint (run_of (fixture, 1)->trigger, ==, JT_TRIGGER_EVENT);
  g_assert_cmpstr (run_of (fixture, 1)->cause, ==, "unit:a.service:failed");
  g_assert_cmpint (run_of (fixture, 1)->scheduled_usec, ==, 0);
  /* The overlap rule is the same for all. */
  advance (fixture, MINUTE);
  happen (fixture, job, "network-up");
  assert_state (fixture, 2, "skipped");
  assert_reason (fixture, 2, "overlap");
}

static void
test_burst (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", "{'shell': <'true'>, 'on-event': <['network-up']>, 'overlap': <'queue'>}");

  for (guint i = 0; i < 100; i++)
    {
      happen (fixture, job, "network-up");
      advance (fixture, 10000);
    }
  assert_count (fixture, 1);
  advance (fixture, SECOND);
  happen (fixture, job, "network-up");
  assert_count (fixture, 2);
}

/* Files that change once more behind a start are looked at again; what had changed before it was there to be seen. */
static void
test_changes_behind_start (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", "{'shell': <'true'>, 'watch-path': <['/srv/in', '/srv/to']>, 'watch-settle': <uint64 100000>, 'overlap': <'queue'>}");

  happen (fixture, job, "watch-path:/srv/in");
  advance (fixture, 99999);
  happen (fixture, job, "watch-path:/srv/to");
  assert_count (fixture, 1);
  advance (fixture, 1);
  happen (fixture, job, "watch-path:/srv/in");
  assert_count (fixture, 2);
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
test_watched_while_enabled (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", "{'shell': <'true'>, 'watch-path': <['/srv/in']>}");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  update (fixture, job, "{'enabled': <false>}", &error);
  g_assert_no_error (error);
  happen (fixture, job, "watch-path:/srv/in");
  assert_count (fixture, 0);
  update (fixture, job, "{'enabled': <true>}", &error);
  assert_machine (fixture, "watch 1, unwatch 1, watch 1");
  restart_tracker (fixture, "boot-1");
  assert_machine (fixture, "unwatch 1, watch 1");
  jt_tracker_remove_job_async (fixture->tracker, job, FALSE, NULL, store_result, &result);
  settle (fixture);
  assert_machine (fixture, "unwatch 1");
}

static void
test_event_while_paused (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", "{'shell': <'true'>, 'on-event': <['resume']>}");
  g_autoptr (GAsyncResult) result = NULL;

  jt_tracker_pause_async (fixture->tracker, TRUE, "", NULL, store_result, &result);
  settle (fixture);
  happen (fixture, job, "resume");
  assert_state (fixture, 1, "queued");
  g_clear_object (&result);
  jt_tracker_pause_async (fixture->tracker, FALSE, "", NULL, store_result, &result);
  settle (fixture);
  assert_state (fixture, 1, "starting");
}

static void
test_startup (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, "j", "{'shell': <'true'>, 'on-event': <['startup']>}");
  restart_tracker (fixture, "boot-1");
  assert_count (fixture, 0);
  restart_tracker (fixture, "boot-2");
  assert_state (fixture, 1, "starting");
  g_assert_cmpstr (run_of (fixture, 1)->cause, ==, "startup");
  finish (fixture, 1, 1, 0);
  restart_tracker (fixture, "boot-2");
  assert_count (fixture, 1);
}

/* --- what is put off, and waking up --- */

static void
test_inhibitors (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j",
                         "{'shell': <'true'>, 'inhibit': <['sleep']>, 'retries': <uint32 1>, 'retry-delay': <uint64 60000000>, 'retry-jitter': <0.0>}");

  start_job (fixture, job);
  assert_machine (fixture, "inhibit 1");
  assert_asked (fixture, "start 1/1");
  /* While it waits for a retry the machine may sleep. */
  finish (fixture, 1, 1, 1);
  assert_machine (fixture, "release 1");
  advance (fixture, MINUTE);
  assert_machine (fixture, "inhibit 1");
  g_assert_cmpuint (run_of (fixture, 1)->attempt, ==, 2);
  jt_fake_executor_start_all (JT_FAKE_EXECUTOR (fixture->executor));
  settle (fixture);
  restart_tracker (fixture, "boot-1");
  assert_machine (fixture, "release 1, inhibit 1");
  finish (fixture, 1, 2, 0);
  assert_machine (fixture, "release 1");
}

static void
test_without_inhibitors (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", "{'shell': <'true'>, 'inhibit': <['sleep']>}");
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);

  jt_fake_surroundings_refuse_inhibitors (JT_FAKE_SURROUNDINGS (fixture->machine));
  start_job (fixture, job);
  g_log_set_always_fatal (fatal);
  assert_asked (fixture, "start 1/1");
}

static void
test_wake (Fixture *fixture, gconstpointer data)
{
  g_autofree char *expected = g_strdup_printf ("wake %" G_GINT64_FORMAT ", wake %" G_GINT64_FORMAT, NOW + HOUR, NOW + 30 * MINUTE);
  g_autofree char *after = g_strdup_printf ("wake %" G_GINT64_FORMAT, NOW + HOUR);
  g_autoptr (GError) error = NULL;
  guint64 half;

  add_job (fixture, "plain", "{" EACH_MINUTE "}");
  assert_machine (fixture, "");
  add_job (fixture, "hour", "{'shell': <'x'>, 'schedule': <['0 1 * * *']>, 'timezone': <'UTC'>, 'wake': <true>}");
  half = add_job (fixture, "half", "{'shell': <'x'>, 'schedule': <['30 0 * * *']>, 'timezone': <'UTC'>, 'wake': <true>}");
  assert_machine (fixture, expected);
  update (fixture, half, "{'wake': <false>}", &error);
  g_assert_no_error (error);
  assert_machine (fixture, after);
}

/* --- what is refused --- */

static void
test_not_supported (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", "{'shell': <'true'>}");
  g_autoptr (GError) error = NULL;
  guint64 id;

  jt_fake_surroundings_set_missing (JT_FAKE_SURROUNDINGS (fixture->machine), "login");
  g_assert_false (try_add (fixture, "k", "{'shell': <'true'>, 'on-event': <['login']>}", NULL, NULL, &id, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);
  update (fixture, job, "{'on-event': <['login']>}", &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);
  g_assert_cmpuint (jt_tracker_count_jobs (fixture->tracker), ==, 1);
  g_assert_cmpuint (jt_tracker_get_job (fixture->tracker, job)->job->revision, ==, 1);
  update (fixture, job, "{'on-event': <['resume']>}", &error);
  g_assert_no_error (error);
}

static void
test_file_not_supported (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_job_draft_free);
  g_autoptr (JtSettings) plain = parse_settings ("{'shell': <'true'>}");
  g_autoptr (JtSettings) wakes = parse_settings ("{'shell': <'true'>, 'wake': <true>}");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) problems = NULL;

  jt_fake_surroundings_set_missing (JT_FAKE_SURROUNDINGS (fixture->machine), "wake");
  for (guint i = 0; i < 2; i++)
    {
      JtJobDraft *draft = jt_job_draft_new (ALICE, "alice", i == 0 ? "wakes" : "plain", i == 0 ? wakes : plain);

      draft->origin = JT_ORIGIN_FILE;
      draft->origin_path = g_strdup (i == 0 ? "/wakes.job" : "/plain.job");
      g_ptr_array_add (drafts, draft);
    }
  jt_tracker_sync_files_async (fixture->tracker, drafts, NULL, NULL, store_result, &result);
  settle (fixture);
  problems = jt_tracker_sync_files_finish (fixture->tracker, result, NULL);
  g_assert_cmpuint (problems->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (problems, 0), ==, "/wakes.job: 'wake': nobody here knows");
  g_assert_cmpuint (jt_tracker_count_jobs (fixture->tracker), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/surroundings/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("condition-skips", test_condition_skips);
  ADD ("condition-waits", test_condition_waits);
  ADD ("wait-ends", test_wait_ends);
  ADD ("wait-and-clock", test_wait_and_clock);
  ADD ("wait-survives-restart", test_wait_survives_restart);
  ADD ("wait-cancelled", test_wait_cancelled);
  ADD ("conditions-in-line", test_conditions_in_line);
  ADD ("event", test_event);
  ADD ("burst", test_burst);
  ADD ("changes-behind-start", test_changes_behind_start);
  ADD ("watched-while-enabled", test_watched_while_enabled);
  ADD ("event-while-paused", test_event_while_paused);
  ADD ("startup", test_startup);
  ADD ("inhibitors", test_inhibitors);
  ADD ("without-inhibitors", test_without_inhibitors);
  ADD ("wake", test_wake);
  ADD ("not-supported", test_not_supported);
  ADD ("file-not-supported", test_file_not_supported);
  return g_test_run ();
}
