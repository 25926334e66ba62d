/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-error.h"
#include "jt-journal.h"
#include "jt-log.h"
#include "jt-tracker-private.h"

/* What the shown side of a job becomes when the commit is through. */
typedef struct
{
  guint64     id;
  JtJob      *job; /* (owned) (nullable): removed */
  JtJobStatus status;
} ShownJob;

struct _JtCommit
{
  JtTracker   *tracker; /* (owned) */
  JtChange    *change;  /* (owned) until it is submitted */
  GArray      *jobs;    /* (element-type ShownJob) */
  GPtrArray   *runs;    /* (element-type JtRun) */
  GPtrArray   *events;  /* (element-type JtEvent) */
  GArray      *admitted;/* (element-type guint64) (owned) (nullable) */
  GArray      *touched; /* (owned) (nullable) */
  gboolean     is_told; /* somebody is to be told of it */
  JtCommitFunc done;
  gpointer     user_data;
};

static void
clear_shown_job (gpointer data)
{
  g_clear_pointer (&((ShownJob *) data)->job, jt_job_unref);
}

static void
commit_free (JtCommit *commit)
{
  g_clear_object (&commit->tracker);
  g_clear_pointer (&commit->change, jt_change_free);
  g_array_unref (commit->jobs);
  g_ptr_array_unref (commit->runs);
  g_ptr_array_unref (commit->events);
  g_clear_pointer (&commit->admitted, g_array_unref);
  g_clear_pointer (&commit->touched, g_array_unref);
  g_free (commit);
}

JtCommit *
jt_commit_new (JtTracker *self)
{
  JtCommit *commit = g_new0 (JtCommit, 1);

  commit->tracker = g_object_ref (self);
  commit->change = jt_change_new ();
  commit->jobs = g_array_new (FALSE, FALSE, sizeof (ShownJob));
  g_array_set_clear_func (commit->jobs, clear_shown_job);
  commit->runs = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_run_unref);
  commit->events = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_event_unref);
  return commit;
}

void
jt_commit_discard (JtCommit *commit)
{
  commit_free (commit);
}

GArray *
jt_commit_get_admitted (JtCommit *commit)
{
  if (commit->admitted == NULL)
    commit->admitted = g_array_new (FALSE, FALSE, sizeof (guint64));
  return commit->admitted;
}

GArray *
jt_commit_get_touched (JtCommit *commit)
{
  if (commit->touched == NULL)
    commit->touched = jt_touched_new ();
  return commit->touched;
}

JtChange *
jt_commit_get_change (JtCommit *commit)
{
  return commit->change;
}

static void
show_job (JtCommit *commit, guint64 id, JtJob *job, const JtJobStatus *status)
{
  ShownJob shown = { .id = id, .job = job == NULL ? NULL : jt_job_ref (job) };

  if (status != NULL)
    shown.status = *status;
  g_array_append_val (commit->jobs, shown);
}

static void
add_event (JtCommit *commit, JtEvent *event)
{
  jt_change_add_event (commit->change, event);
  g_ptr_array_add (commit->events, event);
}

static void
add_job_event (JtCommit *commit, TrackedJob *job, JtEventKind kind)
{
  gint64 now_usec = jt_clock_get_realtime (commit->tracker->clock);

  add_event (commit, jt_event_new_for_job (kind, now_usec, job->job, &job->status));
}

void
jt_commit_put_job (JtCommit *commit, TrackedJob *job, int kind)
{
  jt_change_put_job (commit->change, job->job);
  jt_change_put_status (commit->change, job->id, &job->status);
  show_job (commit, job->id, job->job, &job->status);
  if (kind >= 0)
    add_job_event (commit, job, (JtEventKind) kind);
}

void
jt_commit_put_status (JtCommit *commit, TrackedJob *job)
{
  jt_change_put_status (commit->change, job->id, &job->status);
  show_job (commit, job->id, job->job, &job->status);
}

void
jt_commit_tell_status (JtCommit *commit, TrackedJob *job)
{
  jt_commit_put_status (commit, job);
  add_job_event (commit, job, JT_EVENT_JOB_CHANGED);
}

