/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* From the kept CRI lines to what was asked for: a pure transformation, fed in slices. */

typedef struct
{
  char     stream[16];  /* "" : both */
  gboolean is_raw;
  guint64  skip_bytes;  /* of output */
  guint64  skip_lines;  /* for `tail`: of matching lines of output */
  GString *held;        /* the kept line that is not whole yet */
  guint64  n_lines;     /* matching lines of output met; one may be kept in many pieces */
  gboolean is_inside[3];/* of each stream: more of its line is to come */
  gboolean is_wanted[3];/* and that line is asked for */
} JtLogFilter;

void jt_log_filter_init (JtLogFilter *filter, const char *stream, gboolean is_raw, guint64 skip_bytes);
void jt_log_filter_clear (JtLogFilter *filter);
/* After a pass that counted: begins anew, for the last @n_lines. */
void jt_log_filter_restart (JtLogFilter *filter, guint64 n_lines);
/* A line of the service's own, for whatever stream is asked for. */
void jt_log_filter_note (const JtLogFilter *filter, const char *text, GString *out);
/* Appends what @slice makes to @out; NULL only counts lines. */
void jt_log_filter_feed (JtLogFilter *filter, const char *slice, gsize length, GString *out);
