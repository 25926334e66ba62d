/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <sqlite3.h>
#include <string.h>

#include "jt-error.h"
#include "store-fixture.h"

/* Records as older versions left them (tests/fixtures) are taken over whole: what they hold stays, and what is new begins with it. */

static const char *fixtures;

static void
execute (const char *path, const char *sql)
{
  sqlite3 *db = NULL;
  char *message = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_exec (db, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
  sqlite3_close (db);
}

static char *
query (StoreFixture *fixture, const char *sql)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *statement = NULL;
  char *text;

  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  text = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
  sqlite3_close (db);
  return text;
}

#define EXPECT(expected, sql) \
  G_STMT_START \
  { \
    g_autofree char *found_ = query (fixture, sql); \
    g_assert_cmpstr (found_, ==, expected); \
  } \
  G_STMT_END

static void
put_record (StoreFixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixtures, name, NULL);
  g_autofree char *sql = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (path, &sql, NULL, &error));
  execute (fixture->path, sql);
}

static void
store_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* Of one job, or of one owner, over all time and in one. */
static JtRollup *
ask (StoreFixture *fixture, gboolean of_owner, guint64 key, JtStatsGrain grain)
{
  JtStatsQuery *question = g_new0 (JtStatsQuery, 1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) groups = NULL;

  question->of_owners = of_owner;
  question->keys = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_array_append_val (question->keys, key);
  question->grain = grain;
  question->until_usec = G_MAXINT64;
  jt_store_get_statistics_async (fixture->store, question, NULL, store_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  groups = jt_store_get_statistics_finish (fixture->store, result, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&((JtStatsGroup *) g_ptr_array_index (groups, 0))->rollup);
}

static void
test_contents (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtStoreContents) contents = NULL;
  g_autoptr (JtRun) run = NULL;
  g_autoptr (JtFilter) disk = jt_filter_new (0);
  g_autoptr (GPtrArray) runs = NULL;

  put_record (fixture, "record-1.sql");
  contents = store_fixture_load (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (contents->jobs->len, ==, 7);
  g_assert_cmpuint (contents->runs->len, ==, 1);
  g_assert_cmpuint (((JtRun *) g_ptr_array_index (contents->runs, 0))->id, ==, 20);
  g_assert_cmpuint (contents->last_run_id, ==, 21);
  run = store_fixture_get_run (fixture, 6, &error);
  g_assert_no_error (error);
  g_assert_cmpint (run->state, ==, JT_RUN_FAILED);
  g_assert_cmpuint (run->attempts->len, ==, 3);
  disk->tag = g_strdup ("disk");
  runs = store_fixture_list_runs (fixture, disk, 0, 100);
  g_assert_cmpuint (runs->len, ==, 6);
  EXPECT ("ok", "PRAGMA integrity_check");
  EXPECT ("10", "SELECT count (*) FROM occurrence");
}

/* What stands around an occurrence begins with nothing. */
static void
test_contents_2 (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtStoreContents) contents = NULL;
  g_autoptr (JtRun) run = NULL;
  g_autoptr (JtRollup) backup = NULL;

  put_record (fixture, "record-2.sql");
  contents = store_fixture_load (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (contents->jobs->len, ==, 6);
  for (guint i = 0; i < contents->jobs->len; i++)
    g_assert_cmpint (g_array_index (contents->jobs, JtJobEntry, i).status.due_usec, ==, 0);
  g_assert_cmpuint (contents->runs->len, ==, 1);
  g_assert_cmpstr (((JtRun *) g_ptr_array_index (contents->runs, 0))->job_name, ==, "long");
  g_assert_cmpuint (contents->marks->len, ==, 0);
  run = store_fixture_get_run (fixture, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpint (run->state, ==, JT_RUN_FAILED);
  g_assert_cmpuint (run->attempts->len, ==, 2);
  g_assert_cmpint (run->due_usec, ==, 0);
  g_assert_null (run->cause);
  backup = ask (fixture, FALSE, 1, JT_STATS_DAYS);
  g_assert_cmpuint (backup->counts[JT_RUN_SUCCEEDED], ==, 1);
  EXPECT ("ok", "PRAGMA integrity_check");
  EXPECT ("2", "SELECT count (*) FROM occurrence");
}

/* What was before there were statistics is part of them. */
static void
test_statistics (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (JtRollup) flaky = NULL, clock = NULL, busy = NULL, gone = NULL, running = NULL, all = NULL, hours = NULL;

  put_record (fixture, "record-1.sql");
  store_fixture_open (fixture);
  flaky = ask (fixture, FALSE, 2, JT_STATS_DAYS);
  g_assert_cmpuint (flaky->counts[JT_RUN_FAILED], ==, 1);
  g_assert_cmpuint (flaky->counts[JT_RUN_SUCCEEDED], ==, 2);
  g_assert_cmpuint (flaky->retries, ==, 2);
  g_assert_cmpuint (flaky->episodes, ==, 1);
  g_assert_cmpuint (flaky->up_count, ==, 0);
  g_assert_cmpuint (flaky->recoveries, ==, 1);
  g_assert_cmpuint (flaky->down_usec, ==, 11966);
  g_assert_cmpuint (flaky->longest_success, ==, 2);
  clock = ask (fixture, FALSE, 5, JT_STATS_HOURS);
  g_assert_cmpuint (jt_rollup_count (clock), ==, 5);
  g_assert_cmpuint (clock->lateness.sketch.count, ==, 5);
  g_assert_cmpuint (clock->lateness.least, ==, 2129);
  busy = ask (fixture, FALSE, 6, JT_STATS_DAYS);
  g_assert_cmpuint (busy->counts[JT_RUN_SKIPPED], ==, 3);
  g_assert_cmpuint (busy->succeeded.least, >=, 3 * G_USEC_PER_SEC);
  gone = ask (fixture, FALSE, 3, JT_STATS_DAYS);
  g_assert_cmpuint (jt_rollup_count (gone), ==, 2);
  /* What is under way is counted when it ends. */
  running = ask (fixture, FALSE, 7, JT_STATS_DAYS);
  g_assert_cmpuint (jt_rollup_count (running), ==, 0);
  all = ask (fixture, TRUE, 0, JT_STATS_DAYS);
  hours = ask (fixture, TRUE, 0, JT_STATS_HOURS);
  g_assert_cmpuint (jt_rollup_count (all), ==, 20);
  g_assert_cmpuint (jt_rollup_count (hours), ==, 20);
  EXPECT ("4", "SELECT count (*) FROM rollup WHERE scope = 'owner-day'");
  /* And since when a job does well, so that its next failure ends that. */
  EXPECT ("1", "SELECT turned = (SELECT finished FROM run WHERE id = 11) FROM job WHERE id = 2");
}

/* Nobody was told of anything yet, and the ids of what is told begin. */
static void
test_contents_3 (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtStoreContents) contents = NULL;
  g_autoptr (JtRun) run = NULL;

  put_record (fixture, "record-3.sql");
  contents = store_fixture_load (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (contents->jobs->len, ==, 7);
  g_assert_cmpuint (contents->runs->len, ==, 1);
  g_assert_cmpstr (((JtRun *) g_ptr_array_index (contents->runs, 0))->job_name, ==, "long");
  g_assert_cmpuint (contents->marks->len, ==, 1);
  g_assert_cmpuint (contents->last_run_id, ==, 6);
  g_assert_cmpuint (contents->last_delivery_id, ==, 0);
  g_assert_cmpuint (contents->counts->len + contents->episodes->len, ==, 0);
  g_assert_cmpuint (g_hash_table_size (contents->preferences), ==, 0);
  run = store_fixture_get_run (fixture, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (run->attempts->len, ==, 2);
  g_assert_cmpstr (run->acknowledged_by, ==, "root");
  EXPECT ("ok", "PRAGMA integrity_check");
}

/* What waited goes on waiting, and whose popup it is is found by the account. */
static void
test_contents_4 (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtStoreContents) contents = NULL;

  put_record (fixture, "record-4.sql");
  contents = store_fixture_load (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (contents->jobs->len, ==, 2);
  g_assert_cmpuint (contents->last_delivery_id, ==, 4);
  g_assert_cmpuint (contents->episodes->len, ==, 1);
  g_assert_cmpuint (g_hash_table_size (contents->preferences), ==, 1);
  EXPECT ("2", "SELECT count (*) FROM delivery INDEXED BY delivery_popup WHERE channel = 'desktop' AND state = 'waiting' AND user = 0");
  EXPECT ("ok", "PRAGMA integrity_check");
}

/* Retention goes on where the older version had none. */
static void
test_logs (StoreFixture *fixture, gconstpointer data)
{
  put_record (fixture, "record-1.sql");
  store_fixture_open (fixture);
  EXPECT ("2460000", "SELECT bytes FROM log_total WHERE job = 1");
  EXPECT ("2460000", "SELECT bytes FROM log_total WHERE job = 0");
  EXPECT ("2", "SELECT count (*) FROM log_total");
}

/* A new record and one that was taken over are alike. */
static void
test_schema (StoreFixture *fixture, gconstpointer data)
{
  static const char shape[] = "SELECT group_concat (name || ':' || (SELECT group_concat (name || ' ' || type, ', ') FROM pragma_table_info (x.name)), '\n')"
                              " FROM (SELECT name FROM sqlite_schema WHERE type IN ('table', 'index', 'trigger') AND name NOT LIKE 'sqlite_%'"
                              " ORDER BY name) AS x";
  g_autofree char *taken_over = NULL;
  g_autofree char *fresh = NULL;
  StoreFixture other;

  put_record (fixture, data);
  store_fixture_open (fixture);
  taken_over = query (fixture, shape);
  store_fixture_set_up (&other, NULL);
  store_fixture_open (&other);
  fresh = query (&other, shape);
  store_fixture_tear_down (&other, NULL);
  g_assert_cmpstr (taken_over, ==, fresh);
}

/* All of it or nothing: where it cannot be taken over it stays what it was, for the version that made it. */
static void
test_failure (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtStoreContents) contents = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  put_record (fixture, "record-1.sql");
  execute (fixture->path, "CREATE TABLE purge (somebody_elses)");
  before = query (fixture, "SELECT group_concat (name || sql) FROM sqlite_schema");
  contents = store_fixture_load (fixture, &error);
  g_assert_null (contents);
  g_assert_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE);
  g_assert_nonnull (strstr (error->message, "could not bring"));
  EXPECT ("1", "PRAGMA user_version");
  after = query (fixture, "SELECT group_concat (name || sql) FROM sqlite_schema");
  g_assert_cmpstr (before, ==, after);
}

#define TEST(path, function) \
  g_test_add ("/store-upgrade/" path, StoreFixture, NULL, store_fixture_set_up, function, store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  fixtures = argv[1];
  TEST ("contents", test_contents);
  TEST ("contents-2", test_contents_2);
  TEST ("contents-3", test_contents_3);
  TEST ("contents-4", test_contents_4);
  TEST ("statistics", test_statistics);
  TEST ("logs", test_logs);
  g_test_add ("/store-upgrade/schema", StoreFixture, "record-1.sql", store_fixture_set_up, test_schema, store_fixture_tear_down);
  g_test_add ("/store-upgrade/schema-2", StoreFixture, "record-2.sql", store_fixture_set_up, test_schema, store_fixture_tear_down);
  g_test_add ("/store-upgrade/schema-3", StoreFixture, "record-3.sql", store_fixture_set_up, test_schema, store_fixture_tear_down);
  g_test_add ("/store-upgrade/schema-4", StoreFixture, "record-4.sql", store_fixture_set_up, test_schema, store_fixture_tear_down);
  TEST ("failure", test_failure);
  return g_test_run ();
}
