/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* What to run and how, read from the daemon's memfd. Pointers go into one block that lives as long as the process. */

#define SPEC_MAX_BYTES (1024 * 1024)
#define SPEC_MAX_LIMITS 17 /* 16 of the job, and one that the daemon takes back */
#define SPEC_MAX_CODES 64

typedef enum
{
  LEFTOVER_KILL,
  LEFTOVER_WAIT,
  LEFTOVER_LEAVE,
} Leftover;

typedef enum
{
  LOG_KEEP_ALWAYS,
  LOG_KEEP_ON_FAILURE,
  LOG_KEEP_NEVER,
} LogKeep;

typedef struct
{
  char      **argv;         /* NULL-terminated */
  char      **environment;  /* NAME=VALUE, NULL-terminated */
  const char *user;         /* name or number */
  const char *group;        /* NULL: the user's */
  int64_t     expected_uid; /* -1: any */
  int64_t     owner_uid;    /* who asked for it; -1: unknown */
  const char *directory;    /* NULL: the user's home */
  const char *environment_file;
  const char *input;        /* NULL: /dev/null */
  int64_t     timeout_usec; /* 0: none */
  int64_t     grace_usec;
  int         kill_signal;
  Leftover    leftover;
  int         nice;
  const char *limits[SPEC_MAX_LIMITS];
  unsigned    n_limits;
  int         success_codes[SPEC_MAX_CODES];
  unsigned    n_success_codes;
  uint64_t    log_max_bytes;
  LogKeep     log_keep;
} Spec;

/* 0, or -1: unreadable or too large. */
int spec_read (int fd, Spec *spec);
