/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-error.h"
#include "jt-tracker-private.h"

/* Jobs that come after others. Each end of a job leaves a mark with those that come after it; when all that one of them names have left
 * theirs, it is decided once, run or skipped, and they count anew. The mark, the decision and the end are one commit. */

/* More of them are not named in a text. */
#define MAX_NAMED 5

/* A job as it was before a commit said something about those that it comes after. */
typedef struct
{
  guint64     job;
  GPtrArray  *after;  /* (element-type Upstream) (owned) their marks alone */
  JtJobStatus status;
  guint64     row;    /* its run that was skipped by the commit, 0 none */
} Touched;

static void
upstream_free (gpointer data)
{
  Upstream *upstream = data;

  jt_dependency_free (upstream->dependency);
  g_free (upstream->reason);
  g_free (upstream);
}

static void
set_mark (Upstream *upstream, JtMark mark, guint64 run, const char *reason)
{
  upstream->mark = mark;
  upstream->run = run;
  g_free (upstream->reason);
  upstream->reason = g_strdup (reason);
}

/* (element-type JtDependency) (transfer full) (nullable): it comes after nothing. What was checked parses. */
static GPtrArray *
read_after (JtSettings *settings)
{
  g_auto (GStrv) entries = NULL;
  g_autoptr (GPtrArray) found = NULL;

  if (!jt_settings_has (settings, "after"))
    return NULL;
  entries = jt_settings_get_strv (settings, "after");
  found = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_dependency_free);
  for (guint i = 0; entries[i] != NULL; i++)
    {
      JtDependency *dependency = jt_dependency_parse (entries[i], NULL);

      if (dependency != NULL)
        g_ptr_array_add (found, dependency);
    }
  return found->len == 0 ? NULL : g_steal_pointer (&found);
}

/* --- who comes after whom --- */

static void
add_dependent (JtTracker *self, guint64 upstream, guint64 job)
{
  GArray *ids = g_hash_table_lookup (self->dependents, &upstream);

  if (ids == NULL)
    {
      ids = g_array_new (FALSE, FALSE, sizeof (guint64));
      g_hash_table_insert (self->dependents, g_memdup2 (&upstream, sizeof upstream), ids);
    }
  g_array_append_val (ids, job);
}

static void
remove_dependent (JtTracker *self, guint64 upstream, guint64 job)
{
  GArray *ids = g_hash_table_lookup (self->dependents, &upstream);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    if (g_array_index (ids, guint64, i) == job)
      {
        g_array_remove_index (ids, i);
        break;
      }
  if (ids != NULL && ids->len == 0)
    g_hash_table_remove (self->dependents, &upstream);
}

guint
jt_tracker_count_dependents (JtTracker *self, guint64 job)
{
  GArray *ids = g_hash_table_lookup (self->dependents, &job);

  return ids == NULL ? 0 : ids->len;
}

void
jt_tracker_unlink_after (JtTracker *self, TrackedJob *job)
{
  for (guint i = 0; job->after != NULL && i < job->after->len; i++)
    remove_dependent (self, ((Upstream *) g_ptr_array_index (job->after, i))->job, job->id);
  g_clear_pointer (&job->after, g_ptr_array_unref);
}

static Upstream *
find_upstream (GPtrArray *after, guint64 job)
{
  for (guint i = 0; after != NULL && i < after->len; i++)
    {
      Upstream *upstream = g_ptr_array_index (after, i);

      if (upstream->job == job)
        return upstream;
    }
  return NULL;
}

static Upstream *
find_entry (GPtrArray *after, const char *entry)
{
  for (guint i = 0; after != NULL && i < after->len; i++)
    {
      Upstream *upstream = g_ptr_array_index (after, i);

      if (g_str_equal (upstream->dependency->text, entry))
        return upstream;
    }
  return NULL;
}

