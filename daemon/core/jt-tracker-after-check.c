/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-error.h"
#include "jt-nearest.h"
#include "jt-tracker-private.h"

/* Whether jobs may come after those that they name: names that are unknown, jobs of others, circles. Asked before anything is defined,
 * of everything that one call or one Reload defines, in whatever order. */

/* Jobs that may come after one: an end puts something of each of them on record at once. */
#define MAX_FOLLOWERS 1000
/* Of a long circle so many names are told, of its begin and of its end. */
#define MAX_TOLD 6

/* A job as it would be: what is proposed of it, else what it is. Both NULL: there is none. */
typedef struct
{
  Proposal   *proposal;
  TrackedJob *job;
} Node;

typedef struct
{
  JtTracker  *tracker;
  GArray     *proposals; /* (element-type Proposal) */
  GHashTable *by_name; /* "uid/name" → Proposal */
  GHashTable *by_job;  /* TrackedJob → Proposal */
  GHashTable *owners;  /* (nullable) name → uid */
  GHashTable *crowds;  /* node → how many come after it */
} Check;

/* --- names --- */

static void
collect_owners (JtTracker *self, GHashTable **owners)
{
  if (*owners != NULL)
    return;
  *owners = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < self->jobs->len; i++)
    {
      JtJob *job = ((TrackedJob *) g_ptr_array_index (self->jobs, i))->job;

      if (job->owner_name != NULL)
        g_hash_table_insert (*owners, job->owner_name, GUINT_TO_POINTER (job->owner));
    }
}

/* Whose job is meant. */
static gboolean
find_owner (JtTracker *self, guint32 owner, const JtDependency *dependency, GHashTable **owners, guint32 *found)
{
  gpointer value;
  guint64 number;

  *found = owner;
  if (dependency->owner == NULL)
    return TRUE;
  if (g_ascii_string_to_unsigned (dependency->owner, 10, 0, G_MAXUINT32, &number, NULL))
    {
      *found = (guint32) number;
      return TRUE;
    }
  collect_owners (self, owners);
  if (!g_hash_table_lookup_extended (*owners, dependency->owner, NULL, &value))
    return FALSE;
  *found = GPOINTER_TO_UINT (value);
  return TRUE;
}

TrackedJob *
jt_tracker_find_upstream (JtTracker *self, guint32 owner, const JtDependency *dependency, GHashTable **owners)
{
  guint32 uid;

  return find_owner (self, owner, dependency, owners, &uid) ? jt_tracker_job_by_name (self, uid, dependency->name) : NULL;
}

static char *
make_key (guint32 owner, const char *name)
{
  return g_strdup_printf ("%u/%s", owner, name);
}

static Node
find_node (Check *check, guint32 owner, const char *name)
{
  g_autofree char *key = make_key (owner, name);
  Node node = { .proposal = g_hash_table_lookup (check->by_name, key) };

  if (node.proposal == NULL)
    node.job = jt_tracker_job_by_name (check->tracker, owner, name);
  return node;
}

static gpointer
identify (Node node)
{
  return node.proposal != NULL ? (gpointer) node.proposal : (gpointer) node.job;
}

/* As a person calls it: without what is waited for. */
static char *
say_job (const JtDependency *dependency)
{
  if (dependency->owner == NULL)
    return g_strdup (dependency->name);
  return g_strconcat (dependency->owner, "/", dependency->name, NULL);
}

static void
refuse_unknown (Check *check, const Proposal *from, guint32 owner, const JtDependency *dependency, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *job_name = say_job (dependency);
  const char *nearest;

  for (guint i = 0; i < check->proposals->len; i++)
    {
      const Proposal *proposal = &g_array_index (check->proposals, Proposal, i);

      if (proposal->owner == owner && proposal->error == NULL && proposal != from)
        g_ptr_array_add (names, (char *) proposal->name);
    }
  for (guint i = 0; i < check->tracker->jobs->len; i++)
    {
      TrackedJob *job = g_ptr_array_index (check->tracker->jobs, i);

      if (job->job->owner == owner && !job->is_leaving && job != from->known)
        g_ptr_array_add (names, job->job->name);
    }
  g_ptr_array_add (names, NULL);
  nearest = jt_nearest (dependency->name, (const char *const *) names->pdata);
  if (nearest != NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, "after: there is no job '%s'; did you mean '%s'?", job_name, nearest);
  else
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, "after: there is no job '%s'; define that first, or in the same call", job_name);
}

