/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-store-preferences.h"

#include "jt-error.h"

static gboolean
remove_preferences (JtDb *db, guint32 uid, GError **error)
{
  JtStatement *statement = jt_db_prepare (db, "DELETE FROM preference WHERE uid = ?1", error);

  if (statement == NULL)
    return FALSE;
  jt_statement_bind_int (statement, uid);
  return jt_statement_run (statement, error);
}

/* @settings: (nullable) */
gboolean
jt_store_put_preferences (JtDb *db, guint32 uid, GVariant *settings, gint64 at_usec, GError **error)
{
  JtStatement *statement;

  if (settings == NULL)
    return remove_preferences (db, uid, error);
  statement = jt_db_prepare (db, "INSERT OR REPLACE INTO preference (uid, settings, at) VALUES (?1, ?2, ?3)", error);
  if (statement == NULL)
    return FALSE;
  jt_statement_bind_int (statement, uid);
  jt_statement_bind_blob (statement, g_variant_get_data (settings), g_variant_get_size (settings));
  jt_statement_bind_int (statement, at_usec);
  return jt_statement_run (statement, error);
}

/* @preferences: uid → a{sv} */
gboolean
jt_store_read_preferences (JtDb *db, GHashTable *preferences, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  JtStatement *row = jt_db_prepare (db, "SELECT uid, settings FROM preference", error);

  if (row == NULL)
    return FALSE;
  while (jt_statement_step (row, &local_error))
    {
      gpointer uid = GUINT_TO_POINTER ((guint) jt_statement_int (row));
      gsize length;
      gconstpointer data = jt_statement_blob (row, &length);
      g_autoptr (GBytes) bytes = g_bytes_new (data, length);

      g_hash_table_insert (preferences, uid, g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE)));
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
remove_template (JtDb *db, guint32 uid, const char *name, GError **error)
{
  JtStatement *statement = jt_db_prepare (db, "DELETE FROM template WHERE uid = ?1 AND name = ?2", error);

  if (statement == NULL)
    return FALSE;
  jt_statement_bind_int (statement, uid);
  jt_statement_bind_text (statement, name);
  return jt_statement_run (statement, error);
}

/* @text: (nullable) */
gboolean
jt_store_put_template (JtDb *db, guint32 uid, const char *name, const char *text, gint64 at_usec, GError **error)
{
  JtStatement *statement;

  if (text == NULL)
    return remove_template (db, uid, name, error);
  statement = jt_db_prepare (db, "INSERT OR REPLACE INTO template (uid, name, text, at) VALUES (?1, ?2, ?3, ?4)", error);
  if (statement == NULL)
    return FALSE;
  jt_statement_bind_int (statement, uid);
  jt_statement_bind_text (statement, name);
  jt_statement_bind_text (statement, text);
  jt_statement_bind_int (statement, at_usec);
  return jt_statement_run (statement, error);
}

char *
jt_store_read_template (JtDb *db, guint32 uid, const char *name, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  JtStatement *row = jt_db_prepare (db, "SELECT text FROM template WHERE uid = ?1 AND name = ?2", error);
  char *text = NULL;

  if (row == NULL)
    return NULL;
  jt_statement_bind_int (row, uid);
  jt_statement_bind_text (row, name);
  if (jt_statement_step (row, &local_error))
    text = g_strdup (jt_statement_text (row));
  else if (local_error == NULL)
    g_set_error_literal (&local_error, JT_ERROR, JT_ERROR_NOT_FOUND, "no such template");
  jt_statement_end (row);
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return text;
}

GPtrArray *
jt_store_read_templates (JtDb *db, guint32 uid, GError **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_template_entry_free);
  g_autoptr (GError) local_error = NULL;
  JtStatement *row = jt_db_prepare (db, "SELECT name, at FROM template WHERE uid = ?1 ORDER BY name LIMIT ?2", error);

  if (row == NULL)
    return NULL;
  jt_statement_bind_int (row, uid);
  jt_statement_bind_int (row, JT_TEMPLATES_MAX);
  while (jt_statement_step (row, &local_error))
    {
      JtTemplateEntry *entry = g_new0 (JtTemplateEntry, 1);

      entry->name = g_strdup (jt_statement_text (row));
      entry->changed_usec = jt_statement_int (row);
      g_ptr_array_add (entries, entry);
    }
  if (local_error == NULL)
    return g_steal_pointer (&entries);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}
