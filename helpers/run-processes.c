/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "run-processes.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  pid_t pid;
  pid_t parent;
  char  state;
  char  is_ours;
} Process;

/* The text after the name in /proc/PID/stat, which may itself hold spaces and parentheses (proc(5)). */
static const char *
read_stat (pid_t pid, char *buffer, size_t size)
{
  char path[32];
  char *end;
  ssize_t n;
  int fd;

  snprintf (path, sizeof path, "/proc/%d/stat", pid);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return NULL;
  n = read (fd, buffer, size - 1);
  close (fd);
  if (n <= 0)
    return NULL;
  buffer[n] = '\0';
  end = strrchr (buffer, ')');
  return end == NULL || end[1] != ' ' ? NULL : end + 2;
}

uint64_t
process_start_time (pid_t pid)
{
  char buffer[1024];
  const char *at = read_stat (pid, buffer, sizeof buffer);

  /* `at` is field 3; 19 more spaces to field 22 */
  for (int field = 3; at != NULL && field < 22; field++)
    {
      at = strchr (at, ' ');
      at = at == NULL ? NULL : at + 1;
    }
  return at == NULL ? 0 : strtoull (at, NULL, 10);
}

static Process *
list_processes (size_t *count)
{
  DIR *proc = opendir ("/proc");
  Process *list = NULL;
  size_t room = 0;
  struct dirent *entry;

  *count = 0;
  while (proc != NULL && (entry = readdir (proc)) != NULL)
    {
      char buffer[1024];
      const char *at;
      pid_t pid;

      if (!isdigit ((unsigned char) entry->d_name[0]))
        continue;
      pid = (pid_t) strtol (entry->d_name, NULL, 10);
      at = read_stat (pid, buffer, sizeof buffer);
      if (at == NULL)
        continue;
      if (*count == room)
        {
          Process *grown = realloc (list, (room = room * 2 + 256) * sizeof *list);

          if (grown == NULL)
            break;
          list = grown;
        }
      list[(*count)++] = (Process) { .pid = pid, .parent = (pid_t) strtol (at + 2, NULL, 10), .state = *at };
    }
  if (proc != NULL)
    closedir (proc);
  return list;
}

static int
compare_pids (const void *a, const void *b)
{
  const Process *left = a;
  const Process *right = b;

  return (left->pid > right->pid) - (left->pid < right->pid);
}

/* Marks descendants of ours until a pass finds no more. */
static void
mark_ours (Process *list, size_t count)
{
  pid_t self = getpid ();
  int has_more = count > 0;

  if (count > 0)
    qsort (list, count, sizeof *list, compare_pids);
  while (has_more)
    {
      has_more = 0;
      for (size_t i = 0; i < count; i++)
        {
          Process key = { .pid = list[i].parent };
          Process *parent;

          if (list[i].is_ours)
            continue;
          parent = list[i].parent == self ? NULL : bsearch (&key, list, count, sizeof *list, compare_pids);
          list[i].is_ours = list[i].parent == self || (parent != NULL && parent->is_ours);
          has_more |= list[i].is_ours;
        }
    }
}

unsigned
processes_signal_all (int signal_number)
{
  size_t count;
  Process *list = list_processes (&count);
  unsigned n_ours = 0;

  mark_ours (list, count);
  for (size_t i = 0; i < count; i++)
    {
      if (!list[i].is_ours || list[i].state == 'Z')
        continue;
      n_ours++;
      if (signal_number != 0)
        kill (list[i].pid, signal_number);
    }
  free (list);
  return n_ours;
}
