/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-error.h"
#include "jt-tracker-private.h"

/* How long the storage is left alone before it is tried again. */
#define RELOAD_DELAY_MSEC 1000
#define REREAD_DELAY_MSEC 5000

#define META_PAUSED "paused"
#define META_PAUSE_REASON "pause-reason"

G_DEFINE_FINAL_TYPE (JtTracker, jt_tracker, G_TYPE_OBJECT)

/* --- records by id: both kinds begin with it --- */

static guint
find_record (GPtrArray *records, guint64 id, gboolean *is_found)
{
  guint low = 0;
  guint high = records->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (*(guint64 *) g_ptr_array_index (records, middle) < id)
        low = middle + 1;
      else
        high = middle;
    }
  *is_found = low < records->len && *(guint64 *) g_ptr_array_index (records, low) == id;
  return low;
}

static gpointer
lookup_record (GPtrArray *records, guint64 id)
{
  gboolean is_found;
  guint position = find_record (records, id, &is_found);

  return is_found ? g_ptr_array_index (records, position) : NULL;
}

static void
insert_record (GPtrArray *records, gpointer record)
{
  gboolean is_found;
  guint position = find_record (records, *(guint64 *) record, &is_found);

  g_assert (!is_found);
  g_ptr_array_insert (records, (int) position, record);
}

static void
remove_record (GPtrArray *records, guint64 id)
{
  gboolean is_found;
  guint position = find_record (records, id, &is_found);

  if (is_found)
    g_ptr_array_remove_index (records, position);
}

static guint
name_hash (gconstpointer data)
{
  const TrackedJob *tracked = data;

  return g_str_hash (tracked->job->name) ^ (tracked->job->owner * 2654435761u);
}

static gboolean
name_equal (gconstpointer a, gconstpointer b)
{
  const JtJob *job_a = ((const TrackedJob *) a)->job;
  const JtJob *job_b = ((const TrackedJob *) b)->job;

  return job_a->owner == job_b->owner && g_str_equal (job_a->name, job_b->name);
}

static void
tracked_job_free (gpointer data)
{
  TrackedJob *job = data;

  g_clear_pointer (&job->shown.job, jt_job_unref);
  g_clear_pointer (&job->job, jt_job_unref);
  if (job->line != NULL)
    g_queue_free_full (job->line, g_free);
  g_clear_pointer (&job->after, g_ptr_array_unref);
  g_free (job);
}

static void
tracked_run_free (gpointer data)
{
  TrackedRun *run = data;

  g_clear_pointer (&run->shown, jt_run_unref);
  g_clear_pointer (&run->live, jt_run_unref);
  g_clear_pointer (&run->settings, jt_settings_unref);
  g_free (run);
}

static void
owner_free (gpointer data)
{
  Owner *owner = data;

  g_queue_clear_full (&owner->ready, g_free);
  g_free (owner);
}

TrackedJob *
jt_tracker_job (JtTracker *self, guint64 id)
{
  return lookup_record (self->jobs, id);
}

guint
jt_tracker_find_job_after (JtTracker *self, guint64 id)
{
  gboolean is_found;

  return find_record (self->jobs, id + 1, &is_found);
}

TrackedRun *
jt_tracker_run (JtTracker *self, guint64 id)
{
  return lookup_record (self->runs, id);
}

TrackedJob *
jt_tracker_job_by_name (JtTracker *self, guint32 owner, const char *name)
{
  JtJob job = { .owner = owner, .name = (char *) name };
  TrackedJob key = { .job = &job };

  return g_hash_table_lookup (self->names, &key);
}

guint
jt_tracker_count_jobs_of (JtTracker *self, guint32 uid)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->jobs_of, GUINT_TO_POINTER (uid)));
}

static void
add_to_count (JtTracker *self, guint32 uid, int change)
{
  guint count = jt_tracker_count_jobs_of (self, uid) + (guint) change;

  g_hash_table_insert (self->jobs_of, GUINT_TO_POINTER (uid), GUINT_TO_POINTER (count));
}

