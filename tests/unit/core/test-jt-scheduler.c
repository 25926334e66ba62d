/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-fake-clock.h"
#include "jt-scheduler.h"

#define N_ENTRIES 500

typedef struct
{
  JtClock     *clock;
  JtScheduler *scheduler;
  GArray      *rung; /* (element-type gint64) instants in the order of ringing */
  JtSchedulerEntry *again; /* armed once more from within the callback */
} Fixture;

static void
due_cb (JtSchedulerEntry *entry, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpuint (entry->index, ==, 0);
  g_array_append_val (fixture->rung, entry->at_usec);
  if (fixture->again == entry)
    {
      fixture->again = NULL;
      jt_scheduler_arm (fixture->scheduler, entry, entry->at_usec + 5);
    }
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->clock = jt_fake_clock_new (1000);
  fixture->rung = g_array_new (FALSE, FALSE, sizeof (gint64));
  fixture->scheduler = jt_scheduler_new (fixture->clock, due_cb, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  jt_scheduler_free (fixture->scheduler);
  g_array_unref (fixture->rung);
  g_object_unref (fixture->clock);
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autofree JtSchedulerEntry *entries = g_new0 (JtSchedulerEntry, N_ENTRIES);
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  guint n_left = N_ENTRIES;

  for (guint i = 0; i < N_ENTRIES; i++)
    jt_scheduler_arm (fixture->scheduler, &entries[i], 2000 + g_rand_int_range (rand, 0, 300));
  for (guint i = 0; i < N_ENTRIES; i += 3)
    {
      jt_scheduler_disarm (fixture->scheduler, &entries[i]);
      n_left--;
    }
  for (guint i = 1; i < N_ENTRIES; i += 3)
    jt_scheduler_arm (fixture->scheduler, &entries[i], 2000 + g_rand_int_range (rand, 0, 300));
  jt_fake_clock_advance (JT_FAKE_CLOCK (fixture->clock), 5000);
  g_assert_cmpuint (fixture->rung->len, ==, n_left);
  for (guint i = 1; i < fixture->rung->len; i++)
    g_assert_cmpint (g_array_index (fixture->rung, gint64, i - 1), <=, g_array_index (fixture->rung, gint64, i));
}

static void
test_alarm_is_the_earliest (Fixture *fixture, gconstpointer data)
{
  JtSchedulerEntry a = { 0 };
  JtSchedulerEntry b = { 0 };
  JtFakeClock *clock = JT_FAKE_CLOCK (fixture->clock);

  g_assert_cmpint (jt_fake_clock_get_alarm (clock), ==, G_MAXINT64);
  jt_scheduler_arm (fixture->scheduler, &a, 5000);
  jt_scheduler_arm (fixture->scheduler, &b, 3000);
  g_assert_cmpint (jt_fake_clock_get_alarm (clock), ==, 3000);
  jt_scheduler_arm (fixture->scheduler, &b, G_MAXINT64);
  g_assert_cmpint (jt_fake_clock_get_alarm (clock), ==, 5000);
  jt_scheduler_disarm (fixture->scheduler, &a);
  g_assert_cmpint (jt_fake_clock_get_alarm (clock), ==, G_MAXINT64);
}

static void
test_rearm_while_ringing (Fixture *fixture, gconstpointer data)
{
  JtSchedulerEntry entry = { 0 };

  fixture->again = &entry;
  jt_scheduler_arm (fixture->scheduler, &entry, 2000);
  jt_fake_clock_advance (JT_FAKE_CLOCK (fixture->clock), 1000);
  g_assert_cmpuint (fixture->rung->len, ==, 1);
  g_assert_cmpint (jt_fake_clock_get_alarm (JT_FAKE_CLOCK (fixture->clock)), ==, 2005);
  jt_fake_clock_advance (JT_FAKE_CLOCK (fixture->clock), 5);
  g_assert_cmpuint (fixture->rung->len, ==, 2);
}

static void
test_frozen_sets_once (Fixture *fixture, gconstpointer data)
{
  JtSchedulerEntry entry = { 0 };

  jt_scheduler_freeze (fixture->scheduler);
  jt_scheduler_arm (fixture->scheduler, &entry, 2000);
  g_assert_cmpint (jt_fake_clock_get_alarm (JT_FAKE_CLOCK (fixture->clock)), ==, G_MAXINT64);
  jt_scheduler_thaw (fixture->scheduler);
  g_assert_cmpint (jt_fake_clock_get_alarm (JT_FAKE_CLOCK (fixture->clock)), ==, 2000);
  jt_scheduler_disarm (fixture->scheduler, &entry);
}

/* Many that are due at once leave the main loop to others in between, and none is forgotten. */
static void
test_many_at_once (Fixture *fixture, gconstpointer data)
{
  g_autofree JtSchedulerEntry *entries = g_new0 (JtSchedulerEntry, N_ENTRIES);
  guint n_turns = 0;

  for (guint i = 0; i < N_ENTRIES; i++)
    jt_scheduler_arm (fixture->scheduler, &entries[i], 2000 + i);
  jt_fake_clock_step_to (JT_FAKE_CLOCK (fixture->clock), 5000);
  g_assert_cmpuint (fixture->rung->len, ==, 200);
  while (fixture->rung->len < N_ENTRIES)
    {
      guint before = fixture->rung->len;

      g_assert_true (g_main_context_iteration (NULL, FALSE));
      g_assert_cmpuint (fixture->rung->len - before, <=, 200);
      n_turns++;
    }
  g_assert_cmpuint (n_turns, >=, 2);
  g_assert_cmpint (jt_fake_clock_get_alarm (JT_FAKE_CLOCK (fixture->clock)), ==, G_MAXINT64);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/scheduler/order", Fixture, NULL, set_up, test_order, tear_down);
  g_test_add ("/scheduler/alarm-is-the-earliest", Fixture, NULL, set_up, test_alarm_is_the_earliest, tear_down);
  g_test_add ("/scheduler/rearm-while-ringing", Fixture, NULL, set_up, test_rearm_while_ringing, tear_down);
  g_test_add ("/scheduler/frozen-sets-once", Fixture, NULL, set_up, test_frozen_sets_once, tear_down);
  g_test_add ("/scheduler/many-at-once", Fixture, NULL, set_up, test_many_at_once, tear_down);
  return g_test_run ();
}
