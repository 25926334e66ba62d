/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <sqlite3.h>

#include "jt-error.h"
#include "jt-store-expired.h"
#include "store-fixture.h"

#define NOW FIXTURE_START_USEC

static void
store_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
put_job (StoreFixture *fixture, guint64 id)
{
  g_autofree char *name = g_strdup_printf ("job-%" G_GUINT64_FORMAT, id);
  g_autoptr (JtJob) job = store_fixture_make_job (id, 1000, name, NULL);
  JtChange *change = jt_change_new ();

  jt_change_put_job (change, job);
  store_fixture_put (fixture, change);
}

static void
put_run (StoreFixture *fixture, guint64 id, guint64 job, JtRunState state, gint64 days_ago, guint64 log_bytes)
{
  g_autoptr (JtRun) run = store_fixture_make_run (id, job, 1000, "j", state);
  JtChange *change = jt_change_new ();

  run->finished_usec = jt_run_state_is_final (state) ? NOW - days_ago * DAY_USEC : 0;
  run->log_size_bytes = log_bytes;
  jt_change_put_run (change, run);
  store_fixture_put (fixture, change);
}

static JtExpiryQuery *
make_query (JtRetention rules, guint64 after_job)
{
  JtExpiryQuery *query = g_new0 (JtExpiryQuery, 1);

  query->rules = rules;
  query->jobs = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  query->after_job = after_job;
  return query;
}

/* @query: (transfer full) */
static JtStoreExpired *
ask_slice (StoreFixture *fixture, JtExpiryQuery *query, guint limit)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  JtStoreExpired *expired;

  jt_store_list_expired_async (fixture->store, query, limit, NULL, store_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  expired = jt_store_list_expired_finish (fixture->store, result, &error);
  g_assert_no_error (error);
  return expired;
}

/* One slice as words: "1 2 3log …", with " …" when there is more. */
static char *
ask (StoreFixture *fixture, JtRetention rules, guint64 *after_job, guint limit)
{
  g_autoptr (JtStoreExpired) expired = ask_slice (fixture, make_query (rules, after_job != NULL ? *after_job : 0), limit);
  GString *words = g_string_new (NULL);

  for (guint i = 0; i < expired->runs->len; i++)
    {
      const JtExpired *found = &g_array_index (expired->runs, JtExpired, i);

      g_string_append_printf (words, "%s%" G_GUINT64_FORMAT "%s", i > 0 ? " " : "", found->run, found->only_log ? "log" : "");
    }
  if (expired->has_more)
    g_string_append (words, " …");
  if (after_job != NULL)
    *after_job = expired->next_job;
  return g_string_free (words, FALSE);
}

#define EXPECT(fixture, expected, ...) \
  G_STMT_START \
  { \
    g_autofree char *words_ = ask (fixture, (JtRetention){ __VA_ARGS__ }, NULL, 100); \
    g_assert_cmpstr (words_, ==, expected); \
  } \
  G_STMT_END

static void
test_rules (StoreFixture *fixture, gconstpointer data)
{
  store_fixture_open (fixture);
  put_job (fixture, 1);
  put_job (fixture, 2);
  put_run (fixture, 1, 1, JT_RUN_SUCCEEDED, 50, 1000);
  put_run (fixture, 2, 1, JT_RUN_FAILED, 40, 1000);
  put_run (fixture, 3, 1, JT_RUN_RUNNING, 0, 1000);
  put_run (fixture, 4, 2, JT_RUN_SUCCEEDED, 35, 5000);
  put_run (fixture, 5, 1, JT_RUN_SUCCEEDED, 10, 1000);
  put_run (fixture, 6, 1, JT_RUN_SUCCEEDED, 5, 0);
  EXPECT (fixture, "", 0);
  /* By count: what is under way stays. */
  EXPECT (fixture, "1 2", .keep_runs = 2);
  /* By age; the newest of a job stays, however old. */
  EXPECT (fixture, "1 2", .keep_for_usec = 30 * DAY_USEC);
  EXPECT (fixture, "1 2 5", .keep_for_usec = DAY_USEC);
  /* Logs: a failure's is kept longer. */
  EXPECT (fixture, "1log 4log", .keep_logs_for_usec = 30 * DAY_USEC, .keep_failed_logs_for_usec = 60 * DAY_USEC);
  EXPECT (fixture, "1log 2log 4log", .keep_logs_for_usec = 30 * DAY_USEC, .keep_failed_logs_for_usec = 30 * DAY_USEC);
  /* By size: the oldest success first, and as few as will do. */
  EXPECT (fixture, "1log 4log", .max_log_bytes_per_job = 3000);
  EXPECT (fixture, "1log 5log 2log 4log", .max_log_bytes_per_job = 1000);
  EXPECT (fixture, "1log 4log", .max_log_bytes = 3500);
  /* By count: of successes, and as many of failures. */
  EXPECT (fixture, "1log", .keep_logs = 1);
  EXPECT (fixture, "1log 4log", .max_logs = 1);
}

