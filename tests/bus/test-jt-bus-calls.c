/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

#include "jt-bus-fixture.h"
#include "jt-interfaces.h"
#include "jt-names.h"

/* Calls and their answers: jobs, runs, properties, and bad input of every kind. */

#define PROPERTIES JT_PROPERTIES_INTERFACE

static GVariant *
get_property (Client *client, const char *path, const char *interface, const char *name)
{
  g_autoptr (GVariant) reply
    = client_must (client, path, PROPERTIES, "Get", g_variant_new ("(ss)", interface, name));
  GVariant *value;

  g_variant_get (reply, "(v)", &value);
  return value;
}

static void
assert_string_property (Client *client, const char *path, const char *interface, const char *name, const char *expected)
{
  g_autoptr (GVariant) value = get_property (client, path, interface, name);

  g_assert_cmpstr (g_variant_get_string (value, NULL), ==, expected);
}

static void
test_job_life (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  g_autofree char *job = client_add_job (alice, "backup", settings_of_command (NULL));
  g_autoptr (GVariant) found
    = client_must (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "FindJob", g_variant_new ("(s)", "alice/backup"));
  g_autoptr (GVariant) owner = get_property (alice, job, JT_JOB_INTERFACE, "Owner");
  g_autoptr (GVariant) all = client_must (alice, job, PROPERTIES, "GetAll", g_variant_new ("(s)", JT_JOB_INTERFACE));
  g_autoptr (GVariant) properties = g_variant_get_child_value (all, 0);
  g_autoptr (GVariant) updated = NULL;
  g_autoptr (GVariant) disabled = NULL;
  g_autoptr (GVariant) removed = NULL;
  g_autoptr (GVariant) enabled = NULL;
  g_autofree char *text = NULL;
  const char *path;

  g_variant_get (found, "(&o)", &path);
  g_assert_cmpstr (path, ==, job);
  g_assert_cmpuint (g_variant_get_uint32 (owner), ==, UID_ALICE);
  /* Every property of the interface is answered, and with its type. */
  for (guint i = 0; jt_interfaces_job ()->properties[i] != NULL; i++)
    {
      const GDBusPropertyInfo *info = jt_interfaces_job ()->properties[i];
      g_autoptr (GVariant) value = g_variant_lookup_value (properties, info->name, G_VARIANT_TYPE (info->signature));

      g_test_message ("%s", info->name);
      g_assert_nonnull (value);
    }
  updated = client_must (alice, job, JT_JOB_INTERFACE, "Update",
                         g_variant_new_parsed ("({'description': <'nightly'>}, {'if-revision': <uint64 1>})"));
  text = client_refused (alice, job, JT_JOB_INTERFACE, "Update",
                         g_variant_new_parsed ("({'description': <'x'>}, {'if-revision': <uint64 1>})"), "WrongState");
  g_assert_nonnull (strstr (text, "revision"));
  disabled = client_must (alice, job, JT_JOB_INTERFACE, "SetEnabled", g_variant_new ("(b)", FALSE));
  enabled = get_property (alice, job, JT_JOB_INTERFACE, "Enabled");
  g_assert_false (g_variant_get_boolean (enabled));
  removed = client_must (alice, job, JT_JOB_INTERFACE, "Remove", g_variant_new_parsed ("({'history': <'delete'>},)"));
  g_free (client_refused (alice, job, JT_JOB_INTERFACE, "Start", g_variant_new ("(a{sv})", NULL), "NotFound"));
  g_free (client_refused (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "FindJob", g_variant_new ("(s)", "backup"), "NotFound"));
}

