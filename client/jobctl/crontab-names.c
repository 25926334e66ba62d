/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>

#include "crontab.h"

/* Names for jobs that had none: from the program that a crontab line runs. */

/* Words that begin a command without being what it is about. */
static const char *const openers[] = { "cd", "test", "[", "[[", "export", "umask", "sleep", "set", ":", ".", "source", "if", "command", "true", NULL };
/* Words before the program proper. */
static const char *const prefixes[] = { "exec", "nice", "ionice", "nohup", "sudo", "env", "timeout", "chronic", "setsid", "then", "time", NULL };

/* NAME=VALUE, an option, a number or a word that only leads to the program. */
static gboolean
is_before_program (const char *word)
{
  const char *equals = strchr (word, '=');

  return *word == '-' || g_ascii_isdigit (*word) || g_strv_contains (prefixes, word)
         || (equals != NULL && strchr (word, '/') == NULL) || (equals != NULL && equals < strchr (word, '/'));
}

/* Behind "$(date +%d)" or "${x:-/y}", which begin at @at. */
static const char *
skip_substitution (const char *at)
{
  const char open = at[1];
  const char close = open == '(' ? ')' : '}';
  guint depth = 0;

  for (at++; *at != '\0'; at++)
    if (*at == open)
      depth++;
    else if (*at == close && --depth == 0)
      return at + 1;
  return at;
}

/* Behind "> /dev/null" or ">&2", which begin at @at: where output goes is nothing that runs. */
static const char *
skip_redirection (const char *at)
{
  at += strspn (at, "<>&");
  at += strspn (at, " \t");
  return at + strcspn (at, " \t;&|(){}\n<>");
}

/* The words of the next simple command, up to an operator of the shell, without what the shell puts in. */
static char **
take_command_words (const char **at)
{
  g_autoptr (GString) text = g_string_new (NULL);

  *at += strspn (*at, " \t;&|(){}!");
  while (**at != '\0' && strchr (";&|(){}\n<>", **at) == NULL)
    if ((*at)[0] == '$' && ((*at)[1] == '(' || (*at)[1] == '{'))
      *at = skip_substitution (*at);
    else
      g_string_append_c (text, *(*at)++);
  g_strdelimit (text->str, "\"'`\t", ' ');
  return g_strsplit (g_strstrip (text->str), " ", -1);
}

static const char *
last_word (char **words)
{
  const char *last = words[0];

  for (; *words != NULL; words++)
    if (**words != '\0')
      last = *words;
  return last;
}

static char *
name_of_words (char **words)
{
  for (char **word = words; *word != NULL; word++)
    {
      g_autofree char *base = NULL;

      if (**word == '\0' || is_before_program (*word))
        continue;
      if (g_strv_contains (openers, *word))
        return NULL;
      base = g_path_get_basename (g_str_has_suffix (*word, "run-parts") ? last_word (word) : *word);
      return import_name_clean (base, "cron");
    }
  return NULL;
}

/**
 * crontab_name_of_command:
 *
 * Returns: (transfer full): the base name of the program that @command is about: "cd / && nice backup.sh -v" is "backup.sh"
 */
char *
crontab_name_of_command (const char *command)
{
  char *name = NULL;

  while (*command != '\0' && name == NULL)
    {
      g_auto (GStrv) words = take_command_words (&command);

      name = name_of_words (words);
      if (*command == '<' || *command == '>')
        command = skip_redirection (command);
    }
  return name != NULL ? name : g_strdup ("cron");
}
