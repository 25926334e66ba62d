/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

#include "jt-job.h"

/* Starts, follows, stops attempts. The seam behind which other engines stand. Core calls start only after
 * `starting` is durable; everything the executor learns comes back by signal, on the main loop, in order, and each
 * attempt ends in exactly one "ended". Main loop only; what blocks (files, accounts) is done on its pool.
 *
 * Signals:
 *   "started" (guint64 run, guint attempt, JtAttemptReport *report)   the supervisor has written `started`
 *   "ended"   (guint64 run, guint attempt, JtAttemptReport *report)   how it ended; core records it, then calls forget
 *   "log-closed" (guint64 run)                                        the log of a tracked run gets no longer */

typedef enum
{
  JT_END_RESULT,        /* exit_code or signal are known; timed_out, stopped tell why */
  JT_END_START_FAILED,  /* the job never ran: report->reason says why ("no such user", "cannot execute /x: …", three spawns) */
  JT_END_LOST,          /* report->reason: "start-unknown", "exit-unknown" */
  JT_END_ABANDONED,     /* given up before it ran (jt_executor_abandon) */
} JtAttemptEnd;

typedef struct
{
  gint64       started_usec;    /* 0 unknown */
  gint32       pid;
  guint64      pid_start_time;
  guint64      log_offset;
  /* "ended" only */
  JtAttemptEnd end;
  gint64       finished_usec;   /* by the supervisor's clock; 0 unknown */
  gint32       exit_code;       /* -1 */
  gint32       signal;
  gboolean     timed_out;
  gboolean     was_stopped;     /* after jt_executor_stop */
  guint64      cpu_usec;
  guint64      memory_peak_bytes;
  guint64      log_size_bytes;  /* of the run's log now */
  guint64      log_dropped_bytes;
  const char  *reason;          /* (nullable) */
} JtAttemptReport;

/* What became of the log of a tracked run. */
typedef struct
{
  guint64 size_bytes;    /* of the file */
  guint64 dropped_bytes; /* beyond its limit, exact */
} JtTrackedLog;

/* @log NULL: nothing was appended in this life of the service. */
typedef void (*JtLogClosedFunc) (const JtTrackedLog *log, gpointer user_data);

typedef void (*JtLogsRemovedFunc) (gpointer user_data);

/* @runs: (element-type guint64) those that have a folder; @next: where to go on, 0 behind the last. */
typedef void (*JtFoldersFunc) (GArray *runs, guint64 next, gpointer user_data);

#define JT_TYPE_EXECUTOR (jt_executor_get_type ())
G_DECLARE_INTERFACE (JtExecutor, jt_executor, JT, EXECUTOR, GObject)

struct _JtExecutorInterface
{
  GTypeInterface parent;
  void (*start) (JtExecutor *self, JtRun *run, JtSettings *settings);
  void (*recover) (JtExecutor *self, JtRun *run, JtSettings *settings, gboolean same_boot);
  void (*stop) (JtExecutor *self, guint64 run, guint attempt);
  void (*abandon) (JtExecutor *self, guint64 run, guint attempt);
  gboolean (*send_signal) (JtExecutor *self, guint64 run, guint attempt, int signal_number, GError **error);
  void (*forget) (JtExecutor *self, guint64 run, guint attempt);
  void (*remove_logs) (JtExecutor *self, GArray *runs, JtLogsRemovedFunc removed, gpointer user_data);
  void (*list_folders) (JtExecutor *self, guint64 from, JtFoldersFunc listed, gpointer user_data);
  void (*seal_log) (JtExecutor *self, guint64 run, guint64 size_bytes);
  void (*track_log) (JtExecutor *self, guint64 run, guint64 max_bytes, gboolean may_exist);
  gboolean (*append_log) (JtExecutor *self, guint64 run, gboolean is_stderr, GBytes *text, GError **error);
  void (*close_log) (JtExecutor *self, guint64 run, gboolean keeps, JtLogClosedFunc closed, gpointer user_data);
  void (*open_log_async) (JtExecutor *self, JtRun *run, GVariant *options, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
  int (*open_log_finish) (JtExecutor *self, GAsyncResult *result, GError **error);
};

/* Starts the current attempt of @run (state `starting`, committed): makes its state file, spawns the supervisor. */
void jt_executor_start (JtExecutor *self, JtRun *run, JtSettings *settings);
/* At start of the service, for an attempt found `starting` or `running`: the recovery table of the design
 * (adopt; record; lost; spawn again). Ends in "started"/"ended" like a start. @same_boot: the attempt's boot id is this boot's. */
void jt_executor_recover (JtExecutor *self, JtRun *run, JtSettings *settings, gboolean same_boot);
/* TERM, grace, KILL to all that the attempt started (by the supervisor). "ended" follows. Repeated calls are harmless. */
void jt_executor_stop (JtExecutor *self, guint64 run, guint attempt);
/* Gives up an attempt that may still be on its way: "ended" with JT_END_ABANDONED if it never ran; if it runs already, as stop. */
void jt_executor_abandon (JtExecutor *self, guint64 run, guint attempt);
/* Passes a signal on to the main process (SIGRTMIN with value to the supervisor). */
gboolean jt_executor_send_signal (JtExecutor *self, guint64 run, guint attempt, int signal_number, GError **error);
/* The end is durable: the attempt's state file may go. The log stays. */
void jt_executor_forget (JtExecutor *self, guint64 run, guint attempt);
/* Folder and all of runs that are over, (element-type guint64). Calls back when it is done. */
void jt_executor_remove_logs (JtExecutor *self, GArray *runs, JtLogsRemovedFunc removed, gpointer user_data);
/* What there is on the disk, some ids at a time, from @from on; in any order. */
void jt_executor_list_folders (JtExecutor *self, guint64 from, JtFoldersFunc listed, gpointer user_data);
/* The run is final, that is durable, and its log gets no longer: it may be compressed. Once more does no harm. */
void jt_executor_seal_log (JtExecutor *self, guint64 run, guint64 size_bytes);
/* Tracked runs have no supervisor: what their reporters append is written here, lines as they become whole, at most once a second
 * unless much has come. From now on until the close text is accepted and whoever follows the log waits. @max_bytes: so much of the
 * head and the tail is kept, what is between them is dropped and counted. @may_exist: text may have come before. */
void jt_executor_track_log (JtExecutor *self, guint64 run, guint64 max_bytes, gboolean may_exist);
/* JT_ERROR_OVERLOADED when the disk is so slow that too much waits already. */
gboolean jt_executor_append_log (JtExecutor *self, guint64 run, gboolean is_stderr, GBytes *text, GError **error);
/* Writes what waits and forgets the run; @keeps FALSE: the log is removed. Calls back exactly once: at once, from here, when
 * there is nothing to write. */
void jt_executor_close_log (JtExecutor *self, guint64 run, gboolean keeps, JtLogClosedFunc closed, gpointer user_data);
/* Options of OpenLog, already checked: follow b, from t, stream s, tail t, attempt u, raw b. A readable descriptor (the caller owns it).
 * @run: follow ends when the run's log is closed (no lock held and the state final). */
void jt_executor_open_log_async (JtExecutor *self, JtRun *run, GVariant *options, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
int  jt_executor_open_log_finish (JtExecutor *self, GAsyncResult *result, GError **error);
/* For implementations. */
void jt_executor_emit_started (JtExecutor *self, guint64 run, guint attempt, const JtAttemptReport *report);
void jt_executor_emit_ended (JtExecutor *self, guint64 run, guint attempt, const JtAttemptReport *report);
void jt_executor_emit_log_closed (JtExecutor *self, guint64 run);
