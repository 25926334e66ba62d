/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "run-log.h"

/* One of the job's two output pipes, cut into lines for the log. It holds no more than one piece of a line. */

typedef struct
{
  int         fd;  /* -1: at its end */
  const char *name;
  size_t      length;
  char        line[LOG_PIECE_MAX];
} Stream;

void stream_init (Stream *stream, int fd, const char *name);
/* Takes what is there; closes at the end. */
void stream_read (Stream *stream, Log *log);
/* What has no newline yet goes to the log as it is. */
void stream_close (Stream *stream, Log *log);
