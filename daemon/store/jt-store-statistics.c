/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-store-statistics.h"

#include "jt-error.h"

#define DAY_USEC (24 * 3600 * (gint64) G_USEC_PER_SEC)

typedef struct
{
  JtDb               *db;
  const JtStatsQuery *query;
  GPtrArray          *groups;
  GHashTable         *by_time; /* &group->at_usec → JtStatsGroup (unowned) */
} Reading;

static JtStatsGroup *
new_group (guint64 key, gint64 at_usec)
{
  JtStatsGroup *group = g_new0 (JtStatsGroup, 1);

  group->key = key;
  group->at_usec = at_usec;
  group->rollup = jt_rollup_new ();
  return group;
}

/* The group that a row of @key at @at_usec belongs to. NULL with @error: there are too many. */
static JtStatsGroup *
find_group (Reading *reading, guint64 key, gint64 at_usec, GError **error)
{
  GPtrArray *groups = reading->groups;
  JtStatsGroup *last = groups->len > 0 ? g_ptr_array_index (groups, groups->len - 1) : NULL;
  JtStatsGroup *group;

  if (reading->query->by == JT_STATS_WHOLE)
    return last;
  if (reading->query->by == JT_STATS_BY_KEY && last != NULL && last->key == key)
    return last;
  group = reading->query->by == JT_STATS_BY_TIME ? g_hash_table_lookup (reading->by_time, &at_usec) : NULL;
  if (group != NULL)
    return group;
  if (groups->len == JT_STATS_MAX_GROUPS)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, "more than %d groups; ask for a shorter span, or for less by job, tag or owner",
                   JT_STATS_MAX_GROUPS);
      return NULL;
    }
  group = new_group (reading->query->by == JT_STATS_BY_KEY ? key : 0, reading->query->by == JT_STATS_BY_TIME ? at_usec : 0);
  g_ptr_array_add (groups, group);
  if (reading->query->by == JT_STATS_BY_TIME)
    g_hash_table_insert (reading->by_time, &group->at_usec, group);
  return group;
}

/* --- the rows of one job or owner --- */

/* The scope is no parameter: its value decides whether the index of the hours of jobs could serve, so that SQLite would make the
 * statement anew for each key. */
#define ROWS_OF(scope) \
  "SELECT at, counts FROM rollup WHERE scope = '" scope "' AND key = ?1 AND at >= ?2 AND at < ?3 ORDER BY at"

static const JtSql *
choose_rows (const JtStatsQuery *query, gboolean in_hours)
{
  if (query->of_owners)
    return in_hours ? JT_SQL (ROWS_OF ("owner-hour")) : JT_SQL (ROWS_OF ("owner-day"));
  return in_hours ? JT_SQL (ROWS_OF ("job-hour")) : JT_SQL (ROWS_OF ("job-day"));
}

/* A row that makes no sense is left out. FALSE with @error: there are too many groups. */
static gboolean
take_row (Reading *reading, guint64 key, JtStatement *row, GError **error)
{
  JtStatsGroup *group = find_group (reading, key, jt_statement_int (row), error);
  gsize length;
  const guint8 *bytes = group == NULL ? NULL : jt_statement_blob (row, &length);

  if (bytes != NULL && !jt_rollup_merge_encoded (group->rollup, bytes, length))
    g_debug ("statistics of %" G_GUINT64_FORMAT " are damaged", key);
  return group != NULL;
}

