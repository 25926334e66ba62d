/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-tracker-private.h"

/* Runs that take much longer than their job usually does, told while they go on: slow-factor times what all but 5 of 100 of its successes
 * need, as the statistics have it. Nobody is told twice of one run, whatever is restarted meanwhile: the record knows. */

/* With fewer successes nothing is usual yet. */
#define LEAST_SUCCESSES 5
#define USUAL 0.95
#define LONGEST_USEC (366 * 24 * 3600 * (gint64) G_USEC_PER_SEC)

/* A question to the record about an attempt. */
typedef struct
{
  JtTracker *tracker; /* (owned) */
  guint64    run;
  guint      attempt;
} Question;

static Question *
question_new (JtTracker *self, TrackedRun *run)
{
  Question *question = g_new0 (Question, 1);

  question->tracker = g_object_ref (self);
  question->run = run->id;
  question->attempt = run->live->attempt;
  return question;
}

static void
question_free (Question *question)
{
  g_object_unref (question->tracker);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

/* (nullable): that attempt goes on no longer. */
static TrackedRun *
find_running (const Question *question)
{
  TrackedRun *run = question->tracker->is_broken ? NULL : jt_tracker_run (question->tracker, question->run);

  return run != NULL && run->live->state == JT_RUN_RUNNING && run->live->attempt == question->attempt ? run : NULL;
}

static gint64
get_start (const TrackedRun *run)
{
  const JtAttempt *attempt = jt_run_current_attempt (run->live);

  return attempt != NULL && attempt->started_usec != 0 ? attempt->started_usec : run->live->started_usec;
}

static double
get_factor (JtTracker *self, const TrackedRun *run)
{
  TrackedJob *job = jt_tracker_job (self, run->live->job);

  return job != NULL && jt_settings_has (job->job->settings, "slow-factor") ? jt_settings_get_double (job->job->settings, "slow-factor") : 0;
}

static void
on_statistics (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GPtrArray) groups = jt_store_get_statistics_finish (JT_STORE (source), result, NULL);
  const JtRollup *past = groups != NULL && groups->len > 0 ? ((JtStatsGroup *) g_ptr_array_index (groups, 0))->rollup : NULL;
  TrackedRun *run = find_running (question);
  double usual_usec;
  double factor;

  if (run == NULL || past == NULL || past->succeeded.sketch.count < LEAST_SUCCESSES)
    return;
  usual_usec = jt_sketch_get_quantile (&past->succeeded.sketch, USUAL);
  factor = get_factor (question->tracker, run);
  if (usual_usec < 1 || factor <= 0 || usual_usec * factor > LONGEST_USEC)
    return;
  run->usual_usec = (gint64) usual_usec;
  run->slow_timer.kind = TIMER_SLOW;
  jt_scheduler_arm (question->tracker->scheduler, &run->slow_timer, get_start (run) + (gint64) (usual_usec * factor));
}

void
jt_tracker_watch_slowness (JtTracker *self, TrackedRun *run)
{
  JtStatsQuery *query;

  if (self->notifier == NULL || run->is_slow || run->slow_attempt == run->live->attempt || get_factor (self, run) <= 0)
    return;
  run->slow_attempt = run->live->attempt;
  query = g_new0 (JtStatsQuery, 1);
  query->keys = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_array_append_val (query->keys, run->live->job);
  query->grain = JT_STATS_DAYS;
  query->until_usec = G_MAXINT64;
  query->by = JT_STATS_WHOLE;
  jt_store_get_statistics_async (self->store, query, NULL, on_statistics, question_new (self, run));
}

static void
tell_slow (JtTracker *self, TrackedRun *run)
{
  TrackedJob *job = jt_tracker_job (self, run->live->job);
  JtNews news = { .event = JT_NOTIFY_SLOW, .at_usec = jt_clock_get_realtime (self->clock), .run = run->live,
                  .expected_usec = get_start (run) + run->usual_usec };
  JtCommit *commit;

  if (job == NULL || job->is_leaving)
    return;
  news.job = job->job;
  news.status = &job->status;
  commit = jt_commit_new (self);
  jt_commit_tell (commit, &news);
  if (jt_commit_get_change (commit)->items->len > 0)
    jt_commit_submit (commit, NULL, NULL);
  else
    jt_commit_discard (commit);
}

static void
on_told_before (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GPtrArray) told = jt_store_list_deliveries_finish (JT_STORE (source), result, NULL);
  TrackedRun *run = find_running (question);

  if (run == NULL || run->is_slow)
    return;
  run->is_slow = TRUE;
  if (told == NULL || told->len == 0)
    tell_slow (question->tracker, run);
}

void
jt_tracker_on_slow_due (JtTracker *self, TrackedRun *run)
{
  g_autoptr (JtDeliveryFilter) filter = jt_delivery_filter_new (0);

  if (self->is_broken || run->is_slow || run->live->state != JT_RUN_RUNNING)
    return;
  filter->run = run->id;
  filter->event = g_strdup (jt_notify_event_to_string (JT_NOTIFY_SLOW));
  jt_store_list_deliveries_async (self->store, filter, 0, 1, NULL, on_told_before, question_new (self, run));
}
