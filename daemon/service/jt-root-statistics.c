/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>

#include "jt-filter-reader.h"
#include "jt-service-private.h"
#include "jt-statistics-variant.h"

/* GetStatistics: which rollups are asked for, and how their sums are put together. */

#define HOUR_USEC (3600 * (gint64) G_USEC_PER_SEC)
#define DAY_USEC (24 * HOUR_USEC)
/* From here on another thread puts the answer together. */
#define MANY_GROUPS 32
#define DEFAULT_SPAN_USEC (30 * DAY_USEC)
#define DEFAULT_HOURS_SPAN_USEC (7 * DAY_USEC)

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
  gboolean  names_job; /* which must be there, then */
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
  return floor_to (MIN (usec, G_MAXINT64 - width_usec) + width_usec - 1, width_usec);
}

static gboolean
is_of_jobs (const Question *question)
{
  const JtFilter *filter = question->filter;

  return filter->job != 0 || filter->job_name != NULL || filter->tag != NULL || question->by == BY_JOB || question->by == BY_TAG;
}

/* --- the span --- */

/* Where hours are gone, whole days take their place; a series of hours begins with the first that is kept. */
static void
give_way (Question *question, gint64 kept_since_usec)
{
  if (question->by == BY_HOUR)
    {
      question->since_usec = MAX (question->since_usec, kept_since_usec);
      return;
    }
  if (question->since_usec < kept_since_usec)
    question->since_usec = floor_to (question->since_usec, DAY_USEC);
  if (question->until_usec < kept_since_usec)
    question->until_usec = ceil_to (question->until_usec, DAY_USEC);
}

/* Chooses what is used of what was asked for, and answered: whole hours, or whole days. FALSE: refused, the call is gone. */
static gboolean
choose_span (JtCall *call, Question *question)
{
  const JtFilter *filter = question->filter;
  gint64 now_usec = jt_clock_get_realtime (jt_tracker_get_clock (call->service->tracker));
  gint64 width_usec = question->by == BY_DAY ? DAY_USEC : HOUR_USEC;
  gint64 until_usec = filter->until_usec != 0 ? filter->until_usec : now_usec + 1;
  gint64 since_usec = filter->since_usec;

  if (since_usec == 0 && question->by == BY_HOUR)
    since_usec = MAX (until_usec - DEFAULT_HOURS_SPAN_USEC, 0);
  else if (since_usec == 0)
    since_usec = floor_to (MAX (until_usec - DEFAULT_SPAN_USEC, 0), DAY_USEC);
  question->since_usec = floor_to (since_usec, width_usec);
  question->until_usec = ceil_to (until_usec, width_usec);
  if (is_of_jobs (question))
    give_way (question, ceil_to (MAX (now_usec - JT_STATS_KEEP_HOURS_USEC, 0), HOUR_USEC));
  if (question->by != BY_HOUR || question->since_usec < question->until_usec || !is_of_jobs (question))
    return TRUE;
  jt_call_return_error (call, JT_ERROR_INVALID_ARGUMENT, "hours of jobs are kept for 400 days; ask for days, by 'day'");
  return FALSE;
}

/* --- whose --- */

/* The jobs that are meant and living. (element-type guint64) */
static GArray *
list_jobs (JtCall *call, const JtFilter *filter)
{
  g_autoptr (GPtrArray) jobs = jt_tracker_list_jobs (call->service->tracker, filter, JT_STATS_MAX_KEYS + 1);
  GArray *ids = g_array_sized_new (FALSE, FALSE, sizeof (guint64), jobs->len);

  for (guint i = 0; i < jobs->len; i++)
    g_array_append_val (ids, ((const JtJobEntry *) g_ptr_array_index (jobs, i))->job->id);
  return ids;
}

/* What jobs did that are no more is told with the rest. FALSE: refused, the call is gone. */
static gboolean
choose_jobs (JtCall *call, const JtFilter *filter, JtStatsQuery *query)
{
  query->keys = list_jobs (call, filter);
  if (query->keys->len > JT_STATS_MAX_KEYS)
    {
      jt_call_return_error (call, JT_ERROR_TOO_LARGE, "more than %d jobs match; narrow them down by tag or owner", JT_STATS_MAX_KEYS);
      return FALSE;
    }
  if (filter->job != 0 && query->keys->len > 0)
    return TRUE;
  query->removed = (JtRemovedJobs){ .is_wanted = TRUE,
                                    .id = filter->job,
                                    .owner = filter->owner != JT_ANY_OWNER ? (gint64) filter->owner : -1,
                                    .name = g_strdup (filter->job_name),
                                    .tag = g_strdup (filter->tag) };
  if (filter->viewer != 0)
    query->removed.owner = filter->viewer;
  return TRUE;
}

