/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "bench-common.h"

#include <stdio.h>
#include <unistd.h>

/* bench-notify ADDRESS end|popup|mail COUNT: lets a job of /bin/false run COUNT times, one after the other, and tells how
 * long after its end somebody knew: whoever watches runs, by RunFinished; a popup by the signal that the agent, which this
 * is, gets; a mail by the instant at which the service had the server's answer. Prints the median and the 99th percentile
 * in microseconds.
 * bench-notify ADDRESS storm COUNT: COUNT jobs that fail, all started at once; waits until nothing waits to be told by mail
 * any more. Prints how many mails that were, and how many of the failures they list. */

#define SERVICE "org.example.JobTracker"
#define ROOT "/org/example/JobTracker"
#define NOTIFICATIONS SERVICE ".Notifications"
#define POLL_USEC 2000
#define PATIENCE_SECONDS 300

typedef struct
{
  GDBusConnection *bus;  /* (owned) */
  GMainLoop       *loop; /* (owned) */
  char            *run;  /* (owned) (nullable) the one that is waited for */
  gint64           ended_usec; /* RunFinished came */
  gint64           told_usec;  /* Notify came */
  guint64          popup;
} Bench;

static GVariant *
call (Bench *bench, const char *path, const char *interface, const char *member, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply = g_dbus_connection_call_sync (bench->bus, SERVICE, path, interface, member, parameters, NULL,
                                                 G_DBUS_CALL_FLAGS_NONE, PATIENCE_SECONDS * 1000, NULL, &error);

  if (reply == NULL)
    g_error ("%s: %s", member, error->message);
  return reply;
}

static void
on_signal (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal,
           GVariant *parameters, gpointer user_data)
{
  Bench *bench = user_data;

  if (g_str_equal (signal, "RunFinished"))
    bench->ended_usec = g_get_real_time ();
  else
    {
      bench->told_usec = g_get_real_time ();
      g_variant_get_child (parameters, 0, "t", &bench->popup);
    }
  g_main_loop_quit (bench->loop);
}

static gint64
finished_usec (Bench *bench)
{
  g_autoptr (GVariant) reply = call (bench, bench->run, "org.freedesktop.DBus.Properties", "Get",
                                     g_variant_new ("(ss)", SERVICE ".Run", "FinishedAt"));
  g_autoptr (GVariant) value = NULL;

  g_variant_get (reply, "(v)", &value);
  return (gint64) g_variant_get_uint64 (value);
}

/* How many deliveries there are as @filter (floating) says; @delivered_usec: (nullable) when the first was. */
static guint
count_deliveries (Bench *bench, GVariant *filter, gint64 *delivered_usec, guint *sum)
{
  g_autoptr (GVariant) reply = call (bench, ROOT, NOTIFICATIONS, "ListDeliveries", g_variant_new ("(@a{sv}su)", filter, "", 999));
  g_autoptr (GVariant) rows = g_variant_get_child_value (reply, 0);

  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      guint64 at_usec = 0;
      guint32 count = 0;

      if (delivered_usec != NULL && g_variant_lookup (row, "delivered-at", "t", &at_usec))
        *delivered_usec = (gint64) at_usec;
      if (sum != NULL && g_variant_lookup (row, "count", "u", &count))
        *sum += MAX (count, 1);
    }
  return (guint) g_variant_n_children (rows);
}

static void
start (Bench *bench, const char *job)
{
  g_autoptr (GVariant) reply = call (bench, job, SERVICE ".Job", "Start", g_variant_new_parsed ("(@a{sv} {},)"));

  g_free (bench->run);
  g_variant_get (reply, "(o)", &bench->run);
}

static void
run_to_end (Bench *bench, const char *job)
{
  bench->ended_usec = 0;
  start (bench, job);
  while (bench->ended_usec == 0)
    g_main_loop_run (bench->loop);
}

static double
time_end (Bench *bench, const char *job)
{
  run_to_end (bench, job);
  return (double) (bench->ended_usec - finished_usec (bench));
}

