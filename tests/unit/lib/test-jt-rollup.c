/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-rollup.h"

#include <math.h>
#include <string.h>

#define N_VALUES 20000

static const double quantiles[] = { 0, 0.001, 0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1 };

typedef guint64 (*Draw) (GRand *rand);

static guint64
draw_even (GRand *rand)
{
  return (guint64) g_rand_double_range (rand, 0, 1e6);
}

static guint64
draw_long_tail (GRand *rand)
{
  return (guint64) pow (10, g_rand_double_range (rand, 0, 18));
}

static guint64
draw_few (GRand *rand)
{
  static const guint64 few[] = { 0, 0, 1, 2, 3, 1000000, G_MAXINT64 };

  return few[g_rand_int_range (rand, 0, G_N_ELEMENTS (few))];
}

static guint64
draw_bell (GRand *rand)
{
  double sum = 0;

  for (guint i = 0; i < 12; i++)
    sum += g_rand_double (rand);
  return (guint64) (sum * 1e7);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a;
  guint64 y = *(const guint64 *) b;

  return x < y ? -1 : x > y;
}

/* Every quantile against the exact one, of sketches that were filled at once, merged, and stored and read. */
static void
check_quantiles (const JtSketch *sketch, const guint64 *sorted, guint n_values)
{
  for (guint i = 0; i < G_N_ELEMENTS (quantiles); i++)
    {
      double exact = (double) sorted[(guint) floor (quantiles[i] * (n_values - 1))];
      double told = jt_sketch_get_quantile (sketch, quantiles[i]);

      g_assert_cmpfloat (fabs (told - exact), <=, exact * JT_SKETCH_ACCURACY * (1 + 1e-9));
    }
}

static guint
count_exactly (const guint64 *sorted, guint count, double value)
{
  guint n = 0;

  while (n < count && (double) sorted[n] <= value)
    n++;
  return n;
}

/* What a sketch counts up to a value is right for a value that is off by its accuracy at most. */
static void
check_counts (const JtSketch *sketch, const guint64 *sorted, guint count)
{
  for (guint i = 0; i < count; i += 97)
    {
      double value = (double) sorted[i];
      guint64 counted = jt_sketch_count_up_to (sketch, value);

      g_assert_cmpuint (counted, >=, count_exactly (sorted, count, value * 0.98));
      g_assert_cmpuint (counted, <=, count_exactly (sorted, count, value * 1.02));
    }
  g_assert_cmpuint (jt_sketch_count_up_to (sketch, -1), ==, 0);
  g_assert_cmpuint (jt_sketch_count_up_to (sketch, 1e30), ==, count);
}

static void
test_quantiles (gconstpointer data)
{
  Draw draw = *(const Draw *) data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autofree guint64 *values = g_new (guint64, N_VALUES);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  JtSketch whole, parts[3], merged, stored;
  const guint8 *at;

  jt_sketch_init (&whole);
  jt_sketch_init (&merged);
  jt_sketch_init (&stored);
  for (guint i = 0; i < 3; i++)
    jt_sketch_init (&parts[i]);
  for (guint i = 0; i < N_VALUES; i++)
    {
      values[i] = draw (rand);
      jt_sketch_add (&whole, values[i], 1);
      jt_sketch_add (&parts[i % 3], values[i], 1);
    }
  qsort (values, N_VALUES, sizeof *values, compare);
  check_quantiles (&whole, values, N_VALUES);
  for (guint i = 3; i > 0; i--)
    jt_sketch_merge (&merged, &parts[i - 1]);
  check_quantiles (&merged, values, N_VALUES);
  jt_sketch_encode (&merged, bytes);
  at = bytes->data;
  g_assert_true (jt_sketch_merge_encoded (&stored, &at, bytes->data + bytes->len));
  g_assert_true (at == bytes->data + bytes->len);
  check_quantiles (&stored, values, N_VALUES);
  g_assert_cmpuint (stored.count, ==, N_VALUES);
  check_counts (&stored, values, N_VALUES);
  for (guint i = 0; i < 3; i++)
    jt_sketch_clear (&parts[i]);
  jt_sketch_clear (&whole);
  jt_sketch_clear (&merged);
  jt_sketch_clear (&stored);
}

/* What a damaged record may hold is refused, whatever it is. */
static void
test_damaged (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_autoptr (JtRollup) rollup = jt_rollup_new ();
  g_autoptr (GByteArray) good = NULL;
  JtSample sample = { .state = JT_RUN_SUCCEEDED, .times = 1, .duration_usec = 5000, .lateness_usec = 10 };

  for (guint i = 0; i < 100; i++)
    {
      sample.duration_usec *= 2;
      sample.duration_usec %= 1000000007;
      jt_rollup_add (rollup, &sample);
    }
  good = jt_rollup_encode (rollup);
  for (guint cut = 0; cut < good->len; cut++)
    {
      g_autoptr (JtRollup) read = jt_rollup_new ();

      g_assert_false (jt_rollup_merge_encoded (read, good->data, cut));
    }
  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (JtRollup) read = jt_rollup_new ();
      g_autofree guint8 *bad = g_memdup2 (good->data, good->len);

      bad[g_rand_int_range (rand, 0, (gint32) good->len)] ^= (guint8) (1 << g_rand_int_range (rand, 0, 8));
      jt_rollup_merge_encoded (read, bad, good->len);
    }
}

