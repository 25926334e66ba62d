/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* The one place that makes a process: posix_spawn, which costs the same however large the daemon is. */

typedef struct
{
  GPid pid;
  int  pidfd;   /* -1: there was none to be had, though the supervisor runs */
  int  pipe_fd; /* read end of the supervisor's pipe, non-blocking */
} JtSpawned;

/* Starts the supervisor of @attempt of @run in @folder_fd with @spec. FALSE: no process was made. On the pool. */
gboolean jt_spawn_supervisor (const char *path, int folder_fd, GByteArray *spec, guint64 run, guint attempt, JtSpawned *spawned,
                              GError **error);
