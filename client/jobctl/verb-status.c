/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <stdio.h>

#include <glib/gi18n-lib.h>

#include "json.h"
#include "jt-names.h"
#include "notify-health.h"
#include "verbs.h"

#define MAX_NAMES 5
#define LABEL_GAP 2
#define FIRST_PAGE 100

typedef struct
{
  GVariant  *root;    /* (owned) properties of the root object */
  GPtrArray *failing; /* (element-type utf8) (owned) names */
  NotifyHealth notify;
} Status;

static void
status_clear (Status *status)
{
  g_clear_pointer (&status->root, g_variant_unref);
  g_clear_pointer (&status->failing, g_ptr_array_unref);
  notify_health_clear (&status->notify);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Status, status_clear)

/* @limit: 0 for a caller who sets it. Floating. */
static GVariant *
failing_filter (guint limit)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "health", g_variant_new_string ("failing"));
  if (limit > 0)
    g_variant_builder_add (&builder, "{sv}", "limit", g_variant_new_uint32 (limit));
  return g_variant_builder_end (&builder);
}

static void
add_failing (Status *status, GVariant *row)
{
  g_ptr_array_add (status->failing, g_strdup (row_string (row, "name")));
}

/* @page: the first; there may be more. */
static gboolean
take_failing (Context *context, Status *status, GVariant *page, GError **error)
{
  gsize n_rows = g_variant_n_children (page);
  g_autoptr (GPtrArray) rows = NULL;

  status->failing = g_ptr_array_new_with_free_func (g_free);
  if (n_rows == FIRST_PAGE)
    {
      rows = context_list_all (context, "ListJobs", failing_filter (0), error);
      for (guint i = 0; rows != NULL && i < rows->len; i++)
        add_failing (status, g_ptr_array_index (rows, i));
      return rows != NULL;
    }
  for (gsize i = 0; i < n_rows; i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (page, i);

      add_failing (status, row);
    }
  return TRUE;
}

/* All at once, since each question alone would be a round trip. The last is one that the record has to answer: the counts come
 * from memory. */
static gboolean
ask (Context *context, Status *status, GError **error)
{
  JtClientCall calls[] = {
    { JT_ROOT_PATH, "org.freedesktop.DBus.Properties", "GetAll", g_variant_new ("(s)", JT_ROOT_INTERFACE), NULL },
    { JT_ROOT_PATH, JT_ROOT_INTERFACE, "ListJobs", g_variant_new ("(@a{sv})", failing_filter (FIRST_PAGE)), NULL },
    { JT_ROOT_PATH, JT_ROOT_INTERFACE, "ListRuns", g_variant_new ("(@a{sv}su)", g_variant_new ("a{sv}", NULL), "", 1), NULL },
  };
  gboolean is_done = jt_client_call_many (context->client, calls, G_N_ELEMENTS (calls), error);

  if (is_done)
    {
      g_autoptr (GVariant) page = g_variant_get_child_value (calls[1].reply, 0);

      status->root = g_variant_get_child_value (calls[0].reply, 0);
      is_done = take_failing (context, status, page, error);
    }
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    g_clear_pointer (&calls[i].reply, g_variant_unref);
  return is_done;
}

static gboolean
is_paused (const Status *status)
{
  gboolean paused = FALSE;

  g_variant_lookup (status->root, "Paused", "b", &paused);
  return paused;
}

static int
print_json (Context *context, const Status *status)
{
  g_autoptr (GVariant) row = row_from_properties (status->root);
  g_autoptr (JsonNode) node = json_from_variant (row);
  JsonArray *failing = json_array_new ();
  JsonObject *object = json_node_get_object (node);

  for (guint i = 0; i < status->failing->len; i++)
    json_array_add_string_element (failing, g_ptr_array_index (status->failing, i));
  json_object_set_string_member (object, "bus", jt_client_get_bus_description (context->client));
  json_object_set_boolean_member (object, "store-answers", TRUE);
  json_object_set_array_member (object, "failing", failing);
  notify_health_add_to_json (&status->notify, object);
  json_print (g_steal_pointer (&node));
  return JT_EXIT_DONE;
}

