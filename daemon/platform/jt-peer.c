/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-peer.h"

#define CALL_MSEC 10000
#define BUS "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus"

typedef struct
{
  JtPeer          *peer; /* (unowned): it owns us */
  char            *path; /* (nullable) */
  char            *interface;
  char            *member;
  char            *first; /* (nullable) */
  JtPeerSignalFunc func;
  gpointer         user_data;
  guint            id; /* 0: not on the bus */
} Listener;

struct _JtPeer
{
  GObject          parent;
  JtBusLink       *link; /* (owned) */
  char            *name;
  char            *title;
  GDBusConnection *connection; /* (owned) (nullable) on which the ids are */
  GCancellable    *cancellable; /* (owned) of this connection */
  GPtrArray       *listeners; /* (element-type Listener) (owned) */
  char            *owner;     /* (nullable) its unique name */
  char            *trouble;   /* (nullable) why it could not be started */
  gboolean         is_used;
  gboolean         is_known; /* whether it is there */
  guint            owner_id;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (JtPeer, jt_peer, G_TYPE_OBJECT)

static void
listener_free (gpointer data)
{
  Listener *listener = data;

  g_free (listener->path);
  g_free (listener->interface);
  g_free (listener->member);
  g_free (listener->first);
  g_free (listener);
}

static void
set_owner (JtPeer *self, const char *owner)
{
  if (self->is_known && g_strcmp0 (self->owner, owner) == 0)
    return;
  /* Another process under the same name knows nothing of what the first was told. */
  if (self->owner != NULL && owner != NULL)
    set_owner (self, NULL);
  self->is_known = TRUE;
  g_free (self->owner);
  self->owner = g_strdup (owner);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_owner_changed (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *member,
                  GVariant *parameters, gpointer user_data)
{
  const char *owner;

  g_variant_get (parameters, "(&s&s&s)", NULL, NULL, &owner);
  set_owner (user_data, *owner != '\0' ? owner : NULL);
}

static void
on_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *member, GVariant *parameters,
           gpointer user_data)
{
  Listener *listener = user_data;

  if (g_strcmp0 (sender, listener->peer->owner) == 0)
    listener->func (path, parameters, listener->user_data);
}

static void
subscribe (Listener *listener)
{
  listener->id = g_dbus_connection_signal_subscribe (listener->peer->connection, listener->peer->name, listener->interface, listener->member,
                                                     listener->path, listener->first, G_DBUS_SIGNAL_FLAGS_NONE, on_signal, listener, NULL);
}

static void
set_trouble (JtPeer *self, const GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);

  g_clear_pointer (&self->trouble, g_free);
  if (g_strcmp0 (name, "org.freedesktop.DBus.Error.ServiceUnknown") != 0)
    self->trouble = g_strdup (error->message);
}

static void
on_owner_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JtPeer) self = user_data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  const char *owner = NULL;

  if (G_OBJECT (self->connection) != source)
    return;
  if (reply != NULL)
    g_variant_get (reply, "(&s)", &owner);
  set_owner (self, owner);
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JtPeer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (G_OBJECT (self->connection) != source)
    return;
  if (reply == NULL)
    set_trouble (self, error);
  /* Also after an error: it may have come by itself meanwhile. */
  g_dbus_connection_call (self->connection, BUS, "GetNameOwner", g_variant_new ("(s)", self->name), G_VARIANT_TYPE ("(s)"),
                          G_DBUS_CALL_FLAGS_NONE, CALL_MSEC, self->cancellable, on_owner_told, g_object_ref (self));
}

static void
leave_connection (JtPeer *self)
{
  if (self->connection == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->owner_id != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->owner_id);
  self->owner_id = 0;
  for (guint i = 0; i < self->listeners->len; i++)
    {
      Listener *listener = g_ptr_array_index (self->listeners, i);

      if (listener->id != 0)
        g_dbus_connection_signal_unsubscribe (self->connection, listener->id);
      listener->id = 0;
    }
  g_clear_object (&self->connection);
}

static void
enter_connection (JtPeer *self, GDBusConnection *connection)
{
  self->connection = g_object_ref (connection);
  self->cancellable = g_cancellable_new ();
  self->is_known = FALSE;
  self->owner_id = g_dbus_connection_signal_subscribe (connection, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged",
                                                       "/org/freedesktop/DBus", self->name, G_DBUS_SIGNAL_FLAGS_NONE, on_owner_changed, self,
                                                       NULL);
  for (guint i = 0; i < self->listeners->len; i++)
    subscribe (g_ptr_array_index (self->listeners, i));
  g_dbus_connection_call (connection, BUS, "StartServiceByName", g_variant_new ("(su)", self->name, 0), G_VARIANT_TYPE ("(u)"),
                          G_DBUS_CALL_FLAGS_NONE, CALL_MSEC, self->cancellable, on_started, g_object_ref (self));
}

