/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Times of the day in words: "02:30 and 14:30", "Every 15 minutes from 09:00 to 17:45". */

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-describe.h"
#include "jt-phrase.h"

/* So many times of the day are told one by one at most, however they are made; fewer when a rule is seen in them. */
#define MAX_TIMES 8
#define MAX_TIMES_OF_RULE 3
#define MAX_SPANS 3
#define LEAST_SPAN 4
#define MAX_SECONDS 60

#define SECOND G_GINT64_CONSTANT (1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

typedef struct
{
  int first;
  int last; /* before the first: over midnight */
} Span;

typedef struct
{
  GArray       *hours;   /* (element-type gint64) (owned) */
  GArray       *minutes; /* (element-type gint64) (owned) */
  GArray       *seconds; /* (element-type gint64) (owned) microseconds; all of them, unless it is a progression */
  JtProgression second;  /* of those; one alone has no step */
  JtProgression minute;
  JtProgression hour;
  gboolean      is_regular_second; /* the progression holds them all */
  gboolean      is_regular_minute;
  gboolean      is_regular_hour;
  Span          spans[12]; /* hours that follow each other */
  guint         n_spans;
} Times;

static void
times_clear (Times *times)
{
  g_array_unref (times->hours);
  g_array_unref (times->minutes);
  g_array_unref (times->seconds);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Times, times_clear)

static gint64
value_at (GArray *values, guint index)
{
  return g_array_index (values, gint64, index);
}

static gint64
last_of (GArray *values)
{
  return value_at (values, values->len - 1);
}

/* A single value counts as the progression that it begins. */
static gboolean
find_progression (GArray *values, JtProgression *progression)
{
  *progression = (JtProgression) { value_at (values, 0), last_of (values), 0 };
  return values->len == 1 || jt_values_progress (values, progression);
}

/* One item with a repetition may stand for sixty million instants, so it is not written out. */
static void
read_seconds (Times *times, GArray *items)
{
  const JtItem *first = &g_array_index (items, JtItem, 0);

  times->seconds = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (items->len == 1 && first->repeat > 0)
    {
      gint64 end = first->stop >= 0 ? MIN (first->stop, MINUTE - 1) : MINUTE - 1;
      gint64 n_steps = (end - first->start) / first->repeat;

      times->second = (JtProgression) { first->start, first->start + n_steps * first->repeat, n_steps > 0 ? first->repeat : 0 };
      times->is_regular_second = TRUE;
      g_array_append_val (times->seconds, times->second.first);
      return;
    }
  for (gint64 at = jt_items_next (items, 0, MINUTE - 1); at >= 0 && times->seconds->len <= MAX_SECONDS;
       at = jt_items_next (items, at + 1, MINUTE - 1))
    g_array_append_val (times->seconds, at);
  times->is_regular_second = find_progression (times->seconds, &times->second);
}

/* @is_daily: then what goes on over midnight is one span. */
static void
find_spans (Times *times, gboolean is_daily)
{
  for (guint i = 0; i < times->hours->len; i++)
    {
      int hour = (int) value_at (times->hours, i);

      if (times->n_spans > 0 && times->spans[times->n_spans - 1].last == hour - 1)
        times->spans[times->n_spans - 1].last = hour;
      else
        times->spans[times->n_spans++] = (Span) { hour, hour };
    }
  if (is_daily && times->n_spans > 1 && times->spans[0].first == 0 && times->spans[times->n_spans - 1].last == 23)
    {
      times->spans[0].first = times->spans[times->n_spans - 1].first;
      times->n_spans--;
    }
}

static guint
count_hours (const Span *span)
{
  return (guint) ((span->last - span->first + 24) % 24) + 1;
}

static gboolean
is_each_hour (const Times *times)
{
  return times->hours->len == 24;
}

static gboolean
is_each_minute (const Times *times)
{
  return times->minutes->len == 60;
}

static gboolean
has_one_second (const Times *times)
{
  return times->is_regular_second && times->second.step == 0;
}

/* The whole hour, at the same distance from one hour to the next. */
static gboolean
is_round_minute (const Times *times)
{
  return times->is_regular_minute && times->minute.step > 0 && times->minute.step * times->minutes->len == 60;
}

static gboolean
shows_seconds (const Times *times)
{
  return times->second.first != 0 || times->second.last != 0;
}

static char *
say_first (const Times *times, gint64 hour, gint64 minute)
{
  return jt_phrase_clock (hour * HOUR + minute * MINUTE + times->second.first, shows_seconds (times));
}

