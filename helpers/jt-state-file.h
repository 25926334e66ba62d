/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <stdint.h>

/* What jobtrackerd and jobtracker-run agree on: the descriptors that a supervisor inherits, the keys of its
 * specification, and the lines of an attempt's state file (written to the pipe alike).
 *
 *   started PID STARTTIME USEC SUPERVISOR LOGOFFSET
 *   result exit|signal|start-failed CODE ENDUSEC CPUUSEC MEMBYTES LOGSIZE DROPPED FLAGS REASON...
 *   abandoned
 *
 * `started` comes first and alone permits the job to run; `abandoned` (by the daemon, or by a supervisor told to stop before it began)
 * and whatever else is found there forbid it. PID and STARTTIME (field 22 of /proc/PID/stat) are the job's main process; FLAGS has "t" (timed out), "s" (stopped) or is "-".
 * The supervisor holds an OFD write lock on the file for as long as it lives. */

#define JT_RUN_FD_FOLDER 3 /* the run's folder */
#define JT_RUN_FD_SPEC 4   /* memfd of NUL-terminated KEY=VALUE records */
#define JT_RUN_FD_PIPE 5   /* write end of a pipe to the daemon */

/* `jobtracker-run --spawner` makes supervisors when asked over a SOCK_SEQPACKET socket: each request comes with the three descriptors
 * above, in that order, and is answered once, with a pidfd of the supervisor. Its end of the socket is its standard input. */
#define JT_SPAWNER_FD_SOCKET 0

typedef struct
{
  uint64_t run;     /* for people who list processes */
  uint32_t attempt;
  uint32_t unused;  /* 0 */
} JtSpawnRequest;

typedef struct
{
  int32_t error;    /* an errno: no process was made */
} JtSpawnAnswer;

#define JT_STATE_FILE_FORMAT "%u.state"
#define JT_LOG_FILE "log"
#define JT_STATE_LINE_MAX 1024

/* Exit status of a supervisor that ran nothing because the attempt was not its to run. */
#define JT_RUN_EXIT_GAVE_UP 3
