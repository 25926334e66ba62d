/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-error.h"
#include "jt-jitter.h"
#include "jt-planner.h"
#include "jt-schedule.h"
#include "jt-tracker-private.h"

/* An occurrence found later than this was not met by a running service: the catch-up rule decides about it. */
#define LATE_USEC (10 * G_USEC_PER_SEC)
/* With catch-up=all so many are run, the latest; the others are let go. */
#define MAX_CAUGHT_UP 1000

static gboolean
is_enabled (TrackedJob *job)
{
  return !job->is_leaving && jt_settings_get_boolean (job->job->settings, "enabled");
}

/* The next instant of @job, JT_INSTANT_NEVER when it has none; its timer and status tell when that is due. */
static gint64
plan (JtTracker *self, TrackedJob *job)
{
  gint64 instant_usec = JT_INSTANT_NEVER;
  gint64 due_usec = JT_INSTANT_NEVER;

  if (is_enabled (job))
    instant_usec = jt_planner_next (job->job, job->status.cursor_usec, job->status.last_finished_usec);
  if (instant_usec != JT_INSTANT_NEVER)
    due_usec = MAX (instant_usec + jt_jitter_get (job->job, self->machine_id, instant_usec), job->status.due_usec);
  job->status.next_elapse_usec = due_usec == JT_INSTANT_NEVER ? 0 : due_usec;
  jt_scheduler_arm (self->scheduler, &job->timer, due_usec);
  return instant_usec;
}

void
jt_tracker_plan_job (JtTracker *self, TrackedJob *job)
{
  plan (self, job);
}

/* Occurrences up to @instant_usec are settled, the last of them was due at @due_usec. */
static void
move_cursor (TrackedJob *job, gint64 instant_usec, gint64 due_usec)
{
  job->status.cursor_usec = instant_usec;
  job->status.due_usec = due_usec == instant_usec ? 0 : due_usec;
}

/* One row for all occurrences that were let go. */
static void
put_missed (JtTracker *self, TrackedJob *job, JtCommit *commit, guint64 count, gint64 first_usec, gint64 last_usec, const char *reason)
{
  g_autoptr (JtRun) run = jt_tracker_make_run (self, job, JT_TRIGGER_SCHEDULE, last_usec);

  run->state = JT_RUN_MISSED;
  run->finished_usec = run->queued_usec;
  run->reason = g_strdup (reason);
  run->missed_count = count;
  run->missed_from_usec = first_usec;
  run->missed_to_usec = last_usec;
  jt_job_status_take_run (&job->status, run);
  jt_commit_put_run (commit, run, JT_EVENT_RUN_FINISHED);
}

/* The run of one occurrence, or its row of having been skipped. Returns the next instant. */
static gint64
fire (JtTracker *self, TrackedJob *job, gint64 instant_usec, gint64 due_usec, gboolean is_made_up_for)
{
  JtCommit *commit = jt_commit_new (self);
  g_autofree char *key = g_strdup_printf ("%" G_GINT64_FORMAT, instant_usec);
  JtOffer offer = { JT_TRIGGER_SCHEDULE, instant_usec, due_usec, key, NULL, is_made_up_for };
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint64));

  move_cursor (job, instant_usec, due_usec);
  instant_usec = plan (self, job);
  jt_run_unref (jt_tracker_offer (self, job, &offer, commit, ids));
  jt_tracker_submit_offer (self, job, commit, ids);
  return instant_usec;
}

/* --- catching up --- */

typedef struct
{
  gint64 after_usec; /* where the ones that are run begin */
  gint64 until_usec; /* up to where there is anything to be caught up on */
  gboolean is_too_late; /* it is the deadline that lets go what is before */
} CatchUp;

/* Behind which of the occurrences in (cursor, @until_usec] a start would not be too late. */
static gint64
find_startable (JtTracker *self, TrackedJob *job, gint64 until_usec)
{
  gint64 deadline_usec = (gint64) jt_settings_get_uint64 (job->job->settings, "start-deadline");
  gint64 bound_usec = jt_clock_get_realtime (self->clock) - deadline_usec - 1;

  if (deadline_usec == 0)
    return job->status.cursor_usec;
  bound_usec = jt_planner_find_due (job->job, self->machine_id, job->status.cursor_usec, bound_usec, job->status.last_finished_usec);
  return CLAMP (bound_usec, job->status.cursor_usec, until_usec);
}

/* How many runs the rule of @job allows to be caught up on. */
static guint
count_allowed (JtTracker *self, TrackedJob *job)
{
  const char *rule = jt_settings_get_string (job->job->settings, "catch-up");

  if (g_str_equal (rule, "none"))
    return 0;
  return g_str_equal (rule, "all") ? MIN (MAX_CAUGHT_UP, jt_tracker_count_room (self, job)) : 1;
}

static CatchUp
find_catch_up (JtTracker *self, TrackedJob *job, gint64 due_by_usec)
{
  gint64 cursor_usec = job->status.cursor_usec;
  gint64 finished_usec = job->status.last_finished_usec;
  guint allowed = count_allowed (self, job);
  CatchUp found;

  found.until_usec = jt_planner_find_due (job->job, self->machine_id, cursor_usec, due_by_usec, finished_usec);
  found.after_usec = found.until_usec;
  found.is_too_late = FALSE;
  if (allowed == 0)
    return found;
  found.after_usec = jt_planner_find_latest (job->job, cursor_usec, found.until_usec, finished_usec, allowed);
  if (find_startable (self, job, found.until_usec) > found.after_usec)
    {
      found.after_usec = find_startable (self, job, found.until_usec);
      found.is_too_late = TRUE;
    }
  return found;
}

