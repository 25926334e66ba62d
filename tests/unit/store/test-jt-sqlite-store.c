/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>

#include "jt-error.h"
#include "jt-fake-clock.h"
#include "store-fixture.h"

#define ADD(path, func) g_test_add (path, StoreFixture, NULL, store_fixture_set_up, func, store_fixture_tear_down)

static JtChange *
change_with_job (guint64 id, guint32 owner, const char *name, const char *tag)
{
  JtChange *change = jt_change_new ();
  g_autoptr (JtJob) job = store_fixture_make_job (id, owner, name, tag);

  jt_change_put_job (change, job);
  return change;
}

static JtChange *
change_with_run (guint64 id, guint64 job, guint32 owner, const char *name, JtRunState state)
{
  JtChange *change = jt_change_new ();
  g_autoptr (JtRun) run = store_fixture_make_run (id, job, owner, name, state);

  jt_change_put_run (change, run);
  return change;
}

static JtChange *
change_with_event (guint64 job, guint32 owner)
{
  JtChange *change = jt_change_new ();
  g_autoptr (JtEvent) event = store_fixture_make_event (job, owner);

  jt_change_add_event (change, event);
  return change;
}

static JtRun *
make_full_run (void)
{
  JtRun *run = store_fixture_make_run (7, 1, 1000, "backup", JT_RUN_RUNNING);
  JtAttempt *attempt = jt_attempt_new ();

  run->attempt = 1;
  run->max_attempts = 3;
  run->scheduled_usec = 11;
  run->started_usec = 12;
  run->finished_usec = 13;
  run->next_attempt_usec = 14;
  run->progress = 0.25;
  run->message = g_strdup ("a message");
  run->eta_usec = 15;
  run->exit_code = 16;
  run->signal = 17;
  run->reason = g_strdup ("a reason");
  run->cpu_usec = 18;
  run->memory_peak_bytes = G_MAXUINT64;
  run->log_size_bytes = 20;
  run->acknowledged_by = g_strdup ("root");
  run->acknowledge_note = g_strdup ("seen");
  run->retry_of = 3;
  run->missed_count = 21;
  run->missed_from_usec = 22;
  run->missed_to_usec = 23;
  run->cancel_requested = TRUE;
  run->cancel_reason = g_strdup ("enough");
  run->host = g_strdup ("host");
  run->executor = g_strdup ("local");
  run->invocation_id = g_strdup ("abc");
  run->request_id = g_strdup ("request");
  attempt->number = 1;
  attempt->spawns = 2;
  attempt->boot_id = g_strdup ("boot");
  attempt->committed_usec = 31;
  attempt->started_usec = 32;
  attempt->finished_usec = 33;
  attempt->pid = 34;
  attempt->pid_start_time = 35;
  attempt->state = JT_RUN_RUNNING;
  attempt->exit_code = 36;
  attempt->signal = 37;
  attempt->reason = g_strdup ("why");
  attempt->cpu_usec = 38;
  attempt->memory_peak_bytes = 39;
  attempt->log_offset = 40;
  attempt->log_dropped_bytes = 41;
  g_ptr_array_add (run->attempts, attempt);
  return run;
}

static void
assert_full_run (const JtRun *run)
{
  g_autoptr (JtRun) want = make_full_run ();
  g_autoptr (GVariant) want_row = g_variant_ref_sink (jt_run_to_properties (want));
  g_autoptr (GVariant) row = g_variant_ref_sink (jt_run_to_properties (run));
  const JtAttempt *attempt = g_ptr_array_index (run->attempts, 0);

  g_assert_cmpvariant (row, want_row);
  g_assert_cmpuint (run->retry_of, ==, 3);
  g_assert_cmpuint (run->missed_count, ==, 21);
  g_assert_cmpint (run->missed_from_usec, ==, 22);
  g_assert_cmpint (run->missed_to_usec, ==, 23);
  g_assert_true (run->cancel_requested);
  g_assert_cmpstr (run->cancel_reason, ==, "enough");
  g_assert_cmpstr (run->invocation_id, ==, "abc");
  g_assert_cmpstr (run->request_id, ==, "request");
  g_assert_cmpuint (run->memory_peak_bytes, ==, G_MAXUINT64);
  g_assert_cmpuint (run->attempts->len, ==, 1);
  g_assert_cmpstr (attempt->boot_id, ==, "boot");
  g_assert_cmpuint (attempt->spawns, ==, 2);
  g_assert_cmpint (attempt->committed_usec, ==, 31);
  g_assert_cmpint (attempt->pid, ==, 34);
  g_assert_cmpuint (attempt->pid_start_time, ==, 35);
  g_assert_cmpint (attempt->state, ==, JT_RUN_RUNNING);
  g_assert_cmpint (attempt->exit_code, ==, 36);
  g_assert_cmpint (attempt->signal, ==, 37);
  g_assert_cmpstr (attempt->reason, ==, "why");
  g_assert_cmpuint (attempt->log_offset, ==, 40);
  g_assert_cmpuint (attempt->log_dropped_bytes, ==, 41);
}

