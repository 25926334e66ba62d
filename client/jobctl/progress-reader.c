/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "progress-reader.h"

#include <string.h>

/* Of more that comes at once only the end is looked at: nobody reads it as fast, and it must not be held up. */
#define MUCH_BYTES (8 * 1024)
#define LOOK_BYTES (2 * 1024)

void
progress_reader_init (ProgressReader *reader)
{
  memset (reader, 0, sizeof *reader);
  reader->fraction = -1;
}

/* --- in a line --- */

static const char *
skip_spaces (const char *at)
{
  while (*at == ' ')
    at++;
  return at;
}

/* "12/80" and "12 of 80" after the 12. Dates, versions and paths look alike: what goes on is not meant. */
static double
find_ratio (double part, const char *at, const char **after)
{
  char *end;
  double whole;

  at = skip_spaces (at);
  if (*at == '/')
    at++;
  else if (g_str_has_prefix (at, "of "))
    at += 3;
  else
    return -1;
  at = skip_spaces (at);
  if (!g_ascii_isdigit (*at))
    return -1;
  whole = g_ascii_strtod (at, &end);
  if (g_ascii_isalnum (*end) || (*end != '\0' && strchr ("/-_%", *end) != NULL) || (*end == '.' && g_ascii_isalnum (end[1])))
    return -1;
  *after = end;
  return whole >= 2 && part <= whole ? part / whole : -1;
}

ProgressShare
progress_find (const char *line)
{
  ProgressShare percent = { .fraction = -1 };
  ProgressShare ratio = { .fraction = -1 };
  char before = ' ';

  for (const char *at = line; *at != '\0';)
    {
      const char *after;
      char *end;
      double number;
      double found;

      if (!g_ascii_isdigit (*at))
        {
          before = *at++;
          continue;
        }
      number = g_ascii_strtod (at, &end);
      if (!g_ascii_isalnum (before) && strchr ("./-_:", before) == NULL)
        {
          after = skip_spaces (end);
          if (*after == '%' && number <= 100)
            percent = (ProgressShare){ number / 100, (gsize) (at - line), (gsize) (after + 1 - line) };
          else if ((found = find_ratio (number, end, &after)) >= 0)
            ratio = (ProgressShare){ found, (gsize) (at - line), (gsize) (after - line) };
        }
      before = end[-1];
      at = end;
    }
  return percent.fraction >= 0 ? percent : ratio;
}

/* --- whether it counts --- */

static gboolean
has_words (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (g_ascii_isalnum (text[i]) || text[i] == '/')
      return TRUE;
  return FALSE;
}

/* What lines have in common that differ in their figures alone; never 0. */
static guint
get_shape (const char *line)
{
  guint hash = 5381;

  for (; *line != '\0'; line++)
    if (!g_ascii_isdigit (*line) && *line != ' ' && *line != '.' && *line != ',')
      hash = hash * 33 + (guchar) *line;
  return hash | 1;
}

/* @is_whole: the line is at its end; what may come yet could say what it is the share of. */
static gboolean
does_count (ProgressReader *reader, const ProgressShare *share, gboolean is_whole, gboolean is_redrawn)
{
  gboolean begins = !has_words (reader->line, share->begin);
  gboolean ends = !has_words (reader->line + share->end, reader->length - share->end);
  guint shape;

  if (is_redrawn || (begins && ends) || (is_whole && (begins || ends)))
    return TRUE;
  if (!is_whole)
    return FALSE;
  shape = get_shape (reader->line);
  if (shape == reader->doubtful_shape && share->fraction > reader->doubtful_fraction)
    reader->trusted_shape = shape;
  reader->doubtful_shape = shape;
  reader->doubtful_fraction = share->fraction;
  return shape == reader->trusted_shape;
}

/* As a message on the bus: no controls, not cut within a character. */
static void
take_text (ProgressReader *reader)
{
  g_autofree char *valid = g_utf8_make_valid (reader->line, (gssize) reader->length);
  gsize length = 0;

  for (const char *at = g_strstrip (valid); *at != '\0'; at = g_utf8_next_char (at))
    {
      gsize bytes = (gsize) (g_utf8_next_char (at) - at);

      if (g_unichar_iscntrl (g_utf8_get_char (at)))
        continue;
      if (length + bytes > PROGRESS_LINE_BYTES)
        break;
      memcpy (reader->text + length, at, bytes);
      length += bytes;
    }
  reader->text[length] = '\0';
}

