/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-weekdays.h"

#include <string.h>

const char *const jt_weekday_words[7] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };
static const char *const long_words[7] = { "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday" };

int
jt_weekday_scan (const char **at)
{
  gsize length = 0;

  while (g_ascii_isalpha ((*at)[length]))
    length++;
  for (int i = 0; i < 7; i++)
    if ((length == 3 || length == strlen (long_words[i])) && g_ascii_strncasecmp (*at, long_words[i], length) == 0)
      {
        *at += length;
        return i;
      }
  return -1;
}

guint
jt_weekdays_scan (const char **at)
{
  guint days = 0;

  for (;;)
    {
      int first = jt_weekday_scan (at);
      int last = first;

      if (first < 0)
        return 0;
      if (**at == '-')
        {
          (*at)++;
          last = jt_weekday_scan (at);
          if (last < 0)
            return 0;
        }
      for (int day = first;; day = (day + 1) % 7)
        {
          days |= 1u << day;
          if (day == last)
            break;
        }
      if (**at != ',')
        return days;
      (*at)++;
    }
}

/* Runs of three and more as a range, the week begun on Monday. */
char *
jt_weekdays_format (guint days)
{
  GString *text = g_string_new (NULL);

  for (int i = 0; i < 7; i++)
    {
      int length = 0;

      while (i + length < 7 && days & (1u << ((i + length + 1) % 7)))
        length++;
      if (length == 0)
        continue;
      g_string_append_printf (text, "%s%s", text->len > 0 ? "," : "", jt_weekday_words[(i + 1) % 7]);
      if (length < 3)
        continue;
      g_string_append_printf (text, "-%s", jt_weekday_words[(i + length) % 7]);
      i += length - 1;
    }
  return g_string_free (text, FALSE);
}

int
jt_minute_scan (const char **at, gboolean takes_midnight)
{
  int hour = 0;
  int minute;
  const char *end = *at;

  for (int n_digits = 0; n_digits < 2 && g_ascii_isdigit (*end); n_digits++)
    hour = 10 * hour + (*end++ - '0');
  if (end == *at || end[0] != ':' || !g_ascii_isdigit (end[1]) || !g_ascii_isdigit (end[2]) || g_ascii_isdigit (end[3]))
    return -1;
  minute = 10 * (end[1] - '0') + (end[2] - '0');
  if (minute > 59 || hour > 24 || (hour == 24 && (minute > 0 || !takes_midnight)))
    return -1;
  *at = end + 3;
  return 60 * hour + minute;
}
