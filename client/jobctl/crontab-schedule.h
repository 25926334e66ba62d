/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* The time fields of a crontab, as cron itself takes them: JobTracker's own grammar is wider. Pure. */

/* The values of the five fields, a bit each, and which of them begin with a star. */
typedef struct
{
  guint64  masks[5]; /* minute, hour, day, month, weekday (Sunday is bit 0) */
  gboolean stars[5];
} CrontabTime;

gboolean crontab_time_parse (const char *text, CrontabTime *time);
gboolean crontab_time_is_plain (const char *text);
char    *crontab_time_draw (const char *text, guint seed, const char **at, const char **fault);
