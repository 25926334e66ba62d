/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "crontab.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "crontab-schedule.h"
#include "crontab-variables.h"
#include "jt-error.h"
#include "jt-schedule.h"
#include "jt-settings.h"
#include "remarks.h"
#include "text.h"

#define N_FIELDS 5
#define MAX_PROBLEMS 20
#define MAX_ENTRIES 10000

typedef struct
{
  const char      *path;
  CrontabForm      form;
  gint64           now_usec;
  guint            line;
  const char      *start; /* of the line */
  CrontabVariables variables; /* of the lines above */
  GPtrArray       *entries;   /* (element-type ImportEntry) (unowned) */
  GString         *problems;  /* (owned) a line each */
  guint            n_problems;
} Parser;

/* The time of a line, and where in it each part stood. */
typedef struct
{
  char       *text;             /* (owned) parts with one blank between them */
  const char *begins[N_FIELDS]; /* in the line */
  guint       n_parts;
} When;

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

/* --- time, user, command --- */

static gboolean
refuse_short_line (Parser *parser, const char *end, guint got, guint wanted)
{
  add_problem (parser, end,
               parser->form == CRONTAB_OF_SYSTEM
                 ? g_dngettext (GETTEXT_PACKAGE,
                                "the line ends after %u of %u field; expected minute, hour, day, month, weekday, user and a command",
                                "the line ends after %u of %u fields; expected minute, hour, day, month, weekday, user and a command",
                                wanted)
                 : g_dngettext (GETTEXT_PACKAGE,
                                "the line ends after %u of %u field; expected minute, hour, day, month, weekday and a command",
                                "the line ends after %u of %u fields; expected minute, hour, day, month, weekday and a command", wanted),
               got, wanted);
  return FALSE;
}

/* From @at; what follows it in *@rest. */
static gboolean
take_time (Parser *parser, const char *at, When *when, const char **rest)
{
  g_autoptr (GString) text = g_string_new (NULL);

  when->n_parts = *at == '@' ? 1 : N_FIELDS;
  for (guint i = 0; i < when->n_parts; i++)
    {
      const char *end = skip_word (at);

      if (*skip_blanks (end) == '\0')
        return refuse_short_line (parser, end, i + 1, when->n_parts);
      when->begins[i] = at;
      g_string_append_printf (text, "%s%.*s", i > 0 ? " " : "", (int) (end - at), at);
      at = skip_blanks (end);
    }
  when->text = g_string_free (g_steal_pointer (&text), FALSE);
  *rest = at;
  return TRUE;
}

/* Where in the line it is that stands at @column of the text, from 1. */
static const char *
find_column (const When *when, guint column)
{
  const char *part = when->text;
  guint i = 0;

  while (i + 1 < when->n_parts && strchr (part, ' ') != NULL && strchr (part, ' ') < when->text + column - 1)
    {
      part = strchr (part, ' ') + 1;
      i++;
    }
  return when->begins[i] + (when->text + column - 1 - part);
}

/* cronie draws a value out of A~B whenever it reads a table; here it is drawn once, and the same one if the line is read again. */
static gboolean
draw_values (Parser *parser, When *when, GPtrArray *remarks)
{
  g_autofree char *drawn = NULL;
  const char *at = NULL;
  const char *fault = NULL;
  guint seed = g_str_hash (parser->start) ^ g_str_hash (g_get_host_name ());

  if (when->n_parts == 1 || strchr (when->text, '~') == NULL)
    return TRUE;
  drawn = crontab_time_draw (when->text, seed, &at, &fault);
  if (drawn == NULL)
    {
      add_problem (parser, find_column (when, (guint) (at - when->text) + 1), "%s", fault);
      return FALSE;
    }
  remarks_add (remarks, REMARK_DIFFERS, when->text, _("schedule=%s: drawn once and for all; cronie draws whenever it reads the table"), drawn);
  g_free (when->text);
  when->text = g_steal_pointer (&drawn);
  return TRUE;
}

