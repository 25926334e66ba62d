/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-scheduler.h"
#include "jt-tracker.h"

/* What the files of the tracker share: its state and the way a change becomes true. Nobody else includes this.
 *
 * Every change follows one path: the planned values in memory are changed and handed to the store as one JtCommit; when
 * it is durable the shown values (what getters answer) follow, its events are emitted, and only then its `done` runs, which
 * may start a process or answer a call. When the storage fails, the planned values are void: all of it is loaded anew. */

typedef enum
{
  TIMER_JOB,  /* a job's next occurrence */
  TIMER_RUN,  /* a run's next attempt */
} TimerKind;

/* A living job. */
typedef struct
{
  guint64          id;     /* first: see find_record() */
  JtJobEntry       shown;  /* committed; shown.job is NULL until the first commit is through */
  JtJob           *job;    /* planned (owned) */
  JtJobStatus      status; /* planned */
  JtSchedulerEntry timer;
  guint            n_active;
  gboolean         is_leaving; /* its removal is on the way */
} TrackedJob;

/* A run that is not final. */
typedef struct
{
  guint64          id;       /* first: see find_record() */
  JtRun           *shown;    /* committed (owned) (nullable until the first commit is through) */
  JtRun           *live;     /* planned (owned) */
  JtSettings      *settings; /* frozen (owned) (nullable until read) */
  JtSchedulerEntry timer;
  gboolean         holds_slot;
  gboolean         is_ready; /* waits for a slot in its owner's queue */
} TrackedRun;

/* Slots are shared fairly: owners with something ready take turns. */
typedef struct
{
  guint32  uid;
  guint    n_running;
  GQueue   ready;   /* (element-type guint64 *) run ids */
  guint    n_queued;
  gboolean is_in_ring;
} Owner;

struct _JtTracker
{
  GObject      parent;
  JtClock     *clock;     /* (owned) */
  JtStore     *store;     /* (owned) */
  JtExecutor  *executor;  /* (owned) */
  JtConfig    *config;    /* (owned) */
  JtScheduler *scheduler; /* (owned) */
  char        *boot_id;
  char        *host;

  GPtrArray  *jobs;     /* (element-type TrackedJob) (owned), by id */
  GHashTable *names;    /* set of TrackedJob by (owner, name), those not leaving */
  GPtrArray  *runs;     /* (element-type TrackedRun) (owned), by id */
  GHashTable *owners;   /* uid → Owner (owned) */
  GQueue      ring;     /* (element-type Owner) with something ready and a slot left */
  GHashTable *jobs_of;  /* uid → number of jobs */
  GHashTable *requests; /* "uid/request-id" → GQueue of waiting RequestStep: calls under way */
  GHashTable *followed; /* run id → attempt: what the executor still has to report about */

  guint64  last_job_id;
  guint64  last_run_id;
  guint64  last_sequence;
  guint    n_running;                        /* slots taken */
  guint    n_in_state[JT_N_RUN_STATES];      /* of the shown runs */
  gboolean is_paused;
  char    *pause_reason;

  gboolean is_loaded;
  gboolean has_settled; /* stored next elapses were looked at once */
  gboolean is_broken;  /* the storage failed: nothing is started until it is loaded anew */
  gboolean is_reloading;
  gboolean is_stopping;
  guint    n_outstanding; /* commits on the way */
  GTask   *stop_task;     /* (owned) (nullable) */
  GSource *reload_source; /* (owned) (nullable) */
  GSource *changed_source;/* (owned) (nullable) */
};

/* --- commits (jt-tracker-commit.c) --- */

typedef struct _JtCommit JtCommit;

/* @error NULL: durable and shown. */
typedef void (*JtCommitFunc) (JtTracker *self, const GError *error, gpointer user_data);

JtCommit *jt_commit_new (JtTracker *self);
JtChange *jt_commit_get_change (JtCommit *commit);
/* The planned values of @job, and an event about it unless @kind is negative. */
void jt_commit_put_job (JtCommit *commit, TrackedJob *job, int kind);
void jt_commit_put_status (JtCommit *commit, TrackedJob *job);
void jt_commit_remove_job (JtCommit *commit, TrackedJob *job, gboolean delete_history);
/* @run need not be tracked (skipped, missed). @kind as above. */
void jt_commit_put_run (JtCommit *commit, JtRun *run, int kind);
/* (transfer full) commit. @done is called exactly once, never before this returns. */
void jt_commit_submit (JtCommit *commit, JtCommitFunc done, gpointer user_data);

