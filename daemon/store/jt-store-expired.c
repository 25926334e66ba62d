/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-store-expired.h"

#include "jt-error.h"

#define IS_FINAL "state NOT IN ('queued', 'starting', 'running', 'retry-wait')"
/* As the indexes of logs have it, to the letter. */
#define IS_FAILED "(state = 'failed' OR state = 'timed-out' OR state = 'lost')"

/* Every question below reads as many rows as a slice may have, from the oldest on, and not one more: what it costs does not depend on
 * how much history there is. */
typedef struct
{
  JtDb           *db;
  JtStoreExpired *expired;
  gint64          now_usec;
  guint           limit;
  gint64          newest; /* run of all, 0 none */
  GError        **error;
} Search;

/* Ids rise with time, so what is old comes first; but a run that took long may have ended after some that began behind it. After so
 * many that stay, the rest is taken to stay as well, until the next look. */
#define MAX_THAT_STAY 8

/* A way along rows of IDS_AND_SIZES, and what may go of them. */
#define IDS_AND_SIZES "SELECT id, log_size, finished, " IS_FINAL " FROM run INDEXED BY "

typedef struct
{
  gint64   before_usec; /* what ended by then */
  gint64   excess;      /* until so many bytes are free */
  gboolean only_log;
} Walk;

static const Walk all_runs = { G_MAXINT64, G_MAXINT64, FALSE };

static gint64
count_room (const Search *search)
{
  return search->expired->runs->len >= search->limit ? 0 : search->limit - search->expired->runs->len;
}

static gint64
ago (const Search *search, guint64 usec)
{
  return search->now_usec - (gint64) MIN (usec, (guint64) search->now_usec);
}

/* Takes the error of a statement that was stepped through. */
static gboolean
end_rows (Search *search, GError *error)
{
  if (error == NULL)
    return TRUE;
  g_propagate_error (search->error, error);
  return FALSE;
}

/* FALSE: it is too young to go. What is under way says nothing about those behind it. */
static gboolean
take_row (Search *search, Walk *walk, JtStatement *row)
{
  const JtExpired found = { (guint64) jt_statement_int (row), walk->only_log };
  gint64 bytes = jt_statement_int (row);
  gint64 finished_usec = jt_statement_int (row);
  gboolean is_final = jt_statement_int (row) != 0;

  if (!is_final)
    return TRUE;
  if (finished_usec >= walk->before_usec)
    return FALSE;
  g_array_append_val (search->expired->runs, found);
  if (walk->excess != G_MAXINT64)
    walk->excess -= bytes;
  return TRUE;
}

/* Along the rows of @sql, whose parameters are @values and then how many are wanted still. */
static gboolean
go_along (Search *search, Walk *walk, const JtSql *sql, const gint64 *values, guint n_values)
{
  GError *error = NULL;
  gint64 room = walk->excess > 0 ? count_room (search) : 0;
  JtStatement *row = room == 0 ? NULL : jt_db_prepare_sql (search->db, sql, search->error);
  guint n_staying = 0;

  if (row == NULL)
    return room == 0;
  for (guint i = 0; i < n_values; i++)
    jt_statement_bind_int (row, values[i]);
  jt_statement_bind_int (row, room);
  while (walk->excess > 0 && n_staying < MAX_THAT_STAY && jt_statement_step (row, &error))
    n_staying += !take_row (search, walk, row);
  jt_statement_end (row);
  return end_rows (search, error);
}

/* One number, 0 when there is no row. FALSE with the search's error. */
static gboolean
ask_number (Search *search, const JtSql *sql, const gint64 *values, guint n_values, gint64 *number)
{
  GError *error = NULL;
  JtStatement *row = jt_db_prepare_sql (search->db, sql, search->error);

  *number = 0;
  if (row == NULL)
    return FALSE;
  for (guint i = 0; i < n_values; i++)
    jt_statement_bind_int (row, values[i]);
  if (jt_statement_step (row, &error))
    *number = jt_statement_int (row);
  jt_statement_end (row);
  return end_rows (search, error);
}

/* --- runs --- */

