/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-fake-store.h"

#include <string.h>

#include "jt-error.h"
#include "jt-fake-notifications.h"

struct _JtFakeStore
{
  GObject     parent;
  GHashTable *jobs;        /* id → JtJobEntry */
  GHashTable *runs;        /* id → JtRun */
  GHashTable *revisions;   /* "job/revision" → JtSettings */
  GHashTable *occurrences; /* set of "job/key" */
  GHashTable *requests;    /* "uid/id" → JtStoreRequest */
  GHashTable *meta;
  GHashTable *marks;       /* "job/entry" → JtStoreMark */
  GPtrArray  *events;
  GArray     *purged;      /* ids of jobs that were removed with their history */
  GQueue      expired;     /* (element-type JtStoreExpired) */
  JtFakeNotifications *notifications; /* (owned) */
  GHashTable *rollups;     /* job id → JtRollup */
  GString    *expiry_log;
  guint       n_questions;
  gboolean    is_failing;
  gboolean    is_closed;
  guint       n_commits;
  guint       n_waiting;
};

typedef struct
{
  GTask   *task;
  gpointer value;
  GDestroyNotify destroy;
  GError  *error;
} Answer;

static gboolean
answer_cb (gpointer user_data)
{
  g_autofree Answer *answer = user_data;
  g_autoptr (GTask) task = answer->task;
  JtFakeStore *self = g_task_get_source_object (task);

  self->n_waiting--;
  if (answer->error != NULL)
    g_task_return_error (task, answer->error);
  else
    g_task_return_pointer (task, answer->value, answer->destroy);
  return G_SOURCE_REMOVE;
}

static void
answer_later (JtStore *store, GAsyncReadyCallback cb, gpointer data, gpointer value, GDestroyNotify destroy, GError *error)
{
  Answer *answer = g_new0 (Answer, 1);

  answer->task = g_task_new (store, NULL, cb, data);
  answer->value = value;
  answer->destroy = destroy;
  answer->error = error;
  JT_FAKE_STORE (store)->n_waiting++;
  JT_FAKE_STORE (store)->n_questions++;
  g_idle_add_full (G_PRIORITY_DEFAULT, answer_cb, answer, NULL);
}

static guint64 *
key_of (guint64 id)
{
  return g_memdup2 (&id, sizeof id);
}

/* Of what is told apart by a text besides the number. (transfer full) */
static char *
text_key_of (const JtChangeItem *item)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT "/%s", item->id, item->text);
}

static gboolean
has_item (GHashTable *table, const JtChangeItem *item)
{
  g_autofree char *key = text_key_of (item);

  return g_hash_table_contains (table, key);
}

static GError *
check_change (JtFakeStore *self, JtChange *change)
{
  if (self->is_failing || self->is_closed)
    {
      self->is_closed = TRUE;
      return g_error_new_literal (JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE, "disk full");
    }
  for (guint i = 0; i < change->items->len; i++)
    {
      JtChangeItem *item = &g_array_index (change->items, JtChangeItem, i);

      if (item->kind == JT_CHANGE_ADD_OCCURRENCE && has_item (self->occurrences, item))
        return g_error_new_literal (JT_ERROR, JT_ERROR_EXISTS, "occurrence exists");
      if (item->kind == JT_CHANGE_ADD_REQUEST && has_item (self->requests, item))
        return g_error_new_literal (JT_ERROR, JT_ERROR_EXISTS, "request exists");
    }
  return NULL;
}

static void
entry_free (gpointer data)
{
  jt_job_entry_clear (data);
  g_free (data);
}

static JtJobEntry *
entry_of (JtFakeStore *self, guint64 id)
{
  JtJobEntry *entry = g_hash_table_lookup (self->jobs, &id);

  if (entry != NULL)
    return entry;
  entry = g_new0 (JtJobEntry, 1);
  g_hash_table_insert (self->jobs, key_of (id), entry);
  return entry;
}

