/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-service-private.h"

/* org.example.JobTracker.Notifications, not built yet: whose preferences and templates they are is checked, then each member
 * says that it is not supported. */

static void
refuse_unbuilt (JtCall *call)
{
  jt_call_return_error (call, JT_ERROR_NOT_SUPPORTED, "notifications are not built yet");
}

static void
handle_of_user (JtCall *call)
{
  g_autoptr (GVariant) uid = g_variant_get_child_value (jt_call_get_parameters (call), 0);

  if (call->peer->uid != 0 && call->peer->uid != g_variant_get_uint32 (uid))
    jt_call_return_error (call, JT_ERROR_NOT_AUTHORIZED, "%s of another user is for the administrator only",
                          g_dbus_method_invocation_get_method_name (call->invocation));
  else
    refuse_unbuilt (call);
}

const JtCallRow *
jt_notifications_object_get_rows (void)
{
  static const JtCallRow rows[] = {
    { "GetPreferences", handle_of_user },  { "SetPreferences", handle_of_user }, { "ListChannels", refuse_unbuilt },
    { "TestChannel", refuse_unbuilt },     { "ListTemplates", handle_of_user },  { "GetTemplate", handle_of_user },
    { "SetTemplate", handle_of_user },     { "RenderTemplate", refuse_unbuilt }, { "ListDeliveries", refuse_unbuilt },
    { "RetryDelivery", refuse_unbuilt },   { "RegisterAgent", refuse_unbuilt },  { "ReportDelivery", refuse_unbuilt },
    { NULL, NULL },
  };

  return rows;
}