static void
test_all_together (StoreFixture *fixture, gconstpointer data)
{
  store_fixture_open (fixture);
  put_job (fixture, 1);
  put_job (fixture, 2);
  put_run (fixture, 1, 2, JT_RUN_SUCCEEDED, 0, 0);
  for (guint64 id = 2; id <= 30; id++)
    put_run (fixture, id, 1, JT_RUN_SUCCEEDED, 0, 0);
  /* The quiet job's only run is older than all that the busy one may keep, and stays. */
  EXPECT (fixture, "2 3 4 5 6 7 8 9 10", .max_runs = 20);
  EXPECT (fixture, "2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20", .max_runs = 1);
}

static void
test_slices (StoreFixture *fixture, gconstpointer data)
{
  guint64 after = 0;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  const JtRetention rules = { .keep_runs = 1 };

  store_fixture_open (fixture);
  for (guint64 id = 1; id <= 60; id++)
    put_job (fixture, id);
  for (guint64 id = 1; id <= 10; id++)
    put_run (fixture, id, 1, JT_RUN_SUCCEEDED, 0, 0);
  put_run (fixture, 11, 60, JT_RUN_SUCCEEDED, 0, 0);
  put_run (fixture, 12, 60, JT_RUN_SUCCEEDED, 0, 0);
  first = ask (fixture, rules, &after, 4);
  g_assert_cmpstr (first, ==, "1 2 3 4 …");
  /* Not all of the first job fitted: it is looked at again. */
  g_assert_cmpuint (after, ==, 0);
  after = 50;
  second = ask (fixture, rules, &after, 4);
  g_assert_cmpstr (second, ==, "11");
}

static void
test_expire (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtRun) kept = NULL;
  g_autoptr (JtStoreContents) contents = NULL;
  JtChange *change = jt_change_new ();

  store_fixture_open (fixture);
  put_job (fixture, 1);
  put_run (fixture, 7, 1, JT_RUN_SUCCEEDED, 0, 50);
  put_run (fixture, 8, 1, JT_RUN_RUNNING, 0, 0);
  put_run (fixture, 9, 1, JT_RUN_SUCCEEDED, 0, 50);
  jt_change_expire_run (change, 7, TRUE);
  jt_change_expire_run (change, 8, FALSE);
  jt_change_expire_run (change, 9, FALSE);
  store_fixture_put (fixture, change);
  kept = store_fixture_get_run (fixture, 7, NULL);
  g_assert_cmpuint (kept->log_size_bytes, ==, 0);
  jt_run_unref (store_fixture_get_run (fixture, 8, NULL));
  g_assert_null (store_fixture_get_run (fixture, 9, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_FOUND);
  /* Its number is not given again. */
  store_fixture_reopen (fixture);
  contents = store_fixture_load (fixture, NULL);
  g_assert_cmpuint (contents->last_run_id, ==, 9);
}

static void
expire (StoreFixture *fixture, const JtStoreExpired *expired)
{
  JtChange *change = jt_change_new ();

  for (guint i = 0; i < expired->runs->len; i++)
    {
      const JtExpired *found = &g_array_index (expired->runs, JtExpired, i);

      jt_change_expire_run (change, found->run, found->only_log);
    }
  if (expired->purged_job != 0)
    jt_change_end_purge (change, expired->purged_job);
  store_fixture_put (fixture, change);
}

