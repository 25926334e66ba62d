/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-error.h"
#include "jt-tracker-private.h"

/* --- slots: who may run now --- */

Owner *
jt_tracker_owner (JtTracker *self, guint32 uid)
{
  Owner *owner = g_hash_table_lookup (self->owners, GUINT_TO_POINTER (uid));

  if (owner != NULL)
    return owner;
  owner = g_new0 (Owner, 1);
  owner->uid = uid;
  g_queue_init (&owner->ready);
  g_hash_table_insert (self->owners, GUINT_TO_POINTER (uid), owner);
  return owner;
}

static gboolean
is_below (guint count, guint limit)
{
  return limit == 0 || count < limit;
}

static gboolean
owner_has_slot (JtTracker *self, Owner *owner)
{
  return is_below (owner->n_running, self->config->max_running_per_user);
}

gboolean
jt_tracker_has_slot (JtTracker *self, guint32 uid)
{
  Owner *owner = jt_tracker_owner (self, uid);

  return g_queue_is_empty (&owner->ready) && is_below (self->n_running, self->config->max_running) &&
         owner_has_slot (self, owner);
}

static void
join_ring (JtTracker *self, Owner *owner)
{
  if (owner->is_in_ring || g_queue_is_empty (&owner->ready) || !owner_has_slot (self, owner))
    return;
  owner->is_in_ring = TRUE;
  g_queue_push_tail (&self->ring, owner);
}

static void
take_slot (JtTracker *self, TrackedRun *run)
{
  if (run->holds_slot)
    return;
  run->holds_slot = TRUE;
  self->n_running++;
  jt_tracker_owner (self, run->live->owner)->n_running++;
}

void
jt_tracker_release_slot (JtTracker *self, TrackedRun *run)
{
  Owner *owner;

  if (!run->holds_slot)
    return;
  run->holds_slot = FALSE;
  self->n_running--;
  owner = jt_tracker_owner (self, run->live->owner);
  owner->n_running--;
  join_ring (self, owner);
}

void
jt_tracker_make_ready (JtTracker *self, TrackedRun *run)
{
  Owner *owner = jt_tracker_owner (self, run->live->owner);

  if (run->is_ready)
    return;
  run->is_ready = TRUE;
  g_queue_push_tail (&owner->ready, g_memdup2 (&run->id, sizeof run->id));
  join_ring (self, owner);
}

void
jt_tracker_unready (JtTracker *self, TrackedRun *run)
{
  Owner *owner;

  if (!run->is_ready)
    return;
  run->is_ready = FALSE;
  owner = jt_tracker_owner (self, run->live->owner);
  for (GList *link = owner->ready.head; link != NULL; link = link->next)
    if (*(guint64 *) link->data == run->id)
      {
        g_free (link->data);
        g_queue_delete_link (&owner->ready, link);
        return;
      }
}

static void
start_ready (JtTracker *self, TrackedRun *run)
{
  JtCommit *commit;

  run->is_ready = FALSE;
  if (run->live->attempt == 0 && jt_tracker_is_too_late (self, run->live, run->settings))
    {
      jt_tracker_skip_run (self, run, "deadline");
      return;
    }
  commit = jt_commit_new (self);
  jt_tracker_begin_attempt (self, run);
  jt_commit_put_run (commit, run->live, -1);
  jt_commit_submit (commit, jt_tracker_on_attempt_committed, g_memdup2 (&run->id, sizeof run->id));
}

