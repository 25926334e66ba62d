/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Doubts about the days of a schedule, and about its end. */

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-doubts.h"
#include "jt-phrase.h"
#include "jt-scan.h"

#define ALL_DAYS 0xfffffffeu
#define ALL_WEEKDAYS 0x7fu
#define ALL_MONTHS 0x1ffeu
#define YEAR_USEC (366 * JT_USEC_PER_DAY)
/* Days of the month that keep a distance so many times are a step, not a list that somebody wrote. */
#define LEAST_STEPS 5

static gboolean
is_step (guint32 days, JtProgression *steps)
{
  g_autoptr (GArray) values = jt_values_of_mask (days);

  return values->len >= LEAST_STEPS && jt_values_progress (values, steps) && steps->step > 1;
}

/* --- both day fields --- */

/* "1..7,15": as a calendar lists what a mask holds. */
static void
append_mask (GString *out, guint32 mask)
{
  for (int value = 0; value < 32; value++)
    {
      int last = value;

      if (!(mask & (1u << value)))
        continue;
      while (last < 31 && (mask & (1u << (last + 1))))
        last++;
      if (out->len > 0 && g_ascii_isdigit (out->str[out->len - 1]))
        g_string_append_c (out, ',');
      g_string_append_printf (out, last > value ? "%02d..%02d" : "%02d", value, last);
      value = last;
    }
}

static void
append_weekdays (GString *out, guint32 mask)
{
  for (int day = 1; day <= 7; day++)
    if (mask & (1u << (day % 7)))
      g_string_append_printf (out, "%s%.3s", out->len > 0 ? "," : "", jt_weekday_names[day % 7]);
}

/* The calendar that elapses where both fields match: "Fri *-*-13 09:00". NULL: none that is short. */
static char *
make_calendar (const JtPattern *pattern)
{
  GString *out;

  if (pattern->n_specials > 0 || __builtin_popcount (pattern->hours) != 1 || __builtin_popcountll (pattern->minutes) != 1
      || pattern->seconds->len != 1 || g_array_index (pattern->seconds, JtItem, 0).start != 0)
    return NULL;
  out = g_string_new (NULL);
  append_weekdays (out, pattern->weekdays);
  g_string_append (out, " *-");
  if (pattern->months == ALL_MONTHS)
    g_string_append_c (out, '*');
  else
    append_mask (out, pattern->months);
  g_string_append_c (out, '-');
  append_mask (out, pattern->days);
  g_string_append_printf (out, " %02d:%02d", __builtin_ctz (pattern->hours), __builtin_ctzll (pattern->minutes));
  return g_string_free (out, FALSE);
}

static void
doubt_either (JtDoubts *doubts)
{
  const JtPattern *pattern = doubts->schedule->pattern;
  g_autofree char *calendar = NULL;

  if (pattern->days == ALL_DAYS || pattern->weekdays == ALL_WEEKDAYS)
    {
      jt_doubts_add (doubts, _("Both day fields are given, and one of them holds every day: cron elapses when either matches, so each day. "
                               "Write '*' for the one that does not matter."));
      return;
    }
  calendar = make_calendar (pattern);
  if (calendar != NULL)
    /* Translators: the calendar that was perhaps meant */
    jt_doubts_add (doubts, _("Both day fields are given: cron elapses when either matches. Where both must, write the calendar '%s'."),
                   calendar);
  else
    jt_doubts_add (doubts, _("Both day fields are given: cron elapses when either matches. Where both must, write a calendar, as "
                             "'Fri *-*-13 09:00'."));
}

void
jt_doubt_both_days (JtDoubts *doubts)
{
  const JtPattern *pattern = doubts->schedule->pattern;
  int day_step = jt_doubts_star_step (doubts, JT_FIELD_DAY);
  int week_step = jt_doubts_star_step (doubts, JT_FIELD_WEEKDAY);

  if (doubts->schedule->kind != JT_SCHEDULE_CRON || pattern == NULL)
    return;
  if (pattern->any_day_field)
    {
      doubt_either (doubts);
      return;
    }
  if (pattern->days == ALL_DAYS || pattern->weekdays == ALL_WEEKDAYS)
    return;
  if (day_step > 0)
    jt_doubts_add (doubts, _("A day field begins with '*': cron elapses only on days that match both. Where either will do, write 1-31/%d."),
                   day_step);
  else if (week_step > 0)
    jt_doubts_add (doubts, _("A day field begins with '*': cron elapses only on days that match both. Where either will do, write 0-6/%d."),
                   week_step);
  else
    jt_doubts_add (doubts, _("A day field begins with '*': cron elapses only on days that match both."));
}

