/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-sqlite-store.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jt-db.h"
#include "jt-error.h"
#include "jt-migrations.h"
#include "jt-store-changes.h"
#include "jt-store-expired.h"
#include "jt-store-questions.h"
#include "jt-store-rollups.h"
#include "jt-store-rows.h"
#include "jt-store-statistics.h"
#include "jt-store-upgrade.h"

#define MAX_QUEUED 100000
#define MAX_GROUP 512
#define MAX_READS_WAITING 1000
#define READ_THREADS 2
#define READ_LIMIT_USEC (5 * G_USEC_PER_SEC)
#define KEEP_EVENTS 100000
/* Housekeeping after this many operations, twice as much as came: it always catches up. */
#define PRUNE_EVERY 2000
/* So long a change that may wait does. */
#define PATIENCE_USEC 5000

typedef enum
{
  OP_CHANGE,
  OP_LOAD,
  OP_FIND_REQUEST,
  OP_GET_RUN,
  OP_LIST_RUNS,
  OP_LIST_EVENTS,
  OP_GET_REVISION,
  OP_GET_STATISTICS,
  OP_LIST_EXPIRED,
  OP_LIST_KNOWN,
  OP_ASK,
} OpKind;

/* One question or change on its way to a thread and back. */
typedef struct
{
  OpKind         kind;
  GTask         *task;   /* (owned) */
  gint64         now_usec;
  JtChange      *change; /* (owned) */
  JtFilter      *filter; /* (owned) */
  JtStatsQuery  *query;  /* (owned) */
  JtExpiryQuery *expiry; /* (owned) */
  GArray        *runs;   /* (owned) */
  const JtQuestion *question; /* of OP_ASK */
  gpointer       asked;  /* (owned) what of it */
  guint64        id;
  guint64        id2;
  guint          limit;
  char          *text;
  gpointer       value;  /* (owned) the answer */
  GDestroyNotify destroy;
  GError        *error;  /* (owned) */
} Op;

struct _JtSqliteStore
{
  GObject   parent;
  JtClock  *clock; /* (owned) */
  char     *directory;
  char     *path;

  GThread  *writer;
  GMutex    mutex;
  GCond     wake;
  GQueue    queue;        /* (element-type Op) guarded by mutex */
  guint     n_urgent;     /* of them, those that may not wait; guarded by mutex */
  gint64    patient_until_usec; /* the others wait until then, on the monotonic clock; guarded by mutex */
  gboolean  is_quitting;  /* guarded by mutex */

  /* the writer thread's */
  JtDb     *db;
  JtRollupDelta *rollups; /* what the group under way adds to the rollups */
  gboolean  is_broken;    /* a group failed; nothing is written until a load */
  guint     n_since_prune;
  guint     max_pages;
  gint      n_transactions; /* atomic */

  GThreadPool *readers;
  GAsyncQueue *connections; /* (element-type JtDb) idle ones of the readers */
};

static void
op_free (Op *op)
{
  g_clear_object (&op->task);
  g_clear_pointer (&op->change, jt_change_free);
  g_clear_pointer (&op->filter, jt_filter_free);
  g_clear_pointer (&op->query, jt_stats_query_free);
  g_clear_pointer (&op->expiry, jt_expiry_query_free);
  g_clear_pointer (&op->runs, g_array_unref);
  if (op->asked != NULL)
    op->question->free_asked (op->asked);
  g_free (op->text);
  if (op->value != NULL && op->destroy != NULL)
    op->destroy (op->value);
  g_clear_error (&op->error);
  g_free (op);
}

static void
answer (Op *op)
{
  if (op->error != NULL)
    g_task_return_error (op->task, g_steal_pointer (&op->error));
  else
    g_task_return_pointer (op->task, g_steal_pointer (&op->value), op->destroy);
  op_free (op);
}

static gboolean
answer_group_cb (gpointer user_data)
{
  GPtrArray *group = user_data;

  for (guint i = 0; i < group->len; i++)
    answer (g_ptr_array_index (group, i));
  g_ptr_array_unref (group);
  return G_SOURCE_REMOVE;
}

/* --- opening, on the writer's thread --- */