void
jt_tracker_dispatch (JtTracker *self)
{
  GHashTableIter iter;
  gpointer value;

  /* What is skipped on the way lets in others, who join the ring that is gone through. */
  if (self->is_dispatching || !jt_tracker_may_start (self))
    return;
  self->is_dispatching = TRUE;
  if (g_queue_is_empty (&self->ring))
    {
      /* A limit may have been raised, or a pause have ended. */
      g_hash_table_iter_init (&iter, self->owners);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        join_ring (self, value);
    }
  while (!g_queue_is_empty (&self->ring) && is_below (self->n_running, self->config->max_running))
    {
      Owner *owner = g_queue_pop_head (&self->ring);
      g_autofree guint64 *id = NULL;
      TrackedRun *run;

      owner->is_in_ring = FALSE;
      if (!owner_has_slot (self, owner))
        continue;
      id = g_queue_pop_head (&owner->ready);
      if (id == NULL)
        continue;
      run = jt_tracker_run (self, *id);
      if (run != NULL && run->settings != NULL)
        start_ready (self, run);
      join_ring (self, owner);
    }
  self->is_dispatching = FALSE;
}

/* --- new runs --- */

JtRun *
jt_tracker_make_run (JtTracker *self, TrackedJob *job, JtTrigger trigger, gint64 scheduled_usec)
{
  JtRun *run = jt_run_new ();

  run->id = ++self->last_run_id;
  run->job = job->id;
  run->job_revision = job->job->revision;
  run->job_name = g_strdup (job->job->name);
  run->owner = job->job->owner;
  run->owner_name = g_strdup (job->job->owner_name);
  run->state = JT_RUN_QUEUED;
  run->trigger = trigger;
  run->max_attempts = jt_settings_get_uint32 (job->job->settings, "retries") + 1;
  run->scheduled_usec = scheduled_usec;
  run->queued_usec = jt_clock_get_realtime (self->clock);
  run->host = g_strdup (self->host);
  run->executor = g_strdup ("local");
  return run;
}

TrackedRun *
jt_tracker_admit_run (JtTracker *self, TrackedJob *job, JtRun *run, JtCommit *commit)
{
  TrackedRun *tracked = jt_tracker_insert_run (self, run, job->job->settings);

  jt_tracker_forget_marks (self, job, commit);
  if (!jt_tracker_line_up (self, job, tracked))
    run->reason = g_strdup ("overlap");
  else if (jt_tracker_may_start (self) && jt_tracker_has_slot (self, run->owner) && !jt_tracker_needs_preparation (self, tracked))
    {
      jt_tracker_begin_attempt (self, tracked);
      jt_commit_put_run (commit, tracked->live, -1);
      return tracked;
    }
  jt_tracker_limit_wait (self, tracked);
  jt_commit_put_run (commit, tracked->live, JT_EVENT_RUN_CHANGED);
  return tracked;
}

static void
go_on_admitted (JtTracker *self, TrackedRun *run)
{
  TrackedJob *job = jt_tracker_job (self, run->live->job);

  if (run->live->state == JT_RUN_STARTING)
    jt_tracker_on_attempt_committed (self, NULL, g_memdup2 (&run->id, sizeof run->id));
  else if (run->has_turn)
    jt_tracker_proceed (self, run);
  else if (run->is_in_line && job != NULL)
    jt_tracker_replace_others (self, job, run);
}

void
jt_tracker_on_admitted (JtTracker *self, const GError *error, gpointer user_data)
{
  g_autoptr (GArray) ids = user_data;

  for (guint i = 0; i < ids->len; i++)
    {
      TrackedRun *run = jt_tracker_run (self, g_array_index (ids, guint64, i));

      if (run != NULL && error == NULL)
        go_on_admitted (self, run);
      else if (run != NULL)
        {
          /* The occurrence was there already: the clock went back over it. Or the storage failed, and all is loaded anew. */
          g_debug ("run %" G_GUINT64_FORMAT " was not admitted: %s", run->id, error->message);
          jt_tracker_drop_run (self, run);
        }
    }
  jt_tracker_dispatch (self);
}

static void
replace_live (TrackedRun *run, JtRun *value)
{
  jt_run_unref (run->live);
  run->live = value;
}

