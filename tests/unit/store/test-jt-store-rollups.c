/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-error.h"
#include "jt-store-rollups.h"
#include "store-fixture.h"

#define HOUR_USEC (3600 * (gint64) G_USEC_PER_SEC)
#define MIDNIGHT (FIXTURE_START_USEC - FIXTURE_START_USEC % DAY_USEC)

static void
put_sample (StoreFixture *fixture, guint64 job, guint32 owner, gint64 at_usec, JtRunState state, gint64 duration_usec)
{
  JtChange *change = jt_change_new ();
  JtSample sample = { .at_usec = at_usec, .job = job, .owner = owner, .state = state, .times = 1, .duration_usec = duration_usec, .lateness_usec = -1 };

  jt_change_add_sample (change, &sample);
  store_fixture_put (fixture, change);
}

static void
store_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* @job 0: every owner, or with @owner that one. */
static GPtrArray *
ask (StoreFixture *fixture, guint64 job, gint64 owner, JtStatsBy by, gboolean in_hours, gint64 since_usec, gint64 until_usec)
{
  JtStatsQuery *query = g_new0 (JtStatsQuery, 1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint64 key = job != 0 ? job : (guint64) owner;
  GPtrArray *groups;

  query->of_owners = job == 0;
  query->in_hours = in_hours;
  query->since_usec = since_usec;
  query->until_usec = until_usec;
  query->by = by;
  if (job != 0 || owner >= 0)
    {
      query->keys = g_array_new (FALSE, FALSE, sizeof (guint64));
      g_array_append_val (query->keys, key);
    }
  jt_store_get_statistics_async (fixture->store, query, NULL, store_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  groups = jt_store_get_statistics_finish (fixture->store, result, &error);
  g_assert_no_error (error);
  return groups;
}

static guint64
count (StoreFixture *fixture, guint64 job, gint64 owner)
{
  g_autoptr (GPtrArray) groups = ask (fixture, job, owner, JT_STATS_WHOLE, FALSE, 0, G_MAXINT64);

  g_assert_cmpuint (groups->len, ==, 1);
  return jt_rollup_count (((JtStatsGroup *) g_ptr_array_index (groups, 0))->rollup);
}

static void
fill (StoreFixture *fixture)
{
  store_fixture_open (fixture);
  put_sample (fixture, 1, 1000, MIDNIGHT, JT_RUN_SUCCEEDED, 100);
  put_sample (fixture, 1, 1000, MIDNIGHT + HOUR_USEC - 1, JT_RUN_FAILED, 100);
  put_sample (fixture, 1, 1000, MIDNIGHT + HOUR_USEC, JT_RUN_SUCCEEDED, 200);
  put_sample (fixture, 2, 1000, MIDNIGHT + DAY_USEC, JT_RUN_SUCCEEDED, 300);
  put_sample (fixture, 3, 0, MIDNIGHT + DAY_USEC, JT_RUN_LOST, -1);
}

static void
test_sums (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) hours = NULL;
  g_autoptr (GPtrArray) days = NULL;
  g_autoptr (GPtrArray) owners = NULL;
  const JtStatsGroup *group;

  fill (fixture);
  g_assert_cmpuint (count (fixture, 1, 0), ==, 3);
  g_assert_cmpuint (count (fixture, 2, 0), ==, 1);
  g_assert_cmpuint (count (fixture, 0, 1000), ==, 4);
  g_assert_cmpuint (count (fixture, 0, 0), ==, 1);
  g_assert_cmpuint (count (fixture, 0, -1), ==, 5);
  g_assert_cmpuint (count (fixture, 9, 0), ==, 0);
  hours = ask (fixture, 1, 0, JT_STATS_BY_TIME, TRUE, MIDNIGHT, MIDNIGHT + DAY_USEC);
  g_assert_cmpuint (hours->len, ==, 2);
  group = g_ptr_array_index (hours, 0);
  g_assert_cmpint (group->at_usec, ==, MIDNIGHT);
  g_assert_cmpuint (jt_rollup_count (group->rollup), ==, 2);
  days = ask (fixture, 0, -1, JT_STATS_BY_TIME, FALSE, MIDNIGHT, MIDNIGHT + 2 * DAY_USEC);
  g_assert_cmpuint (days->len, ==, 2);
  group = g_ptr_array_index (days, 1);
  g_assert_cmpint (group->at_usec, ==, MIDNIGHT + DAY_USEC);
  g_assert_cmpuint (jt_rollup_count (group->rollup), ==, 2);
  owners = ask (fixture, 0, -1, JT_STATS_BY_KEY, FALSE, 0, G_MAXINT64);
  g_assert_cmpuint (owners->len, ==, 2);
  group = g_ptr_array_index (owners, 1);
  g_assert_cmpuint (group->key, ==, 1000);
}

/* They survive a restart, and whatever becomes of runs and jobs. */
static void
test_deletion_changes_nothing (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (JtJob) job = store_fixture_make_job (1, 1000, "j", NULL);
  g_autoptr (JtRun) run = store_fixture_make_run (1, 1, 1000, "j", JT_RUN_SUCCEEDED);
  JtChange *change = jt_change_new ();

  fill (fixture);
  jt_change_put_job (change, job);
  jt_change_put_run (change, run);
  store_fixture_put (fixture, change);
  change = jt_change_new ();
  jt_change_remove_job (change, 1, FIXTURE_START_USEC, TRUE);
  store_fixture_put (fixture, change);
  store_fixture_reopen (fixture);
  store_fixture_open (fixture);
  g_assert_cmpuint (count (fixture, 1, 0), ==, 3);
  g_assert_cmpuint (count (fixture, 0, -1), ==, 5);
}

/* What is refused adds nothing. */
static void
test_refused_change (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  JtChange *change = jt_change_new ();
  JtSample sample = { .at_usec = MIDNIGHT, .job = 1, .owner = 1000, .state = JT_RUN_SUCCEEDED, .times = 1 };

  fill (fixture);
  jt_change_add_occurrence (change, 1, "1", "run", 1);
  store_fixture_put (fixture, change);
  change = jt_change_new ();
  jt_change_add_sample (change, &sample);
  jt_change_add_occurrence (change, 1, "1", "run", 2);
  g_assert_false (store_fixture_commit (fixture, change, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_EXISTS);
  g_assert_cmpuint (count (fixture, 0, -1), ==, 5);
}

#define TEST(path, function) \
  g_test_add ("/store-rollups/" path, StoreFixture, NULL, store_fixture_set_up, function, store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("sums", test_sums);
  TEST ("deletion-changes-nothing", test_deletion_changes_nothing);
  TEST ("refused-change", test_refused_change);
  return g_test_run ();
}
