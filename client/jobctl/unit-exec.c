/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "unit-exec.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "unit-words.h"

#define BLANKS " \t\n\r"
#define MAX_WORDS 1024
#define MAX_COMMANDS 256

typedef struct
{
  const Unit *unit;
  UnitManager manager;
} Parser;

void
unit_command_free (UnitCommand *command)
{
  if (command == NULL)
    return;
  g_free (command->path);
  g_strfreev (command->argv);
  g_free (command);
}

/* The characters before the path, each once. *@has_own_name: "@". Returns where the path begins. */
static const char *
take_prefixes (const char *at, UnitExecFlags *flags, gboolean *has_own_name)
{
  guint n_exclamations = 0;

  *has_own_name = FALSE;
  for (;; at++)
    if (*at == '-' && !(*flags & UNIT_EXEC_MAY_FAIL))
      *flags |= UNIT_EXEC_MAY_FAIL;
    else if (*at == '@' && !*has_own_name)
      *has_own_name = TRUE;
    else if (*at == ':' && !(*flags & UNIT_EXEC_NO_VARIABLES))
      *flags |= UNIT_EXEC_NO_VARIABLES;
    else if (*at == '+' && !(*flags & UNIT_EXEC_AS_ROOT))
      *flags |= UNIT_EXEC_AS_ROOT;
    else if (*at == '!' && n_exclamations < 2 && (n_exclamations > 0 || !(*flags & UNIT_EXEC_AS_ROOT)))
      {
        n_exclamations++;
        *flags |= UNIT_EXEC_AS_ROOT;
      }
    else
      return at;
}

static gboolean
check_path (const char *path, GError **error)
{
  if (*path == '\0')
    g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("the program is missing"));
  else if (*path != '/' && strchr (path, '/') != NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("'%.64s' is neither an absolute path nor a bare name"), path);
  else if (g_str_has_suffix (path, "/"))
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("'%.64s' is a folder"), path);
  else
    return TRUE;
  return FALSE;
}

/* A ";" that stands alone ends a command, and "\;" is one. */
static gboolean
take_separator (const char **at, const char *separator)
{
  const char *end = *at + strlen (separator);

  if (!g_str_has_prefix (*at, separator) || (*end != '\0' && strchr (BLANKS, *end) == NULL))
    return FALSE;
  *at = end + strspn (end, BLANKS);
  return TRUE;
}

static gboolean
take_words (const Parser *parser, const char **at, GPtrArray *words, GError **error)
{
  while (**at != '\0' && !take_separator (at, ";"))
    {
      g_autofree char *word = NULL;
      char *expanded;

      if (words->len > MAX_WORDS)
        {
          g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, _("more than %d words"), MAX_WORDS);
          return FALSE;
        }
      if (take_separator (at, "\\;"))
        {
          g_ptr_array_add (words, g_strdup (";"));
          continue;
        }
      if (!unit_word_take (at, UNIT_ESCAPES_KEPT, &word, error))
        return FALSE;
      expanded = unit_expand (parser->unit, parser->manager, word, error);
      if (expanded == NULL)
        return FALSE;
      g_ptr_array_add (words, expanded);
    }
  return TRUE;
}

static UnitCommand *
take_command (const Parser *parser, const char **at, char *first, GError **error)
{
  g_autoptr (UnitCommand) command = g_new0 (UnitCommand, 1);
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  gboolean has_own_name;
  const char *path = take_prefixes (first, &command->flags, &has_own_name);

  command->path = unit_expand (parser->unit, parser->manager, path, error);
  if (command->path == NULL || !check_path (command->path, error))
    return NULL;
  if (!has_own_name)
    g_ptr_array_add (words, g_strdup (command->path));
  if (!take_words (parser, at, words, error))
    return NULL;
  if (words->len == 0)
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("after @ the program's own name is missing"));
      return NULL;
    }
  g_ptr_array_add (words, NULL);
  command->argv = g_strdupv ((char **) words->pdata);
  return g_steal_pointer (&command);
}

/**
 * unit_exec_parse:
 * @commands: (element-type UnitCommand): what @value runs is added
 *
 * Returns: %FALSE with %JT_ERROR_INVALID_ARGUMENT where systemd would not load it, or with %JT_ERROR_NOT_SUPPORTED
 */
gboolean
unit_exec_parse (const Unit *unit, UnitManager manager, const char *value, GPtrArray *commands, GError **error)
{
  const Parser parser = { unit, manager };

  while (*value != '\0')
    {
      g_autofree char *first = NULL;
      UnitCommand *command;

      if (!unit_word_take (&value, UNIT_ESCAPES_KEPT, &first, error))
        return FALSE;
      if (first == NULL || g_str_equal (first, ";"))
        continue;
      if (commands->len >= MAX_COMMANDS)
        {
          g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, _("more than %d commands"), MAX_COMMANDS);
          return FALSE;
        }
      command = take_command (&parser, &value, first, error);
      if (command == NULL)
        return FALSE;
      g_ptr_array_add (commands, command);
    }
  return TRUE;
}
