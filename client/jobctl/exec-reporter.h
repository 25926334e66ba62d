/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jobctl.h"

/* Tells the service about a run that goes on here, without ever holding it up: one call for log text is on its way at a time, what
 * the service could not take is sent again, and where more comes than can be sent the oldest is left out and said. On the default
 * main context. */

typedef struct _ExecReporter ExecReporter;

typedef void (*ExecCancelledFunc) (gpointer user_data);

/* @run_path: borrowed. @cancelled: somebody cancelled the run. That it ended otherwise, as when the service takes the reporter for
 * lost, is no reason to end anything. */
ExecReporter *exec_reporter_new (Context *context, const char *job, const char *run_path, ExecCancelledFunc cancelled, gpointer user_data);
void exec_reporter_free (ExecReporter *reporter);
void exec_reporter_add_text (ExecReporter *reporter, gboolean is_stderr, const char *bytes, gsize length);
void exec_reporter_set_progress (ExecReporter *reporter, double fraction, const char *text);
/* Sends what is left and the end; waits for the answers, but not for ever. */
gboolean exec_reporter_finish (ExecReporter *reporter, const char *state, GVariant *details, GError **error);
