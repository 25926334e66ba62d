/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-duration.h"
#include "jt-error.h"
#include "jt-tracker-private.h"

/* Runs that somebody else does and reports. Begin and end are durable before they are answered; progress, heartbeats and log
 * text are answered at once, shown at once, and put on record at most once a second. */

#define WRITE_INTERVAL_USEC ((gint64) G_USEC_PER_SEC)
/* Of a run whose reporter need not stay on the bus. */
#define DETACHED_TIMEOUT_USEC (3600 * (gint64) G_USEC_PER_SEC)

static gint64
get_now (JtTracker *self)
{
  return jt_clock_get_realtime (self->clock);
}

static gboolean
is_over (const TrackedRun *run)
{
  return run->is_ending || jt_run_state_is_final (run->live->state);
}

static void
set_live (TrackedRun *run, JtRun *value)
{
  jt_run_unref (run->live);
  run->live = jt_run_ref (value);
}

/* --- whose connection a run ends with --- */

static void
add_to_sender (JtTracker *self, TrackedRun *run)
{
  const char *sender = run->live->sender;
  GArray *ids;

  if (sender == NULL)
    return;
  ids = g_hash_table_lookup (self->senders, sender);
  if (ids == NULL)
    {
      ids = g_array_new (FALSE, FALSE, sizeof (guint64));
      g_hash_table_insert (self->senders, g_strdup (sender), ids);
    }
  g_array_append_val (ids, run->id);
}

static void
remove_from_sender (JtTracker *self, TrackedRun *run)
{
  GArray *ids = run->live->sender == NULL ? NULL : g_hash_table_lookup (self->senders, run->live->sender);

  if (ids == NULL)
    return;
  for (guint i = 0; i < ids->len; i++)
    if (g_array_index (ids, guint64, i) == run->id)
      {
        g_array_remove_index_fast (ids, i);
        break;
      }
  if (ids->len == 0)
    g_hash_table_remove (self->senders, run->live->sender);
}

static void
count_tracked (JtTracker *self, guint32 uid, int change)
{
  guint count = GPOINTER_TO_UINT (g_hash_table_lookup (self->tracked_of, GUINT_TO_POINTER (uid))) + (guint) change;

  g_hash_table_insert (self->tracked_of, GUINT_TO_POINTER (uid), GUINT_TO_POINTER (count));
}

static void
open_log (JtTracker *self, TrackedRun *run, gboolean may_exist)
{
  jt_executor_track_log (self->executor, run->id, jt_settings_get_uint64 (run->settings, "log-max-size"), may_exist);
}

static void
follow (JtTracker *self, TrackedRun *run)
{
  run->heard_usec = get_now (self);
  add_to_sender (self, run);
  count_tracked (self, run->live->owner, +1);
}

void
jt_tracker_forget_outside (JtTracker *self, TrackedRun *run)
{
  TrackedJob *job = jt_tracker_job (self, run->live->job);

  remove_from_sender (self, run);
  count_tracked (self, run->live->owner, -1);
  if (job != NULL && job->open_ping == run->id)
    job->open_ping = 0;
}

/* --- silence --- */

static void
arm (JtTracker *self, TrackedRun *run)
{
  gint64 at_usec = G_MAXINT64;

  if (run->live->heartbeat_timeout_usec > 0)
    at_usec = run->heard_usec + run->live->heartbeat_timeout_usec;
  if (run->is_unwritten)
    at_usec = MIN (at_usec, run->written_usec + WRITE_INTERVAL_USEC);
  jt_scheduler_arm (self->scheduler, &run->timer, at_usec);
}

static void
write_progress (JtTracker *self, TrackedRun *run)
{
  JtCommit *commit = jt_commit_new (self);

  run->is_unwritten = FALSE;
  run->written_usec = get_now (self);
  jt_commit_put_run (commit, run->live, JT_EVENT_RUN_CHANGED);
  jt_commit_submit (commit, NULL, NULL);
}

