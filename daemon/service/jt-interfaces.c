/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-interfaces.h"

#include "jt-dbus-generated.h"

static const char standard_xml[] =
  "<node>"
  " <interface name='org.freedesktop.DBus.Properties'>"
  "  <method name='Get'><arg type='s' name='interface_name' direction='in'/>"
  "   <arg type='s' name='property_name' direction='in'/><arg type='v' name='value' direction='out'/></method>"
  "  <method name='GetAll'><arg type='s' name='interface_name' direction='in'/>"
  "   <arg type='a{sv}' name='properties' direction='out'/></method>"
  "  <method name='Set'><arg type='s' name='interface_name' direction='in'/>"
  "   <arg type='s' name='property_name' direction='in'/><arg type='v' name='value' direction='in'/></method>"
  "  <signal name='PropertiesChanged'><arg type='s' name='interface_name'/>"
  "   <arg type='a{sv}' name='changed_properties'/><arg type='as' name='invalidated_properties'/></signal>"
  " </interface>"
  " <interface name='org.freedesktop.DBus.ObjectManager'>"
  "  <method name='GetManagedObjects'>"
  "   <arg type='a{oa{sa{sv}}}' name='object_paths_interfaces_and_properties' direction='out'/></method>"
  "  <signal name='InterfacesAdded'><arg type='o' name='object_path'/>"
  "   <arg type='a{sa{sv}}' name='interfaces_and_properties'/></signal>"
  "  <signal name='InterfacesRemoved'><arg type='o' name='object_path'/><arg type='as' name='interfaces'/></signal>"
  " </interface>"
  "</node>";

static GDBusInterfaceInfo *
find_standard (const char *name)
{
  static gsize node = 0;

  if (g_once_init_enter (&node))
    g_once_init_leave (&node, (gsize) g_dbus_node_info_new_for_xml (standard_xml, NULL));
  return g_dbus_node_info_lookup_interface ((GDBusNodeInfo *) node, name);
}

GDBusInterfaceInfo *
jt_interfaces_root (void)
{
  return jt_dbus_root_interface_info ();
}

GDBusInterfaceInfo *
jt_interfaces_notifications (void)
{
  return jt_dbus_notifications_interface_info ();
}

GDBusInterfaceInfo *
jt_interfaces_job (void)
{
  return jt_dbus_job_interface_info ();
}

GDBusInterfaceInfo *
jt_interfaces_run (void)
{
  return jt_dbus_run_interface_info ();
}

GDBusInterfaceInfo *
jt_interfaces_properties (void)
{
  return find_standard (JT_PROPERTIES_INTERFACE);
}

GDBusInterfaceInfo *
jt_interfaces_object_manager (void)
{
  return find_standard (JT_OBJECT_MANAGER_INTERFACE);
}
