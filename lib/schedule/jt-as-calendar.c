/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-as-calendar.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-duration.h"
#include "jt-error.h"
#include "jt-scan.h"
#include "jt-when.h"
#include "jt-zone-data.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define LAST_YEAR 2199
#define MAX_CALENDARS 32
#define ALL_DAYS 0xfffffffeu
#define ALL_WEEKDAYS 0x7fu
#define ALL_MONTHS 0x1ffeu
#define ALL_HOURS 0xffffffu
#define ALL_MINUTES ((G_GUINT64_CONSTANT (1) << 60) - 1)

static gboolean
refuse (GError **error, const char *why)
{
  g_set_error_literal (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED, why);
  return FALSE;
}

/* --- text --- */

/* How far apart the bits of @mask are, when they go on like that to @most and beyond: 0 if not. Steps that do not end with the field are
 * written out, for systemd 252 passes over the 00:00 after "*:0/7". */
static int
find_step (guint64 mask, int most, int *first)
{
  *first = __builtin_ctzll (mask);
  for (int step = 2; *first + step <= most; step++)
    {
      guint64 stepped = 0;

      if ((most + 1 - *first) % step != 0)
        continue;

      for (int value = *first; value <= most; value += step)
        stepped |= G_GUINT64_CONSTANT (1) << value;
      if (stepped == mask && *first < step && __builtin_popcountll (mask) > 2)
        return step;
    }
  return 0;
}

/* Values, and ranges where they are longer than two. */
static void
append_values (GString *out, guint64 mask, int least, int most)
{
  gboolean is_first = TRUE;

  for (int value = least; value <= most; value++)
    {
      int last = value;

      if (!(mask >> value & 1))
        continue;
      while (last < most && (mask >> (last + 1) & 1))
        last++;
      g_string_append_printf (out, last > value + 1 ? "%s%02d..%02d" : "%s%02d", is_first ? "" : ",", value, last);
      value = last > value + 1 ? last : value;
      is_first = FALSE;
    }
}

/* "*", "0/15", or a list. */
static void
append_mask (GString *out, guint64 mask, int least, int most)
{
  guint64 all = ((G_GUINT64_CONSTANT (2) << most) - 1) & ~((G_GUINT64_CONSTANT (1) << least) - 1);
  int first;
  int step;

  mask &= all;
  step = find_step (mask, most, &first);
  if (mask == all)
    g_string_append_c (out, '*');
  else if (step > 0)
    g_string_append_printf (out, "%02d/%d", first, step);
  else
    append_values (out, mask, least, most);
}

static void
append_weekdays (GString *out, guint32 weekdays)
{
  gboolean is_first = TRUE;

  if (weekdays == ALL_WEEKDAYS)
    return;
  for (int day = 1; day <= 7; day++)
    if (weekdays >> day % 7 & 1)
      {
        g_string_append_printf (out, "%s%.3s", is_first ? "" : ",", jt_weekday_names[day % 7]);
        is_first = FALSE;
      }
  g_string_append_c (out, ' ');
}

/* The times of a day that one calendar can name: all combinations of three sets. */
typedef struct
{
  guint32 hours;
  guint64 minutes;
  guint64 seconds;
  gint64  fraction; /* of each second, in microseconds */
} Times;

static void
append_times (GString *out, const Times *times)
{
  append_mask (out, times->hours, 0, 23);
  g_string_append_c (out, ':');
  append_mask (out, times->minutes, 0, 59);
  g_string_append_c (out, ':');
  if (times->fraction == 0)
    {
      append_mask (out, times->seconds, 0, 59);
      return;
    }
  for (int second = 0, n_before = 0; second < 60; second++)
    if (times->seconds >> second & 1)
      g_string_append_printf (out, "%s%02d.%06d", n_before++ > 0 ? "," : "", second, (int) times->fraction);
}

/* Which days: any, days of the month, or days counted from its end. */
typedef struct
{
  guint32 weekdays;
  guint32 days;       /* bits 1 to 31 */
  int     end_first;  /* 0: not from the end; else from so many days before the next month, 1 being the last day, */
  int     end_last;   /* to so many: the same, or 1 */
} Days;

static void
append_days (GString *out, const Days *days, guint32 months)
{
  append_weekdays (out, days->weekdays);
  g_string_append (out, "*-");
  append_mask (out, months, 1, 12);
  if (days->end_first == 0)
    {
      g_string_append_c (out, '-');
      append_mask (out, days->days, 1, 31);
    }
  else
    {
      g_string_append_printf (out, days->end_first == days->end_last ? "~%02d" : "~%02d/1", days->end_first);
    }
  g_string_append_c (out, ' ');
}

