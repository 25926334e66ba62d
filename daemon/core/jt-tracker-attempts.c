/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-error.h"
#include "jt-retry.h"
#include "jt-tracker-private.h"

/* What the executor reports about attempts, and what follows from it: recorded first, acted upon afterwards. */

typedef struct
{
  guint64 run;
  guint   attempt;
} Ended;

static void
follow (JtTracker *self, guint64 run, guint attempt)
{
  g_hash_table_insert (self->followed, g_memdup2 (&run, sizeof run), GUINT_TO_POINTER (attempt));
}

void
jt_tracker_on_attempt_committed (JtTracker *self, const GError *error, gpointer user_data)
{
  g_autofree guint64 *id = user_data;
  TrackedRun *run = jt_tracker_run (self, *id);

  if (error != NULL || run == NULL || run->live->state != JT_RUN_STARTING)
    return;
  if (self->is_stopping)
    return; /* durable but not spawned: the next start of the service finds it and spawns */
  follow (self, run->id, run->live->attempt);
  jt_executor_start (self->executor, run->live, run->settings);
  if (run->live->cancel_requested)
    jt_executor_abandon (self->executor, run->id, run->live->attempt);
}

static void
recover_queued (JtTracker *self, TrackedRun *run)
{
  TrackedJob *job = jt_tracker_job (self, run->live->job);

  jt_tracker_limit_wait (self, run);
  if (jt_tracker_line_up (self, job, run))
    jt_tracker_proceed (self, run);
  else
    jt_tracker_replace_others (self, job, run);
}

void
jt_tracker_recover_run (JtTracker *self, TrackedRun *run)
{
  JtAttempt *attempt = jt_run_current_attempt (run->live);

  if (jt_run_is_tracked (run->live))
    {
      jt_tracker_recover_outside (self, run);
      return;
    }
  if (run->live->state == JT_RUN_QUEUED)
    {
      recover_queued (self, run);
      return;
    }
  if (run->live->state == JT_RUN_RETRY_WAIT)
    {
      run->timer.kind = TIMER_RUN;
      jt_scheduler_arm (self->scheduler, &run->timer, run->live->next_attempt_usec);
      return;
    }
  run->holds_slot = TRUE;
  self->n_running++;
  jt_tracker_owner (self, run->live->owner)->n_running++;
  if (g_hash_table_contains (self->followed, &run->id) || attempt == NULL)
    return;
  follow (self, run->id, attempt->number);
  jt_tracker_retake_inhibitors (self, run);
  jt_executor_recover (self->executor, run->live, run->settings, g_strcmp0 (attempt->boot_id, self->boot_id) == 0);
  if (run->live->cancel_requested)
    jt_executor_abandon (self->executor, run->id, attempt->number);
}

static void
take_start (JtRun *value, const JtAttemptReport *report, gint64 now_usec)
{
  JtAttempt *attempt = jt_run_current_attempt (value);

  attempt->started_usec = report->started_usec != 0 ? report->started_usec : now_usec;
  attempt->pid = report->pid;
  attempt->pid_start_time = report->pid_start_time;
  attempt->log_offset = report->log_offset;
  attempt->state = JT_RUN_RUNNING;
  if (value->started_usec == 0)
    value->started_usec = attempt->started_usec;
}

static TrackedRun *
find_attempt (JtTracker *self, guint64 id, guint number)
{
  TrackedRun *run = jt_tracker_run (self, id);

  if (run == NULL || run->live->attempt != number || jt_run_is_tracked (run->live))
    return NULL;
  if (run->live->state != JT_RUN_STARTING && run->live->state != JT_RUN_RUNNING)
    return NULL;
  return run;
}

static void
set_live (TrackedRun *run, JtRun *value)
{
  jt_run_unref (run->live);
  run->live = jt_run_ref (value);
}

/* What the job's history says about the end, and the begin that may have been expected. */
static void
begin_status (JtTracker *self, JtCommit *commit, JtRun *value)
{
  TrackedJob *job = jt_tracker_job (self, value->job);
  const JtAttempt *attempt = jt_run_current_attempt (value);

  if (job == NULL || job->is_leaving)
    return;
  if (job->status.typical_duration_usec > 0)
    value->eta_usec = attempt->started_usec + job->status.typical_duration_usec;
  if (!jt_settings_has (job->job->settings, "expect-every"))
    return;
  jt_tracker_check_in (self, job, commit);
}

