/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "crontab-translate.h"

#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "crontab-instants.h"
#include "crontab-schedule.h"
#include "jt-schedule.h"

#define MINUTE_USEC (60 * (gint64) G_USEC_PER_SEC)
#define HOUR_USEC (60 * MINUTE_USEC)
#define DAY_USEC (24 * HOUR_USEC)

enum
{
  MINUTE,
  HOUR,
  DAY,
  MONTH,
  WEEKDAY,
  N_FIELDS,
};

static const guint least[N_FIELDS] = { 0, 0, 1, 1, 0 };
static const guint most[N_FIELDS] = { 59, 23, 31, 12, 6 };

static guint64
bits_between (guint first, guint last, guint step)
{
  guint64 bits = 0;

  for (guint value = first; value <= last; value += step)
    bits |= G_GUINT64_CONSTANT (1) << value;
  return bits;
}

static guint64
all_of (guint field)
{
  return bits_between (least[field], most[field], 1);
}

static CrontabWhen *
new_when (char *time, const char *zone)
{
  CrontabWhen *when = g_new0 (CrontabWhen, 1);

  when->time = time;
  when->zone = g_strdup (zone);
  return when;
}

void
crontab_when_free (CrontabWhen *when)
{
  if (when == NULL)
    return;
  g_free (when->time);
  g_free (when->zone);
  g_free (when);
}

/* --- writing --- */

static void
append_bits (GString *out, guint64 bits, guint field)
{
  const char *comma = "";

  for (guint first = least[field]; first <= most[field]; first++)
    {
      guint last = first;

      if ((bits >> first & 1) == 0)
        continue;
      while (last < most[field] && (bits >> (last + 1) & 1) != 0)
        last++;
      if (last == first + 1)
        last = first;
      g_string_append_printf (out, last > first ? "%s%u-%u" : "%s%u", comma, first, last);
      first = last;
      comma = ",";
    }
}

/* As people write it, with a star where one can stand. */
static void
append_field (GString *out, guint64 bits, guint field)
{
  if (bits == all_of (field))
    {
      g_string_append_c (out, '*');
      return;
    }
  for (guint step = 2; step <= (most[field] - least[field]) / 2; step++)
    if (bits == bits_between (least[field], most[field], step))
      {
        g_string_append_printf (out, "*/%u", step);
        return;
      }
  append_bits (out, bits, field);
}

/* cron takes either of the day fields unless one begins with a star. One that need not begin with it may: "*" in the longest step is
 * the field's first value alone. NULL: neither has that value. */
static const char *
find_star (const guint64 bits[N_FIELDS], guint field)
{
  if (bits[DAY] == all_of (DAY) || bits[WEEKDAY] == all_of (WEEKDAY))
    return "";
  if (field == DAY)
    return (bits[DAY] & 2) != 0 ? "*/31," : "";
  return (bits[DAY] & 2) == 0 && (bits[WEEKDAY] & 1) != 0 ? "*/7," : "";
}

/* @is_wild: whether minutes and hours may begin with a star, which decides what happens when the clock is changed. */
static char *
write_time (const guint64 bits[N_FIELDS], gboolean is_wild)
{
  GString *out = g_string_new (NULL);

  for (guint field = 0; field < N_FIELDS; field++)
    {
      const char *star = field == DAY || field == WEEKDAY ? find_star (bits, field) : "";

      if (field > 0)
        g_string_append_c (out, ' ');
      g_string_append (out, star);
      if (*star == '\0' && (is_wild || field > HOUR))
        append_field (out, bits[field], field);
      else
        append_bits (out, bits[field], field);
    }
  return g_string_free (out, FALSE);
}

/* --- a calendar's parts --- */

/* "*", or a list of A, A..B, A/STEP, A..B/STEP. FALSE: something else, fractions and days from the end among it. */
static gboolean
read_part (const char *text, guint field, guint64 *bits)
{
  g_auto (GStrv) items = g_strsplit (text, ",", -1);

  *bits = g_str_equal (text, "*") ? all_of (field) : 0;
  for (guint i = 0; *text != '*' && items[i] != NULL; i++)
    {
      guint first;
      guint last;
      guint step = 1;
      int end = 0;

      if (sscanf (items[i], "%2u..%2u%n", &first, &last, &end) != 2 && sscanf (items[i], "%2u%n", &first, &end) == 1)
        last = items[i][end] == '/' ? most[field] : first;
      if (end == 0)
        return FALSE;
      if (items[i][end] == '/')
        {
          int length = 0;

          if (sscanf (items[i] + end, "/%2u%n", &step, &length) != 1 || step == 0)
            return FALSE;
          end += length;
        }
      if (items[i][end] != '\0' || first < least[field] || last > most[field])
        return FALSE;
      *bits |= bits_between (first, last, step);
    }
  return *bits != 0;
}