static char *
say_last (const Times *times, gint64 hour, gint64 minute)
{
  return jt_phrase_clock (hour * HOUR + minute * MINUTE + times->second.last, shows_seconds (times));
}

/* The most hours that follow each other. */
static guint
longest_span (const Times *times)
{
  guint longest = 0;

  for (guint i = 0; i < times->n_spans; i++)
    longest = MAX (longest, count_hours (&times->spans[i]));
  return longest;
}

/* --- when the clock shows it --- */

/* Few enough to be told one by one, or without a rule that would be shorter. */
static gboolean
is_told_by_clock (const Times *times)
{
  guint count = times->hours->len * times->minutes->len;

  if (!has_one_second (times) || count > MAX_TIMES)
    return FALSE;
  if (count <= MAX_TIMES_OF_RULE)
    return TRUE;
  if (times->minutes->len > 2)
    return !times->is_regular_minute;
  if (times->minutes->len == 2)
    return !is_round_minute (times) || times->n_spans > 1;
  return !times->is_regular_hour && times->n_spans > 1 && (times->n_spans > MAX_SPANS || longest_span (times) < LEAST_SPAN);
}

static char *
list_clock (const Times *times)
{
  g_autoptr (GPtrArray) parts = jt_phrase_list_new ();

  for (guint i = 0; i < times->hours->len; i++)
    for (guint j = 0; j < times->minutes->len; j++)
      g_ptr_array_add (parts, say_first (times, value_at (times->hours, i), value_at (times->minutes, j)));
  return jt_phrase_and (parts);
}

/* "from 09:00 to 17:45 and from 20:00 to 20:45": each from the first minute and second of its first hour to the last of its last. */
static char *
say_spans (const Times *times, gint64 first_minute, gint64 last_minute)
{
  g_autoptr (GPtrArray) parts = jt_phrase_list_new ();

  for (guint i = 0; i < times->n_spans; i++)
    {
      g_autofree char *begin = say_first (times, times->spans[i].first, first_minute);
      g_autofree char *end = say_last (times, times->spans[i].last, last_minute);

      if (g_str_equal (begin, end))
        /* Translators: a time among spans of time: "from 09:00 to 17:00 and at 20:00" */
        g_ptr_array_add (parts, g_strdup_printf (C_("span", "at %s"), begin));
      else
        /* Translators: a span of time: "from 09:00 to 17:45" */
        g_ptr_array_add (parts, g_strdup_printf (C_("span", "from %s to %s"), begin, end));
    }
  return jt_phrase_and (parts);
}

/* @minutes: "Every minute", "At minutes 5 and 35" */
static char *
add_hour_step (const Times *times, const char *minutes, gint64 first_minute, gint64 last_minute)
{
  g_autofree char *begin = say_first (times, times->hour.first, first_minute);
  g_autofree char *end = say_last (times, times->hour.last, last_minute);

  /* Translators: what happens in an hour, which one ("2nd"), and from when to when: "Every 15 minutes in every 2nd hour from 00:00 to 22:45" */
  return g_strdup_printf (_("%s in every %s hour from %s to %s"), minutes, jt_phrase_ordinal ((int) times->hour.step), begin, end);
}

static char *
add_hour_list (const Times *times, const char *minutes)
{
  g_autofree char *hours = jt_phrase_set (times->hours, jt_phrase_number);

  /* Translators: what happens in an hour, and the hours of the day: "At minute 5 of the hours 1, 3 and 10 to 12" */
  return g_strdup_printf (_("%s of the hours %s"), minutes, hours);
}

/* Where no time of the clock has said the second already. @phrase: (transfer full) */
static char *
add_second (const Times *times, char *phrase)
{
  g_autofree char *owned = phrase;
  g_autofree char *second = jt_phrase_seconds (times->second.first);

  if (times->second.first == 0 || times->second.step > 0)
    return g_steal_pointer (&owned);
  /* Translators: what happens in an hour, and the second of the minute: "Every minute, at second 30" */
  return g_strdup_printf (_("%s, at second %s"), phrase, second);
}

static gboolean
is_hour_step (const Times *times)
{
  return times->is_regular_hour && times->hour.step > 1 && times->hours->len > 2;
}

/* --- minutes of the hour --- */

