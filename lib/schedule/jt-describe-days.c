/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Days in words: "Monday to Friday", "on the 1st and 15th of the month", "on the second Friday of the month". */

#include <glib/gi18n-lib.h>

#include "jt-describe.h"
#include "jt-phrase.h"

#define ALL_DAYS 0xfffffffeu
#define ALL_WEEKDAYS 0x7fu
#define ALL_MONTHS 0x1ffeu
/* More dates of the year than this are told as days of months. */
#define MAX_DATES 4
#define LEAST_RUN 3
#define FIRST_YEAR 1970
#define LAST_YEAR 2199

static guint
count_bits (guint32 mask)
{
  return (guint) __builtin_popcount (mask);
}

/* --- days of the week --- */

/* From which day on, with Monday first, the days are told: where the longest run begins, so that "Saturday to Monday" stays one. */
static int
first_of_week (guint32 mask)
{
  guint32 sunday = mask & 1u;
  guint32 monday = mask >> 1 & 1u;

  if (!sunday || !monday || mask == ALL_WEEKDAYS)
    return 1;
  for (int day = 6; day > 1; day--)
    if (!(mask & (1u << day)))
      return day + 1;
  return 1;
}

static gboolean
has_run (guint32 mask)
{
  for (int day = 0; day < 7; day++)
    if ((mask & (1u << day)) && (mask & (1u << ((day + 1) % 7))) && (mask & (1u << ((day + 2) % 7))))
      return TRUE;
  return FALSE;
}

/* "Monday to Wednesday" and the like, each a part of its own; @weekly: "Mondays" where it is one day. */
static GPtrArray *
list_weekdays (guint32 mask, gboolean is_weekly)
{
  GPtrArray *parts = jt_phrase_list_new ();
  int first = first_of_week (mask);

  for (int i = 0; i < 7; i++)
    {
      int run = 0;

      while (i + run < 7 && (mask & (1u << ((first + i + run) % 7))))
        run++;
      if (run >= LEAST_RUN)
        g_ptr_array_add (parts, g_strdup_printf (C_("range", "%s to %s"), jt_phrase_weekday (first + i), jt_phrase_weekday (first + i + run - 1)));
      else if (run > 0)
        g_ptr_array_add (parts, g_strdup (is_weekly ? jt_phrase_weekly (first + i) : jt_phrase_weekday (first + i)));
      i += run >= LEAST_RUN ? run - 1 : 0;
    }
  return parts;
}

static char *
say_nth (const JtSpecial *special)
{
  const char *weekday = jt_phrase_weekday (special->value);

  /* Translators: from here on a weekday of each month: "on the second Friday of the month" */
  if (special->kind == JT_DAY_LAST_OF)
    return g_strdup_printf (_("on the last %s of the month"), weekday);
  switch (special->nth)
    {
    case 1:
      return g_strdup_printf (_("on the first %s of the month"), weekday);
    case 2:
      return g_strdup_printf (_("on the second %s of the month"), weekday);
    case 3:
      return g_strdup_printf (_("on the third %s of the month"), weekday);
    case 4:
      return g_strdup_printf (_("on the fourth %s of the month"), weekday);
    default:
      return g_strdup_printf (_("on the fifth %s of the month"), weekday);
    }
}

static gboolean
is_of_week (const JtSpecial *special)
{
  return special->kind == JT_DAY_NTH || special->kind == JT_DAY_LAST_OF;
}

/* "Monday to Friday", "on Mondays and on the second Friday of the month"; "" for any. *@is_name: it does not begin with "on". */
static char *
say_days_of_week (const JtPattern *pattern, gboolean *is_name)
{
  g_autoptr (GPtrArray) clauses = jt_phrase_list_new ();

  *is_name = has_run (pattern->weekdays);
  if (pattern->weekdays == ALL_WEEKDAYS)
    return g_strdup ("");
  if (pattern->weekdays != 0)
    {
      g_autoptr (GPtrArray) days = list_weekdays (pattern->weekdays, !*is_name);
      g_autofree char *text = jt_phrase_and (days);

      /* Translators: "on Mondays and Fridays" */
      g_ptr_array_add (clauses, *is_name ? g_strdup (text) : g_strdup_printf (C_("weekly", "on %s"), text));
    }
  for (guint i = 0; i < pattern->n_specials; i++)
    if (is_of_week (&pattern->specials[i]))
      g_ptr_array_add (clauses, say_nth (&pattern->specials[i]));
  return jt_phrase_and (clauses);
}

