/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-executor.h"

/* What is done to the folders of many runs at once, on GIO's task threads: starts of jobs never wait for it. @owner: kept alive meanwhile.
 * @runs_fd: STATE/runs, the owner's. */

void jt_run_housekeeping_remove (gpointer owner, int runs_fd, GArray *runs, JtLogsRemovedFunc removed, gpointer user_data);
void jt_run_housekeeping_list (gpointer owner, int runs_fd, guint64 from, JtFoldersFunc listed, gpointer user_data);