static void
put_job (JtFakeStore *self, JtJob *job)
{
  JtJobEntry *entry = entry_of (self, job->id);

  g_clear_pointer (&entry->job, jt_job_unref);
  entry->job = jt_job_ref (job);
  g_hash_table_insert (self->revisions, g_strdup_printf ("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, job->id, job->revision),
                       jt_settings_ref (job->settings));
}

static JtStoreMark *
make_mark (const JtChangeItem *item)
{
  JtStoreMark *mark = g_new0 (JtStoreMark, 1);

  mark->job = item->id;
  mark->entry = g_strdup (item->text);
  mark->mark = (JtMark) item->number;
  mark->reason = g_strdup (item->text2);
  mark->run = (guint64) item->number2;
  return mark;
}

static void
free_mark (gpointer data)
{
  jt_store_mark_clear (data);
  g_free (data);
}

static gboolean
is_mark_of (gpointer key, gpointer value, gpointer user_data)
{
  return ((const JtStoreMark *) value)->job == *(const guint64 *) user_data;
}

static void
copy_mark (gpointer key, gpointer value, gpointer user_data)
{
  JtStoreMark mark = *(const JtStoreMark *) value;

  mark.entry = g_strdup (mark.entry);
  mark.reason = g_strdup (mark.reason);
  g_array_append_val (((JtStoreContents *) user_data)->marks, mark);
}

static void
add_sample (JtFakeStore *self, const JtSample *sample)
{
  JtRollup *rollup = g_hash_table_lookup (self->rollups, &sample->job);

  if (rollup == NULL)
    {
      rollup = jt_rollup_new ();
      g_hash_table_insert (self->rollups, key_of (sample->job), rollup);
    }
  jt_rollup_add (rollup, sample);
}

static void
apply_item (JtFakeStore *self, JtChangeItem *item)
{
  JtStoreRequest *request;

  switch (item->kind)
    {
    case JT_CHANGE_PUT_JOB:
      put_job (self, item->job);
      break;
    case JT_CHANGE_REMOVE_JOB:
      g_hash_table_remove (self->jobs, &item->id);
      if (item->flag)
        g_array_append_val (self->purged, item->id);
      break;
    case JT_CHANGE_EXPIRE_RUN:
      if (!item->flag)
        g_hash_table_remove (self->runs, &item->id);
      break;
    case JT_CHANGE_END_PURGE:
      g_array_remove_index (self->purged, 0);
      break;
    case JT_CHANGE_PUT_STATUS:
      entry_of (self, item->id)->status = item->status;
      break;
    case JT_CHANGE_ADD_OCCURRENCE:
      g_hash_table_add (self->occurrences, text_key_of (item));
      break;
    case JT_CHANGE_PUT_RUN:
      g_hash_table_insert (self->runs, key_of (item->run->id), jt_run_ref (item->run));
      break;
    case JT_CHANGE_ADD_EVENT:
      item->event->sequence = self->events->len + 1;
      g_ptr_array_add (self->events, jt_event_ref (item->event));
      break;
    case JT_CHANGE_ADD_REQUEST:
      request = g_new0 (JtStoreRequest, 1);
      request->found = TRUE;
      request->digest = g_strdup (item->text2);
      request->first_id = (guint64) item->number;
      request->count = (guint) item->number2;
      g_hash_table_insert (self->requests, text_key_of (item), request);
      break;
    case JT_CHANGE_SET_META:
      g_hash_table_insert (self->meta, g_strdup (item->text), g_strdup (item->text2));
      break;
    case JT_CHANGE_PUT_MARK:
      g_hash_table_insert (self->marks, text_key_of (item), make_mark (item));
      break;
    case JT_CHANGE_CLEAR_MARKS:
      g_hash_table_foreach_remove (self->marks, is_mark_of, &item->id);
      break;
    case JT_CHANGE_ADD_SAMPLE:
      add_sample (self, item->sample);
      break;
    default:
      g_assert_true (jt_fake_notifications_apply (self->notifications, item));
      break;
    }
}

static void
commit_async (JtStore *store, JtChange *change, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JtFakeStore *self = JT_FAKE_STORE (store);
  GError *error = check_change (self, change);

  for (guint i = 0; error == NULL && i < change->items->len; i++)
    apply_item (self, &g_array_index (change->items, JtChangeItem, i));
  self->n_commits++;
  self->n_questions--;
  jt_change_free (change);
  answer_later (store, cb, data, GINT_TO_POINTER (TRUE), NULL, error);
}

static gboolean
commit_finish (JtStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error) != NULL;
}