/* A whole pass in slices of @limit, as core does it. Returns how many slices had something. */
static guint
sweep (StoreFixture *fixture, JtRetention rules, guint limit)
{
  guint64 after_job = 0;
  gboolean has_more = TRUE;
  guint n_slices = 0;

  while (has_more)
    {
      g_autoptr (JtStoreExpired) expired = ask_slice (fixture, make_query (rules, after_job), limit);

      g_assert_cmpuint (expired->runs->len, <=, limit);
      expire (fixture, expired);
      n_slices += expired->runs->len > 0;
      after_job = expired->next_job;
      has_more = expired->has_more;
      g_assert_cmpuint (n_slices, <, 10000);
    }
  return n_slices;
}

static gint64
query_on (StoreFixture *fixture, const char *sql)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *statement = NULL;
  gint64 number;

  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  number = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  sqlite3_close (db);
  return number;
}

/* What is kept of the sums is what adding up would give, whatever became of the runs. */
static void
assert_totals (StoreFixture *fixture)
{
  g_assert_cmpint (query_on (fixture, "SELECT count (*) FROM (SELECT job, sum (log_size) AS added FROM run GROUP BY job) JOIN log_total"
                                      " USING (job) WHERE bytes <> added"),
                   ==, 0);
  g_assert_cmpint (query_on (fixture, "SELECT (SELECT bytes FROM log_total WHERE job = 0) - (SELECT coalesce (sum (log_size), 0) FROM run)"), ==, 0);
  g_assert_cmpint (query_on (fixture, "SELECT count (*) FROM run WHERE log_size > 0 AND job NOT IN (SELECT job FROM log_total)"), ==, 0);
}

static void
test_totals (StoreFixture *fixture, gconstpointer data)
{
  store_fixture_open (fixture);
  put_job (fixture, 1);
  put_job (fixture, 2);
  put_run (fixture, 1, 1, JT_RUN_RUNNING, 0, 0);
  put_run (fixture, 2, 1, JT_RUN_SUCCEEDED, 1, 500);
  put_run (fixture, 3, 2, JT_RUN_SUCCEEDED, 1, 70);
  put_run (fixture, 4, 2, JT_RUN_SUCCEEDED, 1, 0);
  assert_totals (fixture);
  /* A run that grew, and one whose log was not kept after all. */
  put_run (fixture, 1, 1, JT_RUN_SUCCEEDED, 0, 3000);
  put_run (fixture, 3, 2, JT_RUN_SUCCEEDED, 1, 0);
  put_run (fixture, 4, 2, JT_RUN_SUCCEEDED, 1, 9);
  assert_totals (fixture);
  g_assert_cmpint (query_on (fixture, "SELECT bytes FROM log_total WHERE job = 0"), ==, 3509);
  sweep (fixture, (JtRetention){ .max_log_bytes_per_job = 3000 }, 100);
  assert_totals (fixture);
  sweep (fixture, (JtRetention){ .keep_runs = 1, .max_log_bytes = 1 }, 100);
  assert_totals (fixture);
  g_assert_cmpint (query_on (fixture, "SELECT bytes FROM log_total WHERE job = 0"), ==, 0);
}

static void
test_own_rules (StoreFixture *fixture, gconstpointer data)
{
  JtExpiryQuery *query = make_query ((JtRetention){ .keep_runs = 5 }, 0);
  JtJobRetention *own = g_new0 (JtJobRetention, 1);
  g_autoptr (JtStoreExpired) expired = NULL;

  store_fixture_open (fixture);
  put_job (fixture, 1);
  put_job (fixture, 2);
  for (guint64 id = 1; id <= 12; id++)
    put_run (fixture, id, 1 + id % 2, JT_RUN_SUCCEEDED, 0, 0);
  own->job = 2;
  own->keep_runs = 2;
  g_hash_table_insert (query->jobs, &own->job, own);
  expired = ask_slice (fixture, query, 100);
  g_assert_cmpuint (expired->runs->len, ==, 1 + 4);
  g_assert_cmpuint (g_array_index (expired->runs, JtExpired, 0).run, ==, 2);
  g_assert_cmpuint (g_array_index (expired->runs, JtExpired, 4).run, ==, 7);
}