/* --- days of the month --- */

static char *
say_ordinal (gint64 number)
{
  return g_strdup (jt_phrase_ordinal ((int) number));
}

static char *
say_before_last (int distance)
{
  if (distance == 0)
    return g_strdup (_("on the last day of the month"));
  if (distance == 1)
    return g_strdup (_("on the day before the last day of the month"));
  /* Translators: "on the 2nd day before the last day of the month" */
  return g_strdup_printf (_("on the %s day before the last day of the month"), jt_phrase_ordinal (distance));
}

static char *
say_day_special (const JtSpecial *special)
{
  if (special->kind == JT_DAY_LAST)
    return say_before_last (special->value);
  if (special->kind == JT_DAY_NEAR_WEEKDAY)
    /* Translators: a working day is one from Monday to Friday: "on the working day nearest to the 15th of the month" */
    return g_strdup_printf (_("on the working day nearest to the %s of the month"), jt_phrase_ordinal (special->value));
  if (special->value == 0)
    return g_strdup (_("on the last working day of the month"));
  /* Translators: "on the working day nearest to the 3rd day before the last day of the month" */
  return g_strdup_printf (_("on the working day nearest to the %s day before the last day of the month"), jt_phrase_ordinal (special->value));
}

/* Days counted from the end, 1 being the last. */
static char *
say_end_days (const JtItem *item)
{
  int end = item->stop >= 0 ? (int) item->stop : item->repeat > 0 ? 1 : (int) item->start;
  int start = MAX ((int) item->start, end); /* the earliest day, which is the farthest from the end */
  int stop = MIN ((int) item->start, end);
  int step = item->repeat > 0 ? (int) MIN (item->repeat, 31) : 1;

  if (start == stop)
    return say_before_last (start - 1);
  if (step > 1)
    /* Translators: which ones ("2nd"), then how far from the last day: "on every 2nd day from the 6th day before the last day of the month" */
    return g_strdup_printf (_("on every %s day from the %s day before the last day of the month"), jt_phrase_ordinal (step),
                            jt_phrase_ordinal (start - 1));
  if (stop == 1)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "on the last %d day of the month", "on the last %d days of the month", (gulong) start),
                            start);
  /* Translators: "from the 6th to the 2nd day before the last day of the month" */
  return g_strdup_printf (_("from the %s to the %s day before the last day of the month"), jt_phrase_ordinal (start - 1),
                          jt_phrase_ordinal (stop - 1));
}

static gboolean
is_any_day_of_month (const JtPattern *pattern)
{
  return pattern->days == ALL_DAYS;
}

/* What is not plain numbers: "on the last day of the month". */
static void
add_counted_days (const JtPattern *pattern, GPtrArray *clauses)
{
  for (guint i = 0; pattern->end_days != NULL && i < pattern->end_days->len; i++)
    g_ptr_array_add (clauses, say_end_days (&g_array_index (pattern->end_days, JtItem, i)));
  for (guint i = 0; i < pattern->n_specials; i++)
    if (!is_of_week (&pattern->specials[i]))
      g_ptr_array_add (clauses, say_day_special (&pattern->specials[i]));
}

static char *
say_days_of_month (const JtPattern *pattern)
{
  g_autoptr (GPtrArray) clauses = jt_phrase_list_new ();

  if (is_any_day_of_month (pattern))
    return g_strdup ("");
  if (pattern->days != 0)
    {
      g_autoptr (GArray) values = jt_values_of_mask (pattern->days);
      g_autofree char *days = jt_phrase_set (values, say_ordinal);

      /* Translators: days of each month: "on the 1st and 15th of the month" */
      g_ptr_array_add (clauses, g_strdup_printf (_("on the %s of the month"), days));
    }
  add_counted_days (pattern, clauses);
  return jt_phrase_and (clauses);
}

