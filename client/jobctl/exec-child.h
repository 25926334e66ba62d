/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <gio/gio.h>

/* A command as a child of this terminal, with all that is ours: stdin, environment, ignored and blocked signals, process group, so
 * that keys and job control reach it as they would without us. One at a time. */

typedef struct
{
  pid_t pid;
  int   pidfd;
  int   signal_fd; /* readable: call exec_child_take_signals() */
  int   error;     /* errno of an exec(3) that failed, 0 none */
} ExecChild;

/* Before we stop with a child that has stopped, and after. */
typedef void (*ExecStopFunc) (gboolean is_over, gpointer user_data);

/* First of all: what the libraries that we use make of SIGPIPE is not the command's. */
void exec_child_remember_signals (void);
/* @out_fds: where it writes, -1: where we do. From now on signals that come to us, but for those that the terminal sends to it as well,
 * go to it. FALSE with @error: no child; when the program itself could not be executed child->error is set and the answer TRUE. */
gboolean exec_child_spawn (ExecChild *child, char **argv, char **envp, const int out_fds[2], GError **error);
/* Stops us when the terminal or somebody else has stopped it, so that a shell sees what it would see without us. */
void exec_child_take_signals (ExecChild *child, ExecStopFunc stop, gpointer user_data);
/* To it and to all that it has started and that it has not left to others: a shell that ends leaves its command behind. */
void exec_child_signal_all (ExecChild *child, int number);
/* Of a child that has ended: its wait status and what it used. */
int  exec_child_reap (ExecChild *child, struct rusage *usage);
