/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-service.h"

#include <unistd.h>

#include "jt-log.h"
#include "jt-names.h"
#include "jt-service-private.h"

#define BUS "org.freedesktop.DBus"
#define BUS_PATH "/org/freedesktop/DBus"
#define NAME_FLAG_DO_NOT_QUEUE 4u
#define NAME_REPLY_PRIMARY_OWNER 1u

G_DEFINE_FINAL_TYPE (JtService, jt_service, G_TYPE_OBJECT)

static guint lost_signal;
static guint configured_signal;

static GVariant *
get_root_properties (gpointer user_data)
{
  return jt_root_object_get_properties (user_data);
}

static void
on_peer_gone (const char *sender, gpointer user_data)
{
  JtService *self = user_data;

  if (self->subscribers != NULL)
    jt_subscribers_remove (self->subscribers, sender);
  if (self->agents != NULL)
    jt_agents_remove (self->agents, sender);
  jt_tracker_sender_gone (self->tracker, sender);
}

/* --- who reports tracked runs, and is still there --- */

typedef struct
{
  JtService *service; /* (owned) */
  char      *sender;
} PresenceQuestion;

static void
on_presence (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PresenceQuestion *question = user_data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  gboolean is_there = TRUE;

  if (reply != NULL)
    g_variant_get (reply, "(b)", &is_there);
  if (!is_there)
    jt_tracker_sender_gone (question->service->tracker, question->sender);
  g_clear_object (&question->service);
  g_free (question->sender);
  g_free (question);
}