/* FALSE: refused, the call is gone. */
static gboolean
choose_keys (JtCall *call, Question *question, JtStatsQuery *query)
{
  const JtFilter *filter = question->filter;
  guint64 uid = filter->owner != JT_ANY_OWNER ? filter->owner : filter->viewer;

  question->of_owners = query->of_owners = !is_of_jobs (question);
  query->needs_job = question->names_job;
  /* Whoever asks for what is another's finds nothing. */
  if (filter->viewer != 0 && uid != filter->viewer)
    {
      query->keys = g_array_new (FALSE, FALSE, sizeof (guint64));
      return TRUE;
    }
  if (!query->of_owners)
    return choose_jobs (call, filter, query);
  if (filter->owner == JT_ANY_OWNER && filter->viewer == 0)
    return TRUE;
  query->keys = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_array_append_val (query->keys, uid);
  return TRUE;
}

/* --- the answer --- */

typedef struct
{
  char      *name;
  gboolean   is_removed; /* a job that is no more */
  gint64     at_usec;
  GPtrArray *parts;      /* (element-type JtRollup) (unowned): the answer's */
} Group;

static void
group_free (gpointer data)
{
  Group *group = data;

  g_free (group->name);
  g_ptr_array_unref (group->parts);
  g_free (group);
}

typedef struct
{
  GPtrArray  *list;  /* (element-type Group) (owned) */
  GHashTable *index; /* what tells them apart → Group */
} Groups;

/* Adds @rollup to the group called @name. */
static void
add_to_group (Groups *groups, const char *name, gboolean is_removed, const JtRollup *rollup)
{
  g_autofree char *key = g_strconcat (is_removed ? "-" : "+", name, NULL);
  Group *group = g_hash_table_lookup (groups->index, key);

  if (group == NULL)
    {
      group = g_new0 (Group, 1);
      group->name = g_strdup (name);
      group->is_removed = is_removed;
      group->parts = g_ptr_array_new ();
      g_ptr_array_add (groups->list, group);
      g_hash_table_insert (groups->index, g_steal_pointer (&key), group);
    }
  g_ptr_array_add (group->parts, (gpointer) rollup);
}

/* uid → name (borrowed) of all who have jobs, and of whoever asks. */
static GHashTable *
list_owner_names (JtCall *call)
{
  g_autoptr (JtFilter) everybody = jt_filter_new (0);
  g_autoptr (GPtrArray) jobs = jt_tracker_list_jobs (call->service->tracker, everybody, G_MAXUINT);
  GHashTable *names = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < jobs->len; i++)
    {
      const JtJob *job = ((const JtJobEntry *) g_ptr_array_index (jobs, i))->job;

      g_hash_table_insert (names, GUINT_TO_POINTER (job->owner), job->owner_name);
    }
  g_hash_table_insert (names, GUINT_TO_POINTER (call->peer->uid), (gpointer) call->peer->name);
  return names;
}

static void
add_owner_group (Groups *groups, GHashTable *names, const JtStatsGroup *part)
{
  const char *name = g_hash_table_lookup (names, GUINT_TO_POINTER ((guint) part->key));
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, part->key);

  add_to_group (groups, name != NULL ? name : number, FALSE, part->rollup);
}

/* What is shown of one job, living or removed. */
typedef struct
{
  guint32     owner;
  const char *owner_name;
  const char *name;
  char      **tags; /* (owned) */
  gboolean    is_removed;
} Shown;

/* FALSE: it has gone this moment. */
static gboolean
show_job (JtCall *call, const JtStatsGroup *part, Shown *shown)
{
  const JtRemovedJob *removed = part->removed;
  const JtJobEntry *entry = removed != NULL ? NULL : jt_tracker_get_job (call->service->tracker, part->key);

  if (removed != NULL)
    *shown = (Shown){ removed->owner, removed->owner_name, removed->name, g_strdupv (removed->tags), TRUE };
  else if (entry != NULL)
    *shown = (Shown){ entry->job->owner, entry->job->owner_name, entry->job->name, jt_settings_get_strv (entry->job->settings, "tags"), FALSE };
  return removed != NULL || entry != NULL;
}