static gboolean
check_time (Parser *parser, const When *when)
{
  g_autoptr (GError) error = NULL;
  const char *zone_name = parser->variables.dialect == CRON_DEBIAN ? NULL : crontab_variables_get (&parser->variables, "CRON_TZ");
  g_autoptr (JtZone) zone = jt_zone_get (zone_name, &error);
  g_autoptr (JtSchedule) schedule = NULL;
  guint column = 0;

  if (zone != NULL)
    schedule = jt_schedule_parse_kind (when->text, JT_SCHEDULE_CRON, zone, parser->now_usec, &column, &error);
  if (schedule == NULL)
    {
      const char *message = error->message;
      const char *colon = strstr (message, ": ");

      /* The place is said already: in the file, not in the expression. */
      if (column > 0 && colon != NULL)
        message = colon + 2;
      add_problem (parser, find_column (when, MAX (column, 1)), "%s", message);
      return FALSE;
    }
  if (jt_schedule_is_reboot (schedule) || jt_schedule_next (schedule, parser->now_usec) != JT_INSTANT_NEVER)
    return TRUE;
  add_problem (parser, when->begins[0], _("'%s' never occurs; take the line out"), when->text);
  return FALSE;
}

static void
put_time (const When *when, GVariantDict *settings, GPtrArray *remarks)
{
  const char *schedules[] = { when->text, NULL };

  g_variant_dict_insert (settings, "schedule", "^as", schedules);
  if (crontab_time_is_plain (when->text))
    remarks_add (remarks, REMARK_SAME, when->text, "schedule");
  else
    remarks_add (remarks, REMARK_DIFFERS, when->text, "%s", _("not every cron takes such a line, and one that does not leaves out the whole table; here it elapses"));
}

/* What the shell gets that cron starts: SHELL decides which. */
static void
put_command (const CrontabVariables *variables, GVariantDict *settings, const char *command, GPtrArray *remarks)
{
  const char *shell = crontab_variables_get (variables, "SHELL");
  const char *words[] = { shell, "-c", command, NULL };

  if (*shell == '\0')
    remarks_add (remarks, REMARK_DIFFERS, "SHELL", "%s", _("is empty: /bin/sh runs the line; cron starts nothing"));
  if (g_str_equal (shell, CRONTAB_DEFAULT_SHELL) || *shell == '\0')
    {
      g_variant_dict_insert (settings, "shell", "s", command);
      return;
    }
  g_variant_dict_insert (settings, "command", "^as", words);
  if (strchr (shell, '/') != NULL)
    remarks_add (remarks, REMARK_SAME, "SHELL", "command=%s -c …", shell);
  else
    remarks_add (remarks, REMARK_DIFFERS, "SHELL", _("'%s' is looked for in PATH; cron itself does not look, and starts nothing"), shell);
}

