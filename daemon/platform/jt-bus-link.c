/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-bus-link.h"

#include "jt-log.h"

#define FIRST_PAUSE_MSEC 100
#define LAST_PAUSE_MSEC 5000

struct _JtBusLink
{
  GObject          parent;
  char            *address;    /* (nullable) */
  GDBusConnection *connection; /* (owned) (nullable) */
  GCancellable    *cancellable;
  char            *trouble; /* (nullable) */
  gboolean         is_used;
  guint            pause_msec;
  guint            pause_id;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (JtBusLink, jt_bus_link, G_TYPE_OBJECT)

static void connect_to_bus (JtBusLink *self);

static gboolean
on_pause_over (gpointer user_data)
{
  JtBusLink *self = user_data;

  self->pause_id = 0;
  connect_to_bus (self);
  return G_SOURCE_REMOVE;
}

static void
connect_later (JtBusLink *self)
{
  if (self->pause_id != 0 || g_cancellable_is_cancelled (self->cancellable))
    return;
  self->pause_id = g_timeout_add (self->pause_msec, on_pause_over, self);
  self->pause_msec = MIN (self->pause_msec * 2, LAST_PAUSE_MSEC);
}

static void
drop_connection (JtBusLink *self)
{
  if (self->connection == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->connection);
}

static void
set_trouble (JtBusLink *self, const char *text)
{
  g_free (self->trouble);
  self->trouble = g_strdup (text);
}

static void
on_closed (GDBusConnection *connection, gboolean remote_peer_vanished, GError *error, JtBusLink *self)
{
  set_trouble (self, error != NULL ? error->message : "it has closed the connection");
  jt_log_info ("lost the bus on which the machine is asked: %s", self->trouble);
  drop_connection (self);
  g_signal_emit (self, signals[CHANGED], 0);
  connect_later (self);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JtBusLink) self = user_data;
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_finish (result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    {
      g_clear_object (&connection);
      return;
    }
  if (connection == NULL)
    {
      gboolean is_news = self->trouble == NULL;

      set_trouble (self, error->message);
      connect_later (self);
      if (is_news)
        g_signal_emit (self, signals[CHANGED], 0);
      return;
    }
  set_trouble (self, NULL);
  self->connection = connection;
  self->pause_msec = FIRST_PAUSE_MSEC;
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
connect_to_bus (JtBusLink *self)
{
  g_dbus_connection_new_for_address (self->address,
                                     G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL,
                                     self->cancellable, on_connected, g_object_ref (self));
}

void
jt_bus_link_use (JtBusLink *self)
{
  if (self->is_used)
    return;
  self->is_used = TRUE;
  if (self->address != NULL)
    connect_to_bus (self);
  else
    set_trouble (self, "it has no address");
}

GDBusConnection *
jt_bus_link_get_connection (JtBusLink *self)
{
  return self->connection;
}

const char *
jt_bus_link_get_trouble (JtBusLink *self)
{
  return self->trouble;
}

static void
jt_bus_link_dispose (GObject *object)
{
  JtBusLink *self = JT_BUS_LINK (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->pause_id, g_source_remove);
  drop_connection (self);
  G_OBJECT_CLASS (jt_bus_link_parent_class)->dispose (object);
}

static void
jt_bus_link_finalize (GObject *object)
{
  JtBusLink *self = JT_BUS_LINK (object);

  g_clear_object (&self->cancellable);
  g_free (self->address);
  g_free (self->trouble);
  G_OBJECT_CLASS (jt_bus_link_parent_class)->finalize (object);
}

static void
jt_bus_link_class_init (JtBusLinkClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = jt_bus_link_dispose;
  G_OBJECT_CLASS (klass)->finalize = jt_bus_link_finalize;
  signals[CHANGED] = g_signal_new ("changed", JT_TYPE_BUS_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
jt_bus_link_init (JtBusLink *self)
{
  self->cancellable = g_cancellable_new ();
  self->pause_msec = FIRST_PAUSE_MSEC;
}

JtBusLink *
jt_bus_link_new (const char *address)
{
  JtBusLink *self = g_object_new (JT_TYPE_BUS_LINK, NULL);

  self->address = g_strdup (address);
  return self;
}
