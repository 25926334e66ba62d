/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-store-rows.h"

#include "jt-error.h"
#include "jt-run-packed.h"
#include "jt-store-deliveries.h"
#include "jt-store-episodes.h"
#include "jt-store-preferences.h"

#define KEEP_REQUESTS_USEC (7 * 24 * 3600 * (gint64) G_USEC_PER_SEC)

#define JT_RUN_COLUMNS \
  "id, job, job_revision, job_name, owner, owner_name, state, trigger, attempt, max_attempts, scheduled, queued, started, finished," \
  " next_attempt, progress, message, eta, exit_code, signal, reason, cpu, memory_peak, log_size, acknowledged_by, acknowledge_note," \
  " retry_of, missed_count, missed_from, missed_to, cancel_requested, cancel_reason, host, executor, invocation_id, request_id," \
  " bus_id, sender, heartbeat_timeout, due, cause"

/* What was deleted is gone at once for whoever asks, though its rows go one after the other. */
#define IS_NOT_PURGED "NOT EXISTS (SELECT 1 FROM purge WHERE purge.job = run.job)"

/* What has no index is looked for row by row, of the job, name or owner where one is given; the question's deadline ends it. */
#define RUNS_WHERE " AND (?3 = 0 OR ((1 << CASE state WHEN 'queued' THEN 0 WHEN 'starting' THEN 1 WHEN 'running' THEN 2" \
                   " WHEN 'retry-wait' THEN 3 WHEN 'succeeded' THEN 4 WHEN 'warning' THEN 5 WHEN 'failed' THEN 6" \
                   " WHEN 'timed-out' THEN 7 WHEN 'cancelled' THEN 8 WHEN 'lost' THEN 9 WHEN 'skipped' THEN 10 ELSE 11 END) & ?3) != 0)" \
                   " AND (?4 = 0 OR ((1 << CASE trigger WHEN 'schedule' THEN 0 WHEN 'manual' THEN 1 WHEN 'retry-request' THEN 2" \
                   " WHEN 'dependency' THEN 3 WHEN 'event' THEN 4 WHEN 'tracked' THEN 5 WHEN 'ping' THEN 6 ELSE 7 END) & ?4) != 0)" \
                   " AND queued >= ?5 AND (?6 = 0 OR queued < ?6)" \
                   " AND (?7 IS NULL OR EXISTS (SELECT 1 FROM job_tag WHERE tag = ?7 AND job_tag.job = run.job))" \
                   " AND (?8 IS NULL OR job_name = ?8) AND (?9 < 0 OR owner = ?9) AND " IS_NOT_PURGED \
                   " ORDER BY id DESC LIMIT ?2"

static char *
dup_text (JtStatement *row)
{
  return g_strdup (jt_statement_text (row));
}

static JtRunState
read_state (JtStatement *row)
{
  JtRunState state = JT_RUN_LOST;

  jt_run_state_from_string (jt_statement_text (row), &state);
  return state;
}

static JtRun *
read_run_row (JtStatement *row)
{
  JtRun *run = jt_run_new ();

  run->id = (guint64) jt_statement_int (row);
  run->job = (guint64) jt_statement_int (row);
  run->job_revision = (guint64) jt_statement_int (row);
  run->job_name = dup_text (row);
  run->owner = (guint32) jt_statement_int (row);
  run->owner_name = dup_text (row);
  run->state = read_state (row);
  jt_trigger_from_string (jt_statement_text (row), &run->trigger);
  run->attempt = (guint32) jt_statement_int (row);
  run->max_attempts = (guint32) jt_statement_int (row);
  run->scheduled_usec = jt_statement_int (row);
  run->queued_usec = jt_statement_int (row);
  run->started_usec = jt_statement_int (row);
  run->finished_usec = jt_statement_int (row);
  run->next_attempt_usec = jt_statement_int (row);
  run->progress = jt_statement_double (row);
  run->message = dup_text (row);
  run->eta_usec = jt_statement_int (row);
  run->exit_code = (gint32) jt_statement_int (row);
  run->signal = (gint32) jt_statement_int (row);
  run->reason = dup_text (row);
  run->cpu_usec = (guint64) jt_statement_int (row);
  run->memory_peak_bytes = (guint64) jt_statement_int (row);
  run->log_size_bytes = (guint64) jt_statement_int (row);
  run->acknowledged_by = dup_text (row);
  run->acknowledge_note = dup_text (row);
  run->retry_of = (guint64) jt_statement_int (row);
  run->missed_count = (guint64) jt_statement_int (row);
  run->missed_from_usec = jt_statement_int (row);
  run->missed_to_usec = jt_statement_int (row);
  run->cancel_requested = jt_statement_int (row) != 0;
  run->cancel_reason = dup_text (row);
  run->host = dup_text (row);
  run->executor = dup_text (row);
  run->invocation_id = dup_text (row);
  run->request_id = dup_text (row);
  run->bus_id = dup_text (row);
  run->sender = dup_text (row);
  run->heartbeat_timeout_usec = jt_statement_int (row);
  run->due_usec = jt_statement_int (row);
  run->cause = dup_text (row);
  return run;
}

