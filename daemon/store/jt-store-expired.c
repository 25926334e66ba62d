/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-store-expired.h"

#include "jt-error.h"

/* Jobs looked at in one slice. */
#define JOBS_A_SLICE 50

#define FINAL "state NOT IN ('queued', 'starting', 'running', 'retry-wait')"
#define WENT_WELL "state NOT IN ('failed', 'timed-out', 'lost')"

typedef struct
{
  JtDb           *db;
  JtStoreExpired *expired;
  gint64          now_usec;
  guint           limit;
  GError        **error;
} Search;

static gboolean
is_full (const Search *search)
{
  return search->expired->runs->len >= search->limit;
}

/* Runs @sql, whose parameters are @a, @b and how many are wanted still; each row is the id of a run. */
static gboolean
collect (Search *search, const JtSql *sql, gint64 a, gint64 b, gboolean only_log)
{
  g_autoptr (GError) local_error = NULL;
  JtStatement *row = is_full (search) ? NULL : jt_db_prepare_sql (search->db, sql, search->error);

  if (row == NULL)
    return is_full (search);
  jt_statement_bind_int (row, a);
  jt_statement_bind_int (row, b);
  jt_statement_bind_int (row, search->limit - search->expired->runs->len);
  while (jt_statement_step (row, &local_error))
    {
      JtExpired found = { (guint64) jt_statement_int (row), only_log };

      g_array_append_val (search->expired->runs, found);
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (search->error, g_steal_pointer (&local_error));
  return FALSE;
}

/* One number, 0 when there is no row. FALSE with the search's error. */
static gboolean
ask_number (Search *search, const JtSql *sql, gint64 a, gint64 b, gint64 *number)
{
  g_autoptr (GError) local_error = NULL;
  JtStatement *row = jt_db_prepare_sql (search->db, sql, search->error);

  *number = 0;
  if (row == NULL)
    return FALSE;
  jt_statement_bind_int (row, a);
  jt_statement_bind_int (row, b);
  if (jt_statement_step (row, &local_error))
    {
      *number = jt_statement_int (row);
      jt_statement_step (row, NULL);
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (search->error, g_steal_pointer (&local_error));
  return FALSE;
}

/* Before the newest @keep runs of the job. */
static gboolean
collect_by_count (Search *search, guint64 job, guint64 keep)
{
  gint64 newest_gone;

  if (keep == 0)
    return TRUE;
  return ask_number (search, JT_SQL ("SELECT id FROM run INDEXED BY run_by_job WHERE job = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2"), (gint64) job,
                     (gint64) MIN (keep, G_MAXINT64), &newest_gone) &&
         (newest_gone == 0 || collect (search,
                                       JT_SQL ("SELECT id FROM run INDEXED BY run_by_job WHERE job = ?1 AND id <= ?2 AND " FINAL
                                       " ORDER BY id LIMIT ?3"),
                                       (gint64) job, newest_gone, FALSE));
}

/* The newest run stays, however old: what the job did last is always known. */
static gboolean
collect_by_age (Search *search, guint64 job, guint64 keep_usec)
{
  return keep_usec == 0 || collect (search,
                                    JT_SQL ("SELECT id FROM run INDEXED BY run_by_job WHERE job = ?1 AND finished < ?2 AND " FINAL
                                    " AND id < (SELECT max (id) FROM run WHERE job = ?1) ORDER BY id LIMIT ?3"),
                                    (gint64) job, search->now_usec - (gint64) MIN (keep_usec, (guint64) search->now_usec), FALSE);
}

static gboolean
collect_logs_by_age (Search *search, guint64 job, const JtRetention *rules)
{
  gint64 now_usec = search->now_usec;

  return (rules->keep_logs_for_usec == 0 ||
          collect (search,
                   JT_SQL ("SELECT id FROM run INDEXED BY run_log_by_job WHERE job = ?1 AND log_size > 0 AND " WENT_WELL
                   " AND finished <> 0 AND finished < ?2 ORDER BY id LIMIT ?3"),
                   (gint64) job, now_usec - (gint64) MIN (rules->keep_logs_for_usec, (guint64) now_usec), TRUE)) &&
         (rules->keep_failed_logs_for_usec == 0 ||
          collect (search,
                   JT_SQL ("SELECT id FROM run INDEXED BY run_log_by_job WHERE job = ?1 AND log_size > 0 AND NOT " WENT_WELL
                   " AND finished < ?2 ORDER BY id LIMIT ?3"),
                   (gint64) job, now_usec - (gint64) MIN (rules->keep_failed_logs_for_usec, (guint64) now_usec), TRUE));
}

/* The oldest go first, those of successes before those of failures. */
static gboolean
collect_logs_by_size (Search *search, guint64 job, guint64 max_bytes)
{
  gint64 total;

  if (max_bytes == 0 || is_full (search))
    return TRUE;
  if (!ask_number (search, JT_SQL ("SELECT sum (log_size) FROM run INDEXED BY run_log_by_job WHERE job = ?1 AND log_size > 0 AND ?2 = ?2"),
                   (gint64) job, 0, &total))
    return FALSE;
  if (total <= (gint64) MIN (max_bytes, G_MAXINT64))
    return TRUE;
  return collect (search,
                  JT_SQL ("SELECT id FROM (SELECT id, sum (log_size) OVER (ORDER BY NOT " WENT_WELL ", id) - log_size AS freed"
                  " FROM run INDEXED BY run_log_by_job WHERE job = ?1 AND log_size > 0 AND " FINAL ") WHERE freed < ?2 LIMIT ?3"),
                  (gint64) job, total - (gint64) max_bytes, TRUE);
}

static gboolean
collect_of_job (Search *search, guint64 job, const JtExpiryQuery *query)
{
  const JtJobRetention *own = g_hash_table_lookup (query->jobs, &job);
  guint64 keep_runs = own != NULL && own->keep_runs > 0 ? own->keep_runs : query->rules.keep_runs;
  guint64 keep_usec = own != NULL && own->keep_for_usec > 0 ? own->keep_for_usec : query->rules.keep_for_usec;

  return collect_by_count (search, job, keep_runs) && collect_by_age (search, job, keep_usec) &&
         collect_logs_by_age (search, job, &query->rules) &&
         collect_logs_by_size (search, job, query->rules.max_log_bytes_per_job);
}

/* Ids rise by one with each run, so at most max_runs lie behind this one. */
static gboolean
collect_beyond_all_runs (Search *search, guint64 max_runs)
{
  gint64 newest;

  if (max_runs == 0 || is_full (search))
    return TRUE;
  if (!ask_number (search, JT_SQL ("SELECT max (id) FROM run WHERE ?1 = ?1 AND ?2 = ?2"), 0, 0, &newest))
    return FALSE;
  if (newest <= (gint64) MIN (max_runs, G_MAXINT64))
    return TRUE;
  return collect (search,
                  JT_SQL ("SELECT id FROM run WHERE id <= ?1 AND ?2 = ?2 AND " FINAL
                  " AND (SELECT count (*) FROM (SELECT 1 FROM run AS newer INDEXED BY run_by_job WHERE newer.job = run.job AND"
                  " newer.id > run.id LIMIT " G_STRINGIFY (JT_RETENTION_LEAST) ")) = " G_STRINGIFY (JT_RETENTION_LEAST)
                  " ORDER BY id LIMIT ?3"),
                  newest - (gint64) max_runs, 0, FALSE);
}

static gboolean
collect_beyond_all_logs (Search *search, guint64 max_bytes)
{
  gint64 total;

  if (max_bytes == 0 || is_full (search))
    return TRUE;
  if (!ask_number (search, JT_SQL ("SELECT sum (log_size) FROM run INDEXED BY run_log_by_id WHERE log_size > 0 AND ?1 = ?1 AND ?2 = ?2"), 0, 0, &total))
    return FALSE;
  if (total <= (gint64) MIN (max_bytes, G_MAXINT64))
    return TRUE;
  return collect (search,
                  JT_SQL ("SELECT id FROM (SELECT id, sum (log_size) OVER (ORDER BY NOT " WENT_WELL ", id) - log_size AS freed"
                  " FROM run INDEXED BY run_log_by_id WHERE log_size > 0 AND " FINAL " AND ?2 = ?2) WHERE freed < ?1 LIMIT ?3"),
                  total - (gint64) max_bytes, 0, TRUE);
}

/* The next jobs by id, living or removed. */
static GArray *
list_jobs (Search *search, guint64 after)
{
  g_autoptr (GError) local_error = NULL;
  JtStatement *row = jt_db_prepare (search->db, "SELECT id FROM job WHERE id > ?1 ORDER BY id LIMIT ?2", search->error);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint64));

  if (row == NULL)
    return NULL;
  jt_statement_bind_int (row, (gint64) after);
  jt_statement_bind_int (row, JOBS_A_SLICE);
  while (jt_statement_step (row, &local_error))
    {
      guint64 id = (guint64) jt_statement_int (row);

      g_array_append_val (ids, id);
    }
  if (local_error == NULL)
    return g_steal_pointer (&ids);
  g_propagate_error (search->error, g_steal_pointer (&local_error));
  return NULL;
}

