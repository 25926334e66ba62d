/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "waiter.h"

#include <stdio.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "jt-names.h"
#include "jt-run.h"
#include "log-printer.h"

#define ASK_SECONDS 5
#define MAX_GONE_SECONDS 60

struct _Waiter
{
  Context *context; /* (unowned): outlives us */
  guint    signals;
  guint    owner_watch;
  guint    ask_source;
  guint    gone_seconds;
  gboolean is_woken; /* something happened that may concern the run */
};

static void
on_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *member,
           GVariant *parameters, gpointer user_data)
{
  Waiter *waiter = user_data;

  waiter->is_woken = TRUE;
}

static gboolean
subscribe (Waiter *waiter, GError **error)
{
  g_autoptr (GVariant) reply
    = context_call_root (waiter->context, "Subscribe", g_variant_new ("(@a{sv})", g_variant_new ("a{sv}", NULL)), error);

  return reply != NULL;
}

/* A service that came back knows its subscribers no more. */
static void
on_owner_changed (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *member,
                  GVariant *parameters, gpointer user_data)
{
  Waiter *waiter = user_data;
  const char *new_owner;

  g_variant_get (parameters, "(&s&s&s)", NULL, NULL, &new_owner);
  if (*new_owner != '\0')
    subscribe (waiter, NULL);
  waiter->is_woken = TRUE;
}

static gboolean
on_time_to_ask (gpointer user_data)
{
  Waiter *waiter = user_data;

  waiter->is_woken = TRUE;
  return G_SOURCE_CONTINUE;
}

/* Made before the run is started, so that even the shortest is not missed. */
Waiter *
waiter_new (Context *context, GError **error)
{
  GDBusConnection *connection = jt_client_get_connection (context->client);
  g_autoptr (Waiter) waiter = g_new0 (Waiter, 1);

  waiter->context = context;
  waiter->signals = g_dbus_connection_signal_subscribe (connection, JT_BUS_NAME, JT_ROOT_INTERFACE, NULL, JT_ROOT_PATH, NULL,
                                                        G_DBUS_SIGNAL_FLAGS_NONE, on_signal, waiter, NULL);
  waiter->owner_watch = g_dbus_connection_signal_subscribe (
    connection, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged", "/org/freedesktop/DBus", JT_BUS_NAME,
    G_DBUS_SIGNAL_FLAGS_NONE, on_owner_changed, waiter, NULL);
  waiter->ask_source = g_timeout_add_seconds (ASK_SECONDS, on_time_to_ask, waiter);
  if (!subscribe (waiter, error))
    return NULL;
  return g_steal_pointer (&waiter);
}

void
waiter_free (Waiter *waiter)
{
  GDBusConnection *connection;

  if (waiter == NULL)
    return;
  connection = jt_client_get_connection (waiter->context->client);
  g_dbus_connection_signal_unsubscribe (connection, waiter->signals);
  g_dbus_connection_signal_unsubscribe (connection, waiter->owner_watch);
  g_source_remove (waiter->ask_source);
  g_free (waiter);
}

static gboolean
is_final (GVariant *row)
{
  JtRunState state;

  return jt_run_state_from_string (row_string (row, "state"), &state) && jt_run_state_is_final (state);
}

/* The run as it is now. NULL without an error: the service is away, and has not been so for too long. */
static GVariant *
look (Waiter *waiter, const char *run_path, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GVariant) properties = jt_client_get_all (waiter->context->client, run_path, JT_RUN_INTERFACE, &local);
  JtExit status = properties == NULL ? jt_client_exit_status (local) : JT_EXIT_DONE;

  if (properties != NULL)
    {
      waiter->gone_seconds = 0;
      return row_from_properties (properties);
    }
  if ((status == JT_EXIT_NO_SERVICE || status == JT_EXIT_UNKNOWN) && waiter->gone_seconds < MAX_GONE_SECONDS)
    {
      waiter->gone_seconds += ASK_SECONDS;
      return NULL;
    }
  g_propagate_prefixed_error (error, g_steal_pointer (&local), _("could not ask about %s: "), run_path);
  return NULL;
}

static void
sleep_until_woken (Waiter *waiter)
{
  while (!waiter->is_woken)
    g_main_context_iteration (NULL, TRUE);
  waiter->is_woken = FALSE;
}

/* The next sight of the run that comes with something having happened, the first one at once. */
static GVariant *
look_again (Waiter *waiter, const char *run_path, GError **error)
{
  GVariant *row = NULL;
  GError *local = NULL;

  while (row == NULL && local == NULL)
    {
      row = look (waiter, run_path, &local);
      if (row == NULL && local == NULL)
        sleep_until_woken (waiter);
    }
  if (local != NULL)
    g_propagate_error (error, local);
  return row;
}

/**
 * waiter_wait:
 *
 * Returns: (transfer full) (nullable): the run as a row when it has ended, or %NULL with an error
 */
GVariant *
waiter_wait (Waiter *waiter, const char *run_path, GError **error)
{
  GVariant *row = look_again (waiter, run_path, error);

  while (row != NULL && !is_final (row))
    {
      g_variant_unref (row);
      sleep_until_woken (waiter);
      row = look_again (waiter, run_path, error);
    }
  return row;
}

static gboolean
show_attempt (Waiter *waiter, const char *run_path, guint32 attempt, GError **error)
{
  Context *context = waiter->context;
  LogForm form = context->is_json ? LOG_AS_JSON : context->terminal.is_terminal ? LOG_FOR_TERMINAL : LOG_AS_IS;
  GVariantDict options;
  gboolean is_good;
  int fd;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "follow", "b", TRUE);
  g_variant_dict_insert (&options, "attempt", "u", attempt);
  g_variant_dict_insert (&options, "raw", "b", context->is_json);
  fd = jt_client_call_fd (context->client, run_path, JT_RUN_INTERFACE, "OpenLog",
                          g_variant_new ("(@a{sv})", g_variant_dict_end (&options)), error);
  if (fd < 0)
    return FALSE;
  is_good = log_print (fd, form, error);
  close (fd);
  return is_good;
}

static gboolean
is_under_way (GVariant *row)
{
  const char *state = row_string (row, "state");

  return g_str_equal (state, "running") || g_str_equal (state, "starting");
}

/**
 * waiter_follow:
 *
 * Prints the output of every attempt as it comes.
 *
 * Returns: (transfer full) (nullable): the run as a row when it has ended, or %NULL with an error
 */
GVariant *
waiter_follow (Waiter *waiter, const char *run_path, GError **error)
{
  g_autoptr (GVariant) row = look_again (waiter, run_path, error);
  guint32 shown = 0;

  while (row != NULL)
    {
      guint32 attempt = row_uint32 (row, "attempt");
      gboolean has_ended = is_final (row);

      if (attempt > shown && (has_ended || is_under_way (row)))
        {
          /* Attempts that came and went between two looks are caught up with. */
          shown++;
          if (!show_attempt (waiter, run_path, shown, error))
            return NULL;
        }
      else if (has_ended || ferror (stdout))
        return g_steal_pointer (&row);
      else
        sleep_until_woken (waiter);
      g_variant_unref (row);
      row = look_again (waiter, run_path, error);
    }
  return NULL;
}
