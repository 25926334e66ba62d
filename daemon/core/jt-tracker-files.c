/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-error.h"
#include "jt-planner.h"
#include "jt-tracker-private.h"

/* Jobs that files define: all of them are brought up to date in one commit, and what is wrong with one is a problem of that file alone. */

typedef struct
{
  JtTracker  *tracker;    /* (owned) */
  GPtrArray  *drafts;     /* (element-type JtJobDraft) (owned) */
  char      **keep_paths; /* (owned) (nullable) */
  GPtrArray  *problems;   /* (element-type utf8) (owned) */
  GHashTable *refused;    /* (owned) set of drafts that have a problem already */
  guint       next;       /* of the drafts: the one that is to be checked */
  GTask      *task;       /* (owned) */
} SyncWish;

static void
sync_wish_free (SyncWish *wish)
{
  g_object_unref (wish->tracker);
  g_ptr_array_unref (wish->drafts);
  g_strfreev (wish->keep_paths);
  g_clear_pointer (&wish->problems, g_ptr_array_unref);
  g_hash_table_unref (wish->refused);
  g_object_unref (wish->task);
  g_free (wish);
}

static void
add_problem (SyncWish *wish, const JtJobDraft *draft, const GError *error)
{
  g_ptr_array_add (wish->problems, g_strdup_printf ("%s: %s", draft->origin_path, error->message));
}

static void
on_sync_committed (JtTracker *self, const GError *error, gpointer user_data)
{
  SyncWish *wish = user_data;

  if (error == NULL)
    g_task_return_pointer (wish->task, g_steal_pointer (&wish->problems), (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (wish->task, g_error_copy (error));
  sync_wish_free (wish);
}

/* Brings one file's job up to date; a refusal is a problem of that file alone. */
static gboolean
sync_draft (JtTracker *self, JtJobDraft *draft, GPtrArray *beside, JtCommit *commit, GError **error)
{
  TrackedJob *known = jt_tracker_job_by_name (self, draft->owner, draft->name);
  g_autoptr (JtSettings) settings = NULL;
  g_autoptr (JtJob) job = NULL;

  if (known == NULL)
    {
      job = jt_tracker_make_job (self, draft, error);
      if (job == NULL || !jt_tracker_check_after (self, job, beside, error))
        return FALSE;
      jt_tracker_admit_job (self, job, commit);
      return TRUE;
    }
  if (known->job->origin != JT_ORIGIN_FILE)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_EXISTS, "name '%s' is in use by job %" G_GUINT64_FORMAT ", which no file defines",
                   draft->name, known->id);
      return FALSE;
    }
  /* Intervals without an anchor keep the one they were defined with: compare by what they normalize to then. */
  settings = jt_planner_normalize (draft->settings, known->job->revised_usec, NULL);
  if (settings != NULL && jt_settings_equal (settings, known->job->settings))
    return TRUE;
  g_clear_pointer (&settings, jt_settings_unref);
  settings = jt_planner_normalize (draft->settings, jt_clock_get_realtime (self->clock), error);
  if (settings == NULL || !jt_settings_check_runnable (settings, FALSE, error) || !jt_tracker_may_come_after (self, known, settings, beside, error))
    return FALSE;
  jt_tracker_revise_job (self, known, settings, commit);
  return TRUE;
}

/* (transfer full) set of "uid/name" that files define. */
static GHashTable *
collect_defined (GPtrArray *drafts)
{
  GHashTable *defined = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < drafts->len; i++)
    {
      JtJobDraft *draft = g_ptr_array_index (drafts, i);

      g_hash_table_add (defined, g_strdup_printf ("%u/%s", draft->owner, draft->name));
    }
  return defined;
}

/* (element-type JtJob) (transfer full) what files define, as far as those that come after it need to know: the order of files says nothing. */
static GPtrArray *
list_beside (GPtrArray *drafts)
{
  GPtrArray *jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_job_unref);

  for (guint i = 0; i < drafts->len; i++)
    {
      const JtJobDraft *draft = g_ptr_array_index (drafts, i);
      JtJob *job = jt_job_new ();

      job->owner = draft->owner;
      job->owner_name = g_strdup (draft->owner_name);
      job->name = g_strdup (draft->name);
      job->settings = jt_settings_ref (draft->settings);
      g_ptr_array_add (jobs, job);
    }
  return jobs;
}

