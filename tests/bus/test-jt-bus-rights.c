/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "jt-bus-fixture.h"
#include "jt-fake-accounts.h"
#include "jt-interfaces.h"
#include "jt-names.h"

/* Who may do what, on the system bus: nobody learns of others' jobs, and what is refused says the same as what is absent. */

#define PROPERTIES JT_PROPERTIES_INTERFACE

typedef struct
{
  const char *interface;
  const char *member;
  const char *arguments;
} CallRow;

static const CallRow job_calls[] = {
  { JT_JOB_INTERFACE, "Start", "(@a{sv} {},)" },
  { JT_JOB_INTERFACE, "Update", "({'retries': <uint32 1>}, @a{sv} {})" },
  { JT_JOB_INTERFACE, "Remove", "(@a{sv} {},)" },
  { JT_JOB_INTERFACE, "SetEnabled", "(false,)" },
  { JT_JOB_INTERFACE, "Mute", "(uint64 1,)" },
  { PROPERTIES, "Get", "('org.example.JobTracker.Job', 'Name')" },
  { PROPERTIES, "GetAll", "('org.example.JobTracker.Job',)" },
  { PROPERTIES, "Set", "('org.example.JobTracker.Job', 'Name', <'x'>)" },
};

static const CallRow run_calls[] = {
  { JT_RUN_INTERFACE, "Cancel", "(@a{sv} {},)" },
  { JT_RUN_INTERFACE, "SendSignal", "(9,)" },
  { JT_RUN_INTERFACE, "OpenLog", "(@a{sv} {},)" },
  { JT_RUN_INTERFACE, "SetProgress", "(0.5, '')" },
  { JT_RUN_INTERFACE, "AppendLog", "('stdout', @ay [])" },
  { JT_RUN_INTERFACE, "Heartbeat", "()" },
  { JT_RUN_INTERFACE, "Finish", "('failed', @a{sv} {})" },
  { JT_RUN_INTERFACE, "Acknowledge", "('x', @a{sv} {})" },
  { JT_RUN_INTERFACE, "Retry", "(@a{sv} {},)" },
  { PROPERTIES, "Get", "('org.example.JobTracker.Run', 'State')" },
  { PROPERTIES, "GetAll", "('org.example.JobTracker.Run',)" },
  { PROPERTIES, "Set", "('org.example.JobTracker.Run', 'State', <'x'>)" },
};

static char *
refused (Client *client, const char *path, const CallRow *row)
{
  g_test_message ("%s", row->member);
  return client_refused (client, path, row->interface, row->member, g_variant_parse (NULL, row->arguments, NULL, NULL, NULL),
                         "NotFound");
}

/* The message for a foreign object with the id of an absent one in its place is the message for the absent one. */
static void
assert_same_but_id (const char *foreign, const char *foreign_path, const char *absent, const char *absent_path)
{
  g_auto (GStrv) parts = g_strsplit (foreign, foreign_path, -1);
  g_autofree char *replaced = g_strjoinv (absent_path, parts);

  g_assert_cmpstr (replaced, ==, absent);
}

static void
check_foreign (Client *client, const char *foreign_path, const char *absent_path, const CallRow *rows, guint count)
{
  for (guint i = 0; i < count; i++)
    {
      g_autofree char *foreign = refused (client, foreign_path, &rows[i]);
      g_autofree char *absent = refused (client, absent_path, &rows[i]);

      assert_same_but_id (foreign, foreign_path, absent, absent_path);
    }
}

static void
test_foreign_is_absent (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, TRUE);
  Client *bob = bus_fixture_add_client (fixture, UID_BOB, FALSE);
  g_autofree char *job = client_add_job (alice, "secret", settings_of_command (NULL));
  g_autofree char *run = client_start_job (alice, job);
  g_autoptr (GVariant) subscribed
    = client_must (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Subscribe", g_variant_new ("(a{sv})", NULL));
  g_autofree char *message = NULL;

  check_foreign (bob, job, JT_JOBS_PATH "/77777", job_calls, G_N_ELEMENTS (job_calls));
  check_foreign (bob, run, JT_RUNS_PATH "/77777", run_calls, G_N_ELEMENTS (run_calls));
  /* and when it lies in the store */
  jt_fake_executor_finish (JT_FAKE_EXECUTOR (fixture->executor), id_of (run), 1, 0);
  client_wait (alice, "RunFinished", 1);
  check_foreign (bob, run, JT_RUNS_PATH "/77777", run_calls, G_N_ELEMENTS (run_calls));
  message = client_refused (bob, JT_ROOT_PATH, JT_ROOT_INTERFACE, "FindJob", g_variant_new ("(s)", "alice/secret"),
                            "NotFound");
  g_assert_cmpstr (message, ==, "no such job: 'alice/secret'");
}

