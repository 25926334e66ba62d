/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "text.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-when.h"

#define SECOND G_GINT64_CONSTANT (1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* Characters that a terminal or a reader's eye would take for something else: controls, line and paragraph
 * separators, and the ones that turn the direction of writing (Unicode Standard Annex 9). */
static gboolean
is_hidden (gunichar character)
{
  return g_unichar_iscntrl (character) || (character >= 0x200b && character <= 0x200f)
         || (character >= 0x2028 && character <= 0x202e) || (character >= 0x2060 && character <= 0x206f)
         || character == 0xfeff || character == 0x061c;
}

static void
append_escaped (GString *out, gunichar character)
{
  if (character == '\n')
    g_string_append (out, "\\n");
  else if (character == '\t')
    g_string_append (out, "\\t");
  else if (character < 0x100)
    g_string_append_printf (out, "\\x%02x", character);
  else
    g_string_append_printf (out, "\\u%04x", character);
}

/**
 * text_escape:
 *
 * Returns: (transfer full): @text in which nothing can turn a terminal: controls, and bytes that are no UTF-8, come out escaped
 */
char *
text_escape (const char *text)
{
  GString *out = g_string_new (NULL);

  while (*text != '\0')
    {
      gunichar character = g_utf8_get_char_validated (text, -1);

      if (character == (gunichar) -1 || character == (gunichar) -2)
        {
          append_escaped (out, (guchar) *text++);
          continue;
        }
      if (is_hidden (character))
        append_escaped (out, character);
      else
        g_string_append_unichar (out, character);
      text = g_utf8_next_char (text);
    }
  return g_string_free (out, FALSE);
}

/* The length of a colour sequence (ESC [ digits and semicolons m) at @text, or 0. */
static gsize
colour_length (const char *text, gsize length)
{
  gsize i = 2;

  if (length < 3 || text[0] != '\033' || text[1] != '[')
    return 0;
  while (i < length && (g_ascii_isdigit (text[i]) || text[i] == ';'))
    i++;
  return i < length && text[i] == 'm' ? i + 1 : 0;
}

/**
 * text_escape_log:
 *
 * The output of a job for a terminal: colours, tabs and newlines pass, every other control comes out escaped, so that
 * nobody's job can move somebody else's cursor. Bytes above 127 pass as they are.
 *
 * Returns: (transfer full): what may be printed
 */
char *
text_escape_log (const char *text, gsize length)
{
  GString *out = g_string_sized_new (length);

  for (gsize i = 0; i < length; i++)
    {
      gsize colour = colour_length (text + i, length - i);
      guchar byte = (guchar) text[i];

      if (colour > 0)
        {
          g_string_append_len (out, text + i, (gssize) colour);
          i += colour - 1;
        }
      else if ((byte < 32 && byte != '\n' && byte != '\t') || byte == 127)
        append_escaped (out, byte);
      else
        g_string_append_c (out, (char) byte);
    }
  return g_string_free (out, FALSE);
}

/* Columns of a terminal that escaped @text takes. */
int
text_width (const char *text)
{
  int width = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar character = g_utf8_get_char (text);

      if (!g_unichar_iszerowidth (character))
        width += g_unichar_iswide (character) ? 2 : 1;
    }
  return width;
}

/* Of the NULL-terminated @texts, which are translated here. */
int
text_widest (const char *const *texts)
{
  int widest = 0;

  for (; *texts != NULL; texts++)
    widest = MAX (widest, text_width (_(*texts)));
  return widest;
}

/* Escaped @text and blanks up to @width columns. (transfer full) */
char *
text_pad (const char *text, int width)
{
  return g_strdup_printf ("%s%*s", text, MAX (width - text_width (text), 0), "");
}

/* Words of @text in lines that end before column @width, all but the first after @indent blanks. (transfer full) */
char *
text_wrap (const char *text, int indent, int width)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  GString *out = g_string_new (NULL);
  int column = indent;

  for (guint i = 0; words[i] != NULL; i++)
    {
      gboolean is_first = column == indent;
      int needed = text_width (words[i]) + (is_first ? 0 : 1);

      if (!is_first && column + needed > width)
        {
          g_string_append_printf (out, "\n%*s", indent, "");
          column = indent;
          is_first = TRUE;
          needed--;
        }
      g_string_append_printf (out, "%s%s", is_first ? "" : " ", words[i]);
      column += needed;
    }
  return g_string_free (out, FALSE);
}

