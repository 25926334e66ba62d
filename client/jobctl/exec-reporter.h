/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jobctl.h"

/* Tells the service about a run that goes on here, without ever holding it up: one call for log text is on its way at a time, and
 * what does not fit meanwhile is left out and said. On the default main context. */

typedef struct _ExecReporter ExecReporter;

typedef void (*ExecEndedFunc) (gpointer user_data);

/* @run_path: borrowed. @ended: the run was ended from elsewhere. */
ExecReporter *exec_reporter_new (Context *context, const char *run_path, ExecEndedFunc ended, gpointer user_data);
void exec_reporter_free (ExecReporter *reporter);
void exec_reporter_add_text (ExecReporter *reporter, gboolean is_stderr, const char *bytes, gsize length);
void exec_reporter_set_progress (ExecReporter *reporter, double fraction, const char *text);
/* Sends what is left and the end; waits for the answers. */
gboolean exec_reporter_finish (ExecReporter *reporter, const char *state, GVariant *details, GError **error);
