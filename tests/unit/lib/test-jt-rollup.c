/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-rollup.h"
#include "jt-varint.h"

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

static double
draw_normal (GRand *rand)
{
  double sum = -6;

  for (guint i = 0; i < 12; i++)
    sum += g_rand_double (rand);
  return sum;
}

static guint64
draw_bell (GRand *rand)
{
  return (guint64) ((draw_normal (rand) + 6) * 1e7);
}

static guint64
draw_log_normal (GRand *rand)
{
  return (guint64) exp (log (2e6) + 1.5 * draw_normal (rand));
}

/* Quick when there is nothing to do, slow else. */
static guint64
draw_bimodal (GRand *rand)
{
  return (guint64) (g_rand_double (rand) < 0.7 ? 3e4 + 1e3 * draw_normal (rand) : 4e9 + 2e8 * draw_normal (rand));
}

static guint64
draw_constant (GRand *rand)
{
  return 1234567;
}

/* Pareto with a tail so heavy that it has no mean. */
static guint64
draw_heavy_tail (GRand *rand)
{
  return (guint64) MIN (1e3 / pow (1 - g_rand_double (rand), 1.2), 9.2e18);
}

static guint64
draw_zero (GRand *rand)
{
  return 0;
}

static guint64
draw_tiny (GRand *rand)
{
  return (guint64) g_rand_int_range (rand, 0, 4);
}

static guint64
draw_huge (GRand *rand)
{
  return (guint64) G_MAXINT64 - (guint64) g_rand_int_range (rand, 0, G_MAXINT32) * (G_MAXINT32 / 3);
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
      jt_sketch_add (&whole, values[i]);
      jt_sketch_add (&parts[i % 3], values[i]);
    }
  qsort (values, N_VALUES, sizeof *values, compare);
  check_quantiles (&whole, values, N_VALUES);
  for (guint i = 3; i > 0; i--)
    jt_sketch_merge (&merged, &parts[i - 1]);
  check_quantiles (&merged, values, N_VALUES);
  jt_sketch_encode (&merged, bytes);
  at = bytes->data;
  g_assert_true (jt_sketch_merge_encoded (&stored, &at, bytes->data + bytes->len, FALSE));
  g_assert_true (at == bytes->data + bytes->len);
  check_quantiles (&stored, values, N_VALUES);
  g_assert_cmpuint (stored.count, ==, N_VALUES);
  g_assert_cmpuint (jt_sketch_count_up_to (&stored, 1e30), ==, N_VALUES);
  for (guint i = 0; i < 3; i++)
    jt_sketch_clear (&parts[i]);
  jt_sketch_clear (&whole);
  jt_sketch_clear (&merged);
  jt_sketch_clear (&stored);
}

/* --- sums of sums --- */

#define N_PARTS 7

static JtRollup *
draw_rollup (GRand *rand, Draw draw)
{
  JtRollup *rollup = jt_rollup_new ();
  guint n = (guint) g_rand_int_range (rand, 0, 200);

  for (guint i = 0; i < n; i++)
    {
      JtSample sample = { .at_usec = (gint64) g_rand_int (rand) * 1000000, .state = (JtRunState) g_rand_int_range (rand, JT_RUN_SUCCEEDED, JT_N_RUN_STATES) };

      sample.times = 1;
      sample.duration_usec = (gint64) draw (rand);
      sample.lateness_usec = g_rand_int_range (rand, -1, 1000000);
      sample.cpu_usec = draw (rand) / 1000;
      sample.memory_peak_bytes = g_rand_int (rand);
      sample.retries = g_rand_int (rand) % 3;
      sample.turn = g_rand_int_range (rand, -1, 2);
      sample.phase_usec = g_rand_int_range (rand, -1, 1000000);
      sample.streak = g_rand_int_range (rand, -9, 10);
      jt_rollup_add (rollup, &sample);
    }
  return rollup;
}

