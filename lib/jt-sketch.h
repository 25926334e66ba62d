/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* A mergeable sketch of the distribution of whole numbers from 0 to 2^63 - 1 (durations in microseconds, mostly). A quantile it tells
 * is within JT_SKETCH_ACCURACY of the exact one, relatively, however many numbers went in and in whatever order sketches were
 * merged: merging adds bin to bin, so that it is associative and commutative to the last bit.
 *
 * DDSketch with bins of logarithmic width: Masson, Rim, Lee, "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with
 * Relative-Error Guarantees", PVLDB 12(12), 2019, doi:10.14778/3352063.3352135. Its bins are never collapsed, so the
 * guarantee holds for every quantile: JT_SKETCH_MAX_BINS cover the whole range (17 KiB; a tenth of that for what jobs take). A number
 * above it counts as 2^63 - 1. */

#define JT_SKETCH_ACCURACY 0.01
#define JT_SKETCH_MAX_BINS 2185

typedef struct
{
  guint64 count;
  guint64 zeros;   /* numbers below 1 */
  guint64 *bins;   /* (owned) (nullable) of the keys from first_key on */
  guint    first_key;
  guint    n_bins;
} JtSketch;

void    jt_sketch_init (JtSketch *sketch);
void    jt_sketch_clear (JtSketch *sketch);
void    jt_sketch_add (JtSketch *sketch, guint64 value);
void    jt_sketch_merge (JtSketch *sketch, const JtSketch *other);
/* @q from 0 to 1; of an empty sketch 0. */
double  jt_sketch_get_quantile (const JtSketch *sketch, double q);
/* How many numbers are at most @value, to the accuracy. */
guint64 jt_sketch_count_up_to (const JtSketch *sketch, double value);
/* Appends it in a form that does not depend on the machine. */
void    jt_sketch_encode (const JtSketch *sketch, GByteArray *bytes);
/* Merges what jt_sketch_encode() wrote, and moves *@bytes behind it. FALSE when it is cut short at @end, or nonsense: up to there it was
 * merged, and doing the same with @takes_back takes that out again. */
gboolean jt_sketch_merge_encoded (JtSketch *sketch, const guint8 **bytes, const guint8 *end, gboolean takes_back);
