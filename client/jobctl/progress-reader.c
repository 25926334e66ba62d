/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "progress-reader.h"

#include <string.h>

void
progress_reader_init (ProgressReader *reader)
{
  memset (reader, 0, sizeof *reader);
  reader->fraction = -1;
}

static const char *
skip_spaces (const char *at)
{
  while (*at == ' ')
    at++;
  return at;
}

/* "12/80" and "12 of 80" after the 12. Dates, versions and paths look alike: what goes on is not meant. */
static double
find_ratio (double part, const char *at)
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
  return whole >= 2 && part <= whole ? part / whole : -1;
}

double
progress_find (const char *line)
{
  double percent = -1;
  double ratio = -1;
  char before = ' ';

  for (const char *at = line; *at != '\0';)
    {
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
          const char *after = skip_spaces (end);

          if (*after == '%' && number <= 100)
            percent = number / 100;
          else if ((found = find_ratio (number, end)) >= 0)
            ratio = found;
        }
      before = end[-1];
      at = end;
    }
  return percent >= 0 ? percent : ratio;
}

static gboolean
take_line (ProgressReader *reader)
{
  double fraction;
  g_autofree char *valid = NULL;

  reader->line[reader->length] = '\0';
  fraction = progress_find (reader->line);
  if (fraction < 0 || fraction == reader->fraction)
    return FALSE;
  reader->fraction = fraction;
  valid = g_utf8_make_valid (reader->line, (gssize) reader->length);
  g_strlcpy (reader->text, g_strstrip (valid), sizeof reader->text);
  return TRUE;
}

static void
take_byte (ProgressReader *reader, char byte)
{
  if (byte == '\033')
    reader->is_escaped = TRUE;
  else if (reader->is_escaped)
    reader->is_escaped = !g_ascii_isalpha (byte);
  else if (reader->length < PROGRESS_LINE_BYTES && !g_ascii_iscntrl (byte))
    reader->line[reader->length++] = byte;
}

gboolean
progress_reader_feed (ProgressReader *reader, const char *bytes, gsize length)
{
  gboolean has_found = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      if (bytes[i] != '\n' && bytes[i] != '\r')
        {
          take_byte (reader, bytes[i]);
          continue;
        }
      has_found = take_line (reader) || has_found;
      reader->length = 0;
    }
  /* Half a line may end in "3" of "37%": only what is followed by its sign counts, a ratio waits for the end. */
  reader->line[reader->length] = '\0';
  if (strchr (reader->line, '%') != NULL)
    has_found = take_line (reader) || has_found;
  return has_found;
}
