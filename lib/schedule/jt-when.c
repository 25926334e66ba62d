/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-when.h"

#include <string.h>

#include <glib/gi18n-lib.h>

static gboolean
fail_digits (JtScan *scan, const char *what, int count)
{
  if (g_ascii_isalpha (*scan->at))
    return jt_scan_fail (scan, scan->at, _("expected a date or a time; write 2026-12-24 18:00, 18:30 or tomorrow 07:00"));
  return jt_scan_fail (scan, scan->at, _("%s has %d digits; write 2026-12-24 18:00"), _(what), count);
}

/* Exactly @count digits as a number within limits. */
static gboolean
fixed_number (JtScan *scan, int count, const char *what, int least, int most, int *number)
{
  const char *begin = scan->at;
  int value = 0;

  for (int i = 0; i < count; i++, scan->at++)
    {
      if (!g_ascii_isdigit (*scan->at))
        return fail_digits (scan, what, count);
      value = value * 10 + (*scan->at - '0');
    }
  if (value < least || value > most)
    /* Translators: "minute 0-59, not 60; …" */
    return jt_scan_fail (scan, begin, _("%s %d-%d, not %d; write 18:30 or 2026-12-24 18:00"), _(what), least, most, value);
  *number = value;
  return TRUE;
}

static gboolean
take (JtScan *scan, char c)
{
  if (*scan->at != c)
    return FALSE;
  scan->at++;
  return TRUE;
}

static gboolean
parse_date (JtScan *scan, gint64 *day)
{
  const char *of_day;
  JtDate date;

  if (!fixed_number (scan, 4, N_("year"), 1970, 2500, &date.year))
    return FALSE;
  if (!take (scan, '-') || !fixed_number (scan, 2, N_("month"), 1, 12, &date.month))
    return jt_scan_fail (scan, scan->at, _("a date is YEAR-MONTH-DAY, as 2026-12-24"));
  if (!take (scan, '-') || !fixed_number (scan, 2, N_("day"), 1, 31, &date.day))
    return jt_scan_fail (scan, scan->at, _("a date is YEAR-MONTH-DAY, as 2026-12-24"));
  of_day = scan->at - 2;
  if (date.day > jt_civil_days_in_month (date.year, date.month))
    return jt_scan_fail (scan, of_day, _("there is no day %d in that month, it has %d"), date.day, jt_civil_days_in_month (date.year, date.month));
  *day = jt_civil_to_days (date.year, date.month, date.day);
  return TRUE;
}

static gboolean
parse_time (JtScan *scan, gint64 *usec)
{
  int hour;
  int minute;
  int second = 0;

  if (!fixed_number (scan, 2, N_("hour"), 0, 23, &hour))
    return FALSE;
  if (!take (scan, ':'))
    return jt_scan_fail (scan, scan->at, _("a time is HOUR:MINUTE or HOUR:MINUTE:SECOND, as 18:30"));
  if (!fixed_number (scan, 2, N_("minute"), 0, 59, &minute) || (take (scan, ':') && !fixed_number (scan, 2, N_("second"), 0, 59, &second)))
    return FALSE;
  *usec = ((gint64) hour * 3600 + minute * 60 + second) * G_USEC_PER_SEC;
  if (*scan->at == '.' && g_ascii_isdigit (scan->at[1]))
    {
      gint64 place = G_USEC_PER_SEC / 10;

      for (scan->at++; g_ascii_isdigit (*scan->at); scan->at++, place /= 10)
        *usec += (*scan->at - '0') * place;
    }
  return TRUE;
}

