/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <stdio.h>

#include <glib/gi18n-lib.h>

#include "json.h"
#include "jt-error.h"
#include "jt-names.h"
#include "verbs.h"
#include "words.h"

typedef struct
{
  Context *context; /* (unowned) */
  guint64  last;    /* sequence of the last event seen: where to go on after a restart of the service */
  guint64  limit;   /* events still wanted; 0: no end */
  gboolean is_done;
  GError  *error; /* (owned) */
} Monitor;

static GVariant *
make_filter (const Monitor *monitor)
{
  const char *job = options_get (monitor->context->options, "job");
  GVariantDict filter;

  g_variant_dict_init (&filter, NULL);
  if (job != NULL)
    g_variant_dict_insert (&filter, "job", "s", job);
  if (monitor->last != 0)
    g_variant_dict_insert (&filter, "after", "t", monitor->last);
  return g_variant_dict_end (&filter);
}

static gboolean
subscribe (Monitor *monitor, GError **error)
{
  g_autoptr (GVariant) reply
    = context_call_root (monitor->context, "Subscribe", g_variant_new ("(@a{sv})", make_filter (monitor)), error);

  return reply != NULL;
}

static const char *
sentence_of (const char *member)
{
  if (g_str_equal (member, "JobAdded"))
    return N_("job added");
  if (g_str_equal (member, "JobRemoved"))
    return N_("job removed");
  return NULL;
}

static void
print_text (Context *context, const char *member, GVariant *what)
{
  const char *sentence = sentence_of (member);
  const char *name = row_string (what, sentence != NULL ? "name" : "job-name");
  const char *state = row_string (what, "state");
  g_autofree char *now = context->times == TIMES_UTC ? text_time (g_get_real_time (), 0, TIMES_UTC) : text_iso (g_get_real_time ());
  g_autofree char *shown = text_escape (name);
  g_autofree char *painted = terminal_paint (&context->terminal, terminal_color_of_word (state), word_of_state (state));
  g_autofree char *why = word_of_reason (row_string (what, "reason"));
  g_autofree char *reason = text_escape (why);
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, row_uint64 (what, "id"));

  if (sentence != NULL)
    printf ("%s  %s: %s\n", now, shown, _(sentence));
  else if (*reason != '\0')
    /* Translators: a time, a job's name, a number, a state ("failed") and why */
    printf (_("%s  %s: run %s %s, %s\n"), now, shown, id, painted, reason);
  else
    /* Translators: a time, a job's name, a number and a state ("succeeded") */
    printf (_("%s  %s: run %s %s\n"), now, shown, id, painted);
}

static void
print_json (const char *member, GVariant *what)
{
  JsonNode *node = json_from_variant (what);
  g_autofree char *event = text_kebab (member);

  json_object_set_string_member (json_node_get_object (node), "event", event);
  json_print_line (node);
}

/* On the session bus everything is broadcast, so what is not asked for is left out here. */
static gboolean
is_wanted (const Monitor *monitor, GVariant *what)
{
  const char *job = options_get (monitor->context->options, "job");

  return job == NULL || g_str_equal (row_string (what, "job-name"), job) || g_str_equal (row_string (what, "name"), job);
}

static void
on_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *member,
           GVariant *parameters, gpointer user_data)
{
  Monitor *monitor = user_data;
  g_autoptr (GVariant) what = NULL;

  if (monitor->is_done || !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(oa{sv})")))
    return;
  g_variant_get (parameters, "(o@a{sv})", NULL, &what);
  monitor->last = MAX (monitor->last, row_uint64 (what, "sequence"));
  if (!is_wanted (monitor, what))
    return;
  if (monitor->context->is_json)
    print_json (member, what);
  else
    print_text (monitor->context, member, what);
  monitor->is_done = fflush (stdout) != 0 || (monitor->limit > 0 && --monitor->limit == 0);
}

/* Events between the end of one service and the start of the next are asked for by the last one seen. */
static void
on_owner_changed (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *member,
                  GVariant *parameters, gpointer user_data)
{
  Monitor *monitor = user_data;
  const char *new_owner;

  g_variant_get (parameters, "(&s&s&s)", NULL, NULL, &new_owner);
  if (*new_owner == '\0')
    {
      if (!monitor->context->is_quiet)
        fputs (_("jobctl: the service is gone; waiting for it\n"), stderr);
      return;
    }
  if (!subscribe (monitor, &monitor->error))
    monitor->is_done = TRUE;
}

static void
on_closed (GDBusConnection *connection, gboolean remote_peer_vanished, GError *error, gpointer user_data)
{
  Monitor *monitor = user_data;

  if (monitor->error == NULL)
    g_set_error_literal (&monitor->error, G_IO_ERROR, G_IO_ERROR_CLOSED, _("the bus is gone"));
  monitor->is_done = TRUE;
}

static void
watch (Monitor *monitor, guint *subscriptions)
{
  GDBusConnection *connection = jt_client_get_connection (monitor->context->client);

  subscriptions[0] = g_dbus_connection_signal_subscribe (connection, JT_BUS_NAME, JT_ROOT_INTERFACE, NULL, JT_ROOT_PATH, NULL,
                                                         G_DBUS_SIGNAL_FLAGS_NONE, on_signal, monitor, NULL);
  subscriptions[1] = g_dbus_connection_signal_subscribe (
    connection, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged", "/org/freedesktop/DBus", JT_BUS_NAME,
    G_DBUS_SIGNAL_FLAGS_NONE, on_owner_changed, monitor, NULL);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), monitor);
}

static void
unwatch (Monitor *monitor, const guint *subscriptions)
{
  GDBusConnection *connection = jt_client_get_connection (monitor->context->client);

  g_dbus_connection_signal_unsubscribe (connection, subscriptions[0]);
  g_dbus_connection_signal_unsubscribe (connection, subscriptions[1]);
  g_signal_handlers_disconnect_by_data (connection, monitor);
}

int
verb_monitor (Context *context, GError **error)
{
  Monitor monitor = { .context = context };
  guint subscriptions[2];

  if (!options_get_count (context->options, "limit", 1, G_MAXINT32, &monitor.limit, error)
      || !options_get_count (context->options, "after", 1, G_MAXINT64, &monitor.last, error))
    return JT_EXIT_USAGE;
  watch (&monitor, subscriptions);
  if (subscribe (&monitor, error))
    {
      if (!context->is_quiet && !context->is_json && context->terminal.is_terminal)
        fputs (_("Events as they happen; Ctrl-C ends.\n"), stderr);
      while (!monitor.is_done)
        g_main_context_iteration (NULL, TRUE);
    }
  unwatch (&monitor, subscriptions);
  if (monitor.error != NULL)
    g_propagate_error (error, monitor.error);
  return JT_EXIT_DONE;
}
