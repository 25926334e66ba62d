/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-error.h"
#include "jt-planner.h"
#include "jt-schedule.h"
#include "jt-tracker-private.h"

/* --- add --- */

typedef struct
{
  guint32    caller;
  GPtrArray *jobs; /* (element-type JtJob) checked and numbered later */
  char      *request_id;
  char      *digest;
  GTask     *task;
  guint64    first_id;
} AddWish;

static void
add_wish_free (gpointer data)
{
  AddWish *wish = data;

  g_ptr_array_unref (wish->jobs);
  g_free (wish->request_id);
  g_free (wish->digest);
  g_clear_object (&wish->task);
  g_free (wish);
}

JtJob *
jt_tracker_make_job (JtTracker *self, JtJobDraft *draft, GError **error)
{
  g_autoptr (JtJob) job = jt_job_new ();

  if (!jt_job_name_check (draft->name, error) ||
      !jt_settings_check_runnable (draft->settings, draft->origin == JT_ORIGIN_TRACKED, error))
    return NULL;
  job->created_usec = jt_clock_get_realtime (self->clock);
  job->settings = jt_planner_normalize (draft->settings, job->created_usec, error);
  if (job->settings == NULL)
    return NULL;
  job->revised_usec = job->created_usec;
  job->revision = 1;
  job->owner = draft->owner;
  job->owner_name = g_strdup (draft->owner_name);
  job->name = g_strdup (draft->name);
  job->origin = draft->origin;
  job->origin_path = g_strdup (draft->origin_path);
  job->seed = ((guint64) g_random_int () << 32) | g_random_int ();
  return g_steal_pointer (&job);
}

static gboolean
check_name_is_free (JtTracker *self, JtJob *job, GHashTable *batch, GError **error)
{
  TrackedJob *other = jt_tracker_job_by_name (self, job->owner, job->name);

  if (other == NULL && g_hash_table_add (batch, job->name))
    return TRUE;
  if (other != NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_EXISTS, "name '%s' is in use by job %" G_GUINT64_FORMAT "; choose another", job->name,
                 other->id);
  else
    g_set_error (error, JT_ERROR, JT_ERROR_EXISTS, "name '%s' is given twice in one call", job->name);
  return FALSE;
}

/* Everything that a call adds is of one owner. */
static gboolean
check_batch (JtTracker *self, GPtrArray *jobs, GError **error)
{
  g_autoptr (GHashTable) batch = g_hash_table_new (g_str_hash, g_str_equal);
  guint limit = self->config->max_jobs_per_user;

  for (guint i = 0; i < jobs->len; i++)
    if (!check_name_is_free (self, g_ptr_array_index (jobs, i), batch, error))
      return FALSE;
  if (jobs->len == 0 || limit == 0)
    return TRUE;
  if (jt_tracker_count_jobs_of (self, ((JtJob *) g_ptr_array_index (jobs, 0))->owner) + jobs->len <= limit)
    return TRUE;
  g_set_error (error, JT_ERROR, JT_ERROR_QUOTA_EXCEEDED, "a user may have %u jobs; remove some first", limit);
  return FALSE;
}

/* In one call each may come after any other. */
static gboolean
check_after (JtTracker *self, GPtrArray *jobs, GError **error)
{
  g_autoptr (GArray) proposals = jt_proposals_new ();

  for (guint i = 0; i < jobs->len; i++)
    {
      JtJob *job = g_ptr_array_index (jobs, i);

      jt_tracker_propose (proposals, job, job->settings, NULL);
    }
  jt_tracker_check_after (self, proposals);
  for (guint i = 0; i < proposals->len; i++)
    {
      Proposal *proposal = &g_array_index (proposals, Proposal, i);

      if (proposal->error == NULL)
        continue;
      g_propagate_error (error, g_steal_pointer (&proposal->error));
      if (jobs->len > 1)
        g_prefix_error (error, "job %u ('%.64s'): ", i + 1, proposal->name);
      return FALSE;
    }
  return TRUE;
}

/* Numbers @job and puts it, planned, into @commit. */
TrackedJob *
jt_tracker_admit_job (JtTracker *self, JtJob *job, JtCommit *commit)
{
  JtJobStatus status = { .cursor_usec = job->created_usec, .checked_in_usec = job->created_usec };
  TrackedJob *tracked;

  job->id = ++self->last_job_id;
  tracked = jt_tracker_insert_job (self, job, &status);
  jt_tracker_watch_job (self, tracked);
  jt_tracker_plan_job (self, tracked);
  jt_tracker_expect (self, tracked);
  jt_commit_put_job (commit, tracked, JT_EVENT_JOB_ADDED);
  return tracked;
}