/* Those of @job up to the id @last. */
static gboolean
collect_runs (Search *search, Walk walk, guint64 job, gint64 last)
{
  return go_along (search, &walk, JT_SQL (IDS_AND_SIZES "run_by_job WHERE job = ?1 AND id <= ?2 ORDER BY id LIMIT ?3"),
                   (const gint64[]){ (gint64) job, last }, 2);
}

/* The newest run of @job that is not among its newest @keep; 0: there is none. */
static gboolean
find_newest_beyond (Search *search, guint64 job, guint64 keep, gint64 *run)
{
  return ask_number (search, JT_SQL ("SELECT id FROM run INDEXED BY run_by_job WHERE job = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2"),
                     (const gint64[]){ (gint64) job, (gint64) MIN (keep, G_MAXINT64) }, 2, run);
}

/* Those beyond the job's own number, and those beyond the number of all, but for the newest few. */
static gboolean
collect_by_count (Search *search, guint64 job, guint64 keep, guint64 max_runs)
{
  gint64 bound = search->newest - (gint64) MIN (max_runs, G_MAXINT64);
  gint64 beyond_own = 0;
  gint64 beyond_all = 0;

  if (keep != 0 && !find_newest_beyond (search, job, keep, &beyond_own))
    return FALSE;
  if (max_runs != 0 && bound > 0 && !find_newest_beyond (search, job, JT_RETENTION_LEAST, &beyond_all))
    return FALSE;
  bound = MAX (beyond_own, MIN (beyond_all, bound));
  return bound <= 0 || collect_runs (search, all_runs, job, bound);
}

/* The newest run stays, however old: what the job did last is always known. */
static gboolean
collect_by_age (Search *search, guint64 job, guint64 keep_usec)
{
  const Walk walk = { ago (search, keep_usec), G_MAXINT64, FALSE };
  gint64 newest;

  if (keep_usec == 0)
    return TRUE;
  return find_newest_beyond (search, job, 0, &newest) && collect_runs (search, walk, job, newest - 1);
}

/* --- logs --- */

/* Of the job's successes, or of its failures, up to the run @last. */
static gboolean
collect_logs (Search *search, Walk *walk, guint64 job, gboolean of_failures, gint64 last)
{
  return go_along (search, walk,
                   JT_SQL (IDS_AND_SIZES "run_log_by_job WHERE job = ?1 AND " IS_FAILED " = ?2 AND log_size > 0 AND id <= ?3 ORDER BY id LIMIT ?4"),
                   (const gint64[]){ (gint64) job, of_failures, last }, 3);
}

static gboolean
collect_logs_by_count (Search *search, guint64 job, gboolean of_failures, guint64 keep)
{
  Walk walk = { G_MAXINT64, G_MAXINT64, TRUE };
  gint64 beyond;

  if (keep == 0)
    return TRUE;
  if (!ask_number (search,
                   JT_SQL ("SELECT id FROM run INDEXED BY run_log_by_job WHERE job = ?1 AND " IS_FAILED " = ?2 AND log_size > 0"
                           " ORDER BY id DESC LIMIT 1 OFFSET ?3"),
                   (const gint64[]){ (gint64) job, of_failures, (gint64) MIN (keep, G_MAXINT64) }, 3, &beyond))
    return FALSE;
  return beyond == 0 || collect_logs (search, &walk, job, of_failures, beyond);
}

static gboolean
collect_logs_by_age (Search *search, guint64 job, gboolean of_failures, guint64 keep_usec)
{
  Walk walk = { ago (search, keep_usec), G_MAXINT64, TRUE };

  return keep_usec == 0 || collect_logs (search, &walk, job, of_failures, G_MAXINT64);
}

/* By how many bytes the logs of @job (0: of all) are above @max_bytes. */
static gboolean
find_excess (Search *search, guint64 job, guint64 max_bytes, gint64 *excess)
{
  gint64 total;

  *excess = 0;
  if (max_bytes == 0)
    return TRUE;
  if (!ask_number (search, JT_SQL ("SELECT bytes FROM log_total WHERE job = ?1"), (const gint64[]){ (gint64) job }, 1, &total))
    return FALSE;
  *excess = total - (gint64) MIN (max_bytes, G_MAXINT64);
  return TRUE;
}