static void
test_what_is_committed_is_there_after_a_restart (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (JtRun) run = make_full_run ();
  g_autoptr (GError) error = NULL;
  JtChange *change = change_with_job (1, 1000, "backup", "nightly");
  JtJobStatus status = { .next_elapse_usec = 5, .cursor_usec = 6, .last_run = 7, .last_state = JT_RUN_FAILED, .streak = -3,
                         .muted_until_usec = 8, .recent = "SSF" };
  g_autoptr (JtEvent) event = store_fixture_make_event (1, 1000);
  g_autoptr (JtStoreContents) contents = NULL;
  JtJobEntry *entry;

  store_fixture_open (fixture);
  jt_change_put_run (change, run);
  jt_change_put_status (change, 1, &status);
  jt_change_add_event (change, event);
  jt_change_set_meta (change, "boot", "one");
  store_fixture_put (fixture, change);
  g_assert_cmpuint (event->sequence, ==, 1);
  store_fixture_reopen (fixture);
  contents = store_fixture_load (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (contents->jobs->len, ==, 1);
  entry = &g_array_index (contents->jobs, JtJobEntry, 0);
  g_assert_cmpstr (entry->job->name, ==, "backup");
  g_assert_cmpuint (entry->job->seed, ==, G_MAXUINT64 - 1);
  g_assert_cmpuint (entry->job->revision, ==, 1);
  g_assert_true (jt_settings_has (entry->job->settings, "tags"));
  g_assert_cmpint (entry->status.streak, ==, -3);
  g_assert_cmpint (entry->status.last_state, ==, JT_RUN_FAILED);
  g_assert_cmpstr (entry->status.recent, ==, "SSF");
  g_assert_cmpint (entry->status.next_elapse_usec, ==, 5);
  g_assert_cmpuint (contents->runs->len, ==, 1);
  assert_full_run (g_ptr_array_index (contents->runs, 0));
  g_assert_cmpstr (g_hash_table_lookup (contents->meta, "boot"), ==, "one");
  g_assert_cmpuint (contents->last_job_id, ==, 1);
  g_assert_cmpuint (contents->last_run_id, ==, 7);
  g_assert_cmpuint (contents->last_sequence, ==, 1);
  g_assert_cmpint (contents->last_commit_usec, ==, FIXTURE_START_USEC);
}

/* A run's row is put again as a whole: nothing of the first version stays. */
static void
test_a_run_is_replaced_as_a_whole (StoreFixture *fixture, gconstpointer data)
{
  JtChange *change = change_with_job (1, 1000, "backup", NULL);
  g_autoptr (JtRun) run = make_full_run ();
  g_autoptr (GError) error = NULL;
  g_autoptr (JtRun) read = NULL;

  store_fixture_open (fixture);
  store_fixture_put (fixture, change);
  store_fixture_put (fixture, change_with_run (7, 1, 1000, "backup", JT_RUN_QUEUED));
  change = jt_change_new ();
  jt_change_put_run (change, run);
  store_fixture_put (fixture, change);
  read = store_fixture_get_run (fixture, 7, &error);
  g_assert_no_error (error);
  assert_full_run (read);
}

typedef struct
{
  guint   n_answers;
  guint   order[4];
  GError *errors[4];
} Answers;

typedef struct
{
  Answers *answers;
  guint    index;
} Waiting;

static void
note_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Waiting *waiting = user_data;

  jt_store_commit_finish (JT_STORE (source), result, &waiting->answers->errors[waiting->index]);
  waiting->answers->order[waiting->answers->n_answers++] = waiting->index;
}

