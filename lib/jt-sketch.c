/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-sketch.h"

#include <math.h>
#include <string.h>

#include "jt-varint.h"

#define GAMMA ((1 + JT_SKETCH_ACCURACY) / (1 - JT_SKETCH_ACCURACY))
#define MAX_KEY (JT_SKETCH_MAX_BINS - 1)
/* More bins than are asked for, so that the next ones find room. */
#define SPARE_BINS 16

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

  if (sketch->n_bins > 0 && first_key >= sketch->first_key && last_key <= old_last)
    return;
  if (sketch->n_bins > 0)
    {
      first_key = first_key < sketch->first_key ? first_key - MIN (first_key, SPARE_BINS) : sketch->first_key;
      last_key = last_key > old_last ? MIN (last_key + SPARE_BINS, MAX_KEY) : old_last;
    }
  bins = g_new0 (guint64, last_key - first_key + 1);
  if (sketch->n_bins > 0)
    memcpy (bins + (sketch->first_key - first_key), sketch->bins, sketch->n_bins * sizeof *bins);
  g_free (sketch->bins);
  sketch->bins = bins;
  sketch->first_key = first_key;
  sketch->n_bins = last_key - first_key + 1;
}

void
jt_sketch_add (JtSketch *sketch, guint64 value)
{
  guint key;

  sketch->count++;
  if (value == 0)
    {
      sketch->zeros++;
      return;
    }
  key = key_of (value);
  make_room (sketch, key, key);
  sketch->bins[key - sketch->first_key]++;
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
  /* (so many that a double does not tell the last two apart) */
  return sketch->n_bins == 0 ? 0 : value_of (sketch->first_key + sketch->n_bins - 1);
}

guint64
jt_sketch_count_up_to (const JtSketch *sketch, double value)
{
  guint64 count = sketch->zeros;

  for (guint i = 0; i < sketch->n_bins && value_of (sketch->first_key + i) <= value; i++)
    count += sketch->bins[i];
  return value < 0 ? 0 : count;
}

/* --- stored: zeros, how many bins hold something, then the distance from the key before and the count of each --- */

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

/* Moves *@key on to that of the next bin. */
static gboolean
read_bin (const guint8 **bytes, const guint8 *end, guint64 *key, guint64 *count)
{
  guint64 step;

  if (!jt_varint_read (bytes, end, &step) || step > MAX_KEY || !jt_varint_read (bytes, end, count))
    return FALSE;
  *key += step;
  return *key <= MAX_KEY;
}

gboolean
jt_sketch_merge_encoded (JtSketch *sketch, const guint8 **bytes, const guint8 *end, gboolean takes_back)
{
  const guint64 sign = takes_back ? G_MAXUINT64 : 1; /* (-1) */
  guint64 zeros, n_used, count;
  guint64 key = 0;

  if (!jt_varint_read (bytes, end, &zeros) || !jt_varint_read (bytes, end, &n_used))
    return FALSE;
  sketch->zeros += sign * zeros;
  sketch->count += sign * zeros;
  for (guint64 i = 0; i < n_used; i++)
    {
      if (!read_bin (bytes, end, &key, &count))
        return FALSE;
      make_room (sketch, (guint) key, (guint) key);
      sketch->bins[key - sketch->first_key] += sign * count;
      sketch->count += sign * count;
    }
  return TRUE;
}
