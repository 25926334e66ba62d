/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>

#include <glib/gstdio.h>
#include <sqlite3.h>

#include "jt-db.h"
#include "jt-error.h"
#include "jt-fake-clock.h"
#include "jt-store-changes.h"
#include "jt-store-rows.h"
#include "store-fixture.h"

#define ADD(path, func) g_test_add (path, StoreFixture, NULL, store_fixture_set_up, func, store_fixture_tear_down)

static void
execute_on (const char *path, const char *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static gint64
query_on (const char *path, const char *sql)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *statement = NULL;
  gint64 number;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  number = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  sqlite3_close (db);
  return number;
}

static JtChange *
make_big_change (const char *key)
{
  JtChange *change = jt_change_new ();
  g_autofree char *value = g_strnfill (64 * 1024, 'x');

  jt_change_set_meta (change, key, value);
  return change;
}

static void
test_a_full_disk_closes_until_loaded_anew (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtStoreContents) contents = NULL;
  JtChange *small;
  guint n_stored = 0;

  jt_sqlite_store_set_max_pages (JT_SQLITE_STORE (fixture->store), 100);
  store_fixture_open (fixture);
  for (;;)
    {
      g_autofree char *key = g_strdup_printf ("key%u", n_stored);

      if (!store_fixture_commit (fixture, make_big_change (key), &error))
        break;
      n_stored++;
      g_assert_cmpuint (n_stored, <, 100);
    }
  g_assert_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE);
  g_clear_error (&error);
  /* Something small would have room, but core must first see what the record has. */
  small = jt_change_new ();
  jt_change_set_meta (small, "small", "1");
  g_assert_false (store_fixture_commit (fixture, small, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE);
  g_clear_error (&error);
  jt_sqlite_store_set_max_pages (JT_SQLITE_STORE (fixture->store), 0);
  contents = store_fixture_load (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (contents->meta), ==, n_stored);
  small = jt_change_new ();
  jt_change_set_meta (small, "small", "1");
  store_fixture_put (fixture, small);
}

static void
expect_refused (StoreFixture *fixture, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtStoreContents) contents = store_fixture_load (fixture, &error);

  g_assert_null (contents);
  g_assert_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE);
  if (strstr (error->message, part) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, part);
}

static void
test_a_newer_record_is_refused (StoreFixture *fixture, gconstpointer data)
{
  store_fixture_open (fixture);
  jt_sqlite_store_close (JT_SQLITE_STORE (fixture->store));
  execute_on (fixture->path, "PRAGMA user_version = 9000");
  store_fixture_reopen (fixture);
  expect_refused (fixture, "schema 9000, this build knows");
  g_assert_cmpint (query_on (fixture->path, "PRAGMA user_version"), ==, 9000);
}

static void
test_a_foreign_database_is_refused (StoreFixture *fixture, gconstpointer data)
{
  execute_on (fixture->path, "CREATE TABLE theirs (a)");
  expect_refused (fixture, fixture->path);
  g_assert_cmpint (query_on (fixture->path, "SELECT count (*) FROM sqlite_schema"), ==, 1);
}

static void
test_a_damaged_record_is_refused_and_kept (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *garbage = g_strnfill (8192, 'g');
  g_autofree char *now = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (fixture->path, garbage, 8192, &error));
  expect_refused (fixture, "damaged");
  g_assert_true (g_file_get_contents (fixture->path, &now, NULL, &error));
  g_assert_cmpstr (now, ==, garbage);
}

/* Nothing is passed over in silence: whoever asks is told to load anew. */
static void
test_damaged_events_are_not_kept (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (JtRun) run = NULL;
  g_autoptr (JtEvent) event = NULL;
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GError) error = NULL;
  JtChange *change = jt_change_new ();

  store_fixture_open (fixture);
  run = store_fixture_make_run (1, 1, 1000, "backup", JT_RUN_RUNNING);
  event = jt_event_new_for_run (JT_EVENT_RUN_STARTED, FIXTURE_START_USEC, run);
  jt_change_add_event (change, event);
  store_fixture_put (fixture, change);
  execute_on (fixture->path, "UPDATE event SET what = x'63'");
  events = store_fixture_list_events (fixture, 0, 0, 10, &error);
  g_assert_null (events);
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_FOUND);
}

static void
test_a_folder_open_to_others_is_refused (StoreFixture *fixture, gconstpointer data)
{
  g_assert_cmpint (g_chmod (fixture->directory, 0777), ==, 0);
  expect_refused (fixture, "0777");
  g_assert_cmpint (g_chmod (fixture->directory, 0700), ==, 0);
  store_fixture_open (fixture);
}

static void
put_many_events (StoreFixture *fixture, guint n)
{
  JtChange *change = jt_change_new ();
  g_autoptr (JtEvent) event = store_fixture_make_event (1, 1000);

  for (guint i = 0; i < n; i++)
    jt_change_add_event (change, event);
  store_fixture_put (fixture, change);
}

/* However many come with one change, events do not pile up. */
static void
test_events_stay_bounded (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GError) error = NULL;

  store_fixture_open (fixture);
  for (guint i = 0; i < 12; i++)
    put_many_events (fixture, 10000);
  jt_sqlite_store_close (JT_SQLITE_STORE (fixture->store));
  g_assert_cmpint (query_on (fixture->path, "SELECT count (*) FROM event"), <=, 110000);
  g_assert_cmpint (query_on (fixture->path, "SELECT count (*) FROM event"), >=, 100000);
  g_assert_cmpint (query_on (fixture->path, "SELECT max (id) FROM event"), ==, 120000);
  store_fixture_reopen (fixture);
  store_fixture_open (fixture);
  events = store_fixture_list_events (fixture, 0, 1, 10, &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_FOUND);
}

static void
put_old_things (StoreFixture *fixture)
{
  for (guint i = 0; i < 30; i++)
    {
      JtChange *change = jt_change_new ();
      g_autofree char *key = g_strdup_printf ("%u", i);

      jt_change_add_occurrence (change, 1, key, "skipped", 0);
      jt_change_add_request (change, 1000, key, "digest", 1, 1);
      store_fixture_put (fixture, change);
    }
}

static void
test_what_is_old_is_forgotten (StoreFixture *fixture, gconstpointer data)
{
  store_fixture_open (fixture);
  put_old_things (fixture);
  jt_fake_clock_advance (JT_FAKE_CLOCK (fixture->clock), 300 * DAY_USEC);
  put_many_events (fixture, 3000);
  g_assert_cmpint (query_on (fixture->path, "SELECT count (*) FROM request"), ==, 0);
  g_assert_cmpint (query_on (fixture->path, "SELECT count (*) FROM occurrence"), ==, 30);
  jt_fake_clock_advance (JT_FAKE_CLOCK (fixture->clock), 101 * DAY_USEC);
  put_many_events (fixture, 3000);
  g_assert_cmpint (query_on (fixture->path, "SELECT count (*) FROM occurrence"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/store/full", test_a_full_disk_closes_until_loaded_anew);
  ADD ("/store/newer", test_a_newer_record_is_refused);
  ADD ("/store/foreign", test_a_foreign_database_is_refused);
  ADD ("/store/damaged", test_a_damaged_record_is_refused_and_kept);
  ADD ("/store/folder", test_a_folder_open_to_others_is_refused);
  ADD ("/store/events-bounded", test_events_stay_bounded);
  ADD ("/store/damaged-events", test_damaged_events_are_not_kept);
  ADD ("/store/old", test_what_is_old_is_forgotten);
  return g_test_run ();
}
