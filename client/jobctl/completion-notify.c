/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* The words of `jobctl notify`: events, channels, templates, deliveries and preferences. */

#include "completion.h"

#include <string.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "jt-names.h"
#include "jt-preferences.h"
#include "words.h"

#define MAX_DELIVERIES 30

/* What of the typed word stays: with "failed,re" all before the last comma. (transfer full) */
static char *
prefix_of_list (Completion *completion, const char *prefix)
{
  const char *value = completion->current + MIN (strlen (prefix), strlen (completion->current));
  const char *comma = strrchr (value, ',');

  return comma == NULL ? g_strdup (prefix) : g_strdup_printf ("%s%.*s", prefix, (int) (comma + 1 - value), value);
}

/* The rows that @method answers with. (transfer full) (nullable) */
static GVariant *
ask (Completion *completion, const char *method, GVariant *parameters)
{
  g_autoptr (GVariant) sunk = parameters == NULL ? NULL : g_variant_ref_sink (parameters);
  g_autoptr (GVariant) reply
    = completion_reach_service (completion)
        ? jt_client_call (completion->context.client, JT_ROOT_PATH, JT_NOTIFICATIONS_INTERFACE, method, sunk, NULL)
        : NULL;

  return reply == NULL ? NULL : g_variant_get_child_value (reply, 0);
}

void
completion_offer_events (Completion *completion, const char *prefix)
{
  g_autofree char *before = prefix_of_list (completion, prefix);

  for (guint event = 0; event < JT_N_RULE_EVENTS; event++)
    completion_offer (before, jt_notify_event_to_string ((JtNotifyEvent) event), NULL);
}

void
completion_offer_severities (Completion *completion, const char *prefix)
{
  for (guint severity = 0; severity < JT_N_SEVERITIES; severity++)
    completion_offer (prefix, jt_severity_to_string ((JtSeverity) severity), NULL);
}

void
completion_offer_channels (Completion *completion, const char *prefix)
{
  g_autoptr (GVariant) rows = ask (completion, "ListChannels", NULL);
  g_autofree char *before = prefix_of_list (completion, prefix);

  for (gsize i = 0; rows != NULL && i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);

      completion_offer (before, row_string (row, "name"), word_of_state (row_string (row, "state")));
    }
}

void
completion_offer_templates (Completion *completion, const char *prefix)
{
  g_autoptr (GVariant) rows = ask (completion, "ListTemplates", g_variant_new ("(u)", (guint32) geteuid ()));

  for (gsize i = 0; rows != NULL && i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);

      completion_offer (prefix, row_string (row, "name"), word_of_template_source (row_string (row, "source")));
    }
}

void
completion_offer_deliveries (Completion *completion, const char *prefix)
{
  g_autoptr (GVariant) rows = ask (completion, "ListDeliveries", g_variant_new_parsed ("(@a{sv} {}, '', %u)", (guint32) MAX_DELIVERIES));

  for (gsize i = 0; rows != NULL && i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, row_uint64 (row, "id"));
      g_autofree char *what = g_strdup_printf ("%s, %s, %s", row_string (row, "job-name"), row_string (row, "event"), row_string (row, "state"));

      completion_offer (prefix, id, what);
    }
}

void
completion_offer_delivery_states (const char *prefix)
{
  static const char *const states[]
    = { "waiting", "held", "sending", "delivered", "failed", "expired", "merged", "suppressed" };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    completion_offer (prefix, states[i], NULL);
}

void
completion_offer_preferences (Completion *completion, const char *prefix)
{
  guint n_rows;
  const JtPreferenceRow *rows = jt_preferences_list_keys (&n_rows);

  for (guint i = 0; i < n_rows; i++)
    completion_offer (prefix, rows[i].key, _(rows[i].help));
}

/* "quiet-hours=", and when that is there, what may follow. */
void
completion_offer_preference_value (Completion *completion)
{
  const char *equals = strchr (completion->current, '=');
  g_autofree char *prefix = equals != NULL ? g_strndup (completion->current, (gsize) (equals + 1 - completion->current)) : NULL;
  guint n_rows;
  const JtPreferenceRow *rows = jt_preferences_list_keys (&n_rows);

  for (guint i = 0; i < n_rows; i++)
    {
      g_autofree char *word = g_strconcat (rows[i].key, "=", NULL);

      if (prefix == NULL)
        completion_offer ("", word, _(rows[i].help));
      else if (!g_str_equal (prefix, word))
        continue;
      else if (g_str_equal (rows[i].type, "b"))
        {
          completion_offer (prefix, "yes", NULL);
          completion_offer (prefix, "no", NULL);
        }
      else if (g_str_equal (rows[i].type, "as"))
        completion_offer_channels (completion, prefix);
      else
        completion_offer_kind (completion, rows[i].value, prefix);
    }
}
