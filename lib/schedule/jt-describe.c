/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-describe.h"

#include <string.h>

#include <glib/gi18n-lib.h>

/* More times of the day than this are told by their fields. */
#define MAX_TIMES 6

static const char *const weekdays[] = { N_("Sunday"),   N_("Monday"), N_("Tuesday"), N_("Wednesday"),
                                        N_("Thursday"), N_("Friday"), N_("Saturday") };
static const char *const months[] = { N_("January"), N_("February"), N_("March"),     N_("April"),   N_("May"),      N_("June"),
                                      N_("July"),    N_("August"),   N_("September"), N_("October"), N_("November"), N_("December") };

static int
first_bit (guint64 mask)
{
  return mask == 0 ? -1 : __builtin_ctzll (mask);
}

/* The distance when @mask is every Nth of @count from 0; 0 otherwise. */
static int
even_step (guint64 mask, int count)
{
  for (int step = 1; step <= count / 2; step++)
    {
      guint64 stepped = 0;

      for (int value = 0; value < count; value += step)
        stepped |= G_GUINT64_CONSTANT (1) << value;
      if (stepped == mask)
        return step;
    }
  return 0;
}

/* "1, 15" (transfer full) */
static char *
list_numbers (guint64 mask)
{
  GString *out = g_string_new (NULL);

  for (; mask != 0; mask &= mask - 1)
    g_string_append_printf (out, "%s%d", out->len > 0 ? ", " : "", first_bit (mask));
  return g_string_free (out, FALSE);
}

static gboolean
is_each_second (const JtPattern *pattern)
{
  return pattern->seconds->len >= 60 || (pattern->seconds->len == 1 && g_array_index (pattern->seconds, JtItem, 0).repeat == G_USEC_PER_SEC);
}

static gboolean
has_one_second (const JtPattern *pattern)
{
  return pattern->seconds->len == 1 && g_array_index (pattern->seconds, JtItem, 0).repeat == 0 && g_array_index (pattern->seconds, JtItem, 0).stop < 0;
}

static char *
describe_few_times (const JtPattern *pattern)
{
  gint64 second = g_array_index (pattern->seconds, JtItem, 0).start / G_USEC_PER_SEC;
  g_autoptr (GString) times = g_string_new (NULL);

  for (guint32 hours = pattern->hours; hours != 0; hours &= hours - 1)
    for (guint64 minutes = pattern->minutes; minutes != 0; minutes &= minutes - 1)
      {
        g_string_append_printf (times, "%s%02d:%02d", times->len > 0 ? ", " : "", first_bit (hours), first_bit (minutes));
        if (second != 0)
          g_string_append_printf (times, ":%02d", (int) second);
      }
  /* Translators: times of the day, as in "02:30, 14:30" */
  return g_strdup_printf (_("At %s"), times->str);
}

static char *
describe_minutes (const JtPattern *pattern, int step)
{
  g_autofree char *numbers = NULL;

  if (is_each_second (pattern) && step == 1)
    return g_strdup (_("Every second"));
  if (step == 1)
    return g_strdup (_("Every minute"));
  if (step > 1)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Every %d minute", "Every %d minutes", (gulong) step), step);
  numbers = list_numbers (pattern->minutes);
  /* Translators: minutes of an hour, as in "5, 35" */
  return g_strdup_printf (_("At minute %s"), numbers);
}

/* @minutes: (transfer full): what describe_minutes() says */
static char *
add_hours (const JtPattern *pattern, int step, gboolean has_list, char *minutes)
{
  g_autofree char *owned = minutes;
  g_autofree char *numbers = NULL;

  if (step == 1 && !has_list)
    return g_steal_pointer (&owned);
  if (step == 1)
    /* Translators: "At minute 5, 35 of every hour" */
    return g_strdup_printf (_("%s of every hour"), minutes);
  if (step > 1)
    /* Translators: "Every 5 minutes of every 2 hours": in the hours 0, 2, 4 and so on */
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s of every %d hour", "%s of every %d hours", (gulong) step), minutes, step);
  numbers = list_numbers (pattern->hours);
  /* Translators: "Every 5 minutes of the hours 9, 17" */
  return g_strdup_printf (_("%s of the hours %s"), minutes, numbers);
}

