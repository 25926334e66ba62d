/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-error.h"
#include "jt-tracker-private.h"

/* One gate for every way of starting: schedule, hand, dependency and event alike. Whoever has a turn is inside, the others of the job
 * stand in its line in the order in which they came; both are derived from the runs and need no record of their own. */

/* Runs that wait for others of one job. */
#define MAX_IN_LINE 1000

/* --- turns --- */

/* How many runs of @job may be inside at once, 0 no limit. */
static guint
get_width (TrackedJob *job)
{
  if (g_strcmp0 (jt_settings_get_string (job->job->settings, "overlap"), "allow") != 0)
    return 1;
  return jt_settings_get_uint32 (job->job->settings, "max-parallel");
}

static gboolean
is_free (TrackedJob *job)
{
  guint width = get_width (job);

  return (job->line == NULL || g_queue_is_empty (job->line)) && (width == 0 || job->n_inside < width);
}

void
jt_tracker_take_turn (JtTracker *self, TrackedRun *run)
{
  TrackedJob *job = jt_tracker_job (self, run->live->job);

  if (run->has_turn)
    return;
  run->has_turn = TRUE;
  if (job != NULL)
    job->n_inside++;
}

static void
join_line (JtTracker *self, TrackedJob *job, TrackedRun *run)
{
  if (job->line == NULL)
    job->line = g_queue_new ();
  run->is_in_line = TRUE;
  g_queue_push_tail (job->line, g_memdup2 (&run->id, sizeof run->id));
  jt_tracker_owner (self, run->live->owner)->n_in_lines++;
}

static void
leave_line (JtTracker *self, TrackedJob *job, TrackedRun *run)
{
  GList *link = job->line->head;

  while (*(guint64 *) link->data != run->id)
    link = link->next;
  run->is_in_line = FALSE;
  g_free (link->data);
  g_queue_delete_link (job->line, link);
  jt_tracker_owner (self, run->live->owner)->n_in_lines--;
}

void
jt_tracker_advance_line (JtTracker *self, TrackedJob *job)
{
  guint width = get_width (job);

  while (job->line != NULL && !g_queue_is_empty (job->line) && (width == 0 || job->n_inside < width))
    {
      TrackedRun *run = jt_tracker_run (self, *(guint64 *) g_queue_peek_head (job->line));

      g_return_if_fail (run != NULL);
      leave_line (self, job, run);
      jt_tracker_take_turn (self, run);
      /* Whose commit is not through goes on when it is. */
      if (run->shown != NULL)
        jt_tracker_proceed (self, run);
    }
  jt_tracker_dispatch (self);
}

void
jt_tracker_empty_line (JtTracker *self, TrackedJob *job, const char *reason)
{
  while (job->line != NULL && !g_queue_is_empty (job->line))
    jt_tracker_skip_run (self, jt_tracker_run (self, *(guint64 *) g_queue_peek_head (job->line)), reason);
}

void
jt_tracker_end_turn (JtTracker *self, TrackedRun *run)
{
  TrackedJob *job = jt_tracker_job (self, run->live->job);

  if (job == NULL)
    return;
  if (run->is_in_line)
    leave_line (self, job, run);
  if (!run->has_turn)
    return;
  run->has_turn = FALSE;
  job->n_inside--;
  jt_tracker_advance_line (self, job);
}

gboolean
jt_tracker_line_up (JtTracker *self, TrackedJob *job, TrackedRun *run)
{
  if (run->is_in_line)
    return FALSE;
  if (run->has_turn || job == NULL || is_free (job))
    {
      jt_tracker_take_turn (self, run);
      return TRUE;
    }
  join_line (self, job, run);
  return FALSE;
}

void
jt_tracker_proceed (JtTracker *self, TrackedRun *run)
{
  if (run->settings != NULL && !jt_tracker_prepare (self, run))
    jt_tracker_make_ready (self, run);
}

void
jt_tracker_replace_others (JtTracker *self, TrackedJob *job, TrackedRun *run)
{
  g_autoptr (GArray) others = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autofree char *reason = g_strdup_printf ("replaced by run %" G_GUINT64_FORMAT, run->id);

  if (g_strcmp0 (jt_settings_get_string (job->job->settings, "overlap"), "replace") != 0)
    return;
  for (guint i = 0; i < self->runs->len; i++)
    {
      TrackedRun *other = g_ptr_array_index (self->runs, i);

      if (other->live->job == job->id && other->id < run->id)
        g_array_append_val (others, other->id);
    }
  for (guint i = 0; i < others->len; i++)
    {
      TrackedRun *other = jt_tracker_run (self, g_array_index (others, guint64, i));

      if (other == NULL || jt_run_state_is_final (other->live->state) || other->is_ending || other->live->cancel_requested)
        continue;
      if (other->live->state == JT_RUN_QUEUED && other->live->attempt == 0)
        jt_tracker_skip_run (self, other, "superseded");
      else
        jt_tracker_end_run (self, other, reason, NULL);
    }
}

/* --- waiting --- */

void
jt_tracker_skip_run (JtTracker *self, TrackedRun *run, const char *reason)
{
  JtRun *final = jt_run_copy (run->live);

  final->state = JT_RUN_SKIPPED;
  g_free (final->reason);
  final->reason = g_strdup (reason);
  jt_tracker_finish_run (self, run, final, NULL, NULL, NULL);
}

static gint64
get_deadline (const JtRun *run, JtSettings *settings)
{
  gint64 due_usec = jt_run_get_due (run);

  if (run->trigger != JT_TRIGGER_SCHEDULE || due_usec == 0 || settings == NULL || !jt_settings_has (settings, "start-deadline"))
    return G_MAXINT64;
  return due_usec + (gint64) jt_settings_get_uint64 (settings, "start-deadline");
}