/* @job: (transfer none) */
TrackedJob *
jt_tracker_insert_job (JtTracker *self, JtJob *job, const JtJobStatus *status)
{
  TrackedJob *tracked = g_new0 (TrackedJob, 1);

  tracked->id = job->id;
  tracked->job = jt_job_ref (job);
  tracked->status = *status;
  tracked->timer.kind = TIMER_JOB;
  tracked->expect_timer.kind = TIMER_EXPECT;
  insert_record (self->jobs, tracked);
  g_hash_table_add (self->names, tracked);
  add_to_count (self, job->owner, +1);
  if (self->notifier != NULL)
    jt_notifier_expect_job (self->notifier, job);
  return tracked;
}

void
jt_tracker_drop_job (JtTracker *self, TrackedJob *job)
{
  TrackedJob *named = g_hash_table_lookup (self->names, job);

  jt_scheduler_disarm (self->scheduler, &job->timer);
  jt_scheduler_disarm (self->scheduler, &job->expect_timer);
  if (named == job)
    g_hash_table_remove (self->names, job);
  jt_tracker_unlink_after (self, job);
  jt_tracker_unwatch_job (self, job);
  add_to_count (self, job->job->owner, -1);
  remove_record (self->jobs, job->id);
}

TrackedRun *
jt_tracker_insert_run (JtTracker *self, JtRun *run, JtSettings *settings)
{
  TrackedRun *tracked = g_new0 (TrackedRun, 1);
  TrackedJob *job = jt_tracker_job (self, run->job);

  tracked->id = run->id;
  tracked->live = jt_run_ref (run);
  tracked->settings = settings == NULL ? NULL : jt_settings_ref (settings);
  tracked->timer.kind = jt_run_is_tracked (run) ? TIMER_TRACKED : TIMER_RUN;
  insert_record (self->runs, tracked);
  if (job != NULL)
    job->n_active++;
  if (run->state != JT_RUN_QUEUED || jt_run_is_tracked (run))
    jt_tracker_take_turn (self, tracked);
  return tracked;
}

void
jt_tracker_drop_run (JtTracker *self, TrackedRun *run)
{
  TrackedJob *job = jt_tracker_job (self, run->live->job);

  jt_scheduler_disarm (self->scheduler, &run->timer);
  jt_scheduler_disarm (self->scheduler, &run->slow_timer);
  jt_tracker_unready (self, run);
  jt_tracker_release_slot (self, run);
  jt_tracker_release_surroundings (self, run);
  jt_tracker_end_turn (self, run);
  if (jt_run_is_tracked (run->live))
    jt_tracker_forget_outside (self, run);
  if (job != NULL && job->n_active > 0)
    job->n_active--;
  /* With nothing under way the next begin may be what is waited for. */
  if (job != NULL && jt_settings_has (job->job->settings, "expect-every"))
    jt_tracker_expect (self, job);
  remove_record (self->runs, run->id);
}

gboolean
jt_tracker_may_start (JtTracker *self)
{
  return self->is_loaded && !self->is_broken && !self->is_paused && !self->is_stopping;
}

/* --- due --- */

#define OWNER_OF(entry, Type, field) ((Type *) (gpointer) ((char *) (entry) - G_STRUCT_OFFSET (Type, field)))

static void
on_due (JtSchedulerEntry *entry, gpointer user_data)
{
  JtTracker *self = user_data;

  switch (entry->kind)
    {
    case TIMER_JOB:
      jt_tracker_settle_job (self, OWNER_OF (entry, TrackedJob, timer));
      break;
    case TIMER_RUN:
      jt_tracker_proceed (self, OWNER_OF (entry, TrackedRun, timer));
      jt_tracker_dispatch (self);
      break;
    case TIMER_PATIENCE:
      jt_tracker_on_patience_over (self, OWNER_OF (entry, TrackedRun, timer));
      break;
    case TIMER_TRACKED:
      jt_tracker_on_outside_due (self, OWNER_OF (entry, TrackedRun, timer));
      break;
    case TIMER_EXPECT:
      jt_tracker_on_expect_due (self, OWNER_OF (entry, TrackedJob, expect_timer));
      break;
    case TIMER_SWEEP:
      jt_tracker_on_sweep_due (self);
      break;
    case TIMER_LEFTOVERS:
      jt_tracker_on_leftovers_due (self);
      break;
    case TIMER_SLOW:
      jt_tracker_on_slow_due (self, OWNER_OF (entry, TrackedRun, slow_timer));
      break;
    case TIMER_ALARM:
      ((JtAlarm *) (gpointer) entry)->func (((JtAlarm *) (gpointer) entry)->user_data);
      break;
    default:
      g_return_if_reached ();
    }
}

