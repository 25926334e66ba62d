/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-bus-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "jt-fake-accounts.h"
#include "jt-names.h"
#include "jt-sqlite-store.h"

#define PATIENCE_SECONDS 30 /* for what must come; a test that needs it has failed */

static void
seen_signal_free (SeenSignal *signal)
{
  g_free (signal->sender);
  g_free (signal->destination);
  g_free (signal->path);
  g_free (signal->interface);
  g_free (signal->member);
  g_clear_pointer (&signal->body, g_variant_unref);
  g_free (signal);
}

void
run_until (gboolean (*is_done) (gpointer user_data), gpointer user_data)
{
  g_autoptr (GTimer) timer = g_timer_new ();

  while (!is_done (user_data))
    {
      if (g_timer_elapsed (timer, NULL) > PATIENCE_SECONDS)
        g_error ("what the test waits for did not come");
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (500);
    }
}

static gboolean
has_result (gpointer user_data)
{
  return *(GAsyncResult **) user_data != NULL;
}

static void
keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for_result (GAsyncResult **slot)
{
  run_until (has_result, slot);
  return *slot;
}

static GDBusConnection *
connect_to (BusFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection
    = g_dbus_connection_new_for_address_sync (jt_test_bus_get_address (fixture->bus),
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);

  g_assert_no_error (error);
  return connection;
}

static gboolean
resolve (const char *sender, guint32 *uid, char **name, gpointer user_data)
{
  BusFixture *fixture = user_data;
  gpointer value = g_hash_table_lookup (fixture->uids, sender);

  if (value == NULL)
    return FALSE;
  *uid = GPOINTER_TO_UINT (value) - 1;
  *name = jt_fake_accounts_name_of (*uid);
  return TRUE;
}

static void
write_text (const char *path, const char *text)
{
  g_assert_true (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0644, NULL));
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
}

void
bus_fixture_start_service (BusFixture *fixture)
{
  g_autoptr (GAsyncResult) started = NULL;
  g_autoptr (GAsyncResult) attached = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JtConfig) loaded = jt_config_load (fixture->config_path, fixture->is_system, &error);
  g_autoptr (JtConfig) config = NULL;

  g_assert_no_error (error);
  config = jt_config_override (loaded, fixture->directory, fixture->job_directory, "/bin/false");
  fixture->store = jt_sqlite_store_new (fixture->directory, fixture->clock);
  fixture->tracker = jt_tracker_new (fixture->clock, fixture->store, fixture->executor, config, "boot-1");
  fixture->notifier = jt_notifier_new (fixture->clock, fixture->accounts);
  fixture->composer = jt_composer_new (fixture->store, fixture->executor, fixture->notifier, "host.example");
  jt_tracker_set_notifier (fixture->tracker, fixture->notifier);
  fixture->outbox = jt_outbox_new (fixture->tracker, fixture->notifier, fixture->channels, fixture->composer);
  fixture->service = jt_service_new (fixture->tracker, fixture->accounts, config, fixture->is_system);
  jt_service_set_notifications (fixture->service, fixture->notifier, fixture->outbox, fixture->composer);
  jt_service_set_overrides (fixture->service, fixture->directory, fixture->job_directory, "/bin/false");
  jt_service_set_resolver (fixture->service, resolve, fixture);
  jt_tracker_start_async (fixture->tracker, NULL, keep_result, &started);
  g_assert_true (jt_tracker_start_finish (fixture->tracker, wait_for_result (&started), &error));
  g_assert_no_error (error);
  fixture->connection = connect_to (fixture);
  jt_service_attach_async (fixture->service, fixture->connection, NULL, keep_result, &attached);
  g_assert_true (jt_service_attach_finish (fixture->service, wait_for_result (&attached), &error));
  g_assert_no_error (error);
}

BusFixture *
bus_fixture_new (gboolean is_system, const char *config_text)
{
  BusFixture *fixture = g_new0 (BusFixture, 1);

  fixture->bus = jt_test_bus_new ();
  fixture->is_system = is_system;
  fixture->directory = g_dir_make_tmp ("jt-bus-XXXXXX", NULL);
  fixture->job_directory = g_build_filename (fixture->directory, "jobs.d", NULL);
  fixture->config_path = g_build_filename (fixture->directory, "jobtracker.conf", NULL);
  g_assert_cmpint (g_mkdir (fixture->job_directory, 0755), ==, 0);
  if (config_text != NULL)
    write_text (fixture->config_path, config_text);
  fixture->uids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  fixture->clients = g_ptr_array_new ();
  fixture->clock = jt_fake_clock_new (T0);
  fixture->executor = jt_fake_executor_new ();
  fixture->accounts = jt_fake_accounts_new ();
  fixture->channels = jt_fake_channels_new ();
  bus_fixture_start_service (fixture);
  return fixture;
}