static void
link_job (JtTracker *self, TrackedJob *job, GHashTable **owners)
{
  g_autoptr (GPtrArray) before = job->after == NULL ? NULL : g_ptr_array_ref (job->after);
  g_autoptr (GPtrArray) dependencies = read_after (job->job->settings);

  jt_tracker_unlink_after (self, job);
  for (guint i = 0; dependencies != NULL && i < dependencies->len; i++)
    {
      Upstream *upstream = g_new0 (Upstream, 1);
      Upstream *old;
      TrackedJob *named;

      upstream->dependency = g_steal_pointer (&g_ptr_array_index (dependencies, i));
      named = jt_tracker_find_upstream (self, job->job->owner, upstream->dependency, owners);
      upstream->job = named == NULL ? 0 : named->id;
      /* What is still named keeps its mark. */
      old = find_entry (before, upstream->dependency->text);
      if (old != NULL && old->job == upstream->job)
        set_mark (upstream, old->mark, old->run, old->reason);
      if (job->after == NULL)
        job->after = g_ptr_array_new_with_free_func (upstream_free);
      g_ptr_array_add (job->after, upstream);
      if (named != NULL)
        add_dependent (self, named->id, job->id);
    }
}

void
jt_tracker_link_after (JtTracker *self, TrackedJob *job)
{
  g_autoptr (GHashTable) owners = NULL;

  link_job (self, job, &owners);
}

void
jt_tracker_link_all (JtTracker *self, GArray *marks)
{
  g_autoptr (GHashTable) owners = NULL;

  for (guint i = 0; i < self->jobs->len; i++)
    link_job (self, g_ptr_array_index (self->jobs, i), &owners);
  for (guint i = 0; i < marks->len; i++)
    {
      const JtStoreMark *mark = &g_array_index (marks, JtStoreMark, i);
      TrackedJob *job = jt_tracker_job (self, mark->job);
      Upstream *upstream = job == NULL ? NULL : find_entry (job->after, mark->entry);

      if (upstream != NULL)
        set_mark (upstream, mark->mark, mark->run, mark->reason);
    }
}

/* --- what a commit did, and takes back when it is refused --- */

static void
clear_touched (gpointer data)
{
  g_ptr_array_unref (((Touched *) data)->after);
}

GArray *
jt_touched_new (void)
{
  GArray *touched = g_array_new (FALSE, FALSE, sizeof (Touched));

  g_array_set_clear_func (touched, clear_touched);
  return touched;
}

/* Before each step anew: taken back in turn, the first of a job is what it was. */
static void
touch (TrackedJob *job, JtCommit *commit)
{
  Touched touched = { .job = job->id, .after = g_ptr_array_new_with_free_func (upstream_free), .status = job->status };

  for (guint i = 0; i < job->after->len; i++)
    {
      const Upstream *upstream = g_ptr_array_index (job->after, i);
      Upstream *copy = g_new0 (Upstream, 1);

      copy->job = upstream->job;
      set_mark (copy, upstream->mark, upstream->run, upstream->reason);
      g_ptr_array_add (touched.after, copy);
    }
  g_array_append_val (jt_commit_get_touched (commit), touched);
}

static void
restore (JtTracker *self, const Touched *touched)
{
  TrackedJob *job = jt_tracker_job (self, touched->job);

  for (guint i = 0; job != NULL && i < touched->after->len; i++)
    {
      const Upstream *before = g_ptr_array_index (touched->after, i);
      Upstream *upstream = find_upstream (job->after, before->job);

      if (upstream != NULL)
        set_mark (upstream, before->mark, before->run, before->reason);
    }
  if (job != NULL && touched->row != 0 && job->status.last_run == touched->row)
    job->status = touched->status;
}

void
jt_tracker_restore_marks (JtTracker *self, GArray *touched)
{
  for (guint i = touched->len; i > 0; i--)
    restore (self, &g_array_index (touched, Touched, i - 1));
}

/* --- ends --- */

void
jt_tracker_forget_marks (JtTracker *self, TrackedJob *job, JtCommit *commit)
{
  gboolean had_marks = FALSE;

  for (guint i = 0; job->after != NULL && i < job->after->len; i++)
    had_marks |= ((Upstream *) g_ptr_array_index (job->after, i))->mark != JT_MARK_NONE;
  if (!had_marks)
    return;
  touch (job, commit);
  for (guint i = 0; i < job->after->len; i++)
    set_mark (g_ptr_array_index (job->after, i), JT_MARK_NONE, 0, NULL);
  jt_change_clear_marks (jt_commit_get_change (commit), job->id);
}

