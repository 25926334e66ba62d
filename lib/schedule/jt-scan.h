/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-pattern.h"

/* What the parsers of expressions share: a place in the text, numbers with limits, and errors that know their column. */

typedef struct
{
  const char *text;
  const char *at;
  guint       column; /* of the error, 1-based; 0: about the whole */
  GError     *error;
  gint64      wall;   /* of jt_when_parse(): the wall time that was written; JT_WALL_NEVER: none */
} JtScan;

/* Sets the error, "column N: …", once; returns FALSE. @at NULL: about the whole text. */
gboolean jt_scan_fail (JtScan *scan, const char *at, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* The same for a list that is too long, with JT_ERROR_TOO_LARGE. */
gboolean jt_scan_fail_items (JtScan *scan, const char *at, int limit);
/* Whether the whole text has only characters that can be a part of something; those that look like such are named with what is meant. */
gboolean jt_scan_check_characters (JtScan *scan);
/* A whole number below 10^9, here. @what: N_(), for the message. FALSE with the error set. */
gboolean jt_scan_number (JtScan *scan, const char *what, gint64 *number);
/* A word of letters among @names (3 letters or whole, any case): its index in *@index; @what: N_(). FALSE without an error: no
 * letters here. */
gboolean jt_scan_name (JtScan *scan, const char *const *names, const char *what, int *index);

extern const char *const jt_weekday_names[]; /* Sunday first */
extern const char *const jt_month_names[];   /* January first */

/* The two grammars: from scan->at to the end of the text. Fail with scan->error. */
gboolean jt_cron_parse (JtScan *scan, JtPattern *pattern);
/* What was parsed so, as canonical text. (transfer full) */
char *jt_cron_format (const JtPattern *pattern);
/* @normalized: canonical text. @zone: (inout) (transfer full) replaced when the text names one. */
gboolean jt_calendar_parse (JtScan *scan, JtPattern *pattern, JtZone **zone, GString *normalized);
