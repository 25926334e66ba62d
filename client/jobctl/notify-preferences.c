/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "notify-preferences.h"

#include <stdio.h>

#include <glib/gi18n-lib.h>

#include "json.h"
#include "jt-preferences.h"
#include "notify-doubts.h"
#include "notify.h"
#include "preference-text.h"

/* `a{sv}` with every key. (transfer full) (nullable) */
GVariant *
notify_preferences_get (Context *context, guint32 uid, GError **error)
{
  g_autoptr (GVariant) reply = notify_call (context, "GetPreferences", g_variant_new ("(u)", uid), error);

  return reply == NULL ? NULL : g_variant_get_child_value (reply, 0);
}

/* @changes: a floating one is taken. Looked at here first: what is wrong is said in the reader's language then. */
gboolean
notify_preferences_set (Context *context, guint32 uid, GVariant *changes, GError **error)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (changes);
  g_autoptr (JtPreferences) checked = jt_preferences_update (jt_preferences_get_default (), owned, error);
  g_autoptr (GVariant) reply
    = checked == NULL ? NULL : notify_call (context, "SetPreferences", g_variant_new ("(u@a{sv})", uid, owned), error);

  if (reply != NULL)
    notify_doubt (context, uid, owned);
  return reply != NULL;
}

/* For --json, all of them as they are now. */
int
notify_preferences_show_changed (Context *context, guint32 uid, GError **error)
{
  g_autoptr (GVariant) preferences = context->is_json ? notify_preferences_get (context, uid, error) : NULL;

  if (!context->is_json)
    return JT_EXIT_DONE;
  if (preferences == NULL)
    return JT_EXIT_FAILED;
  json_print (json_from_variant (preferences));
  return JT_EXIT_DONE;
}

/* (transfer full) (element-type GVariant) */
GPtrArray *
notify_preferences_get_rules (GVariant *preferences)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (preferences, "rules", G_VARIANT_TYPE ("aa{sv}"));
  GPtrArray *rules = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);

  for (gsize i = 0; list != NULL && i < g_variant_n_children (list); i++)
    g_ptr_array_add (rules, g_variant_get_child_value (list, i));
  return rules;
}

gboolean
notify_preferences_set_rules (Context *context, guint32 uid, GPtrArray *rules, GError **error)
{
  GVariantBuilder builder;
  GVariantDict changes;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < rules->len; i++)
    g_variant_builder_add_value (&builder, g_ptr_array_index (rules, i));
  g_variant_dict_init (&changes, NULL);
  g_variant_dict_insert_value (&changes, "rules", g_variant_builder_end (&builder));
  return notify_preferences_set (context, uid, g_variant_dict_end (&changes), error);
}

void
notify_preferences_print_rules (Context *context, GPtrArray *rules)
{
  if (rules->len > 0)
    puts (_("Rules, of which the first that matches decides:"));
  for (guint i = 0; i < rules->len; i++)
    {
      g_autofree char *text = preference_rule_to_text (g_ptr_array_index (rules, i));
      g_autofree char *shown = text_escape (text);

      printf ("%4u  %s\n", i + 1, shown);
    }
  if (rules->len == 0)
    context_say (context, "%s", _("No rules: failed, timed-out, lost, missed, late, slow and recovered are told by default-channels."));
}
