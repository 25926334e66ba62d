/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-db.h"
#include "jt-store.h"

/* Statistics as they are written: a rollup for each (job, hour), (job, day), (owner, hour) and (owner, day), UTC, by when runs
 * ended. They are only ever added to: whatever becomes of the runs, a total stays what it was. */

/* What a group of changes adds, so that each rollup is read and written once for all of them. */
typedef struct _JtRollupDelta JtRollupDelta;

JtRollupDelta *jt_rollup_delta_new (void);
void     jt_rollup_delta_free (JtRollupDelta *delta);
void     jt_rollup_delta_add (JtRollupDelta *delta, const JtSample *sample);
void     jt_rollup_delta_clear (JtRollupDelta *delta);
/* Adds it to what is on record, and clears it. In a transaction. */
gboolean jt_rollup_delta_write (JtRollupDelta *delta, JtDb *db, GError **error);
