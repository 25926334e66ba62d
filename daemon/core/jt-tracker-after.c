/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-error.h"
#include "jt-nearest.h"
#include "jt-tracker-private.h"

/* Jobs that come after others. Each end of a job leaves a mark with those that come after it; when all that one of them names have left
 * theirs, it is decided once, run or skipped, and they count anew. The mark, the decision and the end are one commit. */

/* More of them are not named in a message. */
#define MAX_NAMED 5

static void
upstream_free (gpointer data)
{
  Upstream *upstream = data;

  jt_dependency_free (upstream->dependency);
  g_free (upstream->key);
  g_free (upstream->reason);
  g_free (upstream);
}

static char *
make_key (const char *owner_name, const char *name)
{
  return g_strconcat (owner_name != NULL ? owner_name : "", "/", name, NULL);
}

/* Of a job that @job names. */
static char *
key_of_dependency (const JtJob *job, const JtDependency *dependency)
{
  return make_key (dependency->owner != NULL ? dependency->owner : job->owner_name, dependency->name);
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
add_dependent (JtTracker *self, const char *key, guint64 job)
{
  GArray *ids = g_hash_table_lookup (self->dependents, key);

  if (ids == NULL)
    {
      ids = g_array_new (FALSE, FALSE, sizeof (guint64));
      g_hash_table_insert (self->dependents, g_strdup (key), ids);
    }
  g_array_append_val (ids, job);
}

static void
remove_dependent (JtTracker *self, const char *key, guint64 job)
{
  GArray *ids = g_hash_table_lookup (self->dependents, key);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    if (g_array_index (ids, guint64, i) == job)
      {
        g_array_remove_index (ids, i);
        break;
      }
  if (ids != NULL && ids->len == 0)
    g_hash_table_remove (self->dependents, key);
}

void
jt_tracker_unlink_after (JtTracker *self, TrackedJob *job)
{
  for (guint i = 0; job->after != NULL && i < job->after->len; i++)
    remove_dependent (self, ((Upstream *) g_ptr_array_index (job->after, i))->key, job->id);
  g_clear_pointer (&job->after, g_ptr_array_unref);
}

static Upstream *
find_upstream (GPtrArray *after, const char *entry)
{
  for (guint i = 0; after != NULL && i < after->len; i++)
    {
      Upstream *upstream = g_ptr_array_index (after, i);

      if (g_str_equal (upstream->dependency->text, entry))
        return upstream;
    }
  return NULL;
}

/* What is still named keeps its mark. */
static void
keep_mark (Upstream *upstream, GPtrArray *before)
{
  Upstream *old = find_upstream (before, upstream->dependency->text);

  if (old == NULL)
    return;
  upstream->mark = old->mark;
  upstream->run = old->run;
  upstream->reason = g_strdup (old->reason);
}

void
jt_tracker_link_after (JtTracker *self, TrackedJob *job)
{
  g_autoptr (GPtrArray) before = job->after == NULL ? NULL : g_ptr_array_ref (job->after);
  g_autoptr (GPtrArray) dependencies = read_after (job->job->settings);

  jt_tracker_unlink_after (self, job);
  for (guint i = 0; dependencies != NULL && i < dependencies->len; i++)
    {
      Upstream *upstream = g_new0 (Upstream, 1);

      upstream->dependency = g_steal_pointer (&g_ptr_array_index (dependencies, i));
      upstream->key = key_of_dependency (job->job, upstream->dependency);
      keep_mark (upstream, before);
      if (job->after == NULL)
        job->after = g_ptr_array_new_with_free_func (upstream_free);
      g_ptr_array_add (job->after, upstream);
      add_dependent (self, upstream->key, job->id);
    }
}

void
jt_tracker_take_marks (JtTracker *self, GArray *marks)
{
  for (guint i = 0; i < marks->len; i++)
    {
      const JtStoreMark *mark = &g_array_index (marks, JtStoreMark, i);
      TrackedJob *job = jt_tracker_job (self, mark->job);
      Upstream *upstream = job == NULL ? NULL : find_upstream (job->after, mark->entry);

      if (upstream == NULL)
        continue;
      upstream->mark = mark->mark;
      upstream->run = mark->run;
      g_free (upstream->reason);
      upstream->reason = g_strdup (mark->reason);
    }
}

/* --- ends --- */

void
jt_tracker_forget_marks (JtTracker *self, TrackedJob *job, JtCommit *commit)
{
  gboolean had_marks = FALSE;

  for (guint i = 0; job->after != NULL && i < job->after->len; i++)
    {
      Upstream *upstream = g_ptr_array_index (job->after, i);

      had_marks |= upstream->mark != JT_MARK_NONE;
      upstream->mark = JT_MARK_NONE;
      upstream->run = 0;
      g_clear_pointer (&upstream->reason, g_free);
    }
  if (had_marks)
    jt_change_clear_marks (jt_commit_get_change (commit), job->id);
}

/* The worst of all marks; JT_MARK_NONE while one is missing. @why: the reason of a bad one. */
static JtMark
sum_up (TrackedJob *job, const char **why)
{
  JtMark sum = JT_MARK_GOOD;

  *why = NULL;
  for (guint i = 0; i < job->after->len; i++)
    {
      const Upstream *upstream = g_ptr_array_index (job->after, i);

      if (upstream->mark == JT_MARK_NONE)
        return JT_MARK_NONE;
      if (upstream->mark == JT_MARK_BAD)
        {
          sum = JT_MARK_BAD;
          *why = upstream->reason;
        }
      else if (upstream->mark == JT_MARK_SILENT && sum == JT_MARK_GOOD)
        sum = JT_MARK_SILENT;
    }
  return sum;
}

/* "after backup (run 7), check (run 9)" */
static char *
describe_cause (TrackedJob *job)
{
  GString *cause = g_string_new ("after ");

  for (guint i = 0; i < job->after->len; i++)
    {
      const Upstream *upstream = g_ptr_array_index (job->after, i);

      g_string_append_printf (cause, "%s%s (run %" G_GUINT64_FORMAT ")", i > 0 ? ", " : "", upstream->dependency->text, upstream->run);
    }
  return g_string_free (cause, FALSE);
}

static void
decide (JtTracker *self, TrackedJob *job, JtCommit *commit)
{
  JtOffer offer = { .trigger = JT_TRIGGER_DEPENDENCY };
  g_autofree char *cause = NULL;
  g_autofree char *reason = NULL;
  g_autoptr (JtRun) run = NULL;
  const char *why;
  JtMark sum = sum_up (job, &why);

  if (sum == JT_MARK_NONE)
    return;
  offer.cause = cause = describe_cause (job);
  reason = g_strdup_printf ("after: %s", why);
  jt_tracker_forget_marks (self, job, commit);
  if (sum == JT_MARK_SILENT)
    return;
  if (sum == JT_MARK_GOOD)
    run = jt_tracker_offer (self, job, &offer, commit, jt_commit_get_admitted (commit));
  else
    {
      run = jt_tracker_make_run (self, job, JT_TRIGGER_DEPENDENCY, 0);
      run->cause = g_steal_pointer (&cause);
      jt_tracker_put_skipped (self, job, run, reason, commit);
    }
  jt_commit_put_status (commit, job);
}

static void
leave_mark (TrackedJob *job, Upstream *upstream, const JtRun *final, JtCommit *commit)
{
  JtMark mark = jt_dependency_judge (upstream->dependency->form, final->state);

  upstream->mark = mark;
  upstream->run = final->id;
  g_free (upstream->reason);
  upstream->reason = mark != JT_MARK_BAD ? NULL
                     : final->state == JT_RUN_FAILED
                       ? g_strdup_printf ("%s failed", final->job_name)
                       : g_strdup_printf ("%s was %s", final->job_name, jt_run_state_to_string (final->state));
  jt_change_put_mark (jt_commit_get_change (commit), job->id, upstream->dependency->text, mark, upstream->reason, final->id);
}

static void
tell_dependent (JtTracker *self, TrackedJob *job, const char *key, const JtRun *final, JtCommit *commit)
{
  if (job->is_leaving || !jt_settings_get_boolean (job->job->settings, "enabled"))
    return;
  for (guint i = 0; i < job->after->len; i++)
    {
      Upstream *upstream = g_ptr_array_index (job->after, i);

      if (g_str_equal (upstream->key, key))
        leave_mark (job, upstream, final, commit);
    }
  decide (self, job, commit);
}

static void
tell_dependents (JtTracker *self, const JtRun *final, JtCommit *commit)
{
  g_autofree char *key = make_key (final->owner_name, final->job_name);
  GArray *found = g_hash_table_lookup (self->dependents, key);
  g_autoptr (GArray) ids = found == NULL ? NULL : g_array_copy (found);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      TrackedJob *job = jt_tracker_job (self, g_array_index (ids, guint64, i));

      if (job != NULL)
        tell_dependent (self, job, key, final, commit);
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

static gboolean
is_called (const JtJob *job, const char *owner_name, const char *name)
{
  return g_str_equal (job->name, name) && g_strcmp0 (job->owner_name, owner_name) == 0;
}

static TrackedJob *
find_living (JtTracker *self, const JtJob *from, const JtDependency *dependency)
{
  if (dependency->owner == NULL || g_strcmp0 (dependency->owner, from->owner_name) == 0)
    return jt_tracker_job_by_name (self, from->owner, dependency->name);
  for (guint i = 0; i < self->jobs->len; i++)
    {
      TrackedJob *other = g_ptr_array_index (self->jobs, i);

      if (!other->is_leaving && is_called (other->job, dependency->owner, dependency->name))
        return other;
    }
  return NULL;
}

/* The job that @from names, as it is to be: @job itself, one beside it, or one that is there. (nullable) borrowed */
static const JtJob *
find_named (JtTracker *self, const JtJob *from, const JtDependency *dependency, const JtJob *job, GPtrArray *batch)
{
  const char *owner_name = dependency->owner != NULL ? dependency->owner : from->owner_name;
  TrackedJob *tracked;

  if (is_called (job, owner_name, dependency->name))
    return job;
  for (guint i = 0; batch != NULL && i < batch->len; i++)
    if (is_called (g_ptr_array_index (batch, i), owner_name, dependency->name))
      return g_ptr_array_index (batch, i);
  tracked = find_living (self, from, dependency);
  return tracked == NULL ? NULL : tracked->job;
}

static gboolean
refuse_unknown (JtTracker *self, const JtJob *job, const JtDependency *dependency, GPtrArray *batch, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *nearest;

  for (guint i = 0; i < self->jobs->len; i++)
    {
      TrackedJob *other = g_ptr_array_index (self->jobs, i);

      if (other->job->owner == job->owner && !other->is_leaving)
        g_ptr_array_add (names, other->job->name);
    }
  for (guint i = 0; batch != NULL && i < batch->len; i++)
    g_ptr_array_add (names, ((JtJob *) g_ptr_array_index (batch, i))->name);
  g_ptr_array_add (names, NULL);
  nearest = jt_nearest (dependency->name, (const char *const *) names->pdata);
  if (nearest != NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, "after: there is no job '%s'; did you mean '%s'?", dependency->text, nearest);
  else
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, "after: there is no job '%s'; define that first", dependency->text);
  return FALSE;
}

typedef struct
{
  const JtJob *job;
  guint        came_from; /* index into the visits */
} Visit;

static gboolean
refuse_circle (GArray *visits, guint last, const JtJob *job, GError **error)
{
  g_autoptr (GString) path = g_string_new (job->name);

  for (guint at = last; at != 0; at = g_array_index (visits, Visit, at).came_from)
    g_string_append_printf (path, " → %s", g_array_index (visits, Visit, at).job->name);
  g_string_append_printf (path, " → %s", job->name);
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, "after: is a circle: %s, each after the one before it", path->str);
  return FALSE;
}

