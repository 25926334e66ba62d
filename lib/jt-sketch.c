/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-sketch.h"

#include "jt-varint.h"

#include <math.h>
#include <string.h>

#define GAMMA ((1 + JT_SKETCH_ACCURACY) / (1 - JT_SKETCH_ACCURACY))
#define MAX_KEY 2184

/* Bin k holds the numbers above gamma^(k-1) and up to gamma^k. */
static guint
key_of (guint64 value)
{
  static const double per_log = 1 / 0.020000666706669435; /* 1 / ln gamma */
  double key = ceil (log ((double) value) * per_log);

  return (guint) CLAMP (key, 0, MAX_KEY);
}

/* The number in a bin that is nowhere further off than the accuracy. */
static double
value_of (guint key)
{
  return 2 * pow (GAMMA, key) / (GAMMA + 1);
}

void
jt_sketch_init (JtSketch *sketch)
{
  memset (sketch, 0, sizeof *sketch);
}

void
jt_sketch_clear (JtSketch *sketch)
{
  g_free (sketch->bins);
  jt_sketch_init (sketch);
}

static void
make_room (JtSketch *sketch, guint first_key, guint last_key)
{
  guint old_last = sketch->first_key + sketch->n_bins - 1;
  guint64 *bins;
  guint n_bins;

  if (sketch->n_bins > 0)
    {
      if (first_key >= sketch->first_key && last_key <= old_last)
        return;
      first_key = MIN (first_key, sketch->first_key);
      last_key = MAX (last_key, old_last);
    }
  n_bins = last_key - first_key + 1;
  bins = g_new0 (guint64, n_bins);
  if (sketch->n_bins > 0)
    memcpy (bins + (sketch->first_key - first_key), sketch->bins, sketch->n_bins * sizeof *bins);
  g_free (sketch->bins);
  sketch->bins = bins;
  sketch->first_key = first_key;
  sketch->n_bins = n_bins;
}

static void
add_to_bin (JtSketch *sketch, guint key, guint64 times)
{
  make_room (sketch, key, key);
  sketch->bins[key - sketch->first_key] += times;
  sketch->count += times;
}

void
jt_sketch_add (JtSketch *sketch, guint64 value, guint64 times)
{
  if (value > 0)
    {
      add_to_bin (sketch, key_of (value), times);
      return;
    }
  sketch->zeros += times;
  sketch->count += times;
}

void
jt_sketch_merge (JtSketch *sketch, const JtSketch *other)
{
  if (other->n_bins > 0)
    make_room (sketch, other->first_key, other->first_key + other->n_bins - 1);
  for (guint i = 0; i < other->n_bins; i++)
    sketch->bins[other->first_key + i - sketch->first_key] += other->bins[i];
  sketch->zeros += other->zeros;
  sketch->count += other->count;
}

double
jt_sketch_get_quantile (const JtSketch *sketch, double q)
{
  double rank;
  guint64 seen = sketch->zeros;

  if (sketch->count == 0)
    return 0;
  rank = CLAMP (q, 0, 1) * (double) (sketch->count - 1);
  if ((double) seen > rank)
    return 0;
  for (guint i = 0; i < sketch->n_bins; i++)
    {
      seen += sketch->bins[i];
      if ((double) seen > rank)
        return value_of (sketch->first_key + i);
    }
  return value_of (sketch->first_key + sketch->n_bins - 1);
}

/* How many bins stand for numbers up to @value: a search, because each look at what a bin stands for is a power. */
static guint
count_bins_up_to (const JtSketch *sketch, double value)
{
  guint low = 0;
  guint high = sketch->n_bins;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (value_of (sketch->first_key + middle) <= value)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

guint64
jt_sketch_count_up_to (const JtSketch *sketch, double value)
{
  guint n_bins = count_bins_up_to (sketch, value);
  guint64 count = sketch->zeros;

  for (guint i = 0; i < n_bins; i++)
    count += sketch->bins[i];
  return value < 0 ? 0 : count;
}

/* zeros, number of bins that hold something, then the distance from the key before and the count of each. */
void
jt_sketch_encode (const JtSketch *sketch, GByteArray *bytes)
{
  guint n_used = 0;
  guint last_key = 0;

  for (guint i = 0; i < sketch->n_bins; i++)
    n_used += sketch->bins[i] != 0;
  jt_varint_append (bytes, sketch->zeros);
  jt_varint_append (bytes, n_used);
  for (guint i = 0; i < sketch->n_bins; i++)
    {
      if (sketch->bins[i] == 0)
        continue;
      jt_varint_append (bytes, sketch->first_key + i - last_key);
      jt_varint_append (bytes, sketch->bins[i]);
      last_key = sketch->first_key + i;
    }
}

gboolean
jt_sketch_merge_encoded (JtSketch *sketch, const guint8 **bytes, const guint8 *end)
{
  guint64 zeros;
  guint64 n_used;
  guint64 key = 0;

  if (!jt_varint_read (bytes, end, &zeros) || !jt_varint_read (bytes, end, &n_used) || n_used > MAX_KEY + 1)
    return FALSE;
  sketch->zeros += zeros;
  sketch->count += zeros;
  for (guint64 i = 0; i < n_used; i++)
    {
      guint64 step;
      guint64 times;

      if (!jt_varint_read (bytes, end, &step) || !jt_varint_read (bytes, end, &times) || step > MAX_KEY || key + step > MAX_KEY)
        return FALSE;
      key += step;
      add_to_bin (sketch, (guint) key, times);
    }
  return TRUE;
}
