/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-log.h"
#include "jt-notifications-private.h"
#include "jt-recipient.h"

/* org.example.JobTracker.Notifications: preferences, channels and agents here, templates and deliveries in their own files. */

#define MAX_DETAIL 1024

gboolean
jt_notifications_check_user (JtCall *call, guint32 *uid)
{
  g_autoptr (GVariant) value = g_variant_get_child_value (jt_call_get_parameters (call), 0);

  *uid = g_variant_get_uint32 (value);
  if (call->peer->uid == 0 || call->peer->uid == *uid)
    return TRUE;
  jt_call_return_error (call, JT_ERROR_NOT_AUTHORIZED, "%s of another user is for the administrator only",
                        g_dbus_method_invocation_get_method_name (call->invocation));
  return FALSE;
}

/* --- preferences --- */

static void
handle_get_preferences (JtCall *call)
{
  guint32 uid;
  JtPreferences *preferences;

  if (!jt_notifications_check_user (call, &uid))
    return;
  preferences = jt_notifier_get_preferences (call->service->notifications.notifier, uid);
  jt_call_return (call, g_variant_new ("(@a{sv})", jt_preferences_to_variant (preferences, FALSE)));
}

static void
on_committed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  GError *error = NULL;

  if (jt_tracker_commit_finish (JT_TRACKER (source), result, &error))
    jt_call_return (call, NULL);
  else
    jt_call_take_error (call, error);
}

static void
handle_set_preferences (JtCall *call)
{
  g_autoptr (GVariant) changes = g_variant_get_child_value (jt_call_get_parameters (call), 1);
  JtNotifier *notifier = call->service->notifications.notifier;
  g_autoptr (JtPreferences) preferences = NULL;
  GError *error = NULL;
  JtChange *change;
  guint32 uid;

  if (!jt_notifications_check_user (call, &uid))
    return;
  preferences = jt_preferences_update (jt_notifier_get_preferences (notifier, uid), changes, &error);
  if (preferences == NULL)
    {
      jt_call_take_error (call, error);
      return;
    }
  change = jt_change_new ();
  jt_notifier_put_preferences (notifier, change, uid, preferences);
  jt_tracker_commit_async (call->service->tracker, change, NULL, on_committed, call);
}

/* --- channels --- */

/* Rows of channels, until the counts of each are here. */
static void
on_counted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) counts = jt_store_count_deliveries_finish (JT_STORE (source), result, &error);
  g_autoptr (GVariant) rows = NULL;
  GVariantBuilder builder;

  if (counts == NULL)
    {
      jt_call_take_error (call, error);
      return;
    }
  rows = g_variant_ref_sink (jt_outbox_list_channels (call->service->notifications.outbox));
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);

      g_variant_builder_add_value (&builder, jt_notifications_add_counts (row, counts));
    }
  jt_call_return (call, g_variant_new ("(@aa{sv})", g_variant_builder_end (&builder)));
}

GVariant *
jt_notifications_add_counts (GVariant *row, GPtrArray *counts)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (row);
  guint64 of_state[JT_N_DELIVERY_STATES] = { 0 };
  gint64 last_usec = 0;
  const char *name = "";

  g_variant_lookup (row, "name", "&s", &name);
  for (guint i = 0; i < counts->len; i++)
    {
      const JtDeliveryCount *count = g_ptr_array_index (counts, i);

      if (!g_str_equal (count->channel, name))
        continue;
      of_state[count->state] = count->count;
      if (count->state == JT_DELIVERY_DELIVERED)
        last_usec = count->last_usec;
    }
  g_variant_dict_insert (&dict, "waiting", "t", of_state[JT_DELIVERY_WAITING] + of_state[JT_DELIVERY_SENDING]);
  g_variant_dict_insert (&dict, "held", "t", of_state[JT_DELIVERY_HELD]);
  g_variant_dict_insert (&dict, "delivered", "t", of_state[JT_DELIVERY_DELIVERED]);
  g_variant_dict_insert (&dict, "failed", "t", of_state[JT_DELIVERY_FAILED] + of_state[JT_DELIVERY_EXPIRED]);
  g_variant_dict_insert (&dict, "last-delivered-at", "t", (guint64) last_usec);
  return g_variant_dict_end (&dict);
}

static void
handle_list_channels (JtCall *call)
{
  jt_store_count_deliveries_async (jt_tracker_get_store (call->service->tracker), NULL, on_counted, call);
}

static void
on_tested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  GError *error = NULL;
  guint64 id = jt_outbox_test_finish (JT_OUTBOX (source), result, &error);

  if (id == 0)
    jt_call_take_error (call, error);
  else
    jt_call_return (call, g_variant_new ("(t)", id));
}

/* Nobody has the service of a machine write to whom they like. */
static gboolean
check_address (JtCall *call, const char *address, const char *own)
{
  const char *fault = jt_address_find_fault (address);

  if (fault != NULL)
    {
      jt_call_return_error (call, JT_ERROR_INVALID_ARGUMENT, "to: '%s' %s", address, fault);
      return FALSE;
    }
  if (!call->service->is_system || call->peer->uid == 0 || g_strcmp0 (address, own) == 0)
    return TRUE;
  jt_call_return_error (call, JT_ERROR_NOT_AUTHORIZED, "to: tests to another address than your own are for the administrator only");
  return FALSE;
}

