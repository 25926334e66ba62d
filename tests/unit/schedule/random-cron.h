/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* A random cron expression, as text and as what the text was made of: sets of numbers, and rules about days. It shares nothing with what
 * reads the text. */

typedef enum
{
  DAY_LAST,         /* L, L-3 */
  DAY_LAST_WORKING, /* LW, L-3W */
  DAY_WORKING_NEAR, /* 15W */
  DAY_NUMBERED,     /* 5#2 */
  DAY_LAST_OF,      /* 5L */
} DayRule;

typedef struct
{
  DayRule rule;
  int     value;
  int     number;
} SpecialDay;

typedef struct
{
  gboolean   has[64];
  gboolean   is_plain; /* is to have no more than Debian's cron reads */
  gboolean   is_star;  /* begins with '*' or '?' */
  SpecialDay special[8];
  guint      n_special;
} CronField;

typedef struct
{
  CronField second, minute, hour, day, month, weekday;
  gboolean  has_seconds;
  GString  *text; /* (owned) */
} CronExpression;

void random_cron (GRand *rand, CronExpression *expression);
/* One that Debian's cron reads as we do: no seconds, no '?', no L, W and #, no step behind a single value, and Sunday as the end of a range
 * is 7. */
void random_crontab (GRand *rand, CronExpression *expression);
void cron_expression_clear (CronExpression *expression);