void
jt_tracker_begin_attempt (JtTracker *self, TrackedRun *run)
{
  JtRun *live = jt_run_copy (run->live);
  JtAttempt *attempt = jt_attempt_new ();

  /* What it waited for. */
  if (live->attempt == 0)
    g_clear_pointer (&live->reason, g_free);
  live->state = JT_RUN_STARTING;
  live->attempt++;
  live->next_attempt_usec = 0;
  attempt->number = live->attempt;
  attempt->boot_id = g_strdup (self->boot_id);
  attempt->committed_usec = jt_clock_get_realtime (self->clock);
  attempt->state = JT_RUN_STARTING;
  g_ptr_array_add (live->attempts, attempt);
  replace_live (run, live);
  jt_scheduler_disarm (self->scheduler, &run->timer);
  take_slot (self, run);
}

/* --- by hand --- */

typedef struct
{
  guint32 caller;
  guint64 job;
  guint64 retry_of;
  gint64  scheduled_usec;
  guint64 run;
  char   *request_id;
  char   *digest;
  GTask  *task; /* (owned) once the commit is on its way */
} StartWish;

static void
start_wish_free (gpointer data)
{
  StartWish *wish = data;

  g_free (wish->request_id);
  g_free (wish->digest);
  g_clear_object (&wish->task);
  g_free (wish);
}

static void
on_start_committed (JtTracker *self, const GError *error, gpointer user_data)
{
  StartWish *wish = user_data;
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint64));

  g_array_append_val (ids, wish->run);
  jt_tracker_on_admitted (self, error, ids);
  if (error == NULL)
    g_task_return_pointer (wish->task, g_memdup2 (&wish->run, sizeof wish->run), g_free);
  else
    g_task_return_error (wish->task, g_error_copy (error));
  jt_request_end (self, wish->caller, wish->request_id);
  start_wish_free (wish);
}

static gboolean
check_start (JtTracker *self, TrackedJob *job, GError **error)
{
  if (job == NULL || job->is_leaving)
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_NOT_FOUND, "no such job");
      return FALSE;
    }
  if (!jt_settings_has_command (job->job->settings))
    {
      g_set_error (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED,
                   "job '%s' has no command: it is run by whoever reports it; give it a command first", job->job->name);
      return FALSE;
    }
  if (self->is_paused)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_PAUSED, "starting is paused%s%s; Resume first",
                   *self->pause_reason != '\0' ? ": " : "", self->pause_reason);
      return FALSE;
    }
  if (self->is_broken || self->is_stopping)
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE, "nothing is started while the storage is away");
      return FALSE;
    }
  return jt_tracker_check_room (self, job, error);
}

static void
proceed_start (JtTracker *self, GTask *task, gpointer user_data)
{
  StartWish *wish = user_data;
  TrackedJob *job = jt_tracker_job (self, wish->job);
  g_autoptr (JtRun) run = NULL;
  g_autoptr (GError) error = NULL;
  JtCommit *commit;

  if (!check_start (self, job, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      jt_request_end (self, wish->caller, wish->request_id);
      start_wish_free (wish);
      return;
    }
  run = jt_tracker_make_run (self, job, wish->retry_of != 0 ? JT_TRIGGER_RETRY_REQUEST : JT_TRIGGER_MANUAL,
                             wish->scheduled_usec);
  run->retry_of = wish->retry_of;
  run->request_id = g_strdup (wish->request_id);
  wish->run = run->id;
  wish->task = g_object_ref (task);
  commit = jt_commit_new (self);
  if (wish->request_id != NULL && *wish->request_id != '\0')
    jt_change_add_request (jt_commit_get_change (commit), wish->caller, wish->request_id, wish->digest, run->id, 1);
  jt_tracker_admit_run (self, job, run, commit);
  jt_commit_submit (commit, on_start_committed, wish);
}

static void
replay_start (GTask *task, guint64 first_id, guint count)
{
  g_task_return_pointer (task, g_memdup2 (&first_id, sizeof first_id), g_free);
}

static void
begin_start (JtTracker *self, StartWish *wish, GTask *task)
{
  jt_request_begin (self, wish->caller, wish->request_id, wish->digest, task, replay_start, proceed_start, wish,
                    start_wish_free);
}

void
jt_tracker_start_job_async (JtTracker *self, guint32 caller, guint64 job, const char *request_id, const char *digest,
                            GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, c, cb, data);
  StartWish *wish = g_new0 (StartWish, 1);

  wish->caller = caller;
  wish->job = job;
  wish->request_id = g_strdup (request_id);
  wish->digest = g_strdup (digest);
  begin_start (self, wish, task);
}

