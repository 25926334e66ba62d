/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "run-log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "jt-state-file.h"

#define BUFFER_BYTES (256 * 1024)
/* TIME, STREAM, flag, spaces, newline: at most this much beside the content. */
#define LINE_OVERHEAD 64
/* Longer than any line: the reader's buffer and the overhead. */
#define COPY_BYTES (64 * 1024)
#define MIN_CAP 4096
#define MIN_PIECE 256

static bool
write_all (int fd, const char *bytes, size_t length)
{
  while (length > 0)
    {
      ssize_t n = write (fd, bytes, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return false;
      bytes += n;
      length -= (size_t) n;
    }
  return true;
}

static bool
write_round (Log *log, const char *bytes, size_t length)
{
  while (length > 0)
    {
      uint64_t at = log->tail_written % log->tail_bytes;
      size_t part = length < log->tail_bytes - at ? length : (size_t) (log->tail_bytes - at);
      ssize_t n = pwrite (log->tail_fd, bytes, part, (off_t) at);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return false;
      bytes += n;
      length -= (size_t) n;
      log->tail_written += (uint64_t) n;
    }
  return true;
}

/* A supervisor that was killed may have left half a line; the next attempt's begin on one of their own. Returns where. */
static off_t
end_last_line (Log *log)
{
  off_t size = lseek (log->fd, 0, SEEK_END);
  char last;

  if (size <= 0 || pread (log->fd, &last, 1, size - 1) != 1 || last == '\n')
    return size;
  log->is_broken = !write_all (log->fd, "\n", 1);
  return lseek (log->fd, 0, SEEK_END);
}

void
log_open (Log *log, int folder_fd, unsigned attempt, uint64_t max_bytes)
{
  static char buffer[BUFFER_BYTES];
  uint64_t cap = max_bytes < MIN_CAP ? MIN_CAP : max_bytes;

  *log = (Log) { .fd = -1, .tail_fd = -1, .folder_fd = folder_fd, .buffer = buffer };
  snprintf (log->tail_name, sizeof log->tail_name, "%u.tail", attempt);
  log->head_bytes = cap / 2;
  log->tail_bytes = cap - log->head_bytes;
  /* Of a small log several lines must fit into either half, however long they are. */
  log->piece_bytes = cap / 16 < MIN_PIECE ? MIN_PIECE : cap / 16 > LOG_PIECE_MAX ? LOG_PIECE_MAX : (size_t) (cap / 16);
  log->fd = openat (folder_fd, JT_LOG_FILE, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
  if (log->fd >= 0)
    log->begin = end_last_line (log);
  else
    log->is_broken = errno != ENOENT;
}

/* The file comes with the first output: most jobs have nothing to say, and a file is the dearest part of an attempt. */
static bool
ensure_file (Log *log)
{
  if (log->fd < 0)
    log->fd = openat (log->folder_fd, JT_LOG_FILE, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
  return log->fd >= 0;
}

static void
flush_head (Log *log)
{
  if (ensure_file (log) && write_all (log->fd, log->buffer, log->buffered))
    {
      log->written += log->buffered;
      log->head_output += log->waiting_output;
    }
  else
    {
      /* Whole lines only: what went half to the disk is taken back and counts as dropped. */
      log->is_broken = true;
      if (log->fd >= 0)
        (void) !ftruncate (log->fd, log->begin + (off_t) log->written);
    }
  log->waiting_output = 0;
}

void
log_flush (Log *log)
{
  if (log->buffered == 0)
    return;
  if (log->tail_fd < 0)
    flush_head (log);
  else if (!write_round (log, log->buffer, log->buffered))
    log->is_broken = true;
  log->buffered = 0;
}

static void
begin_tail (Log *log)
{
  log_flush (log);
  if (!ensure_file (log))
    log->is_broken = true;
  if (log->is_broken)
    return;
  log->tail_fd = openat (log->folder_fd, log->tail_name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (log->tail_fd < 0)
    log->is_broken = true;
}

/* The time stamp changes with each line; all but its fraction is made anew only once a second. */
static size_t
format_time (char *text)
{
  static time_t last_second = -1;
  static char prefix[32];
  static int prefix_length;
  struct timespec now;

  clock_gettime (CLOCK_REALTIME, &now);
  if (now.tv_sec != last_second)
    {
      struct tm tm;

      gmtime_r (&now.tv_sec, &tm);
      prefix_length = (int) strftime (prefix, sizeof prefix, "%Y-%m-%dT%H:%M:%S", &tm);
      last_second = now.tv_sec;
    }
  memcpy (text, prefix, (size_t) prefix_length);
  return (size_t) prefix_length + (size_t) sprintf (text + prefix_length, ".%09ldZ ", now.tv_nsec);
}

void
log_add (Log *log, const char *stream, const char *content, size_t length, bool is_whole)
{
  uint64_t output = length + (is_whole ? 1 : 0);
  char *at;

  log->output += output;
  if (!log->is_broken && log->tail_fd < 0 && log->written + log->buffered + LINE_OVERHEAD + length > log->head_bytes)
    begin_tail (log);
  if (!log->is_broken && log->buffered + LINE_OVERHEAD + length > BUFFER_BYTES)
    log_flush (log);
  if (log->is_broken)
    return;
  at = log->buffer + log->buffered;
  at += format_time (at);
  at = stpcpy (at, stream);
  at = stpcpy (at, is_whole ? " F " : " P ");
  memcpy (at, content, length);
  at += length;
  *at++ = '\n';
  log->buffered = (size_t) (at - log->buffer);
  if (log->tail_fd < 0)
    log->waiting_output += output;
}

/* Bytes of output in one CRI line of @length (without its newline); 0 when it is none. */
static uint64_t
measure_line (const char *line, size_t length)
{
  const char *end = line + length;
  const char *at = memchr (line, ' ', length);

  at = at == NULL ? NULL : memchr (at + 1, ' ', (size_t) (end - at - 1));
  if (at == NULL || end - at < 3)
    return 0;
  return (uint64_t) (end - at - 3) + (at[1] == 'F' ? 1 : 0);
}

/* Passes over the tail from its oldest whole line on, slice by slice. @fd -1: only measures. */
static bool
walk_tail (Log *log, int fd, uint64_t *kept)
{
  bool has_gone_round = log->tail_written > log->tail_bytes;
  uint64_t left = has_gone_round ? log->tail_bytes : log->tail_written;
  uint64_t at = has_gone_round ? log->tail_written % log->tail_bytes : 0;
  bool skips = has_gone_round; /* the first line is cut */
  static char slice[COPY_BYTES];
  size_t held = 0;

  while (left > 0)
    {
      size_t part = sizeof slice - held;
      ssize_t n;
      size_t line = 0;
      char *newline;

      part = part < left ? part : (size_t) left;
      part = part < log->tail_bytes - at ? part : (size_t) (log->tail_bytes - at);
      n = pread (log->tail_fd, slice + held, part, (off_t) at);
      if (n <= 0)
        return false;
      at = (at + (uint64_t) n) % log->tail_bytes;
      left -= (uint64_t) n;
      held += (size_t) n;
      while ((newline = memchr (slice + line, '\n', held - line)) != NULL)
        {
          size_t length = (size_t) (newline - slice) - line;

          if (!skips)
            *kept += measure_line (slice + line, length);
          if (!skips && fd >= 0 && !write_all (fd, slice + line, length + 1))
            return false;
          skips = false;
          line += length + 1;
        }
      held -= line;
      memmove (slice, slice + line, held);
    }
  return true;
}

static bool
write_marker (Log *log)
{
  char marker[128];
  size_t stamp;
  int n;

  if (log->dropped == 0)
    return true;
  stamp = format_time (marker);
  n = snprintf (marker + stamp, sizeof marker - stamp, "system F [%llu bytes of output were dropped here]\n",
                (unsigned long long) log->dropped);
  return write_all (log->fd, marker, stamp + (size_t) n);
}

static void
append_tail (Log *log)
{
  uint64_t kept = 0;
  uint64_t again = 0;

  if (walk_tail (log, -1, &kept))
    {
      log->dropped = log->output - log->head_output - kept;
      if (write_marker (log) && walk_tail (log, log->fd, &again))
        return;
    }
  /* The disk refuses the tail: the head alone stays, and the count says so. */
  (void) !ftruncate (log->fd, log->begin + (off_t) log->written);
  log->dropped = log->output - log->head_output;
  write_marker (log);
}

uint64_t
log_close (Log *log, bool keep)
{
  struct stat st;

  if (keep)
    log_flush (log);
  if (log->fd < 0)
    {
      log->dropped = keep ? log->output : 0;
      return 0;
    }
  if (!keep && ftruncate (log->fd, log->begin) == 0)
    log->dropped = 0;
  else if (log->tail_fd >= 0)
    append_tail (log);
  else
    {
      log->dropped = log->output - log->head_output;
      write_marker (log);
    }
  if (log->tail_fd >= 0)
    {
      unlinkat (log->folder_fd, log->tail_name, 0);
      close (log->tail_fd);
    }
  return fstat (log->fd, &st) == 0 ? (uint64_t) st.st_size : 0;
}
