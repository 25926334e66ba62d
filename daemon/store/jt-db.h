/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* One SQLite connection with its prepared statements: the only file that knows SQLite. A connection belongs to one thread at a
 * time. Errors are JT_ERROR_STORAGE_UNAVAILABLE, JT_ERROR_EXISTS for a broken uniqueness, JT_ERROR_OVERLOADED for a read that
 * took too long; no message shows a statement. */

typedef struct _JtDb JtDb;
typedef struct _JtStatement JtStatement;

/* @is_writer: creates the file, WAL, synchronous=FULL. Others are read-only. */
JtDb *jt_db_open (const char *path, gboolean is_writer, GError **error);
void  jt_db_close (JtDb *db);
/* Statements without results, separated by ';'. */
gboolean jt_db_execute (JtDb *db, const char *text, GError **error);
gint64   jt_db_query_number (JtDb *db, const char *text, gint64 fallback);
/* Text of the one value that @text gives. (transfer full) (nullable) */
char *jt_db_query_text (JtDb *db, const char *text);
/* Runs the migrations that the file lacks, all in one transaction. A file from the future is refused, untouched. */
gboolean jt_db_migrate (JtDb *db, const char *const *migrations, const char *path, GError **error);
/* A reading from one end to the other profits from no cache, and pages that it leaves there lie between what was made of them:
 * with @is_scanning the cache is as small as it can be. */
void jt_db_set_scanning (JtDb *db, gboolean is_scanning);
/* Reads longer than this end in JT_ERROR_OVERLOADED. 0: no limit. */
void jt_db_set_deadline (JtDb *db, gint64 monotonic_usec);
/* The rows changed by the last statement. */
guint jt_db_get_changes (JtDb *db);
gint64 jt_db_get_last_id (JtDb *db);

/* The prepared statement of @text (a constant), reset and unbound; made once for each connection. (transfer none) (nullable) with @error */
JtStatement *jt_db_prepare (JtDb *db, const char *text, GError **error);
/* Binds the next parameter. */
void jt_statement_bind_int (JtStatement *statement, gint64 value);
void jt_statement_bind_double (JtStatement *statement, double value);
void jt_statement_bind_text (JtStatement *statement, const char *text); /* (nullable) */
void jt_statement_bind_blob (JtStatement *statement, gconstpointer data, gsize length);
/* Runs to the end, without rows. */
gboolean jt_statement_run (JtStatement *statement, GError **error);
/* TRUE: there is a row. FALSE with no error: no more. */
gboolean jt_statement_step (JtStatement *statement, GError **error);
/* Columns are read in order, each call the next. */
gint64        jt_statement_int (JtStatement *statement);
double        jt_statement_double (JtStatement *statement);
const char   *jt_statement_text (JtStatement *statement); /* until the next step (nullable) */
gconstpointer jt_statement_blob (JtStatement *statement, gsize *length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtDb, jt_db_close)