/* Its file is gone, and so it is; who comes after it waits for nothing. */
static void
report_dependents (JtTracker *self, TrackedJob *job, GPtrArray *problems)
{
  g_autofree char *names = jt_tracker_list_dependents (self, job);

  if (names != NULL)
    g_ptr_array_add (problems, g_strdup_printf ("%s: the file is gone, and with it job '%s', which %s should come after",
                                                job->job->origin_path, job->job->name, names));
}

static gboolean
is_still_defined (TrackedJob *job, GHashTable *defined, const char *const *keep_paths)
{
  g_autofree char *key = g_strdup_printf ("%u/%s", job->job->owner, job->job->name);

  if (keep_paths != NULL && job->job->origin_path != NULL && g_strv_contains (keep_paths, job->job->origin_path))
    return TRUE;
  return g_hash_table_contains (defined, key);
}

static void
remove_undefined (JtTracker *self, SyncWish *wish, JtCommit *commit)
{
  g_autoptr (GHashTable) defined = collect_defined (wish->drafts);

  for (guint i = 0; i < self->jobs->len; i++)
    {
      TrackedJob *job = g_ptr_array_index (self->jobs, i);

      if (job->job->origin == JT_ORIGIN_FILE && !job->is_leaving
          && !is_still_defined (job, defined, (const char *const *) wish->keep_paths))
        jt_tracker_put_removal (self, job, FALSE, commit);
    }
}

static void
sync_all (JtTracker *self, SyncWish *wish)
{
  g_autoptr (GPtrArray) beside = list_beside (wish->drafts);
  JtCommit *commit = jt_commit_new (self);

  jt_scheduler_freeze (self->scheduler);
  remove_undefined (self, wish, commit);
  for (guint i = 0; i < wish->drafts->len; i++)
    {
      JtJobDraft *draft = g_ptr_array_index (wish->drafts, i);
      g_autoptr (GError) error = NULL;

      if (!g_hash_table_contains (wish->refused, draft) && !sync_draft (self, draft, beside, commit, &error))
        add_problem (wish, draft, error);
    }
  for (guint i = 0; i < self->jobs->len; i++)
    {
      TrackedJob *job = g_ptr_array_index (self->jobs, i);

      if (job->is_leaving && job->job->origin == JT_ORIGIN_FILE)
        report_dependents (self, job, wish->problems);
    }
  jt_scheduler_thaw (self->scheduler);
  jt_commit_submit (commit, on_sync_committed, wish);
}

static void check_next (JtTracker *self, SyncWish *wish);

static void
on_draft_checked (JtTracker *self, GError *error, gpointer user_data)
{
  SyncWish *wish = user_data;
  JtJobDraft *draft = g_ptr_array_index (wish->drafts, wish->next++);
  g_autoptr (GError) owned = error;

  if (error != NULL)
    {
      add_problem (wish, draft, error);
      g_hash_table_add (wish->refused, draft);
    }
  check_next (self, wish);
}

/* What the machine does not have is a problem of each file that wants it; most want nothing. */
static void
check_next (JtTracker *self, SyncWish *wish)
{
  for (; wish->next < wish->drafts->len; wish->next++)
    {
      JtJobDraft *draft = g_ptr_array_index (wish->drafts, wish->next);
      g_autoptr (GPtrArray) settings = NULL;

      if (!jt_surroundings_are_needed (draft->settings))
        continue;
      settings = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_settings_unref);
      g_ptr_array_add (settings, jt_settings_ref (draft->settings));
      jt_tracker_check_surroundings (self, settings, draft->owner, on_draft_checked, wish);
      return;
    }
  sync_all (self, wish);
}

void
jt_tracker_sync_files_async (JtTracker *self, GPtrArray *drafts, const char *const *keep_paths, GCancellable *c,
                             GAsyncReadyCallback cb, gpointer data)
{
  SyncWish *wish = g_new0 (SyncWish, 1);

  wish->tracker = g_object_ref (self);
  wish->drafts = g_ptr_array_ref (drafts);
  wish->keep_paths = g_strdupv ((char **) keep_paths);
  wish->problems = g_ptr_array_new_with_free_func (g_free);
  wish->refused = g_hash_table_new (NULL, NULL);
  wish->task = g_task_new (self, c, cb, data);
  check_next (self, wish);
}

GPtrArray *
jt_tracker_sync_files_finish (JtTracker *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
