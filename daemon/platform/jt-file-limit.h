/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* How many files this process may have open. A running attempt takes two, so the 1024 that services begin with are soon
 * used up. That soft limit is there for programs that use select(2), which the daemon does not, and jobs may: the daemon
 * goes up to the hard limit, and jobs get what was. */

void jt_file_limit_raise (void);
/* "SOFT:HARD" as they were, or NULL when nothing was changed. Borrowed. */
const char *jt_file_limit_get_original (void);
