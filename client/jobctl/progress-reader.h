/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Finds how far a program is in what it prints: "37%", "12/80", "12 of 80". Pure. */

#define PROGRESS_LINE_BYTES 512

typedef struct
{
  char     line[PROGRESS_LINE_BYTES + 1]; /* the one that is being printed, without escape sequences */
  gsize    length;
  gboolean is_escaped;  /* within an escape sequence */
  double   fraction;    /* the latest that was found; -1: none yet */
  char     text[PROGRESS_LINE_BYTES + 1]; /* the line it stood in, trimmed; valid UTF-8 */
} ProgressReader;

void     progress_reader_init (ProgressReader *reader);
/* TRUE when a share was found that differs from the latest. */
gboolean progress_reader_feed (ProgressReader *reader, const char *bytes, gsize length);
/* The share that @line tells; -1 when it tells none. */
double   progress_find (const char *line);
