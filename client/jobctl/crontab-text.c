/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "crontab-text.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"

/* The word of an option. @word: (nullable): the dialect stays as it is */
gboolean
crontab_dialect_parse (const char *word, CrontabDialect *dialect, GError **error)
{
  if (word == NULL)
    return TRUE;
  if (!g_str_equal (word, "debian") && !g_str_equal (word, "cronie"))
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("--cron needs debian or cronie, not '%s'"), word);
      return FALSE;
    }
  *dialect = g_str_equal (word, "debian") ? CRON_DEBIAN : CRON_CRONIE;
  return TRUE;
}

/* In the command a backslash takes along what follows it, another backslash too, of which Debian's cron leaves one and cronie both;
 * "\%" is a "%". The first other "%" ends it. */
static const char *
take_command (const char *at, gboolean is_cronie, GString *command)
{
  for (; *at != '\0' && *at != '%'; at++)
    {
      if (at[0] == '\\' && (at[1] == '%' || (at[1] == '\\' && !is_cronie)))
        at++;
      else if (at[0] == '\\' && at[1] != '\0')
        g_string_append_c (command, *at++);
      g_string_append_c (command, *at);
    }
  return at;
}

/* In the input it has a hold on "%" alone, so that behind two of them a "%" is one still. A bare "%" is the end of a line, and the last
 * line gets one if it has none. */
static char *
read_input (const char *at)
{
  GString *input = g_string_new (NULL);
  gboolean is_open = FALSE;

  for (; *at != '\0'; at++)
    {
      char c = *at;

      if (at[0] == '\\' && at[1] == '%')
        c = *++at;
      else if (at[0] == '%')
        c = '\n';
      g_string_append_c (input, c);
      /* cron does not look at a backslash when it asks whether the last line is ended. */
      if (c != '\\')
        is_open = c != '\n';
    }
  if (is_open)
    g_string_append_c (input, '\n');
  return g_string_free (input, FALSE);
}

/**
 * crontab_text_split:
 * @text: all behind the time (and the user)
 * @input: (out) (nullable): what the command reads; %NULL: nothing
 *
 * Returns: (transfer full): what the shell gets
 */
char *
crontab_text_split (const char *text, CrontabDialect dialect, char **input)
{
  GString *command = g_string_new (NULL);
  const char *end = take_command (text, dialect == CRON_CRONIE, command);

  *input = *end == '%' && end[1] != '\0' ? read_input (end + 1) : NULL;
  return g_string_free (command, FALSE);
}

/* Whether the two crons hand different commands to the shell. */
gboolean
crontab_text_is_disputed (const char *text)
{
  g_autofree char *input = NULL;
  g_autofree char *other_input = NULL;
  g_autofree char *command = crontab_text_split (text, CRON_DEBIAN, &input);
  g_autofree char *other = crontab_text_split (text, CRON_CRONIE, &other_input);

  return !g_str_equal (command, other);
}

/* Debian's cron has to be told of a backslash by two where one would take something along. */
static void
append_command (GString *out, const char *command, gboolean has_input, gboolean is_cronie)
{
  for (; *command != '\0'; command++)
    {
      gboolean takes = command[1] == '\\' || command[1] == '%' || (command[1] == '\0' && has_input);

      if (*command == '%' || (*command == '\\' && takes && !is_cronie))
        g_string_append_c (out, '\\');
      g_string_append_c (out, *command);
    }
}

/* The last line is ended by cron itself. */
static void
append_input (GString *out, const char *input)
{
  gsize length = strlen (input);
  const char *end = input + (length > 1 && input[length - 1] == '\n' && input[length - 2] != '\n' ? length - 1 : length);

  g_string_append_c (out, '%');
  for (; input < end; input++)
    {
      if (*input == '%')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *input == '\n' ? '%' : *input);
    }
}

/**
 * crontab_text_join:
 * @input: (nullable)
 *
 * Returns: (transfer full) (nullable): the text that crontab_text_split() makes both of; %NULL when there is none
 */
char *
crontab_text_join (const char *command, const char *input, CrontabDialect dialect)
{
  gboolean has_input = input != NULL && *input != '\0';
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *command_again = NULL;
  g_autofree char *input_again = NULL;

  if (strchr (command, '\n') != NULL)
    return NULL;
  append_command (out, command, has_input, dialect == CRON_CRONIE);
  if (has_input)
    append_input (out, input);
  /* The line must not end after the time, and a carriage return at its end would be taken for one of Windows. */
  if (out->len == 0 || g_str_has_suffix (out->str, "\r"))
    g_string_append_c (out, '%');
  command_again = crontab_text_split (out->str, dialect, &input_again);
  if (g_str_equal (command_again, command) && g_strcmp0 (input_again, has_input ? input : NULL) == 0)
    return g_string_free (g_steal_pointer (&out), FALSE);
  return NULL;
}

/**
 * crontab_text_quote:
 *
 * Returns: (transfer full) (nullable): what stands behind NAME= for @value; %NULL when cron has no way to say it
 */
char *
crontab_text_quote (const char *value)
{
  gsize length = strlen (value);
  char quote = strchr (value, '"') == NULL ? '"' : '\'';

  if (strchr (value, '\n') != NULL)
    return NULL;
  if (length > 0 && *value != '"' && *value != '\'' && !g_ascii_isspace (*value) && !g_ascii_isspace (value[length - 1]))
    return g_strdup (value);
  return strchr (value, quote) == NULL ? g_strdup_printf ("%c%s%c", quote, value, quote) : NULL;
}
