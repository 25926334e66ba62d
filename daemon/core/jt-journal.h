/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-event.h"

/* What the system's journal hears of runs: when one that the service supervises begins and ends, and whatever ends badly, whoever ran it.
 * Reported work that goes well is the reporter's to log. Lines carry JT_JOB, JT_JOB_NAME, JT_RUN, JT_STATE and JT_OWNER (a uid), so that
 * `journalctl JT_JOB_NAME=backup` finds them. */

void jt_journal_tell (const JtEvent *event);
