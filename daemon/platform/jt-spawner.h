/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* The one place that makes a process: `jobtracker-run --spawner`, by posix_spawn, which costs the same however large the daemon is.
 * Supervisors are forked from that small process, which costs a quarter of executing a program for each. Where it was killed or does
 * not answer, the next request starts another; the supervisors that it made live on. Blocks: for the pool. Safe in every thread. */
typedef struct _JtSpawner JtSpawner;

typedef struct
{
  int pidfd;   /* -1: not known, though the supervisor may be on its way */
  int pipe_fd; /* read end of the supervisor's pipe, non-blocking; -1 where pidfd is */
} JtSpawned;

/* The spawner at @path is started with the first request. @timeout_msec: to wait for an answer. */
JtSpawner *jt_spawner_new (const char *path, guint timeout_msec);
/* No request may be under way. */
void jt_spawner_free (JtSpawner *self);
/* Starts the supervisor of @attempt of @run in @folder_fd with @spec. FALSE: no process was made. */
gboolean jt_spawner_start (JtSpawner *self, int folder_fd, GByteArray *spec, guint64 run, guint attempt, JtSpawned *spawned,
                           GError **error);
