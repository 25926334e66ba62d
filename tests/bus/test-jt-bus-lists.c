/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>

#include "jt-bus-fixture.h"
#include "jt-interfaces.h"
#include "jt-names.h"

/* ListJobs, ListActive, ListRuns and the object manager: whose rows, which rows, and page by page. */

static GVariant *
list (Client *client, const char *member, const char *filter)
{
  g_autofree char *text = g_strdup_printf ("(@a{sv} %s,)", filter);
  g_autoptr (GVariant) reply = client_must (client, JT_ROOT_PATH, JT_ROOT_INTERFACE, member,
                                            g_variant_parse (G_VARIANT_TYPE ("(a{sv})"), text, NULL, NULL, NULL));

  return g_variant_get_child_value (reply, 0);
}

static char *
names_of (GVariant *rows, const char *key)
{
  GString *names = g_string_new (NULL);

  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      const char *name = "?";

      g_variant_lookup (row, key, "&s", &name);
      g_string_append_printf (names, "%s%s", i > 0 ? " " : "", name);
    }
  return g_string_free (names, FALSE);
}

static void
assert_names (Client *client, const char *member, const char *filter, const char *key, const char *expected)
{
  g_autoptr (GVariant) rows = list (client, member, filter);
  g_autofree char *names = names_of (rows, key);

  g_test_message ("%s %s", member, filter);
  g_assert_cmpstr (names, ==, expected);
}

static void
test_list_jobs (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *bob = bus_fixture_add_client (fixture, UID_BOB, FALSE);
  Client *root = bus_fixture_add_client (fixture, UID_ROOT, FALSE);
  const char *const tags[] = { "night", NULL };
  g_autofree char *a = client_add_job (alice, "a", settings_of_command ("tags", g_variant_new_strv (tags, -1), NULL));
  g_autofree char *b = client_add_job (bob, "b", settings_of_command (NULL));
  g_autofree char *c = client_add_job (alice, "c", settings_of_command (NULL));
  g_autofree char *after_a = g_strdup_printf ("{'after': <uint64 %s>}", strrchr (a, '/') + 1);
  g_autofree char *by_path = g_strdup_printf ("{'job': <'%s'>}", a);
  g_autofree char *foreign_path = g_strdup_printf ("{'job': <'%s'>}", b);

  assert_names (alice, "ListJobs", "{}", "name", "a c");
  assert_names (bob, "ListJobs", "{}", "name", "b");
  assert_names (root, "ListJobs", "{}", "name", "a b c");
  assert_names (root, "ListJobs", "{'owner': <uint32 1000>}", "name", "a c");
  assert_names (root, "ListJobs", "{'owner': <'bob'>}", "name", "b");
  assert_names (alice, "ListJobs", "{'owner': <'bob'>}", "name", "");
  assert_names (alice, "ListJobs", "{'owner': <'1001'>}", "name", "");
  assert_names (alice, "ListJobs", "{'tag': <'night'>}", "name", "a");
  assert_names (alice, "ListJobs", "{'job': <'c'>}", "name", "c");
  assert_names (alice, "ListJobs", "{'job': <'alice/c'>}", "name", "c");
  assert_names (alice, "ListJobs", "{'job': <'bob/b'>}", "name", "");
  assert_names (root, "ListJobs", "{'job': <'bob/b'>}", "name", "b");
  assert_names (alice, "ListJobs", by_path, "name", "a");
  assert_names (alice, "ListJobs", foreign_path, "name", "");
  assert_names (alice, "ListJobs", "{'limit': <uint32 1>}", "name", "a");
  assert_names (alice, "ListJobs", after_a, "name", "c");
}

static void
track (Client *client, const char *name, const char *state)
{
  g_autoptr (GVariant) reply = client_must (client, JT_ROOT_PATH, JT_ROOT_INTERFACE, "StartTracking",
                                            g_variant_new ("(s@a{sv})", name, g_variant_new ("a{sv}", NULL)));
  g_autoptr (GVariant) end = NULL;
  const char *run;

  g_variant_get (reply, "(&o)", &run);
  end = client_must (client, run, JT_RUN_INTERFACE, "Finish", g_variant_new ("(s@a{sv})", state, g_variant_new ("a{sv}", NULL)));
}

