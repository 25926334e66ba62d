/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-vardict.h"

#include "jt-error.h"
#include "jt-nearest.h"

#define MAX_KEYS 64

static const JtVardictKey *
find_key (const JtVardictKey *keys, const char *key)
{
  for (; keys->key != NULL; keys++)
    if (g_str_equal (keys->key, key))
      return keys;
  return NULL;
}

static void
set_unknown_error (GError **error, const JtVardictKey *keys, const char *what, const char *key)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *nearest;

  for (; keys->key != NULL; keys++)
    g_ptr_array_add (names, (char *) keys->key);
  g_ptr_array_add (names, NULL);
  nearest = jt_nearest (key, (const char *const *) names->pdata);
  if (nearest != NULL)
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "unknown %s '%.64s'; did you mean '%s'?", what, key, nearest);
  else
    g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "unknown %s '%.64s'", what, key);
}

gboolean
jt_vardict_check (GVariant *dict, const JtVardictKey *keys, const char *what, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, dict);
  if (g_variant_iter_n_children (&iter) > MAX_KEYS)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, "more than %d %ss", MAX_KEYS, what);
      return FALSE;
    }
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) owned = value;
      const JtVardictKey *known = find_key (keys, key);

      if (known == NULL)
        {
          set_unknown_error (error, keys, what, key);
          return FALSE;
        }
      if (!g_variant_is_of_type (owned, G_VARIANT_TYPE (known->type)))
        {
          g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "%s '%s': expected %s, got %s", what, key, known->type,
                       g_variant_get_type_string (owned));
          return FALSE;
        }
      if (!g_hash_table_add (seen, (char *) known->key))
        {
          g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "%s '%s' is given twice", what, key);
          return FALSE;
        }
    }
  return TRUE;
}

const char *
jt_vardict_get_string (GVariant *dict, const char *key, const char *fallback)
{
  const char *value = fallback;

  g_variant_lookup (dict, key, "&s", &value);
  return value;
}

guint64
jt_vardict_get_uint64 (GVariant *dict, const char *key, guint64 fallback)
{
  guint64 value = fallback;

  g_variant_lookup (dict, key, "t", &value);
  return value;
}

guint32
jt_vardict_get_uint32 (GVariant *dict, const char *key, guint32 fallback)
{
  guint32 value = fallback;

  g_variant_lookup (dict, key, "u", &value);
  return value;
}

gboolean
jt_vardict_get_boolean (GVariant *dict, const char *key, gboolean fallback)
{
  gboolean value = fallback;

  g_variant_lookup (dict, key, "b", &value);
  return value;
}

char **
jt_vardict_get_strv (GVariant *dict, const char *key)
{
  char **value = NULL;

  g_variant_lookup (dict, key, "^as", &value);
  return value;
}
