/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-db.h"

#include <sqlite3.h>

#include "jt-error.h"

#define APPLICATION_ID 0x4a6f6254 /* "JobT" */
#define PROGRESS_STEPS 10000
#define CACHE_SETTING "PRAGMA cache_size = -1024;"
#define SCANNING_CACHE_SETTING "PRAGMA cache_size = -64;"

struct _JtStatement
{
  JtDb         *db;
  sqlite3_stmt *stmt;
  int           next_parameter;
  int           next_column;
};

struct _JtDb
{
  sqlite3    *handle;
  GHashTable *statements; /* JtSql → JtStatement (owned) */
  gint64      deadline_usec;
};

/* The one mapping from SQLite's results. */
static gboolean
set_error (JtDb *db, int result, GError **error)
{
  int primary = result & 0xff;

  if (primary == SQLITE_CONSTRAINT)
    g_set_error_literal (error, JT_ERROR, JT_ERROR_EXISTS, "it is on record already");
  else if (primary == SQLITE_INTERRUPT)
    g_set_error_literal (error, JT_ERROR, JT_ERROR_OVERLOADED, "the question took too long; ask for less");
  else if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB)
    g_set_error_literal (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE,
                         "the record is damaged; it is left as it is: restore it from a backup, or move it away to begin a new one");
  else
    g_set_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE, "the storage failed: %s", sqlite3_errstr (result));
  g_debug ("sqlite result %d: %s", result, db->handle != NULL ? sqlite3_errmsg (db->handle) : "not open");
  return FALSE;
}

static void
statement_free (gpointer data)
{
  JtStatement *statement = data;

  sqlite3_finalize (statement->stmt);
  g_free (statement);
}

void
jt_db_close (JtDb *db)
{
  if (db == NULL)
    return;
  g_hash_table_unref (db->statements);
  sqlite3_close (db->handle);
  g_free (db);
}

gboolean
jt_db_execute (JtDb *db, const char *text, GError **error)
{
  int result = sqlite3_exec (db->handle, text, NULL, NULL, NULL);

  return result == SQLITE_OK || set_error (db, result, error);
}

static int
check_deadline_cb (void *data)
{
  JtDb *db = data;

  return db->deadline_usec != 0 && g_get_monotonic_time () > db->deadline_usec;
}

void
jt_db_set_deadline (JtDb *db, gint64 monotonic_usec)
{
  db->deadline_usec = monotonic_usec;
}

void
jt_db_set_scanning (JtDb *db, gboolean is_scanning)
{
  jt_db_execute (db, is_scanning ? SCANNING_CACHE_SETTING : CACHE_SETTING, NULL);
}

/* Nobody asks how much memory SQLite uses, and each allocation would take a lock to count it. */
static gpointer
configure_once (gpointer data)
{
  sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
  return NULL;
}