static void
test_list_by_health (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *bob = bus_fixture_add_client (fixture, UID_BOB, FALSE);
  g_autofree char *fresh = client_add_job (alice, "fresh", settings_of_command (NULL));
  g_autofree char *still = client_add_job (alice, "still", settings_of_command ("enabled", g_variant_new_boolean (FALSE), NULL));

  track (alice, "good", "succeeded");
  track (alice, "bad", "failed");
  track (alice, "worse", "timed-out");
  track (bob, "foreign", "failed");
  assert_names (alice, "ListJobs", "{'health': <'failing'>}", "name", "bad worse");
  assert_names (alice, "ListJobs", "{'health': <'failing'>, 'limit': <uint32 1>}", "name", "bad");
  assert_names (alice, "ListJobs", "{'health': <'ok'>}", "name", "good");
  assert_names (alice, "ListJobs", "{'health': <'new'>}", "name", "fresh");
  assert_names (alice, "ListJobs", "{'health': <'paused'>}", "name", "still");
  assert_names (alice, "ListJobs", "{'health': <'late'>}", "name", "");
  g_free (client_refused (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "ListJobs",
                          g_variant_new_parsed ("({'health': <'sick'>},)"), "InvalidArgument"));
  track (alice, "bad", "succeeded");
  assert_names (alice, "ListJobs", "{'health': <'failing'>}", "name", "worse");
}

static void
test_list_active (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *bob = bus_fixture_add_client (fixture, UID_BOB, FALSE);
  g_autofree char *a = client_add_job (alice, "a", settings_of_command (NULL));
  g_autofree char *b = client_add_job (bob, "b", settings_of_command (NULL));
  g_autofree char *run_a = client_start_job (alice, a);
  g_autofree char *run_b = client_start_job (bob, b);

  assert_names (alice, "ListActive", "{}", "job-name", "a");
  assert_names (bob, "ListActive", "{}", "job-name", "b");
  assert_names (bob, "ListActive", "{'trigger': <'manual'>}", "job-name", "b");
  assert_names (bob, "ListActive", "{'trigger': <['schedule', 'event']>}", "job-name", "");
  assert_names (bob, "ListActive", "{'state': <['retry-wait']>}", "job-name", "");
}

static guint
count_visible (Client *client)
{
  g_autoptr (GVariant) reply
    = client_must (client, JT_ROOT_PATH, JT_OBJECT_MANAGER_INTERFACE, "GetManagedObjects", NULL);
  g_autoptr (GVariant) objects = g_variant_get_child_value (reply, 0);

  return (guint) g_variant_n_children (objects);
}

static void
test_managed_objects (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *bob = bus_fixture_add_client (fixture, UID_BOB, FALSE);
  Client *root = bus_fixture_add_client (fixture, UID_ROOT, FALSE);
  g_autofree char *a = client_add_job (alice, "a", settings_of_command (NULL));
  g_autofree char *run_a = client_start_job (alice, a);
  g_autofree char *b = client_add_job (bob, "b", settings_of_command (NULL));

  g_assert_cmpuint (count_visible (alice), ==, 2);
  g_assert_cmpuint (count_visible (bob), ==, 1);
  g_assert_cmpuint (count_visible (root), ==, 3);
}

static void
add_many (Client *client, guint from, guint count)
{
  GVariantBuilder jobs;

  g_variant_builder_init (&jobs, G_VARIANT_TYPE ("a(sa{sv})"));
  for (guint i = 0; i < count; i++)
    {
      g_autofree char *name = g_strdup_printf ("job-%u", from + i);

      g_variant_builder_add (&jobs, "(s@a{sv})", name, settings_of_command (NULL));
    }
  g_variant_unref (client_must (client, JT_ROOT_PATH, JT_ROOT_INTERFACE, "AddJobs",
                                g_variant_new ("(a(sa{sv})a{sv})", &jobs, NULL)));
}

