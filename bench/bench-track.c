/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "bench-common.h"

#include <stdio.h>
#include <string.h>

/* bench-track ADDRESS track|echo COUNT IN-FLIGHT: COUNT runs of two calls each, so many at a time: StartTracking and
 * Finish, each answered when it is durable, or twice Nop of floor-echo, which only answers. The next call of a run
 * leaves when the one before was answered. Each place in flight reports about a job of its own, which exists before the
 * clock starts. Prints runs a second and the median of one run in microseconds. */

#define SERVICE "org.example.JobTracker"
#define ROOT "/org/example/JobTracker"
#define ECHO "org.example.Echo"
/* A system bus allows 128 calls without an answer on one connection. */
#define MAX_IN_FLIGHT 100

typedef struct
{
  GDBusConnection *bus;   /* (owned) */
  GMainLoop       *loop;  /* (owned) */
  gboolean         is_echo;
  guint            count;
  guint            started;
  guint            finished;
  double          *taken; /* (owned) seconds of each run */
} Bench;

/* One place in flight. */
typedef struct
{
  Bench   *bench; /* (unowned) */
  guint    number;
  double   started_at;
  gboolean is_second;
  char    *run;   /* (owned) (nullable) object path */
} Place;

static void start_run (Place *place);
static void on_answered (GObject *source, GAsyncResult *result, gpointer user_data);

static void
call_echo (Place *place)
{
  g_dbus_connection_call (place->bench->bus, ECHO, "/", ECHO, "Nop", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                          on_answered, place);
}

static void
call_service (Place *place)
{
  g_autofree char *name = g_strdup_printf ("tracked-%u", place->number);

  if (place->is_second)
    g_dbus_connection_call (place->bench->bus, SERVICE, place->run, SERVICE ".Run", "Finish",
                            g_variant_new_parsed ("('succeeded', @a{sv} {})"), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                            on_answered, place);
  else
    g_dbus_connection_call (place->bench->bus, SERVICE, ROOT, SERVICE, "StartTracking",
                            g_variant_new_parsed ("(%s, @a{sv} {})", name), G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE,
                            -1, NULL, on_answered, place);
}

static void
call (Place *place)
{
  if (place->bench->is_echo)
    call_echo (place);
  else
    call_service (place);
}

static void
finish_run (Place *place)
{
  Bench *bench = place->bench;

  bench->taken[bench->finished++] = bench_now_seconds () - place->started_at;
  if (bench->finished == bench->count)
    g_main_loop_quit (bench->loop);
  else
    start_run (place);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Place *place = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    g_error ("call %d of a run: %s", place->is_second ? 2 : 1, error->message);
  if (place->is_second)
    {
      finish_run (place);
      return;
    }
  g_clear_pointer (&place->run, g_free);
  if (!place->bench->is_echo)
    g_variant_get (reply, "(o)", &place->run);
  place->is_second = TRUE;
  call (place);
}

static void
start_run (Place *place)
{
  Bench *bench = place->bench;

  if (bench->started == bench->count)
    return;
  bench->started++;
  place->started_at = bench_now_seconds ();
  place->is_second = FALSE;
  call (place);
}

/* Returns the seconds that @count runs took. */
static double
run_all (Bench *bench, Place *places, guint count, guint in_flight)
{
  double start = bench_now_seconds ();

  bench->count = count;
  bench->started = bench->finished = 0;
  for (guint i = 0; i < in_flight; i++)
    start_run (&places[i]);
  g_main_loop_run (bench->loop);
  return bench_now_seconds () - start;
}

int
main (int argc, char **argv)
{
  Bench bench = { 0 };
  Place places[MAX_IN_FLIGHT] = { 0 };
  guint count, in_flight;
  double seconds;

  if (argc != 5 || (strcmp (argv[2], "track") != 0 && strcmp (argv[2], "echo") != 0))
    g_error ("usage: bench-track ADDRESS track|echo COUNT IN-FLIGHT");
  count = bench_parse_count (argv[3], 10000000);
  in_flight = bench_parse_count (argv[4], MAX_IN_FLIGHT);
  bench.bus = bench_connect (argv[1]);
  bench.loop = g_main_loop_new (NULL, FALSE);
  bench.is_echo = strcmp (argv[2], "echo") == 0;
  bench.taken = g_new (double, MAX (count, in_flight));
  for (guint i = 0; i < in_flight; i++)
    places[i] = (Place){ .bench = &bench, .number = i };
  run_all (&bench, places, in_flight, in_flight);
  seconds = run_all (&bench, places, count, in_flight);
  printf ("%.1f %.1f\n", count / seconds, bench_quantile (bench.taken, count, 0.5) * 1e6);
  for (guint i = 0; i < in_flight; i++)
    g_free (places[i].run);
  g_free (bench.taken);
  g_main_loop_unref (bench.loop);
  g_object_unref (bench.bus);
  return EXIT_SUCCESS;
}