gboolean
jt_tracker_is_too_late (JtTracker *self, const JtRun *run, JtSettings *settings)
{
  return jt_clock_get_realtime (self->clock) > get_deadline (run, settings);
}

void
jt_tracker_limit_wait (JtTracker *self, TrackedRun *run)
{
  gint64 until_usec = MIN (get_deadline (run->live, run->settings), jt_tracker_get_wait_end (run));

  if (run->live->state != JT_RUN_QUEUED || until_usec == G_MAXINT64)
    return;
  run->timer.kind = TIMER_PATIENCE;
  jt_scheduler_arm (self->scheduler, &run->timer, until_usec + 1);
}

void
jt_tracker_on_patience_over (JtTracker *self, TrackedRun *run)
{
  /* Nothing can be put on record while the storage is away; what is loaded then is looked at anew. */
  if (self->is_broken || run->live->state != JT_RUN_QUEUED)
    return;
  if (jt_tracker_is_too_late (self, run->live, run->settings))
    jt_tracker_skip_run (self, run, "deadline");
  else if (jt_clock_get_realtime (self->clock) > jt_tracker_get_wait_end (run))
    jt_tracker_skip_run (self, run, run->live->reason);
  else
    jt_tracker_limit_wait (self, run);
}

void
jt_tracker_tell_reason (JtTracker *self, TrackedRun *run, const char *reason)
{
  JtCommit *commit;
  JtRun *value;

  if (g_strcmp0 (run->live->reason, reason) == 0)
    return;
  value = jt_run_copy (run->live);
  g_free (value->reason);
  value->reason = g_strdup (reason);
  jt_run_unref (run->live);
  run->live = value;
  commit = jt_commit_new (self);
  jt_commit_put_run (commit, value, JT_EVENT_RUN_CHANGED);
  jt_commit_submit (commit, NULL, NULL);
}

/* --- the gate --- */

guint
jt_tracker_count_room (JtTracker *self, TrackedJob *job)
{
  Owner *owner = jt_tracker_owner (self, job->job->owner);
  guint limit = self->config->max_queued_per_user;
  guint n_waiting = g_queue_get_length (&owner->ready) + owner->n_in_lines;
  guint n_in_line = job->line == NULL ? 0 : g_queue_get_length (job->line);
  guint room = n_in_line < MAX_IN_LINE ? MAX_IN_LINE - n_in_line : 0;

  if (limit == 0)
    return room;
  return n_waiting < limit ? MIN (room, limit - n_waiting) : 0;
}

static gboolean
skips_overlap (TrackedJob *job)
{
  return g_strcmp0 (jt_settings_get_string (job->job->settings, "overlap"), "skip") == 0;
}

gboolean
jt_tracker_check_room (JtTracker *self, TrackedJob *job, GError **error)
{
  if (skips_overlap (job) && job->n_active > 0)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_WRONG_STATE,
                   "job '%s' has a run that has not ended, and its overlap rule is skip; wait for it or cancel it",
                   job->job->name);
      return FALSE;
    }
  if (jt_tracker_count_room (self, job) > 0)
    return TRUE;
  g_set_error (error, JT_ERROR, JT_ERROR_QUOTA_EXCEEDED, "too many runs are waiting already, the limit is %d of one job and %u of one user",
               MAX_IN_LINE, self->config->max_queued_per_user);
  return FALSE;
}

/* (nullable): nothing speaks against it */
static const char *
why_not (JtTracker *self, TrackedJob *job, const JtOffer *offer, const JtRun *run)
{
  if (jt_tracker_is_too_late (self, run, job->job->settings))
    return "deadline";
  if (skips_overlap (job) && job->n_active > 0 && !offer->is_made_up_for)
    return "overlap";
  if (is_free (job) && jt_tracker_has_slot (self, run->owner))
    return NULL;
  return jt_tracker_count_room (self, job) > 0 ? NULL : "quota";
}

void
jt_tracker_put_skipped (JtTracker *self, TrackedJob *job, JtRun *run, const char *reason, JtCommit *commit)
{
  run->state = JT_RUN_SKIPPED;
  run->finished_usec = run->queued_usec;
  g_free (run->reason);
  run->reason = g_strdup (reason);
  jt_job_status_take_run (&job->status, run);
  jt_commit_put_run (commit, run, JT_EVENT_RUN_FINISHED);
  jt_tracker_note_end (self, run, commit);
}

JtRun *
jt_tracker_offer (JtTracker *self, TrackedJob *job, const JtOffer *offer, JtCommit *commit, GArray *ids)
{
  g_autoptr (JtRun) run = jt_tracker_make_run (self, job, offer->trigger, offer->scheduled_usec);
  const char *reason;

  run->due_usec = offer->due_usec == offer->scheduled_usec ? 0 : offer->due_usec;
  run->cause = g_strdup (offer->cause);
  g_array_append_val (ids, run->id);
  reason = why_not (self, job, offer, run);
  if (offer->key != NULL)
    jt_change_add_occurrence (jt_commit_get_change (commit), job->id, offer->key, reason != NULL ? "skipped" : "run", run->id);
  if (reason != NULL)
    jt_tracker_put_skipped (self, job, run, reason, commit);
  else
    jt_tracker_admit_run (self, job, run, commit);
  return g_steal_pointer (&run);
}

void
jt_tracker_submit_offer (JtTracker *self, TrackedJob *job, JtCommit *commit, GArray *ids)
{
  jt_commit_put_status (commit, job);
  jt_commit_submit (commit, jt_tracker_on_admitted, ids);
}
