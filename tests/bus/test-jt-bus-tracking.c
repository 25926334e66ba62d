/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <math.h>
#include <string.h>

#include "jt-bus-fixture.h"
#include "jt-interfaces.h"
#include "jt-names.h"

/* Work that others do and report, over the bus: whose a run is, and what becomes of it when they leave. */

static char *
track (Client *client, const char *name, const char *options)
{
  g_autoptr (GVariant) dict = g_variant_parse (G_VARIANT_TYPE_VARDICT, options, NULL, NULL, NULL);
  g_autoptr (GVariant) reply = client_must (client, JT_ROOT_PATH, JT_ROOT_INTERFACE, "StartTracking", g_variant_new ("(s@a{sv})", name, dict));
  char *path;

  g_variant_get (reply, "(o)", &path);
  return path;
}

static char *
get_text (Client *client, const char *path, const char *property)
{
  g_autoptr (GVariant) reply = client_must (client, path, JT_PROPERTIES_INTERFACE, "Get", g_variant_new ("(ss)", JT_RUN_INTERFACE, property));
  g_autoptr (GVariant) value = NULL;

  g_variant_get (reply, "(v)", &value);
  return g_variant_dup_string (value, NULL);
}

static void
assert_text (Client *client, const char *path, const char *property, const char *expected)
{
  g_autofree char *text = get_text (client, path, property);

  g_assert_cmpstr (text, ==, expected);
}

typedef struct
{
  Client     *client;
  const char *path;
  const char *state;
} Awaited;

static gboolean
has_state (gpointer user_data)
{
  Awaited *awaited = user_data;
  g_autofree char *state = get_text (awaited->client, awaited->path, "State");

  return g_str_equal (state, awaited->state);
}

static void
wait_for_state (Client *client, const char *path, const char *state)
{
  Awaited awaited = { client, path, state };

  run_until (has_state, &awaited);
}

static void
test_whose_run (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *reporter = bus_fixture_add_client (fixture, UID_ALICE, TRUE);
  Client *other = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *bob = bus_fixture_add_client (fixture, UID_BOB, FALSE);
  g_autofree char *run = track (reporter, "etl", "{'message': <'rows'>}");
  g_autoptr (GVariant) answer = NULL;
  g_autofree char *refusal = NULL;

  assert_text (reporter, run, "State", "running");
  assert_text (reporter, run, "Trigger", "tracked");
  assert_text (reporter, run, "Message", "rows");
  g_variant_unref (client_must (other, run, JT_RUN_INTERFACE, "SetProgress", g_variant_new ("(ds)", 0.5, "half")));
  assert_text (reporter, run, "Message", "half");
  g_free (client_refused (bob, run, JT_RUN_INTERFACE, "Finish", g_variant_new_parsed ("('failed', @a{sv} {})"), "NotFound"));
  g_free (client_refused (other, run, JT_RUN_INTERFACE, "Finish", g_variant_new_parsed ("('lost', @a{sv} {})"), "InvalidArgument"));
  g_free (client_refused (other, run, JT_RUN_INTERFACE, "Finish", g_variant_new_parsed ("('failed', {'exit-code': <256>})"), "InvalidArgument"));
  answer = client_must (other, run, JT_RUN_INTERFACE, "Finish", g_variant_new_parsed ("('', {'exit-code': <0>})"));
  assert_text (reporter, run, "State", "succeeded");
  refusal = client_refused (reporter, run, JT_RUN_INTERFACE, "Heartbeat", NULL, "WrongState");
  g_assert_nonnull (strstr (refusal, "already finished"));
}