static void
add_job_group (JtCall *call, Groups *groups, const JtStatsGroup *part)
{
  const Question *question = call->data;
  g_autofree char *full_name = NULL;
  g_auto (GStrv) tags = NULL;
  Shown job;

  if (!show_job (call, part, &job))
    return;
  tags = job.tags;
  if (question->by == BY_USER)
    add_to_group (groups, job.owner_name, FALSE, part->rollup);
  for (guint i = 0; question->by == BY_TAG && tags[i] != NULL; i++)
    add_to_group (groups, tags[i], FALSE, part->rollup);
  if (question->by != BY_JOB)
    return;
  full_name = job.owner == call->peer->uid ? g_strdup (job.name) : g_strdup_printf ("%s/%s", job.owner_name, job.name);
  add_to_group (groups, full_name, job.is_removed, part->rollup);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  const Group *x = *(Group *const *) a;
  const Group *y = *(Group *const *) b;
  int order = strcmp (x->name, y->name);

  return order != 0 ? order : (int) x->is_removed - (int) y->is_removed;
}

static void
add_time_group (Groups *groups, const JtStatsGroup *part)
{
  Group *group = g_new0 (Group, 1);

  group->at_usec = part->at_usec;
  group->parts = g_ptr_array_new ();
  g_ptr_array_add (group->parts, part->rollup);
  g_ptr_array_add (groups->list, group);
}

/* (element-type Group) */
static GPtrArray *
make_groups (JtCall *call, GPtrArray *parts)
{
  const Question *question = call->data;
  g_autoptr (GHashTable) index = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Groups groups = { g_ptr_array_new_with_free_func (group_free), index };
  g_autoptr (GHashTable) names = question->of_owners && question->by == BY_USER ? list_owner_names (call) : NULL;

  for (guint i = 0; i < parts->len; i++)
    {
      JtStatsGroup *part = g_ptr_array_index (parts, i);

      if (question->by >= BY_HOUR)
        add_time_group (&groups, part);
      else if (!question->of_owners)
        add_job_group (call, &groups, part);
      else
        add_owner_group (&groups, names, part);
    }
  if (question->by < BY_HOUR)
    g_ptr_array_sort (groups.list, compare_names);
  return groups.list;
}

/* What becomes the answer. All of it is its own, so that another thread can put it together. */
typedef struct
{
  By         by;
  gint64     since_usec;
  gint64     until_usec;
  gint32     streak;  /* of one job, 0: of many */
  GPtrArray *parts;   /* (element-type JtStatsGroup) (owned) */
  GPtrArray *groups;  /* (element-type Group) (owned) (nullable) */
} Answer;

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_clear_pointer (&answer->groups, g_ptr_array_unref);
  g_ptr_array_unref (answer->parts);
  g_free (answer);
}

static void
write_group (const Answer *answer, const Group *group, JtRowWriter *rows)
{
  g_autoptr (JtRollup) sum = group->parts->len > 1 ? jt_rollup_new () : NULL;

  for (guint i = 0; sum != NULL && i < group->parts->len; i++)
    jt_rollup_merge (sum, g_ptr_array_index (group->parts, i));
  jt_row_writer_begin (rows);
  if (answer->by >= BY_HOUR)
    jt_row_writer_add_uint64 (rows, "at", (guint64) group->at_usec);
  else
    jt_row_writer_add_string (rows, by_names[answer->by], group->name);
  if (group->is_removed)
    jt_row_writer_add_boolean (rows, "removed", TRUE);
  jt_statistics_add_group (rows, sum != NULL ? sum : g_ptr_array_index (group->parts, 0));
  jt_row_writer_end (rows);
}

static GVariant *
groups_variant (const Answer *answer)
{
  JtRowWriter rows;

  jt_row_writer_init (&rows);
  for (guint i = 0; i < answer->groups->len; i++)
    write_group (answer, g_ptr_array_index (answer->groups, i), &rows);
  return jt_row_writer_take (&rows);
}