void
jt_tracker_on_outside_due (JtTracker *self, TrackedRun *run)
{
  gint64 timeout_usec = run->live->heartbeat_timeout_usec;
  gint64 now_usec = get_now (self);

  if (is_over (run))
    return;
  if (timeout_usec > 0 && now_usec >= run->heard_usec + timeout_usec)
    {
      g_autofree char *length = jt_duration_format (timeout_usec);
      g_autofree char *reason = g_strdup_printf ("no heartbeat for %s", length);

      jt_tracker_lose_outside (self, run, reason);
      return;
    }
  if (run->is_unwritten && now_usec >= run->written_usec + WRITE_INTERVAL_USEC)
    write_progress (self, run);
  arm (self, run);
}

/* A clock that was set says nothing about silence: all wait anew. */
void
jt_tracker_restart_heartbeats (JtTracker *self)
{
  gint64 now_usec = get_now (self);

  for (guint i = 0; i < self->runs->len; i++)
    {
      TrackedRun *run = g_ptr_array_index (self->runs, i);

      if (!jt_run_is_tracked (run->live) || is_over (run))
        continue;
      run->heard_usec = now_usec;
      run->written_usec = MIN (run->written_usec, now_usec);
      arm (self, run);
    }
}

void
jt_tracker_hear_outside (JtTracker *self, TrackedRun *run)
{
  TrackedJob *job = jt_tracker_job (self, run->live->job);

  /* The timer is not moved with each word: it looks again when it rings. */
  run->heard_usec = get_now (self);
  if (job != NULL && job->status.late_since_usec != 0)
    jt_tracker_end_lateness (self, job);
}

/* --- begin --- */

TrackedRun *
jt_tracker_begin_outside (JtTracker *self, TrackedJob *job, JtTrigger trigger, const JtReport *report)
{
  g_autoptr (JtRun) run = jt_tracker_make_run (self, job, trigger, 0);
  JtAttempt *attempt = jt_attempt_new ();
  TrackedRun *tracked;

  run->state = JT_RUN_RUNNING;
  run->attempt = 1;
  run->max_attempts = 1;
  run->started_usec = run->queued_usec;
  run->eta_usec = job->status.typical_duration_usec > 0 ? run->started_usec + job->status.typical_duration_usec : 0;
  run->message = g_strdup (report->message);
  g_clear_pointer (&run->executor, g_free);
  run->bus_id = g_strdup (report->sender != NULL ? self->bus_id : NULL);
  run->sender = g_strdup (report->sender);
  run->heartbeat_timeout_usec = report->heartbeat_timeout_usec;
  if (report->heartbeat_timeout_usec < 0)
    run->heartbeat_timeout_usec = report->sender != NULL ? 0 : DETACHED_TIMEOUT_USEC;
  run->request_id = g_strdup (report->request_id);
  attempt->number = 1;
  attempt->boot_id = g_strdup (self->boot_id);
  attempt->committed_usec = attempt->started_usec = run->queued_usec;
  attempt->state = JT_RUN_RUNNING;
  g_ptr_array_add (run->attempts, attempt);

  tracked = jt_tracker_insert_run (self, run, job->job->settings);
  follow (self, tracked);
  open_log (self, tracked, FALSE);
  arm (self, tracked);
  return tracked;
}

void
jt_tracker_recover_outside (JtTracker *self, TrackedRun *run)
{
  TrackedJob *job = jt_tracker_job (self, run->live->job);

  follow (self, run);
  if (job != NULL && run->live->trigger == JT_TRIGGER_PING)
    job->open_ping = run->id;
  if (run->settings != NULL)
    open_log (self, run, TRUE);
  arm (self, run);
}

void
jt_tracker_open_outside_log (JtTracker *self, TrackedRun *run)
{
  if (!is_over (run))
    open_log (self, run, TRUE);
}

static void
ignore_closed (const JtTrackedLog *log, gpointer user_data)
{
}

