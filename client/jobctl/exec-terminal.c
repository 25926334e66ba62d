/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "exec-terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <glib-unix.h>

#define SLICE_BYTES (64 * 1024)
#define KEYS_BYTES 4096
/* How often it is looked whether the terminal is ours again to read from. */
#define BACKGROUND_MSEC 250

struct _ExecTerminal
{
  int            own_fd;     /* ours, to write to; borrowed */
  int            fd;         /* the other side of the command's */
  int            keys_fd;    /* ours, to read from; -1: never had */
  int            watch_fd;   /* inotify; -1: none */
  guint          watch_source;
  guint          keys_source;
  guint          n_openers;  /* who read from the command's */
  struct termios shown;      /* its modes, as ours were last brought after them */
};

static void
clear_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

/* --- modes --- */

static gboolean
is_same_modes (const struct termios *a, const struct termios *b)
{
  return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && (a->c_lflag | EXTPROC) == (b->c_lflag | EXTPROC)
         && a->c_cflag == b->c_cflag && memcmp (a->c_cc, b->c_cc, sizeof a->c_cc) == 0;
}

/* A change from the background would stop us. What is nobody's controlling terminal has no foreground. */
static gboolean
is_in_foreground (ExecTerminal *self)
{
  pid_t group = tcgetpgrp (self->own_fd);

  return group < 0 || group == getpgrp ();
}

void
exec_terminal_sync (ExecTerminal *self)
{
  struct termios wanted;

  if (tcgetattr (self->fd, &wanted) < 0 || is_same_modes (&wanted, &self->shown) || !is_in_foreground (self))
    return;
  self->shown = wanted;
  wanted.c_lflag &= (tcflag_t) ~EXTPROC;
  tcsetattr (self->own_fd, TCSANOW, &wanted);
}

/* Whoever makes its modes up from nothing takes the flag away by which we are told; stty(1) then looks whether it is gone, so it comes
 * back with the next output only. */
static void
restore_flag (ExecTerminal *self)
{
  if ((self->shown.c_lflag & EXTPROC) != 0)
    return;
  self->shown.c_lflag |= EXTPROC;
  tcsetattr (self->fd, TCSANOW, &self->shown);
}

gboolean
exec_terminal_resize (ExecTerminal *self)
{
  struct winsize own, shown;

  if (ioctl (self->own_fd, TIOCGWINSZ, &own) < 0 || ioctl (self->fd, TIOCGWINSZ, &shown) < 0 || memcmp (&own, &shown, sizeof own) == 0)
    return FALSE;
  return ioctl (self->fd, TIOCSWINSZ, &own) == 0;
}

/* --- output --- */

/* Each newline came out as two bytes, and ours will make two of it again. */
static gsize
undo_newlines (char *bytes, gsize length)
{
  gsize kept = 0;

  for (gsize i = 0; i < length; i++)
    if (bytes[i] != '\r' || i + 1 == length || bytes[i + 1] != '\n')
      bytes[kept++] = bytes[i];
  return kept;
}

gssize
exec_terminal_read (ExecTerminal *self, char *bytes, gsize length)
{
  char packet[SLICE_BYTES];
  gssize n = read (self->fd, packet, MIN (length + 1, sizeof packet));

  if (n < 0)
    return errno == EINTR || errno == EAGAIN ? 0 : -1;
  if (n == 0)
    return -1;
  if (packet[0] != TIOCPKT_DATA)
    {
      exec_terminal_sync (self);
      return 0;
    }
  restore_flag (self);
  memcpy (bytes, packet + 1, (gsize) n - 1);
  if ((self->shown.c_oflag & OPOST) != 0 && (self->shown.c_oflag & ONLCR) != 0)
    return (gssize) undo_newlines (bytes, (gsize) n - 1);
  return n - 1;
}

int
exec_terminal_get_fd (ExecTerminal *self)
{
  return self->fd;
}

/* --- keys --- */

static gboolean keys_cb (int fd, GIOCondition condition, gpointer user_data);

