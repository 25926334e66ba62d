/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-row-writer.h"

#include <string.h>

/* Rows written as bytes are to the last byte what GLib makes of the same values. */

static const char *const state_names[] = { "scheduled", "succeeded", "failed" };

/* One row of everything there is, @value in it: added to both. */
static void
add_row (JtRowWriter *writer, GVariantBuilder *builder, const char *value, const guint64 counts[3])
{
  guint64 numbers[] = { 1, G_MAXUINT64, counts[1] };

  jt_row_writer_begin (writer);
  jt_row_writer_add_string (writer, "job", value);
  jt_row_writer_add_boolean (writer, "removed", counts[1] > 0);
  jt_row_writer_add_uint64 (writer, "count", counts[0]);
  jt_row_writer_add_counts (writer, "counts", state_names, counts, G_N_ELEMENTS (state_names));
  jt_row_writer_add_double (writer, "success-rate", 0.25);
  jt_row_writer_add_numbers (writer, value, "(ttt)", numbers, G_N_ELEMENTS (numbers));
  jt_row_writer_end (writer);

  g_variant_builder_open (builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (builder, "{sv}", "job", g_variant_new_string (value));
  g_variant_builder_add (builder, "{sv}", "removed", g_variant_new_boolean (counts[1] > 0));
  g_variant_builder_add (builder, "{sv}", "count", g_variant_new_uint64 (counts[0]));
  g_variant_builder_open (builder, G_VARIANT_TYPE ("{sv}"));
  g_variant_builder_add (builder, "s", "counts");
  g_variant_builder_open (builder, G_VARIANT_TYPE_VARIANT);
  g_variant_builder_open (builder, G_VARIANT_TYPE ("a{st}"));
  for (guint i = 0; i < G_N_ELEMENTS (state_names); i++)
    if (counts[i] > 0)
      g_variant_builder_add (builder, "{st}", state_names[i], counts[i]);
  g_variant_builder_close (builder);
  g_variant_builder_close (builder);
  g_variant_builder_close (builder);
  g_variant_builder_add (builder, "{sv}", "success-rate", g_variant_new_double (0.25));
  g_variant_builder_add (builder, "{sv}", value, g_variant_new ("(ttt)", numbers[0], numbers[1], numbers[2]));
  g_variant_builder_close (builder);
}

static void
assert_same (JtRowWriter *writer, GVariantBuilder *builder)
{
  g_autoptr (GVariant) written = g_variant_ref_sink (jt_row_writer_take (writer));
  g_autoptr (GVariant) made = g_variant_ref_sink (g_variant_builder_end (builder));
  g_autoptr (GVariant) copy = g_variant_new_from_data (G_VARIANT_TYPE ("aa{sv}"), g_variant_get_data (written), g_variant_get_size (written), FALSE,
                                                       NULL, NULL);

  g_variant_ref_sink (copy);
  g_assert_true (g_variant_is_normal_form (copy));
  g_assert_true (g_variant_equal (copy, made));
  g_assert_cmpmem (g_variant_get_data (written), g_variant_get_size (written), g_variant_get_data (made), g_variant_get_size (made));
}

/* Lengths of every kind of padding, and across the places where an offset needs one more byte: 255 and 65535 bytes. */
static void
test_rows_of_every_length (void)
{
  const guint64 counts[] = { 7, 0, 9 };

  for (guint i = 0; i < 66200; i += i < 300 || (i >= 64800 && i < 65700) ? 1 : 617)
    {
      g_autofree char *value = g_strnfill (i, 'x');
      g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
      JtRowWriter writer;

      jt_row_writer_init (&writer);
      add_row (&writer, &builder, value, counts);
      assert_same (&writer, &builder);
    }
}

static void
test_number_of_rows (gconstpointer data)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  JtRowWriter writer;

  jt_row_writer_init (&writer);
  for (guint64 i = 0; i < GPOINTER_TO_UINT (data); i++)
    {
      const guint64 counts[] = { i % 2, i % 3, i % 5 };
      g_autofree char *value = g_strnfill (i % 40, 'x');

      add_row (&writer, &builder, value, counts);
    }
  assert_same (&writer, &builder);
}

static void
test_row_of_nothing (void)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  JtRowWriter writer;

  jt_row_writer_init (&writer);
  for (guint i = 0; i < 2; i++)
    {
      jt_row_writer_begin (&writer);
      jt_row_writer_end (&writer);
      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_close (&builder);
    }
  assert_same (&writer, &builder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/row-writer/every-length", test_rows_of_every_length);
  g_test_add_func ("/row-writer/row-of-nothing", test_row_of_nothing);
  g_test_add_data_func ("/row-writer/no-row", GUINT_TO_POINTER (0), test_number_of_rows);
  g_test_add_data_func ("/row-writer/one-row", GUINT_TO_POINTER (1), test_number_of_rows);
  g_test_add_data_func ("/row-writer/some-rows", GUINT_TO_POINTER (150), test_number_of_rows);
  g_test_add_data_func ("/row-writer/many-rows", GUINT_TO_POINTER (2000), test_number_of_rows);
  return g_test_run ();
}
