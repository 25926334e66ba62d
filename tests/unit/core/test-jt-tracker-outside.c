/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "tracker-fixture.h"

static guint64
try_track (Fixture *fixture, JtReport report, const char *settings, GError **error)
{
  g_autoptr (GVariant) dict = settings == NULL ? NULL : g_variant_parse (G_VARIANT_TYPE_VARDICT, settings, NULL, NULL, NULL);
  g_autoptr (GAsyncResult) result = NULL;

  report.uid = ALICE;
  report.owner_name = "alice";
  report.settings = dict;
  if (report.heartbeat_timeout_usec == 0)
    report.heartbeat_timeout_usec = -1;
  jt_tracker_start_tracking_async (fixture->tracker, &report, NULL, store_result, &result);
  settle (fixture);
  return jt_tracker_start_tracking_finish (fixture->tracker, result, error);
}

#define TRACK(fixture, ...) try_track (fixture, (JtReport){ __VA_ARGS__ }, NULL, NULL)

static void
try_end (Fixture *fixture, guint64 run, JtOutcome outcome, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  jt_tracker_finish_tracked_async (fixture->tracker, run, &outcome, NULL, store_result, &result);
  settle (fixture);
  jt_tracker_finish_tracked_finish (fixture->tracker, result, error);
}

#define END(fixture, run, ...) try_end (fixture, run, (JtOutcome){ __VA_ARGS__ }, NULL)

static guint64
try_ping (Fixture *fixture, const char *name, JtPingKind kind, JtOutcome outcome, const char *settings, GError **error)
{
  g_autoptr (GVariant) dict = settings == NULL ? NULL : g_variant_parse (G_VARIANT_TYPE_VARDICT, settings, NULL, NULL, NULL);
  JtReport report = { .uid = ALICE, .owner_name = "alice", .name = name, .settings = dict, .heartbeat_timeout_usec = -1 };
  g_autoptr (GAsyncResult) result = NULL;
  guint64 run;

  jt_tracker_ping_async (fixture->tracker, &report, kind, &outcome, NULL, NULL, store_result, &result);
  settle (fixture);
  run = jt_tracker_ping_finish (fixture->tracker, result, error);
  settle (fixture);
  return run;
}

static guint64
ping (Fixture *fixture, const char *name, JtPingKind kind)
{
  g_autoptr (GError) error = NULL;
  guint64 run = try_ping (fixture, name, kind, (JtOutcome){ .state = JT_RUN_SUCCEEDED, .exit_code = -1 }, NULL, &error);

  g_assert_no_error (error);
  return run;
}

static const char *
health_of (Fixture *fixture, const char *name)
{
  const JtJobEntry *entry = jt_tracker_find_job (fixture->tracker, ALICE, name);

  return jt_job_get_health (entry->job, &entry->status);
}

static void
test_begin_and_end (Fixture *fixture, gconstpointer data)
{
  guint64 run = TRACK (fixture, .name = "etl", .sender = ":1.7", .message = "make all");
  const JtJobEntry *entry = jt_tracker_find_job (fixture->tracker, ALICE, "etl");

  assert_events (fixture, "job-added 1, run-started 1 running");
  g_assert_cmpint (entry->job->origin, ==, JT_ORIGIN_TRACKED);
  assert_state (fixture, run, "running");
  g_assert_cmpstr (run_of (fixture, run)->message, ==, "make all");
  g_assert_cmpint (run_of (fixture, run)->trigger, ==, JT_TRIGGER_TRACKED);
  g_assert_cmpuint (jt_tracker_count_active (fixture->tracker), ==, 1);
  advance (fixture, 40 * SECOND);
  END (fixture, run, .state = JT_RUN_QUEUED, .exit_code = 3, .cpu_usec = 5, .memory_peak_bytes = 6, .reason = "disk full");
  assert_state (fixture, run, "failed");
  g_assert_cmpint (run_of (fixture, run)->exit_code, ==, 3);
  g_assert_cmpstr (run_of (fixture, run)->reason, ==, "disk full");
  g_assert_cmpuint (run_of (fixture, run)->cpu_usec, ==, 5);
  g_assert_cmpint (run_of (fixture, run)->finished_usec - run_of (fixture, run)->started_usec, ==, 40 * SECOND);
  /* The log's measures come with its end. */
  g_assert_cmpuint (run_of (fixture, run)->log_size_bytes, ==, 100);
  g_assert_cmpint (entry->status.streak, ==, -1);
  g_assert_cmpuint (jt_tracker_count_active (fixture->tracker), ==, 0);
  assert_events (fixture, "run-finished 1 failed");
}

