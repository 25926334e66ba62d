/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-log-writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jt-fd.h"
#include "jt-run-folder.h"
#include "jt-state-file.h"

#define SLICE_BYTES (64 * 1024)
/* The two that take turns. Each begins with a line that says how much output had been dropped when it was begun. */
#define NEW_TAIL "tail.new"
#define OLD_TAIL "tail.old"
#define HEADER_FORMAT "dropped %20" G_GUINT64_FORMAT "\n"
#define HEADER_BYTES (8 + 20 + 1)
#define N_LOCKS 16

static GMutex locks[N_LOCKS];

static guint64
get_size (int fd)
{
  struct stat st;

  return fstat (fd, &st) == 0 ? (guint64) st.st_size : 0;
}

/* All of it or nothing: a line that was cut would be taken for one with the next. */
static gboolean
append_all (int fd, const char *bytes, gsize length)
{
  guint64 size_bytes = get_size (fd);

  if (jt_fd_write_all (fd, bytes, length))
    return TRUE;
  (void) !ftruncate (fd, (off_t) size_bytes);
  return FALSE;
}

static int
open_file (int folder_fd, const char *name, int flags)
{
  return openat (folder_fd, name, flags | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
}

static void
clear_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

/* --- lines --- */

/* TIME STREAM FLAG CONTENT: an F stands for the newline that ended it, a P for none. */
static guint64
count_line (const char *line, gsize length)
{
  const char *stream = memchr (line, ' ', length);
  gsize prefix = stream == NULL ? length : (gsize) (stream - line) + sizeof " stdout F " - 1;

  if (prefix > length)
    return 0;
  return length - prefix + (line[prefix - 2] == 'F' ? 1 : 0);
}

guint64
jt_log_count_output (const char *lines, gsize length)
{
  const char *end = lines + length;
  guint64 output = 0;

  while (lines < end)
    {
      const char *newline = memchr (lines, '\n', (gsize) (end - lines));

      if (newline == NULL)
        break;
      output += count_line (lines, (gsize) (newline - lines));
      lines = newline + 1;
    }
  return output;
}

/* The length of those whole lines that @room takes. */
static gsize
fit_lines (const char *lines, gsize length, guint64 room)
{
  const char *end = memrchr (lines, '\n', (gsize) MIN (length, room));

  return end == NULL ? 0 : (gsize) (end - lines) + 1;
}

/* --- the tail --- */

static guint64
read_header (int fd)
{
  char header[HEADER_BYTES + 1] = "";
  unsigned long long dropped = 0;

  if (pread (fd, header, HEADER_BYTES, 0) != HEADER_BYTES || sscanf (header, "dropped %llu", &dropped) != 1)
    return 0;
  return dropped;
}

/* What a tail holds is looked at slice by slice, lines that a slice cuts in two with the next. */
static guint64
count_tail (int fd)
{
  g_autofree char *slice = g_malloc (SLICE_BYTES);
  off_t at = HEADER_BYTES;
  guint64 output = 0;

  for (;;)
    {
      gssize n = pread (fd, slice, SLICE_BYTES, at);
      gsize whole = n <= 0 ? 0 : fit_lines (slice, (gsize) n, (guint64) n);

      if (whole == 0)
        return output;
      output += jt_log_count_output (slice, whole);
      at += (off_t) whole;
    }
}

static guint64
count_old_tail (int folder_fd)
{
  int fd = open_file (folder_fd, OLD_TAIL, O_RDONLY);
  guint64 output = fd < 0 ? 0 : count_tail (fd);

  clear_fd (&fd);
  return output;
}

/* -1: the disk refuses it. */
static int
begin_tail (int folder_fd, guint64 dropped_bytes)
{
  char header[HEADER_BYTES + 1];
  int fd = open_file (folder_fd, NEW_TAIL, O_RDWR | O_CREAT | O_TRUNC);

  g_snprintf (header, sizeof header, HEADER_FORMAT, dropped_bytes);
  if (fd >= 0 && !append_all (fd, header, HEADER_BYTES))
    clear_fd (&fd);
  return fd;
}

/* The newer becomes the older, and what was the older is gone. */
static int
turn_tails (int folder_fd, int full_fd)
{
  guint64 dropped_bytes = read_header (full_fd) + count_old_tail (folder_fd);

  close (full_fd);
  if (renameat (folder_fd, NEW_TAIL, folder_fd, OLD_TAIL) < 0)
    return -1;
  return begin_tail (folder_fd, dropped_bytes);
}

/* How much of @lines was taken: all of it, unless the disk refuses. */
static gsize
append_tail (int folder_fd, guint64 tail_bytes, const char *lines, gsize length)
{
  int fd = open_file (folder_fd, NEW_TAIL, O_RDWR);
  gsize taken = 0;

  if (fd < 0)
    fd = begin_tail (folder_fd, 0);
  while (fd >= 0 && taken < length)
    {
      guint64 size_bytes = get_size (fd) - HEADER_BYTES;
      gsize part = fit_lines (lines + taken, length - taken, tail_bytes > size_bytes ? tail_bytes - size_bytes : 0);

      /* A line longer than a whole file of them goes into one of its own. */
      if (part == 0 && size_bytes == 0)
        part = (gsize) ((const char *) memchr (lines + taken, '\n', length - taken) - (lines + taken)) + 1;
      if (part == 0)
        fd = turn_tails (folder_fd, fd);
      else if (append_all (fd, lines + taken, part))
        taken += part;
      else
        clear_fd (&fd);
    }
  clear_fd (&fd);
  return taken;
}

static gboolean
has_tail (int folder_fd)
{
  return faccessat (folder_fd, NEW_TAIL, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* --- the whole --- */

static gsize
append_lines (int folder_fd, int fd, guint64 max_bytes, const char *lines, gsize length)
{
  guint64 size_bytes = get_size (fd);
  guint64 head_bytes = max_bytes / 2;
  gsize part = has_tail (folder_fd) || size_bytes > head_bytes ? 0 : fit_lines (lines, length, head_bytes - size_bytes);

  if (!append_all (fd, lines, part))
    return 0;
  return part == length ? length : part + append_tail (folder_fd, max_bytes / 4, lines + part, length - part);
}

void
jt_log_writer_append (int runs_fd, guint64 run, guint64 max_bytes, const char *lines, gsize length, JtLogMeasure *measure)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&locks[run % N_LOCKS]);
  int folder_fd = jt_run_folder_open (runs_fd, run, TRUE, NULL);
  int fd = folder_fd < 0 ? -1 : open_file (folder_fd, JT_LOG_FILE, O_RDWR | O_CREAT);
  gsize taken = fd < 0 ? 0 : append_lines (folder_fd, fd, max_bytes, lines, length);

  measure->dropped_bytes = jt_log_count_output (lines + taken, length - taken);
  measure->size_bytes = fd < 0 ? 0 : get_size (fd);
  clear_fd (&fd);
  clear_fd (&folder_fd);
}

static gboolean
copy_tail (int from_fd, int fd)
{
  g_autofree char *slice = g_malloc (SLICE_BYTES);
  off_t at = HEADER_BYTES;
  gssize n;

  while ((n = pread (from_fd, slice, SLICE_BYTES, at)) > 0)
    {
      if (!jt_fd_write_all (fd, slice, (gsize) n))
        return FALSE;
      at += n;
    }
  return n == 0;
}

static void
write_marker (int fd, guint64 dropped_bytes)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *stamp = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S.%fZ");
  g_autofree char *line = g_strdup_printf ("%s system F [%" G_GUINT64_FORMAT " bytes of output were dropped here]\n", stamp, dropped_bytes);

  (void) append_all (fd, line, strlen (line));
}

