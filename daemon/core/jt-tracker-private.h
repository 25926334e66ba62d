/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-dependency.h"
#include "jt-scheduler.h"
#include "jt-tracker.h"

/* What the files of the tracker share: its state and the way a change becomes true. Nobody else includes this.
 *
 * Every change follows one path: the planned values in memory are changed and handed to the store as one JtCommit; when
 * it is durable the shown values (what getters answer) follow, its events are emitted, and only then its `done` runs, which
 * may start a process or answer a call. When the storage fails, the planned values are void: all of it is loaded anew. */

typedef enum
{
  TIMER_JOB,     /* a job's next occurrence */
  TIMER_RUN,     /* a run's next attempt */
  TIMER_TRACKED, /* a tracked run's heartbeat, or its progress that is to be written; from here on no "next elapse" */
  TIMER_PATIENCE, /* a queued run has waited for long enough */
  TIMER_EXPECT,  /* a job's next check-in */
  TIMER_SWEEP,   /* a look at history that has had its time */
  TIMER_LEFTOVERS, /* a look at what crashes left on the disk */
  TIMER_ALARM,   /* what others wait for */
  TIMER_SLOW,    /* a run takes much longer than usual */
} TimerKind;

/* A job that another one comes after, and how it ended since that one last ran. */
typedef struct
{
  JtDependency *dependency; /* (owned) */
  guint64       job;        /* the one that is named; 0: it is not there */
  JtMark        mark;
  char         *reason;     /* (owned) (nullable) */
  guint64       run;
} Upstream;

/* A living job. */
typedef struct
{
  guint64          id;     /* first: see find_record() */
  JtJobEntry       shown;  /* committed; shown.job is NULL until the first commit is through */
  JtJob           *job;    /* planned (owned) */
  JtJobStatus      status; /* planned */
  JtSchedulerEntry timer;
  JtSchedulerEntry expect_timer;
  guint            n_active;
  guint            n_inside;   /* of them: those whose turn it is, by the overlap rule */
  GQueue          *line;       /* (element-type guint64 *) (owned) (nullable) runs that wait for their turn, in order */
  guint64          open_ping;  /* the run that a `start` check-in began and none has ended; 0 none */
  GPtrArray       *after;      /* (element-type Upstream) (owned) (nullable) the jobs that it comes after */
  gboolean         is_leaving; /* its removal is on the way */
  gboolean         is_watched; /* surroundings tell what it waits for */
  gint64           occurred_usec; /* when that last happened */
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
  gboolean         has_turn; /* as far as other runs of its job are concerned it may begin */
  gboolean         is_in_line; /* or it waits for that */
  gboolean         is_met;     /* its conditions held */
  gboolean         is_looking; /* they are looked at */
  gint64           waits_since_usec; /* for them; 0: as long as it is queued */
  JtSchedulerEntry slow_timer;
  guint            slow_attempt; /* for which it was found out when it is slow */
  gint64           usual_usec;   /* what its job takes */
  gboolean         is_slow;      /* and that was told */
  gboolean         has_inhibitors;
  gboolean         is_inhibiting; /* they are asked for */
  /* Of a run that others do: */
  gboolean         is_ending;      /* its end is on the way */
  gboolean         is_unwritten;   /* progress that the record does not have yet */
  gint64           written_usec;   /* when progress was last put on record */
  gint64           heard_usec;     /* when its reporter last gave a sign of life */
} TrackedRun;

/* Slots are shared fairly: owners with something ready take turns. */
typedef struct
{
  guint32  uid;
  guint    n_running;
  GQueue   ready;   /* (element-type guint64 *) run ids */
  guint    n_in_lines; /* of its runs: those that wait for their turn */
  gboolean is_in_ring;
} Owner;

