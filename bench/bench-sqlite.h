/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "bench-common.h"

#include <sqlite3.h>
#include <unistd.h>

/* SQLite as the bare programs use it. Like all of this folder: what goes wrong ends the program. */

static inline void
bench_execute (sqlite3 *database, const char *sql)
{
  if (sqlite3_exec (database, sql, NULL, NULL, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (database));
}

static inline sqlite3_stmt *
bench_prepare (sqlite3 *database, const char *sql)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (database, sql, -1, &statement, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (database));
  return statement;
}

/* For a statement without rows. */
static inline void
bench_step (sqlite3_stmt *statement)
{
  if (sqlite3_step (statement) != SQLITE_DONE)
    g_error ("%s: %s", sqlite3_sql (statement), sqlite3_errmsg (sqlite3_db_handle (statement)));
  sqlite3_reset (statement);
}

static inline void
bench_remove_database (const char *path)
{
  const char *endings[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *file = g_strconcat (path, endings[i], NULL);

      unlink (file);
    }
}

/* A new file, so that nothing of an earlier run is measured. */
static inline sqlite3 *
bench_create_database (const char *path)
{
  sqlite3 *database = NULL;

  bench_remove_database (path);
  if (sqlite3_open (path, &database) != SQLITE_OK)
    g_error ("could not open %s", path);
  bench_execute (database, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
  return database;
}

/* The note makes a row about 180 bytes, as a run is. */
#define BENCH_NOTE \
  "a note of the length that such notes have, with a reason and what was done about it, or a last line of output as " \
  "people want to see it"
