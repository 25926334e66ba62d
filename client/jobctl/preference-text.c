/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "preference-text.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-duration.h"
#include "jt-error.h"
#include "jt-nearest.h"
#include "text.h"

#define NONE "none"
#define BLANKS " \t\n"

/* --- keys --- */

/* (transfer none) NULL with JT_ERROR_INVALID_ARGUMENT that names the nearest key. */
const JtPreferenceRow *
preference_find (const char *key, GError **error)
{
  guint n_rows;
  const JtPreferenceRow *rows = jt_preferences_list_keys (&n_rows);
  g_autofree const char **keys = g_new0 (const char *, n_rows + 1);
  g_autofree char *shown = text_escape (key);
  const char *nearest;

  for (guint i = 0; i < n_rows; i++)
    {
      keys[i] = rows[i].key;
      if (g_str_equal (rows[i].key, key))
        return &rows[i];
    }
  nearest = jt_nearest (key, keys);
  if (nearest != NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("unknown preference '%s'; did you mean '%s'?"), shown, nearest);
  else
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("unknown preference '%s'; jobctl notify prefs lists them"), shown);
  return NULL;
}

/* --- lists --- */

/* Entries with commas, semicolons or blanks between them; "none" alone is a list without any. (transfer full) */
char **
preference_split_list (const char *text)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) entries = g_strsplit_set (text, ",;" BLANKS, -1);
  g_auto (GStrv) list = NULL;

  for (guint i = 0; entries[i] != NULL; i++)
    if (*entries[i] != '\0')
      g_strv_builder_add (builder, entries[i]);
  list = g_strv_builder_end (builder);
  return list[0] != NULL && list[1] == NULL && g_str_equal (list[0], NONE) ? g_new0 (char *, 1) : g_steal_pointer (&list);
}

/* --- rules --- */

/* "KEY=ENTRY,…". What the keys are, and what they take, is for JtNotifyRule to say. */
static gboolean
put_rule_word (GVariantDict *rule, const char *word, guint number, GError **error)
{
  const char *equals = strchr (word, '=');
  g_autofree char *key = equals != NULL ? g_strndup (word, (gsize) (equals - word)) : NULL;
  g_auto (GStrv) entries = equals != NULL ? preference_split_list (equals + 1) : NULL;
  g_autofree char *shown = text_escape (word);

  if (key == NULL || *key == '\0')
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("rule %u: '%s' is not KEY=VALUE, e.g. events=failed,lost"), number, shown);
  else if (g_variant_dict_contains (rule, key))
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("rule %u: '%s' is given twice; put a comma between its values"), number, key);
  else if (g_str_equal (key, "min-severity"))
    {
      g_variant_dict_insert (rule, key, "s", equals + 1);
      return TRUE;
    }
  else
    {
      g_variant_dict_insert (rule, key, "^as", entries);
      return TRUE;
    }
  return FALSE;
}

/**
 * preference_parse_rule:
 * @text: words as in "events=failed,lost jobs=db-* channels=email"; "channels=" is silence
 * @number: its place from 1, for messages
 *
 * Returns: (transfer full) (nullable): its `a{sv}` in normal form, or %NULL with an error that names rule and key
 */
GVariant *
preference_parse_rule (const char *text, guint number, GError **error)
{
  g_auto (GStrv) words = g_strsplit_set (text, BLANKS, -1);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (JtNotifyRule) rule = NULL;
  g_autoptr (GVariant) given = NULL;

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' && !put_rule_word (&dict, words[i], number, error))
      return NULL;
  given = g_variant_ref_sink (g_variant_dict_end (&dict));
  rule = jt_notify_rule_new (given, number, error);
  return rule == NULL ? NULL : g_variant_ref_sink (jt_notify_rule_to_variant (rule));
}

/* The same way back. @rule: `a{sv}` (transfer full) */
char *
preference_rule_to_text (GVariant *rule)
{
  static const char *const keys[] = { "events", "jobs", "tags", "min-severity", "channels" };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (rule, keys[i], NULL);
      g_autofree const char **entries = NULL;
      g_autofree char *joined = NULL;

      if (value == NULL)
        continue;
      if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
        joined = g_strjoinv (",", (char **) (entries = g_variant_get_strv (value, NULL)));
      else if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
        joined = g_variant_dup_string (value, NULL);
      g_string_append_printf (text, "%s%s=%s", text->len > 0 ? " " : "", keys[i], joined != NULL ? joined : "");
    }
  return g_string_free (text, FALSE);
}

