/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-pattern.h"

#include "jt-zone-data.h"

#define SECOND G_GINT64_CONSTANT (1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
/* The calendar repeats after 400 years: what has not matched by then never does. */
#define CYCLE_YEARS 400
/* Nor does what lies after the last year that calendars can name (systemd.time(7)). */
#define LAST_YEAR 2199

JtPattern *
jt_pattern_new (void)
{
  return g_new0 (JtPattern, 1);
}

void
jt_pattern_free (JtPattern *pattern)
{
  if (pattern == NULL)
    return;
  g_clear_pointer (&pattern->years, g_array_unref);
  g_clear_pointer (&pattern->end_days, g_array_unref);
  g_clear_pointer (&pattern->seconds, g_array_unref);
  g_free (pattern);
}

void
jt_items_add (GArray **items, JtItem item)
{
  if (*items == NULL)
    *items = g_array_new (FALSE, FALSE, sizeof (JtItem));
  g_array_append_val (*items, item);
}

static gint64
item_next (const JtItem *item, gint64 value, gint64 most)
{
  gint64 last = item->stop >= 0 ? MIN (item->stop, most) : item->repeat > 0 ? most : MIN (item->start, most);
  gint64 step = item->repeat > 0 ? item->repeat : 1;
  gint64 next = item->start;

  if (value > item->start)
    next += (value - item->start + step - 1) / step * step;
  return next <= last ? next : -1;
}

gint64
jt_items_next (GArray *items, gint64 value, gint64 most)
{
  gint64 least = -1;

  if (items == NULL)
    return value <= most ? value : -1;
  for (guint i = 0; i < items->len; i++)
    {
      gint64 next = item_next (&g_array_index (items, JtItem, i), value, most);

      if (next >= 0 && (least < 0 || next < least))
        least = next;
    }
  return least;
}

/* --- days --- */

/* Bit 1 to 31. The week that the first day begins, five times over. */
static guint32
weekdays_of_month (guint32 weekdays, int first_weekday, int length)
{
  guint64 week = ((weekdays >> first_weekday) | (weekdays << (7 - first_weekday))) & 0x7f;
  guint64 weeks = week | week << 7 | week << 14 | week << 21 | week << 28;

  return (guint32) ((weeks << 1) & ((G_GUINT64_CONSTANT (2) << length) - 2));
}

static guint32
end_days_of_month (const JtPattern *pattern, int length)
{
  guint32 mask = 0;

  for (guint i = 0; pattern->end_days != NULL && i < pattern->end_days->len; i++)
    {
      const JtItem *item = &g_array_index (pattern->end_days, JtItem, i);
      int from = length + 1 - (int) item->start;
      int to = item->stop >= 0 ? length + 1 - (int) item->stop : item->repeat > 0 ? length : from;
      int low = MIN (from, to);
      int step = item->repeat > 0 ? (int) MIN (item->repeat, 31) : 1;

      for (int day = low; day <= MAX (from, to) && day <= length; day += step)
        if (day >= 1)
          mask |= 1u << day;
    }
  return mask;
}

/* The working day nearest to @day within its month (Quartz's W). */
static int
near_weekday (int day, int first_weekday, int length)
{
  int weekday = (first_weekday + day - 1) % 7;

  if (weekday == 6)
    return day > 1 ? day - 1 : day + 2;
  if (weekday == 0)
    return day < length ? day + 1 : day - 2;
  return day;
}

static guint32
special_day (const JtSpecial *special, int first_weekday, int length)
{
  int day = 0;

  switch (special->kind)
    {
    case JT_DAY_LAST:
      day = length - special->value;
      break;
    case JT_DAY_LAST_WEEKDAY:
      day = length - special->value;
      day = day >= 1 ? near_weekday (day, first_weekday, length) : 0;
      break;
    case JT_DAY_NEAR_WEEKDAY:
      day = special->value <= length ? near_weekday (special->value, first_weekday, length) : 0;
      break;
    case JT_DAY_NTH:
      day = 1 + (special->value - first_weekday + 7) % 7 + 7 * (special->nth - 1);
      break;
    case JT_DAY_LAST_OF:
      day = 1 + (special->value - first_weekday + 7) % 7;
      day += (length - day) / 7 * 7;
      break;
    default:
      break;
    }
  return day >= 1 && day <= length ? 1u << day : 0;
}