void
jt_tracker_undo_outside (JtTracker *self, guint64 id)
{
  TrackedRun *run = jt_tracker_run (self, id);
  TrackedJob *job = run == NULL ? NULL : jt_tracker_job (self, run->live->job);

  if (run == NULL)
    return;
  jt_executor_close_log (self->executor, id, FALSE, ignore_closed, NULL);
  jt_tracker_drop_run (self, run);
  if (job != NULL && job->shown.job == NULL && job->n_active == 0)
    jt_tracker_drop_job (self, job);
}

TrackWish *
jt_track_wish_new (const JtReport *report)
{
  TrackWish *wish = g_new0 (TrackWish, 1);

  wish->report = *report;
  wish->report.owner_name = g_strdup (report->owner_name);
  wish->report.name = g_strdup (report->name);
  wish->report.settings = report->settings == NULL ? NULL : g_variant_ref (report->settings);
  wish->report.message = g_strdup (report->message);
  wish->report.sender = g_strdup (report->sender);
  wish->report.request_id = g_strdup (report->request_id);
  wish->report.digest = g_strdup (report->digest);
  return wish;
}

void
jt_track_wish_free (gpointer data)
{
  TrackWish *wish = data;

  g_free ((char *) wish->report.owner_name);
  g_free ((char *) wish->report.name);
  g_clear_pointer (&wish->report.settings, g_variant_unref);
  g_free ((char *) wish->report.message);
  g_free ((char *) wish->report.sender);
  g_free ((char *) wish->report.request_id);
  g_free ((char *) wish->report.digest);
  g_clear_object (&wish->task);
  g_free (wish);
}

static void
on_tracking_committed (JtTracker *self, const GError *error, gpointer user_data)
{
  TrackWish *wish = user_data;

  if (error != NULL)
    jt_tracker_undo_outside (self, wish->run);
  if (error == NULL)
    g_task_return_pointer (wish->task, g_memdup2 (&wish->run, sizeof wish->run), g_free);
  else
    g_task_return_error (wish->task, g_error_copy (error));
  jt_request_end (self, wish->report.uid, wish->report.request_id);
  jt_track_wish_free (wish);
}

static gboolean
check_report (JtTracker *self, const TrackWish *wish, GError **error)
{
  guint limit = self->config->max_tracked_per_user;
  guint count = GPOINTER_TO_UINT (g_hash_table_lookup (self->tracked_of, GUINT_TO_POINTER (wish->report.uid)));

  if (wish->has_left)
    g_set_error_literal (error, JT_ERROR, JT_ERROR_NOT_FOUND, "the reporter has left the bus");
  else if (self->is_broken || self->is_stopping)
    g_set_error_literal (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE, "nothing is started while the storage is away");
  else if (limit > 0 && count >= limit)
    g_set_error (error, JT_ERROR, JT_ERROR_QUOTA_EXCEEDED, "%u tracked runs have not ended, the limit for one user; finish some first",
                 limit);
  else
    return TRUE;
  return FALSE;
}

static void
refuse_wish (JtTracker *self, TrackWish *wish, GTask *task, GError *error)
{
  g_task_return_error (task, error);
  jt_request_end (self, wish->report.uid, wish->report.request_id);
  jt_track_wish_free (wish);
}

static void
proceed_tracking (JtTracker *self, GTask *task, gpointer user_data)
{
  TrackWish *wish = user_data;
  GError *error = NULL;
  TrackedJob *job = NULL;
  TrackedRun *run;
  JtCommit *commit;

  g_queue_remove (&self->wishes, wish);
  if (!check_report (self, wish, &error))
    {
      refuse_wish (self, wish, task, error);
      return;
    }
  commit = jt_commit_new (self);
  job = jt_tracker_report_job (self, &wish->report, commit, &error);
  if (job == NULL)
    {
      jt_commit_discard (commit);
      refuse_wish (self, wish, task, error);
      return;
    }
  run = jt_tracker_begin_outside (self, job, JT_TRIGGER_TRACKED, &wish->report);
  wish->run = run->id;
  wish->task = g_object_ref (task);
  if (wish->report.request_id != NULL && *wish->report.request_id != '\0')
    jt_change_add_request (jt_commit_get_change (commit), wish->report.uid, wish->report.request_id, wish->report.digest, run->id, 1);
  if (jt_settings_has (job->job->settings, "expect-every"))
    jt_tracker_check_in (self, job, commit);
  jt_commit_put_run (commit, run->live, JT_EVENT_RUN_STARTED);
  jt_commit_submit (commit, on_tracking_committed, wish);
}

