/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* A run: one occurrence of work with its attempts. JtRun is reference-counted and immutable once shared;
 * to change one, copy, change the copy, share that. The state table in jt-run-state.c says which state may
 * follow which; everything else is refused. Instants are usec since the epoch, 0 unknown. */

typedef enum
{
  JT_RUN_QUEUED,
  JT_RUN_STARTING,
  JT_RUN_RUNNING,
  JT_RUN_RETRY_WAIT,
  JT_RUN_SUCCEEDED,
  JT_RUN_WARNING, /* a success with something to say: room for it, never entered yet */
  JT_RUN_FAILED,
  JT_RUN_TIMED_OUT,
  JT_RUN_CANCELLED,
  JT_RUN_LOST,
  JT_RUN_SKIPPED,
  JT_RUN_MISSED,
  JT_N_RUN_STATES
} JtRunState;

typedef enum
{
  JT_TRIGGER_SCHEDULE,
  JT_TRIGGER_MANUAL,
  JT_TRIGGER_RETRY_REQUEST,
  JT_TRIGGER_DEPENDENCY,
  JT_TRIGGER_EVENT,
  JT_TRIGGER_TRACKED,
  JT_TRIGGER_PING,
  JT_TRIGGER_UNIT,
  JT_N_TRIGGERS
} JtTrigger;

const char *jt_run_state_to_string (JtRunState state);                       /* "retry-wait" */
gboolean    jt_run_state_from_string (const char *text, JtRunState *state);
gboolean    jt_run_state_is_final (JtRunState state);
gboolean    jt_run_state_is_success (JtRunState state);                      /* succeeded, warning */
gboolean    jt_run_state_is_failure (JtRunState state);                      /* failed, timed-out, lost */
gboolean    jt_run_state_may_follow (JtRunState from, JtRunState to);
char        jt_run_state_to_letter (JtRunState state);                       /* S F T C L K(skipped) M W, lower case for the rest */
const char *jt_trigger_to_string (JtTrigger trigger);
gboolean    jt_trigger_from_string (const char *text, JtTrigger *trigger);

/* One attempt. A plain value inside the run. */
typedef struct
{
  guint32 number;              /* from 1 */
  guint32 spawns;              /* how often a supervisor was started for it */
  char   *boot_id;             /* (owned) of the boot in which it was committed */
  gint64  committed_usec;      /* `starting` was made durable */
  gint64  started_usec;
  gint64  finished_usec;
  gint32  pid;                 /* of the job's main process, 0 unknown */
  guint64 pid_start_time;      /* field 22 of /proc/PID/stat */
  JtRunState state;            /* starting, running, or how it ended */
  gint32  exit_code;           /* -1 unknown */
  gint32  signal;              /* 0 none */
  char   *reason;              /* (owned) (nullable) */
  guint64 cpu_usec;
  guint64 memory_peak_bytes;
  guint64 log_offset;          /* where in the run's log it begins, bytes */
  guint64 log_dropped_bytes;   /* output dropped by the size cap, exact */
} JtAttempt;

typedef struct
{
  gatomicrefcount ref_count;
  guint64    id;
  guint64    job;              /* job id */
  guint64    job_revision;     /* the frozen settings */
  char      *job_name;
  guint32    owner;
  char      *owner_name;
  JtRunState state;
  JtTrigger  trigger;
  guint32    attempt;          /* current number, 0 before the first */
  guint32    max_attempts;
  gint64     scheduled_usec;   /* the instant that its schedule names */
  gint64     due_usec;         /* when it was to start, if jitter moved that away from the instant; else 0 */
  gint64     queued_usec;
  gint64     started_usec;     /* of the first attempt */
  gint64     finished_usec;
  gint64     next_attempt_usec;
  double     progress;         /* -1 unknown */
  char      *message;          /* (nullable) */
  gint64     eta_usec;
  gint32     exit_code;        /* -1 unknown */
  gint32     signal;
  char      *reason;           /* (nullable) why it ended so; of a queued one, what it waits for */
  char      *cause;            /* (nullable) what started it: an event, or the runs that it came after */
  guint64    cpu_usec;         /* all attempts */
  guint64    memory_peak_bytes;
  guint64    log_size_bytes;
  char      *acknowledged_by;  /* (nullable) */
  char      *acknowledge_note; /* (nullable) */
  guint64    retry_of;         /* run id, 0 none */
  guint64    missed_count;     /* state missed: how many occurrences this row stands for */
  gint64     missed_from_usec;
  gint64     missed_to_usec;
  gboolean   cancel_requested;
  char      *cancel_reason;    /* (nullable) */
  char      *host;             /* (nullable) */
  char      *executor;         /* (nullable) "local" */
  char      *invocation_id;    /* (nullable) */
  char      *request_id;       /* (nullable) */
  char      *bus_id;           /* (nullable) of the bus on which a tracked run was begun */
  char      *sender;           /* (nullable) its reporter's unique name; NULL: detached, or not tracked */
  gint64     heartbeat_timeout_usec; /* of a tracked run: silence for so long means lost; 0 none */
  GPtrArray *attempts;         /* (element-type JtAttempt) (owned), by number */
} JtRun;

JtRun     *jt_run_new (void); /* all zero but: progress -1, exit_code -1, empty attempts; one reference */
JtRun     *jt_run_copy (const JtRun *run); /* deep */
JtRun     *jt_run_ref (JtRun *run);
void       jt_run_unref (JtRun *run);
JtAttempt *jt_attempt_new (void); /* exit_code -1 */
JtAttempt *jt_attempt_copy (const JtAttempt *attempt);
void       jt_attempt_free (JtAttempt *attempt);
/* Whether somebody else does the work and only reports here. */
gboolean   jt_run_is_tracked (const JtRun *run);
/* When it was to start: its instant, with jitter; lateness and start-deadline count from it. 0: whenever it is asked for. */
gint64     jt_run_get_due (const JtRun *run);
/* When @run may end, of a run that has started: from the share done, the job's typical duration, or both, the more weight
 * on progress the further it is. @typical_usec 0: unknown. 0: cannot be told. */
gint64     jt_run_estimate_end (const JtRun *run, gint64 typical_usec, gint64 now_usec);
/* The attempt numbered run->attempt, NULL before the first. */
JtAttempt *jt_run_current_attempt (const JtRun *run);
/* Moves @run (not yet shared) to @state; JT_ERROR_WRONG_STATE when the table forbids it. */
gboolean jt_run_set_state (JtRun *run, JtRunState state, GError **error);
/* The row of ListRuns, ListActive and signals: property names in kebab-case plus `path o`, `duration t`,
 * `retry-of t` and `count`,`from`,`to` of a missed row where they apply. Floating a{sv}. */
GVariant *jt_run_to_variant (const JtRun *run);
/* All D-Bus properties of the Run interface by their D-Bus names. Floating a{sv}. */
GVariant *jt_run_to_properties (const JtRun *run);
/* Those of them, but for Attempts, that are other than in @before (nullable: all). Floating a{sv}. */
GVariant *jt_run_to_changed_properties (const JtRun *run, const JtRun *before);
char     *jt_run_path (guint64 id);
gboolean  jt_run_id_from_path (const char *path, guint64 *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtRun, jt_run_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtAttempt, jt_attempt_free)