static gboolean
has_mark (TrackedJob *job, JtMark mark)
{
  for (guint i = 0; i < job->after->len; i++)
    if (((Upstream *) g_ptr_array_index (job->after, i))->mark == mark)
      return TRUE;
  return FALSE;
}

/* "after backup (run 7), check (run 9)" */
static char *
describe_cause (TrackedJob *job)
{
  GString *cause = g_string_new ("after ");

  for (guint i = 0; i < MIN (job->after->len, MAX_NAMED); i++)
    {
      const Upstream *upstream = g_ptr_array_index (job->after, i);

      g_string_append_printf (cause, "%s%s (run %" G_GUINT64_FORMAT ")", i > 0 ? ", " : "", upstream->dependency->text, upstream->run);
    }
  if (job->after->len > MAX_NAMED)
    g_string_append_printf (cause, " and %u more", job->after->len - MAX_NAMED);
  return g_string_free (cause, FALSE);
}

/* "after: backup was lost, check failed" */
static char *
describe_skip (TrackedJob *job)
{
  GString *text = g_string_new ("after: ");
  guint n_bad = 0;

  for (guint i = 0; i < job->after->len; i++)
    {
      const Upstream *upstream = g_ptr_array_index (job->after, i);

      if (upstream->mark == JT_MARK_BAD && ++n_bad <= MAX_NAMED)
        g_string_append_printf (text, "%s%s", n_bad > 1 ? ", " : "", upstream->reason);
    }
  if (n_bad > MAX_NAMED)
    g_string_append_printf (text, " and %u more", n_bad - MAX_NAMED);
  return g_string_free (text, FALSE);
}

/* A row of a run that was skipped, or a run. */
static void
act (JtTracker *self, TrackedJob *job, char *skip_reason, const char *cause, JtCommit *commit)
{
  JtOffer offer = { .trigger = JT_TRIGGER_DEPENDENCY, .cause = cause };
  g_autoptr (JtRun) run = NULL;
  GArray *touched = jt_commit_get_touched (commit);
  guint place = touched->len - 1;

  if (skip_reason == NULL)
    run = jt_tracker_offer (self, job, &offer, commit, jt_commit_get_admitted (commit));
  else
    {
      run = jt_tracker_make_run (self, job, JT_TRIGGER_DEPENDENCY, 0);
      run->cause = g_strdup (cause);
      jt_tracker_put_skipped (self, job, run, skip_reason, commit);
    }
  if (jt_run_state_is_final (run->state))
    g_array_index (touched, Touched, place).row = run->id;
  jt_commit_put_status (commit, job);
}

/* All that @job comes after have left their marks. */
static void
decide (JtTracker *self, TrackedJob *job, JtCommit *commit)
{
  g_autofree char *cause = describe_cause (job);
  g_autofree char *reason = has_mark (job, JT_MARK_BAD) ? describe_skip (job) : NULL;
  gboolean is_silent = reason == NULL && has_mark (job, JT_MARK_SILENT);

  jt_tracker_forget_marks (self, job, commit);
  if (!is_silent)
    act (self, job, reason, cause, commit);
}

static const char *
say_end (JtRunState state)
{
  switch (state)
    {
    case JT_RUN_FAILED:
      return "failed";
    case JT_RUN_TIMED_OUT:
      return "timed out";
    case JT_RUN_CANCELLED:
      return "was cancelled";
    case JT_RUN_LOST:
      return "was lost";
    case JT_RUN_SKIPPED:
      return "was skipped";
    default:
      return jt_run_state_to_string (state);
    }
}

static void
leave_mark (TrackedJob *job, Upstream *upstream, const JtRun *final, JtCommit *commit)
{
  JtMark mark = jt_dependency_judge (upstream->dependency->form, final->state);
  g_autofree char *reason = mark == JT_MARK_BAD ? g_strdup_printf ("%s %s", final->job_name, say_end (final->state)) : NULL;

  touch (job, commit);
  set_mark (upstream, mark, final->id, reason);
}

