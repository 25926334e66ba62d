/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-clock.h"
#include "jt-store.h"

/* The record in one SQLite file. One thread owns the connection that writes: it takes all that has queued up as one group,
 * commits it as one transaction, and only then are the answers given, on the main loop, in order. History is read by a small pool
 * with connections of its own that can only read. That no second service uses the directory is the daemon's care: it holds a lock there. */

#define JT_TYPE_SQLITE_STORE (jt_sqlite_store_get_type ())
G_DECLARE_FINAL_TYPE (JtSqliteStore, jt_sqlite_store, JT, SQLITE_STORE, GObject)

/* The file is @directory/jobtracker.db; it is opened by the first jt_store_load_async(). */
JtStore *jt_sqlite_store_new (const char *directory, JtClock *clock);
/* Writes what is queued, checkpoints, closes. Blocks; for the end of the program. */
void jt_sqlite_store_close (JtSqliteStore *self);

/* For tests: how many transactions there were, and a limit on the file's size (0: none) from the next opening on. */
guint jt_sqlite_store_get_n_transactions (JtSqliteStore *self);
void  jt_sqlite_store_set_max_pages (JtSqliteStore *self, guint max_pages);
