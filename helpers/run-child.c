/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "run-child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define MAX_ENVIRONMENT_FILE (64 * 1024)

typedef struct
{
  uid_t       uid;
  gid_t       gid;
  const char *name;
  const char *home;
  const char *shell;
} Account;

/* In the child: says why and goes. */
static void __attribute__ ((noreturn, format (printf, 2, 3)))
give_up (int error_fd, const char *format, ...)
{
  char words[512];
  va_list arguments;
  int length;

  va_start (arguments, format);
  length = vsnprintf (words, sizeof words, format, arguments);
  va_end (arguments);
  if (length >= (int) sizeof words)
    length = (int) sizeof words - 1;
  if (write (error_fd, words, (size_t) length) != length)
    _exit (126);
  _exit (127);
}

static int
is_number (const char *text)
{
  return *text != '\0' && text[strspn (text, "0123456789")] == '\0';
}

static int
find_account (const Spec *spec, Account *account, char *reason, size_t size)
{
  struct passwd *entry = is_number (spec->user) ? getpwuid ((uid_t) strtoul (spec->user, NULL, 10)) : getpwnam (spec->user);

  if (entry == NULL)
    return snprintf (reason, size, "no such user '%s'", spec->user), -1;
  if (spec->expected_uid >= 0 && (uid_t) spec->expected_uid != entry->pw_uid)
    return snprintf (reason, size, "user '%s' is no longer the account that owns the job", spec->user), -1;
  *account = (Account) { entry->pw_uid, entry->pw_gid, strdup (entry->pw_name), strdup (entry->pw_dir), strdup (entry->pw_shell) };
  if (spec->group != NULL)
    {
      struct group *group = is_number (spec->group) ? getgrgid ((gid_t) strtoul (spec->group, NULL, 10)) : getgrnam (spec->group);

      if (group == NULL)
        return snprintf (reason, size, "no such group '%s'", spec->group), -1;
      account->gid = group->gr_gid;
    }
  if (geteuid () != 0 && account->uid != geteuid ())
    return snprintf (reason, size, "cannot become user '%s' without being root", spec->user), -1;
  if (geteuid () != 0 && spec->group != NULL && account->gid != getegid ())
    return snprintf (reason, size, "cannot become group '%s' without being root", spec->group), -1;
  return 0;
}

/* --- in the child, from here on --- */

static const struct
{
  const char *name;
  int         resource;
} limits[] = {
  { "as", RLIMIT_AS },           { "core", RLIMIT_CORE },     { "cpu", RLIMIT_CPU },
  { "data", RLIMIT_DATA },       { "fsize", RLIMIT_FSIZE },   { "locks", RLIMIT_LOCKS },
  { "memlock", RLIMIT_MEMLOCK }, { "nice", RLIMIT_NICE },     { "msgqueue", RLIMIT_MSGQUEUE },
  { "nofile", RLIMIT_NOFILE },   { "nproc", RLIMIT_NPROC },   { "rss", RLIMIT_RSS },
  { "rtprio", RLIMIT_RTPRIO },   { "rttime", RLIMIT_RTTIME }, { "sigpending", RLIMIT_SIGPENDING },
  { "stack", RLIMIT_STACK },
};

static rlim_t
limit_value (const char *text)
{
  return strncmp (text, "infinity", 8) == 0 ? RLIM_INFINITY : (rlim_t) strtoull (text, NULL, 10);
}

static void
set_limit (const char *limit, int error_fd)
{
  const char *equals = strchr (limit, '=');
  const char *colon = equals == NULL ? NULL : strchr (equals, ':');
  struct rlimit value;

  for (size_t i = 0; equals != NULL && i < sizeof limits / sizeof *limits; i++)
    {
      if (strncmp (limits[i].name, limit, (size_t) (equals - limit)) != 0 || limits[i].name[equals - limit] != '\0')
        continue;
      value.rlim_cur = limit_value (equals + 1);
      value.rlim_max = limit_value (colon == NULL ? equals + 1 : colon + 1);
      if (setrlimit (limits[i].resource, &value) < 0)
        give_up (error_fd, "cannot set limit %s: %s", limit, strerror (errno));
      return;
    }
  give_up (error_fd, "unknown limit %s", limit);
}

