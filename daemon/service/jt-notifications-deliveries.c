/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-cursor.h"
#include "jt-filter-reader.h"
#include "jt-notifications-private.h"

/* ListDeliveries and RetryDelivery. */

#define DEFAULT_PAGE 100
#define MAX_PAGE 1000

static const JtVardictKey filter_keys[] = {
  { "state", "as" }, { "channel", "s" }, { "event", "s" }, { "recipient", "s" }, { "job", "s" }, { "run", "t" },
  { "user", "s" },   { "since", "t" },   { "until", "t" }, { "merged-into", "t" }, { NULL, NULL },
};

/* One word is a list of one. (transfer full) */
static GVariant *
widen (GVariant *dict)
{
  g_auto (GVariantDict) wide = G_VARIANT_DICT_INIT (dict);
  const char *word;
  const char *path;
  guint64 run;

  if (g_variant_lookup (dict, "state", "&s", &word))
    g_variant_dict_insert_value (&wide, "state", g_variant_new_strv (&word, 1));
  if (g_variant_lookup (dict, "job", "&o", &path))
    g_variant_dict_insert (&wide, "job", "s", path);
  if (g_variant_lookup (dict, "run", "&o", &path) && jt_run_id_from_path (path, &run))
    g_variant_dict_insert (&wide, "run", "t", run);
  return g_variant_ref_sink (g_variant_dict_end (&wide));
}

static gboolean
read_states (GVariant *dict, JtDeliveryFilter *filter, GError **error)
{
  g_auto (GStrv) words = jt_vardict_get_strv (dict, "state");

  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    {
      JtDeliveryState state;

      if (!jt_delivery_state_from_string (words[i], &state))
        {
          g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT,
                       "filter key 'state': '%.64s' is none of waiting, held, sending, delivered, failed, expired, merged, suppressed", words[i]);
          return FALSE;
        }
      filter->states |= 1u << state;
    }
  return TRUE;
}

static gboolean
read_job (JtCall *call, GVariant *dict, JtDeliveryFilter *filter, GError **error)
{
  const char *job = jt_vardict_get_string (dict, "job", NULL);
  const JtJobEntry *entry;

  if (job == NULL || jt_job_id_from_path (job, &filter->job))
    return TRUE;
  entry = jt_filter_find_job (call->service->tracker, call->peer->uid, call->peer->name, job);
  if (entry == NULL)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_NOT_FOUND, "there is no job '%.128s'", job);
      return FALSE;
    }
  filter->job = entry->job->id;
  return TRUE;
}

static JtDeliveryFilter *
read_filter (JtCall *call, GVariant *dict, GError **error)
{
  g_autoptr (JtDeliveryFilter) filter = jt_delivery_filter_new (call->peer->uid);
  const char *user;

  if (!jt_vardict_check (dict, filter_keys, "filter key", error) || !read_states (dict, filter, error) || !read_job (call, dict, filter, error))
    return NULL;
  user = jt_vardict_get_string (dict, "user", NULL);
  filter->channel = g_strdup (jt_vardict_get_string (dict, "channel", NULL));
  filter->event = g_strdup (jt_vardict_get_string (dict, "event", NULL));
  filter->recipient = user != NULL ? g_strconcat ("user:", user, NULL) : g_strdup (jt_vardict_get_string (dict, "recipient", NULL));
  filter->run = jt_vardict_get_uint64 (dict, "run", 0);
  filter->since_usec = (gint64) MIN (jt_vardict_get_uint64 (dict, "since", 0), G_MAXINT64);
  filter->until_usec = (gint64) MIN (jt_vardict_get_uint64 (dict, "until", 0), G_MAXINT64);
  filter->merged_into = jt_vardict_get_uint64 (dict, "merged-into", 0);
  return g_steal_pointer (&filter);
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
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  const Page *page = call->data;
  GError *error = NULL;
  g_autoptr (GPtrArray) deliveries = jt_store_list_deliveries_finish (JT_STORE (source), result, &error);
  g_autofree char *cursor = NULL;
  GVariantBuilder builder;
  guint count;

  if (deliveries == NULL)
    {
      jt_call_take_error (call, error);
      return;
    }
  count = MIN (deliveries->len, page->limit);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < count; i++)
    {
      g_autoptr (JtDelivery) shown = jt_delivery_show_to (g_ptr_array_index (deliveries, i), call->peer->uid);

      g_variant_builder_add_value (&builder, jt_delivery_to_row (shown));
    }
  if (count > 0 && count < deliveries->len)
    cursor = jt_cursor_format (((JtDelivery *) g_ptr_array_index (deliveries, count - 1))->id, page->fingerprint);
  jt_call_return (call, g_variant_new ("(@aa{sv}s)", g_variant_builder_end (&builder), cursor != NULL ? cursor : ""));
}