/* cron makes up for nothing, starts a second one beside the first, and leaves alone what a command leaves behind. */
static void
put_habits (GVariantDict *settings, GPtrArray *remarks)
{
  g_variant_dict_insert (settings, "catch-up", "s", "none");
  g_variant_dict_insert (settings, "leftover", "s", "leave");
  g_variant_dict_insert (settings, "overlap", "s", "allow");
  remarks_add (remarks, REMARK_SAME, "cron", "catch-up=none, leftover=leave, overlap=allow");
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

/* The settings of the line, when they are such that a job can have. */
static gboolean
make_settings (Parser *parser, ImportEntry *entry, const When *when, const char *rest)
{
  g_autofree char *input = NULL;
  g_autofree char *command = crontab_text_split (rest, parser->variables.dialect, &input);
  g_autoptr (JtSettings) checked = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict settings;

  if (*command == '\0')
    {
      add_problem (parser, rest, _("there is no command before the %%; take the line out"));
      return FALSE;
    }
  g_variant_dict_init (&settings, NULL);
  put_time (when, &settings, entry->remarks);
  if (parser->variables.dialect == CRON_UNKNOWN && crontab_text_is_disputed (rest))
    remarks_add (entry->remarks, REMARK_DIFFERS, "\\\\", "%s",
                 _("of two backslashes Debian's cron hands one to the shell, as here, and cronie both; --cron cronie takes both"));
  put_command (&parser->variables, &settings, command, entry->remarks);
  if (input != NULL)
    {
      g_variant_dict_insert (&settings, "stdin", "s", input);
      remarks_add (entry->remarks, REMARK_SAME, "%", "stdin");
    }
  crontab_variables_put (&parser->variables, &settings, entry->remarks);
  put_habits (&settings, entry->remarks);
  entry->settings = g_variant_ref_sink (g_variant_dict_end (&settings));
  entry->name = crontab_name_of_command (command);
  checked = jt_settings_new (entry->settings, &error);
  if (checked == NULL)
    add_problem (parser, rest, "%s", error->message);
  return checked != NULL;
}

static void
take_entry (Parser *parser, const char *line, gboolean has_return)
{
  g_autoptr (ImportEntry) entry = import_entry_new (parser->path, parser->line);
  When when = { 0 };
  const char *rest = NULL;

  if (*line == '-')
    {
      line++;
      remarks_add (entry->remarks, REMARK_DIFFERS, "-", "%s", _("with cronie it keeps a line of root's out of the system's log; its runs are on record here"));
    }
  if (has_return)
    remarks_add (entry->remarks, REMARK_DIFFERS, "CR", "%s", _("the line ends as on Windows; cron hands the carriage return to the shell, here it is left out"));
  if (take_time (parser, line, &when, &rest) && draw_values (parser, &when, entry->remarks) && check_time (parser, &when)
      && (parser->form == CRONTAB_OF_USER || take_user (parser, entry, &rest)) && make_settings (parser, entry, &when, rest))
    g_ptr_array_add (parser->entries, g_steal_pointer (&entry));
  g_free (when.text);
}

static void
take_line (Parser *parser, char *line)
{
  gsize length = strlen (line);
  gboolean has_return = length > 0 && line[length - 1] == '\r';
  const char *begin = skip_blanks (line);
  const char *at;
  const char *fault = NULL;

  parser->start = line;
  if (has_return)
    line[length - 1] = '\0';
  if (*begin == '\0' || *begin == '#')
    return;
  if (!g_utf8_validate (begin, -1, &at))
    add_problem (parser, at, _("not valid UTF-8"));
  else if (!crontab_variables_take_line (&parser->variables, begin, &at, &fault))
    take_entry (parser, begin, has_return);
  else if (fault != NULL)
    add_problem (parser, at, "%s", fault);
}

/**
 * crontab_parse:
 * @path: for messages and entries
 * @entries: (element-type ImportEntry): what is found is added
 *
 * Returns: %FALSE with %JT_ERROR_INVALID_ARGUMENT when there is a bad line: each is named as "file:line:column: …"
 */
gboolean
crontab_parse (const char *text, const char *path, CrontabForm form, CrontabDialect dialect, gint64 now_usec, GPtrArray *entries,
               GError **error)
{
  Parser parser = { .path = path, .form = form, .now_usec = now_usec, .entries = entries };
  g_autoptr (GString) problems = g_string_new (NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  parser.problems = problems;
  crontab_variables_init (&parser.variables);
  parser.variables.dialect = dialect;
  for (guint i = 0; lines[i] != NULL && entries->len <= MAX_ENTRIES; i++)
    {
      parser.line = i + 1;
      take_line (&parser, lines[i]);
    }
  if (entries->len > MAX_ENTRIES)
    add_problem (&parser, parser.start, _("more than %d jobs"), MAX_ENTRIES);
  crontab_variables_clear (&parser.variables);
  if (parser.n_problems == 0)
    return TRUE;
  if (parser.n_problems > MAX_PROBLEMS)
    g_string_append_printf (problems, g_dngettext (GETTEXT_PACKAGE, "\nand %u more", "\nand %u more", parser.n_problems - MAX_PROBLEMS),
                            parser.n_problems - MAX_PROBLEMS);
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "%s", problems->str);
  return FALSE;
}
