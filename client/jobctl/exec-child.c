/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "exec-child.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#include "jt-error.h"

static const int forwarded[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2 };
static volatile sig_atomic_t child_pid;

static void
close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

/* A terminal that changes nothing of what goes through it. */
static gboolean
open_terminal (int model_fd, int fds[2])
{
  struct termios modes;
  struct winsize size;
  gboolean has_size = ioctl (model_fd, TIOCGWINSZ, &size) == 0;

  if (tcgetattr (model_fd, &modes) < 0)
    return FALSE;
  modes.c_oflag &= (tcflag_t) ~OPOST;
  modes.c_lflag &= (tcflag_t) ~ECHO;
  if (openpty (&fds[0], &fds[1], NULL, &modes, has_size ? &size : NULL) < 0)
    return FALSE;
  fcntl (fds[0], F_SETFD, FD_CLOEXEC);
  fcntl (fds[1], F_SETFD, FD_CLOEXEC);
  return TRUE;
}

static gboolean
is_same_file (int a, int b)
{
  struct stat st_a, st_b;

  return fstat (a, &st_a) == 0 && fstat (b, &st_b) == 0 && st_a.st_dev == st_b.st_dev && st_a.st_ino == st_b.st_ino;
}

/* @ends: what the child writes to for stdout and stderr. */
static gboolean
open_streams (ExecChild *child, int ends[2], GError **error)
{
  for (int i = 0; i < 2; i++)
    {
      int own = i + 1;
      int fds[2];

      /* One terminal, one stream: their order is the order on the screen. */
      if (i == 1 && isatty (1) && isatty (2) && is_same_file (1, 2))
        {
          ends[1] = dup (ends[0]);
          break;
        }
      if (!(isatty (own) && open_terminal (own, fds)) && !g_unix_open_pipe (fds, FD_CLOEXEC, error))
        return FALSE;
      child->out_fds[i] = fds[0];
      ends[i] = fds[1];
    }
  return TRUE;
}

/* Between fork() and exec(): async-signal-safe calls only. */
G_NORETURN static void
become (char **argv, char **envp, const int ends[2], int error_fd)
{
  sigset_t none;
  int failure;

  signal (SIGPIPE, SIG_DFL);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  for (int i = 0; i < 2; i++)
    if (ends[i] >= 0)
      dup2 (ends[i], i + 1);
  execvpe (argv[0], argv, envp);
  failure = errno;
  (void) !write (error_fd, &failure, sizeof failure);
  _exit (127);
}

static void
close_ends (int ends[2])
{
  close_fd (&ends[0]);
  close_fd (&ends[1]);
}

gboolean
exec_child_spawn (ExecChild *child, char **argv, char **envp, gboolean reads, GError **error)
{
  int ends[2] = { -1, -1 };
  int report[2];

  *child = (ExecChild){ .pidfd = -1, .out_fds = { -1, -1 } };
  if (!g_unix_open_pipe (report, FD_CLOEXEC, error) || (reads && !open_streams (child, ends, error)))
    return FALSE;
  child->pid = fork ();
  if (child->pid == 0)
    become (argv, envp, ends, report[1]);
  close_ends (ends);
  close (report[1]);
  if (child->pid < 0)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_OVERLOADED, _("could not start another process: %s"), g_strerror (errno));
      close (report[0]);
      return FALSE;
    }
  if (read (report[0], &child->error, sizeof child->error) != sizeof child->error)
    child->error = 0;
  close (report[0]);
  child->pidfd = pidfd_open (child->pid, 0);
  return TRUE;
}

/* What a terminal's keys send goes to the whole foreground group, the child included: it is not passed on a second time. */
static void
pass_on (int number, siginfo_t *info, void *unused)
{
  int saved = errno;

  if (child_pid > 0 && info->si_code <= 0)
    kill (child_pid, number);
  errno = saved;
}

void
exec_child_forward_signals (ExecChild *child)
{
  struct sigaction action = { .sa_sigaction = pass_on, .sa_flags = SA_SIGINFO | SA_RESTART };

  child_pid = child->pid;
  for (guint i = 0; i < G_N_ELEMENTS (forwarded); i++)
    {
      struct sigaction old;

      /* Under nohup(1) and the like the child ignores it too. */
      if (sigaction (forwarded[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
        sigaction (forwarded[i], &action, NULL);
    }
}

void
exec_child_signal (ExecChild *child, int number)
{
  if (child->pid > 0)
    kill (child->pid, number);
}

void
exec_child_resize (ExecChild *child)
{
  struct winsize size;

  for (int i = 0; i < 2; i++)
    if (child->out_fds[i] >= 0 && ioctl (i + 1, TIOCGWINSZ, &size) == 0)
      ioctl (child->out_fds[i], TIOCSWINSZ, &size);
}

int
exec_child_reap (ExecChild *child, struct rusage *usage)
{
  pid_t pid = child->pid;
  int status = 0;

  /* Until it is reaped its number is its own: nothing is sent to it after that. */
  child->pid = 0;
  child_pid = 0;
  while (wait4 (pid, &status, 0, usage) < 0 && errno == EINTR)
    ;
  close_fd (&child->pidfd);
  return status;
}
