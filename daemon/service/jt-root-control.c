/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-filter-reader.h"
#include "jt-service-private.h"

/* Pause, Resume, Reload, Subscribe and Unsubscribe. */

#define MAX_REASON_BYTES 256

static void
on_paused (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  GError *error = NULL;

  if (jt_tracker_pause_finish (JT_TRACKER (source), result, &error))
    jt_call_return (call, NULL);
  else
    jt_call_take_error (call, error);
}

void
jt_root_handle_pause (JtCall *call)
{
  const char *reason;

  g_variant_get (jt_call_get_parameters (call), "(&s)", &reason);
  if (jt_call_check_text (call, "reason", reason, MAX_REASON_BYTES))
    jt_tracker_pause_async (call->service->tracker, TRUE, reason, NULL, on_paused, call);
}

void
jt_root_handle_resume (JtCall *call)
{
  jt_tracker_pause_async (call->service->tracker, FALSE, NULL, NULL, on_paused, call);
}

static void
on_reloaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) problems = jt_service_reload_finish (JT_SERVICE (source), result, &error);

  if (problems != NULL)
    jt_call_return (call, g_variant_new ("(@aa{sv})", problems));
  else
    jt_call_take_error (call, error);
}

void
jt_root_handle_reload (JtCall *call)
{
  jt_service_reload_async (call->service, NULL, on_reloaded, call);
}

static void
on_subscribed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtSubscribers *subscribers = JT_SUBSCRIBERS (source);
  JtCall *call = user_data;
  g_autofree char *sender = g_strdup (jt_call_get_sender (call));
  guint64 sequence;
  GError *error = NULL;

  if (!jt_subscribers_subscribe_finish (subscribers, result, &sequence, &error))
    {
      jt_call_take_error (call, error);
      return;
    }
  jt_call_return (call, g_variant_new ("(t)", sequence));
  jt_subscribers_begin (subscribers, sender);
}

void
jt_root_handle_subscribe (JtCall *call)
{
  g_autoptr (GVariant) dict = g_variant_get_child_value (jt_call_get_parameters (call), 0);
  GError *error = NULL;
  JtFilter *filter = jt_filter_read (call->service->tracker, call->peer->uid, call->peer->name, dict,
                                     JT_FILTER_SUBSCRIBE, &error);
  guint64 after = 0;
  gboolean has_after = g_variant_lookup (dict, "after", "t", &after);

  if (filter == NULL)
    jt_call_take_error (call, error);
  else if (call->service->subscribers == NULL)
    {
      jt_filter_free (filter);
      jt_call_return_error (call, JT_ERROR_OVERLOADED, "the service is leaving the bus");
    }
  else
    jt_subscribers_subscribe_async (call->service->subscribers, jt_call_get_sender (call), call->peer->uid, filter,
                                    has_after, after, on_subscribed, call);
}

void
jt_root_handle_unsubscribe (JtCall *call)
{
  if (call->service->subscribers != NULL)
    jt_subscribers_remove (call->service->subscribers, jt_call_get_sender (call));
  jt_call_return (call, NULL);
}
