/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
/* A run that is reported over D-Bus with GIO.
 * cc track.c -o track $(pkg-config --cflags --libs gio-2.0) */
#include <gio/gio.h>

#define SERVICE "org.example.JobTracker"

static GVariant *
call (GDBusConnection *bus, const char *path, const char *interface, const char *method, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply
    = g_dbus_connection_call_sync (bus, SERVICE, path, interface, method, parameters, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  if (reply == NULL)
    g_error ("%s: %s", method, error->message);
  return reply;
}

int
main (void)
{
  gboolean is_session = g_strcmp0 (g_getenv ("JOBTRACKER_BUS"), "session") == 0;
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (is_session ? G_BUS_TYPE_SESSION : G_BUS_TYPE_SYSTEM, NULL, NULL);
  g_autoptr (GVariant) begun
    = call (bus, "/org/example/JobTracker", SERVICE, "StartTracking", g_variant_new_parsed ("('render', @a{sv} {})"));
  const char *run;

  g_variant_get (begun, "(&o)", &run);
  for (int frame = 1; frame <= 10; frame++)
    g_variant_unref (call (bus, run, SERVICE ".Run", "SetProgress", g_variant_new ("(ds)", frame / 10.0, "rendering")));
  g_variant_unref (call (bus, run, SERVICE ".Run", "AppendLog", g_variant_new_parsed ("('stderr', @ay b'slow frame 7\\n')")));
  g_variant_unref (call (bus, run, SERVICE ".Run", "Finish", g_variant_new_parsed ("('', {'exit-code': <0>})")));
  g_print ("%s\n", run);
  return 0;
}