/* Those of successes first. */
static gboolean
collect_logs_by_size (Search *search, guint64 job, gint64 excess)
{
  Walk walk = { G_MAXINT64, excess, TRUE };

  return collect_logs (search, &walk, job, FALSE, G_MAXINT64) && collect_logs (search, &walk, job, TRUE, G_MAXINT64);
}

/* --- logs of all jobs --- */

static gboolean
collect_all_logs (Search *search, Walk *walk, gboolean of_failures, gint64 last)
{
  return go_along (search, walk,
                   JT_SQL (IDS_AND_SIZES "run_log_by_age WHERE " IS_FAILED " = ?1 AND log_size > 0 AND id <= ?2 ORDER BY id LIMIT ?3"),
                   (const gint64[]){ of_failures, last }, 2);
}

static gboolean
collect_all_logs_by_count (Search *search, gboolean of_failures, guint64 max_logs)
{
  Walk walk = { G_MAXINT64, G_MAXINT64, TRUE };
  gint64 beyond;

  if (max_logs == 0)
    return TRUE;
  if (!ask_number (search,
                   JT_SQL ("SELECT id FROM run INDEXED BY run_log_by_age WHERE " IS_FAILED " = ?1 AND log_size > 0 ORDER BY id DESC LIMIT 1 OFFSET ?2"),
                   (const gint64[]){ of_failures, (gint64) MIN (max_logs, G_MAXINT64) }, 2, &beyond))
    return FALSE;
  return beyond == 0 || collect_all_logs (search, &walk, of_failures, beyond);
}

static gboolean
collect_all_logs_by_size (Search *search, guint64 max_bytes)
{
  Walk walk = { G_MAXINT64, 0, TRUE };

  return find_excess (search, 0, max_bytes, &walk.excess) && collect_all_logs (search, &walk, FALSE, G_MAXINT64)
         && collect_all_logs (search, &walk, TRUE, G_MAXINT64);
}

/* --- slices --- */

/* @is_done: it need not be looked at again in this pass. */
static gboolean
collect_of_job (Search *search, guint64 job, const JtExpiryQuery *query, gboolean *is_done)
{
  const JtRetention *rules = &query->rules;
  const JtJobRetention *own = g_hash_table_lookup (query->jobs, &job);
  guint64 keep_runs = own != NULL && own->keep_runs > 0 ? own->keep_runs : rules->keep_runs;
  guint64 keep_usec = own != NULL && own->keep_for_usec > 0 ? own->keep_for_usec : rules->keep_for_usec;
  guint n_before = search->expired->runs->len;
  gint64 excess;

  if (!collect_by_count (search, job, keep_runs, rules->max_runs) || !collect_by_age (search, job, keep_usec)
      || !collect_logs_by_count (search, job, FALSE, rules->keep_logs) || !collect_logs_by_count (search, job, TRUE, rules->keep_logs)
      || !collect_logs_by_age (search, job, FALSE, rules->keep_logs_for_usec)
      || !collect_logs_by_age (search, job, TRUE, rules->keep_failed_logs_for_usec)
      || !find_excess (search, job, rules->max_log_bytes_per_job, &excess))
    return FALSE;
  /* What goes already makes room: only then is it seen whether more must go. */
  *is_done = count_room (search) > 0 && (excess <= 0 || search->expired->runs->len == n_before);
  if (!*is_done || excess <= 0)
    return TRUE;
  if (!collect_logs_by_size (search, job, excess))
    return FALSE;
  *is_done = count_room (search) > 0;
  return TRUE;
}

/* What is left of jobs that went together with their history. @job: 0 when there is none. */
static gboolean
collect_purged (Search *search, gint64 *job)
{
  if (!ask_number (search, JT_SQL ("SELECT min (job) FROM purge"), NULL, 0, job))
    return FALSE;
  if (*job == 0)
    return TRUE;
  if (!collect_runs (search, all_runs, (guint64) *job, G_MAXINT64))
    return FALSE;
  search->expired->purged_job = count_room (search) > 0 ? (guint64) *job : 0;
  return TRUE;
}

