/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <stdio.h>

#include <glib/gi18n-lib.h>

#include "json.h"
#include "jt-names.h"
#include "verbs.h"

/* Above this the jobs are not fetched only to count those that fail. */
#define MAX_JOBS_LOOKED_AT 1000
#define MAX_NAMES 5
#define LABEL_GAP 2

typedef struct
{
  GVariant  *root;    /* (owned) properties of the root object */
  GPtrArray *failing; /* (element-type utf8) (owned) (nullable) names; NULL when there are too many jobs to look at */
} Status;

static void
status_clear (Status *status)
{
  g_clear_pointer (&status->root, g_variant_unref);
  g_clear_pointer (&status->failing, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Status, status_clear)

static gboolean
find_failing (Context *context, Status *status, GError **error)
{
  g_autoptr (GPtrArray) rows = NULL;

  if (row_uint32 (status->root, "JobCount") > MAX_JOBS_LOOKED_AT)
    return TRUE;
  rows = context_list_all (context, "ListJobs", NULL, error);
  if (rows == NULL)
    return FALSE;
  status->failing = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < rows->len; i++)
    {
      GVariant *row = g_ptr_array_index (rows, i);

      if (g_str_equal (row_string (row, "health"), "failing"))
        g_ptr_array_add (status->failing, g_strdup (row_string (row, "name")));
    }
  return TRUE;
}

/* A read that the record has to answer: the counts come from memory. */
static gboolean
ask_store (Context *context, GError **error)
{
  g_autoptr (GVariant) reply = context_call_root (
    context, "ListRuns", g_variant_new ("(@a{sv}su)", g_variant_new ("a{sv}", NULL), "", 1), error);

  return reply != NULL;
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

  for (guint i = 0; status->failing != NULL && i < status->failing->len; i++)
    json_array_add_string_element (failing, g_ptr_array_index (status->failing, i));
  json_object_set_string_member (object, "bus", jt_client_get_bus_description (context->client));
  json_object_set_boolean_member (object, "store-answers", TRUE);
  if (status->failing != NULL)
    json_object_set_array_member (object, "failing", failing);
  else
    json_array_unref (failing);
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
    N_("Paused"), N_("Problems"), NULL,
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
  if (status->failing == NULL)
    print_pair ("Problems", _("too many jobs to look at each; jobctl history --state failed"));
  else if (status->failing->len == 0)
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
}

int
verb_status (Context *context, GError **error)
{
  g_auto (Status) status = { .root = jt_client_get_all (context->client, JT_ROOT_PATH, JT_ROOT_INTERFACE, error) };

  if (status.root == NULL || !find_failing (context, &status, error) || !ask_store (context, error))
    return JT_EXIT_FAILED;
  if (context->is_json)
    return print_json (context, &status);
  print_text (context, &status);
  return JT_EXIT_DONE;
}
