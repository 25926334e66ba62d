/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-clock.h"

/* How often a uid may call: a token bucket each, full at first. The clock's steps back neither give nor take; uids that have
 * been quiet are forgotten, so the table stays small. Main loop only. */

typedef struct _JtBuckets JtBuckets;

JtBuckets *jt_buckets_new (JtClock *clock);
void       jt_buckets_free (JtBuckets *self);
/* 0 a second: no limit. */
void       jt_buckets_configure (JtBuckets *self, guint per_second, guint burst);
/* FALSE when @uid has used up its share; uid 0 has no limit. */
gboolean   jt_buckets_take (JtBuckets *self, guint32 uid);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtBuckets, jt_buckets_free)
