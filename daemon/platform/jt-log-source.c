/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-log-source.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <zstd.h>

#include "jt-fd.h"
#include "jt-log-archive.h"
#include "jt-state-file.h"

#define PACKED_BYTES (64 * 1024)
/* What the archive writes needs 2 MiB; what asks for more than 8 is not its. */
#define MAX_WINDOW_LOG 23

struct _JtLogSource
{
  int           fd;
  ZSTD_DCtx    *unpacker; /* (owned) NULL: a plain file */
  char         *packed;   /* (owned) what was read of the file */
  ZSTD_inBuffer in;       /* and is not unpacked yet */
  guint64       position; /* unpacked so far */
  gboolean      is_whole; /* a frame has just ended */
  gboolean      is_damaged;
};

/* NULL with errno. */
static JtLogSource *
source_new (int fd, gboolean is_packed)
{
  JtLogSource *source;

  if (fd < 0)
    return NULL;
  source = g_new0 (JtLogSource, 1);
  source->fd = fd;
  if (!is_packed)
    return source;
  source->unpacker = ZSTD_createDCtx ();
  source->packed = g_malloc (PACKED_BYTES);
  if (source->unpacker != NULL)
    {
      ZSTD_DCtx_setParameter (source->unpacker, ZSTD_d_windowLogMax, MAX_WINDOW_LOG);
      return source;
    }
  jt_log_source_free (source);
  errno = ENOMEM;
  return NULL;
}

JtLogSource *
jt_log_source_open (int folder_fd, gboolean creates)
{
  JtLogSource *source = source_new (openat (folder_fd, JT_LOG_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), FALSE);

  /* In this order: while one becomes the other, both are there. */
  if (source == NULL && errno == ENOENT)
    source = source_new (openat (folder_fd, JT_LOG_ARCHIVE_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), TRUE);
  if (source == NULL && errno == ENOENT && creates)
    source = source_new (openat (folder_fd, JT_LOG_FILE, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640), FALSE);
  return source;
}

void
jt_log_source_free (JtLogSource *source)
{
  if (source == NULL)
    return;
  jt_fd_clear (&source->fd);
  ZSTD_freeDCtx (source->unpacker);
  g_free (source->packed);
  g_free (source);
}

static void
begin_anew (JtLogSource *source)
{
  lseek (source->fd, 0, SEEK_SET);
  ZSTD_DCtx_reset (source->unpacker, ZSTD_reset_session_only);
  source->in = (ZSTD_inBuffer){ source->packed, 0, 0 };
  source->position = 0;
  source->is_whole = FALSE;
  source->is_damaged = FALSE;
}

/* FALSE at the end of the file; where no frame ends there, it was cut. */
static gboolean
read_packed (JtLogSource *source)
{
  gssize n = read (source->fd, source->packed, PACKED_BYTES);

  source->in = (ZSTD_inBuffer){ source->packed, (gsize) MAX (n, 0), 0 };
  if (n <= 0)
    source->is_damaged = n < 0 || !source->is_whole;
  return n > 0;
}

/* The next bytes, 0 at the end. */
static gsize
unpack (JtLogSource *source, char *bytes, gsize length)
{
  ZSTD_outBuffer out = { bytes, length, 0 };

  while (out.pos == 0 && !source->is_damaged)
    {
      gsize taken = source->in.pos;
      gsize left = ZSTD_decompressStream (source->unpacker, &out, &source->in);

      source->is_damaged = ZSTD_isError (left) != 0;
      if (out.pos > 0 || source->in.pos > taken)
        source->is_whole = left == 0;
      else if (!source->is_damaged && !read_packed (source))
        break;
    }
  source->position += out.pos;
  return out.pos;
}

static gsize
read_packed_at (JtLogSource *source, guint64 position, char *bytes, gsize length)
{
  if (position < source->position || source->in.src == NULL)
    begin_anew (source);
  while (source->position < position)
    if (unpack (source, bytes, (gsize) MIN (length, position - source->position)) == 0)
      return 0;
  return unpack (source, bytes, length);
}

gsize
jt_log_source_read (JtLogSource *source, guint64 position, char *bytes, gsize length)
{
  gssize n;

  if (length == 0)
    return 0;
  if (source->unpacker != NULL)
    return read_packed_at (source, position, bytes, length);
  do
    n = pread (source->fd, bytes, length, (off_t) position);
  while (n < 0 && errno == EINTR);
  return (gsize) MAX (n, 0);
}

gboolean
jt_log_source_is_damaged (const JtLogSource *source)
{
  return source->is_damaged;
}

int
jt_log_source_get_fd (const JtLogSource *source)
{
  return source->fd;
}