static gboolean
is_visited (GArray *visits, const JtJob *job)
{
  for (guint i = 0; i < visits->len; i++)
    if (g_array_index (visits, Visit, i).job == job)
      return TRUE;
  return FALSE;
}

gboolean
jt_tracker_check_after (JtTracker *self, const JtJob *job, GPtrArray *batch, GError **error)
{
  g_autoptr (GArray) visits = g_array_new (FALSE, FALSE, sizeof (Visit));
  Visit first = { job, 0 };

  if (!jt_settings_has (job->settings, "after"))
    return TRUE;
  g_array_append_val (visits, first);
  for (guint at = 0; at < visits->len; at++)
    {
      const JtJob *visited = g_array_index (visits, Visit, at).job;
      g_autoptr (GPtrArray) dependencies = read_after (visited->settings);

      for (guint i = 0; dependencies != NULL && i < dependencies->len; i++)
        {
          const JtDependency *dependency = g_ptr_array_index (dependencies, i);
          const JtJob *upstream = find_named (self, visited, dependency, job, batch);
          Visit next = { upstream, at };

          if (at == 0 && (upstream == NULL || (upstream->owner != job->owner && job->owner != 0)))
            return refuse_unknown (self, job, dependency, batch, error);
          if (upstream == NULL)
            continue;
          if (upstream == job)
            return refuse_circle (visits, at, job, error);
          if (!is_visited (visits, upstream))
            g_array_append_val (visits, next);
        }
    }
  return TRUE;
}

char *
jt_tracker_list_dependents (JtTracker *self, TrackedJob *job)
{
  g_autofree char *key = make_key (job->job->owner_name, job->job->name);
  GArray *ids = g_hash_table_lookup (self->dependents, key);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; ids != NULL && i < ids->len && i < MAX_NAMED; i++)
    {
      TrackedJob *dependent = jt_tracker_job (self, g_array_index (ids, guint64, i));

      if (dependent != NULL)
        g_string_append_printf (names, "%s'%s'", names->len > 0 ? ", " : "", dependent->job->name);
    }
  return names->len == 0 ? NULL : g_strdup (names->str);
}

gboolean
jt_tracker_check_no_dependents (JtTracker *self, TrackedJob *job, GError **error)
{
  g_autofree char *names = jt_tracker_list_dependents (self, job);

  if (names == NULL)
    return TRUE;
  g_set_error (error, JT_ERROR, JT_ERROR_WRONG_STATE, "job '%s' cannot be removed: %s would come after nothing; change or remove that first", job->job->name,
               names);
  return FALSE;
}
