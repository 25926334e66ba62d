/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "run-stream.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define READ_BYTES (64 * 1024)

void
stream_init (Stream *stream, int fd, const char *name)
{
  stream->fd = fd;
  stream->name = name;
  stream->length = 0;
}

static void
take_bytes (Stream *stream, Log *log, const char *bytes, size_t length)
{
  while (length > 0)
    {
      const char *newline = memchr (bytes, '\n', length);
      size_t part = newline == NULL ? length : (size_t) (newline - bytes);
      size_t room = log->piece_bytes - stream->length;

      if (part > room)
        {
          newline = NULL;
          part = room;
        }
      memcpy (stream->line + stream->length, bytes, part);
      stream->length += part;
      bytes += part + (newline != NULL);
      length -= part + (newline != NULL);
      if (newline == NULL && stream->length < log->piece_bytes)
        continue;
      log_add (log, stream->name, stream->line, stream->length, newline != NULL);
      stream->length = 0;
    }
}

void
stream_close (Stream *stream, Log *log)
{
  if (stream->fd < 0)
    return;
  if (stream->length > 0)
    log_add (log, stream->name, stream->line, stream->length, false);
  stream->length = 0;
  close (stream->fd);
  stream->fd = -1;
}

void
stream_read (Stream *stream, Log *log)
{
  static char bytes[READ_BYTES];
  ssize_t n = read (stream->fd, bytes, sizeof bytes);

  if (n > 0)
    take_bytes (stream, log, bytes, (size_t) n);
  else if (n == 0 || (errno != EAGAIN && errno != EINTR))
    stream_close (stream, log);
}