static void
replay_tracking (GTask *task, guint64 first_id, guint count)
{
  g_task_return_pointer (task, g_memdup2 (&first_id, sizeof first_id), g_free);
}

/* The reporter may leave while the record is asked about the request. */
static void
forget_wish (gpointer data)
{
  TrackWish *wish = data;

  g_queue_remove (&wish->tracker->wishes, wish);
  jt_track_wish_free (wish);
}

void
jt_tracker_start_tracking_async (JtTracker *self, const JtReport *report, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, c, cb, data);
  TrackWish *wish;
  GError *error = NULL;

  if (!jt_job_name_check (report->name, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  wish = jt_track_wish_new (report);
  wish->tracker = self;
  g_queue_push_tail (&self->wishes, wish);
  jt_request_begin (self, report->uid, report->request_id, report->digest, task, replay_tracking, proceed_tracking, wish, forget_wish);
}

static guint64
finish_with_id (GAsyncResult *result, GError **error)
{
  g_autofree guint64 *id = g_task_propagate_pointer (G_TASK (result), error);

  return id == NULL ? 0 : *id;
}

guint64
jt_tracker_start_tracking_finish (JtTracker *self, GAsyncResult *result, GError **error)
{
  return finish_with_id (result, error);
}

/* --- meanwhile --- */

/* NULL with @error. */
static TrackedRun *
find_outside (JtTracker *self, guint64 id, GError **error)
{
  TrackedRun *run = jt_tracker_run (self, id);

  if (run == NULL || is_over (run))
    g_set_error (error, JT_ERROR, JT_ERROR_WRONG_STATE, "run %" G_GUINT64_FORMAT " is already finished", id);
  else if (!jt_run_is_tracked (run->live))
    g_set_error (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED,
                 "run %" G_GUINT64_FORMAT " is not tracked: the service supervises it itself", id);
  else
    return run;
  return NULL;
}

gboolean
jt_tracker_check_settings (const TrackedRun *run, GError **error)
{
  if (run->settings != NULL)
    return TRUE;
  g_set_error_literal (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE, "the job's settings are still being read; try again");
  return FALSE;
}

static void
show_live (TrackedRun *run)
{
  if (run->shown == NULL)
    return;
  jt_run_unref (run->shown);
  run->shown = jt_run_ref (run->live);
}

gboolean
jt_tracker_set_progress (JtTracker *self, guint64 id, double fraction, const char *message, GError **error)
{
  TrackedRun *run = find_outside (self, id, error);
  g_autoptr (JtRun) value = NULL;
  TrackedJob *job;

  if (run == NULL)
    return FALSE;
  jt_tracker_hear_outside (self, run);
  job = jt_tracker_job (self, run->live->job);
  value = jt_run_copy (run->live);
  value->progress = fraction;
  g_free (value->message);
  value->message = *message == '\0' ? NULL : g_strdup (message);
  value->eta_usec = jt_run_estimate_end (value, job == NULL ? 0 : job->status.typical_duration_usec, run->heard_usec);
  set_live (run, value);
  show_live (run);
  run->is_unwritten = TRUE;
  if (run->heard_usec >= run->written_usec + WRITE_INTERVAL_USEC)
    write_progress (self, run);
  arm (self, run);
  return TRUE;
}

gboolean
jt_tracker_append_log (JtTracker *self, guint64 id, gboolean is_stderr, GBytes *text, GError **error)
{
  TrackedRun *run = find_outside (self, id, error);

  if (run == NULL || !jt_tracker_check_settings (run, error))
    return FALSE;
  jt_tracker_hear_outside (self, run);
  return jt_executor_append_log (self->executor, id, is_stderr, text, error);
}

gboolean
jt_tracker_heartbeat (JtTracker *self, guint64 id, GError **error)
{
  TrackedRun *run = find_outside (self, id, error);

  if (run == NULL)
    return FALSE;
  jt_tracker_hear_outside (self, run);
  return TRUE;
}

/* --- end --- */

typedef struct
{
  JtTracker   *tracker; /* (owned) */
  guint64      run;
  JtRun       *final;   /* (owned) */
  JtCommit    *commit;  /* (owned) (nullable) */
  JtCommitFunc done;
  gpointer     user_data;
} Ending;

static void
take_log (JtRun *final, const JtTrackedLog *log)
{
  JtAttempt *attempt = jt_run_current_attempt (final);

  if (log == NULL)
    return;
  final->log_size_bytes = log->size_bytes;
  if (attempt != NULL)
    attempt->log_dropped_bytes = log->dropped_bytes;
}

/* All was loaded anew meanwhile: nothing of this holds, and the run, if it is there, goes on. */
static void
refuse_end (JtTracker *self, Ending *ending, TrackedRun *run)
{
  g_autoptr (GError) error = g_error_new_literal (JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE,
                                                  "the storage failed; nothing is changed until it is back");

  if (run != NULL && run->settings != NULL)
    jt_tracker_open_outside_log (self, run);
  g_clear_pointer (&ending->final, jt_run_unref);
  g_clear_pointer (&ending->commit, jt_commit_discard);
  if (ending->done != NULL)
    ending->done (self, error, ending->user_data);
}

static void
on_log_closed (const JtTrackedLog *log, gpointer user_data)
{
  g_autofree Ending *ending = user_data;
  g_autoptr (JtTracker) self = ending->tracker;
  TrackedRun *run = jt_tracker_run (self, ending->run);

  take_log (ending->final, log);
  if (run != NULL && run->is_ending)
    {
      jt_tracker_finish_run (self, run, ending->final, ending->commit, ending->done, ending->user_data);
      return;
    }
  refuse_end (self, ending, run);
}

static gboolean
keeps_log (TrackedRun *run, JtRunState state)
{
  const char *rule = run->settings == NULL ? NULL : jt_settings_get_string (run->settings, "log-keep");

  if (g_strcmp0 (rule, "never") == 0)
    return FALSE;
  return g_strcmp0 (rule, "on-failure") != 0 || !jt_run_state_is_success (state);
}

void
jt_tracker_end_outside (JtTracker *self, TrackedRun *run, JtRun *final, JtCommit *commit, JtCommitFunc done, gpointer user_data)
{
  Ending *ending = g_new0 (Ending, 1);
  JtAttempt *attempt = jt_run_current_attempt (final);

  run->is_ending = TRUE;
  if (final->finished_usec == 0)
    final->finished_usec = get_now (self);
  if (attempt != NULL)
    {
      attempt->state = final->state;
      attempt->finished_usec = final->finished_usec;
    }
  ending->tracker = g_object_ref (self);
  ending->run = run->id;
  ending->final = final;
  ending->commit = commit;
  ending->done = done;
  ending->user_data = user_data;
  jt_executor_close_log (self->executor, run->id, keeps_log (run, final->state), on_log_closed, ending);
}

void
jt_tracker_lose_outside (JtTracker *self, TrackedRun *run, const char *reason)
{
  JtRun *final = jt_run_copy (run->live);

  final->state = JT_RUN_LOST;
  g_free (final->reason);
  final->reason = g_strdup (reason);
  jt_tracker_end_outside (self, run, final, NULL, NULL, NULL);
}

static JtRunState
judge (TrackedRun *run, const JtOutcome *outcome)
{
  if (outcome->state != JT_RUN_QUEUED)
    return outcome->state;
  if (outcome->signal != 0)
    return JT_RUN_FAILED;
  return jt_tracker_is_success_code (run->settings, outcome->exit_code) ? JT_RUN_SUCCEEDED : JT_RUN_FAILED;
}

static void
replace_text (char **text, const char *value)
{
  if (value == NULL || *value == '\0')
    return;
  g_free (*text);
  *text = g_strdup (value);
}

JtRun *
jt_tracker_make_end (JtTracker *self, TrackedRun *run, const JtOutcome *outcome)
{
  JtRun *final = jt_run_copy (run->live);
  JtAttempt *attempt = jt_run_current_attempt (final);

  gint32 exit_code = outcome->signal != 0 ? -1 : outcome->exit_code;

  final->state = judge (run, outcome);
  final->exit_code = exit_code;
  final->signal = outcome->signal;
  final->cpu_usec = outcome->cpu_usec;
  final->memory_peak_bytes = outcome->memory_peak_bytes;
  replace_text (&final->reason, outcome->reason);
  replace_text (&final->message, outcome->message);
  if (jt_run_state_is_success (final->state) && final->progress >= 0)
    final->progress = 1;
  attempt->exit_code = exit_code;
  attempt->signal = outcome->signal;
  attempt->cpu_usec = outcome->cpu_usec;
  attempt->memory_peak_bytes = outcome->memory_peak_bytes;
  replace_text (&attempt->reason, outcome->reason);
  return final;
}

static void
on_finish_committed (JtTracker *self, const GError *error, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_error_copy (error));
}

