/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-notify-rules.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "jt-glob.h"
#include "jt-nearest.h"
#include "jt-notify-channel.h"
#include "jt-preferences.h"

static const char *const keys[] = { "events", "jobs", "tags", "min-severity", "channels", NULL };
static const char *const types[] = { "as", "as", "as", "s", "as" };

void
jt_notify_rule_free (JtNotifyRule *rule)
{
  if (rule == NULL)
    return;
  g_strfreev (rule->jobs);
  g_strfreev (rule->tags);
  g_strfreev (rule->channels);
  g_free (rule);
}

/* --- reading --- */

G_GNUC_PRINTF (4, 5) static gboolean
refuse (guint number, const char *key, GError **error, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  /* Translators: the first is a number, the second a key such as "events", the third what is wrong with its value */
  g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("rule %u: %s: %s"), number, key, text);
  return FALSE;
}

static gboolean
check_entry (guint number, const char *key, const char *entry, const char *fault, GError **error)
{
  if (strlen (entry) > JT_PREFERENCES_MAX_TEXT)
    return refuse (number, key, error, _("'%.64s…' has more than %d bytes"), entry, JT_PREFERENCES_MAX_TEXT);
  if (fault != NULL)
    return refuse (number, key, error, "'%.64s' %s", entry, fault);
  return TRUE;
}

static gboolean
check_length (guint number, const char *key, GVariant *list, GError **error)
{
  if (g_variant_n_children (list) <= JT_PREFERENCES_MAX_ENTRIES)
    return TRUE;
  g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, _("rule %u: %s: more than %d entries"), number, key, JT_PREFERENCES_MAX_ENTRIES);
  return FALSE;
}

static gboolean
read_events (JtNotifyRule *rule, guint number, GVariant *list, GError **error)
{
  GVariantIter iter;
  const char *word;

  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "&s", &word))
    {
      JtNotifyEvent event;
      const char *nearest = jt_nearest (word, jt_notify_event_list_words ());

      if (jt_notify_event_from_string (word, &event) && event < JT_N_RULE_EVENTS)
        rule->events |= 1u << event;
      else if (nearest != NULL)
        return refuse (number, "events", error, _("unknown event '%.64s'; did you mean '%s'?"), word, nearest);
      else
        {
          g_autofree char *words = g_strjoinv (", ", (char **) jt_notify_event_list_words ());

          return refuse (number, "events", error, _("unknown event '%.64s'; there is %s"), word, words);
        }
    }
  return TRUE;
}

typedef const char *(*FindFault) (const char *entry);

static const char *
find_fault_of_channel (const char *entry)
{
  return jt_notify_channel_find_fault (entry, FALSE);
}

/* Each entry once, in the order given. NULL on failure. (transfer full) */
static char **
read_list (guint number, const char *key, GVariant *list, FindFault find_fault, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GVariantIter iter;
  const char *entry;

  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "&s", &entry))
    {
      if (!check_entry (number, key, entry, find_fault (entry), error))
        return NULL;
      if (g_hash_table_add (seen, (char *) entry))
        g_strv_builder_add (builder, entry);
    }
  return g_strv_builder_end (builder);
}

/* An empty list asks for nothing in particular, as one that is not there. */
static gboolean
read_globs (char ***globs, guint number, const char *key, GVariant *list, GError **error)
{
  if (g_variant_n_children (list) == 0)
    return TRUE;
  *globs = read_list (number, key, list, jt_glob_find_fault, error);
  return *globs != NULL;
}

static gboolean
read_key (JtNotifyRule *rule, guint number, const char *key, GVariant *value, GError **error)
{
  const char *word;

  if (g_str_equal (key, "min-severity"))
    {
      word = g_variant_get_string (value, NULL);
      return jt_severity_from_string (word, &rule->min_severity)
             || refuse (number, key, error, _("'%.64s' is no severity; there is info, notice, warning, error"), word);
    }
  if (!check_length (number, key, value, error))
    return FALSE;
  if (g_str_equal (key, "events"))
    return read_events (rule, number, value, error);
  if (g_str_equal (key, "jobs"))
    return read_globs (&rule->jobs, number, key, value, error);
  if (g_str_equal (key, "tags"))
    return read_globs (&rule->tags, number, key, value, error);
  rule->channels = read_list (number, key, value, find_fault_of_channel, error);
  return rule->channels != NULL;
}

/* Its place in the table; -1: there is none. */
static int
find_key (guint number, const char *key, GError **error)
{
  const char *nearest;

  for (int i = 0; keys[i] != NULL; i++)
    if (g_str_equal (keys[i], key))
      return i;
  nearest = jt_nearest (key, keys);
  if (nearest != NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS, _("rule %u: unknown key '%.64s'; did you mean '%s'?"), number, key, nearest);
  else
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS,
                 _("rule %u: unknown key '%.64s'; there is events, jobs, tags, min-severity, channels"), number, key);
  return -1;
}

