/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>
#include <termios.h>

/* A terminal for a command's output that is read on its way to ours. The command stays in our session, with our terminal for its
 * keyboard, so that its keys, job control and passwords work as ever; what is made here stands in for our terminal as an output:
 *
 * - its modes are ours, and when the command changes them, ours are changed likewise (the kernel tells, in packet mode with EXTPROC);
 * - a program that opens it by its name, as pagers do, reads its keys from it: what is typed goes there for as long. */

typedef struct _ExecTerminal ExecTerminal;

/* @own_fd: the terminal that it stands in for. @child_fd: where the command writes; the caller's to close. NULL: there is none to be had. */
ExecTerminal *exec_terminal_new (int own_fd, int *child_fd);
void exec_terminal_free (ExecTerminal *self);
/* To poll for output. */
int exec_terminal_get_fd (ExecTerminal *self);
/* What the command wrote, as it wrote it. 0: nothing now; -1: nobody has it open any more. Async-signal-safe. */
gssize exec_terminal_read (ExecTerminal *self, char *bytes, gsize length);
/* Gives keys to whoever opens it, on the default main context. */
void exec_terminal_watch (ExecTerminal *self);
/* Ours again has the modes that the command wants; after a stop, and at the end. */
void exec_terminal_sync (ExecTerminal *self);
/* TRUE: the size has changed, and whoever writes to it should know. */
gboolean exec_terminal_resize (ExecTerminal *self);
