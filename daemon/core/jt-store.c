/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-store.h"

G_DEFINE_INTERFACE (JtStore, jt_store, G_TYPE_OBJECT)

static void
jt_store_default_init (JtStoreInterface *iface)
{
}

void
jt_store_load_async (JtStore *self, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JT_STORE_GET_IFACE (self)->load_async (self, c, cb, data);
}

JtStoreContents *
jt_store_load_finish (JtStore *self, GAsyncResult *result, GError **error)
{
  return JT_STORE_GET_IFACE (self)->load_finish (self, result, error);
}

void
jt_store_commit_async (JtStore *self, JtChange *change, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JT_STORE_GET_IFACE (self)->commit_async (self, change, c, cb, data);
}

gboolean
jt_store_commit_finish (JtStore *self, GAsyncResult *result, GError **error)
{
  return JT_STORE_GET_IFACE (self)->commit_finish (self, result, error);
}

void
jt_store_find_request_async (JtStore *self, guint32 uid, const char *request_id, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JT_STORE_GET_IFACE (self)->find_request_async (self, uid, request_id, c, cb, data);
}

JtStoreRequest *
jt_store_find_request_finish (JtStore *self, GAsyncResult *result, GError **error)
{
  return JT_STORE_GET_IFACE (self)->find_request_finish (self, result, error);
}

void
jt_store_get_run_async (JtStore *self, guint64 id, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JT_STORE_GET_IFACE (self)->get_run_async (self, id, c, cb, data);
}

JtRun *
jt_store_get_run_finish (JtStore *self, GAsyncResult *result, GError **error)
{
  return JT_STORE_GET_IFACE (self)->get_run_finish (self, result, error);
}

void
jt_store_list_runs_async (JtStore *self, const JtFilter *filter, guint64 before, guint limit, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JT_STORE_GET_IFACE (self)->list_runs_async (self, filter, before, limit, c, cb, data);
}

GPtrArray *
jt_store_list_runs_finish (JtStore *self, GAsyncResult *result, GError **error)
{
  return JT_STORE_GET_IFACE (self)->list_runs_finish (self, result, error);
}

void
jt_store_list_events_async (JtStore *self, guint32 viewer, guint64 after, guint limit, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JT_STORE_GET_IFACE (self)->list_events_async (self, viewer, after, limit, c, cb, data);
}

GPtrArray *
jt_store_list_events_finish (JtStore *self, GAsyncResult *result, GError **error)
{
  return JT_STORE_GET_IFACE (self)->list_events_finish (self, result, error);
}

void
jt_store_get_revision_async (JtStore *self, guint64 job, guint64 revision, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JT_STORE_GET_IFACE (self)->get_revision_async (self, job, revision, c, cb, data);
}

JtSettings *
jt_store_get_revision_finish (JtStore *self, GAsyncResult *result, GError **error)
{
  return JT_STORE_GET_IFACE (self)->get_revision_finish (self, result, error);
}

void
jt_job_entry_clear (JtJobEntry *entry)
{
  g_clear_pointer (&entry->job, jt_job_unref);
}

/* So many make a block that the C library maps for itself and gives back as a whole; a smaller one, grown step by step, would
 * leave its earlier places behind in the heap. */
#define RESERVED_JOBS 1024

/* Empty. */
void
jt_store_mark_clear (JtStoreMark *mark)
{
  g_clear_pointer (&mark->entry, g_free);
  g_clear_pointer (&mark->reason, g_free);
}

JtStoreContents *
jt_store_contents_new (void)
{
  JtStoreContents *contents = g_new0 (JtStoreContents, 1);

  contents->jobs = g_array_sized_new (FALSE, TRUE, sizeof (JtJobEntry), RESERVED_JOBS);
  g_array_set_clear_func (contents->jobs, (GDestroyNotify) jt_job_entry_clear);
  contents->runs = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_run_unref);
  contents->marks = g_array_new (FALSE, FALSE, sizeof (JtStoreMark));
  g_array_set_clear_func (contents->marks, (GDestroyNotify) jt_store_mark_clear);
  contents->meta = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  contents->counts = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_delivery_count_free);
  contents->episodes = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_episode_free);
  contents->preferences = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_variant_unref);
  return contents;
}