/* What a reporter may not say of its run. */
static void
test_bad_words (void)
{
  static const double shares[] = { NAN, INFINITY, -INFINITY, -0.5, 1.0000001, 2 };
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  g_autofree char *run = track (alice, "etl", "{}");
  g_autofree char *much = g_strnfill (64 * 1024 + 1, 'x');
  g_autofree char *refusal = NULL;
  GVariantDict details;

  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    g_free (client_refused (alice, run, JT_RUN_INTERFACE, "SetProgress", g_variant_new ("(ds)", shares[i], ""), "InvalidArgument"));
  g_free (client_refused (alice, run, JT_RUN_INTERFACE, "SetProgress", g_variant_new ("(ds)", 0.5, "a\nb"), "InvalidArgument"));
  g_free (client_refused (alice, run, JT_RUN_INTERFACE, "SetProgress", g_variant_new ("(ds)", 0.5, much), "TooLarge"));
  g_free (client_refused (alice, run, JT_RUN_INTERFACE, "AppendLog",
                          g_variant_new ("(s@ay)", "stdout", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, much, 64 * 1024 + 1, 1)), "TooLarge"));
  g_free (client_refused (alice, run, JT_RUN_INTERFACE, "AppendLog", g_variant_new_parsed ("('system', @ay b'x')"), "InvalidArgument"));
  g_variant_dict_init (&details, NULL);
  g_variant_dict_insert (&details, "log", "s", much);
  refusal = client_refused (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Ping",
                            g_variant_new ("(ss@a{sv})", "etl", "success", g_variant_dict_end (&details)), "TooLarge");
  g_assert_nonnull (strstr (refusal, "65537 bytes, limit 65536"));
  assert_text (alice, run, "State", "running");
}

static void
test_reporter_leaves (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *reporter = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *other = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  g_autofree char *attached = track (reporter, "a", "{}");
  g_autofree char *detached = track (reporter, "b", "{'detached': <true>}");

  g_dbus_connection_close_sync (reporter->connection, NULL, NULL);
  wait_for_state (other, attached, "lost");
  assert_text (other, attached, "Reason", "its reporter left the bus");
  assert_text (other, detached, "State", "running");
}

/* Over a restart of the service: whoever went meanwhile is found out by asking. */
static void
test_service_returns (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *reporter = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *steady = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  g_autofree char *gone = track (reporter, "a", "{}");
  g_autofree char *kept = track (steady, "b", "{}");

  bus_fixture_stop_service (fixture);
  g_dbus_connection_close_sync (reporter->connection, NULL, NULL);
  bus_fixture_start_service (fixture);
  wait_for_state (steady, gone, "lost");
  assert_text (steady, kept, "State", "running");
}

static void
test_ping (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  g_autoptr (GVariant) begun = client_must (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Ping",
                                            g_variant_new_parsed ("('p', 'start', {'expect-every': <uint64 3600000000>})"));
  g_autoptr (GVariant) ended = client_must (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Ping",
                                            g_variant_new_parsed ("('p', '3', {'message': <'disk full'>, 'log': <'no space\\n'>})"));
  const char *path;

  g_assert_true (g_variant_equal (begun, ended));
  g_variant_get (ended, "(&o)", &path);
  assert_text (alice, path, "State", "failed");
  assert_text (alice, path, "Trigger", "ping");
  assert_text (alice, path, "Message", "disk full");
}

static GVariant *
statistics (Client *client, const char *filter)
{
  g_autoptr (GVariant) dict = g_variant_parse (G_VARIANT_TYPE_VARDICT, filter, NULL, NULL, NULL);
  g_autoptr (GVariant) reply = client_must (client, JT_ROOT_PATH, JT_ROOT_INTERFACE, "GetStatistics", g_variant_new ("(@a{sv})", dict));

  return g_variant_get_child_value (reply, 0);
}

static guint64
number (GVariant *dict, const char *key)
{
  guint64 value = G_MAXUINT64;

  g_assert_true (g_variant_lookup (dict, key, "t", &value));
  return value;
}

