/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include <glib-unix.h>

#include "jt-error.h"
#include "jt-state-file.h"

/* Above the numbers that the supervisor finds its descriptors under, so that no dup2() hits another's source. */
#define FIRST_FREE_FD 10

static int
move_up (int fd)
{
  int moved;

  if (fd < 0)
    return -1;
  moved = fcntl (fd, F_DUPFD_CLOEXEC, FIRST_FREE_FD);
  close (fd);
  return moved;
}

static int
make_spec_fd (GByteArray *spec)
{
  int fd = move_up (memfd_create ("jobtracker-spec", MFD_CLOEXEC | MFD_ALLOW_SEALING));

  if (fd >= 0 && write (fd, spec->data, spec->len) == (gssize) spec->len &&
      fcntl (fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0)
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

static int
spawn (const char *path, int folder_fd, int spec_fd, int pipe_fd, guint64 run, guint attempt, GPid *pid)
{
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, run);
  g_autofree char *number = g_strdup_printf ("%u", attempt);
  g_autofree char *language = g_strdup_printf ("LANG=%s", g_getenv ("LANG") != NULL ? g_getenv ("LANG") : "C.UTF-8");
  char *argv[] = { (char *) "jobtracker-run", id, number, NULL };
  char *environment[] = { language, NULL };
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t all;
  sigset_t none;
  int result;

  sigfillset (&all);
  sigemptyset (&none);
  posix_spawnattr_init (&attributes);
  posix_spawnattr_setflags (&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  posix_spawnattr_setsigdefault (&attributes, &all);
  posix_spawnattr_setsigmask (&attributes, &none);
  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_addopen (&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen (&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen (&actions, 2, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2 (&actions, folder_fd, JT_RUN_FD_FOLDER);
  posix_spawn_file_actions_adddup2 (&actions, spec_fd, JT_RUN_FD_SPEC);
  posix_spawn_file_actions_adddup2 (&actions, pipe_fd, JT_RUN_FD_PIPE);
  result = posix_spawn (pid, path, &actions, &attributes, argv, environment);
  posix_spawn_file_actions_destroy (&actions);
  posix_spawnattr_destroy (&attributes);
  return result;
}

static gboolean
set_errno_error (GError **error, const char *what, int number)
{
  g_set_error (error, JT_ERROR, JT_ERROR_OVERLOADED, "could not %s: %s", what, g_strerror (number));
  return FALSE;
}

gboolean
jt_spawn_supervisor (const char *path, int folder_fd, GByteArray *spec, guint64 run, guint attempt, JtSpawned *spawned, GError **error)
{
  int spec_fd = make_spec_fd (spec);
  int folder_high = fcntl (folder_fd, F_DUPFD_CLOEXEC, FIRST_FREE_FD);
  int fds[2] = { -1, -1 };
  int result = EMFILE;

  if (spec_fd >= 0 && folder_high >= 0 && pipe2 (fds, O_CLOEXEC) == 0)
    {
      fds[1] = move_up (fds[1]);
      result = spawn (path, folder_high, spec_fd, fds[1], run, attempt, &spawned->pid);
    }
  if (spec_fd >= 0)
    close (spec_fd);
  if (folder_high >= 0)
    close (folder_high);
  if (fds[1] >= 0)
    close (fds[1]);
  if (result != 0)
    {
      if (fds[0] >= 0)
        close (fds[0]);
      return set_errno_error (error, "start the supervisor", result);
    }
  g_unix_set_fd_nonblocking (fds[0], TRUE, NULL);
  spawned->pipe_fd = fds[0];
  /* Whether this succeeds or not, the supervisor is on its way: that is never a failure to start. */
  spawned->pidfd = pidfd_open (spawned->pid, 0);
  return TRUE;
}