/* What goes by count makes room, so that the limit of bytes does not take more than it must. */
static void
test_no_more_than_needed (StoreFixture *fixture, gconstpointer data)
{
  store_fixture_open (fixture);
  put_job (fixture, 1);
  put_run (fixture, 1, 1, JT_RUN_FAILED, 9, 900);
  put_run (fixture, 2, 1, JT_RUN_SUCCEEDED, 8, 100);
  put_run (fixture, 3, 1, JT_RUN_SUCCEEDED, 7, 100);
  put_run (fixture, 4, 1, JT_RUN_SUCCEEDED, 6, 100);
  sweep (fixture, (JtRetention){ .keep_runs = 3, .max_log_bytes_per_job = 300, .max_log_bytes = 300 }, 100);
  g_assert_cmpint (query_on (fixture, "SELECT count (*) FROM run WHERE log_size = 100"), ==, 3);
  sweep (fixture, (JtRetention){ .max_log_bytes = 299 }, 1);
  g_assert_cmpint (query_on (fixture, "SELECT min (id) FROM run WHERE log_size > 0"), ==, 3);
  /* A log that is being written stays, and counts. */
  put_run (fixture, 5, 1, JT_RUN_RUNNING, 0, 5000);
  sweep (fixture, (JtRetention){ .max_log_bytes_per_job = 5100 }, 100);
  g_assert_cmpint (query_on (fixture, "SELECT bytes FROM log_total WHERE job = 1"), ==, 5100);
  sweep (fixture, (JtRetention){ .max_log_bytes_per_job = 1, .max_log_bytes = 1 }, 100);
  g_assert_cmpint (query_on (fixture, "SELECT bytes FROM log_total WHERE job = 1"), ==, 5000);
}

/* Runs that take long, or took long, do not keep those behind them. */
static void
test_long_runs (StoreFixture *fixture, gconstpointer data)
{
  store_fixture_open (fixture);
  put_job (fixture, 1);
  for (guint64 id = 1; id <= 20; id++)
    put_run (fixture, id, 1, JT_RUN_RUNNING, 0, 5);
  put_run (fixture, 21, 1, JT_RUN_SUCCEEDED, 1, 5);
  put_run (fixture, 22, 1, JT_RUN_SUCCEEDED, 20, 5);
  put_run (fixture, 23, 1, JT_RUN_SUCCEEDED, 0, 5);
  EXPECT (fixture, "22", .keep_for_usec = 10 * DAY_USEC);
  EXPECT (fixture, "22log", .keep_logs_for_usec = 10 * DAY_USEC);
  EXPECT (fixture, "21 22", .keep_runs = 1);
  EXPECT (fixture, "21log 22log", .max_log_bytes = 105);
}

