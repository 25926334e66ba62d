/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* The interface descriptions that the service answers with: the generated ones, and the two standard ones that it
 * answers itself because a job's or run's properties are found asynchronously. */

#define JT_PROPERTIES_INTERFACE "org.freedesktop.DBus.Properties"
#define JT_OBJECT_MANAGER_INTERFACE "org.freedesktop.DBus.ObjectManager"

GDBusInterfaceInfo *jt_interfaces_root (void);
GDBusInterfaceInfo *jt_interfaces_notifications (void);
GDBusInterfaceInfo *jt_interfaces_job (void);
GDBusInterfaceInfo *jt_interfaces_run (void);
GDBusInterfaceInfo *jt_interfaces_properties (void);
GDBusInterfaceInfo *jt_interfaces_object_manager (void);
