/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-channels.h"
#include "jt-clock.h"

/* The channels that are programs: one process for each at a time, kept for a while for the next batch, one batch after the other, stopped
 * when nothing is heard of it, with limits on all that it does and says. Secrets are read on the pool; all else is of the main loop. */

#define JT_TYPE_CHANNEL_PROGRAMS (jt_channel_programs_get_type ())
G_DECLARE_FINAL_TYPE (JtChannelPrograms, jt_channel_programs, JT, CHANNEL_PROGRAMS, GObject)

/* @clock: for this alone, as its alarm is taken. To be made on the main thread, whose end is the end of the programs. */
JtChannels *jt_channel_programs_new (JtConfig *config, JtClock *clock);