static void
client_free (Client *client)
{
  g_dbus_connection_close_sync (client->connection, NULL, NULL);
  g_object_unref (client->connection);
  g_ptr_array_unref (client->signals);
  g_mutex_clear (&client->lock);
  g_free (client);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

static gboolean
never_stops (gpointer user_data)
{
  return !g_main_context_pending (NULL);
}

void
bus_fixture_stop_service (BusFixture *fixture)
{
  g_autoptr (GAsyncResult) stopped = NULL;

  jt_service_detach (fixture->service);
  jt_tracker_stop_async (fixture->tracker, keep_result, &stopped);
  jt_tracker_stop_finish (fixture->tracker, wait_for_result (&stopped), NULL);
  run_until (never_stops, NULL);
  g_dbus_connection_close_sync (fixture->connection, NULL, NULL);
  g_clear_object (&fixture->connection);
  g_clear_object (&fixture->service);
  jt_outbox_stop (fixture->outbox);
  g_clear_object (&fixture->outbox);
  g_clear_object (&fixture->composer);
  g_clear_object (&fixture->notifier);
  g_clear_object (&fixture->tracker);
  jt_sqlite_store_close (JT_SQLITE_STORE (fixture->store));
  g_clear_object (&fixture->store);
}

void
bus_fixture_free (BusFixture *fixture)
{
  bus_fixture_stop_service (fixture);
  for (guint i = 0; i < fixture->clients->len; i++)
    client_free (g_ptr_array_index (fixture->clients, i));
  g_ptr_array_unref (fixture->clients);
  g_object_unref (fixture->channels);
  g_object_unref (fixture->accounts);
  g_object_unref (fixture->executor);
  g_object_unref (fixture->clock);
  run_until (never_stops, NULL);
  jt_test_bus_free (fixture->bus);
  g_hash_table_unref (fixture->uids);
  remove_tree (fixture->directory);
  g_free (fixture->directory);
  g_free (fixture->job_directory);
  g_free (fixture->config_path);
  g_free (fixture);
}

static GDBusMessage *
on_message (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer user_data)
{
  Client *client = user_data;
  SeenSignal *signal;

  if (!incoming || g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_SIGNAL
      || g_strcmp0 (g_dbus_message_get_sender (message), "org.freedesktop.DBus") == 0)
    return message;
  signal = g_new0 (SeenSignal, 1);
  signal->sender = g_strdup (g_dbus_message_get_sender (message));
  signal->destination = g_strdup (g_dbus_message_get_destination (message));
  signal->path = g_strdup (g_dbus_message_get_path (message));
  signal->interface = g_strdup (g_dbus_message_get_interface (message));
  signal->member = g_strdup (g_dbus_message_get_member (message));
  if (g_dbus_message_get_body (message) != NULL)
    signal->body = g_variant_ref (g_dbus_message_get_body (message));
  g_mutex_lock (&client->lock);
  g_ptr_array_add (client->signals, signal);
  g_mutex_unlock (&client->lock);
  return message;
}

static void
add_match (Client *client, const char *rule)
{
  g_autoptr (GVariant) reply = client_must (client, "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch",
                                            g_variant_new ("(s)", rule));
}

Client *
bus_fixture_add_client (BusFixture *fixture, guint32 uid, gboolean wants_signals)
{
  Client *client = g_new0 (Client, 1);

  g_mutex_init (&client->lock);
  client->signals = g_ptr_array_new_with_free_func ((GDestroyNotify) seen_signal_free);
  client->connection = connect_to (fixture);
  g_dbus_connection_add_filter (client->connection, on_message, client, NULL);
  g_ptr_array_add (fixture->clients, client);
  g_hash_table_insert (fixture->uids, g_strdup (g_dbus_connection_get_unique_name (client->connection)),
                       GUINT_TO_POINTER (uid + 1));
  if (wants_signals)
    add_match (client, "type='signal'");
  return client;
}

Client *
bus_fixture_add_eavesdropper (BusFixture *fixture)
{
  Client *client = bus_fixture_add_client (fixture, UID_BOB, FALSE);

  add_match (client, "type='signal',eavesdrop='true'");
  return client;
}

/* Takes @parameters, floating or not: what g_variant_parse() makes is not. */
GVariant *
client_call (Client *client, const char *path, const char *interface, const char *member, GVariant *parameters,
             GError **error)
{
  g_autoptr (GVariant) owned = parameters != NULL ? g_variant_take_ref (parameters) : NULL;
  g_autoptr (GAsyncResult) result = NULL;
  const char *destination = g_str_has_prefix (path, "/org/freedesktop") ? "org.freedesktop.DBus" : JT_BUS_NAME;

  g_dbus_connection_call (client->connection, destination, path, interface, member, parameters, NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, PATIENCE_SECONDS * 1000, NULL, keep_result, &result);
  return g_dbus_connection_call_finish (client->connection, wait_for_result (&result), error);
}

GVariant *
client_must (Client *client, const char *path, const char *interface, const char *member, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply = client_call (client, path, interface, member, parameters, &error);

  g_assert_no_error (error);
  return reply;
}

char *
client_refused (Client *client, const char *path, const char *interface, const char *member, GVariant *parameters,
                const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = client_call (client, path, interface, member, parameters, &error);
  g_autofree char *expected
    = strchr (name, '.') != NULL ? g_strdup (name) : g_strconcat (JT_ERROR_PREFIX, name, NULL);
  g_autofree char *actual = NULL;

  g_assert_null (reply);
  actual = g_dbus_error_get_remote_error (error);
  if (g_strcmp0 (actual, expected) != 0)
    g_test_message ("%s: %s", member, error->message);
  g_assert_cmpstr (actual, ==, expected);
  g_dbus_error_strip_remote_error (error);
  return g_strdup (error->message);
}

/* The bus delivers in order, so its answer comes behind everything that it had before. */
void
client_settle (Client *client)
{
  g_autoptr (GVariant) reply
    = client_must (client, "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetId", NULL);
}

guint
client_count (Client *client, const char *member)
{
  guint count = 0;

  g_mutex_lock (&client->lock);
  for (guint i = 0; i < client->signals->len; i++)
    if (g_str_equal (((SeenSignal *) g_ptr_array_index (client->signals, i))->member, member))
      count++;
  g_mutex_unlock (&client->lock);
  return count;
}

typedef struct
{
  Client     *client;
  const char *member;
  guint       count;
} Wait;

static gboolean
has_enough (gpointer user_data)
{
  const Wait *wait = user_data;

  return client_count (wait->client, wait->member) >= wait->count;
}

void
client_wait (Client *client, const char *member, guint count)
{
  Wait wait = { client, member, count };

  run_until (has_enough, &wait);
}

GVariant *
client_get_body (Client *client, const char *member, guint index)
{
  GVariant *body = NULL;
  guint count = 0;

  g_mutex_lock (&client->lock);
  for (guint i = 0; i < client->signals->len && body == NULL; i++)
    {
      const SeenSignal *signal = g_ptr_array_index (client->signals, i);

      if (g_str_equal (signal->member, member) && count++ == index)
        body = g_variant_ref (signal->body);
    }
  g_mutex_unlock (&client->lock);
  g_assert_nonnull (body);
  return body;
}

void
client_clear (Client *client)
{
  g_mutex_lock (&client->lock);
  g_ptr_array_set_size (client->signals, 0);
  g_mutex_unlock (&client->lock);
}

GVariant *
settings_of_command (const char *first_key, ...)
{
  const char *const command[] = { "true", NULL };
  GVariantDict dict;
  va_list args;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "command", g_variant_new_strv (command, -1));
  va_start (args, first_key);
  for (const char *key = first_key; key != NULL; key = va_arg (args, const char *))
    g_variant_dict_insert_value (&dict, key, va_arg (args, GVariant *));
  va_end (args);
  return g_variant_dict_end (&dict);
}

char *
client_add_job (Client *client, const char *name, GVariant *settings)
{
  g_autoptr (GVariant) reply = client_must (client, JT_ROOT_PATH, JT_ROOT_INTERFACE, "AddJob",
                                            g_variant_new ("(s@a{sv})", name, settings));
  char *path;

  g_variant_get (reply, "(o)", &path);
  return path;
}

char *
client_start_job (Client *client, const char *job)
{
  g_autoptr (GVariant) reply
    = client_must (client, job, JT_JOB_INTERFACE, "Start", g_variant_new ("(a{sv})", NULL));
  char *path;

  g_variant_get (reply, "(o)", &path);
  return path;
}

guint64
id_of (const char *path)
{
  return g_ascii_strtoull (strrchr (path, '/') + 1, NULL, 10);
}

void
bus_fixture_write_job_file (BusFixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (fixture->job_directory, name, NULL);

  write_text (path, text);
}