static gboolean
read_weekdays (const char *text, guint64 *bits)
{
  static const char *const names[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
  g_auto (GStrv) items = g_strsplit (text, ",", -1);

  *bits = 0;
  for (guint i = 0; items[i] != NULL; i++)
    {
      guint first = 0;
      guint last = 0;

      while (first < G_N_ELEMENTS (names) && strncmp (items[i], names[first], 3) != 0)
        first++;
      while (last < G_N_ELEMENTS (names) && !g_str_has_suffix (items[i], names[last]))
        last++;
      if (first == G_N_ELEMENTS (names) || last == G_N_ELEMENTS (names))
        return FALSE;
      /* Weeks begin on Monday here. */
      if (last == 0 && first != 0)
        *bits |= 1;
      *bits |= bits_between (first, last == 0 && first != 0 ? 6 : last, 1);
    }
  return TRUE;
}

/* The normalized text of a calendar: "Mon..Fri *-*-* 09:00:00", perhaps with a zone behind it. */
static gboolean
read_calendar (const char *text, guint64 bits[N_FIELDS])
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  gboolean has_weekdays = g_ascii_isalpha (*words[0]);
  guint at = has_weekdays ? 1 : 0;
  g_auto (GStrv) date = NULL;
  g_auto (GStrv) time = NULL;

  if (g_strv_length (words) < at + 2)
    return FALSE;
  date = g_strsplit (words[at], "-", -1);
  time = g_strsplit (words[at + 1], ":", -1);
  bits[WEEKDAY] = all_of (WEEKDAY);
  return g_strv_length (date) == 3 && g_strv_length (time) == 3 && (!has_weekdays || read_weekdays (words[0], &bits[WEEKDAY]))
         && g_str_equal (date[0], "*") && read_part (date[1], MONTH, &bits[MONTH]) && read_part (date[2], DAY, &bits[DAY])
         && read_part (time[0], HOUR, &bits[HOUR]) && read_part (time[1], MINUTE, &bits[MINUTE]) && g_str_equal (time[2], "00");
}

/* --- an interval's --- */

/* The wall times in @zone, as its clock goes now. FALSE: no number of them makes up an hour, a day or a week. */
static gboolean
read_interval (gint64 interval, gint64 anchor, JtZone *zone, gint64 now_usec, guint64 bits[N_FIELDS])
{
  gint64 wall = anchor + jt_zone_offset_at (zone, now_usec, NULL) * (gint64) G_USEC_PER_SEC;
  gint64 of_week = ((wall / MINUTE_USEC) % (7 * 24 * 60) + 7 * 24 * 60) % (7 * 24 * 60);
  guint minute = (guint) (of_week % 60);
  guint hour = (guint) (of_week / 60 % 24);

  if (interval % MINUTE_USEC != 0 || anchor % MINUTE_USEC != 0)
    return FALSE;
  for (guint field = 0; field < N_FIELDS; field++)
    bits[field] = all_of (field);
  if (HOUR_USEC % interval == 0)
    {
      guint step = (guint) (interval / MINUTE_USEC);

      bits[MINUTE] = bits_between (minute % step, 59, step);
      return TRUE;
    }
  bits[MINUTE] = bits_between (minute, minute, 1);
  if (DAY_USEC % interval == 0 && interval % HOUR_USEC == 0)
    {
      guint step = (guint) (interval / HOUR_USEC);

      bits[HOUR] = bits_between (hour % step, 23, step);
      return TRUE;
    }
  bits[HOUR] = bits_between (hour, hour, 1);
  /* The epoch began on a Thursday. */
  bits[WEEKDAY] = G_GUINT64_CONSTANT (1) << ((of_week / (24 * 60) + 4) % 7);
  return interval == 7 * DAY_USEC;
}

/* --- each kind --- */

/* (transfer full) (nullable): a time with these parts that elapses as @schedule does */
static char *
find_time (JtSchedule *schedule, const guint64 bits[N_FIELDS], JtZone *zone, gint64 now_usec)
{
  for (guint is_wild = 2; is_wild-- > 0;)
    {
      g_autofree char *time = write_time (bits, is_wild);

      if (crontab_instants_are_same (schedule, time, zone, now_usec))
        return g_steal_pointer (&time);
    }
  return NULL;
}

static CrontabWhen *
translate_cron (JtSchedule *schedule, const char *text, const char *zone, const char **fault)
{
  const char *normalized = jt_schedule_get_normalized (schedule);
  CrontabTime time;

  if (crontab_time_is_plain (text))
    return new_when (g_strdup (text), zone);
  if (crontab_time_parse (normalized, &time))
    return new_when (g_strdup (normalized), zone);
  /* Seconds are no loss when there are none. */
  if (g_str_has_prefix (normalized, "0 ") && crontab_time_parse (normalized + 2, &time))
    return new_when (g_strdup (normalized + 2), zone);
  *fault = _("cron knows no seconds, and no L, W or #");
  return NULL;
}