static gpointer
pointer_finish (JtStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static int
compare_runs (gconstpointer a, gconstpointer b)
{
  const JtRun *run_a = *(JtRun *const *) a;
  const JtRun *run_b = *(JtRun *const *) b;

  return run_a->id < run_b->id ? -1 : 1;
}

static JtStoreContents *
copy_contents (JtFakeStore *self)
{
  JtStoreContents *contents = jt_store_contents_new ();
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  contents->last_sequence = self->events->len;
  g_hash_table_iter_init (&iter, self->jobs);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const JtJobEntry *entry = value;

      jt_job_ref (entry->job);
      contents->last_job_id = MAX (contents->last_job_id, entry->job->id);
      g_array_append_vals (contents->jobs, entry, 1);
    }
  g_hash_table_iter_init (&iter, self->runs);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      JtRun *run = value;

      contents->last_run_id = MAX (contents->last_run_id, run->id);
      if (!jt_run_state_is_final (run->state))
        g_ptr_array_add (contents->runs, jt_run_ref (run));
    }
  g_ptr_array_sort (contents->runs, compare_runs);
  g_hash_table_iter_init (&iter, self->meta);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_insert (contents->meta, g_strdup (key), g_strdup (value));
  g_hash_table_foreach (self->marks, copy_mark, contents);
  jt_fake_notifications_load (self->notifications, contents);
  return contents;
}

static void
load_async (JtStore *store, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JtFakeStore *self = JT_FAKE_STORE (store);

  if (self->is_failing)
    {
      answer_later (store, cb, data, NULL, NULL, g_error_new_literal (JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE, "disk full"));
      return;
    }
  self->is_closed = FALSE;
  answer_later (store, cb, data, copy_contents (self), (GDestroyNotify) jt_store_contents_free, NULL);
}

static JtStoreContents *
load_finish (JtStore *store, GAsyncResult *result, GError **error)
{
  return pointer_finish (store, result, error);
}

static void
find_request_async (JtStore *store, guint32 uid, const char *request_id, GCancellable *c, GAsyncReadyCallback cb,
                    gpointer data)
{
  JtFakeStore *self = JT_FAKE_STORE (store);
  g_autofree char *key = g_strdup_printf ("%u/%s", uid, request_id);
  JtStoreRequest *known = g_hash_table_lookup (self->requests, key);
  JtStoreRequest *request = g_new0 (JtStoreRequest, 1);

  if (known != NULL)
    {
      *request = *known;
      request->digest = g_strdup (known->digest);
    }
  answer_later (store, cb, data, request, (GDestroyNotify) jt_store_request_free, NULL);
}

static JtStoreRequest *
find_request_finish (JtStore *store, GAsyncResult *result, GError **error)
{
  return pointer_finish (store, result, error);
}

static void
get_run_async (JtStore *store, guint64 id, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JtRun *run = jt_fake_store_get_run (JT_FAKE_STORE (store), id);

  answer_later (store, cb, data, run == NULL ? NULL : jt_run_ref (run), (GDestroyNotify) jt_run_unref,
                run != NULL ? NULL : g_error_new_literal (JT_ERROR, JT_ERROR_NOT_FOUND, "no such run"));
}

static JtRun *
get_run_finish (JtStore *store, GAsyncResult *result, GError **error)
{
  return pointer_finish (store, result, error);
}

static void
list_runs_async (JtStore *store, const JtFilter *filter, guint64 before, guint limit, GCancellable *c,
                 GAsyncReadyCallback cb, gpointer data)
{
  JtFakeStore *self = JT_FAKE_STORE (store);
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_run_unref);
  guint64 last = before != 0 ? before : G_MAXUINT64;

  /* Ids are given in a row, so counting down meets them newest first. */
  for (guint64 id = MIN (last - 1, (guint64) g_hash_table_size (self->runs)); id > 0 && found->len < limit; id--)
    {
      JtRun *run = g_hash_table_lookup (self->runs, &id);

      if (run != NULL && jt_filter_match_run (filter, run, NULL))
        g_ptr_array_add (found, jt_run_ref (run));
    }
  answer_later (store, cb, data, found, (GDestroyNotify) g_ptr_array_unref, NULL);
}

