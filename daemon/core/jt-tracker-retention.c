/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-tracker-private.h"

/* History goes in small slices, some time after runs have ended: found by the store's readers, logs removed first, then the rows in one
 * commit. Interrupted anywhere, the next pass finds the same again. Without a new result nothing is looked at but once a day. */

#define SLICE 200
#define FIRST_USEC (60 * (gint64) G_USEC_PER_SEC)
#define NEXT_SLICE_USEC ((gint64) G_USEC_PER_SEC / 5)
#define NEXT_PASS_USEC (600 * (gint64) G_USEC_PER_SEC)
#define IDLE_PASS_USEC (24 * 3600 * (gint64) G_USEC_PER_SEC)

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

void
jt_tracker_note_result (JtTracker *self)
{
  gint64 soon_usec = jt_clock_get_realtime (self->clock) + NEXT_PASS_USEC;

  self->has_new_results = TRUE;
  if (!self->is_sweeping && self->sweep_timer.kind == TIMER_SWEEP && self->sweep_timer.at_usec > soon_usec)
    plan (self, NEXT_PASS_USEC);
}

static void
end_slice (JtTracker *self, gboolean has_more)
{
  self->is_sweeping = FALSE;
  if (has_more)
    {
      plan (self, NEXT_SLICE_USEC);
      return;
    }
  self->sweep_after_job = 0;
  plan (self, self->has_new_results ? NEXT_PASS_USEC : IDLE_PASS_USEC);
}

typedef struct
{
  JtTracker *tracker; /* (owned) */
  GArray    *runs;    /* (element-type JtExpired) (owned) */
  gboolean   has_more;
} Slice;

static void
slice_free (Slice *slice)
{
  g_array_unref (slice->runs);
  g_object_unref (slice->tracker);
  g_free (slice);
}

static void
on_slice_committed (JtTracker *self, const GError *error, gpointer user_data)
{
  Slice *slice = user_data;

  end_slice (self, error == NULL && slice->has_more);
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
      end_slice (self, FALSE);
      slice_free (slice);
      return;
    }
  commit = jt_commit_new (self);
  for (guint i = 0; i < slice->runs->len; i++)
    {
      const JtExpired *expired = &g_array_index (slice->runs, JtExpired, i);

      jt_change_expire_run (jt_commit_get_change (commit), expired->run, expired->only_log);
    }
  jt_commit_submit (commit, on_slice_committed, slice);
}

static void
on_expired_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JtTracker) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JtStoreExpired) expired = jt_store_list_expired_finish (JT_STORE (source), result, &error);
  g_autoptr (GArray) ids = NULL;
  Slice *slice;

  if (expired == NULL || expired->runs->len == 0)
    {
      if (expired == NULL)
        g_debug ("history was not looked through: %s", error->message);
      else
        self->sweep_after_job = expired->next_job;
      end_slice (self, expired != NULL && expired->has_more);
      return;
    }
  self->sweep_after_job = expired->next_job;
  ids = g_array_new (FALSE, FALSE, sizeof (guint64));
  for (guint i = 0; i < expired->runs->len; i++)
    g_array_append_val (ids, g_array_index (expired->runs, JtExpired, i).run);
  slice = g_new0 (Slice, 1);
  slice->tracker = g_object_ref (self);
  slice->runs = g_array_ref (expired->runs);
  slice->has_more = expired->has_more;
  jt_executor_remove_logs (self->executor, ids, on_logs_removed, slice);
}

/* Only of jobs that say something of their own. */
static GHashTable *
list_own_rules (JtTracker *self)
{
  GHashTable *rules = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);

  for (guint i = 0; i < self->jobs->len; i++)
    {
      TrackedJob *job = g_ptr_array_index (self->jobs, i);
      JtSettings *settings = job->job->settings;
      JtJobRetention *own;

      if (job->id <= self->sweep_after_job || (!jt_settings_has (settings, "keep-runs") && !jt_settings_has (settings, "keep-for")))
        continue;
      own = g_new0 (JtJobRetention, 1);
      own->job = job->id;
      own->keep_runs = jt_settings_get_uint32 (settings, "keep-runs");
      own->keep_for_usec = jt_settings_get_uint64 (settings, "keep-for");
      g_hash_table_insert (rules, &own->job, own);
    }
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
    self->has_new_results = FALSE;
  query = g_new0 (JtExpiryQuery, 1);
  query->rules = self->config->retention;
  query->jobs = list_own_rules (self);
  query->after_job = self->sweep_after_job;
  jt_store_list_expired_async (self->store, query, SLICE, NULL, on_expired_found, g_object_ref (self));
}