static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "own", "{'shell': <'true'>}");
  guint64 own = start_job (fixture, job);
  guint64 run = TRACK (fixture, .name = "etl", .sender = ":1.7");
  g_autoptr (GError) error = NULL;

  g_assert_false (jt_tracker_set_progress (fixture->tracker, own, 0.5, "", &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);
  g_assert_false (jt_tracker_signal_run (fixture->tracker, run, 15, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);
  END (fixture, run, .state = JT_RUN_SUCCEEDED, .exit_code = -1);
  try_end (fixture, run, (JtOutcome){ .state = JT_RUN_FAILED }, &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_WRONG_STATE);
  g_clear_error (&error);
  g_assert_false (jt_tracker_heartbeat (fixture->tracker, run, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_WRONG_STATE);
  g_clear_error (&error);
  /* Nobody here could start it. */
  try_start (fixture, jt_tracker_find_job (fixture->tracker, ALICE, "etl")->job->id, NULL, &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);
  /* A report does not change what was defined otherwise. */
  try_track (fixture, (JtReport){ .name = "own", .sender = ":1.7" }, "{'description': <'x'>}", &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_WRONG_STATE);
  g_clear_error (&error);
  try_track (fixture, (JtReport){ .name = "s", .sender = ":1.7" }, "{'schedule': <['@daily']>}", &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS);
  g_assert_null (jt_tracker_find_job (fixture->tracker, ALICE, "s"));
  /* But it may of one that it made itself. */
  g_assert_cmpuint (try_track (fixture, (JtReport){ .name = "etl", .sender = ":1.7" }, "{'description': <'x'>}", NULL), !=, 0);
  g_assert_cmpuint (jt_tracker_find_job (fixture->tracker, ALICE, "etl")->job->revision, ==, 2);
}

static void
test_reporter_leaves (Fixture *fixture, gconstpointer data)
{
  guint64 attached = TRACK (fixture, .name = "a", .sender = ":1.7");
  guint64 detached = TRACK (fixture, .name = "b");
  guint64 other = TRACK (fixture, .name = "c", .sender = ":1.8");

  jt_tracker_sender_gone (fixture->tracker, ":1.7");
  settle (fixture);
  assert_state (fixture, attached, "lost");
  g_assert_cmpstr (run_of (fixture, attached)->reason, ==, "its reporter left the bus");
  assert_state (fixture, detached, "running");
  assert_state (fixture, other, "running");
  jt_tracker_leave_bus (fixture->tracker);
  settle (fixture);
  assert_state (fixture, other, "lost");
  assert_state (fixture, detached, "running");
}

static void
test_restart (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) senders = NULL;
  guint64 old_bus, same_bus, detached;

  g_ptr_array_unref (jt_tracker_enter_bus (fixture->tracker, "bus-1"));
  old_bus = TRACK (fixture, .name = "a", .sender = ":1.7");
  g_ptr_array_unref (jt_tracker_enter_bus (fixture->tracker, "bus-2"));
  settle (fixture);
  assert_state (fixture, old_bus, "lost");
  same_bus = TRACK (fixture, .name = "a", .sender = ":1.9");
  detached = TRACK (fixture, .name = "b");
  restart_tracker (fixture, "boot-1");
  /* Nobody is judged before the bus is known, and then those are asked for that may still be there. */
  assert_state (fixture, same_bus, "running");
  senders = jt_tracker_enter_bus (fixture->tracker, "bus-2");
  g_assert_cmpuint (senders->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (senders, 0), ==, ":1.9");
  jt_tracker_sender_gone (fixture->tracker, ":1.9");
  settle (fixture);
  assert_state (fixture, same_bus, "lost");
  assert_state (fixture, detached, "running");
  END (fixture, detached, .state = JT_RUN_SUCCEEDED, .exit_code = -1);
  assert_state (fixture, detached, "succeeded");
}

static void
test_heartbeats (Fixture *fixture, gconstpointer data)
{
  guint64 run = TRACK (fixture, .name = "a", .heartbeat_timeout_usec = 10 * MINUTE);
  guint64 by_default = TRACK (fixture, .name = "b");
  guint64 attached = TRACK (fixture, .name = "c", .sender = ":1.1");

  advance (fixture, 9 * MINUTE);
  g_assert_true (jt_tracker_heartbeat (fixture->tracker, run, NULL));
  advance (fixture, 9 * MINUTE);
  assert_state (fixture, run, "running");
  /* The deadline begins anew with the service. */
  restart_tracker (fixture, "boot-1");
  g_ptr_array_unref (jt_tracker_enter_bus (fixture->tracker, NULL));
  advance (fixture, 10 * MINUTE - 1);
  assert_state (fixture, run, "running");
  advance (fixture, 1);
  assert_state (fixture, run, "lost");
  g_assert_cmpstr (run_of (fixture, run)->reason, ==, "no heartbeat for 10min");
  assert_state (fixture, by_default, "running");
  advance (fixture, HOUR);
  assert_state (fixture, by_default, "lost");
  assert_state (fixture, attached, "running");
}

static void
test_progress (Fixture *fixture, gconstpointer data)
{
  guint64 first = TRACK (fixture, .name = "a", .sender = ":1.1");
  guint64 run;

  advance (fixture, 100 * SECOND);
  END (fixture, first, .state = JT_RUN_SUCCEEDED, .exit_code = -1);
  run = TRACK (fixture, .name = "a", .sender = ":1.1");
  /* From history alone. */
  g_assert_cmpint (run_of (fixture, run)->eta_usec, ==, run_of (fixture, run)->started_usec + 100 * SECOND);
  advance (fixture, 10 * SECOND);
  g_string_truncate (fixture->events, 0);
  g_assert_true (jt_tracker_set_progress (fixture->tracker, run, 0.25, "rows", NULL));
  settle (fixture);
  /* 10 s for a quarter leaves 30 s, history says 90 s: a quarter of the one and three of the other. */
  g_assert_cmpint (run_of (fixture, run)->eta_usec, ==, run_of (fixture, run)->started_usec + 10 * SECOND + 75 * SECOND);
  /* The next ones are shown at once and written a second later, together. */
  for (guint i = 1; i <= 50; i++)
    g_assert_true (jt_tracker_set_progress (fixture->tracker, run, 0.25 + i * 0.01, "rows", NULL));
  settle (fixture);
  g_assert_cmpfloat_with_epsilon (jt_tracker_get_active_run (fixture->tracker, run)->progress, 0.75, 1e-9);
  g_assert_cmpfloat_with_epsilon (run_of (fixture, run)->progress, 0.25, 1e-9);
  advance (fixture, SECOND - 1);
  assert_events (fixture, "run-changed 2 running");
  advance (fixture, 1);
  assert_events (fixture, "run-changed 2 running");
  g_assert_cmpfloat_with_epsilon (run_of (fixture, run)->progress, 0.75, 1e-9);
  END (fixture, run, .state = JT_RUN_SUCCEEDED, .exit_code = -1);
  g_assert_cmpfloat (run_of (fixture, run)->progress, ==, 1);
  g_assert_cmpint (run_of (fixture, run)->eta_usec, ==, 0);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  guint64 run = TRACK (fixture, .name = "a", .sender = ":1.1");
  g_autoptr (GAsyncResult) result = NULL;

  jt_tracker_cancel_run_async (fixture->tracker, run, "alice", NULL, store_result, &result);
  settle (fixture);
  g_assert_true (jt_tracker_cancel_run_finish (fixture->tracker, result, NULL));
  assert_state (fixture, run, "cancelled");
  g_assert_cmpstr (run_of (fixture, run)->reason, ==, "cancelled by alice");
}

static void
test_limit (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->config->max_tracked_per_user = 2;
  TRACK (fixture, .name = "a", .sender = ":1.1");
  TRACK (fixture, .name = "a", .sender = ":1.1");
  try_track (fixture, (JtReport){ .name = "a", .sender = ":1.1" }, NULL, &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_QUOTA_EXCEEDED);
  jt_tracker_sender_gone (fixture->tracker, ":1.1");
  settle (fixture);
  g_assert_cmpuint (TRACK (fixture, .name = "a", .sender = ":1.2"), !=, 0);
}

static void
test_repeated_request (Fixture *fixture, gconstpointer data)
{
  guint64 run = TRACK (fixture, .name = "a", .request_id = "r", .digest = "d");

  g_assert_cmpuint (TRACK (fixture, .name = "a", .request_id = "r", .digest = "d"), ==, run);
  g_assert_cmpuint (jt_fake_store_count_runs (JT_FAKE_STORE (fixture->store)), ==, 1);
}

/* The reporter goes while its first call is still being looked up. */
static void
test_reporter_leaves_early (Fixture *fixture, gconstpointer data)
{
  JtReport report = { .uid = ALICE, .owner_name = "alice", .name = "a", .sender = ":1.3", .request_id = "r", .digest = "d" };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  jt_tracker_start_tracking_async (fixture->tracker, &report, NULL, store_result, &result);
  jt_tracker_sender_gone (fixture->tracker, ":1.3");
  settle (fixture);
  g_assert_cmpuint (jt_tracker_start_tracking_finish (fixture->tracker, result, &error), ==, 0);
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_FOUND);
  g_assert_cmpuint (jt_fake_store_count_runs (JT_FAKE_STORE (fixture->store)), ==, 0);
}

