/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-phrase.h"

#include <string.h>

#include <glib/gi18n-lib.h>

/* From so many values on, those with gaps between them are told by the first three and the last. */
#define LEAST_ELLIPSIS 5
#define LEAST_RANGE 3

#define SECOND G_GINT64_CONSTANT (1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* --- lists --- */

GPtrArray *
jt_phrase_list_new (void)
{
  return g_ptr_array_new_with_free_func (g_free);
}

static char *
join (GPtrArray *parts, gboolean is_or)
{
  g_autofree char *text = NULL;

  for (guint i = 0; i < parts->len; i++)
    {
      const char *part = g_ptr_array_index (parts, i);
      g_autofree char *before = g_steal_pointer (&text);

      if (before == NULL)
        text = g_strdup (part);
      else if (i < parts->len - 1)
        /* Translators: what has been listed so far, and one thing more, which is not the last */
        text = g_strdup_printf (C_("list", "%s, %s"), before, part);
      else if (is_or)
        /* Translators: all that has been listed so far, and the last thing: "Monday or Friday" */
        text = g_strdup_printf (C_("list", "%s or %s"), before, part);
      else
        /* Translators: all that has been listed so far, and the last thing: "02:30, 08:00 and 14:30" */
        text = g_strdup_printf (C_("list", "%s and %s"), before, part);
    }
  return text != NULL ? g_steal_pointer (&text) : g_strdup ("");
}

char *
jt_phrase_and (GPtrArray *parts)
{
  return join (parts, FALSE);
}

char *
jt_phrase_or (GPtrArray *parts)
{
  return join (parts, TRUE);
}

/* --- sets of values --- */

GArray *
jt_values_of_mask (guint64 mask)
{
  GArray *values = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (; mask != 0; mask &= mask - 1)
    {
      gint64 value = __builtin_ctzll (mask);

      g_array_append_val (values, value);
    }
  return values;
}

gboolean
jt_values_progress (GArray *values, JtProgression *progression)
{
  const gint64 *value = (const gint64 *) (gpointer) values->data;

  if (values->len < 2)
    return FALSE;
  for (guint i = 2; i < values->len; i++)
    if (value[i] - value[i - 1] != value[1] - value[0])
      return FALSE;
  *progression = (JtProgression) { value[0], value[values->len - 1], value[1] - value[0] };
  return TRUE;
}

static char *
say_progression (const JtProgression *progression, JtPhraseValue say)
{
  g_autofree char *first = say (progression->first);
  g_autofree char *second = say (progression->first + progression->step);
  g_autofree char *third = say (progression->first + 2 * progression->step);
  g_autofree char *last = say (progression->last);

  /* Translators: values with the same gap between them: the first three and the last, as in "1st, 3rd, 5th … 31st" */
  return g_strdup_printf (C_("list", "%s, %s, %s … %s"), first, second, third, last);
}

static char *
say_range (gint64 first, gint64 last, JtPhraseValue say)
{
  g_autofree char *begin = say (first);
  g_autofree char *end = say (last);

  /* Translators: values that follow each other, as in "Monday to Friday", "1st to 7th", "2026 to 2028" */
  return g_strdup_printf (C_("range", "%s to %s"), begin, end);
}

char *
jt_phrase_set (GArray *values, JtPhraseValue say)
{
  const gint64 *value = (const gint64 *) (gpointer) values->data;
  g_autoptr (GPtrArray) parts = jt_phrase_list_new ();
  JtProgression progression;

  if (values->len >= LEAST_ELLIPSIS && jt_values_progress (values, &progression) && progression.step > 1)
    return say_progression (&progression, say);
  for (guint i = 0; i < values->len; i++)
    {
      guint last = i;

      while (last + 1 < values->len && value[last + 1] == value[last] + 1)
        last++;
      if (last - i + 1 < LEAST_RANGE)
        {
          g_ptr_array_add (parts, say (value[i]));
          continue;
        }
      g_ptr_array_add (parts, say_range (value[i], value[last], say));
      i = last;
    }
  return jt_phrase_and (parts);
}

/* --- words --- */

const char *
jt_phrase_ordinal (int number)
{
  /* Translators: ordinals, of days of the month ("on the 1st and 15th of the month") and of hours ("in every 2nd hour") */
  static const char *const words[]
    = { NC_("ordinal", "1st"),  NC_("ordinal", "2nd"),  NC_("ordinal", "3rd"),  NC_("ordinal", "4th"),  NC_("ordinal", "5th"),
        NC_("ordinal", "6th"),  NC_("ordinal", "7th"),  NC_("ordinal", "8th"),  NC_("ordinal", "9th"),  NC_("ordinal", "10th"),
        NC_("ordinal", "11th"), NC_("ordinal", "12th"), NC_("ordinal", "13th"), NC_("ordinal", "14th"), NC_("ordinal", "15th"),
        NC_("ordinal", "16th"), NC_("ordinal", "17th"), NC_("ordinal", "18th"), NC_("ordinal", "19th"), NC_("ordinal", "20th"),
        NC_("ordinal", "21st"), NC_("ordinal", "22nd"), NC_("ordinal", "23rd"), NC_("ordinal", "24th"), NC_("ordinal", "25th"),
        NC_("ordinal", "26th"), NC_("ordinal", "27th"), NC_("ordinal", "28th"), NC_("ordinal", "29th"), NC_("ordinal", "30th"),
        NC_("ordinal", "31st") };

  g_return_val_if_fail (number >= 1 && number <= (int) G_N_ELEMENTS (words), "");
  return g_dpgettext2 (GETTEXT_PACKAGE, "ordinal", words[number - 1]);
}

