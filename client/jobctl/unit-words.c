/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "unit-words.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-duration.h"
#include "jt-error.h"

#define BLANKS " \t\n\r"

/* --- escapes --- */

/* @count digits of @base at @at. FALSE: they are not there, or say 0, which no word can hold. */
static gboolean
read_code (const char *at, guint base, guint count, guint32 *code)
{
  *code = 0;
  for (guint i = 0; i < count; i++)
    {
      int digit = g_ascii_xdigit_value (at[i]);

      if (digit < 0 || (guint) digit >= base)
        return FALSE;
      *code = *code * base + (guint) digit;
    }
  return *code != 0;
}

/* What stands after a backslash, added to @out. Returns how many characters that were, 0: none that is known. */
static gsize
take_escape (const char *at, GString *out)
{
  static const char names[] = "abfnrtv\\\"'s";
  static const char values[] = "\a\b\f\n\r\t\v\\\"' ";
  const char *name = *at != '\0' ? strchr (names, *at) : NULL;
  guint32 code;

  if (name != NULL)
    {
      g_string_append_c (out, values[name - names]);
      return 1;
    }
  if (*at == 'x' && read_code (at + 1, 16, 2, &code))
    {
      g_string_append_c (out, (char) code);
      return 3;
    }
  if (((*at == 'u' && read_code (at + 1, 16, 4, &code)) || (*at == 'U' && read_code (at + 1, 16, 8, &code))) && g_unichar_validate (code))
    {
      g_string_append_unichar (out, code);
      return *at == 'u' ? 5 : 9;
    }
  if (read_code (at, 8, 3, &code) && code <= 255)
    {
      g_string_append_c (out, (char) code);
      return 3;
    }
  return 0;
}

/* The whole of @text with its escapes resolved, unknown ones left alone. (transfer full) */
char *
unit_text_unescape (const char *text)
{
  GString *out = g_string_new (NULL);

  while (*text != '\0')
    {
      gsize length = *text == '\\' ? take_escape (text + 1, out) : 0;

      if (length == 0)
        g_string_append_c (out, *text);
      text += 1 + length;
    }
  return g_string_free (out, FALSE);
}

/* --- words --- */

static gboolean
refuse_escape (const char *at, GError **error)
{
  if (at[1] == '\0')
    g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("it ends with a backslash"));
  else
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("unknown escape '%.*s'"), (int) (g_utf8_next_char (at + 1) - at), at);
  return FALSE;
}

/**
 * unit_word_take:
 * @at: (inout): where the word begins; then where the next one does
 * @word: (out) (transfer full) (nullable): the word without its quotes; %NULL at the end
 *
 * As systemd does it: quotes may begin and end within a word, and escapes count in either kind of them.
 *
 * Returns: %FALSE with %JT_ERROR_INVALID_ARGUMENT when a quote is not closed, or an escape is unknown and must be known
 */
gboolean
unit_word_take (const char **at, UnitEscapes escapes, char **word, GError **error)
{
  const char *next = *at + strspn (*at, BLANKS);
  g_autoptr (GString) out = NULL;
  char quote = '\0';

  *word = NULL;
  if (*next != '\0')
    out = g_string_new (NULL);
  for (; *next != '\0' && (quote != '\0' || strchr (BLANKS, *next) == NULL); next++)
    {
      gsize length;

      if (*next == '\\')
        {
          length = take_escape (next + 1, out);
          if (length == 0 && (escapes == UNIT_ESCAPES_STRICT || next[1] == '\0'))
            return refuse_escape (next, error);
          if (length == 0)
            g_string_append_len (out, next, 2);
          next += MAX (length, 1);
        }
      else if (quote != '\0' ? *next == quote : *next == '"' || *next == '\'')
        quote = quote != '\0' ? '\0' : *next;
      else
        g_string_append_c (out, *next);
    }
  if (quote != '\0')
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("the quote %c is not closed"), quote);
      return FALSE;
    }
  *at = next + strspn (next, BLANKS);
  if (out != NULL)
    *word = g_strdup (out->str);
  return TRUE;
}

