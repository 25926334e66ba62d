/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "crontab.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "jt-schedule.h"
#include "jt-settings.h"
#include "remarks.h"

#define N_FIELDS 5
#define MAX_PROBLEMS 20
#define MAX_ENTRIES 10000

typedef struct
{
  const char *path;
  CrontabForm form;
  gint64      now_usec;
  guint       line;
  const char *start;       /* of the line */
  char      **environment; /* (owned) of the lines above */
  char       *timezone;    /* (owned) (nullable) */
  GPtrArray  *remarks;     /* (element-type Remark) (owned) for all that follows */
  GPtrArray  *entries;     /* (element-type ImportEntry) (unowned) */
  GString    *problems;    /* (owned) a line each */
  guint       n_problems;
} Parser;

static void G_GNUC_PRINTF (3, 4)
add_problem (Parser *parser, const char *at, const char *format, ...)
{
  va_list arguments;

  parser->n_problems++;
  if (parser->n_problems > MAX_PROBLEMS)
    return;
  if (parser->problems->len > 0)
    g_string_append_c (parser->problems, '\n');
  g_string_append_printf (parser->problems, "%s:%u:%d: ", parser->path, parser->line, (int) (at - parser->start) + 1);
  va_start (arguments, format);
  g_string_append_vprintf (parser->problems, format, arguments);
  va_end (arguments);
}

static const char *
skip_blanks (const char *at)
{
  return at + strspn (at, " \t");
}

static const char *
skip_word (const char *at)
{
  return at + strcspn (at, " \t");
}

/* --- NAME = VALUE --- */

/* A value without the blanks around it, and without quotes when they match. */
static char *
take_off_quotes (const char *text)
{
  g_autofree char *value = g_strstrip (g_strdup (text));
  gsize length = strlen (value);

  if (length >= 2 && (value[0] == '"' || value[0] == '\'') && value[length - 1] == value[0])
    return g_strndup (value + 1, length - 2);
  return g_steal_pointer (&value);
}

/* What the variable means to cron itself; the rest is the job's. */
static void
set_variable (Parser *parser, const char *name, const char *value)
{
  if (g_str_equal (name, "CRON_TZ"))
    {
      g_free (parser->timezone);
      parser->timezone = g_strdup (value);
    }
  else if (g_str_equal (name, "MAILTO") || g_str_equal (name, "MAILFROM"))
    {
      g_ptr_array_set_size (parser->remarks, 0);
      if (*value != '\0')
        remarks_add (parser->remarks, REMARK_LOST, name, _("output is kept in the log, no mail is sent to %s"), value);
    }
  else if (g_str_equal (name, "RANDOM_DELAY"))
    remarks_add (parser->remarks, REMARK_LOST, name, "%s", _("starts at the exact time"));
  else if (!g_str_equal (name, "LOGNAME") && !g_str_equal (name, "USER"))
    parser->environment = g_environ_setenv (parser->environment, name, value, TRUE);
}

/* FALSE: the line is none. */
static gboolean
take_variable (Parser *parser, const char *line)
{
  const char *end = line + strcspn (line, " \t=");
  const char *equals = skip_blanks (end);
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;

  if (*equals != '=' || end == line)
    return FALSE;
  name = g_strndup (line, (gsize) (end - line));
  value = take_off_quotes (equals + 1);
  if ((name[0] == '"' || name[0] == '\'') && strlen (name) > 2)
    {
      g_autofree char *bare = take_off_quotes (name);

      set_variable (parser, bare, value);
    }
  else
    set_variable (parser, name, value);
  return TRUE;
}

/* --- time, user, command --- */

