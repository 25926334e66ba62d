/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "exec-stream.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib-unix.h>

#define SLICE_BYTES (64 * 1024)
#define DRAIN_SLICES 64
#define SLICES_AT_ONCE 16

/* --- opening --- */

static gboolean
is_same_file (int a, int b)
{
  struct stat st_a, st_b;

  return fstat (a, &st_a) == 0 && fstat (b, &st_b) == 0 && st_a.st_dev == st_b.st_dev && st_a.st_ino == st_b.st_ino;
}

/* What can be written at once to what has room for anything: pipe(7) says so of PIPE_BUF. An empty pipe takes all that it holds, and
 * files take everything. */
static gsize
sure_bytes (ExecStream *stream)
{
  int n_waiting;

  if (stream->is_file)
    return SLICE_BYTES;
  if (stream->pipe_bytes > PIPE_BUF && ioctl (stream->own_fd, FIONREAD, &n_waiting) == 0 && n_waiting == 0)
    return MIN ((gsize) stream->pipe_bytes, SLICE_BYTES);
  return PIPE_BUF;
}

static gboolean
is_file (int fd)
{
  struct stat st;

  return !isatty (fd) && fstat (fd, &st) == 0 && !S_ISFIFO (st.st_mode) && !S_ISSOCK (st.st_mode);
}

static gboolean
open_stream (ExecStream *stream, int *child_fd, GError **error)
{
  int fds[2];

  stream->is_file = is_file (stream->own_fd);
  stream->pipe_bytes = fcntl (stream->own_fd, F_GETPIPE_SZ);
  stream->terminal = isatty (stream->own_fd) ? exec_terminal_new (stream->own_fd, child_fd) : NULL;
  if (stream->terminal == NULL && !g_unix_open_pipe (fds, FD_CLOEXEC, error))
    return FALSE;
  stream->slice = g_malloc (SLICE_BYTES);
  if (stream->terminal != NULL)
    {
      stream->fd = exec_terminal_get_fd (stream->terminal);
      return TRUE;
    }
  stream->fd = fds[0];
  *child_fd = fds[1];
  return TRUE;
}

static void
close_stream (ExecStream *stream)
{
  g_clear_handle_id (&stream->source, g_source_remove);
  if (stream->terminal != NULL)
    exec_terminal_free (stream->terminal);
  else if (stream->fd >= 0)
    close (stream->fd);
  g_clear_pointer (&stream->slice, g_free);
  stream->terminal = NULL;
  stream->fd = -1;
}

gboolean
exec_streams_open (ExecStream streams[2], int child_fds[2], GError **error)
{
  child_fds[0] = child_fds[1] = -1;
  for (int i = 0; i < 2; i++)
    streams[i] = (ExecStream){ .own_fd = i + 1, .fd = -1 };
  if (!open_stream (&streams[0], &child_fds[0], error))
    return FALSE;
  /* One terminal, one stream: their order is the order on the screen. */
  if (streams[0].terminal != NULL && isatty (2) && is_same_file (1, 2))
    {
      child_fds[1] = dup (child_fds[0]);
      return TRUE;
    }
  if (open_stream (&streams[1], &child_fds[1], error))
    return TRUE;
  close_stream (&streams[0]);
  close (child_fds[0]);
  return FALSE;
}

/* --- passing on --- */

static gboolean
write_all (int fd, const char *bytes, gsize length)
{
  while (length > 0)
    {
      gssize n = write (fd, bytes, length);

      if (n < 0 && errno == EAGAIN)
        {
          struct pollfd wait = { .fd = fd, .events = POLLOUT };

          poll (&wait, 1, -1);
        }
      else if (n < 0 && errno != EINTR)
        return FALSE;
      bytes += MAX (n, 0);
      length -= (gsize) MAX (n, 0);
    }
  return TRUE;
}

/* 0: nothing now, or interrupted; -1: the end. Async-signal-safe. */
static gssize
read_slice (ExecStream *stream, gsize size)
{
  gssize n;

  if (stream->terminal != NULL)
    return exec_terminal_read (stream->terminal, stream->slice, size);
  n = read (stream->fd, stream->slice, size);
  if (n < 0)
    return errno == EINTR || errno == EAGAIN ? 0 : -1;
  return n > 0 ? n : -1;
}

/* FALSE at its end, or when nobody takes the output any more: then the command must feel it as it would have without us. */
static gboolean
pass_slice (ExecStream *stream, gsize size)
{
  gssize n = read_slice (stream, size);

  if (n > 0 && !write_all (stream->own_fd, stream->slice, (gsize) n))
    {
      stream->write_error = errno;
      return FALSE;
    }
  if (n > 0 && stream->seen != NULL)
    stream->seen (stream->own_fd == STDERR_FILENO, stream->slice, (gsize) n, stream->user_data);
  return n >= 0;
}

static gboolean
is_ready (ExecStream *stream)
{
  struct pollfd ready = { .fd = stream->fd, .events = POLLIN };

  return stream->fd >= 0 && poll (&ready, 1, 0) > 0;
}