static char *
describe_time (const JtPattern *pattern)
{
  int n_times = __builtin_popcount (pattern->hours) * __builtin_popcountll (pattern->minutes);
  int minute_step = even_step (pattern->minutes, 60);
  g_autofree char *time = NULL;

  if (has_one_second (pattern) && n_times <= MAX_TIMES)
    return describe_few_times (pattern);
  time = add_hours (pattern, even_step (pattern->hours, 24), minute_step == 0, describe_minutes (pattern, minute_step));
  if (is_each_second (pattern) || (has_one_second (pattern) && g_array_index (pattern->seconds, JtItem, 0).start == 0))
    return g_steal_pointer (&time);
  /* Translators: "Every minute, at given seconds" */
  return g_strdup_printf (_("%s, at given seconds"), time);
}

/* Weeks begin on Monday here: "Monday to Friday", "Saturday, Sunday". */
static void
describe_weekdays (guint32 mask, GString *out)
{
  for (int day = 0; day < 7; day++)
    {
      int last = day;

      if (!(mask & (1u << ((day + 1) % 7))))
        continue;
      while (last < 6 && (mask & (1u << ((last + 2) % 7))))
        last++;
      g_string_append (out, out->len > 0 ? ", " : "");
      if (last > day + 1)
        /* Translators: weekdays, as in "Monday to Friday" */
        g_string_append_printf (out, C_("weekdays", "%s to %s"), _(weekdays[(day + 1) % 7]), _(weekdays[(last + 1) % 7]));
      else
        {
          last = day;
          g_string_append (out, _(weekdays[(day + 1) % 7]));
        }
      day = last;
    }
}

static void
describe_special (const JtSpecial *special, GString *out)
{
  switch (special->kind)
    {
    case JT_DAY_LAST:
      if (special->value == 0)
        g_string_append (out, _("the last day of the month"));
      else
        g_string_append_printf (out,
                                g_dngettext (GETTEXT_PACKAGE, "%d day before the last day of the month",
                                             "%d days before the last day of the month", (gulong) special->value),
                                special->value);
      break;
    case JT_DAY_LAST_WEEKDAY:
      g_string_append (out, special->value == 0 ? _("the last working day of the month") : _("the working day nearest to a day before the last"));
      break;
    case JT_DAY_NEAR_WEEKDAY:
      g_string_append_printf (out, _("the working day nearest to day %d"), special->value);
      break;
    case JT_DAY_NTH:
      /* Translators: "Monday number 2 of the month" */
      g_string_append_printf (out, _("%s number %d of the month"), _(weekdays[special->value]), special->nth);
      break;
    default:
      /* Translators: "the last Friday of the month" */
      g_string_append_printf (out, _("the last %s of the month"), _(weekdays[special->value]));
      break;
    }
}

static gboolean
describe_days_of_month (const JtPattern *pattern, GString *out)
{
  const guint32 all_days = 0xfffffffe;

  if (pattern->days == all_days && pattern->end_days == NULL)
    return FALSE;
  if (pattern->days != 0)
    {
      g_autofree char *numbers = list_numbers (pattern->days);
      gulong n_days = (gulong) __builtin_popcount (pattern->days);

      /* Translators: one day of the month, or several, as in "1, 15" */
      g_string_append_printf (out, g_dngettext (GETTEXT_PACKAGE, "on day %s of the month", "on days %s of the month", n_days), numbers);
    }
  if (pattern->end_days != NULL)
    g_string_append_printf (out, "%s%s", out->len > 0 ? ", " : "", _("counted from the end of the month"));
  for (guint i = 0; i < pattern->n_specials; i++)
    {
      if (pattern->specials[i].kind == JT_DAY_NTH || pattern->specials[i].kind == JT_DAY_LAST_OF)
        continue;
      g_string_append (out, out->len > 0 ? ", " : "");
      describe_special (&pattern->specials[i], out);
    }
  return out->len > 0;
}