static void
test_run_life (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, TRUE);
  g_autofree char *job = client_add_job (alice, "backup", settings_of_command (NULL));
  g_autoptr (GVariant) subscribed
    = client_must (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Subscribe", g_variant_new ("(a{sv})", NULL));
  g_autofree char *run = client_start_job (alice, job);
  g_autoptr (GVariant) all = NULL;
  g_autoptr (GVariant) properties = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autofree char *finished = NULL;
  g_autofree char *waiting = NULL;
  guint64 id = id_of (run);

  jt_fake_executor_start_all (JT_FAKE_EXECUTOR (fixture->executor));
  client_wait (alice, "RunStarted", 1);
  assert_string_property (alice, run, JT_RUN_INTERFACE, "State", "running");
  waiting = client_refused (alice, run, JT_RUN_INTERFACE, "Acknowledge", g_variant_new ("(sa{sv})", "ok", NULL), "WrongState");
  g_clear_pointer (&reply, g_variant_unref);
  reply = client_must (alice, run, JT_RUN_INTERFACE, "SendSignal", g_variant_new ("(i)", 10));
  jt_fake_executor_finish (JT_FAKE_EXECUTOR (fixture->executor), id, 1, 0);
  client_wait (alice, "RunFinished", 1);
  /* From the store now. */
  all = client_must (alice, run, PROPERTIES, "GetAll", g_variant_new ("(s)", JT_RUN_INTERFACE));
  properties = g_variant_get_child_value (all, 0);
  for (guint i = 0; jt_interfaces_run ()->properties[i] != NULL; i++)
    {
      const GDBusPropertyInfo *info = jt_interfaces_run ()->properties[i];
      g_autoptr (GVariant) value = g_variant_lookup_value (properties, info->name, G_VARIANT_TYPE (info->signature));

      g_test_message ("%s", info->name);
      g_assert_nonnull (value);
    }
  assert_string_property (alice, run, JT_RUN_INTERFACE, "State", "succeeded");
  finished = client_refused (alice, run, JT_RUN_INTERFACE, "Cancel", g_variant_new ("(a{sv})", NULL), "WrongState");
  g_assert_nonnull (strstr (finished, "already finished, exit 0"));
  g_free (client_refused (alice, run, JT_RUN_INTERFACE, "SendSignal", g_variant_new ("(i)", 10), "WrongState"));
  g_clear_pointer (&reply, g_variant_unref);
  reply = client_must (alice, run, JT_RUN_INTERFACE, "Acknowledge", g_variant_new ("(sa{sv})", "seen", NULL));
  assert_string_property (alice, run, JT_RUN_INTERFACE, "AcknowledgedBy", "alice");
  g_clear_pointer (&reply, g_variant_unref);
  reply = client_must (alice, run, JT_RUN_INTERFACE, "Retry", g_variant_new ("(a{sv})", NULL));
}

static void
test_cancel (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  g_autofree char *job = client_add_job (alice, "backup", settings_of_command (NULL));
  g_autofree char *run = client_start_job (alice, job);
  g_autoptr (GVariant) reply = NULL;
  g_autofree char *log = NULL;

  jt_fake_executor_start_all (JT_FAKE_EXECUTOR (fixture->executor));
  reply = client_must (alice, run, JT_RUN_INTERFACE, "Cancel", g_variant_new ("(a{sv})", NULL));
  log = jt_fake_executor_take_log (JT_FAKE_EXECUTOR (fixture->executor));
  g_assert_true (strstr (log, "stop ") != NULL || strstr (log, "abandon ") != NULL);
}

