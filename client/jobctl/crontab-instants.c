/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "crontab-instants.h"

#include "crontab-schedule.h"

#define DAY_USEC (24 * 3600 * (gint64) G_USEC_PER_SEC)
/* Offsets are looked at this often; no zone changed twice in between and back. */
#define STRIDE_USEC (3 * DAY_USEC)
#define YEARS_USEC (50 * 365 * DAY_USEC)
#define N_COMPARED 1500

static gboolean
are_same_in (JtSchedule *a, JtSchedule *b, gint64 from_usec, gint64 until_usec)
{
  gint64 at_a = jt_schedule_next (a, from_usec);
  gint64 at_b = jt_schedule_next (b, from_usec);

  for (guint i = 0; i < N_COMPARED && MIN (at_a, at_b) <= until_usec; i++)
    {
      if (at_a != at_b)
        return FALSE;
      if (at_a == JT_INSTANT_NEVER)
        return TRUE;
      at_a = jt_schedule_next (a, at_a);
      at_b = jt_schedule_next (b, at_b);
    }
  return TRUE;
}

/* The instant in (@from_usec, @until_usec] from which on @zone has another offset. */
static gint64
find_change (JtZone *zone, gint64 from_usec, gint64 until_usec)
{
  int before = jt_zone_offset_at (zone, from_usec, NULL);

  while (until_usec - from_usec > 1)
    {
      gint64 middle = from_usec + (until_usec - from_usec) / 2;

      if (jt_zone_offset_at (zone, middle, NULL) == before)
        from_usec = middle;
      else
        until_usec = middle;
    }
  return until_usec;
}

/* For each time that a change leaves out cron starts a job of fixed times at its end, be it the tenth at one instant. */
static gboolean
has_time_left_out (const char *time, gint64 change_usec, int before, int after)
{
  g_autoptr (JtZone) wall = jt_zone_get ("UTC", NULL);
  g_autoptr (JtSchedule) schedule = jt_schedule_parse_kind (time, JT_SCHEDULE_CRON, wall, change_usec, NULL, NULL);
  gint64 from = change_usec + before * (gint64) G_USEC_PER_SEC;
  CrontabTime fields;

  if (!crontab_time_parse (time, &fields) || fields.stars[0] || fields.stars[1])
    return FALSE;
  return jt_schedule_next (schedule, from - 1) < change_usec + after * (gint64) G_USEC_PER_SEC;
}

/* Around every change of the clock in the years to come: between them equal wall times are equal instants. */
static gboolean
are_same_around_changes (JtSchedule *a, JtSchedule *b, const char *time, JtZone *zone, gint64 now_usec)
{
  for (gint64 at = now_usec; at < now_usec + YEARS_USEC; at += STRIDE_USEC)
    {
      int before = jt_zone_offset_at (zone, at, NULL);
      int after = jt_zone_offset_at (zone, at + STRIDE_USEC, NULL);
      gint64 margin = (ABS (after - before) + 2 * 3600) * (gint64) G_USEC_PER_SEC;
      gint64 change;

      if (before == after)
        continue;
      change = find_change (zone, at, at + STRIDE_USEC);
      if (!are_same_in (a, b, change - margin, change + margin) || has_time_left_out (time, change, before, after))
        return FALSE;
    }
  return TRUE;
}

/* Whether a line with @time elapses as @schedule does: from now on, and whenever the clock of @zone is changed in the years to come. */
gboolean
crontab_instants_are_same (JtSchedule *schedule, const char *time, JtZone *zone, gint64 now_usec)
{
  g_autoptr (JtSchedule) b = jt_schedule_parse_kind (time, JT_SCHEDULE_CRON, zone, now_usec, NULL, NULL);

  return b != NULL && are_same_in (schedule, b, now_usec, JT_INSTANT_NEVER) && are_same_around_changes (schedule, b, time, zone, now_usec);
}

/* Whether two times come together when the clock is changed: those that it leaves out all come at its end. In doubt they do. */
gboolean
crontab_instants_coincide (const char *a, const char *b, const char *zone_name, gint64 now_usec)
{
  g_autoptr (JtZone) zone = jt_zone_get (zone_name, NULL);
  g_autoptr (JtSchedule) schedule_a = zone == NULL ? NULL : jt_schedule_parse_kind (a, JT_SCHEDULE_CRON, zone, now_usec, NULL, NULL);
  g_autoptr (JtSchedule) schedule_b = zone == NULL ? NULL : jt_schedule_parse_kind (b, JT_SCHEDULE_CRON, zone, now_usec, NULL, NULL);

  if (schedule_a == NULL || schedule_b == NULL)
    return TRUE;
  for (gint64 at = now_usec; at < now_usec + YEARS_USEC; at += STRIDE_USEC)
    {
      gint64 change;

      if (jt_zone_offset_at (zone, at, NULL) == jt_zone_offset_at (zone, at + STRIDE_USEC, NULL))
        continue;
      change = find_change (zone, at, at + STRIDE_USEC);
      if (jt_schedule_next (schedule_a, change - 1) == change && jt_schedule_next (schedule_b, change - 1) == change)
        return TRUE;
    }
  return FALSE;
}
