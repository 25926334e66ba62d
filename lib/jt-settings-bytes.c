/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-settings-bytes.h"

#include <string.h>

#define ALIGN_8(n) (((n) + 7) & ~(gsize) 7)

/* A container of variable parts ends with the ends of its parts, each as wide as the container's size needs. */
static gsize
offset_size_of (gsize length)
{
  if (length > G_MAXUINT32)
    return 8;
  return length > G_MAXUINT16 ? 4 : length > G_MAXUINT8 ? 2 : 1;
}

/* Always in little-endian order. */
static gsize
read_offset (const guint8 *at, gsize size)
{
  gsize offset = 0;

  for (gsize i = size; i > 0; i--)
    offset = offset << 8 | at[i - 1];
  return offset;
}

void
jt_setting_bytes_iter_init (JtSettingBytesIter *iter, gconstpointer data, gsize length)
{
  gsize size = offset_size_of (length);

  *iter = (JtSettingBytesIter){ .data = data, .offset_size = size };
  if (length == 0)
    return;
  iter->offsets = read_offset (iter->data + length - size, size);
  iter->is_damaged = iter->offsets > length - size || (length - iter->offsets) % size != 0;
  if (!iter->is_damaged)
    iter->n_entries = (guint) ((length - iter->offsets) / size);
}

/* @data: one {sv} of @length bytes. */
static gboolean
read_entry (const guint8 *data, gsize length, JtSettingBytes *entry)
{
  gsize size = offset_size_of (length);
  gsize end, key_end;
  const guint8 *type;

  if (length <= size)
    return FALSE;
  end = length - size;
  key_end = read_offset (data + end, size);
  if (key_end == 0 || ALIGN_8 (key_end) >= end || data[key_end - 1] != '\0')
    return FALSE;
  /* A variant is a value, a zero byte, and the value's type. */
  type = memrchr (data + ALIGN_8 (key_end), '\0', end - ALIGN_8 (key_end));
  if (type == NULL)
    return FALSE;
  entry->key = (const char *) data;
  entry->value = data + ALIGN_8 (key_end);
  entry->length = (gsize) (type - (const guint8 *) entry->value);
  entry->type = (const char *) type + 1;
  entry->type_length = (gsize) (data + end - type) - 1;
  return TRUE;
}

/* Where the next entry lies. */
static gboolean
next_span (JtSettingBytesIter *iter, gsize *start, gsize *end)
{
  if (iter->is_damaged || iter->index == iter->n_entries)
    return FALSE;
  *start = ALIGN_8 (iter->position);
  *end = read_offset (iter->data + iter->offsets + iter->index * iter->offset_size, iter->offset_size);
  iter->is_damaged = *end < *start || *end > iter->offsets;
  iter->position = *end;
  iter->index++;
  return !iter->is_damaged;
}

gboolean
jt_setting_bytes_iter_next (JtSettingBytesIter *iter, JtSettingBytes *entry)
{
  gsize start, end;

  if (!next_span (iter, &start, &end))
    return FALSE;
  iter->is_damaged = !read_entry (iter->data + start, end - start, entry);
  return !iter->is_damaged;
}

gboolean
jt_setting_bytes_find (gconstpointer data, gsize length, const char *key, JtSettingBytes *entry)
{
  gsize key_size = strlen (key) + 1;
  JtSettingBytesIter iter;
  gsize start, end;

  jt_setting_bytes_iter_init (&iter, data, length);
  /* Most are passed by: an entry begins with its key, and is taken apart only if that is the one. */
  while (next_span (&iter, &start, &end))
    if (end - start >= key_size && memcmp (iter.data + start, key, key_size) == 0)
      return read_entry (iter.data + start, end - start, entry);
  return FALSE;
}

const char *
jt_setting_bytes_get_nth (const JtSettingBytes *entry, guint n)
{
  const guint8 *data = entry->value;
  gsize size = offset_size_of (entry->length);
  gsize offsets;

  if (entry->length == 0)
    return NULL;
  offsets = read_offset (data + entry->length - size, size);
  if (n >= (entry->length - offsets) / size)
    return NULL;
  return (const char *) data + (n == 0 ? 0 : read_offset (data + offsets + (n - 1) * size, size));
}

gboolean
jt_setting_bytes_has_type (const JtSettingBytes *entry, const char *type)
{
  return strlen (type) == entry->type_length && memcmp (type, entry->type, entry->type_length) == 0;
}

static gboolean
is_well_string (const char *text, gsize length)
{
  return length > 0 && text[length - 1] == '\0' && g_utf8_validate_len (text, length - 1, NULL);
}

static gboolean
is_well_string_array (const guint8 *data, gsize length)
{
  gsize size = offset_size_of (length);
  gsize offsets, start = 0;

  if (length == 0)
    return TRUE;
  offsets = read_offset (data + length - size, size);
  if (offsets > length - size || (length - offsets) % size != 0)
    return FALSE;
  for (gsize at = offsets; at < length; at += size)
    {
      gsize end = read_offset (data + at, size);

      if (end < start || end > offsets || !is_well_string ((const char *) data + start, end - start))
        return FALSE;
      start = end;
    }
  return TRUE;
}

gboolean
jt_setting_bytes_is_well (const JtSettingBytes *entry)
{
  if (jt_setting_bytes_has_type (entry, "as"))
    return is_well_string_array (entry->value, entry->length);
  if (jt_setting_bytes_has_type (entry, "ai"))
    return entry->length % sizeof (gint32) == 0;
  if (entry->type_length != 1)
    return FALSE;
  switch (*entry->type)
    {
    case 's':
      return is_well_string (entry->value, entry->length);
    case 'b':
      return entry->length == 1 && *(const guint8 *) entry->value <= 1;
    case 'u':
    case 'i':
      return entry->length == sizeof (guint32);
    case 't':
    case 'd':
      return entry->length == sizeof (guint64);
    default:
      return FALSE;
    }
}
