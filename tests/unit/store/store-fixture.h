/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-sqlite-store.h"

/* A store in a folder of its own under a clock turned by hand, and its questions asked as if they were synchronous. */

typedef struct
{
  char    *directory;
  char    *path; /* of the database file */
  JtClock *clock;
  JtStore *store;
} StoreFixture;

#define FIXTURE_START_USEC G_GINT64_CONSTANT (1700000000000000)
#define DAY_USEC (24 * 3600 * (gint64) G_USEC_PER_SEC)

void store_fixture_set_up (StoreFixture *fixture, gconstpointer data);
void store_fixture_tear_down (StoreFixture *fixture, gconstpointer data);
/* Closes the store and makes a new one on the same folder, not loaded yet. */
void store_fixture_reopen (StoreFixture *fixture);

JtStoreContents *store_fixture_load (StoreFixture *fixture, GError **error);
gboolean         store_fixture_commit (StoreFixture *fixture, JtChange *change, GError **error);
JtStoreRequest  *store_fixture_find_request (StoreFixture *fixture, guint32 uid, const char *id);
JtRun           *store_fixture_get_run (StoreFixture *fixture, guint64 id, GError **error);
GPtrArray       *store_fixture_list_runs (StoreFixture *fixture, const JtFilter *filter, guint64 before, guint limit);
GPtrArray       *store_fixture_list_events (StoreFixture *fixture, guint32 viewer, guint64 after, guint limit, GError **error);
JtSettings      *store_fixture_get_revision (StoreFixture *fixture, guint64 job, guint64 revision, GError **error);

/* Loads, must succeed, and forgets what was in it. */
void   store_fixture_open (StoreFixture *fixture);
/* Commits, must succeed. */
void   store_fixture_put (StoreFixture *fixture, JtChange *change);
JtJob *store_fixture_make_job (guint64 id, guint32 owner, const char *name, const char *tag);
JtRun *store_fixture_make_run (guint64 id, guint64 job, guint32 owner, const char *name, JtRunState state);
JtEvent *store_fixture_make_event (guint64 job, guint32 owner);