typedef struct
{
  GPtrArray  *texts; /* (element-type utf8) (owned) */
  const char *zone_name;
} Calendars;

static gboolean
add_calendar (Calendars *self, const Days *days, guint32 months, const Times *times, GError **error)
{
  GString *text = g_string_new (NULL);

  append_days (text, days, months);
  append_times (text, times);
  if (self->zone_name != NULL && *self->zone_name != '\0')
    g_string_append_printf (text, " %s", self->zone_name);
  g_ptr_array_add (self->texts, g_string_free (text, FALSE));
  return self->texts->len <= MAX_CALENDARS || refuse (error, _("it would take too many calendars"));
}

/* --- cron: days --- */

typedef struct
{
  Days  all[JT_PATTERN_MAX_SPECIALS * 3 + 1];
  guint count;
} Choices;

static void
add_choice (Choices *choices, Days days)
{
  choices->all[choices->count++] = days;
}

#define WORKING_DAYS 0x3eu
#define FRIDAY (1u << 5)
#define MONDAY (1u << 1)

/* The working day nearest to @day: itself, the Friday before a Saturday, the Monday after a Sunday; never in another month. From the
 * 28th on the end of the month has a say, which a list of days cannot have. */
static gboolean
add_near_weekday (Choices *choices, int day, GError **error)
{
  if (day > 27)
    return refuse (error, _("a working day near the end of the month"));
  add_choice (choices, (Days) { .weekdays = WORKING_DAYS, .days = 1u << day });
  add_choice (choices, day > 1 ? (Days) { .weekdays = FRIDAY, .days = 1u << (day - 1) } : (Days) { .weekdays = MONDAY, .days = 1u << 3 });
  add_choice (choices, (Days) { .weekdays = MONDAY, .days = 1u << (day + 1) });
  return TRUE;
}

/* The same counted from the end: @before the last day. */
static gboolean
add_last_weekday (Choices *choices, int before, GError **error)
{
  int day = before + 1;

  if (before > 25)
    return refuse (error, _("a working day near the beginning of the month"));
  add_choice (choices, (Days) { .weekdays = WORKING_DAYS, .end_first = day, .end_last = day });
  add_choice (choices, (Days) { .weekdays = FRIDAY, .end_first = day + 1, .end_last = day + 1 });
  if (before > 0)
    add_choice (choices, (Days) { .weekdays = MONDAY, .end_first = day - 1, .end_last = day - 1 });
  else
    add_choice (choices, (Days) { .weekdays = FRIDAY, .end_first = 3, .end_last = 3 });
  return TRUE;
}

static gboolean
list_days (const JtPattern *pattern, Choices *choices, GError **error)
{
  if (pattern->days != 0)
    add_choice (choices, (Days) { .weekdays = ALL_WEEKDAYS, .days = pattern->days });
  for (guint i = 0; i < pattern->n_specials; i++)
    {
      const JtSpecial *special = &pattern->specials[i];

      if (special->kind == JT_DAY_LAST)
        add_choice (choices, (Days) { .weekdays = ALL_WEEKDAYS, .end_first = special->value + 1, .end_last = special->value + 1 });
      else if (special->kind == JT_DAY_LAST_WEEKDAY && !add_last_weekday (choices, special->value, error))
        return FALSE;
      else if (special->kind == JT_DAY_NEAR_WEEKDAY && !add_near_weekday (choices, special->value, error))
        return FALSE;
    }
  return TRUE;
}

static void
list_weekdays (const JtPattern *pattern, Choices *choices)
{
  if (pattern->weekdays != 0)
    add_choice (choices, (Days) { .weekdays = pattern->weekdays, .days = ALL_DAYS });
  for (guint i = 0; i < pattern->n_specials; i++)
    {
      const JtSpecial *special = &pattern->specials[i];
      guint32 weekday = 1u << (special->value % 7);

      if (special->kind == JT_DAY_NTH)
        add_choice (choices, (Days) { .weekdays = weekday, .days = (0xfeu << (7 * (special->nth - 1))) & ALL_DAYS });
      else if (special->kind == JT_DAY_LAST_OF)
        add_choice (choices, (Days) { .weekdays = weekday, .end_first = 7, .end_last = 1 });
    }
}

