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

static void
append_numbers (GString *out, guint64 mask)
{
  gboolean is_first = TRUE;

  for (; mask != 0; mask &= mask - 1)
    {
      g_string_append_printf (out, "%s%d", is_first ? "" : ", ", first_bit (mask));
      is_first = FALSE;
    }
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

static void
describe_few_times (const JtPattern *pattern, GString *out)
{
  gint64 second = g_array_index (pattern->seconds, JtItem, 0).start / G_USEC_PER_SEC;
  gboolean is_first = TRUE;

  g_string_append (out, _("At "));
  for (guint32 hours = pattern->hours; hours != 0; hours &= hours - 1)
    for (guint64 minutes = pattern->minutes; minutes != 0; minutes &= minutes - 1)
      {
        g_string_append_printf (out, "%s%02d:%02d", is_first ? "" : ", ", first_bit (hours), first_bit (minutes));
        if (second != 0)
          g_string_append_printf (out, ":%02d", (int) second);
        is_first = FALSE;
      }
}

static void
describe_time (const JtPattern *pattern, GString *out)
{
  int n_times = __builtin_popcount (pattern->hours) * __builtin_popcountll (pattern->minutes);
  int minute_step = even_step (pattern->minutes, 60);
  int hour_step = even_step (pattern->hours, 24);

  if (has_one_second (pattern) && n_times <= MAX_TIMES)
    {
      describe_few_times (pattern, out);
      return;
    }
  if (is_each_second (pattern) && minute_step == 1)
    g_string_append (out, _("Every second"));
  else if (minute_step == 1)
    g_string_append (out, _("Every minute"));
  else if (minute_step > 1)
    g_string_append_printf (out, _("Every %d minutes"), minute_step);
  else
    {
      g_string_append (out, _("At minute "));
      append_numbers (out, pattern->minutes);
    }
  if (hour_step == 1)
    {
      if (minute_step == 0)
        g_string_append (out, _(" of every hour"));
    }
  else if (hour_step > 1)
    g_string_append_printf (out, _(" of every %d hours"), hour_step);
  else
    {
      g_string_append (out, _(" of the hours "));
      append_numbers (out, pattern->hours);
    }
  if (!is_each_second (pattern) && !(has_one_second (pattern) && g_array_index (pattern->seconds, JtItem, 0).start == 0))
    g_string_append (out, _(", at given seconds"));
}

/* Weeks begin on Monday here: "Monday to Friday", "Saturday, Sunday". */
static void
describe_weekdays (guint32 mask, GString *out)
{
  gboolean is_first = TRUE;

  for (int day = 0; day < 7; day++)
    {
      int last = day;

      if (!(mask & (1u << ((day + 1) % 7))))
        continue;
      while (last < 6 && (mask & (1u << ((last + 2) % 7))))
        last++;
      if (last > day + 1)
        g_string_append_printf (out, _("%s%s to %s"), is_first ? "" : ", ", _(weekdays[(day + 1) % 7]), _(weekdays[(last + 1) % 7]));
      else
        {
          last = day;
          g_string_append_printf (out, "%s%s", is_first ? "" : ", ", _(weekdays[(day + 1) % 7]));
        }
      is_first = FALSE;
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
        g_string_append_printf (out, _("%d days before the last day of the month"), special->value);
      break;
    case JT_DAY_LAST_WEEKDAY:
      g_string_append (out, special->value == 0 ? _("the last working day of the month") : _("the working day nearest to a day before the last"));
      break;
    case JT_DAY_NEAR_WEEKDAY:
      g_string_append_printf (out, _("the working day nearest to day %d"), special->value);
      break;
    case JT_DAY_NTH:
      g_string_append_printf (out, _("%s number %d of the month"), _(weekdays[special->value]), special->nth);
      break;
    default:
      g_string_append_printf (out, _("the last %s of the month"), _(weekdays[special->value]));
      break;
    }
}

static gboolean
describe_days_of_month (const JtPattern *pattern, GString *out)
{
  const guint32 all_days = 0xfffffffe;
  gboolean has_some = FALSE;

  if (pattern->days == all_days && pattern->end_days == NULL)
    return FALSE;
  if (pattern->days != 0)
    {
      g_string_append (out, _("on day "));
      append_numbers (out, pattern->days);
      g_string_append (out, _(" of the month"));
      has_some = TRUE;
    }
  if (pattern->end_days != NULL)
    {
      g_string_append_printf (out, "%s%s", has_some ? ", " : "", _("counted from the end of the month"));
      has_some = TRUE;
    }
  for (guint i = 0; i < pattern->n_specials; i++)
    {
      if (pattern->specials[i].kind == JT_DAY_NTH || pattern->specials[i].kind == JT_DAY_LAST_OF)
        continue;
      g_string_append (out, has_some ? ", " : "");
      describe_special (&pattern->specials[i], out);
      has_some = TRUE;
    }
  return has_some;
}

static gboolean
describe_days_of_week (const JtPattern *pattern, GString *out)
{
  gboolean has_some = pattern->weekdays != 0;

  if (pattern->weekdays == 0x7f)
    return FALSE;
  describe_weekdays (pattern->weekdays, out);
  for (guint i = 0; i < pattern->n_specials; i++)
    {
      if (pattern->specials[i].kind != JT_DAY_NTH && pattern->specials[i].kind != JT_DAY_LAST_OF)
        continue;
      g_string_append (out, has_some ? ", " : "");
      describe_special (&pattern->specials[i], out);
      has_some = TRUE;
    }
  return has_some;
}

static void
append_part (GString *out, const GString *part)
{
  if (part->len > 0)
    g_string_append_printf (out, ", %s", part->str);
}

static char *
describe_zone (JtZone *zone)
{
  const char *name = jt_zone_get_name (zone);
  const char *slash = strrchr (name, '/');
  g_autofree char *city = g_strdup (slash != NULL ? slash + 1 : name);

  if (g_str_equal (name, "UTC") || g_str_equal (name, "Etc/UTC"))
    return g_strdup ("UTC");
  return g_strdup_printf (_("%s time"), g_strdelimit (city, "_", ' '));
}

char *
jt_describe_pattern (const JtPattern *pattern, JtZone *zone)
{
  GString *out = g_string_new (NULL);
  g_autoptr (GString) of_month = g_string_new (NULL);
  g_autoptr (GString) of_week = g_string_new (NULL);
  g_autoptr (GString) in_months = g_string_new (NULL);
  g_autofree char *zone_text = describe_zone (zone);
  gboolean has_both;

  describe_time (pattern, out);
  has_both = describe_days_of_month (pattern, of_month) & describe_days_of_week (pattern, of_week);
  append_part (out, of_month);
  if (has_both && pattern->any_day_field)
    g_string_append_printf (out, _(" or %s"), of_week->str);
  else
    append_part (out, of_week);
  for (guint32 mask = pattern->months == 0x1ffe ? 0 : pattern->months; mask != 0; mask &= mask - 1)
    g_string_append_printf (in_months, "%s%s", in_months->len > 0 ? ", " : _("in "), _(months[first_bit (mask) - 1]));
  append_part (out, in_months);
  if (pattern->years != NULL)
    g_string_append (out, _(", in given years"));
  g_string_append_printf (out, ", %s", zone_text);
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
