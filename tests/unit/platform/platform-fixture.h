/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-local-executor.h"

/* A local executor over a state directory of its own, with the real jobtracker-run, and what it has told so far. */

typedef struct
{
  char       *directory;
  char       *fifo;    /* jobs write, tests read, or the other way round, one after the other */
  char       *witness; /* one line for each time that a job ran */
  JtClock    *clock;
  JtExecutor *executor;
  JtRun      *run;     /* number 1001, attempt 1, of whoever runs the test */
  guint       n_started;
  guint       n_ended;
  JtAttemptReport started;
  JtAttemptReport ended;
  char       *reason;
} Fixture;

/* To be set by main(). */
extern const char *fixture_supervisor;

void fixture_setup (Fixture *f, gconstpointer data);
void fixture_teardown (Fixture *f, gconstpointer data);
/* As when the service comes up (again); the one before is gone. */
void fixture_make_executor (Fixture *f, const char *supervisor);
/* A job of a shell line; @more: further settings as text in the form of g_variant_parse(), "'timeout': <uint64 1>", or NULL. */
JtSettings *fixture_settings (const char *line, const char *more);
void        fixture_start (Fixture *f, const char *line, const char *more);
void        fixture_wait_started (Fixture *f);
void        fixture_wait_ended (Fixture *f);
gint64      fixture_read_number (Fixture *f);
void        fixture_write_word (Fixture *f);
/* Of files of the run: "1.state", "log". */
char    *fixture_path (Fixture *f, const char *name);
char    *fixture_read (Fixture *f, const char *name);
void     fixture_write (Fixture *f, const char *name, const char *content, gssize length);
gboolean fixture_is_alive (gint64 pid);
/* Some process whose parent is @parent, ended or not, or 0. Of the test itself it is the spawner. */
gint64   fixture_find_child (gint64 parent);
