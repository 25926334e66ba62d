/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Finds how far a program is in what it prints: "37%", "12/80", "12 of 80". Programs print other shares too ("disk 93% full"), so one
 * counts when its line is drawn over another, as a progress bar is; when it begins or ends its line; or when it has risen since the
 * last line that read like this one. Pure. */

#define PROGRESS_LINE_BYTES 512

typedef enum
{
  PROGRESS_IN_TEXT,
  PROGRESS_IN_ESCAPE,  /* after ESC */
  PROGRESS_IN_CONTROL, /* ESC [ … letter */
  PROGRESS_IN_STRING,  /* ESC ] … BEL: a title */
} ProgressState;

typedef struct
{
  char          line[PROGRESS_LINE_BYTES + 1]; /* the one that is being printed, without escape sequences */
  gsize         length;
  ProgressState state;
  gboolean      is_redrawn;  /* the line began over another */
  gboolean      is_skipping; /* to the end of the line: its begin was not looked at */
  gboolean      has_return;  /* the latest byte was one */
  double        fraction;    /* the latest that was found; -1: none yet */
  char          text[PROGRESS_LINE_BYTES + 1]; /* the line it stood in, trimmed; valid UTF-8 without controls */
  guint         doubtful_shape;    /* of the latest line whose share did not count */
  double        doubtful_fraction; /* and that share */
  guint         trusted_shape;     /* of lines whose share was seen to rise */
} ProgressReader;

typedef struct
{
  double fraction; /* -1: none */
  gsize  begin;    /* where it stands in its line */
  gsize  end;
} ProgressShare;

void     progress_reader_init (ProgressReader *reader);
/* TRUE when a share was found that differs from the latest. */
gboolean progress_reader_feed (ProgressReader *reader, const char *bytes, gsize length);
/* The share that @line tells, whatever it is the share of. */
ProgressShare progress_find (const char *line);