/* --- months and years --- */

static int
single_year (const JtPattern *pattern)
{
  int year = pattern->years == NULL ? -1 : (int) jt_items_next (pattern->years, FIRST_YEAR, LAST_YEAR);

  return year < 0 || jt_items_next (pattern->years, year + 1, LAST_YEAR) >= 0 ? 0 : year;
}

/* "on 1 January and 1 July". NULL: too many of them, or none of plain numbers. *@has_year: it is said as well. */
static char *
say_dates (const JtPattern *pattern, gboolean *has_year)
{
  guint count = count_bits (pattern->days) * count_bits (pattern->months);
  int year = count == 1 ? single_year (pattern) : 0;
  g_autoptr (GPtrArray) dates = NULL;
  g_autofree char *text = NULL;

  if (count == 0 || count > MAX_DATES || pattern->months == ALL_MONTHS || pattern->end_days != NULL || pattern->n_specials > 0)
    return NULL;
  dates = jt_phrase_list_new ();
  for (guint32 months = pattern->months; months != 0; months &= months - 1)
    for (guint32 days = pattern->days; days != 0; days &= days - 1)
      g_ptr_array_add (dates, jt_phrase_date (__builtin_ctz (days), __builtin_ctz (months), year));
  text = jt_phrase_and (dates);
  *has_year = year != 0;
  /* Translators: dates: "on 1 January and 1 July" */
  return g_strdup_printf (C_("dates", "on %s"), text);
}

/* Where to begin to tell the months: not within a run over the end of the year. */
static int
first_month (const JtPattern *pattern)
{
  int month = 12;

  if (pattern->years != NULL || !(pattern->months & 2u) || !(pattern->months & (1u << 12)))
    return 1;
  while (pattern->months & (1u << month))
    month--;
  return month + 1;
}

static const char *
say_month (int month)
{
  return jt_phrase_month ((month - 1) % 12 + 1);
}

static gboolean
has_month (const JtPattern *pattern, int month)
{
  return (pattern->months & (1u << ((month - 1) % 12 + 1))) != 0;
}

/* "from January to March and in July"; "" for any */
static char *
say_months (const JtPattern *pattern)
{
  g_autoptr (GPtrArray) clauses = jt_phrase_list_new ();
  g_autoptr (GPtrArray) singles = jt_phrase_list_new ();
  g_autofree char *names = NULL;
  int first = pattern->months == ALL_MONTHS ? 0 : first_month (pattern);

  for (int month = first; month > 0 && month < first + 12; month++)
    {
      int run = 0;

      while (month + run < first + 12 && has_month (pattern, month + run))
        run++;
      if (run >= LEAST_RUN)
        /* Translators: months: "from January to March" */
        g_ptr_array_add (clauses, g_strdup_printf (C_("months", "from %s to %s"), say_month (month), say_month (month + run - 1)));
      else if (run > 0)
        g_ptr_array_add (singles, g_strdup (say_month (month)));
      month += run >= LEAST_RUN ? run - 1 : 0;
    }
  names = jt_phrase_and (singles);
  if (singles->len > 0)
    /* Translators: months: "in January and July" */
    g_ptr_array_add (clauses, g_strdup_printf (C_("months", "in %s"), names));
  return jt_phrase_and (clauses);
}

/* "in the years 2026 to 2028"; "" for any */
static char *
say_years (const JtPattern *pattern)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *years = NULL;
  JtProgression progression;
  int first;

  if (pattern->years == NULL)
    return g_strdup ("");
  for (gint64 year = jt_items_next (pattern->years, FIRST_YEAR, LAST_YEAR); year >= 0; year = jt_items_next (pattern->years, year + 1, LAST_YEAR))
    g_array_append_val (values, year);
  if (values->len == 0)
    return g_strdup ("");
  first = (int) g_array_index (values, gint64, 0);
  if (jt_values_progress (values, &progression) && progression.last + progression.step > LAST_YEAR)
    {
      if (progression.step == 1)
        return g_strdup_printf (_("from the year %d on"), first);
      return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "every %d year from %d on", "every %d years from %d on", (gulong) progression.step),
                              (int) progression.step, first);
    }
  years = jt_phrase_set (values, jt_phrase_number);
  /* Translators: one year, or several, as in "2026 to 2028" */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "in the year %s", "in the years %s", values->len), years);
}

