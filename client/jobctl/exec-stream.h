/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "exec-terminal.h"

/* One stream of a command's output on its way to where it would have gone without us, seen as it passes. */

/* @length: at most 64 KiB */
typedef void (*ExecOutputFunc) (gboolean is_stderr, const char *bytes, gsize length, gpointer user_data);

typedef struct
{
  int            own_fd;   /* 1 or 2 */
  int            fd;       /* what is read; -1: closed, or never was */
  ExecTerminal  *terminal; /* (owned) (nullable) that the command writes to instead of a pipe */
  char          *slice;    /* (owned) what passes just now; NULL: closed */
  gboolean       is_file;  /* what is written to: it never makes anybody wait */
  int            pipe_bytes; /* what it holds, where it is a pipe */
  int            write_error; /* errno: nobody takes the output any more */
  guint          source;
  ExecOutputFunc seen;     /* (nullable) */
  gpointer       user_data;
} ExecStream;

/* stdout and stderr; one that goes to the same terminal as the other is part of it. @child_fds: where the command writes, the caller's
 * to close; -1: where we do. FALSE with @error: nothing is open. */
gboolean exec_streams_open (ExecStream streams[2], int child_fds[2], GError **error);
/* On the default main context, until the end. */
void exec_streams_start (ExecStream streams[2], ExecOutputFunc seen, gpointer user_data);
/* What has been written so far, as far as there is room for it and so little that it takes no time. */
void exec_streams_drain (ExecStream streams[2]);
/* The command has ended. Processes that it left behind and that still write go on writing to where they did: another process, which
 * we leave behind, passes it on. */
void exec_streams_end (ExecStream streams[2]);