/* The text of the schedule, from @at; what follows it in *@rest. */
static char *
take_schedule (Parser *parser, const char *at, const char **rest)
{
  const char *end = at;
  guint fields = *at == '@' ? 1 : N_FIELDS;
  char *text;

  for (guint i = 0; i < fields; i++)
    {
      end = skip_word (i == 0 ? end : skip_blanks (end));
      if (*skip_blanks (end) == '\0')
        {
          add_problem (parser, end,
                       parser->form == CRONTAB_OF_SYSTEM
                         ? g_dngettext (GETTEXT_PACKAGE,
                                        "the line ends after %u of %u field; expected minute, hour, day, month, weekday, user and a command",
                                        "the line ends after %u of %u fields; expected minute, hour, day, month, weekday, user and a command",
                                        fields)
                         : g_dngettext (GETTEXT_PACKAGE,
                                        "the line ends after %u of %u field; expected minute, hour, day, month, weekday and a command",
                                        "the line ends after %u of %u fields; expected minute, hour, day, month, weekday and a command",
                                        fields),
                       i + 1, fields);
          return NULL;
        }
    }
  text = g_strndup (at, (gsize) (end - at));
  *rest = skip_blanks (end);
  return g_strdelimit (text, "\t", ' ');
}

static gboolean
check_schedule (Parser *parser, const char *at, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtZone) zone = jt_zone_get (parser->timezone, &error);
  g_autoptr (JtSchedule) schedule = NULL;
  guint column = 0;

  if (zone != NULL)
    schedule = jt_schedule_parse_kind (text, JT_SCHEDULE_CRON, zone, parser->now_usec, &column, &error);
  if (schedule == NULL)
    {
      const char *message = error->message;
      const char *colon = strstr (message, ": ");

      /* The place is said already: in the file, not in the expression. */
      if (column > 0 && colon != NULL)
        message = colon + 2;
      add_problem (parser, column > 0 ? at + column - 1 : at, "%s", message);
      return FALSE;
    }
  if (jt_schedule_is_reboot (schedule) || jt_schedule_next (schedule, parser->now_usec) != JT_INSTANT_NEVER)
    return TRUE;
  add_problem (parser, at, _("'%s' never occurs; take the line out"), text);
  return FALSE;
}

/* crontab(5): the first bare % ends the command, what follows is its input, where each bare % is a newline; "\%" is a %. */
static char *
take_percents (const char *text, char **input)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *command = NULL;

  for (; *text != '\0'; text++)
    if (text[0] == '\\' && text[1] == '%')
      g_string_append_c (out, *++text);
    else if (*text != '%')
      g_string_append_c (out, *text);
    else if (command != NULL)
      g_string_append_c (out, '\n');
    else
      {
        command = g_strdup (out->str);
        g_string_truncate (out, 0);
      }
  if (command == NULL)
    return g_strdup (out->str);
  if (out->len == 0 || out->str[out->len - 1] != '\n')
    g_string_append_c (out, '\n');
  *input = g_strdup (out->str);
  return g_steal_pointer (&command);
}

static void
put_command (GVariantDict *settings, char **environment, const char *command)
{
  const char *shell = g_environ_getenv (environment, "SHELL");
  const char *words[] = { shell, "-c", command, NULL };

  if (shell == NULL || *shell == '\0' || g_str_equal (shell, "/bin/sh"))
    g_variant_dict_insert (settings, "shell", "s", command);
  else
    g_variant_dict_insert (settings, "command", "^as", words);
}

/* What cron does and JobTracker does not by default: nothing is caught up, and what a job leaves behind is left alone. */
static GVariant *
make_settings (Parser *parser, const char *schedule, const char *command, const char *input)
{
  const char *home = g_environ_getenv (parser->environment, "HOME");
  const char *schedules[] = { schedule, NULL };
  GVariantDict settings;

  g_variant_dict_init (&settings, NULL);
  g_variant_dict_insert (&settings, "schedule", "^as", schedules);
  g_variant_dict_insert (&settings, "leftover", "s", "leave");
  g_variant_dict_insert (&settings, "catch-up", "s", "none");
  put_command (&settings, parser->environment, command);
  if (parser->environment != NULL && parser->environment[0] != NULL)
    g_variant_dict_insert (&settings, "environment", "^as", parser->environment);
  if (home != NULL && g_path_is_absolute (home))
    g_variant_dict_insert (&settings, "working-directory", "s", home);
  if (parser->timezone != NULL && *parser->timezone != '\0')
    g_variant_dict_insert (&settings, "timezone", "s", parser->timezone);
  if (input != NULL)
    g_variant_dict_insert (&settings, "stdin", "s", input);
  return g_variant_ref_sink (g_variant_dict_end (&settings));
}

