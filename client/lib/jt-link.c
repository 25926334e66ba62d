/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-link.h"

#include <gio/gunixfdlist.h>

#include "jt-error.h"
#include "jt-names.h"

#define CALL_TIMEOUT_MSEC 30000
#define FIRST_BACKOFF_MSEC 250
#define LAST_BACKOFF_MSEC 60000

struct _JtLink
{
  GObject          parent;
  char            *name;         /* (owned) which bus, for people */
  char            *address;      /* (owned) */
  GDBusConnection *connection;   /* (owned) (nullable) */
  GCancellable    *cancellable;  /* (owned) (nullable) of what is under way while it is started */
  GSource         *timer;        /* (owned) (nullable) until the next try */
  char            *owner;        /* (owned) (nullable) the unique name of the service */
  guint            watch;
  guint            subscription;
  guint            n_failures;   /* to connect, in a row */
};

enum
{
  APPEARED,
  VANISHED,
  HEARD,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (JtLink, jt_link, G_TYPE_OBJECT)

static void connect_again (JtLink *self);

/**
 * jt_link_backoff_msec:
 * @n_failures: how often it failed in a row, from 1
 * @random: from 0 to 1, so that what failed together does not come back together
 *
 * Returns: how long to wait: from a quarter of a second, twice as long each time, up to a minute; half of it by chance
 */
guint
jt_link_backoff_msec (guint n_failures, double random)
{
  guint longest = FIRST_BACKOFF_MSEC;

  for (guint i = 1; i < n_failures && longest < LAST_BACKOFF_MSEC; i++)
    longest *= 2;
  longest = MIN (longest, LAST_BACKOFF_MSEC);
  return longest / 2 + (guint) (random * longest / 2);
}

/* The bus delivers to us what was sent to us, whoever sent it: the sender's unique name, which nobody can choose, must be
 * that of the service. */
static void
on_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *member,
           GVariant *parameters, gpointer user_data)
{
  JtLink *self = JT_LINK (user_data);

  if (self->owner == NULL || g_strcmp0 (sender, self->owner) != 0)
    return;
  g_signal_emit (self, signals[HEARD], 0, member, parameters);
}

static void
forget_owner (JtLink *self)
{
  gboolean had_owner = self->owner != NULL;

  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->subscription);
  self->subscription = 0;
  g_clear_pointer (&self->owner, g_free);
  if (had_owner)
    g_signal_emit (self, signals[VANISHED], 0);
}

/* Without a match rule: what is sent to us alone comes without one, and nothing else is wanted. */
static void
on_name_appeared (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  JtLink *self = JT_LINK (user_data);

  forget_owner (self);
  self->owner = g_strdup (owner);
  self->subscription = g_dbus_connection_signal_subscribe (connection, owner, JT_NOTIFICATIONS_INTERFACE, NULL, JT_ROOT_PATH, NULL,
                                                           G_DBUS_SIGNAL_FLAGS_NO_MATCH_RULE, on_signal, self, NULL);
  g_signal_emit (self, signals[APPEARED], 0);
}

static void
on_name_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  forget_owner (JT_LINK (user_data));
}

static void
drop_connection (JtLink *self)
{
  forget_owner (self);
  if (self->watch != 0)
    g_bus_unwatch_name (self->watch);
  self->watch = 0;
  if (self->connection == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->connection, self);
  if (!g_dbus_connection_is_closed (self->connection))
    g_dbus_connection_close (self->connection, NULL, NULL, NULL);
  g_clear_object (&self->connection);
}

static gboolean
on_time_to_connect (gpointer user_data)
{
  JtLink *self = JT_LINK (user_data);

  g_clear_pointer (&self->timer, g_source_unref);
  connect_again (self);
  return G_SOURCE_REMOVE;
}

static void
connect_later (JtLink *self)
{
  self->n_failures++;
  self->timer = g_timeout_source_new (jt_link_backoff_msec (self->n_failures, g_random_double ()));
  g_source_set_callback (self->timer, on_time_to_connect, self, NULL);
  g_source_attach (self->timer, NULL);
}

static void
on_connection_closed (GDBusConnection *connection, gboolean by_remote, GError *error, JtLink *self)
{
  g_message ("lost the %s bus; trying to reach it again", self->name);
  drop_connection (self);
  connect_later (self);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JtLink) self = JT_LINK (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_dbus_connection_new_for_address_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->cancellable == NULL)
    return;
  if (connection == NULL)
    {
      /* A machine or a session without that bus is nothing to be told about each minute. */
      if (self->n_failures == 0)
        g_message ("could not reach the %s bus at %s, and go on trying: %s", self->name, self->address, error->message);
      connect_later (self);
      return;
    }
  self->n_failures = 0;
  self->connection = g_steal_pointer (&connection);
  g_dbus_connection_set_exit_on_close (self->connection, FALSE);
  g_signal_connect_object (self->connection, "closed", G_CALLBACK (on_connection_closed), self, 0);
  self->watch = g_bus_watch_name_on_connection (self->connection, JT_BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, on_name_appeared,
                                                on_name_vanished, self, NULL);
}