static JtAttempt *
read_attempt_row (JtStatement *row)
{
  JtAttempt *attempt = jt_attempt_new ();

  attempt->number = (guint32) jt_statement_int (row);
  attempt->spawns = (guint32) jt_statement_int (row);
  attempt->boot_id = dup_text (row);
  attempt->committed_usec = jt_statement_int (row);
  attempt->started_usec = jt_statement_int (row);
  attempt->finished_usec = jt_statement_int (row);
  attempt->pid = (gint32) jt_statement_int (row);
  attempt->pid_start_time = (guint64) jt_statement_int (row);
  attempt->state = read_state (row);
  attempt->exit_code = (gint32) jt_statement_int (row);
  attempt->signal = (gint32) jt_statement_int (row);
  attempt->reason = dup_text (row);
  attempt->cpu_usec = (guint64) jt_statement_int (row);
  attempt->memory_peak_bytes = (guint64) jt_statement_int (row);
  attempt->log_offset = (guint64) jt_statement_int (row);
  attempt->log_dropped_bytes = (guint64) jt_statement_int (row);
  return attempt;
}

static gboolean
read_attempts (JtDb *db, JtRun *run, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  JtStatement *row = jt_db_prepare (db,
                                    "SELECT number, spawns, boot_id, committed, started, finished, pid, pid_start_time, state, exit_code,"
                                    " signal, reason, cpu, memory_peak, log_offset, log_dropped FROM attempt WHERE run = ?1"
                                    " ORDER BY number",
                                    error);

  if (row == NULL)
    return FALSE;
  jt_statement_bind_int (row, (gint64) run->id);
  while (jt_statement_step (row, &local_error))
    g_ptr_array_add (run->attempts, read_attempt_row (row));
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static JtSettings *
read_settings (JtStatement *row, GError **error)
{
  gsize length;
  gconstpointer data = jt_statement_blob (row, &length);

  return jt_settings_new_from_bytes (data, length, error);
}

JtRun *
jt_store_read_run (JtDb *db, guint64 id, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  JtStatement *row = jt_db_prepare (db, "SELECT " JT_RUN_COLUMNS " FROM run WHERE id = ?1 AND " IS_NOT_PURGED, error);
  g_autoptr (JtRun) run = NULL;

  if (row == NULL)
    return NULL;
  jt_statement_bind_int (row, (gint64) id);
  if (jt_statement_step (row, &local_error))
    run = read_run_row (row);
  else
    {
      if (local_error != NULL)
        g_propagate_error (error, g_steal_pointer (&local_error));
      else
        g_set_error_literal (error, JT_ERROR, JT_ERROR_NOT_FOUND, "no such run");
      return NULL;
    }
  jt_statement_step (row, NULL);
  return read_attempts (db, run, error) ? g_steal_pointer (&run) : NULL;
}

static const JtSql *
choose_runs_statement (const JtFilter *filter)
{
  if (filter->job != 0)
    return JT_SQL ("SELECT " JT_RUN_COLUMNS " FROM run INDEXED BY run_by_job WHERE job = ?10 AND id < ?1" RUNS_WHERE);
  if (filter->job_name != NULL)
    return JT_SQL ("SELECT " JT_RUN_COLUMNS " FROM run INDEXED BY run_by_name WHERE job_name = ?8 AND id < ?1" RUNS_WHERE);
  if (filter->owner != JT_ANY_OWNER || filter->viewer != 0)
    return JT_SQL ("SELECT " JT_RUN_COLUMNS " FROM run INDEXED BY run_by_owner WHERE owner = ?9 AND id < ?1" RUNS_WHERE);
  return JT_SQL ("SELECT " JT_RUN_COLUMNS " FROM run WHERE id < ?1" RUNS_WHERE);
}

GPtrArray *
jt_store_read_runs (JtDb *db, const JtFilter *filter, guint64 before, guint limit, GError **error)
{
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_run_unref);
  g_autoptr (GError) local_error = NULL;
  gint64 owner = filter->owner != JT_ANY_OWNER ? (gint64) filter->owner : -1;
  JtStatement *row;

  /* Somebody who asks for what is another's finds nothing. */
  if (filter->viewer != 0 && owner >= 0 && owner != (gint64) filter->viewer)
    return g_steal_pointer (&runs);
  if (filter->viewer != 0)
    owner = filter->viewer;
  row = jt_db_prepare_sql (db, choose_runs_statement (filter), error);
  if (row == NULL)
    return NULL;
  jt_statement_bind_int (row, before == 0 ? G_MAXINT64 : (gint64) MIN (before, G_MAXINT64));
  jt_statement_bind_int (row, limit);
  jt_statement_bind_int (row, filter->states);
  jt_statement_bind_int (row, filter->triggers);
  jt_statement_bind_int (row, filter->since_usec);
  jt_statement_bind_int (row, filter->until_usec);
  jt_statement_bind_text (row, filter->tag);
  jt_statement_bind_text (row, filter->job_name);
  jt_statement_bind_int (row, owner);
  if (filter->job != 0)
    jt_statement_bind_int (row, (gint64) filter->job);
  while (jt_statement_step (row, &local_error))
    g_ptr_array_add (runs, read_run_row (row));
  if (local_error == NULL)
    return g_steal_pointer (&runs);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/* A number that could not be read is no number: an id taken for 0 would be given again. @sql: always gives a row. */
static gboolean
read_number (JtDb *db, const JtSql *sql, guint64 *number, GError **error)
{
  gint64 value = jt_db_query_number (db, sql, -1);

  if (value < 0)
    g_set_error_literal (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE, "the storage failed: the highest ids could not be read");
  *number = (guint64) MAX (value, 0);
  return value >= 0;
}

static gboolean
check_events_kept (JtDb *db, guint64 after, GError **error)
{
  guint64 newest;
  guint64 oldest;

  if (!read_number (db, JT_SQL ("SELECT max (id) FROM event"), &newest, error) ||
      !read_number (db, JT_SQL ("SELECT min (id) FROM event"), &oldest, error))
    return FALSE;
  if (after <= newest && after + 1 >= MAX (oldest, 1))
    return TRUE;
  g_set_error (error, JT_ERROR, JT_ERROR_NOT_FOUND, "events after %" G_GUINT64_FORMAT " are not kept; load anew", after);
  return FALSE;
}

/* NULL: it cannot be read. */
static JtEvent *
make_event (JtEventKind kind, gint64 at_usec, guint64 job, guint64 run, guint32 owner, const guint8 *data, gsize length)
{
  g_autoptr (JtRun) value = run != 0 ? jt_run_unpack (data, length) : NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (value != NULL)
    return jt_event_new_for_run (kind, at_usec, value);
  if (run != 0)
    return NULL;
  bytes = g_bytes_new (data, length);
  return jt_event_new (kind, at_usec, job, owner, g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));
}