/* --- days that not every month has --- */

static int
longest_of (int month)
{
  return jt_civil_days_in_month (2000, month);
}

/* The first day after the 28th that begins a run, so that the days before it do not stand in for it; 0: none. */
static int
find_late_day (guint32 days)
{
  for (int day = 29; day <= 31; day++)
    if ((days & (1u << day)) && !(days & (1u << (day - 1))))
      return day;
  return 0;
}

void
jt_doubt_late_days (JtDoubts *doubts)
{
  const JtPattern *pattern = doubts->schedule->pattern;
  JtProgression steps;
  gboolean is_missing = FALSE;
  int day = pattern == NULL || pattern->days == ALL_DAYS ? 0 : find_late_day (pattern->days);

  if (day == 0 || is_step (pattern->days, &steps))
    return;
  if (pattern->months == 1u << 2)
    {
      jt_doubts_add (doubts, _("Only leap years have a 29 February."));
      return;
    }
  for (int month = 1; month <= 12; month++)
    is_missing |= (pattern->months & (1u << month)) && (longest_of (month) < day || (month == 2 && day == 29));
  if (!is_missing)
    return;
  if (doubts->schedule->kind == JT_SCHEDULE_CRON)
    jt_doubts_add (doubts, _("Not every month has a day %d; L as the day of month is the last one."), day);
  else
    jt_doubts_add (doubts, _("Not every month has a day %d; '*-*~1' is the last one."), day);
}

void
jt_doubt_day_steps (JtDoubts *doubts)
{
  const JtPattern *pattern = doubts->schedule->pattern;
  JtProgression steps;

  if (pattern == NULL || !is_step (pattern->days, &steps))
    return;
  jt_doubts_add (doubts, _("Steps begin anew each month, with day %d, however long ago the last one was. Without that: 'every %dd'."),
                 (int) steps.first, (int) steps.step);
}

/* --- the end, and long waits --- */

/* (transfer full) */
static char *
say_instant (const JtDoubts *doubts, gint64 usec)
{
  gint64 wall = usec + jt_zone_offset_at (doubts->schedule->zone, usec, NULL) * (gint64) G_USEC_PER_SEC;
  JtDate date = jt_civil_from_days (jt_floor_div (wall, JT_USEC_PER_DAY));

  return jt_phrase_date (date.day, date.month, date.year);
}

static gboolean
is_one_date (const JtPattern *pattern)
{
  gint64 year = jt_items_next (pattern->years, 1970, 2199);

  return __builtin_popcount (pattern->months) == 1 && __builtin_popcount (pattern->days) == 1
         && jt_items_next (pattern->years, year + 1, 2199) < 0;
}

/* A rule for years that run out soon; a single date is seen to end. */
void
jt_doubt_end (JtDoubts *doubts)
{
  JtSchedule *schedule = (JtSchedule *) doubts->schedule;
  gint64 horizon = doubts->from_usec + YEAR_USEC;
  gint64 first;
  gint64 last;
  g_autofree char *date = NULL;

  if (schedule->pattern == NULL || schedule->pattern->years == NULL || is_one_date (schedule->pattern))
    return;
  first = jt_schedule_next (schedule, doubts->from_usec);
  if (first > horizon || jt_schedule_next (schedule, horizon) != JT_INSTANT_NEVER)
    return;
  last = jt_schedule_find_last (schedule, first, horizon);
  date = say_instant (doubts, last);
  /* Translators: a date */
  jt_doubts_add (doubts, _("It ends soon: it elapses for the last time on %s."), date);
}

void
jt_doubt_seldom (JtDoubts *doubts)
{
  JtSchedule *schedule = (JtSchedule *) doubts->schedule;
  gint64 next;
  g_autofree char *date = NULL;

  if (schedule->pattern == NULL || schedule->pattern->years != NULL)
    return;
  next = jt_schedule_next (schedule, doubts->from_usec);
  if (next <= doubts->from_usec + YEAR_USEC)
    return;
  date = say_instant (doubts, next);
  /* Translators: a date */
  jt_doubts_add (doubts, _("It elapses seldom: the next time is %s."), date);
}
