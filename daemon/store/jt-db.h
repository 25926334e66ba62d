/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* One SQLite connection with its prepared statements: the only file that knows SQLite. A connection belongs to one thread at a
 * time. Errors are JT_ERROR_STORAGE_UNAVAILABLE, JT_ERROR_EXISTS for a broken uniqueness, JT_ERROR_OVERLOADED for a read that
 * took too long; no message shows a statement. */

typedef struct _JtDb JtDb;
typedef struct _JtStatement JtStatement;

/* The text of a statement. They are made by JT_SQL() alone, from a literal, and stand side by side in a section of the program: a
 * test walks along it and looks at the plan of each, so that none can be left out. */
typedef struct
{
  const char *text;
} JtSql;

#define JT_SQL(literal) \
  (G_GNUC_EXTENSION ({ static const JtSql sql_ __attribute__ ((section ("jt_sql"), used)) = { "" literal }; &sql_; }))

/* @is_writer: creates the file, WAL, synchronous=FULL. Others are read-only. */
JtDb *jt_db_open (const char *path, gboolean is_writer, GError **error);
void  jt_db_close (JtDb *db);
/* Statements that look for nothing (settings, the schema), separated by ';'. */
gboolean jt_db_execute (JtDb *db, const char *text, GError **error);
gint64   jt_db_query_number (JtDb *db, const JtSql *sql, gint64 fallback);
/* Text of the one value that @sql gives. (transfer full) (nullable) */
char *jt_db_query_text (JtDb *db, const JtSql *sql);
/* What a migration cannot say in SQL: called in its transaction, behind the statements, with the version that the file was of. */
typedef gboolean (*JtDbUpgradeFunc) (JtDb *db, gint64 from, GError **error);

/* Runs the migrations that the file lacks, all in one transaction. A file from the future is refused, untouched. */
gboolean jt_db_migrate (JtDb *db, const char *const *migrations, JtDbUpgradeFunc upgrade, const char *path, GError **error);
/* A reading from one end to the other profits from no cache, and pages that it leaves there lie between what was made of them:
 * with @is_scanning the cache is as small as it can be. */
void jt_db_set_scanning (JtDb *db, gboolean is_scanning);
/* Reads longer than this end in JT_ERROR_OVERLOADED. 0: no limit. */
void jt_db_set_deadline (JtDb *db, gint64 monotonic_usec);
/* What all prepared statements have cost so far, in steps of SQLite's machine: grows with the rows looked at, whatever the clock says. */
guint64 jt_db_count_steps (JtDb *db);
/* The rows changed by the last statement. */
guint jt_db_get_changes (JtDb *db);
gint64 jt_db_get_last_id (JtDb *db);

/* The prepared statement of @sql, reset and unbound; made once for each connection. (transfer none) (nullable) with @error */
JtStatement *jt_db_prepare_sql (JtDb *db, const JtSql *sql, GError **error);
#define jt_db_prepare(db, literal, error) jt_db_prepare_sql (db, JT_SQL (literal), error)
/* Binds the next parameter. */
void jt_statement_bind_int (JtStatement *statement, gint64 value);
void jt_statement_bind_double (JtStatement *statement, double value);
void jt_statement_bind_text (JtStatement *statement, const char *text); /* (nullable) */
void jt_statement_bind_blob (JtStatement *statement, gconstpointer data, gsize length);
/* Runs to the end, without rows. */
gboolean jt_statement_run (JtStatement *statement, GError **error);
/* TRUE: there is a row. FALSE with no error: no more. */
gboolean jt_statement_step (JtStatement *statement, GError **error);
/* Enough of it: the rows that are left are not asked for. */
void jt_statement_end (JtStatement *statement);
/* Columns are read in order, each call the next. */
gint64        jt_statement_int (JtStatement *statement);
double        jt_statement_double (JtStatement *statement);
const char   *jt_statement_text (JtStatement *statement); /* until the next step (nullable) */
gconstpointer jt_statement_blob (JtStatement *statement, gsize *length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtDb, jt_db_close)