/* Floating aa{sv}; NULL with an error. */
static GVariant *
parse_rules (const char *text, GError **error)
{
  g_auto (GStrv) lines = g_strsplit_set (text, ";\n", -1);
  GVariantBuilder builder;
  guint number = 0;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autoptr (GVariant) rule = NULL;

      if (*g_strstrip (lines[i]) == '\0' || g_str_equal (lines[i], NONE))
        continue;
      rule = preference_parse_rule (lines[i], ++number, error);
      if (rule == NULL)
        {
          g_variant_builder_clear (&builder);
          return NULL;
        }
      g_variant_builder_add_value (&builder, rule);
    }
  return g_variant_builder_end (&builder);
}

/* --- values --- */

static GVariant *
refuse (const JtPreferenceRow *row, const char *wanted, GError **error)
{
  /* Translators: a key, and what its value has to be */
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("%s needs %s"), row->key, wanted);
  return NULL;
}

static GVariant *
parse_switch (const JtPreferenceRow *row, const char *text, GError **error)
{
  static const char *const yes[] = { "yes", "true", "on", "1", NULL };
  static const char *const no[] = { "no", "false", "off", "0", NULL };

  if (g_strv_contains (yes, text))
    return g_variant_new_boolean (TRUE);
  return g_strv_contains (no, text) ? g_variant_new_boolean (FALSE) : refuse (row, _("yes or no"), error);
}

static GVariant *
parse_duration (const JtPreferenceRow *row, const char *text, GError **error)
{
  static const char *const none[] = { "0", "off", "never", NULL };
  gint64 usec = 0;

  if (g_strv_contains (none, text) || jt_duration_parse (text, &usec, NULL, error))
    return g_variant_new_uint64 ((guint64) usec);
  g_prefix_error (error, "%s: ", row->key);
  return NULL;
}

static GVariant *
parse_count (const JtPreferenceRow *row, const char *text, GError **error)
{
  guint64 count;

  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &count, NULL))
    return g_variant_new_uint32 ((guint32) count);
  return refuse (row, _("a whole number"), error);
}

/**
 * preference_parse:
 * @text: the value as a person writes it
 *
 * Returns: (transfer full) (nullable): the value, of the row's type, or %NULL with an error that names the key. Whether it is within its
 * limits is for JtPreferences to say.
 */
GVariant *
preference_parse (const JtPreferenceRow *row, const char *text, GError **error)
{
  GVariant *value;

  if (g_str_equal (row->type, "b"))
    value = parse_switch (row, text, error);
  else if (g_str_equal (row->type, "t"))
    value = parse_duration (row, text, error);
  else if (g_str_equal (row->type, "u"))
    value = parse_count (row, text, error);
  else if (g_str_equal (row->type, "aa{sv}"))
    value = parse_rules (text, error);
  else if (g_str_equal (row->type, "as"))
    {
      g_auto (GStrv) entries = preference_split_list (text);

      value = g_variant_new_strv ((const char *const *) entries, -1);
    }
  else
    value = g_variant_new_string (text);
  return value == NULL ? NULL : g_variant_ref_sink (value);
}

static char *
rules_to_text (GVariant *rules)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < g_variant_n_children (rules); i++)
    {
      g_autoptr (GVariant) rule = g_variant_get_child_value (rules, i);
      g_autofree char *line = preference_rule_to_text (rule);

      g_string_append_printf (text, "%s%s", i > 0 ? "; " : "", line);
    }
  return g_string_free (text, FALSE);
}

/* As preference_parse() takes it. (transfer full) */
char *
preference_to_text (const JtPreferenceRow *row, GVariant *value)
{
  g_autofree const char **entries = NULL;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE (row->type)))
    return g_variant_print (value, FALSE);
  if (g_str_equal (row->type, "b"))
    return g_strdup (g_variant_get_boolean (value) ? "yes" : "no");
  if (g_str_equal (row->type, "t"))
    return g_variant_get_uint64 (value) == 0 ? g_strdup ("0") : jt_duration_format ((gint64) MIN (g_variant_get_uint64 (value), G_MAXINT64));
  if (g_str_equal (row->type, "u"))
    return g_strdup_printf ("%u", g_variant_get_uint32 (value));
  if (g_str_equal (row->type, "aa{sv}"))
    return rules_to_text (value);
  if (g_str_equal (row->type, "s"))
    return g_variant_dup_string (value, NULL);
  entries = g_variant_get_strv (value, NULL);
  return entries[0] == NULL ? g_strdup (NONE) : g_strjoinv (",", (char **) entries);
}
