/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "jt-bus-fixture.h"
#include "jt-interfaces.h"
#include "jt-names.h"

/* The session bus: everything is broadcast, nothing by name; and the name and its owner. */

static void
test_all_is_broadcast (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (FALSE, NULL);
  Client *me = bus_fixture_add_client (fixture, geteuid (), TRUE);
  Client *spy = bus_fixture_add_eavesdropper (fixture);
  g_autofree char *job = client_add_job (me, "a", settings_of_command (NULL));
  g_autofree char *run = client_start_job (me, job);
  g_autoptr (GVariant) subscribed = NULL;
  g_autoptr (GVariant) removed = NULL;
  guint64 sequence;

  jt_fake_executor_finish (JT_FAKE_EXECUTOR (fixture->executor), id_of (run), 1, 0);
  client_wait (me, "RunFinished", 1);
  subscribed = client_must (me, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Subscribe", g_variant_new ("(a{sv})", NULL));
  g_variant_get (subscribed, "(t)", &sequence);
  g_assert_cmpuint (sequence, ==, jt_tracker_get_last_sequence (fixture->tracker));
  removed = client_must (me, job, JT_JOB_INTERFACE, "Remove", g_variant_new ("(a{sv})", NULL));
  client_wait (me, "JobRemoved", 1);
  client_settle (spy);
  g_assert_cmpuint (client_count (me, "JobAdded"), ==, 1);
  g_assert_cmpuint (client_count (me, "RunStarted"), ==, 1);
  g_assert_cmpuint (client_count (me, "InterfacesAdded"), ==, 2);
  g_assert_cmpuint (client_count (me, "InterfacesRemoved"), ==, 2);
  for (guint i = 0; i < spy->signals->len; i++)
    g_assert_null (((SeenSignal *) g_ptr_array_index (spy->signals, i))->destination);
  g_assert_cmpuint (jt_subscribers_count (fixture->service->subscribers), ==, 0);
}

static void
tell_change (BusFixture *fixture, JtRun *value)
{
  g_autoptr (JtEvent) event = jt_event_new_for_run (JT_EVENT_RUN_CHANGED, T0, value);

  g_signal_emit_by_name (fixture->tracker, "event", event);
}

/* Many changes of one run in one moment: few signals, the last of them the latest. */
static void
test_changes_are_paced (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (FALSE, NULL);
  Client *me = bus_fixture_add_client (fixture, geteuid (), TRUE);
  g_autofree char *job = client_add_job (me, "a", settings_of_command (NULL));
  g_autofree char *run = client_start_job (me, job);
  g_autoptr (GVariant) last = NULL;
  g_autoptr (GVariant) what = NULL;
  double progress = 0;

  client_settle (me);
  client_clear (me);
  for (guint i = 1; i <= 50; i++)
    {
      g_autoptr (JtRun) value = jt_run_copy (jt_tracker_get_active_run (fixture->tracker, id_of (run)));

      value->progress = i / 100.0;
      tell_change (fixture, value);
    }
  client_wait (me, "RunChanged", 2);
  g_assert_cmpuint (client_count (me, "RunChanged"), ==, 2);
  last = client_get_body (me, "RunChanged", 1);
  what = g_variant_get_child_value (last, 1);
  g_assert_true (g_variant_lookup (what, "progress", "d", &progress));
  g_assert_cmpfloat (progress, ==, 0.5);
}

/* PropertiesChanged has what is other than when it was last told, also when a change in between was never told. */
static void
test_properties_since_last_told (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (FALSE, NULL);
  Client *me = bus_fixture_add_client (fixture, geteuid (), TRUE);
  g_autofree char *job = client_add_job (me, "a", settings_of_command (NULL));
  g_autofree char *run = client_start_job (me, job);
  g_autoptr (JtRun) first = jt_run_copy (jt_tracker_get_active_run (fixture->tracker, id_of (run)));
  g_autoptr (JtRun) second = NULL;
  g_autoptr (JtRun) third = NULL;
  g_autoptr (GVariant) body = NULL;
  g_autoptr (GVariant) changed = NULL;

  first->progress = 0.1;
  second = jt_run_copy (first);
  second->message = g_strdup ("half way");
  third = jt_run_copy (second);
  third->progress = 0.6;
  client_settle (me);
  client_clear (me);
  tell_change (fixture, first);
  tell_change (fixture, second);
  tell_change (fixture, third);
  client_wait (me, "RunChanged", 2);
  body = client_get_body (me, "PropertiesChanged", client_count (me, "PropertiesChanged") - 1);
  changed = g_variant_get_child_value (body, 1);
  g_assert_cmpuint (g_variant_n_children (changed), ==, 2);
  g_assert_true (g_variant_lookup (changed, "Progress", "d", NULL));
  g_assert_true (g_variant_lookup (changed, "Message", "&s", NULL));
}

static void
keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
is_set (gpointer user_data)
{
  return *(GAsyncResult **) user_data != NULL;
}

static void
test_second_owner_is_refused (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (FALSE, NULL);
  Client *other = bus_fixture_add_client (fixture, geteuid (), FALSE);
  g_autoptr (JtService) second
    = jt_service_new (fixture->tracker, fixture->accounts, fixture->service->config, FALSE);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  jt_service_attach_async (second, other->connection, NULL, keep_result, &result);
  run_until (is_set, &result);
  g_assert_false (jt_service_attach_finish (second, result, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_EXISTS);
  g_assert_nonnull (strstr (error->message, "another process has it"));
}

static void
on_lost (JtService *service, const char *reason, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

/* The bus goes: jobs go on, and a new connection finds them. */
static void
test_bus_lost_and_back (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (FALSE, NULL);
  Client *me = bus_fixture_add_client (fixture, geteuid (), TRUE);
  g_autofree char *job = client_add_job (me, "a", settings_of_command (NULL));
  g_autofree char *run = client_start_job (me, job);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection;
  gboolean is_lost = FALSE;

  g_signal_connect (fixture->service, "lost", G_CALLBACK (on_lost), &is_lost);
  g_dbus_connection_close_sync (fixture->connection, NULL, NULL);
  while (!is_lost)
    g_main_context_iteration (NULL, TRUE);
  jt_fake_executor_finish (JT_FAKE_EXECUTOR (fixture->executor), id_of (run), 1, 0);
  while (jt_tracker_count_active (fixture->tracker) > 0)
    g_main_context_iteration (NULL, TRUE);
  connection = g_dbus_connection_new_for_address_sync (
    jt_test_bus_get_address (fixture->bus),
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (fixture->connection);
  fixture->connection = connection;
  jt_service_attach_async (fixture->service, connection, NULL, keep_result, &result);
  run_until (is_set, &result);
  g_assert_true (jt_service_attach_finish (fixture->service, result, &error));
  reply = client_must (me, run, JT_PROPERTIES_INTERFACE, "Get", g_variant_new ("(ss)", JT_RUN_INTERFACE, "State"));
}

static void
test_owner_of_the_session_may_pause (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (FALSE, NULL);
  Client *me = bus_fixture_add_client (fixture, geteuid (), FALSE);
  Client *other = bus_fixture_add_client (fixture, UID_BOB, FALSE);

  g_variant_unref (client_must (me, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Pause", g_variant_new ("(s)", "x")));
  g_free (client_refused (other, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Resume", NULL, "NotAuthorized"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/all-is-broadcast", test_all_is_broadcast);
  g_test_add_func ("/session/paced", test_changes_are_paced);
  g_test_add_func ("/session/properties-since-last-told", test_properties_since_last_told);
  g_test_add_func ("/session/second-owner", test_second_owner_is_refused);
  g_test_add_func ("/session/bus-lost-and-back", test_bus_lost_and_back);
  g_test_add_func ("/session/owner-may-pause", test_owner_of_the_session_may_pause);
  return g_test_run ();
}