void
jt_commit_remove_job (JtCommit *commit, TrackedJob *job, gboolean delete_history)
{
  if (commit->tracker->notifier != NULL)
    jt_notifier_forget_job (commit->tracker->notifier, commit->change, job->id);
  jt_change_remove_job (commit->change, job->id, jt_clock_get_realtime (commit->tracker->clock), delete_history);
  show_job (commit, job->id, NULL, NULL);
  add_job_event (commit, job, JT_EVENT_JOB_REMOVED);
}

/* Statistics are part of the change that makes the run final: they can neither be lost nor counted twice. */
static void
add_sample (JtCommit *commit, const JtRun *run)
{
  TrackedJob *job = jt_tracker_job (commit->tracker, run->job);
  JtSample sample;

  jt_sample_from_run (&sample, run);
  if (job != NULL && job->status.last_run == run->id)
    {
      sample.turn = job->status.turn;
      sample.phase_usec = job->status.phase_usec;
      sample.streak = job->status.streak;
    }
  jt_change_add_sample (commit->change, &sample);
}

void
jt_commit_tell (JtCommit *commit, const JtNews *news)
{
  JtNotifier *notifier = commit->tracker->notifier;

  if (notifier != NULL && jt_notifier_note (notifier, commit->change, news))
    commit->is_told = TRUE;
}

void
jt_commit_tell_heard (JtCommit *commit, TrackedJob *job)
{
  JtNotifier *notifier = commit->tracker->notifier;

  if (notifier != NULL && jt_notifier_note_heard (notifier, commit->change, job->job, &job->status))
    commit->is_told = TRUE;
}

void
jt_commit_tell_run (JtCommit *commit, JtRun *run, gboolean is_begin)
{
  JtNotifier *notifier = commit->tracker->notifier;
  TrackedJob *job = jt_tracker_job (commit->tracker, run->job);

  if (notifier == NULL || job == NULL || job->is_leaving)
    return;
  if (jt_notifier_note_run (notifier, commit->change, job->job, &job->status, run, is_begin))
    commit->is_told = TRUE;
}

void
jt_commit_put_run (JtCommit *commit, JtRun *run, int kind)
{
  if (kind == JT_EVENT_RUN_FINISHED)
    add_sample (commit, run);
  jt_change_put_run (commit->change, run);
  g_ptr_array_add (commit->runs, jt_run_ref (run));
  if (kind == JT_EVENT_RUN_FINISHED || kind == JT_EVENT_RUN_STARTED)
    jt_commit_tell_run (commit, run, kind == JT_EVENT_RUN_STARTED);
  if (kind >= 0)
    add_event (commit, jt_event_new_for_run ((JtEventKind) kind, jt_clock_get_realtime (commit->tracker->clock), run));
}

void
jt_tracker_emit_event (JtTracker *self, JtEvent *event)
{
  if (event->sequence > self->last_sequence)
    self->last_sequence = event->sequence;
  jt_journal_tell (event);
  g_signal_emit_by_name (self, "event", event);
}

static gboolean
emit_changed_cb (gpointer user_data)
{
  JtTracker *self = user_data;

  g_clear_pointer (&self->changed_source, g_source_unref);
  jt_tracker_update_wake (self);
  g_signal_emit_by_name (self, "changed");
  return G_SOURCE_REMOVE;
}

void
jt_tracker_queue_changed (JtTracker *self)
{
  if (self->changed_source != NULL)
    return;
  self->changed_source = g_idle_source_new ();
  g_source_set_priority (self->changed_source, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->changed_source, emit_changed_cb, self, NULL);
  g_source_attach (self->changed_source, NULL);
}

static void
apply_job (JtTracker *self, ShownJob *shown)
{
  TrackedJob *job = jt_tracker_job (self, shown->id);

  if (job == NULL)
    return;
  if (shown->job == NULL)
    {
      jt_tracker_drop_job (self, job);
      return;
    }
  if (job->shown.job != shown->job)
    {
      g_clear_pointer (&job->shown.job, jt_job_unref);
      job->shown.job = jt_job_ref (shown->job);
    }
  job->shown.status = shown->status;
}