static GPtrArray *
list_finish (JtStore *store, GAsyncResult *result, GError **error)
{
  return pointer_finish (store, result, error);
}

static void
list_events_async (JtStore *store, guint32 viewer, guint64 after, guint limit, GCancellable *c, GAsyncReadyCallback cb,
                   gpointer data)
{
  JtFakeStore *self = JT_FAKE_STORE (store);
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_event_unref);

  for (guint i = (guint) after; i < self->events->len && found->len < limit; i++)
    {
      JtEvent *event = g_ptr_array_index (self->events, i);

      if (viewer == 0 || viewer == event->owner)
        g_ptr_array_add (found, jt_event_ref (event));
    }
  answer_later (store, cb, data, found, (GDestroyNotify) g_ptr_array_unref, NULL);
}

static void
get_revision_async (JtStore *store, guint64 job, guint64 revision, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JtFakeStore *self = JT_FAKE_STORE (store);
  g_autofree char *key = g_strdup_printf ("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, job, revision);
  JtSettings *settings = g_hash_table_lookup (self->revisions, key);

  answer_later (store, cb, data, settings == NULL ? NULL : jt_settings_ref (settings), (GDestroyNotify) jt_settings_unref,
                settings != NULL ? NULL : g_error_new_literal (JT_ERROR, JT_ERROR_NOT_FOUND, "no such revision"));
}

static JtSettings *
get_revision_finish (JtStore *store, GAsyncResult *result, GError **error)
{
  return pointer_finish (store, result, error);
}

/* All that is known of the jobs that are named; other questions are the real store's, and are answered with nothing. */
static void
get_statistics_async (JtStore *store, JtStatsQuery *query, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JtFakeStore *self = JT_FAKE_STORE (store);
  GPtrArray *groups = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_stats_group_free);

  if (query->by == JT_STATS_WHOLE && query->keys != NULL && !query->of_owners)
    {
      JtStatsGroup *group = g_new0 (JtStatsGroup, 1);

      group->rollup = jt_rollup_new ();
      for (guint i = 0; i < query->keys->len; i++)
        {
          const JtRollup *rollup = g_hash_table_lookup (self->rollups, &g_array_index (query->keys, guint64, i));

          if (rollup != NULL)
            jt_rollup_merge (group->rollup, rollup);
        }
      g_ptr_array_add (groups, group);
    }
  jt_stats_query_free (query);
  answer_later (store, cb, data, groups, (GDestroyNotify) g_ptr_array_unref, NULL);
}

/* Only what deleted history left: the rules are the real store's. */
static void
list_purged (JtFakeStore *self, JtStoreExpired *expired)
{
  GHashTableIter iter;
  gpointer value;

  expired->purged_job = g_array_index (self->purged, guint64, 0);
  g_hash_table_iter_init (&iter, self->runs);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const JtRun *run = value;
      const JtExpired found = { run->id, FALSE };

      if (run->job == expired->purged_job)
        g_array_append_val (expired->runs, found);
    }
}

static void
list_expired_async (JtStore *store, JtExpiryQuery *query, guint limit, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JtFakeStore *self = JT_FAKE_STORE (store);
  JtStoreExpired *expired = g_queue_pop_head (&self->expired);

  g_string_append_printf (self->expiry_log, "%safter %" G_GUINT64_FORMAT " own %u", self->expiry_log->len > 0 ? ", " : "", query->after_job,
                          g_hash_table_size (query->jobs));
  if (expired == NULL)
    {
      expired = g_new0 (JtStoreExpired, 1);
      expired->runs = g_array_new (FALSE, FALSE, sizeof (JtExpired));
      if (self->purged->len > 0)
        list_purged (self, expired);
    }
  jt_expiry_query_free (query);
  answer_later (store, cb, data, expired, (GDestroyNotify) jt_store_expired_free, NULL);
}

static JtStoreExpired *
list_expired_finish (JtStore *store, GAsyncResult *result, GError **error)
{
  return pointer_finish (store, result, error);
}

static void
list_known_async (JtStore *store, GArray *runs, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JtStoreKnown *known = jt_store_known_new ();

  for (guint i = 0; i < runs->len; i++)
    {
      guint64 id = g_array_index (runs, guint64, i);
      const JtRun *run = jt_fake_store_get_run (JT_FAKE_STORE (store), id);

      if (run == NULL)
        g_array_append_val (known->absent, id);
      else if (jt_run_state_is_final (run->state))
        g_array_append_val (known->final, id);
    }
  answer_later (store, cb, data, known, (GDestroyNotify) jt_store_known_free, NULL);
}

