/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-change.h"
#include "jt-db.h"
#include "jt-store-rollups.h"

/* Makes changes true inside a transaction, and forgets what has become old. On the writer's thread. */

/* One change in a SAVEPOINT of its own: refused (JT_ERROR_EXISTS), it leaves nothing behind. */
gboolean jt_store_apply_change (JtDb *db, JtChange *change, gint64 now_usec, JtRollupDelta *rollups, GError **error);
/* A slice of housekeeping: at most @limit each of events beyond @keep_events, requests older than a week, occurrences
 * older than 400 days. */
gboolean jt_store_prune (JtDb *db, gint64 now_usec, gint64 keep_events, guint limit, GError **error);
