/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* The tables that the manual is made from and checked against, as one JSON document on stdout: the settings of jobs and
 * the keys of jobtracker.conf and of preferences, with their defaults and limits as people write them, and what templates may speak of. Runs
 * while the project is built; it
 * is not installed. */

#include <stdio.h>

#include <json-glib/json-glib.h>

#include "jt-config.h"
#include "jt-duration.h"
#include "jt-preferences.h"
#include "jt-settings-table.h"
#include "jt-size.h"
#include "jt-template-keys.h"

static char *
format_number (const JtSettingInfo *info, double number)
{
  if (info->is_duration)
    return jt_duration_format ((gint64) number);
  if (info->is_size)
    return jt_size_format ((guint64) number);
  return g_strdup_printf ("%.10g", number);
}

static char *
format_default (const JtSettingRow *row)
{
  g_autoptr (GVariant) value = NULL;
  g_autofree char *printed = NULL;

  if (row->fallback == NULL)
    return g_strdup ("");
  value = g_variant_parse (G_VARIANT_TYPE (row->info.type), row->fallback, NULL, NULL, NULL);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_variant_dup_string (value, NULL);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return g_strdup (g_variant_get_boolean (value) ? "yes" : "no");
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64))
    return format_number (&row->info, (double) g_variant_get_uint64 (value));
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
    return format_number (&row->info, g_variant_get_double (value));
  printed = g_variant_print (value, FALSE);
  return g_strdup (g_strdelimit (printed, "[]", ' '));
}

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

static void
add_setting (JsonBuilder *builder, const JtSettingRow *row)
{
  const JtSettingInfo *info = &row->info;
  gboolean is_list = *info->type == 'a';
  g_autofree char *fallback = format_default (row);
  g_autofree char *least = format_number (info, row->least);
  g_autofree char *most = format_number (info, row->most);

  json_builder_begin_object (builder);
  add_text (builder, "key", info->key);
  add_text (builder, "type", info->type);
  add_text (builder, "value", info->value_name != NULL ? info->value_name : "");
  add_text (builder, "help", info->help != NULL ? info->help : "");
  add_text (builder, "default", g_strstrip (fallback));
  add_text (builder, "least", is_list || row->most == 0 ? "" : least);
  add_text (builder, "most", row->most == 0 ? "" : most);
  add_text (builder, "unit", info->is_duration ? "microseconds" : info->is_size ? "bytes" : "");
  json_builder_set_member_name (builder, "offered");
  json_builder_add_boolean_value (builder, info->status == JT_SETTING_OFFERED);
  json_builder_end_object (builder);
}

static void
add_key (const char *group, const char *key, const char *value, gpointer user_data)
{
  JsonBuilder *builder = user_data;

  json_builder_begin_object (builder);
  add_text (builder, "group", group);
  add_text (builder, "key", key);
  add_text (builder, "default", value);
  json_builder_end_object (builder);
}

static void
add_config (JsonBuilder *builder, const char *name, gboolean is_system)
{
  g_autoptr (JtConfig) config = jt_config_load (NULL, is_system, NULL);

  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  jt_config_foreach (config, add_key, builder);
  json_builder_end_array (builder);
}

static const char *
describe_kind (JtTemplateKind kind)
{
  static const char *const kinds[] = { "text", "number", "flag", "list of texts", "group", "list of groups" };

  return kinds[kind];
}

static void
add_template_keys (JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "template-keys");
  json_builder_begin_array (builder);
  for (const JtTemplateKey *key = jt_template_keys (); key->name != NULL; key++)
    {
      json_builder_begin_object (builder);
      add_text (builder, "name", key->name);
      add_text (builder, "kind", describe_kind (key->kind));
      add_text (builder, "help", key->help);
      add_text (builder, "sample", key->sample != NULL ? key->sample : "");
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static char *
format_preference (const JtPreferenceRow *row, GVariant *value)
{
  g_autofree char *printed = NULL;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_variant_dup_string (value, NULL);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return g_strdup (g_variant_get_boolean (value) ? "yes" : "no");
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64))
    return jt_duration_format ((gint64) g_variant_get_uint64 (value));
  printed = g_variant_print (value, FALSE);
  return g_strdup (g_strdelimit (printed, "[]'", ' '));
}

static void
add_preferences (JsonBuilder *builder)
{
  guint n_rows;
  const JtPreferenceRow *rows = jt_preferences_list_keys (&n_rows);

  json_builder_set_member_name (builder, "preferences");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_rows; i++)
    {
      g_autoptr (GVariant) value = g_variant_parse (G_VARIANT_TYPE (rows[i].type), rows[i].fallback, NULL, NULL, NULL);
      g_autofree char *fallback = format_preference (&rows[i], value);

      json_builder_begin_object (builder);
      add_text (builder, "key", rows[i].key);
      add_text (builder, "type", rows[i].type);
      add_text (builder, "value", rows[i].value);
      add_text (builder, "help", rows[i].help);
      add_text (builder, "default", g_strstrip (fallback));
      add_text (builder, "unit", g_str_equal (rows[i].type, "t") ? "microseconds" : "");
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

int
main (void)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "settings");
  json_builder_begin_array (builder);
  for (const JtSettingInfo *info = jt_settings_get_table (); info->key != NULL; info++)
    add_setting (builder, jt_setting_row_find (info->key));
  json_builder_end_array (builder);
  add_config (builder, "config-system", TRUE);
  add_config (builder, "config-session", FALSE);
  add_template_keys (builder);
  add_preferences (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, TRUE);
  puts (text);
  return 0;
}
