/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-client.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "jt-names.h"

#define PROPERTIES_INTERFACE "org.freedesktop.DBus.Properties"
#define DEFAULT_TIMEOUT_MSEC 30000
#define MAX_TIMEOUT_SECONDS 3600

struct _JtClient
{
  GDBusConnection *connection;  /* (owned) */
  char            *description; /* (owned) for messages: which bus */
  int              timeout_msec;
  GDBusCallFlags   flags;
};

static int
read_timeout (void)
{
  const char *text = g_getenv ("JOBTRACKER_TIMEOUT");
  guint64 seconds;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 1, MAX_TIMEOUT_SECONDS, &seconds, NULL))
    return DEFAULT_TIMEOUT_MSEC;
  return (int) seconds * 1000;
}

static gboolean
is_owned (GDBusConnection *connection)
{
  g_autoptr (GVariant) reply
    = g_dbus_connection_call_sync (connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                   "NameHasOwner", g_variant_new ("(s)", JT_BUS_NAME), G_VARIANT_TYPE ("(b)"),
                                   G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  gboolean has_owner = FALSE;

  if (reply != NULL)
    g_variant_get (reply, "(b)", &has_owner);
  return has_owner;
}

static GDBusConnection *
connect_to_address (const char *address, GError **error)
{
  return g_dbus_connection_new_for_address_sync (
    address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL,
    error);
}

/* The address belongs into the message: "no such file" alone tells nobody which bus was meant. */
static GDBusConnection *
connect_to_bus (GBusType type, GError **error)
{
  g_autofree char *address = g_dbus_address_get_for_bus_sync (type, NULL, error);
  GDBusConnection *connection = address == NULL ? NULL : connect_to_address (address, error);
  gboolean is_system = type == G_BUS_TYPE_SYSTEM;

  if (connection != NULL)
    return connection;
  if (address != NULL)
    g_prefix_error (error, is_system ? _("could not reach the system bus at %s: ") : _("could not reach the session bus at %s: "), address);
  else
    g_prefix_error_literal (error, is_system ? _("could not reach the system bus: ") : _("could not reach the session bus: "));
  return NULL;
}

static GDBusConnection *
connect_to_wanted (JtBus bus, const char *wanted, const char **description, GError **error)
{
  g_autoptr (GDBusConnection) system = NULL;
  g_autoptr (GError) local = NULL;
  GDBusConnection *connection;

  if (bus == JT_BUS_SYSTEM || (bus == JT_BUS_AUTO && g_strcmp0 (wanted, "system") == 0))
    {
      *description = "system";
      return connect_to_bus (G_BUS_TYPE_SYSTEM, error);
    }
  *description = "session";
  if (bus == JT_BUS_SESSION || g_strcmp0 (wanted, "session") == 0)
    return connect_to_bus (G_BUS_TYPE_SESSION, error);
  if (wanted != NULL && *wanted != '\0')
    {
      *description = wanted;
      connection = connect_to_address (wanted, error);
      if (connection == NULL)
        g_prefix_error (error, _("could not reach the bus at %s (JOBTRACKER_BUS): "), wanted);
      return connection;
    }
  system = connect_to_bus (G_BUS_TYPE_SYSTEM, NULL);
  if (system != NULL && is_owned (system))
    {
      *description = "system";
      return g_steal_pointer (&system);
    }
  connection = connect_to_bus (G_BUS_TYPE_SESSION, &local);
  /* Whoever has no session (root, a script of the system) means the machine's service, which the call may start. */
  if (connection == NULL && system != NULL)
    {
      *description = "system";
      return g_steal_pointer (&system);
    }
  if (connection == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return connection;
}

/**
 * jt_client_new:
 * @bus: which bus; %JT_BUS_AUTO looks at the environment and at who owns the name
 *
 * Connects, waiting for it. That the service is there is found out by the first call.
 *
 * Returns: (transfer full) (nullable): the client, or %NULL with an error of #G_IO_ERROR that names the address
 */
JtClient *
jt_client_new (JtBus bus, GError **error)
{
  const char *description = NULL;
  GDBusConnection *connection;
  JtClient *client;

  /* Asking for the quark registers the names of our errors. */
  (void) JT_ERROR;
  connection = connect_to_wanted (bus, g_getenv ("JOBTRACKER_BUS"), &description, error);
  if (connection == NULL)
    return NULL;
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  client = g_new0 (JtClient, 1);
  client->connection = connection;
  client->description = g_strdup (description);
  client->timeout_msec = read_timeout ();
  return client;
}

void
jt_client_free (JtClient *client)
{
  if (client == NULL)
    return;
  g_clear_object (&client->connection);
  g_free (client->description);
  g_free (client);
}

/* From now on calls wait no longer than @timeout_msec, and start no service that is not running: for what must not be
 * in anybody's way. */
void
jt_client_set_modest (JtClient *client, int timeout_msec)
{
  client->flags |= G_DBUS_CALL_FLAGS_NO_AUTO_START;
  client->timeout_msec = timeout_msec;
}

/* For signals. Borrowed. */
GDBusConnection *
jt_client_get_connection (JtClient *client)
{
  return client->connection;
}

/* "system", "session" or an address. Borrowed. */
const char *
jt_client_get_bus_description (JtClient *client)
{
  return client->description;
}

static char *
describe_absence (const JtClient *client)
{
  if (g_str_equal (client->description, "system"))
    return g_strdup_printf (_("nobody answers as %s on the system bus"), JT_BUS_NAME);
  if (g_str_equal (client->description, "session"))
    return g_strdup_printf (_("nobody answers as %s on the session bus"), JT_BUS_NAME);
  return g_strdup_printf (_("nobody answers as %s on the bus at %s"), JT_BUS_NAME, client->description);
}

/* From now on calls wait no longer than @seconds; less, where the environment says so. */
void
jt_client_limit_timeout (JtClient *client, int seconds)
{
  client->timeout_msec = MIN (read_timeout (), seconds * 1000);
}

/* A service of another age may lack a member: that is its version's fault, not the caller's. */
static void
take_error (JtClient *client, GError **error, GError *local, const char *method)
{
  g_dbus_error_strip_remote_error (local);
  if (g_error_matches (local, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
      || g_error_matches (local, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER))
    {
      g_free (local->message);
      local->message = describe_absence (client);
    }
  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    {
      g_free (local->message);
      local->message = g_strdup_printf ("no answer within %d s", client->timeout_msec / 1000);
    }
  if (g_error_matches (local, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD)
      || g_error_matches (local, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_INTERFACE))
    /* Translators: a method's name, and this program's version */
    g_prefix_error (&local, _("the service does not know %s; it may be another version than this program (%s): "), method,
                    PACKAGE_VERSION);
  g_propagate_error (error, local);
}

/**
 * jt_client_call:
 * @parameters: (nullable): a tuple; a floating one is taken
 *
 * Calls a member of the service and waits for its answer, 30 s unless JOBTRACKER_TIMEOUT says otherwise (seconds).
 *
 * Returns: (transfer full) (nullable): the results as a tuple, or %NULL with an error of #JT_ERROR, #G_DBUS_ERROR or #G_IO_ERROR
 */
GVariant *
jt_client_call (JtClient *client, const char *path, const char *interface, const char *method, GVariant *parameters,
                GError **error)
{
  g_autoptr (GError) local = NULL;
  GVariant *reply = g_dbus_connection_call_sync (client->connection, JT_BUS_NAME, path, interface, method, parameters,
                                                 NULL, client->flags, client->timeout_msec, NULL, &local);

  if (reply != NULL)
    return reply;
  take_error (client, error, g_steal_pointer (&local), method);
  return NULL;
}

/**
 * jt_client_call_fd:
 *
 * The same for a member that answers with one descriptor, as OpenLog does.
 *
 * Returns: the descriptor, the caller's to close, or -1 with an error as jt_client_call() has
 */
int
jt_client_call_fd (JtClient *client, const char *path, const char *interface, const char *method, GVariant *parameters,
                   GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GUnixFDList) list = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_sync (
    client->connection, JT_BUS_NAME, path, interface, method, parameters, G_VARIANT_TYPE ("(h)"),
    client->flags, client->timeout_msec, NULL, &list, NULL, &local);
  gint32 handle = -1;

  if (reply == NULL)
    {
      take_error (client, error, g_steal_pointer (&local), method);
      return -1;
    }
  g_variant_get (reply, "(h)", &handle);
  if (list == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("%s answered without a descriptor"), method);
      return -1;
    }
  return g_unix_fd_list_get (list, handle, error);
}

/**
 * jt_client_get_all:
 *
 * Returns: (transfer full) (nullable): the properties as `a{sv}`, or %NULL with an error as jt_client_call() has
 */
GVariant *
jt_client_get_all (JtClient *client, const char *path, const char *interface, GError **error)
{
  g_autoptr (GVariant) reply
    = jt_client_call (client, path, PROPERTIES_INTERFACE, "GetAll", g_variant_new ("(s)", interface), error);

  return reply == NULL ? NULL : g_variant_get_child_value (reply, 0);
}

typedef struct
{
  JtClient     *client; /* (unowned) */
  JtClientCall *call;   /* (unowned) */
  guint        *n_waiting;
  GError      **error;  /* the first one */
} Waiting;

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Waiting *waiting = user_data;
  g_autoptr (GError) local = NULL;

  (*waiting->n_waiting)--;
  waiting->call->reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &local);
  if (waiting->call->reply == NULL && *waiting->error == NULL)
    take_error (waiting->client, waiting->error, g_steal_pointer (&local), waiting->call->method);
}

