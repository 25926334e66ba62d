/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-channels.h"

/* What is said between the service and the program of a channel, one JSON object a line: jobtracker-channel(7). Pure. */

/* @secrets: (element-type utf8) keys and values in turn. (transfer full), with the line break. */
char *jt_channel_lines_configure (const JtChannelConfig *config, const char *host, GPtrArray *secrets);
/* (transfer full), with the line break */
char *jt_channel_lines_notification (const JtMessage *message);

typedef struct
{
  enum
  {
    JT_CHANNEL_LINE_VERDICT,
    JT_CHANNEL_LINE_PROBLEM,
    JT_CHANNEL_LINE_JUNK,    /* detail says why */
  } kind;
  guint64          id;
  JtChannelOutcome outcome;
  char            *detail;   /* one line of UTF-8, cut */
  gint64           after_usec;
  gboolean         is_ambiguous;
  gboolean         pauses;
} JtChannelLine;

/* @line: without its line break; NUL-terminated, otherwise any bytes. */
void jt_channel_line_parse (const char *line, gsize length, JtChannelLine *answer);
void jt_channel_line_clear (JtChannelLine *answer);
/* One printable line of UTF-8 of at most some hundred bytes. (transfer full) */
char *jt_channel_lines_tidy (const char *text);