/* The rule that tells of those who leave stands already: whoever leaves after the answer is told by it. */
static void
ask_presence (JtService *self, const char *sender)
{
  PresenceQuestion *question = g_new0 (PresenceQuestion, 1);

  question->service = g_object_ref (self);
  question->sender = g_strdup (sender);
  g_dbus_connection_call (self->connection, BUS, BUS_PATH, BUS, "NameHasOwner", g_variant_new ("(s)", sender), G_VARIANT_TYPE ("(b)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, self->bus_cancellable, on_presence, question);
}

static void
enter_bus (JtService *self, const char *bus_id)
{
  g_autoptr (GPtrArray) senders = jt_tracker_enter_bus (self->tracker, bus_id);

  for (guint i = 0; i < senders->len; i++)
    ask_presence (self, g_ptr_array_index (senders, i));
}

static void
on_reloaded (JtTracker *tracker, gpointer user_data)
{
  JtService *self = user_data;

  if (self->bus_id != NULL)
    enter_bus (self, self->bus_id);
}

static void
on_closed (GDBusConnection *connection, gboolean by_remote, GError *error, gpointer user_data)
{
  g_autoptr (JtService) self = g_object_ref (user_data);

  jt_service_detach (self);
  jt_tracker_leave_bus (self->tracker);
  g_signal_emit (self, lost_signal, 0, error != NULL ? error->message : "the connection was closed");
}

static void
on_name_lost (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
              const char *member, GVariant *parameters, gpointer user_data)
{
  g_autoptr (JtService) self = g_object_ref (user_data);
  const char *name = "";

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(s)")))
    g_variant_get (parameters, "(&s)", &name);
  if (!g_str_equal (name, JT_BUS_NAME))
    return;
  jt_service_detach (self);
  g_signal_emit (self, lost_signal, 0, "another process took the name " JT_BUS_NAME);
}

static gboolean
export (JtService *self, GDBusConnection *connection, GError **error)
{
  self->connection = g_object_ref (connection);
  self->peers = jt_peers_new (connection, self->accounts, on_peer_gone, self);
  jt_peers_set_resolver (self->peers, self->resolver, self->resolver_data);
  self->subscribers = jt_subscribers_new (connection, self->tracker, self->is_system, get_root_properties, self);
  jt_subscribers_set_max_per_user (self->subscribers, self->config->max_subscribers_per_user);
  if (self->notifications.outbox != NULL)
    self->agents = jt_agents_new (connection, self->notifications.outbox);
  self->bus_cancellable = g_cancellable_new ();
  self->reloaded_id = g_signal_connect (self->tracker, "reloaded", G_CALLBACK (on_reloaded), self);
  self->closed_id = g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  self->name_lost_id = g_dbus_connection_signal_subscribe (connection, BUS, BUS, "NameLost", BUS_PATH, JT_BUS_NAME,
                                                           G_DBUS_SIGNAL_FLAGS_NONE, on_name_lost, self, NULL);
  return jt_objects_register (self, error);
}

static void
on_name_requested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  JtService *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  guint code = 0;

  if (reply != NULL)
    g_variant_get (reply, "(u)", &code);
  if (code == NAME_REPLY_PRIMARY_OWNER)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  jt_service_detach (self);
  if (error != NULL)
    {
      g_dbus_error_strip_remote_error (error);
      g_task_return_new_error (task, JT_ERROR, JT_ERROR_NOT_AUTHORIZED, "could not take the bus name " JT_BUS_NAME ": %s",
                               error->message);
    }
  else
    g_task_return_new_error (task, JT_ERROR, JT_ERROR_EXISTS,
                             "could not take the bus name " JT_BUS_NAME ": another process has it");
}

static void
on_bus_id (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  JtService *self = g_task_get_source_object (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL || self->connection == NULL)
    {
      jt_service_detach (self);
      if (error == NULL)
        error = g_error_new_literal (JT_ERROR, JT_ERROR_NOT_AUTHORIZED, "could not join the bus: the connection was closed");
      g_task_return_error (task, error);
      return;
    }
  g_variant_get (reply, "(s)", &self->bus_id);
  enter_bus (self, self->bus_id);
  g_dbus_connection_call (self->connection, BUS, BUS_PATH, BUS, "RequestName",
                          g_variant_new ("(su)", JT_BUS_NAME, NAME_FLAG_DO_NOT_QUEUE), G_VARIANT_TYPE ("(u)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, cancellable, on_name_requested, g_steal_pointer (&task));
}

void
jt_service_attach_async (JtService *self, GDBusConnection *connection, GCancellable *c, GAsyncReadyCallback cb,
                         gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, c, cb, data);
  GError *error = NULL;

  g_task_set_source_tag (task, jt_service_attach_async);
  g_return_if_fail (self->connection == NULL);
  /* Objects first: whoever sees the name finds them. */
  if (!export (self, connection, &error))
    {
      jt_service_detach (self);
      g_task_return_error (task, error);
      return;
    }
  /* The bus's id before the name: no reporter comes whose bus is not known. */
  g_dbus_connection_call (connection, BUS, BUS_PATH, BUS, "GetId", NULL, G_VARIANT_TYPE ("(s)"), G_DBUS_CALL_FLAGS_NONE, -1, c,
                          on_bus_id, g_steal_pointer (&task));
}

gboolean
jt_service_attach_finish (JtService *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
jt_service_detach (JtService *self)
{
  if (self->connection == NULL)
    return;
  jt_objects_unregister (self);
  g_cancellable_cancel (self->bus_cancellable);
  g_clear_object (&self->bus_cancellable);
  g_clear_pointer (&self->bus_id, g_free);
  g_clear_signal_handler (&self->reloaded_id, self->tracker);
  g_clear_signal_handler (&self->closed_id, self->connection);
  g_dbus_connection_signal_unsubscribe (self->connection, self->name_lost_id);
  self->name_lost_id = 0;
  jt_subscribers_close (self->subscribers);
  jt_peers_close (self->peers);
  if (!g_dbus_connection_is_closed (self->connection))
    g_dbus_connection_call (self->connection, BUS, BUS_PATH, BUS, "ReleaseName", g_variant_new ("(s)", JT_BUS_NAME), NULL,
                            G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  g_clear_pointer (&self->agents, jt_agents_free);
  g_clear_object (&self->subscribers);
  g_clear_object (&self->peers);
  g_clear_object (&self->connection);
}

void
jt_service_set_resolver (JtService *self, JtPeerResolver resolver, gpointer user_data)
{
  self->resolver = resolver;
  self->resolver_data = user_data;
}

JtSubscribers *
jt_service_get_subscribers (JtService *self)
{
  return self->subscribers;
}

void
jt_service_set_overrides (JtService *self, const char *state_directory, const char *job_directory,
                          const char *supervisor)
{
  self->state_directory = g_strdup (state_directory);
  self->job_directory = g_strdup (job_directory);
  self->supervisor = g_strdup (supervisor);
}

void
jt_service_set_notifications (JtService *self, JtNotifier *notifier, JtOutbox *outbox, JtComposer *composer)
{
  g_return_if_fail (self->connection == NULL);
  g_set_object (&self->notifications.notifier, notifier);
  g_set_object (&self->notifications.outbox, outbox);
  g_set_object (&self->notifications.composer, composer);
}

void
jt_service_emit_configured (JtService *self)
{
  g_signal_emit (self, configured_signal, 0, self->config);
}

JtService *
jt_service_new (JtTracker *tracker, JtAccounts *accounts, JtConfig *config, gboolean is_system)
{
  JtService *self = g_object_new (JT_TYPE_SERVICE, NULL);

  self->tracker = g_object_ref (tracker);
  self->accounts = g_object_ref (accounts);
  self->config = jt_config_ref (config);
  self->is_system = is_system;
  self->bus_owner = geteuid ();
  self->buckets = jt_buckets_new (jt_tracker_get_clock (tracker));
  jt_buckets_configure (self->buckets, config->max_calls_per_second, config->max_call_burst);
  return self;
}

static void
jt_service_dispose (GObject *object)
{
  JtService *self = JT_SERVICE (object);

  jt_service_detach (self);
  g_clear_object (&self->notifications.notifier);
  g_clear_object (&self->notifications.outbox);
  g_clear_object (&self->notifications.composer);
  g_clear_object (&self->tracker);
  g_clear_object (&self->accounts);
  G_OBJECT_CLASS (jt_service_parent_class)->dispose (object);
}

static void
jt_service_finalize (GObject *object)
{
  JtService *self = JT_SERVICE (object);

  g_clear_pointer (&self->config, jt_config_unref);
  g_clear_pointer (&self->buckets, jt_buckets_free);
  g_hash_table_unref (self->rendering);
  g_free (self->state_directory);
  g_free (self->job_directory);
  g_free (self->supervisor);
  G_OBJECT_CLASS (jt_service_parent_class)->finalize (object);
}

static void
jt_service_class_init (JtServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = jt_service_dispose;
  G_OBJECT_CLASS (klass)->finalize = jt_service_finalize;
  lost_signal = g_signal_new ("lost", JT_TYPE_SERVICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                              G_TYPE_STRING);
  configured_signal = g_signal_new ("configured", JT_TYPE_SERVICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
jt_service_init (JtService *self)
{
  self->rendering = g_hash_table_new (NULL, NULL);
}
