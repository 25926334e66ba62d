/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "bench-common.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* bench-start ADDRESS NAME COMMAND…: starts a service and waits until it owns NAME on the bus; looks at its memory
 * 0.3 s later and ends it. Prints milliseconds to the name, PSS and private KiB, threads.
 * bench-start exec COUNT COMMAND…: starts a program COUNT times to its end; prints the median and the 95th percentile
 * of one in milliseconds. */

#define SETTLE_MILLISECONDS 300
#define PATIENCE_SECONDS 60

extern char **environ;

typedef struct
{
  GMainLoop  *loop; /* (owned) */
  const char *name;
  double      owned_at;
} Start;

static pid_t
spawn (char **command, gboolean is_quiet)
{
  posix_spawn_file_actions_t actions;
  pid_t pid;

  posix_spawn_file_actions_init (&actions);
  if (is_quiet)
    posix_spawn_file_actions_addopen (&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  if (posix_spawnp (&pid, command[0], &actions, NULL, command, environ) != 0)
    g_error ("could not start %s", command[0]);
  posix_spawn_file_actions_destroy (&actions);
  return pid;
}

/* The number behind KEY in /proc/PID/FILE. */
static long
read_number (pid_t pid, const char *file, const char *key)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/%s", (int) pid, file);
  g_autofree char *text = NULL;
  g_autofree char *label = g_strdup_printf ("\n%s:", key);
  const char *found;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    g_error ("could not read %s", path);
  found = strstr (text, label);
  return found != NULL ? atol (found + strlen (label)) : 0;
}

static void
on_owner_changed (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal,
                  GVariant *parameters, gpointer user_data)
{
  Start *start = user_data;
  const char *new_owner = NULL;

  g_variant_get (parameters, "(&s&s&s)", NULL, NULL, &new_owner);
  if (*new_owner == '\0')
    return;
  start->owned_at = bench_now_seconds ();
  g_main_loop_quit (start->loop);
}

static gboolean
on_patience_ended (gpointer user_data)
{
  g_error ("the service did not take its name within %d s", PATIENCE_SECONDS);
  return G_SOURCE_REMOVE;
}

static void
measure_service (const char *address, const char *name, char **command)
{
  g_autoptr (GDBusConnection) bus = bench_connect (address);
  g_autoptr (GVariant) id = NULL;
  Start start = { .loop = g_main_loop_new (NULL, FALSE), .name = name };
  double started_at;
  pid_t pid;

  g_dbus_connection_signal_subscribe (bus, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged",
                                      "/org/freedesktop/DBus", name, G_DBUS_SIGNAL_FLAGS_NONE, on_owner_changed, &start,
                                      NULL);
  /* The answer proves that the match rule is in force. */
  id = g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "GetId", NULL, NULL,
                                    G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_timeout_add_seconds (PATIENCE_SECONDS, on_patience_ended, NULL);
  started_at = bench_now_seconds ();
  pid = spawn (command, TRUE);
  g_main_loop_run (start.loop);
  g_usleep (SETTLE_MILLISECONDS * 1000);
  printf ("%.2f %ld %ld %ld\n", (start.owned_at - started_at) * 1e3, read_number (pid, "smaps_rollup", "Pss"),
          read_number (pid, "smaps_rollup", "Private_Dirty") + read_number (pid, "smaps_rollup", "Private_Clean"),
          read_number (pid, "status", "Threads"));
  kill (pid, SIGTERM);
  waitpid (pid, NULL, 0);
  g_main_loop_unref (start.loop);
}

static void
measure_program (guint count, char **command)
{
  g_autofree double *taken = g_new (double, count);

  for (guint i = 0; i < count; i++)
    {
      double start = bench_now_seconds ();
      int status = 0;

      if (waitpid (spawn (command, TRUE), &status, 0) < 0 || !WIFEXITED (status) || WEXITSTATUS (status) != 0)
        g_error ("%s failed with wait status %d", command[0], status);
      taken[i] = bench_now_seconds () - start;
    }
  printf ("%.3f %.3f\n", bench_quantile (taken, count, 0.5) * 1e3, bench_quantile (taken, count, 0.95) * 1e3);
}

int
main (int argc, char **argv)
{
  if (argc < 4)
    g_error ("usage: bench-start ADDRESS NAME COMMAND… | exec COUNT COMMAND…");
  if (strcmp (argv[1], "exec") == 0)
    measure_program (bench_parse_count (argv[2], 100000), argv + 3);
  else
    measure_service (argv[1], argv[2], argv + 3);
  return EXIT_SUCCESS;
}