/* Escaped @text in at most @width columns, its end replaced by "…" where it is longer. (transfer full) */
char *
text_cut (const char *text, int width)
{
  const char *at = text;
  int used = 0;

  if (text_width (text) <= width)
    return g_strdup (text);
  while (*at != '\0')
    {
      gunichar character = g_utf8_get_char (at);
      int wide = g_unichar_iszerowidth (character) ? 0 : g_unichar_iswide (character) ? 2 : 1;

      if (used + wide > MAX (width - 1, 0))
        break;
      used += wide;
      at = g_utf8_next_char (at);
    }
  return width < 1 ? g_strdup ("") : g_strdup_printf ("%.*s…", (int) (at - text), text);
}

/* Translators: units of time, as in "5 s ago" and "in 4 d" */
static char *
amount (gint64 usec)
{
  if (usec < MINUTE)
    return g_strdup_printf (_("%d s"), (int) (usec / SECOND));
  if (usec < HOUR)
    return g_strdup_printf (_("%d min"), (int) (usec / MINUTE));
  if (usec < 2 * DAY)
    return g_strdup_printf (_("%d h"), (int) (usec / HOUR));
  return g_strdup_printf (_("%d d"), (int) MIN (usec / DAY, G_MAXINT));
}

/* Local time with its offset, as RFC 3339 writes it. (transfer full) */
char *
text_iso (gint64 usec)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (usec / SECOND);
  g_autoptr (GDateTime) local = utc == NULL ? NULL : g_date_time_to_local (utc);

  return local == NULL ? g_strdup ("-") : g_date_time_format (local, "%Y-%m-%dT%H:%M:%S%:z");
}

/**
 * text_time:
 * @usec: an instant; 0 is "unknown" and comes out as "-"
 *
 * Returns: (transfer full): "3 min ago", "in 2 h", or the exact time when @style asks for it
 */
char *
text_time (gint64 usec, gint64 now_usec, TimeStyle style)
{
  g_autofree char *far = NULL;

  if (usec <= 0)
    return g_strdup ("-");
  if (style == TIMES_ISO)
    return text_iso (usec);
  if (style == TIMES_UTC)
    return jt_when_format (usec - usec % SECOND);
  far = amount (usec < now_usec ? now_usec - usec : usec - now_usec);
  if (usec / SECOND == now_usec / SECOND)
    return g_strdup (_("now"));
  if (usec < now_usec)
    /* Translators: "5 s ago" */
    return g_strdup_printf (_("%s ago"), far);
  /* Translators: "in 24 min" */
  return g_strdup_printf (C_("time", "in %s"), far);
}

/* How long something took, with the two digits that matter: "12 ms", "1.2 s", "3 min 5 s". (transfer full) */
char *
text_duration (guint64 usec)
{
  if (usec < 1000)
    return g_strdup_printf (_("%d µs"), (int) usec);
  if (usec < SECOND)
    return g_strdup_printf (_("%d ms"), (int) (usec / 1000));
  if (usec < 10 * SECOND)
    /* Translators: "1.2 s": whole seconds and tenths */
    return g_strdup_printf (_("%d.%d s"), (int) (usec / SECOND), (int) (usec / 100000 % 10));
  if (usec < MINUTE)
    return g_strdup_printf (_("%d s"), (int) (usec / SECOND));
  if (usec < HOUR)
    return g_strdup_printf (_("%d min %d s"), (int) (usec / MINUTE), (int) (usec / SECOND % 60));
  if (usec < 2 * DAY)
    return g_strdup_printf (_("%d h %d min"), (int) (usec / HOUR), (int) (usec / MINUTE % 60));
  return g_strdup_printf (_("%d d %d h"), (int) MIN (usec / DAY, G_MAXINT), (int) (usec / HOUR % 24));
}

/* The last runs of a job as bars, the newest at the right: @recent has one letter of the run's state each. (transfer full) */
char *
text_spark (const char *recent)
{
  GString *out = g_string_new (NULL);

  for (; *recent != '\0'; recent++)
    switch (*recent)
      {
      case 'S':
        g_string_append (out, "▁");
        break;
      case 'W':
        g_string_append (out, "▂");
        break;
      case 'C':
        g_string_append (out, "▃");
        break;
      case 'L':
        g_string_append (out, "▅");
        break;
      case 'T':
        g_string_append (out, "▆");
        break;
      case 'F':
        g_string_append (out, "█");
        break;
      default:
        g_string_append (out, "·");
        break;
      }
  return g_string_free (out, FALSE);
}

/* The row key of a D-Bus property: "NextElapse" is "next-elapse". (transfer full) */
char *
text_kebab (const char *property)
{
  GString *out = g_string_new (NULL);

  for (const char *at = property; *at != '\0'; at++)
    {
      if (g_ascii_isupper (*at) && at != property)
        g_string_append_c (out, '-');
      g_string_append_c (out, g_ascii_tolower (*at));
    }
  return g_string_free (out, FALSE);
}
