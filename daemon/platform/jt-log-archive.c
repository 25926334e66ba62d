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

#include "jt-fd.h"
#include "jt-run-folder.h"
#include "jt-state-file.h"

#define LEVEL 3
#define TEMPORARY_FILE "log.zst.tmp"
/* When so many wait, the next stay as they are. */
#define MAX_WAITING 10000
#define BACKGROUND_NICE 10

struct _JtLogArchive
{
  int           runs_fd;
  GThreadPool  *pool;        /* (owned) */
  GCancellable *cancellable; /* (owned) */
};

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
      if (ZSTD_isError (left) || !jt_fd_write_all (fd, slice, out.pos))
        return FALSE;
    }
  while (mode == ZSTD_e_end ? left != 0 : in->pos < in->size);
  return TRUE;
}

static gboolean
compress_file (int from_fd, int to_fd, GCancellable *cancellable)
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
      is_good = n >= 0 && !g_cancellable_is_cancelled (cancellable) && compress_slice (context, &in, n == 0 ? ZSTD_e_end : ZSTD_e_continue, to_fd);
    }
  ZSTD_freeCCtx (context);
  return is_good;
}

static gboolean
pack_file (int folder_fd, int log_fd, const struct stat *log, GCancellable *cancellable)
{
  int fd = openat (folder_fd, TEMPORARY_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, log->st_mode & 0777);
  gboolean is_good;

  if (fd < 0)
    return FALSE;
  /* On the disk before the only other copy goes. What cannot be made smaller grows by a few bytes: it is not tried again and again. */
  is_good = fchown (fd, log->st_uid, log->st_gid) == 0 && compress_file (log_fd, fd, cancellable) && fdatasync (fd) == 0;
  close (fd);
  if (is_good && renameat (folder_fd, TEMPORARY_FILE, folder_fd, JT_LOG_ARCHIVE_FILE) == 0)
    return unlinkat (folder_fd, JT_LOG_FILE, 0) == 0;
  unlinkat (folder_fd, TEMPORARY_FILE, 0);
  return FALSE;
}

gboolean
jt_log_archive_pack (int folder_fd, GCancellable *cancellable)
{
  int log_fd = openat (folder_fd, JT_LOG_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  struct stat log;
  gboolean is_packed;

  if (log_fd < 0)
    return FALSE;
  is_packed = fstat (log_fd, &log) == 0 && S_ISREG (log.st_mode) && log.st_size >= JT_LOG_ARCHIVE_LEAST_BYTES &&
              pack_file (folder_fd, log_fd, &log, cancellable);
  close (log_fd);
  return is_packed;
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
  jt_log_archive_pack (folder_fd, archive->cancellable);
  close (folder_fd);
}

JtLogArchive *
jt_log_archive_new (int runs_fd)
{
  JtLogArchive *archive = g_new0 (JtLogArchive, 1);

  archive->runs_fd = runs_fd;
  archive->cancellable = g_cancellable_new ();
  archive->pool = g_thread_pool_new_full (pack_run, archive, g_free, 1, TRUE, NULL);
  return archive;
}

void
jt_log_archive_free (JtLogArchive *archive)
{
  if (archive == NULL)
    return;
  g_cancellable_cancel (archive->cancellable);
  if (archive->pool != NULL)
    g_thread_pool_free (archive->pool, TRUE, TRUE);
  g_object_unref (archive->cancellable);
  g_free (archive);
}

void
jt_log_archive_add (JtLogArchive *archive, guint64 run)
{
  if (archive->pool != NULL && g_thread_pool_unprocessed (archive->pool) < MAX_WAITING)
    g_thread_pool_push (archive->pool, g_memdup2 (&run, sizeof run), NULL);
}
