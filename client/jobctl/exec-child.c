/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "exec-child.h"

#include <errno.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#include "jt-error.h"

#define MAX_PROCESSES 4096

/* Passed on at once, also while output is held up; and those of job control, after which there is more to do. Handlers, because
 * any thread may be given them. */
static const int handled[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGTSTP, SIGCONT, SIGCHLD };

static struct sigaction pipe_action;
static volatile sig_atomic_t child_pid;
static volatile sig_atomic_t is_early[G_N_ELEMENTS (handled)]; /* came before there was a child to pass it on to */
static volatile sig_atomic_t wake_fd = -1;

static void
close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

/* What a terminal's keys send goes to the whole foreground group, the child included: it is not passed on a second time. */
static void
pass_on (int number, siginfo_t *info, void *unused)
{
  int saved = errno;

  for (guint i = 0; i < G_N_ELEMENTS (handled); i++)
    if (handled[i] == number && number != SIGCHLD && info->si_code <= 0)
      {
        if (child_pid > 0)
          kill (child_pid, number);
        else
          is_early[i] = 1;
      }
  if (number == SIGCHLD || number == SIGCONT)
    (void) !write (wake_fd, "", 1);
  errno = saved;
}

/* --- begin --- */

void
exec_child_remember_signals (void)
{
  sigaction (SIGPIPE, NULL, &pipe_action);
}

/* What the child gets back as it was. */
typedef struct
{
  sigset_t         mask;
  struct sigaction handled[G_N_ELEMENTS (handled)];
} Signals;

/* Between fork() and exec(): async-signal-safe calls only. */
G_NORETURN static void
become (char **argv, char **envp, const int out_fds[2], const Signals *signals, int error_fd)
{
  int failure;

  for (int i = 0; i < 2; i++)
    if (out_fds[i] >= 0)
      dup2 (out_fds[i], i + 1);
  for (guint i = 0; i < G_N_ELEMENTS (handled); i++)
    sigaction (handled[i], &signals->handled[i], NULL);
  sigaction (SIGPIPE, &pipe_action, NULL);
  sigprocmask (SIG_SETMASK, &signals->mask, NULL);
  execvpe (argv[0], argv, envp);
  failure = errno;
  (void) !write (error_fd, &failure, sizeof failure);
  _exit (127);
}

/* From here on none ends us alone. What is ignored, as under nohup(1), stays so, here and in the child. */
static void
hold_signals (Signals *signals)
{
  struct sigaction action = { .sa_sigaction = pass_on, .sa_flags = SA_SIGINFO | SA_RESTART };
  struct sigaction ignore = { .sa_handler = SIG_IGN };
  sigset_t held;

  sigemptyset (&held);
  for (guint i = 0; i < G_N_ELEMENTS (handled); i++)
    sigaddset (&held, handled[i]);
  sigprocmask (SIG_BLOCK, &held, &signals->mask);
  sigaction (SIGPIPE, &ignore, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (handled); i++)
    if (sigaction (handled[i], NULL, &signals->handled[i]) == 0 && (signals->handled[i].sa_handler != SIG_IGN || handled[i] == SIGCHLD))
      sigaction (handled[i], &action, NULL);
}

static void
release_signals (const Signals *signals)
{
  for (guint i = 0; i < G_N_ELEMENTS (handled); i++)
    if (is_early[i] && child_pid > 0)
      kill (child_pid, handled[i]);
  sigprocmask (SIG_SETMASK, &signals->mask, NULL);
}

static int
read_failure (int fd)
{
  int failure = 0;

  return read (fd, &failure, sizeof failure) == sizeof failure ? failure : 0;
}

static gboolean
open_wake (ExecChild *child, GError **error)
{
  int fds[2];

  if (!g_unix_open_pipe (fds, FD_CLOEXEC, error))
    return FALSE;
  g_unix_set_fd_nonblocking (fds[0], TRUE, NULL);
  g_unix_set_fd_nonblocking (fds[1], TRUE, NULL);
  child->signal_fd = fds[0];
  wake_fd = fds[1];
  return TRUE;
}

