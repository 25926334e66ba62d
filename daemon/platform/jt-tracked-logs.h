/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-executor.h"

/* The logs of tracked runs: what their reporters append, as CRI lines in the run's folder like any other log. Lines are
 * gathered here and written by a thread, at most once a second, unless much has come by then, and one write at a time per run; a
 * line that has no end yet waits for it. Main loop only. The rules are those of jt_executor_track_log() and its neighbours. */

typedef struct _JtTrackedLogs JtTrackedLogs;

/* @executor: (unowned) emits "log-closed". @runs_fd: STATE/runs, borrowed. */
JtTrackedLogs *jt_tracked_logs_new (JtExecutor *executor, int runs_fd);
/* What still waits is written, without calling back. */
void     jt_tracked_logs_free (JtTrackedLogs *self);
gboolean jt_tracked_logs_has (JtTrackedLogs *self, guint64 run);
void     jt_tracked_logs_add (JtTrackedLogs *self, guint64 run, guint64 max_bytes, gboolean may_exist);
gboolean jt_tracked_logs_append (JtTrackedLogs *self, guint64 run, gboolean is_stderr, GBytes *text, GError **error);
void     jt_tracked_logs_close (JtTrackedLogs *self, guint64 run, gboolean keeps, JtLogClosedFunc closed, gpointer user_data);