void
jt_tracker_finish_tracked_async (JtTracker *self, guint64 id, const JtOutcome *outcome, GCancellable *c, GAsyncReadyCallback cb,
                                 gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, c, cb, data);
  GError *error = NULL;
  TrackedRun *run = find_outside (self, id, &error);

  if (run == NULL || !jt_tracker_check_settings (run, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  jt_tracker_end_outside (self, run, jt_tracker_make_end (self, run, outcome), NULL, on_finish_committed, g_steal_pointer (&task));
}

gboolean
jt_tracker_finish_tracked_finish (JtTracker *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- reporters that leave --- */

/* (element-type guint64) of runs that end with some connection */
static GArray *
list_attached (JtTracker *self)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint i = 0; i < self->runs->len; i++)
    {
      TrackedRun *run = g_ptr_array_index (self->runs, i);

      if (run->live->sender != NULL && !is_over (run))
        g_array_append_val (ids, run->id);
    }
  return ids;
}

static void
lose_listed (JtTracker *self, GArray *ids, const char *reason)
{
  for (guint i = 0; i < ids->len; i++)
    {
      TrackedRun *run = jt_tracker_run (self, g_array_index (ids, guint64, i));

      if (run != NULL && !is_over (run))
        jt_tracker_lose_outside (self, run, reason);
    }
}