static void
set_resources (const Spec *spec, int error_fd)
{
  if (spec->nice != 0 && setpriority (PRIO_PROCESS, 0, spec->nice) < 0)
    give_up (error_fd, "cannot set nice %d: %s", spec->nice, strerror (errno));
  for (unsigned i = 0; i < spec->n_limits; i++)
    set_limit (spec->limits[i], error_fd);
}

/* Before any limit: with too few descriptors the group database would look empty, and nobody would say so. */
static void
join_groups (const Account *account, int error_fd)
{
  if (geteuid () == 0 && initgroups (account->name, account->gid) < 0)
    give_up (error_fd, "cannot set the groups of '%s': %s", account->name, strerror (errno));
}

/* Groups first, the user last: each step needs the right that the last one gives away. */
static void
become (const Account *account, int error_fd)
{
  if (geteuid () != 0)
    return;
  if (setresgid (account->gid, account->gid, account->gid) < 0)
    give_up (error_fd, "cannot become group %u: %s", account->gid, strerror (errno));
  if (setresuid (account->uid, account->uid, account->uid) < 0)
    give_up (error_fd, "cannot become user '%s': %s", account->name, strerror (errno));
  if (getuid () != account->uid || geteuid () != account->uid || (account->uid != 0 && setuid (0) == 0))
    give_up (error_fd, "cannot give up the rights of root");
}

static void
enter_directory (const Spec *spec, const Account *account, int error_fd)
{
  if (spec->directory != NULL)
    {
      if (chdir (spec->directory) < 0)
        give_up (error_fd, "cannot enter %s: %s", spec->directory, strerror (errno));
      return;
    }
  /* Nobody asked for the home: an account without one still runs its jobs. */
  if (chdir (account->home) < 0 && chdir ("/") < 0)
    give_up (error_fd, "cannot enter /: %s", strerror (errno));
}

/* @entry is cut in two at its '='. Values are never repeated in messages: they may be secrets. */
static int
put_variable (char *entry)
{
  char *equals = strchr (entry, '=');

  if (equals == NULL)
    return -1;
  *equals = '\0';
  return setenv (entry, equals + 1, 1);
}

static char *
take_off_quotes (char *line)
{
  char *value = strchr (line, '=');
  size_t length;

  if (value++ == NULL)
    return line;
  length = strlen (value);
  if (length >= 2 && (*value == '"' || *value == '\'') && value[length - 1] == *value)
    {
      value[length - 1] = '\0';
      memmove (value, value + 1, length - 1);
    }
  return line;
}

/* NAME=VALUE lines, '#' comments; quotes around a whole value are taken off. */
static void
read_environment_file (const char *path, int error_fd)
{
  static char text[MAX_ENVIRONMENT_FILE + 1];
  unsigned number = 0;
  struct stat st;
  ssize_t length = 0;
  ssize_t n;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

  if (fd < 0 || fstat (fd, &st) < 0)
    give_up (error_fd, "cannot read environment-file %s: %s", path, strerror (errno));
  if (!S_ISREG (st.st_mode))
    give_up (error_fd, "environment-file %s is not a regular file", path);
  while (length <= MAX_ENVIRONMENT_FILE && (n = read (fd, text + length, sizeof text - (size_t) length)) > 0)
    length += n;
  close (fd);
  if (length > MAX_ENVIRONMENT_FILE)
    give_up (error_fd, "environment-file %s is larger than %d bytes", path, MAX_ENVIRONMENT_FILE);
  text[length] = '\0';
  for (char *line = text, *next; line != NULL; line = next)
    {
      next = strchr (line, '\n');
      if (next != NULL)
        *next++ = '\0';
      number++;
      line += strspn (line, " \t");
      line[strcspn (line, "\r")] = '\0';
      if (*line != '\0' && *line != '#' && put_variable (take_off_quotes (line)) < 0)
        give_up (error_fd, "environment-file %s: line %u is not NAME=VALUE", path, number);
    }
}

static void
set_environment (const Spec *spec, const Account *account, int error_fd)
{
  const char *language = getenv ("LANG");
  char *kept_language = language == NULL ? NULL : strdup (language);

  clearenv ();
  setenv ("PATH", DEFAULT_PATH, 1);
  setenv ("HOME", account->home, 1);
  setenv ("USER", account->name, 1);
  setenv ("LOGNAME", account->name, 1);
  setenv ("SHELL", *account->shell != '\0' ? account->shell : "/bin/sh", 1);
  setenv ("LANG", kept_language != NULL ? kept_language : "C.UTF-8", 1);
  if (spec->environment_file != NULL)
    read_environment_file (spec->environment_file, error_fd);
  for (char **entry = spec->environment; *entry != NULL; entry++)
    if (put_variable (*entry) < 0)
      give_up (error_fd, "environment: '%s' cannot be set", *entry);
}

