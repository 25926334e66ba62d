/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-clock.h"
#include "jt-executor.h"

/* Runs attempts on this machine through jobtracker-run, by the start protocol of HACKING.md. What touches the disk or makes a
 * process is done by a small pool; what is learned is told on the main loop. */

#define JT_TYPE_LOCAL_EXECUTOR (jt_local_executor_get_type ())
G_DECLARE_FINAL_TYPE (JtLocalExecutor, jt_local_executor, JT, LOCAL_EXECUTOR, GObject)

JtExecutor *jt_local_executor_new (const char *state_directory, const char *supervisor_path, JtClock *clock, GError **error);