void
jt_tracker_on_executor_started (JtExecutor *executor, guint64 id, guint number, JtAttemptReport *report,
                                gpointer user_data)
{
  JtTracker *self = user_data;
  TrackedRun *run = find_attempt (self, id, number);
  g_autoptr (JtRun) value = NULL;
  JtCommit *commit;

  if (run == NULL || self->is_broken || run->live->state != JT_RUN_STARTING)
    return;
  value = jt_run_copy (run->live);
  value->state = JT_RUN_RUNNING;
  take_start (value, report, jt_clock_get_realtime (self->clock));
  commit = jt_commit_new (self);
  begin_status (self, commit, value);
  set_live (run, value);
  jt_commit_put_run (commit, value, number == 1 ? JT_EVENT_RUN_STARTED : JT_EVENT_RUN_CHANGED);
  /* The attempt's state file has it. Many a job ends before this would be on the disk, and then both are by one commit. */
  jt_change_let_wait (jt_commit_get_change (commit));
  jt_commit_submit (commit, NULL, NULL);
  /* Asked to end while it was still on its way. */
  if (value->cancel_requested)
    jt_executor_stop (self->executor, id, number);
}

gboolean
jt_tracker_is_success_code (JtSettings *settings, gint32 exit_code)
{
  g_autoptr (GArray) codes = jt_settings_get_ints (settings, "success-exit-codes");

  for (guint i = 0; i < codes->len; i++)
    if (g_array_index (codes, gint, i) == exit_code)
      return TRUE;
  return codes->len == 0 && exit_code == 0;
}

/* The state that the attempt ended in, and why when the numbers do not say it. */
static JtRunState
judge (const JtRun *run, JtSettings *settings, const JtAttemptReport *report, const char **reason)
{
  *reason = report->reason;
  if (report->end == JT_END_LOST)
    return JT_RUN_LOST;
  if (run->cancel_requested)
    {
      *reason = run->cancel_reason;
      return JT_RUN_CANCELLED;
    }
  if (report->end == JT_END_START_FAILED)
    return JT_RUN_FAILED;
  if (report->end == JT_END_ABANDONED)
    {
      *reason = "abandoned";
      return JT_RUN_CANCELLED;
    }
  if (report->timed_out)
    {
      *reason = "timeout";
      return JT_RUN_TIMED_OUT;
    }
  if (report->was_stopped)
    {
      *reason = "stopped from outside";
      return JT_RUN_CANCELLED;
    }
  if (report->signal != 0)
    return JT_RUN_FAILED;
  return jt_tracker_is_success_code (settings, report->exit_code) ? JT_RUN_SUCCEEDED : JT_RUN_FAILED;
}

static void
take_end (JtRun *value, JtRunState state, const JtAttemptReport *report, const char *reason, gint64 now_usec)
{
  JtAttempt *attempt = jt_run_current_attempt (value);

  attempt->state = state;
  attempt->finished_usec = report->finished_usec != 0 ? report->finished_usec : now_usec;
  attempt->exit_code = report->signal != 0 ? -1 : report->exit_code;
  attempt->signal = report->signal;
  g_free (attempt->reason);
  attempt->reason = g_strdup (reason);
  attempt->cpu_usec = report->cpu_usec;
  attempt->memory_peak_bytes = report->memory_peak_bytes;
  attempt->log_dropped_bytes = report->log_dropped_bytes;
  value->exit_code = attempt->exit_code;
  value->signal = attempt->signal;
  g_free (value->reason);
  value->reason = g_strdup (reason);
  value->cpu_usec += report->cpu_usec;
  value->memory_peak_bytes = MAX (value->memory_peak_bytes, report->memory_peak_bytes);
  value->log_size_bytes = report->log_size_bytes;
  value->finished_usec = attempt->finished_usec;
}

