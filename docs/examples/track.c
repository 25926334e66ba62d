/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
/* A run that is reported over D-Bus with GIO.
 * cc track.c -o track $(pkg-config --cflags --libs gio-2.0) */
#include <string.h>

#include <gio/gio.h>

#define SERVICE "org.example.JobTracker"
#define ROOT "/org/example/JobTracker"

/* (transfer full) NULL with @error. */
static GVariant *
call (GDBusConnection *bus, const char *path, const char *interface, const char *method, GVariant *parameters, GError **error)
{
  GVariant *reply
    = g_dbus_connection_call_sync (bus, SERVICE, path, interface, method, parameters, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, error);

  if (reply == NULL && error != NULL && *error != NULL)
    {
      g_dbus_error_strip_remote_error (*error);
      g_prefix_error (error, "%s: ", method);
    }
  return reply;
}

static gboolean
call_run (GDBusConnection *bus, const char *run, const char *method, GVariant *parameters, GError **error)
{
  g_autoptr (GVariant) reply = call (bus, run, SERVICE ".Run", method, parameters, error);

  return reply != NULL;
}

/* The path of the run. It is lost when this process ends, or leaves the bus, without having finished it. (transfer full) */
static char *
start_tracking (GDBusConnection *bus, const char *name, GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  GVariantDict options;
  char *run = NULL;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "message", "s", "opening the scene");
  reply = call (bus, ROOT, SERVICE, "StartTracking", g_variant_new ("(s@a{sv})", name, g_variant_dict_end (&options)), error);
  if (reply != NULL)
    g_variant_get (reply, "(o)", &run);
  return run;
}

static gboolean
append_log (GDBusConnection *bus, const char *run, const char *stream, const char *text, GError **error)
{
  GVariant *bytes = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, text, strlen (text), 1);

  return call_run (bus, run, "AppendLog", g_variant_new ("(s@ay)", stream, bytes), error);
}

/* By the exit code the service knows whether that was a success. */
static gboolean
finish (GDBusConnection *bus, const char *run, int exit_code, GError **error)
{
  GVariantDict details;

  g_variant_dict_init (&details, NULL);
  g_variant_dict_insert (&details, "exit-code", "i", exit_code);
  return call_run (bus, run, "Finish", g_variant_new ("(s@a{sv})", "", g_variant_dict_end (&details)), error);
}

static gboolean
render (GDBusConnection *bus, const char *run, GError **error)
{
  for (int frame = 1; frame <= 10; frame++)
    if (!call_run (bus, run, "SetProgress", g_variant_new ("(ds)", frame / 10.0, "rendering"), error))
      return FALSE;
  return append_log (bus, run, "stderr", "slow frame 7\n", error);
}

int
main (void)
{
  gboolean is_session = g_strcmp0 (g_getenv ("JOBTRACKER_BUS"), "session") == 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (is_session ? G_BUS_TYPE_SESSION : G_BUS_TYPE_SYSTEM, NULL, &error);
  g_autofree char *run = bus == NULL ? NULL : start_tracking (bus, "render", &error);

  if (run == NULL || !render (bus, run, &error) || !finish (bus, run, 0, &error))
    {
      g_printerr ("could not report: %s\n", error->message);
      return 1;
    }
  g_print ("%s\n", run);
  return 0;
}