static JtStoreKnown *
list_known_finish (JtStore *store, GAsyncResult *result, GError **error)
{
  return pointer_finish (store, result, error);
}

static void
list_open_deliveries_async (JtStore *store, JtDueQuery *query, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  GPtrArray *found = jt_fake_notifications_list_open (JT_FAKE_STORE (store)->notifications, query);

  jt_due_query_free (query);
  answer_later (store, cb, data, found, (GDestroyNotify) g_ptr_array_unref, NULL);
}

static void
next_delivery_async (JtStore *store, gint64 after_usec, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  answer_later (store, cb, data, jt_fake_notifications_next (JT_FAKE_STORE (store)->notifications, after_usec),
                (GDestroyNotify) g_ptr_array_unref, NULL);
}

static void
count_deliveries_async (JtStore *store, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  answer_later (store, cb, data, jt_fake_notifications_count (JT_FAKE_STORE (store)->notifications), (GDestroyNotify) g_ptr_array_unref, NULL);
}

static void
list_deliveries_async (JtStore *store, const JtDeliveryFilter *filter, guint64 before, guint limit, GCancellable *c,
                       GAsyncReadyCallback cb, gpointer data)
{
  answer_later (store, cb, data, jt_fake_notifications_list (JT_FAKE_STORE (store)->notifications, filter, before, limit),
                (GDestroyNotify) g_ptr_array_unref, NULL);
}

static void
get_delivery_async (JtStore *store, guint64 id, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JtDelivery *delivery = jt_fake_store_get_delivery (JT_FAKE_STORE (store), id);

  answer_later (store, cb, data, delivery == NULL ? NULL : jt_delivery_ref (delivery), (GDestroyNotify) jt_delivery_unref,
                delivery != NULL ? NULL : g_error_new_literal (JT_ERROR, JT_ERROR_NOT_FOUND, "no such delivery"));
}

static JtDelivery *
get_delivery_finish (JtStore *store, GAsyncResult *result, GError **error)
{
  return pointer_finish (store, result, error);
}

static void
get_template_async (JtStore *store, guint32 uid, const char *name, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  const char *text = jt_fake_notifications_get_template (JT_FAKE_STORE (store)->notifications, uid, name);

  answer_later (store, cb, data, g_strdup (text), g_free,
                text != NULL ? NULL : g_error_new_literal (JT_ERROR, JT_ERROR_NOT_FOUND, "no such template"));
}

static char *
get_template_finish (JtStore *store, GAsyncResult *result, GError **error)
{
  return pointer_finish (store, result, error);
}

static void
list_templates_async (JtStore *store, guint32 uid, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  answer_later (store, cb, data, jt_fake_notifications_list_templates (JT_FAKE_STORE (store)->notifications, uid),
                (GDestroyNotify) g_ptr_array_unref, NULL);
}