static void
begin_call (JtClient *client, JtClientCall *call, guint *n_waiting, GError **error)
{
  Waiting *waiting = g_new (Waiting, 1);

  *waiting = (Waiting){ client, call, n_waiting, error };
  (*n_waiting)++;
  g_dbus_connection_call (client->connection, JT_BUS_NAME, call->path, call->interface, call->method, call->parameters, NULL,
                          G_DBUS_CALL_FLAGS_NONE, client->timeout_msec, NULL, on_answered, waiting);
}

/**
 * jt_client_call_many:
 * @calls: what is called; each reply is the caller's, also when another call failed
 *
 * Makes several calls at once and waits for all answers: the time of one round trip for all of them. The service takes them in order.
 *
 * Returns: %FALSE with the first error as jt_client_call() has
 */
gboolean
jt_client_call_many (JtClient *client, JtClientCall *calls, guint n_calls, GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GError) local = NULL;
  guint n_waiting = 0;

  /* Of its own, so that nothing else is dispatched meanwhile. */
  g_main_context_push_thread_default (context);
  for (guint i = 0; i < n_calls; i++)
    begin_call (client, &calls[i], &n_waiting, &local);
  while (n_waiting > 0)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static JtExit
exit_status_of_code (int code)
{
  static const JtExit statuses[] = {
    [JT_ERROR_INVALID_ARGUMENT] = JT_EXIT_USAGE,
    [JT_ERROR_INVALID_SETTINGS] = JT_EXIT_USAGE,
    [JT_ERROR_INVALID_SCHEDULE] = JT_EXIT_USAGE,
    [JT_ERROR_INVALID_TEMPLATE] = JT_EXIT_USAGE,
    [JT_ERROR_TOO_LARGE] = JT_EXIT_USAGE,
    [JT_ERROR_QUOTA_EXCEEDED] = JT_EXIT_QUOTA,
    [JT_ERROR_NOT_AUTHORIZED] = JT_EXIT_NOT_AUTHORIZED,
    [JT_ERROR_NOT_FOUND] = JT_EXIT_NOT_FOUND,
    [JT_ERROR_EXISTS] = JT_EXIT_WRONG_STATE,
    [JT_ERROR_WRONG_STATE] = JT_EXIT_WRONG_STATE,
    [JT_ERROR_NOT_SUPPORTED] = JT_EXIT_USAGE,
    [JT_ERROR_PAUSED] = JT_EXIT_WRONG_STATE,
    [JT_ERROR_STORAGE_UNAVAILABLE] = JT_EXIT_STORAGE,
    [JT_ERROR_OVERLOADED] = JT_EXIT_NO_SERVICE,
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (statuses) == JT_N_ERRORS);
  return (guint) code < G_N_ELEMENTS (statuses) ? statuses[code] : JT_EXIT_FAILED;
}

/**
 * jt_client_exit_status:
 *
 * Returns: the exit status that says the same as @error
 */
JtExit
jt_client_exit_status (const GError *error)
{
  if (error->domain == JT_ERROR)
    return exit_status_of_code (error->code);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_TIMEOUT))
    return JT_EXIT_UNKNOWN;
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED))
    return JT_EXIT_NOT_AUTHORIZED;
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS))
    return JT_EXIT_USAGE;
  if (error->domain == G_IO_ERROR || error->domain == G_DBUS_ERROR)
    return JT_EXIT_NO_SERVICE;
  return JT_EXIT_FAILED;
}