static void
on_link_changed (JtBusLink *link, JtPeer *self)
{
  GDBusConnection *connection = jt_bus_link_get_connection (link);

  if (!self->is_used || (connection != NULL && connection == self->connection))
    return;
  leave_connection (self);
  if (connection != NULL)
    enter_connection (self, connection);
  else if (jt_bus_link_get_trouble (link) != NULL)
    set_owner (self, NULL);
}

void
jt_peer_use (JtPeer *self)
{
  if (self->is_used)
    return;
  self->is_used = TRUE;
  jt_bus_link_use (self->link);
  on_link_changed (self->link, self);
}

JtPresence
jt_peer_get_presence (JtPeer *self)
{
  if (!self->is_known)
    return JT_PRESENCE_UNKNOWN;
  return self->owner != NULL ? JT_PRESENCE_PRESENT : JT_PRESENCE_ABSENT;
}

char *
jt_peer_describe_absence (JtPeer *self)
{
  const char *trouble = jt_bus_link_get_trouble (self->link);

  if (trouble != NULL)
    return g_strdup_printf ("%s cannot be asked, for there is no bus to be had: %s", self->title, trouble);
  if (self->trouble != NULL)
    return g_strdup_printf ("%s could not be started: %s", self->title, self->trouble);
  return g_strdup_printf ("%s is not on this machine's bus", self->title);
}

void
jt_peer_call (JtPeer *self, const char *path, const char *interface, const char *method, GVariant *arguments, const char *reply_type,
              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (self->connection != NULL);
  g_dbus_connection_call (self->connection, self->name, path, interface, method, arguments,
                          reply_type != NULL ? G_VARIANT_TYPE (reply_type) : NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_MSEC, cancellable,
                          callback, user_data);
}

GVariant *
jt_peer_call_finish (GObject *source, GAsyncResult *result, GError **error)
{
  return g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, error);
}

void
jt_peer_listen (JtPeer *self, const char *path, const char *interface, const char *member, const char *first, JtPeerSignalFunc func,
                gpointer user_data)
{
  Listener *listener = g_new0 (Listener, 1);

  listener->peer = self;
  listener->path = g_strdup (path);
  listener->interface = g_strdup (interface);
  listener->member = g_strdup (member);
  listener->first = g_strdup (first);
  listener->func = func;
  listener->user_data = user_data;
  g_ptr_array_add (self->listeners, listener);
  if (self->connection != NULL)
    subscribe (listener);
}

GDBusConnection *
jt_peer_get_connection (JtPeer *self)
{
  return self->connection;
}

const char *
jt_peer_get_name (JtPeer *self)
{
  return self->name;
}

void
jt_peer_close (JtPeer *self)
{
  self->is_used = FALSE;
  leave_connection (self);
}

static void
jt_peer_dispose (GObject *object)
{
  JtPeer *self = JT_PEER (object);

  jt_peer_close (self);
  g_clear_object (&self->link);
  G_OBJECT_CLASS (jt_peer_parent_class)->dispose (object);
}

static void
jt_peer_finalize (GObject *object)
{
  JtPeer *self = JT_PEER (object);

  g_ptr_array_unref (self->listeners);
  g_free (self->name);
  g_free (self->title);
  g_free (self->owner);
  g_free (self->trouble);
  G_OBJECT_CLASS (jt_peer_parent_class)->finalize (object);
}

static void
jt_peer_class_init (JtPeerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = jt_peer_dispose;
  G_OBJECT_CLASS (klass)->finalize = jt_peer_finalize;
  signals[CHANGED] = g_signal_new ("changed", JT_TYPE_PEER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
jt_peer_init (JtPeer *self)
{
  self->listeners = g_ptr_array_new_with_free_func (listener_free);
}

JtPeer *
jt_peer_new (JtBusLink *link, const char *name, const char *title)
{
  JtPeer *self = g_object_new (JT_TYPE_PEER, NULL);

  self->link = g_object_ref (link);
  self->name = g_strdup (name);
  self->title = g_strdup (title);
  g_signal_connect_object (link, "changed", G_CALLBACK (on_link_changed), self, 0);
  return self;
}
