/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-statistics-variant.h"

#include <math.h>

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

static void
put_measure (GVariantBuilder *builder, const char *key, const JtMeasure *measure, gboolean with_histogram)
{
  GVariantBuilder numbers;

  g_variant_builder_init (&numbers, G_VARIANT_TYPE_VARDICT);
  put_number (&numbers, "count", measure->sketch.count);
  put_number (&numbers, "min", measure->least);
  put_number (&numbers, "mean", divide (measure->sum, measure->sketch.count));
  put_number (&numbers, "p50", quantile (measure, 0.5));
  put_number (&numbers, "p90", quantile (measure, 0.9));
  put_number (&numbers, "p95", quantile (measure, 0.95));
  put_number (&numbers, "p99", quantile (measure, 0.99));
  put_number (&numbers, "max", measure->most);
  if (with_histogram)
    g_variant_builder_add (&numbers, "{sv}", "histogram", make_histogram (measure));
  g_variant_builder_add (builder, "{sv}", key, g_variant_builder_end (&numbers));
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
jt_statistics_put (GVariantBuilder *builder, const JtRollup *rollup, JtStatisticsOf of)
{
  gboolean with_histograms = of == JT_STATISTICS_WHOLE;

  put_number (builder, "count", jt_rollup_count (rollup));
  g_variant_builder_add (builder, "{sv}", "counts", make_counts (rollup));
  g_variant_builder_add (builder, "{sv}", "success-rate", g_variant_new_double (jt_rollup_get_success_rate (rollup)));
  put_measure (builder, "duration", &rollup->succeeded, with_histograms);
  put_measure (builder, "failed-duration", &rollup->failed, with_histograms);
  put_measure (builder, "lateness", &rollup->lateness, with_histograms);
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
  if (of == JT_STATISTICS_WHOLE)
    g_variant_builder_add (builder, "{sv}", "hours",
                         g_variant_new_fixed_array (G_VARIANT_TYPE_UINT64, rollup->hours, G_N_ELEMENTS (rollup->hours), sizeof (guint64)));
}
