/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Schedules of JobTracker as the time of a crontab's line, where there is one that elapses at the very same instants. Pure. */

typedef struct
{
  char *time; /* (owned) five fields, or @reboot */
  char *zone; /* (owned) (nullable) what CRON_TZ has to be; NULL: it makes no difference, or is the system's */
} CrontabWhen;

CrontabWhen *crontab_when_new (const char *schedule, const char *zone, gint64 now_usec, const char **fault);
void         crontab_when_free (CrontabWhen *when);
gboolean     crontab_whens_may_coincide (const CrontabWhen *a, const CrontabWhen *b, gint64 now_usec);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CrontabWhen, crontab_when_free)
