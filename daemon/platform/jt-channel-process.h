/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

#include "jt-channel-config.h"

/* One running program of a channel and the three pipes to it: lines go in as it takes them, lines come out, what it says on stderr goes to
 * the log, and in the end its status. It knows no notifications and no time; it never waits. Main loop only. */

typedef struct _JtChannelProcess JtChannelProcess;

typedef struct
{
  /* The next line for the program, with its line break (transfer full), or NULL: none for now. */
  char *(*next) (gpointer user_data);
  /* A line of the program, without line break. */
  void (*line) (const char *line, gsize length, gpointer user_data);
  /* It wrote more than it may; nothing more is read from it. It goes on running. */
  void (*flooded) (const char *why, gpointer user_data);
  /* It has gone, and all that it wrote has been read: "ended with exit status 1". Comes last; then the process may be freed. */
  void (*ended) (const char *how, gpointer user_data);
} JtChannelProcessFuncs;

/* Starts the program of @config through @supervisor. @secrets: never to be seen in the log. NULL: JT_ERROR_NOT_SUPPORTED. */
JtChannelProcess *jt_channel_process_start (const char *supervisor, const JtChannelConfig *config, GPtrArray *secrets,
                                            const JtChannelProcessFuncs *funcs, gpointer user_data, GError **error);
/* Kills it if it is still there. */
void jt_channel_process_free (JtChannelProcess *self);
/* There is a next line again; what the program may write is counted anew. */
void jt_channel_process_feed (JtChannelProcess *self);
/* The end of its input. */
void jt_channel_process_close_input (JtChannelProcess *self);
/* To it and to what it started. */
void jt_channel_process_signal (JtChannelProcess *self, int signal_number);
/* How many bytes of lines there have been, and how many of them the program has taken out of the pipe. */
guint64 jt_channel_process_get_fed (JtChannelProcess *self);
guint64 jt_channel_process_get_taken (JtChannelProcess *self);
/* @text (nullable) without its secrets. (transfer full) */
char *jt_channel_process_hide (JtChannelProcess *self, const char *text);
/* (nullable) (transfer none) the last line on stderr */
const char *jt_channel_process_get_last_words (JtChannelProcess *self);
