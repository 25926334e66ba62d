/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-store-rollups.h"

#include "jt-error.h"

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
  JtStatement *statement = jt_db_prepare (db, "INSERT OR REPLACE INTO rollup (scope, key, at, counts) VALUES (?1, ?2, ?3, ?4)", error);

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

/* --- reading --- */

static const char *
scope_of (const JtStatsQuery *query)
{
  return scopes[(query->of_owners ? 2 : 0) + (query->in_hours ? 0 : 1)].name;
}

static JtStatsGroup *
new_group (guint64 key, gint64 at_usec)
{
  JtStatsGroup *group = g_new0 (JtStatsGroup, 1);

  group->key = key;
  group->at_usec = at_usec;
  group->rollup = jt_rollup_new ();
  return group;
}

typedef struct
{
  const JtStatsQuery *query;
  GPtrArray          *groups;
  GHashTable         *by_time; /* &group->at_usec → JtStatsGroup (unowned) */
} Reading;

/* The group that a row of @key at @at_usec belongs to. */
static JtStatsGroup *
find_group (Reading *reading, guint64 key, gint64 at_usec)
{
  GPtrArray *groups = reading->groups;
  JtStatsGroup *last = groups->len > 0 ? g_ptr_array_index (groups, groups->len - 1) : NULL;
  JtStatsGroup *group;

  if (reading->query->by == JT_STATS_WHOLE)
    return last;
  if (reading->query->by == JT_STATS_BY_KEY && last != NULL && last->key == key)
    return last;
  group = reading->query->by == JT_STATS_BY_TIME ? g_hash_table_lookup (reading->by_time, &at_usec) : NULL;
  if (group != NULL)
    return group;
  group = new_group (reading->query->by == JT_STATS_BY_KEY ? key : 0, reading->query->by == JT_STATS_BY_TIME ? at_usec : 0);
  g_ptr_array_add (groups, group);
  if (reading->query->by == JT_STATS_BY_TIME)
    g_hash_table_insert (reading->by_time, &group->at_usec, group);
  return group;
}

static gboolean
read_key (JtDb *db, Reading *reading, guint64 key, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  JtStatement *row = jt_db_prepare (db, "SELECT at, counts FROM rollup WHERE scope = ?1 AND key = ?2 AND at >= ?3 AND at < ?4 ORDER BY at",
                                    error);

  if (row == NULL)
    return FALSE;
  jt_statement_bind_text (row, scope_of (reading->query));
  jt_statement_bind_int (row, (gint64) key);
  jt_statement_bind_int (row, reading->query->since_usec);
  jt_statement_bind_int (row, reading->query->until_usec);
  while (jt_statement_step (row, &local_error))
    {
      gint64 at_usec = jt_statement_int (row);

      merge_row (row, find_group (reading, key, at_usec)->rollup);
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* From owner to owner by the index, however many rows each has. -1: no more, or @error. */
static gint64
next_owner (JtDb *db, const JtStatsQuery *query, gint64 after, GError **error)
{
  JtStatement *row = jt_db_prepare (db, "SELECT key FROM rollup WHERE scope = ?1 AND key > ?2 ORDER BY key LIMIT 1", error);
  gint64 key = -1;

  if (row == NULL)
    return -1;
  jt_statement_bind_text (row, scope_of (query));
  jt_statement_bind_int (row, after);
  if (!jt_statement_step (row, error))
    return -1;
  key = jt_statement_int (row);
  jt_statement_step (row, NULL);
  return key;
}

static gboolean
read_every_owner (JtDb *db, Reading *reading, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gint64 key = -1;

  while ((key = next_owner (db, reading->query, key, &local_error)) >= 0)
    if (!read_key (db, reading, (guint64) key, error))
      return FALSE;
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  const JtStatsGroup *x = *(JtStatsGroup *const *) a;
  const JtStatsGroup *y = *(JtStatsGroup *const *) b;

  return x->at_usec < y->at_usec ? -1 : x->at_usec > y->at_usec;
}

GPtrArray *
jt_store_read_statistics (JtDb *db, const JtStatsQuery *query, GError **error)
{
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_stats_group_free);
  g_autoptr (GHashTable) by_time = g_hash_table_new (g_int64_hash, g_int64_equal);
  Reading reading = { query, groups, by_time };

  if (query->by == JT_STATS_WHOLE)
    g_ptr_array_add (groups, new_group (0, 0));
  if (query->keys == NULL && !read_every_owner (db, &reading, error))
    return NULL;
  for (guint i = 0; query->keys != NULL && i < query->keys->len; i++)
    if (!read_key (db, &reading, g_array_index (query->keys, guint64, i), error))
      return NULL;
  if (query->by == JT_STATS_BY_TIME)
    g_ptr_array_sort (groups, compare_times);
  return g_steal_pointer (&groups);
}
