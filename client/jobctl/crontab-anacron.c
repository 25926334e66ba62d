/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "crontab-anacron.h"

#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "crontab-variables.h"
#include "jt-error.h"
#include "jt-settings.h"
#include "remarks.h"

#define MAX_DAYS 3650
#define MAX_ENTRIES 1000
/* Where no hours are given: Debian starts anacron at half past seven. */
#define DEFAULT_MINUTE (7 * 60 + 30)
#define DAY_MINUTES (24 * 60)

typedef struct
{
  const char      *path;
  const char      *stamps; /* (nullable) the folder where anacron keeps when each job ran last */
  guint            line;
  gint64           now_usec;
  guint            first_minute; /* of the hours in which anacron starts jobs */
  CrontabVariables variables;
  GPtrArray       *entries; /* (element-type ImportEntry) (unowned) */
} Parser;

static gboolean
refuse (const Parser *parser, guint column, const char *fault, GError **error)
{
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "%s:%u:%u: %s", parser->path, parser->line, column, fault);
  return FALSE;
}

/* NAME=VALUE without quotes; blanks before the value belong to it. */
static gboolean
take_variable (Parser *parser, const char *line, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (line, "=", 2);
  const char *name = g_strchomp (parts[0]);
  guint from;
  guint to;

  if (g_str_equal (name, "START_HOURS_RANGE"))
    {
      if (sscanf (parts[1], "%2u-%2u", &from, &to) != 2 || from > to || to > 24)
        return refuse (parser, (guint) (strchr (line, '=') - line) + 2, _("expected two hours, the earlier first, as in 3-22"), error);
      parser->first_minute = from * 60;
    }
  crontab_variables_set (&parser->variables, name, parts[1]);
  return TRUE;
}

/* Local midnight of the day on which the job ran last, when anacron has noted it. */
static GDateTime *
read_stamp (const Parser *parser, const char *id)
{
  g_autofree char *path = parser->stamps != NULL ? g_build_filename (parser->stamps, id, NULL) : NULL;
  g_autofree char *text = NULL;
  gsize length = 0;
  int year;
  int month;
  int day;

  if (path == NULL || !g_file_get_contents (path, &text, &length, NULL) || length > 16
      || sscanf (text, "%4d%2d%2d", &year, &month, &day) != 3)
    return NULL;
  return g_date_time_new_local (year, month, day, 0, 0, 0);
}

/* Every so many days after the last time, at the hour when anacron would come to it. (transfer full) */
static char *
make_schedule (const Parser *parser, guint days, guint minute, GDateTime *stamp)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (parser->now_usec / G_USEC_PER_SEC);
  g_autoptr (GDateTime) midnight = g_date_time_new_local (g_date_time_get_year (now), g_date_time_get_month (now), g_date_time_get_day_of_month (now), 0, 0, 0);
  g_autoptr (GDateTime) from = g_date_time_add_minutes (stamp != NULL ? stamp : midnight, (int) minute);
  g_autofree char *text = NULL;

  if (days == 1)
    return g_strdup_printf ("%u %u * * *", minute % 60, minute / 60);
  if (days == 7)
    return g_strdup_printf ("%u %u * * %d", minute % 60, minute / 60, stamp != NULL ? g_date_time_get_day_of_week (stamp) % 7 : 0);
  text = g_date_time_format (from, "%Y-%m-%dT%H:%M:%S%:z");
  return g_strdup_printf ("every %ud from %s", days, text);
}

/* @named: "@monthly" and the like. NULL: no such word. (transfer full) */
static char *
make_named_schedule (const Parser *parser, const char *named, guint minute, GDateTime *stamp)
{
  int day = stamp != NULL ? MIN (g_date_time_get_day_of_month (stamp), 28) : 1;

  if (g_str_equal (named, "@daily"))
    return make_schedule (parser, 1, minute, stamp);
  if (g_str_equal (named, "@weekly"))
    return make_schedule (parser, 7, minute, stamp);
  if (g_str_equal (named, "@monthly"))
    return g_strdup_printf ("%u %u %d * *", minute % 60, minute / 60, day);
  if (g_str_equal (named, "@yearly") || g_str_equal (named, "@annually"))
    return g_strdup_printf ("%u %u %d %d *", minute % 60, minute / 60, day, stamp != NULL ? g_date_time_get_month (stamp) : 1);
  return NULL;
}

/* anacron(8) gives every command to /bin/sh, in the root folder, and never runs one twice at a time. */
static void
put_settings (const Parser *parser, ImportEntry *entry, const char *schedule, const char *command)
{
  const char *schedules[] = { schedule, NULL };
  GVariantDict settings;

  g_variant_dict_init (&settings, NULL);
  g_variant_dict_insert (&settings, "schedule", "^as", schedules);
  g_variant_dict_insert (&settings, "shell", "s", command);
  g_variant_dict_insert (&settings, "working-directory", "s", "/");
  g_variant_dict_insert (&settings, "catch-up", "s", "one");
  g_variant_dict_insert (&settings, "leftover", "s", "leave");
  remarks_add (entry->remarks, REMARK_DIFFERS, "anacron",
               _("schedule=%s, catch-up=one: what was missed is made up for at once, at any hour and beside other jobs, and not later for having run late"),
               schedule);
  crontab_variables_put (&parser->variables, &settings, entry->remarks);
  entry->settings = g_variant_ref_sink (g_variant_dict_end (&settings));
}

