/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "bench-sqlite.h"

#include <stdio.h>

/* floor-record FOLDER COUNT RUNS-PER-COMMIT: the barest record of runs: one row inserted for each start and updated for
 * each end, starts and ends in transactions of their own (WAL, synchronous=FULL), so many runs in each. Prints runs a
 * second. */

static void
insert_run (sqlite3_stmt *insert, guint number)
{
  sqlite3_bind_int64 (insert, 1, number);
  sqlite3_bind_int64 (insert, 2, number % 1000);
  sqlite3_bind_int64 (insert, 3, 1700000000 + number);
  sqlite3_bind_text (insert, 4, BENCH_NOTE, -1, SQLITE_STATIC);
  bench_step (insert);
}

static void
update_run (sqlite3_stmt *update, guint number)
{
  sqlite3_bind_int64 (update, 1, number);
  sqlite3_bind_int64 (update, 2, 1700000060 + number);
  bench_step (update);
}

typedef struct
{
  sqlite3_stmt *begin;
  sqlite3_stmt *commit;
  sqlite3_stmt *insert;
  sqlite3_stmt *update;
} Statements;

static void
record_group (Statements *statements, guint first, guint count)
{
  bench_step (statements->begin);
  for (guint i = first; i < first + count; i++)
    insert_run (statements->insert, i);
  bench_step (statements->commit);
  bench_step (statements->begin);
  for (guint i = first; i < first + count; i++)
    update_run (statements->update, i);
  bench_step (statements->commit);
}

int
main (int argc, char **argv)
{
  g_autofree char *path = NULL;
  sqlite3 *database;
  Statements statements;
  guint count, group;
  double start;

  if (argc != 4)
    g_error ("usage: floor-record FOLDER COUNT RUNS-PER-COMMIT");
  count = bench_parse_count (argv[2], 10000000);
  group = bench_parse_count (argv[3], 100000);
  path = g_build_filename (argv[1], "floor-record.db", NULL);
  database = bench_create_database (path);
  bench_execute (database, "CREATE TABLE run (id INTEGER PRIMARY KEY, job INTEGER NOT NULL, started INTEGER,"
                           " finished INTEGER, note TEXT)");
  statements = (Statements){ bench_prepare (database, "BEGIN IMMEDIATE"), bench_prepare (database, "COMMIT"),
                             bench_prepare (database, "INSERT INTO run (id, job, started, note) VALUES (?1, ?2, ?3, ?4)"),
                             bench_prepare (database, "UPDATE run SET finished = ?2 WHERE id = ?1") };
  start = bench_now_seconds ();
  for (guint i = 0; i < count; i += group)
    record_group (&statements, i, MIN (group, count - i));
  printf ("%.1f\n", count / (bench_now_seconds () - start));
  sqlite3_finalize (statements.begin);
  sqlite3_finalize (statements.commit);
  sqlite3_finalize (statements.insert);
  sqlite3_finalize (statements.update);
  sqlite3_close (database);
  bench_remove_database (path);
  return EXIT_SUCCESS;
}