static JtEvent *
read_event_row (JtStatement *row)
{
  guint64 sequence = (guint64) jt_statement_int (row);
  JtEventKind kind = (JtEventKind) jt_statement_int (row);
  gint64 at_usec = jt_statement_int (row);
  guint64 job = (guint64) jt_statement_int (row);
  guint64 run = (guint64) jt_statement_int (row);
  guint32 owner = (guint32) jt_statement_int (row);
  gsize length;
  gconstpointer data = jt_statement_blob (row, &length);
  JtEvent *event = make_event (kind, at_usec, job, run, owner, data, length);

  if (event != NULL)
    event->sequence = sequence;
  return event;
}

GPtrArray *
jt_store_read_events (JtDb *db, guint32 viewer, guint64 after, guint limit, GError **error)
{
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_event_unref);
  g_autoptr (GError) local_error = NULL;
  gboolean is_damaged = FALSE;
  JtStatement *row;

  if (!check_events_kept (db, after, error))
    return NULL;
  row = jt_db_prepare (db, "SELECT id, kind, at, job, run, owner, what FROM event WHERE id > ?1 AND (?2 = 0 OR owner = ?2) ORDER BY id LIMIT ?3",
                       error);
  if (row == NULL)
    return NULL;
  jt_statement_bind_int (row, (gint64) after);
  jt_statement_bind_int (row, viewer);
  jt_statement_bind_int (row, limit);
  while (jt_statement_step (row, &local_error))
    {
      JtEvent *event = read_event_row (row);

      if (event != NULL)
        g_ptr_array_add (events, event);
      else
        is_damaged = TRUE;
    }
  if (local_error == NULL && is_damaged)
    g_set_error (&local_error, JT_ERROR, JT_ERROR_NOT_FOUND, "events after %" G_GUINT64_FORMAT " cannot be read; load anew", after);
  if (local_error == NULL)
    return g_steal_pointer (&events);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

