/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <stdint.h>
#include <sys/types.h>

/* All that the job started: as a subreaper, the supervisor is an ancestor of every one of them, however often they forked away. */

/* Sends @signal_number to every descendant; 0 only counts. Returns how many there are. */
unsigned processes_signal_all (int signal_number);
/* Field 22 of /proc/PID/stat, 0 when there is no such process. */
uint64_t process_start_time (pid_t pid);
