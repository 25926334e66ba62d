/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-statistics-variant.h"

#include <math.h>
#include <string.h>

#include "jt-histogram.h"

static void
put_number (GVariantBuilder *builder, const char *key, guint64 value)
{
  g_variant_builder_add (builder, "{sv}", key, g_variant_new_uint64 (value));
}

static guint64
divide (guint64 sum, guint64 count)
{
  return count == 0 ? 0 : sum / count;
}

/* The sketch knows a quantile to one in a hundred; the extremes are known exactly, and nothing lies beyond them. */
static guint64
quantile (const JtMeasure *measure, double q)
{
  double told = jt_sketch_get_quantile (&measure->sketch, q);

  return told >= (double) measure->most ? measure->most : MAX ((guint64) llround (told), measure->least);
}

static GVariant *
make_histogram (const JtMeasure *measure)
{
  g_autoptr (GArray) bounds = jt_histogram_cut (measure->least, measure->most);
  guint n_buckets = measure->sketch.count == 0 ? 0 : bounds->len;
  guint64 before = 0;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(tt)"));
  for (guint i = 0; i < n_buckets; i++)
    {
      guint64 bound = g_array_index (bounds, guint64, i);
      guint64 count = i + 1 == n_buckets ? measure->sketch.count : jt_sketch_count_up_to (&measure->sketch, (double) bound);

      g_variant_builder_add (&builder, "(tt)", bound, count - before);
      before = count;
    }
  return g_variant_builder_end (&builder);
}

/* What is told of a distribution, in this order. */
static const char *const measure_names[] = { "count", "min", "mean", "p50", "p90", "p95", "p99", "max" };

#define N_NUMBERS G_N_ELEMENTS (measure_names)

static void
list_numbers (const JtMeasure *measure, guint64 numbers[N_NUMBERS])
{
  const guint64 list[N_NUMBERS] = { measure->sketch.count,
                                    measure->least,
                                    divide (measure->sum, measure->sketch.count),
                                    quantile (measure, 0.5),
                                    quantile (measure, 0.9),
                                    quantile (measure, 0.95),
                                    quantile (measure, 0.99),
                                    measure->most };

  memcpy (numbers, list, sizeof list);
}

static void
put_measure (GVariantBuilder *builder, const char *key, const JtMeasure *measure)
{
  GVariantBuilder dict;
  guint64 numbers[N_NUMBERS];

  list_numbers (measure, numbers);
  g_variant_builder_init (&dict, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < N_NUMBERS; i++)
    put_number (&dict, measure_names[i], numbers[i]);
  g_variant_builder_add (&dict, "{sv}", "histogram", make_histogram (measure));
  g_variant_builder_add (builder, "{sv}", key, g_variant_builder_end (&dict));
}

static GVariant *
make_counts (const JtRollup *rollup)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{st}"));
  for (guint i = 0; i < JT_N_RUN_STATES; i++)
    if (rollup->counts[i] > 0)
      g_variant_builder_add (&builder, "{st}", jt_run_state_to_string ((JtRunState) i), rollup->counts[i]);
  return g_variant_builder_end (&builder);
}

void
jt_statistics_put_whole (GVariantBuilder *builder, const JtRollup *rollup)
{
  put_number (builder, "count", jt_rollup_count (rollup));
  g_variant_builder_add (builder, "{sv}", "counts", make_counts (rollup));
  g_variant_builder_add (builder, "{sv}", "success-rate", g_variant_new_double (jt_rollup_get_success_rate (rollup)));
  put_measure (builder, "duration", &rollup->succeeded);
  put_measure (builder, "failed-duration", &rollup->failed);
  put_measure (builder, "lateness", &rollup->lateness);
  put_number (builder, "typical-duration", quantile (&rollup->succeeded, 0.5));
  put_number (builder, "retries", rollup->retries);
  put_number (builder, "cpu-usage", rollup->cpu_usec);
  put_number (builder, "cpu-mean", divide (rollup->cpu_usec, rollup->cpu_count));
  put_number (builder, "memory-peak", rollup->memory_peak_bytes);
  put_number (builder, "memory-mean", divide (rollup->memory_sum_bytes, rollup->memory_count));
  put_number (builder, "episodes", rollup->episodes);
  put_number (builder, "recoveries", rollup->recoveries);
  put_number (builder, "mtbf", divide (rollup->up_usec, rollup->up_count));
  put_number (builder, "mttr", divide (rollup->down_usec, rollup->down_count));
  put_number (builder, "longest-success-streak", rollup->longest_success);
  put_number (builder, "longest-failure-streak", rollup->longest_failure);
  g_variant_builder_add (builder, "{sv}", "hours",
                         g_variant_new_fixed_array (G_VARIANT_TYPE_UINT64, rollup->hours, G_N_ELEMENTS (rollup->hours), sizeof (guint64)));
}

/* --- groups --- */

static void
add_number (JtRowWriter *rows, const char *key, guint64 value)
{
  if (value > 0)
    jt_row_writer_add_uint64 (rows, key, value);
}

static void
add_measure (JtRowWriter *rows, const char *key, const JtMeasure *measure)
{
  guint64 numbers[N_NUMBERS];

  if (measure->sketch.count == 0)
    return;
  list_numbers (measure, numbers);
  jt_row_writer_add_numbers (rows, key, "(tttttttt)", numbers, N_NUMBERS);
}

static void
add_counts (JtRowWriter *rows, const JtRollup *rollup)
{
  const char *names[JT_N_RUN_STATES];

  for (guint i = 0; i < JT_N_RUN_STATES; i++)
    names[i] = jt_run_state_to_string ((JtRunState) i);
  jt_row_writer_add_counts (rows, "counts", names, rollup->counts, JT_N_RUN_STATES);
}

void
jt_statistics_add_group (JtRowWriter *rows, const JtRollup *rollup)
{
  add_number (rows, "count", jt_rollup_count (rollup));
  add_counts (rows, rollup);
  jt_row_writer_add_double (rows, "success-rate", jt_rollup_get_success_rate (rollup));
  add_measure (rows, "duration", &rollup->succeeded);
  add_measure (rows, "lateness", &rollup->lateness);
  add_number (rows, "retries", rollup->retries);
  add_number (rows, "cpu-usage", rollup->cpu_usec);
  add_number (rows, "memory-peak", rollup->memory_peak_bytes);
  add_number (rows, "episodes", rollup->episodes);
  add_number (rows, "mtbf", divide (rollup->up_usec, rollup->up_count));
  add_number (rows, "mttr", divide (rollup->down_usec, rollup->down_count));
}