static void
ping (BusFixture *fixture, Client *client, const char *name, const char *status, const char *details)
{
  g_autoptr (GVariant) dict = g_variant_parse (G_VARIANT_TYPE_VARDICT, details, NULL, NULL, NULL);

  g_variant_unref (client_must (client, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Ping", g_variant_new ("(ss@a{sv})", name, status, dict)));
  jt_fake_clock_advance (JT_FAKE_CLOCK (fixture->clock), 60 * G_USEC_PER_SEC);
}

/* Good, bad, bad, good: one episode, a minute up and two minutes down. */
static void
test_statistics (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *bob = bus_fixture_add_client (fixture, UID_BOB, FALSE);
  Client *root = bus_fixture_add_client (fixture, UID_ROOT, FALSE);
  g_autoptr (GVariant) one = NULL, own = NULL, all = NULL, by_tag = NULL, by_hour = NULL, duration = NULL, groups = NULL, group = NULL;
  double rate;

  ping (fixture, alice, "p", "success", "{'tags': <['red', 'blue']>}");
  ping (fixture, alice, "p", "start", "{}");
  ping (fixture, alice, "p", "fail", "{'cpu-usage': <uint64 500>, 'memory-peak': <uint64 4096>}");
  ping (fixture, alice, "p", "fail", "{}");
  ping (fixture, alice, "p", "start", "{}");
  ping (fixture, alice, "p", "success", "{}");
  ping (fixture, alice, "q", "success", "{}");
  ping (fixture, bob, "p", "success", "{}");
  one = statistics (alice, "{'job': <'p'>}");
  g_assert_cmpuint (number (one, "count"), ==, 4);
  g_assert_true (g_variant_lookup (one, "success-rate", "d", &rate));
  g_assert_cmpfloat (rate, ==, 0.5);
  g_assert_cmpuint (number (one, "episodes"), ==, 1);
  g_assert_cmpuint (number (one, "mtbf"), ==, 120 * G_USEC_PER_SEC);
  g_assert_cmpuint (number (one, "mttr"), ==, 180 * G_USEC_PER_SEC);
  g_assert_cmpuint (number (one, "cpu-usage"), ==, 500);
  g_assert_cmpuint (number (one, "memory-peak"), ==, 4096);
  g_assert_cmpuint (number (one, "longest-failure-streak"), ==, 2);
  duration = g_variant_lookup_value (one, "duration", G_VARIANT_TYPE_VARDICT);
  g_assert_cmpuint (number (duration, "count"), ==, 1);
  g_assert_cmpuint (number (duration, "p99"), ==, 60 * G_USEC_PER_SEC);
  own = statistics (alice, "{}");
  g_assert_cmpuint (number (own, "count"), ==, 5);
  all = statistics (root, "{}");
  g_assert_cmpuint (number (all, "count"), ==, 6);
  by_tag = statistics (alice, "{'by': <'tag'>}");
  groups = g_variant_lookup_value (by_tag, "groups", G_VARIANT_TYPE ("aa{sv}"));
  g_assert_cmpuint (g_variant_n_children (groups), ==, 2);
  group = g_variant_get_child_value (groups, 1);
  g_assert_cmpuint (number (group, "count"), ==, 4);
  by_hour = statistics (root, "{'by': <'hour'>, 'owner': <'alice'>}");
  g_assert_cmpuint (number (by_hour, "count"), ==, 5);
  g_assert_cmpuint (number (by_hour, "since") % (3600 * (guint64) G_USEC_PER_SEC), ==, 0);
}

static GVariant *
group_of (GVariant *statistics, const char *key, const char *name, gboolean is_removed)
{
  g_autoptr (GVariant) groups = g_variant_lookup_value (statistics, "groups", G_VARIANT_TYPE ("aa{sv}"));

  for (gsize i = 0; i < g_variant_n_children (groups); i++)
    {
      g_autoptr (GVariant) group = g_variant_get_child_value (groups, i);
      gboolean removed = FALSE;
      const char *found = "";

      g_variant_lookup (group, key, "&s", &found);
      g_variant_lookup (group, "removed", "b", &removed);
      if (g_str_equal (found, name) && removed == is_removed)
        return g_steal_pointer (&group);
    }
  return NULL;
}

static void
assert_group (Client *client, const char *filter, const char *key, const char *name, gboolean is_removed, guint64 count)
{
  g_autoptr (GVariant) whole = statistics (client, filter);
  g_autoptr (GVariant) group = group_of (whole, key, name, is_removed);

  g_test_message ("%s: %s", filter, name);
  if (count == 0)
    g_assert_null (group);
  else
    g_assert_cmpuint (number (group, "count"), ==, count);
}

static void
assert_count (Client *client, const char *filter, guint64 count)
{
  g_autoptr (GVariant) whole = statistics (client, filter);

  g_test_message ("%s", filter);
  g_assert_cmpuint (number (whole, "count"), ==, count);
}

static void
remove_job (Client *client, const char *name)
{
  g_autoptr (GVariant) found = client_must (client, JT_ROOT_PATH, JT_ROOT_INTERFACE, "FindJob", g_variant_new ("(s)", name));
  const char *path;

  g_variant_get (found, "(&o)", &path);
  g_variant_unref (client_must (client, path, JT_JOB_INTERFACE, "Remove", g_variant_new_parsed ("({'history': <'delete'>},)")));
}

/* No total changes when jobs and their history are removed, however it is asked for. */
static void
test_statistics_stay (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *root = bus_fixture_add_client (fixture, UID_ROOT, FALSE);

  ping (fixture, alice, "p", "success", "{'tags': <['red', 'blue']>}");
  ping (fixture, alice, "p", "fail", "{}");
  ping (fixture, alice, "q", "success", "{'tags': <['red']>}");
  remove_job (alice, "p");
  ping (fixture, alice, "p", "success", "{}");
  assert_count (alice, "{}", 4);
  assert_count (alice, "{'by': <'job'>}", 4);
  assert_count (alice, "{'tag': <'red'>}", 3);
  assert_count (alice, "{'tag': <'red'>, 'by': <'day'>}", 3);
  assert_group (alice, "{'by': <'job'>}", "job", "p", FALSE, 1);
  assert_group (alice, "{'by': <'job'>}", "job", "p", TRUE, 2);
  assert_group (root, "{'by': <'job'>}", "job", "alice/p", TRUE, 2);
  assert_group (alice, "{'by': <'tag'>}", "tag", "red", FALSE, 3);
  assert_group (alice, "{'by': <'tag'>}", "tag", "blue", FALSE, 2);
  assert_group (root, "{'by': <'user'>, 'tag': <'red'>}", "user", "alice", FALSE, 3);
  assert_group (root, "{'by': <'user'>}", "user", "alice", FALSE, 4);
  /* A name is that of the living job; without one, of those that were. */
  assert_count (alice, "{'job': <'p'>}", 1);
  remove_job (alice, "p");
  assert_count (alice, "{'job': <'p'>}", 3);
  assert_count (alice, "{'job': <'1'>}", 2);
  remove_job (alice, "q");
  assert_count (alice, "{'by': <'tag'>}", 4);
  assert_group (alice, "{'by': <'tag'>}", "tag", "red", FALSE, 3);
}

/* A job for each row of a long table: none is missing, mixed up or said of another. */
static void
test_statistics_of_many (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  g_autoptr (GVariant) by_job = NULL;
  guint64 count, longest;

  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *name = g_strdup_printf ("job-%02u", i);

      ping (fixture, alice, name, "start", "{}");
      jt_fake_clock_advance (JT_FAKE_CLOCK (fixture->clock), i * G_USEC_PER_SEC);
      ping (fixture, alice, name, "success", "{}");
    }
  by_job = statistics (alice, "{'by': <'job'>}");
  g_assert_cmpuint (number (by_job, "count"), ==, 40);
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *name = g_strdup_printf ("job-%02u", i);
      g_autoptr (GVariant) group = group_of (by_job, "job", name, FALSE);

      g_assert_cmpuint (number (group, "count"), ==, 1);
      g_assert_true (g_variant_lookup (group, "duration", "(tttttttt)", &count, NULL, NULL, NULL, NULL, NULL, NULL, &longest));
      g_assert_cmpuint (count, ==, 1);
      g_assert_cmpuint (longest, ==, (60 + i) * G_USEC_PER_SEC);
    }
}

