/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* Reads the a{sv} at the end of extensible calls: every key must be known and of its type, so a
 * typing mistake is an InvalidArgument that names the key and the nearest known one, not silence. */

typedef struct
{
  const char *key;  /* kebab-case */
  const char *type; /* GVariant type string */
} JtVardictKey;

/* Checks @dict (a{sv}) against @keys (terminated by a NULL key). @what names the dictionary in
 * messages ("option", "filter key"). Fails with JT_ERROR_INVALID_ARGUMENT. A key given twice fails too. */
gboolean jt_vardict_check (GVariant *dict, const JtVardictKey *keys, const char *what, GError **error);

/* Getters for a checked dictionary: the default when the key is absent. */
const char *jt_vardict_get_string (GVariant *dict, const char *key, const char *fallback);
guint64     jt_vardict_get_uint64 (GVariant *dict, const char *key, guint64 fallback);
guint32     jt_vardict_get_uint32 (GVariant *dict, const char *key, guint32 fallback);
gboolean    jt_vardict_get_boolean (GVariant *dict, const char *key, gboolean fallback);
/* (transfer full) (nullable) */
char **jt_vardict_get_strv (GVariant *dict, const char *key);
