/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* Logs that get no longer take less room: `log` becomes `log.zst` (RFC 8878), and JtLogSource reads it back. A crash in between leaves
 * `log` where it was; while both are there, `log` counts. */

#define JT_LOG_ARCHIVE_FILE "log.zst"

/* Below a block of the disk nothing is won. */
#define JT_LOG_ARCHIVE_LEAST_BYTES 4096

typedef struct _JtLogArchive JtLogArchive;

/* One thread of its own, so that starts of jobs never wait for it. @runs_fd: STATE/runs, borrowed. */
JtLogArchive *jt_log_archive_new (int runs_fd);
/* What is under way and what waits stays as it is. */
void jt_log_archive_free (JtLogArchive *archive);
/* The log of @run is closed for good. */
void jt_log_archive_add (JtLogArchive *archive, guint64 run);

/* Compresses the log in @folder_fd, if that is worth it. Blocks; @cancellable (nullable) ends it. */
gboolean jt_log_archive_pack (int folder_fd, GCancellable *cancellable);
