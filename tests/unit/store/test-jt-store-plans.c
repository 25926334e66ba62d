/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <sqlite3.h>
#include <string.h>

#include "jt-db.h"
#include "store-fixture.h"

/* SQLite is asked how it would go about every statement that the store has: history is found by a key, never by reading through
 * it. The statements are those of the program itself (see JT_SQL), so a new one is looked at without being named here. */

extern const JtSql __start_jt_sql[];
extern const JtSql __stop_jt_sql[];

/* The tables that grow with history, and how one row of each is found. What is found otherwise may be any number of rows. */
static const struct
{
  const char *table;
  const char *one_row;
} histories[] = {
  { "run", "INTEGER PRIMARY KEY (rowid=?)" },
  { "event", "INTEGER PRIMARY KEY (rowid=?)" },
  /* (the attempts of a run are limited) */
  { "attempt", "PRIMARY KEY (run=?)" },
  { "occurrence", "PRIMARY KEY (job=? AND key=?)" },
  { "request", "PRIMARY KEY (uid=? AND id=?)" },
  { "rollup", "PRIMARY KEY (scope=? AND key=? AND at=?)" },
  { "delivery", "INTEGER PRIMARY KEY (rowid=?)" },
  { "delivery_facts", "INTEGER PRIMARY KEY (rowid=?)" },
};

/* Steps that are meant, each with the beginning of the statement that may do it. */
static const struct
{
  const char *statement;
  const char *step;
} allowed[] = {
  /* At start everything that core keeps in memory is read: living jobs, runs under way, and the handful of words in meta. */
  { "SELECT id, owner, owner_name, name, origin", "SCAN job" },
  { "SELECT id, job, job_revision", "SCAN run USING INDEX run_active" },
  { "SELECT key, value FROM meta", "SCAN meta" },
  { "SELECT job, entry, mark, reason, run FROM mark", "SCAN mark" },
  { "SELECT uid, settings FROM preference", "SCAN preference" },
  { "SELECT job, recipient, user, run, event", "SCAN episode" },
  /* (a row for each channel and state) */
  { "SELECT channel, state, count, last FROM delivery_total", "SCAN delivery_total" },
  { "SELECT count (*) FROM sqlite_schema", "SCAN sqlite_master" },
  /* Statistics: the jobs that are no more, up to a limit, and the hours or days that are asked for. */
  { "SELECT job.id, owner, owner_name, name FROM job INDEXED BY job_removed_by_owner WHERE TRUE", "SCAN job USING INDEX job_removed_by_owner" },
  { "SELECT at, counts FROM rollup", "SEARCH rollup USING PRIMARY KEY (scope=? AND key=? AND at>? AND at<?)" },
  /* Housekeeping: up to the bound that a subquery with a limit has found. */
  { "DELETE FROM event WHERE id <=", "SEARCH event USING INTEGER PRIMARY KEY (rowid<?)" },
  { "DELETE FROM request INDEXED BY request_by_time WHERE at <=", "SEARCH request USING COVERING INDEX request_by_time (at<?)" },
  { "DELETE FROM occurrence INDEXED BY occurrence_by_time WHERE at <=", "SEARCH occurrence USING COVERING INDEX occurrence_by_time (at<?)" },
};

static gboolean
is_allowed (const char *statement, const char *step)
{
  for (guint i = 0; i < G_N_ELEMENTS (allowed); i++)
    if (g_str_has_prefix (statement, allowed[i].statement) && g_str_equal (step, allowed[i].step))
      return TRUE;
  return FALSE;
}

/* Goes through many rows in any case. */
static gboolean
is_scan (const char *step)
{
  /* What a limited part of the statement has put aside may be gone through, and a row of constants is one row. */
  if (g_str_has_prefix (step, "SCAN (subquery-") || g_str_equal (step, "SCAN CONSTANT ROW"))
    return FALSE;
  return g_str_has_prefix (step, "SCAN") || strstr (step, "TEMP B-TREE") != NULL || strstr (step, "AUTOMATIC") != NULL;
}

/* Begins somewhere in a history and goes on until it is told to stop. ("SEARCH run" alone is the first or the last row.) */
static gboolean
is_range (const char *step)
{
  for (guint i = 0; i < G_N_ELEMENTS (histories); i++)
    {
      g_autofree char *search = g_strconcat ("SEARCH ", histories[i].table, " USING ", NULL);

      if (g_str_has_prefix (step, search))
        return !g_str_equal (step + strlen (search), histories[i].one_row);
    }
  return FALSE;
}

static guint
count_words (const char *text, const char *word)
{
  guint count = 0;

  for (const char *at = strstr (text, word); at != NULL; at = strstr (at + 1, word))
    count++;
  return count;
}

static sqlite3 *
open_record (StoreFixture *fixture)
{
  sqlite3 *db = NULL;

  store_fixture_open (fixture);
  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  return db;
}

