/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "bench-common.h"

#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

/* floor-commit FOLDER COUNT: single-row inserts into a new WAL file in FOLDER with synchronous=FULL, each its own
 * transaction; prints the median and the 99th percentile of one in microseconds. What being durable costs here. */

static void
execute (sqlite3 *database, const char *sql)
{
  if (sqlite3_exec (database, sql, NULL, NULL, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (database));
}

static void
remove_files (const char *path)
{
  const char *endings[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *file = g_strconcat (path, endings[i], NULL);

      unlink (file);
    }
}

/* A row of about 180 bytes, as a run is. */
static void
insert_row (sqlite3_stmt *insert, guint number)
{
  sqlite3_bind_int64 (insert, 1, number % 1000);
  sqlite3_bind_int64 (insert, 2, 1700000000 + number);
  sqlite3_bind_text (insert, 3, "a note of the length that such notes have, with a reason and what was done about it, "
                     "or a last line of output as people want to see it", -1, SQLITE_STATIC);
  if (sqlite3_step (insert) != SQLITE_DONE)
    g_error ("could not insert");
  sqlite3_reset (insert);
}

int
main (int argc, char **argv)
{
  g_autofree double *taken = NULL;
  g_autofree char *path = NULL;
  sqlite3 *database = NULL;
  sqlite3_stmt *insert = NULL;
  guint count;

  if (argc != 3)
    g_error ("usage: floor-commit FOLDER COUNT");
  count = bench_parse_count (argv[2], 1000000);
  taken = g_new (double, count);
  path = g_build_filename (argv[1], "floor-commit.db", NULL);
  remove_files (path);
  if (sqlite3_open (path, &database) != SQLITE_OK)
    g_error ("could not open %s", path);
  execute (database, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                     "CREATE TABLE run (id INTEGER PRIMARY KEY, job INTEGER NOT NULL, started INTEGER, note TEXT)");
  sqlite3_prepare_v2 (database, "INSERT INTO run (job, started, note) VALUES (?1, ?2, ?3)", -1, &insert, NULL);
  for (guint i = 0; i < count; i++)
    {
      double start = bench_now_seconds ();

      insert_row (insert, i);
      taken[i] = bench_now_seconds () - start;
    }
  printf ("%.1f %.1f\n", bench_quantile (taken, count, 0.5) * 1e6, bench_quantile (taken, count, 0.99) * 1e6);
  sqlite3_finalize (insert);
  sqlite3_close (database);
  remove_files (path);
  return EXIT_SUCCESS;
}