static void
test_storage_fails (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);

  jt_fake_store_set_failing (JT_FAKE_STORE (fixture->store), TRUE);
  try_track (fixture, (JtReport){ .name = "a", .sender = ":1.1" }, NULL, &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE);
  g_assert_null (jt_tracker_find_job (fixture->tracker, ALICE, "a"));
  g_assert_cmpuint (jt_fake_store_count_runs (JT_FAKE_STORE (fixture->store)), ==, 0);
  assert_asked (fixture, "close 1/1 removed");
  g_log_set_always_fatal (fatal);
}

/* A clock that was set says nothing about silence. */
static void
test_heartbeats_after_a_step (Fixture *fixture, gconstpointer data)
{
  guint64 run = TRACK (fixture, .name = "a", .heartbeat_timeout_usec = 10 * MINUTE);

  jt_fake_clock_step_to (JT_FAKE_CLOCK (fixture->clock), NOW + DAY);
  settle (fixture);
  advance (fixture, 10 * MINUTE - 1);
  assert_state (fixture, run, "running");
  advance (fixture, 1);
  assert_state (fixture, run, "lost");
}

static void
test_log_keep (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *rule;
    JtRunState  state;
    const char *asked;
  } rows[] = {
    { "{'log-keep': <'never'>}", JT_RUN_FAILED, " removed" },
    { "{'log-keep': <'on-failure'>}", JT_RUN_SUCCEEDED, " removed" },
    { "{'log-keep': <'on-failure'>}", JT_RUN_FAILED, "" },
    { "{'log-keep': <'always'>}", JT_RUN_SUCCEEDED, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint64 run = try_track (fixture, (JtReport){ .name = "a", .sender = ":1.1" }, rows[i].rule, NULL);
      g_autofree char *asked = g_strdup_printf ("close %" G_GUINT64_FORMAT "/1%s", run, rows[i].asked);

      END (fixture, run, .state = rows[i].state, .exit_code = -1);
      assert_asked (fixture, asked);
    }
}

