/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-zone.h"

/* When what waits is told together: a value, read from "off", "hourly", "daily@08:00", "weekly@mon 08:00". */

typedef enum
{
  JT_DIGEST_OFF,
  JT_DIGEST_HOURLY, /* whenever the clock shows a full hour */
  JT_DIGEST_DAILY,
  JT_DIGEST_WEEKLY,
} JtDigestKind;

typedef struct
{
  JtDigestKind kind;
  int          weekday; /* of JT_DIGEST_WEEKLY: 0 Sunday to 6 */
  int          minute;  /* of JT_DIGEST_DAILY and JT_DIGEST_WEEKLY: of the day */
} JtDigestTimes;

/* Fails with JT_ERROR_INVALID_SETTINGS. */
gboolean jt_digest_times_parse (const char *text, JtDigestTimes *times, GError **error);
/* Normal form. (transfer full) */
char    *jt_digest_times_format (const JtDigestTimes *times);
/* The first instant after @after_usec; 0: off. A time that the clock skips is the first instant after the gap, one that it shows twice the
 * first of both. */
gint64   jt_digest_times_next (const JtDigestTimes *times, JtZone *zone, gint64 after_usec);
