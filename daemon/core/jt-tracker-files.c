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
add_problem (SyncWish *wish, const char *path, const GError *error)
{
  g_ptr_array_add (wish->problems, g_strdup_printf ("%s: %s", path, error->message));
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

/* What one file asks for. */
typedef struct
{
  JtJobDraft *draft;
  TrackedJob *known;    /* (nullable) */
  JtJob      *job;      /* (owned) (nullable) to be added */
  JtSettings *settings; /* (owned) (nullable) of the known one, to be changed */
} SyncStep;

static void
clear_step (gpointer data)
{
  SyncStep *step = data;

  g_clear_pointer (&step->job, jt_job_unref);
  g_clear_pointer (&step->settings, jt_settings_unref);
}

/* A refusal is a problem of that file alone. */
static gboolean
prepare_step (JtTracker *self, SyncStep *step, GError **error)
{
  g_autoptr (JtSettings) settings = NULL;
  TrackedJob *known = step->known = jt_tracker_job_by_name (self, step->draft->owner, step->draft->name);

  if (known == NULL)
    {
      step->job = jt_tracker_make_job (self, step->draft, error);
      return step->job != NULL;
    }
  if (known->job->origin != JT_ORIGIN_FILE)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_EXISTS, "name '%s' is in use by job %" G_GUINT64_FORMAT ", which no file defines",
                   step->draft->name, known->id);
      return FALSE;
    }
  /* Intervals without an anchor keep the one they were defined with: compare by what they normalize to then. */
  settings = jt_planner_normalize (step->draft->settings, known->job->revised_usec, NULL);
  if (settings != NULL && jt_settings_equal (settings, known->job->settings))
    return TRUE;
  g_clear_pointer (&settings, jt_settings_unref);
  settings = jt_planner_normalize (step->draft->settings, jt_clock_get_realtime (self->clock), error);
  if (settings == NULL || !jt_settings_check_runnable (settings, FALSE, error))
    return FALSE;
  step->settings = g_steal_pointer (&settings);
  return TRUE;
}

/* (transfer full) (element-type SyncStep) of those files that ask for a change, one by one */
static GArray *
prepare_steps (JtTracker *self, SyncWish *wish)
{
  GArray *steps = g_array_new (FALSE, TRUE, sizeof (SyncStep));

  g_array_set_clear_func (steps, clear_step);
  for (guint i = 0; i < wish->drafts->len; i++)
    {
      SyncStep step = { .draft = g_ptr_array_index (wish->drafts, i) };
      g_autoptr (GError) error = NULL;

      if (g_hash_table_contains (wish->refused, step.draft))
        continue;
      if (!prepare_step (self, &step, &error))
        add_problem (wish, step.draft->origin_path, error);
      else if (step.job != NULL || step.settings != NULL)
        g_array_append_val (steps, step);
    }
  return steps;
}

/* Together: files may name each other in any order. Those that are refused ask for nothing any more. */
static void
check_steps (JtTracker *self, GArray *steps, SyncWish *wish)
{
  g_autoptr (GArray) proposals = jt_proposals_new ();

  for (guint i = 0; i < steps->len; i++)
    {
      const SyncStep *step = &g_array_index (steps, SyncStep, i);

      if (step->job != NULL)
        jt_tracker_propose (proposals, step->job, step->job->settings, NULL);
      else
        jt_tracker_propose (proposals, step->known->job, step->settings, step->known);
    }
  jt_tracker_check_after (self, proposals);
  for (guint i = 0; i < steps->len; i++)
    {
      const GError *error = g_array_index (proposals, Proposal, i).error;
      SyncStep *step = &g_array_index (steps, SyncStep, i);

      if (error == NULL)
        continue;
      add_problem (wish, step->draft->origin_path, error);
      clear_step (step);
    }
}

static void
apply_steps (JtTracker *self, GArray *steps, JtCommit *commit)
{
  for (guint i = 0; i < steps->len; i++)
    if (g_array_index (steps, SyncStep, i).job != NULL)
      jt_tracker_admit_job (self, g_array_index (steps, SyncStep, i).job, commit);
  for (guint i = 0; i < steps->len; i++)
    {
      const SyncStep *step = &g_array_index (steps, SyncStep, i);

      if (step->job != NULL)
        jt_tracker_link_after (self, jt_tracker_job (self, step->job->id));
      else if (step->settings != NULL)
        jt_tracker_revise_job (self, step->known, step->settings, commit);
    }
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

static gboolean
is_still_defined (TrackedJob *job, GHashTable *defined, const char *const *keep_paths)
{
  g_autofree char *key = g_strdup_printf ("%u/%s", job->job->owner, job->job->name);

  if (keep_paths != NULL && job->job->origin_path != NULL && g_strv_contains (keep_paths, job->job->origin_path))
    return TRUE;
  return g_hash_table_contains (defined, key);
}

/* Those that no file defines any more. (transfer full) (element-type TrackedJob) in the order of ids */
static GPtrArray *
collect_undefined (JtTracker *self, SyncWish *wish)
{
  g_autoptr (GHashTable) defined = collect_defined (wish->drafts);
  GPtrArray *undefined = g_ptr_array_new ();

  for (guint i = 0; i < self->jobs->len; i++)
    {
      TrackedJob *job = g_ptr_array_index (self->jobs, i);

      if (job->job->origin == JT_ORIGIN_FILE && !job->is_leaving && !is_still_defined (job, defined, (const char *const *) wish->keep_paths))
        g_ptr_array_add (undefined, job);
    }
  return undefined;
}

/* What others come after stays, though its file is gone, and so does what that comes after. Whoever goes leaves those that it came after
 * with one follower less, so it is asked until nobody goes any more. */
static void
remove_undefined (JtTracker *self, GPtrArray *undefined, SyncWish *wish, JtCommit *commit)
{
  gboolean has_gone = TRUE;

  while (has_gone)
    {
      has_gone = FALSE;
      for (guint i = undefined->len; i > 0; i--)
        {
          TrackedJob *job = g_ptr_array_index (undefined, i - 1);

          if (jt_tracker_count_dependents (self, job->id) > 0)
            continue;
          jt_tracker_put_removal (self, job, FALSE, commit);
          g_ptr_array_remove_index (undefined, i - 1);
          has_gone = TRUE;
        }
    }
  for (guint i = 0; i < undefined->len; i++)
    {
      TrackedJob *job = g_ptr_array_index (undefined, i);
      g_autoptr (GError) error = NULL;

      jt_tracker_check_no_dependents (self, job, &error);
      g_prefix_error (&error, "the file is gone and the job stays: ");
      add_problem (wish, job->job->origin_path, error);
    }
}

static void
sync_all (JtTracker *self, SyncWish *wish)
{
  JtCommit *commit = jt_commit_new (self);
  g_autoptr (GPtrArray) undefined = collect_undefined (self, wish);
  g_autoptr (GArray) steps = NULL;

  jt_scheduler_freeze (self->scheduler);
  steps = prepare_steps (self, wish);
  check_steps (self, steps, wish);
  apply_steps (self, steps, commit);
  remove_undefined (self, undefined, wish, commit);
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
      add_problem (wish, draft->origin_path, error);
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