JtNotifyRule *
jt_notify_rule_new (GVariant *value, guint number, GError **error)
{
  g_autoptr (JtNotifyRule) rule = g_new0 (JtNotifyRule, 1);
  gboolean is_given[G_N_ELEMENTS (types)] = { FALSE };
  GVariantIter iter;
  const char *key;
  GVariant *entry;

  g_variant_iter_init (&iter, value);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &entry))
    {
      g_autoptr (GVariant) owned = entry;
      int index = find_key (number, key, error);

      if (index < 0)
        return NULL;
      if (is_given[index])
        return refuse (number, key, error, _("is given twice")), NULL;
      if (!g_variant_is_of_type (owned, G_VARIANT_TYPE (types[index])))
        return refuse (number, key, error, _("expected %s, got %s"), types[index], g_variant_get_type_string (owned)), NULL;
      is_given[index] = TRUE;
      if (!read_key (rule, number, key, owned, error))
        return NULL;
    }
  if (rule->channels == NULL)
    return refuse (number, "channels", error, _("is missing; write whom to tell, or an empty list for silence")), NULL;
  return g_steal_pointer (&rule);
}

/* --- writing --- */

static GVariant *
events_to_variant (guint32 events)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < JT_N_RULE_EVENTS; i++)
    if (events & (1u << i))
      g_variant_builder_add (&builder, "s", jt_notify_event_to_string ((JtNotifyEvent) i));
  return g_variant_builder_end (&builder);
}

GVariant *
jt_notify_rule_to_variant (const JtNotifyRule *rule)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  if (rule->events != 0)
    g_variant_builder_add (&builder, "{sv}", "events", events_to_variant (rule->events));
  if (rule->jobs != NULL)
    g_variant_builder_add (&builder, "{sv}", "jobs", g_variant_new_strv ((const char *const *) rule->jobs, -1));
  if (rule->tags != NULL)
    g_variant_builder_add (&builder, "{sv}", "tags", g_variant_new_strv ((const char *const *) rule->tags, -1));
  if (rule->min_severity != JT_SEVERITY_INFO)
    g_variant_builder_add (&builder, "{sv}", "min-severity", g_variant_new_string (jt_severity_to_string (rule->min_severity)));
  g_variant_builder_add (&builder, "{sv}", "channels", g_variant_new_strv ((const char *const *) rule->channels, -1));
  return g_variant_builder_end (&builder);
}

/* --- matching --- */

static gboolean
matches_job (const JtNotifyRule *rule, const char *job_name, const char *owner_name)
{
  g_autofree char *full = g_strdup_printf ("%s/%s", owner_name, job_name);

  for (guint i = 0; rule->jobs[i] != NULL; i++)
    if (jt_glob_matches (rule->jobs[i], strchr (rule->jobs[i], '/') != NULL ? full : job_name))
      return TRUE;
  return FALSE;
}

static gboolean
matches_tags (const JtNotifyRule *rule, const char *const *tags)
{
  for (guint i = 0; rule->tags[i] != NULL; i++)
    for (guint j = 0; tags != NULL && tags[j] != NULL; j++)
      if (jt_glob_matches (rule->tags[i], tags[j]))
        return TRUE;
  return FALSE;
}

gboolean
jt_notify_rule_matches (const JtNotifyRule *rule, JtNotifyEvent event, JtSeverity severity, const char *job_name, const char *owner_name,
                        const char *const *tags)
{
  return (rule->events == 0 || rule->events & (1u << event)) && severity >= rule->min_severity
         && (rule->jobs == NULL || matches_job (rule, job_name, owner_name)) && (rule->tags == NULL || matches_tags (rule, tags));
}

static void
append_part (GString *text, const char *what, const char *const *entries)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", what);
  for (guint i = 0; entries[i] != NULL; i++)
    g_string_append_printf (text, " %s", entries[i]);
}

char *
jt_notify_rule_describe (const JtNotifyRule *rule)
{
  GString *text = g_string_new (NULL);

  if (rule->events != 0)
    {
      g_autoptr (GVariant) events = g_variant_ref_sink (events_to_variant (rule->events));
      g_autofree const char **words = g_variant_get_strv (events, NULL);

      append_part (text, "events", words);
    }
  if (rule->jobs != NULL)
    append_part (text, "jobs", (const char *const *) rule->jobs);
  if (rule->tags != NULL)
    append_part (text, "tags", (const char *const *) rule->tags);
  if (rule->min_severity != JT_SEVERITY_INFO)
    append_part (text, "severity from", (const char *const[]) { jt_severity_to_string (rule->min_severity), NULL });
  if (text->len == 0)
    g_string_append (text, "everything");
  return g_string_free (text, FALSE);
}
