/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-spawner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jt-error.h"
#include "jt-state-file.h"

/* What the spawner's arguments take up is where each supervisor writes its own: see to it that they find room. */
#define TITLE "makes the supervisors of runs"
#define N_FDS 3
#define CLOSED_BY_HAND 32

struct _JtSpawner
{
  char  *path;
  guint  timeout_msec;
  GMutex lock;   /* of what follows, and of one request with its answer */
  int    socket; /* -1: there is no spawner */
  GPid   pid;
};

/* Room for descriptors beside a message, aligned as the header is. */
typedef union
{
  struct cmsghdr header;
  char           bytes[CMSG_SPACE (N_FDS * sizeof (int))];
} Ancillary;

static void
clear_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

/* --- the process --- */

static int
spawn (JtSpawner *self, int socket_fd)
{
  g_autofree char *language = g_strdup_printf ("LANG=%s", g_getenv ("LANG") != NULL ? g_getenv ("LANG") : "C.UTF-8");
  char *argv[] = { (char *) "jobtracker-run", (char *) "--spawner", (char *) TITLE, NULL };
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
  posix_spawn_file_actions_adddup2 (&actions, socket_fd, JT_SPAWNER_FD_SOCKET);
  posix_spawn_file_actions_addopen (&actions, 1, "/dev/null", O_RDWR, 0);
  posix_spawn_file_actions_addopen (&actions, 2, "/dev/null", O_RDWR, 0);
  /* Executing the program would close these as well, but last first, and an inotify takes the kernel some 20 ms. If the daemon is killed
   * at this moment, the next one must not find the lock of its state directory, opened before all else, held for so long. */
  for (int fd = STDERR_FILENO + 1; fd < CLOSED_BY_HAND; fd++)
    posix_spawn_file_actions_addclose (&actions, fd);
  result = posix_spawn (&self->pid, self->path, &actions, &attributes, argv, environment);
  posix_spawn_file_actions_destroy (&actions);
  posix_spawnattr_destroy (&attributes);
  return result;
}

/* 0 or an errno. */
static int
open_spawner (JtSpawner *self)
{
  struct timeval timeout = { self->timeout_msec / 1000, self->timeout_msec % 1000 * 1000 };
  int fds[2];
  int result;

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
    return errno;
  setsockopt (fds[0], SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  result = spawn (self, fds[1]);
  close (fds[1]);
  if (result != 0)
    close (fds[0]);
  else
    self->socket = fds[0];
  return result;
}

/* One that was stopped would still be there, and hold requests that nobody waits for. */
static void
close_spawner (JtSpawner *self)
{
  if (self->socket < 0)
    return;
  clear_fd (&self->socket);
  kill (self->pid, SIGKILL);
  TEMP_FAILURE_RETRY (waitpid (self->pid, NULL, 0));
}

/* --- one request --- */

static gboolean
send_request (JtSpawner *self, JtSpawnRequest *request, const int *fds)
{
  Ancillary ancillary = { .header = { CMSG_LEN (N_FDS * sizeof *fds), SOL_SOCKET, SCM_RIGHTS } };
  struct iovec part = { request, sizeof *request };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &ancillary, .msg_controllen = sizeof ancillary };

  memcpy (CMSG_DATA (&ancillary.header), fds, N_FDS * sizeof *fds);
  return TEMP_FAILURE_RETRY (sendmsg (self->socket, &message, MSG_NOSIGNAL)) >= 0;
}

/* FALSE: the spawner is gone, or too late. */
static gboolean
take_answer (JtSpawner *self, JtSpawnAnswer *answer, int *pidfd)
{
  Ancillary ancillary;
  struct iovec part = { answer, sizeof *answer };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &ancillary, .msg_controllen = sizeof ancillary };
  struct cmsghdr *header;

  if (TEMP_FAILURE_RETRY (recvmsg (self->socket, &message, MSG_CMSG_CLOEXEC)) != sizeof *answer)
    return FALSE;
  header = CMSG_FIRSTHDR (&message);
  if (header != NULL && header->cmsg_type == SCM_RIGHTS && header->cmsg_len == CMSG_LEN (sizeof *pidfd))
    memcpy (pidfd, CMSG_DATA (header), sizeof *pidfd);
  return TRUE;
}

/* 0 or an errno: no process was made. Without @pidfd then, nobody knows. */
static int
ask (JtSpawner *self, JtSpawnRequest *request, const int *fds, int *pidfd)
{
  gboolean is_sent = self->socket >= 0 && send_request (self, request, fds);
  JtSpawnAnswer answer = { 0 };

  if (!is_sent)
    {
      int result;

      /* Killed since the last request, so it has not seen this one: another may be asked. */
      close_spawner (self);
      result = open_spawner (self);
      if (result != 0)
        return result;
      is_sent = send_request (self, request, fds);
    }
  if (!is_sent || !take_answer (self, &answer, pidfd))
    close_spawner (self);
  return answer.error;
}

/* Nobody but the supervisor gets hold of it, so it is not sealed. */
static int
make_spec_fd (GByteArray *spec)
{
  int fd = memfd_create ("jobtracker-spec", MFD_CLOEXEC);

  if (fd >= 0 && write (fd, spec->data, spec->len) != (gssize) spec->len)
    clear_fd (&fd);
  return fd;
}

JtSpawner *
jt_spawner_new (const char *path, guint timeout_msec)
{
  JtSpawner *self = g_new0 (JtSpawner, 1);

  self->path = g_strdup (path);
  self->timeout_msec = timeout_msec;
  self->socket = -1;
  g_mutex_init (&self->lock);
  return self;
}

void
jt_spawner_free (JtSpawner *self)
{
  close_spawner (self);
  g_mutex_clear (&self->lock);
  g_free (self->path);
  g_free (self);
}

gboolean
jt_spawner_start (JtSpawner *self, int folder_fd, GByteArray *spec, guint64 run, guint attempt, JtSpawned *spawned, GError **error)
{
  JtSpawnRequest request = { .run = run, .attempt = attempt };
  int ends[2] = { -1, -1 };
  int fds[N_FDS] = { folder_fd, make_spec_fd (spec), -1 };
  int result = EMFILE;

  spawned->pidfd = spawned->pipe_fd = -1;
  if (fds[1] >= 0 && pipe2 (ends, O_CLOEXEC | O_NONBLOCK) == 0)
    {
      fds[2] = ends[1];
      g_mutex_lock (&self->lock);
      result = ask (self, &request, fds, &spawned->pidfd);
      g_mutex_unlock (&self->lock);
    }
  clear_fd (&fds[1]);
  clear_fd (&ends[1]);
  if (spawned->pidfd >= 0)
    spawned->pipe_fd = g_steal_fd (&ends[0]);
  clear_fd (&ends[0]);
  if (result != 0)
    g_set_error (error, JT_ERROR, JT_ERROR_OVERLOADED, "could not start the supervisor: %s", g_strerror (result));
  return result == 0;
}
