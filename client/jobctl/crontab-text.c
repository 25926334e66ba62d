/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "crontab-text.h"

#include <string.h>

/* In the command a backslash keeps its hold on whatever follows it, another backslash too; "\%" is a "%". The first other "%" ends it. */
static const char *
take_command (const char *at, GString *command)
{
  for (; *at != '\0' && *at != '%'; at++)
    {
      if (at[0] == '\\' && at[1] == '%')
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
crontab_text_split (const char *text, char **input)
{
  GString *command = g_string_new (NULL);
  const char *end = take_command (text, command);

  *input = *end == '%' && end[1] != '\0' ? read_input (end + 1) : NULL;
  return g_string_free (command, FALSE);
}

static void
append_escaped (GString *out, const char *text)
{
  for (; *text != '\0'; text++)
    if (*text == '%')
      g_string_append (out, "\\%");
    else
      g_string_append_c (out, *text == '\n' ? '%' : *text);
}

/* The last line is ended by cron itself. */
static void
append_input (GString *out, const char *input)
{
  gsize length = strlen (input);
  g_autofree char *lines = g_strndup (input, length > 1 && input[length - 1] == '\n' && input[length - 2] != '\n' ? length - 1 : length);

  g_string_append_c (out, '%');
  append_escaped (out, lines);
}

/**
 * crontab_text_join:
 * @input: (nullable)
 *
 * Returns: (transfer full) (nullable): the text that crontab_text_split() makes both of; %NULL when there is none
 */
char *
crontab_text_join (const char *command, const char *input)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *command_again = NULL;
  g_autofree char *input_again = NULL;

  if (strchr (command, '\n') != NULL)
    return NULL;
  append_escaped (out, command);
  if (input != NULL && *input != '\0')
    append_input (out, input);
  command_again = crontab_text_split (out->str, &input_again);
  if (g_str_equal (command_again, command) && g_strcmp0 (input_again, input != NULL && *input == '\0' ? NULL : input) == 0)
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

  if (strpbrk (value, "\n\r") != NULL)
    return NULL;
  if (length > 0 && *value != '"' && *value != '\'' && !g_ascii_isspace (*value) && !g_ascii_isspace (value[length - 1]))
    return g_strdup (value);
  return strchr (value, quote) == NULL ? g_strdup_printf ("%c%s%c", quote, value, quote) : NULL;
}