static void
test_ping (Fixture *fixture, gconstpointer data)
{
  guint64 alone = ping (fixture, "p", JT_PING_END);
  guint64 begun, again;
  g_autoptr (GError) error = NULL;

  assert_state (fixture, alone, "succeeded");
  /* Nobody knows how long that was. */
  g_assert_cmpint (run_of (fixture, alone)->started_usec, ==, 0);
  g_assert_cmpint (jt_tracker_find_job (fixture->tracker, ALICE, "p")->status.typical_duration_usec, ==, 0);
  begun = ping (fixture, "p", JT_PING_START);
  assert_state (fixture, begun, "running");
  advance (fixture, MINUTE);
  g_assert_cmpuint (ping (fixture, "p", JT_PING_LOG), ==, begun);
  g_assert_cmpuint (ping (fixture, "p", JT_PING_END), ==, begun);
  g_assert_cmpint (jt_tracker_find_job (fixture->tracker, ALICE, "p")->status.typical_duration_usec, ==, MINUTE);
  begun = ping (fixture, "p", JT_PING_START);
  again = ping (fixture, "p", JT_PING_START);
  assert_state (fixture, begun, "lost");
  restart_tracker (fixture, "boot-2");
  g_assert_cmpuint (try_ping (fixture, "p", JT_PING_END, (JtOutcome){ .exit_code = 4 }, NULL, NULL), ==, again);
  assert_state (fixture, again, "failed");
  g_assert_cmpint (run_of (fixture, again)->exit_code, ==, 4);
  try_ping (fixture, "p", JT_PING_LOG, (JtOutcome){ 0 }, NULL, &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_WRONG_STATE);
}