static void
on_clock_changed (JtClock *clock, gpointer user_data)
{
  JtTracker *self = user_data;

  if (!self->is_loaded || self->is_broken)
    return;
  jt_tracker_settle_all (self);
  jt_tracker_restart_heartbeats (self);
  jt_tracker_restart_expectations (self);
  jt_tracker_restart_waits (self);
  jt_tracker_queue_changed (self);
}

/* --- loading --- */

static void
clear_contents (JtTracker *self)
{
  for (guint i = 0; i < self->runs->len; i++)
    {
      TrackedRun *run = g_ptr_array_index (self->runs, i);

      jt_scheduler_disarm (self->scheduler, &run->timer);
      jt_scheduler_disarm (self->scheduler, &run->slow_timer);
      jt_tracker_release_surroundings (self, run);
    }
  for (guint i = 0; i < self->jobs->len; i++)
    {
      TrackedJob *job = g_ptr_array_index (self->jobs, i);

      jt_scheduler_disarm (self->scheduler, &job->timer);
      jt_scheduler_disarm (self->scheduler, &job->expect_timer);
      jt_tracker_unwatch_job (self, job);
    }
  g_hash_table_remove_all (self->senders);
  g_hash_table_remove_all (self->tracked_of);
  g_hash_table_remove_all (self->dependents);
  g_queue_clear_full (&self->ends, (GDestroyNotify) jt_run_unref);
  g_hash_table_remove_all (self->names);
  g_queue_clear (&self->ring);
  g_hash_table_remove_all (self->owners);
  g_hash_table_remove_all (self->jobs_of);
  g_ptr_array_set_size (self->runs, 0);
  g_ptr_array_set_size (self->jobs, 0);
  self->n_running = 0;
  memset (self->n_in_state, 0, sizeof self->n_in_state);
}

static void
take_jobs (JtTracker *self, JtStoreContents *contents)
{
  for (guint i = 0; i < contents->jobs->len; i++)
    {
      JtJobEntry *entry = &g_array_index (contents->jobs, JtJobEntry, i);
      TrackedJob *job = jt_tracker_insert_job (self, entry->job, &entry->status);

      job->shown.job = jt_job_ref (entry->job);
      job->shown.status = entry->status;
      jt_tracker_watch_job (self, job);
      jt_tracker_expect (self, job);
    }
}

static void on_revision_read (GObject *source, GAsyncResult *result, gpointer user_data);

typedef struct
{
  JtTracker *tracker; /* (owned) */
  guint64    run;
} SettingsWish;

static void
settings_wish_free (SettingsWish *wish)
{
  g_object_unref (wish->tracker);
  g_free (wish);
}

/* (nullable): it has ended since, was loaded anew, or has its settings. */
static TrackedRun *
find_unread (SettingsWish *wish)
{
  TrackedRun *run = wish->tracker->is_stopping ? NULL : jt_tracker_run (wish->tracker, wish->run);

  return run == NULL || run->settings != NULL ? NULL : run;
}

static gboolean
read_settings_cb (gpointer user_data)
{
  SettingsWish *wish = user_data;
  TrackedRun *run = find_unread (wish);

  if (run == NULL)
    settings_wish_free (wish);
  else
    jt_store_get_revision_async (wish->tracker->store, run->live->job, run->live->job_revision, NULL, on_revision_read, wish);
  return G_SOURCE_REMOVE;
}

static void
on_revision_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SettingsWish *wish = user_data;
  JtTracker *self = wish->tracker;
  g_autoptr (GError) error = NULL;
  g_autoptr (JtSettings) settings = jt_store_get_revision_finish (self->store, result, &error);
  TrackedRun *run = find_unread (wish);

  if (run != NULL && settings == NULL)
    {
      /* With other settings it would be another run: it waits until they can be read. */
      g_warning ("could not read the settings of run %" G_GUINT64_FORMAT ", and will try again: %s", wish->run, error->message);
      g_timeout_add (REREAD_DELAY_MSEC, read_settings_cb, wish);
      return;
    }
  if (run != NULL)
    {
      run->settings = g_steal_pointer (&settings);
      if (jt_run_is_tracked (run->live))
        jt_tracker_open_outside_log (self, run);
      else
        jt_tracker_recover_run (self, run);
    }
  settings_wish_free (wish);
}