static gboolean
check_directory (JtSqliteStore *self, GError **error)
{
  struct stat st;

  if (lstat (self->directory, &st) < 0)
    g_set_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE, "could not use the state directory %s: %s", self->directory, g_strerror (errno));
  else if (!S_ISDIR (st.st_mode))
    g_set_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE, "the state directory %s is not a directory", self->directory);
  else if (st.st_uid != geteuid ())
    g_set_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE, "the state directory %s belongs to uid %u, want %u", self->directory, st.st_uid,
                 geteuid ());
  else if ((st.st_mode & 0022) != 0)
    g_set_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE, "the state directory %s has mode %04o, want 0700", self->directory,
                 st.st_mode & 07777);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_well (JtSqliteStore *self, gboolean was_unclean, GError **error)
{
  g_autofree char *verdict = was_unclean ? jt_db_query_text (self->db, JT_SQL ("PRAGMA quick_check (1)")) : g_strdup ("ok");

  if (g_strcmp0 (verdict, "ok") == 0)
    return TRUE;
  g_set_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE,
               "%s is damaged; it is left as it is: restore it from a backup, or move it away to begin a new one", self->path);
  return FALSE;
}

static void
close_writer (JtSqliteStore *self)
{
  g_clear_pointer (&self->db, jt_db_close);
}

/* When the disk fails while a commit is being made to last, its pages may stand whole in the write-ahead log: opened anew, SQLite
 * would take for committed what was answered as failed. The connection that saw the failure knows better, so it empties the log
 * before it is given up. */
static gboolean
drop_failed_group (JtSqliteStore *self, GError **error)
{
  if (!self->is_broken || jt_db_query_number (self->db, JT_SQL ("PRAGMA wal_checkpoint (TRUNCATE)"), -1) == 0)
    {
      self->is_broken = FALSE;
      return TRUE;
    }
  g_set_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE, "the storage failed: the log of %s could not be emptied", self->path);
  return FALSE;
}

static gboolean
open_writer (JtSqliteStore *self, GError **error)
{
  g_autofree char *wal = g_strconcat (self->path, "-wal", NULL);
  struct stat st;
  /* A clean end leaves no log behind. A large record is not read through at each start for that: WAL recovery is SQLite's own. */
  gboolean was_unclean = stat (wal, &st) == 0 && st.st_size > 0 && stat (self->path, &st) == 0 && st.st_size < 64 * 1024 * 1024;

  if (!check_directory (self, error) || !drop_failed_group (self, error))
    return FALSE;
  close_writer (self);
  self->db = jt_db_open (self->path, TRUE, error);
  if (self->db == NULL || !jt_db_migrate (self->db, jt_migrations, jt_store_upgrade, self->path, error) || !check_well (self, was_unclean, error))
    {
      close_writer (self);
      return FALSE;
    }
  if (self->max_pages > 0)
    {
      g_autofree char *limit = g_strdup_printf ("PRAGMA max_page_count = %u", self->max_pages);

      jt_db_execute (self->db, limit, NULL);
    }
  return TRUE;
}

/* --- the writer's thread --- */

static void
fail (Op *op, const GError *cause)
{
  op->value = NULL;
  g_clear_error (&op->error);
  op->error = cause != NULL ? g_error_copy (cause)
                            : g_error_new_literal (JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE, "the storage failed and is closed until it is loaded anew");
}

static gboolean
run_plain (JtSqliteStore *self, const JtSql *sql, GError **error)
{
  JtStatement *statement = jt_db_prepare_sql (self->db, sql, error);

  return statement != NULL && jt_statement_run (statement, error);
}

/* FALSE: the transaction is lost, whatever its changes said. */
static gboolean
run_changes (JtSqliteStore *self, GPtrArray *changes, GError **error)
{
  if (!run_plain (self, JT_SQL ("BEGIN IMMEDIATE"), error))
    return FALSE;
  for (guint i = 0; i < changes->len; i++)
    {
      Op *op = g_ptr_array_index (changes, i);

      self->n_since_prune += op->change->items->len;
      if (jt_store_apply_change (self->db, op->change, op->now_usec, self->rollups, &op->error))
        op->value = GINT_TO_POINTER (TRUE);
      else if (!g_error_matches (op->error, JT_ERROR, JT_ERROR_EXISTS))
        {
          g_propagate_error (error, g_error_copy (op->error));
          return FALSE;
        }
    }
  if (!jt_rollup_delta_write (self->rollups, self->db, error))
    return FALSE;
  if (self->n_since_prune >= PRUNE_EVERY)
    {
      guint limit = 2 * self->n_since_prune;

      self->n_since_prune = 0;
      if (!jt_store_prune (self->db, ((Op *) g_ptr_array_index (changes, 0))->now_usec, KEEP_EVENTS, limit, error))
        return FALSE;
    }
  return run_plain (self, JT_SQL ("COMMIT"), error);
}