static void
test_bad_ids (void)
{
  static const char *const ids[] = { "/abc", "/01", "/18446744073709551616", "/0", "/_1" };
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *job = g_strconcat (JT_JOBS_PATH, ids[i], NULL);
      g_autofree char *run = g_strconcat (JT_RUNS_PATH, ids[i], NULL);

      g_free (refused (alice, job, &job_calls[0]));
      g_free (refused (alice, run, &run_calls[0]));
    }
}

static void
test_root_may_all (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *root = bus_fixture_add_client (fixture, UID_ROOT, FALSE);
  g_autofree char *job = client_add_job (alice, "mine", settings_of_command (NULL));
  g_autofree char *run = client_start_job (root, job);
  g_autoptr (GVariant) found
    = client_must (root, JT_ROOT_PATH, JT_ROOT_INTERFACE, "FindJob", g_variant_new ("(s)", "alice/mine"));
  g_autoptr (GVariant) all = client_must (root, run, PROPERTIES, "GetAll", g_variant_new ("(s)", JT_RUN_INTERFACE));
  g_autofree char *bob_job = client_add_job (root, "as-bob", settings_of_command ("user", g_variant_new_string ("bob"), NULL));

  g_free (client_refused (root, JT_ROOT_PATH, JT_ROOT_INTERFACE, "AddJob",
                          g_variant_new ("(s@a{sv})", "x", settings_of_command ("user", g_variant_new_string ("nosuch"), NULL)),
                          "InvalidSettings"));
  g_free (client_refused (root, JT_ROOT_PATH, JT_ROOT_INTERFACE, "AddJob",
                          g_variant_new ("(s@a{sv})", "x", settings_of_command ("group", g_variant_new_string ("nosuch"), NULL)),
                          "InvalidSettings"));
}

