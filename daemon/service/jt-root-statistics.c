/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-filter-reader.h"
#include "jt-service-private.h"
#include "jt-statistics-variant.h"

/* GetStatistics: which rollups are asked for, and how their sums are put together. */

#define HOUR_USEC (3600 * (gint64) G_USEC_PER_SEC)
#define DAY_USEC (24 * HOUR_USEC)
#define DEFAULT_SPAN_USEC (30 * DAY_USEC)
#define DEFAULT_HOURS_SPAN_USEC (7 * DAY_USEC)
/* Longer spans are told in whole days. */
#define HOURS_SPAN_USEC (14 * DAY_USEC)
#define KEEP_HOURS_USEC (400 * DAY_USEC)
#define MAX_GROUPS 5000

typedef enum
{
  BY_NOTHING,
  BY_JOB,
  BY_TAG,
  BY_USER,
  BY_HOUR,
  BY_DAY,
  N_BYS
} By;

static const char *const by_names[] = { "", "job", "tag", "user", "hour", "day" };

G_STATIC_ASSERT (G_N_ELEMENTS (by_names) == N_BYS);

typedef struct
{
  By        by;
  JtFilter *filter; /* (owned) */
  gint64    since_usec;
  gint64    until_usec;
  gboolean  of_owners;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_clear_pointer (&question->filter, jt_filter_free);
  g_free (question);
}

/* FALSE: refused, the call is gone. */
static gboolean
read_by (JtCall *call, GVariant *dict, By *by)
{
  const char *text = jt_vardict_get_string (dict, "by", "");

  for (*by = BY_NOTHING; *by < N_BYS; (*by)++)
    if (g_str_equal (text, by_names[*by]))
      return TRUE;
  jt_call_return_error (call, JT_ERROR_INVALID_ARGUMENT, "filter key 'by' is '%.64s'; expected job, tag, user, hour or day", text);
  return FALSE;
}

static gint64
floor_to (gint64 usec, gint64 width_usec)
{
  return usec - usec % width_usec;
}

static gint64
ceil_to (gint64 usec, gint64 width_usec)
{
  return floor_to (usec + width_usec - 1, width_usec);
}

/* Chooses the span and its grain; answers what is used. FALSE: refused, the call is gone. */
static gboolean
choose_span (JtCall *call, Question *question, gboolean *in_hours)
{
  const JtFilter *filter = question->filter;
  gint64 now_usec = jt_clock_get_realtime (jt_tracker_get_clock (call->service->tracker));
  gint64 until_usec = filter->until_usec != 0 ? filter->until_usec : now_usec + 1;
  gint64 since_usec = filter->since_usec;
  gint64 width_usec;

  if (since_usec == 0)
    since_usec = MAX (until_usec - (question->by == BY_HOUR ? DEFAULT_HOURS_SPAN_USEC : DEFAULT_SPAN_USEC), 0);
  *in_hours = question->by == BY_HOUR ||
              (question->by != BY_DAY && until_usec - since_usec <= HOURS_SPAN_USEC && since_usec > now_usec - KEEP_HOURS_USEC);
  width_usec = *in_hours ? HOUR_USEC : DAY_USEC;
  question->since_usec = floor_to (since_usec, width_usec);
  question->until_usec = ceil_to (MIN (until_usec, G_MAXINT64 - DAY_USEC), width_usec);
  if (question->by < BY_HOUR || (question->until_usec - question->since_usec) / width_usec <= MAX_GROUPS)
    return TRUE;
  jt_call_return_error (call, JT_ERROR_TOO_LARGE, "more than %d %ss from since to until; ask for less at a time", MAX_GROUPS,
                        by_names[question->by]);
  return FALSE;
}

/* The jobs that are meant. NULL: refused, the call is gone. (element-type guint64) */
static GArray *
list_jobs (JtCall *call, const JtFilter *filter)
{
  g_autoptr (GPtrArray) jobs = jt_tracker_list_jobs (call->service->tracker, filter, MAX_GROUPS + 1);
  GArray *ids = g_array_sized_new (FALSE, FALSE, sizeof (guint64), jobs->len);

  if (jobs->len > MAX_GROUPS)
    {
      jt_call_return_error (call, JT_ERROR_TOO_LARGE, "more than %d jobs match; narrow them down by tag or owner", MAX_GROUPS);
      g_array_unref (ids);
      return NULL;
    }
  for (guint i = 0; i < jobs->len; i++)
    g_array_append_val (ids, ((const JtJobEntry *) g_ptr_array_index (jobs, i))->job->id);
  return ids;
}

