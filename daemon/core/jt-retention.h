/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* How long history is kept. 0: no limit. */

typedef struct
{
  guint64 keep_runs;             /* of one job, but for the newest */
  guint64 keep_for_usec;         /* runs, since they ended */
  guint64 keep_logs;             /* of one job's runs that did well, and as many of those that did not */
  guint64 keep_logs_for_usec;    /* logs of runs that did well */
  guint64 keep_failed_logs_for_usec;
  guint64 max_runs;              /* of all jobs; the newest JT_RETENTION_LEAST of each stay all the same */
  guint64 max_logs;              /* of all jobs, of each of the two kinds */
  guint64 max_log_bytes_per_job;
  guint64 max_log_bytes;
} JtRetention;

#define JT_RETENTION_LEAST 10
/* Jobs looked at in one slice. */
#define JT_RETENTION_JOBS 500

/* A run that has had its time, or its log. */
typedef struct
{
  guint64  run;
  gboolean only_log;
} JtExpired;