static void
test_a_refusal_fails_only_itself (StoreFixture *fixture, gconstpointer data)
{
  Answers answers = { 0 };
  Waiting waiting[3];
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GError) error = NULL;
  JtChange *changes[3];

  store_fixture_open (fixture);
  store_fixture_put (fixture, change_with_job (1, 1000, "backup", NULL));
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (JtEvent) event = store_fixture_make_event (i + 1, 1000);

      changes[i] = jt_change_new ();
      jt_change_add_event (changes[i], event);
      jt_change_add_occurrence (changes[i], 1, i < 2 ? "100" : "200", "run", i + 1);
    }
  for (guint i = 0; i < 3; i++)
    {
      waiting[i].answers = &answers;
      waiting[i].index = i;
      jt_store_commit_async (fixture->store, changes[i], NULL, note_answer, &waiting[i]);
    }
  while (answers.n_answers < 3)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (answers.order[i], ==, i);
  g_assert_no_error (answers.errors[0]);
  g_assert_error (answers.errors[1], JT_ERROR, JT_ERROR_EXISTS);
  g_assert_no_error (answers.errors[2]);
  g_clear_error (&answers.errors[1]);
  /* The event of the refused change is undone with it, and its number was not used up. */
  events = store_fixture_list_events (fixture, 0, 0, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (events->len, ==, 2);
  g_assert_cmpuint (((JtEvent *) g_ptr_array_index (events, 1))->sequence, ==, 2);
  g_assert_cmpuint (((JtEvent *) g_ptr_array_index (events, 1))->job, ==, 3);
}

/* Many changes asked for at once share transactions. */
static void
test_changes_share_a_transaction (StoreFixture *fixture, gconstpointer data)
{
  enum { N = 400 };
  g_autofree Waiting *waiting = g_new0 (Waiting, N);
  Answers answers[N] = { 0 };
  gboolean is_done = FALSE;

  store_fixture_open (fixture);
  for (guint i = 0; i < N; i++)
    {
      waiting[i].answers = &answers[i];
      jt_store_commit_async (fixture->store, change_with_event (1, 1000), NULL, note_answer, &waiting[i]);
    }
  while (!is_done)
    {
      g_main_context_iteration (NULL, TRUE);
      is_done = answers[N - 1].n_answers == 1;
    }
  for (guint i = 0; i < N; i++)
    g_assert_no_error (answers[i].errors[0]);
  g_assert_cmpuint (jt_sqlite_store_get_n_transactions (JT_SQLITE_STORE (fixture->store)), <, N);
}

