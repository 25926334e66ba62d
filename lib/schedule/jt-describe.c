/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-describe.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-phrase.h"

/* "Berlin time"; zones that are called by their abbreviation, and UTC, by that. */
static char *
describe_zone (JtZone *zone)
{
  const char *name = jt_zone_get_name (zone);
  const char *slash = strrchr (name, '/');
  gboolean is_abbreviation = slash == NULL;
  g_autofree char *city = g_strdup (slash != NULL ? slash + 1 : name);

  if (g_str_equal (name, "Etc/UTC"))
    return g_strdup ("UTC");
  for (const char *at = name; *at != '\0'; at++)
    is_abbreviation &= !g_ascii_islower (*at);
  if (is_abbreviation)
    return g_strdup (name);
  /* Translators: the time of a zone, as in "Berlin time" */
  return g_strdup_printf (_("%s time"), g_str_has_prefix (name, "Etc/") ? name : g_strdelimit (city, "_", ' '));
}

/* @is_clock: @time is times of the clock */
static char *
put_together (const char *time, gboolean is_clock, const JtDays *days)
{
  if (*days->days == '\0' && is_clock)
    /* Translators: times: "At 02:30 and 14:30 every day" */
    return g_strdup_printf (_("At %s every day"), time);
  if (*days->days == '\0')
    return g_strdup (time);
  if (!is_clock)
    /* Translators: what happens in a day, and the days: "Every 15 minutes, Monday to Friday", "Every hour, on the 1st of the month" */
    return g_strdup_printf (C_("times, days", "%s, %s"), time, days->days);
  if (days->is_name)
    /* Translators: times and days: "At 02:30, Monday to Friday" */
    return g_strdup_printf (C_("times, days", "At %s, %s"), time, days->days);
  /* Translators: times and days: "At 06:00 on the 1st and 15th of the month", "At 12:00 on Mondays" */
  return g_strdup_printf (C_("times, days", "At %s %s"), time, days->days);
}

/* Each part is a phrase of its own, so that a translation can turn the words in it; commas join them. */
static char *
append_parts (const char *begin, const char *const *parts)
{
  GString *out = g_string_new (begin);

  for (; *parts != NULL; parts++)
    if (**parts != '\0')
      g_string_append_printf (out, ", %s", *parts);
  return g_string_free (out, FALSE);
}

char *
jt_describe_pattern (const JtPattern *pattern, JtZone *zone)
{
  g_auto (JtDays) days = { 0 };
  g_autofree char *zone_text = describe_zone (zone);
  g_autofree char *time = NULL;
  g_autofree char *begin = NULL;
  gboolean is_clock;

  jt_describe_days (pattern, &days);
  time = jt_describe_time (pattern, *days.days == '\0' && *days.months == '\0' && *days.years == '\0', &is_clock);
  begin = put_together (time, is_clock, &days);
  return append_parts (begin, (const char *const[]) { days.months, days.years, zone_text, NULL });
}

static void
read_wall (gint64 usec, JtZone *zone, char **date, char **clock)
{
  gint64 wall = usec + jt_zone_offset_at (zone, usec, NULL) * (gint64) G_USEC_PER_SEC;
  gint64 day = jt_floor_div (wall, JT_USEC_PER_DAY);
  gint64 time = wall - day * JT_USEC_PER_DAY;
  JtDate civil = jt_civil_from_days (day);

  *date = jt_phrase_date (civil.day, civil.month, civil.year);
  *clock = jt_phrase_clock (time - time % G_USEC_PER_SEC, FALSE);
}

char *
jt_describe_once (gint64 usec, JtZone *zone)
{
  g_autofree char *zone_text = describe_zone (zone);
  g_autofree char *date = NULL;
  g_autofree char *clock = NULL;

  read_wall (usec, zone, &date, &clock);
  /* Translators: a date, a time, a zone: "Once, on 24 December 2026 at 18:00, Berlin time" */
  return g_strdup_printf (_("Once, on %s at %s, %s"), date, clock, zone_text);
}

char *
jt_describe_interval (gint64 usec, gint64 anchor_usec, gboolean is_after, JtZone *zone)
{
  g_autofree char *zone_text = describe_zone (zone);
  g_autofree char *length = is_after ? jt_phrase_length (usec) : jt_phrase_every_length (usec);
  g_autofree char *date = NULL;
  g_autofree char *clock = NULL;

  if (is_after)
    /* Translators: a length of time: "10 minutes after the end of each run" */
    return g_strdup_printf (_("%s after the end of each run"), length);
  read_wall (anchor_usec, zone, &date, &clock);
  /* Translators: "Every 15 minutes", then a date, a time, a zone */
  return g_strdup_printf (_("%s, counted from %s at %s, %s"), length, date, clock, zone_text);
}
