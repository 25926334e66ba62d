/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "notify.h"
#include "notify-preferences.h"
#include "preference-text.h"

#define ALL "all"
#define ALL_ON_THE_BUS "*"

/* "KEY=" returns a key to its default. */
static gboolean
take_word (GVariantDict *changes, GStrvBuilder *reset, const char *word, GError **error)
{
  const char *equals = strchr (word, '=');
  g_autofree char *key = equals == NULL ? NULL : g_strndup (word, (gsize) (equals - word));
  const JtPreferenceRow *row;
  g_autoptr (GVariant) value = NULL;

  if (key == NULL || *key == '\0')
    {
      g_autofree char *shown = text_escape (word);

      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("'%s' is not KEY=VALUE, e.g. quiet-hours=22:00-07:00"), shown);
      return FALSE;
    }
  row = preference_find (key, error);
  if (row == NULL)
    return FALSE;
  if (equals[1] == '\0')
    {
      g_strv_builder_add (reset, key);
      return TRUE;
    }
  value = preference_parse (row, equals + 1, error);
  if (value == NULL)
    return FALSE;
  g_variant_dict_insert_value (changes, key, value);
  return TRUE;
}

static gboolean
take_reset (Context *context, GStrvBuilder *reset, GError **error)
{
  const char *const *keys = options_get_all (context->options, "reset");

  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      if (!g_str_equal (keys[i], ALL) && preference_find (keys[i], error) == NULL)
        return FALSE;
      g_strv_builder_add (reset, g_str_equal (keys[i], ALL) ? ALL_ON_THE_BUS : keys[i]);
    }
  return TRUE;
}

/* (transfer full) (nullable) */
static GVariant *
read_changes (Context *context, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GVariantDict) changes = G_VARIANT_DICT_INIT (NULL);
  g_auto (GStrv) reset = NULL;

  for (guint i = 0; i < context->n_arguments; i++)
    if (!take_word (&changes, builder, context->arguments[i], error))
      return NULL;
  if (!take_reset (context, builder, error))
    return NULL;
  reset = g_strv_builder_end (builder);
  if (reset[0] != NULL)
    g_variant_dict_insert (&changes, "reset", "^as", reset);
  return g_variant_ref_sink (g_variant_dict_end (&changes));
}

int
verb_notify_set (Context *context, GError **error)
{
  g_autoptr (GVariant) changes = NULL;
  guint32 uid;

  if (context->n_arguments == 0 && !options_has (context->options, "reset"))
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT,
                           _("what is to change? jobctl notify set KEY=VALUE, or --reset KEY; jobctl notify prefs lists the keys"));
      return JT_EXIT_USAGE;
    }
  changes = read_changes (context, error);
  if (changes == NULL || !notify_read_user (context, &uid, error))
    return JT_EXIT_USAGE;
  if (!notify_preferences_set (context, uid, changes, error))
    return JT_EXIT_FAILED;
  context_say (context, "%s", _("the preferences are changed"));
  return notify_preferences_show_changed (context, uid, error);
}