static void
test_a_request_is_known_for_a_week (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (JtStoreRequest) request = NULL;
  g_autoptr (GError) error = NULL;
  JtChange *change = jt_change_new ();

  store_fixture_open (fixture);
  jt_change_add_request (change, 1000, "r1", "digest", 41, 3);
  store_fixture_put (fixture, change);
  request = store_fixture_find_request (fixture, 1000, "r1");
  g_assert_true (request->found);
  g_assert_cmpstr (request->digest, ==, "digest");
  g_assert_cmpuint (request->first_id, ==, 41);
  g_assert_cmpuint (request->count, ==, 3);
  g_clear_pointer (&request, jt_store_request_free);
  request = store_fixture_find_request (fixture, 1001, "r1");
  g_assert_false (request->found);
  g_clear_pointer (&request, jt_store_request_free);
  change = jt_change_new ();
  jt_change_add_request (change, 1000, "r1", "other", 50, 1);
  g_assert_false (store_fixture_commit (fixture, change, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_EXISTS);
  jt_fake_clock_advance (JT_FAKE_CLOCK (fixture->clock), 8 * DAY_USEC);
  request = store_fixture_find_request (fixture, 1000, "r1");
  g_assert_false (request->found);
  change = jt_change_new ();
  jt_change_add_request (change, 1000, "r1", "other", 50, 1);
  store_fixture_put (fixture, change);
}

static void
test_a_name_is_free_again_after_removal (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  JtChange *change;

  store_fixture_open (fixture);
  store_fixture_put (fixture, change_with_job (1, 1000, "backup", NULL));
  store_fixture_put (fixture, change_with_job (2, 1001, "backup", NULL));
  g_assert_false (store_fixture_commit (fixture, change_with_job (3, 1000, "backup", NULL), &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_EXISTS);
  change = jt_change_new ();
  jt_change_remove_job (change, 1, FIXTURE_START_USEC, FALSE);
  store_fixture_put (fixture, change);
  store_fixture_put (fixture, change_with_job (3, 1000, "backup", NULL));
}

static void
test_a_revision_stays_as_it_was (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (JtSettings) first = NULL;
  g_auto (GStrv) tags = NULL;
  g_autoptr (JtSettings) none = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JtJob) job = store_fixture_make_job (1, 1000, "backup", "second");
  JtChange *change = jt_change_new ();

  store_fixture_open (fixture);
  store_fixture_put (fixture, change_with_job (1, 1000, "backup", "first"));
  job->revision = 2;
  jt_change_put_job (change, job);
  store_fixture_put (fixture, change);
  first = store_fixture_get_revision (fixture, 1, 1, &error);
  g_assert_no_error (error);
  tags = jt_settings_get_strv (first, "tags");
  g_assert_cmpstr (tags[0], ==, "first");
  none = store_fixture_get_revision (fixture, 1, 3, &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_FOUND);
}

/* Whatever history is deleted in whatever order, no run id is ever given again. */
static void
test_ids_are_not_given_again (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (JtStoreContents) contents = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JtRun) gone = NULL;

  store_fixture_open (fixture);
  store_fixture_put (fixture, change_with_job (1, 1000, "one", NULL));
  store_fixture_put (fixture, change_with_job (2, 1000, "two", NULL));
  store_fixture_put (fixture, change_with_run (50, 1, 1000, "one", JT_RUN_SUCCEEDED));
  store_fixture_put (fixture, change_with_run (100, 2, 1000, "two", JT_RUN_SUCCEEDED));
  for (guint64 job = 2; job > 0; job--)
    {
      JtChange *change = jt_change_new ();

      jt_change_remove_job (change, job, FIXTURE_START_USEC, TRUE);
      store_fixture_put (fixture, change);
    }
  gone = store_fixture_get_run (fixture, 100, &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_FOUND);
  g_clear_error (&error);
  store_fixture_reopen (fixture);
  contents = store_fixture_load (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (contents->last_run_id, ==, 100);
  g_assert_cmpuint (contents->last_job_id, ==, 2);
  g_assert_cmpuint (contents->jobs->len, ==, 0);
}

static void
put_history (StoreFixture *fixture)
{
  JtChange *change = change_with_job (1, 1000, "one", "red");
  g_autoptr (JtJob) two = store_fixture_make_job (2, 1001, "two", NULL);

  jt_change_put_job (change, two);
  for (guint64 id = 1; id <= 60; id++)
    {
      gboolean is_one = id % 2 == 1;
      g_autoptr (JtRun) run = store_fixture_make_run (id, is_one ? 1 : 2, is_one ? 1000 : 1001, is_one ? "one" : "two",
                                                      id % 10 == 0 ? JT_RUN_FAILED : JT_RUN_SUCCEEDED);

      jt_change_put_run (change, run);
    }
  store_fixture_put (fixture, change);
}

static guint64
nth_id (GPtrArray *runs, guint i)
{
  return ((JtRun *) g_ptr_array_index (runs, i))->id;
}

static void
test_pages_meet_every_run_once (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (JtFilter) filter = jt_filter_new (0);
  guint64 before = 0;
  guint64 want = 60;

  store_fixture_open (fixture);
  put_history (fixture);
  while (want > 0)
    {
      g_autoptr (GPtrArray) runs = store_fixture_list_runs (fixture, filter, before, 7);

      g_assert_cmpuint (runs->len, >, 0);
      for (guint i = 0; i < runs->len; i++)
        g_assert_cmpuint (nth_id (runs, i), ==, want--);
      before = nth_id (runs, runs->len - 1);
    }
}

static void
expect_runs (StoreFixture *fixture, JtFilter *filter, guint n, guint64 newest)
{
  g_autoptr (GPtrArray) runs = store_fixture_list_runs (fixture, filter, 0, 1000);

  g_assert_cmpuint (runs->len, ==, n);
  if (n > 0)
    g_assert_cmpuint (nth_id (runs, 0), ==, newest);
}

static void
test_filters_of_history (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (JtFilter) filter = jt_filter_new (1000);

  store_fixture_open (fixture);
  put_history (fixture);
  expect_runs (fixture, filter, 30, 59);
  filter->owner = 1001;
  expect_runs (fixture, filter, 0, 0);
  filter->viewer = 0;
  expect_runs (fixture, filter, 30, 60);
  filter->states = 1u << JT_RUN_FAILED;
  expect_runs (fixture, filter, 6, 60);
  filter->until_usec = FIXTURE_START_USEC + 60;
  expect_runs (fixture, filter, 5, 50);
  filter->since_usec = FIXTURE_START_USEC + 50;
  expect_runs (fixture, filter, 1, 50);
  filter->triggers = 1u << JT_TRIGGER_SCHEDULE;
  expect_runs (fixture, filter, 0, 0);
  memset (filter, 0, sizeof *filter);
  filter->owner = JT_ANY_OWNER;
  filter->job = 2;
  expect_runs (fixture, filter, 30, 60);
  /* Another's job, by its number, is nothing to whoever may not see it. */
  filter->viewer = 1000;
  expect_runs (fixture, filter, 0, 0);
  filter->job = 0;
  filter->job_name = g_strdup ("two");
  expect_runs (fixture, filter, 0, 0);
  filter->viewer = 0;
  expect_runs (fixture, filter, 30, 60);
  g_clear_pointer (&filter->job_name, g_free);
  filter->tag = g_strdup ("red");
  expect_runs (fixture, filter, 30, 59);
}

/* What was told of a run can be told again, word for word. */
static void
test_events_of_runs_come_back (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (JtRun) run = NULL;
  g_autoptr (JtEvent) event = NULL;
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GError) error = NULL;
  JtChange *change = jt_change_new ();
  JtEvent *again;

  store_fixture_open (fixture);
  run = store_fixture_make_run (1, 1, 1000, "backup", JT_RUN_RUNNING);
  run->message = g_strdup ("half way");
  event = jt_event_new_for_run (JT_EVENT_RUN_STARTED, FIXTURE_START_USEC, run);
  jt_change_add_event (change, event);
  store_fixture_put (fixture, change);
  events = store_fixture_list_events (fixture, 0, 0, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (events->len, ==, 1);
  again = g_ptr_array_index (events, 0);
  g_assert_cmpint (again->kind, ==, JT_EVENT_RUN_STARTED);
  g_assert_cmpuint (again->run, ==, 1);
  g_assert_cmpuint (again->owner, ==, 1000);
  g_assert_cmpvariant (jt_event_get_what (again), jt_event_get_what (event));
}

static void
count_commit (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  jt_store_commit_finish (JT_STORE (source), result, &error);
  g_assert_no_error (error);
  (*(guint *) user_data)++;
}

/* What may wait goes with the next that may not, in one transaction and in order; alone it goes all the same. */
static void
test_what_may_wait (StoreFixture *fixture, gconstpointer data)
{
  guint n_done = 0;
  guint before;

  store_fixture_open (fixture);
  before = jt_sqlite_store_get_n_transactions (JT_SQLITE_STORE (fixture->store));
  for (guint i = 0; i < 3; i++)
    {
      JtChange *change = jt_change_new ();

      jt_change_set_meta (change, "key", i == 2 ? "last" : "first");
      if (i < 2)
        jt_change_let_wait (change);
      jt_store_commit_async (fixture->store, change, NULL, count_commit, &n_done);
    }
  while (n_done < 3)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (jt_sqlite_store_get_n_transactions (JT_SQLITE_STORE (fixture->store)), ==, before + 1);
  {
    JtChange *change = jt_change_new ();
    g_autoptr (JtStoreContents) contents = NULL;
    g_autoptr (GError) error = NULL;

    jt_change_set_meta (change, "alone", "there");
    jt_change_let_wait (change);
    store_fixture_put (fixture, change);
    contents = store_fixture_load (fixture, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (g_hash_table_lookup (contents->meta, "key"), ==, "last");
    g_assert_cmpstr (g_hash_table_lookup (contents->meta, "alone"), ==, "there");
  }
}

static void
test_events_are_for_who_may_see_them (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) mine = NULL;
  g_autoptr (GPtrArray) rest = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GError) error = NULL;

  store_fixture_open (fixture);
  for (guint i = 0; i < 4; i++)
    store_fixture_put (fixture, change_with_event (1, 1000 + i % 2));
  mine = store_fixture_list_events (fixture, 1001, 0, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mine->len, ==, 2);
  g_assert_cmpuint (((JtEvent *) g_ptr_array_index (mine, 0))->sequence, ==, 2);
  rest = store_fixture_list_events (fixture, 0, 4, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rest->len, ==, 0);
  none = store_fixture_list_events (fixture, 0, 5, 10, &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_FOUND);
}

