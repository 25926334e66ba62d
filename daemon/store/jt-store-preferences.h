/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-db.h"
#include "jt-store.h"

/* What users set for themselves: preferences and templates. */

gboolean   jt_store_put_preferences (JtDb *db, guint32 uid, GVariant *settings, gint64 at_usec, GError **error);
gboolean   jt_store_read_preferences (JtDb *db, GHashTable *preferences, GError **error);
gboolean   jt_store_put_template (JtDb *db, guint32 uid, const char *name, const char *text, gint64 at_usec, GError **error);
char      *jt_store_read_template (JtDb *db, guint32 uid, const char *name, GError **error);
GPtrArray *jt_store_read_templates (JtDb *db, guint32 uid, GError **error);
