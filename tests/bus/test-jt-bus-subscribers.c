/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "jt-bus-fixture.h"
#include "jt-interfaces.h"
#include "jt-names.h"

/* The system bus: nothing is broadcast; each subscriber gets what it may see and asked for, and one that does not read
 * harms nobody. */

static guint64
subscribe (Client *client, const char *filter)
{
  g_autofree char *text = g_strdup_printf ("(@a{sv} %s,)", filter);
  g_autoptr (GVariant) reply = client_must (client, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Subscribe",
                                            g_variant_parse (G_VARIANT_TYPE ("(a{sv})"), text, NULL, NULL, NULL));
  guint64 sequence;

  g_variant_get (reply, "(t)", &sequence);
  return sequence;
}

static void
run_to_end (BusFixture *fixture, Client *client, const char *job)
{
  g_autofree char *run = client_start_job (client, job);
  g_autoptr (GVariant) settled = NULL;

  jt_fake_executor_finish (JT_FAKE_EXECUTOR (fixture->executor), id_of (run), 1, 0);
  while (jt_tracker_count_active (fixture->tracker) > 0)
    g_main_context_iteration (NULL, TRUE);
  /* the service's own answer comes behind the signals that it sent */
  settled = client_must (client, JT_ROOT_PATH, JT_ROOT_INTERFACE, "ListJobs", g_variant_new ("(a{sv})", NULL));
}

static void
read_numbers (Client *client, const char *member, guint index, guint64 *sequence, guint64 *previous)
{
  g_autoptr (GVariant) body = client_get_body (client, member, index);
  g_autoptr (GVariant) what = g_variant_get_child_value (body, 1);

  g_assert_true (g_variant_lookup (what, "sequence", "t", sequence));
  g_assert_true (g_variant_lookup (what, "previous", "t", previous));
}

static void
test_nothing_is_broadcast (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, TRUE);
  Client *listener = bus_fixture_add_client (fixture, UID_BOB, TRUE);
  Client *spy = bus_fixture_add_eavesdropper (fixture);
  Client *root = bus_fixture_add_client (fixture, UID_ROOT, TRUE);
  g_autofree char *job = NULL;

  subscribe (alice, "{}");
  job = client_add_job (alice, "a", settings_of_command (NULL));
  run_to_end (fixture, alice, job);
  g_variant_unref (client_must (root, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Pause", g_variant_new ("(s)", "x")));
  g_variant_unref (client_must (alice, job, JT_JOB_INTERFACE, "Remove", g_variant_new ("(a{sv})", NULL)));
  client_wait (alice, "JobRemoved", 1);
  client_settle (listener);
  client_settle (spy);
  client_settle (root);
  /* Who did not subscribe hears nothing, root neither. */
  g_assert_cmpuint (listener->signals->len, ==, 0);
  g_assert_cmpuint (root->signals->len, ==, 0);
  /* What there was went to alice by name. */
  g_assert_cmpuint (spy->signals->len, >, 0);
  for (guint i = 0; i < spy->signals->len; i++)
    {
      const SeenSignal *signal = g_ptr_array_index (spy->signals, i);

      g_assert_cmpstr (signal->destination, ==, g_dbus_connection_get_unique_name (alice->connection));
      g_assert_cmpstr (signal->sender, ==, g_dbus_connection_get_unique_name (fixture->connection));
    }
}

static void
test_what_a_subscriber_gets (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, TRUE);
  guint64 first = subscribe (alice, "{}");
  g_autofree char *job = client_add_job (alice, "a", settings_of_command (NULL));
  g_autoptr (GVariant) added = NULL;
  g_autoptr (GVariant) what = NULL;
  guint64 sequence, previous, last;
  const char *name = NULL, *path;

  run_to_end (fixture, alice, job);
  client_wait (alice, "RunFinished", 1);
  g_assert_cmpuint (client_count (alice, "JobAdded"), ==, 1);
  g_assert_cmpuint (client_count (alice, "RunStarted"), ==, 1);
  /* the job, and the run when it came */
  g_assert_cmpuint (client_count (alice, "InterfacesAdded"), ==, 2);
  g_assert_cmpuint (client_count (alice, "InterfacesRemoved"), ==, 1);
  g_assert_cmpuint (client_count (alice, "PropertiesChanged"), >, 0);
  added = client_get_body (alice, "JobAdded", 0);
  g_variant_get_child (added, 0, "&o", &path);
  g_assert_cmpstr (path, ==, job);
  what = g_variant_get_child_value (added, 1);
  g_assert_true (g_variant_lookup (what, "name", "&s", &name));
  g_assert_cmpstr (name, ==, "a");
  read_numbers (alice, "JobAdded", 0, &sequence, &previous);
  g_assert_cmpuint (previous, ==, first);
  g_assert_cmpuint (sequence, >, first);
  read_numbers (alice, "RunFinished", 0, &last, &previous);
  g_assert_cmpuint (last, >, sequence);
  g_assert_cmpuint (last, ==, jt_tracker_get_last_sequence (fixture->tracker));
}

