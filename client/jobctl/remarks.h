/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "json.h"
#include "terminal.h"

/* What becomes of the parts of a job that moves between JobTracker and another scheduler, in either direction: a list that
 * whoever translates fills in, and that import and export show. Pure. */

typedef enum
{
  REMARK_SAME,     /* means the same there */
  REMARK_DOUBTFUL, /* means the same, which may not be what was meant */
  REMARK_DIFFERS,  /* goes along, but something about it is otherwise there */
  REMARK_LOST,     /* has no place there */
  REMARK_BLOCKS,   /* has none, and without it the job would be another one: it is not moved unless that is asked for */
} RemarkKind;

typedef struct
{
  RemarkKind kind;
  char      *what; /* (owned) as the side calls it that the job comes from: "MAILTO", "RandomizedDelaySec", "retries" */
  char      *why;  /* (owned) a sentence; of what is the same, what it is here: "timezone=Europe/Berlin" */
} Remark;

GPtrArray *remarks_new (void);
void       remarks_add (GPtrArray *remarks, RemarkKind kind, const char *what, const char *format, ...) G_GNUC_PRINTF (4, 5);
void       remarks_add_all (GPtrArray *remarks, GPtrArray *others);
guint      remarks_count (GPtrArray *remarks, RemarkKind kind);

const char *remark_kind_to_string (RemarkKind kind);
char       *remark_format (const Remark *remark, const Terminal *terminal);
JsonArray  *remarks_to_json (GPtrArray *remarks);
