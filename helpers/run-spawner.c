/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "run-spawner.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jt-state-file.h"

#define N_FDS (JT_RUN_FD_PIPE - JT_RUN_FD_FOLDER + 1)

/* Room for descriptors beside a message, aligned as the header is. */
typedef union
{
  struct cmsghdr header;
  char           bytes[CMSG_SPACE (N_FDS * sizeof (int))];
} Ancillary;

static void
close_supervisors_fds (void)
{
  close_range (JT_RUN_FD_FOLDER, JT_RUN_FD_PIPE, 0);
}

/* Descriptors that come in take the lowest free numbers, in order: nothing else here has one of the supervisor's. */
static bool
are_in_place (const struct msghdr *message)
{
  static const int places[N_FDS] = { JT_RUN_FD_FOLDER, JT_RUN_FD_SPEC, JT_RUN_FD_PIPE };
  const struct cmsghdr *header = CMSG_FIRSTHDR (message);

  return header != NULL && header->cmsg_type == SCM_RIGHTS && header->cmsg_len == CMSG_LEN (sizeof places) &&
         memcmp (CMSG_DATA (header), places, sizeof places) == 0;
}

/* 0, or what is wrong with the request. At the end of the socket, that of the process. */
static int
take_request (JtSpawnRequest *request)
{
  Ancillary ancillary;
  struct iovec part = { request, sizeof *request };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &ancillary, .msg_controllen = sizeof ancillary };
  ssize_t n;

  do
    n = recvmsg (JT_SPAWNER_FD_SOCKET, &message, MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  if (n <= 0)
    exit (n < 0);
  if ((message.msg_flags & MSG_CTRUNC) != 0)
    return EMFILE;
  return n == sizeof *request && request->attempt > 0 && are_in_place (&message) ? 0 : EPROTO;
}

static void
send_answer (int error, int pidfd)
{
  JtSpawnAnswer answer = { .error = error };
  Ancillary ancillary = { .header = { CMSG_LEN (sizeof pidfd), SOL_SOCKET, SCM_RIGHTS } };
  struct iovec part = { &answer, sizeof answer };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

  if (pidfd >= 0)
    {
      message.msg_control = &ancillary;
      message.msg_controllen = CMSG_SPACE (sizeof pidfd);
      memcpy (CMSG_DATA (&ancillary.header), &pidfd, sizeof pidfd);
    }
  /* If nobody hears it, the next request is the end. */
  (void) !sendmsg (JT_SPAWNER_FD_SOCKET, &message, MSG_NOSIGNAL);
}

/* Children that end are nobody's business here: while SIGCHLD is ignored the kernel reaps them. Only until the descriptor of a new one
 * is had must it stay, dead or alive, for its number to be its own. True in the child. */
static bool
fork_supervisor (int *error, int *pidfd)
{
  pid_t pid;

  signal (SIGCHLD, SIG_DFL);
  pid = fork ();
  if (pid == 0)
    return true;
  *error = pid < 0 ? errno : 0;
  /* Without one the supervisor is on its way all the same. */
  *pidfd = pid < 0 ? -1 : pidfd_open (pid, 0);
  signal (SIGCHLD, SIG_IGN);
  while (waitpid (-1, NULL, WNOHANG) > 0)
    ;
  return false;
}

/* What nsswitch.conf names is loaded by the first look-up: once here, and not again in each process that is forked. Nothing of what is
 * found is kept. */
static void
load_accounts (void)
{
  gid_t group;
  int n = 1;

  getpwnam ("root");
  if (geteuid () == 0)
    getgrouplist ("root", 0, &group, &n);
}

/* A directory service that does not answer holds up those who need it, and not this process: a child goes first. */
static void
prepare_accounts (void)
{
  const struct timespec patience = { .tv_sec = 1 };
  sigset_t set;
  pid_t pid;

  sigemptyset (&set);
  sigaddset (&set, SIGCHLD);
  sigprocmask (SIG_BLOCK, &set, NULL);
  pid = fork ();
  if (pid == 0)
    {
      load_accounts ();
      _exit (0);
    }
  if (pid > 0 && sigtimedwait (&set, NULL, &patience) == SIGCHLD)
    load_accounts ();
  else if (pid > 0)
    kill (pid, SIGKILL);
  if (pid > 0)
    waitpid (pid, NULL, 0);
  sigprocmask (SIG_UNBLOCK, &set, NULL);
}

/* The arguments lie one after the other; ps(1) shows what is found there. */
static void
write_title (int argc, char *argv[], const JtSpawnRequest *request)
{
  char *end = argv[argc - 1] + strlen (argv[argc - 1]);
  char title[64];
  size_t length = (size_t) snprintf (title, sizeof title, "jobtracker-run%c%llu%c%u", '\0', (unsigned long long) request->run, '\0',
                                     request->attempt);

  memset (argv[0], '\0', (size_t) (end - argv[0]));
  if (length < (size_t) (end - argv[0]))
    memcpy (argv[0], title, length);
}

unsigned
spawner_serve (int argc, char *argv[])
{
  JtSpawnRequest request;

  /* Whatever was inherited by mistake would keep the supervisor's descriptors from their places. */
  close_range (JT_RUN_FD_FOLDER, ~0U, 0);
  if (chdir ("/") < 0)
    exit (1);
  /* What a library opens and keeps does not get their places either. */
  for (int fd = JT_RUN_FD_FOLDER; fd <= JT_RUN_FD_PIPE; fd++)
    dup2 (STDOUT_FILENO, fd);
  prepare_accounts ();
  close_supervisors_fds ();
  while (true)
    {
      int error = take_request (&request);
      int pidfd = -1;

      if (error == 0 && fork_supervisor (&error, &pidfd))
        break;
      close_supervisors_fds ();
      send_answer (error, pidfd);
      if (pidfd >= 0)
        close (pidfd);
    }
  dup2 (STDOUT_FILENO, JT_SPAWNER_FD_SOCKET);
  setsid ();
  write_title (argc, argv, &request);
  return request.attempt;
}