/* There are 28 kinds of month, by the weekday that it begins with and by its length. */
static guint32
days_of_kind (const JtPattern *pattern, int first_weekday, int length)
{
  guint32 all = (guint32) ((G_GUINT64_CONSTANT (2) << length) - 2);
  guint32 by_day = (pattern->days & all) | end_days_of_month (pattern, length);
  guint32 by_weekday = pattern->weekdays == 0x7f ? all : weekdays_of_month (pattern->weekdays, first_weekday, length);

  for (guint i = 0; i < pattern->n_specials; i++)
    {
      guint32 day = special_day (&pattern->specials[i], first_weekday, length);

      if (pattern->specials[i].kind == JT_DAY_NTH || pattern->specials[i].kind == JT_DAY_LAST_OF)
        by_weekday |= day;
      else
        by_day |= day;
    }
  return pattern->any_day_field ? by_day | by_weekday : by_day & by_weekday;
}

static guint32
days_of_month (const JtPattern *pattern, int year, int month)
{
  return days_of_kind (pattern, jt_civil_weekday (jt_civil_to_days (year, month, 1)), jt_civil_days_in_month (year, month));
}

/* What each kind of month has, as far as it was asked for: a search may go through thousands of months. Bit 0: it is known. */
typedef struct
{
  guint32 days[7][4];
} KnownMonths;

static guint32
known_days_of_month (const JtPattern *pattern, KnownMonths *known, int year, int month)
{
  int first_weekday = jt_civil_weekday (jt_civil_to_days (year, month, 1));
  int length = jt_civil_days_in_month (year, month);
  guint32 *days = &known->days[first_weekday][length - 28];

  if (*days == 0)
    *days = days_of_kind (pattern, first_weekday, length) | 1;
  return *days & ~1u;
}

/* --- times of the day --- */

/* The first matching time of a day >= @usec; -1: none. */
static gint64
next_time (const JtPattern *pattern, gint64 usec)
{
  for (guint32 hours = pattern->hours & (~0u << usec / HOUR); hours != 0; hours &= hours - 1)
    {
      gint64 hour_usec = __builtin_ctz (hours) * HOUR;
      gint64 from = MAX (usec - hour_usec, 0);

      for (guint64 minutes = pattern->minutes & (~G_GUINT64_CONSTANT (0) << from / MINUTE); minutes != 0; minutes &= minutes - 1)
        {
          gint64 minute_usec = __builtin_ctzll (minutes) * MINUTE;
          gint64 second = jt_items_next (pattern->seconds, MAX (from - minute_usec, 0), MINUTE - 1);

          if (second >= 0)
            return hour_usec + minute_usec + second;
        }
    }
  return -1;
}

static guint64
count_seconds (const JtPattern *pattern, gint64 from, gint64 until)
{
  guint64 count = 0;

  for (gint64 at = jt_items_next (pattern->seconds, from, MINUTE - 1); at >= 0 && at <= until;
       at = jt_items_next (pattern->seconds, at + 1, MINUTE - 1))
    count++;
  return count;
}

/* Matching times of a day within [from, until], both microseconds of the day. */
static guint64
count_times (const JtPattern *pattern, gint64 from, gint64 until, guint64 per_minute)
{
  guint64 count = 0;

  for (gint64 hour = from / HOUR; hour <= until / HOUR && hour < 24; hour++)
    {
      if (!(pattern->hours & (1u << hour)))
        continue;
      if (from <= hour * HOUR && until >= (hour + 1) * HOUR - 1)
        {
          count += per_minute * (guint64) __builtin_popcountll (pattern->minutes);
          continue;
        }
      for (gint64 minute = 0; minute < 60; minute++)
        {
          gint64 begin = hour * HOUR + minute * MINUTE;

          if (!(pattern->minutes & (G_GUINT64_CONSTANT (1) << minute)) || begin + MINUTE <= from || begin > until)
            continue;
          count += count_seconds (pattern, MAX (from - begin, 0), MIN (until - begin, MINUTE - 1));
        }
    }
  return count;
}