/* What is another's is not there, by whatever name, living or removed. */
static void
test_statistics_of_others (void)
{
  static const char *const filters[]
    = { "{'job': <'1'>}", "{'job': <'p'>}", "{'job': <'/org/example/JobTracker/jobs/1'>}", "{'job': <'alice/p'>}", "{'job': <'1'>, 'owner': <'alice'>}" };
  static const char *const empty[]
    = { "{}", "{'owner': <'alice'>}", "{'owner': <'1001'>}", "{'tag': <'red'>}", "{'by': <'job'>}", "{'by': <'job'>, 'owner': <'alice'>}" };
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *bob = bus_fixture_add_client (fixture, UID_BOB, FALSE);

  ping (fixture, alice, "p", "success", "{'tags': <['red']>}");
  for (guint times = 0; times < 2; times++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (filters); i++)
        {
          g_autoptr (GVariant) filter = g_variant_parse (G_VARIANT_TYPE_VARDICT, filters[i], NULL, NULL, NULL);

          g_free (client_refused (bob, JT_ROOT_PATH, JT_ROOT_INTERFACE, "GetStatistics", g_variant_new ("(@a{sv})", filter), "NotFound"));
        }
      for (guint i = 0; i < G_N_ELEMENTS (empty); i++)
        assert_count (bob, empty[i], 0);
      if (times == 0)
        remove_job (alice, "p");
    }
}