static void
tell_dependent (JtTracker *self, TrackedJob *job, const JtRun *final, JtCommit *commit)
{
  Upstream *upstream = find_upstream (job->after, final->job);

  if (upstream == NULL || job->is_leaving || !jt_settings_get_boolean (job->job->settings, "enabled"))
    return;
  leave_mark (job, upstream, final, commit);
  if (!has_mark (job, JT_MARK_NONE))
    decide (self, job, commit);
  else
    jt_change_put_mark (jt_commit_get_change (commit), job->id, upstream->dependency->text, upstream->mark, upstream->reason, final->id);
}

static void
tell_dependents (JtTracker *self, const JtRun *final, JtCommit *commit)
{
  GArray *found = g_hash_table_lookup (self->dependents, &final->job);
  g_autoptr (GArray) ids = found == NULL ? NULL : g_array_copy (found);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      TrackedJob *job = jt_tracker_job (self, g_array_index (ids, guint64, i));

      if (job != NULL)
        tell_dependent (self, job, final, commit);
    }
}

/* Whoever is skipped for it is told of in turn: one after the other, however long the chain is. */
void
jt_tracker_note_end (JtTracker *self, JtRun *final, JtCommit *commit)
{
  if (g_hash_table_size (self->dependents) == 0 || final->state == JT_RUN_MISSED)
    return;
  g_queue_push_tail (&self->ends, jt_run_ref (final));
  if (self->is_noting)
    return;
  self->is_noting = TRUE;
  while (!g_queue_is_empty (&self->ends))
    {
      g_autoptr (JtRun) next = g_queue_pop_head (&self->ends);

      tell_dependents (self, next, commit);
    }
  self->is_noting = FALSE;
}

/* --- definitions --- */

/* What is not enabled is started by nothing but a call, and what comes before it is enabled again does not count. */
void
jt_tracker_revise_after (JtTracker *self, TrackedJob *job, JtCommit *commit)
{
  JtChange *change = jt_commit_get_change (commit);

  if (job->after == NULL && !jt_settings_has (job->job->settings, "after"))
    return;
  jt_tracker_link_after (self, job);
  jt_change_clear_marks (change, job->id);
  for (guint i = 0; job->after != NULL && i < job->after->len; i++)
    {
      Upstream *upstream = g_ptr_array_index (job->after, i);

      if (!jt_settings_get_boolean (job->job->settings, "enabled"))
        set_mark (upstream, JT_MARK_NONE, 0, NULL);
      else if (upstream->mark != JT_MARK_NONE)
        jt_change_put_mark (change, job->id, upstream->dependency->text, upstream->mark, upstream->reason, upstream->run);
    }
}

static char *
list_dependents (JtTracker *self, TrackedJob *job)
{
  GArray *ids = g_hash_table_lookup (self->dependents, &job->id);
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < MIN (ids->len, MAX_NAMED); i++)
    {
      TrackedJob *dependent = jt_tracker_job (self, g_array_index (ids, guint64, i));

      if (dependent->job->owner == job->job->owner)
        g_string_append_printf (names, "%s'%s'", names->len > 0 ? ", " : "", dependent->job->name);
      else
        g_string_append_printf (names, "%sa job of %s", names->len > 0 ? ", " : "", dependent->job->owner_name);
    }
  if (ids->len > MAX_NAMED)
    g_string_append_printf (names, " and %u more", ids->len - MAX_NAMED);
  return g_string_free (names, FALSE);
}

gboolean
jt_tracker_check_no_dependents (JtTracker *self, TrackedJob *job, GError **error)
{
  g_autofree char *names = NULL;

  if (jt_tracker_count_dependents (self, job->id) == 0)
    return TRUE;
  names = list_dependents (self, job);
  g_set_error (error, JT_ERROR, JT_ERROR_WRONG_STATE, "job '%s' cannot be removed: %s would come after nothing; change or remove that first", job->job->name,
               names);
  return FALSE;
}