static void
keep_call (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
is_set (gpointer user_data)
{
  return *(GAsyncResult **) user_data != NULL;
}

static void
test_open_log (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  g_autofree char *job = client_add_job (alice, "backup", settings_of_command (NULL));
  g_autofree char *run = client_start_job (alice, job);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;
  char text[16] = "";
  int fd;

  g_dbus_connection_call_with_unix_fd_list (alice->connection, JT_BUS_NAME, run, JT_RUN_INTERFACE, "OpenLog",
                                            g_variant_new_parsed ("({'tail': <uint64 5>, 'stream': <'stdout'>},)"),
                                            G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, keep_call,
                                            &result);
  run_until (is_set, &result);
  reply = g_dbus_connection_call_with_unix_fd_list_finish (alice->connection, &fds, result, &error);
  g_assert_no_error (error);
  fd = g_unix_fd_list_get (fds, 0, &error);
  g_assert_cmpint (read (fd, text, sizeof text - 1), ==, 4);
  g_assert_cmpstr (text, ==, "log\n");
  close (fd);
  g_free (client_refused (alice, run, JT_RUN_INTERFACE, "OpenLog", g_variant_new_parsed ("({'stream': <'stdlog'>},)"),
                          "InvalidArgument"));
  g_free (client_refused (alice, run, JT_RUN_INTERFACE, "OpenLog", g_variant_new_parsed ("({'attempt': <uint32 7>},)"),
                          "NotFound"));
  g_free (client_refused (alice, run, JT_RUN_INTERFACE, "OpenLog", g_variant_new_parsed ("({'folow': <true>},)"),
                          "InvalidArgument"));
}

static void
test_request_id (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *bob = bus_fixture_add_client (fixture, UID_BOB, FALSE);
  GVariant *(*settings) (const char *, ...) = settings_of_command;
  g_autofree char *first = client_add_job (alice, "a", settings ("request-id", g_variant_new_string ("r1"), NULL));
  g_autofree char *again = client_add_job (alice, "a", settings ("request-id", g_variant_new_string ("r1"), NULL));
  g_autofree char *of_bob = client_add_job (bob, "a", settings ("request-id", g_variant_new_string ("r1"), NULL));
  g_autoptr (GVariant) start1 = NULL;
  g_autoptr (GVariant) start2 = NULL;

  g_assert_cmpstr (first, ==, again);
  g_assert_cmpstr (first, !=, of_bob);
  g_assert_cmpuint (jt_tracker_count_jobs (fixture->tracker), ==, 2);
  g_free (client_refused (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "AddJob",
                          g_variant_new ("(s@a{sv})", "b", settings ("request-id", g_variant_new_string ("r1"), NULL)),
                          "Exists"));
  start1 = client_must (alice, first, JT_JOB_INTERFACE, "Start", g_variant_new_parsed ("({'request-id': <'s1'>},)"));
  start2 = client_must (alice, first, JT_JOB_INTERFACE, "Start", g_variant_new_parsed ("({'request-id': <'s1'>},)"));
  g_assert_true (g_variant_equal (start1, start2));
  /* The same words on another object are another call. */
  g_free (client_refused (bob, of_bob, JT_JOB_INTERFACE, "Start", g_variant_new_parsed ("({'request-id': <'r1'>},)"),
                          "Exists"));
  g_free (client_refused (alice, first, JT_JOB_INTERFACE, "Start", g_variant_new_parsed ("({'request-id': <''>},)"),
                          "InvalidArgument"));
}

static void
test_add_jobs_all_or_nothing (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  g_autoptr (GVariant) reply = NULL;
  g_autofree char *text
    = client_refused (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "AddJobs",
                      g_variant_new_parsed ("([('a', {'command': <['true']>}), ('b', {'comand': <['true']>})], @a{sv} {})"),
                      "InvalidSettings");

  g_assert_nonnull (strstr (text, "job number 2, 'b'"));
  g_assert_cmpuint (jt_tracker_count_jobs (fixture->tracker), ==, 0);
  reply = client_must (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "AddJobs",
                       g_variant_new_parsed ("([('a', {'command': <['true']>}), ('b', {'command': <['true']>})], @a{sv} {})"));
  g_assert_cmpstr (g_variant_get_type_string (reply), ==, "(ao)");
  g_assert_cmpuint (jt_tracker_count_jobs (fixture->tracker), ==, 2);
  g_free (client_refused (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "AddJobs",
                          g_variant_new_parsed ("([('c', {'command': <['true']>}), ('b', {'command': <['true']>})], @a{sv} {})"),
                          "Exists"));
  g_assert_cmpuint (jt_tracker_count_jobs (fixture->tracker), ==, 2);
}

/* Bad input, a row a case: the call, the error, and words that the message must hold. */

typedef struct
{
  const char *case_name;
  const char *interface; /* NULL: the root's; J, R: of a job, of a run */
  const char *member;
  const char *arguments; /* GVariant text */
  const char *error;
  const char *words; /* (nullable) */
} BadRow;

#define DBUS "org.freedesktop.DBus.Error."
#define UMLAUTS "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"

static const BadRow bad_rows[] = {
  { "name-empty", NULL, "AddJob", "('', {'command': <['true']>})", "InvalidArgument", "empty" },
  { "name-escape", NULL, "AddJob", "('bad\\u001b[x', {'command': <['true']>})", "InvalidArgument", NULL },
  { "name-bidi", NULL, "AddJob", "('a\\u202eb', {'command': <['true']>})", "InvalidArgument", NULL },
  { "name-path", NULL, "AddJob", "('../etc', {'command': <['true']>})", "InvalidArgument", NULL },
  { "argv-empty", NULL, "AddJob", "('a', {'command': <@as []>})", "InvalidSettings", "command" },
  { "argv-relative", NULL, "AddJob", "('a', {'command': <['./x']>})", "InvalidSettings", "command" },
  { "environment-equals", NULL, "AddJob", "('a', {'command': <['true']>, 'environment': <['A']>})", "InvalidSettings",
    "environment" },
  { "environment-key", NULL, "AddJob", "('a', {'command': <['true']>, 'environment': <['1A=x']>})", "InvalidSettings",
    "environment" },
  { "directory-relative", NULL, "AddJob", "('a', {'command': <['true']>, 'working-directory': <'tmp'>})",
    "InvalidSettings", "working-directory" },
  { "setting-unknown", NULL, "AddJob", "('a', {'command': <['true']>, 'retires': <uint32 1>})", "InvalidSettings",
    "retries" },
  { "setting-type", NULL, "AddJob", "('a', {'command': <['true']>, 'retries': <'1'>})", "InvalidSettings", "retries" },
  { "setting-range", NULL, "AddJob", "('a', {'command': <['true']>, 'retries': <uint32 4000000000>})", "InvalidSettings",
    "retries" },
  { "schedule", NULL, "AddJob", "('a', {'command': <['true']>, 'schedule': <['61 * * * *']>})", "InvalidSchedule", NULL },
  { "after-unknown", NULL, "AddJob", "('a', {'command': <['true']>, 'after': <['nothing']>})", "InvalidSettings", "after: there is no job 'nothing'" },
  { "after-circle", NULL, "AddJobs",
    "([('a', {'command': <['true']>, 'after': <['b']>}), ('b', {'command': <['true']>, 'after': <['a']>})], @a{sv} {})", "InvalidSettings",
    "job 1 ('a'): after: is a circle: a " },
  { "run-as-root", NULL, "AddJob", "('a', {'command': <['true']>, 'user': <'root'>})", "NotAuthorized", "user" },
  { "run-as-nobody-knows", NULL, "AddJob", "('a', {'command': <['true']>, 'user': <'nosuch'>})", "NotAuthorized", "user" },
  { "run-as-group", NULL, "AddJob", "('a', {'command': <['true']>, 'group': <'root'>})", "NotAuthorized", "group" },
  { "run-as-no-group", NULL, "AddJob", "('a', {'command': <['true']>, 'group': <'nosuch'>})", "NotAuthorized", "group" },
  { "request-id-type", NULL, "AddJob", "('a', {'command': <['true']>, 'request-id': <uint32 1>})", "InvalidArgument",
    "request-id" },
  { "request-id-space", NULL, "AddJob", "('a', {'command': <['true']>, 'request-id': <'a b'>})", "InvalidArgument",
    "request-id" },
  { "jobs-none", NULL, "AddJobs", "(@a(sa{sv}) [], @a{sv} {})", "InvalidArgument", NULL },
  { "jobs-option", NULL, "AddJobs", "([('a', {'command': <['true']>})], {'requestid': <'x'>})", "InvalidArgument",
    "request-id" },
  { "find-none", NULL, "FindJob", "('nothing',)", "NotFound", NULL },
  { "find-sql", NULL, "FindJob", "(\"x' OR 1=1\",)", "InvalidArgument", NULL },
  { "filter-key", NULL, "ListJobs", "({'jobs': <'a'>},)", "InvalidArgument", "'job'" },
  { "filter-type", NULL, "ListJobs", "({'limit': <'10'>},)", "InvalidArgument", "limit" },
  { "filter-limit", NULL, "ListJobs", "({'limit': <uint32 5001>},)", "TooLarge", "5000" },
  { "filter-state", NULL, "ListActive", "({'state': <'runing'>},)", "InvalidArgument", "runing" },
  { "filter-owner", NULL, "ListActive", "({'owner': <'4294967295'>},)", "InvalidArgument", "uid" },
  { "filter-since", NULL, "ListRuns", "({'since': <uint64 9223372036854775808>}, '', uint32 1)", "InvalidArgument",
    "since" },
  { "filter-order", NULL, "ListRuns", "({'since': <uint64 2>, 'until': <uint64 1>}, '', uint32 1)", "InvalidArgument",
    "until" },
  { "cursor", NULL, "ListRuns", "(@a{sv} {}, 'abc', uint32 1)", "InvalidArgument", "page token invalid or expired" },
  { "preview-schedule", NULL, "PreviewSchedule", "('61 * * * *', 'UTC', uint64 0, uint32 1)", "InvalidSchedule",
    "schedule '61 * * * *': column 1: minute 0-59, not 61; the full hour is 0" },
  { "preview-control", NULL, "PreviewSchedule", "('* * * *\\u001b *', 'UTC', uint64 0, uint32 1)", "InvalidSchedule", "column 8: control character" },
  /* Its message has a part of the text, which must not end within a letter. */
  { "preview-cut-letter", NULL, "PreviewSchedule", "('a" UMLAUTS UMLAUTS UMLAUTS UMLAUTS "', 'UTC', uint64 0, uint32 1)", "InvalidSchedule",
    "': column 1: unknown weekday" },
  { "preview-zone", NULL, "PreviewSchedule", "('* * * * *', 'Mars/Base', uint64 0, uint32 1)", "InvalidSchedule",
    "timezone 'Mars/Base': unknown time zone" },
  { "preview-count", NULL, "PreviewSchedule", "('* * * * *', 'UTC', uint64 0, uint32 1001)", "TooLarge", "1000" },
  { "preview-from", NULL, "PreviewSchedule", "('* * * * *', 'UTC', uint64 9223372036854775808, uint32 1)",
    "InvalidArgument", "from" },
  { "subscribe-after", NULL, "Subscribe", "({'after': <uint64 123456>},)", "NotFound", "load anew" },
  { "subscribe-key", NULL, "Subscribe", "({'limit': <uint32 1>},)", "InvalidArgument", "limit" },
  { "tracking-user", NULL, "StartTracking", "('a', {'user': <'root'>})", "InvalidSettings", "user" },
  { "tracking-command", NULL, "StartTracking", "('a', {'command': <['true']>})", "InvalidSettings", "command: a report says what was done" },
  { "tracking-schedule", NULL, "StartTracking", "('a', {'shell': <'true'>, 'schedule': <['@daily']>})", "InvalidSettings", "a report says" },
  { "tracking-nice", NULL, "Ping", "('a', 'start', {'nice': <5>})", "InvalidSettings", "nice: " },
  { "tracking-promised", NULL, "StartTracking", "('a', {'pool': <['x']>})", "NotSupported", "pool" },
  { "tracking-key", NULL, "StartTracking", "('a', {'detatched': <true>})", "InvalidSettings", "did you mean 'detached'?" },
  { "tracking-setting", NULL, "StartTracking", "('a', {'expect-evry': <uint64 1>})", "InvalidSettings", "did you mean 'expect-every'?" },
  { "tracking-nonsense", NULL, "StartTracking", "('a', {'xyzzy': <true>})", "InvalidSettings", "unknown key 'xyzzy'" },
  { "tracking-type", NULL, "StartTracking", "('a', {'detached': <'yes'>})", "InvalidArgument", "detached" },
  { "tracking-timeout", NULL, "StartTracking", "('a', {'heartbeat-timeout': <uint64 1>})", "InvalidArgument", "heartbeat-timeout" },
  { "tracking-name", NULL, "StartTracking", "('', @a{sv} {})", "InvalidArgument", NULL },
  { "ping-status", NULL, "Ping", "('a', 'maybe', @a{sv} {})", "InvalidArgument", "'start', 'success'" },
  { "ping-code", NULL, "Ping", "('a', '256', @a{sv} {})", "InvalidArgument", "0 to 255" },
  { "ping-log-alone", NULL, "Ping", "('a', 'log', @a{sv} {})", "WrongState", "start" },
  { "statistics-by", NULL, "GetStatistics", "({'by': <'week'>},)", "InvalidArgument", "job, tag, user, hour or day" },
  { "statistics-state", NULL, "GetStatistics", "({'state': <'failed'>},)", "InvalidArgument", "state" },
  { "statistics-job", NULL, "GetStatistics", "({'job': <'nobody-knows'>},)", "NotFound", "no such job" },
  { "statistics-hours", NULL, "GetStatistics", "({'by': <'hour'>, 'tag': <'x'>, 'since': <uint64 1>, 'until': <uint64 9>},)", "InvalidArgument",
    "kept for 400 days; ask for days" },
  { "statistics-job-id", NULL, "GetStatistics", "({'job': <'4711'>},)", "NotFound", "no such job" },
  { "statistics-job-other", NULL, "GetStatistics", "({'job': <'somebody/job'>},)", "NotFound", "no such job" },
  { "statistics-key", NULL, "GetStatistics", "({'bye': <'job'>},)", "InvalidArgument", "by" },
  { "signature", NULL, "AddJob", "('a',)", DBUS "InvalidArgs", NULL },
  { "unknown-method", NULL, "AddJub", "('a',)", DBUS "UnknownMethod", NULL },
  { "set-read-only", PROPERTIES, "Set", "('org.example.JobTracker', 'Paused', <true>)", DBUS "PropertyReadOnly", NULL },
  { "set-unknown", PROPERTIES, "Set", "('org.example.JobTracker', 'Pausd', <true>)", DBUS "UnknownProperty", NULL },
  { "get-unknown", PROPERTIES, "Get", "('org.example.JobTracker', 'Pausd')", DBUS "UnknownProperty", NULL },
  { "get-unknown-interface", PROPERTIES, "Get", "('org.example.Other', 'Paused')", DBUS "UnknownInterface", NULL },
  { "get-all-unknown-interface", PROPERTIES, "GetAll", "('org.example.Other',)", DBUS "UnknownInterface", NULL },
  { "job-option", "J", "Start", "({'requestid': <'x'>},)", "InvalidArgument", "request-id" },
  { "job-update-key", "J", "Update", "({'retires': <uint32 1>}, @a{sv} {})", "InvalidSettings", "retries" },
  { "job-update-user", "J", "Update", "({'user': <'root'>}, @a{sv} {})", "NotAuthorized", "user" },
  { "job-update-option", "J", "Update", "({'retries': <uint32 1>}, {'if_revision': <uint64 1>})", "InvalidArgument",
    "if-revision" },
  { "job-remove-history", "J", "Remove", "({'history': <'drop'>},)", "InvalidArgument", "'delete'" },
  { "job-mute", "J", "Mute", "(uint64 9223372036854775808,)", "InvalidArgument", NULL },
  { "job-unknown-method", "J", "Stop", "()", DBUS "UnknownMethod", NULL },
  { "job-signature", "J", "Mute", "('x',)", DBUS "InvalidArgs", NULL },
  { "job-set-read-only", "J" PROPERTIES, "Set", "('org.example.JobTracker.Job', 'Name', <'x'>)", DBUS "PropertyReadOnly",
    NULL },
  { "job-set-unknown", "J" PROPERTIES, "Set", "('org.example.JobTracker.Job', 'Nome', <'x'>)", DBUS "UnknownProperty", NULL },
  { "job-get-foreign-interface", "J" PROPERTIES, "Get", "('org.example.JobTracker.Run', 'Id')", DBUS "UnknownInterface",
    NULL },
  { "run-option", "R", "Cancel", "({'now': <true>},)", "InvalidArgument", NULL },
  { "run-signal-0", "R", "SendSignal", "(0,)", "InvalidArgument", "1 to 64" },
  { "run-signal-65", "R", "SendSignal", "(65,)", "InvalidArgument", "1 to 64" },
  { "run-progress-nan", "R", "SetProgress", "(2.0, '')", "InvalidArgument", "0 to 1" },
  { "run-progress", "R", "SetProgress", "(0.5, '')", "NotSupported", "not tracked" },
  { "run-append-stream", "R", "AppendLog", "('out', @ay [])", "InvalidArgument", "stdout" },
  { "run-append", "R", "AppendLog", "('stdout', @ay [])", "NotSupported", "not tracked" },
  { "run-heartbeat", "R", "Heartbeat", "()", "NotSupported", "not tracked" },
  { "run-finish-state", "R", "Finish", "('running', @a{sv} {})", "InvalidArgument", "succeeded" },
  { "run-finish", "R", "Finish", "('failed', @a{sv} {})", "NotSupported", "not tracked" },
  { "run-set-read-only", "R" PROPERTIES, "Set", "('org.example.JobTracker.Run', 'State', <'x'>)", DBUS "PropertyReadOnly",
    NULL },
};

static void
test_bad (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  g_autofree char *job = client_add_job (alice, "present", settings_of_command (NULL));
  g_autofree char *run = client_start_job (alice, job);
  guint jobs = jt_tracker_count_jobs (fixture->tracker);

  for (guint i = 0; i < G_N_ELEMENTS (bad_rows); i++)
    {
      const BadRow *row = &bad_rows[i];
      const char *path = JT_ROOT_PATH, *interface = row->interface;
      g_autofree char *message = NULL;

      if (interface == NULL)
        interface = JT_ROOT_INTERFACE;
      else if (*interface == 'J' || *interface == 'R')
        {
          path = *interface == 'J' ? job : run;
          interface = interface[1] != '\0' ? interface + 1 : *interface == 'J' ? JT_JOB_INTERFACE : JT_RUN_INTERFACE;
        }
      g_test_message ("%s", row->case_name);
      message = client_refused (alice, path, interface, row->member,
                                g_variant_parse (NULL, row->arguments, NULL, NULL, NULL), row->error);
      g_test_message ("  %s", message);
      if (row->words != NULL)
        g_assert_nonnull (strstr (message, row->words));
      g_assert_cmpuint (jt_tracker_count_jobs (fixture->tracker), ==, jobs);
    }
}

static void
test_bad_sizes (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  g_autofree char *name = g_strnfill (129, 'a');
  g_autofree char *huge = g_strnfill (140000, 'x');
  g_autoptr (GPtrArray) many = g_ptr_array_new ();
  const char *const long_command[] = { "true", huge, NULL };
  g_autoptr (GVariant) long_settings = g_variant_ref_sink (
    settings_of_command ("command", g_variant_new_strv (long_command, -1), NULL));
  g_autoptr (GVariant) many_settings = NULL;
  g_autofree char *message = NULL;

  message = client_refused (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "AddJob",
                            g_variant_new ("(s@a{sv})", name, settings_of_command (NULL)), "TooLarge");
  g_assert_nonnull (strstr (message, "128"));
  g_free (client_refused (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "AddJob", g_variant_new ("(s@a{sv})", "a", long_settings),
                          "TooLarge"));
  for (guint i = 0; i < 1025; i++)
    g_ptr_array_add (many, (gpointer) "x");
  many_settings = g_variant_ref_sink (settings_of_command (
    "command", g_variant_new_strv ((const char *const *) many->pdata, (gssize) many->len), NULL));
  g_free (client_refused (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "AddJob", g_variant_new ("(s@a{sv})", "a", many_settings),
                          "TooLarge"));
  g_free (client_refused (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "PreviewSchedule",
                          g_variant_new ("(sstu)", huge, "UTC", (guint64) 0, 1), "TooLarge"));
  g_assert_cmpuint (jt_tracker_count_jobs (fixture->tracker), ==, 0);
}

static void
test_introspection_is_alike (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *bob = bus_fixture_add_client (fixture, UID_BOB, FALSE);
  g_autofree char *job = client_add_job (alice, "a", settings_of_command (NULL));
  g_autoptr (GVariant) here = client_must (bob, job, "org.freedesktop.DBus.Introspectable", "Introspect", NULL);
  g_autoptr (GVariant) nowhere
    = client_must (bob, JT_JOBS_PATH "/987654", "org.freedesktop.DBus.Introspectable", "Introspect", NULL);
  g_autoptr (GVariant) folder
    = client_must (alice, JT_JOBS_PATH, "org.freedesktop.DBus.Introspectable", "Introspect", NULL);
  g_autoptr (GVariant) root
    = client_must (alice, JT_ROOT_PATH, "org.freedesktop.DBus.Introspectable", "Introspect", NULL);
  const char *xml;

  g_assert_true (g_variant_equal (here, nowhere));
  g_variant_get (here, "(&s)", &xml);
  g_assert_nonnull (strstr (xml, JT_JOB_INTERFACE));
  g_variant_get (folder, "(&s)", &xml);
  g_assert_null (strstr (xml, "<node name"));
  g_variant_get (root, "(&s)", &xml);
  g_assert_nonnull (strstr (xml, JT_NOTIFICATIONS_INTERFACE));
  g_assert_nonnull (strstr (xml, JT_OBJECT_MANAGER_INTERFACE));
}

static void
test_preview (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  g_autoptr (GVariant) reply = client_must (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "PreviewSchedule",
                                            g_variant_new ("(sstu)", "0 0 * * *", "UTC", (guint64) 0, 3));
  g_autoptr (GVariant) elapses = g_variant_get_child_value (reply, 2);
  guint64 first;

  g_assert_cmpuint (g_variant_n_children (elapses), ==, 3);
  g_variant_get_child (elapses, 0, "t", &first);
  g_assert_cmpuint (first, ==, T0 + G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC);
}

/* The sentence, and below it what is doubtful, or why there is nothing to list. */
static void
test_preview_description (void)
{
  static const char *const rows[][2] = {
    { "0 0 * * *", "At 00:00 every day, UTC" },
    { "0 0 31 * 5", "At 00:00 on the 31st of the month and also on Fridays, UTC\n"
                    "Both day fields are given: cron elapses when either matches. Where both must, write the calendar 'Fri *-*-31 00:00'.\n"
                    "Not every month has a day 31; L as the day of month is the last one." },
    { "0 0 30 2 *", "At 00:00 on 30 February, UTC\nnever occurs: none of its months has a day 30; the last day of a month is L" },
    { "@reboot", "Once after each start of the machine\nhas no instants of its own: it elapses after each start of the machine" },
  };
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GVariant) reply = client_must (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "PreviewSchedule",
                                                g_variant_new ("(sstu)", rows[i][0], "UTC", (guint64) 0, 1));
      const char *description;

      g_variant_get_child (reply, 1, "&s", &description);
      g_assert_cmpstr (description, ==, rows[i][1]);
    }
}

