/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-clock.h"
#include "jt-executor.h"

/* An executor that runs nothing: it notes what it was asked, and a test says what becomes of it. */

#define JT_TYPE_FAKE_EXECUTOR (jt_fake_executor_get_type ())
G_DECLARE_FINAL_TYPE (JtFakeExecutor, jt_fake_executor, JT, FAKE_EXECUTOR, GObject)

JtExecutor *jt_fake_executor_new (void);
/* What was asked since the last call, in order, as "start 1/1", "recover 1/1 same", "stop 1/1", …; joined by ", ". (transfer full) */
char *jt_fake_executor_take_log (JtFakeExecutor *self);
/* There is a folder of @run on the disk; to be said in the order of ids. From the first on seals are noted, too. */
void jt_fake_executor_add_folder (JtFakeExecutor *self, guint64 run);
/* From now on attempts begin when it says, and not at the first instant that there is. */
void jt_fake_executor_set_clock (JtFakeExecutor *self, JtClock *clock);
/* The supervisor of the attempt wrote `started`. */
void jt_fake_executor_begin (JtFakeExecutor *self, guint64 run, guint attempt);
/* Begins every attempt asked for that has not begun. */
void jt_fake_executor_start_all (JtFakeExecutor *self);
/* Ends an attempt with @exit_code. */
void jt_fake_executor_finish (JtFakeExecutor *self, guint64 run, guint attempt, int exit_code);
/* Ends an attempt as @report says. */
void jt_fake_executor_end (JtFakeExecutor *self, guint64 run, guint attempt, const JtAttemptReport *report);
/* Attempts asked for and not ended. */
guint jt_fake_executor_count (JtFakeExecutor *self);
