/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-preferences.h"

#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "jt-nearest.h"
#include "jt-preferences-table.h"

#define RESET "reset"
#define ALL "*"

JtPreferences *
jt_preferences_ref (JtPreferences *preferences)
{
  g_atomic_ref_count_inc (&preferences->ref_count);
  return preferences;
}

void
jt_preferences_unref (JtPreferences *preferences)
{
  if (preferences == NULL || !g_atomic_ref_count_dec (&preferences->ref_count))
    return;
  g_free (preferences->language);
  g_free (preferences->timezone);
  g_free (preferences->email);
  g_strfreev (preferences->default_channels);
  g_clear_pointer (&preferences->rules, g_ptr_array_unref);
  jt_quiet_hours_unref (preferences->quiet_hours);
  g_strfreev (preferences->escalate_to);
  g_free (preferences);
}

/* Another one with what @of holds. */
static JtPreferences *
copy (JtPreferences *of)
{
  JtPreferences *preferences = g_memdup2 (of, sizeof *of);

  g_atomic_ref_count_init (&preferences->ref_count);
  preferences->language = g_strdup (of->language);
  preferences->timezone = g_strdup (of->timezone);
  preferences->email = g_strdup (of->email);
  preferences->default_channels = g_strdupv (of->default_channels);
  preferences->rules = g_ptr_array_ref (of->rules);
  preferences->quiet_hours = jt_quiet_hours_ref (of->quiet_hours);
  preferences->escalate_to = g_strdupv (of->escalate_to);
  return preferences;
}

static void
set_default (JtPreferences *preferences, const JtPreferenceKey *key)
{
  g_autoptr (GVariant) value = g_variant_parse (G_VARIANT_TYPE (key->info.type), key->info.fallback, NULL, NULL, NULL);

  if (!key->read (preferences, value, NULL))
    g_error ("the default of %s is none", key->info.key);
}

JtPreferences *
jt_preferences_get_default (void)
{
  static JtPreferences *defaults;
  static gsize is_made;

  if (g_once_init_enter (&is_made))
    {
      defaults = g_new0 (JtPreferences, 1);
      g_atomic_ref_count_init (&defaults->ref_count);
      for (guint i = 0; i < JT_N_PREFERENCES; i++)
        set_default (defaults, &jt_preference_keys[i]);
      g_once_init_leave (&is_made, 1);
    }
  return defaults;
}

const JtPreferenceRow *
jt_preferences_list_keys (guint *n_rows)
{
  static JtPreferenceRow rows[JT_N_PREFERENCES];
  static gsize is_made;

  if (g_once_init_enter (&is_made))
    {
      for (guint i = 0; i < JT_N_PREFERENCES; i++)
        rows[i] = jt_preference_keys[i].info;
      g_once_init_leave (&is_made, 1);
    }
  *n_rows = JT_N_PREFERENCES;
  return rows;
}

/* --- reading --- */

static const char *
find_nearest (const char *word)
{
  const char *words[JT_N_PREFERENCES + 2] = { NULL };

  for (guint i = 0; i < JT_N_PREFERENCES; i++)
    words[i] = jt_preference_keys[i].info.key;
  words[JT_N_PREFERENCES] = RESET;
  return jt_nearest (word, words);
}

static const JtPreferenceKey *
find_key (const char *word, GError **error)
{
  const char *nearest;

  for (guint i = 0; i < JT_N_PREFERENCES; i++)
    if (g_str_equal (jt_preference_keys[i].info.key, word))
      return &jt_preference_keys[i];
  nearest = find_nearest (word);
  if (nearest != NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("unknown preference '%.64s'; did you mean '%s'?"), word, nearest);
  else
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("unknown preference '%.64s'; jobtracker-preferences(5) has those there are"), word);
  return NULL;
}

static gboolean
read_value (JtPreferences *preferences, const JtPreferenceKey *key, GVariant *value, GError **error)
{
  const char *type = key->info.type;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE (type)))
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("%s: expected %s, got %s"), key->info.key, type,
                   g_variant_get_type_string (value));
      return FALSE;
    }
  if (key->read (preferences, value, error))
    return TRUE;
  g_prefix_error (error, "%s: ", key->info.key);
  return FALSE;
}

/* Reads the entries of @values, but for "reset". With @problems the faulty are left out and told there, else the first one fails. */
static gboolean
read_values (JtPreferences *preferences, GVariant *values, gboolean takes_reset, GStrvBuilder *problems, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  GVariantIter iter;
  const char *word;
  GVariant *entry;

  g_variant_iter_init (&iter, values);
  while (g_variant_iter_next (&iter, "{&sv}", &word, &entry))
    {
      g_autoptr (GVariant) value = entry;
      g_autoptr (GError) problem = NULL;
      const JtPreferenceKey *key;

      if (takes_reset && g_str_equal (word, RESET))
        continue;
      key = find_key (word, &problem);
      if (key != NULL && !g_hash_table_add (seen, (gpointer) key))
        g_set_error (&problem, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("%s: is given twice"), word);
      if (problem == NULL && read_value (preferences, key, value, &problem))
        continue;
      if (problems == NULL)
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      g_strv_builder_add (problems, problem->message);
    }
  return TRUE;
}

JtPreferences *
jt_preferences_new (GVariant *values, GError **error)
{
  g_autoptr (JtPreferences) preferences = copy (jt_preferences_get_default ());

  return read_values (preferences, values, FALSE, NULL, error) ? g_steal_pointer (&preferences) : NULL;
}

