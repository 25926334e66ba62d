/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-run.h"
#include "jt-settings.h"

/* A job as one revision defines it, and beside it what its runs have made of it. JtJob is reference-counted
 * and immutable once shared: to change one, copy, change the copy, share that. There may be a hundred thousand of each, so the
 * fields stand in an order that leaves no gaps. */

typedef enum
{
  JT_ORIGIN_API,
  JT_ORIGIN_FILE,
  JT_ORIGIN_TRACKED,
  JT_ORIGIN_UNIT,
} JtOrigin;

typedef struct
{
  gatomicrefcount ref_count;
  guint32     owner;           /* uid */
  guint64     id;
  guint64     revision;        /* rises by one with each change of settings, from 1 */
  char       *owner_name;
  char       *name;
  char       *origin_path;     /* (nullable) the job file */
  gint64      created_usec;
  gint64      revised_usec;    /* when this revision was made */
  guint64     seed;            /* random, for jitter; never changes */
  JtOrigin    origin;
  JtSettings *settings;        /* (owned) */
} JtJob;

#define JT_JOB_RECENT 24

/* What changes with every run; kept in memory by core, stored with the change that made it true. */
typedef struct
{
  gint64     next_elapse_usec;  /* 0: none */
  gint64     cursor_usec;       /* occurrences up to here are settled */
  gint64     due_usec;          /* when the latest of them was due: none is before the one before it */
  guint64    last_run;          /* 0: none */
  gint64     last_finished_usec;
  gint64     last_duration_usec;
  gint64     typical_duration_usec; /* moving average of successes, 0 unknown */
  gint64     muted_until_usec;  /* 0: not muted */
  gint64     checked_in_usec;   /* when a run last began (if that is expected) or ended, or since when check-ins are expected */
  gint64     begun_usec;        /* when a run last began, for start-grace; 0 unknown */
  gint64     turned_usec;       /* when it last turned from good to failing or back; 0: it has had no result yet */
  gint64     phase_usec;        /* and how long what it ended had lasted, -1 unknown; not stored */
  gint64     late_since_usec;   /* the check-in that was due then has not come; 0: none is */
  gint32     streak;            /* successes positive, failures negative */
  JtRunState last_state;        /* of last_run, final */
  int        turn;              /* whether the latest run turned it: -1 began to fail, +1 recovered, 0 neither; not stored */
  char       recent[JT_JOB_RECENT + 1]; /* final states of the latest runs, oldest first, one letter each (jt_run_state_to_letter) */
} JtJobStatus;

JtJob *jt_job_new (void); /* all zero, one reference */
JtJob *jt_job_copy (const JtJob *job);
JtJob *jt_job_ref (JtJob *job);
void   jt_job_unref (JtJob *job);

const char *jt_origin_to_string (JtOrigin origin);
gboolean    jt_origin_from_string (const char *text, JtOrigin *origin);
/* "new", "ok", "failing", "late", "paused": of an enabled or disabled job with this status. */
const char *jt_job_get_health (const JtJob *job, const JtJobStatus *status);
/* The instant at which @job is late if nothing is heard before: G_MAXINT64 when nothing is expected. @is_begin: (out) (nullable) set
 * when it is the begin of a run that is due then (start-grace), not its end. @is_begun: a run of it is under way. */
gint64 jt_job_get_expected (const JtJob *job, const JtJobStatus *status, gboolean is_begun, gboolean *is_begin);
/* Word has come: nothing is late any more. */
void jt_job_status_take_check_in (JtJobStatus *status, gint64 at_usec, gboolean is_begin);
/* Takes a run's final state into the status: last_*, streak, typical duration, recent. */
void jt_job_status_take_run (JtJobStatus *status, const JtRun *run);
/* The row of ListJobs and of signals: property names in kebab-case, plus `recent s`, `last-duration t`, `tags as`,
 * `command s` (as shown to people), `path o`. Floating a{sv}. */
GVariant *jt_job_to_variant (const JtJob *job, const JtJobStatus *status);
/* All D-Bus properties of the Job interface, by their D-Bus names. Floating a{sv}. */
GVariant *jt_job_to_properties (const JtJob *job, const JtJobStatus *status);
/* Those of them that change with its runs; the rest change with its revision. Floating a{sv}. */
GVariant *jt_job_to_status_properties (const JtJob *job, const JtJobStatus *status);
char     *jt_job_path (guint64 id);                                /* (transfer full) object path */
gboolean  jt_job_id_from_path (const char *path, guint64 *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtJob, jt_job_unref)
