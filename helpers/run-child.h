/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <sys/types.h>

#include "run-spec.h"

/* The job's own process: forked early, held until the start is on record, then turned into the job's user and executed. Whatever
 * fails on the way is told in words, and the command is never reached. */

typedef struct
{
  pid_t pid;
  int   out_fd;   /* read ends */
  int   err_fd;
  int   go_fd;    /* one byte releases the child; closing it makes the child go without having run anything */
  int   error_fd; /* words of what failed before exec, not blocking; ends empty when the command runs */
} Child;

/* 0, or -1 with words in @reason. */
int child_fork (const Spec *spec, Child *child, char *reason, size_t reason_size);