/* FALSE: refused, the call is gone. */
static gboolean
choose_keys (JtCall *call, Question *question, JtStatsQuery *query)
{
  const JtFilter *filter = question->filter;
  gboolean wants_jobs = filter->job != 0 || filter->tag != NULL || question->by == BY_JOB || question->by == BY_TAG;
  guint64 uid = filter->owner != JT_ANY_OWNER ? filter->owner : filter->viewer;

  question->of_owners = query->of_owners = !wants_jobs;
  if (wants_jobs)
    {
      query->keys = list_jobs (call, filter);
      return query->keys != NULL;
    }
  /* Whoever asks for what is another's finds nothing. */
  if (filter->viewer == 0 && filter->owner == JT_ANY_OWNER)
    return TRUE;
  query->keys = g_array_new (FALSE, FALSE, sizeof (guint64));
  if (filter->viewer == 0 || uid == filter->viewer)
    g_array_append_val (query->keys, uid);
  return TRUE;
}

/* --- the answer --- */

typedef struct
{
  char     *name;
  gint64    at_usec;
  JtRollup *rollup; /* (owned) */
} Group;

static void
group_free (gpointer data)
{
  Group *group = data;

  g_free (group->name);
  jt_rollup_free (group->rollup);
  g_free (group);
}

/* Adds @rollup to the group called @name. */
static void
add_to_group (GPtrArray *groups, GHashTable *index, const char *name, const JtRollup *rollup)
{
  Group *group = g_hash_table_lookup (index, name);

  if (group == NULL)
    {
      group = g_new0 (Group, 1);
      group->name = g_strdup (name);
      group->rollup = jt_rollup_new ();
      g_ptr_array_add (groups, group);
      g_hash_table_insert (index, group->name, group);
    }
  jt_rollup_merge (group->rollup, rollup);
}

static char *
name_owner (JtCall *call, guint64 uid)
{
  g_autoptr (JtFilter) filter = jt_filter_new (0);
  g_autoptr (GPtrArray) jobs = NULL;

  filter->owner = (guint32) uid;
  jobs = jt_tracker_list_jobs (call->service->tracker, filter, 1);
  if (jobs->len > 0)
    return g_strdup (((const JtJobEntry *) g_ptr_array_index (jobs, 0))->job->owner_name);
  return g_strdup_printf ("%" G_GUINT64_FORMAT, uid);
}

static char *
name_job (JtCall *call, const JtJob *job)
{
  if (job->owner == call->peer->uid)
    return g_strdup (job->name);
  return g_strdup_printf ("%s/%s", job->owner_name, job->name);
}

static void
add_job_group (JtCall *call, GPtrArray *groups, GHashTable *index, const JtStatsGroup *part)
{
  const Question *question = call->data;
  const JtJobEntry *entry = jt_tracker_get_job (call->service->tracker, part->key);
  g_autofree char *name = NULL;
  g_auto (GStrv) tags = NULL;

  if (entry == NULL)
    return;
  if (question->by != BY_TAG)
    {
      name = question->by == BY_JOB ? name_job (call, entry->job) : g_strdup (entry->job->owner_name);
      add_to_group (groups, index, name, part->rollup);
      return;
    }
  tags = jt_settings_get_strv (entry->job->settings, "tags");
  for (guint i = 0; tags[i] != NULL; i++)
    add_to_group (groups, index, tags[i], part->rollup);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 ((*(Group *const *) a)->name, (*(Group *const *) b)->name);
}

