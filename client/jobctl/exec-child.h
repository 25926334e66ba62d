/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <gio/gio.h>

/* A command as a child of this terminal: stdin is ours, stdout and stderr either ours too, or read here on their way. Where ours is a
 * terminal the child sees one as well, so that it prints as it would without us. */

typedef struct
{
  pid_t pid;
  int   pidfd;
  int   out_fds[2];  /* stdout, stderr to read from; -1: not read, or both in the first */
  int   error;       /* errno of an exec(3) that failed, 0 none */
} ExecChild;

/* @reads: whether output goes through here. FALSE with @error: no child; when the program itself could not be executed child->error
 * is set and the answer TRUE. */
gboolean exec_child_spawn (ExecChild *child, char **argv, char **envp, gboolean reads, GError **error);
/* Signals that come to us from now on, but for those that the terminal sends to the child as well, go to the child. */
void exec_child_forward_signals (ExecChild *child);
void exec_child_signal (ExecChild *child, int number);
/* The size of the terminal changed. */
void exec_child_resize (ExecChild *child);
/* Of a child that has ended: its wait status and what it used. */
int  exec_child_reap (ExecChild *child, struct rusage *usage);
