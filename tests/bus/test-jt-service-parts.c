/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-buckets.h"
#include "jt-cursor.h"
#include "jt-error.h"
#include "jt-fake-clock.h"
#include "jt-pacer.h"

/* Buckets, cursors and the pacer. */

static void
test_bucket_has_a_burst_and_refills (void)
{
  g_autoptr (JtClock) clock = jt_fake_clock_new (1000000);
  g_autoptr (JtBuckets) buckets = jt_buckets_new (clock);

  jt_buckets_configure (buckets, 10, 20);
  for (guint i = 0; i < 20; i++)
    g_assert_true (jt_buckets_take (buckets, 1000));
  g_assert_false (jt_buckets_take (buckets, 1000));
  g_assert_true (jt_buckets_take (buckets, 1001));
  jt_fake_clock_advance (JT_FAKE_CLOCK (clock), 100000);
  g_assert_true (jt_buckets_take (buckets, 1000));
  g_assert_false (jt_buckets_take (buckets, 1000));
  jt_fake_clock_step_to (JT_FAKE_CLOCK (clock), 0);
  g_assert_false (jt_buckets_take (buckets, 1000));
  jt_fake_clock_advance (JT_FAKE_CLOCK (clock), 100000);
  g_assert_true (jt_buckets_take (buckets, 1000));
}

static void
test_bucket_spares_root_and_may_be_off (void)
{
  g_autoptr (JtClock) clock = jt_fake_clock_new (0);
  g_autoptr (JtBuckets) buckets = jt_buckets_new (clock);

  jt_buckets_configure (buckets, 1, 1);
  for (guint i = 0; i < 10; i++)
    g_assert_true (jt_buckets_take (buckets, 0));
  jt_buckets_configure (buckets, 0, 0);
  for (guint i = 0; i < 10; i++)
    g_assert_true (jt_buckets_take (buckets, 5));
}

static void
test_buckets_are_bounded (void)
{
  g_autoptr (JtClock) clock = jt_fake_clock_new (0);
  g_autoptr (JtBuckets) buckets = jt_buckets_new (clock);
  guint taken = 0;

  jt_buckets_configure (buckets, 1, 1);
  for (guint uid = 1; uid <= 5000; uid++)
    taken += jt_buckets_take (buckets, uid) ? 1 : 0;
  g_assert_cmpuint (taken, ==, 1024);
  /* The quiet ones make room. */
  jt_fake_clock_advance (JT_FAKE_CLOCK (clock), 2 * G_USEC_PER_SEC);
  g_assert_true (jt_buckets_take (buckets, 6000));
}

static void
test_cursor_round_trip (void)
{
  g_autofree char *cursor = jt_cursor_format (12345678901, "filter");
  g_autoptr (GError) error = NULL;
  guint64 before = 1;

  g_assert_true (jt_cursor_parse (cursor, "filter", &before, &error));
  g_assert_cmpuint (before, ==, 12345678901);
  g_assert_true (jt_cursor_parse ("", "filter", &before, &error));
  g_assert_cmpuint (before, ==, 0);
}

static void
test_cursor_altered (void)
{
  g_autofree char *cursor = jt_cursor_format (7, "filter");
  guint64 before = 99;

  for (guint i = 0; cursor[i] != '\0'; i++)
    {
      g_autoptr (GError) error = NULL;
      char kept = cursor[i];

      cursor[i] = kept == 'a' ? 'b' : 'a';
      g_assert_false (jt_cursor_parse (cursor, "filter", &before, &error));
      g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT);
      cursor[i] = kept;
    }
  g_assert_false (jt_cursor_parse (cursor, "other", &before, NULL));
  g_assert_false (jt_cursor_parse ("x", "filter", &before, NULL));
  g_assert_false (jt_cursor_parse ("'; DROP TABLE run; --", "filter", &before, NULL));
  g_assert_cmpuint (before, ==, 99);
}

typedef struct
{
  guint    count;
  guint64  last;
  gboolean was_root;
} Seen;

static void
on_paced (JtEvent *event, gpointer user_data)
{
  Seen *seen = user_data;

  seen->count++;
  if (event != NULL)
    seen->last = event->sequence;
  else
    seen->was_root = TRUE;
}

static JtEvent *
event_new (guint64 sequence)
{
  g_autoptr (JtRun) run = jt_run_new ();
  JtEvent *event = jt_event_new_for_run (JT_EVENT_RUN_CHANGED, 0, run);

  event->sequence = sequence;
  return event;
}

static void
test_pacer_keeps_the_latest (void)
{
  Seen seen = { 0 };
  g_autoptr (JtPacer) pacer = jt_pacer_new (on_paced, &seen);
  g_autoptr (JtEvent) first = event_new (1);
  g_autoptr (JtEvent) second = event_new (2);
  g_autoptr (JtEvent) third = event_new (3);

  g_assert_true (jt_pacer_may_pass (pacer, 1, first));
  g_assert_false (jt_pacer_may_pass (pacer, 1, second));
  g_assert_false (jt_pacer_may_pass (pacer, 1, third));
  g_assert_true (jt_pacer_may_pass (pacer, 2, first));
  g_assert_true (jt_pacer_may_pass (pacer, 0, NULL));
  g_assert_false (jt_pacer_may_pass (pacer, 0, NULL));
  while (seen.count < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (seen.last, ==, 3);
  g_assert_true (seen.was_root);
}

static void
test_pacer_forgets (void)
{
  Seen seen = { 0 };
  g_autoptr (JtPacer) pacer = jt_pacer_new (on_paced, &seen);
  g_autoptr (JtEvent) event = event_new (1);

  g_assert_true (jt_pacer_may_pass (pacer, 1, event));
  g_assert_false (jt_pacer_may_pass (pacer, 1, event));
  jt_pacer_forget (pacer, 1);
  g_assert_true (jt_pacer_may_pass (pacer, 0, NULL));
  g_assert_false (jt_pacer_may_pass (pacer, 0, NULL));
  while (seen.count < 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (seen.was_root);
  g_assert_cmpuint (seen.last, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/buckets/burst-and-refill", test_bucket_has_a_burst_and_refills);
  g_test_add_func ("/buckets/root-and-off", test_bucket_spares_root_and_may_be_off);
  g_test_add_func ("/buckets/bounded", test_buckets_are_bounded);
  g_test_add_func ("/cursor/round-trip", test_cursor_round_trip);
  g_test_add_func ("/cursor/altered", test_cursor_altered);
  g_test_add_func ("/pacer/latest", test_pacer_keeps_the_latest);
  g_test_add_func ("/pacer/forgets", test_pacer_forgets);
  return g_test_run ();
}
