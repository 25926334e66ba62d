/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Whole numbers of variable length, seven bits a byte, the least first (LEB128, as DWARF 5 section 7.6 has it). */

void     jt_varint_append (GByteArray *bytes, guint64 value);
gboolean jt_varint_read_long (const guint8 **bytes, const guint8 *end, guint64 *value);

/* Moves *@bytes behind the number. FALSE when it is cut short at @end. (Most are one byte, and there are very many.) */
static inline gboolean
jt_varint_read (const guint8 **bytes, const guint8 *end, guint64 *value)
{
  if (*bytes >= end || **bytes >= 0x80)
    return jt_varint_read_long (bytes, end, value);
  *value = *(*bytes)++;
  return TRUE;
}