static void
test_too_many_objects (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, "[Limits]\nmax-jobs-per-user=0\n");
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  g_autoptr (GVariant) page = NULL;

  add_many (alice, 0, 5000);
  g_assert_cmpuint (count_visible (alice), ==, 5000);
  add_many (alice, 5000, 1);
  g_free (client_refused (alice, JT_ROOT_PATH, JT_OBJECT_MANAGER_INTERFACE, "GetManagedObjects", NULL, "TooLarge"));
  page = list (alice, "ListJobs", "{}");
  g_assert_cmpuint (g_variant_n_children (page), ==, 5000);
}

static gboolean
is_idle (gpointer user_data)
{
  BusFixture *fixture = user_data;

  return jt_tracker_count_active (fixture->tracker) == 0;
}

static void
test_history_pages (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *bob = bus_fixture_add_client (fixture, UID_BOB, FALSE);
  g_autofree char *a = client_add_job (alice, "a", settings_of_command (NULL));
  g_autofree char *b = client_add_job (bob, "b", settings_of_command (NULL));
  g_autofree char *cursor = g_strdup ("");
  g_autofree char *kept = NULL;
  guint64 previous = G_MAXUINT64;
  guint seen = 0, pages = 0;

  for (guint i = 0; i < 7; i++)
    {
      g_autofree char *run = client_start_job (i == 3 ? bob : alice, i == 3 ? b : a);

      jt_fake_executor_finish (JT_FAKE_EXECUTOR (fixture->executor), id_of (run), 1, (int) i % 2);
      run_until (is_idle, fixture);
    }
  do
    {
      g_autoptr (GVariant) reply = client_must (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "ListRuns",
                                                g_variant_new ("(a{sv}su)", NULL, cursor, 2));
      g_autoptr (GVariant) rows = g_variant_get_child_value (reply, 0);

      for (gsize i = 0; i < g_variant_n_children (rows); i++, seen++)
        {
          g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
          guint64 id = 0;

          g_assert_true (g_variant_lookup (row, "id", "t", &id));
          g_assert_cmpuint (id, <, previous);
          previous = id;
        }
      g_free (cursor);
      g_variant_get_child (reply, 1, "s", &cursor);
      if (*cursor != '\0')
        {
          g_free (kept);
          kept = g_strdup (cursor);
        }
      pages++;
    }
  while (*cursor != '\0');
  g_assert_cmpuint (seen, ==, 6);
  g_assert_cmpuint (pages, ==, 3);
  /* A cursor belongs to its filter and its viewer, and may not be altered. */
  g_free (client_refused (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "ListRuns",
                          g_variant_new ("(@a{sv}su)", g_variant_new_parsed ("{'state': <'failed'>}"), kept, 2),
                          "InvalidArgument"));
  g_free (client_refused (bob, JT_ROOT_PATH, JT_ROOT_INTERFACE, "ListRuns", g_variant_new ("(a{sv}su)", NULL, kept, 2),
                          "InvalidArgument"));
  kept[15] = kept[15] == '1' ? '2' : '1';
  g_free (client_refused (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "ListRuns", g_variant_new ("(a{sv}su)", NULL, kept, 2),
                          "InvalidArgument"));
}

static void
test_history_filter (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  g_autofree char *a = client_add_job (alice, "a", settings_of_command (NULL));
  g_autoptr (GVariant) failed = NULL;
  g_autoptr (GVariant) removed = NULL;
  g_autoptr (GVariant) of_name = NULL;
  g_autoptr (GVariant) rows = NULL;
  g_autoptr (GVariant) all = NULL;

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *run = client_start_job (alice, a);

      jt_fake_executor_finish (JT_FAKE_EXECUTOR (fixture->executor), id_of (run), 1, (int) i % 2);
      run_until (is_idle, fixture);
    }
  failed = client_must (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "ListRuns",
                        g_variant_new ("(@a{sv}su)", g_variant_new_parsed ("{'state': <'failed'>}"), "", 0));
  rows = g_variant_get_child_value (failed, 0);
  g_assert_cmpuint (g_variant_n_children (rows), ==, 1);
  /* History outlives its job and is found by its name. */
  removed = client_must (alice, a, JT_JOB_INTERFACE, "Remove", g_variant_new ("(a{sv})", NULL));
  of_name = client_must (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "ListRuns",
                         g_variant_new ("(@a{sv}su)", g_variant_new_parsed ("{'job': <'a'>}"), "", 5000));
  all = g_variant_get_child_value (of_name, 0);
  g_assert_cmpuint (g_variant_n_children (all), ==, 3);
}

