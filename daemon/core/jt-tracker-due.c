/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-error.h"
#include "jt-planner.h"
#include "jt-schedule.h"
#include "jt-tracker-private.h"

/* An occurrence found later than this was not met by a running service: the catch-up rule decides about it. */
#define LATE_USEC (10 * G_USEC_PER_SEC)

static gboolean
is_enabled (TrackedJob *job)
{
  return !job->is_leaving && jt_settings_get_boolean (job->job->settings, "enabled");
}

void
jt_tracker_plan_job (JtTracker *self, TrackedJob *job)
{
  gint64 next_usec = JT_INSTANT_NEVER;

  if (is_enabled (job))
    next_usec = jt_planner_next (job->job, job->status.cursor_usec, job->status.last_finished_usec);
  job->status.next_elapse_usec = next_usec == JT_INSTANT_NEVER ? 0 : next_usec;
  jt_scheduler_arm (self->scheduler, &job->timer, next_usec);
}

/* One row for all occurrences that were let go. */
static void
put_missed (JtTracker *self, TrackedJob *job, JtCommit *commit, guint64 count, gint64 first_usec, gint64 last_usec)
{
  g_autoptr (JtRun) run = jt_tracker_make_run (self, job, JT_TRIGGER_SCHEDULE, last_usec);

  run->state = JT_RUN_MISSED;
  run->finished_usec = run->queued_usec;
  run->reason = g_strdup ("missed");
  run->missed_count = count;
  run->missed_from_usec = first_usec;
  run->missed_to_usec = last_usec;
  jt_job_status_take_run (&job->status, run);
  jt_commit_put_run (commit, run, JT_EVENT_RUN_FINISHED);
}

/* The run of one occurrence, or its row of having been skipped. */
static JtRun *
put_occurrence (JtTracker *self, TrackedJob *job, JtCommit *commit, gint64 at_usec, const char *key)
{
  g_autoptr (JtRun) run = jt_tracker_make_run (self, job, JT_TRIGGER_SCHEDULE, at_usec);
  gboolean is_skipped = job->n_active > 0;

  jt_change_add_occurrence (jt_commit_get_change (commit), job->id, key, is_skipped ? "skipped" : "run", run->id);
  if (!is_skipped)
    {
      jt_tracker_admit_run (self, job, run, commit);
      return g_steal_pointer (&run);
    }
  run->state = JT_RUN_SKIPPED;
  run->finished_usec = run->queued_usec;
  run->reason = g_strdup ("overlap");
  jt_job_status_take_run (&job->status, run);
  jt_commit_put_run (commit, run, JT_EVENT_RUN_FINISHED);
  return g_steal_pointer (&run);
}

static void
submit_occurrence (JtTracker *self, TrackedJob *job, JtCommit *commit, guint64 run_id)
{
  jt_commit_put_status (commit, job);
  jt_commit_submit (commit, jt_tracker_on_admitted, g_memdup2 (&run_id, sizeof run_id));
}

static void
fire (JtTracker *self, TrackedJob *job, gint64 at_usec)
{
  JtCommit *commit = jt_commit_new (self);
  g_autofree char *key = g_strdup_printf ("%" G_GINT64_FORMAT, at_usec);
  g_autoptr (JtRun) run = NULL;

  job->status.cursor_usec = at_usec;
  jt_tracker_plan_job (self, job);
  run = put_occurrence (self, job, commit, at_usec, key);
  submit_occurrence (self, job, commit, run->id);
}