static GArray *
list_ids (guint64 first_id, guint count)
{
  GArray *ids = g_array_sized_new (FALSE, FALSE, sizeof (guint64), count);

  for (guint i = 0; i < count; i++)
    {
      guint64 id = first_id + i;

      g_array_append_val (ids, id);
    }
  return ids;
}

static void
on_add_committed (JtTracker *self, const GError *error, gpointer user_data)
{
  AddWish *wish = user_data;

  if (error == NULL)
    g_task_return_pointer (wish->task, list_ids (wish->first_id, wish->jobs->len), (GDestroyNotify) g_array_unref);
  else
    g_task_return_error (wish->task, g_error_copy (error));
  for (guint i = 0; error != NULL && i < wish->jobs->len; i++)
    {
      TrackedJob *job = jt_tracker_job (self, wish->first_id + i);

      if (job != NULL)
        jt_tracker_drop_job (self, job);
    }
  jt_request_end (self, wish->caller, wish->request_id);
  add_wish_free (wish);
}

static void
proceed_add (JtTracker *self, GTask *task, gpointer user_data)
{
  AddWish *wish = user_data;
  g_autoptr (GError) error = NULL;
  JtCommit *commit;

  if (!check_batch (self, wish->jobs, &error) || !check_after (self, wish->jobs, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      jt_request_end (self, wish->caller, wish->request_id);
      add_wish_free (wish);
      return;
    }
  wish->task = g_object_ref (task);
  wish->first_id = self->last_job_id + 1;
  commit = jt_commit_new (self);
  jt_scheduler_freeze (self->scheduler);
  for (guint i = 0; i < wish->jobs->len; i++)
    jt_tracker_admit_job (self, g_ptr_array_index (wish->jobs, i), commit);
  for (guint i = 0; i < wish->jobs->len; i++)
    jt_tracker_link_after (self, jt_tracker_job (self, wish->first_id + i));
  jt_scheduler_thaw (self->scheduler);
  if (wish->request_id != NULL && *wish->request_id != '\0')
    jt_change_add_request (jt_commit_get_change (commit), wish->caller, wish->request_id, wish->digest, wish->first_id,
                           wish->jobs->len);
  jt_commit_submit (commit, on_add_committed, wish);
}

static void
replay_add (GTask *task, guint64 first_id, guint count)
{
  g_task_return_pointer (task, list_ids (first_id, count), (GDestroyNotify) g_array_unref);
}

/* (element-type JtSettings) (transfer full) */
static GPtrArray *
list_settings (GPtrArray *jobs)
{
  GPtrArray *settings = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_settings_unref);

  for (guint i = 0; i < jobs->len; i++)
    g_ptr_array_add (settings, jt_settings_ref (((JtJob *) g_ptr_array_index (jobs, i))->settings));
  return settings;
}

static void
on_add_checked (JtTracker *self, GError *error, gpointer user_data)
{
  AddWish *wish = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&wish->task);

  if (error == NULL)
    {
      jt_request_begin (self, wish->caller, wish->request_id, wish->digest, task, replay_add, proceed_add, wish, add_wish_free);
      return;
    }
  g_task_return_error (task, error);
  add_wish_free (wish);
}

void
jt_tracker_add_jobs_async (JtTracker *self, guint32 caller, GPtrArray *drafts, const char *request_id, const char *digest,
                           GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, c, cb, data);
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_job_unref);
  g_autoptr (GPtrArray) settings = NULL;
  AddWish *wish;
  guint32 owner;

  for (guint i = 0; i < drafts->len; i++)
    {
      JtJobDraft *draft = g_ptr_array_index (drafts, i);
      g_autoptr (GError) error = NULL;
      JtJob *job = jt_tracker_make_job (self, draft, &error);

      if (job == NULL)
        {
          if (drafts->len > 1)
            g_prefix_error (&error, "job %u ('%.64s'): ", i + 1, draft->name);
          g_task_return_error (task, g_steal_pointer (&error));
          return;
        }
      g_ptr_array_add (jobs, job);
    }
  wish = g_new0 (AddWish, 1);
  wish->caller = caller;
  wish->jobs = g_steal_pointer (&jobs);
  wish->request_id = g_strdup (request_id);
  wish->digest = g_strdup (digest);
  wish->task = g_steal_pointer (&task);
  settings = list_settings (wish->jobs);
  owner = wish->jobs->len > 0 ? ((JtJob *) g_ptr_array_index (wish->jobs, 0))->owner : caller;
  jt_tracker_check_surroundings (self, settings, owner, on_add_checked, wish);
}

