/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Doubts about what happens when the clock of a zone is set forward or back. */

#include <glib/gi18n-lib.h>

#include "jt-doubts.h"
#include "jt-phrase.h"
#include "jt-zone-data.h"

#define SECOND G_GINT64_CONSTANT (1000000)
#define ALL_HOURS 0xffffffu
#define YEAR_USEC (366 * JT_USEC_PER_DAY)
/* How far ahead a change of the clock is looked for, and how many of them at most. */
#define LOOK_AHEAD (5 * YEAR_USEC)
#define MAX_CHANGES 24

/* A change of the clock: the wall times from begin up to end are left out, or shown twice. */
typedef struct
{
  gint64 begin;
  gint64 end;
  gint64 at_usec;
} Change;

static gint64
wall_day (gint64 wall)
{
  return jt_floor_div (wall, JT_USEC_PER_DAY);
}

static char *
say_date (gint64 wall)
{
  JtDate date = jt_civil_from_days (wall_day (wall));

  return jt_phrase_date (date.day, date.month, date.year);
}

static char *
say_clock (gint64 wall)
{
  return jt_phrase_clock (wall - wall_day (wall) * JT_USEC_PER_DAY, FALSE);
}

/* The next change of that direction after *@second, which moves on to it. FALSE: none until @until. */
static gboolean
next_change (JtZone *zone, gboolean is_forward, gint64 until, gint64 *second, Change *change)
{
  for (guint i = 0; i < MAX_CHANGES; i++)
    {
      JtZoneSpan span = jt_zone_find_span (zone, *second);

      if (span.end == G_MAXINT64 || span.end > until)
        return FALSE;
      *second = span.end;
      span = jt_zone_find_span (zone, span.end);
      if ((span.offset > span.offset_before) != is_forward)
        continue;
      *change = (Change) { (span.begin + MIN (span.offset, span.offset_before)) * SECOND,
                           (span.begin + MAX (span.offset, span.offset_before)) * SECOND, span.begin * SECOND };
      return TRUE;
    }
  return FALSE;
}

/* The first change of that direction in which the pattern has a wall time; *@wall. */
static gboolean
find_hit (const JtDoubts *doubts, gboolean is_forward, Change *change, gint64 *wall)
{
  gint64 second = jt_floor_div (doubts->from_usec, SECOND);
  gint64 until = second + LOOK_AHEAD / SECOND;

  *wall = G_MININT64;
  for (guint i = 0; i < MAX_CHANGES && next_change (doubts->schedule->zone, is_forward, until, &second, change); i++)
    {
      /* What was found beyond an earlier change is still the next one. */
      if (*wall < change->begin)
        *wall = jt_pattern_next_wall (doubts->schedule->pattern, change->begin);
      if (*wall < change->end)
        return TRUE;
    }
  return FALSE;
}

/* What follows the clock has a few times less or more each year and nobody minds; when those are all the day's it is another matter. */
static gboolean
is_all_of_day (const JtPattern *pattern, const Change *change)
{
  return jt_pattern_next_wall (pattern, wall_day (change->begin) * JT_USEC_PER_DAY) >= change->begin
         && jt_pattern_next_wall (pattern, change->end) >= (wall_day (change->begin) + 1) * JT_USEC_PER_DAY;
}

void
jt_doubt_gap (JtDoubts *doubts)
{
  const JtPattern *pattern = doubts->schedule->pattern;
  g_autofree char *date = NULL;
  g_autofree char *clock = NULL;
  g_autofree char *instead = NULL;
  Change gap;
  gint64 wall;

  if (pattern == NULL || pattern->hours == ALL_HOURS || !find_hit (doubts, TRUE, &gap, &wall))
    return;
  if (pattern->zone_rule == JT_FOLLOW_CLOCK && !is_all_of_day (pattern, &gap))
    return;
  date = say_date (wall);
  clock = say_clock (wall);
  instead = say_clock (gap.end);
  if (pattern->zone_rule == JT_GAP_FIRST)
    /* Translators: a date, a time, and the first time there is after it */
    jt_doubts_add (doubts, _("On %s there is no %s, as the clock goes forward: it elapses at %s then."), date, clock, instead);
  else
    /* Translators: a date, a time */
    jt_doubts_add (doubts, _("On %s there is no %s, as the clock goes forward: it does not elapse then."), date, clock);
}