JtStoreExpired *
jt_store_read_expired (JtDb *db, const JtExpiryQuery *query, gint64 now_usec, guint limit, GError **error)
{
  g_autoptr (JtStoreExpired) expired = g_new0 (JtStoreExpired, 1);
  Search search = { db, expired, now_usec, limit, error };
  g_autoptr (GArray) jobs = NULL;

  expired->runs = g_array_new (FALSE, FALSE, sizeof (JtExpired));
  jobs = list_jobs (&search, query->after_job);
  if (jobs == NULL)
    return NULL;
  for (guint i = 0; i < jobs->len && !is_full (&search); i++)
    {
      guint64 job = g_array_index (jobs, guint64, i);

      if (!collect_of_job (&search, job, query))
        return NULL;
      /* A job with more than fits is looked at again. */
      if (!is_full (&search))
        expired->next_job = job;
    }
  if (is_full (&search))
    {
      expired->next_job = MAX (expired->next_job, query->after_job);
      expired->has_more = TRUE;
      return g_steal_pointer (&expired);
    }
  expired->has_more = jobs->len == JOBS_A_SLICE;
  if (!expired->has_more && (!collect_beyond_all_runs (&search, query->rules.max_runs) ||
                             !collect_beyond_all_logs (&search, query->rules.max_log_bytes)))
    return NULL;
  if (!expired->has_more && expired->runs->len > 0)
    expired->has_more = is_full (&search);
  return g_steal_pointer (&expired);
}