static guint64
finish_with_id (GAsyncResult *result, GError **error)
{
  g_autofree guint64 *id = g_task_propagate_pointer (G_TASK (result), error);

  return id == NULL ? 0 : *id;
}

guint64
jt_tracker_start_job_finish (JtTracker *self, GAsyncResult *result, GError **error)
{
  return finish_with_id (result, error);
}

void
jt_tracker_retry_run_async (JtTracker *self, guint32 caller, JtRun *of, const char *request_id, const char *digest,
                            GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, c, cb, data);
  StartWish *wish;

  if (!jt_run_state_is_final (of->state))
    {
      g_task_return_new_error (task, JT_ERROR, JT_ERROR_WRONG_STATE,
                               "run %" G_GUINT64_FORMAT " has not ended, it is %s; cancel it first", of->id,
                               jt_run_state_to_string (of->state));
      return;
    }
  wish = g_new0 (StartWish, 1);
  wish->caller = caller;
  wish->job = of->job;
  wish->retry_of = of->id;
  wish->scheduled_usec = of->scheduled_usec;
  wish->request_id = g_strdup (request_id);
  wish->digest = g_strdup (digest);
  begin_start (self, wish, task);
}

guint64
jt_tracker_retry_run_finish (JtTracker *self, GAsyncResult *result, GError **error)
{
  return finish_with_id (result, error);
}

/* --- cancel, signal, acknowledge --- */

typedef struct
{
  guint64 run;
  GTask  *task; /* (owned) (nullable) */
} CancelWish;

static void
on_cancel_committed (JtTracker *self, const GError *error, gpointer user_data)
{
  g_autofree CancelWish *wish = user_data;
  g_autoptr (GTask) task = wish->task;
  TrackedRun *run = jt_tracker_run (self, wish->run);

  if (error != NULL)
    {
      if (task != NULL)
        g_task_return_error (task, g_error_copy (error));
      return;
    }
  if (run != NULL && run->live->state == JT_RUN_STARTING)
    jt_executor_abandon (self->executor, run->id, run->live->attempt);
  else if (run != NULL && run->live->state == JT_RUN_RUNNING)
    jt_executor_stop (self->executor, run->id, run->live->attempt);
  if (task != NULL)
    g_task_return_boolean (task, TRUE);
}

static void
on_final_cancel (JtTracker *self, const GError *error, gpointer user_data)
{
  on_cancel_committed (self, error, user_data);
  jt_tracker_dispatch (self);
}

static char *
describe_end (const JtRun *run)
{
  if (run->exit_code >= 0)
    return g_strdup_printf ("%s, exit %d", jt_run_state_to_string (run->state), run->exit_code);
  return g_strdup (jt_run_state_to_string (run->state));
}

static void
mark_cancelled (JtRun *value)
{
  JtAttempt *attempt = jt_run_current_attempt (value);

  value->state = JT_RUN_CANCELLED;
  g_free (value->reason);
  value->reason = g_strdup (value->cancel_reason);
  if (attempt != NULL && jt_run_is_tracked (value))
    attempt->state = JT_RUN_CANCELLED;
}

