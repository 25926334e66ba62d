/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* The kept log of a run, read by position, whether it is a plain file or was compressed meanwhile. What is compressed is unpacked as
 * it is read: it takes the room of one window in memory, however long it is, and none on the disk. Everything here touches the
 * disk; one thread at a time. */

typedef struct _JtLogSource JtLogSource;

/* @creates: an empty plain file where there is none. NULL with errno, ENOENT and the like where there is no log. */
JtLogSource *jt_log_source_open (int folder_fd, gboolean creates);
void         jt_log_source_free (JtLogSource *source);
/* How many bytes from @position on came, 0 at the end. Read in order it costs least: going back begins anew. */
gsize        jt_log_source_read (JtLogSource *source, guint64 position, char *bytes, gsize length);
/* Whether reading met something that is no compressed log, or is cut short: what came before is good, and what would come behind is lost. */
gboolean     jt_log_source_is_damaged (const JtLogSource *source);
/* Of the file, to watch it. */
int          jt_log_source_get_fd (const JtLogSource *source);