GArray *
jt_tracker_add_jobs_finish (JtTracker *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- update, mute, remove --- */

static void
on_task_committed (JtTracker *self, const GError *error, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_error_copy (error));
}

/* (nullable) with @error set: gone, going, or defined by a file. */
static TrackedJob *
find_changeable (JtTracker *self, guint64 id, GError **error)
{
  TrackedJob *job = jt_tracker_job (self, id);

  if (job == NULL || job->is_leaving || job->shown.job == NULL)
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_NOT_FOUND, "no such job");
      return NULL;
    }
  if (job->job->origin != JT_ORIGIN_FILE)
    return job;
  g_set_error (error, JT_ERROR, JT_ERROR_WRONG_STATE, "job '%s' is defined by %s; change the file and Reload", job->job->name,
               job->job->origin_path);
  return NULL;
}

static gboolean
plans_alike (JtSettings *a, JtSettings *b)
{
  g_auto (GStrv) texts_a = jt_settings_get_strv (a, "schedule");
  g_auto (GStrv) texts_b = jt_settings_get_strv (b, "schedule");

  return g_strv_equal ((const char *const *) texts_a, (const char *const *) texts_b) &&
         g_strcmp0 (jt_settings_get_string (a, "timezone"), jt_settings_get_string (b, "timezone")) == 0 &&
         jt_settings_get_uint64 (a, "jitter") == jt_settings_get_uint64 (b, "jitter") &&
         jt_settings_get_boolean (a, "jitter-fixed") == jt_settings_get_boolean (b, "jitter-fixed") &&
         jt_settings_get_boolean (a, "enabled") == jt_settings_get_boolean (b, "enabled");
}

static gboolean
is_expected (JtSettings *settings)
{
  return jt_settings_has (settings, "expect-every") && jt_settings_get_boolean (settings, "enabled");
}

/* Check-ins count from when they are asked for. */
static void
revise_expectation (JtTracker *self, TrackedJob *job, gboolean was_expected)
{
  if (!was_expected && is_expected (job->job->settings))
    jt_job_status_take_check_in (&job->status, jt_clock_get_realtime (self->clock), TRUE);
  else if (!is_expected (job->job->settings))
    job->status.late_since_usec = 0;
  jt_tracker_expect (self, job);
}

/* A new revision with @settings; occurrences of a changed plan count from now. */
void
jt_tracker_revise_job (JtTracker *self, TrackedJob *job, JtSettings *settings, JtCommit *commit)
{
  JtJob *revised = jt_job_copy (job->job);
  gboolean is_same_plan = plans_alike (job->job->settings, settings);
  gboolean was_expected = is_expected (job->job->settings);
  gint64 now_usec = jt_clock_get_realtime (self->clock);

  jt_settings_unref (revised->settings);
  revised->settings = jt_settings_ref (settings);
  revised->revision++;
  revised->revised_usec = is_same_plan ? revised->revised_usec : now_usec;
  jt_job_unref (job->job);
  job->job = revised;
  if (!is_same_plan)
    {
      job->status.cursor_usec = now_usec;
      job->status.due_usec = 0;
      jt_tracker_plan_job (self, job);
    }
  revise_expectation (self, job, was_expected);
  if (self->notifier != NULL)
    jt_notifier_expect_job (self->notifier, revised);
  jt_commit_put_job (commit, job, JT_EVENT_JOB_CHANGED);
  jt_tracker_revise_after (self, job, commit);
  jt_tracker_watch_job (self, job);
  jt_tracker_advance_line (self, job);
}

static gboolean
check_new_after (JtTracker *self, TrackedJob *job, JtSettings *settings, GError **error)
{
  g_autoptr (GArray) proposals = jt_proposals_new ();
  Proposal *proposal;

  jt_tracker_propose (proposals, job->job, settings, job);
  jt_tracker_check_after (self, proposals);
  proposal = &g_array_index (proposals, Proposal, 0);
  if (proposal->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&proposal->error));
  return FALSE;
}

