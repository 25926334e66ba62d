/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-job.h"

/* How far jitter moves a start: pure arithmetic of the job and the instant, so that a restart finds the same. */

/* 0 to the job's `jitter`, in microseconds. It depends on the job's seed and @instant_usec, with `jitter-fixed` on @machine_id, owner and
 * name alone: the same each time, also for a job that is defined anew. */
gint64 jt_jitter_get (const JtJob *job, const char *machine_id, gint64 instant_usec);