/* Both NULL, with @error set, when there is no such job. */
static Node
resolve (Check *check, const Proposal *proposal, const JtDependency *dependency, GError **error)
{
  g_autofree char *job_name = say_job (dependency);
  Node node = { NULL, NULL };
  guint32 uid = proposal->owner;

  if (g_strcmp0 (dependency->owner, proposal->owner_name) != 0 &&
      !find_owner (check->tracker, proposal->owner, dependency, &check->owners, &uid))
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, "after: there is no job '%s': nobody of the name '%s' has any", job_name,
                   dependency->owner);
      return node;
    }
  if (uid != proposal->owner && proposal->owner != 0)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS,
                   "after: there is no job '%s' of the same owner, and only root's jobs come after those of others", job_name);
      return node;
    }
  node = find_node (check, uid, dependency->name);
  if (identify (node) == NULL)
    refuse_unknown (check, proposal, uid, dependency, error);
  return node;
}

/* (element-type JtDependency) (transfer full) What was checked parses. */
static GPtrArray *
read_list (const Proposal *proposal)
{
  g_auto (GStrv) texts = jt_settings_get_strv (proposal->settings, "after");
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_dependency_free);

  for (guint i = 0; texts[i] != NULL; i++)
    {
      JtDependency *dependency = jt_dependency_parse (texts[i], NULL);

      if (dependency != NULL)
        g_ptr_array_add (list, dependency);
    }
  return list;
}

static gboolean
comes_after (const TrackedJob *job, guint64 upstream)
{
  for (guint i = 0; job != NULL && job->after != NULL && i < job->after->len; i++)
    if (((Upstream *) g_ptr_array_index (job->after, i))->job == upstream)
      return TRUE;
  return FALSE;
}

/* Room for one more behind @node. */
static gboolean
join_crowd (Check *check, const Proposal *proposal, Node node, const char *name, GError **error)
{
  TrackedJob *job = node.proposal != NULL ? node.proposal->known : node.job;
  gpointer value;
  guint count;

  if (job != NULL && comes_after (proposal->known, job->id))
    return TRUE;
  if (g_hash_table_lookup_extended (check->crowds, identify (node), NULL, &value))
    count = GPOINTER_TO_UINT (value);
  else
    count = job == NULL ? 0 : jt_tracker_count_dependents (check->tracker, job->id);
  if (count >= MAX_FOLLOWERS)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_QUOTA_EXCEEDED, "after: %u jobs come after '%s' already, the limit is %d; let some come after another",
                   count, name, MAX_FOLLOWERS);
      return FALSE;
    }
  g_hash_table_insert (check->crowds, identify (node), GUINT_TO_POINTER (count + 1));
  return TRUE;
}

static gboolean
check_names (Check *check, Proposal *proposal)
{
  g_autoptr (GPtrArray) list = read_list (proposal);

  for (guint i = 0; i < list->len; i++)
    {
      const JtDependency *dependency = g_ptr_array_index (list, i);
      Node node = resolve (check, proposal, dependency, &proposal->error);

      if (identify (node) == NULL || !join_crowd (check, proposal, node, dependency->text, &proposal->error))
        return FALSE;
    }
  return TRUE;
}

/* --- circles --- */

/* A job on the way from one to those that it comes after, to those that these come after, … */
typedef struct
{
  Node    node;
  GArray *edges; /* (element-type Node) (owned) */
  guint   next;
} Step;

static void
clear_step (gpointer data)
{
  g_array_unref (((Step *) data)->edges);
}

static GArray *
list_edges (Check *check, Node node)
{
  GArray *edges = g_array_new (FALSE, FALSE, sizeof (Node));
  g_autoptr (GPtrArray) list = node.proposal != NULL ? read_list (node.proposal) : NULL;

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      Node edge = resolve (check, node.proposal, g_ptr_array_index (list, i), NULL);

      if (identify (edge) != NULL)
        g_array_append_val (edges, edge);
    }
  /* Jobs that are there come only after what was there, unless some of that changes now. */
  if (node.proposal != NULL || node.job->after == NULL || g_hash_table_size (check->by_job) == 0)
    return edges;
  for (guint i = 0; i < node.job->after->len; i++)
    {
      TrackedJob *job = jt_tracker_job (check->tracker, ((Upstream *) g_ptr_array_index (node.job->after, i))->job);
      Node edge = { .proposal = job == NULL ? NULL : g_hash_table_lookup (check->by_job, job), .job = job };

      if (job != NULL)
        g_array_append_val (edges, edge);
    }
  return edges;
}

static const char *
get_name (Node node)
{
  return node.proposal != NULL ? node.proposal->name : node.job->job->name;
}

/* @path from @first on: each comes after the next, and the last after the first. Told in the order in which they would run. */
static char *
describe_circle (GArray *path, guint first)
{
  guint length = path->len - first;
  GString *text = g_string_new (get_name (g_array_index (path, Step, first).node));

  for (guint i = path->len - 1; i > first; i--)
    {
      guint place = path->len - i;

      if (place < MAX_TOLD || place > length - MAX_TOLD)
        g_string_append_printf (text, " → %s", get_name (g_array_index (path, Step, i).node));
      else if (place == MAX_TOLD)
        g_string_append (text, " → …");
    }
  g_string_append_printf (text, " → %s", get_name (g_array_index (path, Step, first).node));
  return g_string_free (text, FALSE);
}

