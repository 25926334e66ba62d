/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-store-changes.h"

#include "jt-error.h"
#include "jt-run-packed.h"
#include "jt-store-deliveries.h"
#include "jt-store-episodes.h"
#include "jt-store-preferences.h"

#define DAY_USEC (24 * 3600 * (gint64) G_USEC_PER_SEC)
#define KEEP_REQUESTS_USEC (7 * DAY_USEC)
#define KEEP_OCCURRENCES_USEC (400 * DAY_USEC)

static gboolean
put_tags (JtDb *db, JtJob *job, GError **error)
{
  g_auto (GStrv) tags = jt_settings_get_strv (job->settings, "tags");
  JtStatement *statement = jt_db_prepare (db, "DELETE FROM job_tag WHERE job = ?1", error);

  if (statement == NULL)
    return FALSE;
  jt_statement_bind_int (statement, (gint64) job->id);
  if (!jt_statement_run (statement, error))
    return FALSE;
  for (guint i = 0; tags[i] != NULL; i++)
    {
      statement = jt_db_prepare (db, "INSERT OR IGNORE INTO job_tag (job, tag) VALUES (?1, ?2)", error);
      if (statement == NULL)
        return FALSE;
      jt_statement_bind_int (statement, (gint64) job->id);
      jt_statement_bind_text (statement, tags[i]);
      if (!jt_statement_run (statement, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
put_revision (JtDb *db, JtJob *job, GError **error)
{
  JtStatement *statement = jt_db_prepare (db, "INSERT OR IGNORE INTO job_revision (job, revision, at, settings) VALUES (?1, ?2, ?3, ?4)",
                                          error);
  gsize length;
  gconstpointer settings = jt_settings_get_bytes (job->settings, &length);

  if (statement == NULL)
    return FALSE;
  jt_statement_bind_int (statement, (gint64) job->id);
  jt_statement_bind_int (statement, (gint64) job->revision);
  jt_statement_bind_int (statement, job->revised_usec);
  jt_statement_bind_blob (statement, settings, length);
  return jt_statement_run (statement, error);
}

static gboolean
put_job (JtDb *db, JtJob *job, GError **error)
{
  JtStatement *statement
      = jt_db_prepare (db,
                       "INSERT INTO job (id, owner, owner_name, name, origin, origin_path, created, revised, revision, seed)"
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
                       " ON CONFLICT (id) DO UPDATE SET owner_name = ?3, name = ?4, origin = ?5, origin_path = ?6, revised = ?8,"
                       " revision = ?9",
                       error);

  if (statement == NULL)
    return FALSE;
  jt_statement_bind_int (statement, (gint64) job->id);
  jt_statement_bind_int (statement, job->owner);
  jt_statement_bind_text (statement, job->owner_name != NULL ? job->owner_name : "");
  jt_statement_bind_text (statement, job->name);
  jt_statement_bind_text (statement, jt_origin_to_string (job->origin));
  jt_statement_bind_text (statement, job->origin_path);
  jt_statement_bind_int (statement, job->created_usec);
  jt_statement_bind_int (statement, job->revised_usec);
  jt_statement_bind_int (statement, (gint64) job->revision);
  jt_statement_bind_int (statement, (gint64) job->seed);
  return jt_statement_run (statement, error) && put_revision (db, job, error) && put_tags (db, job, error);
}

static gboolean
run_with_int (JtDb *db, const JtSql *sql, guint64 value, GError **error)
{
  JtStatement *statement = jt_db_prepare_sql (db, sql, error);

  if (statement == NULL)
    return FALSE;
  jt_statement_bind_int (statement, (gint64) value);
  return jt_statement_run (statement, error);
}

/* Ids are never given again, so the highest one is remembered before it may go. It only rises: the highest that is left may be
 * below what an earlier deletion took. */
static gboolean
keep_last_id (JtDb *db, GError **error)
{
  JtStatement *statement = jt_db_prepare (db,
                                          "INSERT OR REPLACE INTO meta (key, value) SELECT 'last-run-id', CAST (max ("
                                          "coalesce ((SELECT max (id) FROM run), 0),"
                                          " coalesce ((SELECT CAST (value AS INTEGER) FROM meta WHERE key = 'last-run-id'), 0)) AS TEXT)",
                                          error);

  return statement != NULL && jt_statement_run (statement, error);
}

/* What has begun anew meanwhile is no history: only final runs go. */
static gboolean
expire_run (JtDb *db, const JtChangeItem *item, GError **error)
{
  if (item->flag)
    return run_with_int (db, JT_SQL ("UPDATE run SET log_size = 0 WHERE id = ?1"), item->id, error);
  return keep_last_id (db, error) &&
         run_with_int (db, JT_SQL ("DELETE FROM run WHERE id = ?1 AND state NOT IN ('queued', 'starting', 'running', 'retry-wait')"), item->id, error);
}

static gboolean
remove_job (JtDb *db, guint64 job, gint64 at_usec, gboolean delete_history, GError **error)
{
  JtStatement *statement = jt_db_prepare (db, "UPDATE job SET removed = ?2, next_elapse = 0 WHERE id = ?1", error);

  if (statement == NULL)
    return FALSE;
  jt_statement_bind_int (statement, (gint64) job);
  jt_statement_bind_int (statement, MAX (at_usec, 1));
  /* (its tags stay: what it did is part of what is told of them) */
  if (!jt_statement_run (statement, error))
    return FALSE;
  if (!delete_history)
    return TRUE;
  return run_with_int (db, JT_SQL ("INSERT OR IGNORE INTO purge (job) VALUES (?1)"), job, error);
}

static gboolean
put_status (JtDb *db, guint64 job, const JtJobStatus *status, GError **error)
{
  JtStatement *statement
      = jt_db_prepare (db,
                       "UPDATE job SET next_elapse = ?2, cursor = ?3, last_run = ?4, last_state = ?5, last_finished = ?6,"
                       " last_duration = ?7, typical_duration = ?8, streak = ?9, muted_until = ?10, checked_in = ?11, begun = ?12,"
                       " turned = ?13, late_since = ?14, recent = ?15, due = ?16 WHERE id = ?1",
                       error);

  if (statement == NULL)
    return FALSE;
  jt_statement_bind_int (statement, (gint64) job);
  jt_statement_bind_int (statement, status->next_elapse_usec);
  jt_statement_bind_int (statement, status->cursor_usec);
  jt_statement_bind_int (statement, (gint64) status->last_run);
  jt_statement_bind_text (statement, jt_run_state_to_string (status->last_state));
  jt_statement_bind_int (statement, status->last_finished_usec);
  jt_statement_bind_int (statement, status->last_duration_usec);
  jt_statement_bind_int (statement, status->typical_duration_usec);
  jt_statement_bind_int (statement, status->streak);
  jt_statement_bind_int (statement, status->muted_until_usec);
  jt_statement_bind_int (statement, status->checked_in_usec);
  jt_statement_bind_int (statement, status->begun_usec);
  jt_statement_bind_int (statement, status->turned_usec);
  jt_statement_bind_int (statement, status->late_since_usec);
  jt_statement_bind_text (statement, status->recent);
  jt_statement_bind_int (statement, status->due_usec);
  return jt_statement_run (statement, error);
}

static gboolean
put_attempt (JtDb *db, guint64 run, const JtAttempt *attempt, GError **error)
{
  JtStatement *statement
      = jt_db_prepare (db,
                       "INSERT OR REPLACE INTO attempt (run, number, spawns, boot_id, committed, started, finished, pid, pid_start_time,"
                       " state, exit_code, signal, reason, cpu, memory_peak, log_offset, log_dropped)"
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
                       error);

  if (statement == NULL)
    return FALSE;
  jt_statement_bind_int (statement, (gint64) run);
  jt_statement_bind_int (statement, attempt->number);
  jt_statement_bind_int (statement, attempt->spawns);
  jt_statement_bind_text (statement, attempt->boot_id != NULL ? attempt->boot_id : "");
  jt_statement_bind_int (statement, attempt->committed_usec);
  jt_statement_bind_int (statement, attempt->started_usec);
  jt_statement_bind_int (statement, attempt->finished_usec);
  jt_statement_bind_int (statement, attempt->pid);
  jt_statement_bind_int (statement, (gint64) attempt->pid_start_time);
  jt_statement_bind_text (statement, jt_run_state_to_string (attempt->state));
  jt_statement_bind_int (statement, attempt->exit_code);
  jt_statement_bind_int (statement, attempt->signal);
  jt_statement_bind_text (statement, attempt->reason);
  jt_statement_bind_int (statement, (gint64) attempt->cpu_usec);
  jt_statement_bind_int (statement, (gint64) attempt->memory_peak_bytes);
  jt_statement_bind_int (statement, (gint64) attempt->log_offset);
  jt_statement_bind_int (statement, (gint64) attempt->log_dropped_bytes);
  return jt_statement_run (statement, error);
}

/* The order is that of JT_RUN_COLUMNS in jt-store-rows.c. */
static void
bind_run (JtStatement *statement, const JtRun *run)
{
  jt_statement_bind_int (statement, (gint64) run->id);
  jt_statement_bind_int (statement, (gint64) run->job);
  jt_statement_bind_int (statement, (gint64) run->job_revision);
  jt_statement_bind_text (statement, run->job_name != NULL ? run->job_name : "");
  jt_statement_bind_int (statement, run->owner);
  jt_statement_bind_text (statement, run->owner_name != NULL ? run->owner_name : "");
  jt_statement_bind_text (statement, jt_run_state_to_string (run->state));
  jt_statement_bind_text (statement, jt_trigger_to_string (run->trigger));
  jt_statement_bind_int (statement, run->attempt);
  jt_statement_bind_int (statement, run->max_attempts);
  jt_statement_bind_int (statement, run->scheduled_usec);
  jt_statement_bind_int (statement, run->queued_usec);
  jt_statement_bind_int (statement, run->started_usec);
  jt_statement_bind_int (statement, run->finished_usec);
  jt_statement_bind_int (statement, run->next_attempt_usec);
  jt_statement_bind_double (statement, run->progress);
  jt_statement_bind_text (statement, run->message);
  jt_statement_bind_int (statement, run->eta_usec);
  jt_statement_bind_int (statement, run->exit_code);
  jt_statement_bind_int (statement, run->signal);
  jt_statement_bind_text (statement, run->reason);
  jt_statement_bind_int (statement, (gint64) run->cpu_usec);
  jt_statement_bind_int (statement, (gint64) run->memory_peak_bytes);
  jt_statement_bind_int (statement, (gint64) run->log_size_bytes);
  jt_statement_bind_text (statement, run->acknowledged_by);
  jt_statement_bind_text (statement, run->acknowledge_note);
  jt_statement_bind_int (statement, (gint64) run->retry_of);
  jt_statement_bind_int (statement, (gint64) run->missed_count);
  jt_statement_bind_int (statement, run->missed_from_usec);
  jt_statement_bind_int (statement, run->missed_to_usec);
  jt_statement_bind_int (statement, run->cancel_requested);
  jt_statement_bind_text (statement, run->cancel_reason);
  jt_statement_bind_text (statement, run->host);
  jt_statement_bind_text (statement, run->executor);
  jt_statement_bind_text (statement, run->invocation_id);
  jt_statement_bind_text (statement, run->request_id);
  jt_statement_bind_text (statement, run->bus_id);
  jt_statement_bind_text (statement, run->sender);
  jt_statement_bind_int (statement, run->heartbeat_timeout_usec);
  jt_statement_bind_int (statement, run->due_usec);
  jt_statement_bind_text (statement, run->cause);
}

/* What a run was begun as never changes: its job, revision, names, owner, trigger and cause are written once. An index over a column that is set
 * anew, to the same value even, would be written anew as well. */
static gboolean
put_run (JtDb *db, JtRun *run, GError **error)
{
  JtStatement *statement
      = jt_db_prepare (db,
                       "INSERT INTO run (id, job, job_revision, job_name, owner, owner_name, state, trigger, attempt, max_attempts,"
                       " scheduled, queued, started, finished, next_attempt, progress, message, eta, exit_code, signal, reason, cpu,"
                       " memory_peak, log_size, acknowledged_by, acknowledge_note, retry_of, missed_count, missed_from, missed_to,"
                       " cancel_requested, cancel_reason, host, executor, invocation_id, request_id, bus_id, sender, heartbeat_timeout,"
                       " due, cause)"
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,"
                       " ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38, ?39, ?40, ?41)"
                       " ON CONFLICT (id) DO UPDATE SET state = ?7, attempt = ?9,"
                       " max_attempts = ?10, scheduled = ?11, queued = ?12, started = ?13, finished = ?14, next_attempt = ?15,"
                       " progress = ?16, message = ?17, eta = ?18, exit_code = ?19, signal = ?20, reason = ?21, cpu = ?22,"
                       " memory_peak = ?23, log_size = ?24, acknowledged_by = ?25, acknowledge_note = ?26, retry_of = ?27,"
                       " missed_count = ?28, missed_from = ?29, missed_to = ?30, cancel_requested = ?31, cancel_reason = ?32,"
                       " host = ?33, executor = ?34, invocation_id = ?35, request_id = ?36, bus_id = ?37, sender = ?38,"
                       " heartbeat_timeout = ?39, due = ?40",
                       error);

  if (statement == NULL)
    return FALSE;
  bind_run (statement, run);
  if (!jt_statement_run (statement, error))
    return FALSE;
  for (guint i = 0; i < run->attempts->len; i++)
    if (!put_attempt (db, run->id, g_ptr_array_index (run->attempts, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
add_occurrence (JtDb *db, const JtChangeItem *item, gint64 now_usec, GError **error)
{
  JtStatement *statement = jt_db_prepare (db, "INSERT INTO occurrence (job, key, outcome, run, at) VALUES (?1, ?2, ?3, ?4, ?5)", error);

  if (statement == NULL)
    return FALSE;
  jt_statement_bind_int (statement, (gint64) item->id);
  jt_statement_bind_text (statement, item->text);
  jt_statement_bind_text (statement, item->text2);
  jt_statement_bind_int (statement, item->number);
  jt_statement_bind_int (statement, now_usec);
  return jt_statement_run (statement, error);
}

static void
bind_what (JtStatement *statement, const JtEvent *event)
{
  g_autoptr (GByteArray) packed = event->value != NULL ? jt_run_pack (event->value) : NULL;
  g_autoptr (GVariant) row = packed == NULL ? jt_event_make_what (event) : NULL;

  if (packed != NULL)
    jt_statement_bind_blob (statement, packed->data, packed->len);
  else
    jt_statement_bind_blob (statement, g_variant_get_data (row), g_variant_get_size (row));
}

static gboolean
add_event (JtDb *db, JtEvent *event, GError **error)
{
  JtStatement *statement = jt_db_prepare (db, "INSERT INTO event (kind, at, job, run, owner, what) VALUES (?1, ?2, ?3, ?4, ?5, ?6)", error);

  if (statement == NULL)
    return FALSE;
  jt_statement_bind_int (statement, event->kind);
  jt_statement_bind_int (statement, event->at_usec);
  jt_statement_bind_int (statement, (gint64) event->job);
  jt_statement_bind_int (statement, (gint64) event->run);
  jt_statement_bind_int (statement, event->owner);
  bind_what (statement, event);
  if (!jt_statement_run (statement, error))
    return FALSE;
  event->sequence = (guint64) jt_db_get_last_id (db);
  return TRUE;
}

static gboolean
add_request (JtDb *db, const JtChangeItem *item, gint64 now_usec, GError **error)
{
  JtStatement *statement = jt_db_prepare (db,
                                          "INSERT INTO request (uid, id, digest, first_id, count, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
                                          " ON CONFLICT (uid, id) DO UPDATE SET digest = ?3, first_id = ?4, count = ?5, at = ?6"
                                          " WHERE at < ?7",
                                          error);

  if (statement == NULL)
    return FALSE;
  jt_statement_bind_int (statement, (gint64) item->id);
  jt_statement_bind_text (statement, item->text);
  jt_statement_bind_text (statement, item->text2 != NULL ? item->text2 : "");
  jt_statement_bind_int (statement, item->number);
  jt_statement_bind_int (statement, item->number2);
  jt_statement_bind_int (statement, now_usec);
  jt_statement_bind_int (statement, now_usec - KEEP_REQUESTS_USEC);
  if (!jt_statement_run (statement, error))
    return FALSE;
  if (jt_db_get_changes (db) == 1)
    return TRUE;
  g_set_error_literal (error, JT_ERROR, JT_ERROR_EXISTS, "the request is on record already");
  return FALSE;
}

static gboolean
set_meta (JtDb *db, const JtChangeItem *item, GError **error)
{
  JtStatement *statement = jt_db_prepare (db, "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)", error);

  if (statement == NULL)
    return FALSE;
  jt_statement_bind_text (statement, item->text);
  jt_statement_bind_text (statement, item->text2 != NULL ? item->text2 : "");
  return jt_statement_run (statement, error);
}

static gboolean
put_mark (JtDb *db, const JtChangeItem *item, GError **error)
{
  JtStatement *statement = jt_db_prepare (db, "INSERT OR REPLACE INTO mark (job, entry, mark, reason, run) VALUES (?1, ?2, ?3, ?4, ?5)", error);

  if (statement == NULL)
    return FALSE;
  jt_statement_bind_int (statement, (gint64) item->id);
  jt_statement_bind_text (statement, item->text);
  jt_statement_bind_int (statement, item->number);
  jt_statement_bind_text (statement, item->text2);
  jt_statement_bind_int (statement, item->number2);
  return jt_statement_run (statement, error);
}

/* What is told, to whom, and how they want it. */
static gboolean
apply_notification (JtDb *db, const JtChangeItem *item, GError **error)
{
  switch (item->kind)
    {
    case JT_CHANGE_PUT_DELIVERY:
      return jt_store_put_delivery (db, item->delivery, error);
    case JT_CHANGE_EXPIRE_DELIVERIES:
      return jt_store_expire_deliveries (db, item->number, item->number2, error);
    case JT_CHANGE_PUT_PREFERENCES:
      return jt_store_put_preferences (db, (guint32) item->id, item->settings, item->number, error);
    case JT_CHANGE_PUT_TEMPLATE:
      return jt_store_put_template (db, (guint32) item->id, item->text, item->text2, item->number, error);
    case JT_CHANGE_PUT_EPISODE:
      return jt_store_put_episode (db, item->episode, error);
    case JT_CHANGE_END_EPISODE:
      return jt_store_end_episodes (db, item->id, item->text, error);
    default:
      g_return_val_if_reached (FALSE);
    }
}

static gboolean
apply_item (JtDb *db, JtChangeItem *item, gint64 now_usec, GError **error)
{
  switch (item->kind)
    {
    case JT_CHANGE_PUT_JOB:
      return put_job (db, item->job, error);
    case JT_CHANGE_REMOVE_JOB:
      return remove_job (db, item->id, item->number, item->flag, error);
    case JT_CHANGE_END_PURGE:
      return run_with_int (db, JT_SQL ("DELETE FROM purge WHERE job = ?1"), item->id, error);
    case JT_CHANGE_PUT_STATUS:
      return put_status (db, item->id, &item->status, error);
    case JT_CHANGE_ADD_OCCURRENCE:
      return add_occurrence (db, item, now_usec, error);
    case JT_CHANGE_PUT_RUN:
      return put_run (db, item->run, error);
    case JT_CHANGE_ADD_EVENT:
      return add_event (db, item->event, error);
    case JT_CHANGE_ADD_REQUEST:
      return add_request (db, item, now_usec, error);
    case JT_CHANGE_SET_META:
      return set_meta (db, item, error);
    case JT_CHANGE_EXPIRE_RUN:
      return expire_run (db, item, error);
    case JT_CHANGE_PUT_MARK:
      return put_mark (db, item, error);
    case JT_CHANGE_CLEAR_MARKS:
      return run_with_int (db, JT_SQL ("DELETE FROM mark WHERE job = ?1"), item->id, error);
    case JT_CHANGE_ADD_SAMPLE:
      return TRUE; /* with all others of the group, when the change is through */
    default:
      return apply_notification (db, item, error);
    }
}

static gboolean
run_plain (JtDb *db, const JtSql *sql, GError **error)
{
  JtStatement *statement = jt_db_prepare_sql (db, sql, error);

  return statement != NULL && jt_statement_run (statement, error);
}

gboolean
jt_store_apply_change (JtDb *db, JtChange *change, gint64 now_usec, JtRollupDelta *rollups, GError **error)
{
  if (!run_plain (db, JT_SQL ("SAVEPOINT change"), error))
    return FALSE;
  for (guint i = 0; i < change->items->len; i++)
    if (!apply_item (db, &g_array_index (change->items, JtChangeItem, i), now_usec, error))
      {
        run_plain (db, JT_SQL ("ROLLBACK TO change"), NULL);
        run_plain (db, JT_SQL ("RELEASE change"), NULL);
        return FALSE;
      }
  if (!run_plain (db, JT_SQL ("RELEASE change"), error))
    return FALSE;
  for (guint i = 0; i < change->items->len; i++)
    {
      const JtChangeItem *item = &g_array_index (change->items, JtChangeItem, i);

      if (item->kind == JT_CHANGE_ADD_SAMPLE)
        jt_rollup_delta_add (rollups, item->sample);
    }
  return TRUE;
}

static gboolean
prune_with (JtDb *db, const JtSql *sql, gint64 bound, guint limit, GError **error)
{
  JtStatement *statement = jt_db_prepare_sql (db, sql, error);

  if (statement == NULL)
    return FALSE;
  jt_statement_bind_int (statement, bound);
  jt_statement_bind_int (statement, limit);
  return jt_statement_run (statement, error);
}

/* By time, up to where the limit ends: found by their keys, all that a job ever had would be looked at for each. */
#define DELETE_OLDEST(table, index) \
  "DELETE FROM " table " INDEXED BY " index " WHERE at <= coalesce ((SELECT at FROM " table " INDEXED BY " index \
  " WHERE at < ?1 ORDER BY at LIMIT 1 OFFSET ?2), ?1 - 1)"

gboolean
jt_store_prune (JtDb *db, gint64 now_usec, gint64 keep_events, guint limit, GError **error)
{
  return prune_with (db, JT_SQL ("DELETE FROM event WHERE id <= (SELECT max (id) FROM event) - ?1 AND id < (SELECT min (id) FROM event) + ?2"),
                     keep_events, limit, error) &&
         prune_with (db, JT_SQL (DELETE_OLDEST ("request", "request_by_time")), now_usec - KEEP_REQUESTS_USEC, limit, error) &&
         /* (any number of jobs share an hour, so time is no bound here) */
         prune_with (db, JT_SQL ("DELETE FROM rollup WHERE (scope, key, at) IN (SELECT scope, key, at FROM rollup INDEXED BY rollup_hour_by_time"
                     " WHERE scope = 'job-hour' AND at < ?1 LIMIT ?2)"),
                     now_usec - JT_STATS_KEEP_HOURS_USEC, limit, error) &&
         prune_with (db, JT_SQL (DELETE_OLDEST ("occurrence", "occurrence_by_time")), now_usec - KEEP_OCCURRENCES_USEC, limit, error);
}