/* (transfer full) as bytes already: what is sent is not put together on the main loop. */
static GVariant *
make_reply (const Answer *answer)
{
  g_autoptr (JtRollup) whole = jt_rollup_new ();
  GVariantBuilder builder;
  GVariant *reply;

  for (guint i = 0; i < answer->parts->len; i++)
    jt_rollup_merge (whole, ((JtStatsGroup *) g_ptr_array_index (answer->parts, i))->rollup);
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "since", g_variant_new_uint64 ((guint64) answer->since_usec));
  g_variant_builder_add (&builder, "{sv}", "until", g_variant_new_uint64 ((guint64) answer->until_usec));
  jt_statistics_put_whole (&builder, whole);
  if (answer->streak != 0)
    g_variant_builder_add (&builder, "{sv}", "streak", g_variant_new_int32 (answer->streak));
  if (answer->groups != NULL)
    g_variant_builder_add (&builder, "{sv}", "groups", groups_variant (answer));
  reply = g_variant_ref_sink (g_variant_new ("(@a{sv})", g_variant_builder_end (&builder)));
  g_variant_get_data (reply);
  return reply;
}

static void
reply_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_task_return_pointer (task, make_reply (task_data), (GDestroyNotify) g_variant_unref);
}

static void
on_reply_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  g_autoptr (GVariant) reply = g_task_propagate_pointer (G_TASK (result), NULL);

  jt_call_return (call, reply);
}

static void
on_statistics (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  const Question *question = call->data;
  GError *error = NULL;
  GPtrArray *parts = jt_store_get_statistics_finish (JT_STORE (source), result, &error);
  const JtJobEntry *entry = question->filter->job != 0 ? jt_tracker_get_job (call->service->tracker, question->filter->job) : NULL;
  g_autoptr (GTask) task = NULL;
  Answer *answer;

  if (parts == NULL)
    {
      jt_call_take_error (call, error);
      return;
    }
  answer = g_new0 (Answer, 1);
  answer->by = question->by;
  answer->since_usec = question->since_usec;
  answer->until_usec = question->until_usec;
  answer->streak = entry != NULL ? entry->status.streak : 0;
  answer->parts = parts;
  answer->groups = question->by != BY_NOTHING ? make_groups (call, parts) : NULL;
  task = g_task_new (source, NULL, on_reply_made, call);
  g_task_set_task_data (task, answer, answer_free);
  if (answer->groups == NULL || answer->groups->len < MANY_GROUPS)
    g_task_return_pointer (task, make_reply (answer), (GDestroyNotify) g_variant_unref);
  else
    g_task_run_in_thread (task, reply_in_thread);
}

/* --- the question --- */

static JtStatsQuery *
make_query (JtCall *call, const Question *question)
{
  gint64 now_usec = jt_clock_get_realtime (jt_tracker_get_clock (call->service->tracker));
  JtStatsQuery *query = g_new0 (JtStatsQuery, 1);

  query->by = question->by == BY_NOTHING ? JT_STATS_WHOLE : question->by >= BY_HOUR ? JT_STATS_BY_TIME : JT_STATS_BY_KEY;
  query->grain = question->by == BY_HOUR ? JT_STATS_HOURS : question->by == BY_DAY ? JT_STATS_DAYS : JT_STATS_MIXED;
  query->since_usec = question->since_usec;
  query->until_usec = question->until_usec;
  /* What is not over yet has nothing behind now: the day that it is will do for its hours. */
  if (query->grain == JT_STATS_MIXED && query->until_usec > now_usec)
    query->until_usec = ceil_to (query->until_usec, DAY_USEC);
  return query;
}

void
jt_root_handle_get_statistics (JtCall *call)
{
  g_autoptr (GVariant) dict = g_variant_get_child_value (jt_call_get_parameters (call), 0);
  g_autoptr (JtStatsQuery) query = NULL;
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
  if (!read_by (call, dict, &by))
    return;
  question = g_new0 (Question, 1);
  question->by = by;
  question->names_job = jt_vardict_get_string (dict, "job", NULL) != NULL;
  question->filter = g_steal_pointer (&filter);
  jt_call_set_data (call, question, question_free);
  if (!choose_span (call, question))
    return;
  query = make_query (call, question);
  if (choose_keys (call, question, query))
    jt_store_get_statistics_async (jt_tracker_get_store (call->service->tracker), g_steal_pointer (&query), NULL, on_statistics, call);
}