/* "Every 7 minutes from minute 0 to 56", "At minutes 5 and 35" */
static char *
say_minutes (const Times *times)
{
  int first = (int) times->minute.first;
  int last = (int) times->minute.last;
  g_autofree char *numbers = NULL;

  if (is_each_minute (times))
    return jt_phrase_every_minute (1);
  if (times->is_regular_minute && times->minute.step == 1 && times->minutes->len > 2)
    /* Translators: minutes of an hour */
    return g_strdup_printf (_("Every minute from minute %d to %d"), first, last);
  if (times->is_regular_minute && times->minutes->len > 3)
    /* Translators: a distance, then minutes of an hour: "Every 7 minutes from minute 0 to 56" */
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Every %d minute from minute %d to %d", "Every %d minutes from minute %d to %d",
                                         (gulong) times->minute.step),
                            (int) times->minute.step, first, last);
  numbers = jt_phrase_set (times->minutes, jt_phrase_number);
  /* Translators: one minute of an hour, or several, as in "5 and 35" */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "At minute %s", "At minutes %s", times->minutes->len), numbers);
}

static char *
describe_minutes_of_hours (const Times *times)
{
  g_autofree char *minutes = say_minutes (times);
  g_autofree char *spans = NULL;

  if (is_each_hour (times))
    /* Translators: what happens in an hour: "At minutes 5 and 35 of every hour" */
    return add_second (times, g_strdup_printf (_("%s of every hour"), minutes));
  if (is_hour_step (times))
    return add_hour_step (times, minutes, times->minute.first, times->minute.last);
  if (times->n_spans > MAX_SPANS)
    return add_second (times, add_hour_list (times, minutes));
  spans = say_spans (times, times->minute.first, times->minute.last);
  /* Translators: what happens in an hour, and spans of time: "At minutes 5 and 35 of every hour, from 09:05 to 17:35" */
  return g_strdup_printf (_("%s of every hour, %s"), minutes, spans);
}

/* The same distance all the time, also from hour to hour. */
static char *
describe_even_minutes (const Times *times)
{
  g_autofree char *every = jt_phrase_every_minute ((int) times->minute.step);
  g_autofree char *spans = NULL;

  if (is_each_hour (times))
    return times->minute.first == 0 ? add_second (times, g_steal_pointer (&every)) : describe_minutes_of_hours (times);
  if (is_hour_step (times))
    return add_hour_step (times, every, times->minute.first, times->minute.last);
  if (times->n_spans > MAX_SPANS)
    return describe_minutes_of_hours (times);
  spans = say_spans (times, times->minute.first, times->minute.last);
  /* Translators: what happens, and spans of time: "Every 15 minutes from 09:00 to 17:45" */
  return g_strdup_printf (C_("span", "%s %s"), every, spans);
}

static char *
describe_each_hour (const Times *times)
{
  g_autofree char *second = jt_phrase_seconds (times->second.first);

  if (times->second.first != 0)
    return g_strdup_printf (_("Every hour at minute %d and second %s"), (int) times->minute.first, second);
  return times->minute.first == 0 ? g_strdup (_("Every hour, on the hour"))
                                  : g_strdup_printf (_("Every hour at minute %d"), (int) times->minute.first);
}

static char *
describe_one_minute (const Times *times)
{
  g_autofree char *every = NULL;
  g_autofree char *spans = NULL;

  if (is_each_hour (times))
    return describe_each_hour (times);
  if (is_hour_step (times))
    {
      g_autofree char *begin = say_first (times, times->hour.first, times->minute.first);
      g_autofree char *end = say_last (times, times->hour.last, times->minute.first);

      every = jt_phrase_every_hour ((int) times->hour.step);
      spans = g_strdup_printf (C_("span", "from %s to %s"), begin, end);
      return g_strdup_printf (C_("span", "%s %s"), every, spans);
    }
  if (times->n_spans > MAX_SPANS || longest_span (times) < LEAST_SPAN)
    return describe_minutes_of_hours (times);
  every = jt_phrase_every_hour (1);
  spans = say_spans (times, times->minute.first, times->minute.first);
  return g_strdup_printf (C_("span", "%s %s"), every, spans);
}

static char *
describe_minutes (const Times *times)
{
  gboolean is_within_hour = times->n_spans == 1 && count_hours (&times->spans[0]) == 1;

  if (times->minutes->len == 1)
    return describe_one_minute (times);
  /* Within one hour there is no next hour that the distance could be broken at. */
  if (is_each_minute (times) || is_round_minute (times) || (is_within_hour && times->is_regular_minute && times->minutes->len > 3))
    return describe_even_minutes (times);
  return describe_minutes_of_hours (times);
}