/* FALSE when the storage failed: nothing of the group is in the record, and it is closed. */
static gboolean
commit_group (JtSqliteStore *self, GPtrArray *changes)
{
  g_autoptr (GError) error = NULL;

  if (changes->len == 0)
    return TRUE;
  if (self->db != NULL && !self->is_broken)
    {
      g_atomic_int_inc (&self->n_transactions);
      if (run_changes (self, changes, &error))
        return TRUE;
      jt_rollup_delta_clear (self->rollups);
      g_debug ("a group of %u changes failed: %s", changes->len, error->message);
      run_plain (self, JT_SQL ("ROLLBACK"), NULL);
      self->is_broken = TRUE;
    }
  for (guint i = 0; i < changes->len; i++)
    fail (g_ptr_array_index (changes, i), error);
  return FALSE;
}

static void
load (JtSqliteStore *self, Op *op)
{
  if ((self->db == NULL || self->is_broken) && !open_writer (self, &op->error))
    return;
  jt_db_set_scanning (self->db, TRUE);
  op->value = jt_store_read_contents (self->db, &op->error);
  jt_db_set_scanning (self->db, FALSE);
  op->destroy = (GDestroyNotify) jt_store_contents_free;
}

static void
find_request (JtSqliteStore *self, Op *op)
{
  if (self->db == NULL || self->is_broken)
    {
      fail (op, NULL);
      return;
    }
  op->value = jt_store_read_request (self->db, (guint32) op->id, op->text, op->now_usec, &op->error);
  op->destroy = (GDestroyNotify) jt_store_request_free;
}

/* Changes in a row share a transaction; a question waits for those before it. */
static void
run_group (JtSqliteStore *self, GPtrArray *group)
{
  g_autoptr (GPtrArray) changes = g_ptr_array_new ();

  for (guint i = 0; i < group->len; i++)
    {
      Op *op = g_ptr_array_index (group, i);

      if (op->kind == OP_CHANGE)
        {
          g_ptr_array_add (changes, op);
          continue;
        }
      commit_group (self, changes);
      g_ptr_array_set_size (changes, 0);
      if (op->kind == OP_LOAD)
        load (self, op);
      else
        find_request (self, op);
    }
  commit_group (self, changes);
}

static gboolean
is_urgent (const Op *op)
{
  return op->kind != OP_CHANGE || !op->change->may_wait;
}

/* Until there is something to be done, or the end. */
static void
await_work (JtSqliteStore *self)
{
  gboolean is_over = FALSE;

  while (!is_over && self->n_urgent == 0 && !self->is_quitting)
    if (g_queue_is_empty (&self->queue))
      g_cond_wait (&self->wake, &self->mutex);
    else
      is_over = !g_cond_wait_until (&self->wake, &self->mutex, self->patient_until_usec);
}

/* (transfer full) what has queued up, NULL: the end. */
static GPtrArray *
take_group (JtSqliteStore *self)
{
  GPtrArray *group = NULL;

  g_mutex_lock (&self->mutex);
  await_work (self);
  if (!g_queue_is_empty (&self->queue))
    group = g_ptr_array_new ();
  while (group != NULL && group->len < MAX_GROUP && !g_queue_is_empty (&self->queue))
    {
      Op *op = g_queue_pop_head (&self->queue);

      self->n_urgent -= is_urgent (op);
      g_ptr_array_add (group, op);
    }
  g_mutex_unlock (&self->mutex);
  return group;
}

