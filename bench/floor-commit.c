/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "bench-sqlite.h"

#include <stdio.h>

/* floor-commit FOLDER COUNT: single-row inserts into a new WAL file in FOLDER with synchronous=FULL, each its own
 * transaction; prints the median and the 99th percentile of one in microseconds. What being durable costs here. */

static void
insert_row (sqlite3_stmt *insert, guint number)
{
  sqlite3_bind_int64 (insert, 1, number % 1000);
  sqlite3_bind_int64 (insert, 2, 1700000000 + number);
  sqlite3_bind_text (insert, 3, BENCH_NOTE, -1, SQLITE_STATIC);
  bench_step (insert);
}

int
main (int argc, char **argv)
{
  g_autofree double *taken = NULL;
  g_autofree char *path = NULL;
  sqlite3 *database;
  sqlite3_stmt *insert;
  guint count;

  if (argc != 3)
    g_error ("usage: floor-commit FOLDER COUNT");
  count = bench_parse_count (argv[2], 1000000);
  taken = g_new (double, count);
  path = g_build_filename (argv[1], "floor-commit.db", NULL);
  database = bench_create_database (path);
  bench_execute (database, "CREATE TABLE run (id INTEGER PRIMARY KEY, job INTEGER NOT NULL, started INTEGER, note TEXT)");
  insert = bench_prepare (database, "INSERT INTO run (job, started, note) VALUES (?1, ?2, ?3)");
  for (guint i = 0; i < count; i++)
    {
      double start = bench_now_seconds ();

      insert_row (insert, i);
      taken[i] = bench_now_seconds () - start;
    }
  printf ("%.1f %.1f\n", bench_quantile (taken, count, 0.5) * 1e6, bench_quantile (taken, count, 0.99) * 1e6);
  sqlite3_finalize (insert);
  sqlite3_close (database);
  bench_remove_database (path);
  return EXIT_SUCCESS;
}
