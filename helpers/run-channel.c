/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "run-channel.h"

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_ARGUMENTS 8
#define MAX_FILES 256
#define MAX_CPU_SECONDS 3600
/* Above what the account runs already, threads counted. */
#define MAX_PROCESSES 64
/* Address space that programs reserve and never touch: stacks of threads, arenas, locales. */
#define RESERVED_BYTES ((rlim_t) 1024 * 1024 * 1024)
#define PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static int __attribute__ ((format (printf, 1, 2)))
fail (const char *format, ...)
{
  char words[512];
  va_list arguments;

  va_start (arguments, format);
  vsnprintf (words, sizeof words, format, arguments);
  va_end (arguments);
  fputs ("{\"type\":\"problem\",\"reason\":\"", stdout);
  for (const char *at = words; *at != '\0'; at++)
    {
      if (*at == '"' || *at == '\\')
        putchar ('\\');
      putchar ((unsigned char) *at < ' ' ? ' ' : *at);
    }
  fputs ("\"}\n", stdout);
  fflush (stdout);
  return 127;
}

/* How many threads @uid has, which is what the kernel counts. */
static rlim_t
count_processes (uid_t uid)
{
  DIR *proc = opendir ("/proc");
  struct dirent *entry;
  rlim_t count = 0;

  while (proc != NULL && (entry = readdir (proc)) != NULL)
    {
      char path[300];
      struct stat info;

      if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
        continue;
      snprintf (path, sizeof path, "/proc/%s/task", entry->d_name);
      /* A folder has two links, and one more for each thread. */
      if (stat (path, &info) == 0 && info.st_uid == uid && info.st_nlink > 2)
        count += info.st_nlink - 2;
    }
  if (proc != NULL)
    closedir (proc);
  return count;
}

/* Never more than there was. */
static bool
lower (int resource, rlim_t most)
{
  struct rlimit limit;

  if (getrlimit (resource, &limit) < 0)
    return false;
  if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < most)
    most = limit.rlim_max;
  limit = (struct rlimit) { most, most };
  return setrlimit (resource, &limit) == 0;
}

static bool
set_limits (uid_t uid)
{
  return lower (RLIMIT_NOFILE, MAX_FILES) && lower (RLIMIT_CORE, 0) && lower (RLIMIT_CPU, MAX_CPU_SECONDS)
         && lower (RLIMIT_NPROC, count_processes (uid) + MAX_PROCESSES);
}

/* Last of all: this process itself might have more already. */
static bool
set_memory (rlim_t most)
{
  return most == 0 || (lower (RLIMIT_AS, most + RESERVED_BYTES) && lower (RLIMIT_DATA, most));
}

/* Groups first, the user last: each step needs the right that the last one gives away. */
static bool
become (const struct passwd *account)
{
  if (geteuid () == account->pw_uid)
    return true;
  if (setgroups (0, NULL) < 0 || setresgid (account->pw_gid, account->pw_gid, account->pw_gid) < 0
      || setresuid (account->pw_uid, account->pw_uid, account->pw_uid) < 0)
    return false;
  if (getuid () == account->pw_uid && geteuid () == account->pw_uid && (account->pw_uid == 0 || setuid (0) < 0))
    return true;
  errno = EPERM;
  return false;
}

static void
set_environment (const struct passwd *account)
{
  const char *language = getenv ("LANG");
  char *kept_language = language != NULL ? strdup (language) : NULL;

  clearenv ();
  setenv ("PATH", PATH, 1);
  setenv ("HOME", account->pw_dir, 1);
  setenv ("USER", account->pw_name, 1);
  setenv ("LOGNAME", account->pw_name, 1);
  setenv ("SHELL", "/bin/sh", 1);
  setenv ("LANG", kept_language != NULL ? kept_language : "C.UTF-8", 1);
  free (kept_language);
}

int
channel_run (int argc, char *argv[])
{
  const struct passwd *account;
  const char *program;

  if (argc != N_ARGUMENTS)
    return fail ("jobtracker-run --channel: %d arguments, want %d", argc - 1, N_ARGUMENTS - 1);
  program = argv[7];
  errno = 0;
  account = strcmp (argv[3], "-") == 0 ? getpwuid (geteuid ()) : getpwnam (argv[3]);
  if (account == NULL && strcmp (argv[3], "-") == 0)
    return fail ("the service's own user, uid %u, has no account", geteuid ());
  if (account == NULL)
    return fail ("run-as: no such user '%s'", argv[3]);
  if (geteuid () != 0 && geteuid () != account->pw_uid)
    return fail ("run-as: only the system's service can run a program as '%s'", argv[3]);
  if (close_range (STDERR_FILENO + 1, ~0U, 0) < 0 || chdir ("/") < 0)
    return fail ("cannot prepare %s: %s", program, strerror (errno));
  umask (0077);
  set_environment (account);
  if (!set_limits (account->pw_uid))
    return fail ("cannot set limits: %s", strerror (errno));
  if (!become (account))
    return fail ("cannot become user '%s': %s", account->pw_name, strerror (errno));
  if (strcmp (argv[5], "new") != 0 && prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
    return fail ("cannot give up privileges: %s", strerror (errno));
  /* After the change of user, which takes it back. Who is an orphan by now would not hear of it. */
  if (prctl (PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 || getppid () != (pid_t) strtol (argv[6], NULL, 10))
    return 127;
  if (!set_memory ((rlim_t) strtoull (argv[4], NULL, 10)))
    return fail ("memory-max: cannot set the limit: %s", strerror (errno));
  execl (program, program, (char *) NULL);
  return fail ("cannot execute %s: %s", program, strerror (errno));
}
