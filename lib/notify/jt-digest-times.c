/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-digest-times.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-civil.h"
#include "jt-error.h"
#include "jt-pattern.h"
#include "jt-weekdays.h"

#define MINUTE (60 * (gint64) G_USEC_PER_SEC)
#define HOUR (60 * MINUTE)

static gboolean
scan_daily (const char *at, JtDigestTimes *times)
{
  times->kind = JT_DIGEST_DAILY;
  times->minute = jt_minute_scan (&at, FALSE);
  return times->minute >= 0 && *at == '\0';
}

static gboolean
scan_weekly (const char *at, JtDigestTimes *times)
{
  times->kind = JT_DIGEST_WEEKLY;
  times->weekday = jt_weekday_scan (&at);
  if (times->weekday < 0 || *at != ' ')
    return FALSE;
  at += strspn (at, " ");
  times->minute = jt_minute_scan (&at, FALSE);
  return times->minute >= 0 && *at == '\0';
}

static gboolean
scan (const char *text, JtDigestTimes *times)
{
  *times = (JtDigestTimes) { .kind = JT_DIGEST_OFF };
  if (g_str_equal (text, "off"))
    return TRUE;
  times->kind = JT_DIGEST_HOURLY;
  if (g_str_equal (text, "hourly"))
    return TRUE;
  if (g_str_has_prefix (text, "daily@"))
    return scan_daily (text + strlen ("daily@"), times);
  return g_str_has_prefix (text, "weekly@") && scan_weekly (text + strlen ("weekly@"), times);
}

gboolean
jt_digest_times_parse (const char *text, JtDigestTimes *times, GError **error)
{
  JtDigestTimes found;

  if (!scan (text, &found))
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("'%.64s' is no time for digests; write off, hourly, daily@08:00 or weekly@mon 08:00"),
                   text);
      return FALSE;
    }
  *times = found;
  return TRUE;
}

char *
jt_digest_times_format (const JtDigestTimes *times)
{
  switch (times->kind)
    {
    case JT_DIGEST_HOURLY:
      return g_strdup ("hourly");
    case JT_DIGEST_DAILY:
      return g_strdup_printf ("daily@%02d:%02d", times->minute / 60, times->minute % 60);
    case JT_DIGEST_WEEKLY:
      return g_strdup_printf ("weekly@%s %02d:%02d", jt_weekday_words[times->weekday], times->minute / 60, times->minute % 60);
    case JT_DIGEST_OFF:
    default:
      return g_strdup ("off");
    }
}

static gint64
to_wall (JtZone *zone, gint64 usec)
{
  return usec + (gint64) jt_zone_offset_at (zone, usec, NULL) * G_USEC_PER_SEC;
}

/* Offsets are not always whole hours, nor do they change by such: what is a full hour by one is looked at again by the next. */
static gint64
next_hour (JtZone *zone, gint64 after_usec)
{
  gint64 usec = after_usec;

  for (guint turn = 0; turn < 4; turn++)
    {
      gint64 wall_usec = to_wall (zone, usec);

      usec += (jt_floor_div (wall_usec, HOUR) + 1) * HOUR - wall_usec;
      if (to_wall (zone, usec) % HOUR == 0)
        break;
    }
  return usec;
}

gint64
jt_digest_times_next (const JtDigestTimes *times, JtZone *zone, gint64 after_usec)
{
  gint64 today;

  if (times->kind == JT_DIGEST_OFF)
    return 0;
  if (times->kind == JT_DIGEST_HOURLY)
    return next_hour (zone, after_usec);
  today = jt_floor_div (to_wall (zone, after_usec), JT_USEC_PER_DAY);
  for (gint64 day = today - 1; day <= today + 9; day++)
    {
      gint64 usec = jt_wall_to_instant (zone, day * JT_USEC_PER_DAY + times->minute * MINUTE, NULL);

      if (usec > after_usec && (times->kind == JT_DIGEST_DAILY || jt_civil_weekday (day) == times->weekday))
        return usec;
    }
  return next_hour (zone, after_usec);
}
