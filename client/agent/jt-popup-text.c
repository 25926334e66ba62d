/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-popup-text.h"

#include <string.h>

/* More is not looked at: what is shown is far less, and combining marks must not make one character of a megabyte. */
#define MOST_BYTES (64 * 1024)
/* Of one character as people count them, marks and joined parts among it. */
#define MOST_PARTS 32
#define REPLACEMENT 0xfffd

/* Controls, what turns the direction of writing, and what takes no place (Unicode Standard Annex 9). The two joiners stay:
 * scripts and emoji need them. */
static gboolean
is_hidden (gunichar character)
{
  return g_unichar_iscntrl (character) || character == 0x200b || character == 0x200e || character == 0x200f
         || (character >= 0x2028 && character <= 0x202e) || (character >= 0x2060 && character <= 0x206f) || character == 0xfeff
         || character == 0x061c || character == 0x00ad || character == 0x180e || (character >= 0xfff9 && character <= 0xfffb)
         || (character >= 0xe0000 && character <= 0xe0fff);
}

static gboolean
is_blank (gunichar character)
{
  return character == '\t' || character == '\n' || character == '\r' || character == '\v' || character == '\f' || character == 0x85
         || character == 0x2028 || character == 0x2029;
}

/* The part does not begin a character of its own but belongs to the one before it: the gist of Unicode Standard Annex 29,
 * from what GLib knows of characters. */
static gboolean
continues (gunichar before, gunichar character, guint n_flags)
{
  GUnicodeBreakType type = g_unichar_break_type (character);
  GUnicodeBreakType type_before = before == 0 ? G_UNICODE_BREAK_UNKNOWN : g_unichar_break_type (before);

  if (before == 0)
    return FALSE;
  if (g_unichar_ismark (character) || character == 0x200c || character == 0x200d || type == G_UNICODE_BREAK_EMOJI_MODIFIER)
    return TRUE;
  if (before == 0x200d)
    return g_unichar_iswide (character) || (character >= 0x2190 && character <= 0x2bff);
  if (type == G_UNICODE_BREAK_REGIONAL_INDICATOR)
    return n_flags % 2 == 1;
  if (type == G_UNICODE_BREAK_HANGUL_V_JAMO)
    return type_before == G_UNICODE_BREAK_HANGUL_L_JAMO || type_before == G_UNICODE_BREAK_HANGUL_V_JAMO
           || type_before == G_UNICODE_BREAK_HANGUL_LV_SYLLABLE;
  if (type == G_UNICODE_BREAK_HANGUL_T_JAMO)
    return type_before == G_UNICODE_BREAK_HANGUL_V_JAMO || type_before == G_UNICODE_BREAK_HANGUL_T_JAMO
           || type_before == G_UNICODE_BREAK_HANGUL_LV_SYLLABLE || type_before == G_UNICODE_BREAK_HANGUL_LVT_SYLLABLE;
  return type == G_UNICODE_BREAK_HANGUL_L_JAMO && type_before == G_UNICODE_BREAK_HANGUL_L_JAMO;
}

/* Cuts @text behind as many characters, as people count them, as there may be; "…" is the last one then. */
static void
cut (GString *text, guint most)
{
  gunichar before = 0;
  gsize end = 0;
  guint n = 0, n_flags = 0, n_parts = 0;

  for (const char *at = text->str; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);

      if (!continues (before, character, n_flags) || ++n_parts >= MOST_PARTS)
        {
          if (++n == most)
            end = (gsize) (at - text->str);
          if (n > most)
            {
              g_string_truncate (text, end);
              g_string_append (text, "…");
              return;
            }
          n_parts = 0;
        }
      n_flags = g_unichar_break_type (character) == G_UNICODE_BREAK_REGIONAL_INDICATOR ? n_flags + 1 : 0;
      before = character;
    }
}

/* Valid UTF-8 of what is visible; blanks that move come out as spaces, line ends too unless they are kept. */
static GString *
clean (const char *text, gboolean keeps_lines)
{
  g_autofree char *start = g_strndup (text, MOST_BYTES);
  g_autofree char *valid = g_utf8_make_valid (start, -1);
  GString *out = g_string_sized_new (strlen (valid));

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);

      if (character == '\r' && at[1] == '\n')
        continue;
      if (keeps_lines && (character == '\n' || character == '\r' || character == 0x85 || character == 0x2028 || character == 0x2029))
        g_string_append_c (out, '\n');
      else if (is_blank (character))
        g_string_append_c (out, ' ');
      else if (!is_hidden (character))
        g_string_append_unichar (out, g_unichar_isdefined (character) || g_unichar_type (character) == G_UNICODE_PRIVATE_USE
                                        ? character : REPLACEMENT);
    }
  return out;
}

static char *
finish (GString *text, guint most)
{
  cut (text, most);
  return g_strstrip (g_string_free (text, FALSE));
}

/**
 * jt_popup_text_line:
 * @most: characters, as people count them
 *
 * Returns: (transfer full): @text as one line without anything that is not seen
 */
char *
jt_popup_text_line (const char *text, guint most)
{
  return finish (clean (text, FALSE), most);
}

/**
 * jt_popup_text_lines:
 *
 * Returns: (transfer full): the same with its line ends kept
 */
char *
jt_popup_text_lines (const char *text, guint most)
{
  return finish (clean (text, TRUE), most);
}

/**
 * jt_popup_text_escape:
 *
 * For servers that read markup, so that none of it is.
 *
 * Returns: (transfer full): clean text in which nothing is markup
 */
char *
jt_popup_text_escape (const char *text)
{
  GString *out = g_string_sized_new (strlen (text));

  for (; *text != '\0'; text++)
    {
      if (*text == '&')
        g_string_append (out, "&amp;");
      else if (*text == '<')
        g_string_append (out, "&lt;");
      else if (*text == '>')
        g_string_append (out, "&gt;");
      else
        g_string_append_c (out, *text);
    }
  return g_string_free (out, FALSE);
}
