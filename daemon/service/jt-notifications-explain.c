/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-notifications-private.h"

#include <string.h>

/* ExplainRun: what was told of a run as the record has it, and what the rules as they stand now say of the rest. */

/* What is reported from elsewhere may be heard of only so long after it was over. */
#define LATEST_WORD_USEC (24 * 3600 * (gint64) G_USEC_PER_SEC)

static GVariant *
row_of_delivery (const JtDelivery *delivery)
{
  GVariantDict row;

  g_variant_dict_init (&row, NULL);
  g_variant_dict_insert (&row, "event", "s", delivery->event);
  g_variant_dict_insert (&row, "recipient", "s", delivery->recipient);
  g_variant_dict_insert (&row, "user", "s", delivery->user_name != NULL ? delivery->user_name : "");
  g_variant_dict_insert (&row, "channel", "s", delivery->channel);
  g_variant_dict_insert (&row, "verdict", "s", jt_delivery_state_to_string (delivery->state));
  g_variant_dict_insert (&row, "reason", "s", delivery->rule != NULL ? delivery->rule : "");
  g_variant_dict_insert (&row, "detail", "s", delivery->reason != NULL ? delivery->reason : delivery->detail != NULL ? delivery->detail : "");
  g_variant_dict_insert (&row, "delivery", "t", delivery->id);
  g_variant_dict_insert (&row, "created-at", "t", (guint64) delivery->created_usec);
  if (delivery->state == JT_DELIVERY_HELD || delivery->state == JT_DELIVERY_WAITING)
    g_variant_dict_insert (&row, "until", "t", (guint64) MAX (delivery->next_usec, 0));
  if (delivery->merged_into != 0)
    g_variant_dict_insert (&row, "merged-into", "t", delivery->merged_into);
  return g_variant_dict_end (&row);
}

/* The record has the last word about what it has a row of. A rule may name somebody in the place of a channel; theirs is the row then. */
static gboolean
is_on_record (GPtrArray *deliveries, GVariant *row)
{
  const char *event = "";
  const char *recipient = "";
  const char *channel = "";

  g_variant_lookup (row, "event", "&s", &event);
  g_variant_lookup (row, "recipient", "&s", &recipient);
  g_variant_lookup (row, "channel", "&s", &channel);
  if (strchr (channel, ':') != NULL)
    recipient = channel;
  for (guint i = 0; i < deliveries->len; i++)
    {
      const JtDelivery *delivery = g_ptr_array_index (deliveries, i);

      if (g_str_equal (delivery->recipient, recipient) && (g_str_equal (delivery->event, event) || g_str_equal (delivery->event, "recovered")))
        return TRUE;
    }
  return FALSE;
}

/* What another user's preferences say is not for the job's owner; only what comes of it. (transfer full) */
static GVariant *
show_row (JtCall *call, GVariant *row)
{
  g_auto (GVariantDict) shown = G_VARIANT_DICT_INIT (row);
  const char *user = "";
  const char *channel = "";
  const char *verdict = "";

  g_variant_lookup (row, "user", "&s", &user);
  g_variant_lookup (row, "channel", "&s", &channel);
  g_variant_lookup (row, "verdict", "&s", &verdict);
  if (call->peer->uid != 0 && *user != '\0' && g_strcmp0 (user, call->peer->name) != 0 && !g_str_equal (verdict, "failed"))
    {
      g_variant_dict_insert (&shown, "reason", "s", JT_DELIVERY_OWN_RULES);
      g_variant_dict_remove (&shown, "until");
      /* (a rule may name an address in the place of a channel) */
      if (strchr (channel, ':') != NULL)
        g_variant_dict_insert (&shown, "channel", "s", "");
    }
  return g_variant_ref_sink (g_variant_dict_end (&shown));
}

typedef struct
{
  JtRun     *run;        /* (owned) */
  JtRun     *success;    /* (owned) (nullable) the one before it: of a success, which ends no trouble that was over by then */
  GPtrArray *deliveries; /* (owned) (nullable) (element-type JtDelivery) that tell of it */
} Explained;

static void
explained_free (Explained *explained)
{
  jt_run_unref (explained->run);
  g_clear_pointer (&explained->success, jt_run_unref);
  g_clear_pointer (&explained->deliveries, g_ptr_array_unref);
  g_free (explained);
}

/* It was on its way once, so that its recipient counts as told. */
static gboolean
was_told (const JtDelivery *delivery)
{
  return delivery->state != JT_DELIVERY_SUPPRESSED && !(delivery->state == JT_DELIVERY_FAILED && delivery->attempts == 0);
}

/* It came before the run, and after the success before that. */
static gboolean
is_between (const Explained *explained, const JtDelivery *delivery)
{
  const JtRun *run = explained->run;
  const JtRun *success = explained->success;

  if (delivery->run != 0)
    return delivery->run < run->id && (success == NULL || delivery->run > success->id);
  return delivery->created_usec <= run->finished_usec && (success == NULL || delivery->created_usec > success->finished_usec);
}

/* Who knew of trouble before the run: the newest of what they were told of the job says so. (element-type utf8) of @before, newest first */
static GHashTable *
find_told (const Explained *explained, GPtrArray *before)
{
  GHashTable *told = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; before != NULL && i < before->len; i++)
    {
      const JtDelivery *delivery = g_ptr_array_index (before, i);
      JtNotifyEvent event;

      if (!is_between (explained, delivery) || !was_told (delivery) || !jt_notify_event_from_string (delivery->event, &event))
        continue;
      if (!jt_news_is_trouble (event) && event != JT_NOTIFY_RECOVERED && event != JT_NOTIFY_SUCCEEDED)
        continue;
      if (g_hash_table_add (seen, delivery->recipient) && jt_news_is_trouble (event))
        g_hash_table_add (told, delivery->recipient);
    }
  return told;
}

