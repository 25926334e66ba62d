/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-error.h"
#include "jt-fake-clock.h"
#include "jt-fake-executor.h"
#include "jt-fake-store.h"
#include "jt-fake-surroundings.h"
#include "jt-tracker.h"

/* A tracker between fakes, and short words for what tests do with it. Included once per test program. */

#define SECOND (G_GINT64_CONSTANT (1000000))
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define NOW (1767225600 * SECOND) /* 2026-01-01T00:00:00Z */
#define ALICE 1000

typedef struct
{
  JtClock    *clock;
  JtStore    *store;
  JtExecutor *executor;
  JtSurroundings *machine;
  JtConfig   *config;
  JtTracker  *tracker;
  GString    *events; /* "run-started 1, run-finished 1 succeeded, …" */
} Fixture;

static inline void
on_event (JtTracker *tracker, JtEvent *event, gpointer user_data)
{
  static const char *const names[] = { "job-added", "job-changed", "job-removed", "run-started", "run-changed", "run-finished" };
  Fixture *fixture = user_data;
  const char *state = "";

  g_variant_lookup (jt_event_get_what (event), "state", "&s", &state);
  g_string_append_printf (fixture->events, "%s%s %" G_GUINT64_FORMAT "%s%s", fixture->events->len > 0 ? ", " : "",
                          names[event->kind], event->run != 0 ? event->run : event->job, *state != '\0' ? " " : "", state);
}

static inline void
settle (Fixture *fixture)
{
  /* What is due rings from the main loop, and may have something for the record. */
  do
    jt_fake_store_settle (JT_FAKE_STORE (fixture->store));
  while (g_main_context_iteration (NULL, FALSE));
}

static inline void
store_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static inline void
start_tracker (Fixture *fixture, const char *boot_id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fixture->tracker = jt_tracker_new (fixture->clock, fixture->store, fixture->executor, fixture->config, boot_id);
  jt_tracker_set_surroundings (fixture->tracker, fixture->machine);
  g_signal_connect (fixture->tracker, "event", G_CALLBACK (on_event), fixture);
  jt_tracker_start_async (fixture->tracker, NULL, store_result, &result);
  settle (fixture);
  jt_tracker_start_finish (fixture->tracker, result, &error);
  g_assert_no_error (error);
}

static inline void
stop_tracker (Fixture *fixture)
{
  settle (fixture);
  g_clear_object (&fixture->tracker);
}

/* As if the service were killed: the executor with its knowledge is gone too. */
static inline void
restart_tracker (Fixture *fixture, const char *boot_id)
{
  stop_tracker (fixture);
  g_object_unref (fixture->executor);
  fixture->executor = jt_fake_executor_new ();
  start_tracker (fixture, boot_id);
}

static inline void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->clock = jt_fake_clock_new (NOW);
  fixture->store = jt_fake_store_new ();
  fixture->executor = jt_fake_executor_new ();
  fixture->machine = jt_fake_surroundings_new ();
  fixture->config = jt_config_load (NULL, FALSE, &error);
  g_assert_no_error (error);
  fixture->events = g_string_new (NULL);
  start_tracker (fixture, "boot-1");
}

static inline void
tear_down (Fixture *fixture, gconstpointer data)
{
  stop_tracker (fixture);
  g_object_unref (fixture->executor);
  g_object_unref (fixture->machine);
  g_object_unref (fixture->store);
  g_object_unref (fixture->clock);
  jt_config_unref (fixture->config);
  g_string_free (fixture->events, TRUE);
}

static inline JtSettings *
parse_settings (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) dict = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
  JtSettings *settings;

  g_assert_no_error (error);
  settings = jt_settings_new (dict, &error);
  g_assert_no_error (error);
  return settings;
}

/* @id: where to write the job's id (0 on failure). */
static inline gboolean
try_add (Fixture *fixture, const char *name, const char *settings_text, const char *request_id, const char *digest,
         guint64 *id, GError **error)
{
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_job_draft_free);
  g_autoptr (JtSettings) settings = parse_settings (settings_text);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GArray) ids = NULL;

  g_ptr_array_add (drafts, jt_job_draft_new (ALICE, "alice", name, settings));
  jt_tracker_add_jobs_async (fixture->tracker, ALICE, drafts, request_id, digest, NULL, store_result, &result);
  settle (fixture);
  ids = jt_tracker_add_jobs_finish (fixture->tracker, result, error);
  *id = ids != NULL ? g_array_index (ids, guint64, 0) : 0;
  return ids != NULL;
}

static inline guint64
add_job (Fixture *fixture, const char *name, const char *settings_text)
{
  g_autoptr (GError) error = NULL;
  guint64 id;

  try_add (fixture, name, settings_text, NULL, NULL, &id, &error);
  g_assert_no_error (error);
  return id;
}

static inline guint64
try_start (Fixture *fixture, guint64 job, const char *request_id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  guint64 run;

  jt_tracker_start_job_async (fixture->tracker, ALICE, job, request_id, "digest", NULL, store_result, &result);
  settle (fixture);
  run = jt_tracker_start_job_finish (fixture->tracker, result, error);
  settle (fixture);
  return run;
}

static inline guint64
start_job (Fixture *fixture, guint64 job)
{
  g_autoptr (GError) error = NULL;
  guint64 run = try_start (fixture, job, NULL, &error);

  g_assert_no_error (error);
  return run;
}

static inline void
advance (Fixture *fixture, gint64 usec)
{
  jt_fake_clock_advance (JT_FAKE_CLOCK (fixture->clock), usec);
  settle (fixture);
}

static inline void
finish (Fixture *fixture, guint64 run, guint attempt, int exit_code)
{
  jt_fake_executor_finish (JT_FAKE_EXECUTOR (fixture->executor), run, attempt, exit_code);
  settle (fixture);
}

static inline const JtRun *
run_of (Fixture *fixture, guint64 id)
{
  const JtRun *run = jt_fake_store_get_run (JT_FAKE_STORE (fixture->store), id);

  g_assert_nonnull (run);
  return run;
}

static inline void
assert_state (Fixture *fixture, guint64 run, const char *state)
{
  g_assert_cmpstr (jt_run_state_to_string (run_of (fixture, run)->state), ==, state);
}

#define assert_asked(fixture, expected) \
  G_STMT_START \
  { \
    g_autofree char *asked_ = jt_fake_executor_take_log (JT_FAKE_EXECUTOR ((fixture)->executor)); \
    g_assert_cmpstr (asked_, ==, expected); \
  } \
  G_STMT_END

#define assert_machine(fixture, expected) \
  G_STMT_START \
  { \
    g_autofree char *asked_ = jt_fake_surroundings_take_log (JT_FAKE_SURROUNDINGS ((fixture)->machine)); \
    g_assert_cmpstr (asked_, ==, expected); \
  } \
  G_STMT_END

#define assert_events(fixture, expected) \
  G_STMT_START \
  { \
    g_assert_cmpstr ((fixture)->events->str, ==, expected); \
    g_string_truncate ((fixture)->events, 0); \
  } \
  G_STMT_END