/* The disk may be full: then the head alone stays, and the count says so. */
static void
join_tails (int folder_fd, int fd, JtLogMeasure *measure)
{
  static const char *const names[] = { OLD_TAIL, NEW_TAIL };
  guint64 size_bytes = get_size (fd);
  int tails[G_N_ELEMENTS (names)];
  gboolean is_whole = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    tails[i] = open_file (folder_fd, names[i], O_RDONLY);
  measure->dropped_bytes += tails[1] < 0 ? 0 : read_header (tails[1]);
  if (measure->dropped_bytes > 0)
    write_marker (fd, measure->dropped_bytes);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    is_whole = is_whole && (tails[i] < 0 || copy_tail (tails[i], fd));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (tails[i] >= 0)
      {
        measure->dropped_bytes += is_whole ? 0 : count_tail (tails[i]);
        unlinkat (folder_fd, names[i], 0);
        close (tails[i]);
      }
  if (!is_whole && ftruncate (fd, (off_t) size_bytes) == 0)
    write_marker (fd, measure->dropped_bytes);
}

void
jt_log_writer_finish (int runs_fd, guint64 run, guint64 lost_bytes, JtLogMeasure *measure)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&locks[run % N_LOCKS]);
  int folder_fd = jt_run_folder_open (runs_fd, run, FALSE, NULL);
  int fd = folder_fd < 0 ? -1 : open_file (folder_fd, JT_LOG_FILE, O_RDWR);

  *measure = (JtLogMeasure){ .dropped_bytes = lost_bytes };
  if (fd >= 0)
    {
      join_tails (folder_fd, fd, measure);
      measure->size_bytes = get_size (fd);
    }
  clear_fd (&fd);
  clear_fd (&folder_fd);
}
