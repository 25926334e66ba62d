/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-log-filter.h"

#include <string.h>

/* A line of the supervisor's is far shorter; what is longer is no line of it. */
#define MAX_LINE (256 * 1024)

void
jt_log_filter_init (JtLogFilter *filter, const char *stream, gboolean is_raw, guint64 skip_bytes)
{
  memset (filter, 0, sizeof *filter);
  g_strlcpy (filter->stream, stream, sizeof filter->stream);
  filter->is_raw = is_raw;
  filter->skip_bytes = skip_bytes;
  filter->held = g_string_new (NULL);
}

void
jt_log_filter_clear (JtLogFilter *filter)
{
  g_string_free (filter->held, TRUE);
}

void
jt_log_filter_restart (JtLogFilter *filter, guint64 n_lines)
{
  filter->skip_lines = filter->n_lines > n_lines ? filter->n_lines - n_lines : 0;
  filter->n_lines = 0;
  g_string_truncate (filter->held, 0);
  memset (filter->is_inside, 0, sizeof filter->is_inside);
}

/* Whether this piece is asked for: what holds for the first piece of a line holds for all. */
static gboolean
is_wanted (JtLogFilter *filter, char stream, gboolean has_more, gboolean counts_only)
{
  guint index = stream == 'o' ? 0 : stream == 'e' ? 1 : 2;

  if (!filter->is_inside[index])
    {
      filter->n_lines++;
      filter->is_wanted[index] = filter->n_lines > filter->skip_lines;
    }
  filter->is_inside[index] = has_more;
  return !counts_only && filter->is_wanted[index];
}

static void
append_output (JtLogFilter *filter, GString *out, const char *bytes, gsize length)
{
  gsize skipped = (gsize) MIN (filter->skip_bytes, length);

  filter->skip_bytes -= skipped;
  g_string_append_len (out, bytes + skipped, (gssize) (length - skipped));
}

/* TIME STREAM FLAG CONTENT, without the newline. */
static void
take_line (JtLogFilter *filter, const char *line, gsize length, GString *out)
{
  const char *end = line + length;
  const char *stream = memchr (line, ' ', length);
  const char *flag = stream == NULL ? NULL : memchr (stream + 1, ' ', (gsize) (end - stream - 1));
  gsize stream_length;

  if (flag == NULL || end - flag < 3)
    return;
  stream++;
  stream_length = (gsize) (flag - stream);
  if (*filter->stream != '\0' && (strlen (filter->stream) != stream_length || memcmp (stream, filter->stream, stream_length) != 0))
    return;
  /* The fourth letter tells stdout, stderr and system apart. */
  if (!is_wanted (filter, stream_length > 3 ? stream[3] : 0, flag[1] == 'P', out == NULL))
    return;
  if (filter->is_raw)
    {
      append_output (filter, out, line, length);
      append_output (filter, out, "\n", 1);
      return;
    }
  append_output (filter, out, flag + 3, (gsize) (end - flag - 3));
  if (flag[1] == 'F')
    append_output (filter, out, "\n", 1);
}

/* (no line that was kept is as old as this one says) */
void
jt_log_filter_note (const JtLogFilter *filter, const char *text, GString *out)
{
  g_string_append_printf (out, "%s%s\n", filter->is_raw ? "1970-01-01T00:00:00.000000000Z system F " : "", text);
}

void
jt_log_filter_feed (JtLogFilter *filter, const char *slice, gsize length, GString *out)
{
  const char *end = slice + length;
  const char *newline;

  while ((newline = memchr (slice, '\n', (gsize) (end - slice))) != NULL)
    {
      if (filter->held->len == 0)
        take_line (filter, slice, (gsize) (newline - slice), out);
      else
        {
          g_string_append_len (filter->held, slice, newline - slice);
          take_line (filter, filter->held->str, filter->held->len, out);
          g_string_truncate (filter->held, 0);
        }
      slice = newline + 1;
    }
  if (filter->held->len + (gsize) (end - slice) > MAX_LINE)
    g_string_truncate (filter->held, 0);
  else
    g_string_append_len (filter->held, slice, end - slice);
}