/* The next jobs by id, living or removed. */
static GArray *
list_jobs (Search *search, guint64 after)
{
  GError *error = NULL;
  JtStatement *row = jt_db_prepare (search->db, "SELECT id FROM job WHERE id > ?1 ORDER BY id LIMIT ?2", search->error);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint64));

  if (row == NULL)
    return NULL;
  jt_statement_bind_int (row, (gint64) after);
  jt_statement_bind_int (row, JT_RETENTION_JOBS);
  while (jt_statement_step (row, &error))
    {
      guint64 id = (guint64) jt_statement_int (row);

      g_array_append_val (ids, id);
    }
  return end_rows (search, error) ? g_steal_pointer (&ids) : NULL;
}

static gboolean
collect_of_jobs (Search *search, const JtExpiryQuery *query, gboolean *has_more)
{
  g_autoptr (GArray) jobs = list_jobs (search, query->after_job);
  gboolean is_done = TRUE;

  if (jobs == NULL)
    return FALSE;
  for (guint i = 0; i < jobs->len && is_done; i++)
    {
      guint64 job = g_array_index (jobs, guint64, i);

      if (!collect_of_job (search, job, query, &is_done))
        return FALSE;
      if (is_done)
        search->expired->next_job = job;
    }
  *has_more = !is_done || jobs->len == JT_RETENTION_JOBS;
  return TRUE;
}

static gboolean
collect_slice (Search *search, const JtExpiryQuery *query)
{
  JtStoreExpired *expired = search->expired;
  gint64 purged;

  if (!collect_purged (search, &purged))
    return FALSE;
  expired->has_more = purged != 0;
  if (purged != 0)
    return TRUE;
  if (!ask_number (search, JT_SQL ("SELECT max (id) FROM run"), NULL, 0, &search->newest)
      || !collect_of_jobs (search, query, &expired->has_more))
    return FALSE;
  if (expired->has_more)
    return TRUE;
  if (!collect_all_logs_by_count (search, FALSE, query->rules.max_logs) || !collect_all_logs_by_count (search, TRUE, query->rules.max_logs))
    return FALSE;
  /* The sum of all is looked at last, when what goes for other reasons is gone. */
  expired->has_more = count_room (search) == 0 || (expired->runs->len > 0 && query->rules.max_log_bytes != 0);
  if (expired->has_more)
    return TRUE;
  if (!collect_all_logs_by_size (search, query->rules.max_log_bytes))
    return FALSE;
  expired->has_more = count_room (search) == 0;
  return TRUE;
}

JtStoreExpired *
jt_store_read_expired (JtDb *db, const JtExpiryQuery *query, gint64 now_usec, guint limit, GError **error)
{
  g_autoptr (JtStoreExpired) expired = g_new0 (JtStoreExpired, 1);
  Search search = { .db = db, .expired = expired, .now_usec = now_usec, .limit = limit, .error = error };

  expired->runs = g_array_new (FALSE, FALSE, sizeof (JtExpired));
  expired->next_job = query->after_job;
  return collect_slice (&search, query) ? g_steal_pointer (&expired) : NULL;
}

/* --- what folders belong to --- */

/* Adds @run to what is known; one that is under way is neither absent nor over. */
static gboolean
look_up (JtDb *db, guint64 run, JtStoreKnown *known, GError **error)
{
  GError *local_error = NULL;
  JtStatement *row = jt_db_prepare (db, "SELECT " IS_FINAL " FROM run WHERE id = ?1", error);

  if (row == NULL)
    return FALSE;
  jt_statement_bind_int (row, (gint64) run);
  if (!jt_statement_step (row, &local_error))
    {
      if (local_error == NULL)
        g_array_append_val (known->absent, run);
    }
  else if (jt_statement_int (row) != 0)
    g_array_append_val (known->final, run);
  jt_statement_end (row);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, local_error);
  return FALSE;
}

JtStoreKnown *
jt_store_read_known (JtDb *db, GArray *runs, GError **error)
{
  g_autoptr (JtStoreKnown) known = jt_store_known_new ();

  for (guint i = 0; i < runs->len; i++)
    if (!look_up (db, g_array_index (runs, guint64, i), known, error))
      return NULL;
  return g_steal_pointer (&known);
}
