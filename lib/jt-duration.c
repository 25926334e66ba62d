/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-duration.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"

#define SECOND G_GINT64_CONSTANT (1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

typedef struct
{
  const char *name;
  gint64      usec;
} Unit;

/* systemd.time(7), "PARSING TIME SPANS": a month is 30.44 days, a year 365.25. */
static const Unit units[] = {
  { "us", 1 },          { "usec", 1 },       { "ms", 1000 },         { "msec", 1000 },
  { "s", SECOND },      { "sec", SECOND },   { "second", SECOND },   { "seconds", SECOND },
  { "m", MINUTE },      { "min", MINUTE },   { "minute", MINUTE },   { "minutes", MINUTE },
  { "h", HOUR },        { "hr", HOUR },      { "hour", HOUR },       { "hours", HOUR },
  { "d", DAY },         { "day", DAY },      { "days", DAY },        { "w", 7 * DAY },
  { "week", 7 * DAY },  { "weeks", 7 * DAY },{ "M", 2630016 * SECOND }, { "month", 2630016 * SECOND },
  { "months", 2630016 * SECOND }, { "y", 31557600 * SECOND }, { "year", 31557600 * SECOND }, { "years", 31557600 * SECOND },
};

static gboolean
refuse (guint *column, const char **what, const char *text, const char *at, const char *message)
{
  *column = (guint) (at - text) + 1;
  *what = message;
  return FALSE;
}

static const Unit *
find_unit (const char *word, gsize length)
{
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (strlen (units[i].name) == length && strncmp (units[i].name, word, length) == 0)
      return &units[i];
  return NULL;
}

/* Digits and perhaps a fraction times @unit, with whole arithmetic. FALSE: too large. */
static gboolean
scale (const char *digits, const char *end, gint64 unit, gint64 *sum)
{
  gint64 whole = 0;
  gint64 place = unit;
  gint64 fraction = 0;

  for (; digits < end && *digits != '.'; digits++)
    if (__builtin_mul_overflow (whole, 10, &whole) || __builtin_add_overflow (whole, *digits - '0', &whole))
      return FALSE;
  for (digits = digits < end ? digits + 1 : end; digits < end; digits++)
    {
      place /= 10;
      fraction += (*digits - '0') * place;
    }
  return !__builtin_mul_overflow (whole, unit, &whole) && !__builtin_add_overflow (*sum, whole, sum) &&
         !__builtin_add_overflow (*sum, fraction, sum);
}

static const char *
skip_number (const char *at)
{
  gboolean has_point = FALSE;

  while (g_ascii_isdigit (*at) || (*at == '.' && !has_point && g_ascii_isdigit (at[1])))
    has_point |= *at++ == '.';
  return at;
}

/* ISO 8601: PnWnDTnHnMnS. */
static gboolean
parse_iso (const char *text, gint64 *usec, guint *column, const char **what)
{
  const char *at = text + 1;
  gboolean is_time = FALSE;
  gint64 sum = 0;
  guint n_parts = 0;

  while (*at != '\0')
    {
      const char *end;
      gint64 unit;

      if (*at == 'T' && !is_time)
        {
          is_time = TRUE;
          at++;
          continue;
        }
      end = skip_number (at);
      if (end == at)
        return refuse (column, what, text, at, _("expected a number"));
      unit = *end == 'D' && !is_time ? DAY : *end == 'W' && !is_time ? 7 * DAY : *end == 'H' && is_time ? HOUR : *end == 'M' && is_time ? MINUTE
             : *end == 'S' && is_time ? SECOND : 0;
      if (unit == 0)
        return refuse (column, what, text, end, _("expected W or D, or after T one of H, M, S"));
      if (!scale (at, end, unit, &sum))
        return refuse (column, what, text, at, _("too large"));
      at = end + 1;
      n_parts++;
    }
  if (n_parts == 0)
    return refuse (column, what, text, at, _("expected a number"));
  *usec = sum;
  return TRUE;
}

gboolean
jt_duration_scan (const char *text, gint64 *usec, guint *column, const char **what)
{
  const char *at = text;
  gint64 sum = 0;
  guint n_parts = 0;

  if (*text == 'P')
    return parse_iso (text, usec, column, what);
  for (;;)
    {
      const char *end;
      const char *word;
      const Unit *unit;

      while (*at == ' ' || *at == '\t')
        at++;
      if (*at == '\0')
        break;
      end = skip_number (at);
      if (end == at)
        return refuse (column, what, text, at, *at == '-' ? _("a duration is not negative") : _("expected a number"));
      word = end + strspn (end, " \t");
      for (end = word; g_ascii_isalpha (*end);)
        end++;
      if (end == word)
        return refuse (column, what, text, word, _("missing unit after the number; units are us, ms, s, min, h, d, w, month, y"));
      unit = find_unit (word, (gsize) (end - word));
      if (unit == NULL)
        return refuse (column, what, text, word, _("unknown unit; units are us, ms, s, min, h, d, w, month, y"));
      if (!scale (at, skip_number (at), unit->usec, &sum))
        return refuse (column, what, text, at, _("too large"));
      at = end;
      n_parts++;
    }
  if (n_parts == 0)
    return refuse (column, what, text, text, _("is empty"));
  *usec = sum;
  return TRUE;
}

gboolean
jt_duration_parse (const char *text, gint64 *usec, guint *column, GError **error)
{
  const char *what;
  guint place;

  if (jt_duration_scan (text, usec, &place, &what))
    return TRUE;
  if (column != NULL)
    *column = place;
  /* Translators: the last is what is wrong, as in "expected a number" */
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("'%.64s' is not a duration: column %u: %s; write 15min, 1h 30min or PT15M"), text,
               place, what);
  return FALSE;
}

char *
jt_duration_format (gint64 usec)
{
  static const Unit parts[] = { { "d", DAY }, { "h", HOUR }, { "min", MINUTE }, { "s", SECOND }, { "ms", 1000 }, { "us", 1 } };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      gint64 count = usec / parts[i].usec;

      if (count == 0)
        continue;
      g_string_append_printf (text, "%s%" G_GINT64_FORMAT "%s", text->len > 0 ? " " : "", count, parts[i].name);
      usec -= count * parts[i].usec;
    }
  if (text->len == 0)
    g_string_append (text, "0s");
  return g_string_free (text, FALSE);
}