static void
begin_keys (ExecTerminal *self)
{
  if (self->keys_fd < 0)
    self->keys_fd = open ("/dev/tty", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (self->keys_fd >= 0 && self->keys_source == 0)
    self->keys_source = g_unix_fd_add (self->keys_fd, G_IO_IN, keys_cb, self);
}

static gboolean
look_again_cb (gpointer user_data)
{
  ExecTerminal *self = user_data;

  self->keys_source = 0;
  begin_keys (self);
  return G_SOURCE_REMOVE;
}

/* With EXTPROC our terminal edits lines and echoes them, and the end of input is a character in them. */
static gboolean
keys_cb (int fd, GIOCondition condition, gpointer user_data)
{
  ExecTerminal *self = user_data;
  char keys[KEYS_BYTES];
  gssize n;

  if (!is_in_foreground (self))
    {
      self->keys_source = g_timeout_add (BACKGROUND_MSEC, look_again_cb, self);
      return G_SOURCE_REMOVE;
    }
  n = read (fd, keys, sizeof keys);
  if (n == 0)
    keys[n++] = (char) self->shown.c_cc[VEOF];
  if (n > 0)
    (void) !write (self->fd, keys, (gsize) n);
  return G_SOURCE_CONTINUE;
}

/* Opened and closed by its name: the command's own output, which was not, is closed once too often. */
static void
take_event (ExecTerminal *self, const struct inotify_event *event)
{
  if ((event->mask & IN_OPEN) != 0)
    self->n_openers++;
  else if (self->n_openers > 0)
    self->n_openers--;
  if (self->n_openers > 0)
    begin_keys (self);
  else
    g_clear_handle_id (&self->keys_source, g_source_remove);
}

static gboolean
watch_cb (int fd, GIOCondition condition, gpointer user_data)
{
  char events[4096] __attribute__ ((aligned (__alignof__ (struct inotify_event))));
  gssize n = read (fd, events, sizeof events);

  for (gssize at = 0; at < n;)
    {
      const struct inotify_event *event = (const struct inotify_event *) (gpointer) (events + at);

      take_event (user_data, event);
      at += (gssize) (sizeof *event + event->len);
    }
  return G_SOURCE_CONTINUE;
}

void
exec_terminal_watch (ExecTerminal *self)
{
  if (self->watch_fd >= 0)
    self->watch_source = g_unix_fd_add (self->watch_fd, G_IO_IN, watch_cb, self);
}

/* --- begin and end --- */

/* Before there is a command that may open it. */
static void
begin_watch (ExecTerminal *self)
{
  const char *name = ptsname (self->fd);

  self->watch_fd = inotify_init1 (IN_CLOEXEC | IN_NONBLOCK);
  if (self->watch_fd >= 0 && (name == NULL || inotify_add_watch (self->watch_fd, name, IN_OPEN | IN_CLOSE) < 0))
    clear_fd (&self->watch_fd);
}

static gboolean
begin (ExecTerminal *self, int own_fd, int *child_fd)
{
  struct winsize size;
  gboolean has_size = ioctl (own_fd, TIOCGWINSZ, &size) == 0;
  int on = 1;

  if (tcgetattr (own_fd, &self->shown) < 0)
    return FALSE;
  self->shown.c_lflag |= EXTPROC;
  if (openpty (&self->fd, child_fd, NULL, &self->shown, has_size ? &size : NULL) < 0)
    return FALSE;
  fcntl (self->fd, F_SETFD, FD_CLOEXEC);
  fcntl (*child_fd, F_SETFD, FD_CLOEXEC);
  begin_watch (self);
  return ioctl (self->fd, TIOCPKT, &on) == 0;
}

ExecTerminal *
exec_terminal_new (int own_fd, int *child_fd)
{
  ExecTerminal *self = g_new0 (ExecTerminal, 1);

  self->own_fd = own_fd;
  self->fd = self->keys_fd = self->watch_fd = -1;
  *child_fd = -1;
  if (begin (self, own_fd, child_fd))
    return self;
  clear_fd (child_fd);
  exec_terminal_free (self);
  return NULL;
}

void
exec_terminal_free (ExecTerminal *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->watch_source, g_source_remove);
  g_clear_handle_id (&self->keys_source, g_source_remove);
  clear_fd (&self->watch_fd);
  clear_fd (&self->keys_fd);
  clear_fd (&self->fd);
  g_free (self);
}