gboolean
exec_child_spawn (ExecChild *child, char **argv, char **envp, const int out_fds[2], GError **error)
{
  Signals signals;
  int report[2];

  *child = (ExecChild){ .pidfd = -1, .signal_fd = -1 };
  if (!open_wake (child, error) || !g_unix_open_pipe (report, FD_CLOEXEC, error))
    return FALSE;
  hold_signals (&signals);
  child->pid = fork ();
  if (child->pid == 0)
    become (argv, envp, out_fds, &signals, report[1]);
  close (report[1]);
  child_pid = MAX (child->pid, 0);
  if (child->pid < 0)
    g_set_error (error, JT_ERROR, JT_ERROR_OVERLOADED, _("could not start another process: %s"), g_strerror (errno));
  release_signals (&signals);
  if (child->pid > 0)
    {
      child->error = read_failure (report[0]);
      child->pidfd = pidfd_open (child->pid, 0);
    }
  close (report[0]);
  return child->pid > 0;
}

/* --- job control --- */

/* By default, as the child was. In a group that no shell looks after the kernel does not let us. */
static void
stop_ourselves (int number)
{
  struct sigaction by_default = { .sa_handler = SIG_DFL };
  struct sigaction before;

  sigaction (number, &by_default, &before);
  raise (number);
  sigaction (number, &before, NULL);
}

/* Stopped by a key, or for its wish to use the terminal from the background; SIGSTOP is nobody's wish that we stop. */
static gboolean
has_stopped (ExecChild *child, int *number)
{
  siginfo_t info = { 0 };

  if (child->pid <= 0 || waitid (P_PID, (id_t) child->pid, &info, WSTOPPED | WNOHANG) < 0 || info.si_pid == 0)
    return FALSE;
  *number = info.si_status;
  return *number == SIGTSTP || *number == SIGTTIN || *number == SIGTTOU;
}

void
exec_child_take_signals (ExecChild *child, ExecStopFunc stop, gpointer user_data)
{
  char bytes[64];
  int number;

  while (read (child->signal_fd, bytes, sizeof bytes) > 0)
    ;
  if (!has_stopped (child, &number))
    return;
  stop (FALSE, user_data);
  stop_ourselves (number);
  kill (child->pid, SIGCONT);
  stop (TRUE, user_data);
}

/* --- all of it --- */

static void
add_children_of_thread (const char *pid, const char *thread, GArray *pids)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/task/%s/children", pid, thread);
  g_autofree char *text = NULL;
  g_auto (GStrv) words = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return;
  words = g_strsplit (g_strchomp (text), " ", -1);
  for (guint i = 0; words[i] != NULL && pids->len < MAX_PROCESSES; i++)
    {
      pid_t child = (pid_t) g_ascii_strtoll (words[i], NULL, 10);

      if (child > 0)
        g_array_append_val (pids, child);
    }
}

static void
add_children (pid_t parent, GArray *pids)
{
  g_autofree char *pid = g_strdup_printf ("%d", parent);
  g_autofree char *path = g_strdup_printf ("/proc/%s/task", pid);
  g_autoptr (GDir) threads = g_dir_open (path, 0, NULL);
  const char *thread;

  while (threads != NULL && (thread = g_dir_read_name (threads)) != NULL)
    add_children_of_thread (pid, thread, pids);
}

/* All are found before the first is signalled, which might leave its own to nobody. */
void
exec_child_signal_all (ExecChild *child, int number)
{
  g_autoptr (GArray) pids = g_array_new (FALSE, FALSE, sizeof (pid_t));

  if (child->pid <= 0)
    return;
  g_array_append_val (pids, child->pid);
  for (guint i = 0; i < pids->len; i++)
    add_children (g_array_index (pids, pid_t, i), pids);
  for (guint i = 0; i < pids->len; i++)
    kill (g_array_index (pids, pid_t, i), number);
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