static void
assert_equal (const JtRollup *a, const JtRollup *b)
{
  g_autoptr (GByteArray) of_a = jt_rollup_encode (a);
  g_autoptr (GByteArray) of_b = jt_rollup_encode (b);

  g_assert_cmpmem (of_a->data, of_a->len, of_b->data, of_b->len);
}

static JtRollup *
merge_in_order (JtRollup *const *parts, const guint *order)
{
  JtRollup *sum = jt_rollup_new ();

  for (guint i = 0; i < N_PARTS; i++)
    jt_rollup_merge (sum, parts[order[i]]);
  return sum;
}

/* Two sums of halves, one of them stored and read on the way. */
static JtRollup *
merge_in_halves (JtRollup *const *parts, const guint *order)
{
  JtRollup *left = jt_rollup_new ();
  g_autoptr (JtRollup) right = jt_rollup_new ();
  g_autoptr (GByteArray) bytes = NULL;

  for (guint i = 0; i < N_PARTS; i++)
    jt_rollup_merge (i < N_PARTS / 2 ? left : right, parts[order[i]]);
  bytes = jt_rollup_encode (right);
  g_assert_true (jt_rollup_merge_encoded (left, bytes->data, bytes->len));
  return left;
}

/* Hours make days and jobs make users in any order and grouping, to the last bit. */
static void
test_merging (gconstpointer data)
{
  Draw draw = *(const Draw *) data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (23);
  JtRollup *parts[N_PARTS];
  guint order[N_PARTS];
  g_autoptr (JtRollup) sum = NULL;

  for (guint i = 0; i < N_PARTS; i++)
    {
      parts[i] = draw_rollup (rand, draw);
      order[i] = i;
    }
  sum = merge_in_order (parts, order);
  for (guint times = 0; times < 20; times++)
    {
      g_autoptr (JtRollup) other = NULL;
      g_autoptr (JtRollup) halves = NULL;

      for (guint i = N_PARTS; i > 1; i--)
        {
          guint k = (guint) g_rand_int_range (rand, 0, (gint32) i);
          guint kept = order[i - 1];

          order[i - 1] = order[k];
          order[k] = kept;
        }
      other = merge_in_order (parts, order);
      assert_equal (sum, other);
      halves = merge_in_halves (parts, order);
      assert_equal (sum, halves);
    }
  for (guint i = 0; i < N_PARTS; i++)
    jt_rollup_free (parts[i]);
}

/* However far apart numbers are, there is an end to the bins. */
static void
test_bounded (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  JtSketch sketch;

  jt_sketch_init (&sketch);
  for (guint64 value = 1; value <= G_MAXINT64 / 2; value += 1 + value / 200)
    jt_sketch_add (&sketch, value);
  jt_sketch_add (&sketch, G_MAXINT64);
  jt_sketch_add (&sketch, 0);
  g_assert_cmpuint (sketch.n_bins, <=, JT_SKETCH_MAX_BINS);
  g_assert_cmpfloat_with_epsilon (jt_sketch_get_quantile (&sketch, 1) / 9.223372036854775807e18, 1, JT_SKETCH_ACCURACY);
  /* What lies above is counted with the greatest. */
  jt_sketch_add (&sketch, G_MAXUINT64);
  g_assert_cmpuint (sketch.n_bins, <=, JT_SKETCH_MAX_BINS);
  g_assert_cmpfloat_with_epsilon (jt_sketch_get_quantile (&sketch, 1) / 9.223372036854775807e18, 1, JT_SKETCH_ACCURACY);
  jt_sketch_encode (&sketch, bytes);
  g_assert_cmpuint (bytes->len, <, 3 * JT_SKETCH_MAX_BINS);
  jt_sketch_clear (&sketch);
}

/* --- what a damaged record may hold --- */