/* TRUE also where writing would fail, which is soon known then. */
static gboolean
has_room (ExecStream *stream)
{
  struct pollfd room = { .fd = stream->own_fd, .events = POLLOUT };

  return poll (&room, 1, 0) != 0;
}

static void follow (ExecStream *stream);

static gboolean
room_cb (int fd, GIOCondition condition, gpointer user_data)
{
  follow (user_data);
  return G_SOURCE_REMOVE;
}

/* Whoever reads what we write may take their time; the command's time limit, a wish to end it and heartbeats do not wait for them. So
 * nothing is read that could not be written at once, and the command waits as it would without us. */
static gboolean
stream_cb (int fd, GIOCondition condition, gpointer user_data)
{
  ExecStream *stream = user_data;

  for (guint n = 0; n < SLICES_AT_ONCE && (n == 0 || is_ready (stream)); n++)
    {
      if (!has_room (stream))
        {
          stream->source = g_unix_fd_add (stream->own_fd, G_IO_OUT | G_IO_ERR | G_IO_HUP, room_cb, stream);
          return G_SOURCE_REMOVE;
        }
      if (!pass_slice (stream, sure_bytes (stream)))
        {
          stream->source = 0;
          close_stream (stream);
          return G_SOURCE_REMOVE;
        }
    }
  return G_SOURCE_CONTINUE;
}

static void
follow (ExecStream *stream)
{
  stream->source = g_unix_fd_add (stream->fd, G_IO_IN | G_IO_HUP | G_IO_ERR, stream_cb, stream);
}

void
exec_streams_start (ExecStream streams[2], ExecOutputFunc seen, gpointer user_data)
{
  for (int i = 0; i < 2; i++)
    {
      streams[i].seen = seen;
      streams[i].user_data = user_data;
      if (streams[i].fd >= 0)
        follow (&streams[i]);
      if (streams[i].terminal != NULL)
        exec_terminal_watch (streams[i].terminal);
    }
}

static void
drain (ExecStream streams[2], gboolean waits)
{
  for (int i = 0; i < 2; i++)
    for (guint n = 0; n < DRAIN_SLICES && is_ready (&streams[i]) && (waits || has_room (&streams[i])); n++)
      if (!pass_slice (&streams[i], waits ? SLICE_BYTES : sure_bytes (&streams[i])))
        close_stream (&streams[i]);
}

void
exec_streams_drain (ExecStream streams[2])
{
  drain (streams, FALSE);
}

/* --- those that are left behind --- */

/* In a process of many threads that has forked: async-signal-safe calls only. */
G_NORETURN static void
pass_on_alone (ExecStream streams[2])
{
  struct pollfd ready[2];
  gboolean is_open = TRUE;

  while (is_open)
    {
      for (int i = 0; i < 2; i++)
        ready[i] = (struct pollfd){ .fd = streams[i].fd, .events = POLLIN };
      if (poll (ready, 2, -1) < 0 && errno != EINTR)
        break;
      for (int i = 0; i < 2; i++)
        if (streams[i].fd >= 0 && ready[i].revents != 0 && !pass_slice (&streams[i], SLICE_BYTES))
          {
            close (streams[i].fd);
            streams[i].fd = -1;
          }
      is_open = streams[0].fd >= 0 || streams[1].fd >= 0;
    }
  _exit (0);
}

/* Neither the connection to the bus, whose end means the end of the reporter, nor anything else of ours is kept. */
static void
close_others (ExecStream streams[2])
{
  int low = MIN (streams[0].fd, streams[1].fd);
  int high = MAX (streams[0].fd, streams[1].fd);

  if (low > STDERR_FILENO + 1)
    close_range (STDERR_FILENO + 1, (guint) low - 1, 0);
  low = MAX (low, STDERR_FILENO);
  if (high > low + 1)
    close_range ((guint) low + 1, (guint) high - 1, 0);
  close_range ((guint) high + 1, ~0U, 0);
}

static void
leave_behind (ExecStream streams[2])
{
  static const int ours[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGTSTP, SIGCONT, SIGCHLD, SIGWINCH };
  struct sigaction action;
  sigset_t none;

  if (fork () != 0)
    return;
  /* What was ignored before us, as under nohup(1), stays so. */
  for (guint i = 0; i < G_N_ELEMENTS (ours); i++)
    if (sigaction (ours[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
      signal (ours[i], SIG_DFL);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  for (int i = 0; i < 2; i++)
    streams[i].seen = NULL;
  close_others (streams);
  pass_on_alone (streams);
}

void
exec_streams_end (ExecStream streams[2])
{
  drain (streams, TRUE);
  for (int i = 0; i < 2; i++)
    if (streams[i].terminal != NULL)
      exec_terminal_sync (streams[i].terminal);
  if (streams[0].fd >= 0 || streams[1].fd >= 0)
    leave_behind (streams);
  for (int i = 0; i < 2; i++)
    close_stream (&streams[i]);
}