/* Schedules are checked anew only when they changed: an old one-shot does not forbid another edit. */
static JtSettings *
changed_settings (JtTracker *self, TrackedJob *job, GVariant *changes, const char *const *reset, GError **error)
{
  g_autoptr (JtSettings) settings = jt_settings_update (job->job->settings, changes, reset, error);

  if (settings == NULL || !jt_settings_check_runnable (settings, job->job->origin == JT_ORIGIN_TRACKED, error))
    return NULL;
  if (!check_new_after (self, job, settings, error))
    return NULL;
  if (plans_alike (settings, job->job->settings))
    return g_steal_pointer (&settings);
  return jt_planner_normalize (settings, jt_clock_get_realtime (self->clock), error);
}

typedef struct
{
  guint64   job;
  GVariant *changes; /* (owned) */
  char    **reset;   /* (owned) (nullable) */
  guint64   if_revision;
  gboolean  is_checked; /* the machine has what it needs */
  GTask    *task;    /* (owned) */
} UpdateWish;

static void
update_wish_free (UpdateWish *wish)
{
  g_variant_unref (wish->changes);
  g_strfreev (wish->reset);
  g_clear_object (&wish->task);
  g_free (wish);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UpdateWish, update_wish_free)

/* (transfer full) what the job is to be; NULL with @error. */
static JtSettings *
find_update (JtTracker *self, UpdateWish *wish, TrackedJob **found, GError **error)
{
  TrackedJob *job = *found = find_changeable (self, wish->job, error);

  if (job == NULL)
    return NULL;
  if (wish->if_revision != 0 && wish->if_revision != job->job->revision)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_WRONG_STATE,
                   "job '%s' is at revision %" G_GUINT64_FORMAT ", not %" G_GUINT64_FORMAT "; read it again", job->job->name,
                   job->job->revision, wish->if_revision);
      return NULL;
    }
  return changed_settings (self, job, wish->changes, (const char *const *) wish->reset, error);
}

static void on_update_checked (JtTracker *self, GError *error, gpointer user_data);

/* @wish: (transfer full) */
static void
update_job (JtTracker *self, UpdateWish *owned)
{
  g_autoptr (UpdateWish) wish = owned;
  g_autoptr (GError) error = NULL;
  TrackedJob *job;
  g_autoptr (JtSettings) settings = find_update (self, wish, &job, &error);
  JtCommit *commit;

  if (settings == NULL)
    {
      g_task_return_error (wish->task, g_steal_pointer (&error));
      return;
    }
  if (jt_settings_equal (settings, job->job->settings))
    {
      g_task_return_boolean (wish->task, TRUE);
      return;
    }
  if (!wish->is_checked && jt_surroundings_are_needed (settings))
    {
      g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_settings_unref);

      g_ptr_array_add (all, jt_settings_ref (settings));
      wish->is_checked = TRUE;
      jt_tracker_check_surroundings (self, all, job->job->owner, on_update_checked, g_steal_pointer (&wish));
      return;
    }
  commit = jt_commit_new (self);
  jt_tracker_revise_job (self, job, settings, commit);
  jt_commit_submit (commit, on_task_committed, g_steal_pointer (&wish->task));
}

/* Others may have changed the job meanwhile: it is looked at anew. */
static void
on_update_checked (JtTracker *self, GError *error, gpointer user_data)
{
  UpdateWish *wish = user_data;

  if (error == NULL)
    {
      update_job (self, wish);
      return;
    }
  g_task_return_error (wish->task, error);
  update_wish_free (wish);
}

void
jt_tracker_update_job_async (JtTracker *self, guint64 id, GVariant *changes, const char *const *reset, guint64 if_revision,
                             GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  UpdateWish *wish = g_new0 (UpdateWish, 1);

  wish->job = id;
  wish->changes = g_variant_ref (changes);
  wish->reset = g_strdupv ((char **) reset);
  wish->if_revision = if_revision;
  wish->task = g_task_new (self, c, cb, data);
  update_job (self, wish);
}

gboolean
jt_tracker_update_job_finish (JtTracker *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
jt_tracker_mute_job_async (JtTracker *self, guint64 id, gint64 until_usec, GCancellable *c, GAsyncReadyCallback cb,
                           gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, c, cb, data);
  TrackedJob *job = jt_tracker_job (self, id);
  JtCommit *commit;

  if (job == NULL || job->is_leaving || job->shown.job == NULL)
    {
      g_task_return_new_error (task, JT_ERROR, JT_ERROR_NOT_FOUND, "no such job");
      return;
    }
  job->status.muted_until_usec = until_usec;
  if (self->notifier != NULL)
    jt_notifier_note_muted (self->notifier, id, until_usec);
  commit = jt_commit_new (self);
  jt_commit_put_job (commit, job, JT_EVENT_JOB_CHANGED);
  jt_commit_submit (commit, on_task_committed, g_steal_pointer (&task));
}