void jt_tracker_emit_event (JtTracker *self, JtEvent *event);
void jt_tracker_queue_changed (JtTracker *self);

/* --- tracker (jt-tracker.c) --- */

TrackedJob *jt_tracker_job (JtTracker *self, guint64 id);
TrackedRun *jt_tracker_run (JtTracker *self, guint64 id);
TrackedJob *jt_tracker_job_by_name (JtTracker *self, guint32 owner, const char *name);
TrackedJob *jt_tracker_insert_job (JtTracker *self, JtJob *job, const JtJobStatus *status);
void        jt_tracker_drop_job (JtTracker *self, TrackedJob *job);
TrackedRun *jt_tracker_insert_run (JtTracker *self, JtRun *run, JtSettings *settings);
void        jt_tracker_drop_run (JtTracker *self, TrackedRun *run);
gboolean    jt_tracker_may_start (JtTracker *self);
void        jt_tracker_begin_reload (JtTracker *self);
guint       jt_tracker_count_jobs_of (JtTracker *self, guint32 uid);

/* --- occurrences (jt-tracker-due.c) --- */

/* Acts on what fell due for @job and arms its next occurrence. */
void jt_tracker_settle_job (JtTracker *self, TrackedJob *job);
void jt_tracker_settle_all (JtTracker *self);
/* Computes status.next_elapse from the cursor and arms the timer. */
void jt_tracker_plan_job (JtTracker *self, TrackedJob *job);
void jt_tracker_start_boot_jobs (JtTracker *self);

/* --- runs (jt-tracker-runs.c, jt-tracker-attempts.c) --- */

/* A new value with the next id, state queued. (transfer full) */
JtRun *jt_tracker_make_run (JtTracker *self, TrackedJob *job, JtTrigger trigger, gint64 scheduled_usec);
/* Tracks @run and starts its first attempt, or queues it; what must be durable is put into @commit. */
TrackedRun *jt_tracker_admit_run (JtTracker *self, TrackedJob *job, JtRun *run, JtCommit *commit);
/* The `done` of a commit that admitted run *@user_data (a guint64, freed here). */
void jt_tracker_on_admitted (JtTracker *self, const GError *error, gpointer user_data);
void jt_tracker_make_ready (JtTracker *self, TrackedRun *run);
void jt_tracker_unready (JtTracker *self, TrackedRun *run);
void jt_tracker_dispatch (JtTracker *self);
void jt_tracker_release_slot (JtTracker *self, TrackedRun *run);
gboolean jt_tracker_has_slot (JtTracker *self, guint32 uid);
/* Moves @run to its next attempt, `starting`; the caller commits. */
void jt_tracker_begin_attempt (JtTracker *self, TrackedRun *run);
void jt_tracker_on_attempt_committed (JtTracker *self, const GError *error, gpointer user_data);
/* The end of @run, in one commit with its job's status. (transfer full) final */
void jt_tracker_finish_run (JtTracker *self, TrackedRun *run, JtRun *final, JtCommitFunc done, gpointer user_data);
void jt_tracker_recover_run (JtTracker *self, TrackedRun *run);
void jt_tracker_on_executor_started (JtExecutor *executor, guint64 run, guint attempt, JtAttemptReport *report, gpointer user_data);
void jt_tracker_on_executor_ended (JtExecutor *executor, guint64 run, guint attempt, JtAttemptReport *report, gpointer user_data);
Owner *jt_tracker_owner (JtTracker *self, guint32 uid);

/* --- calls that may be repeated (jt-tracker-request.c) --- */

typedef struct
{
  guint32 uid;
  char   *request_id; /* (nullable) */
  char   *digest;
} JtRequest;

/* Either answered before: @replay with the first result; or not: @proceed, which must end in jt_request_end(). */
typedef void (*JtRequestReplay) (GTask *task, guint64 first_id, guint count);
typedef void (*JtRequestProceed) (JtTracker *self, GTask *task, gpointer user_data);

void jt_request_begin (JtTracker *self, guint32 uid, const char *request_id, const char *digest, GTask *task,
                       JtRequestReplay replay, JtRequestProceed proceed, gpointer user_data, GDestroyNotify destroy);
void jt_request_end (JtTracker *self, guint32 uid, const char *request_id);
