/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-doubts.h"

#include <stdlib.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-phrase.h"

#define SECOND G_GINT64_CONSTANT (1000000)
#define MINUTE (60 * SECOND)
#define ALL_HOURS 0xffffffu
#define ALL_MINUTES ((G_GUINT64_CONSTANT (1) << 60) - 1)
#define MONTH_USEC (2630016 * SECOND)
#define YEAR_USEC (31557600 * SECOND)

void
jt_doubts_add (JtDoubts *doubts, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_strv_builder_add (doubts->found, text);
}

static gboolean
is_cron (const JtDoubts *doubts)
{
  return doubts->schedule->kind == JT_SCHEDULE_CRON && doubts->schedule->pattern != NULL;
}

char *
jt_doubts_field (const JtDoubts *doubts, guint from_end)
{
  g_auto (GStrv) fields = NULL;
  guint count;

  if (!is_cron (doubts))
    return g_strdup ("");
  fields = g_strsplit (jt_schedule_get_normalized (doubts->schedule), " ", -1);
  count = g_strv_length (fields);
  return g_strdup (from_end < count ? fields[count - 1 - from_end] : "");
}

int
jt_doubts_star_step (const JtDoubts *doubts, guint from_end)
{
  g_autofree char *field = jt_doubts_field (doubts, from_end);

  return g_str_has_prefix (field, "*/") && strspn (field + 2, "0123456789") == strlen (field + 2) ? atoi (field + 2) : 0;
}

/* --- how often --- */

/* Each second of the minute, or more often than that. */
static gboolean
is_each_second (const JtPattern *pattern)
{
  const JtItem *first = &g_array_index (pattern->seconds, JtItem, 0);

  if (pattern->seconds->len == 1)
    return first->repeat > 0 && first->repeat <= SECOND && first->start < SECOND && (first->stop < 0 || first->stop > 59 * SECOND - 1);
  for (gint64 second = 0; second < 60; second++)
    {
      gint64 next = jt_items_next (pattern->seconds, second * SECOND, MINUTE - 1);

      if (next < 0 || next >= (second + 1) * SECOND)
        return FALSE;
    }
  return TRUE;
}

void
jt_doubt_each_second (JtDoubts *doubts)
{
  const JtPattern *pattern = doubts->schedule->pattern;

  if (pattern == NULL)
    {
      if (doubts->schedule->kind == JT_SCHEDULE_EVERY && doubts->schedule->interval == SECOND)
        jt_doubts_add (doubts, _("It elapses every second."));
      return;
    }
  if (!is_each_second (pattern) || pattern->minutes != ALL_MINUTES)
    return;
  if (pattern->seconds->len == 1 && g_array_index (pattern->seconds, JtItem, 0).repeat < SECOND)
    jt_doubts_add (doubts, _("It elapses several times a second."));
  else
    jt_doubts_add (doubts, _("It elapses every second."));
}

/* Could the first five have been meant as minute, hour, day, month, weekday? Where the hour is restricted they were not. */
void
jt_doubt_sixth_field (JtDoubts *doubts)
{
  const char *text = jt_schedule_get_normalized (doubts->schedule);
  g_auto (GStrv) fields = is_cron (doubts) ? g_strsplit (text, " ", -1) : NULL;
  g_autofree char *meant = NULL;

  if (fields == NULL || g_strv_length (fields) != 6 || fields[2][0] != '*' || !g_str_equal (fields[5], "*"))
    return;
  /* The minute would be an hour then, the month a weekday. */
  if (fields[1][0] != '*' && (doubts->schedule->pattern->minutes & ~(guint64) ALL_HOURS) != 0)
    return;
  if (fields[4][0] != '*' && (doubts->schedule->pattern->months & ~0xfeu) != 0)
    return;
  meant = g_strndup (text, (gsize) (strrchr (text, ' ') - text));
  /* Translators: the text with five fields */
  jt_doubts_add (doubts, _("With six fields the first is the second; if it was meant as minute, hour, day, month, weekday, write '%s'."), meant);
}

/* One that stands alone: neither the one before nor the one after. */
static gboolean
has_single (guint64 mask, int count)
{
  for (int value = 0; value < count; value++)
    {
      gboolean has_before = value > 0 && (mask & (G_GUINT64_CONSTANT (1) << (value - 1)));
      gboolean has_next = value + 1 < count && (mask & (G_GUINT64_CONSTANT (1) << (value + 1)));

      if ((mask & (G_GUINT64_CONSTANT (1) << value)) && !has_before && !has_next)
        return TRUE;
    }
  return FALSE;
}

/* "* 2 * * *" is every minute of that hour, where "0 2 * * *" may have been meant; the same of seconds. */
void
jt_doubt_star_of_minute (JtDoubts *doubts)
{
  const JtPattern *pattern = doubts->schedule->pattern;
  g_autofree char *clock = NULL;

  if (!is_cron (doubts))
    return;
  if (pattern->minutes == ALL_MINUTES && pattern->hours != ALL_HOURS && has_single (pattern->hours, 24) && !is_each_second (pattern))
    {
      clock = jt_phrase_clock (__builtin_ctz (pattern->hours) * 60 * MINUTE, FALSE);
      /* Translators: a time: "02:00" */
      jt_doubts_add (doubts, _("It elapses each minute of the hour that begins at %s; for once an hour put 0 in place of the '*' of the minute."),
                     clock);
    }
  else if (is_each_second (pattern) && pattern->minutes != ALL_MINUTES && has_single (pattern->minutes, 60))
    jt_doubts_add (doubts, _("It elapses 60 times in the minute; for once a minute put 0 in place of the '*' of the second."));
}

