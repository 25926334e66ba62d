/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "run-spec.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *
read_all (int fd, size_t *length)
{
  struct stat st;
  char *block;
  size_t done = 0;

  if (fstat (fd, &st) < 0 || st.st_size <= 0 || st.st_size > SPEC_MAX_BYTES)
    return NULL;
  block = malloc ((size_t) st.st_size + 1);
  if (block == NULL)
    return NULL;
  while (done < (size_t) st.st_size)
    {
      ssize_t n = pread (fd, block + done, (size_t) st.st_size - done, (off_t) done);

      if (n <= 0)
        return NULL;
      done += (size_t) n;
    }
  block[done] = '\0';
  *length = done;
  return block;
}

static const struct
{
  const char *name;
  int         number;
} signals[] = {
  { "SIGTERM", SIGTERM }, { "SIGINT", SIGINT },   { "SIGHUP", SIGHUP },   { "SIGQUIT", SIGQUIT }, { "SIGKILL", SIGKILL },
  { "SIGUSR1", SIGUSR1 }, { "SIGUSR2", SIGUSR2 }, { "SIGABRT", SIGABRT }, { "SIGALRM", SIGALRM },
};

static int
find_signal (const char *name)
{
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
    if (strcmp (signals[i].name, name) == 0)
      return signals[i].number;
  return SIGTERM;
}

static void
take_text (Spec *spec, const char *key, char *value)
{
  if (strcmp (key, "user") == 0)
    spec->user = value;
  else if (strcmp (key, "group") == 0)
    spec->group = value;
  else if (strcmp (key, "directory") == 0)
    spec->directory = value;
  else if (strcmp (key, "environment-file") == 0)
    spec->environment_file = value;
  else if (strcmp (key, "stdin") == 0)
    spec->input = value;
  else if (strcmp (key, "kill-signal") == 0)
    spec->kill_signal = find_signal (value);
  else if (strcmp (key, "leftover") == 0)
    spec->leftover = strcmp (value, "wait") == 0 ? LEFTOVER_WAIT : strcmp (value, "leave") == 0 ? LEFTOVER_LEAVE : LEFTOVER_KILL;
  else if (strcmp (key, "log-keep") == 0)
    spec->log_keep = strcmp (value, "never") == 0        ? LOG_KEEP_NEVER
                     : strcmp (value, "on-failure") == 0 ? LOG_KEEP_ON_FAILURE
                                                         : LOG_KEEP_ALWAYS;
  else if (strcmp (key, "limit") == 0 && spec->n_limits < SPEC_MAX_LIMITS)
    spec->limits[spec->n_limits++] = value;
}

static void
take_number (Spec *spec, const char *key, const char *value)
{
  long long number = strtoll (value, NULL, 10);

  if (strcmp (key, "expected-uid") == 0)
    spec->expected_uid = number;
  else if (strcmp (key, "owner") == 0)
    spec->owner_uid = number;
  else if (strcmp (key, "timeout") == 0)
    spec->timeout_usec = number;
  else if (strcmp (key, "kill-grace") == 0)
    spec->grace_usec = number;
  else if (strcmp (key, "nice") == 0)
    spec->nice = (int) number;
  else if (strcmp (key, "log-max-size") == 0)
    spec->log_max_bytes = (uint64_t) number;
  else if (strcmp (key, "success") == 0 && spec->n_success_codes < SPEC_MAX_CODES)
    spec->success_codes[spec->n_success_codes++] = (int) number;
}

int
spec_read (int fd, Spec *spec)
{
  size_t length = 0;
  char *block = read_all (fd, &length);
  size_t n_records = 0;
  size_t n_argv = 0;
  size_t n_environment = 0;

  *spec = (Spec) { .expected_uid = -1, .owner_uid = -1, .kill_signal = SIGTERM, .grace_usec = 10000000, .log_max_bytes = 16 * 1024 * 1024 };
  if (block == NULL)
    return -1;
  for (size_t i = 0; i < length; i++)
    n_records += block[i] == '\0';
  spec->argv = calloc (n_records + 1, sizeof (char *));
  spec->environment = calloc (n_records + 1, sizeof (char *));
  if (spec->argv == NULL || spec->environment == NULL)
    return -1;
  for (char *record = block, *next; record < block + length; record = next)
    {
      char *value = strchr (record, '=');

      next = record + strlen (record) + 1;
      if (value == NULL)
        continue;
      *value++ = '\0';
      if (strcmp (record, "argv") == 0)
        spec->argv[n_argv++] = value;
      else if (strcmp (record, "env") == 0)
        spec->environment[n_environment++] = value;
      else
        {
          take_text (spec, record, value);
          take_number (spec, record, value);
        }
    }
  return n_argv > 0 && spec->user != NULL ? 0 : -1;
}