JtPreferences *
jt_preferences_load (GVariant *values, char ***problems)
{
  g_autoptr (JtPreferences) preferences = copy (jt_preferences_get_default ());
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  read_values (preferences, values, FALSE, builder, NULL);
  *problems = g_strv_builder_end (builder);
  return g_steal_pointer (&preferences);
}

/* --- changes --- */

static gboolean
reset (JtPreferences *preferences, const char *word, GVariant *changes, GError **error)
{
  const JtPreferenceKey *key = find_key (word, error);
  g_autoptr (GVariant) value = NULL;

  if (key == NULL)
    {
      g_prefix_error (error, "reset: ");
      return FALSE;
    }
  value = g_variant_lookup_value (changes, word, NULL);
  if (value != NULL)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("reset: '%s' is given a value as well; take it out of one of both"), word);
      return FALSE;
    }
  set_default (preferences, key);
  return TRUE;
}

static gboolean
reset_some (JtPreferences *preferences, GVariant *changes, GError **error)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (changes, RESET, NULL);
  GVariantIter iter;
  const char *word;

  if (list == NULL)
    return TRUE;
  if (!g_variant_is_of_type (list, G_VARIANT_TYPE_STRING_ARRAY))
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("%s: expected %s, got %s"), RESET, "as", g_variant_get_type_string (list));
      return FALSE;
    }
  if (g_variant_iter_init (&iter, list) > JT_PREFERENCES_MAX_ENTRIES)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, _("reset: more than %d entries"), JT_PREFERENCES_MAX_ENTRIES);
      return FALSE;
    }
  while (g_variant_iter_next (&iter, "&s", &word))
    {
      if (g_str_equal (word, ALL))
        for (guint i = 0; i < JT_N_PREFERENCES; i++)
          set_default (preferences, &jt_preference_keys[i]);
      else if (!reset (preferences, word, changes, error))
        return FALSE;
    }
  return TRUE;
}

JtPreferences *
jt_preferences_update (JtPreferences *preferences, GVariant *changes, GError **error)
{
  g_autoptr (JtPreferences) changed = copy (preferences);

  if (!reset_some (changed, changes, error) || !read_values (changed, changes, TRUE, NULL, error))
    return NULL;
  return g_steal_pointer (&changed);
}

/* --- what it holds --- */

GVariant *
jt_preferences_to_variant (JtPreferences *preferences, gboolean only_given)
{
  JtPreferences *defaults = jt_preferences_get_default ();
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < JT_N_PREFERENCES; i++)
    {
      const JtPreferenceKey *key = &jt_preference_keys[i];
      g_autoptr (GVariant) value = g_variant_ref_sink (key->write (preferences));
      g_autoptr (GVariant) fallback = g_variant_ref_sink (key->write (defaults));

      if (!only_given || !g_variant_equal (value, fallback))
        g_variant_builder_add (&builder, "{sv}", key->info.key, value);
    }
  return g_variant_builder_end (&builder);
}

gboolean
jt_preferences_is_enabled (JtPreferences *preferences)
{
  return preferences->is_enabled;
}

const char *
jt_preferences_get_language (JtPreferences *preferences)
{
  return preferences->language;
}

const char *
jt_preferences_get_timezone (JtPreferences *preferences)
{
  return preferences->timezone;
}

const char *
jt_preferences_get_email (JtPreferences *preferences)
{
  return preferences->email;
}

const char *const *
jt_preferences_get_default_channels (JtPreferences *preferences)
{
  return (const char *const *) preferences->default_channels;
}

GPtrArray *
jt_preferences_get_rules (JtPreferences *preferences)
{
  return preferences->rules;
}

JtQuietHours *
jt_preferences_get_quiet_hours (JtPreferences *preferences)
{
  return preferences->quiet_hours;
}

JtSeverity
jt_preferences_get_quiet_except (JtPreferences *preferences)
{
  return preferences->quiet_except;
}

const JtDigestTimes *
jt_preferences_get_digest (JtPreferences *preferences)
{
  return &preferences->digest;
}

JtSeverity
jt_preferences_get_digest_below (JtPreferences *preferences)
{
  return preferences->digest_below;
}

gint64
jt_preferences_get_throttle_usec (JtPreferences *preferences)
{
  return preferences->throttle_usec;
}

guint
jt_preferences_get_throttle_burst (JtPreferences *preferences)
{
  return preferences->throttle_burst;
}

gboolean
jt_preferences_has_only_changes (JtPreferences *preferences)
{
  return preferences->has_only_changes;
}

gint64
jt_preferences_get_remind_every_usec (JtPreferences *preferences)
{
  return preferences->remind_every_usec;
}

gint64
jt_preferences_get_escalate_after_usec (JtPreferences *preferences)
{
  return preferences->escalate_after_usec;
}

const char *const *
jt_preferences_get_escalate_to (JtPreferences *preferences)
{
  return (const char *const *) preferences->escalate_to;
}

gboolean
jt_preferences_has_away_summary (JtPreferences *preferences)
{
  return preferences->has_away_summary;
}

JtZone *
jt_preferences_get_zone (JtPreferences *preferences)
{
  JtZone *zone = jt_zone_get (preferences->timezone, NULL);

  if (zone == NULL)
    zone = jt_zone_get (NULL, NULL);
  return zone != NULL ? zone : jt_zone_get ("UTC", NULL);
}