static void
test_sums (void)
{
  g_autoptr (JtRollup) monday = jt_rollup_new ();
  g_autoptr (JtRollup) tuesday = jt_rollup_new ();
  g_autoptr (JtRollup) week = jt_rollup_new ();
  g_autoptr (JtRollup) empty = jt_rollup_new ();
  g_autoptr (GByteArray) bytes = NULL;
  JtSample good = { .state = JT_RUN_SUCCEEDED, .times = 1, .duration_usec = 100, .lateness_usec = 3, .cpu_usec = 7, .memory_peak_bytes = 50, .streak = 4 };
  JtSample bad = { .state = JT_RUN_FAILED, .times = 1, .duration_usec = 900, .lateness_usec = -1, .retries = 2, .turn = -1, .phase_usec = 1000, .streak = -1 };
  JtSample missed = { .state = JT_RUN_MISSED, .times = 40, .duration_usec = -1, .lateness_usec = -1 };
  JtSample recovered = { .state = JT_RUN_SUCCEEDED, .times = 1, .duration_usec = 300, .lateness_usec = -1, .turn = 1, .phase_usec = 60, .streak = 1 };

  jt_rollup_add (monday, &good);
  jt_rollup_add (monday, &bad);
  jt_rollup_add (tuesday, &missed);
  jt_rollup_add (tuesday, &recovered);
  bytes = jt_rollup_encode (monday);
  g_assert_true (jt_rollup_merge_encoded (week, bytes->data, bytes->len));
  jt_rollup_merge (week, tuesday);
  g_assert_cmpuint (jt_rollup_count (week), ==, 43);
  g_assert_cmpfloat_with_epsilon (jt_rollup_get_success_rate (week), 2 / 3.0, 1e-12);
  g_assert_cmpuint (week->succeeded.sum, ==, 400);
  g_assert_cmpuint (week->succeeded.least, ==, 100);
  g_assert_cmpuint (week->succeeded.most, ==, 300);
  g_assert_cmpuint (week->failed.most, ==, 900);
  g_assert_cmpuint (week->lateness.sketch.count, ==, 1);
  g_assert_cmpuint (week->retries, ==, 2);
  g_assert_cmpuint (week->cpu_usec, ==, 7);
  g_assert_cmpuint (week->memory_peak_bytes, ==, 50);
  g_assert_cmpuint (week->memory_count, ==, 1);
  g_assert_cmpuint (week->episodes, ==, 1);
  g_assert_cmpuint (week->recoveries, ==, 1);
  g_assert_cmpuint (week->up_usec, ==, 1000);
  g_assert_cmpuint (week->down_usec, ==, 60);
  g_assert_cmpuint (week->longest_success, ==, 4);
  g_assert_cmpuint (week->longest_failure, ==, 1);
  g_assert_cmpfloat (jt_rollup_get_success_rate (empty), ==, -1);
}

static void
test_sample (void)
{
  g_autoptr (JtRun) run = jt_run_new ();
  JtSample sample;

  run->trigger = JT_TRIGGER_SCHEDULE;
  run->scheduled_usec = 1000;
  run->finished_usec = 9000;
  run->state = JT_RUN_SUCCEEDED;
  run->attempt = 2;
  for (guint32 i = 1; i <= 2; i++)
    {
      JtAttempt *attempt = jt_attempt_new ();

      attempt->number = i;
      attempt->started_usec = 1000 + i * 500;
      g_ptr_array_add (run->attempts, attempt);
    }
  jt_sample_from_run (&sample, run);
  /* How late it began, and how long the attempt took that ended it. */
  g_assert_cmpint (sample.lateness_usec, ==, 500);
  g_assert_cmpint (sample.duration_usec, ==, 7000);
  g_assert_cmpuint (sample.retries, ==, 1);
  run->trigger = JT_TRIGGER_MANUAL;
  jt_sample_from_run (&sample, run);
  g_assert_cmpint (sample.lateness_usec, ==, -1);
}

int
main (int argc, char **argv)
{
  static const Draw draws[] = { draw_even, draw_long_tail, draw_few, draw_bell };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (draws); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sketch/quantiles/%u", i);

      g_test_add_data_func (path, &draws[i], test_quantiles);
    }
  g_test_add_func ("/rollup/damaged", test_damaged);
  g_test_add_func ("/rollup/sums", test_sums);
  g_test_add_func ("/rollup/sample", test_sample);
  return g_test_run ();
}