static void
on_end_committed (JtTracker *self, const GError *error, gpointer user_data)
{
  g_autofree Ended *ended = user_data;

  if (error != NULL)
    return; /* the state file stays; it is recovered when the storage is back */
  jt_executor_forget (self->executor, ended->run, ended->attempt);
  jt_tracker_dispatch (self);
}

/* The job's own part of a final run: statistics of the list view, and "every … after". */
static void
settle_status (JtTracker *self, JtCommit *commit, JtRun *final)
{
  TrackedJob *job = jt_tracker_job (self, final->job);

  if (job == NULL || job->is_leaving)
    return;
  jt_job_status_take_run (&job->status, final);
  jt_tracker_plan_job (self, job);
  jt_tracker_expect (self, job);
  jt_commit_put_status (commit, job);
}

void
jt_tracker_finish_run (JtTracker *self, TrackedRun *run, JtRun *final, JtCommit *commit, JtCommitFunc done, gpointer user_data)
{
  g_autoptr (JtRun) owned = final;

  if (commit == NULL)
    commit = jt_commit_new (self);
  if (owned->finished_usec == 0)
    owned->finished_usec = jt_clock_get_realtime (self->clock);
  owned->next_attempt_usec = 0;
  owned->eta_usec = 0;
  jt_scheduler_disarm (self->scheduler, &run->timer);
  jt_tracker_unready (self, run);
  jt_tracker_release_slot (self, run);
  jt_tracker_release_surroundings (self, run);
  set_live (run, owned);
  settle_status (self, commit, owned);
  jt_commit_put_run (commit, owned, JT_EVENT_RUN_FINISHED);
  jt_tracker_note_end (self, owned, commit);
  jt_commit_submit (commit, done, user_data);
  /* Behind the end, so that nobody can find two of them on record who may not be there together. */
  jt_tracker_end_turn (self, run);
}

static void
await_retry (JtTracker *self, TrackedRun *run, JtRun *value, gint64 delay_usec, Ended *ended)
{
  JtCommit *commit = jt_commit_new (self);

  value->state = JT_RUN_RETRY_WAIT;
  value->next_attempt_usec = jt_clock_get_realtime (self->clock) + delay_usec;
  value->finished_usec = 0;
  set_live (run, value);
  jt_tracker_release_slot (self, run);
  jt_tracker_release_surroundings (self, run);
  run->timer.kind = TIMER_RUN;
  jt_scheduler_arm (self->scheduler, &run->timer, value->next_attempt_usec);
  jt_commit_put_run (commit, value, JT_EVENT_RUN_CHANGED);
  jt_commit_tell_run (commit, value, FALSE);
  jt_commit_submit (commit, on_end_committed, ended);
}

void
jt_tracker_on_executor_ended (JtExecutor *executor, guint64 id, guint number, JtAttemptReport *report,
                              gpointer user_data)
{
  JtTracker *self = user_data;
  TrackedRun *run = find_attempt (self, id, number);
  gint64 now_usec = jt_clock_get_realtime (self->clock);
  g_autoptr (JtRun) value = NULL;
  const char *reason;
  JtRunState state;
  gint64 delay_usec;
  Ended *ended;

  g_hash_table_remove (self->followed, &id);
  if (run == NULL || self->is_broken)
    return;
  value = jt_run_copy (run->live);
  if (report->started_usec != 0 && jt_run_current_attempt (value)->started_usec == 0)
    take_start (value, report, now_usec);
  state = judge (value, run->settings, report, &reason);
  take_end (value, state, report, reason, now_usec);
  ended = g_new (Ended, 1);
  ended->run = id;
  ended->attempt = number;
  if (!value->cancel_requested && jt_retry_decide (run->settings, value, state, id ^ ((guint64) number << 48), &delay_usec))
    {
      await_retry (self, run, value, delay_usec, ended);
      return;
    }
  value->state = state;
  jt_tracker_finish_run (self, run, g_steal_pointer (&value), NULL, on_end_committed, ended);
  /* Whoever waits for the slot is put on record together with this end: both are durable by one commit, or neither is. */
  jt_tracker_dispatch (self);
}