static void
refuse_circle (GArray *path, guint first)
{
  g_autofree char *circle = describe_circle (path, first);

  for (guint i = first; i < path->len; i++)
    {
      Proposal *proposal = g_array_index (path, Step, i).node.proposal;

      if (proposal != NULL)
        g_set_error (&proposal->error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, "after: is a circle: %s, each after the one before it", circle);
    }
}

static void
push (Check *check, GArray *path, GHashTable *places, Node node)
{
  Step step = { .node = node, .edges = list_edges (check, node) };

  g_array_append_val (path, step);
  g_hash_table_insert (places, identify (node), GUINT_TO_POINTER (path->len));
}

/* Goes back from @proposal. @places: node → its place on the path + 1, 0 for those that lead to no circle. FALSE: there is one, and it
 * is refused. */
static gboolean
walk (Check *check, GHashTable *places, Proposal *proposal)
{
  g_autoptr (GArray) path = g_array_new (FALSE, FALSE, sizeof (Step));

  g_array_set_clear_func (path, clear_step);
  push (check, path, places, (Node) { .proposal = proposal });
  while (path->len > 0)
    {
      Step *step = &g_array_index (path, Step, path->len - 1);
      gpointer place;
      Node node;

      if (step->next == step->edges->len)
        {
          g_hash_table_insert (places, identify (step->node), GUINT_TO_POINTER (0));
          g_array_set_size (path, path->len - 1);
          continue;
        }
      node = g_array_index (step->edges, Node, step->next++);
      if (!g_hash_table_lookup_extended (places, identify (node), NULL, &place))
        push (check, path, places, node);
      else if (GPOINTER_TO_UINT (place) != 0)
        {
          refuse_circle (path, GPOINTER_TO_UINT (place) - 1);
          return FALSE;
        }
    }
  return TRUE;
}

/* --- all together --- */

static gboolean
names_others (const Proposal *proposal)
{
  return proposal->error == NULL && jt_settings_has (proposal->settings, "after");
}

static void
take_proposals (Check *check)
{
  GArray *proposals = check->proposals;

  g_hash_table_remove_all (check->by_name);
  g_hash_table_remove_all (check->by_job);
  g_hash_table_remove_all (check->crowds);
  for (guint i = 0; i < proposals->len; i++)
    {
      Proposal *proposal = &g_array_index (proposals, Proposal, i);

      if (proposal->error != NULL)
        continue;
      g_hash_table_insert (check->by_name, make_key (proposal->owner, proposal->name), proposal);
      if (proposal->known != NULL)
        g_hash_table_insert (check->by_job, proposal->known, proposal);
    }
}

/* FALSE: something was refused, and what is left is to be looked at anew. */
static gboolean
look_once (Check *check)
{
  GArray *proposals = check->proposals;
  g_autoptr (GHashTable) places = g_hash_table_new (NULL, NULL);
  gboolean is_good = TRUE;

  take_proposals (check);
  for (guint i = 0; i < proposals->len; i++)
    {
      Proposal *proposal = &g_array_index (proposals, Proposal, i);

      is_good &= !names_others (proposal) || check_names (check, proposal);
    }
  for (guint i = 0; is_good && i < proposals->len; i++)
    {
      Proposal *proposal = &g_array_index (proposals, Proposal, i);

      if (names_others (proposal) && !g_hash_table_contains (places, proposal))
        is_good = walk (check, places, proposal);
    }
  return is_good;
}

void
jt_tracker_check_after (JtTracker *self, GArray *proposals)
{
  Check check = { .tracker = self, .proposals = proposals };
  gboolean has_any = FALSE;

  for (guint i = 0; i < proposals->len; i++)
    has_any |= names_others (&g_array_index (proposals, Proposal, i));
  if (!has_any)
    return;
  check.by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  check.by_job = g_hash_table_new (NULL, NULL);
  check.crowds = g_hash_table_new (NULL, NULL);
  while (!look_once (&check))
    ;
  g_hash_table_unref (check.by_name);
  g_hash_table_unref (check.by_job);
  g_hash_table_unref (check.crowds);
  g_clear_pointer (&check.owners, g_hash_table_unref);
}

static void
clear_proposal (gpointer data)
{
  g_clear_error (&((Proposal *) data)->error);
}

GArray *
jt_proposals_new (void)
{
  GArray *proposals = g_array_new (FALSE, TRUE, sizeof (Proposal));

  g_array_set_clear_func (proposals, clear_proposal);
  return proposals;
}

void
jt_tracker_propose (GArray *proposals, const JtJob *job, JtSettings *settings, TrackedJob *known)
{
  Proposal proposal = { .owner = job->owner, .owner_name = job->owner_name, .name = job->name, .settings = settings, .known = known };

  g_array_append_val (proposals, proposal);
}