static char *
describe_failing (const Status *status)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < MIN (status->failing->len, MAX_NAMES); i++)
    {
      g_autofree char *shown = text_escape (g_ptr_array_index (status->failing, i));

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", shown);
    }
  if (status->failing->len > MAX_NAMES)
    g_string_append (text, ", …");
  return g_string_free (text, FALSE);
}

static void
print_pair (const char *label, const char *value)
{
  static const char *const labels[] = {
    /* Translators: the labels of jobctl status; the first is the store of all runs */
    N_("Record"), N_("Jobs"), N_("Active"),
    /* Translators: when the next job starts */
    N_("Next"),
    /* Translators: nothing is started */
    N_("Paused"), N_("Problems"),
    /* Translators: notifications on their way, and the ways to reach people */
    N_("Deliveries"), N_("Channels"), NULL,
  };
  g_autofree char *padded = text_pad (_(label), text_widest (labels) + LABEL_GAP);

  printf ("  %s%s\n", padded, value);
}

static void
print_problems (Context *context, const Status *status)
{
  g_autofree char *reason = text_escape (row_string (status->root, "PauseReason"));
  g_autofree char *names = NULL;
  g_autofree char *painted = NULL;
  g_autofree char *sentence = NULL;

  if (is_paused (status))
    print_pair ("Paused", *reason != '\0' ? reason : _("nothing is started until it is resumed"));
  if (status->failing->len == 0)
    print_pair ("Problems", _("none"));
  else
    {
      names = describe_failing (status);
      painted = terminal_paint (&context->terminal, COLOR_BAD, names);
      /* Translators: so many jobs fail, and their names */
      sentence = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u failing: %s", "%u failing: %s", status->failing->len),
                                  status->failing->len, painted);
      print_pair ("Problems", sentence);
    }
}

static void
print_notify (Context *context, const Status *status)
{
  g_autofree char *deliveries = notify_health_describe (&status->notify);

  if (status->notify.channels == NULL)
    return;
  print_pair ("Deliveries", deliveries);
  for (guint i = 0; i < status->notify.channels->len; i++)
    {
      g_autofree char *problem = notify_health_describe_problem (context, status->notify.channels->pdata[i]);

      if (problem != NULL)
        print_pair ("Channels", problem);
    }
}

static void
print_greeting (Context *context, const Status *status)
{
  const char *bus = jt_client_get_bus_description (context->client);
  const char *version = row_string (status->root, "Version");
  g_autofree char *shown = text_escape (bus);

  if (g_str_equal (bus, "system"))
    printf (_("jobtrackerd %s answers on the system bus\n"), version);
  else if (g_str_equal (bus, "session"))
    printf (_("jobtrackerd %s answers on the session bus\n"), version);
  else
    printf (_("jobtrackerd %s answers on the bus at %s\n"), version, shown);
}

static void
print_text (Context *context, const Status *status)
{
  g_autofree char *jobs = g_strdup_printf ("%u", row_uint32 (status->root, "JobCount"));
  g_autofree char *active = g_strdup_printf (_("%u, and %u queued"), row_uint32 (status->root, "ActiveCount"),
                                             row_uint32 (status->root, "QueuedCount"));
  g_autofree char *next = context_time (context, (gint64) row_uint64 (status->root, "NextElapse"));

  print_greeting (context, status);
  print_pair ("Record", _("answers"));
  print_pair ("Jobs", jobs);
  print_pair ("Active", active);
  print_pair ("Next", next);
  print_problems (context, status);
  print_notify (context, status);
}

int
verb_status (Context *context, GError **error)
{
  g_auto (Status) status = { 0 };

  if (!ask (context, &status, error) || !notify_health_ask (&status.notify, context, error))
    return JT_EXIT_FAILED;
  if (context->is_json)
    return print_json (context, &status);
  print_text (context, &status);
  return JT_EXIT_DONE;
}
