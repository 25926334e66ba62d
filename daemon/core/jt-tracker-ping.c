/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-error.h"
#include "jt-tracker-private.h"

/* Check-ins: one call per word, no connection that has to stay. `start` begins a run that the next success, fail or exit code ends;
 * without a start those are runs of their own whose length nobody knows. */

/* A run that a `start` began is lost after so much silence, if nothing else was said. */
#define OPEN_TIMEOUT_USEC (24 * 3600 * (gint64) G_USEC_PER_SEC)

typedef struct
{
  TrackWish *wish;
  JtPingKind kind;
  JtOutcome  outcome; /* its texts are owned */
  GBytes    *log;     /* (owned) (nullable) */
  gboolean   is_new;  /* the run was made for this check-in */
} PingWish;

static void
ping_wish_free (gpointer data)
{
  PingWish *ping = data;

  jt_track_wish_free (ping->wish);
  g_free ((char *) ping->outcome.reason);
  g_free ((char *) ping->outcome.message);
  g_clear_pointer (&ping->log, g_bytes_unref);
  g_free (ping);
}

static void
end_ping (JtTracker *self, PingWish *ping, GTask *task, GError *error)
{
  if (error == NULL)
    g_task_return_pointer (task, g_memdup2 (&ping->wish->run, sizeof ping->wish->run), g_free);
  else
    g_task_return_error (task, error);
  jt_request_end (self, ping->wish->report.uid, ping->wish->report.request_id);
  ping_wish_free (ping);
}

static void
on_ping_committed (JtTracker *self, const GError *error, gpointer user_data)
{
  PingWish *ping = user_data;
  g_autoptr (GTask) task = g_object_ref (ping->wish->task);

  if (error != NULL && ping->is_new)
    jt_tracker_undo_outside (self, ping->wish->run);
  end_ping (self, ping, task, error == NULL ? NULL : g_error_copy (error));
}

/* (nullable) */
static TrackedRun *
find_open (JtTracker *self, TrackedJob *job)
{
  TrackedRun *run = job == NULL || job->open_ping == 0 ? NULL : jt_tracker_run (self, job->open_ping);

  return run == NULL || run->is_ending || jt_run_state_is_final (run->live->state) ? NULL : run;
}

static gboolean
append_text (JtTracker *self, TrackedRun *run, PingWish *ping, GError **error)
{
  jt_tracker_hear_outside (self, run);
  return ping->log == NULL || jt_executor_append_log (self->executor, run->id, FALSE, ping->log, error);
}

static gboolean
has_request (const PingWish *ping)
{
  const char *request_id = ping->wish->report.request_id;

  return request_id != NULL && *request_id != '\0';
}

static void
put_request (PingWish *ping, JtCommit *commit)
{
  const JtReport *report = &ping->wish->report;

  if (has_request (ping))
    jt_change_add_request (jt_commit_get_change (commit), report->uid, report->request_id, report->digest, ping->wish->run, 1);
}

/* What would be said of a run whose settings are not known yet is to be said again. */
static gboolean
check_open (JtTracker *self, const PingWish *ping, GError **error)
{
  TrackedRun *run = find_open (self, jt_tracker_job_by_name (self, ping->wish->report.uid, ping->wish->report.name));

  return run == NULL || ping->kind == JT_PING_START || jt_tracker_check_settings (run, error);
}

/* The text is not durable, but that it was taken is: repeated with the same request-id it is not there twice. */
static void
ping_log (JtTracker *self, PingWish *ping, GTask *task)
{
  TrackedRun *run = find_open (self, jt_tracker_job_by_name (self, ping->wish->report.uid, ping->wish->report.name));
  GError *error = NULL;
  JtCommit *commit;

  if (run == NULL)
    error = g_error_new (JT_ERROR, JT_ERROR_WRONG_STATE, "job '%s' has no run that a start began; log text belongs to one",
                         ping->wish->report.name);
  else if (append_text (self, run, ping, &error))
    ping->wish->run = run->id;
  if (error != NULL || !has_request (ping))
    {
      end_ping (self, ping, task, error);
      return;
    }
  ping->wish->task = g_object_ref (task);
  commit = jt_commit_new (self);
  put_request (ping, commit);
  jt_commit_submit (commit, on_ping_committed, ping);
}