/* All words of @text. (transfer full) NULL with JT_ERROR_INVALID_ARGUMENT. */
char **
unit_words_split (const char *text, UnitEscapes escapes, GError **error)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  char *word;

  while (unit_word_take (&text, escapes, &word, error))
    {
      if (word == NULL)
        return g_strv_builder_end (words);
      g_strv_builder_add (words, word);
      g_free (word);
    }
  return NULL;
}

/* @word so that it is read as this one word, in quotes only where it needs them. (transfer full) */
char *
unit_word_quote (const char *word)
{
  gboolean is_plain = *word != '\0' && strpbrk (word, BLANKS "\"'\\;#") == NULL;
  GString *out = g_string_new (is_plain ? NULL : "\"");

  for (; *word != '\0'; word++)
    if (*word == '"' || *word == '\\')
      g_string_append_printf (out, "\\%c", *word);
    else if (*word == '\n')
      g_string_append (out, "\\n");
    else if (*word == '\t' && !is_plain)
      g_string_append (out, "\\t");
    else if ((guchar) *word < 32 || *word == 127)
      g_string_append_printf (out, "\\x%02x", (guchar) *word);
    else
      g_string_append_c (out, *word);
  if (!is_plain)
    g_string_append_c (out, '"');
  return g_string_free (out, FALSE);
}

/* --- single values --- */

gboolean
unit_parse_flag (const char *text, gboolean *value)
{
  static const char *const yes[] = { "1", "yes", "y", "true", "t", "on", NULL };
  static const char *const no[] = { "0", "no", "n", "false", "f", "off", NULL };
  g_autofree char *lower = g_ascii_strdown (text, -1);

  *value = g_strv_contains (yes, lower);
  return *value || g_strv_contains (no, lower);
}

/* A number without a unit is seconds; the rest is as durations are everywhere. */
gboolean
unit_parse_span (const char *text, gint64 *usec)
{
  g_autoptr (GString) out = g_string_new (NULL);

  text += strspn (text, BLANKS);
  if (g_str_has_prefix (text, "infinity") && text[strlen ("infinity") + strspn (text + strlen ("infinity"), BLANKS)] == '\0')
    {
      *usec = UNIT_SPAN_INFINITE;
      return TRUE;
    }
  /* "PT15M" is a duration, but none of systemd's. */
  if (!g_ascii_isdigit (*text))
    return FALSE;
  while (*text != '\0')
    {
      gsize length = strspn (text, "0123456789.");
      const char *unit = text + length + strspn (text + length, BLANKS);

      g_string_append_len (out, text, (gssize) length);
      text = unit;
      if (g_str_has_prefix (unit, "\xc2\xb5s") || g_str_has_prefix (unit, "\xce\xbcs"))
        {
          g_string_append (out, "us");
          text += 3;
        }
      else if (!g_ascii_isalpha (*unit))
        g_string_append_c (out, 's');
      while (g_ascii_isalpha (*text))
        g_string_append_c (out, *text++);
      if (*text != '\0' && !g_ascii_isdigit (*text) && strchr (BLANKS, *text) == NULL)
        return FALSE;
      text += strspn (text, BLANKS);
    }
  return jt_duration_parse (out->str, usec, NULL, NULL);
}

/* Bytes, or with K, M, G, T, P, E of 1024. */
gboolean
unit_parse_size (const char *text, guint64 *bytes)
{
  static const char units[] = "BKMGTPE";
  const char *digits = text + strspn (text, BLANKS);
  const char *unit;
  char *end;
  double number;

  if (!g_ascii_isdigit (*digits))
    return FALSE;
  number = g_ascii_strtod (digits, &end);
  end += strspn (end, BLANKS);
  unit = *end != '\0' ? strchr (units, *end) : units;
  if (unit == NULL || (*end != '\0' && end[1] != '\0'))
    return FALSE;
  for (; unit > units; unit--)
    number *= 1024;
  *bytes = (guint64) number;
  return number < (double) G_MAXINT64;
}
