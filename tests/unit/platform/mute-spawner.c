/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */

/* A spawner that makes the supervisor that it is asked for, and is gone before it says so. */

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "jt-state-file.h"

int
main (void)
{
  JtSpawnRequest request;
  char room[CMSG_SPACE (3 * sizeof (int))];
  struct iovec part = { &request, sizeof request };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room };
  char run[32];
  char attempt[16];

  /* (they take the lowest free numbers, which are the supervisor's) */
  if (recvmsg (JT_SPAWNER_FD_SOCKET, &message, 0) != sizeof request || fork () != 0)
    return 1;
  dup2 (STDOUT_FILENO, JT_SPAWNER_FD_SOCKET);
  snprintf (run, sizeof run, "%llu", (unsigned long long) request.run);
  snprintf (attempt, sizeof attempt, "%u", request.attempt);
  execl (JOBTRACKER_RUN, "jobtracker-run", run, attempt, NULL);
  return 1;
}