static void
connect_again (JtLink *self)
{
  g_dbus_connection_new_for_address (self->address,
                                     G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                     NULL, self->cancellable, on_connected, g_object_ref (self));
}

/* Does nothing when it is started already. */
void
jt_link_start (JtLink *self)
{
  if (self->cancellable != NULL)
    return;
  /* Asking for the quark registers the names of our errors. */
  (void) JT_ERROR;
  self->cancellable = g_cancellable_new ();
  self->n_failures = 0;
  connect_again (self);
}

/* Leaves the bus, and with it ends whatever the service did for us. */
void
jt_link_stop (JtLink *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  drop_connection (self);
}

/* "system" or "session". Borrowed. */
const char *
jt_link_get_name (JtLink *self)
{
  return self->name;
}

gboolean
jt_link_has_service (JtLink *self)
{
  return self->owner != NULL;
}

typedef struct
{
  GVariant    *reply;       /* (owned) */
  GUnixFDList *descriptors; /* (owned) (nullable) */
} Answer;

static void
answer_free (Answer *answer)
{
  g_variant_unref (answer->reply);
  g_clear_object (&answer->descriptors);
  g_free (answer);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) descriptors = NULL;
  GVariant *reply
    = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), &descriptors, result, &error);
  Answer *answer;

  if (reply == NULL)
    {
      g_dbus_error_strip_remote_error (error);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  answer = g_new (Answer, 1);
  *answer = (Answer){ reply, g_steal_pointer (&descriptors) };
  g_task_return_pointer (task, answer, (GDestroyNotify) answer_free);
}

/**
 * jt_link_call_async:
 * @parameters: (nullable): a tuple; a floating one is taken
 *
 * Calls a member of the service that is there now, by its unique name: an answer is from whom was asked.
 */
void
jt_link_call_async (JtLink *self, const char *path, const char *interface, const char *method, GVariant *parameters,
                    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, callback, user_data);

  g_task_set_source_tag (task, jt_link_call_async);
  g_task_set_check_cancellable (task, FALSE);
  if (self->owner == NULL)
    {
      if (parameters != NULL)
        g_variant_unref (g_variant_ref_sink (parameters));
      g_task_return_new_error (task, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN, "nobody answers as %s on the %s bus", JT_BUS_NAME,
                               self->name);
      return;
    }
  g_dbus_connection_call_with_unix_fd_list (self->connection, self->owner, path, interface, method, parameters, NULL,
                                            G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_TIMEOUT_MSEC, NULL, self->cancellable, on_answered,
                                            g_steal_pointer (&task));
}

/**
 * jt_link_call_finish:
 * @descriptors: (out) (optional) (nullable) (transfer full): those that came with the answer
 *
 * Returns: (transfer full) (nullable): the results as a tuple, or %NULL with an error of #JT_ERROR, #G_DBUS_ERROR or #G_IO_ERROR
 */
GVariant *
jt_link_call_finish (JtLink *self, GAsyncResult *result, GUnixFDList **descriptors, GError **error)
{
  Answer *answer = g_task_propagate_pointer (G_TASK (result), error);
  GVariant *reply;

  if (answer == NULL)
    return NULL;
  reply = g_variant_ref (answer->reply);
  if (descriptors != NULL)
    *descriptors = g_steal_pointer (&answer->descriptors);
  answer_free (answer);
  return reply;
}

/* @name: which bus, "system" or "session"; @address: where it is. (transfer full) */
JtLink *
jt_link_new (const char *name, const char *address)
{
  JtLink *self = g_object_new (JT_TYPE_LINK, NULL);

  self->name = g_strdup (name);
  self->address = g_strdup (address);
  return self;
}

static void
jt_link_init (JtLink *self)
{
}

static void
jt_link_dispose (GObject *object)
{
  jt_link_stop (JT_LINK (object));
  G_OBJECT_CLASS (jt_link_parent_class)->dispose (object);
}

static void
jt_link_finalize (GObject *object)
{
  JtLink *self = JT_LINK (object);

  g_free (self->name);
  g_free (self->address);
  G_OBJECT_CLASS (jt_link_parent_class)->finalize (object);
}

static void
jt_link_class_init (JtLinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = jt_link_dispose;
  object_class->finalize = jt_link_finalize;
  signals[APPEARED] = g_signal_new ("appeared", JT_TYPE_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[VANISHED] = g_signal_new ("vanished", JT_TYPE_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[HEARD] = g_signal_new ("heard", JT_TYPE_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
                                 G_TYPE_VARIANT);
}