/* FALSE: one counts from the beginning of the month and the other from its end. */
static gboolean
intersect (const Days *a, const Days *b, Days *both)
{
  *both = (Days) { .weekdays = a->weekdays & b->weekdays };
  if (a->end_first == 0 && b->end_first == 0)
    both->days = a->days & b->days;
  else if (a->end_first == 0 ? a->days == ALL_DAYS : b->end_first == 0 && b->days == ALL_DAYS)
    {
      both->end_first = MAX (a->end_first, b->end_first);
      both->end_last = a->end_first != 0 ? a->end_last : b->end_last;
    }
  else if (a->end_first != 0 && b->end_first != 0)
    {
      both->end_first = MIN (a->end_first, b->end_first);
      both->end_last = MAX (a->end_last, b->end_last);
      if (both->end_first < both->end_last)
        both->weekdays = 0;
      /* Only from a day to the end can be said. */
      return both->weekdays == 0 || both->end_first == both->end_last || both->end_last == 1;
    }
  else
    return FALSE;
  return TRUE;
}

static gboolean
add_days (Calendars *self, const JtPattern *pattern, const Choices *choices, const Times *times, GError **error)
{
  for (guint i = 0; i < choices->count; i++)
    if (!add_calendar (self, &choices->all[i], pattern->months, times, error))
      return FALSE;
  return TRUE;
}

static gboolean
add_days_of_both (Calendars *self, const JtPattern *pattern, const Choices *days, const Choices *weekdays, const Times *times, GError **error)
{
  for (guint d = 0; d < days->count; d++)
    for (guint w = 0; w < weekdays->count; w++)
      {
        Days both;

        if (!intersect (&days->all[d], &weekdays->all[w], &both))
          return refuse (error, _("days counted from the beginning and from the end of the month at once"));
        if (both.weekdays != 0 && (both.days != 0 || both.end_first != 0) && !add_calendar (self, &both, pattern->months, times, error))
          return FALSE;
      }
  return TRUE;
}

/* Either day field, or both, as cron reads them. */
static gboolean
add_cron_calendars (Calendars *self, const JtPattern *pattern, const Times *times, GError **error)
{
  Choices days = { .count = 0 };
  Choices weekdays = { .count = 0 };

  if (!list_days (pattern, &days, error))
    return FALSE;
  list_weekdays (pattern, &weekdays);
  if (pattern->any_day_field)
    return add_days (self, pattern, &days, times, error) && add_days (self, pattern, &weekdays, times, error);
  return add_days_of_both (self, pattern, &days, &weekdays, times, error);
}

/* --- cron: changes of the clock --- */

static gboolean
refuse_change (gint64 at_usec, JtZone *zone, gboolean is_gap, GError **error)
{
  JtDate date = jt_civil_from_days (jt_floor_div (at_usec + jt_zone_offset_at (zone, at_usec, NULL) * SECOND, JT_USEC_PER_DAY));

  /* Translators: a day, year first */
  g_set_error (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED,
               is_gap ? _("when the clock goes forward over it, as on %04d-%02d-%02d, cron makes up for it and a calendar does not")
                      : _("when the clock goes back over it, as on %04d-%02d-%02d, cron and a calendar take different passes"),
               date.year, date.month, date.day);
  return FALSE;
}

/* Whether no change of the clock that is known falls on a time of @pattern and makes a difference there. */
static gboolean
check_changes (const JtPattern *pattern, JtZone *zone, gint64 after_usec, GError **error)
{
  gint64 last = jt_civil_to_days (LAST_YEAR + 1, 1, 1) * 86400;
  JtZoneSpan span = jt_zone_find_span (zone, jt_floor_div (after_usec, SECOND));

  while (span.end < last)
    {
      gint64 change_usec = span.end * SECOND;
      gint64 before = change_usec + span.offset * SECOND;
      gint64 after;
      gboolean is_gap;

      span = jt_zone_find_span (zone, span.end);
      after = change_usec + span.offset * SECOND;
      is_gap = after > before;
      if (is_gap && pattern->zone_rule == JT_FOLLOW_CLOCK)
        continue;
      if (jt_pattern_next_wall (pattern, MIN (before, after)) < MAX (before, after))
        return refuse_change (change_usec, zone, is_gap, error);
    }
  return TRUE;
}

/* A pattern that no hour or day limits is one of minutes, and UTC has the same ones wherever offsets are whole hours apart. *@shift: by
 * how many minutes. */
