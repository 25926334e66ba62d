/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <stdio.h>

#include <glib/gi18n-lib.h>

#include "json.h"
#include "notify.h"
#include "notify-preferences.h"
#include "preference-text.h"

static void
add_row (Table *table, GVariant *defaults, GVariant *preferences, const JtPreferenceRow *row)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (preferences, row->key, NULL);
  g_autoptr (GVariant) fallback = g_variant_lookup_value (defaults, row->key, NULL);
  g_autofree char *text = value == NULL ? NULL : preference_to_text (row, value);

  if (value != NULL)
    /* Translators: nobody set this preference to anything else */
    table_add (table, row->key, *text != '\0' ? text : "-", g_variant_equal (value, fallback) ? C_("preference", "default") : C_("preference", "own"),
               _(row->help), NULL);
}

static void
print_table (Context *context, GVariant *preferences)
{
  static const TableColumn columns[] = {
    { N_("PREFERENCE") }, { N_("VALUE"), .is_flexible = TRUE, .least_width = 24 }, { N_("FROM") },
    { N_("WHAT IT SAYS"), .is_flexible = TRUE, .rank = 1, .least_width = 16 }, { NULL },
  };
  g_autoptr (GVariant) defaults = g_variant_ref_sink (jt_preferences_to_variant (jt_preferences_get_default (), FALSE));
  g_autoptr (Table) table = table_new (columns);
  guint n_rows;
  const JtPreferenceRow *rows = jt_preferences_list_keys (&n_rows);

  for (guint i = 0; i < n_rows; i++)
    if (!g_str_equal (rows[i].key, "rules"))
      add_row (table, defaults, preferences, &rows[i]);
  table_print (table, &context->terminal);
}

int
verb_notify_prefs (Context *context, GError **error)
{
  g_autoptr (GVariant) preferences = NULL;
  g_autoptr (GPtrArray) rules = NULL;
  guint32 uid;

  if (!notify_find_user (context->n_arguments > 0 ? context->arguments[0] : NULL, &uid, error))
    return JT_EXIT_NOT_FOUND;
  preferences = notify_preferences_get (context, uid, error);
  if (preferences == NULL)
    return JT_EXIT_FAILED;
  if (context->is_json)
    {
      json_print (json_from_variant (preferences));
      return JT_EXIT_DONE;
    }
  print_table (context, preferences);
  rules = notify_preferences_get_rules (preferences);
  putchar ('\n');
  notify_preferences_print_rules (context, rules);
  return JT_EXIT_DONE;
}