static void
test_each_sees_its_own (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, TRUE);
  Client *bob = bus_fixture_add_client (fixture, UID_BOB, TRUE);
  Client *root = bus_fixture_add_client (fixture, UID_ROOT, TRUE);
  g_autofree char *a = NULL;
  g_autofree char *b = NULL;

  subscribe (alice, "{}");
  subscribe (bob, "{}");
  subscribe (root, "{}");
  a = client_add_job (alice, "a", settings_of_command (NULL));
  b = client_add_job (bob, "b", settings_of_command (NULL));
  run_to_end (fixture, alice, a);
  client_wait (root, "RunFinished", 1);
  client_settle (bob);
  g_assert_cmpuint (client_count (alice, "JobAdded"), ==, 1);
  g_assert_cmpuint (client_count (bob, "JobAdded"), ==, 1);
  g_assert_cmpuint (client_count (root, "JobAdded"), ==, 2);
  g_assert_cmpuint (client_count (bob, "RunFinished"), ==, 0);
  g_assert_cmpuint (client_count (bob, "InterfacesAdded"), ==, 1);
  for (guint i = 0; i < bob->signals->len; i++)
    g_assert_cmpstr (((SeenSignal *) g_ptr_array_index (bob->signals, i))->path, !=, a);
}

static void
test_filters (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *by_job = bus_fixture_add_client (fixture, UID_ALICE, TRUE);
  Client *by_tag = bus_fixture_add_client (fixture, UID_ALICE, TRUE);
  Client *by_state = bus_fixture_add_client (fixture, UID_ALICE, TRUE);
  Client *by_trigger = bus_fixture_add_client (fixture, UID_ALICE, TRUE);
  const char *const tags[] = { "night", NULL };
  g_autofree char *a = client_add_job (alice, "a", settings_of_command (NULL));
  g_autofree char *b = client_add_job (alice, "b", settings_of_command ("tags", g_variant_new_strv (tags, -1), NULL));

  subscribe (by_job, "{'job': <'a'>}");
  subscribe (by_tag, "{'tag': <'night'>}");
  subscribe (by_state, "{'state': <'succeeded'>}");
  subscribe (by_trigger, "{'trigger': <'schedule'>}");
  run_to_end (fixture, alice, a);
  run_to_end (fixture, alice, b);
  client_wait (by_state, "RunFinished", 2);
  client_settle (by_job);
  client_settle (by_tag);
  client_settle (by_trigger);
  g_assert_cmpuint (client_count (by_job, "RunFinished"), ==, 1);
  g_assert_cmpuint (client_count (by_tag, "RunFinished"), ==, 1);
  g_assert_cmpuint (client_count (by_state, "RunStarted"), ==, 0);
  g_assert_cmpuint (client_count (by_trigger, "RunFinished"), ==, 0);
}

static void
test_replay (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *bob = bus_fixture_add_client (fixture, UID_BOB, TRUE);
  Client *late = bus_fixture_add_client (fixture, UID_ALICE, TRUE);
  g_autofree char *job = client_add_job (alice, "a", settings_of_command (NULL));
  guint64 from, answered, sequence, previous, last = 0;

  run_to_end (fixture, alice, job);
  run_to_end (fixture, alice, job);
  from = subscribe (bob, "{'after': <uint64 0>}");
  g_assert_cmpuint (from, ==, 0);
  answered = subscribe (late, "{'after': <uint64 1>}");
  g_assert_cmpuint (answered, ==, 1);
  client_wait (late, "RunFinished", 2);
  run_to_end (fixture, alice, job);
  client_wait (late, "RunFinished", 3);
  for (guint i = 0; i < 3; i++)
    {
      read_numbers (late, "RunFinished", i, &sequence, &previous);
      g_assert_cmpuint (sequence, >, last);
      g_assert_cmpuint (previous, <, sequence);
      last = sequence;
    }
  /* Nothing twice: as many as the record has after the one that was named. */
  g_assert_cmpuint (client_count (late, "JobAdded"), ==, 0);
  g_assert_cmpuint (client_count (late, "RunStarted"), ==, 3);
  client_settle (bob);
  g_assert_cmpuint (client_count (bob, "RunFinished"), ==, 0);
}

