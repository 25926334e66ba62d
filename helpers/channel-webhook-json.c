/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>

#include "channel-webhook-template.h"

#define MAX_DEPTH 64

/* Each of these reads one thing and moves *AT behind it, or leaves it where the fault is. */

static gboolean read_value (const char **at, guint depth);

static void
skip_blanks (const char **at)
{
  *at += strspn (*at, " \t\r\n");
}

static gboolean
read_digits (const char **at)
{
  gsize length = strspn (*at, "0123456789");

  *at += length;
  return length > 0;
}

static gboolean
read_number (const char **at)
{
  if (**at == '-')
    (*at)++;
  if (**at == '0')
    (*at)++;
  else if (!read_digits (at))
    return FALSE;
  if (**at == '.')
    {
      (*at)++;
      if (!read_digits (at))
        return FALSE;
    }
  if (**at == 'e' || **at == 'E')
    {
      (*at)++;
      if (**at == '+' || **at == '-')
        (*at)++;
      return read_digits (at);
    }
  return TRUE;
}

static gboolean
read_escape (const char **at)
{
  (*at)++;
  if (**at != '\0' && strchr ("\"\\/bfnrt", **at) != NULL)
    {
      (*at)++;
      return TRUE;
    }
  if (**at != 'u')
    return FALSE;
  (*at)++;
  for (guint i = 0; i < 4; i++, (*at)++)
    if (!g_ascii_isxdigit (**at))
      return FALSE;
  return TRUE;
}

static gboolean
read_string (const char **at)
{
  if (**at != '"')
    return FALSE;
  (*at)++;
  while (**at != '"')
    {
      if ((guchar) **at < 0x20)
        return FALSE;
      if (**at != '\\')
        (*at)++;
      else if (!read_escape (at))
        return FALSE;
    }
  (*at)++;
  return TRUE;
}

static gboolean
read_member (const char **at, guint depth, gboolean is_object)
{
  if (!is_object)
    return read_value (at, depth);
  skip_blanks (at);
  if (!read_string (at))
    return FALSE;
  skip_blanks (at);
  if (**at != ':')
    return FALSE;
  (*at)++;
  return read_value (at, depth);
}

static gboolean
read_members (const char **at, guint depth)
{
  gboolean is_object = **at == '{';
  char end = is_object ? '}' : ']';

  (*at)++;
  skip_blanks (at);
  if (**at == end)
    {
      (*at)++;
      return TRUE;
    }
  for (;;)
    {
      if (!read_member (at, depth, is_object))
        return FALSE;
      if (**at != ',' && **at != end)
        return FALSE;
      if (*(*at)++ == end)
        return TRUE;
    }
}

static gboolean
read_word (const char **at)
{
  static const char *const words[] = { "true", "false", "null" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_has_prefix (*at, words[i]))
      {
        *at += strlen (words[i]);
        return TRUE;
      }
  return FALSE;
}

static gboolean
read_value (const char **at, guint depth)
{
  gboolean is_good;

  skip_blanks (at);
  if (depth >= MAX_DEPTH)
    return FALSE;
  if (**at == '{' || **at == '[')
    is_good = read_members (at, depth + 1);
  else if (**at == '"')
    is_good = read_string (at);
  else if (**at == '-' || g_ascii_isdigit (**at))
    is_good = read_number (at);
  else
    is_good = read_word (at);
  if (is_good)
    skip_blanks (at);
  return is_good;
}

gboolean
webhook_is_json (const char *text, const char **at)
{
  *at = text;
  return read_value (at, 0) && **at == '\0';
}