static gboolean
take_user (Parser *parser, ImportEntry *entry, const char **rest)
{
  const char *end = skip_word (*rest);

  if (*skip_blanks (end) == '\0')
    {
      add_problem (parser, *rest, _("the command is missing after the user '%.*s'; a file without a column for the user is a "
                                    "user's own crontab"),
                   (int) MIN (end - *rest, 64), *rest);
      return FALSE;
    }
  entry->user = g_strndup (*rest, (gsize) (end - *rest));
  *rest = skip_blanks (end);
  return TRUE;
}

static void
take_entry (Parser *parser, const char *line)
{
  g_autoptr (ImportEntry) entry = import_entry_new (parser->path, parser->line);
  g_autofree char *schedule = NULL;
  g_autofree char *command = NULL;
  g_autofree char *input = NULL;
  g_autoptr (JtSettings) settings = NULL;
  g_autoptr (GError) error = NULL;
  const char *rest = NULL;

  /* cronie: "-" before the time keeps the line out of the system's log. */
  if (*line == '-')
    line++;
  schedule = take_schedule (parser, line, &rest);
  if (schedule == NULL || !check_schedule (parser, line, schedule))
    return;
  if (parser->form == CRONTAB_OF_SYSTEM && !take_user (parser, entry, &rest))
    return;
  command = take_percents (rest, &input);
  entry->settings = make_settings (parser, schedule, command, input);
  settings = jt_settings_new (entry->settings, &error);
  if (settings == NULL)
    {
      add_problem (parser, rest, "%s", error->message);
      return;
    }
  entry->name = crontab_name_of_command (command);
  remarks_add_all (entry->remarks, parser->remarks);
  g_ptr_array_add (parser->entries, g_steal_pointer (&entry));
}

static void
take_line (Parser *parser, const char *line)
{
  const char *end;

  parser->start = line;
  line = skip_blanks (line);
  if (*line == '\0' || *line == '#')
    return;
  if (!g_utf8_validate (line, -1, &end))
    add_problem (parser, end, _("not valid UTF-8"));
  else if (!take_variable (parser, line))
    take_entry (parser, line);
}

/**
 * crontab_parse:
 * @path: for messages and entries
 * @entries: (element-type ImportEntry): what is found is added
 *
 * Returns: %FALSE with %JT_ERROR_INVALID_ARGUMENT when there is a bad line: each is named as "file:line:column: …"
 */
gboolean
crontab_parse (const char *text, const char *path, CrontabForm form, gint64 now_usec, GPtrArray *entries, GError **error)
{
  Parser parser = { .path = path, .form = form, .now_usec = now_usec, .entries = entries };
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gboolean is_good;

  parser.remarks = remarks_new ();
  parser.problems = g_string_new (NULL);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      parser.line = i + 1;
      lines[i][strcspn (lines[i], "\r")] = '\0';
      take_line (&parser, lines[i]);
    }
  if (entries->len > MAX_ENTRIES)
    add_problem (&parser, parser.start, _("more than %d jobs"), MAX_ENTRIES);
  is_good = parser.n_problems == 0;
  if (!is_good)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "%s", parser.problems->str);
  g_strfreev (parser.environment);
  g_free (parser.timezone);
  g_ptr_array_unref (parser.remarks);
  g_string_free (parser.problems, TRUE);
  return is_good;
}
