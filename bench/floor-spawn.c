/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "bench-common.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* floor-spawn COUNT IN-FLIGHT: starts /bin/true with its output on a pipe, reads to the end, reaps; prints how many a
 * second. The limit of every launcher on this machine. */

#define MAX_IN_FLIGHT 64

extern char **environ;

typedef struct
{
  pid_t pid;
} Child;

static void
start_child (Child *child, struct pollfd *output)
{
  static char *const arguments[] = { (char *) "/bin/true", NULL };
  posix_spawn_file_actions_t actions;
  int ends[2];

  if (pipe2 (ends, O_CLOEXEC) != 0)
    g_error ("could not make a pipe: %m");
  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_adddup2 (&actions, ends[1], STDOUT_FILENO);
  if (posix_spawn (&child->pid, arguments[0], &actions, NULL, arguments, environ) != 0)
    g_error ("could not start %s", arguments[0]);
  posix_spawn_file_actions_destroy (&actions);
  close (ends[1]);
  output->fd = ends[0];
  output->events = POLLIN;
}

/* TRUE when the child has closed its output, and is then reaped. */
static gboolean
finish_child (Child *child, struct pollfd *output)
{
  char buffer[4096];

  if (read (output->fd, buffer, sizeof buffer) > 0)
    return FALSE;
  close (output->fd);
  output->fd = -1;
  waitpid (child->pid, NULL, 0);
  return TRUE;
}

static void
run_all (guint count, guint in_flight)
{
  Child children[MAX_IN_FLIGHT];
  struct pollfd outputs[MAX_IN_FLIGHT];
  guint started = 0, finished = 0;

  for (guint i = 0; i < in_flight; i++)
    outputs[i] = (struct pollfd){ .fd = -1 };
  while (finished < count)
    {
      for (guint i = 0; i < in_flight && started < count; i++)
        if (outputs[i].fd < 0)
          {
            start_child (&children[i], &outputs[i]);
            started++;
          }
      poll (outputs, in_flight, -1);
      for (guint i = 0; i < in_flight; i++)
        if (outputs[i].fd >= 0 && outputs[i].revents != 0)
          finished += finish_child (&children[i], &outputs[i]);
    }
}

int
main (int argc, char **argv)
{
  guint count, in_flight;
  double start;

  if (argc != 3)
    g_error ("usage: floor-spawn COUNT IN-FLIGHT");
  count = bench_parse_count (argv[1], 1000000);
  in_flight = bench_parse_count (argv[2], MAX_IN_FLIGHT);
  start = bench_now_seconds ();
  run_all (count, in_flight);
  printf ("%.1f\n", count / (bench_now_seconds () - start));
  return EXIT_SUCCESS;
}
