/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "channel-webhook-text.h"

#include <string.h>

#define ELLIPSIS 0x2026
#define ZERO_WIDTH_JOINER 0x200D

/* ---- graphemes ---- */

static gboolean
is_regional_indicator (gunichar c)
{
  return c >= 0x1F1E6 && c <= 0x1F1FF;
}

/* What changes the character before it and never stands alone. */
static gboolean
is_extending (gunichar c)
{
  return g_unichar_ismark (c) || c == ZERO_WIDTH_JOINER || (c >= 0x1F3FB && c <= 0x1F3FF) || (c >= 0xE0020 && c <= 0xE007F);
}

/* Syllables of Korean that are written in parts: a vowel or a final consonant belongs to what comes before. */
static gboolean
is_hangul_tail (gunichar before, gunichar c)
{
  GUnicodeBreakType type = g_unichar_break_type (c);
  GUnicodeBreakType last = g_unichar_break_type (before);

  switch (type)
    {
    case G_UNICODE_BREAK_HANGUL_L_JAMO:
      return last == G_UNICODE_BREAK_HANGUL_L_JAMO;
    case G_UNICODE_BREAK_HANGUL_V_JAMO:
      return last == G_UNICODE_BREAK_HANGUL_L_JAMO || last == G_UNICODE_BREAK_HANGUL_V_JAMO || last == G_UNICODE_BREAK_HANGUL_LV_SYLLABLE;
    case G_UNICODE_BREAK_HANGUL_T_JAMO:
      return last == G_UNICODE_BREAK_HANGUL_V_JAMO || last == G_UNICODE_BREAK_HANGUL_T_JAMO || last == G_UNICODE_BREAK_HANGUL_LV_SYLLABLE
             || last == G_UNICODE_BREAK_HANGUL_LVT_SYLLABLE;
    default:
      return FALSE;
    }
}

/* Where the grapheme that begins at AT ends. The rules of Unicode's annex 29 as far as notifications meet them. */
static const char *
skip_grapheme (const char *at)
{
  gunichar before = g_utf8_get_char (at);
  gboolean is_flag = is_regional_indicator (before);

  for (at = g_utf8_next_char (at); *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);
      gboolean goes_on = is_extending (c) || (before == ZERO_WIDTH_JOINER && !g_unichar_isspace (c)) || is_hangul_tail (before, c)
                         || (before == '\r' && c == '\n') || (is_flag && is_regional_indicator (c));

      if (!goes_on || before == '\n')
        break;
      is_flag = FALSE;
      before = c;
    }
  return at;
}

/* ---- fitting ---- */

static gsize
count_units (const char *text, gsize length, WebhookUnit unit)
{
  gsize units = 0;

  if (unit == WEBHOOK_UNIT_BYTES)
    return length;
  for (const char *at = text; at < text + length; at = g_utf8_next_char (at))
    units += g_utf8_get_char (at) > 0xFFFF ? 2 : 1;
  return units;
}

static void
append_grapheme (GString *out, const char *start, const char *end, WebhookEscapeFunc escape, gboolean *starts_line)
{
  for (const char *at = start; at < end; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (g_unichar_iscntrl (c) && c != '\n' && c != '\t')
        continue;
      if (escape != NULL)
        escape (out, c, *starts_line);
      else
        g_string_append_unichar (out, c);
      *starts_line = c == '\n' || (*starts_line && (c == ' ' || c == '\t'));
    }
}

char *
webhook_text_fit (const char *text, gsize most, WebhookUnit unit, WebhookEscapeFunc escape)
{
  g_autoptr (GString) out = g_string_new (NULL);
  const gsize ellipsis = unit == WEBHOOK_UNIT_BYTES ? g_unichar_to_utf8 (ELLIPSIS, NULL) : 1;
  gsize used = 0;
  gsize keep = 0; /* where the ellipsis would still fit */
  gboolean starts_line = TRUE;

  for (const char *at = text; *at != '\0';)
    {
      const char *end = skip_grapheme (at);
      gsize before = out->len;

      append_grapheme (out, at, end, escape, &starts_line);
      used += count_units (out->str + before, out->len - before, unit);
      if (used > most)
        {
          g_string_truncate (out, keep);
          if (ellipsis <= most)
            g_string_append_unichar (out, ELLIPSIS);
          break;
        }
      if (used + ellipsis <= most)
        keep = out->len;
      at = end;
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* ---- escaping ---- */

void
webhook_escape_slack (GString *out, gunichar c, gboolean starts_line)
{
  if (c == '&')
    g_string_append (out, "&amp;");
  else if (c == '<')
    g_string_append (out, "&lt;");
  else if (c == '>')
    g_string_append (out, "&gt;");
  else
    g_string_append_unichar (out, c);
}

void
webhook_escape_html (GString *out, gunichar c, gboolean starts_line)
{
  if (c == '"')
    g_string_append (out, "&quot;");
  else if (c == '\'')
    g_string_append (out, "&#39;");
  else
    webhook_escape_slack (out, c, starts_line);
}

void
webhook_escape_markdown (GString *out, gunichar c, gboolean starts_line)
{
  if (c < 0x80 && (strchr ("\\`*_~[]|<>#@", (int) c) != NULL || (starts_line && strchr ("-+", (int) c) != NULL)))
    g_string_append_c (out, '\\');
  g_string_append_unichar (out, c);
}

void
webhook_escape_card (GString *out, gunichar c, gboolean starts_line)
{
  if (c == '\n')
    g_string_append_c (out, '\n');
  else if (c < 0x80 && (strchr ("\\`*_[]", (int) c) != NULL || (starts_line && strchr ("-+", (int) c) != NULL)))
    g_string_append_c (out, '\\');
  g_string_append_unichar (out, c);
}

void
webhook_escape_json (GString *out, gunichar c, gboolean starts_line)
{
  if (c == '"' || c == '\\')
    g_string_append_printf (out, "\\%c", (char) c);
  else if (c == '\n')
    g_string_append (out, "\\n");
  else if (c < 0x20 || c == 0x7F)
    g_string_append_printf (out, "\\u%04x", c);
  else
    g_string_append_unichar (out, c);
}

char *
webhook_text_to_json (const char *text)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (; *text != '\0'; text = g_utf8_next_char (text))
    webhook_escape_json (out, g_utf8_get_char (text), FALSE);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

char *
webhook_text_make_fence (const char *text)
{
  gsize longest = 0;
  gsize run = 0;

  for (; *text != '\0'; text++)
    {
      run = *text == '`' ? run + 1 : 0;
      longest = MAX (longest, run);
    }
  return g_strnfill (MAX (longest + 1, 3), '`');
}