static gboolean
is_every_hour (const JtPattern *pattern, JtZone *zone, gint64 after_usec, int *shift)
{
  gint64 last = jt_civil_to_days (LAST_YEAR + 1, 1, 1) * 86400;
  JtZoneSpan span = jt_zone_find_span (zone, jt_floor_div (after_usec, SECOND));
  gint32 first = span.offset;

  if (pattern->hours != ALL_HOURS || pattern->months != ALL_MONTHS || pattern->days != ALL_DAYS || pattern->weekdays != ALL_WEEKDAYS
      || pattern->n_specials > 0 || first % 60 != 0)
    return FALSE;
  for (; span.end < last; span = jt_zone_find_span (zone, span.end))
    if ((jt_zone_find_span (zone, span.end).offset - first) % 3600 != 0)
      return FALSE;
  *shift = (first % 3600 + 3600) % 3600 / 60;
  return TRUE;
}

static guint64
rotate_minutes (guint64 minutes, int shift)
{
  return ((minutes >> shift) | (minutes << (60 - shift))) & ALL_MINUTES;
}

static guint64
list_seconds (const JtPattern *pattern)
{
  guint64 seconds = 0;

  for (gint64 at = jt_items_next (pattern->seconds, 0, MINUTE - 1); at >= 0; at = jt_items_next (pattern->seconds, at + 1, MINUTE - 1))
    seconds |= G_GUINT64_CONSTANT (1) << (at / SECOND);
  return seconds;
}

static gboolean
add_cron (Calendars *self, JtSchedule *schedule, JtZone *zone, gint64 after_usec, GError **error)
{
  g_autoptr (JtPattern) pattern = jt_pattern_new ();
  const char *text = jt_schedule_get_normalized (schedule);
  JtScan scan = { .text = text, .at = text };
  Times times;
  int shift;

  if (!jt_cron_parse (&scan, pattern))
    {
      g_propagate_error (error, scan.error);
      return FALSE;
    }
  times = (Times) { pattern->hours, pattern->minutes, list_seconds (pattern), 0 };
  if (check_changes (pattern, zone, after_usec, error))
    return add_cron_calendars (self, pattern, &times, error);
  if (!is_every_hour (pattern, zone, after_usec, &shift))
    return FALSE;
  g_clear_error (error);
  times.minutes = rotate_minutes (times.minutes, shift);
  self->zone_name = "UTC";
  return add_cron_calendars (self, pattern, &times, error);
}

/* --- intervals --- */

#define MINUTES_A_DAY (24 * 60)

/* For each minute of a day its seconds; equal ones go into one calendar as far as hours and minutes are a product. */
static gboolean
add_minutes (Calendars *self, const guint64 seconds[MINUTES_A_DAY], gint64 fraction, GError **error)
{
  const Days days = { .weekdays = ALL_WEEKDAYS, .days = ALL_DAYS };
  gboolean is_done[MINUTES_A_DAY] = { FALSE };

  for (int at = 0; at < MINUTES_A_DAY; at++)
    {
      Times times = { .seconds = seconds[at], .fraction = fraction };

      if (seconds[at] == 0 || is_done[at])
        continue;
      /* The minutes of this hour that are alike, then the hours that have just these. */
      for (int minute = 0; minute < 60; minute++)
        if (seconds[at / 60 * 60 + minute] == times.seconds && !is_done[at / 60 * 60 + minute])
          times.minutes |= G_GUINT64_CONSTANT (1) << minute;
      for (int hour = 0; hour < 24; hour++)
        {
          guint64 alike = 0;

          for (int minute = 0; minute < 60; minute++)
            if (seconds[hour * 60 + minute] == times.seconds)
              alike |= G_GUINT64_CONSTANT (1) << minute;
          if ((alike & times.minutes) == times.minutes)
            times.hours |= 1u << hour;
        }
      for (int other = 0; other < MINUTES_A_DAY; other++)
        if ((times.hours >> other / 60 & 1) && (times.minutes >> other % 60 & 1))
          is_done[other] = TRUE;
      if (!add_calendar (self, &days, ALL_MONTHS, &times, error))
        return FALSE;
    }
  return TRUE;
}