static gboolean
take_share (ProgressReader *reader, gboolean is_whole, gboolean is_redrawn)
{
  ProgressShare share;

  reader->line[reader->length] = '\0';
  share = progress_find (reader->line);
  if (share.fraction < 0 || !does_count (reader, &share, is_whole, is_redrawn) || share.fraction == reader->fraction)
    return FALSE;
  reader->fraction = share.fraction;
  take_text (reader);
  return TRUE;
}

/* @is_redrawing: the next one is drawn over this one. */
static gboolean
end_line (ProgressReader *reader, gboolean is_redrawing)
{
  gboolean has_found = !reader->is_skipping && reader->length > 0 && take_share (reader, TRUE, is_redrawing || reader->is_redrawn);

  reader->is_redrawn = is_redrawing;
  reader->is_skipping = FALSE;
  reader->length = 0;
  return has_found;
}

/* --- in a stream --- */

/* Sequences that move the cursor back or up: what follows is drawn over what is there. */
static gboolean
is_movement (char byte)
{
  return strchr ("ADFGHfu", byte) != NULL;
}

static gboolean
take_escape (ProgressReader *reader, char byte)
{
  switch (reader->state)
    {
    case PROGRESS_IN_ESCAPE:
      reader->state = byte == '[' ? PROGRESS_IN_CONTROL : byte == ']' ? PROGRESS_IN_STRING : PROGRESS_IN_TEXT;
      /* ESC ( B and the like have one more. */
      if (strchr ("()*+#%", byte) != NULL)
        reader->state = PROGRESS_IN_ESCAPE;
      return FALSE;
    case PROGRESS_IN_CONTROL:
      if (byte < '@' || byte > '~')
        return FALSE;
      reader->state = PROGRESS_IN_TEXT;
      return is_movement (byte) && end_line (reader, TRUE);
    default:
      if (byte == '\a')
        reader->state = PROGRESS_IN_TEXT;
      return FALSE;
    }
}

static gboolean
take_byte (ProgressReader *reader, char byte)
{
  gboolean had_return = reader->has_return;

  reader->has_return = byte == '\r';
  if (byte == '\033')
    reader->state = PROGRESS_IN_ESCAPE;
  else if (byte == '\n')
    {
      reader->state = PROGRESS_IN_TEXT;
      return end_line (reader, FALSE);
    }
  else if (reader->state != PROGRESS_IN_TEXT)
    return take_escape (reader, byte);
  /* One before a newline is part of the end of the line. */
  else if (had_return && byte != '\r')
    {
      gboolean has_found = end_line (reader, TRUE);

      return take_byte (reader, byte) || has_found;
    }
  else if (byte == '\b')
    return end_line (reader, TRUE);
  else if (reader->length < PROGRESS_LINE_BYTES && !g_ascii_iscntrl (byte))
    reader->line[reader->length++] = byte;
  return FALSE;
}

gboolean
progress_reader_feed (ProgressReader *reader, const char *bytes, gsize length)
{
  gboolean has_found = FALSE;

  if (length > MUCH_BYTES)
    {
      bytes += length - LOOK_BYTES;
      length = LOOK_BYTES;
      reader->state = PROGRESS_IN_TEXT;
      reader->length = 0;
      reader->is_skipping = TRUE;
    }
  for (gsize i = 0; i < length; i++)
    has_found = take_byte (reader, bytes[i]) || has_found;
  if (reader->has_return)
    {
      reader->has_return = FALSE;
      return end_line (reader, TRUE) || has_found;
    }
  /* Half a line may end in "3" of "37%": only what is followed by its sign counts, a ratio waits for the end. */
  reader->line[reader->length] = '\0';
  if (!reader->is_skipping && strchr (reader->line, '%') != NULL)
    has_found = take_share (reader, FALSE, reader->is_redrawn) || has_found;
  return has_found;
}