static void
apply_run (JtTracker *self, JtRun *run)
{
  TrackedRun *tracked = jt_tracker_run (self, run->id);

  if (tracked == NULL)
    return;
  if (tracked->shown != NULL)
    self->n_in_state[tracked->shown->state]--;
  g_clear_pointer (&tracked->shown, jt_run_unref);
  if (jt_run_state_is_final (run->state))
    {
      jt_executor_seal_log (self->executor, run->id, run->log_size_bytes);
      jt_tracker_note_result (self);
      jt_tracker_drop_run (self, tracked);
      return;
    }
  /* Progress runs ahead of the record. */
  if (jt_run_is_tracked (run) && !jt_run_state_is_final (tracked->live->state))
    run = tracked->live;
  tracked->shown = jt_run_ref (run);
  self->n_in_state[run->state]++;
  if (run->state == JT_RUN_RUNNING)
    jt_tracker_watch_slowness (self, tracked);
}

static void
apply_commit (JtCommit *commit)
{
  for (guint i = 0; i < commit->jobs->len; i++)
    apply_job (commit->tracker, &g_array_index (commit->jobs, ShownJob, i));
  for (guint i = 0; i < commit->runs->len; i++)
    apply_run (commit->tracker, g_ptr_array_index (commit->runs, i));
  for (guint i = 0; i < commit->events->len; i++)
    jt_tracker_emit_event (commit->tracker, g_ptr_array_index (commit->events, i));
  if (commit->is_told)
    g_signal_emit_by_name (commit->tracker, "told");
  jt_tracker_queue_changed (commit->tracker);
}

static void
end_commit (JtCommit *commit, const GError *error)
{
  JtTracker *self = commit->tracker;

  self->n_outstanding--;
  if (error == NULL)
    apply_commit (commit);
  else if (!g_error_matches (error, JT_ERROR, JT_ERROR_EXISTS) && !self->is_broken)
    {
      jt_log_event (G_LOG_LEVEL_WARNING, JT_MESSAGE_STORAGE_FAILED, "the storage failed, nothing is started until it is back: %s",
                    error->message);
      self->is_broken = TRUE;
    }
  if (commit->done != NULL)
    commit->done (self, error, commit->user_data);
  if (error != NULL && commit->touched != NULL)
    jt_tracker_restore_marks (self, commit->touched);
  if (commit->admitted != NULL)
    jt_tracker_on_admitted (self, error, g_steal_pointer (&commit->admitted));

  if (self->n_outstanding == 0 && self->stop_task != NULL)
    {
      g_autoptr (GTask) task = g_steal_pointer (&self->stop_task);

      g_task_return_boolean (task, TRUE);
    }
  else if (self->n_outstanding == 0 && self->is_broken)
    jt_tracker_begin_reload (self);
  commit_free (commit);
}

static void
on_committed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCommit *commit = user_data;
  g_autoptr (GError) error = NULL;

  jt_store_commit_finish (commit->tracker->store, result, &error);
  end_commit (commit, error);
}

static gboolean
refuse_commit_cb (gpointer user_data)
{
  g_autoptr (GError) error = g_error_new_literal (JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE,
                                                  "the storage failed; nothing is changed until it is back");

  end_commit (user_data, error);
  return G_SOURCE_REMOVE;
}

/* While the storage is away nothing may slip in behind the load that will replace what is planned here. */
void
jt_commit_submit (JtCommit *commit, JtCommitFunc done, gpointer user_data)
{
  JtTracker *self = commit->tracker;

  commit->done = done;
  commit->user_data = user_data;
  self->n_outstanding++;
  if (self->is_broken)
    g_idle_add_full (G_PRIORITY_DEFAULT, refuse_commit_cb, commit, NULL);
  else
    jt_store_commit_async (self->store, g_steal_pointer (&commit->change), NULL, on_committed, commit);
}

static void
on_task_committed (JtTracker *self, const GError *error, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_error_copy (error));
}

void
jt_tracker_commit_async (JtTracker *self, JtChange *change, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  GTask *task = g_task_new (self, c, cb, data);
  JtCommit *commit = jt_commit_new (self);

  jt_change_free (commit->change);
  commit->change = change;
  jt_commit_submit (commit, on_task_committed, task);
}

gboolean
jt_tracker_commit_finish (JtTracker *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