static void
add_decisions (JtCall *call, GVariantBuilder *builder, GPtrArray *before)
{
  const Explained *explained = call->data;
  const JtRun *run = explained->run;
  g_autoptr (GHashTable) told = find_told (explained, before);
  const JtJobEntry *entry = jt_tracker_get_job (call->service->tracker, run->job);
  JtNews news = { .run = run };
  g_autoptr (GPtrArray) rows = NULL;

  if (entry == NULL || !jt_news_event_of_run (run, TRUE, &news.event))
    return;
  news.job = entry->job;
  news.status = &entry->status;
  news.at_usec = run->finished_usec != 0 ? run->finished_usec : run->started_usec;
  rows = jt_notifier_explain (call->service->notifications.notifier, &news, told);
  for (guint i = 0; i < rows->len; i++)
    if (!is_on_record (explained->deliveries, g_ptr_array_index (rows, i)))
      {
        g_autoptr (GVariant) shown = show_row (call, g_ptr_array_index (rows, i));

        g_variant_builder_add_value (builder, shown);
      }
}

/* @before: (nullable) what was told of the job before the run. */
static void
answer (JtCall *call, GPtrArray *before)
{
  const Explained *explained = call->data;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = explained->deliveries->len; i > 0; i--)
    {
      g_autoptr (JtDelivery) shown = jt_delivery_show_to (g_ptr_array_index (explained->deliveries, i - 1), call->peer->uid);

      g_variant_builder_add_value (&builder, row_of_delivery (shown));
    }
  add_decisions (call, &builder, before);
  jt_call_return (call, g_variant_new ("(@aa{sv})", g_variant_builder_end (&builder)));
}

static void
on_before_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) before = jt_store_list_deliveries_finish (JT_STORE (source), result, &error);

  if (before == NULL)
    jt_call_take_error (call, error);
  else
    answer (call, before);
}

static void
on_success_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  Explained *explained = call->data;
  const JtRun *run = explained->run;
  GError *error = NULL;
  g_autoptr (GPtrArray) runs = jt_store_list_runs_finish (JT_STORE (source), result, &error);
  g_autoptr (JtDeliveryFilter) filter = jt_delivery_filter_new (call->peer->uid);

  if (runs == NULL)
    {
      jt_call_take_error (call, error);
      return;
    }
  explained->success = runs->len > 0 ? jt_run_ref (g_ptr_array_index (runs, 0)) : NULL;
  filter->job = run->job;
  filter->until_usec = run->finished_usec + LATEST_WORD_USEC;
  jt_store_list_deliveries_async (JT_STORE (source), filter, 0, JT_DELIVERIES_MAX, NULL, on_before_listed, call);
}

static void
list_before (JtCall *call, const JtRun *run)
{
  g_autoptr (JtFilter) filter = jt_filter_new (call->peer->uid);

  filter->job = run->job;
  filter->states = 1u << JT_RUN_SUCCEEDED;
  jt_store_list_runs_async (jt_tracker_get_store (call->service->tracker), filter, run->id, 1, NULL, on_success_listed, call);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  Explained *explained = call->data;
  GError *error = NULL;

  explained->deliveries = jt_store_list_deliveries_finish (JT_STORE (source), result, &error);
  if (explained->deliveries == NULL)
    jt_call_take_error (call, error);
  else if (explained->run->state == JT_RUN_SUCCEEDED && explained->run->finished_usec != 0)
    list_before (call, explained->run);
  else
    answer (call, NULL);
}

static void
explain (JtCall *call, JtRun *run)
{
  g_autoptr (JtDeliveryFilter) filter = jt_delivery_filter_new (call->peer->uid);
  Explained *explained = g_new0 (Explained, 1);

  explained->run = jt_run_ref (run);
  filter->run = run->id;
  jt_call_set_data (call, explained, (GDestroyNotify) explained_free);
  jt_store_list_deliveries_async (jt_tracker_get_store (call->service->tracker), filter, 0, JT_DELIVERIES_MAX, NULL, on_listed, call);
}

static void
refuse_unknown (JtCall *call, guint64 id)
{
  jt_call_return_error (call, JT_ERROR_NOT_FOUND, "there is no run %" G_GUINT64_FORMAT, id);
}

static void
on_run_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  GError *error = NULL;
  g_autoptr (JtRun) run = jt_store_get_run_finish (JT_STORE (source), result, &error);
  guint64 id;

  g_variant_get (jt_call_get_parameters (call), "(t)", &id);
  if (run == NULL && !g_error_matches (error, JT_ERROR, JT_ERROR_NOT_FOUND))
    jt_call_take_error (call, error);
  else if (run == NULL || (call->peer->uid != 0 && call->peer->uid != run->owner))
    {
      g_clear_error (&error);
      refuse_unknown (call, id);
    }
  else
    explain (call, run);
}

void
jt_notifications_handle_explain_run (JtCall *call)
{
  guint64 id;

  g_variant_get (jt_call_get_parameters (call), "(t)", &id);
  jt_store_get_run_async (jt_tracker_get_store (call->service->tracker), id, NULL, on_run_read, call);
}
