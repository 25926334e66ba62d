/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "text.h"

/* Single figures of statistics as words. Pure. All (transfer full). */

char  *stats_count (guint64 count);             /* grouped as the locale does */
char  *stats_rate (double rate);                /* "97.0 %", "-" below 0 */
char  *stats_bound (guint64 usec);              /* a round duration: "1 min" where others are "1 min 0 s" */
char  *stats_instant (gint64 usec, TimeStyle style); /* to the minute, local, unless it is told otherwise */
double stats_double (GVariant *row, const char *key); /* -1: not there */