static void
test_unsubscribe_and_leave (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, TRUE);
  Client *second = bus_fixture_add_client (fixture, UID_ALICE, TRUE);
  g_autofree char *job = NULL;

  subscribe (alice, "{}");
  subscribe (second, "{}");
  g_assert_cmpuint (jt_subscribers_count (fixture->service->subscribers), ==, 2);
  g_variant_unref (client_must (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Unsubscribe", NULL));
  g_variant_unref (client_must (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Unsubscribe", NULL));
  job = client_add_job (alice, "a", settings_of_command (NULL));
  client_wait (second, "JobAdded", 1);
  client_settle (alice);
  g_assert_cmpuint (alice->signals->len, ==, 0);
  g_dbus_connection_close_sync (second->connection, NULL, NULL);
  while (jt_subscribers_count (fixture->service->subscribers) > 0)
    g_main_context_iteration (NULL, TRUE);
}

/* More than fits between two answers, to one that answers: all of it, in order, nothing twice. */
static void
test_many (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, TRUE);
  GVariantBuilder jobs;
  guint64 last, sequence, previous;

  last = subscribe (alice, "{}");
  g_variant_builder_init (&jobs, G_VARIANT_TYPE ("a(sa{sv})"));
  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *name = g_strdup_printf ("job-%u", i);

      g_variant_builder_add (&jobs, "(s@a{sv})", name, settings_of_command (NULL));
    }
  g_variant_unref (client_must (alice, JT_ROOT_PATH, JT_ROOT_INTERFACE, "AddJobs",
                                g_variant_new ("(a(sa{sv})a{sv})", &jobs, NULL)));
  client_wait (alice, "JobAdded", 500);
  for (guint i = 0; i < 500; i++)
    {
      read_numbers (alice, "JobAdded", i, &sequence, &previous);
      g_assert_cmpuint (previous, ==, last);
      g_assert_cmpuint (sequence, ==, last + 1);
      last = sequence;
    }
  g_assert_cmpuint (client_count (alice, "JobAdded"), ==, 500);
}

static GDBusMessage *
deny_ping (GDBusConnection *connection, GDBusMessage *message, gboolean is_incoming, gpointer user_data)
{
  g_autoptr (GDBusMessage) reply = NULL;

  if (!is_incoming || g_strcmp0 (g_dbus_message_get_member (message), "Ping") != 0)
    return message;
  reply = g_dbus_message_new_method_error_literal (message, "org.freedesktop.DBus.Error.AccessDenied", "as a bus policy would");
  g_dbus_connection_send_message (connection, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
  g_object_unref (message);
  return NULL;
}

/* Where the bus does not let the question through, nobody can tell whether signals are read: none are sent. */
static void
test_question_denied (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, TRUE);

  g_dbus_connection_add_filter (alice->connection, deny_ping, NULL, NULL);
  subscribe (alice, "{}");
  for (guint i = 0; jt_subscribers_count (fixture->service->subscribers) > 0; i++)
    {
      g_autofree char *name = g_strdup_printf ("job-%u", i);

      g_assert_cmpuint (i, <, 200);
      g_free (client_add_job (alice, name, settings_of_command (NULL)));
    }
}

/* A caller that authenticates, subscribes and never reads again. */

static gboolean
send_all (int fd, const void *data, gsize length)
{
  const char *rest = data;

  while (length > 0)
    {
      gssize n = write (fd, rest, length);

      if (n < 0 && errno != EINTR)
        return FALSE;
      rest += MAX (n, 0);
      length -= (gsize) MAX (n, 0);
    }
  return TRUE;
}

static void
send_message (int fd, GDBusMessage *message, guint32 serial)
{
  g_autofree guchar *blob = NULL;
  gsize size;

  g_dbus_message_set_serial (message, serial);
  blob = g_dbus_message_to_blob (message, &size, G_DBUS_CAPABILITY_FLAGS_NONE, NULL);
  g_assert_true (send_all (fd, blob, size));
}

static int
connect_raw (BusFixture *fixture)
{
  const char *address = jt_test_bus_get_address (fixture->bus);
  g_auto (GStrv) parts = g_strsplit_set (address, "=,", -1);
  struct sockaddr_un name = { .sun_family = AF_UNIX };
  g_autofree char *uid = g_strdup_printf ("%u", geteuid ());
  g_autoptr (GString) auth = g_string_new ("AUTH EXTERNAL ");
  socklen_t length;
  char answer[512];
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (g_str_has_prefix (address, "unix:abstract="))
    {
      g_strlcpy (name.sun_path + 1, parts[1], sizeof name.sun_path - 1);
      length = (socklen_t) (G_STRUCT_OFFSET (struct sockaddr_un, sun_path) + 1 + strlen (parts[1]));
    }
  else
    {
      g_strlcpy (name.sun_path, parts[1], sizeof name.sun_path);
      length = sizeof name;
    }
  g_assert_cmpint (connect (fd, (struct sockaddr *) &name, length), ==, 0);
  for (const char *c = uid; *c != '\0'; c++)
    g_string_append_printf (auth, "%02x", *c);
  g_string_append (auth, "\r\n");
  g_assert_true (send_all (fd, "\0", 1) && send_all (fd, auth->str, auth->len));
  g_assert_cmpint (read (fd, answer, sizeof answer), >, 0);
  g_assert_true (send_all (fd, "BEGIN\r\n", 7));
  return fd;
}

static gboolean
resolve_all_as_root (const char *sender, guint32 *uid, char **name, gpointer user_data)
{
  *uid = UID_ROOT;
  *name = g_strdup ("root");
  return TRUE;
}

static void
test_never_reading_subscriber (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, TRUE);
  g_autoptr (GDBusMessage) hello
    = g_dbus_message_new_method_call ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello");
  g_autoptr (GDBusMessage) subscribe_message
    = g_dbus_message_new_method_call (JT_BUS_NAME, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Subscribe");
  int fd = connect_raw (fixture);

  jt_peers_set_resolver (fixture->service->peers, resolve_all_as_root, NULL);
  jt_subscribers_set_ping_timeout (fixture->service->subscribers, 300);
  g_dbus_message_set_body (subscribe_message, g_variant_new ("(a{sv})", NULL));
  send_message (fd, hello, 1);
  send_message (fd, subscribe_message, 2);
  while (jt_subscribers_count (fixture->service->subscribers) < 1)
    g_main_context_iteration (NULL, TRUE);
  subscribe (alice, "{}");
  /* It neither reads nor answers; others go on, and its subscription ends. */
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *name = g_strdup_printf ("job-%u", i);

      g_free (client_add_job (alice, name, settings_of_command (NULL)));
    }
  client_wait (alice, "JobAdded", 100);
  while (jt_subscribers_count (fixture->service->subscribers) > 1)
    g_main_context_iteration (NULL, TRUE);
  close (fd);
}

