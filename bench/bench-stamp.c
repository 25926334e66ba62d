/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* bench-stamp FILE: appends the instant at which it began, in microseconds since the epoch: the job whose own clock
 * tells how late it was. */

int
main (int argc, char **argv)
{
  struct timespec now;
  char line[32];
  int length, fd;

  clock_gettime (CLOCK_REALTIME, &now);
  if (argc != 2)
    return EXIT_FAILURE;
  length = snprintf (line, sizeof line, "%lld\n", (long long) now.tv_sec * 1000000 + now.tv_nsec / 1000);
  fd = open (argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  return fd >= 0 && write (fd, line, (size_t) length) == length ? EXIT_SUCCESS : EXIT_FAILURE;
}