/* What comes after what somebody reports: the row says what was asked, the history what came of it. */
static void
test_after (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, TRUE);
  Client *bob = bus_fixture_add_client (fixture, UID_BOB, FALSE);
  Client *root = bus_fixture_add_client (fixture, UID_ROOT, FALSE);
  const char *const own[] = { "a", NULL };
  const char *const others[] = { "alice/a", NULL };
  g_autofree char *a = NULL;
  g_autofree char *refusal = NULL;
  g_autofree char *b = NULL;
  g_autofree char *r = NULL;

  track (alice, "a", "succeeded");
  b = client_add_job (alice, "b", settings_of_command ("after", g_variant_new_strv (own, -1), NULL));
  r = client_add_job (root, "r", settings_of_command ("after", g_variant_new_strv (others, -1), NULL));
  g_free (client_refused (bob, JT_ROOT_PATH, JT_ROOT_INTERFACE, "AddJob",
                          g_variant_new ("(s@a{sv})", "b", settings_of_command ("after", g_variant_new_strv (others, -1), NULL)), "InvalidSettings"));
  track (alice, "a", "failed");
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GVariant) reply = client_must (i == 0 ? alice : root, JT_ROOT_PATH, JT_ROOT_INTERFACE, "ListRuns",
                                                g_variant_new ("(@a{sv}su)", g_variant_new_parsed ("{'trigger': <'dependency'>}"), "", 10));
      g_autoptr (GVariant) rows = g_variant_get_child_value (reply, 0);
      g_autofree char *names = names_of (rows, "job-name");
      g_autofree char *reasons = names_of (rows, "reason");
      g_autofree char *causes = names_of (rows, "cause");

      g_assert_cmpstr (names, ==, i == 0 ? "b" : "r b");
      g_assert_cmpstr (reasons, ==, i == 0 ? "after: a failed" : "after: a failed after: a failed");
      g_assert_cmpstr (causes, ==, i == 0 ? "after a (run 2)" : "after alice/a (run 2) after a (run 2)");
    }
  {
    g_autoptr (GVariant) found = client_must (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "FindJob", g_variant_new ("(s)", "a"));
    g_autoptr (GVariant) rows = list (alice, "ListJobs", "{'job': <'b'>}");
    g_autoptr (GVariant) row = g_variant_get_child_value (rows, 0);
    g_autofree const char **after = NULL;

    g_variant_get (found, "(o)", &a);
    g_assert_true (g_variant_lookup (row, "after", "^a&s", &after));
    g_assert_cmpstr (after[0], ==, "a");
  }
  refusal = client_refused (alice, a, JT_JOB_INTERFACE, "Remove", g_variant_new ("(a{sv})", NULL), "WrongState");
  g_assert_nonnull (strstr (refusal, "'b', a job of root would come after nothing"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lists/jobs", test_list_jobs);
  g_test_add_func ("/lists/by-health", test_list_by_health);
  g_test_add_func ("/lists/active", test_list_active);
  g_test_add_func ("/lists/managed-objects", test_managed_objects);
  g_test_add_func ("/lists/too-many-objects", test_too_many_objects);
  g_test_add_func ("/lists/history-pages", test_history_pages);
  g_test_add_func ("/lists/history-filter", test_history_filter);
  g_test_add_func ("/lists/after", test_after);
  return g_test_run ();
}
