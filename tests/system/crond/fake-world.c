/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */

/* The world in which a cron daemon runs when it is preloaded with this. Its clock moves only by its own sleeping, so that a day takes
 * milliseconds; its tables, its lock and what it writes are below a folder; whoever runs it is root; and nothing is ever started: each
 * fork is written down with the time it happened at.
 *
 * JT_WORLD: the folder. JT_WORLD_FROM, JT_WORLD_UNTIL: seconds since the epoch; the daemon ends with the latter. Its messages go to
 * JT_WORLD/log, the times of its forks, in seconds and a line each, to JT_WORLD/starts. Alone: the C library and nothing else, as it is
 * not our program that it is loaded into. */

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

/* cron waits for ten seconds behind a start when it catches up. That makes the next ones late and is no part of when they are due, so it
 * takes no time here. */
#define PACE 10
#define MAX_PATH 512
#define NO_CHILD 99999999 /* larger than any pid */
/* Of real time: a daemon that sleeps in a way that is not known here does not stay. */
#define PATIENCE 60

#define NEXT(function) ((__typeof__ (&function)) next_function (#function))

static time_t now, until;
static const char *world;
static FILE *starts, *messages;
static int has_started; /* since it slept */

static void *
next_function (const char *name)
{
  void *function = dlsym (RTLD_NEXT, name);

  if (function == NULL)
    abort ();
  return function;
}

static const char *
setting (const char *name)
{
  const char *value = getenv (name);

  if (value == NULL)
    {
      fprintf (stderr, "%s is not set\n", name);
      _exit (3);
    }
  return value;
}

/* --- files --- */

/* Where a file of cron's is here; all others are where they are. */
static const char *
place (const char *path, char buffer[MAX_PATH])
{
  static const char *const of_cron[] = { "/etc/cron", "/var/spool/cron", "/var/run/crond", "/run/crond", "/etc/timezone", "/etc/environment", "/etc/default" };

  for (size_t i = 0; i < sizeof of_cron / sizeof of_cron[0]; i++)
    if (strncmp (path, of_cron[i], strlen (of_cron[i])) == 0)
      {
        if (snprintf (buffer, MAX_PATH, "%s%s", world, path) >= MAX_PATH)
          abort ();
        return buffer;
      }
  return path;
}

FILE *
fopen (const char *path, const char *mode)
{
  char buffer[MAX_PATH];

  return NEXT (fopen) (place (path, buffer), mode);
}

int
open (const char *path, int flags, ...)
{
  char buffer[MAX_PATH];
  va_list arguments;
  mode_t mode;

  va_start (arguments, flags);
  mode = (flags & O_CREAT) != 0 ? (mode_t) va_arg (arguments, int) : 0;
  va_end (arguments);
  return NEXT (open) (place (path, buffer), flags, mode);
}

int
creat (const char *path, mode_t mode)
{
  return open (path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

DIR *
opendir (const char *path)
{
  char buffer[MAX_PATH];

  return NEXT (opendir) (place (path, buffer));
}

int
access (const char *path, int mode)
{
  char buffer[MAX_PATH];

  return NEXT (access) (place (path, buffer), mode);
}

int
chdir (const char *path)
{
  char buffer[MAX_PATH];

  return NEXT (chdir) (place (path, buffer));
}

int
mkdir (const char *path, mode_t mode)
{
  char buffer[MAX_PATH];

  return NEXT (mkdir) (place (path, buffer), mode);
}

/* Tables have to be root's. */
int
stat (const char *path, struct stat *info)
{
  char buffer[MAX_PATH];
  int result = fstatat (AT_FDCWD, place (path, buffer), info, 0);

  info->st_uid = 0;
  return result;
}

int
lstat (const char *path, struct stat *info)
{
  char buffer[MAX_PATH];
  int result = fstatat (AT_FDCWD, place (path, buffer), info, AT_SYMLINK_NOFOLLOW);

  info->st_uid = 0;
  return result;
}

int
fstat (int fd, struct stat *info)
{
  int result = fstatat (fd, "", info, AT_EMPTY_PATH);

  info->st_uid = 0;
  return result;
}

int
chown (const char *path, uid_t user, gid_t group)
{
  return 0;
}

/* The names that they have for whoever is compiled for large files; with words of 64 bits there is no other difference. */
#define ALSO_64(function) extern __typeof__ (function) large_##function __asm__ (#function "64") __attribute__ ((alias (#function)))

ALSO_64 (fopen);
ALSO_64 (open);
ALSO_64 (creat);
ALSO_64 (stat);
ALSO_64 (lstat);
ALSO_64 (fstat);

/* --- accounts --- */

int
setuid (uid_t user)
{
  return 0;
}

int
seteuid (uid_t user)
{
  return 0;
}

int is_selinux_enabled (void);

int
is_selinux_enabled (void)
{
  return 0;
}

/* --- messages --- */

void
openlog (const char *name, int options, int facility)
{
}

void
closelog (void)
{
}

static void
write_message (const char *format, va_list arguments)
{
  vfprintf (messages, format, arguments);
  fputc ('\n', messages);
}

void
syslog (int priority, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  write_message (format, arguments);
  va_end (arguments);
}

void __syslog_chk (int priority, int flag, const char *format, ...);

void
__syslog_chk (int priority, int flag, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  write_message (format, arguments);
  va_end (arguments);
}

/* --- time, and what is started --- */

time_t
time (time_t *result)
{
  if (result != NULL)
    *result = now;
  return now;
}

unsigned
sleep (unsigned seconds)
{
  if (seconds != PACE || !has_started)
    now += seconds;
  has_started = 0;
  if (now < until)
    return 0;
  if (fclose (starts) != 0 || fclose (messages) != 0)
    _exit (4);
  _exit (0);
}

pid_t
fork (void)
{
  has_started = 1;
  fprintf (starts, "%lld\n", (long long) now);
  return NO_CHILD;
}

pid_t
waitpid (pid_t pid, int *status, int options)
{
  errno = ECHILD;
  return -1;
}

static FILE *
open_record (const char *name)
{
  char path[MAX_PATH];
  FILE *file;

  snprintf (path, sizeof path, "%s/%s", world, name);
  file = NEXT (fopen) (path, "we");
  if (file == NULL)
    {
      perror (path);
      _exit (3);
    }
  return file;
}

__attribute__ ((constructor)) static void
begin (void)
{
  world = setting ("JT_WORLD");
  now = (time_t) strtoll (setting ("JT_WORLD_FROM"), NULL, 10);
  until = (time_t) strtoll (setting ("JT_WORLD_UNTIL"), NULL, 10);
  alarm (PATIENCE);
  starts = open_record ("starts");
  messages = open_record ("log");
}
