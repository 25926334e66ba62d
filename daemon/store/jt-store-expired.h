/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-db.h"
#include "jt-store.h"

/* What history has had its time, found in slices: some jobs at a time, by their newest and oldest runs, and behind the last job
 * what is too much of all together. */

/* (transfer full) at most about @limit of them. */
JtStoreExpired *jt_store_read_expired (JtDb *db, const JtExpiryQuery *query, gint64 now_usec, guint limit, GError **error);
/* Which of @runs are over, and which are not on record. (transfer full) */
JtStoreKnown *jt_store_read_known (JtDb *db, GArray *runs, GError **error);
