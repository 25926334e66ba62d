/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* The log of one tracked run on disk, kept up to a size: `log` takes the first half, and what comes after goes into two files that
 * take turns, so that the end is always there; the one is dropped when the other is full. When the run ends they become one, with a
 * line that says how much is not there. All that matters is in the files: a service that comes back goes on with them. Blocking;
 * from any thread, calls about one run follow one another. */

typedef struct
{
  guint64 size_bytes;    /* of the file */
  guint64 dropped_bytes; /* of output that is not kept */
} JtLogMeasure;

/* @lines: whole CRI lines. What the disk refused is dropped, and counted in @measure. */
void jt_log_writer_append (int runs_fd, guint64 run, guint64 max_bytes, const char *lines, gsize length, JtLogMeasure *measure);
/* @lost_bytes: of output that was dropped on its way here; @measure counts all. */
void jt_log_writer_finish (int runs_fd, guint64 run, guint64 lost_bytes, JtLogMeasure *measure);
/* How much output CRI lines carry. Pure. */
guint64 jt_log_count_output (const char *lines, gsize length);