static void
take_nonsense (const guint8 *bytes, gsize length)
{
  g_autoptr (JtRollup) before = jt_rollup_new ();
  g_autoptr (JtRollup) rollup = jt_rollup_new ();
  /* Exactly as long as it says: what is read behind it is found. */
  g_autofree guint8 *exact = g_memdup2 (bytes, length);
  const JtSample sample = { .state = JT_RUN_SUCCEEDED, .times = 1, .duration_usec = 4711, .lateness_usec = 12 };

  /* What was there before stays, to the last bit. */
  jt_rollup_add (before, &sample);
  jt_rollup_add (rollup, &sample);
  if (jt_rollup_merge_encoded (rollup, exact, length))
    {
      g_autoptr (GByteArray) again = jt_rollup_encode (rollup);

      /* What was taken can be told, and stored again. */
      jt_sketch_get_quantile (&rollup->succeeded.sketch, 0.5);
      jt_rollup_get_success_rate (rollup);
      g_assert_true (jt_rollup_merge_encoded (before, again->data, again->len));
      return;
    }
  assert_equal (rollup, before);
}

static void
test_damaged (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_autoptr (JtRollup) rollup = draw_rollup (rand, draw_log_normal);
  g_autoptr (GByteArray) good = jt_rollup_encode (rollup);
  g_autoptr (JtRollup) empty = jt_rollup_new ();
  guint8 noise[64];

  /* Cut short anywhere, or with something behind it. */
  for (guint cut = 0; cut < good->len; cut++)
    {
      g_assert_false (jt_rollup_merge_encoded (empty, good->data, cut));
      take_nonsense (good->data, cut);
    }
  g_byte_array_append (good, (const guint8 *) "", 1);
  g_assert_false (jt_rollup_merge_encoded (empty, good->data, good->len));
  g_assert_cmpuint (jt_rollup_count (empty), ==, 0);
  g_byte_array_set_size (good, good->len - 1);
  for (guint i = 0; i < 20000; i++)
    {
      g_autofree guint8 *bad = g_memdup2 (good->data, good->len);
      guint n_changes = (guint) g_rand_int_range (rand, 1, 5);

      for (guint k = 0; k < n_changes; k++)
        bad[g_rand_int_range (rand, 0, (gint32) good->len)] ^= (guint8) (1 << g_rand_int_range (rand, 0, 8));
      take_nonsense (bad, good->len);
    }
  for (guint i = 0; i < 20000; i++)
    {
      for (guint k = 0; k < sizeof noise; k++)
        noise[k] = (guint8) (g_rand_boolean (rand) ? g_rand_int (rand) : g_rand_int (rand) % 4);
      noise[0] = 1;
      take_nonsense (noise, (gsize) g_rand_int_range (rand, 0, sizeof noise + 1));
    }
}

/* @numbers: what there is, then nothing but zeros up to the end of the third measure. */
static gboolean
takes (const guint64 *numbers, guint n_numbers, guint n_zeros)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (JtRollup) rollup = jt_rollup_new ();

  for (guint i = 0; i < n_numbers; i++)
    jt_varint_append (bytes, numbers[i]);
  for (guint i = 0; i < n_zeros; i++)
    jt_varint_append (bytes, 0);
  return jt_rollup_merge_encoded (rollup, bytes->data, bytes->len);
}

#define TAKES(n_zeros, ...) takes ((const guint64[]){ __VA_ARGS__ }, sizeof ((const guint64[]){ __VA_ARGS__ }) / sizeof (guint64), n_zeros)

