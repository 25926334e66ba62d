/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-log.h"
#include "jt-tracker-private.h"

/* The dead-man's switch: a job with expect-every is late when nothing was heard of it for that long and its grace. It is told once,
 * with the change of the job's health, and ends with the next check-in. */

/* Nobody could check in while the service was away or the machine slept: what was not heard of since is waited for a little longer. */
#define AWAY_GRACE_USEC (60 * (gint64) G_USEC_PER_SEC)

static void
take_word (JtTracker *self, TrackedJob *job, gboolean is_begin)
{
  jt_job_status_take_check_in (&job->status, jt_clock_get_realtime (self->clock), is_begin);
  jt_tracker_expect (self, job);
}

void
jt_tracker_check_in (JtTracker *self, TrackedJob *job, JtCommit *commit)
{
  gboolean was_late = job->status.late_since_usec != 0;

  take_word (self, job, TRUE);
  if (was_late)
    {
      jt_commit_put_job (commit, job, JT_EVENT_JOB_CHANGED);
      jt_commit_tell_heard (commit, job);
    }
  else
    jt_commit_put_status (commit, job);
}

void
jt_tracker_end_lateness (JtTracker *self, TrackedJob *job)
{
  JtCommit *commit = jt_commit_new (self);

  take_word (self, job, FALSE);
  jt_commit_put_job (commit, job, JT_EVENT_JOB_CHANGED);
  jt_commit_tell_heard (commit, job);
  jt_commit_submit (commit, NULL, NULL);
}

static gint64
get_away_grace (TrackedJob *job)
{
  gint64 every_usec = (gint64) jt_settings_get_uint64 (job->job->settings, "expect-every");
  gint64 grace_usec = (gint64) jt_settings_get_uint64 (job->job->settings, "expect-grace");

  return MAX (grace_usec, MIN (every_usec, AWAY_GRACE_USEC));
}

static gint64
get_expected (JtTracker *self, TrackedJob *job)
{
  gint64 expected_usec = jt_job_get_expected (job->job, &job->status, job->n_active > 0, NULL);

  if (job->status.checked_in_usec >= self->ready_usec)
    return expected_usec;
  return MAX (expected_usec, self->ready_usec + get_away_grace (job));
}

void
jt_tracker_expect (JtTracker *self, TrackedJob *job)
{
  gboolean is_waiting = !job->is_leaving && job->status.late_since_usec == 0;

  /* Few jobs are expected; the others are not asked for more than one key. */
  if (!jt_settings_has (job->job->settings, "expect-every"))
    is_waiting = FALSE;
  jt_scheduler_arm (self->scheduler, &job->expect_timer, is_waiting ? get_expected (self, job) : G_MAXINT64);
}

/* Nobody is late for having slept, and no word came from the future. */
void
jt_tracker_restart_expectations (JtTracker *self)
{
  self->ready_usec = jt_clock_get_realtime (self->clock);
  for (guint i = 0; i < self->jobs->len; i++)
    {
      TrackedJob *job = g_ptr_array_index (self->jobs, i);

      if (!jt_settings_has (job->job->settings, "expect-every"))
        continue;
      job->status.checked_in_usec = MIN (job->status.checked_in_usec, self->ready_usec);
      job->status.begun_usec = MIN (job->status.begun_usec, self->ready_usec);
      jt_tracker_expect (self, job);
    }
}

/* When a run of @job that is under way was last heard of; 0: none is. */
static gint64
last_heard (JtTracker *self, TrackedJob *job)
{
  gint64 heard_usec = 0;

  for (guint i = 0; job->n_active > 0 && i < self->runs->len; i++)
    {
      TrackedRun *run = g_ptr_array_index (self->runs, i);

      if (run->live->job == job->id && jt_run_is_tracked (run->live))
        heard_usec = MAX (heard_usec, run->heard_usec);
    }
  return heard_usec;
}

static void
on_late_committed (JtTracker *self, const GError *error, gpointer user_data)
{
  g_autofree guint64 *id = user_data;
  TrackedJob *job = jt_tracker_job (self, *id);

  if (error == NULL && job != NULL)
    jt_log_run (G_LOG_LEVEL_INFO, JT_MESSAGE_JOB_LATE, job->id, 0, "job '%s' is late: no check-in came", job->job->name);
}

static void
tell_late (JtTracker *self, TrackedJob *job, JtCommit *commit)
{
  JtNews news = { .event = JT_NOTIFY_LATE, .at_usec = jt_clock_get_realtime (self->clock), .job = job->job, .status = &job->status,
                  .expected_usec = job->status.late_since_usec };

  jt_commit_tell (commit, &news);
}

void
jt_tracker_on_expect_due (JtTracker *self, TrackedJob *job)
{
  gint64 heard_usec = last_heard (self, job);
  gint64 expected_usec;
  JtCommit *commit;

  /* Heartbeats are not on record, but they are word. */
  if (heard_usec > job->status.checked_in_usec)
    job->status.checked_in_usec = heard_usec;
  expected_usec = get_expected (self, job);
  if (expected_usec == G_MAXINT64 || self->is_broken || job->is_leaving)
    return;
  if (expected_usec > jt_clock_get_realtime (self->clock))
    {
      jt_tracker_expect (self, job);
      return;
    }
  job->status.late_since_usec = jt_job_get_expected (job->job, &job->status, job->n_active > 0, NULL);
  commit = jt_commit_new (self);
  jt_commit_put_job (commit, job, JT_EVENT_JOB_CHANGED);
  tell_late (self, job, commit);
  jt_commit_submit (commit, on_late_committed, g_memdup2 (&job->id, sizeof job->id));
}