static void
test_global_members_are_root_s (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *root = bus_fixture_add_client (fixture, UID_ROOT, FALSE);
  g_autoptr (GVariant) paused = NULL;
  g_autoptr (GVariant) resumed = NULL;
  g_autoptr (GVariant) reloaded = NULL;
  g_autofree char *job = NULL;

  g_free (client_refused (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Pause", g_variant_new ("(s)", "x"), "NotAuthorized"));
  g_free (client_refused (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Resume", NULL, "NotAuthorized"));
  g_free (client_refused (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Reload", NULL, "NotAuthorized"));
  g_assert_false (jt_tracker_is_paused (fixture->tracker));
  paused = client_must (root, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Pause", g_variant_new ("(s)", "works"));
  g_assert_true (jt_tracker_is_paused (fixture->tracker));
  job = client_add_job (alice, "mine", settings_of_command (NULL));
  g_free (client_refused (alice, job, JT_JOB_INTERFACE, "Start", g_variant_new ("(a{sv})", NULL), "Paused"));
  resumed = client_must (root, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Resume", NULL);
  g_assert_false (jt_tracker_is_paused (fixture->tracker));
  reloaded = client_must (root, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Reload", NULL);
}

/* What the administrator lets a job of alice's run as, alice may not turn to other commands. */
static void
test_owner_may_not_edit_a_job_that_runs_as_another (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *root = bus_fixture_add_client (fixture, UID_ROOT, FALSE);
  g_autofree char *job = client_add_job (alice, "mine", settings_of_command (NULL));
  g_autoptr (GVariant) raised
    = client_must (root, job, JT_JOB_INTERFACE, "Update", g_variant_new_parsed ("({'user': <'root'>}, @a{sv} {})"));
  g_autofree char *run = NULL;
  g_autoptr (GVariant) enabled = NULL;
  g_autoptr (GVariant) lowered = NULL;

  g_free (client_refused (alice, job, JT_JOB_INTERFACE, "Update",
                          g_variant_new_parsed ("({'command': <['evil']>}, @a{sv} {})"), "NotAuthorized"));
  run = client_start_job (alice, job);
  enabled = client_must (alice, job, JT_JOB_INTERFACE, "SetEnabled", g_variant_new ("(b)", TRUE));
  lowered = client_must (alice, job, JT_JOB_INTERFACE, "Update",
                         g_variant_new_parsed ("({'command': <['good']>}, {'reset': <['user']>})"));
}

/* Nobody, not even the administrator, gives another user's job code of his own to load. */
static void
test_no_preload_for_another (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *root = bus_fixture_add_client (fixture, UID_ROOT, FALSE);
  g_autofree char *text
    = client_refused (root, JT_ROOT_PATH, JT_ROOT_INTERFACE, "AddJob",
                      g_variant_new_parsed ("('x', {'command': <['true']>, 'user': <'alice'>, 'environment': <['LD_PRELOAD=/x.so']>})"),
                      "NotAuthorized");
  g_autofree char *own
    = client_add_job (root, "own", g_variant_new_parsed ("{'command': <['true']>, 'environment': <['LD_PRELOAD=/x.so']>}"));

  g_assert_nonnull (strstr (text, "'LD_PRELOAD' is not allowed with run-as"));
}

static void
test_own_account_may_be_named (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  g_autofree char *job
    = client_add_job (alice, "mine", settings_of_command ("user", g_variant_new_string ("alice"), "group",
                                                          g_variant_new_string ("alice"), NULL));
}

/* Nothing is looked up for a caller who may not name it: the answer must not depend on whether it exists. */
static void
test_no_look_up_before_rights (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  guint before = jt_fake_accounts_count (JT_FAKE_ACCOUNTS (fixture->accounts));

  g_free (client_refused (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "AddJob",
                          g_variant_new ("(s@a{sv})", "x", settings_of_command ("user", g_variant_new_string ("bob"), NULL)),
                          "NotAuthorized"));
  g_assert_cmpuint (jt_fake_accounts_count (JT_FAKE_ACCOUNTS (fixture->accounts)), ==, before);
}

static void
test_large_uid (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *big = bus_fixture_add_client (fixture, 4000000000u, FALSE);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  g_autofree char *job = client_add_job (big, "mine", settings_of_command (NULL));
  g_autofree char *of_alice = client_add_job (alice, "hers", settings_of_command (NULL));
  g_autoptr (GVariant) reply
    = client_must (big, job, PROPERTIES, "Get", g_variant_new ("(ss)", JT_JOB_INTERFACE, "Owner"));
  g_autoptr (GVariant) value = NULL;

  g_variant_get (reply, "(v)", &value);
  g_assert_cmpuint (g_variant_get_uint32 (value), ==, 4000000000u);
  g_free (refused (big, of_alice, &job_calls[0]));
  g_free (client_refused (big, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Pause", g_variant_new ("(s)", "x"), "NotAuthorized"));
}

static void
test_unknown_caller (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *nobody = bus_fixture_add_client (fixture, UID_ROOT, FALSE);

  g_hash_table_remove_all (fixture->uids);
  g_free (client_refused (nobody, JT_ROOT_PATH, JT_ROOT_INTERFACE, "ListJobs", g_variant_new ("(a{sv})", NULL),
                          "NotAuthorized"));
}

/* Without a resolver the bus says who calls: it is the uid of this process. */
static void
test_bus_tells_the_uid (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *client = bus_fixture_add_client (fixture, 4711, FALSE);
  g_autofree char *job = NULL;
  const JtJobEntry *entry;

  jt_peers_set_resolver (fixture->service->peers, NULL, NULL);
  job = client_add_job (client, "mine", settings_of_command (NULL));
  entry = jt_tracker_get_job (fixture->tracker, id_of (job));
  g_assert_cmpuint (entry->job->owner, ==, geteuid ());
  g_assert_cmpuint (jt_peers_count (fixture->service->peers), ==, 1);
  g_dbus_connection_close_sync (client->connection, NULL, NULL);
  while (jt_peers_count (fixture->service->peers) > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_quotas (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, "[Limits]\nmax-jobs-per-user=2\nmax-calls-per-second=5\n"
                                                          "max-call-burst=8\nmax-subscribers-per-user=1\n");
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *second = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *bob = bus_fixture_add_client (fixture, UID_BOB, FALSE);
  g_autofree char *job1 = client_add_job (alice, "a", settings_of_command (NULL));
  g_autofree char *job2 = client_add_job (alice, "b", settings_of_command (NULL));
  g_autofree char *job3 = NULL;
  g_autoptr (GVariant) subscribed = NULL;
  g_autoptr (GVariant) replaced = NULL;

  g_free (client_refused (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "AddJob",
                          g_variant_new ("(s@a{sv})", "c", settings_of_command (NULL)), "QuotaExceeded"));
  subscribed = client_must (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Subscribe", g_variant_new ("(a{sv})", NULL));
  replaced = client_must (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Subscribe", g_variant_new ("(a{sv})", NULL));
  g_free (client_refused (second, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Subscribe", g_variant_new ("(a{sv})", NULL),
                          "QuotaExceeded"));
  g_assert_cmpuint (jt_subscribers_count (fixture->service->subscribers), ==, 1);
  /* Six calls are gone of a burst of eight, both connections together. */
  for (guint i = 0; i < 2; i++)
    g_variant_unref (client_must (second, JT_ROOT_PATH, JT_ROOT_INTERFACE, "ListJobs", g_variant_new ("(a{sv})", NULL)));
  g_free (client_refused (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "ListJobs", g_variant_new ("(a{sv})", NULL),
                          "QuotaExceeded"));
  g_free (client_refused (alice, JT_ROOT_PATH, PROPERTIES, "GetAll", g_variant_new ("(s)", JT_ROOT_INTERFACE),
                          "QuotaExceeded"));
  job3 = client_add_job (bob, "a", settings_of_command (NULL));
  jt_fake_clock_advance (JT_FAKE_CLOCK (fixture->clock), G_USEC_PER_SEC);
  g_variant_unref (client_must (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "ListJobs", g_variant_new ("(a{sv})", NULL)));
}

static void
test_notifications (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *root = bus_fixture_add_client (fixture, UID_ROOT, FALSE);

  g_free (client_refused (alice, JT_ROOT_PATH, JT_NOTIFICATIONS_INTERFACE, "GetPreferences", g_variant_new ("(u)", UID_BOB),
                          "NotAuthorized"));
  g_free (client_refused (alice, JT_ROOT_PATH, JT_NOTIFICATIONS_INTERFACE, "SetPreferences", g_variant_new ("(ua{sv})", UID_BOB, NULL),
                          "NotAuthorized"));
  g_free (client_refused (alice, JT_ROOT_PATH, JT_NOTIFICATIONS_INTERFACE, "ListTemplates", g_variant_new ("(u)", UID_BOB),
                          "NotAuthorized"));
  g_free (client_refused (alice, JT_ROOT_PATH, JT_NOTIFICATIONS_INTERFACE, "GetTemplate", g_variant_new ("(us)", UID_BOB, "x"),
                          "NotAuthorized"));
  g_free (client_refused (alice, JT_ROOT_PATH, JT_NOTIFICATIONS_INTERFACE, "SetTemplate", g_variant_new ("(uss)", UID_BOB, "x", ""),
                          "NotAuthorized"));
  g_variant_unref (client_must (alice, JT_ROOT_PATH, JT_NOTIFICATIONS_INTERFACE, "GetPreferences", g_variant_new ("(u)", UID_ALICE)));
  g_variant_unref (client_must (root, JT_ROOT_PATH, JT_NOTIFICATIONS_INTERFACE, "GetPreferences", g_variant_new ("(u)", UID_ALICE)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rights/foreign-is-absent", test_foreign_is_absent);
  g_test_add_func ("/rights/bad-ids", test_bad_ids);
  g_test_add_func ("/rights/root-may-all", test_root_may_all);
  g_test_add_func ("/rights/global-members", test_global_members_are_root_s);
  g_test_add_func ("/rights/runs-as-another", test_owner_may_not_edit_a_job_that_runs_as_another);
  g_test_add_func ("/rights/no-preload-for-another", test_no_preload_for_another);
  g_test_add_func ("/rights/own-account", test_own_account_may_be_named);
  g_test_add_func ("/rights/no-look-up-before", test_no_look_up_before_rights);
  g_test_add_func ("/rights/large-uid", test_large_uid);
  g_test_add_func ("/rights/unknown-caller", test_unknown_caller);
  g_test_add_func ("/rights/bus-tells", test_bus_tells_the_uid);
  g_test_add_func ("/rights/quotas", test_quotas);
  g_test_add_func ("/rights/notifications", test_notifications);
  return g_test_run ();
}
