/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-interfaces.h"
#include "jt-names.h"
#include "jt-service-private.h"

/* org.freedesktop.DBus.Properties of all our objects. GDBus could answer only at once; a run may have to be read from
 * the store first, which the dispatcher has done when a call comes here. */

static GDBusInterfaceInfo *
own_interface (JtCall *call)
{
  if (call->job != NULL)
    return jt_interfaces_job ();
  return call->run != NULL ? jt_interfaces_run () : jt_interfaces_root ();
}

static gboolean
is_known_without_properties (JtCall *call, const char *interface)
{
  if (g_str_equal (interface, JT_PROPERTIES_INTERFACE) || g_str_equal (interface, "org.freedesktop.DBus.Introspectable")
      || g_str_equal (interface, "org.freedesktop.DBus.Peer"))
    return TRUE;
  return call->id == 0
         && (g_str_equal (interface, JT_NOTIFICATIONS_INTERFACE) || g_str_equal (interface, JT_OBJECT_MANAGER_INTERFACE));
}

static GVariant *
all_properties (JtCall *call)
{
  if (call->job != NULL)
    return jt_job_to_properties (call->job, &call->status);
  return call->run != NULL ? jt_run_to_properties (call->run) : jt_root_object_get_properties (call->service);
}

static void
return_dbus_error (JtCall *call, GDBusError code, const char *what, const char *name)
{
  g_autofree char *shown = g_strndup (name, 64);

  jt_call_take_error (call, g_error_new (G_DBUS_ERROR, (int) code, "%s '%s'", what, shown));
}

static void
handle_get_all (JtCall *call, const char *interface)
{
  if (*interface == '\0' || g_str_equal (interface, own_interface (call)->name))
    jt_call_return (call, g_variant_new ("(@a{sv})", all_properties (call)));
  else if (is_known_without_properties (call, interface))
    jt_call_return (call, g_variant_new ("(@a{sv})", g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0)));
  else
    return_dbus_error (call, G_DBUS_ERROR_UNKNOWN_INTERFACE, "no such interface", interface);
}

static void
handle_get (JtCall *call, const char *name)
{
  g_autoptr (GVariant) all = g_variant_ref_sink (all_properties (call));
  g_autoptr (GVariant) value = g_variant_lookup_value (all, name, NULL);

  if (value != NULL)
    jt_call_return (call, g_variant_new ("(v)", value));
  else
    return_dbus_error (call, G_DBUS_ERROR_UNKNOWN_PROPERTY, "no such property", name);
}

static void
handle_named (JtCall *call, const char *interface, const char *name, gboolean is_set)
{
  GDBusInterfaceInfo *info = own_interface (call);
  gboolean is_own = *interface == '\0' || g_str_equal (interface, info->name);

  if (!is_own && !is_known_without_properties (call, interface))
    return_dbus_error (call, G_DBUS_ERROR_UNKNOWN_INTERFACE, "no such interface", interface);
  else if (!is_own || g_dbus_interface_info_lookup_property (info, name) == NULL)
    return_dbus_error (call, G_DBUS_ERROR_UNKNOWN_PROPERTY, "no such property", name);
  else if (is_set)
    return_dbus_error (call, G_DBUS_ERROR_PROPERTY_READ_ONLY, "read-only property", name);
  else
    handle_get (call, name);
}

void
jt_properties_handle (JtCall *call)
{
  const char *member = g_dbus_method_invocation_get_method_name (call->invocation);
  g_autoptr (GVariant) parameters = g_variant_ref (jt_call_get_parameters (call));
  const char *interface, *name;

  if (g_str_equal (member, "GetAll"))
    {
      g_variant_get (parameters, "(&s)", &interface);
      handle_get_all (call, interface);
    }
  else if (g_str_equal (member, "Get"))
    {
      g_variant_get (parameters, "(&s&s)", &interface, &name);
      handle_named (call, interface, name, FALSE);
    }
  else
    {
      g_variant_get (parameters, "(&s&sv)", &interface, &name, NULL);
      handle_named (call, interface, name, TRUE);
    }
}