static gboolean
read_rows (Reading *reading, guint64 key, gboolean in_hours, gint64 since_usec, gint64 until_usec, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  JtStatement *row = since_usec >= until_usec ? NULL : jt_db_prepare_sql (reading->db, choose_rows (reading->query, in_hours), error);

  if (row == NULL)
    return since_usec >= until_usec;
  jt_statement_bind_int (row, (gint64) key);
  jt_statement_bind_int (row, since_usec);
  jt_statement_bind_int (row, until_usec);
  while (jt_statement_step (row, &local_error) && take_row (reading, key, row, &local_error))
    ;
  jt_statement_end (row);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
read_key (Reading *reading, guint64 key, GError **error)
{
  const JtStatsQuery *query = reading->query;
  gint64 first_day = (query->since_usec + DAY_USEC - 1) / DAY_USEC * DAY_USEC;
  gint64 last_day = query->until_usec / DAY_USEC * DAY_USEC;

  if (query->grain != JT_STATS_MIXED || first_day >= last_day)
    return read_rows (reading, key, query->grain != JT_STATS_DAYS, query->since_usec, query->until_usec, error);
  return read_rows (reading, key, TRUE, query->since_usec, first_day, error) && read_rows (reading, key, FALSE, first_day, last_day, error)
         && read_rows (reading, key, TRUE, last_day, query->until_usec, error);
}

/* --- every owner --- */

/* From owner to owner by the index, however many rows each has. (Whoever has hours has days.) -1: no more, or @error. */
static gint64
next_owner (JtDb *db, gint64 after, GError **error)
{
  JtStatement *row = jt_db_prepare (db, "SELECT key FROM rollup WHERE scope = 'owner-day' AND key > ?1 ORDER BY key LIMIT 1", error);
  gint64 key = -1;

  if (row == NULL)
    return -1;
  jt_statement_bind_int (row, after);
  if (jt_statement_step (row, error))
    key = jt_statement_int (row);
  jt_statement_end (row);
  return key;
}

static gboolean
read_every_owner (Reading *reading, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gint64 key = -1;

  while ((key = next_owner (reading->db, key, &local_error)) >= 0)
    if (!read_key (reading, (guint64) key, error))
      return FALSE;
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* --- jobs that are no more --- */

#define REMOVED "SELECT job.id, owner, owner_name, name FROM "
#define THAT_MATCH \
  " AND removed <> 0 AND (?1 = 0 OR job.id = ?1) AND (?2 IS NULL OR name = ?2) AND (?4 < 0 OR owner = ?4)" \
  " AND (?3 IS NULL OR EXISTS (SELECT 1 FROM job_tag WHERE tag = ?3 AND job_tag.job = job.id)) LIMIT ?5"

static const JtSql *
choose_removed (const JtRemovedJobs *removed)
{
  if (removed->id != 0)
    return JT_SQL (REMOVED "job WHERE job.id = ?1" THAT_MATCH);
  if (removed->name != NULL)
    return JT_SQL (REMOVED "job INDEXED BY job_removed_by_name WHERE name = ?2" THAT_MATCH);
  if (removed->tag != NULL)
    return JT_SQL (REMOVED "job_tag AS tagged CROSS JOIN job ON job.id = tagged.job WHERE tagged.tag = ?3" THAT_MATCH);
  if (removed->owner >= 0)
    return JT_SQL (REMOVED "job INDEXED BY job_removed_by_owner WHERE owner = ?4" THAT_MATCH);
  return JT_SQL (REMOVED "job INDEXED BY job_removed_by_owner WHERE TRUE" THAT_MATCH);
}

/* (transfer full) (element-type JtRemovedJob) */
static GPtrArray *
list_removed (JtDb *db, const JtRemovedJobs *removed, GError **error)
{
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_removed_job_free);
  g_autoptr (GError) local_error = NULL;
  JtStatement *row = removed->is_wanted ? jt_db_prepare_sql (db, choose_removed (removed), error) : NULL;

  if (row == NULL)
    return removed->is_wanted ? NULL : g_steal_pointer (&jobs);
  jt_statement_bind_int (row, (gint64) removed->id);
  jt_statement_bind_text (row, removed->name);
  jt_statement_bind_text (row, removed->tag);
  jt_statement_bind_int (row, removed->owner);
  jt_statement_bind_int (row, JT_STATS_MAX_KEYS);
  while (jt_statement_step (row, &local_error))
    {
      JtRemovedJob *job = g_new0 (JtRemovedJob, 1);

      job->id = (guint64) jt_statement_int (row);
      job->owner = (guint32) jt_statement_int (row);
      job->owner_name = g_strdup (jt_statement_text (row));
      job->name = g_strdup (jt_statement_text (row));
      g_ptr_array_add (jobs, job);
    }
  if (local_error == NULL)
    return g_steal_pointer (&jobs);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

static gboolean
read_tags (JtDb *db, JtRemovedJob *job, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GStrvBuilder) tags = g_strv_builder_new ();
  JtStatement *row = jt_db_prepare (db, "SELECT tag FROM job_tag WHERE job = ?1 ORDER BY tag", error);

  if (row == NULL)
    return FALSE;
  jt_statement_bind_int (row, (gint64) job->id);
  while (jt_statement_step (row, &local_error))
    g_strv_builder_add (tags, jt_statement_text (row));
  job->tags = g_strv_builder_end (tags);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* @job: (transfer full) goes with its group, if it has one. */
static gboolean
read_removed (Reading *reading, JtRemovedJob *job, GError **error)
{
  JtStatsGroup *last;

  if (!read_key (reading, job->id, error))
    {
      jt_removed_job_free (job);
      return FALSE;
    }
  last = reading->groups->len > 0 ? g_ptr_array_index (reading->groups, reading->groups->len - 1) : NULL;
  if (reading->query->by != JT_STATS_BY_KEY || last == NULL || last->key != job->id)
    {
      jt_removed_job_free (job);
      return TRUE;
    }
  last->removed = job;
  return read_tags (reading->db, job, error);
}

/* --- all together --- */

static gboolean
read_groups (Reading *reading, GError **error)
{
  const JtStatsQuery *query = reading->query;
  g_autoptr (GPtrArray) removed = list_removed (reading->db, &query->removed, error);

  if (removed == NULL)
    return FALSE;
  if (query->needs_job && query->keys->len + removed->len == 0)
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_NOT_FOUND, "no such job");
      return FALSE;
    }
  if (query->keys == NULL && !read_every_owner (reading, error))
    return FALSE;
  for (guint i = 0; query->keys != NULL && i < query->keys->len; i++)
    if (!read_key (reading, g_array_index (query->keys, guint64, i), error))
      return FALSE;
  while (removed->len > 0)
    if (!read_removed (reading, g_ptr_array_steal_index_fast (removed, 0), error))
      return FALSE;
  return TRUE;
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  const JtStatsGroup *x = *(JtStatsGroup *const *) a;
  const JtStatsGroup *y = *(JtStatsGroup *const *) b;

  return x->at_usec < y->at_usec ? -1 : x->at_usec > y->at_usec;
}

GPtrArray *
jt_store_read_statistics (JtDb *db, const JtStatsQuery *query, GError **error)
{
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_stats_group_free);
  g_autoptr (GHashTable) by_time = g_hash_table_new (g_int64_hash, g_int64_equal);
  Reading reading = { db, query, groups, by_time };

  if (query->by == JT_STATS_WHOLE)
    g_ptr_array_add (groups, new_group (0, 0));
  if (!read_groups (&reading, error))
    return NULL;
  if (query->by == JT_STATS_BY_TIME)
    g_ptr_array_sort (groups, compare_times);
  return g_steal_pointer (&groups);
}