/* --- seconds of the minute --- */

static char *
say_seconds (const Times *times)
{
  g_autofree char *first = jt_phrase_seconds (times->second.first);
  g_autofree char *last = jt_phrase_seconds (times->second.last);
  g_autofree char *step = jt_phrase_seconds (times->second.step);
  g_autofree char *numbers = NULL;

  if (times->is_regular_second && times->second.first == 0 && times->second.last + times->second.step == MINUTE)
    return jt_phrase_every_second (times->second.step);
  if (times->is_regular_second && times->second.last - times->second.first >= 2 * times->second.step)
    {
      if (times->second.step == SECOND)
        return g_strdup_printf (_("Every second from second %s to %s of the minute"), first, last);
      /* Translators: a distance, never 1, then seconds of a minute */
      return g_strdup_printf (_("Every %s seconds from second %s to %s of the minute"), step, first, last);
    }
  if (times->seconds->len > MAX_SECONDS)
    return g_strdup (_("Several times a second"));
  if (times->is_regular_second)
    {
      g_autoptr (GPtrArray) both = jt_phrase_list_new ();

      g_ptr_array_add (both, g_steal_pointer (&first));
      g_ptr_array_add (both, g_steal_pointer (&last));
      numbers = jt_phrase_and (both);
    }
  else
    {
      g_autoptr (GPtrArray) all = jt_phrase_list_new ();

      for (guint i = 0; i < times->seconds->len; i++)
        g_ptr_array_add (all, jt_phrase_seconds (value_at (times->seconds, i)));
      numbers = jt_phrase_and (all);
    }
  /* Translators: seconds of a minute, as in "5 and 10" */
  return g_strdup_printf (_("At seconds %s of the minute"), numbers);
}

static char *
describe_seconds (const Times *times)
{
  g_autofree char *seconds = say_seconds (times);
  gboolean is_one_hour = times->hours->len == 1;
  gboolean is_one_piece = times->is_regular_minute && times->minute.step <= 1;
  g_autofree char *minutes = NULL;
  g_autofree char *hours = NULL;

  if (is_each_minute (times) && is_each_hour (times))
    return g_steal_pointer (&seconds);
  if ((is_each_minute (times) && times->n_spans <= MAX_SPANS) || (is_one_hour && is_one_piece))
    {
      g_autofree char *spans = say_spans (times, times->minute.first, times->minute.last);

      return g_strdup_printf (C_("span", "%s %s"), seconds, spans);
    }
  if (is_each_minute (times))
    return add_hour_list (times, seconds);
  minutes = jt_phrase_set (times->minutes, jt_phrase_number);
  if (is_one_hour)
    {
      g_autofree char *hour = jt_phrase_clock (times->hour.first * HOUR, FALSE);

      /* Translators: what happens in a minute, minutes, an hour: "Every second, in minutes 0, 5, 10 … 55 after 03:00" */
      return g_strdup_printf (_("%s, in minutes %s after %s"), seconds, minutes, hour);
    }
  if (is_each_hour (times))
    /* Translators: what happens in a minute, and minutes of an hour: "Every 5 seconds, in minutes 0 and 30 of every hour" */
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s, in minute %s of every hour", "%s, in minutes %s of every hour", times->minutes->len),
                            seconds, minutes);
  hours = jt_phrase_set (times->hours, jt_phrase_number);
  /* Translators: what happens in a minute, minutes of an hour, hours of a day */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s, in minute %s of the hours %s", "%s, in minutes %s of the hours %s", times->minutes->len),
                          seconds, minutes, hours);
}

/**
 * jt_describe_time:
 * @is_daily: each day of the year is one
 * @is_clock: (out): the answer is times of the clock, to be put behind "at"; else a phrase that can begin a sentence
 *
 * Returns: (transfer full)
 */
char *
jt_describe_time (const JtPattern *pattern, gboolean is_daily, gboolean *is_clock)
{
  g_auto (Times) times = { .hours = jt_values_of_mask (pattern->hours), .minutes = jt_values_of_mask (pattern->minutes) };

  times.is_regular_hour = find_progression (times.hours, &times.hour);
  times.is_regular_minute = find_progression (times.minutes, &times.minute);
  read_seconds (&times, pattern->seconds);
  find_spans (&times, is_daily);
  *is_clock = is_told_by_clock (&times);
  if (*is_clock)
    return list_clock (&times);
  return has_one_second (&times) ? describe_minutes (&times) : describe_seconds (&times);
}
