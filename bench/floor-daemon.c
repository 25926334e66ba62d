/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "bench-common.h"

#include <sqlite3.h>

/* floor-daemon ADDRESS DATABASE NAME: the smallest service of our kind: a bus name, an SQLite file in WAL mode with one
 * durable commit. What JobTracker's memory and start are compared with. */

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GDBusConnection) bus = NULL;
  sqlite3 *database = NULL;

  if (argc != 4)
    g_error ("usage: floor-daemon ADDRESS DATABASE NAME");
  if (sqlite3_open (argv[2], &database) != SQLITE_OK ||
      sqlite3_exec (database, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                              "CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, a TEXT);"
                              "INSERT INTO t (a) VALUES ('x')", NULL, NULL, NULL) != SQLITE_OK)
    g_error ("%s: %s", argv[2], sqlite3_errmsg (database));
  bus = bench_connect (argv[1]);
  g_bus_own_name_on_connection (bus, argv[3], G_BUS_NAME_OWNER_FLAGS_NONE, NULL, NULL, NULL, NULL);
  g_main_loop_run (loop);
  return EXIT_SUCCESS;
}
