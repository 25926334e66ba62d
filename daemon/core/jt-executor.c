/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-executor.h"

G_DEFINE_INTERFACE (JtExecutor, jt_executor, G_TYPE_OBJECT)

enum
{
  SIGNAL_STARTED,
  SIGNAL_ENDED,
  SIGNAL_LOG_CLOSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
jt_executor_default_init (JtExecutorInterface *iface)
{
  signals[SIGNAL_STARTED] = g_signal_new ("started", JT_TYPE_EXECUTOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 3, G_TYPE_UINT64, G_TYPE_UINT, G_TYPE_POINTER);
  signals[SIGNAL_ENDED] = g_signal_new ("ended", JT_TYPE_EXECUTOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 3, G_TYPE_UINT64, G_TYPE_UINT, G_TYPE_POINTER);
  signals[SIGNAL_LOG_CLOSED] = g_signal_new ("log-closed", JT_TYPE_EXECUTOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                             G_TYPE_NONE, 1, G_TYPE_UINT64);
}

void
jt_executor_start (JtExecutor *self, JtRun *run, JtSettings *settings)
{
  JT_EXECUTOR_GET_IFACE (self)->start (self, run, settings);
}

void
jt_executor_recover (JtExecutor *self, JtRun *run, JtSettings *settings, gboolean same_boot)
{
  JT_EXECUTOR_GET_IFACE (self)->recover (self, run, settings, same_boot);
}

void
jt_executor_stop (JtExecutor *self, guint64 run, guint attempt)
{
  JT_EXECUTOR_GET_IFACE (self)->stop (self, run, attempt);
}

void
jt_executor_abandon (JtExecutor *self, guint64 run, guint attempt)
{
  JT_EXECUTOR_GET_IFACE (self)->abandon (self, run, attempt);
}

gboolean
jt_executor_send_signal (JtExecutor *self, guint64 run, guint attempt, int signal_number, GError **error)
{
  return JT_EXECUTOR_GET_IFACE (self)->send_signal (self, run, attempt, signal_number, error);
}

void
jt_executor_forget (JtExecutor *self, guint64 run, guint attempt)
{
  JT_EXECUTOR_GET_IFACE (self)->forget (self, run, attempt);
}

void
jt_executor_remove_logs (JtExecutor *self, GArray *runs, JtLogsRemovedFunc removed, gpointer user_data)
{
  JT_EXECUTOR_GET_IFACE (self)->remove_logs (self, runs, removed, user_data);
}

void
jt_executor_list_folders (JtExecutor *self, guint64 from, JtFoldersFunc listed, gpointer user_data)
{
  JT_EXECUTOR_GET_IFACE (self)->list_folders (self, from, listed, user_data);
}

void
jt_executor_seal_log (JtExecutor *self, guint64 run, guint64 size_bytes)
{
  JT_EXECUTOR_GET_IFACE (self)->seal_log (self, run, size_bytes);
}

void
jt_executor_track_log (JtExecutor *self, guint64 run, guint64 max_bytes, gboolean may_exist)
{
  JT_EXECUTOR_GET_IFACE (self)->track_log (self, run, max_bytes, may_exist);
}

gboolean
jt_executor_append_log (JtExecutor *self, guint64 run, gboolean is_stderr, GBytes *text, GError **error)
{
  return JT_EXECUTOR_GET_IFACE (self)->append_log (self, run, is_stderr, text, error);
}

void
jt_executor_close_log (JtExecutor *self, guint64 run, gboolean keeps, JtLogClosedFunc closed, gpointer user_data)
{
  JT_EXECUTOR_GET_IFACE (self)->close_log (self, run, keeps, closed, user_data);
}

void
jt_executor_open_log_async (JtExecutor *self, JtRun *run, GVariant *options, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JT_EXECUTOR_GET_IFACE (self)->open_log_async (self, run, options, c, cb, data);
}

int
jt_executor_open_log_finish (JtExecutor *self, GAsyncResult *result, GError **error)
{
  return JT_EXECUTOR_GET_IFACE (self)->open_log_finish (self, result, error);
}

void
jt_executor_emit_started (JtExecutor *self, guint64 run, guint attempt, const JtAttemptReport *report)
{
  g_signal_emit (self, signals[SIGNAL_STARTED], 0, run, attempt, report);
}

void
jt_executor_emit_ended (JtExecutor *self, guint64 run, guint attempt, const JtAttemptReport *report)
{
  g_signal_emit (self, signals[SIGNAL_ENDED], 0, run, attempt, report);
}

void
jt_executor_emit_log_closed (JtExecutor *self, guint64 run)
{
  g_signal_emit (self, signals[SIGNAL_LOG_CLOSED], 0, run);
}