JtSettings *
jt_store_read_revision (JtDb *db, guint64 job, guint64 revision, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  JtStatement *row = jt_db_prepare (db, "SELECT settings FROM job_revision WHERE job = ?1 AND revision = ?2", error);
  JtSettings *settings;

  if (row == NULL)
    return NULL;
  jt_statement_bind_int (row, (gint64) job);
  jt_statement_bind_int (row, (gint64) revision);
  if (!jt_statement_step (row, &local_error))
    {
      if (local_error != NULL)
        g_propagate_error (error, g_steal_pointer (&local_error));
      else
        g_set_error_literal (error, JT_ERROR, JT_ERROR_NOT_FOUND, "no such revision");
      return NULL;
    }
  settings = read_settings (row, error);
  jt_statement_step (row, NULL);
  return settings;
}

JtStoreRequest *
jt_store_read_request (JtDb *db, guint32 uid, const char *request_id, gint64 now_usec, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  JtStatement *row = jt_db_prepare (db, "SELECT digest, first_id, count FROM request WHERE uid = ?1 AND id = ?2 AND at >= ?3", error);
  JtStoreRequest *request;

  if (row == NULL)
    return NULL;
  jt_statement_bind_int (row, uid);
  jt_statement_bind_text (row, request_id);
  jt_statement_bind_int (row, now_usec - KEEP_REQUESTS_USEC);
  request = g_new0 (JtStoreRequest, 1);
  if (jt_statement_step (row, &local_error))
    {
      request->found = TRUE;
      request->digest = dup_text (row);
      request->first_id = (guint64) jt_statement_int (row);
      request->count = (guint) jt_statement_int (row);
      jt_statement_step (row, NULL);
    }
  if (local_error == NULL)
    return request;
  jt_store_request_free (request);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/* --- everything that core keeps --- */

static gboolean
read_job_row (JtStatement *row, JtJobEntry *entry, GError **error)
{
  JtJob *job = entry->job = jt_job_new ();

  job->id = (guint64) jt_statement_int (row);
  job->owner = (guint32) jt_statement_int (row);
  job->owner_name = dup_text (row);
  job->name = dup_text (row);
  jt_origin_from_string (jt_statement_text (row), &job->origin);
  job->origin_path = dup_text (row);
  job->created_usec = jt_statement_int (row);
  job->revised_usec = jt_statement_int (row);
  job->revision = (guint64) jt_statement_int (row);
  job->seed = (guint64) jt_statement_int (row);
  entry->status.next_elapse_usec = jt_statement_int (row);
  entry->status.cursor_usec = jt_statement_int (row);
  entry->status.last_run = (guint64) jt_statement_int (row);
  entry->status.last_state = read_state (row);
  entry->status.last_finished_usec = jt_statement_int (row);
  entry->status.last_duration_usec = jt_statement_int (row);
  entry->status.typical_duration_usec = jt_statement_int (row);
  entry->status.streak = (gint32) jt_statement_int (row);
  entry->status.muted_until_usec = jt_statement_int (row);
  entry->status.checked_in_usec = jt_statement_int (row);
  entry->status.begun_usec = jt_statement_int (row);
  entry->status.turned_usec = jt_statement_int (row);
  entry->status.late_since_usec = jt_statement_int (row);
  g_strlcpy (entry->status.recent, jt_statement_text (row), sizeof entry->status.recent);
  entry->status.due_usec = jt_statement_int (row);
  job->settings = read_settings (row, error);
  if (job->settings != NULL)
    return TRUE;
  g_prefix_error (error, "job %" G_GUINT64_FORMAT " '%s': ", job->id, job->name);
  return FALSE;
}

static gboolean
read_jobs (JtDb *db, GArray *jobs, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  JtStatement *row = jt_db_prepare (db,
                                    "SELECT id, owner, owner_name, name, origin, origin_path, created, revised, job.revision, seed,"
                                    " next_elapse, cursor, last_run, last_state, last_finished, last_duration, typical_duration, streak,"
                                    " muted_until, checked_in, begun, turned, late_since, recent, due, settings FROM job JOIN job_revision ON job_revision.job = job.id"
                                    " AND job_revision.revision = job.revision WHERE removed = 0 ORDER BY id",
                                    error);

  if (row == NULL)
    return FALSE;
  while (jt_statement_step (row, &local_error))
    {
      g_array_set_size (jobs, jobs->len + 1);
      if (!read_job_row (row, &g_array_index (jobs, JtJobEntry, jobs->len - 1), error))
        return FALSE;
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
read_active_runs (JtDb *db, GPtrArray *runs, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  JtStatement *row = jt_db_prepare (db,
                                    "SELECT " JT_RUN_COLUMNS " FROM run INDEXED BY run_active"
                                    " WHERE state = 'queued' OR state = 'starting' OR state = 'running' OR state = 'retry-wait' ORDER BY id",
                                    error);

  if (row == NULL)
    return FALSE;
  while (jt_statement_step (row, &local_error))
    g_ptr_array_add (runs, read_run_row (row));
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  for (guint i = 0; i < runs->len; i++)
    if (!read_attempts (db, g_ptr_array_index (runs, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
read_meta (JtDb *db, GHashTable *meta, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  JtStatement *row = jt_db_prepare (db, "SELECT key, value FROM meta", error);

  if (row == NULL)
    return FALSE;
  while (jt_statement_step (row, &local_error))
    {
      char *key = dup_text (row);

      g_hash_table_insert (meta, key, dup_text (row));
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
read_marks (JtDb *db, GArray *marks, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  JtStatement *row = jt_db_prepare (db, "SELECT job, entry, mark, reason, run FROM mark", error);

  if (row == NULL)
    return FALSE;
  while (jt_statement_step (row, &local_error))
    {
      JtStoreMark mark = { 0 };

      mark.job = (guint64) jt_statement_int (row);
      mark.entry = dup_text (row);
      mark.mark = (JtMark) jt_statement_int (row);
      mark.reason = dup_text (row);
      mark.run = (guint64) jt_statement_int (row);
      g_array_append_val (marks, mark);
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

JtStoreContents *
jt_store_read_contents (JtDb *db, GError **error)
{
  g_autoptr (JtStoreContents) contents = jt_store_contents_new ();
  const char *kept;

  if (!read_jobs (db, contents->jobs, error) || !read_active_runs (db, contents->runs, error) || !read_meta (db, contents->meta, error)
      || !read_marks (db, contents->marks, error))
    return NULL;
  if (!jt_store_read_delivery_contents (db, contents, error) || !jt_store_read_preferences (db, contents->preferences, error)
      || !jt_store_read_episodes (db, contents->episodes, error))
    return NULL;
  if (!read_number (db, JT_SQL ("SELECT max (id) FROM job"), &contents->last_job_id, error) ||
      !read_number (db, JT_SQL ("SELECT max (id) FROM run"), &contents->last_run_id, error) ||
      !read_number (db, JT_SQL ("SELECT max (id) FROM event"), &contents->last_sequence, error))
    return NULL;
  contents->last_commit_usec = jt_db_query_number (db, JT_SQL ("SELECT at FROM event WHERE id = (SELECT max (id) FROM event)"), 0);
  /* Deleted history takes its ids along: the highest one given is kept apart. */
  kept = g_hash_table_lookup (contents->meta, "last-run-id");
  if (kept != NULL)
    contents->last_run_id = MAX (contents->last_run_id, g_ascii_strtoull (kept, NULL, 10));
  return g_steal_pointer (&contents);
}
