/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Why a schedule has no elapses to show: there are none, or they do not come from the clock. */

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "jt-schedule-private.h"

/* Whether the months are what is wrong: none of them has the first of the days. */
static int
find_missing_day (const JtPattern *pattern)
{
  int day = pattern->days == 0 ? 0 : __builtin_ctz (pattern->days);

  if (day == 0 || pattern->any_day_field || pattern->end_days != NULL || pattern->n_specials > 0)
    return 0;
  for (int month = 1; month <= 12; month++)
    if ((pattern->months & (1u << month)) && jt_civil_days_in_month (2000, month) >= day)
      return 0;
  return day;
}

/* Where the @index-th word of the expression begins, behind a prefix such as "cron:". */
static const char *
find_word (const char *text, guint index)
{
  const char *at = text + strspn (text, " \t");

  if (g_ascii_strncasecmp (at, "cron:", 5) == 0)
    at += 5;
  else if (g_ascii_strncasecmp (at, "calendar:", 9) == 0)
    at += 9;
  else if (g_ascii_strncasecmp (at, "at:", 3) == 0)
    at += 3;
  for (guint i = 0;; i++)
    {
      at += strspn (at, " \t");
      if (i == index || *at == '\0')
        return at;
      at += strcspn (at, " \t");
    }
}

/* Of a calendar's date: its beginning; @is_day: its last part. */
static const char *
find_date (const char *text, gboolean is_day)
{
  const char *word = find_word (text, 0);
  const char *end;

  /* Weekdays go before it. */
  if (g_ascii_isalpha (*word))
    word = find_word (text, 1);
  if (!is_day)
    return word;
  end = word + strcspn (word, " T:");
  for (const char *at = end; at > word; at--)
    if (at[-1] == '-' || at[-1] == '~')
      return at;
  return word;
}

static guint
count_words (const char *text)
{
  guint count = 0;

  while (*find_word (text, count) != '\0')
    count++;
  return count;
}

static const char *
find_fault (JtSchedule *self, const char *text, gboolean is_day)
{
  if (self->kind == JT_SCHEDULE_AT)
    return find_word (text, 0) == text && g_ascii_strncasecmp (text, "at", 2) == 0 ? find_word (text, 1) : find_word (text, 0);
  if (self->kind == JT_SCHEDULE_CALENDAR)
    return find_date (text, is_day);
  return find_word (text, is_day ? (count_words (text) == 6 ? 3 : 2) : 0);
}

/* Whether there are days, and at each of them the clock is put forward over the time. */
static gboolean
is_always_skipped (const JtPattern *pattern, gint64 wall)
{
  return pattern != NULL && jt_pattern_next_wall (pattern, wall) != JT_WALL_NEVER;
}

/* (transfer full); *@is_day: it is about the day of month */
static char *
explain (JtSchedule *self, gint64 from_usec, gboolean *is_day)
{
  const JtPattern *pattern = self->pattern;
  int day = pattern == NULL ? 0 : find_missing_day (pattern);
  gint64 wall = from_usec + jt_zone_offset_at (self->zone, from_usec, NULL) * (gint64) G_USEC_PER_SEC;
  int year = jt_civil_from_days (jt_floor_div (wall, JT_USEC_PER_DAY)).year;

  *is_day = day > 0;
  if (self->kind == JT_SCHEDULE_AT)
    /* Translators: an instant */
    return g_strdup_printf (_("is in the past (%s); give a coming instant, or leave it out and start the job now"), self->normalized);
  if (day > 0 && self->kind == JT_SCHEDULE_CRON)
    return g_strdup_printf (_("never occurs: none of its months has a day %d; the last day of a month is L"), day);
  if (day > 0)
    return g_strdup_printf (_("never occurs: none of its months has a day %d; the last day of a month is '*-*~1'"), day);
  if (pattern != NULL && pattern->years != NULL && jt_items_next (pattern->years, year + 1, 2199) < 0)
    return g_strdup (_("never occurs again: its years are over; for each year write '*' in place of the year"));
  if (pattern == NULL || year > 2199)
    return g_strdup (_("never occurs again: that is too far ahead"));
  if (is_always_skipped (pattern, wall))
    return g_strdup (_("never occurs: on each of its days the clock goes forward over its time"));
  return g_strdup (_("never occurs: no day matches all of its parts"));
}

/* About an empty list of elapses; NULL when there are some. (transfer full) */
char *
jt_schedule_get_note (JtSchedule *self, gint64 from_usec)
{
  gboolean is_day;

  if (self->is_reboot)
    return g_strdup (_("has no instants of its own: it elapses after each start of the machine"));
  if (self->is_after)
    return g_strdup (_("has no instants of its own: they depend on when the job's runs end"));
  return jt_schedule_next (self, from_usec) != JT_INSTANT_NEVER ? NULL : explain (self, from_usec, &is_day);
}

gboolean
jt_schedule_check_elapses (JtSchedule *self, const char *text, gint64 from_usec, guint *column, GError **error)
{
  g_autofree char *reason = NULL;
  gboolean is_day;
  guint place;

  if (self->is_reboot || self->is_after || jt_schedule_next (self, from_usec) != JT_INSTANT_NEVER)
    return TRUE;
  reason = explain (self, from_usec, &is_day);
  place = (guint) g_utf8_pointer_to_offset (text, find_fault (self, text, is_day)) + 1;
  if (column != NULL)
    *column = place;
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SCHEDULE, _("column %u: %s"), place, reason);
  return FALSE;
}
