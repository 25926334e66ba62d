/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "bench-common.h"

/* floor-client ADDRESS: the smallest GDBus client: connect, one call to floor-echo, end. */

int
main (int argc, char **argv)
{
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  if (argc != 2)
    g_error ("usage: floor-client ADDRESS");
  bus = bench_connect (argv[1]);
  reply = g_dbus_connection_call_sync (bus, "org.example.Echo", "/", "org.example.Echo", "Nop", NULL, NULL,
                                       G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  if (reply == NULL)
    g_error ("%s", error->message);
  return EXIT_SUCCESS;
}