gboolean
jt_tracker_mute_job_finish (JtTracker *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* The name is free from here on; the record goes when the commit is through. */
void
jt_tracker_put_removal (JtTracker *self, TrackedJob *job, gboolean delete_history, JtCommit *commit)
{
  job->is_leaving = TRUE;
  g_hash_table_remove (self->names, job);
  jt_tracker_plan_job (self, job);
  jt_tracker_expect (self, job);
  jt_tracker_empty_line (self, job, "removed");
  jt_tracker_unlink_after (self, job);
  jt_tracker_unwatch_job (self, job);
  jt_change_clear_marks (jt_commit_get_change (commit), job->id);
  jt_commit_remove_job (commit, job, delete_history);
}

static void
on_purge_committed (JtTracker *self, const GError *error, gpointer user_data)
{
  if (error == NULL)
    jt_tracker_hurry_retention (self);
  on_task_committed (self, error, user_data);
}

static void
submit_removal (JtTracker *self, TrackedJob *job, gboolean delete_history, JtCommitFunc done, gpointer user_data)
{
  JtCommit *commit = jt_commit_new (self);

  jt_tracker_put_removal (self, job, delete_history, commit);
  jt_commit_submit (commit, done, user_data);
}

void
jt_tracker_remove_job_async (JtTracker *self, guint64 id, gboolean delete_history, GCancellable *c, GAsyncReadyCallback cb,
                             gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, c, cb, data);
  g_autoptr (GError) error = NULL;
  TrackedJob *job = find_changeable (self, id, &error);

  if (job == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (!jt_tracker_check_no_dependents (self, job, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (delete_history && job->n_active > 0)
    {
      g_task_return_new_error (task, JT_ERROR, JT_ERROR_WRONG_STATE,
                               "job '%s' has a run that has not ended; cancel it first, or keep the history", job->job->name);
      return;
    }
  /* History is out of sight with the commit; its rows and logs are retention's to take away. */
  submit_removal (self, job, delete_history, delete_history ? on_purge_committed : on_task_committed, g_steal_pointer (&task));
}

gboolean
jt_tracker_remove_job_finish (JtTracker *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- jobs that are reported about --- */

static TrackedJob *
make_reported (JtTracker *self, const JtReport *report, JtSettings *settings, JtCommit *commit, GError **error)
{
  g_autoptr (GPtrArray) batch = g_ptr_array_new ();
  g_autoptr (JtJob) job = NULL;
  JtJobDraft draft = { .owner = report->uid,
                       .owner_name = (char *) report->owner_name,
                       .name = (char *) report->name,
                       .settings = settings,
                       .origin = JT_ORIGIN_TRACKED };

  job = jt_tracker_make_job (self, &draft, error);
  if (job == NULL)
    return NULL;
  g_ptr_array_add (batch, job);
  return check_batch (self, batch, error) ? jt_tracker_admit_job (self, job, commit) : NULL;
}

TrackedJob *
jt_tracker_report_job (JtTracker *self, const JtReport *report, JtCommit *commit, GError **error)
{
  TrackedJob *job = jt_tracker_job_by_name (self, report->uid, report->name);
  g_autoptr (GVariant) given = report->settings != NULL ? g_variant_ref (report->settings)
                                                        : g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  g_autoptr (JtSettings) settings = NULL;

  if (job == NULL)
    {
      settings = jt_settings_new (given, error);
      return settings == NULL ? NULL : make_reported (self, report, settings, commit, error);
    }
  if (g_variant_n_children (given) == 0)
    return job;
  settings = changed_settings (self, job, given, NULL, error);
  if (settings == NULL)
    return NULL;
  if (jt_settings_equal (settings, job->job->settings))
    return job;
  if (job->job->origin == JT_ORIGIN_TRACKED)
    {
      jt_tracker_revise_job (self, job, settings, commit);
      return job;
    }
  g_set_error (error, JT_ERROR, JT_ERROR_WRONG_STATE,
               "job '%s' was defined otherwise, a report cannot change its settings; leave them out, or change the job itself",
               job->job->name);
  return NULL;
}
