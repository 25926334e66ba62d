/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* What is said on one SMTP connection, as curl lets it be heard: which command was sent last, what the server answered
 * to it, and what it offers. curl itself tells a temporary from a final refusal by a number alone. Plain values. */

#define DIALOGUE_MAX_LINE 2048
#define DIALOGUE_MAX_REPLY 65536

typedef struct
{
  char     command[12]; /* "" before the first: the server greets; "." after the message */
  GString *reply;       /* (owned) to it: the lines that fit, their codes taken off but for the first */
  int      code;        /* of the complete reply, 0 while there is none */
  gsize    reply_bytes;
  gboolean is_leaving; /* QUIT was sent: what is answered to that is of no interest */
  gboolean has_started_tls;
  gboolean offers_auth;
  gboolean offers_utf8;
} Dialogue;

void dialogue_init (Dialogue *self);
void dialogue_clear (Dialogue *self);

/* Before a message: nothing has been said about it. */
void dialogue_begin (Dialogue *self);
/* COMMAND need not end with NUL. */
void dialogue_take_command (Dialogue *self, const char *command, gsize length);
/* One line with its end. FALSE: it or the whole reply is longer than a server has reason to. */
gboolean dialogue_take_line (Dialogue *self, const char *line, gsize length);

gboolean dialogue_is_at (const Dialogue *self, const char *command);