/* After the close a question is refused, not forgotten and not answered out of freed memory. */
static void
test_after_the_close_all_is_refused (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtRun) run = NULL;

  store_fixture_open (fixture);
  jt_sqlite_store_close (JT_SQLITE_STORE (fixture->store));
  run = store_fixture_get_run (fixture, 1, &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE);
  g_clear_error (&error);
  g_assert_false (store_fixture_commit (fixture, change_with_event (1, 1000), &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE);
}

static char *
describe_marks (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtStoreContents) contents = NULL;
  GString *text = g_string_new (NULL);

  store_fixture_reopen (fixture);
  contents = store_fixture_load (fixture, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < contents->marks->len; i++)
    {
      const JtStoreMark *mark = &g_array_index (contents->marks, JtStoreMark, i);

      g_string_append_printf (text, "%s%" G_GUINT64_FORMAT " %s %d %s %" G_GUINT64_FORMAT, i > 0 ? ", " : "", mark->job, mark->entry, mark->mark,
                              mark->reason != NULL ? mark->reason : "-", mark->run);
    }
  return g_string_free (text, FALSE);
}

#define assert_marks(fixture, expected) \
  G_STMT_START \
  { \
    g_autofree char *marks_ = describe_marks (fixture); \
    g_assert_cmpstr (marks_, ==, expected); \
  } \
  G_STMT_END