GPtrArray *
jt_tracker_enter_bus (JtTracker *self, const char *bus_id)
{
  g_autoptr (GArray) attached = list_attached (self);
  g_autoptr (GHashTable) senders = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);

  g_free (self->bus_id);
  self->bus_id = g_strdup (bus_id);
  for (guint i = 0; i < attached->len; i++)
    {
      TrackedRun *run = jt_tracker_run (self, g_array_index (attached, guint64, i));

      if (g_strcmp0 (run->live->bus_id, bus_id) != 0)
        jt_tracker_lose_outside (self, run, "its bus is gone");
      else if (g_hash_table_add (senders, run->live->sender))
        g_ptr_array_add (list, g_strdup (run->live->sender));
    }
  return list;
}

void
jt_tracker_leave_bus (JtTracker *self)
{
  g_autoptr (GArray) attached = list_attached (self);

  g_clear_pointer (&self->bus_id, g_free);
  lose_listed (self, attached, "its bus is gone");
}

void
jt_tracker_sender_gone (JtTracker *self, const char *sender)
{
  GArray *known = g_hash_table_lookup (self->senders, sender);
  g_autoptr (GArray) ids = known == NULL ? NULL : g_array_copy (known);

  for (GList *link = self->wishes.head; link != NULL; link = link->next)
    {
      TrackWish *wish = link->data;

      if (g_strcmp0 (wish->report.sender, sender) == 0)
        wish->has_left = TRUE;
    }
  if (ids != NULL)
    lose_listed (self, ids, "its reporter left the bus");
}