void
jt_tracker_end_run (JtTracker *self, TrackedRun *run, const char *reason, GTask *task)
{
  g_autoptr (JtRun) value = jt_run_copy (run->live);
  CancelWish *wish = g_new0 (CancelWish, 1);
  JtCommit *commit;

  wish->run = run->id;
  wish->task = task;
  value->cancel_requested = TRUE;
  g_free (value->cancel_reason);
  value->cancel_reason = g_strdup (reason);
  if (jt_run_is_tracked (value))
    {
      /* Nobody here could stop it: the record ends, and the reporter hears of it. */
      mark_cancelled (value);
      jt_tracker_end_outside (self, run, g_steal_pointer (&value), NULL, on_final_cancel, wish);
      return;
    }
  if (value->state == JT_RUN_QUEUED || value->state == JT_RUN_RETRY_WAIT)
    {
      mark_cancelled (value);
      jt_tracker_finish_run (self, run, g_steal_pointer (&value), NULL, on_final_cancel, wish);
      return;
    }
  replace_live (run, jt_run_ref (value));
  commit = jt_commit_new (self);
  jt_commit_put_run (commit, value, -1);
  jt_commit_submit (commit, on_cancel_committed, wish);
}

void
jt_tracker_cancel_run_async (JtTracker *self, guint64 id, const char *by, GCancellable *c, GAsyncReadyCallback cb,
                             gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, c, cb, data);
  TrackedRun *run = jt_tracker_run (self, id);
  g_autofree char *reason = NULL;

  if (run == NULL || jt_run_state_is_final (run->live->state) || run->is_ending)
    {
      g_autofree char *end = run == NULL ? NULL : describe_end (run->live);

      g_task_return_new_error (task, JT_ERROR, JT_ERROR_WRONG_STATE, "run %" G_GUINT64_FORMAT " has already finished%s%s", id,
                               end != NULL ? ": " : "", end != NULL ? end : "");
      return;
    }
  reason = g_strdup_printf ("cancelled by %s", by);
  jt_tracker_end_run (self, run, reason, g_steal_pointer (&task));
}

gboolean
jt_tracker_cancel_run_finish (JtTracker *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
jt_tracker_signal_run (JtTracker *self, guint64 id, int signal_number, GError **error)
{
  TrackedRun *run = jt_tracker_run (self, id);

  if (run == NULL || run->live->state != JT_RUN_RUNNING)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_WRONG_STATE, "run %" G_GUINT64_FORMAT " is not running; only a running one takes a signal", id);
      return FALSE;
    }
  if (jt_run_is_tracked (run->live))
    {
      g_set_error (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED,
                   "run %" G_GUINT64_FORMAT " is tracked: its process is not the service's to signal", id);
      return FALSE;
    }
  return jt_executor_send_signal (self->executor, id, run->live->attempt, signal_number, error);
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
jt_tracker_acknowledge_run_async (JtTracker *self, JtRun *run, const char *by, const char *note, GCancellable *c,
                                  GAsyncReadyCallback cb, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, c, cb, data);
  g_autoptr (JtRun) value = NULL;
  JtCommit *commit;

  if (!jt_run_state_is_final (run->state))
    {
      g_task_return_new_error (task, JT_ERROR, JT_ERROR_WRONG_STATE,
                               "run %" G_GUINT64_FORMAT " has not ended; only an ended one can be acknowledged", run->id);
      return;
    }
  value = jt_run_copy (run);
  g_free (value->acknowledged_by);
  value->acknowledged_by = g_strdup (by);
  g_free (value->acknowledge_note);
  value->acknowledge_note = g_strdup (note);
  commit = jt_commit_new (self);
  jt_commit_put_run (commit, value, JT_EVENT_RUN_CHANGED);
  if (self->notifier != NULL)
    jt_notifier_note_acknowledged (self->notifier, jt_commit_get_change (commit), value->job, by);
  jt_commit_submit (commit, on_task_committed, g_steal_pointer (&task));
}

gboolean
jt_tracker_acknowledge_run_finish (JtTracker *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
