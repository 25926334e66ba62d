/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Slips with words of speech: "every monday at 9", "daily at 5", "tomorrow 07:00". */

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-duration.h"
#include "jt-nearest.h"
#include "jt-slips.h"

static const char *const units[] = { "us",   "ms",    "s", "sec", "second", "seconds", "m",     "min",    "minute", "minutes", "h",    "hr",   "hour",
                                     "hours", "d",    "day", "days", "w",   "week",    "weeks", "month",  "months", "y",       "year", "years", NULL };

/* "minutes" is "min" as people should write it. NULL: no unit. */
static const char *
short_unit (const char *word)
{
  static const char *const shorts[][2] = { { "second", "s" }, { "minute", "min" }, { "hour", "h" }, { "week", "w" }, { "month", "month" },
                                           { "year", "y" },   { "min", "min" },    { "sec", "s" },  { "hr", "h" },   { "day", "d" } };

  for (guint i = 0; i < G_N_ELEMENTS (shorts); i++)
    if (g_str_has_prefix (word, shorts[i][0]) && g_str_equal (word + strlen (shorts[i][0]), word[strlen (shorts[i][0])] == 's' ? "s" : ""))
      return shorts[i][1];
  return NULL;
}

static int
number_of_word (const char *word)
{
  static const struct
  {
    const char *word;
    int         number;
  } numbers[] = {
    { "a", 1 },      { "an", 1 },    { "one", 1 },  { "two", 2 },   { "second", 2 }, { "2nd", 2 },     { "other", 2 },   { "three", 3 },
    { "third", 3 },  { "3rd", 3 },   { "four", 4 }, { "five", 5 },  { "six", 6 },    { "ten", 10 },    { "twelve", 12 }, { "fifteen", 15 },
    { "twenty", 20 }, { "thirty", 30 }, { "half", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (g_str_equal (word, numbers[i].word))
      return numbers[i].number;
  return 0;
}

/* "mondays", "monday", "mon": Mon; "weekdays": Mon..Fri. NULL: none. */
static const char *
calendar_days (const char *word)
{
  static const char *const groups[][2] = { { "weekday", "Mon..Fri" }, { "workday", "Mon..Fri" }, { "weekend", "Sat,Sun" } };
  static const char *const shorts[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
  gsize length = strlen (word);

  if (length > 3 && word[length - 1] == 's')
    length--;
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    if (strlen (groups[i][0]) == length && strncmp (word, groups[i][0], length) == 0)
      return groups[i][1];
  for (guint i = 0; i < G_N_ELEMENTS (shorts); i++)
    if ((length == 3 || strlen (jt_weekday_names[i]) == length) && g_ascii_strncasecmp (word, jt_weekday_names[i], length) == 0)
      return shorts[i];
  return NULL;
}

/* The first time of the day from the @word-th word on. FALSE: 00:00 */
static gboolean
find_clock (const JtSlip *slip, guint word, int *hour, int *minute)
{
  const char *half;
  guint n_words;

  for (; word < slip->n_words; word++)
    if (jt_slip_read_clock (slip, word, hour, minute, &n_words, &half))
      return TRUE;
  *hour = *minute = 0;
  return FALSE;
}

/* --- every --- */

/* "every monday at 9", "every day", "every 5 minutes": what stands after "every". */
static gboolean
say_every_word (JtSlip *slip, guint first)
{
  const char *word = jt_slip_word (slip, first);
  const char *unit = short_unit (word);
  const char *days = calendar_days (word);
  int number = number_of_word (word);
  int hour;
  int minute;
  gboolean has_clock = find_clock (slip, first + 1, &hour, &minute);

  if (days != NULL)
    return jt_slip_say (slip, slip->begins[first], _("'every' takes a length of time; write '%s %02d:%02d'"), days, hour, minute);
  if (number > 0 && short_unit (jt_slip_word (slip, first + 1)) != NULL)
    return jt_slip_say (slip, slip->begins[first], _("write the number in digits: '%s %d%s'"), "every", number,
                        short_unit (jt_slip_word (slip, first + 1)));
  if (unit == NULL)
    return FALSE;
  if (has_clock || g_str_equal (unit, "d"))
    return jt_slip_say (slip, slip->begins[first],
                        _("'every' takes a length of time; write '*-*-* %02d:%02d' for each day, 'every 1d' for 24 hours"), hour, minute);
  return jt_slip_say (slip, slip->begins[first], _("a number is missing; write 'every 1%s'"), unit);
}

gboolean
jt_slip_every (JtSlip *slip)
{
  const char *first = jt_slip_word (slip, 0);

  if (g_str_has_prefix (first, "every") && g_ascii_isdigit (first[5]))
    return jt_slip_say (slip, slip->begins[0] + 5, _("a space is missing; write 'every %.32s'"), slip->begins[0] + 5);
  if (g_str_equal (first, "each"))
    return say_every_word (slip, 1) || jt_slip_say (slip, slip->begins[0], _("write 'every' in place of 'each', as 'every 15min'"));
  return g_str_equal (first, "every") && slip->n_words > 1 && say_every_word (slip, 1);
}

/* The letters that the parser's error points at, in small ones. NULL: it points at something else. */
static const char *
find_faulty_letters (const JtSlip *slip, guint *index)
{
  const char *fault = g_utf8_offset_to_pointer (slip->scan->text, (glong) slip->scan->column - 1);

  for (*index = 0; *index < slip->n_words; (*index)++)
    if (fault >= slip->begins[*index] && fault < slip->begins[*index] + strlen (slip->words[*index]))
      {
        const char *letters = slip->words[*index] + (fault - slip->begins[*index]);

        return g_ascii_isalpha (*letters) ? letters : NULL;
      }
  return NULL;
}

static gboolean
is_faulty (const JtSlip *slip, guint word)
{
  guint index;

  return find_faulty_letters (slip, &index) != NULL && index == word;
}

/* A unit that is none, or is missing, after "every" or "in"; a time of the day, which neither takes. */
gboolean
jt_slip_unit (JtSlip *slip)
{
  const char *first = jt_slip_word (slip, 0);
  const char *second = jt_slip_word (slip, 1);
  const char *nearest;
  const char *letters;
  guint index;

  if (!g_str_equal (first, "every") && !g_str_equal (first, "in"))
    return FALSE;
  if (slip->n_words == 2 && strspn (second, "0123456789") == strlen (second) && strlen (second) < 6)
    return jt_slip_say (slip, slip->begins[1] + strlen (second),
                        _("missing unit after the number; write '%s %smin' for minutes, '%s %sh' for hours"), first, second, first, second);
  if (number_of_word (second) > 0 && short_unit (jt_slip_word (slip, 2)) != NULL)
    return jt_slip_say (slip, slip->begins[1], _("write the number in digits: '%s %d%s'"), first, number_of_word (second),
                        short_unit (jt_slip_word (slip, 2)));
  letters = find_faulty_letters (slip, &index);
  if (letters == NULL)
    return FALSE;
  if (g_str_equal (letters, "at") || g_str_equal (letters, "on"))
    return jt_slip_say (slip, slip->begins[index],
                        _("'%s' takes no time of the day; write a calendar, as '*-*-* 05:00', or 'every 2d from 2026-01-01 05:00'"), first);
  if (g_strv_contains (units, letters))
    return jt_slip_say (slip, jt_slip_place (slip, index, letters), _("units are small letters; write %s"), letters);
  nearest = jt_nearest (letters, units);
  return nearest != NULL
         && jt_slip_say (slip, jt_slip_place (slip, index, letters),
                         _("unknown unit '%.16s'; did you mean %s? Write 15min, 1h 30min or PT15M"), letters, nearest);
}

/* --- words for days --- */

static gboolean
say_with_clock (JtSlip *slip, guint word, const char *days)
{
  int hour;
  int minute;

  find_clock (slip, word, &hour, &minute);
  return jt_slip_say (slip, slip->begins[0], _("write '%s %02d:%02d'"), days, hour, minute);
}

/* "daily at 5": the word says a time already. */
static gboolean
say_stands_alone (JtSlip *slip)
{
  static const char *const words[][2] = { { "daily", "*-*-*" },     { "weekly", "Mon" },        { "monthly", "*-*-01" },
                                          { "yearly", "*-01-01" },  { "annually", "*-01-01" },  { "quarterly", "*-01,04,07,10-01" } };
  const char *first = jt_slip_word (slip, 0);
  const char *rest = jt_slip_word (slip, 1);
  int hour;
  int minute;

  if (g_str_equal (first, "hourly") && find_clock (slip, 1, &hour, &minute))
    return jt_slip_say (slip, slip->begins[1], _("'%s' stands alone; write '*:%02d'"), first, minute > 0 ? minute : hour);
  for (guint i = 0; i < G_N_ELEMENTS (words) && *rest != '\0'; i++)
    {
      if (!g_str_equal (first, words[i][0]))
        continue;
      if (find_clock (slip, 1, &hour, &minute) && slip->n_words <= 4 && (g_str_equal (rest, "at") || slip->n_words == 2))
        return jt_slip_say (slip, slip->begins[1], _("'%s' stands alone; write '%s %02d:%02d'"), first, words[i][1], hour, minute);
      if (slip->n_words == 2 && strchr (rest, '/') != NULL)
        return jt_slip_zone_name (slip, 1);
      return jt_slip_say (slip, slip->begins[slip->n_words - 1],
                          _("unexpected '%.32s': after '%s' only a zone may stand, as Europe/Berlin; with a time write '%s 02:30'"),
                          slip->begins[slip->n_words - 1], first, words[i][1]);
    }
  return FALSE;
}

gboolean
jt_slip_day_word (JtSlip *slip)
{
  static const char *const instants[] = { "today", "tomorrow", "yesterday", NULL };
  static const char *const clocks[][2]
    = { { "midnight", "00:00" }, { "noon", "12:00" }, { "midday", "12:00" }, { "teatime", "16:00" }, { "nightly", "02:00" } };
  const char *first = jt_slip_word (slip, 0);
  const char *word = g_str_equal (first, "at") || g_str_equal (first, "on") ? jt_slip_word (slip, 1) : first;
  const char *days = calendar_days (word);
  guint place = word == first ? 0 : 1;
  int hour;
  int minute;

  for (guint i = 0; i < G_N_ELEMENTS (clocks); i++)
    if (g_str_equal (word, clocks[i][0]))
      return g_str_equal (first, "at") ? jt_slip_say (slip, slip->begins[place], _("write 'at %s'"), clocks[i][1])
                                       : jt_slip_say (slip, slip->begins[place], _("write '%s' for each day"), clocks[i][1]);
  if (g_str_equal (first, "at") && slip->n_words > 2 && g_strv_contains (instants, jt_slip_word (slip, slip->n_words - 1)))
    return find_clock (slip, 1, &hour, &minute)
           && jt_slip_say (slip, slip->begins[slip->n_words - 1], _("the day goes before the time; write 'at %s %02d:%02d'"),
                           jt_slip_word (slip, slip->n_words - 1), hour, minute);
  if (g_str_equal (word, "now"))
    return jt_slip_say (slip, slip->begins[place], _("leave the schedule out, and start the job with jobctl run"));
  if (g_strv_contains (instants, first))
    return jt_slip_say (slip, slip->begins[0], _("for once write 'at %.32s'"), slip->begins[0]);
  if (days != NULL && !g_str_equal (first, "at") && (place == 1 || is_faulty (slip, 0) || g_str_equal (jt_slip_word (slip, 1), "at")))
    return say_with_clock (slip, place + 1, days);
  return say_stands_alone (slip);
}
