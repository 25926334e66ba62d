/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-job.h"

/* One committed change as subscribers see it. Kept for replay (the last 100 000). */

typedef enum
{
  JT_EVENT_JOB_ADDED,
  JT_EVENT_JOB_CHANGED,  /* on the bus: PropertiesChanged of the job */
  JT_EVENT_JOB_REMOVED,
  JT_EVENT_RUN_STARTED,
  JT_EVENT_RUN_CHANGED,
  JT_EVENT_RUN_FINISHED,
} JtEventKind;

typedef struct
{
  gatomicrefcount ref_count;
  guint64     sequence;  /* the rising id; given by the store at the commit, 0 for what is not durable */
  JtEventKind kind;
  gint64      at_usec;
  guint64     job;
  guint64     run;       /* 0: about the job */
  guint32     owner;     /* uid of the job's owner: who may see it */
  JtRun      *value;     /* (owned) (nullable) of events about runs: what it was then */
  JtJob      *about;     /* (owned) (nullable) of events about jobs, while they are new: what it was then */
  JtJobStatus *status;   /* (owned) (nullable) and its status */
  GVariant   *what;      /* (owned) (nullable) see jt_event_get_what() */
} JtEvent;

/* About a job, as it was. @what: its row. */
JtEvent *jt_event_new (JtEventKind kind, gint64 at_usec, guint64 job, guint32 owner, GVariant *what);
/* About @job, as it is now. */
JtEvent *jt_event_new_for_job (JtEventKind kind, gint64 at_usec, JtJob *job, const JtJobStatus *status);
/* About @run, as it is now. */
JtEvent *jt_event_new_for_run (JtEventKind kind, gint64 at_usec, JtRun *run);
/* a{sv}: the row, as ListJobs or ListRuns would answer it. Made when it is first asked for, which is never while nobody listens.
 * Borrowed. Main loop only. */
GVariant *jt_event_get_what (JtEvent *event);
/* The same, made for the caller alone, in any thread. (transfer full) */
GVariant *jt_event_make_what (const JtEvent *event);
JtEvent *jt_event_ref (JtEvent *event);
void     jt_event_unref (JtEvent *event);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtEvent, jt_event_unref)