const char *
jt_phrase_weekday (int weekday)
{
  static const char *const words[] = { N_("Sunday"),   N_("Monday"), N_("Tuesday"), N_("Wednesday"),
                                       N_("Thursday"), N_("Friday"), N_("Saturday") };

  return _(words[weekday % 7]);
}

const char *
jt_phrase_weekly (int weekday)
{
  /* Translators: these stand in "on %s": each week's, as in "on Mondays and Fridays" */
  static const char *const words[]
    = { NC_("weekly", "Sundays"),   NC_("weekly", "Mondays"), NC_("weekly", "Tuesdays"), NC_("weekly", "Wednesdays"),
        NC_("weekly", "Thursdays"), NC_("weekly", "Fridays"), NC_("weekly", "Saturdays") };

  return g_dpgettext2 (GETTEXT_PACKAGE, "weekly", words[weekday % 7]);
}

const char *
jt_phrase_month (int month)
{
  static const char *const words[] = { N_("January"), N_("February"), N_("March"),     N_("April"),   N_("May"),      N_("June"),
                                       N_("July"),    N_("August"),   N_("September"), N_("October"), N_("November"), N_("December") };

  g_return_val_if_fail (month >= 1 && month <= 12, "");
  return _(words[month - 1]);
}

char *
jt_phrase_number (gint64 number)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT, number);
}

/* @digits: of the whole part, at least */
static char *
say_fraction (gint64 usec, int digits)
{
  char *text = g_strdup_printf ("%0*" G_GINT64_FORMAT ".%06d", digits, usec / SECOND, (int) (usec % SECOND));
  gsize length = strlen (text);

  while (text[length - 1] == '0')
    length--;
  text[text[length - 1] == '.' ? length - 1 : length] = '\0';
  return text;
}

char *
jt_phrase_seconds (gint64 usec)
{
  return say_fraction (usec, 1);
}

char *
jt_phrase_date (int day, int month, int year)
{
  if (year != 0)
    /* Translators: day, month and year: "24 December 2026" */
    return g_strdup_printf (C_("date", "%d %s %d"), day, jt_phrase_month (month), year);
  /* Translators: a day of each year: "24 December" */
  return g_strdup_printf (C_("date", "%d %s"), day, jt_phrase_month (month));
}

char *
jt_phrase_clock (gint64 usec, gboolean with_seconds)
{
  int hour = (int) (usec / HOUR);
  int minute = (int) (usec / MINUTE % 60);
  g_autofree char *second = say_fraction (usec % MINUTE, 2);

  if (usec % MINUTE == 0 && !with_seconds)
    return g_strdup_printf ("%02d:%02d", hour, minute);
  return g_strdup_printf ("%02d:%02d:%s", hour, minute, second);
}

/* --- lengths of time --- */

/* The whole days, hours and minutes of *@usec are taken off it. */
static void
take_units (GPtrArray *parts, gint64 *usec)
{
  int days = (int) (*usec / DAY);
  int hours = (int) (*usec % DAY / HOUR);
  int minutes = (int) (*usec % HOUR / MINUTE);

  if (days > 0)
    g_ptr_array_add (parts, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d day", "%d days", (gulong) days), days));
  if (hours > 0)
    g_ptr_array_add (parts, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d hour", "%d hours", (gulong) hours), hours));
  if (minutes > 0)
    g_ptr_array_add (parts, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d minute", "%d minutes", (gulong) minutes), minutes));
  *usec %= MINUTE;
}

char *
jt_phrase_length (gint64 usec)
{
  g_autoptr (GPtrArray) parts = jt_phrase_list_new ();

  take_units (parts, &usec);
  if (usec > 0 || parts->len == 0)
    {
      g_autofree char *seconds = jt_phrase_seconds (usec);

      g_ptr_array_add (parts, usec == SECOND ? g_strdup (_("1 second")) : g_strdup_printf (_("%s seconds"), seconds));
    }
  return jt_phrase_and (parts);
}

char *
jt_phrase_every_hour (int count)
{
  if (count == 1)
    return g_strdup (_("Every hour"));
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Every %d hour", "Every %d hours", (gulong) count), count);
}

char *
jt_phrase_every_minute (int count)
{
  if (count == 1)
    return g_strdup (_("Every minute"));
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Every %d minute", "Every %d minutes", (gulong) count), count);
}

char *
jt_phrase_every_second (gint64 usec)
{
  g_autofree char *seconds = jt_phrase_seconds (usec);

  if (usec == SECOND)
    return g_strdup (_("Every second"));
  /* Translators: a number, perhaps with a fraction: "Every 0.5 seconds"; never 1 */
  return g_strdup_printf (_("Every %s seconds"), seconds);
}

/* One unit is said as one, and what is less than two of it in the next: 90 minutes. A day is not, since it would be one of the calendar. */
char *
jt_phrase_every_length (gint64 usec)
{
  g_autofree char *length = NULL;

  if (usec % DAY == 0 && usec != DAY)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Every %d day", "Every %d days", (gulong) (usec / DAY)), (int) (usec / DAY));
  if (usec % HOUR == 0 && usec < 2 * DAY)
    return jt_phrase_every_hour ((int) (usec / HOUR));
  if (usec % MINUTE == 0 && usec < 2 * HOUR)
    return jt_phrase_every_minute ((int) (usec / MINUTE));
  if (usec < MINUTE || (usec % SECOND == 0 && usec < 2 * MINUTE))
    return jt_phrase_every_second (usec);
  length = jt_phrase_length (usec);
  /* Translators: a length of time of several units: "Every 2 hours and 30 minutes" */
  return g_strdup_printf (C_("length", "Every %s"), length);
}
