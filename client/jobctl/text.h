/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* How single values read in a terminal: escaped words, times, durations, spark lines. Pure: the time "now" is given. */

typedef enum
{
  TIMES_RELATIVE,
  TIMES_ISO, /* local time with its offset */
  TIMES_UTC,
} TimeStyle;

char *text_escape (const char *text);
char *text_escape_log (const char *text, gsize length);
int   text_width (const char *text);
int   text_widest (const char *const *texts);
char *text_pad (const char *text, int width);
char *text_cut (const char *text, int width);
char *text_wrap (const char *text, int indent, int width);

char *text_time (gint64 usec, gint64 now_usec, TimeStyle style);
char *text_iso (gint64 usec);
char *text_duration (guint64 usec);
char *text_spark (const char *recent);
char *text_kebab (const char *property);
