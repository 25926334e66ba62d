/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-job.h"

/* What a list call asks for, read from its a{sv} filter by service, applied by core (jobs, active runs)
 * and by store (history). Zero means "any". */

#define JT_ANY_OWNER G_MAXUINT32

typedef struct
{
  guint32 viewer;      /* uid of who asks: 0 sees all, others only what is theirs */
  guint32 owner;       /* JT_ANY_OWNER: any */
  guint64 job;         /* 0: any */
  char   *job_name;    /* (owned) (nullable) exact name, when given as a name that is no living job */
  char   *tag;         /* (owned) (nullable) */
  char   *health;      /* (owned) (nullable) of jobs, as jt_job_get_health() names it */
  guint32 states;      /* bit set 1 << JtRunState, 0: any */
  guint32 triggers;    /* bit set 1 << JtTrigger, 0: any */
  gint64  since_usec;  /* queued_usec >= since */
  gint64  until_usec;  /* queued_usec < until; 0: any */
  guint32 limit;       /* 0: the default */
  guint64 after;       /* ids above this one (ListJobs, ListActive) */
} JtFilter;

JtFilter *jt_filter_new (guint32 viewer);
void      jt_filter_free (JtFilter *filter);
gboolean  jt_filter_match_job (const JtFilter *filter, const JtJob *job);
/* Beside that; what jobs are like changes with their runs. */
gboolean  jt_filter_match_health (const JtFilter *filter, const JtJob *job, const JtJobStatus *status);
/* @settings: of the run's job, for the tag; (nullable) when a tag is not asked for. */
gboolean jt_filter_match_run (const JtFilter *filter, const JtRun *run, JtSettings *settings);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtFilter, jt_filter_free)
