/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "bench-sqlite.h"

#include <stdio.h>

/* floor-query fill FOLDER JOBS RUNS: a table of RUNS runs of JOBS jobs with the index that statistics by plain SQL
 * want. floor-query ask FOLDER JOBS COUNT: asks COUNT times for one job's count, failures and mean duration, and for
 * its 95th percentile; prints the median and the 99th percentile of both together in microseconds. */

static char *
database_path (const char *folder)
{
  return g_build_filename (folder, "floor-query.db", NULL);
}

static void
fill (const char *path, guint jobs, guint count)
{
  sqlite3 *database = bench_create_database (path);
  sqlite3_stmt *insert;

  bench_execute (database, "PRAGMA synchronous=OFF; BEGIN;"
                           "CREATE TABLE run (id INTEGER PRIMARY KEY, job INTEGER NOT NULL, state INTEGER NOT NULL,"
                           " started INTEGER, finished INTEGER, note TEXT)");
  insert = bench_prepare (database, "INSERT INTO run (job, state, started, finished, note) VALUES (?1, ?2, ?3, ?4, ?5)");
  sqlite3_bind_text (insert, 5, BENCH_NOTE, -1, SQLITE_STATIC);
  for (guint i = 0; i < count; i++)
    {
      sqlite3_bind_int64 (insert, 1, i % jobs);
      sqlite3_bind_int64 (insert, 2, i % 20 == 7 ? 4 : 3);
      sqlite3_bind_int64 (insert, 3, 1700000000 + (gint64) i * 30);
      sqlite3_bind_int64 (insert, 4, 1700000000 + (gint64) i * 30 + (i * 7919) % 600);
      bench_step (insert);
    }
  sqlite3_finalize (insert);
  bench_execute (database, "COMMIT; CREATE INDEX run_by_job ON run (job, started, finished, state); ANALYZE");
  sqlite3_close (database);
}

/* Steps through all rows, as somebody who wants the answer. */
static void
ask (sqlite3_stmt *query, guint job)
{
  int result;

  sqlite3_bind_int64 (query, 1, job);
  while ((result = sqlite3_step (query)) == SQLITE_ROW)
    if (sqlite3_column_int64 (query, 0) < 0)
      g_error ("a negative answer");
  if (result != SQLITE_DONE)
    g_error ("%s", sqlite3_errmsg (sqlite3_db_handle (query)));
  sqlite3_reset (query);
}

static void
ask_often (const char *path, guint jobs, guint count)
{
  g_autofree double *taken = g_new (double, count);
  sqlite3 *database = NULL;
  sqlite3_stmt *sums, *percentile;

  if (sqlite3_open_v2 (path, &database, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
    g_error ("could not open %s", path);
  sums = bench_prepare (database, "SELECT count (*), sum (state = 4), avg (finished - started) FROM run WHERE job = ?1");
  percentile = bench_prepare (database, "SELECT finished - started FROM run WHERE job = ?1 ORDER BY 1"
                                        " LIMIT 1 OFFSET (SELECT count (*) * 95 / 100 FROM run WHERE job = ?1)");
  for (guint i = 0; i < count; i++)
    {
      double start = bench_now_seconds ();

      ask (sums, i % jobs);
      ask (percentile, i % jobs);
      taken[i] = bench_now_seconds () - start;
    }
  printf ("%.1f %.1f\n", bench_quantile (taken, count, 0.5) * 1e6, bench_quantile (taken, count, 0.99) * 1e6);
  sqlite3_finalize (sums);
  sqlite3_finalize (percentile);
  sqlite3_close (database);
}

int
main (int argc, char **argv)
{
  g_autofree char *path = NULL;
  guint jobs;

  if (argc != 5)
    g_error ("usage: floor-query fill FOLDER JOBS RUNS | ask FOLDER JOBS COUNT");
  path = database_path (argv[2]);
  jobs = bench_parse_count (argv[3], 1000000);
  if (g_str_equal (argv[1], "fill"))
    fill (path, jobs, bench_parse_count (argv[4], 100000000));
  else
    ask_often (path, jobs, bench_parse_count (argv[4], 10000000));
  return EXIT_SUCCESS;
}