void
jt_doubt_overlap (JtDoubts *doubts)
{
  const JtPattern *pattern = doubts->schedule->pattern;
  g_autofree char *date = NULL;
  g_autofree char *clock = NULL;
  Change overlap;
  gint64 wall;

  if (pattern == NULL || pattern->zone_rule != JT_FOLLOW_CLOCK || pattern->hours == ALL_HOURS || !find_hit (doubts, FALSE, &overlap, &wall)
      || !is_all_of_day (pattern, &overlap))
    return;
  date = say_date (wall);
  clock = say_clock (wall);
  /* Translators: a date, a time */
  jt_doubts_add (doubts, _("On %s %s comes twice, as the clock goes back: it elapses both times."), date, clock);
}

/* "at" with a wall time that the zone leaves out or shows twice. */
void
jt_doubt_instant (JtDoubts *doubts)
{
  const JtSchedule *schedule = doubts->schedule;
  g_autofree char *date = NULL;
  g_autofree char *clock = NULL;
  g_autofree char *instead = NULL;
  gint64 second;
  Change change;

  if (schedule->kind != JT_SCHEDULE_AT || schedule->wall == JT_WALL_NEVER)
    return;
  date = say_date (schedule->wall);
  clock = say_clock (schedule->wall);
  second = jt_floor_div (schedule->anchor - JT_USEC_PER_DAY, SECOND);
  while (next_change (schedule->zone, TRUE, schedule->anchor / SECOND, &second, &change))
    if (schedule->wall >= change.begin && schedule->wall < change.end)
      {
        instead = say_clock (change.end);
        jt_doubts_add (doubts, _("On %s there is no %s, as the clock goes forward: it elapses at %s then."), date, clock, instead);
        return;
      }
  second = jt_floor_div (schedule->anchor, SECOND);
  if (next_change (schedule->zone, FALSE, (schedule->anchor + JT_USEC_PER_DAY) / SECOND, &second, &change) && schedule->wall >= change.begin
      && schedule->wall < change.end)
    jt_doubts_add (doubts, _("On %s %s comes twice, as the clock goes back: the first time is taken."), date, clock);
}

/* "every 1d" is 24 hours and moves along the clock when that changes. */
void
jt_doubt_days_of_hours (JtDoubts *doubts)
{
  const JtSchedule *schedule = doubts->schedule;
  gint64 wall = schedule->anchor + jt_zone_offset_at (schedule->zone, schedule->anchor, NULL) * SECOND;
  gint64 minute = (wall - wall_day (wall) * JT_USEC_PER_DAY) / (60 * SECOND);
  gint64 second = jt_floor_div (doubts->from_usec, SECOND);
  g_autofree char *weekday = NULL;
  JtZoneSpan span = jt_zone_find_span (schedule->zone, second);

  if (schedule->kind != JT_SCHEDULE_EVERY || schedule->interval % JT_USEC_PER_DAY != 0 || span.end > second + YEAR_USEC / SECOND)
    return;
  weekday = schedule->interval == 7 * JT_USEC_PER_DAY ? g_strdup_printf ("%d", jt_civil_weekday (wall_day (wall))) : g_strdup ("*");
  if (schedule->interval == JT_USEC_PER_DAY || schedule->interval == 7 * JT_USEC_PER_DAY)
    /* Translators: two times of the day, and the schedule of cron that keeps to it */
    jt_doubts_add (doubts, _("It counts hours, so the time of day moves when the clock is changed. Where it is to stay, write '%d %d * * %s'."),
                   (int) (minute % 60), (int) (minute / 60), weekday);
  else
    jt_doubts_add (doubts, _("It counts hours, so the time of day moves when the clock is changed."));
}
