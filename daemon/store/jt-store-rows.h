/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-db.h"
#include "jt-store.h"

/* Questions and their rows as values. On any thread that has the connection. */

JtStoreContents *jt_store_read_contents (JtDb *db, GError **error);
JtRun           *jt_store_read_run (JtDb *db, guint64 id, GError **error);
GPtrArray       *jt_store_read_runs (JtDb *db, const JtFilter *filter, guint64 before, guint limit, GError **error);
GPtrArray       *jt_store_read_events (JtDb *db, guint32 viewer, guint64 after, guint limit, GError **error);
JtSettings      *jt_store_read_revision (JtDb *db, guint64 job, guint64 revision, GError **error);
JtStoreRequest  *jt_store_read_request (JtDb *db, guint32 uid, const char *request_id, gint64 now_usec, GError **error);
