/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-keys.h"

#define MAX_KEYS 64

static GVariant **
make_names (const JtKeys *keys, gboolean is_row)
{
  GVariant **names = g_new0 (GVariant *, keys->n_keys);

  for (guint i = 0; i < keys->n_keys; i++)
    {
      const char *name = is_row ? keys->keys[i].row : keys->keys[i].property;

      if (name != NULL)
        names[i] = g_variant_ref_sink (g_variant_new_string (name));
    }
  return names;
}

static void
ensure_made (JtKeys *keys)
{
  if (!g_once_init_enter (&keys->is_made))
    return;
  g_assert (keys->n_keys <= MAX_KEYS);
  keys->rows = make_names (keys, TRUE);
  keys->properties = make_names (keys, FALSE);
  g_once_init_leave (&keys->is_made, 1);
}

static GVariant *
make_entries (const JtKeys *keys, GVariant **names, GVariant **values, GVariant **except)
{
  GVariant *entries[MAX_KEYS];
  guint count = 0;

  for (guint i = 0; i < keys->n_keys; i++)
    {
      if (names[i] == NULL || values[i] == NULL || (except != NULL && except[i] != NULL && g_variant_equal (values[i], except[i])))
        continue;
      entries[count++] = g_variant_new_dict_entry (names[i], g_variant_new_variant (values[i]));
      values[i] = NULL;
    }
  return g_variant_new_array (G_VARIANT_TYPE ("{sv}"), entries, count);
}

GVariant *
jt_keys_make_row (JtKeys *keys, GVariant **values)
{
  ensure_made (keys);
  return make_entries (keys, keys->rows, values, NULL);
}

GVariant *
jt_keys_make_properties (JtKeys *keys, GVariant **values, GVariant **except)
{
  ensure_made (keys);
  return make_entries (keys, keys->properties, values, except);
}

void
jt_keys_drop (GVariant **values, guint n_values)
{
  for (guint i = 0; i < n_values; i++)
    if (values[i] != NULL)
      g_variant_unref (g_variant_ref_sink (g_steal_pointer (&values[i])));
}