/* --- wall times --- */

gint64
jt_pattern_next_wall (const JtPattern *pattern, gint64 wall_usec)
{
  guint n_months = 0;

  return jt_pattern_search (pattern, wall_usec, &n_months);
}

gint64
jt_pattern_search (const JtPattern *pattern, gint64 wall_usec, guint *n_months)
{
  KnownMonths known = { 0 };
  gint64 start_day = jt_floor_div (wall_usec, JT_USEC_PER_DAY);
  JtDate date = jt_civil_from_days (start_day);
  gint64 first_time = next_time (pattern, 0);
  int last_year = MIN (date.year + CYCLE_YEARS, LAST_YEAR);

  if (first_time < 0)
    return JT_WALL_NEVER;
  for (gint64 year = jt_items_next (pattern->years, date.year, last_year); year >= 0;
       year = jt_items_next (pattern->years, year + 1, last_year))
    for (int month = year == date.year ? date.month : 1; month <= 12; month++)
      {
        gboolean is_first = year == date.year && month == date.month;
        guint32 days;

        if (!(pattern->months & (1u << month)))
          continue;
        (*n_months)++;
        days = known_days_of_month (pattern, &known, (int) year, month);
        if (is_first)
          days &= ~((1u << date.day) - 1);
        for (; days != 0; days &= days - 1)
          {
            gint64 day = jt_civil_to_days ((int) year, month, __builtin_ctz (days));
            gint64 time = day == start_day ? next_time (pattern, wall_usec - day * JT_USEC_PER_DAY) : first_time;

            if (time >= 0)
              return day * JT_USEC_PER_DAY + time;
          }
      }
  return JT_WALL_NEVER;
}

/* Matching wall times within [from, until]. */
static guint64
count_walls (const JtPattern *pattern, gint64 from, gint64 until)
{
  guint64 per_minute = count_seconds (pattern, 0, MINUTE - 1);
  guint64 per_day = count_times (pattern, 0, JT_USEC_PER_DAY - 1, per_minute);
  gint64 first_day = jt_floor_div (from, JT_USEC_PER_DAY);
  gint64 last_day = jt_floor_div (until, JT_USEC_PER_DAY);
  guint64 count = 0;

  for (gint64 day = first_day; from <= until && day <= last_day;)
    {
      JtDate date = jt_civil_from_days (day);
      int length = jt_civil_days_in_month (date.year, date.month);
      guint32 days = 0;

      if ((pattern->months & (1u << date.month)) && jt_items_next (pattern->years, date.year, date.year) == date.year)
        days = days_of_month (pattern, date.year, date.month);
      for (int of_month = date.day; of_month <= length && day <= last_day; of_month++, day++)
        {
          if (!(days & (1u << of_month)))
            continue;
          if (day != first_day && day != last_day)
            count += per_day;
          else
            count += count_times (pattern, MAX (from - day * JT_USEC_PER_DAY, 0),
                                  MIN (until - day * JT_USEC_PER_DAY, JT_USEC_PER_DAY - 1), per_minute);
        }
    }
  return count;
}

/* --- wall times and instants --- */

static JtZoneSpan
span_at (JtZone *zone, gint64 usec)
{
  return jt_zone_find_span (zone, jt_floor_div (usec, SECOND));
}

gint64
jt_wall_to_instant (JtZone *zone, gint64 wall_usec, gboolean *is_gap)
{
  /* No offset is larger than a day: a span that begins a day before cannot miss the wall time. */
  JtZoneSpan span = span_at (zone, wall_usec - JT_USEC_PER_DAY);

  if (is_gap != NULL)
    *is_gap = FALSE;
  for (;;)
    {
      gint64 instant = wall_usec - span.offset * SECOND;

      if (span.end == G_MAXINT64 || instant < span.end * SECOND)
        {
          if (span.begin == G_MININT64 || instant >= span.begin * SECOND)
            return instant;
          if (is_gap != NULL)
            *is_gap = TRUE;
          return span.begin * SECOND;
        }
      span = jt_zone_find_span (zone, span.end);
    }
}