static void
test_late_is_told_once (Fixture *fixture, gconstpointer data)
{
  try_ping (fixture, "p", JT_PING_END, (JtOutcome){ .state = JT_RUN_SUCCEEDED, .exit_code = -1 },
            "{'expect-every': <uint64 3600000000>, 'expect-grace': <uint64 60000000>}", NULL);
  advance (fixture, HOUR + MINUTE - 1);
  g_string_truncate (fixture->events, 0);
  g_assert_cmpstr (health_of (fixture, "p"), ==, "ok");
  advance (fixture, 1);
  assert_events (fixture, "job-changed 1");
  g_assert_cmpstr (health_of (fixture, "p"), ==, "late");
  g_assert_cmpint (jt_tracker_find_job (fixture->tracker, ALICE, "p")->status.late_since_usec, ==, NOW + HOUR + MINUTE);
  advance (fixture, 30 * DAY);
  assert_events (fixture, "");
  restart_tracker (fixture, "boot-1");
  advance (fixture, DAY);
  assert_events (fixture, "");
  g_assert_cmpstr (health_of (fixture, "p"), ==, "late");
  ping (fixture, "p", JT_PING_END);
  g_assert_cmpstr (health_of (fixture, "p"), ==, "ok");
  advance (fixture, HOUR + MINUTE);
  g_assert_cmpstr (health_of (fixture, "p"), ==, "late");
}

static void
test_never_checked_in (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, "p", "{'expect-every': <uint64 3600000000>}");
  advance (fixture, HOUR);
  g_assert_cmpstr (health_of (fixture, "p"), ==, "late");
}

static void
test_start_grace (Fixture *fixture, gconstpointer data)
{
  const JtJobEntry *entry;
  g_autoptr (GVariant) row = NULL;
  const char *reason;

  add_job (fixture, "p",
           "{'expect-every': <uint64 3600000000>, 'expect-grace': <uint64 1800000000>, 'start-grace': <uint64 60000000>}");
  ping (fixture, "p", JT_PING_START);
  advance (fixture, 20 * MINUTE);
  ping (fixture, "p", JT_PING_END);
  advance (fixture, 40 * MINUTE);
  g_assert_cmpstr (health_of (fixture, "p"), ==, "ok");
  advance (fixture, MINUTE);
  g_assert_cmpstr (health_of (fixture, "p"), ==, "late");
  entry = jt_tracker_find_job (fixture->tracker, ALICE, "p");
  row = g_variant_ref_sink (jt_job_to_variant (entry->job, &entry->status));
  g_assert_true (g_variant_lookup (row, "late-reason", "&s", &reason));
  g_assert_cmpstr (reason, ==, "not started");
  /* It begins, so only the end is waited for. */
  ping (fixture, "p", JT_PING_START);
  g_assert_cmpstr (health_of (fixture, "p"), ==, "ok");
  advance (fixture, 89 * MINUTE);
  g_assert_cmpstr (health_of (fixture, "p"), ==, "ok");
  advance (fixture, MINUTE);
  g_assert_cmpstr (health_of (fixture, "p"), ==, "late");
}

/* Whoever watches is told that it is over, by the begin of the next run already. */
static void
test_lateness_ends (Fixture *fixture, gconstpointer data)
{
  guint64 run = try_track (fixture, (JtReport){ .name = "a", .sender = ":1.1" }, "{'expect-every': <uint64 3600000000>}", NULL);

  advance (fixture, HOUR);
  g_assert_cmpstr (health_of (fixture, "a"), ==, "late");
  g_string_truncate (fixture->events, 0);
  g_assert_true (jt_tracker_heartbeat (fixture->tracker, run, NULL));
  settle (fixture);
  assert_events (fixture, "job-changed 1");
  g_assert_cmpstr (health_of (fixture, "a"), ==, "new");
  g_assert_true (jt_tracker_heartbeat (fixture->tracker, run, NULL));
  settle (fixture);
  assert_events (fixture, "");
  advance (fixture, HOUR);
  assert_events (fixture, "job-changed 1");
  TRACK (fixture, .name = "a", .sender = ":1.1");
  assert_events (fixture, "job-changed 1, run-started 2 running");
  advance (fixture, HOUR);
  assert_events (fixture, "job-changed 1");
  ping (fixture, "a", JT_PING_START);
  assert_events (fixture, "job-changed 1, run-started 3 running");
}

