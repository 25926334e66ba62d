/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-schedule.h"

/* Rows of tables: an expression, a zone, where to begin, and when it elapses then. */

typedef struct
{
  const char *text;
  const char *zone;
  const char *from;    /* RFC 3339 */
  const char *elapses; /* RFC 3339 in UTC, separated by blanks; "never" ends it */
} ElapseRow;

gint64      instant (const char *text);
JtSchedule *parse_schedule (const char *text, const char *zone, gint64 base_usec);
char       *list_elapses (JtSchedule *schedule, gint64 from_usec, guint count);
void        check_elapse_rows (const ElapseRow *rows, guint count);
