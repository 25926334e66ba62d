/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-row-writer.h"

#include <string.h>

/* Of everything here that is aligned. */
#define ALIGNMENT 8

void
jt_row_writer_init (JtRowWriter *writer)
{
  writer->bytes = g_byte_array_new ();
  writer->rows = g_array_new (FALSE, FALSE, sizeof (gsize));
  writer->entries = g_array_new (FALSE, FALSE, sizeof (gsize));
  writer->row = 0;
}

static void
append (JtRowWriter *writer, gconstpointer data, gsize length)
{
  g_byte_array_append (writer->bytes, data, (guint) length);
}

static void
align (JtRowWriter *writer)
{
  static const guint8 zeros[ALIGNMENT] = { 0 };

  append (writer, zeros, (ALIGNMENT - writer->bytes->len % ALIGNMENT) % ALIGNMENT);
}

/* How wide offsets are in a container of @length bytes and @n_offsets of them: no wider than need be. */
static guint
offset_width (gsize length, gsize n_offsets)
{
  if (length + n_offsets <= G_MAXUINT8)
    return 1;
  if (length + 2 * n_offsets <= G_MAXUINT16)
    return 2;
  return length + 4 * n_offsets <= G_MAXUINT32 ? 4 : 8;
}

static void
append_offset (JtRowWriter *writer, gsize offset, guint width)
{
  guint8 little[sizeof offset];

  for (guint i = 0; i < sizeof little; i++)
    little[i] = (guint8) (offset >> (8 * i));
  append (writer, little, width);
}

/* Behind an array that begins at @begin: where each of its members ends, from there. */
static void
append_offsets (JtRowWriter *writer, gsize begin, const GArray *ends)
{
  guint width = offset_width (writer->bytes->len - begin, ends->len);

  for (guint i = 0; i < ends->len; i++)
    append_offset (writer, g_array_index (ends, gsize, i), width);
}

/* A pair whose first member is @name; its second follows, and then end_pair(). Returns where it begins. */
static gsize
begin_pair (JtRowWriter *writer, const char *name)
{
  gsize begin;

  align (writer);
  begin = writer->bytes->len;
  append (writer, name, strlen (name) + 1);
  align (writer);
  return begin;
}

/* Behind it: where its name ends. */
static void
end_pair (JtRowWriter *writer, gsize begin, const char *name)
{
  append_offset (writer, strlen (name) + 1, offset_width (writer->bytes->len - begin, 1));
}

/* The value of the entry under way is written: its type behind it makes it a variant. */
static void
end_entry (JtRowWriter *writer, gsize begin, const char *key, const char *type)
{
  gsize end;

  append (writer, "", 1);
  append (writer, type, strlen (type));
  end_pair (writer, begin, key);
  end = writer->bytes->len - writer->row;
  g_array_append_val (writer->entries, end);
}

static void
add_value (JtRowWriter *writer, const char *key, const char *type, gconstpointer data, gsize length)
{
  gsize begin = begin_pair (writer, key);

  append (writer, data, length);
  end_entry (writer, begin, key, type);
}

void
jt_row_writer_begin (JtRowWriter *writer)
{
  align (writer);
  writer->row = writer->bytes->len;
  g_array_set_size (writer->entries, 0);
}

void
jt_row_writer_add_uint64 (JtRowWriter *writer, const char *key, guint64 value)
{
  add_value (writer, key, "t", &value, sizeof value);
}

void
jt_row_writer_add_double (JtRowWriter *writer, const char *key, double value)
{
  add_value (writer, key, "d", &value, sizeof value);
}

void
jt_row_writer_add_boolean (JtRowWriter *writer, const char *key, gboolean value)
{
  guint8 byte = value ? 1 : 0;

  add_value (writer, key, "b", &byte, sizeof byte);
}

void
jt_row_writer_add_string (JtRowWriter *writer, const char *key, const char *value)
{
  add_value (writer, key, "s", value, strlen (value) + 1);
}

void
jt_row_writer_add_numbers (JtRowWriter *writer, const char *key, const char *type, const guint64 *numbers, guint n_numbers)
{
  add_value (writer, key, type, numbers, n_numbers * sizeof *numbers);
}

void
jt_row_writer_add_counts (JtRowWriter *writer, const char *key, const char *const *names, const guint64 *counts, guint n_counts)
{
  g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (gsize));
  gsize entry = begin_pair (writer, key);
  gsize array = writer->bytes->len;

  for (guint i = 0; i < n_counts; i++)
    {
      gsize pair, end;

      if (counts[i] == 0)
        continue;
      pair = begin_pair (writer, names[i]);
      append (writer, &counts[i], sizeof counts[i]);
      end_pair (writer, pair, names[i]);
      end = writer->bytes->len - array;
      g_array_append_val (ends, end);
    }
  append_offsets (writer, array, ends);
  end_entry (writer, entry, key, "a{st}");
}

void
jt_row_writer_end (JtRowWriter *writer)
{
  gsize end;

  append_offsets (writer, writer->row, writer->entries);
  end = writer->bytes->len;
  g_array_append_val (writer->rows, end);
}

GVariant *
jt_row_writer_take (JtRowWriter *writer)
{
  g_autoptr (GBytes) bytes = NULL;

  append_offsets (writer, 0, writer->rows);
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&writer->bytes));
  g_clear_pointer (&writer->rows, g_array_unref);
  g_clear_pointer (&writer->entries, g_array_unref);
  return g_variant_new_from_bytes (G_VARIANT_TYPE ("aa{sv}"), bytes, TRUE);
}
