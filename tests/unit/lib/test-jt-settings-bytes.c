/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-settings-bytes.h"

#include <string.h>

/* GVariant is the oracle: what it reads is what must be read, and what it takes for malformed must not pass. */

static const char *const dicts[] = {
  "@a{sv} {}",
  "{'a': <'x'>}",
  "{'': <''>}",
  "{'enabled': <false>, 'nice': <-5>, 'retries': <uint32 3>, 'timeout': <uint64 5400000000>, 'retry-jitter': <0.25>}",
  "{'command': <['tar', 'czf', '', 'Grüße']>, 'codes': <[0, 3, -1]>, 'none': <@as []>, 'no-codes': <@ai []>}",
  "{'as': <['x']>, 'bs': <['']>, 'cs': <['', '', 'y']>, 'keys': <['z']>, 'key': <['a', 'b']>}",
  "{'b': <true>, 'deep': <{'x': <('y', 1)>}>, 'last': <'z'>}",
};

static GVariant *
make_long (guint n_words)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  GVariantBuilder builder;

  for (guint i = 0; i < n_words; i++)
    g_ptr_array_add (words, g_strdup_printf ("word-%u", i));
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "before", g_variant_new_uint32 (1));
  g_variant_builder_add (&builder, "{sv}", "words",
                         g_variant_new_strv ((const char *const *) words->pdata, (gssize) words->len));
  g_variant_builder_add (&builder, "{sv}", "after", g_variant_new_string ("end"));
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static GVariant *
value_of (const JtSettingBytes *entry, gboolean is_trusted)
{
  g_autofree char *type = g_strndup (entry->type, entry->type_length);
  g_autoptr (GBytes) bytes = g_bytes_new (entry->value, entry->length);

  return g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (type), bytes, is_trusted));
}

/* @value: what is read when an as is asked for string by string. */
static void
assert_same_strings (const JtSettingBytes *entry, GVariant *value)
{
  g_autofree const char **strings = g_variant_get_strv (value, NULL);
  guint n = 0;

  for (; strings[n] != NULL; n++)
    g_assert_cmpstr (jt_setting_bytes_get_nth (entry, n), ==, strings[n]);
  g_assert_null (jt_setting_bytes_get_nth (entry, n));
  g_assert_null (jt_setting_bytes_get_nth (entry, G_MAXUINT));
}

static void
assert_same (GVariant *dict)
{
  g_autoptr (GVariant) normal = g_variant_get_normal_form (dict);
  gconstpointer data = g_variant_get_data (normal);
  JtSettingBytesIter iter;
  JtSettingBytes entry;
  GVariantIter oracle;
  const char *key;
  GVariant *value;

  jt_setting_bytes_iter_init (&iter, data, g_variant_get_size (normal));
  g_variant_iter_init (&oracle, normal);
  while (g_variant_iter_loop (&oracle, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) read = NULL;
      JtSettingBytes found;

      g_assert_true (jt_setting_bytes_iter_next (&iter, &entry));
      g_assert_cmpstr (entry.key, ==, key);
      g_assert_true (jt_setting_bytes_has_type (&entry, g_variant_get_type_string (value)));
      read = value_of (&entry, FALSE);
      g_assert_true (g_variant_equal (read, value));
      if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
        assert_same_strings (&entry, value);
      g_assert_true (jt_setting_bytes_find (data, g_variant_get_size (normal), key, &found));
      g_assert_true (found.value == entry.value);
    }
  g_assert_false (jt_setting_bytes_iter_next (&iter, &entry));
  g_assert_false (iter.is_damaged);
  g_assert_false (jt_setting_bytes_find (data, g_variant_get_size (normal), "absent", &entry));
}

static void
test_read (void)
{
  const guint lengths[] = { 0, 1, 20, 30, 31, 32, 33, 5000, 9000 };

  for (guint i = 0; i < G_N_ELEMENTS (dicts); i++)
    {
      g_autoptr (GVariant) dict = g_variant_ref_sink (g_variant_new_parsed (dicts[i]));

      assert_same (dict);
    }
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GVariant) dict = make_long (lengths[i]);

      assert_same (dict);
    }
}

/* Reads all of it. Whatever the bytes are, nothing outside them is touched, and a value that passes is one. */
static void
try_damaged (const guint8 *data, gsize length)
{
  g_autofree guint8 *copy = g_memdup2 (data, MAX (length, 1));
  JtSettingBytesIter iter;
  JtSettingBytes entry;

  jt_setting_bytes_iter_init (&iter, copy, length);
  while (jt_setting_bytes_iter_next (&iter, &entry))
    if (strlen (entry.key) < length && jt_setting_bytes_is_well (&entry))
      {
        g_autoptr (GVariant) value = value_of (&entry, FALSE);

        g_assert_true (g_variant_is_normal_form (value));
        if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
          assert_same_strings (&entry, value);
      }
}

static void
test_damaged (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (dicts); i++)
    {
      g_autoptr (GVariant) dict = g_variant_ref_sink (g_variant_new_parsed (dicts[i]));
      gsize length = g_variant_get_size (dict);
      g_autofree guint8 *data = g_malloc (length + 1);

      g_variant_store (dict, data);
      for (gsize cut = 0; cut <= length; cut++)
        try_damaged (data, cut);
      for (gsize at = 0; at < length; at++)
        for (guint byte = 0; byte < 256; byte++)
          {
            guint8 before = data[at];

            data[at] = (guint8) byte;
            try_damaged (data, length);
            data[at] = before;
          }
    }
}

static void
assert_well (const char *type, const char *value, gsize length, gboolean expected)
{
  JtSettingBytes entry = { .type = type, .type_length = strlen (type), .value = value, .length = length };

  g_assert_cmpint (jt_setting_bytes_is_well (&entry), ==, expected);
}

static void
test_values (void)
{
  assert_well ("s", "x", 2, TRUE);
  assert_well ("s", "x", 1, FALSE);
  assert_well ("s", "", 0, FALSE);
  assert_well ("s", "x\0y", 4, FALSE);
  assert_well ("s", "\xff", 2, FALSE);
  assert_well ("b", "\1", 1, TRUE);
  assert_well ("b", "\2", 1, FALSE);
  assert_well ("u", "1234", 4, TRUE);
  assert_well ("u", "123", 3, FALSE);
  assert_well ("t", "12345678", 8, TRUE);
  assert_well ("ai", "12345678", 8, TRUE);
  assert_well ("ai", "123456", 6, FALSE);
  assert_well ("as", "", 0, TRUE);
  assert_well ("as", "x\0\2", 3, TRUE);
  assert_well ("as", "x\0\3", 3, FALSE);
  assert_well ("as", "xy\2", 3, FALSE);
  assert_well ("(ss)", "x\0y\0\2", 5, FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings-bytes/read", test_read);
  g_test_add_func ("/settings-bytes/damaged", test_damaged);
  g_test_add_func ("/settings-bytes/values", test_values);
  return g_test_run ();
}