/* Every range must have a limit of its own. */
static gboolean
check_plan (sqlite3 *db, const char *statement)
{
  g_autofree char *explain = g_strconcat ("EXPLAIN QUERY PLAN ", statement, NULL);
  sqlite3_stmt *plan = NULL;
  guint n_ranges = 0;
  gboolean is_good = TRUE;

  if (sqlite3_prepare_v2 (db, explain, -1, &plan, NULL) != SQLITE_OK)
    g_error ("%s: %s", statement, sqlite3_errmsg (db));
  g_test_message ("%s", statement);
  while (sqlite3_step (plan) == SQLITE_ROW)
    {
      const char *step = (const char *) sqlite3_column_text (plan, 3);

      g_test_message ("  %s", step);
      if (is_allowed (statement, step))
        continue;
      is_good &= !is_scan (step);
      n_ranges += is_range (step);
    }
  sqlite3_finalize (plan);
  is_good &= n_ranges <= count_words (statement, "LIMIT");
  return is_good;
}

/* Settings, transactions and the like have no plan. */
static gboolean
has_plan (const char *statement)
{
  static const char *const verbs[] = { "SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH ", "REPLACE " };

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (g_str_has_prefix (statement, verbs[i]))
      return TRUE;
  return FALSE;
}

static void
test_every_statement (StoreFixture *fixture, gconstpointer data)
{
  sqlite3 *db = open_record (fixture);
  guint n_looked_at = 0;
  gboolean is_good = TRUE;

  for (const JtSql *sql = __start_jt_sql; sql < __stop_jt_sql; sql++)
    {
      if (!has_plan (sql->text))
        continue;
      n_looked_at++;
      if (check_plan (db, sql->text))
        continue;
      is_good = FALSE;
      g_test_message ("^ this one reads through history");
      g_printerr ("reads through history: %s\n", sql->text);
    }
  g_assert_true (is_good);
  /* (the section is there and holds the store's statements) */
  g_assert_cmpuint (n_looked_at, >, 30);
  sqlite3_close (db);
}

/* Values of every kind, other ones in each round: where the plan depends on one, SQLite makes the statement anew. */
static void
run_with (sqlite3_stmt *statement, int round)
{
  for (int i = 1; i <= sqlite3_bind_parameter_count (statement); i++)
    if (round % 2 == 0)
      sqlite3_bind_int (statement, i, round + i);
    else
      sqlite3_bind_text (statement, i, round == 1 ? "job-hour" : "owner-day", -1, SQLITE_STATIC);
  while (sqlite3_step (statement) == SQLITE_ROW)
    ;
  sqlite3_reset (statement);
}

/* A statement is made once for each connection, whatever it is used for. */
static void
test_made_once (StoreFixture *fixture, gconstpointer data)
{
  sqlite3 *db = open_record (fixture);
  gboolean is_good = TRUE;

  g_assert_cmpint (sqlite3_exec (db, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
  for (const JtSql *sql = __start_jt_sql; sql < __stop_jt_sql; sql++)
    {
      sqlite3_stmt *statement = NULL;

      if (!has_plan (sql->text))
        continue;
      g_assert_cmpint (sqlite3_prepare_v3 (db, sql->text, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL), ==, SQLITE_OK);
      for (int round = 0; round < 4; round++)
        run_with (statement, round);
      if (sqlite3_stmt_status (statement, SQLITE_STMTSTATUS_REPREPARE, 0) > 0)
        {
          g_printerr ("made anew for other values: %s\n", sql->text);
          is_good = FALSE;
        }
      sqlite3_finalize (statement);
    }
  sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL);
  sqlite3_close (db);
  g_assert_true (is_good);
}

/* The judge itself: what it must not let pass. */
static void
test_scans_are_found (StoreFixture *fixture, gconstpointer data)
{
  static const char *const bad[] = {
    "SELECT count (*) FROM run",
    "SELECT id FROM run WHERE state = 'failed' LIMIT 5",
    "SELECT sum (log_size) FROM run WHERE job = ?1 AND log_size > 0",
    "SELECT id FROM run WHERE job = ?1 ORDER BY finished LIMIT 5",
    "DELETE FROM run WHERE job = ?1",
    "SELECT id FROM run INDEXED BY run_by_job WHERE job = ?1 AND finished < ?2 ORDER BY id",
    "SELECT counts FROM rollup WHERE at > ?1",
    "SELECT 1 FROM occurrence WHERE run = ?1",
    "SELECT count (*) FROM delivery WHERE channel = ?1 AND state = 'waiting'",
    "SELECT id FROM delivery WHERE state = 'waiting' AND next <= ?1 ORDER BY id LIMIT 5",
    "SELECT id FROM delivery WHERE channel = ?1 AND state = ?2 ORDER BY next LIMIT 5",
    "DELETE FROM delivery WHERE created < ?1",
    "DELETE FROM occurrence WHERE (job, key) IN (SELECT job, key FROM occurrence WHERE at < ?1 LIMIT ?2)",
  };
  sqlite3 *db = open_record (fixture);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    if (check_plan (db, bad[i]))
      g_error ("let pass: %s", bad[i]);
  sqlite3_close (db);
}

#define TEST(path, function) \
  g_test_add ("/store-plans/" path, StoreFixture, NULL, store_fixture_set_up, function, store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("every-statement", test_every_statement);
  TEST ("made-once", test_made_once);
  TEST ("scans-are-found", test_scans_are_found);
  return g_test_run ();
}