JtDb *
jt_db_open (const char *path, gboolean is_writer, GError **error)
{
  static const char writer_settings[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                                        "PRAGMA secure_delete = OFF; PRAGMA journal_size_limit = 16777216;"
                                        "PRAGMA wal_autocheckpoint = 1000;";
  static const char settings[] = "PRAGMA trusted_schema = OFF; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;" CACHE_SETTING;
  static GOnce once = G_ONCE_INIT;
  g_autoptr (JtDb) db = g_new0 (JtDb, 1);
  int flags = (is_writer ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
  int result;

  g_once (&once, configure_once, NULL);
  db->statements = g_hash_table_new_full (NULL, NULL, NULL, statement_free);
  result = sqlite3_open_v2 (path, &db->handle, flags, NULL);
  if (result != SQLITE_OK)
    {
      set_error (db, result, error);
      g_prefix_error (error, "could not open %s: ", path);
      return NULL;
    }
  sqlite3_extended_result_codes (db->handle, 1);
  sqlite3_db_config (db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (db->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
  sqlite3_db_config (db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
  sqlite3_busy_timeout (db->handle, 5000);
  sqlite3_progress_handler (db->handle, PROGRESS_STEPS, check_deadline_cb, db);
  if (!jt_db_execute (db, settings, error) || (is_writer && !jt_db_execute (db, writer_settings, error)))
    {
      g_prefix_error (error, "could not open %s: ", path);
      return NULL;
    }
  return g_steal_pointer (&db);
}

gint64
jt_db_query_number (JtDb *db, const JtSql *sql, gint64 fallback)
{
  sqlite3_stmt *stmt = NULL;
  gint64 value = fallback;

  if (sqlite3_prepare_v2 (db->handle, sql->text, -1, &stmt, NULL) == SQLITE_OK && sqlite3_step (stmt) == SQLITE_ROW)
    value = sqlite3_column_int64 (stmt, 0);
  sqlite3_finalize (stmt);
  return value;
}

char *
jt_db_query_text (JtDb *db, const JtSql *sql)
{
  sqlite3_stmt *stmt = NULL;
  char *value = NULL;

  if (sqlite3_prepare_v2 (db->handle, sql->text, -1, &stmt, NULL) == SQLITE_OK && sqlite3_step (stmt) == SQLITE_ROW)
    value = g_strdup ((const char *) sqlite3_column_text (stmt, 0));
  sqlite3_finalize (stmt);
  return value;
}

static gboolean
run_migrations (JtDb *db, const char *const *migrations, JtDbUpgradeFunc upgrade, gint64 version, GError **error)
{
  g_autofree char *finish = NULL;
  gint64 wanted = version;

  if (!jt_db_execute (db, "BEGIN IMMEDIATE", error))
    return FALSE;
  for (; migrations[wanted] != NULL; wanted++)
    if (!jt_db_execute (db, migrations[wanted], error))
      return FALSE;
  if (version > 0 && !upgrade (db, version, error))
    return FALSE;
  finish = g_strdup_printf ("PRAGMA user_version = %" G_GINT64_FORMAT "; PRAGMA application_id = %d; COMMIT", wanted, APPLICATION_ID);
  return jt_db_execute (db, finish, error);
}

gboolean
jt_db_migrate (JtDb *db, const char *const *migrations, JtDbUpgradeFunc upgrade, const char *path, GError **error)
{
  gint64 version = jt_db_query_number (db, JT_SQL ("PRAGMA user_version"), -1);
  gint64 owner = jt_db_query_number (db, JT_SQL ("PRAGMA application_id"), -1);
  gint64 n_tables = jt_db_query_number (db, JT_SQL ("SELECT count (*) FROM sqlite_schema"), -1);
  gint64 known = 0;

  while (migrations[known] != NULL)
    known++;
  /* What somebody else made, of whatever version, is not ours to migrate. */
  if (version < 0 || n_tables < 0 || (n_tables > 0 && owner != APPLICATION_ID))
    {
      g_set_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE,
                   "%s is no record of this service, or damaged; it is left as it is: restore it from a backup, or move it away", path);
      return FALSE;
    }
  if (version > known)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE,
                   "%s has schema %" G_GINT64_FORMAT ", this build knows %" G_GINT64_FORMAT "; install the newer version again", path, version,
                   known);
      return FALSE;
    }
  if (version == known || run_migrations (db, migrations, upgrade, version, error))
    return TRUE;
  jt_db_execute (db, "ROLLBACK", NULL);
  g_prefix_error (error, "could not bring %s to schema %" G_GINT64_FORMAT ": ", path, known);
  return FALSE;
}

guint64
jt_db_count_steps (JtDb *db)
{
  GHashTableIter iter;
  gpointer statement;
  guint64 steps = 0;

  g_hash_table_iter_init (&iter, db->statements);
  while (g_hash_table_iter_next (&iter, NULL, &statement))
    steps += (guint) sqlite3_stmt_status (((JtStatement *) statement)->stmt, SQLITE_STMTSTATUS_VM_STEP, 0);
  return steps;
}

guint
jt_db_get_changes (JtDb *db)
{
  return (guint) sqlite3_changes (db->handle);
}

gint64
jt_db_get_last_id (JtDb *db)
{
  return sqlite3_last_insert_rowid (db->handle);
}

JtStatement *
jt_db_prepare_sql (JtDb *db, const JtSql *sql, GError **error)
{
  JtStatement *statement = g_hash_table_lookup (db->statements, sql);
  int result;

  if (statement == NULL)
    {
      statement = g_new0 (JtStatement, 1);
      statement->db = db;
      result = sqlite3_prepare_v3 (db->handle, sql->text, -1, SQLITE_PREPARE_PERSISTENT, &statement->stmt, NULL);
      if (result != SQLITE_OK)
        {
          g_free (statement);
          set_error (db, result, error);
          return NULL;
        }
      g_hash_table_insert (db->statements, (gpointer) sql, statement);
    }
  sqlite3_reset (statement->stmt);
  sqlite3_clear_bindings (statement->stmt);
  statement->next_parameter = 1;
  return statement;
}

void
jt_statement_bind_int (JtStatement *statement, gint64 value)
{
  sqlite3_bind_int64 (statement->stmt, statement->next_parameter++, value);
}

void
jt_statement_bind_double (JtStatement *statement, double value)
{
  sqlite3_bind_double (statement->stmt, statement->next_parameter++, value);
}

void
jt_statement_bind_text (JtStatement *statement, const char *text)
{
  sqlite3_bind_text (statement->stmt, statement->next_parameter++, text, -1, SQLITE_TRANSIENT);
}

void
jt_statement_bind_blob (JtStatement *statement, gconstpointer data, gsize length)
{
  /* A null pointer would bind NULL, not an empty value. */
  sqlite3_bind_blob64 (statement->stmt, statement->next_parameter++, length == 0 ? "" : data, length, SQLITE_TRANSIENT);
}

gboolean
jt_statement_step (JtStatement *statement, GError **error)
{
  int result = sqlite3_step (statement->stmt);

  statement->next_column = 0;
  if (result == SQLITE_ROW)
    return TRUE;
  sqlite3_reset (statement->stmt);
  if (result != SQLITE_DONE)
    set_error (statement->db, result, error);
  return FALSE;
}

gboolean
jt_statement_run (JtStatement *statement, GError **error)
{
  int result = sqlite3_step (statement->stmt);

  sqlite3_reset (statement->stmt);
  return result == SQLITE_DONE || result == SQLITE_ROW || set_error (statement->db, result, error);
}

void
jt_statement_end (JtStatement *statement)
{
  sqlite3_reset (statement->stmt);
}

gint64
jt_statement_int (JtStatement *statement)
{
  return sqlite3_column_int64 (statement->stmt, statement->next_column++);
}

double
jt_statement_double (JtStatement *statement)
{
  return sqlite3_column_double (statement->stmt, statement->next_column++);
}

const char *
jt_statement_text (JtStatement *statement)
{
  return (const char *) sqlite3_column_text (statement->stmt, statement->next_column++);
}

gconstpointer
jt_statement_blob (JtStatement *statement, gsize *length)
{
  gconstpointer data = sqlite3_column_blob (statement->stmt, statement->next_column);

  *length = (gsize) sqlite3_column_bytes (statement->stmt, statement->next_column++);
  return data;
}
