/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-pattern.h"
#include "jt-schedule.h"

/* What a schedule is made of, for those files that make and judge them. */

struct _JtSchedule
{
  gatomicrefcount ref_count;
  JtScheduleKind  kind;
  JtZone         *zone;      /* (owned) */
  JtPattern      *pattern;   /* (owned) (nullable) cron, calendar */
  gint64          interval;  /* every */
  gint64          anchor;    /* every … from; at */
  gint64          wall;      /* at: the wall time that was written; JT_WALL_NEVER: none */
  gboolean        is_after;
  gboolean        is_reboot;
  char           *normalized; /* (owned) (nullable) of cron, made when it is asked for */
};

/* The greatest elapse <= @until_usec, given one at @first_usec. Bounded work. */
gint64 jt_schedule_find_last (JtSchedule *schedule, gint64 first_usec, gint64 until_usec);
