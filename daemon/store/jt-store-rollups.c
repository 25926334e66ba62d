/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-store-rollups.h"

#define HOUR_USEC (3600 * (gint64) G_USEC_PER_SEC)
#define DAY_USEC (24 * HOUR_USEC)

typedef struct
{
  guint   scope; /* index into scopes */
  guint64 key;
  gint64  at_usec;
} RollupKey;

static const struct
{
  const char *name;
  gboolean    is_of_owner;
  gint64      width_usec;
} scopes[] = {
  { "job-hour", FALSE, HOUR_USEC },
  { "job-day", FALSE, DAY_USEC },
  { "owner-hour", TRUE, HOUR_USEC },
  { "owner-day", TRUE, DAY_USEC },
};

struct _JtRollupDelta
{
  GHashTable *rollups; /* RollupKey (owned) → JtRollup (owned) */
};

static guint
key_hash (gconstpointer data)
{
  const RollupKey *key = data;

  return (guint) (key->key * 2654435761u) ^ (guint) (key->at_usec / HOUR_USEC) ^ (key->scope << 30);
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  const RollupKey *x = a;
  const RollupKey *y = b;

  return x->scope == y->scope && x->key == y->key && x->at_usec == y->at_usec;
}

JtRollupDelta *
jt_rollup_delta_new (void)
{
  JtRollupDelta *delta = g_new0 (JtRollupDelta, 1);

  delta->rollups = g_hash_table_new_full (key_hash, key_equal, g_free, (GDestroyNotify) jt_rollup_free);
  return delta;
}

void
jt_rollup_delta_free (JtRollupDelta *delta)
{
  if (delta == NULL)
    return;
  g_hash_table_unref (delta->rollups);
  g_free (delta);
}

void
jt_rollup_delta_clear (JtRollupDelta *delta)
{
  g_hash_table_remove_all (delta->rollups);
}

void
jt_rollup_delta_add (JtRollupDelta *delta, const JtSample *sample)
{
  for (guint i = 0; i < G_N_ELEMENTS (scopes); i++)
    {
      RollupKey key = { i, scopes[i].is_of_owner ? sample->owner : sample->job, 0 };
      JtRollup *rollup;

      key.at_usec = sample->at_usec - sample->at_usec % scopes[i].width_usec;
      rollup = g_hash_table_lookup (delta->rollups, &key);
      if (rollup == NULL)
        {
          rollup = jt_rollup_new ();
          g_hash_table_insert (delta->rollups, g_memdup2 (&key, sizeof key), rollup);
        }
      jt_rollup_add (rollup, sample);
    }
}

static gboolean
merge_row (JtStatement *row, JtRollup *rollup)
{
  gsize length;
  const guint8 *bytes = jt_statement_blob (row, &length);

  return jt_rollup_merge_encoded (rollup, bytes, length);
}

/* What is on record already; a row that makes no sense is left out, and what comes now takes its place. */
static gboolean
merge_recorded (JtDb *db, const RollupKey *key, JtRollup *rollup, GError **error)
{
  JtStatement *row = jt_db_prepare (db, "SELECT counts FROM rollup WHERE scope = ?1 AND key = ?2 AND at = ?3", error);
  g_autoptr (GError) local_error = NULL;

  if (row == NULL)
    return FALSE;
  jt_statement_bind_text (row, scopes[key->scope].name);
  jt_statement_bind_int (row, (gint64) key->key);
  jt_statement_bind_int (row, key->at_usec);
  if (jt_statement_step (row, &local_error))
    {
      if (!merge_row (row, rollup))
        g_warning ("statistics of %s %" G_GUINT64_FORMAT " are damaged", scopes[key->scope].name, key->key);
      jt_statement_step (row, NULL);
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
write_rollup (JtDb *db, const RollupKey *key, const JtRollup *rollup, GError **error)
{
  g_autoptr (GByteArray) bytes = jt_rollup_encode (rollup);
  JtStatement *statement = jt_db_prepare (db, "INSERT INTO rollup (scope, key, at, counts) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET counts = ?4", error);

  if (statement == NULL)
    return FALSE;
  jt_statement_bind_text (statement, scopes[key->scope].name);
  jt_statement_bind_int (statement, (gint64) key->key);
  jt_statement_bind_int (statement, key->at_usec);
  jt_statement_bind_blob (statement, bytes->data, bytes->len);
  return jt_statement_run (statement, error);
}

gboolean
jt_rollup_delta_write (JtRollupDelta *delta, JtDb *db, GError **error)
{
  GHashTableIter iter;
  gpointer key;
  gpointer rollup;

  g_hash_table_iter_init (&iter, delta->rollups);
  while (g_hash_table_iter_next (&iter, &key, &rollup))
    if (!merge_recorded (db, key, rollup, error) || !write_rollup (db, key, rollup, error))
      return FALSE;
  jt_rollup_delta_clear (delta);
  return TRUE;
}