static gboolean
take_entry (Parser *parser, char **words, const char *command, guint command_column, GError **error)
{
  g_autoptr (ImportEntry) entry = import_entry_new (parser->path, parser->line);
  g_autoptr (GDateTime) stamp = NULL;
  g_autofree char *schedule = NULL;
  g_autoptr (JtSettings) checked = NULL;
  guint64 days;
  guint64 delay;
  guint minute;

  if (strchr (words[2], '/') != NULL)
    return refuse (parser, 1, _("the name of a job has no slash; expected days, a delay in minutes, a name and a command"), error);
  if (!g_ascii_string_to_unsigned (words[1], 10, 0, DAY_MINUTES - 1, &delay, NULL))
    return refuse (parser, 1, _("the delay is 0 to 1439 minutes; expected days, a delay in minutes, a name and a command"), error);
  stamp = read_stamp (parser, words[2]);
  minute = (parser->first_minute + (guint) delay) % DAY_MINUTES;
  if (*words[0] == '@')
    schedule = make_named_schedule (parser, words[0], minute, stamp);
  else if (g_ascii_string_to_unsigned (words[0], 10, 1, MAX_DAYS, &days, NULL))
    schedule = make_schedule (parser, (guint) days, minute, stamp);
  if (schedule == NULL)
    return refuse (parser, 1, _("expected 1 to 3650 days, or @daily, @weekly, @monthly or @yearly"), error);
  put_settings (parser, entry, schedule, command);
  entry->name = import_name_clean (words[2], "anacron");
  entry->user = g_strdup ("root");
  checked = jt_settings_new (entry->settings, error);
  if (checked == NULL)
    {
      g_prefix_error (error, "%s:%u:%u: ", parser->path, parser->line, command_column);
      return FALSE;
    }
  g_ptr_array_add (parser->entries, g_steal_pointer (&entry));
  return TRUE;
}

static gboolean
take_line (Parser *parser, const char *line, GError **error)
{
  const char *begin = line + strspn (line, " \t");
  const char *at;
  gsize name_length = strcspn (begin, " \t=");
  g_auto (GStrv) words = g_new0 (char *, 4);

  if (*begin == '\0' || *begin == '#')
    return TRUE;
  if (!g_utf8_validate (begin, -1, &at))
    return refuse (parser, (guint) (at - line) + 1, _("not valid UTF-8"), error);
  if (begin[name_length + strspn (begin + name_length, " \t")] == '=')
    return take_variable (parser, begin, error);
  at = begin;
  for (guint i = 0; i < 3; i++)
    {
      gsize length = strcspn (at, " \t");

      words[i] = g_strndup (at, length);
      at += length + strspn (at + length, " \t");
    }
  if (*at == '\0')
    return refuse (parser, (guint) (at - line) + 1, _("the line ends; expected days, a delay in minutes, a name and a command"), error);
  return take_entry (parser, words, at, (guint) (at - line) + 1, error);
}

/**
 * anacrontab_parse:
 * @stamps: (nullable): the folder where anacron notes when each job ran last
 * @entries: (element-type ImportEntry): what is found is added
 *
 * A backslash at its end carries a line on into the next.
 *
 * Returns: %FALSE with %JT_ERROR_INVALID_ARGUMENT and "file:line:column: …"
 */
gboolean
anacrontab_parse (const char *text, const char *path, const char *stamps, gint64 now_usec, GPtrArray *entries, GError **error)
{
  Parser parser = { .path = path, .stamps = stamps, .now_usec = now_usec, .first_minute = DEFAULT_MINUTE, .entries = entries };
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GString) whole = g_string_new (NULL);
  gboolean is_good = TRUE;

  crontab_variables_init (&parser.variables);
  parser.variables.environment = g_environ_unsetenv (g_environ_unsetenv (parser.variables.environment, "PATH"), "SHELL");
  parser.variables.is_of_anacron = TRUE;
  for (guint i = 0; is_good && lines[i] != NULL && entries->len <= MAX_ENTRIES; i++)
    {
      gsize length = strcspn (lines[i], "\r");
      gboolean goes_on = length > 0 && lines[i][length - 1] == '\\' && lines[i + 1] != NULL;

      if (whole->len == 0)
        parser.line = i + 1;
      g_string_append_len (whole, lines[i], (gssize) (goes_on ? length - 1 : length));
      if (goes_on)
        continue;
      is_good = take_line (&parser, whole->str, error);
      g_string_truncate (whole, 0);
    }
  if (is_good && entries->len > MAX_ENTRIES)
    {
      g_autofree char *fault = g_strdup_printf (_("more than %d jobs"), MAX_ENTRIES);

      is_good = refuse (&parser, 1, fault, error);
    }
  crontab_variables_clear (&parser.variables);
  return is_good;
}