static gpointer
writer_thread (gpointer data)
{
  JtSqliteStore *self = data;
  GPtrArray *group;

  while ((group = take_group (self)) != NULL)
    {
      run_group (self, group);
      /* Not g_main_context_invoke(): that would call back on this thread while the main loop is between two turns. */
      g_idle_add_full (G_PRIORITY_DEFAULT, answer_group_cb, group, NULL);
    }
  if (self->db != NULL)
    jt_db_query_number (self->db, JT_SQL ("PRAGMA wal_checkpoint (TRUNCATE)"), 0);
  close_writer (self);
  return NULL;
}

/* --- the readers --- */

/* In a transaction: what takes several statements sees one state of the record. */
static void
read_with (JtDb *db, Op *op)
{
  jt_db_set_deadline (db, g_get_monotonic_time () + READ_LIMIT_USEC);
  if (!jt_db_execute (db, "BEGIN", &op->error))
    return;
  switch (op->kind)
    {
    case OP_GET_RUN:
      op->value = jt_store_read_run (db, op->id, &op->error);
      op->destroy = (GDestroyNotify) jt_run_unref;
      break;
    case OP_LIST_RUNS:
      op->value = jt_store_read_runs (db, op->filter, op->id, op->limit, &op->error);
      op->destroy = (GDestroyNotify) g_ptr_array_unref;
      break;
    case OP_LIST_EVENTS:
      op->value = jt_store_read_events (db, (guint32) op->id2, op->id, op->limit, &op->error);
      op->destroy = (GDestroyNotify) g_ptr_array_unref;
      break;
    case OP_LIST_EXPIRED:
      op->value = jt_store_read_expired (db, op->expiry, op->now_usec, op->limit, &op->error);
      op->destroy = (GDestroyNotify) jt_store_expired_free;
      break;
    case OP_LIST_KNOWN:
      op->value = jt_store_read_known (db, op->runs, &op->error);
      op->destroy = (GDestroyNotify) jt_store_known_free;
      break;
    case OP_GET_STATISTICS:
      op->value = jt_store_read_statistics (db, op->query, &op->error);
      op->destroy = (GDestroyNotify) g_ptr_array_unref;
      break;
    case OP_ASK:
      op->value = op->question->read (db, op->asked, &op->error);
      op->destroy = op->question->free_answer;
      break;
    default:
      op->value = jt_store_read_revision (db, op->id, op->id2, &op->error);
      op->destroy = (GDestroyNotify) jt_settings_unref;
      break;
    }
  jt_db_set_deadline (db, 0);
  jt_db_execute (db, "ROLLBACK", NULL);
}

static gboolean
answer_cb (gpointer user_data)
{
  answer (user_data);
  return G_SOURCE_REMOVE;
}

static void
run_read (gpointer data, gpointer user_data)
{
  JtSqliteStore *self = user_data;
  Op *op = data;
  JtDb *db = g_async_queue_try_pop (self->connections);

  if (db == NULL)
    db = jt_db_open (self->path, FALSE, &op->error);
  if (db != NULL)
    {
      read_with (db, op);
      /* A connection that met a failing disk is not trusted with the next question. */
      if (g_error_matches (op->error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE))
        jt_db_close (db);
      else
        g_async_queue_push (self->connections, db);
    }
  g_idle_add_full (G_PRIORITY_DEFAULT, answer_cb, op, NULL);
}

/* --- the interface --- */

static Op *
new_op (JtStore *store, OpKind kind, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  Op *op = g_new0 (Op, 1);

  op->kind = kind;
  op->task = g_task_new (store, c, cb, data);
  /* What is durable is told, even to somebody who no longer waits for it. */
  g_task_set_check_cancellable (op->task, FALSE);
  op->now_usec = jt_clock_get_realtime (JT_SQLITE_STORE (store)->clock);
  return op;
}

static void
fail_closed (Op *op)
{
  op->error = g_error_new_literal (JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE, "the record is closed: the service is stopping");
}

static void
push_write (JtStore *store, Op *op)
{
  JtSqliteStore *self = JT_SQLITE_STORE (store);
  gboolean is_taken;
  gboolean is_closed;

  g_mutex_lock (&self->mutex);
  is_closed = self->is_quitting;
  is_taken = !is_closed && g_queue_get_length (&self->queue) < MAX_QUEUED;
  if (is_taken)
    {
      if (g_queue_is_empty (&self->queue))
        self->patient_until_usec = g_get_monotonic_time () + PATIENCE_USEC;
      self->n_urgent += is_urgent (op);
      g_queue_push_tail (&self->queue, op);
      g_cond_signal (&self->wake);
    }
  g_mutex_unlock (&self->mutex);
  if (is_taken)
    return;
  if (is_closed)
    fail_closed (op);
  else
    op->error = g_error_new_literal (JT_ERROR, JT_ERROR_OVERLOADED, "too many changes wait for the disk; try again later");
  g_idle_add_full (G_PRIORITY_DEFAULT, answer_cb, op, NULL);
}

