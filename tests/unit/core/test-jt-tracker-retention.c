/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "tracker-fixture.h"

/* When history is looked through, what becomes of what is found, and what crashes left. */

/* @runs: ids, 0 at the end. */
static void
will_find (Fixture *fixture, const guint64 *runs, gboolean only_log, guint64 next_job, gboolean has_more)
{
  JtStoreExpired *expired = g_new0 (JtStoreExpired, 1);

  expired->runs = g_array_new (FALSE, FALSE, sizeof (JtExpired));
  for (; runs != NULL && *runs != 0; runs++)
    {
      const JtExpired found = { *runs, only_log };

      g_array_append_val (expired->runs, found);
    }
  expired->next_job = next_job;
  expired->has_more = has_more;
  jt_fake_store_add_expired (JT_FAKE_STORE (fixture->store), expired);
}

#define assert_looks(fixture, expected) \
  G_STMT_START \
  { \
    g_autofree char *looks_ = jt_fake_store_take_expiry_log (JT_FAKE_STORE ((fixture)->store)); \
    g_assert_cmpstr (looks_, ==, expected); \
  } \
  G_STMT_END

static guint64
make_result (Fixture *fixture, guint64 job)
{
  guint64 run = start_job (fixture, job);

  finish (fixture, run, 1, 0);
  g_free (jt_fake_executor_take_log (JT_FAKE_EXECUTOR (fixture->executor)));
  return run;
}

/* Some time after the start; then only when there is something new, but for once a day. */
static void
test_passes (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", "{'shell': <'true'>}");

  advance (fixture, 59 * SECOND);
  assert_looks (fixture, "");
  advance (fixture, SECOND);
  assert_looks (fixture, "after 0 own 0");
  advance (fixture, 23 * HOUR);
  assert_looks (fixture, "");
  advance (fixture, HOUR);
  assert_looks (fixture, "after 0 own 0");
  make_result (fixture, job);
  make_result (fixture, job);
  advance (fixture, 10 * MINUTE - SECOND);
  assert_looks (fixture, "");
  advance (fixture, SECOND);
  assert_looks (fixture, "after 0 own 0");
  advance (fixture, HOUR);
  assert_looks (fixture, "");
}

static void
test_slices (Fixture *fixture, gconstpointer data)
{
  guint64 first = add_job (fixture, "first", "{'shell': <'true'>, 'keep-runs': <uint32 1>}");
  guint64 runs[] = { make_result (fixture, first), make_result (fixture, first), 0 };

  add_job (fixture, "second", "{'shell': <'true'>, 'keep-for': <uint64 86400000000>}");
  will_find (fixture, runs, TRUE, 0, TRUE);
  will_find (fixture, runs + 1, FALSE, first, TRUE);
  will_find (fixture, NULL, FALSE, first, TRUE);
  advance (fixture, MINUTE);
  /* Logs first; the row stays where only the log goes. */
  assert_asked (fixture, "remove 1/0, remove 2/0");
  g_assert_cmpuint (jt_fake_store_count_runs (JT_FAKE_STORE (fixture->store)), ==, 2);
  assert_looks (fixture, "after 0 own 2");
  advance (fixture, SECOND / 100);
  assert_asked (fixture, "remove 2/0");
  g_assert_cmpuint (jt_fake_store_count_runs (JT_FAKE_STORE (fixture->store)), ==, 1);
  make_result (fixture, first);
  for (guint i = 0; i < 10; i++)
    advance (fixture, SECOND / 100);
  /* (what the second job says of its own goes with its slice) */
  assert_looks (fixture, "after 0 own 2, after 1 own 1, after 1 own 1");
  assert_asked (fixture, "");
  /* What came meanwhile has its turn. */
  advance (fixture, 10 * MINUTE);
  assert_looks (fixture, "after 0 own 2");
}

/* A pass that fails is taken up again soon, from its beginning. */
static void
test_failure (Fixture *fixture, gconstpointer data)
{
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);
  guint64 job = add_job (fixture, "j", "{'shell': <'true'>}");
  guint64 runs[] = { make_result (fixture, job), 0 };
  guint64 active = start_job (fixture, job);

  will_find (fixture, runs, FALSE, job, TRUE);
  jt_fake_store_set_failing (JT_FAKE_STORE (fixture->store), TRUE);
  advance (fixture, MINUTE);
  assert_looks (fixture, "after 0 own 0");
  g_assert_cmpuint (jt_fake_store_count_runs (JT_FAKE_STORE (fixture->store)), ==, 2);
  jt_fake_store_set_failing (JT_FAKE_STORE (fixture->store), FALSE);
  jt_fake_executor_finish (JT_FAKE_EXECUTOR (fixture->executor), active, 1, 0);
  while (jt_fake_executor_count (JT_FAKE_EXECUTOR (fixture->executor)) == 0)
    g_main_context_iteration (NULL, TRUE);
  will_find (fixture, runs, FALSE, job, FALSE);
  advance (fixture, 10 * MINUTE);
  assert_looks (fixture, "after 0 own 0");
  g_assert_cmpuint (jt_fake_store_count_runs (JT_FAKE_STORE (fixture->store)), ==, 1);
  g_log_set_always_fatal (fatal);
}

/* New rules are not kept waiting. */
static void
test_new_rules (Fixture *fixture, gconstpointer data)
{
  advance (fixture, MINUTE);
  assert_looks (fixture, "after 0 own 0");
  jt_tracker_set_config (fixture->tracker, fixture->config);
  advance (fixture, 0);
  assert_looks (fixture, "after 0 own 0");
}

/* Folders without a run go, logs of what is over are compressed, everything else is left alone. */
static void
test_leftovers (Fixture *fixture, gconstpointer data)
{
  guint64 job = add_job (fixture, "j", "{'shell': <'true'>}");
  guint64 gone[] = { make_result (fixture, job), 0 };

  make_result (fixture, job);
  start_job (fixture, job);
  will_find (fixture, gone, FALSE, 0, FALSE);
  advance (fixture, MINUTE);
  g_free (jt_fake_executor_take_log (JT_FAKE_EXECUTOR (fixture->executor)));
  for (guint64 id = 1; id <= 4; id++)
    jt_fake_executor_add_folder (JT_FAKE_EXECUTOR (fixture->executor), id);
  for (guint i = 0; i < 70; i++)
    advance (fixture, SECOND);
  /* 1 is not on record, 2 is over, 3 is under way, 4 is of no run that ever was. */
  assert_asked (fixture, "remove 1/0, seal 2/0");
  advance (fixture, HOUR);
  assert_asked (fixture, "");
  advance (fixture, 23 * HOUR);
  for (guint i = 0; i < 10; i++)
    advance (fixture, SECOND);
  assert_asked (fixture, "remove 1/0, seal 2/0");
}

#define TEST(path, function) g_test_add ("/tracker-retention/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("passes", test_passes);
  TEST ("slices", test_slices);
  TEST ("failure", test_failure);
  TEST ("new-rules", test_new_rules);
  TEST ("leftovers", test_leftovers);
  return g_test_run ();
}