static void
store_iface_init (JtStoreInterface *iface)
{
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
  iface->list_events_async = list_events_async;
  iface->list_events_finish = list_finish;
  iface->get_revision_async = get_revision_async;
  iface->get_revision_finish = get_revision_finish;
  iface->list_expired_async = list_expired_async;
  iface->list_expired_finish = list_expired_finish;
  iface->list_known_async = list_known_async;
  iface->list_known_finish = list_known_finish;
  iface->get_statistics_async = get_statistics_async;
  iface->get_statistics_finish = list_finish;
  iface->list_open_deliveries_async = list_open_deliveries_async;
  iface->list_open_deliveries_finish = list_finish;
  iface->next_delivery_async = next_delivery_async;
  iface->next_delivery_finish = list_finish;
  iface->count_deliveries_async = count_deliveries_async;
  iface->count_deliveries_finish = list_finish;
  iface->list_deliveries_async = list_deliveries_async;
  iface->list_deliveries_finish = list_finish;
  iface->get_delivery_async = get_delivery_async;
  iface->get_delivery_finish = get_delivery_finish;
  iface->get_template_async = get_template_async;
  iface->get_template_finish = get_template_finish;
  iface->list_templates_async = list_templates_async;
  iface->list_templates_finish = list_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (JtFakeStore, jt_fake_store, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (JT_TYPE_STORE, store_iface_init))

static void
jt_fake_store_finalize (GObject *object)
{
  JtFakeStore *self = JT_FAKE_STORE (object);

  g_hash_table_unref (self->jobs);
  g_hash_table_unref (self->runs);
  g_hash_table_unref (self->revisions);
  g_hash_table_unref (self->occurrences);
  g_hash_table_unref (self->requests);
  g_hash_table_unref (self->meta);
  g_hash_table_unref (self->marks);
  g_ptr_array_unref (self->events);
  g_array_unref (self->purged);
  g_queue_clear_full (&self->expired, (GDestroyNotify) jt_store_expired_free);
  g_string_free (self->expiry_log, TRUE);
  g_hash_table_unref (self->rollups);
  jt_fake_notifications_free (self->notifications);
  G_OBJECT_CLASS (jt_fake_store_parent_class)->finalize (object);
}

static void
jt_fake_store_class_init (JtFakeStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = jt_fake_store_finalize;
}

static void
jt_fake_store_init (JtFakeStore *self)
{
  self->jobs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, entry_free);
  self->runs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) jt_run_unref);
  self->revisions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) jt_settings_unref);
  self->occurrences = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->requests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) jt_store_request_free);
  self->meta = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->marks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_mark);
  g_queue_init (&self->expired);
  self->expiry_log = g_string_new (NULL);
  self->rollups = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) jt_rollup_free);
  self->notifications = jt_fake_notifications_new ();
  self->purged = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->events = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_event_unref);
}

JtStore *
jt_fake_store_new (void)
{
  return g_object_new (JT_TYPE_FAKE_STORE, NULL);
}

void
jt_fake_store_set_failing (JtFakeStore *self, gboolean is_failing)
{
  self->is_failing = is_failing;
}

guint
jt_fake_store_count_questions (JtFakeStore *self)
{
  return self->n_questions;
}

guint
jt_fake_store_count_commits (JtFakeStore *self)
{
  return self->n_commits;
}

void
jt_fake_store_add_expired (JtFakeStore *self, JtStoreExpired *expired)
{
  g_queue_push_tail (&self->expired, expired);
}

char *
jt_fake_store_take_expiry_log (JtFakeStore *self)
{
  char *log = g_strdup (self->expiry_log->str);

  g_string_truncate (self->expiry_log, 0);
  return log;
}

JtRun *
jt_fake_store_get_run (JtFakeStore *self, guint64 id)
{
  return g_hash_table_lookup (self->runs, &id);
}

JtDelivery *
jt_fake_store_get_delivery (JtFakeStore *self, guint64 id)
{
  return jt_fake_notifications_get (self->notifications, id);
}

JtEpisode *
jt_fake_store_get_episode (JtFakeStore *self, guint64 job, const char *recipient)
{
  return jt_fake_notifications_get_episode (self->notifications, job, recipient);
}

GPtrArray *
jt_fake_store_list_deliveries (JtFakeStore *self)
{
  g_autoptr (JtDeliveryFilter) all = jt_delivery_filter_new (0);

  all->wants_facts = TRUE;
  return jt_fake_notifications_list (self->notifications, all, 0, JT_DELIVERIES_MAX);
}

guint
jt_fake_store_count_runs (JtFakeStore *self)
{
  return g_hash_table_size (self->runs);
}

void
jt_fake_store_settle (JtFakeStore *self)
{
  while (self->n_waiting > 0 || g_main_context_pending (NULL))
    g_main_context_iteration (NULL, FALSE);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

char *
jt_fake_store_list_marks (JtFakeStore *self)
{
  static const char *const words[] = { "none", "good", "bad", "silent" };
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->marks);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const JtStoreMark *mark = value;

      g_ptr_array_add (texts, g_strdup_printf ("%" G_GUINT64_FORMAT " after %s: %s", mark->job, mark->entry, words[mark->mark]));
    }
  g_ptr_array_sort (texts, compare_texts);
  g_ptr_array_add (texts, NULL);
  return g_strjoinv (", ", (char **) texts->pdata);
}