static gboolean
describe_days_of_week (const JtPattern *pattern, GString *out)
{
  if (pattern->weekdays == 0x7f)
    return FALSE;
  describe_weekdays (pattern->weekdays, out);
  for (guint i = 0; i < pattern->n_specials; i++)
    {
      if (pattern->specials[i].kind != JT_DAY_NTH && pattern->specials[i].kind != JT_DAY_LAST_OF)
        continue;
      g_string_append (out, out->len > 0 ? ", " : "");
      describe_special (&pattern->specials[i], out);
    }
  return out->len > 0;
}

static char *
describe_zone (JtZone *zone)
{
  const char *name = jt_zone_get_name (zone);
  const char *slash = strrchr (name, '/');
  g_autofree char *city = g_strdup (slash != NULL ? slash + 1 : name);

  if (g_str_equal (name, "UTC") || g_str_equal (name, "Etc/UTC"))
    return g_strdup ("UTC");
  /* Translators: the time of a zone, as in "Berlin time" */
  return g_strdup_printf (_("%s time"), g_strdelimit (city, "_", ' '));
}

static char *
describe_days (const JtPattern *pattern)
{
  g_autoptr (GString) of_month = g_string_new (NULL);
  g_autoptr (GString) of_week = g_string_new (NULL);
  gboolean has_both = describe_days_of_month (pattern, of_month) & describe_days_of_week (pattern, of_week);

  if (has_both && pattern->any_day_field)
    /* Translators: "on day 13 of the month or Friday": either will do */
    return g_strdup_printf (C_("days", "%s or %s"), of_month->str, of_week->str);
  if (has_both)
    return g_strdup_printf ("%s, %s", of_month->str, of_week->str);
  return g_strdup (of_month->len > 0 ? of_month->str : of_week->str);
}

static char *
describe_months (const JtPattern *pattern)
{
  g_autoptr (GString) names = g_string_new (NULL);

  if (pattern->months == 0x1ffe)
    return g_strdup ("");
  for (guint32 mask = pattern->months; mask != 0; mask &= mask - 1)
    g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", _(months[first_bit (mask) - 1]));
  /* Translators: months, as in "January, July" */
  return g_strdup_printf (C_("months", "in %s"), names->str);
}

/* Each part is a phrase of its own, so that a translation can turn the words in it; commas join them. */
char *
jt_describe_pattern (const JtPattern *pattern, JtZone *zone)
{
  g_autofree char *time = describe_time (pattern);
  g_autofree char *days = describe_days (pattern);
  g_autofree char *in_months = describe_months (pattern);
  g_autofree char *zone_text = describe_zone (zone);
  const char *const parts[] = { days, in_months, pattern->years != NULL ? _("in given years") : "", zone_text };
  GString *out = g_string_new (time);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (*parts[i] != '\0')
      g_string_append_printf (out, ", %s", parts[i]);
  return g_string_free (out, FALSE);
}

char *
jt_describe_instant (gint64 usec, JtZone *zone)
{
  const char *abbreviation;
  gint64 wall = usec + jt_zone_offset_at (zone, usec, &abbreviation) * (gint64) G_USEC_PER_SEC;
  JtDate date = jt_civil_from_days (jt_floor_div (wall, JT_USEC_PER_DAY));
  gint64 second = (wall - jt_floor_div (wall, JT_USEC_PER_DAY) * JT_USEC_PER_DAY) / G_USEC_PER_SEC;
  g_autofree char *zone_text = describe_zone (zone);

  return g_strdup_printf ("%04d-%02d-%02d %02d:%02d:%02d, %s", date.year, date.month, date.day, (int) (second / 3600), (int) (second / 60 % 60),
                          (int) (second % 60), zone_text);
}
