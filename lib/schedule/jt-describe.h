/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-pattern.h"

/* Schedules as a person says them, in the language of the process. */

/* On which days a pattern matches: phrases that follow each other, "" for what is not restricted. */
typedef struct
{
  char    *days;       /* (owned) */
  char    *months;     /* (owned) "" also where the days have said them */
  char    *years;      /* (owned) the same */
  gboolean is_name;    /* days begin with a name of theirs ("Monday to Friday"), not with "on" */
  gboolean has_months; /* days are dates */
} JtDays;

char *jt_describe_time (const JtPattern *pattern, gboolean is_daily, gboolean *is_clock);
void  jt_describe_days (const JtPattern *pattern, JtDays *days);
void  jt_days_clear (JtDays *days);

/* "At 02:30, Monday to Friday, Berlin time". (transfer full) */
char *jt_describe_pattern (const JtPattern *pattern, JtZone *zone);
/* "Once, on 24 December 2026 at 18:00, Berlin time". (transfer full) */
char *jt_describe_once (gint64 usec, JtZone *zone);
/* "Every 15 minutes, counted from 1 January 2026 at 00:00, UTC"; @is_after: counted from the end of a run. (transfer full) */
char *jt_describe_interval (gint64 usec, gint64 anchor_usec, gboolean is_after, JtZone *zone);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (JtDays, jt_days_clear)