static void
handle_test_channel (JtCall *call)
{
  static const JtVardictKey keys[] = { { "to", "s" }, { NULL, NULL } };
  g_autoptr (GVariant) options = g_variant_get_child_value (jt_call_get_parameters (call), 1);
  JtPreferences *preferences = jt_notifier_get_preferences (call->service->notifications.notifier, call->peer->uid);
  const char *own = jt_preferences_get_email (preferences);
  const char *channel;
  const char *address;

  g_variant_get_child (jt_call_get_parameters (call), 0, "&s", &channel);
  if (!jt_call_check_options (call, options, keys))
    return;
  address = jt_vardict_get_string (options, "to", NULL);
  if (address != NULL && !check_address (call, address, own))
    return;
  if (address == NULL && *own != '\0')
    address = own;
  jt_outbox_test_async (call->service->notifications.outbox, call->peer->uid, call->peer->name, channel, address, NULL, on_tested, call);
}

/* --- agents --- */

static void
handle_register_agent (JtCall *call)
{
  static const JtVardictKey keys[] = { { "actions", "b" }, { "body-markup", "b" }, { "persistence", "b" },
                                       { "server", "s" },  { "version", "s" },     { NULL, NULL } };
  g_autoptr (GVariant) capabilities = g_variant_get_child_value (jt_call_get_parameters (call), 0);
  GError *error = NULL;

  if (!jt_call_check_options (call, capabilities, keys))
    return;
  if (call->service->agents == NULL)
    jt_call_return_error (call, JT_ERROR_WRONG_STATE, "the service is leaving the bus");
  else if (!jt_agents_add (call->service->agents, jt_call_get_sender (call), call->peer->uid, call->peer->name, &error))
    jt_call_take_error (call, error);
  else
    jt_call_return (call, NULL);
}

static void
handle_report_delivery (JtCall *call)
{
  JtPopupOutcome outcome;
  GError *error = NULL;
  const char *text;
  const char *detail;
  guint64 id;

  g_variant_get (jt_call_get_parameters (call), "(t&s&s)", &id, &text, &detail);
  if (!jt_call_check_text (call, "detail", detail, MAX_DETAIL))
    return;
  if (!jt_popup_outcome_from_string (text, &outcome))
    jt_call_return_error (call, JT_ERROR_INVALID_ARGUMENT, "outcome: '%.64s' is none of shown, closed, dismissed, expired, action, failed", text);
  else if (call->service->agents == NULL || !jt_agents_has (call->service->agents, jt_call_get_sender (call)))
    jt_call_return_error (call, JT_ERROR_WRONG_STATE, "only an agent reports; RegisterAgent comes first");
  else if (!jt_outbox_report (call->service->notifications.outbox, call->peer->uid, id, outcome, detail, &error))
    jt_call_take_error (call, error);
  else
    jt_call_return (call, NULL);
}

/* --- the table --- */

/* A service without notifications, as tests have it. */
static void
refuse (JtCall *call)
{
  jt_call_return_error (call, JT_ERROR_NOT_SUPPORTED, "this service does not notify anybody");
}

#define MEMBER(handler)                              \
  static void checked_##handler (JtCall *call)       \
  {                                                  \
    if (call->service->notifications.notifier != NULL) \
      handler (call);                                \
    else                                             \
      refuse (call);                                 \
  }

MEMBER (handle_get_preferences)
MEMBER (handle_set_preferences)
MEMBER (handle_list_channels)
MEMBER (handle_test_channel)
MEMBER (jt_notifications_handle_list_templates)
MEMBER (jt_notifications_handle_get_template)
MEMBER (jt_notifications_handle_set_template)
MEMBER (jt_notifications_handle_render_template)
MEMBER (jt_notifications_handle_list_deliveries)
MEMBER (jt_notifications_handle_retry_delivery)
MEMBER (jt_notifications_handle_explain_run)
MEMBER (handle_register_agent)
MEMBER (handle_report_delivery)

const JtCallRow *
jt_notifications_object_get_rows (void)
{
  static const JtCallRow rows[] = {
    { "GetPreferences", checked_handle_get_preferences },
    { "SetPreferences", checked_handle_set_preferences },
    { "ListChannels", checked_handle_list_channels },
    { "TestChannel", checked_handle_test_channel },
    { "ListTemplates", checked_jt_notifications_handle_list_templates },
    { "GetTemplate", checked_jt_notifications_handle_get_template },
    { "SetTemplate", checked_jt_notifications_handle_set_template },
    { "RenderTemplate", checked_jt_notifications_handle_render_template },
    { "ListDeliveries", checked_jt_notifications_handle_list_deliveries },
    { "RetryDelivery", checked_jt_notifications_handle_retry_delivery },
    { "ExplainRun", checked_jt_notifications_handle_explain_run },
    { "RegisterAgent", checked_handle_register_agent },
    { "ReportDelivery", checked_handle_report_delivery },
    { NULL, NULL },
  };

  return rows;
}