static CrontabWhen *
translate_calendar (JtSchedule *schedule, const char *zone_name, gint64 now_usec, const char **fault)
{
  const char *normalized = jt_schedule_get_normalized (schedule);
  const char *last = strrchr (normalized, ' ') + 1;
  const char *own = strchr (last, ':') == NULL ? last : zone_name;
  g_autoptr (JtZone) zone = jt_zone_get (own, NULL);
  guint64 bits[N_FIELDS];
  char *time;

  if (zone == NULL || !read_calendar (normalized, bits))
    {
      *fault = _("cron knows no seconds, no years, and no days from the end of a month");
      return NULL;
    }
  time = find_time (schedule, bits, zone, now_usec);
  if (time != NULL)
    return new_when (time, own);
  *fault = _("cron has no time that elapses at the same instants, in every week and whenever the clock is changed");
  return NULL;
}

static CrontabWhen *
translate_interval (JtSchedule *schedule, const char *zone_name, gint64 now_usec, const char **fault)
{
  const char *zones[] = { zone_name, "UTC" };
  gint64 first = jt_schedule_next (schedule, now_usec);
  gint64 interval = first == JT_INSTANT_NEVER ? 0 : jt_schedule_next (schedule, first) - first;
  /* One that has not begun would begin early. */
  gboolean has_begun = first != JT_INSTANT_NEVER && jt_schedule_next (schedule, 0) - interval <= now_usec;

  for (guint i = 0; has_begun && i < G_N_ELEMENTS (zones); i++)
    {
      g_autoptr (JtZone) zone = jt_zone_get (zones[i], NULL);
      guint64 bits[N_FIELDS];
      char *time = zone != NULL && read_interval (interval, first, zone, now_usec, bits) ? find_time (schedule, bits, zone, now_usec) : NULL;

      if (time != NULL)
        return new_when (time, zones[i]);
    }
  *fault = _("cron knows wall times only; what divides an hour into whole minutes or a day into whole hours, begun on a full minute, has some");
  return NULL;
}

/**
 * crontab_when_new:
 * @zone: (nullable): of the job; %NULL is the system's
 * @fault: (out): why there is none
 *
 * Returns: (transfer full) (nullable)
 */
CrontabWhen *
crontab_when_new (const char *schedule_text, const char *zone_name, gint64 now_usec, const char **fault)
{
  g_autoptr (JtZone) zone = jt_zone_get (zone_name, NULL);
  g_autoptr (JtSchedule) schedule = zone == NULL ? NULL : jt_schedule_parse (schedule_text, zone, now_usec, NULL, NULL);

  if (schedule == NULL)
    {
      *fault = _("it cannot be read here");
      return NULL;
    }
  if (jt_schedule_is_reboot (schedule))
    return new_when (g_strdup ("@reboot"), zone_name);
  if (jt_schedule_get_after_end (schedule) > 0)
    {
      *fault = _("cron does not know when a run ended");
      return NULL;
    }
  switch (jt_schedule_get_kind (schedule))
    {
    case JT_SCHEDULE_CRON:
      return translate_cron (schedule, schedule_text, zone_name, fault);
    case JT_SCHEDULE_CALENDAR:
      return translate_calendar (schedule, zone_name, now_usec, fault);
    case JT_SCHEDULE_EVERY:
      return translate_interval (schedule, zone_name, now_usec, fault);
    default:
      *fault = _("cron knows no years: a line would come back each year");
      return NULL;
    }
}

/* Whether two lines may fall on one instant, for which JobTracker starts one run and cron two. In doubt they may. */
gboolean
crontab_whens_may_coincide (const CrontabWhen *a, const CrontabWhen *b, gint64 now_usec)
{
  CrontabTime times[2];
  gboolean is_apart = FALSE;

  if (g_str_equal (a->time, "@reboot") || g_str_equal (b->time, "@reboot"))
    return g_str_equal (a->time, b->time);
  if (g_strcmp0 (a->zone, b->zone) != 0 || !crontab_time_parse (a->time, &times[0]) || !crontab_time_parse (b->time, &times[1]))
    return TRUE;
  for (guint field = 0; field <= MONTH; field++)
    is_apart = is_apart || (field != DAY && (times[0].masks[field] & times[1].masks[field]) == 0);
  /* A line that takes either day field may have any day. */
  if ((times[0].stars[DAY] || times[0].stars[WEEKDAY]) && (times[1].stars[DAY] || times[1].stars[WEEKDAY]))
    is_apart = is_apart || (times[0].masks[DAY] & times[1].masks[DAY]) == 0 || (times[0].masks[WEEKDAY] & times[1].masks[WEEKDAY]) == 0;
  return !is_apart || crontab_instants_coincide (a->time, b->time, a->zone, now_usec);
}
