/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-tracker-private.h"

/* History goes in small slices, some time after runs have ended: found by the store's readers, logs removed first, then the rows in one
 * commit. Interrupted anywhere, the next pass finds the same again. Without a new result nothing is looked at but once a day.
 *
 * A slice keeps the writer for a few milliseconds, and the pause behind it lets others in; even so several thousand runs go in a
 * second, more than come. */

#define SLICE 100
#define FIRST_USEC (60 * (gint64) G_USEC_PER_SEC)
#define NEXT_SLICE_USEC ((gint64) G_USEC_PER_SEC / 100)
#define NEXT_PASS_USEC (600 * (gint64) G_USEC_PER_SEC)
#define IDLE_PASS_USEC (24 * 3600 * (gint64) G_USEC_PER_SEC)
/* So many results are a reason not to wait for the next pass. */
#define MANY_RESULTS 100000

static void
plan (JtTracker *self, gint64 wait_usec)
{
  if (!self->is_stopping)
    jt_scheduler_arm (self->scheduler, &self->sweep_timer, jt_clock_get_realtime (self->clock) + wait_usec);
}

void
jt_tracker_begin_retention (JtTracker *self)
{
  self->sweep_timer.kind = TIMER_SWEEP;
  self->sweep_after_job = 0;
  if (!self->is_sweeping)
    plan (self, FIRST_USEC);
}

static gboolean
is_waiting (JtTracker *self)
{
  return self->sweep_timer.kind == TIMER_SWEEP && !self->is_sweeping;
}

void
jt_tracker_note_result (JtTracker *self)
{
  self->n_new_results++;
  if (self->n_new_results == MANY_RESULTS)
    jt_tracker_hurry_retention (self);
  else if (is_waiting (self) && self->sweep_timer.at_usec > jt_clock_get_realtime (self->clock) + NEXT_PASS_USEC)
    plan (self, NEXT_PASS_USEC);
}

void
jt_tracker_hurry_retention (JtTracker *self)
{
  self->is_hurried = TRUE;
  if (is_waiting (self))
    plan (self, 0);
}

typedef enum
{
  SLICE_MORE,   /* behind it */
  SLICE_LAST,   /* of the pass */
  SLICE_FAILED, /* the pass is given up */
} SliceEnd;

static void
end_slice (JtTracker *self, SliceEnd end)
{
  self->is_sweeping = FALSE;
  if (end != SLICE_MORE)
    self->sweep_after_job = 0;
  if (end == SLICE_MORE)
    plan (self, NEXT_SLICE_USEC);
  else if (end == SLICE_LAST && self->is_hurried)
    plan (self, 0);
  else
    plan (self, end == SLICE_FAILED || self->n_new_results > 0 ? NEXT_PASS_USEC : IDLE_PASS_USEC);
}

typedef struct
{
  JtTracker      *tracker; /* (owned) */
  JtStoreExpired *expired; /* (owned) */
} Slice;

static void
slice_free (Slice *slice)
{
  jt_store_expired_free (slice->expired);
  g_object_unref (slice->tracker);
  g_free (slice);
}

static void
on_slice_committed (JtTracker *self, const GError *error, gpointer user_data)
{
  Slice *slice = user_data;

  end_slice (self, error != NULL ? SLICE_FAILED : slice->expired->has_more ? SLICE_MORE : SLICE_LAST);
  slice_free (slice);
}

static void
on_logs_removed (gpointer user_data)
{
  Slice *slice = user_data;
  JtTracker *self = slice->tracker;
  JtCommit *commit;

  if (self->is_broken || self->is_stopping)
    {
      end_slice (self, SLICE_FAILED);
      slice_free (slice);
      return;
    }
  commit = jt_commit_new (self);
  for (guint i = 0; i < slice->expired->runs->len; i++)
    {
      const JtExpired *expired = &g_array_index (slice->expired->runs, JtExpired, i);

      jt_change_expire_run (jt_commit_get_change (commit), expired->run, expired->only_log);
    }
  if (slice->expired->purged_job != 0)
    jt_change_end_purge (jt_commit_get_change (commit), slice->expired->purged_job);
  jt_commit_submit (commit, on_slice_committed, slice);
}

static void
remove_slice (JtTracker *self, JtStoreExpired *expired)
{
  g_autoptr (GArray) ids = g_array_sized_new (FALSE, FALSE, sizeof (guint64), expired->runs->len);
  Slice *slice = g_new0 (Slice, 1);

  for (guint i = 0; i < expired->runs->len; i++)
    g_array_append_val (ids, g_array_index (expired->runs, JtExpired, i).run);
  slice->tracker = g_object_ref (self);
  slice->expired = expired;
  jt_executor_remove_logs (self->executor, ids, on_logs_removed, slice);
}

static void
on_expired_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JtTracker) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JtStoreExpired) expired = jt_store_list_expired_finish (JT_STORE (source), result, &error);

  if (expired == NULL)
    {
      g_debug ("history was not looked through: %s", error->message);
      end_slice (self, SLICE_FAILED);
      return;
    }
  self->sweep_after_job = expired->next_job;
  if (expired->runs->len > 0 || expired->purged_job != 0)
    remove_slice (self, g_steal_pointer (&expired));
  else
    end_slice (self, expired->has_more ? SLICE_MORE : SLICE_LAST);
}

static void
add_own_rule (GHashTable *rules, TrackedJob *job)
{
  JtSettings *settings = job->job->settings;
  JtJobRetention *own;

  if (!jt_settings_has (settings, "keep-runs") && !jt_settings_has (settings, "keep-for"))
    return;
  own = g_new0 (JtJobRetention, 1);
  own->job = job->id;
  own->keep_runs = jt_settings_get_uint32 (settings, "keep-runs");
  own->keep_for_usec = jt_settings_get_uint64 (settings, "keep-for");
  g_hash_table_insert (rules, &own->job, own);
}

/* What the jobs of the next slice say of their own. */
static GHashTable *
list_own_rules (JtTracker *self)
{
  GHashTable *rules = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  guint first = jt_tracker_find_job_after (self, self->sweep_after_job);

  for (guint i = first; i < self->jobs->len && i - first < JT_RETENTION_JOBS; i++)
    add_own_rule (rules, g_ptr_array_index (self->jobs, i));
  return rules;
}

void
jt_tracker_on_sweep_due (JtTracker *self)
{
  JtExpiryQuery *query;

  if (self->is_broken || self->is_sweeping || self->is_stopping)
    {
      plan (self, NEXT_PASS_USEC);
      return;
    }
  self->is_sweeping = TRUE;
  if (self->sweep_after_job == 0)
    {
      self->n_new_results = 0;
      self->is_hurried = FALSE;
    }
  query = g_new0 (JtExpiryQuery, 1);
  query->rules = self->config->retention;
  query->jobs = list_own_rules (self);
  query->after_job = self->sweep_after_job;
  jt_store_list_expired_async (self->store, query, SLICE, NULL, on_expired_found, g_object_ref (self));
}