static void
ping_start (JtTracker *self, PingWish *ping, TrackedJob *job, JtCommit *commit)
{
  TrackedRun *open = find_open (self, job);
  TrackedRun *run;

  if (open != NULL)
    jt_tracker_lose_outside (self, open, "another start came before its end");
  run = jt_tracker_begin_outside (self, job, JT_TRIGGER_PING, &ping->wish->report);
  job->open_ping = ping->wish->run = run->id;
  ping->is_new = TRUE;
  append_text (self, run, ping, NULL);
  put_request (ping, commit);
  jt_tracker_check_in (self, job, commit);
  jt_commit_put_run (commit, run->live, JT_EVENT_RUN_STARTED);
  jt_commit_submit (commit, on_ping_committed, ping);
}

static void
ping_end (JtTracker *self, PingWish *ping, TrackedJob *job, JtCommit *commit)
{
  TrackedRun *run = find_open (self, job);
  JtRun *final;

  ping->is_new = run == NULL;
  if (run == NULL)
    run = jt_tracker_begin_outside (self, job, JT_TRIGGER_PING, &ping->wish->report);
  ping->wish->run = run->id;
  append_text (self, run, ping, NULL);
  put_request (ping, commit);
  final = jt_tracker_make_end (self, run, &ping->outcome);
  if (ping->is_new)
    {
      final->started_usec = 0;
      final->eta_usec = 0;
      jt_run_current_attempt (final)->started_usec = 0;
    }
  jt_tracker_end_outside (self, run, final, commit, on_ping_committed, ping);
}

static void
proceed_ping (JtTracker *self, GTask *task, gpointer user_data)
{
  PingWish *ping = user_data;
  GError *error = NULL;
  TrackedJob *job;
  JtCommit *commit;

  if (self->is_broken || self->is_stopping)
    error = g_error_new_literal (JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE, "nothing is recorded while the storage is away");
  else
    check_open (self, ping, &error);
  if (error == NULL && ping->kind == JT_PING_LOG)
    {
      ping_log (self, ping, task);
      return;
    }
  commit = jt_commit_new (self);
  job = error != NULL ? NULL : jt_tracker_report_job (self, &ping->wish->report, commit, &error);
  if (job == NULL)
    {
      jt_commit_discard (commit);
      end_ping (self, ping, task, error);
      return;
    }
  ping->wish->task = g_object_ref (task);
  if (ping->kind == JT_PING_START)
    ping_start (self, ping, job, commit);
  else
    ping_end (self, ping, job, commit);
}

static void
replay_ping (GTask *task, guint64 first_id, guint count)
{
  g_task_return_pointer (task, g_memdup2 (&first_id, sizeof first_id), g_free);
}

void
jt_tracker_ping_async (JtTracker *self, const JtReport *report, JtPingKind kind, const JtOutcome *outcome, GBytes *log,
                       GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, c, cb, data);
  PingWish *ping;
  GError *error = NULL;

  if (!jt_job_name_check (report->name, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  ping = g_new0 (PingWish, 1);
  ping->wish = jt_track_wish_new (report);
  if (ping->wish->report.heartbeat_timeout_usec < 0)
    ping->wish->report.heartbeat_timeout_usec = OPEN_TIMEOUT_USEC;
  ping->kind = kind;
  ping->outcome = *outcome;
  ping->outcome.reason = g_strdup (outcome->reason);
  ping->outcome.message = g_strdup (outcome->message);
  ping->log = log == NULL ? NULL : g_bytes_ref (log);
  jt_request_begin (self, report->uid, report->request_id, report->digest, task, replay_ping, proceed_ping, ping, ping_wish_free);
}

guint64
jt_tracker_ping_finish (JtTracker *self, GAsyncResult *result, GError **error)
{
  g_autofree guint64 *id = g_task_propagate_pointer (G_TASK (result), error);

  return id == NULL ? 0 : *id;
}