struct _JtTracker
{
  GObject      parent;
  JtClock     *clock;     /* (owned) */
  JtStore     *store;     /* (owned) */
  JtExecutor  *executor;  /* (owned) */
  JtConfig    *config;    /* (owned) */
  JtSurroundings *surroundings; /* (owned) (nullable) */
  JtNotifier  *notifier;  /* (owned) (nullable) */
  JtScheduler *scheduler; /* (owned) */
  char        *boot_id;
  char        *machine_id;
  char        *host;

  GPtrArray  *jobs;     /* (element-type TrackedJob) (owned), by id */
  GHashTable *names;    /* set of TrackedJob by (owner, name), those not leaving */
  GPtrArray  *runs;     /* (element-type TrackedRun) (owned), by id */
  GHashTable *owners;   /* uid → Owner (owned) */
  GQueue      ring;     /* (element-type Owner) with something ready and a slot left */
  GHashTable *jobs_of;  /* uid → number of jobs */
  GHashTable *requests; /* "uid/request-id" → GQueue of waiting RequestStep: calls under way */
  GHashTable *followed; /* run id → attempt: what the executor still has to report about */
  GHashTable *senders;  /* unique bus name → GArray of ids of the tracked runs that end with it */
  GHashTable *tracked_of; /* uid → number of tracked runs */
  GQueue      wishes;   /* (element-type TrackWish) calls that begin a tracked run, on their way */
  GHashTable *waking;   /* set of TrackedJob for which the machine is woken */
  gint64      wake_usec; /* what was last asked for */
  GHashTable *dependents; /* &job id → GArray of ids of the jobs that come after it; empty when there are none */
  GQueue      ends;     /* (element-type JtRun) (owned) of which dependents are still to hear */
  gboolean    is_noting;
  char       *bus_id;   /* (nullable) while there is a bus */
  JtSchedulerEntry sweep_timer;
  guint64     sweep_after_job;
  gboolean    is_sweeping;
  gboolean    is_hurried;    /* the next look is wanted at once */
  guint       n_new_results; /* since the latest pass began */
  JtSchedulerEntry leftovers_timer;
  guint64     leftovers_from;
  gboolean    is_looking; /* at them */
  gint64      ready_usec; /* when the record was loaded: nobody could check in before */

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
  gboolean is_dispatching;
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
/* (element-type guint64) ids of runs that are admitted by the way, besides what `done` is for. Borrowed. */
GArray   *jt_commit_get_admitted (JtCommit *commit);
/* What it says of jobs that come after others, as it was before. Borrowed. */
GArray   *jt_commit_get_touched (JtCommit *commit);
/* The planned values of @job, and an event about it unless @kind is negative. */
void jt_commit_put_job (JtCommit *commit, TrackedJob *job, int kind);
void jt_commit_put_status (JtCommit *commit, TrackedJob *job);
/* The same, with an event about it. */
void jt_commit_tell_status (JtCommit *commit, TrackedJob *job);
void jt_commit_remove_job (JtCommit *commit, TrackedJob *job, gboolean delete_history);
/* @run need not be tracked (skipped, missed). @kind as above. */
void jt_commit_put_run (JtCommit *commit, JtRun *run, int kind);
/* Whoever wants to know is told of it, by the commit that makes it true. */
void jt_commit_tell (JtCommit *commit, const JtNews *news);
/* @job was late, and word of it has come. */
void jt_commit_tell_heard (JtCommit *commit, TrackedJob *job);
void jt_commit_tell_run (JtCommit *commit, JtRun *run, gboolean is_begin);
/* (transfer full) nothing of it is done. */
void jt_commit_discard (JtCommit *commit);
/* (transfer full) commit. @done is called exactly once, never before this returns. */
void jt_commit_submit (JtCommit *commit, JtCommitFunc done, gpointer user_data);

void jt_tracker_emit_event (JtTracker *self, JtEvent *event);
void jt_tracker_queue_changed (JtTracker *self);

/* --- tracker (jt-tracker.c) --- */

TrackedJob *jt_tracker_job (JtTracker *self, guint64 id);
TrackedRun *jt_tracker_run (JtTracker *self, guint64 id);
/* Where in `jobs` those with ids above @id begin. */
guint       jt_tracker_find_job_after (JtTracker *self, guint64 id);
TrackedJob *jt_tracker_job_by_name (JtTracker *self, guint32 owner, const char *name);
TrackedJob *jt_tracker_insert_job (JtTracker *self, JtJob *job, const JtJobStatus *status);
void        jt_tracker_drop_job (JtTracker *self, TrackedJob *job);
TrackedRun *jt_tracker_insert_run (JtTracker *self, JtRun *run, JtSettings *settings);
void        jt_tracker_drop_run (JtTracker *self, TrackedRun *run);
gboolean    jt_tracker_may_start (JtTracker *self);
void        jt_tracker_begin_reload (JtTracker *self);
guint       jt_tracker_count_jobs_of (JtTracker *self, guint32 uid);

/* --- definitions (jt-tracker-jobs.c; of files jt-tracker-files.c) --- */

/* Checked and not numbered yet. (transfer full) NULL with @error */
JtJob      *jt_tracker_make_job (JtTracker *self, JtJobDraft *draft, GError **error);
/* Numbers @job and puts it, planned, into @commit. */
TrackedJob *jt_tracker_admit_job (JtTracker *self, JtJob *job, JtCommit *commit);
/* A new revision with @settings; occurrences of a changed plan count from now. */
void        jt_tracker_revise_job (JtTracker *self, TrackedJob *job, JtSettings *settings, JtCommit *commit);
/* The name is free from here on; the record goes when the commit is through. */
void        jt_tracker_put_removal (JtTracker *self, TrackedJob *job, gboolean delete_history, JtCommit *commit);

/* --- occurrences (jt-tracker-due.c) --- */

/* Acts on what fell due for @job and arms its next occurrence. */
void jt_tracker_settle_job (JtTracker *self, TrackedJob *job);
void jt_tracker_settle_all (JtTracker *self);
/* Computes status.next_elapse from the cursor and arms the timer. */
void jt_tracker_plan_job (JtTracker *self, TrackedJob *job);
void jt_tracker_start_boot_jobs (JtTracker *self);

/* --- the gate: whether, and after whom, a run begins (jt-tracker-gate.c) --- */

/* What asks for a run of a job. */
typedef struct
{
  JtTrigger   trigger;
  gint64      scheduled_usec; /* 0: no instant */
  gint64      due_usec;       /* with jitter; 0: as scheduled */
  const char *key;            /* (nullable) of the occurrence */
  const char *cause;          /* (nullable) */
  gboolean    is_made_up_for; /* one of several that are caught up on: they wait for each other rather than be skipped */
} JtOffer;

/* Puts into @commit what becomes of @offer: a run that begins or waits, or a row of a run that was skipped and why. @ids: gets the run's
 * id, and goes to jt_tracker_on_admitted() when the commit is through. Returns: (transfer full) the run, as it is planned */
JtRun *jt_tracker_offer (JtTracker *self, TrackedJob *job, const JtOffer *offer, JtCommit *commit, GArray *ids);
/* Commits it with the job's status. @ids: (transfer full) */
void jt_tracker_submit_offer (JtTracker *self, TrackedJob *job, JtCommit *commit, GArray *ids);
/* A row of @job that says why nothing was run. @run: (state queued) made for it */
void jt_tracker_put_skipped (JtTracker *self, TrackedJob *job, JtRun *run, const char *reason, JtCommit *commit);
/* Why @job cannot have one more run, for whoever asks by hand. FALSE with JT_ERROR_WRONG_STATE or JT_ERROR_QUOTA_EXCEEDED. */
gboolean jt_tracker_check_room (JtTracker *self, TrackedJob *job, GError **error);
/* How many more runs of @job may wait. */
guint jt_tracker_count_room (JtTracker *self, TrackedJob *job);
/* It is @run's turn: as far as its job is concerned it may begin. */
void jt_tracker_take_turn (JtTracker *self, TrackedRun *run);
/* @run has ended, or goes: whoever waits for it is next. */
void jt_tracker_end_turn (JtTracker *self, TrackedRun *run);
/* Lets in who may: a run has ended, or the rule has changed. */
void jt_tracker_advance_line (JtTracker *self, TrackedJob *job);
/* Nobody in the line will be run. */
void jt_tracker_empty_line (JtTracker *self, TrackedJob *job, const char *reason);
/* @run is queued: it takes its turn or joins the line. FALSE when it has to wait. */
gboolean jt_tracker_line_up (JtTracker *self, TrackedJob *job, TrackedRun *run);
/* Nothing of its own job keeps @run from beginning. */
void jt_tracker_proceed (JtTracker *self, TrackedRun *run);
/* With overlap=replace: ends what is in the way of @run, which waits, durably. */
void jt_tracker_replace_others (JtTracker *self, TrackedJob *job, TrackedRun *run);
/* Arms the alarm at which a queued run is not started any more. */
void jt_tracker_limit_wait (JtTracker *self, TrackedRun *run);
void jt_tracker_on_patience_over (JtTracker *self, TrackedRun *run);
/* Whether it is too late to start @run. */
gboolean jt_tracker_is_too_late (JtTracker *self, const JtRun *run, JtSettings *settings);
/* Ends a run that never began. */
void jt_tracker_skip_run (JtTracker *self, TrackedRun *run, const char *reason);
/* Why a queued run waits, as RunChanged tells; NULL: for a slot. */
void jt_tracker_tell_reason (JtTracker *self, TrackedRun *run, const char *reason);

/* --- conditions and what is put off (jt-tracker-conditions.c) --- */

/* Whether something has to be asked of the machine before @run may begin its next attempt. */
gboolean jt_tracker_needs_preparation (JtTracker *self, const TrackedRun *run);
/* Asks; jt_tracker_proceed() follows when it is answered. FALSE: there is nothing to be asked. */
gboolean jt_tracker_prepare (JtTracker *self, TrackedRun *run);
/* Until when @run may wait for its conditions, G_MAXINT64 for ever. */
gint64 jt_tracker_get_wait_end (const TrackedRun *run);
void jt_tracker_on_looked (JtSurroundings *surroundings, guint64 run, const char *unmet, gpointer user_data);
/* No attempt of @run is under way any more, or it goes. */
void jt_tracker_release_surroundings (JtTracker *self, TrackedRun *run);
/* An attempt of @run that goes on was found after a start of the service. */
void jt_tracker_retake_inhibitors (JtTracker *self, TrackedRun *run);
/* The clock was set: what waits, waits anew. */
void jt_tracker_restart_waits (JtTracker *self);

/* --- runs that take long (jt-tracker-slow.c) --- */

/* @run runs: it is found out when that will be much longer than usual. */
void jt_tracker_watch_slowness (JtTracker *self, TrackedRun *run);
void jt_tracker_on_slow_due (JtTracker *self, TrackedRun *run);

/* --- what happens (jt-tracker-occasions.c) --- */

/* Has what @job waits for watched, or no longer. */
void jt_tracker_watch_job (JtTracker *self, TrackedJob *job);
void jt_tracker_unwatch_job (JtTracker *self, TrackedJob *job);
void jt_tracker_on_occurred (JtSurroundings *surroundings, guint64 job, const char *cause, gpointer user_data);
/* Whether @job is started when the machine is. */
gboolean jt_tracker_is_at_startup (TrackedJob *job);
/* Tells when the machine has to be awake. */
void jt_tracker_update_wake (JtTracker *self);

typedef void (*JtCheckedFunc) (JtTracker *self, GError *error, gpointer user_data);

/* Whether the machine has what @settings (nullable entries) (element-type JtSettings) need: calls back with an error (transfer full) or
 * NULL; at once, from here, when they need nothing. */
void jt_tracker_check_surroundings (JtTracker *self, GPtrArray *settings, guint32 uid, JtCheckedFunc checked, gpointer user_data);

/* --- jobs that come after others (jt-tracker-after.c) --- */

/* Finds the jobs that `after` of @job names, which are there. */
void jt_tracker_link_after (JtTracker *self, TrackedJob *job);
void jt_tracker_unlink_after (JtTracker *self, TrackedJob *job);
/* After a load: all of them, with the marks as the record has them. */
void jt_tracker_link_all (JtTracker *self, GArray *marks);
/* The settings of @job have changed: what is no longer named is forgotten, on record as well. */
void jt_tracker_revise_after (JtTracker *self, TrackedJob *job, JtCommit *commit);
/* A run became final in @commit: those that come after its job hear of it, in the same commit. */
void jt_tracker_note_end (JtTracker *self, JtRun *final, JtCommit *commit);
/* @job runs: what it waits for counts anew. */
void jt_tracker_forget_marks (JtTracker *self, TrackedJob *job, JtCommit *commit);
/* JT_ERROR_WRONG_STATE naming them when others come after @job. */
gboolean jt_tracker_check_no_dependents (JtTracker *self, TrackedJob *job, GError **error);
guint jt_tracker_count_dependents (JtTracker *self, guint64 job);
/* Of a commit that was refused. */
void jt_tracker_restore_marks (JtTracker *self, GArray *touched);
GArray *jt_touched_new (void);

/* --- whether jobs may come after others (jt-tracker-after-check.c) --- */

/* What is to become of a job. */
typedef struct
{
  guint32     owner;
  const char *owner_name;
  const char *name;
  JtSettings *settings; /* (unowned) */
  TrackedJob *known;    /* (nullable): a new one */
  GError     *error;    /* (owned) (nullable) why not */
} Proposal;

GArray *jt_proposals_new (void);
/* Adds @job with @settings, good as long as they are. */
void jt_tracker_propose (GArray *proposals, const JtJob *job, JtSettings *settings, TrackedJob *known);
/* Whether all of @proposals (element-type Proposal) may come after what they name, there or beside them: JT_ERROR_INVALID_SETTINGS for a
 * name that is not there and for a circle. What is refused is none of them any more, and the others are looked at without it. */
void jt_tracker_check_after (JtTracker *self, GArray *proposals);
/* The job that one of @owner names. @owners: names of users, collected when they are wanted. (nullable) */
TrackedJob *jt_tracker_find_upstream (JtTracker *self, guint32 owner, const JtDependency *dependency, GHashTable **owners);

/* --- work of others (jt-tracker-outside.c, jt-tracker-ping.c, jt-tracker-expect.c) --- */

void jt_tracker_recover_outside (JtTracker *self, TrackedRun *run);
void jt_tracker_on_outside_due (JtTracker *self, TrackedRun *run);
void jt_tracker_restart_heartbeats (JtTracker *self);
void jt_tracker_forget_outside (JtTracker *self, TrackedRun *run);
/* The job that is reported about, made or changed in @commit where need be. NULL with @error: it may not be, and nothing is planned. */
TrackedJob *jt_tracker_report_job (JtTracker *self, const JtReport *report, JtCommit *commit, GError **error);
/* A new run of @job that is under way; the caller commits. */
TrackedRun *jt_tracker_begin_outside (JtTracker *self, TrackedJob *job, JtTrigger trigger, const JtReport *report);
/* The value that @run ends with. (transfer full) */
JtRun *jt_tracker_make_end (JtTracker *self, TrackedRun *run, const JtOutcome *outcome);
/* Takes back what a commit was refused for. */
/* FALSE with @error (STORAGE_UNAVAILABLE): after a start of the service the settings of a run whose job was changed since are read
 * by and by, and until then the run cannot be ended. */
gboolean jt_tracker_check_settings (const TrackedRun *run, GError **error);
void jt_tracker_undo_outside (JtTracker *self, guint64 run);
/* A sign of life. */
void jt_tracker_hear_outside (JtTracker *self, TrackedRun *run);
/* The settings of a run that was recovered without them have been read. */
void jt_tracker_open_outside_log (JtTracker *self, TrackedRun *run);
/* Ends @run with @final (transfer full), once its log is closed. @commit: as of jt_tracker_finish_run(). */
void jt_tracker_end_outside (JtTracker *self, TrackedRun *run, JtRun *final, JtCommit *commit, JtCommitFunc done, gpointer user_data);
void jt_tracker_lose_outside (JtTracker *self, TrackedRun *run, const char *reason);
/* A run of @job begins: that is word of it. */
void jt_tracker_check_in (JtTracker *self, TrackedJob *job, JtCommit *commit);
/* Word came of a job that is late. */
void jt_tracker_end_lateness (JtTracker *self, TrackedJob *job);
/* The clock was set, or the machine slept. */
void jt_tracker_restart_expectations (JtTracker *self);
/* Arms or disarms the job's expect_timer. */
void jt_tracker_expect (JtTracker *self, TrackedJob *job);
void jt_tracker_on_expect_due (JtTracker *self, TrackedJob *job);

/* A report that outlives its call. */
typedef struct
{
  JtReport  report; /* its pointers are owned */
  JtTracker *tracker; /* (unowned) */
  gboolean  has_left; /* the sender did, while the call was on its way */
  guint64   run;
  GTask    *task;   /* (owned) (nullable) */
} TrackWish;

TrackWish *jt_track_wish_new (const JtReport *report);
void       jt_track_wish_free (gpointer wish);

/* --- what is kept (jt-tracker-retention.c) --- */

void jt_tracker_begin_retention (JtTracker *self);
void jt_tracker_on_sweep_due (JtTracker *self);
/* A run has become history. */
void jt_tracker_note_result (JtTracker *self);
/* There is something to do that should not wait: history that was deleted, new rules. */
void jt_tracker_hurry_retention (JtTracker *self);

/* --- what crashes left (jt-tracker-leftovers.c) --- */

void jt_tracker_begin_leftovers (JtTracker *self);
void jt_tracker_on_leftovers_due (JtTracker *self);

/* --- runs (jt-tracker-runs.c, jt-tracker-attempts.c) --- */

/* A new value with the next id, state queued. (transfer full) */
JtRun *jt_tracker_make_run (JtTracker *self, TrackedJob *job, JtTrigger trigger, gint64 scheduled_usec);
/* Tracks @run and starts its first attempt, or queues it; what must be durable is put into @commit. */
TrackedRun *jt_tracker_admit_run (JtTracker *self, TrackedJob *job, JtRun *run, JtCommit *commit);
/* Asks a run to end; @reason goes on record. @task: (transfer full) (nullable) answered when the wish is durable. */
void jt_tracker_end_run (JtTracker *self, TrackedRun *run, const char *reason, GTask *task);
/* The `done` of a commit that admitted runs: @user_data is a GArray of their ids, freed here. */
void jt_tracker_on_admitted (JtTracker *self, const GError *error, gpointer user_data);
void jt_tracker_make_ready (JtTracker *self, TrackedRun *run);
void jt_tracker_unready (JtTracker *self, TrackedRun *run);
void jt_tracker_dispatch (JtTracker *self);
void jt_tracker_release_slot (JtTracker *self, TrackedRun *run);
gboolean jt_tracker_has_slot (JtTracker *self, guint32 uid);
/* Moves @run to its next attempt, `starting`; the caller commits. */
void jt_tracker_begin_attempt (JtTracker *self, TrackedRun *run);
void jt_tracker_on_attempt_committed (JtTracker *self, const GError *error, gpointer user_data);
/* The end of @run, in one commit with its job's status; in @commit (nullable) (transfer full) when more belongs to it. (transfer full) final */
void jt_tracker_finish_run (JtTracker *self, TrackedRun *run, JtRun *final, JtCommit *commit, JtCommitFunc done, gpointer user_data);
gboolean jt_tracker_is_success_code (JtSettings *settings, gint32 exit_code);
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