/* Intervals that divide a day begin each day of UTC alike, those of seven days each week. */
static gboolean
add_interval (Calendars *self, JtSchedule *schedule, gint64 after_usec, GError **error)
{
  gint64 first = jt_schedule_next (schedule, after_usec);
  gint64 interval = first != JT_INSTANT_NEVER ? jt_schedule_next (schedule, first) - first : 0;
  guint64 seconds[MINUTES_A_DAY] = { 0 };
  gint64 of_day;

  if (interval == 0)
    return refuse (error, _("it has no instants of its own"));
  if (first - interval > after_usec)
    return refuse (error, _("it begins only later, and a calendar begins at once"));
  self->zone_name = "UTC";
  of_day = first - jt_floor_div (first, JT_USEC_PER_DAY) * JT_USEC_PER_DAY;
  if (interval == 7 * JT_USEC_PER_DAY)
    {
      const Days days = { .weekdays = 1u << jt_civil_weekday (jt_floor_div (first, JT_USEC_PER_DAY)), .days = ALL_DAYS };
      const Times times = { 1u << of_day / HOUR, G_GUINT64_CONSTANT (1) << of_day % HOUR / MINUTE,
                            G_GUINT64_CONSTANT (1) << of_day % MINUTE / SECOND, of_day % SECOND };

      return add_calendar (self, &days, ALL_MONTHS, &times, error);
    }
  if (JT_USEC_PER_DAY % interval != 0 || interval % SECOND != 0)
    return refuse (error, _("the interval does not divide a day, and a calendar begins anew each day"));
  for (gint64 at = of_day % interval; at < JT_USEC_PER_DAY; at += interval)
    seconds[at / MINUTE] |= G_GUINT64_CONSTANT (1) << at % MINUTE / SECOND;
  return add_minutes (self, seconds, of_day % SECOND, error);
}

/* --- all kinds --- */

static gboolean
add_instant (Calendars *self, JtSchedule *schedule, gint64 after_usec, GError **error)
{
  gint64 at = jt_schedule_next (schedule, after_usec);
  JtDate date;
  gint64 of_day;

  if (at == JT_INSTANT_NEVER)
    return refuse (error, _("it is past"));
  date = jt_civil_from_days (jt_floor_div (at, JT_USEC_PER_DAY));
  if (date.year > LAST_YEAR)
    return refuse (error, _("calendars end with the year 2199"));
  of_day = at - jt_floor_div (at, JT_USEC_PER_DAY) * JT_USEC_PER_DAY;
  g_ptr_array_add (self->texts, g_strdup_printf (of_day % SECOND != 0 ? "%04d-%02d-%02d %02d:%02d:%02d.%06d UTC" : "%04d-%02d-%02d %02d:%02d:%02d UTC",
                                                 date.year, date.month, date.day, (int) (of_day / HOUR), (int) (of_day % HOUR / MINUTE),
                                                 (int) (of_day % MINUTE / SECOND), (int) (of_day % SECOND)));
  return TRUE;
}

/* The zone of the job, unless the calendar says one itself: its normal form ends with the time otherwise. */
static void
add_calendar_itself (Calendars *self, JtSchedule *schedule)
{
  const char *text = jt_schedule_get_normalized (schedule);
  const char *time = strchr (text, ':');
  gboolean has_zone = time != NULL && strchr (time, ' ') != NULL;

  if (has_zone || self->zone_name == NULL || *self->zone_name == '\0')
    g_ptr_array_add (self->texts, g_strdup (text));
  else
    g_ptr_array_add (self->texts, g_strdup_printf ("%s %s", text, self->zone_name));
}

static gboolean
add_schedule (Calendars *self, JtSchedule *schedule, JtZone *zone, gint64 after_usec, GError **error)
{
  if (jt_schedule_is_reboot (schedule))
    return refuse (error, _("it has no instants of its own"));
  switch (jt_schedule_get_kind (schedule))
    {
    case JT_SCHEDULE_CRON:
      return add_cron (self, schedule, zone, after_usec, error);
    case JT_SCHEDULE_CALENDAR:
      add_calendar_itself (self, schedule);
      return TRUE;
    case JT_SCHEDULE_EVERY:
      return add_interval (self, schedule, after_usec, error);
    default:
      return add_instant (self, schedule, after_usec, error);
    }
}

char **
jt_schedule_as_calendars (JtSchedule *schedule, JtZone *zone, const char *zone_name, gint64 after_usec, GError **error)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  Calendars self = { texts, zone_name };

  if (!add_schedule (&self, schedule, zone, after_usec, error) || (texts->len == 0 && !refuse (error, _("it does not occur"))))
    return NULL;
  g_ptr_array_add (texts, NULL);
  return g_strdupv ((char **) texts->pdata);
}