/* The latest wall time that has been shown up to and at @usec, whatever the clock shows now. */
static gint64
latest_wall (JtZone *zone, gint64 usec)
{
  JtZoneSpan span = span_at (zone, usec);
  gint64 wall = usec + span.offset * SECOND;

  if (span.begin == G_MININT64 || span.offset_before <= span.offset)
    return wall;
  return MAX (wall, (span.begin + span.offset_before) * SECOND - 1);
}

static gint64
next_following_clock (const JtPattern *pattern, JtZone *zone, gint64 after_usec)
{
  JtZoneSpan span = span_at (zone, after_usec + 1);
  gint64 from = after_usec + 1;
  gint64 found = G_MININT64;

  for (;;)
    {
      gint64 offset = span.offset * SECOND;

      /* A wall time found ahead stays the next one until the clock goes back. */
      if (found < from + offset || span.offset < span.offset_before)
        found = jt_pattern_next_wall (pattern, from + offset);
      if (found == JT_WALL_NEVER)
        return G_MAXINT64;
      if (span.end == G_MAXINT64 || found - offset < span.end * SECOND)
        return found - offset;
      from = span.end * SECOND;
      span = jt_zone_find_span (zone, span.end);
    }
}

gint64
jt_pattern_next (const JtPattern *pattern, JtZone *zone, gint64 after_usec)
{
  gint64 wall;
  gint64 instant;
  gboolean is_gap;

  if (pattern->zone_rule == JT_FOLLOW_CLOCK)
    return next_following_clock (pattern, zone, after_usec);
  for (wall = jt_pattern_next_wall (pattern, latest_wall (zone, after_usec) + 1); wall != JT_WALL_NEVER;)
    {
      instant = jt_wall_to_instant (zone, wall, &is_gap);
      if (!is_gap || pattern->zone_rule == JT_GAP_FIRST)
        return instant;
      /* The first wall time that exists again. */
      wall = jt_pattern_next_wall (pattern, instant + span_at (zone, instant).offset * SECOND);
    }
  return G_MAXINT64;
}

static guint64
count_following_clock (const JtPattern *pattern, JtZone *zone, gint64 after_usec, gint64 until_usec)
{
  guint64 count = 0;

  for (gint64 from = after_usec + 1; from <= until_usec;)
    {
      JtZoneSpan span = span_at (zone, from);
      gint64 offset = span.offset * SECOND;
      gint64 last = span.end == G_MAXINT64 ? until_usec : MIN (until_usec, span.end * SECOND - 1);

      count += count_walls (pattern, from + offset, last + offset);
      from = last + 1;
    }
  return count;
}

/* Wall times are met once each, in order; those of a gap are none, or at most one at its end. */
static guint64
count_once (const JtPattern *pattern, JtZone *zone, gint64 after_usec, gint64 until_usec)
{
  guint64 count = count_walls (pattern, latest_wall (zone, after_usec) + 1, latest_wall (zone, until_usec));
  JtZoneSpan span = span_at (zone, after_usec);

  while (span.end != G_MAXINT64 && span.end * SECOND <= until_usec)
    {
      gint64 gap_begin;
      gint64 gap_end;

      span = jt_zone_find_span (zone, span.end);
      gap_begin = (span.begin + span.offset_before) * SECOND;
      gap_end = (span.begin + span.offset) * SECOND;
      if (gap_begin >= gap_end)
        continue;
      if (pattern->zone_rule == JT_GAP_SKIP)
        count -= count_walls (pattern, gap_begin, gap_end - 1);
      else
        {
          guint64 together = count_walls (pattern, gap_begin, gap_end);

          count -= together > 1 ? together - 1 : 0;
        }
    }
  return count;
}

guint64
jt_pattern_count (const JtPattern *pattern, JtZone *zone, gint64 after_usec, gint64 until_usec)
{
  if (until_usec <= after_usec)
    return 0;
  if (pattern->zone_rule == JT_FOLLOW_CLOCK)
    return count_following_clock (pattern, zone, after_usec, until_usec);
  return count_once (pattern, zone, after_usec, until_usec);
}
