/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-run.h"
#include "jt-settings.h"

/* The retry rule as a pure function: whether an attempt that ended like this is followed by another, and when. */

/* @run: with the attempt that just ended written into it (attempt, exit_code, signal, state that the end would have).
 * @seed: any number that is the same for the same run and attempt after a restart.
 * Returns TRUE and the delay when another attempt follows. */
gboolean jt_retry_decide (JtSettings *settings, const JtRun *run, JtRunState ended_as, guint64 seed, gint64 *delay_usec);
