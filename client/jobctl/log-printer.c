/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "log-printer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "json.h"
#include "text.h"

#define CHUNK (64 * 1024)
/* A line that does not end is printed in pieces of this size. */
#define MAX_LINE (1024 * 1024)

static const char *
next_word (const char **at, const char *end, gsize *length)
{
  const char *word = *at;
  const char *space = memchr (word, ' ', (gsize) (end - word));

  *length = (gsize) ((space != NULL ? space : end) - word);
  *at = space != NULL ? space + 1 : end;
  return word;
}

/**
 * log_line_to_json:
 * @line: as it is stored: "TIME STREAM F|P TEXT", the CRI log format of Kubernetes; without the newline
 *
 * Returns: (transfer full): time, stream, text, and partial when the line goes on in the next one
 */
JsonNode *
log_line_to_json (const char *line, gsize length)
{
  g_autoptr (JsonObject) object = json_object_new ();
  const char *at = line;
  const char *end = line + length;
  gsize time_length;
  gsize stream_length;
  gsize tag_length;
  const char *time = next_word (&at, end, &time_length);
  const char *stream = next_word (&at, end, &stream_length);
  const char *tag = next_word (&at, end, &tag_length);
  g_autofree char *time_text = g_utf8_make_valid (time, (gssize) time_length);
  g_autofree char *stream_text = g_utf8_make_valid (stream, (gssize) stream_length);
  g_autofree char *text = g_utf8_make_valid (at, end - at);

  json_object_set_string_member (object, "time", time_text);
  json_object_set_string_member (object, "stream", stream_text);
  json_object_set_string_member (object, "text", text);
  if (tag_length == 1 && *tag == 'P')
    json_object_set_boolean_member (object, "partial", TRUE);
  return json_node_init_object (json_node_alloc (), object);
}

static void
print_lines (const char *text, gsize length, LogForm form)
{
  const char *end = text + length;

  if (form == LOG_FOR_TERMINAL)
    {
      g_autofree char *safe = text_escape_log (text, length);

      fputs (safe, stdout);
      return;
    }
  while (text < end)
    {
      const char *newline = memchr (text, '\n', (gsize) (end - text));
      const char *stop = newline != NULL ? newline : end;

      json_print_line (log_line_to_json (text, (gsize) (stop - text)));
      text = stop + 1;
    }
}

/* The length of what is complete in @buffer: up to the last newline, or all of it when a line is too long to wait for. */
static gsize
complete_length (const GByteArray *buffer)
{
  const guint8 *newline = memrchr (buffer->data, '\n', buffer->len);

  if (newline != NULL)
    return (gsize) (newline - buffer->data) + 1;
  return buffer->len >= MAX_LINE ? buffer->len : 0;
}

static void
print_complete (GByteArray *buffer, LogForm form, gboolean is_end)
{
  gsize length = is_end ? buffer->len : complete_length (buffer);

  if (length == 0)
    return;
  print_lines ((const char *) buffer->data, length, form);
  g_byte_array_remove_range (buffer, 0, (guint) length);
}

static gssize
read_some (int fd, guint8 *chunk, GError **error)
{
  gssize got;

  do
    got = read (fd, chunk, CHUNK);
  while (got < 0 && errno == EINTR);
  if (got < 0)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _("could not read the log: %s"), g_strerror (errno));
  return got;
}

/**
 * log_print:
 * @fd: what OpenLog answered; stays the caller's
 *
 * Prints until its end, at once what comes. Stops early when stdout takes no more, which terminal_close() tells.
 *
 * Returns: %FALSE when reading failed
 */
gboolean
log_print (int fd, LogForm form, GError **error)
{
  g_autoptr (GByteArray) buffer = g_byte_array_new ();
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  gssize got;

  while ((got = read_some (fd, chunk, error)) > 0)
    {
      if (form == LOG_AS_IS)
        fwrite (chunk, 1, (gsize) got, stdout);
      else
        {
          g_byte_array_append (buffer, chunk, (guint) got);
          print_complete (buffer, form, FALSE);
        }
      if (fflush (stdout) != 0)
        return TRUE;
    }
  print_complete (buffer, form, TRUE);
  fflush (stdout);
  return got == 0;
}

/* All lines of @fd, which is raw and ends, as one array. (transfer full) (nullable) */
JsonNode *
log_read_all (int fd, GError **error)
{
  g_autoptr (GByteArray) buffer = g_byte_array_new ();
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  g_autoptr (JsonArray) lines = json_array_new ();
  const char *at;
  const char *end;
  gssize got;

  while ((got = read_some (fd, chunk, error)) > 0)
    g_byte_array_append (buffer, chunk, (guint) got);
  if (got < 0)
    return NULL;
  at = (const char *) buffer->data;
  end = at + buffer->len;
  while (at < end)
    {
      const char *newline = memchr (at, '\n', (gsize) (end - at));
      const char *stop = newline != NULL ? newline : end;

      json_array_add_element (lines, log_line_to_json (at, (gsize) (stop - at)));
      at = stop + 1;
    }
  return json_node_init_array (json_node_alloc (), lines);
}