static void
test_root_properties (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  g_autofree char *job = client_add_job (alice, "a", settings_of_command (NULL));
  g_autoptr (GVariant) all
    = client_must (alice, JT_ROOT_PATH, PROPERTIES, "GetAll", g_variant_new ("(s)", JT_ROOT_INTERFACE));
  g_autoptr (GVariant) properties = g_variant_get_child_value (all, 0);
  guint count = 0;

  for (guint i = 0; jt_interfaces_root ()->properties[i] != NULL; i++)
    {
      const GDBusPropertyInfo *info = jt_interfaces_root ()->properties[i];
      g_autoptr (GVariant) value = g_variant_lookup_value (properties, info->name, G_VARIANT_TYPE (info->signature));

      g_assert_nonnull (value);
    }
  g_assert_true (g_variant_lookup (properties, "JobCount", "u", &count));
  g_assert_cmpuint (count, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calls/job-life", test_job_life);
  g_test_add_func ("/calls/run-life", test_run_life);
  g_test_add_func ("/calls/cancel", test_cancel);
  g_test_add_func ("/calls/open-log", test_open_log);
  g_test_add_func ("/calls/request-id", test_request_id);
  g_test_add_func ("/calls/add-jobs", test_add_jobs_all_or_nothing);
  g_test_add_func ("/calls/bad", test_bad);
  g_test_add_func ("/calls/bad-sizes", test_bad_sizes);
  g_test_add_func ("/calls/introspection", test_introspection_is_alike);
  g_test_add_func ("/calls/preview", test_preview);
  g_test_add_func ("/calls/preview-description", test_preview_description);
  g_test_add_func ("/calls/root-properties", test_root_properties);
  return g_test_run ();
}
