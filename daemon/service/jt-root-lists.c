/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-cursor.h"
#include "jt-filter-reader.h"
#include "jt-service-private.h"

/* The lists: ListJobs, ListActive and ListRuns. */

#define MAX_REPLY_BYTES (8 * 1024 * 1024 - 4096)
#define DEFAULT_PAGE 100
#define MAX_PAGE 1000

/* A list under way: it stops growing where the reply would be too large. */
typedef struct
{
  GVariantBuilder builder;
  gsize           bytes;
} Rows;

static void
rows_init (Rows *rows)
{
  g_variant_builder_init (&rows->builder, G_VARIANT_TYPE ("aa{sv}"));
  rows->bytes = 0;
}

static gboolean
rows_add (Rows *rows, GVariant *row)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (row);

  rows->bytes += g_variant_get_size (owned) + 16;
  if (rows->bytes > MAX_REPLY_BYTES)
    return FALSE;
  g_variant_builder_add_value (&rows->builder, owned);
  return TRUE;
}

static void
refuse_size (JtCall *call, Rows *rows)
{
  g_variant_builder_clear (&rows->builder);
  jt_call_return_error (call, JT_ERROR_TOO_LARGE, "more than %d bytes; ask for less with 'limit' and 'after'",
                        MAX_REPLY_BYTES);
}

static JtFilter *
read_filter (JtCall *call, GVariant *dict, JtFilterUse use)
{
  GError *error = NULL;
  JtFilter *filter = jt_filter_read (call->service->tracker, call->peer->uid, call->peer->name, dict, use, &error);

  if (filter == NULL)
    jt_call_take_error (call, error);
  return filter;
}

void
jt_root_handle_list_jobs (JtCall *call)
{
  g_autoptr (GVariant) dict = g_variant_get_child_value (jt_call_get_parameters (call), 0);
  g_autoptr (JtFilter) filter = read_filter (call, dict, JT_FILTER_JOBS);
  g_autoptr (GPtrArray) jobs = NULL;
  gboolean fits = TRUE;
  Rows rows;

  if (filter == NULL)
    return;
  jobs = jt_tracker_list_jobs (call->service->tracker, filter, filter->limit != 0 ? filter->limit : JT_FILTER_MAX_LIMIT);
  rows_init (&rows);
  for (guint i = 0; i < jobs->len && fits; i++)
    {
      const JtJobEntry *entry = g_ptr_array_index (jobs, i);

      fits = rows_add (&rows, jt_job_to_variant (entry->job, &entry->status));
    }
  if (fits)
    jt_call_return (call, g_variant_new ("(@aa{sv})", g_variant_builder_end (&rows.builder)));
  else
    refuse_size (call, &rows);
}

void
jt_root_handle_list_active (JtCall *call)
{
  g_autoptr (GVariant) dict = g_variant_get_child_value (jt_call_get_parameters (call), 0);
  g_autoptr (JtFilter) filter = read_filter (call, dict, JT_FILTER_ACTIVE);
  g_autoptr (GPtrArray) runs = NULL;
  gboolean fits = TRUE;
  Rows rows;

  if (filter == NULL)
    return;
  runs = jt_tracker_list_active (call->service->tracker, filter, filter->limit != 0 ? filter->limit : JT_FILTER_MAX_LIMIT);
  rows_init (&rows);
  for (guint i = 0; i < runs->len && fits; i++)
    fits = rows_add (&rows, jt_run_to_variant (g_ptr_array_index (runs, i)));
  if (fits)
    jt_call_return (call, g_variant_new ("(@aa{sv})", g_variant_builder_end (&rows.builder)));
  else
    refuse_size (call, &rows);
}

typedef struct
{
  char *fingerprint;
  guint limit;
} Page;

static void
page_free (Page *page)
{
  g_free (page->fingerprint);
  g_free (page);
}

static void
on_runs_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  const Page *page = call->data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) runs = jt_store_list_runs_finish (JT_STORE (source), result, &error);
  g_autofree char *cursor = NULL;
  Rows rows;
  guint count = 0;

  if (runs == NULL)
    {
      jt_call_take_error (call, g_steal_pointer (&error));
      return;
    }
  rows_init (&rows);
  while (count < MIN (runs->len, page->limit) && rows_add (&rows, jt_run_to_variant (g_ptr_array_index (runs, count))))
    count++;
  /* One more than the page was read, to know whether there is a next one. */
  if (count > 0 && count < runs->len)
    cursor = jt_cursor_format (((JtRun *) g_ptr_array_index (runs, count - 1))->id, page->fingerprint);
  jt_call_return (call,
                  g_variant_new ("(@aa{sv}s)", g_variant_builder_end (&rows.builder), cursor != NULL ? cursor : ""));
}

void
jt_root_handle_list_runs (JtCall *call)
{
  g_autoptr (GVariant) dict = g_variant_get_child_value (jt_call_get_parameters (call), 0);
  g_autoptr (JtFilter) filter = read_filter (call, dict, JT_FILTER_RUNS);
  g_autofree char *fingerprint = NULL;
  GError *error = NULL;
  const char *cursor;
  guint64 before;
  Page *page;
  guint limit;

  if (filter == NULL)
    return;
  g_variant_get (jt_call_get_parameters (call), "(@a{sv}&su)", NULL, &cursor, &limit);
  fingerprint = jt_filter_fingerprint (filter);
  if (!jt_cursor_parse (cursor, fingerprint, &before, &error))
    {
      jt_call_take_error (call, error);
      return;
    }
  page = g_new0 (Page, 1);
  page->fingerprint = g_steal_pointer (&fingerprint);
  page->limit = limit != 0 ? MIN (limit, MAX_PAGE) : DEFAULT_PAGE;
  jt_call_set_data (call, page, (GDestroyNotify) page_free);
  jt_store_list_runs_async (jt_tracker_get_store (call->service->tracker), filter, before, page->limit + 1, NULL,
                            on_runs_listed, call);
}