/* --- steps that begin anew before they come round --- */

/* Whether @mask goes on in steps to the end of what it counts, and the last of them falls short. */
static gboolean
falls_short (const JtDoubts *doubts, guint64 mask, int least, int count, guint field, JtProgression *steps)
{
  g_autoptr (GArray) values = jt_values_of_mask (mask);
  int end = least + count;

  /* Two values are a list that somebody wrote, unless they come from a step. */
  if (!jt_values_progress (values, steps) || (values->len < 3 && jt_doubts_star_step (doubts, field) == 0))
    return FALSE;
  return steps->step > 1 && steps->first - least < steps->step && steps->last + steps->step >= end
         && end - steps->last + steps->first - least != steps->step;
}

static int
distance_anew (const JtProgression *steps, int count)
{
  return (int) (count - steps->last + steps->first);
}

static void
doubt_seconds (JtDoubts *doubts)
{
  const JtItem *item = &g_array_index (doubts->schedule->pattern->seconds, JtItem, 0);
  guint64 mask = 0;
  JtProgression steps;

  if (doubts->schedule->pattern->seconds->len == 1 && (item->repeat < SECOND || item->start % SECOND != 0 || item->repeat % SECOND != 0))
    return;
  for (gint64 second = 0; second < 60; second++)
    if (jt_items_next (doubts->schedule->pattern->seconds, second * SECOND, second * SECOND) >= 0)
      mask |= G_GUINT64_CONSTANT (1) << second;
  if (falls_short (doubts, mask, 0, 60, JT_FIELD_SECOND, &steps))
    jt_doubts_add (doubts, _("Steps begin anew each minute: from second %d to second %d it is %d, not %d. Without that: 'every %ds'."),
                   (int) steps.last, (int) steps.first, distance_anew (&steps, 60), (int) steps.step, (int) steps.step);
}

static gboolean
has_neighbours (guint32 hours)
{
  return (hours & (hours >> 1)) != 0 || ((hours & 1u) && (hours & (1u << 23)));
}

void
jt_doubt_steps (JtDoubts *doubts)
{
  const JtPattern *pattern = doubts->schedule->pattern;
  JtProgression steps;

  if (pattern == NULL)
    return;
  doubt_seconds (doubts);
  if (has_neighbours (pattern->hours) && falls_short (doubts, pattern->minutes, 0, 60, JT_FIELD_MINUTE, &steps))
    jt_doubts_add (doubts, _("Steps begin anew each hour: from minute %d to minute %d it is %d, not %d. Without that: 'every %dmin'."),
                   (int) steps.last, (int) steps.first, distance_anew (&steps, 60), (int) steps.step, (int) steps.step);
  if (falls_short (doubts, pattern->hours, 0, 24, JT_FIELD_HOUR, &steps))
    jt_doubts_add (doubts, _("Steps begin anew each day: from hour %d to hour %d it is %d, not %d. Without that: 'every %dh'."), (int) steps.last,
                   (int) steps.first, distance_anew (&steps, 24), (int) steps.step, (int) steps.step);
  if (falls_short (doubts, pattern->months, 1, 12, JT_FIELD_MONTH, &steps))
    /* Translators: names of months, and how many months */
    jt_doubts_add (doubts, _("Steps begin anew each year: from %s to %s it is %d, not %d."), jt_phrase_month ((int) steps.last),
                   jt_phrase_month ((int) steps.first), distance_anew (&steps, 12), (int) steps.step);
  if (jt_doubts_star_step (doubts, JT_FIELD_WEEKDAY) > 1)
    jt_doubts_add (doubts, _("Steps begin anew each week, on Sunday."));
}

/* Months and years as lengths are not those of the calendar. */
void
jt_doubt_length (JtDoubts *doubts)
{
  gint64 interval = doubts->schedule->interval;

  if (doubts->schedule->kind != JT_SCHEDULE_EVERY)
    return;
  if (interval % MONTH_USEC == 0)
    jt_doubts_add (doubts, _("A month is 30.44 days here; for a day of each month write '0 0 1 * *'."));
  else if (interval % YEAR_USEC == 0)
    jt_doubts_add (doubts, _("A year is 365.25 days here; for a day of each year write '0 0 1 1 *'."));
}

/* --- all of them --- */

char **
jt_schedule_get_warnings (JtSchedule *self, gint64 from_usec)
{
  static void (*const all[]) (JtDoubts *doubts)
    = { jt_doubt_each_second, jt_doubt_sixth_field, jt_doubt_star_of_minute, jt_doubt_steps,   jt_doubt_length,
        jt_doubt_both_days,   jt_doubt_late_days,   jt_doubt_day_steps,      jt_doubt_end,     jt_doubt_seldom,
        jt_doubt_gap,         jt_doubt_overlap,     jt_doubt_instant,        jt_doubt_days_of_hours };
  g_autoptr (GStrvBuilder) found = g_strv_builder_new ();
  JtDoubts doubts = { .schedule = self, .from_usec = from_usec, .found = found };

  /* What never elapses has a reason of its own, and doubts about when it does would only be in its way. */
  if (jt_schedule_next (self, from_usec) != JT_INSTANT_NEVER)
    for (guint i = 0; i < G_N_ELEMENTS (all); i++)
      all[i] (&doubts);
  return g_strv_builder_end (found);
}