static double
time_popup (Bench *bench, const char *job)
{
  bench->told_usec = 0;
  start (bench, job);
  while (bench->told_usec == 0)
    g_main_loop_run (bench->loop);
  g_variant_unref (call (bench, ROOT, NOTIFICATIONS, "ReportDelivery", g_variant_new ("(tss)", bench->popup, "shown", "")));
  return (double) (bench->told_usec - finished_usec (bench));
}

static double
time_mail (Bench *bench, const char *job)
{
  gint64 delivered_usec = 0;
  double deadline = bench_now_seconds () + PATIENCE_SECONDS;

  run_to_end (bench, job);
  while (count_deliveries (bench, g_variant_new_parsed ("{'run': <%o>, 'state': <'delivered'>}", bench->run), &delivered_usec, NULL) == 0)
    {
      if (bench_now_seconds () > deadline)
        g_error ("a mail was not delivered");
      g_usleep (POLL_USEC);
    }
  return (double) (delivered_usec - finished_usec (bench));
}

static double
time_one (Bench *bench, const char *what, const char *job)
{
  if (g_str_equal (what, "end"))
    return time_end (bench, job);
  return g_str_equal (what, "popup") ? time_popup (bench, job) : time_mail (bench, job);
}

static void
time_all (Bench *bench, const char *what, guint count)
{
  g_autofree double *taken = g_new (double, count);
  g_autofree char *name = g_strdup_printf ("%s-%d", what, (int) getpid ());
  g_autoptr (GVariant) reply
    = call (bench, ROOT, SERVICE, "AddJob", g_variant_new_parsed ("(%s, {'command': <['/bin/false']>})", name));
  const char *job;

  g_variant_get (reply, "(&o)", &job);
  if (g_str_equal (what, "popup"))
    g_variant_unref (call (bench, ROOT, NOTIFICATIONS, "RegisterAgent", g_variant_new_parsed ("(@a{sv} {},)")));
  /* The first one finds everything cold. */
  for (guint i = 0; i <= count; i++)
    {
      double usec = time_one (bench, what, job);

      if (i > 0)
        taken[i - 1] = usec;
    }
  printf ("%.1f %.1f\n", bench_quantile (taken, count, 0.5), bench_quantile (taken, count, 0.99));
}

static void
storm (Bench *bench, guint count)
{
  double deadline = bench_now_seconds () + PATIENCE_SECONDS;
  guint sum = 0, mails;

  for (guint i = 0; i < count; i++)
    {
      g_autofree char *name = g_strdup_printf ("storm-%u", i);
      g_autoptr (GVariant) added
        = call (bench, ROOT, SERVICE, "AddJob", g_variant_new_parsed ("(%s, {'command': <['/bin/false']>})", name));
      const char *job;

      g_variant_get (added, "(&o)", &job);
      start (bench, job);
    }
  do
    {
      if (bench_now_seconds () > deadline)
        g_error ("the storm does not end");
      g_usleep (50 * POLL_USEC);
      sum = 0;
      mails = count_deliveries (bench, g_variant_new_parsed ("{'channel': <'email'>, 'state': <'delivered'>}"), NULL, &sum);
    }
  while (sum < count);
  printf ("%u %u\n", mails, sum);
}

int
main (int argc, char **argv)
{
  Bench bench = { 0 };

  if (argc != 4)
    g_error ("usage: bench-notify ADDRESS end|popup|mail|storm COUNT");
  bench.bus = bench_connect (argv[1]);
  bench.loop = g_main_loop_new (NULL, FALSE);
  g_dbus_connection_signal_subscribe (bench.bus, SERVICE, SERVICE, "RunFinished", ROOT, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal,
                                      &bench, NULL);
  g_dbus_connection_signal_subscribe (bench.bus, SERVICE, NOTIFICATIONS, "Notify", ROOT, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal,
                                      &bench, NULL);
  if (g_str_equal (argv[2], "storm"))
    storm (&bench, bench_parse_count (argv[3], 100000));
  else
    time_all (&bench, argv[2], bench_parse_count (argv[3], 100000));
  g_free (bench.run);
  g_main_loop_unref (bench.loop);
  g_object_unref (bench.bus);
  return EXIT_SUCCESS;
}