/* One of each entry, the latest; with a change that is refused they stay as they were. */
static void
test_marks (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  JtChange *change = change_with_job (1, 1000, "a", NULL);

  store_fixture_open (fixture);
  store_fixture_put (fixture, change);
  change = change_with_job (2, 1000, "b", NULL);
  jt_change_put_mark (change, 2, "a:failed", JT_MARK_SILENT, NULL, 7);
  jt_change_put_mark (change, 2, "c", JT_MARK_BAD, "c was lost", 8);
  jt_change_put_mark (change, 1, "c", JT_MARK_GOOD, NULL, 8);
  jt_change_put_mark (change, 2, "a:failed", JT_MARK_GOOD, NULL, 9);
  store_fixture_put (fixture, change);
  assert_marks (fixture, "1 c 1 - 8, 2 a:failed 1 - 9, 2 c 2 c was lost 8");
  change = change_with_run (1, 1, 1000, "a", JT_RUN_SUCCEEDED);
  jt_change_clear_marks (change, 2);
  jt_change_add_request (change, 1000, "r", "d", 1, 1);
  jt_change_add_request (change, 1000, "r", "d", 1, 1);
  g_assert_false (store_fixture_commit (fixture, change, &error));
  assert_marks (fixture, "1 c 1 - 8, 2 a:failed 1 - 9, 2 c 2 c was lost 8");
  change = jt_change_new ();
  jt_change_clear_marks (change, 2);
  store_fixture_put (fixture, change);
  assert_marks (fixture, "1 c 1 - 8");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/store/restart", test_what_is_committed_is_there_after_a_restart);
  ADD ("/store/run-replaced", test_a_run_is_replaced_as_a_whole);
  ADD ("/store/refusal", test_a_refusal_fails_only_itself);
  ADD ("/store/group", test_changes_share_a_transaction);
  ADD ("/store/request", test_a_request_is_known_for_a_week);
  ADD ("/store/name", test_a_name_is_free_again_after_removal);
  ADD ("/store/revision", test_a_revision_stays_as_it_was);
  ADD ("/store/ids", test_ids_are_not_given_again);
  ADD ("/store/pages", test_pages_meet_every_run_once);
  ADD ("/store/filters", test_filters_of_history);
  ADD ("/store/events", test_events_are_for_who_may_see_them);
  ADD ("/store/may-wait", test_what_may_wait);
  ADD ("/store/events/of-runs", test_events_of_runs_come_back);
  ADD ("/store/marks", test_marks);
  ADD ("/store/closed", test_after_the_close_all_is_refused);
  return g_test_run ();
}
