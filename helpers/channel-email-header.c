/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "channel-email-header.h"

#include <string.h>

#include <glib.h>

#define MAX_LINE 76
#define MAX_WORD 75
#define MAX_PLAIN_WORD 900 /* a line may have 998 */
#define MAX_TEXT_WORD 60
#define WORD_BEGIN "=?UTF-8?"
#define WORD_OVERHEAD (sizeof WORD_BEGIN - 1 + 2 + 2) /* Q? and ?= */

static gboolean
is_plain (const char *value, gsize longest)
{
  gsize run = 0;

  for (const char *at = value; *at != '\0'; at++)
    {
      run = *at == ' ' ? 0 : run + 1;
      if ((*at != ' ' && !g_ascii_isgraph (*at)) || run > longest)
        return FALSE;
    }
  return strstr (value, "=?") == NULL && *value != ' ' && !g_str_has_suffix (value, " ");
}

/* Without a code in Q, also within a phrase. */
static gboolean
is_bare (char c)
{
  return g_ascii_isalnum (c) || c == ' ' || strchr ("!*+-/", c) != NULL;
}

static gsize
length_in_q (const char *text, gsize length)
{
  gsize n = 0;

  for (gsize i = 0; i < length; i++)
    n += text[i] != '\0' && is_bare (text[i]) ? 1 : 3;
  return n;
}

static gsize
length_in_b (gsize length)
{
  return (length + 2) / 3 * 4;
}

static void
add_q (GString *out, const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (text[i] == ' ')
      g_string_append_c (out, '_');
    else if (is_bare (text[i]))
      g_string_append_c (out, text[i]);
    else
      g_string_append_printf (out, "=%02X", (guint8) text[i]);
}

/* As much of TEXT as ROOM has place for, in whole characters. */
static gsize
measure_word (const char *text, gsize room, gboolean is_q)
{
  gsize length = 0;

  while (text[length] != '\0')
    {
      gsize next = (gsize) (g_utf8_next_char (text + length) - text);

      if ((is_q ? length_in_q (text, next) : length_in_b (next)) > room)
        break;
      length = next;
    }
  return length;
}

/* USED: how much of the line is taken. */
static void
add_words (GString *out, const char *text, gsize used)
{
  gboolean is_q = length_in_q (text, strlen (text)) <= length_in_b (strlen (text));
  gboolean is_first = TRUE;

  while (*text != '\0')
    {
      gsize room = MIN (MAX_LINE - MIN (used, MAX_LINE / 2), MAX_WORD) - WORD_OVERHEAD;
      gsize length = measure_word (text, room, is_q);
      g_autofree char *base64 = is_q ? NULL : g_base64_encode ((const guchar *) text, length);

      g_string_append (out, is_first ? "" : "\n ");
      g_string_append (out, is_q ? WORD_BEGIN "Q?" : WORD_BEGIN "B?");
      if (is_q)
        add_q (out, text, length);
      else
        g_string_append (out, base64);
      g_string_append (out, "?=");
      text += length;
      used = 1;
      is_first = FALSE;
    }
}

/* Broken at blanks only, each of which stays one. */
static void
add_plain (GString *out, const char *text, gsize used)
{
  while (*text != '\0')
    {
      gsize blanks = strspn (text, " ");
      gsize length = blanks + strcspn (text + blanks, " ");

      if (blanks > 0 && used + length > MAX_LINE)
        {
          g_string_append_c (out, '\n');
          used = 0;
        }
      g_string_append_len (out, text, (gssize) length);
      used += length;
      text += length;
    }
}

static char *
encode (const char *name, const char *value, gsize longest)
{
  GString *out = g_string_new (NULL);
  gsize used = strlen (name) + 2;

  if (is_plain (value, longest))
    add_plain (out, value, used);
  else
    add_words (out, value, used);
  return g_string_free (out, FALSE);
}

char *
email_header_encode_text (const char *name, const char *value)
{
  return encode (name, value, MAX_TEXT_WORD);
}

char *
email_header_encode (const char *name, const char *value)
{
  return encode (name, value, MAX_PLAIN_WORD);
}

static gboolean
is_phrase (const char *text)
{
  for (; *text != '\0'; text++)
    if (!g_ascii_isalnum (*text) && strchr (" !#$%&'*+-/=?^_`{|}~", *text) == NULL)
      return FALSE;
  return TRUE;
}

static void
add_quoted (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (; *text != '\0'; text++)
    {
      if (*text == '"' || *text == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *text);
    }
  g_string_append_c (out, '"');
}

char *
email_header_encode_mailbox (const char *name, const char *display, const char *address)
{
  GString *out = g_string_new (NULL);
  const char *last;

  if (*display == '\0')
    {
      g_string_append (out, address);
      return g_string_free (out, FALSE);
    }
  if (!is_plain (display, MAX_TEXT_WORD) || strlen (display) > MAX_TEXT_WORD)
    add_words (out, display, strlen (name) + 2);
  else if (is_phrase (display))
    g_string_append (out, display);
  else
    add_quoted (out, display);
  last = strrchr (out->str, '\n');
  last = last != NULL ? last + 1 : out->str;
  g_string_append_printf (out, "%s<%s>", strlen (last) + strlen (address) + strlen (name) + 5 > MAX_LINE ? "\n " : " ", address);
  return g_string_free (out, FALSE);
}