/* --- both --- */

/* Weekday and day of month as people call them together: "Mon *-*-1..7" is the first Monday. FALSE: it is none of those. */
static gboolean
find_nth (const JtPattern *pattern, JtSpecial *special)
{
  const JtItem *end = pattern->end_days != NULL && pattern->end_days->len == 1 ? &g_array_index (pattern->end_days, JtItem, 0) : NULL;

  if (pattern->any_day_field || pattern->n_specials > 0 || count_bits (pattern->weekdays) != 1)
    return FALSE;
  *special = (JtSpecial) { JT_DAY_NTH, __builtin_ctz (pattern->weekdays), 0 };
  if (end != NULL && pattern->days == 0 && end->repeat == 1 && (end->stop < 0 ? end->start == 7 : end->start == 1 && end->stop == 7))
    special->kind = JT_DAY_LAST_OF;
  for (int nth = 1; nth <= 5; nth++)
    if (end == NULL && pattern->days == 0x7fu << (7 * nth - 6))
      special->nth = nth;
  return special->kind == JT_DAY_LAST_OF || special->nth > 0;
}

/* What both day fields mean together. @month: not empty */
static char *
combine (const JtPattern *pattern, const char *of_month, const char *of_week)
{
  g_autoptr (GPtrArray) days = NULL;
  g_autofree char *names = NULL;

  if (pattern->any_day_field)
    /* Translators: days of the month, and days of the week beside them: "on the 13th of the month and also on Fridays" */
    return g_strdup_printf (_("%s and also %s"), of_month, of_week);
  if (pattern->weekdays == 0)
    return g_strdup_printf (_("%s, if that is also %s"), of_month, of_week);
  days = list_weekdays (pattern->weekdays, FALSE);
  names = jt_phrase_or (days);
  /* Translators: days of the month, of which only some weekdays count: "on the 13th of the month, if it falls on Monday or Friday" */
  return g_strdup_printf (_("%s, if it falls on %s"), of_month, names);
}

static gboolean
is_any_day (const JtPattern *pattern)
{
  gboolean is_any_weekday = pattern->weekdays == ALL_WEEKDAYS;

  return pattern->any_day_field ? is_any_day_of_month (pattern) || is_any_weekday : is_any_day_of_month (pattern) && is_any_weekday;
}

static char *
say_days (const JtPattern *pattern, JtDays *days, gboolean *has_year)
{
  g_autofree char *of_week = NULL;
  g_autofree char *of_month = NULL;
  JtSpecial nth;

  if (is_any_day (pattern))
    return g_strdup ("");
  if (find_nth (pattern, &nth))
    return say_nth (&nth);
  of_week = say_days_of_week (pattern, &days->is_name);
  if (is_any_day_of_month (pattern))
    return g_steal_pointer (&of_week);
  days->is_name = FALSE;
  if (!pattern->any_day_field)
    of_month = say_dates (pattern, has_year);
  days->has_months = of_month != NULL;
  if (of_month == NULL)
    of_month = say_days_of_month (pattern);
  return *of_week == '\0' ? g_steal_pointer (&of_month) : combine (pattern, of_month, of_week);
}

/* To be cleared. */
void
jt_describe_days (const JtPattern *pattern, JtDays *days)
{
  gboolean has_year = FALSE;

  *days = (JtDays) { 0 };
  days->days = say_days (pattern, days, &has_year);
  days->months = days->has_months ? g_strdup ("") : say_months (pattern);
  days->years = has_year ? g_strdup ("") : say_years (pattern);
}

void
jt_days_clear (JtDays *days)
{
  g_free (days->days);
  g_free (days->months);
  g_free (days->years);
}