/* (element-type Group) */
static GPtrArray *
make_groups (JtCall *call, GPtrArray *parts)
{
  const Question *question = call->data;
  GPtrArray *groups = g_ptr_array_new_with_free_func (group_free);
  g_autoptr (GHashTable) index = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < parts->len; i++)
    {
      JtStatsGroup *part = g_ptr_array_index (parts, i);
      g_autofree char *owner = NULL;

      if (question->by >= BY_HOUR)
        {
          Group *group = g_new0 (Group, 1);

          group->at_usec = part->at_usec;
          group->rollup = g_steal_pointer (&part->rollup);
          g_ptr_array_add (groups, group);
        }
      else if (!question->of_owners)
        add_job_group (call, groups, index, part);
      else
        {
          owner = name_owner (call, part->key);
          add_to_group (groups, index, owner, part->rollup);
        }
    }
  if (question->by < BY_HOUR)
    g_ptr_array_sort (groups, compare_names);
  return groups;
}

static GVariant *
groups_variant (const Question *question, GPtrArray *groups)
{
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < groups->len; i++)
    {
      const Group *group = g_ptr_array_index (groups, i);
      GVariantBuilder row;

      g_variant_builder_init (&row, G_VARIANT_TYPE_VARDICT);
      if (question->by >= BY_HOUR)
        g_variant_builder_add (&row, "{sv}", "at", g_variant_new_uint64 ((guint64) group->at_usec));
      else
        g_variant_builder_add (&row, "{sv}", by_names[question->by], g_variant_new_string (group->name));
      jt_statistics_put (&row, group->rollup, FALSE);
      g_variant_builder_add_value (&list, g_variant_builder_end (&row));
    }
  return g_variant_builder_end (&list);
}

static void
on_statistics (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  const Question *question = call->data;
  GError *error = NULL;
  g_autoptr (GPtrArray) parts = jt_store_get_statistics_finish (JT_STORE (source), result, &error);
  g_autoptr (JtRollup) whole = jt_rollup_new ();
  const JtJobEntry *entry = question->filter->job != 0 ? jt_tracker_get_job (call->service->tracker, question->filter->job) : NULL;
  GVariantBuilder builder;

  if (parts == NULL)
    {
      jt_call_take_error (call, error);
      return;
    }
  for (guint i = 0; i < parts->len; i++)
    jt_rollup_merge (whole, ((JtStatsGroup *) g_ptr_array_index (parts, i))->rollup);
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "since", g_variant_new_uint64 ((guint64) question->since_usec));
  g_variant_builder_add (&builder, "{sv}", "until", g_variant_new_uint64 ((guint64) question->until_usec));
  jt_statistics_put (&builder, whole, TRUE);
  if (entry != NULL)
    g_variant_builder_add (&builder, "{sv}", "streak", g_variant_new_int32 (entry->status.streak));
  if (question->by != BY_NOTHING)
    {
      g_autoptr (GPtrArray) groups = make_groups (call, parts);

      g_variant_builder_add (&builder, "{sv}", "groups", groups_variant (question, groups));
    }
  jt_call_return (call, g_variant_new ("(@a{sv})", g_variant_builder_end (&builder)));
}

void
jt_root_handle_get_statistics (JtCall *call)
{
  g_autoptr (GVariant) dict = g_variant_get_child_value (jt_call_get_parameters (call), 0);
  g_autoptr (JtStatsQuery) query = g_new0 (JtStatsQuery, 1);
  GError *error = NULL;
  g_autoptr (JtFilter) filter = jt_filter_read (call->service->tracker, call->peer->uid, call->peer->name, dict, JT_FILTER_STATISTICS,
                                                &error);
  Question *question;
  By by;

  if (filter == NULL)
    {
      jt_call_take_error (call, error);
      return;
    }
  if (filter->job_name != NULL)
    {
      jt_call_return_error (call, JT_ERROR_NOT_FOUND, "no such job; what removed jobs did is part of their users' statistics");
      return;
    }
  if (!read_by (call, dict, &by))
    return;
  question = g_new0 (Question, 1);
  question->by = by;
  question->filter = g_steal_pointer (&filter);
  jt_call_set_data (call, question, question_free);
  if (!choose_span (call, question, &query->in_hours) || !choose_keys (call, question, query))
    return;
  query->since_usec = question->since_usec;
  query->until_usec = question->until_usec;
  query->by = by == BY_NOTHING ? JT_STATS_WHOLE : by >= BY_HOUR ? JT_STATS_BY_TIME : JT_STATS_BY_KEY;
  jt_store_get_statistics_async (jt_tracker_get_store (call->service->tracker), g_steal_pointer (&query), NULL, on_statistics, call);
}