static void
read_settings (JtTracker *self, const JtRun *run)
{
  SettingsWish *wish = g_new (SettingsWish, 1);

  wish->tracker = g_object_ref (self);
  wish->run = run->id;
  jt_store_get_revision_async (self->store, run->job, run->job_revision, NULL, on_revision_read, wish);
}

/* A run goes on with the settings that it was begun with, whatever became of its job. */
static void
take_run (JtTracker *self, JtRun *value)
{
  TrackedJob *job = jt_tracker_job (self, value->job);
  gboolean is_current = job != NULL && job->job->revision == value->job_revision;
  TrackedRun *run = jt_tracker_insert_run (self, value, is_current ? job->job->settings : NULL);

  run->shown = jt_run_ref (value);
  self->n_in_state[value->state]++;
}

/* Once all are there: who waits in line needs to know who is inside. */
static void
recover_run (JtTracker *self, TrackedRun *run)
{
  /* Who reports a run may leave, or fall silent, before its settings are known. */
  if (run->settings != NULL || jt_run_is_tracked (run->live))
    jt_tracker_recover_run (self, run);
  else if (run->live->state == JT_RUN_QUEUED)
    jt_tracker_line_up (self, jt_tracker_job (self, run->live->job), run);
  if (run->settings == NULL)
    read_settings (self, run->live);
  if (run->live->state == JT_RUN_RUNNING)
    jt_tracker_watch_slowness (self, run);
}

static void
take_contents (JtTracker *self, JtStoreContents *contents)
{
  const char *paused = g_hash_table_lookup (contents->meta, META_PAUSED);
  const char *reason = g_hash_table_lookup (contents->meta, META_PAUSE_REASON);

  jt_scheduler_freeze (self->scheduler);
  clear_contents (self);
  self->last_job_id = MAX (self->last_job_id, contents->last_job_id);
  self->last_run_id = MAX (self->last_run_id, contents->last_run_id);
  self->last_sequence = contents->last_sequence;
  self->is_paused = g_strcmp0 (paused, "1") == 0;
  g_free (self->pause_reason);
  self->pause_reason = g_strdup (reason != NULL ? reason : "");
  self->is_loaded = TRUE;
  self->is_broken = FALSE;
  self->ready_usec = jt_clock_get_realtime (self->clock);
  if (self->notifier != NULL)
    jt_notifier_load (self->notifier, contents);
  take_jobs (self, contents);
  jt_tracker_link_all (self, contents->marks);
  for (guint i = 0; i < contents->runs->len; i++)
    take_run (self, g_ptr_array_index (contents->runs, i));
  for (guint i = 0; i < self->runs->len; i++)
    recover_run (self, g_ptr_array_index (self->runs, i));
  if (g_strcmp0 (g_hash_table_lookup (contents->meta, "boot-id"), self->boot_id) != 0)
    jt_tracker_start_boot_jobs (self);
  jt_tracker_settle_all (self);
  jt_tracker_begin_retention (self);
  jt_tracker_begin_leftovers (self);
  jt_tracker_dispatch (self);
  jt_scheduler_thaw (self->scheduler);
  g_signal_emit_by_name (self, "loaded", contents);
  jt_tracker_queue_changed (self);
}

static gboolean
reload_cb (gpointer user_data)
{
  JtTracker *self = user_data;

  g_clear_pointer (&self->reload_source, g_source_unref);
  jt_tracker_begin_reload (self);
  return G_SOURCE_REMOVE;
}

static void
on_reloaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JtTracker) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JtStoreContents) contents = jt_store_load_finish (self->store, result, &error);

  self->is_reloading = FALSE;
  if (contents != NULL)
    {
      g_message ("the storage is back; everything was loaded anew");
      take_contents (self, contents);
      g_signal_emit_by_name (self, "reloaded");
      return;
    }
  g_debug ("storage is still away: %s", error->message);
  self->reload_source = g_timeout_source_new (RELOAD_DELAY_MSEC);
  g_source_set_callback (self->reload_source, reload_cb, self, NULL);
  g_source_attach (self->reload_source, NULL);
}

