/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "crontab-schedule.h"

#include <stdlib.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#define N_FIELDS 5

static const struct
{
  guint least;
  guint most;
  const char *names; /* of three letters each */
} fields[N_FIELDS] = {
  { 0, 59, "" },
  { 0, 23, "" },
  { 1, 31, "" },
  { 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec" },
  { 0, 7, "sunmontuewedthufrisat" },
};

/* --- strictly as cron reads them --- */

static gboolean
take_number (const char **at, guint *number)
{
  char *end;

  if (!g_ascii_isdigit (**at))
    return FALSE;
  *number = (guint) MIN (strtoul (*at, &end, 10), G_MAXUINT / 2);
  *at = end;
  return TRUE;
}

static gboolean
take_value (guint field, const char **at, guint *value)
{
  const char *names = fields[field].names;

  if (take_number (at, value))
    return *value >= fields[field].least && *value <= fields[field].most;
  for (guint i = 0; names[i] != '\0'; i += 3)
    if (g_ascii_strncasecmp (*at, names + i, 3) == 0 && !g_ascii_isalnum ((*at)[3]))
      {
        *at += 3;
        *value = fields[field].least + i / 3;
        return TRUE;
      }
  return FALSE;
}

/* NUMBER, or "*" or NUMBER-NUMBER with or without a step: a step behind a single number is nothing that every cron takes. */
static gboolean
take_item (guint field, const char **at, guint64 *mask)
{
  guint first = fields[field].least;
  guint last = fields[field].most;
  guint step = 1;
  gboolean is_range = **at == '*';

  if (is_range)
    (*at)++;
  else if (!take_value (field, at, &first))
    return FALSE;
  else if (**at == '-')
    {
      (*at)++;
      if (!take_value (field, at, &last) || last < first)
        return FALSE;
      is_range = TRUE;
    }
  else
    last = first;
  if (is_range && **at == '/')
    {
      (*at)++;
      if (!take_number (at, &step) || step == 0)
        return FALSE;
    }
  for (guint value = first; value <= last; value += step)
    *mask |= G_GUINT64_CONSTANT (1) << (field == 4 && value == 7 ? 0 : value);
  return TRUE;
}

static gboolean
take_field (guint field, const char *at, CrontabTime *time)
{
  time->masks[field] = 0;
  time->stars[field] = *at == '*';
  while (take_item (field, &at, &time->masks[field]))
    {
      if (*at == '\0')
        return TRUE;
      if (*at++ != ',')
        return FALSE;
    }
  return FALSE;
}

/* FALSE: not five fields, or none that every cron takes. */
gboolean
crontab_time_parse (const char *text, CrontabTime *time)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  guint count = 0;

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' && (count == N_FIELDS || !take_field (count++, words[i], time)))
      return FALSE;
  return count == N_FIELDS;
}

/* Whether any cron takes @text as it stands. */
gboolean
crontab_time_is_plain (const char *text)
{
  static const char *const nicknames[] = { "@reboot", "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly", NULL };
  CrontabTime time;

  return g_strv_contains (nicknames, text) || crontab_time_parse (text, &time);
}

/* --- A~B --- */

/* Seeds that are near each other give values that are not. */
static guint
mix (guint32 seed)
{
  seed = (seed ^ (seed >> 16)) * 0x7feb352d;
  seed = (seed ^ (seed >> 15)) * 0x846ca68b;
  return seed ^ (seed >> 16);
}

/* LEAST~MOST of an item, of which either may be missing: one of the values, always the same for the same @seed. */
static gboolean
draw_item (guint field, const char *item, guint seed, GString *out)
{
  guint first = fields[field].least;
  guint last = fields[field].most;

  if (strchr (item, '~') == NULL)
    {
      g_string_append (out, item);
      return TRUE;
    }
  if (*item != '~' && !take_value (field, &item, &first))
    return FALSE;
  if (*item++ != '~' || (*item != '\0' && !take_value (field, &item, &last)) || *item != '\0' || last < first)
    return FALSE;
  g_string_append_printf (out, "%u", first + mix (seed) % (last - first + 1));
  return TRUE;
}

static gboolean
draw_field (guint field, const char *text, guint seed, GString *out)
{
  g_auto (GStrv) items = g_strsplit (text, ",", -1);

  for (guint i = 0; items[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      if (!draw_item (field, items[i], seed + i, out))
        return FALSE;
    }
  return TRUE;
}

/**
 * crontab_time_draw:
 * @text: five fields with a blank between each
 * @seed: what the choice depends on
 *
 * cronie reads A~B as one value out of that range, drawn when it reads the table.
 *
 * Returns: (transfer full) (nullable): @text with values in place of ranges; %NULL when a range is none, at *@at of @text
 */
char *
crontab_time_draw (const char *text, guint seed, const char **at, const char **fault)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  g_autoptr (GString) out = g_string_new (NULL);

  *at = text;
  for (guint field = 0; words[field] != NULL; field++)
    {
      if (field > 0)
        g_string_append_c (out, ' ');
      if (field >= N_FIELDS || !draw_field (field, words[field], mix (seed + field), out))
        {
          *fault = _("a random value is written LEAST~MOST, as in 0~59");
          return NULL;
        }
      *at += strlen (words[field]) + 1;
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}