/* History that was deleted is out of sight at once, goes in slices, also after a restart, and takes nobody else's along. */
static void
test_purge (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (JtFilter) all = jt_filter_new (0);
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (GError) error = NULL;
  JtChange *change = jt_change_new ();

  store_fixture_open (fixture);
  put_job (fixture, 1);
  put_job (fixture, 2);
  for (guint64 id = 1; id <= 60; id++)
    put_run (fixture, id, 1 + id % 2, JT_RUN_SUCCEEDED, 0, 10);
  jt_change_remove_job (change, 1, NOW, TRUE);
  store_fixture_put (fixture, change);
  g_assert_null (store_fixture_get_run (fixture, 2, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_FOUND);
  left = store_fixture_list_runs (fixture, all, 0, 100);
  g_assert_cmpuint (left->len, ==, 30);
  g_assert_cmpint (query_on (fixture, "SELECT count (*) FROM run"), ==, 60);
  store_fixture_reopen (fixture);
  store_fixture_open (fixture);
  g_assert_cmpuint (sweep (fixture, (JtRetention){ 0 }, 7), ==, 5);
  g_assert_cmpint (query_on (fixture, "SELECT count (*) FROM run"), ==, 30);
  g_assert_cmpint (query_on (fixture, "SELECT count (*) FROM run WHERE job = 1"), ==, 0);
  g_assert_cmpint (query_on (fixture, "SELECT count (*) FROM purge"), ==, 0);
  assert_totals (fixture);
}

static void
test_known (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) asked = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JtStoreKnown) known = NULL;

  store_fixture_open (fixture);
  put_job (fixture, 1);
  put_run (fixture, 1, 1, JT_RUN_SUCCEEDED, 0, 0);
  put_run (fixture, 2, 1, JT_RUN_RETRY_WAIT, 0, 0);
  put_run (fixture, 4, 1, JT_RUN_LOST, 0, 0);
  for (guint64 id = 1; id <= 4; id++)
    g_array_append_val (asked, id);
  jt_store_list_known_async (fixture->store, asked, NULL, store_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  known = jt_store_list_known_finish (fixture->store, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (known->absent->len, ==, 1);
  g_assert_cmpuint (g_array_index (known->absent, guint64, 0), ==, 3);
  g_assert_cmpuint (known->final->len, ==, 2);
  g_assert_cmpuint (g_array_index (known->final, guint64, 1), ==, 4);
}

/* Up to the id @last by SQL, which is quicker than one by one. */
static void
copy_runs (StoreFixture *fixture, guint last)
{
  static const char columns[] = "job, job_revision, job_name, owner, owner_name, state, trigger, attempt, max_attempts, scheduled, queued,"
                                " started, finished, next_attempt, progress, eta, exit_code, signal, cpu, memory_peak, log_size, retry_of,"
                                " missed_count, missed_from, missed_to, cancel_requested";
  g_autofree char *sql = g_strdup_printf ("WITH RECURSIVE n (id) AS (SELECT (SELECT max (id) FROM run) + 1 UNION ALL SELECT id + 1 FROM n"
                                          " WHERE id < %u) INSERT INTO run (id, %s) SELECT n.id, %s FROM n JOIN run ON run.id = 1 + n.id %% 2",
                                          last, columns, columns);
  sqlite3 *db = NULL;
  char *message = NULL;

  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  sqlite3_exec (db, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
  sqlite3_close (db);
}

/* Each alone, so that none hides behind another; those of time let nothing go. */
static const JtRetention costly[] = {
  { .keep_runs = 100 },
  { .keep_for_usec = 500 * DAY_USEC },
  { .keep_logs_for_usec = 400 * DAY_USEC, .keep_failed_logs_for_usec = 400 * DAY_USEC },
  { .max_runs = 50 },
  { .keep_logs = 50 },
  { .max_logs = 50 },
  { .max_log_bytes_per_job = 1 },
  { .max_log_bytes_per_job = G_MAXINT32 },
  { .max_log_bytes = 1 },
  { .max_log_bytes = G_MAXINT32 },
};

static guint64
count_steps (StoreFixture *fixture, JtRetention rules)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtDb) db = jt_db_open (fixture->path, FALSE, &error);
  JtExpiryQuery *query = make_query (rules, 0);
  g_autoptr (JtStoreExpired) expired = jt_store_read_expired (db, query, NOW, 20, &error);

  g_assert_no_error (error);
  jt_expiry_query_free (query);
  return jt_db_count_steps (db);
}

/* A slice costs what a slice costs, however much history lies behind it. */
static void
test_cost (StoreFixture *fixture, gconstpointer data)
{
  guint64 steps[G_N_ELEMENTS (costly)];

  store_fixture_open (fixture);
  put_job (fixture, 1);
  put_run (fixture, 1, 1, JT_RUN_SUCCEEDED, 300, 10);
  put_run (fixture, 2, 1, JT_RUN_FAILED, 300, 10);
  jt_sqlite_store_close (JT_SQLITE_STORE (fixture->store));
  copy_runs (fixture, 500);
  for (guint i = 0; i < G_N_ELEMENTS (costly); i++)
    steps[i] = count_steps (fixture, costly[i]);
  copy_runs (fixture, 20000);
  for (guint i = 0; i < G_N_ELEMENTS (costly); i++)
    g_assert_cmpuint (count_steps (fixture, costly[i]), <=, steps[i] + 50);
}

#define TEST(path, function) \
  g_test_add ("/store-expired/" path, StoreFixture, NULL, store_fixture_set_up, function, store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("rules", test_rules);
  TEST ("all-together", test_all_together);
  TEST ("slices", test_slices);
  TEST ("expire", test_expire);
  TEST ("totals", test_totals);
  TEST ("own-rules", test_own_rules);
  TEST ("no-more-than-needed", test_no_more_than_needed);
  TEST ("long-runs", test_long_runs);
  TEST ("purge", test_purge);
  TEST ("known", test_known);
  TEST ("cost", test_cost);
  return g_test_run ();
}
