/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-log-archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <zstd.h>

#include "jt-run-folder.h"
#include "jt-state-file.h"

#define LEVEL 3
#define TEMPORARY_FILE "log.zst.tmp"
/* When so many wait, the next stay as they are. */
#define MAX_WAITING 10000
#define BACKGROUND_NICE 10

struct _JtLogArchive
{
  int          runs_fd;
  GThreadPool *pool; /* (owned) */
};

static gboolean
write_all (int fd, const char *bytes, gsize length)
{
  while (length > 0)
    {
      gssize n = write (fd, bytes, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      bytes += n;
      length -= (gsize) n;
    }
  return TRUE;
}

/* One pass through the compressor; @mode: ZSTD_e_end when @in is the last. */
static gboolean
compress_slice (ZSTD_CCtx *context, ZSTD_inBuffer *in, ZSTD_EndDirective mode, int fd)
{
  char slice[64 * 1024];
  gsize left;

  do
    {
      ZSTD_outBuffer out = { slice, sizeof slice, 0 };

      left = ZSTD_compressStream2 (context, &out, in, mode);
      if (ZSTD_isError (left) || !write_all (fd, slice, out.pos))
        return FALSE;
    }
  while (mode == ZSTD_e_end ? left != 0 : in->pos < in->size);
  return TRUE;
}

static gboolean
compress_file (int from_fd, int to_fd)
{
  ZSTD_CCtx *context = ZSTD_createCCtx ();
  gboolean is_good = context != NULL && !ZSTD_isError (ZSTD_CCtx_setParameter (context, ZSTD_c_compressionLevel, LEVEL)) &&
                     !ZSTD_isError (ZSTD_CCtx_setParameter (context, ZSTD_c_checksumFlag, 1));
  char slice[64 * 1024];
  gssize n = 1;

  while (is_good && n > 0)
    {
      ZSTD_inBuffer in = { slice, 0, 0 };

      n = read (from_fd, slice, sizeof slice);
      in.size = (gsize) MAX (n, 0);
      is_good = n >= 0 && compress_slice (context, &in, n == 0 ? ZSTD_e_end : ZSTD_e_continue, to_fd);
    }
  ZSTD_freeCCtx (context);
  return is_good;
}

static gboolean
pack_file (int folder_fd, int log_fd, const struct stat *log)
{
  int fd = openat (folder_fd, TEMPORARY_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, log->st_mode & 0777);
  struct stat packed;
  gboolean is_good;

  if (fd < 0)
    return FALSE;
  /* On the disk before the only other copy goes. */
  is_good = fchown (fd, log->st_uid, log->st_gid) == 0 && compress_file (log_fd, fd) && fdatasync (fd) == 0 && fstat (fd, &packed) == 0 &&
            packed.st_size < log->st_size;
  close (fd);
  if (is_good && renameat (folder_fd, TEMPORARY_FILE, folder_fd, JT_LOG_ARCHIVE_FILE) == 0)
    return unlinkat (folder_fd, JT_LOG_FILE, 0) == 0;
  unlinkat (folder_fd, TEMPORARY_FILE, 0);
  return FALSE;
}

gboolean
jt_log_archive_pack (int folder_fd)
{
  int log_fd = openat (folder_fd, JT_LOG_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  struct stat log;
  gboolean is_packed;

  if (log_fd < 0)
    return FALSE;
  is_packed = fstat (log_fd, &log) == 0 && log.st_size >= JT_LOG_ARCHIVE_LEAST_BYTES && pack_file (folder_fd, log_fd, &log);
  close (log_fd);
  return is_packed;
}

static gboolean
decompress_file (int from_fd, int to_fd)
{
  ZSTD_DCtx *context = ZSTD_createDCtx ();
  char packed[64 * 1024];
  char plain[128 * 1024];
  gboolean is_good = context != NULL;
  gsize left = 0;
  gssize n;

  while (is_good && (n = read (from_fd, packed, sizeof packed)) > 0)
    {
      ZSTD_inBuffer in = { packed, (gsize) n, 0 };

      while (is_good && in.pos < in.size)
        {
          ZSTD_outBuffer out = { plain, sizeof plain, 0 };

          left = ZSTD_decompressStream (context, &out, &in);
          is_good = !ZSTD_isError (left) && write_all (to_fd, plain, out.pos);
        }
    }
  ZSTD_freeDCtx (context);
  /* Not at the end of a frame: it was cut. What there is of it is shown. */
  if (left != 0)
    g_debug ("a compressed log is damaged");
  return is_good || lseek (to_fd, 0, SEEK_CUR) > 0;
}

int
jt_log_archive_open (int folder_fd)
{
  int from_fd = openat (folder_fd, JT_LOG_ARCHIVE_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  int fd;

  if (from_fd < 0)
    return -1;
  fd = openat (folder_fd, ".", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
  if (fd >= 0 && !decompress_file (from_fd, fd))
    {
      close (fd);
      fd = -1;
    }
  close (from_fd);
  return fd;
}

static void
pack_run (gpointer data, gpointer user_data)
{
  g_autofree guint64 *run = data;
  JtLogArchive *archive = user_data;
  int folder_fd = jt_run_folder_open (archive->runs_fd, *run, FALSE, NULL);

  /* Linux counts a nice value for each thread: it is this one's alone, which is the pool's own. */
  setpriority (PRIO_PROCESS, (id_t) syscall (SYS_gettid), BACKGROUND_NICE);
  if (folder_fd < 0)
    return;
  jt_log_archive_pack (folder_fd);
  close (folder_fd);
}

JtLogArchive *
jt_log_archive_new (int runs_fd)
{
  JtLogArchive *archive = g_new0 (JtLogArchive, 1);

  archive->runs_fd = runs_fd;
  archive->pool = g_thread_pool_new_full (pack_run, archive, g_free, 1, TRUE, NULL);
  return archive;
}

void
jt_log_archive_free (JtLogArchive *archive)
{
  if (archive == NULL)
    return;
  if (archive->pool != NULL)
    g_thread_pool_free (archive->pool, TRUE, TRUE);
  g_free (archive);
}

void
jt_log_archive_add (JtLogArchive *archive, guint64 run)
{
  if (archive->pool != NULL && g_thread_pool_unprocessed (archive->pool) < MAX_WAITING)
    g_thread_pool_push (archive->pool, g_memdup2 (&run, sizeof run), NULL);
}