static void
test_heartbeats_are_word (Fixture *fixture, gconstpointer data)
{
  guint64 run = try_track (fixture, (JtReport){ .name = "a", .sender = ":1.1" }, "{'expect-every': <uint64 3600000000>}", NULL);

  for (guint i = 0; i < 5; i++)
    {
      advance (fixture, 50 * MINUTE);
      g_assert_true (jt_tracker_heartbeat (fixture->tracker, run, NULL));
      g_assert_cmpstr (health_of (fixture, "a"), ==, "new");
    }
  advance (fixture, HOUR);
  g_assert_cmpstr (health_of (fixture, "a"), ==, "late");
}

/* While the service was away nobody could check in. */
static void
test_away (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, "p", "{'expect-every': <uint64 3600000000>, 'expect-grace': <uint64 600000000>}");
  stop_tracker (fixture);
  jt_fake_clock_advance (JT_FAKE_CLOCK (fixture->clock), DAY);
  start_tracker (fixture, "boot-1");
  g_assert_cmpstr (health_of (fixture, "p"), ==, "new");
  advance (fixture, 10 * MINUTE - 1);
  g_assert_cmpstr (health_of (fixture, "p"), ==, "new");
  advance (fixture, 1);
  g_assert_cmpstr (health_of (fixture, "p"), ==, "late");
}

/* It was there only for the last seconds of the time in which the word was to come. */
static void
test_back_at_the_last_moment (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, "p", "{'expect-every': <uint64 3600000000>, 'expect-grace': <uint64 600000000>}");
  add_job (fixture, "often", "{'expect-every': <uint64 2000000>}");
  stop_tracker (fixture);
  jt_fake_clock_advance (JT_FAKE_CLOCK (fixture->clock), 69 * MINUTE);
  start_tracker (fixture, "boot-1");
  advance (fixture, 2 * SECOND - 1);
  g_assert_cmpstr (health_of (fixture, "often"), ==, "new");
  advance (fixture, 1);
  g_assert_cmpstr (health_of (fixture, "often"), ==, "late");
  advance (fixture, 9 * MINUTE);
  g_assert_cmpstr (health_of (fixture, "p"), ==, "new");
  advance (fixture, MINUTE);
  g_assert_cmpstr (health_of (fixture, "p"), ==, "late");
}

/* A night's sleep makes nobody late at once, and a clock that went ahead and was put back nobody late never. */
static void
test_clock_is_set (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, "p", "{'expect-every': <uint64 3600000000>}");
  jt_fake_clock_step_to (JT_FAKE_CLOCK (fixture->clock), NOW + DAY);
  settle (fixture);
  g_assert_cmpstr (health_of (fixture, "p"), ==, "new");
  advance (fixture, MINUTE);
  g_assert_cmpstr (health_of (fixture, "p"), ==, "late");
  ping (fixture, "p", JT_PING_END);
  g_assert_cmpstr (health_of (fixture, "p"), ==, "ok");
  jt_fake_clock_step_to (JT_FAKE_CLOCK (fixture->clock), NOW);
  settle (fixture);
  advance (fixture, HOUR - 1);
  g_assert_cmpstr (health_of (fixture, "p"), ==, "ok");
  advance (fixture, 1);
  g_assert_cmpstr (health_of (fixture, "p"), ==, "late");
}

static void
test_expectation_changes (Fixture *fixture, gconstpointer data)
{
  const char *const reset[] = { "expect-every", NULL };
  g_autoptr (GVariant) none = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  guint64 job = add_job (fixture, "p", "{'shell': <'true'>, 'expect-every': <uint64 3600000000>}");
  g_autoptr (GAsyncResult) result = NULL;

  advance (fixture, HOUR);
  g_assert_cmpstr (health_of (fixture, "p"), ==, "late");
  jt_tracker_update_job_async (fixture->tracker, job, none, reset, 0, NULL, store_result, &result);
  settle (fixture);
  g_assert_cmpstr (health_of (fixture, "p"), ==, "new");
  advance (fixture, DAY);
  g_assert_cmpstr (health_of (fixture, "p"), ==, "new");
}

