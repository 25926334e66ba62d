/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-executor.h"

/* Opens the log of a run for somebody: the bytes of its output (or the kept lines), filtered, behind a descriptor. A small log that is
 * asked for as it stands is a file in memory; what is larger, and what is followed, comes through a pipe that is filled as it is
 * emptied, so that one who never reads holds nothing but his place among 64. The disk is read on GIO's task threads only. */

#define JT_LOG_READER_MAX 64

/* Whether that attempt is still under way. Asked on the main loop. */
typedef gboolean (*JtLogActiveFunc) (guint64 run, guint attempt, gpointer user_data);

/* @owner: a JtExecutor, kept alive while the log is read. Options as in OpenLog, checked. Fails with JT_ERROR_OVERLOADED when too many are open. */
void jt_log_reader_open_async (GObject *owner, int runs_fd, JtRun *run, GVariant *options, JtLogActiveFunc is_active, gpointer active_data,
                               GCancellable *c, GAsyncReadyCallback cb, gpointer data);
int  jt_log_reader_open_finish (GAsyncResult *result, GError **error);
