/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Slips with dates, times of the day and zones. */

#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-duration.h"
#include "jt-slips.h"

/* "2:30am": hours are told from 0 to 23. */
gboolean
jt_slip_half_day (JtSlip *slip)
{
  for (guint i = 0; i < slip->n_words; i++)
    {
      const char *half = NULL;
      guint n_words;
      int hour;
      int minute;

      if (jt_slip_read_clock (slip, i, &hour, &minute, &n_words, &half) && half != NULL)
        return jt_slip_say (slip, jt_slip_place (slip, i + n_words - 1, half), _("'%.2s' is not known, hours are 0-23; write %02d:%02d"), half,
                            hour, minute);
    }
  return FALSE;
}

/* Dates of other habits: 24.12.2026, 2026/12/24, 12/24/2026. */
gboolean
jt_slip_date (JtSlip *slip)
{
  for (guint i = 0; i < slip->n_words; i++)
    {
      const char *word = slip->words[i];
      int first = 0;
      int second = 0;
      int third = 0;
      int length = 0;
      char sign = '\0';

      if (sscanf (word, "%4d%c%2d%*1[./]%4d%n", &first, &sign, &second, &third, &length) != 4 || (sign != '.' && sign != '/')
          || (word[length] != '\0' && word[length] != 't') || MAX (first, third) < 1000)
        continue;
      if (sign == '/' && first >= 1970 && second >= 1 && second <= 12 && third >= 1 && third <= 31)
        return jt_slip_say (slip, slip->begins[i], _("a date is YEAR-MONTH-DAY; write %04d-%02d-%02d"), first, second, third);
      if (sign == '.' && third >= 1970 && second >= 1 && second <= 12 && first >= 1 && first <= 31)
        return jt_slip_say (slip, slip->begins[i], _("a date is YEAR-MONTH-DAY; write %04d-%02d-%02d"), third, second, first);
      return jt_slip_say (slip, slip->begins[i], _("a date is YEAR-MONTH-DAY, as 2026-12-24"));
    }
  return FALSE;
}

/* An instant with its offset is no calendar. */
gboolean
jt_slip_offset (JtSlip *slip)
{
  const char *word = jt_slip_word (slip, 0);
  const char *time = strchr (word, 't');
  const char *offset = time == NULL ? NULL : strpbrk (time, "z+-");

  if (slip->n_words != 1 || offset == NULL || !g_ascii_isdigit (*word) || strchr (word, '-') == NULL)
    return FALSE;
  return jt_slip_say (slip, jt_slip_place (slip, 0, offset), _("an offset belongs to a single instant; write 'at %.40s'"), slip->begins[0]);
}

/* Times that are not written with two digits and a colon: 02.30, 2h30, 0230, "at 9:00", "at 18". */
gboolean
jt_slip_clock (JtSlip *slip)
{
  const char *first = jt_slip_word (slip, 0);
  gboolean is_at = g_str_equal (first, "at");
  gboolean is_calendar = g_ascii_isalpha (*first) || strchr (first, '-') != NULL;
  guint i = slip->n_words - 1;
  const char *word = jt_slip_word (slip, i);
  const char *half;
  guint n_words;
  int hour;
  int minute;

  if (slip->n_words > 3 || g_str_equal (first, "every") || g_str_equal (first, "in") || (slip->n_words > 1 && !is_at && !is_calendar))
    return FALSE;
  if (strlen (word) == 4 && strspn (word, "0123456789") == 4 && (*word == '0' || is_at)
      && sscanf (word, "%2d%2d", &hour, &minute) == 2 && hour < 24 && minute < 60)
    return jt_slip_say (slip, slip->begins[i] + 2, _("a ':' is missing; write %02d:%02d"), hour, minute);
  if (!jt_slip_read_clock (slip, i, &hour, &minute, &n_words, &half))
    return FALSE;
  if (strpbrk (word, ".h") != NULL)
    return jt_slip_say (slip, jt_slip_place (slip, i, strpbrk (word, ".h")), _("hour and minute are joined by ':'; write %02d:%02d"), hour,
                        minute);
  if (!is_at && (i == 0 || strchr (word, ':') != NULL))
    return FALSE;
  if (strchr (word, ':') == NULL)
    return jt_slip_say (slip, slip->begins[i] + strlen (word), _("the minutes are missing; write %02d:%02d"), hour, minute);
  return strchr (word, ':') == word + 1 && jt_slip_say (slip, slip->begins[i], _("an hour has two digits; write %02d:%02d"), hour, minute);
}

