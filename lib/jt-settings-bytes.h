/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Settings as they lie in memory and on record: a serialized a{sv} (GVariant's format, whose normal form never changes), read in place.
 * GVariant itself makes an object of each part on the way to a value, which takes fifty times as long, and the service asks for
 * settings all the time. Borrows everything from the bytes. Pure. */

typedef struct
{
  const char   *key;
  const char   *type;        /* type string, not terminated */
  gsize         type_length;
  gconstpointer value;       /* serialized */
  gsize         length;
} JtSettingBytes;

typedef struct
{
  const guint8 *data;
  gsize         offsets;     /* where the ends of the entries stand */
  gsize         offset_size;
  gsize         position;    /* behind the entry before */
  guint         n_entries;
  guint         index;
  gboolean      is_damaged;
} JtSettingBytesIter;

/* @data: aligned to 8 bytes. */
void     jt_setting_bytes_iter_init (JtSettingBytesIter *iter, gconstpointer data, gsize length);
/* FALSE at the end, and when what comes is nonsense: then iter->is_damaged. Whether the value is well formed is not looked at. */
gboolean jt_setting_bytes_iter_next (JtSettingBytesIter *iter, JtSettingBytes *entry);
gboolean jt_setting_bytes_find (gconstpointer data, gsize length, const char *key, JtSettingBytes *entry);
/* Of an as whose value is well formed: one string of it; NULL behind the last. */
const char *jt_setting_bytes_get_nth (const JtSettingBytes *entry, guint n);
gboolean jt_setting_bytes_has_type (const JtSettingBytes *entry, const char *type);
/* Whether the value is a well-formed one of its type, which is one of s, as, b, t, u, i, d, ai. */
gboolean jt_setting_bytes_is_well (const JtSettingBytes *entry);