static void
push_read (JtStore *store, Op *op)
{
  JtSqliteStore *self = JT_SQLITE_STORE (store);

  if (self->readers == NULL)
    fail_closed (op);
  else if (g_thread_pool_unprocessed (self->readers) >= MAX_READS_WAITING)
    op->error = g_error_new_literal (JT_ERROR, JT_ERROR_OVERLOADED, "too many questions wait for the disk; try again later");
  else
    {
      g_thread_pool_push (self->readers, op, NULL);
      return;
    }
  g_idle_add_full (G_PRIORITY_DEFAULT, answer_cb, op, NULL);
}

static gpointer
pointer_finish (JtStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
load_async (JtStore *store, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  push_write (store, new_op (store, OP_LOAD, c, cb, data));
}

static JtStoreContents *
load_finish (JtStore *store, GAsyncResult *result, GError **error)
{
  return pointer_finish (store, result, error);
}

static void
commit_async (JtStore *store, JtChange *change, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  Op *op = new_op (store, OP_CHANGE, c, cb, data);

  op->change = change;
  push_write (store, op);
}

static gboolean
commit_finish (JtStore *store, GAsyncResult *result, GError **error)
{
  return pointer_finish (store, result, error) != NULL;
}

static void
find_request_async (JtStore *store, guint32 uid, const char *request_id, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  Op *op = new_op (store, OP_FIND_REQUEST, c, cb, data);

  op->id = uid;
  op->text = g_strdup (request_id);
  push_write (store, op);
}

static JtStoreRequest *
find_request_finish (JtStore *store, GAsyncResult *result, GError **error)
{
  return pointer_finish (store, result, error);
}

static void
get_run_async (JtStore *store, guint64 id, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  Op *op = new_op (store, OP_GET_RUN, c, cb, data);

  op->id = id;
  push_read (store, op);
}

static JtRun *
get_run_finish (JtStore *store, GAsyncResult *result, GError **error)
{
  return pointer_finish (store, result, error);
}

static JtFilter *
copy_filter (const JtFilter *filter)
{
  JtFilter *copy = g_memdup2 (filter, sizeof *filter);

  copy->job_name = g_strdup (filter->job_name);
  copy->tag = g_strdup (filter->tag);
  copy->health = g_strdup (filter->health);
  return copy;
}

static void
list_runs_async (JtStore *store, const JtFilter *filter, guint64 before, guint limit, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  Op *op = new_op (store, OP_LIST_RUNS, c, cb, data);

  op->filter = copy_filter (filter);
  op->id = before;
  op->limit = limit;
  push_read (store, op);
}

static GPtrArray *
list_finish (JtStore *store, GAsyncResult *result, GError **error)
{
  return pointer_finish (store, result, error);
}

static void
get_statistics_async (JtStore *store, JtStatsQuery *query, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  Op *op = new_op (store, OP_GET_STATISTICS, c, cb, data);

  op->query = query;
  push_read (store, op);
}

static void
list_expired_async (JtStore *store, JtExpiryQuery *query, guint limit, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  Op *op = new_op (store, OP_LIST_EXPIRED, c, cb, data);

  op->expiry = query;
  op->limit = limit;
  push_read (store, op);
}

static JtStoreExpired *
list_expired_finish (JtStore *store, GAsyncResult *result, GError **error)
{
  return pointer_finish (store, result, error);
}

static void
list_known_async (JtStore *store, GArray *runs, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  Op *op = new_op (store, OP_LIST_KNOWN, c, cb, data);

  op->runs = g_array_ref (runs);
  push_read (store, op);
}

static JtStoreKnown *
list_known_finish (JtStore *store, GAsyncResult *result, GError **error)
{
  return pointer_finish (store, result, error);
}

static void
list_events_async (JtStore *store, guint32 viewer, guint64 after, guint limit, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  Op *op = new_op (store, OP_LIST_EVENTS, c, cb, data);

  op->id = after;
  op->id2 = viewer;
  op->limit = limit;
  push_read (store, op);
}

static void
get_revision_async (JtStore *store, guint64 job, guint64 revision, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  Op *op = new_op (store, OP_GET_REVISION, c, cb, data);

  op->id = job;
  op->id2 = revision;
  push_read (store, op);
}

static JtSettings *
get_revision_finish (JtStore *store, GAsyncResult *result, GError **error)
{
  return pointer_finish (store, result, error);
}

void
jt_sqlite_store_ask (JtStore *store, const JtQuestion *question, gpointer asked, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  Op *op = new_op (store, OP_ASK, c, cb, data);

  op->question = question;
  op->asked = asked;
  push_read (store, op);
}

static void
store_iface_init (JtStoreInterface *iface)
{
  jt_store_questions_init (iface);
  iface->load_async = load_async;
  iface->load_finish = load_finish;
  iface->commit_async = commit_async;
  iface->commit_finish = commit_finish;
  iface->find_request_async = find_request_async;
  iface->find_request_finish = find_request_finish;
  iface->get_run_async = get_run_async;
  iface->get_run_finish = get_run_finish;
  iface->list_runs_async = list_runs_async;
  iface->list_runs_finish = list_finish;
  iface->get_statistics_async = get_statistics_async;
  iface->get_statistics_finish = list_finish;
  iface->list_expired_async = list_expired_async;
  iface->list_expired_finish = list_expired_finish;
  iface->list_known_async = list_known_async;
  iface->list_known_finish = list_known_finish;
  iface->list_events_async = list_events_async;
  iface->list_events_finish = list_finish;
  iface->get_revision_async = get_revision_async;
  iface->get_revision_finish = get_revision_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (JtSqliteStore, jt_sqlite_store, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (JT_TYPE_STORE, store_iface_init))

void
jt_sqlite_store_close (JtSqliteStore *self)
{
  JtDb *db;

  if (self->writer == NULL)
    return;
  g_mutex_lock (&self->mutex);
  self->is_quitting = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->mutex);
  /* Readers first: the last connection to go takes the write-ahead log along. */
  g_thread_pool_free (g_steal_pointer (&self->readers), FALSE, TRUE);
  while ((db = g_async_queue_try_pop (self->connections)) != NULL)
    jt_db_close (db);
  g_thread_join (g_steal_pointer (&self->writer));
}

static void
jt_sqlite_store_finalize (GObject *object)
{
  JtSqliteStore *self = JT_SQLITE_STORE (object);

  jt_sqlite_store_close (self);
  g_async_queue_unref (self->connections);
  g_clear_pointer (&self->rollups, jt_rollup_delta_free);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->wake);
  g_clear_object (&self->clock);
  g_free (self->directory);
  g_free (self->path);
  G_OBJECT_CLASS (jt_sqlite_store_parent_class)->finalize (object);
}

static void
jt_sqlite_store_class_init (JtSqliteStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = jt_sqlite_store_finalize;
}

static void
jt_sqlite_store_init (JtSqliteStore *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->wake);
  g_queue_init (&self->queue);
  self->connections = g_async_queue_new ();
  self->rollups = jt_rollup_delta_new ();
}

JtStore *
jt_sqlite_store_new (const char *directory, JtClock *clock)
{
  JtSqliteStore *self = g_object_new (JT_TYPE_SQLITE_STORE, NULL);

  self->clock = g_object_ref (clock);
  self->directory = g_strdup (directory);
  self->path = g_build_filename (directory, "jobtracker.db", NULL);
  self->readers = g_thread_pool_new (run_read, self, READ_THREADS, FALSE, NULL);
  self->writer = g_thread_new ("jt-writer", writer_thread, self);
  return JT_STORE (self);
}

guint
jt_sqlite_store_get_n_transactions (JtSqliteStore *self)
{
  return (guint) g_atomic_int_get (&self->n_transactions);
}

void
jt_sqlite_store_set_max_pages (JtSqliteStore *self, guint max_pages)
{
  self->max_pages = max_pages;
}