void
jt_store_contents_free (JtStoreContents *contents)
{
  if (contents == NULL)
    return;
  g_clear_pointer (&contents->jobs, g_array_unref);
  g_clear_pointer (&contents->runs, g_ptr_array_unref);
  g_clear_pointer (&contents->marks, g_array_unref);
  g_clear_pointer (&contents->meta, g_hash_table_unref);
  g_clear_pointer (&contents->counts, g_ptr_array_unref);
  g_clear_pointer (&contents->episodes, g_ptr_array_unref);
  g_clear_pointer (&contents->preferences, g_hash_table_unref);
  g_free (contents);
}

void
jt_store_request_free (JtStoreRequest *request)
{
  if (request == NULL)
    return;
  g_free (request->digest);
  g_free (request);
}

void
jt_store_get_statistics_async (JtStore *self, JtStatsQuery *query, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JT_STORE_GET_IFACE (self)->get_statistics_async (self, query, c, cb, data);
}

GPtrArray *
jt_store_get_statistics_finish (JtStore *self, GAsyncResult *result, GError **error)
{
  return JT_STORE_GET_IFACE (self)->get_statistics_finish (self, result, error);
}

void
jt_stats_query_free (JtStatsQuery *query)
{
  if (query == NULL)
    return;
  g_clear_pointer (&query->keys, g_array_unref);
  g_free (query->removed.name);
  g_free (query->removed.tag);
  g_free (query);
}

void
jt_stats_group_free (JtStatsGroup *group)
{
  if (group == NULL)
    return;
  g_clear_pointer (&group->rollup, jt_rollup_free);
  jt_removed_job_free (group->removed);
  g_free (group);
}

void
jt_removed_job_free (JtRemovedJob *job)
{
  if (job == NULL)
    return;
  g_free (job->owner_name);
  g_free (job->name);
  g_strfreev (job->tags);
  g_free (job);
}

void
jt_store_list_expired_async (JtStore *self, JtExpiryQuery *query, guint limit, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JT_STORE_GET_IFACE (self)->list_expired_async (self, query, limit, c, cb, data);
}

JtStoreExpired *
jt_store_list_expired_finish (JtStore *self, GAsyncResult *result, GError **error)
{
  return JT_STORE_GET_IFACE (self)->list_expired_finish (self, result, error);
}

void
jt_expiry_query_free (JtExpiryQuery *query)
{
  if (query == NULL)
    return;
  g_clear_pointer (&query->jobs, g_hash_table_unref);
  g_free (query);
}

void
jt_store_expired_free (JtStoreExpired *expired)
{
  if (expired == NULL)
    return;
  g_clear_pointer (&expired->runs, g_array_unref);
  g_free (expired);
}

void
jt_store_list_known_async (JtStore *self, GArray *runs, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JT_STORE_GET_IFACE (self)->list_known_async (self, runs, c, cb, data);
}

JtStoreKnown *
jt_store_list_known_finish (JtStore *self, GAsyncResult *result, GError **error)
{
  return JT_STORE_GET_IFACE (self)->list_known_finish (self, result, error);
}

JtStoreKnown *
jt_store_known_new (void)
{
  JtStoreKnown *known = g_new0 (JtStoreKnown, 1);

  known->absent = g_array_new (FALSE, FALSE, sizeof (guint64));
  known->final = g_array_new (FALSE, FALSE, sizeof (guint64));
  return known;
}

void
jt_store_known_free (JtStoreKnown *known)
{
  if (known == NULL)
    return;
  g_array_unref (known->absent);
  g_array_unref (known->final);
  g_free (known);
}
