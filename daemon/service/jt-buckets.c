/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-buckets.h"

#define MAX_BUCKETS 1024

typedef struct
{
  double tokens;
  gint64 at_usec;
} Bucket;

struct _JtBuckets
{
  JtClock    *clock; /* (owned) */
  guint       per_second;
  guint       burst;
  GHashTable *buckets; /* uid → Bucket */
};

JtBuckets *
jt_buckets_new (JtClock *clock)
{
  JtBuckets *self = g_new0 (JtBuckets, 1);

  self->clock = g_object_ref (clock);
  self->buckets = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return self;
}

void
jt_buckets_free (JtBuckets *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->clock);
  g_hash_table_unref (self->buckets);
  g_free (self);
}

void
jt_buckets_configure (JtBuckets *self, guint per_second, guint burst)
{
  self->per_second = per_second;
  self->burst = MAX (burst, 1);
  g_hash_table_remove_all (self->buckets);
}

static void
refill (JtBuckets *self, Bucket *bucket, gint64 now_usec)
{
  gint64 passed_usec = MAX (now_usec - bucket->at_usec, 0);

  bucket->at_usec = now_usec;
  bucket->tokens = MIN (bucket->tokens + (double) passed_usec * self->per_second / G_USEC_PER_SEC, self->burst);
}

static gboolean
is_full (gpointer key, gpointer value, gpointer user_data)
{
  JtBuckets *self = user_data;

  refill (self, value, jt_clock_get_realtime (self->clock));
  return ((Bucket *) value)->tokens >= self->burst;
}

gboolean
jt_buckets_take (JtBuckets *self, guint32 uid)
{
  Bucket *bucket;

  if (self->per_second == 0 || uid == 0)
    return TRUE;
  bucket = g_hash_table_lookup (self->buckets, GUINT_TO_POINTER (uid));
  if (bucket == NULL)
    {
      if (g_hash_table_size (self->buckets) >= MAX_BUCKETS)
        g_hash_table_foreach_remove (self->buckets, is_full, self);
      if (g_hash_table_size (self->buckets) >= MAX_BUCKETS)
        return FALSE;
      bucket = g_new0 (Bucket, 1);
      bucket->tokens = self->burst;
      bucket->at_usec = jt_clock_get_realtime (self->clock);
      g_hash_table_insert (self->buckets, GUINT_TO_POINTER (uid), bucket);
    }
  refill (self, bucket, jt_clock_get_realtime (self->clock));
  if (bucket->tokens < 1)
    return FALSE;
  bucket->tokens -= 1;
  return TRUE;
}
