/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-histogram.h"

#define SECOND G_GUINT64_CONSTANT (1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

static void
check (guint64 least, guint64 most, const guint64 *expected, guint n_expected)
{
  g_autoptr (GArray) bounds = jt_histogram_cut (least, most);

  for (guint i = 0; i < bounds->len; i++)
    g_test_message ("%" G_GUINT64_FORMAT, g_array_index (bounds, guint64, i));
  g_assert_cmpmem (bounds->data, bounds->len * sizeof (guint64), expected, n_expected * sizeof (guint64));
}

#define CHECK(least, most, ...) \
  check (least, most, (const guint64[]){ __VA_ARGS__ }, sizeof ((const guint64[]){ __VA_ARGS__ }) / sizeof (guint64))

static void
test_round (void)
{
  /* Nothing, and always the same. */
  CHECK (0, 0, 1);
  CHECK (1234567, 1234567, 1250000);
  /* Evenly. */
  CHECK (2 * SECOND, 3 * SECOND, 2100000, 2200000, 2300000, 2400000, 2500000, 2600000, 2700000, 2800000, 2900000, 3000000);
  CHECK (61 * SECOND, 9 * MINUTE, 2 * MINUTE, 3 * MINUTE, 4 * MINUTE, 5 * MINUTE, 6 * MINUTE, 7 * MINUTE, 8 * MINUTE, 9 * MINUTE);
  /* By ratio: round ones, coarser the further apart. */
  CHECK (900, 9100, 1000, 1500, 2000, 3000, 5000, 7000, 10000);
  CHECK (20 * SECOND, 20 * MINUTE, 20 * SECOND, 30 * SECOND, 40 * SECOND, 50 * SECOND, MINUTE, 90 * SECOND, 2 * MINUTE, 3 * MINUTE,
         5 * MINUTE, 7 * MINUTE, 10 * MINUTE, 15 * MINUTE, 20 * MINUTE);
  CHECK (10 * SECOND, 2 * HOUR, 10 * SECOND, 20 * SECOND, 40 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 20 * MINUTE,
         40 * MINUTE, HOUR, 2 * HOUR);
  CHECK (4, 3 * SECOND, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000, SECOND, 2 * SECOND,
         5 * SECOND);
}

/* Whatever the range is: they rise, hold all of it, and are few. */
static void
test_any (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (17);

  for (guint i = 0; i < 100000; i++)
    {
      guint64 a = (((guint64) g_rand_int (rand) << 32) | g_rand_int (rand)) >> g_rand_int_range (rand, 1, 64);
      guint64 b = g_rand_boolean (rand) ? a + g_rand_int (rand) % (a / 2 + 1)
                                        : (((guint64) g_rand_int (rand) << 32) | g_rand_int (rand)) >> g_rand_int_range (rand, 1, 64);
      g_autoptr (GArray) bounds = jt_histogram_cut (MIN (a, b), MAX (a, b));

      g_assert_cmpuint (bounds->len, >=, 1);
      g_assert_cmpuint (bounds->len, <=, JT_HISTOGRAM_MAX);
      g_assert_cmpuint (g_array_index (bounds, guint64, 0), >=, MIN (a, b));
      g_assert_cmpuint (g_array_index (bounds, guint64, bounds->len - 1), >=, MIN (MAX (a, b), G_MAXINT64));
      for (guint k = 1; k < bounds->len; k++)
        g_assert_cmpuint (g_array_index (bounds, guint64, k), >, g_array_index (bounds, guint64, k - 1));
      if (bounds->len > 1)
        g_assert_cmpuint (g_array_index (bounds, guint64, bounds->len - 2), <, MAX (a, b));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/histogram/round", test_round);
  g_test_add_func ("/histogram/any", test_any);
  return g_test_run ();
}