/* "09-17:00" in a calendar. */
gboolean
jt_slip_range (JtSlip *slip)
{
  for (guint i = 0; i < slip->n_words && slip->n_words < 5; i++)
    {
      const char *word = slip->words[i];
      const char *dash = word + strspn (word, "0123456789");
      const char *end = *dash == '-' ? dash + 1 + strspn (dash + 1, "0123456789") : dash;

      if (dash > word && end > dash + 1 && *end == ':')
        return jt_slip_say (slip, jt_slip_place (slip, i, dash), _("a range of a calendar has '..'; write %.*s..%.16s"), (int) MIN (dash - word, 8),
                            word, dash + 1);
    }
  return FALSE;
}

/* A number or a length of time alone: of what? */
gboolean
jt_slip_bare (JtSlip *slip)
{
  const char *word = jt_slip_word (slip, 0);
  const char *what;
  gint64 usec;
  guint column;
  int number;

  if (slip->n_words == 1 && strspn (word, "0123456789") == strlen (word) && strlen (word) <= 4)
    {
      number = (int) g_ascii_strtoll (word, NULL, 10);
      if (number <= 59)
        return jt_slip_say (slip, slip->begins[0],
                            _("a number alone is no schedule; write 'every %dmin', or '%d * * * *' for that minute of each hour"), MAX (number, 1),
                            number);
      return jt_slip_say (slip, slip->begins[0], _("a number alone is no schedule; write 'every %dmin'"), number);
    }
  if (!g_ascii_isdigit (*word) && *word != 'p')
    return FALSE;
  if (!jt_duration_scan (slip->begins[0], &usec, &column, &what) || usec == 0)
    return FALSE;
  return jt_slip_say (slip, slip->begins[0], _("a length of time alone is no schedule; write 'every %.32s', or 'in %.32s' for once"),
                      slip->begins[0], slip->begins[0]);
}

/* A word that was to be a zone: which there is, or that none has such a name. */
gboolean
jt_slip_zone_name (JtSlip *slip, guint word)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtZone) zone = jt_zone_get (slip->begins[word], &error);

  return zone == NULL && jt_slip_say (slip, slip->begins[word], "%s", error->message);
}

/* "mon", "mon-fri" */
static gboolean
is_weekday (const char *word)
{
  for (guint i = 0; i < 7; i++)
    if (g_ascii_strncasecmp (word, jt_weekday_names[i], 3) == 0 && (word[3] == '\0' || strchr (",-.", word[3]) != NULL))
      return TRUE;
  return FALSE;
}

/* Behind a time only a zone may stand. */
gboolean
jt_slip_zone (JtSlip *slip)
{
  guint i = slip->n_words - 1;
  const char *word = jt_slip_word (slip, i);

  if (slip->n_words < 2 || slip->n_words >= 5 || strchr (jt_slip_word (slip, i - 1), ':') == NULL || g_str_equal (jt_slip_word (slip, 0), "at"))
    return FALSE;
  if (*word == '+' || *word == '-' || g_str_has_prefix (word, "utc") || g_str_has_prefix (word, "gmt"))
    return jt_slip_say (slip, slip->begins[i], _("'%.32s' is no zone; zones have names like Europe/Berlin"), slip->begins[i]);
  if (slip->n_words == 2 && is_weekday (word))
    return jt_slip_say (slip, slip->begins[i], _("weekdays stand in front; write '%.32s %.32s'"), slip->begins[i], slip->words[0]);
  if (strchr (word, '/') == NULL)
    return jt_slip_say (slip, slip->begins[i], _("unexpected '%.32s'; here only a zone may stand, UTC or a name like Europe/Berlin"),
                        slip->begins[i]);
  return jt_slip_zone_name (slip, i);
}
