/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* What a supervisor leaves behind when it is killed: a job that nobody watches. For the executor's pool. */

/* Field 22 of /proc/PID/stat, 0 when there is no such process. */
guint64 jt_process_read_start_time (gint32 pid);
/* SIGKILL to the session that the job's main process leads, if it is still that process; nothing is done to another. */
void jt_orphan_kill (gint32 pid, guint64 start_time);
