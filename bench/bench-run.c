/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "bench-common.h"

#include <stdio.h>
#include <string.h>

/* bench-run ADDRESS PREFIX queued|due COUNT [LEAD-SECONDS]: defines COUNT jobs of /bin/true and has all of them run,
 * started by calls (queued) or by their schedules, all at one instant (due); waits until each has finished with success.
 * Prints jobs a second from the first start call, or from the instant, to the last end. What is defined stays. */

#define SERVICE "org.example.JobTracker"
#define ROOT "/org/example/JobTracker"
#define JOBS_PER_CALL 100
/* A system bus allows 128 calls without an answer on one connection. */
#define CALLS_IN_FLIGHT 64
#define PATIENCE_SECONDS 300

typedef struct
{
  GDBusConnection *bus;  /* (owned) */
  GMainLoop       *loop; /* (owned) */
  GPtrArray       *jobs; /* (element-type utf8) (owned): object paths */
  guint            started;
  guint            answered;
  guint            finished;
} Bench;

static void
on_run_finished (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal,
                 GVariant *parameters, gpointer user_data)
{
  Bench *bench = user_data;
  g_autoptr (GVariant) what = g_variant_get_child_value (parameters, 1);
  const char *state = "";

  g_variant_lookup (what, "state", "&s", &state);
  if (!g_str_equal (state, "succeeded"))
    g_error ("a run ended as '%s'", state);
  bench->finished++;
  if (bench->finished == bench->jobs->len)
    g_main_loop_quit (bench->loop);
}

static GVariant *
make_jobs (const char *prefix, guint first, guint count, const char *schedule)
{
  GVariantBuilder jobs, options;

  g_variant_builder_init (&jobs, G_VARIANT_TYPE ("a(sa{sv})"));
  for (guint i = first; i < first + count; i++)
    {
      const char *command[] = { "/bin/true", NULL };
      const char *schedules[] = { schedule, NULL };
      g_autofree char *name = g_strdup_printf ("%s-%u", prefix, i);
      GVariantBuilder settings;

      g_variant_builder_init (&settings, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&settings, "{sv}", "command", g_variant_new_strv (command, -1));
      if (schedule != NULL)
        g_variant_builder_add (&settings, "{sv}", "schedule", g_variant_new_strv (schedules, -1));
      g_variant_builder_add (&jobs, "(sa{sv})", name, &settings);
    }
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  return g_variant_new ("(a(sa{sv})a{sv})", &jobs, &options);
}

static void
define_jobs (Bench *bench, const char *prefix, guint count, const char *schedule)
{
  for (guint first = 0; first < count; first += JOBS_PER_CALL)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) reply = NULL;
      g_autoptr (GVariantIter) paths = NULL;
      const char *path;

      reply = g_dbus_connection_call_sync (bench->bus, SERVICE, ROOT, SERVICE, "AddJobs",
                                           make_jobs (prefix, first, MIN (JOBS_PER_CALL, count - first), schedule),
                                           G_VARIANT_TYPE ("(ao)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
      if (reply == NULL)
        g_error ("AddJobs: %s", error->message);
      g_variant_get (reply, "(ao)", &paths);
      while (g_variant_iter_next (paths, "&o", &path))
        g_ptr_array_add (bench->jobs, g_strdup (path));
    }
}

static void start_more (Bench *bench);

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Bench *bench = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    g_error ("Start: %s", error->message);
  bench->answered++;
  start_more (bench);
}

static void
start_more (Bench *bench)
{
  while (bench->started < bench->jobs->len && bench->started - bench->answered < CALLS_IN_FLIGHT)
    g_dbus_connection_call (bench->bus, SERVICE, g_ptr_array_index (bench->jobs, bench->started++), SERVICE ".Job",
                            "Start", g_variant_new_parsed ("(@a{sv} {},)"), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                            on_started, bench);
}

/* On a system bus nobody is told who has not asked; on a session bus this changes nothing. */
static void
subscribe_to_ends (Bench *bench)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
    = g_dbus_connection_call_sync (bench->bus, SERVICE, ROOT, SERVICE, "Subscribe",
                                   g_variant_new_parsed ("({'state': <['succeeded', 'failed', 'timed-out', 'cancelled', 'lost']>},)"), NULL,
                                   G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  if (reply == NULL)
    g_error ("Subscribe: %s", error->message);
}

static gboolean
on_patience_ended (gpointer user_data)
{
  Bench *bench = user_data;

  g_error ("%u of %u jobs had finished after %d s", bench->finished, bench->jobs->len, PATIENCE_SECONDS);
  return G_SOURCE_REMOVE;
}

/* Returns the seconds from the first start to the last end. */
static double
run_queued (Bench *bench, const char *prefix, guint count)
{
  double start;

  define_jobs (bench, prefix, count, NULL);
  start = bench_now_seconds ();
  start_more (bench);
  g_main_loop_run (bench->loop);
  return bench_now_seconds () - start;
}

static double
run_due (Bench *bench, const char *prefix, guint count, guint lead_seconds)
{
  gint64 due_seconds = g_get_real_time () / G_USEC_PER_SEC + lead_seconds;
  g_autoptr (GDateTime) due = g_date_time_new_from_unix_utc (due_seconds);
  g_autofree char *schedule = g_date_time_format (due, "at %Y-%m-%dT%H:%M:%SZ");

  define_jobs (bench, prefix, count, schedule);
  if (g_get_real_time () >= due_seconds * G_USEC_PER_SEC)
    g_error ("defining %u jobs took longer than the %u s ahead", count, lead_seconds);
  g_main_loop_run (bench->loop);
  return (double) (g_get_real_time () - due_seconds * G_USEC_PER_SEC) / G_USEC_PER_SEC;
}

int
main (int argc, char **argv)
{
  Bench bench = { 0 };
  double seconds;
  guint count;

  if (argc < 5)
    g_error ("usage: bench-run ADDRESS PREFIX queued|due COUNT [LEAD-SECONDS]");
  count = bench_parse_count (argv[4], 100000);
  bench.bus = bench_connect (argv[1]);
  bench.loop = g_main_loop_new (NULL, FALSE);
  bench.jobs = g_ptr_array_new_with_free_func (g_free);
  g_dbus_connection_signal_subscribe (bench.bus, SERVICE, SERVICE, "RunFinished", ROOT, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                      on_run_finished, &bench, NULL);
  subscribe_to_ends (&bench);
  g_timeout_add_seconds (PATIENCE_SECONDS, on_patience_ended, &bench);
  if (strcmp (argv[3], "due") == 0)
    seconds = run_due (&bench, argv[2], count, argc > 5 ? bench_parse_count (argv[5], 600) : 5);
  else
    seconds = run_queued (&bench, argv[2], count);
  printf ("%.1f\n", count / seconds);
  g_ptr_array_unref (bench.jobs);
  g_main_loop_unref (bench.loop);
  g_object_unref (bench.bus);
  return EXIT_SUCCESS;
}
