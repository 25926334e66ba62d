/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-call.h"

/* How reported work ended, as the dictionaries of Finish and Ping say it. */

#define JT_MAX_MESSAGE_BYTES 1024

/* Takes message, reason, signal, exit-code, cpu-usage and memory-peak from @options (checked types) where they stand; texts are borrowed.
 * FALSE: refused, the call is gone. */
gboolean jt_run_outcome_read (JtCall *call, GVariant *options, JtOutcome *outcome);