static void
let_go (JtTracker *self, TrackedJob *job, const CatchUp *found)
{
  gint64 first_usec;
  gint64 last_usec;
  guint64 count = jt_planner_count (job->job, job->status.cursor_usec, found->after_usec, job->status.last_finished_usec, &first_usec, &last_usec);
  JtCommit *commit;

  if (count == 0)
    return;
  commit = jt_commit_new (self);
  move_cursor (job, last_usec, last_usec);
  jt_tracker_plan_job (self, job);
  put_missed (self, job, commit, count, first_usec, last_usec, found->is_too_late ? "deadline" : "missed");
  jt_commit_put_status (commit, job);
  jt_commit_submit (commit, NULL, NULL);
}

/* What fell due up to @due_by_usec while nobody was there: by the catch-up rule. What is let go is one row, and so is each that is run,
 * with the cursor behind it: a crash in between leaves the rest to the next start. Returns the next instant. */
static gint64
catch_up (JtTracker *self, TrackedJob *job, gint64 due_by_usec)
{
  CatchUp found = find_catch_up (self, job, due_by_usec);
  gint64 instant_usec;

  let_go (self, job, &found);
  instant_usec = plan (self, job);
  for (guint n = 0; instant_usec <= found.until_usec && n < MAX_CAUGHT_UP; n++)
    instant_usec = fire (self, job, instant_usec, job->status.next_elapse_usec, TRUE);
  return instant_usec;
}

/* Plans @job from what is settled, and returns its next instant. FALSE in *@may_start: whatever falls due has to wait. */
static gint64
plan_anew (JtTracker *self, TrackedJob *job, gint64 now_usec, gboolean *may_start)
{
  gint64 instant_usec;

  /* After a step back, planning starts from now; instants that ran already are refused by the occurrence table. */
  if (job->status.cursor_usec > now_usec)
    move_cursor (job, now_usec, now_usec);
  instant_usec = plan (self, job);
  *may_start = jt_tracker_may_start (self) && is_enabled (job);
  /* An alarm in the past would ring for ever; Resume and loading settle anew. */
  if (!*may_start && job->timer.index != 0 && job->timer.at_usec <= now_usec)
    jt_scheduler_disarm (self->scheduler, &job->timer);
  return instant_usec;
}

void
jt_tracker_settle_job (JtTracker *self, TrackedJob *job)
{
  gint64 now_usec = jt_clock_get_realtime (self->clock);
  gboolean may_start;
  gint64 instant_usec = plan_anew (self, job, now_usec, &may_start);

  if (!may_start)
    return;
  if (job->status.next_elapse_usec != 0 && job->status.next_elapse_usec <= now_usec - LATE_USEC)
    instant_usec = catch_up (self, job, now_usec - LATE_USEC);
  while (job->status.next_elapse_usec != 0 && job->status.next_elapse_usec <= now_usec)
    instant_usec = fire (self, job, instant_usec, job->status.next_elapse_usec, FALSE);
}

/* A plan that is another one than is on record has to be put there: the next start of the service trusts it. What is due is about to be. */
static void
keep_plan (TrackedJob *job, gint64 now_usec, JtCommit **commit, JtTracker *self)
{
  gint64 next_usec = job->status.next_elapse_usec;

  if (job->shown.job == NULL || job->is_leaving || next_usec == job->shown.status.next_elapse_usec || (next_usec != 0 && next_usec <= now_usec))
    return;
  if (*commit == NULL)
    *commit = jt_commit_new (self);
  jt_commit_tell_status (*commit, job);
}

/* All are planned at once, which is arithmetic; what turns out to be due rings the alarm, some at a time, so that nobody waits for long
 * while a hundred thousand jobs are caught up on. Stored next elapses are trusted where they lie ahead; each is computed anew when its
 * instant comes. */
void
jt_tracker_settle_all (JtTracker *self)
{
  gint64 now_usec = jt_clock_get_realtime (self->clock);
  gboolean trusts_stored = !self->has_settled;
  JtCommit *commit = NULL;
  gboolean may_start;

  self->has_settled = TRUE;
  jt_scheduler_freeze (self->scheduler);
  for (guint i = 0; i < self->jobs->len; i++)
    {
      TrackedJob *job = g_ptr_array_index (self->jobs, i);
      gint64 next_usec = job->status.next_elapse_usec;

      if (trusts_stored && job->status.cursor_usec <= now_usec && (next_usec == 0 || next_usec > now_usec))
        jt_scheduler_arm (self->scheduler, &job->timer, next_usec == 0 ? G_MAXINT64 : next_usec);
      else
        {
          plan_anew (self, job, now_usec, &may_start);
          keep_plan (job, now_usec, &commit, self);
        }
    }
  jt_scheduler_thaw (self->scheduler);
  if (commit != NULL)
    jt_commit_submit (commit, NULL, NULL);
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

      if (is_enabled (job) && (jt_planner_is_at_boot (job->job) || jt_tracker_is_at_startup (job)))
        {
          gboolean is_event = !jt_planner_is_at_boot (job->job);
          JtOffer offer = { .trigger = is_event ? JT_TRIGGER_EVENT : JT_TRIGGER_SCHEDULE,
                            .scheduled_usec = is_event ? 0 : jt_clock_get_realtime (self->clock),
                            .key = key,
                            .cause = is_event ? "startup" : NULL };
          GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint64));

          commit = jt_commit_new (self);
          jt_run_unref (jt_tracker_offer (self, job, &offer, commit, ids));
          jt_tracker_submit_offer (self, job, commit, ids);
        }
    }
}
