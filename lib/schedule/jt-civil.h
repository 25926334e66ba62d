/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* The proleptic Gregorian calendar as plain arithmetic. Days count from 1970-01-01; a wall time is microseconds as if its zone were UTC. */

#define JT_USEC_PER_DAY (G_GINT64_CONSTANT (86400) * 1000000)

typedef struct
{
  int year;
  int month; /* 1 to 12 */
  int day;   /* 1 to 31 */
} JtDate;

gint64 jt_civil_to_days (int year, int month, int day);
JtDate jt_civil_from_days (gint64 days);
int    jt_civil_days_in_month (int year, int month);
/* 0 Sunday to 6 Saturday */
int    jt_civil_weekday (gint64 days);
/* Rounds towards the past. */
gint64 jt_floor_div (gint64 number, gint64 divisor);
