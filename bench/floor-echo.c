/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "bench-common.h"

/* floor-echo ADDRESS: owns org.example.Echo and answers from constants: what GDBus itself costs. Nop; Get gives an
 * a{sv} of as many entries as asked for; List rows of (tssuttis); ListRows rows of a{sv} with as many entries. */

static const char introspection[] =
  "<node><interface name='org.example.Echo'>"
  "<method name='Nop'/>"
  "<method name='Get'><arg type='u' direction='in'/><arg type='a{sv}' direction='out'/></method>"
  "<method name='List'><arg type='u' direction='in'/><arg type='a(tssuttis)' direction='out'/></method>"
  "<method name='ListRows'><arg type='u' direction='in'/><arg type='u' direction='in'/>"
  "<arg type='aa{sv}' direction='out'/></method>"
  "</interface></node>";

static const char *const keys[] = {
  "id",           "job",           "job-name", "owner",  "state",   "trigger",   "attempt",     "max-attempts",
  "scheduled-for", "queued-at",    "started-at", "finished-at", "exit-code", "signal", "reason", "pid",
  "cpu-usage",    "memory-peak",   "log-size", "message", "eta",     "progress",  "revision",    "owner-name",
  "health",       "streak",        "origin",   "enabled", "timezone", "next-elapse", "last-run", "last-state",
};

/* Half words, half numbers, as the real rows are. */
static GVariant *
make_row (guint count)
{
  GVariantBuilder row;

  g_variant_builder_init (&row, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < count && i < G_N_ELEMENTS (keys); i++)
    if (i % 2 == 0)
      g_variant_builder_add (&row, "{sv}", keys[i], g_variant_new_uint64 (1234567890 + i));
    else
      g_variant_builder_add (&row, "{sv}", keys[i], g_variant_new_string ("a string of some chars"));
  return g_variant_builder_end (&row);
}

static GVariant *
make_rows (guint count, guint width)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < count; i++)
    g_variant_builder_add_value (&rows, make_row (width));
  return g_variant_builder_end (&rows);
}

static GVariant *
make_list (guint count)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(tssuttis)"));
  for (guint i = 0; i < count; i++)
    g_variant_builder_add (&rows, "(tssuttis)", (guint64) i, "nightly-backup", "succeeded", 3u,
                           (guint64) 1700000000 + i, (guint64) 1700000100 + i, 0, "root");
  return g_variant_builder_end (&rows);
}

static void
on_method_called (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *method,
                  GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
  guint count = 0, width = 0;

  if (g_str_equal (method, "ListRows"))
    {
      g_variant_get (parameters, "(uu)", &count, &width);
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(@aa{sv})", make_rows (count, width)));
      return;
    }
  if (!g_str_equal (method, "Nop"))
    g_variant_get (parameters, "(u)", &count);
  if (g_str_equal (method, "Get"))
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(@a{sv})", make_row (count)));
  else if (g_str_equal (method, "List"))
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(@a(tssuttis))", make_list (count)));
  else
    g_dbus_method_invocation_return_value (invocation, NULL);
}

int
main (int argc, char **argv)
{
  static const GDBusInterfaceVTable table = { .method_call = on_method_called };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (introspection, NULL);
  g_autoptr (GDBusConnection) bus = NULL;

  if (argc != 2)
    g_error ("usage: floor-echo ADDRESS");
  bus = bench_connect (argv[1]);
  g_dbus_connection_register_object (bus, "/", node->interfaces[0], &table, NULL, NULL, NULL);
  g_bus_own_name_on_connection (bus, "org.example.Echo", G_BUS_NAME_OWNER_FLAGS_NONE, NULL, NULL, NULL, NULL);
  g_main_loop_run (loop);
  return EXIT_SUCCESS;
}
