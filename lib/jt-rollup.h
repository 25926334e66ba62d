/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-run.h"
#include "jt-sketch.h"

/* What statistics keep of runs: sums that only grow and can be added to each other, so that hours make days and jobs make users. */

/* What one final run adds. */
typedef struct
{
  gint64     at_usec;        /* when it ended */
  guint64    job;
  guint32    owner;
  JtRunState state;
  guint64    times;          /* how many occurrences it stands for */
  gint64     duration_usec;  /* of the last attempt; -1 unknown */
  gint64     lateness_usec;  /* started minus due; -1: it was not due */
  guint64    cpu_usec;
  guint64    memory_peak_bytes;
  guint32    retries;        /* attempts after the first */
  int        turn;           /* -1: the job begins to fail with it, +1: it recovers, 0 neither */
  gint64     phase_usec;     /* how long what a turn ends had lasted; -1 unknown */
  gint32     streak;         /* of the job with this run */
} JtSample;

/* Numbers of one kind. */
typedef struct
{
  guint64  sum;
  guint64  least;
  guint64  most;
  JtSketch sketch;
} JtMeasure;

typedef struct
{
  guint64   counts[JT_N_RUN_STATES];
  guint64   hours[24];          /* runs that took place, by the hour of the day in which they ended, UTC */
  guint64   retries;
  guint64   cpu_usec;           /* sum */
  guint64   cpu_count;          /* runs that told */
  guint64   memory_peak_bytes;  /* most */
  guint64   memory_sum_bytes;   /* of the runs that told */
  guint64   memory_count;
  guint64   episodes;           /* times that jobs began to fail */
  guint64   recoveries;
  guint64   up_usec;            /* spans that episodes ended, */
  guint64   up_count;           /* and how many of them are known */
  guint64   down_usec;          /* spans that recoveries ended */
  guint64   down_count;
  guint64   longest_success;    /* streaks that were seen */
  guint64   longest_failure;
  JtMeasure succeeded;          /* durations */
  JtMeasure failed;
  JtMeasure lateness;
} JtRollup;

JtRollup *jt_rollup_new (void);
void      jt_rollup_free (JtRollup *rollup);
void      jt_rollup_add (JtRollup *rollup, const JtSample *sample);
void      jt_rollup_merge (JtRollup *rollup, const JtRollup *other);
/* (transfer full) */
GByteArray *jt_rollup_encode (const JtRollup *rollup);
/* FALSE when the bytes are nonsense: @rollup is then what it was. */
gboolean  jt_rollup_merge_encoded (JtRollup *rollup, const guint8 *bytes, gsize length);
/* Runs in any final state. */
guint64   jt_rollup_count (const JtRollup *rollup);
/* Of the runs that succeeded or failed, -1 when there is none. */
double    jt_rollup_get_success_rate (const JtRollup *rollup);

/* What @run, final, tells by itself; turn, phase and streak are its job's to add. */
void jt_sample_from_run (JtSample *sample, const JtRun *run);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtRollup, jt_rollup_free)