static void
test_root_properties_changed (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, TRUE);
  Client *root = bus_fixture_add_client (fixture, UID_ROOT, FALSE);
  gboolean is_seen = FALSE, is_paused = FALSE;

  subscribe (alice, "{}");
  g_variant_unref (client_must (root, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Pause", g_variant_new ("(s)", "works")));
  client_wait (alice, "PropertiesChanged", 1);
  for (guint i = 0; i < alice->signals->len; i++)
    {
      const SeenSignal *signal = g_ptr_array_index (alice->signals, i);
      g_autoptr (GVariant) changed = NULL;

      if (!g_str_equal (signal->member, "PropertiesChanged") || !g_str_equal (signal->path, JT_ROOT_PATH))
        continue;
      changed = g_variant_get_child_value (signal->body, 1);
      is_seen = is_seen || (g_variant_lookup (changed, "Paused", "b", &is_paused) && is_paused);
      /* what did not change is not said */
      g_assert_false (g_variant_lookup (changed, "JobCount", "u", NULL));
    }
  g_assert_true (is_seen);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/subscribers/nothing-is-broadcast", test_nothing_is_broadcast);
  g_test_add_func ("/subscribers/what", test_what_a_subscriber_gets);
  g_test_add_func ("/subscribers/own", test_each_sees_its_own);
  g_test_add_func ("/subscribers/filters", test_filters);
  g_test_add_func ("/subscribers/replay", test_replay);
  g_test_add_func ("/subscribers/unsubscribe-and-leave", test_unsubscribe_and_leave);
  g_test_add_func ("/subscribers/many", test_many);
  g_test_add_func ("/subscribers/question-denied", test_question_denied);
  g_test_add_func ("/subscribers/never-reading", test_never_reading_subscriber);
  g_test_add_func ("/subscribers/root-properties", test_root_properties_changed);
  return g_test_run ();
}