/* What fell due up to @until_usec while nobody was there: by the catch-up rule, in one commit. */
static void
catch_up (JtTracker *self, TrackedJob *job, gint64 until_usec)
{
  gboolean runs_one = g_strcmp0 (jt_settings_get_string (job->job->settings, "catch-up"), "none") != 0;
  gint64 cursor_usec = job->status.cursor_usec;
  gint64 finished_usec = job->status.last_finished_usec;
  JtCommit *commit;
  gint64 first_usec;
  gint64 last_usec;
  gint64 before_usec = JT_INSTANT_NEVER;
  guint64 count = jt_planner_count (job->job, cursor_usec, until_usec, finished_usec, &first_usec, &last_usec);
  guint64 run_id = 0;

  if (count == 0)
    return;
  commit = jt_commit_new (self);
  if (runs_one && count > 1)
    count = jt_planner_count (job->job, cursor_usec, last_usec - 1, finished_usec, &first_usec, &before_usec);
  else if (runs_one)
    count = 0;
  else
    before_usec = last_usec;
  job->status.cursor_usec = last_usec;
  jt_tracker_plan_job (self, job);
  if (count > 0)
    put_missed (self, job, commit, count, first_usec, before_usec);
  if (runs_one)
    {
      g_autofree char *key = g_strdup_printf ("%" G_GINT64_FORMAT, last_usec);
      g_autoptr (JtRun) run = put_occurrence (self, job, commit, last_usec, key);

      run_id = run->id;
    }
  submit_occurrence (self, job, commit, run_id);
}

void
jt_tracker_settle_job (JtTracker *self, TrackedJob *job)
{
  gint64 now_usec = jt_clock_get_realtime (self->clock);

  /* After a step back, planning starts from now; instants that ran already are refused by the occurrence table. */
  if (job->status.cursor_usec > now_usec)
    job->status.cursor_usec = now_usec;
  jt_tracker_plan_job (self, job);
  if (!jt_tracker_may_start (self) || !is_enabled (job))
    {
      /* An alarm in the past would ring for ever; Resume and loading settle anew. */
      if (job->timer.index != 0 && job->timer.at_usec <= now_usec)
        jt_scheduler_disarm (self->scheduler, &job->timer);
      return;
    }
  if (job->status.next_elapse_usec != 0 && job->status.next_elapse_usec <= now_usec - LATE_USEC)
    catch_up (self, job, now_usec - LATE_USEC);
  while (job->status.next_elapse_usec != 0 && job->status.next_elapse_usec <= now_usec)
    fire (self, job, job->status.next_elapse_usec);
}

/* Stored next elapses are trusted where they lie ahead; each is computed anew when its instant comes. */
static void
settle_or_arm (JtTracker *self, TrackedJob *job, gint64 now_usec, gboolean trusts_stored)
{
  gint64 next_usec = job->status.next_elapse_usec;

  if (trusts_stored && job->status.cursor_usec <= now_usec && (next_usec == 0 || next_usec > now_usec))
    jt_scheduler_arm (self->scheduler, &job->timer, next_usec == 0 ? G_MAXINT64 : next_usec);
  else
    jt_tracker_settle_job (self, job);
}

void
jt_tracker_settle_all (JtTracker *self)
{
  gint64 now_usec = jt_clock_get_realtime (self->clock);
  gboolean trusts_stored = !self->has_settled;

  self->has_settled = TRUE;
  jt_scheduler_freeze (self->scheduler);
  for (guint i = 0; i < self->jobs->len; i++)
    settle_or_arm (self, g_ptr_array_index (self->jobs, i), now_usec, trusts_stored);
  jt_scheduler_thaw (self->scheduler);
}

void
jt_tracker_start_boot_jobs (JtTracker *self)
{
  g_autofree char *key = g_strdup_printf ("boot:%s", self->boot_id);
  JtCommit *commit = jt_commit_new (self);

  jt_change_set_meta (jt_commit_get_change (commit), "boot-id", self->boot_id);
  jt_commit_submit (commit, NULL, NULL);
  if (!jt_tracker_may_start (self))
    return;
  for (guint i = 0; i < self->jobs->len; i++)
    {
      TrackedJob *job = g_ptr_array_index (self->jobs, i);

      if (is_enabled (job) && jt_planner_is_at_boot (job->job))
        {
          g_autoptr (JtRun) run = NULL;

          commit = jt_commit_new (self);
          run = put_occurrence (self, job, commit, jt_clock_get_realtime (self->clock), key);
          submit_occurrence (self, job, commit, run->id);
        }
    }
}
