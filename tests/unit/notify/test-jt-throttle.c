/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* No span holds more than the burst; delays between failures grow and stay in bounds. */

#include "jt-throttle.h"

#include "jt-backoff.h"

#define SECOND G_GINT64_CONSTANT (1000000)
#define MINUTE (60 * SECOND)
#define BEGIN (1700000000 * SECOND)

static void
test_burst (void)
{
  JtThrottle throttle = { 0 };

  for (guint i = 0; i < 10; i++)
    g_assert_cmpint (jt_throttle_take (&throttle, MINUTE, 10, BEGIN + i * SECOND), ==, 0);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (jt_throttle_take (&throttle, MINUTE, 10, BEGIN + 30 * SECOND), ==, BEGIN + MINUTE);
  g_assert_cmpint (jt_throttle_take (&throttle, MINUTE, 10, BEGIN + MINUTE - 1), ==, BEGIN + MINUTE);
  g_assert_cmpint (jt_throttle_take (&throttle, MINUTE, 10, BEGIN + MINUTE), ==, 0);
  g_assert_cmpint (jt_throttle_take (&throttle, MINUTE, 10, BEGIN + MINUTE), ==, BEGIN + MINUTE + SECOND);
}

static void
test_off (void)
{
  JtThrottle throttle = { 0 };

  for (guint i = 0; i < 1000; i++)
    g_assert_cmpint (jt_throttle_take (&throttle, 0, 1, BEGIN), ==, 0);
}

static void
test_peek (void)
{
  JtThrottle throttle = { 0 };

  for (guint i = 0; i < 5; i++)
    g_assert_cmpint (jt_throttle_peek (&throttle, MINUTE, 1, BEGIN), ==, 0);
  g_assert_cmpint (jt_throttle_take (&throttle, MINUTE, 1, BEGIN), ==, 0);
  g_assert_cmpint (jt_throttle_peek (&throttle, MINUTE, 1, BEGIN), ==, BEGIN + MINUTE);
}

/* Preferences change while it is full. */
static void
test_smaller_burst (void)
{
  JtThrottle throttle = { 0 };

  for (guint i = 0; i < 10; i++)
    g_assert_cmpint (jt_throttle_take (&throttle, MINUTE, 10, BEGIN + i * SECOND), ==, 0);
  g_assert_cmpint (jt_throttle_take (&throttle, MINUTE, 2, BEGIN + 10 * SECOND), ==, BEGIN + 8 * SECOND + MINUTE);
  g_assert_cmpint (jt_throttle_take (&throttle, MINUTE, 2, BEGIN + 8 * SECOND + MINUTE), ==, 0);
}

/* A clock that was set back by a year holds nothing back for a year. */
static void
test_clock_set_back (void)
{
  JtThrottle throttle = { 0 };
  gint64 now_usec = BEGIN - 365 * 24 * 60 * MINUTE;

  g_assert_cmpint (jt_throttle_take (&throttle, MINUTE, 1, BEGIN), ==, 0);
  g_assert_cmpint (jt_throttle_take (&throttle, MINUTE, 1, now_usec), ==, now_usec + MINUTE);
  g_assert_cmpint (jt_throttle_take (&throttle, MINUTE, 1, now_usec + MINUTE), ==, 0);
}

/* P22, whatever comes when: of all that went, no burst + 1 lie within one span; and whoever comes back when told to may go. */
static void
test_bound (void)
{
  g_autoptr (GRand) dice = g_rand_new_with_seed (5);

  for (guint round = 0; round < 50; round++)
    {
      JtThrottle throttle = { 0 };
      guint burst = (guint) g_rand_int_range (dice, 1, JT_THROTTLE_MAX_BURST + 1);
      gint64 now_usec = BEGIN;
      g_autoptr (GArray) went = g_array_new (FALSE, FALSE, sizeof (gint64));

      for (guint i = 0; i < 1000; i++)
        {
          gint64 next_usec = jt_throttle_take (&throttle, MINUTE, burst, now_usec);

          if (next_usec > 0 && g_rand_boolean (dice))
            {
              g_assert_cmpint (next_usec, >, now_usec);
              now_usec = next_usec;
              next_usec = jt_throttle_take (&throttle, MINUTE, burst, now_usec);
              g_assert_cmpint (next_usec, ==, 0);
            }
          if (next_usec == 0)
            g_array_append_val (went, now_usec);
          now_usec += g_rand_int_range (dice, 0, 2 * SECOND);
        }
      for (guint i = burst; i < went->len; i++)
        g_assert_cmpint (g_array_index (went, gint64, i) - g_array_index (went, gint64, i - burst), >=, MINUTE);
    }
}

static void
test_backoff (void)
{
  static const gint64 minutes[] = { 1, 2, 4, 8, 16, 32, 60, 60, 60 };
  gint64 least = G_MAXINT64;
  gint64 most = 0;

  for (guint i = 0; i < G_N_ELEMENTS (minutes); i++)
    for (guint64 seed = 0; seed < 200; seed++)
      {
        gint64 delay = jt_backoff_get_delay (i + 1, seed);

        g_assert_cmpint (delay, >=, minutes[i] * MINUTE * 9 / 10);
        g_assert_cmpint (delay, <=, minutes[i] * MINUTE * 11 / 10);
        g_assert_cmpint (delay, ==, jt_backoff_get_delay (i + 1, seed));
        if (i == 0)
          {
            least = MIN (least, delay);
            most = MAX (most, delay);
          }
      }
  g_assert_cmpint (most - least, >, 6 * SECOND);
  g_assert_cmpint (jt_backoff_get_delay (G_MAXUINT, 1), <=, 66 * MINUTE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/throttle/burst", test_burst);
  g_test_add_func ("/throttle/off", test_off);
  g_test_add_func ("/throttle/peek", test_peek);
  g_test_add_func ("/throttle/smaller-burst", test_smaller_burst);
  g_test_add_func ("/throttle/clock-set-back", test_clock_set_back);
  g_test_add_func ("/throttle/bound", test_bound);
  g_test_add_func ("/throttle/backoff", test_backoff);
  return g_test_run ();
}
