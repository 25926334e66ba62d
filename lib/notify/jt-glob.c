/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-glob.h"

#include <string.h>

#include <glib/gi18n-lib.h>

/* The character at *@at, a backslash taken off; moves on. */
static gunichar
take_literal (const char **at)
{
  gunichar character;

  if (**at == '\\')
    (*at)++;
  character = g_utf8_get_char (*at);
  *at = g_utf8_next_char (*at);
  return character;
}

/* Behind the ] that ends the set which begins at @at; NULL: none does. A ] that comes first is one of the set. */
static const char *
find_end_of_set (const char *at)
{
  const char *begin;

  at++;
  if (*at == '!' || *at == '^')
    at++;
  begin = at;
  while (*at != '\0' && (*at != ']' || at == begin))
    {
      if (*at == '\\' && at[1] == '\0')
        return NULL;
      take_literal (&at);
    }
  return *at == ']' ? at + 1 : NULL;
}

static const char *
find_fault_of_syntax (const char *pattern)
{
  for (const char *at = pattern; *at != '\0';)
    {
      if (*at == '\\' && at[1] == '\0')
        return _("ends with a backslash that has nothing to take as it is");
      if (*at != '[')
        {
          take_literal (&at);
          continue;
        }
      at = find_end_of_set (at);
      if (at == NULL)
        return _("has a [ without its ]; write \\[ for the bracket itself");
    }
  return NULL;
}

const char *
jt_glob_find_fault (const char *pattern)
{
  if (*pattern == '\0')
    return _("is empty; write * for all");
  if (!g_utf8_validate (pattern, -1, NULL))
    return _("is not UTF-8");
  for (const char *at = pattern; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return _("has a control character");
  return find_fault_of_syntax (pattern);
}

static gboolean
is_in_set (const char *set, const char *end, gunichar character)
{
  gboolean is_negated = set[1] == '!' || set[1] == '^';
  const char *at = set + (is_negated ? 2 : 1);
  gboolean is_in = FALSE;

  for (end--; at < end;)
    {
      gunichar first = take_literal (&at);
      gunichar last = first;

      if (*at == '-' && at + 1 < end)
        {
          at++;
          last = take_literal (&at);
        }
      is_in |= character >= first && character <= last;
    }
  return is_in != is_negated;
}

/* Whether the one part of the pattern at *@pattern, no star, takes @character; moves behind it. */
static gboolean
takes (const char **pattern, gunichar character)
{
  const char *set = *pattern;

  if (**pattern == '?')
    {
      (*pattern)++;
      return TRUE;
    }
  if (**pattern != '[')
    return take_literal (pattern) == character;
  *pattern = find_end_of_set (set);
  return is_in_set (set, *pattern, character);
}

gboolean
jt_glob_matches (const char *pattern, const char *text)
{
  const char *after_star = NULL; /* what the last star is followed by */
  const char *taken = NULL;      /* the text that it does not take yet */

  /* Only the last star is ever tried again: whatever an earlier one could take more, this one can as well. */
  while (*text != '\0')
    {
      if (*pattern == '*')
        {
          after_star = ++pattern;
          taken = text;
          continue;
        }
      if (*pattern != '\0' && takes (&pattern, g_utf8_get_char (text)))
        {
          text = g_utf8_next_char (text);
          continue;
        }
      if (after_star == NULL)
        return FALSE;
      pattern = after_star;
      taken = g_utf8_next_char (taken);
      text = taken;
    }
  while (*pattern == '*')
    pattern++;
  return *pattern == '\0';
}
