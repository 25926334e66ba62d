/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-tracker.h"

/* Reads the filter of list calls and of Subscribe (a{sv}) into a JtFilter: every key known, of its type, and within
 * its limits. A job is given as `NAME`, `OWNER/NAME`, id or object path, an owner as name or uid, states and triggers
 * as one word or a list. Pure but for the look-up of names in the tracker. */

/* Which keys a call takes beside job, owner and tag. */
typedef enum
{
  JT_FILTER_JOBS,      /* health, limit, after */
  JT_FILTER_ACTIVE,    /* state, trigger, since, until, limit, after */
  JT_FILTER_RUNS,      /* state, trigger, since, until */
  JT_FILTER_SUBSCRIBE, /* state, trigger, after (a sequence: read by the caller) */
  JT_FILTER_STATISTICS /* since, until, by (read by the caller) */
} JtFilterUse;

#define JT_FILTER_MAX_LIMIT 5000

/* (transfer full) */
JtFilter *jt_filter_read (JtTracker *tracker, guint32 viewer, const char *viewer_name, GVariant *dict, JtFilterUse use,
                          GError **error);
/* "NAME" (the viewer's own) or "OWNER/NAME"; (nullable): none that the viewer may see. Borrowed. */
const JtJobEntry *jt_filter_find_job (JtTracker *tracker, guint32 viewer, const char *viewer_name, const char *name);
/* What @filter asks for, as a string that is equal for equal filters. (transfer full) */
char *jt_filter_fingerprint (const JtFilter *filter);