static int
open_input (const Spec *spec, int error_fd)
{
  int fd;

  if (spec->input == NULL)
    return open ("/dev/null", O_RDONLY | O_CLOEXEC);
  fd = memfd_create ("stdin", MFD_CLOEXEC);
  if (fd < 0 || write (fd, spec->input, strlen (spec->input)) < 0 || lseek (fd, 0, SEEK_SET) < 0)
    give_up (error_fd, "cannot prepare stdin: %s", strerror (errno));
  return fd;
}

/* Whoever starts supervisors leaves every signal its default. */
static void
unblock_signals (void)
{
  sigset_t none;

  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
}

/* As execvp(3), but a file that is no program is not given to a shell: it was asked for as a program. */
static void __attribute__ ((noreturn))
execute (char **argv, int error_fd)
{
  const char *path = getenv ("PATH");
  int found = ENOENT;
  char file[PATH_MAX];

  if (strchr (argv[0], '/') != NULL)
    {
      execv (argv[0], argv);
      give_up (error_fd, "cannot execute %s: %s", argv[0], strerror (errno));
    }
  while (path != NULL && *path != '\0')
    {
      int length = (int) strcspn (path, ":");

      if (snprintf (file, sizeof file, "%.*s/%s", length, path, argv[0]) < (int) sizeof file && length > 0)
        execv (file, argv);
      else
        errno = ENOENT;
      if (errno != ENOENT && errno != ENOTDIR)
        found = errno;
      path += length + (path[length] == ':');
    }
  give_up (error_fd, "cannot execute %s: %s", argv[0], found == ENOENT ? "not found in PATH" : strerror (found));
}

static void __attribute__ ((noreturn))
run_child (const Spec *spec, const Account *account, int go_fd, int out_fd, int err_fd, int error_fd)
{
  char byte;
  int in_fd;

  /* Released only once the start is on record; a supervisor that died before leaves the end of file here. */
  if (read (go_fd, &byte, 1) != 1)
    _exit (126);
  in_fd = open_input (spec, error_fd);
  if (dup2 (in_fd, 0) < 0 || dup2 (out_fd, 1) < 0 || dup2 (err_fd, 2) < 0)
    give_up (error_fd, "cannot set up the descriptors: %s", strerror (errno));
  if (close_range (3, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
    give_up (error_fd, "cannot close the descriptors: %s", strerror (errno));
  unblock_signals ();
  setsid ();
  umask (0022);
  join_groups (account, error_fd);
  /* What root asks for is done with root's rights; nobody else gets more by a job than by a shell. */
  if (spec->owner_uid == 0)
    set_resources (spec, error_fd);
  become (account, error_fd);
  if (spec->owner_uid != 0)
    set_resources (spec, error_fd);
  set_environment (spec, account, error_fd);
  enter_directory (spec, account, error_fd);
  execute (spec->argv, error_fd);
}

int
child_fork (const Spec *spec, Child *child, char *reason, size_t reason_size)
{
  /* Kept for the life of the process: the child reads it. */
  static Account account;
  int out[2];
  int err[2];
  int go[2];
  int error[2];

  if (find_account (spec, &account, reason, reason_size) < 0)
    return -1;
  if (pipe2 (out, O_CLOEXEC) < 0 || pipe2 (err, O_CLOEXEC) < 0 || pipe2 (go, O_CLOEXEC) < 0 || pipe2 (error, O_CLOEXEC | O_NONBLOCK) < 0)
    return snprintf (reason, reason_size, "cannot make a pipe: %s", strerror (errno)), -1;
  child->pid = fork ();
  if (child->pid < 0)
    return snprintf (reason, reason_size, "cannot fork: %s", strerror (errno)), -1;
  if (child->pid == 0)
    {
      close (go[1]);
      run_child (spec, &account, go[0], out[1], err[1], error[1]);
    }
  close (out[1]);
  close (err[1]);
  close (go[0]);
  close (error[1]);
  fcntl (out[0], F_SETFL, O_NONBLOCK);
  fcntl (err[0], F_SETFL, O_NONBLOCK);
  *child = (Child) { child->pid, out[0], err[0], go[1], error[0] };
  return 0;
}