/* Sent again, because no answer came: the text is there once. */
static void
test_repeated_log (Fixture *fixture, gconstpointer data)
{
  guint64 run = ping (fixture, "p", JT_PING_START);
  g_autoptr (GBytes) text = g_bytes_new_static ("one\n", 4);
  JtReport report = { .uid = ALICE, .owner_name = "alice", .name = "p", .heartbeat_timeout_usec = -1, .request_id = "r", .digest = "d" };
  JtOutcome outcome = { .exit_code = -1 };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;

      jt_tracker_ping_async (fixture->tracker, &report, JT_PING_LOG, &outcome, text, NULL, store_result, &result);
      settle (fixture);
      g_assert_cmpuint (jt_tracker_ping_finish (fixture->tracker, result, NULL), ==, run);
    }
  assert_asked (fixture, "append 1/1 stdout");
}

static void
test_ends_by_signal (Fixture *fixture, gconstpointer data)
{
  guint64 run = TRACK (fixture, .name = "a", .sender = ":1.1");

  END (fixture, run, .state = JT_RUN_QUEUED, .exit_code = 0, .signal = 9);
  assert_state (fixture, run, "failed");
  g_assert_cmpint (run_of (fixture, run)->signal, ==, 9);
  g_assert_cmpint (run_of (fixture, run)->exit_code, ==, -1);
}

/* The job was changed meanwhile, so that the settings of the run are still being read when its reporter is found gone. */
static void
test_reporter_gone_before_settings (Fixture *fixture, gconstpointer data)
{
  guint64 run = TRACK (fixture, .name = "a", .sender = ":1.1");
  g_autoptr (GPtrArray) senders = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  try_track (fixture, (JtReport){ .name = "a" }, "{'description': <'x'>}", NULL);
  stop_tracker (fixture);
  fixture->tracker = jt_tracker_new (fixture->clock, fixture->store, fixture->executor, fixture->config, "boot-1");
  jt_tracker_start_async (fixture->tracker, NULL, store_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  senders = jt_tracker_enter_bus (fixture->tracker, NULL);
  jt_tracker_sender_gone (fixture->tracker, ":1.1");
  settle (fixture);
  assert_state (fixture, run, "lost");
}

/* What can only be judged by the run's settings is to be said again, and then it counts. */
static void
test_ping_before_settings (Fixture *fixture, gconstpointer data)
{
  const JtOutcome failed = { .exit_code = 4 };
  guint64 run = ping (fixture, "a", JT_PING_START);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  try_track (fixture, (JtReport){ .name = "a" }, "{'description': <'x'>}", NULL);
  stop_tracker (fixture);
  fixture->tracker = jt_tracker_new (fixture->clock, fixture->store, fixture->executor, fixture->config, "boot-1");
  jt_tracker_start_async (fixture->tracker, NULL, store_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  try_ping (fixture, "a", JT_PING_END, failed, NULL, &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE);
  assert_state (fixture, run, "running");
  g_assert_cmpuint (try_ping (fixture, "a", JT_PING_END, failed, NULL, NULL), ==, run);
  assert_state (fixture, run, "failed");
}

#define TEST(path, function) g_test_add ("/tracker-outside/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("begin-and-end", test_begin_and_end);
  TEST ("ping-before-settings", test_ping_before_settings);
  TEST ("refusals", test_refusals);
  TEST ("reporter-leaves", test_reporter_leaves);
  TEST ("reporter-leaves-early", test_reporter_leaves_early);
  TEST ("restart", test_restart);
  TEST ("heartbeats", test_heartbeats);
  TEST ("heartbeats-after-a-step", test_heartbeats_after_a_step);
  TEST ("log-keep", test_log_keep);
  TEST ("progress", test_progress);
  TEST ("cancel", test_cancel);
  TEST ("limit", test_limit);
  TEST ("repeated-request", test_repeated_request);
  TEST ("storage-fails", test_storage_fails);
  TEST ("ping", test_ping);
  TEST ("late-is-told-once", test_late_is_told_once);
  TEST ("never-checked-in", test_never_checked_in);
  TEST ("start-grace", test_start_grace);
  TEST ("heartbeats-are-word", test_heartbeats_are_word);
  TEST ("lateness-ends", test_lateness_ends);
  TEST ("away", test_away);
  TEST ("back-at-the-last-moment", test_back_at_the_last_moment);
  TEST ("clock-is-set", test_clock_is_set);
  TEST ("repeated-log", test_repeated_log);
  TEST ("ends-by-signal", test_ends_by_signal);
  TEST ("reporter-gone-before-settings", test_reporter_gone_before_settings);
  TEST ("expectation-changes", test_expectation_changes);
  return g_test_run ();
}
