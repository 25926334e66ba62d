/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-schedule-private.h"

/* What may not be meant so: one function a kind of doubt, each of which adds its sentence or none. Bounded work: they look at fields,
 * ask for a handful of elapses, and never list them. */

typedef struct
{
  JtSchedule   *schedule;
  gint64        from_usec;
  GStrvBuilder *found;
} JtDoubts;

void jt_doubts_add (JtDoubts *doubts, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* A cron field as the normal form has it, 0 the first from the end: weekday; "" for other kinds. (transfer full) */
char *jt_doubts_field (const JtDoubts *doubts, guint from_end);
/* N of "*N" with a slash between, when that is the whole field; else 0. */
int jt_doubts_star_step (const JtDoubts *doubts, guint from_end);

enum
{
  JT_FIELD_WEEKDAY,
  JT_FIELD_MONTH,
  JT_FIELD_DAY,
  JT_FIELD_HOUR,
  JT_FIELD_MINUTE,
  JT_FIELD_SECOND,
};

/* How often. */
void jt_doubt_each_second (JtDoubts *doubts);
void jt_doubt_sixth_field (JtDoubts *doubts);
void jt_doubt_star_of_minute (JtDoubts *doubts);
void jt_doubt_steps (JtDoubts *doubts);
void jt_doubt_length (JtDoubts *doubts);
/* On which days. */
void jt_doubt_both_days (JtDoubts *doubts);
void jt_doubt_late_days (JtDoubts *doubts);
void jt_doubt_day_steps (JtDoubts *doubts);
void jt_doubt_end (JtDoubts *doubts);
void jt_doubt_seldom (JtDoubts *doubts);
/* When the clock changes. */
void jt_doubt_gap (JtDoubts *doubts);
void jt_doubt_overlap (JtDoubts *doubts);
void jt_doubt_instant (JtDoubts *doubts);
void jt_doubt_days_of_hours (JtDoubts *doubts);