void
jt_notifications_handle_list_deliveries (JtCall *call)
{
  g_autoptr (GVariant) given = g_variant_get_child_value (jt_call_get_parameters (call), 0);
  g_autoptr (GVariant) dict = widen (given);
  GError *error = NULL;
  g_autoptr (JtDeliveryFilter) filter = read_filter (call, dict, &error);
  g_autofree char *fingerprint = NULL;
  const char *cursor;
  guint64 before;
  guint limit;
  Page *page;

  if (filter == NULL)
    {
      jt_call_take_error (call, error);
      return;
    }
  g_variant_get (jt_call_get_parameters (call), "(@a{sv}&su)", NULL, &cursor, &limit);
  fingerprint = g_variant_print (dict, TRUE);
  if (!jt_cursor_parse (cursor, fingerprint, &before, &error))
    {
      jt_call_take_error (call, error);
      return;
    }
  page = g_new0 (Page, 1);
  page->fingerprint = g_steal_pointer (&fingerprint);
  /* (one more than the page is read, to know whether there is a next one) */
  page->limit = limit != 0 ? MIN (limit, MAX_PAGE - 1) : DEFAULT_PAGE;
  jt_call_set_data (call, page, (GDestroyNotify) page_free);
  jt_store_list_deliveries_async (jt_tracker_get_store (call->service->tracker), filter, before, page->limit + 1, NULL, on_listed, call);
}

/* --- again --- */

static void
on_retried (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  GError *error = NULL;

  if (jt_outbox_retry_finish (JT_OUTBOX (source), result, &error))
    jt_call_return (call, NULL);
  else
    jt_call_take_error (call, error);
}

/* By the preferences of whom it is for. */
static gboolean
is_kept_back (const JtDelivery *delivery)
{
  return delivery->state == JT_DELIVERY_HELD || delivery->state == JT_DELIVERY_SUPPRESSED;
}

/* What the caller may not see is not there. */
static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  GError *error = NULL;
  g_autoptr (JtDelivery) delivery = jt_store_get_delivery_finish (JT_STORE (source), result, &error);
  guint64 id;

  g_variant_get (jt_call_get_parameters (call), "(t)", &id);
  if (delivery == NULL && !g_error_matches (error, JT_ERROR, JT_ERROR_NOT_FOUND))
    jt_call_take_error (call, error);
  else if (delivery == NULL || !jt_delivery_is_visible_to (delivery, call->peer->uid))
    {
      g_clear_error (&error);
      jt_call_return_error (call, JT_ERROR_NOT_FOUND, "there is no delivery %" G_GUINT64_FORMAT, id);
    }
  else if (is_kept_back (delivery) && jt_delivery_is_foreign_to (delivery, call->peer->uid))
    jt_call_return_error (call, JT_ERROR_NOT_AUTHORIZED, "delivery %" G_GUINT64_FORMAT " is %s by what user '%s' prefers; only they and the administrator "
                          "let it go", id, jt_delivery_state_to_string (delivery->state), delivery->user_name);
  else
    jt_outbox_retry_async (call->service->notifications.outbox, delivery, NULL, on_retried, call);
}

void
jt_notifications_handle_retry_delivery (JtCall *call)
{
  guint64 id;

  g_variant_get (jt_call_get_parameters (call), "(t)", &id);
  jt_store_get_delivery_async (jt_tracker_get_store (call->service->tracker), id, NULL, on_found, call);
}
