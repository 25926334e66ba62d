/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-clock.h"

/* A heap of what is due when, and one alarm on the clock for the earliest. It knows nothing of jobs: an
 * entry is embedded in whatever is waiting (a job's next occurrence, a run's next attempt), so a waiting
 * thing costs no allocation of its own and an unrelated wake-up costs nothing. Main loop only. */

typedef struct
{
  gint64   at_usec;
  guint    index;   /* position in the heap + 1; 0: not waiting */
  guint    kind;    /* the owner's own */
} JtSchedulerEntry;

typedef struct _JtScheduler JtScheduler;

/* Called for each entry whose instant has come, the earliest first; the entry no longer waits. */
typedef void (*JtSchedulerFunc) (JtSchedulerEntry *entry, gpointer user_data);

JtScheduler *jt_scheduler_new (JtClock *clock, JtSchedulerFunc due_cb, gpointer user_data);
void         jt_scheduler_free (JtScheduler *self);
/* @entry: must stay where it is until disarmed or due. G_MAXINT64 disarms. */
void   jt_scheduler_arm (JtScheduler *self, JtSchedulerEntry *entry, gint64 at_usec);
void   jt_scheduler_disarm (JtScheduler *self, JtSchedulerEntry *entry);
/* The earliest instant, G_MAXINT64 when nothing waits. */
gint64 jt_scheduler_get_earliest (JtScheduler *self);
/* The earliest instant among the entries whose kind is below @kinds. Looks past the others one by one. */
gint64 jt_scheduler_get_earliest_of (JtScheduler *self, guint kinds);
/* Many entries are about to change: the alarm is set once, at the end. Calls nest. */
void jt_scheduler_freeze (JtScheduler *self);
void jt_scheduler_thaw (JtScheduler *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtScheduler, jt_scheduler_free)
