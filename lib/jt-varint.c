/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-varint.h"

void
jt_varint_append (GByteArray *bytes, guint64 value)
{
  guint8 buffer[10];
  guint length = 0;

  do
    {
      buffer[length] = (guint8) (value & 0x7f);
      value >>= 7;
      if (value != 0)
        buffer[length] |= 0x80;
      length++;
    }
  while (value != 0);
  g_byte_array_append (bytes, buffer, length);
}

gboolean
jt_varint_read_long (const guint8 **bytes, const guint8 *end, guint64 *value)
{
  *value = 0;
  for (guint shift = 0; shift < 64 && *bytes < end; shift += 7)
    {
      guint8 byte = *(*bytes)++;

      *value |= (guint64) (byte & 0x7f) << shift;
      if ((byte & 0x80) == 0)
        return TRUE;
    }
  return FALSE;
}