/* Each is refused for a reason of its own; its neighbour is not. */
static void
test_refused (void)
{
  g_assert_true (TAKES (15, 1, 0));
  g_assert_false (TAKES (15, 2, 0)); /* another form */
  g_assert_true (TAKES (15, 1, 1, 77, 5));
  g_assert_false (TAKES (15, 1, 1, 78, 5)); /* a number that there is not */
  g_assert_false (TAKES (15, 1, 2, 70, 5, 70, 5));
  g_assert_false (TAKES (15, 1, 2, 70, 5, G_MAXUINT64 - 5, 5));
  g_assert_true (TAKES (12, 1, 0, 5, 2, 3));
  g_assert_false (TAKES (12, 1, 0, 5, 3, 2)); /* the least above the most */
  g_assert_true (TAKES (10, 1, 0, 0, 0, 0, 0, 1, 2184, 1));
  g_assert_false (TAKES (10, 1, 0, 0, 0, 0, 0, 1, 2185, 1)); /* a bin that there is not */
  g_assert_false (TAKES (10, 1, 0, 0, 0, 0, 0, 2, 2000, 1, 2000, 1));
  g_assert_false (TAKES (10, 1, 0, 0, 0, 0, 0, 2, 2000, 1, G_MAXUINT64 - 5, 1));
  g_assert_false (TAKES (10, 1, 0, 0, 0, 0, 0, G_MAXUINT64, 1, 1)); /* more bins than come */
  g_assert_false (TAKES (15, 1, G_MAXUINT64));
  g_assert_false (TAKES (14, 1, 0));
  g_assert_false (TAKES (16, 1, 0));
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
  JtSample began_bad = { .state = JT_RUN_FAILED, .times = 1, .duration_usec = 900, .lateness_usec = -1, .turn = -1, .phase_usec = -1, .streak = -1 };
  JtSample recovered = { .state = JT_RUN_SUCCEEDED, .times = 1, .duration_usec = 300, .lateness_usec = -1, .turn = 1, .phase_usec = 60, .streak = 1, .memory_peak_bytes = 30 };

  jt_rollup_add (monday, &good);
  jt_rollup_add (monday, &bad);
  jt_rollup_add (tuesday, &missed);
  jt_rollup_add (tuesday, &began_bad);
  jt_rollup_add (tuesday, &recovered);
  bytes = jt_rollup_encode (monday);
  g_assert_true (jt_rollup_merge_encoded (week, bytes->data, bytes->len));
  jt_rollup_merge (week, tuesday);
  g_assert_cmpuint (jt_rollup_count (week), ==, 44);
  g_assert_cmpfloat_with_epsilon (jt_rollup_get_success_rate (week), 2 / 4.0, 1e-12);
  g_assert_cmpuint (week->succeeded.sum, ==, 400);
  g_assert_cmpuint (week->succeeded.least, ==, 100);
  g_assert_cmpuint (week->succeeded.most, ==, 300);
  g_assert_cmpuint (week->failed.most, ==, 900);
  g_assert_cmpuint (week->lateness.sketch.count, ==, 1);
  g_assert_cmpuint (week->retries, ==, 2);
  g_assert_cmpuint (week->cpu_usec, ==, 7);
  g_assert_cmpuint (week->cpu_count, ==, 1);
  g_assert_cmpuint (week->memory_peak_bytes, ==, 50);
  g_assert_cmpuint (week->memory_sum_bytes, ==, 80);
  g_assert_cmpuint (week->memory_count, ==, 2);
  g_assert_cmpuint (week->episodes, ==, 2);
  g_assert_cmpuint (week->recoveries, ==, 1);
  /* (one began to fail with its first run: how long it had done well is no number) */
  g_assert_cmpuint (week->up_usec, ==, 1000);
  g_assert_cmpuint (week->up_count, ==, 1);
  g_assert_cmpuint (week->down_count, ==, 1);
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
  static const Draw draws[] = { draw_even,     draw_long_tail,  draw_few,  draw_bell, draw_log_normal, draw_bimodal,
                                draw_constant, draw_heavy_tail, draw_zero, draw_tiny, draw_huge };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (draws); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sketch/quantiles/%u", i);
      g_autofree char *merging = g_strdup_printf ("/rollup/merging/%u", i);

      g_test_add_data_func (path, &draws[i], test_quantiles);
      g_test_add_data_func (merging, &draws[i], test_merging);
    }
  g_test_add_func ("/sketch/bounded", test_bounded);
  g_test_add_func ("/rollup/damaged", test_damaged);
  g_test_add_func ("/rollup/refused", test_refused);
  g_test_add_func ("/rollup/sums", test_sums);
  g_test_add_func ("/rollup/sample", test_sample);
  return g_test_run ();
}