#define HOUR_USEC (3600 * (guint64) G_USEC_PER_SEC)
#define DAY_USEC (24 * HOUR_USEC)

static GVariant *
statistics_between (Client *client, guint64 since_usec, guint64 until_usec, const char *by)
{
  g_autofree char *filter = g_strdup_printf ("{'since': <uint64 %" G_GUINT64_FORMAT ">, 'until': <uint64 %" G_GUINT64_FORMAT ">%s}",
                                             since_usec, until_usec, by);

  return statistics (client, filter);
}

/* The span that is answered is the one that was used: whole hours, or whole days for a series of days. */
static void
test_statistics_span (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  guint64 now_usec = (guint64) jt_clock_get_realtime (fixture->clock);
  g_autoptr (GVariant) usual = NULL, hours = NULL, part = NULL, before = NULL, days = NULL, old = NULL, group = NULL;

  ping (fixture, alice, "p", "success", "{}");
  jt_fake_clock_advance (JT_FAKE_CLOCK (fixture->clock), (gint64) (50 * HOUR_USEC));
  ping (fixture, alice, "p", "success", "{}");
  usual = statistics (alice, "{}");
  g_assert_cmpuint (number (usual, "count"), ==, 2);
  g_assert_cmpuint (number (usual, "since") % DAY_USEC, ==, 0);
  g_assert_cmpuint (number (usual, "until") % HOUR_USEC, ==, 0);
  g_assert_cmpuint (number (usual, "until"), >, (guint64) jt_clock_get_realtime (fixture->clock));
  hours = statistics (alice, "{'by': <'hour'>}");
  g_assert_cmpuint (number (hours, "count"), ==, 2);
  g_assert_cmpuint (number (hours, "until") - number (hours, "since"), <=, 7 * DAY_USEC + HOUR_USEC);
  /* Into the hour: all of that hour. */
  part = statistics_between (alice, now_usec + 10 * HOUR_USEC, now_usec + 60 * HOUR_USEC, "");
  g_assert_cmpuint (number (part, "count"), ==, 1);
  g_assert_cmpuint (number (part, "since"), <=, now_usec + 10 * HOUR_USEC);
  g_assert_cmpuint (number (part, "since"), >, now_usec + 9 * HOUR_USEC);
  before = statistics_between (alice, now_usec - 9 * DAY_USEC, now_usec + HOUR_USEC, ", 'job': <'p'>");
  g_assert_cmpuint (number (before, "count"), ==, 1);
  days = statistics_between (alice, now_usec, now_usec + 3 * DAY_USEC, ", 'by': <'day'>");
  g_assert_cmpuint (number (days, "since") % DAY_USEC, ==, 0);
  g_assert_cmpuint (number (days, "until") % DAY_USEC, ==, 0);
  g_assert_cmpuint (number (days, "count"), ==, 2);
  /* Where the hours of jobs are gone it is days. */
  jt_fake_clock_advance (JT_FAKE_CLOCK (fixture->clock), (gint64) (450 * DAY_USEC));
  old = statistics_between (alice, now_usec + 5 * HOUR_USEC, now_usec + 30 * HOUR_USEC, ", 'job': <'p'>");
  g_assert_cmpuint (number (old, "since") % DAY_USEC, ==, 0);
  g_assert_cmpuint (number (old, "until") % DAY_USEC, ==, 0);
  g_assert_cmpuint (number (old, "since"), <=, now_usec + 5 * HOUR_USEC);
  g_assert_cmpuint (number (old, "until"), >=, now_usec + 30 * HOUR_USEC);
  ping (fixture, alice, "p", "success", "{}");
  group = statistics_between (alice, 1, now_usec + 1000 * DAY_USEC, ", 'by': <'hour'>, 'job': <'p'>");
  g_assert_cmpuint (number (group, "since"), >, now_usec);
  g_assert_cmpuint (number (group, "count"), ==, 1);
}