void
jt_tracker_begin_reload (JtTracker *self)
{
  if (self->reload_source != NULL || self->is_reloading || self->is_stopping)
    return;
  self->is_reloading = TRUE;
  g_debug ("loading the record anew");
  jt_store_load_async (self->store, NULL, on_reloaded, g_object_ref (self));
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  JtTracker *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (JtStoreContents) contents = jt_store_load_finish (self->store, result, &error);

  if (contents == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  take_contents (self, contents);
  g_task_return_boolean (task, TRUE);
  g_signal_emit_by_name (self, "ready");
}

void
jt_tracker_start_async (JtTracker *self, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  GTask *task = g_task_new (self, c, cb, data);

  jt_store_load_async (self->store, c, on_loaded, task);
}

gboolean
jt_tracker_start_finish (JtTracker *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
jt_tracker_stop_async (JtTracker *self, GAsyncReadyCallback cb, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, cb, data);

  self->is_stopping = TRUE;
  if (self->n_outstanding == 0)
    g_task_return_boolean (task, TRUE);
  else
    self->stop_task = g_steal_pointer (&task);
}

gboolean
jt_tracker_stop_finish (JtTracker *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- reading --- */

const JtJobEntry *
jt_tracker_get_job (JtTracker *self, guint64 id)
{
  TrackedJob *job = jt_tracker_job (self, id);

  return job == NULL || job->shown.job == NULL ? NULL : &job->shown;
}

const JtJobEntry *
jt_tracker_find_job (JtTracker *self, guint32 owner, const char *name)
{
  TrackedJob *job = jt_tracker_job_by_name (self, owner, name);

  return job == NULL || job->shown.job == NULL ? NULL : &job->shown;
}

GPtrArray *
jt_tracker_list_jobs (JtTracker *self, const JtFilter *filter, guint limit)
{
  GPtrArray *found = g_ptr_array_new ();
  guint64 first = MAX (filter->after + 1, filter->job);
  guint64 last = filter->job != 0 ? filter->job : G_MAXUINT64;
  gboolean is_found;

  for (guint i = find_record (self->jobs, first, &is_found); i < self->jobs->len && found->len < limit; i++)
    {
      TrackedJob *job = g_ptr_array_index (self->jobs, i);

      if (job->id > last)
        break;
      if (job->shown.job != NULL && jt_filter_match_job (filter, job->shown.job)
          && jt_filter_match_health (filter, job->shown.job, &job->shown.status))
        g_ptr_array_add (found, &job->shown);
    }
  return found;
}

JtRun *
jt_tracker_get_active_run (JtTracker *self, guint64 id)
{
  TrackedRun *run = jt_tracker_run (self, id);

  return run == NULL ? NULL : run->shown;
}

GPtrArray *
jt_tracker_list_active (JtTracker *self, const JtFilter *filter, guint limit)
{
  GPtrArray *found = g_ptr_array_new ();
  gboolean is_found;

  for (guint i = find_record (self->runs, filter->after + 1, &is_found); i < self->runs->len && found->len < limit; i++)
    {
      TrackedRun *run = g_ptr_array_index (self->runs, i);

      if (run->shown != NULL && jt_filter_match_run (filter, run->shown, run->settings))
        g_ptr_array_add (found, run->shown);
    }
  return found;
}

guint
jt_tracker_count_jobs (JtTracker *self)
{
  return self->jobs->len;
}

guint
jt_tracker_count_active (JtTracker *self)
{
  return self->n_in_state[JT_RUN_STARTING] + self->n_in_state[JT_RUN_RUNNING] + self->n_in_state[JT_RUN_RETRY_WAIT];
}

guint
jt_tracker_count_queued (JtTracker *self)
{
  return self->n_in_state[JT_RUN_QUEUED];
}

gint64
jt_tracker_get_next_elapse (JtTracker *self)
{
  gint64 earliest_usec = jt_scheduler_get_earliest_of (self->scheduler, TIMER_TRACKED);

  return earliest_usec == G_MAXINT64 ? 0 : earliest_usec;
}

gboolean
jt_tracker_is_paused (JtTracker *self)
{
  return self->is_paused;
}

const char *
jt_tracker_get_pause_reason (JtTracker *self)
{
  return self->pause_reason;
}

guint64
jt_tracker_get_last_sequence (JtTracker *self)
{
  return self->last_sequence;
}

JtStore *
jt_tracker_get_store (JtTracker *self)
{
  return self->store;
}

JtExecutor *
jt_tracker_get_executor (JtTracker *self)
{
  return self->executor;
}

JtClock *
jt_tracker_get_clock (JtTracker *self)
{
  return self->clock;
}

void
jt_tracker_set_config (JtTracker *self, JtConfig *config)
{
  jt_config_ref (config);
  g_clear_pointer (&self->config, jt_config_unref);
  self->config = config;
  jt_tracker_dispatch (self);
  jt_tracker_hurry_retention (self);
}

/* --- pause --- */

typedef struct
{
  gboolean is_paused;
  char    *reason;
  GTask   *task;
} PauseWish;

static void
on_pause_committed (JtTracker *self, const GError *error, gpointer user_data)
{
  g_autofree PauseWish *wish = user_data;
  g_autoptr (GTask) task = wish->task;
  g_autofree char *reason = wish->reason;

  if (error != NULL)
    {
      g_task_return_error (task, g_error_copy (error));
      return;
    }
  self->is_paused = wish->is_paused;
  g_free (self->pause_reason);
  self->pause_reason = g_steal_pointer (&reason);
  jt_tracker_queue_changed (self);
  if (!self->is_paused)
    {
      jt_tracker_settle_all (self);
      jt_tracker_dispatch (self);
    }
  g_task_return_boolean (task, TRUE);
}

void
jt_tracker_pause_async (JtTracker *self, gboolean paused, const char *reason, GCancellable *c, GAsyncReadyCallback cb,
                        gpointer data)
{
  PauseWish *wish = g_new0 (PauseWish, 1);
  JtCommit *commit = jt_commit_new (self);

  wish->is_paused = paused;
  wish->reason = g_strdup (paused && reason != NULL ? reason : "");
  wish->task = g_task_new (self, c, cb, data);
  jt_change_set_meta (jt_commit_get_change (commit), META_PAUSED, paused ? "1" : "0");
  jt_change_set_meta (jt_commit_get_change (commit), META_PAUSE_REASON, wish->reason);
  jt_commit_submit (commit, on_pause_committed, wish);
}

gboolean
jt_tracker_pause_finish (JtTracker *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- object --- */

static void
jt_tracker_dispose (GObject *object)
{
  JtTracker *self = JT_TRACKER (object);

  if (self->executor != NULL)
    g_signal_handlers_disconnect_by_data (self->executor, self);
  if (self->clock != NULL)
    g_signal_handlers_disconnect_by_data (self->clock, self);
  if (self->reload_source != NULL)
    g_source_destroy (self->reload_source);
  g_clear_pointer (&self->reload_source, g_source_unref);
  if (self->changed_source != NULL)
    g_source_destroy (self->changed_source);
  g_clear_pointer (&self->changed_source, g_source_unref);
  if (self->scheduler != NULL)
    clear_contents (self);
  g_clear_pointer (&self->scheduler, jt_scheduler_free);
  if (self->surroundings != NULL)
    g_signal_handlers_disconnect_by_data (self->surroundings, self);
  g_clear_object (&self->surroundings);
  g_clear_object (&self->notifier);
  g_clear_object (&self->executor);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (jt_tracker_parent_class)->dispose (object);
}

static void
jt_tracker_finalize (GObject *object)
{
  JtTracker *self = JT_TRACKER (object);

  g_clear_pointer (&self->config, jt_config_unref);
  g_hash_table_unref (self->dependents);
  g_hash_table_unref (self->waking);
  g_hash_table_unref (self->names);
  g_ptr_array_unref (self->jobs);
  g_ptr_array_unref (self->runs);
  g_hash_table_unref (self->owners);
  g_hash_table_unref (self->jobs_of);
  g_hash_table_unref (self->requests);
  g_hash_table_unref (self->followed);
  g_hash_table_unref (self->senders);
  g_hash_table_unref (self->tracked_of);
  g_queue_clear (&self->wishes);
  g_free (self->bus_id);
  g_free (self->boot_id);
  g_free (self->machine_id);
  g_free (self->host);
  g_free (self->pause_reason);
  G_OBJECT_CLASS (jt_tracker_parent_class)->finalize (object);
}

static void
jt_tracker_class_init (JtTrackerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = jt_tracker_dispose;
  G_OBJECT_CLASS (klass)->finalize = jt_tracker_finalize;
  g_signal_new ("event", JT_TYPE_TRACKER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  g_signal_new ("changed", JT_TYPE_TRACKER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("loaded", JT_TYPE_TRACKER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  g_signal_new ("told", JT_TYPE_TRACKER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("reloaded", JT_TYPE_TRACKER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("ready", JT_TYPE_TRACKER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
jt_tracker_init (JtTracker *self)
{
  self->jobs = g_ptr_array_new_with_free_func (tracked_job_free);
  self->runs = g_ptr_array_new_with_free_func (tracked_run_free);
  self->names = g_hash_table_new (name_hash, name_equal);
  self->waking = g_hash_table_new (NULL, NULL);
  self->wake_usec = G_MAXINT64;
  self->dependents = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) g_array_unref);
  g_queue_init (&self->ends);
  self->owners = g_hash_table_new_full (NULL, NULL, NULL, owner_free);
  self->jobs_of = g_hash_table_new (NULL, NULL);
  self->requests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_queue_free);
  self->followed = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->senders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
  self->tracked_of = g_hash_table_new (NULL, NULL);
  g_queue_init (&self->wishes);
  self->host = g_strdup (g_get_host_name ());
  self->machine_id = g_strdup (g_get_host_name ());
  self->pause_reason = g_strdup ("");
}

JtTracker *
jt_tracker_new (JtClock *clock, JtStore *store, JtExecutor *executor, JtConfig *config, const char *boot_id)
{
  JtTracker *self = g_object_new (JT_TYPE_TRACKER, NULL);

  self->clock = g_object_ref (clock);
  self->store = g_object_ref (store);
  self->executor = g_object_ref (executor);
  self->config = jt_config_ref (config);
  self->boot_id = g_strdup (boot_id);
  self->scheduler = jt_scheduler_new (clock, on_due, self);
  g_signal_connect (clock, "changed", G_CALLBACK (on_clock_changed), self);
  g_signal_connect (executor, "started", G_CALLBACK (jt_tracker_on_executor_started), self);
  g_signal_connect (executor, "ended", G_CALLBACK (jt_tracker_on_executor_ended), self);
  return self;
}

void
jt_tracker_set_surroundings (JtTracker *self, JtSurroundings *surroundings)
{
  g_return_if_fail (self->surroundings == NULL && !self->is_loaded);
  self->surroundings = g_object_ref (surroundings);
  g_signal_connect (surroundings, "occurred", G_CALLBACK (jt_tracker_on_occurred), self);
  g_signal_connect (surroundings, "looked", G_CALLBACK (jt_tracker_on_looked), self);
}

void
jt_tracker_set_notifier (JtTracker *self, JtNotifier *notifier)
{
  g_return_if_fail (self->notifier == NULL && !self->is_loaded);
  self->notifier = g_object_ref (notifier);
}

void
jt_tracker_arm (JtTracker *self, JtAlarm *alarm, gint64 at_usec)
{
  alarm->entry.kind = TIMER_ALARM;
  jt_scheduler_arm (self->scheduler, &alarm->entry, at_usec);
}

void
jt_tracker_disarm (JtTracker *self, JtAlarm *alarm)
{
  jt_scheduler_disarm (self->scheduler, &alarm->entry);
}

void
jt_tracker_set_machine_id (JtTracker *self, const char *machine_id)
{
  g_free (self->machine_id);
  self->machine_id = g_strdup (machine_id);
}

JtJobDraft *
jt_job_draft_new (guint32 owner, const char *owner_name, const char *name, JtSettings *settings)
{
  JtJobDraft *draft = g_new0 (JtJobDraft, 1);

  draft->owner = owner;
  draft->owner_name = g_strdup (owner_name);
  draft->name = g_strdup (name);
  draft->settings = jt_settings_ref (settings);
  return draft;
}

void
jt_job_draft_free (JtJobDraft *draft)
{
  if (draft == NULL)
    return;
  g_free (draft->owner_name);
  g_free (draft->name);
  g_clear_pointer (&draft->settings, jt_settings_unref);
  g_free (draft->origin_path);
  g_free (draft);
}