/* Z or +01:00. TRUE without one: *has_offset says. */
static gboolean
parse_offset (JtScan *scan, gboolean *has_offset, gint64 *offset)
{
  int sign;
  int hour;
  int minute;

  *has_offset = *scan->at == 'Z' || *scan->at == 'z' || *scan->at == '+' || *scan->at == '-';
  *offset = 0;
  if (!*has_offset)
    return TRUE;
  sign = *scan->at == '-' ? -1 : 1;
  if (g_ascii_toupper (*scan->at++) == 'Z')
    return TRUE;
  if (!fixed_number (scan, 2, N_("offset"), 0, 23, &hour) || !take (scan, ':') || !fixed_number (scan, 2, N_("offset"), 0, 59, &minute))
    return jt_scan_fail (scan, scan->at, _("an offset is Z or +HH:MM, as +01:00"));
  *offset = sign * ((gint64) hour * 3600 + minute * 60) * G_USEC_PER_SEC;
  return TRUE;
}

static gboolean
take_word (JtScan *scan, const char *word)
{
  gsize length = strlen (word);

  if (g_ascii_strncasecmp (scan->at, word, length) != 0 || (scan->at[length] != ' ' && scan->at[length] != '\0'))
    return FALSE;
  scan->at += length;
  scan->at += strspn (scan->at, " ");
  return TRUE;
}

static gint64
take_wall (JtScan *scan, JtZone *zone, gint64 wall_usec)
{
  scan->wall = wall_usec;
  return jt_wall_to_instant (zone, wall_usec, NULL);
}

gboolean
jt_when_parse (JtScan *scan, JtZone *zone, gint64 base_usec, gint64 *usec)
{
  gint64 today = jt_floor_div (base_usec + jt_zone_offset_at (zone, base_usec, NULL) * (gint64) G_USEC_PER_SEC, JT_USEC_PER_DAY);
  gboolean has_offset = FALSE;
  gboolean is_bare_time = FALSE;
  gint64 day = today;
  gint64 time = 0;
  gint64 offset = 0;

  scan->wall = JT_WALL_NEVER;
  scan->at += strspn (scan->at, " ");
  if (take_word (scan, "now"))
    {
      *usec = base_usec;
      return *scan->at == '\0' || jt_scan_fail (scan, scan->at, _("unexpected '%.32s'; write 2026-12-24 18:00, 18:30 or tomorrow 07:00"), scan->at);
    }
  if (take_word (scan, "tomorrow"))
    day = today + 1;
  else if (take_word (scan, "yesterday"))
    day = today - 1;
  else if (!take_word (scan, "today") && !(is_bare_time = g_ascii_isdigit (scan->at[0]) && g_ascii_isdigit (scan->at[1]) && scan->at[2] == ':') &&
           !parse_date (scan, &day))
    return FALSE;
  if (*scan->at == 'T' || *scan->at == 't' || *scan->at == ' ')
    scan->at++;
  scan->at += strspn (scan->at, " ");
  if (*scan->at != '\0' && (!parse_time (scan, &time) || !parse_offset (scan, &has_offset, &offset)))
    return FALSE;
  if (*scan->at != '\0')
    return jt_scan_fail (scan, scan->at, _("unexpected '%.32s'; write 2026-12-24 18:00, 18:30 or tomorrow 07:00"), scan->at);
  if (has_offset)
    *usec = day * JT_USEC_PER_DAY + time - offset;
  else
    *usec = take_wall (scan, zone, day * JT_USEC_PER_DAY + time);
  /* A time alone is the next one of its kind. */
  if (is_bare_time && *usec <= base_usec)
    *usec = has_offset ? *usec + JT_USEC_PER_DAY : take_wall (scan, zone, (day + 1) * JT_USEC_PER_DAY + time);
  return TRUE;
}

char *
jt_when_format (gint64 usec)
{
  gint64 days = jt_floor_div (usec, JT_USEC_PER_DAY);
  gint64 rest = usec - days * JT_USEC_PER_DAY;
  gint64 second = rest / G_USEC_PER_SEC;
  JtDate date = jt_civil_from_days (days);
  g_autofree char *fraction = rest % G_USEC_PER_SEC != 0 ? g_strdup_printf (".%06d", (int) (rest % G_USEC_PER_SEC)) : g_strdup ("");

  return g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02d%sZ", date.year, date.month, date.day, (int) (second / 3600), (int) (second / 60 % 60),
                          (int) (second % 60), fraction);
}