typedef struct
{
  Client *client;
  guint   expected;
} Kept;

static gboolean
has_kept (gpointer user_data)
{
  Kept *kept = user_data;
  g_autoptr (GVariant) reply = client_must (kept->client, JT_ROOT_PATH, JT_ROOT_INTERFACE, "ListRuns",
                                            g_variant_new_parsed ("({'job': <'p'>}, '', uint32 100)"));
  g_autoptr (GVariant) rows = g_variant_get_child_value (reply, 0);

  return g_variant_n_children (rows) == kept->expected;
}

/* History goes by the job's own rule, its logs with it, and no sum changes. */
static void
test_retention (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  g_autoptr (GVariant) sums = NULL;
  g_autofree char *log = NULL;
  Kept kept = { alice, 3 };

  for (guint i = 0; i < 10; i++)
    ping (fixture, alice, "p", "success", "{'keep-runs': <uint32 3>}");
  jt_fake_clock_advance (JT_FAKE_CLOCK (fixture->clock), 700 * G_USEC_PER_SEC);
  run_until (has_kept, &kept);
  log = jt_fake_executor_take_log (JT_FAKE_EXECUTOR (fixture->executor));
  g_assert_nonnull (strstr (log, "remove 1/0, remove 2/0, remove 3/0"));
  g_assert_null (strstr (log, "remove 8/0"));
  sums = statistics (alice, "{'job': <'p'>}");
  g_assert_cmpuint (number (sums, "count"), ==, 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bus-tracking/whose-run", test_whose_run);
  g_test_add_func ("/bus-tracking/bad-words", test_bad_words);
  g_test_add_func ("/bus-tracking/reporter-leaves", test_reporter_leaves);
  g_test_add_func ("/bus-tracking/service-returns", test_service_returns);
  g_test_add_func ("/bus-tracking/ping", test_ping);
  g_test_add_func ("/bus-tracking/statistics", test_statistics);
  g_test_add_func ("/bus-tracking/statistics-stay", test_statistics_stay);
  g_test_add_func ("/bus-tracking/statistics-of-others", test_statistics_of_others);
  g_test_add_func ("/bus-tracking/statistics-of-many", test_statistics_of_many);
  g_test_add_func ("/bus-tracking/statistics-span", test_statistics_span);
  g_test_add_func ("/bus-tracking/retention", test_retention);
  return g_test_run ();
}
