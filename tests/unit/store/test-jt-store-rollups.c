/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <sqlite3.h>

#include "jt-error.h"
#include "jt-fake-clock.h"
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

/* Days of all owners, as a whole, unless it is told otherwise. */
static JtStatsQuery *
make_query (void)
{
  JtStatsQuery *query = g_new0 (JtStatsQuery, 1);

  query->of_owners = TRUE;
  query->grain = JT_STATS_DAYS;
  query->until_usec = G_MAXINT64;
  query->by = JT_STATS_WHOLE;
  return query;
}

static void
add_key (JtStatsQuery *query, guint64 key)
{
  if (query->keys == NULL)
    query->keys = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_array_append_val (query->keys, key);
}

/* @query: (transfer full). NULL with @error. */
static GPtrArray *
try_ask (StoreFixture *fixture, JtStatsQuery *query, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  jt_store_get_statistics_async (fixture->store, query, NULL, store_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return jt_store_get_statistics_finish (fixture->store, result, error);
}

static GPtrArray *
ask_query (StoreFixture *fixture, JtStatsQuery *query)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *groups = try_ask (fixture, query, &error);

  g_assert_no_error (error);
  return groups;
}

/* @job 0: every owner, or with @owner that one. */
static GPtrArray *
ask (StoreFixture *fixture, guint64 job, gint64 owner, JtStatsBy by, gboolean in_hours, gint64 since_usec, gint64 until_usec)
{
  JtStatsQuery *query = make_query ();

  query->of_owners = job == 0;
  query->grain = in_hours ? JT_STATS_HOURS : JT_STATS_DAYS;
  query->since_usec = since_usec;
  query->until_usec = until_usec;
  query->by = by;
  if (job != 0 || owner >= 0)
    add_key (query, job != 0 ? job : (guint64) owner);
  return ask_query (fixture, query);
}

static guint64
count_of (GPtrArray *groups, guint i)
{
  g_assert_cmpuint (groups->len, >, i);
  return jt_rollup_count (((JtStatsGroup *) g_ptr_array_index (groups, i))->rollup);
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

/* Days and the hours at the ends are the same as hours all the way, wherever the ends are. */
static void
test_mixed (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (31);

  store_fixture_open (fixture);
  for (guint i = 0; i < 300; i++)
    put_sample (fixture, 1, 1000, MIDNIGHT + g_rand_int_range (rand, 0, 5 * 24) * HOUR_USEC + g_rand_int_range (rand, 0, 2) * (HOUR_USEC - 1),
                JT_RUN_SUCCEEDED, 100);
  for (guint i = 0; i < 100; i++)
    {
      JtStatsQuery *query = make_query ();
      g_autoptr (GPtrArray) mixed = NULL;
      g_autoptr (GPtrArray) hours = NULL;

      query->grain = JT_STATS_MIXED;
      query->since_usec = MIDNIGHT + g_rand_int_range (rand, -5, 100) * HOUR_USEC;
      query->until_usec = query->since_usec + g_rand_int_range (rand, 0, 100) * HOUR_USEC;
      hours = ask (fixture, 0, 1000, JT_STATS_WHOLE, TRUE, query->since_usec, query->until_usec);
      mixed = ask_query (fixture, query);
      g_assert_cmpuint (count_of (mixed, 0), ==, count_of (hours, 0));
    }
}

static void
remove_job (StoreFixture *fixture, guint64 id, gboolean delete_history)
{
  JtChange *change = jt_change_new ();

  jt_change_remove_job (change, id, FIXTURE_START_USEC, delete_history);
  store_fixture_put (fixture, change);
}

/* What is removed with the given words, by key: "3 somebody/one red, …", in the order of ids. */
static char *
ask_removed (StoreFixture *fixture, guint64 id, gint64 owner, const char *name, const char *tag)
{
  JtStatsQuery *query = make_query ();
  g_autoptr (GPtrArray) groups = NULL;
  GString *words = g_string_new (NULL);

  query->of_owners = FALSE;
  query->by = JT_STATS_BY_KEY;
  query->keys = g_array_new (FALSE, FALSE, sizeof (guint64));
  query->removed = (JtRemovedJobs){ TRUE, id, owner, g_strdup (name), g_strdup (tag) };
  groups = ask_query (fixture, query);
  for (guint64 job = 0; job < 10; job++)
    for (guint i = 0; i < groups->len; i++)
      {
        const JtStatsGroup *group = g_ptr_array_index (groups, i);
        g_autofree char *tags = NULL;

        if (group->key != job)
          continue;
        g_assert_cmpuint (group->removed->id, ==, job);
        tags = g_strjoinv ("+", group->removed->tags);
        g_string_append_printf (words, "%s%" G_GUINT64_FORMAT " %s %u %s", words->len > 0 ? ", " : "", job, group->removed->name,
                                group->removed->owner, tags);
      }
  return g_string_free (words, FALSE);
}

#define EXPECT_REMOVED(expected, ...) \
  G_STMT_START \
  { \
    g_autofree char *words_ = ask_removed (fixture, __VA_ARGS__); \
    g_assert_cmpstr (words_, ==, expected); \
  } \
  G_STMT_END

/* What jobs did that are no more is found by whatever they were called. */
static void
test_removed (StoreFixture *fixture, gconstpointer data)
{
  static const struct
  {
    guint64     id;
    guint32     owner;
    const char *name;
    const char *tag;
  } jobs[] = { { 1, 1000, "one", "red" }, { 2, 1000, "two", "red" }, { 3, 1001, "one", NULL }, { 4, 1000, "gone", "blue" }, { 5, 1000, "idle", "red" } };

  store_fixture_open (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++)
    {
      g_autoptr (JtJob) job = store_fixture_make_job (jobs[i].id, jobs[i].owner, jobs[i].name, jobs[i].tag);
      JtChange *change = jt_change_new ();

      jt_change_put_job (change, job);
      store_fixture_put (fixture, change);
      if (jobs[i].id != 5)
        put_sample (fixture, jobs[i].id, jobs[i].owner, MIDNIGHT, JT_RUN_SUCCEEDED, 100);
    }
  EXPECT_REMOVED ("", 0, -1, NULL, NULL);
  remove_job (fixture, 1, FALSE);
  remove_job (fixture, 3, TRUE);
  remove_job (fixture, 4, TRUE);
  remove_job (fixture, 5, FALSE);
  EXPECT_REMOVED ("1 one 1000 red, 3 one 1001 , 4 gone 1000 blue", 0, -1, NULL, NULL);
  EXPECT_REMOVED ("1 one 1000 red, 4 gone 1000 blue", 0, 1000, NULL, NULL);
  EXPECT_REMOVED ("1 one 1000 red, 3 one 1001 ", 0, -1, "one", NULL);
  EXPECT_REMOVED ("3 one 1001 ", 0, 1001, "one", NULL);
  EXPECT_REMOVED ("1 one 1000 red", 0, -1, NULL, "red");
  EXPECT_REMOVED ("", 0, 1001, NULL, "red");
  EXPECT_REMOVED ("1 one 1000 red", 0, -1, "one", "red");
  EXPECT_REMOVED ("4 gone 1000 blue", 4, -1, NULL, NULL);
  EXPECT_REMOVED ("", 4, 1001, NULL, NULL);
  EXPECT_REMOVED ("", 2, -1, NULL, NULL);
}

static void
test_needs_job (StoreFixture *fixture, gconstpointer data)
{
  JtStatsQuery *query = make_query ();
  g_autoptr (GPtrArray) groups = NULL;
  g_autoptr (GError) error = NULL;

  fill (fixture);
  query->of_owners = FALSE;
  query->keys = g_array_new (FALSE, FALSE, sizeof (guint64));
  query->removed = (JtRemovedJobs){ TRUE, 77, -1, NULL, NULL };
  query->needs_job = TRUE;
  groups = try_ask (fixture, query, &error);
  g_assert_null (groups);
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_FOUND);
}

static void
execute (StoreFixture *fixture, const char *sql)
{
  sqlite3 *db = NULL;
  char *message = NULL;

  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  sqlite3_exec (db, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
  sqlite3_close (db);
}

/* One row that makes no sense spoils nothing but itself, and is replaced by what comes next. */
static void
test_damaged (StoreFixture *fixture, gconstpointer data)
{
  GLogLevelFlags fatal;

  fill (fixture);
  execute (fixture, "UPDATE rollup SET counts = x'0101' WHERE scope = 'owner-day' AND key = 1000 AND at = (SELECT max (at) FROM rollup)");
  g_assert_cmpuint (count (fixture, 0, 1000), ==, 3);
  g_assert_cmpuint (count (fixture, 2, 0), ==, 1);
  /* (a structured warning cannot be expected by name) */
  fatal = g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  put_sample (fixture, 2, 1000, MIDNIGHT + DAY_USEC, JT_RUN_SUCCEEDED, 300);
  g_log_set_always_fatal (fatal);
  g_assert_cmpuint (count (fixture, 0, 1000), ==, 4);
}

/* Answers have an end: more groups than may be are refused, in the middle of it. */
static void
test_too_many (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) groups = NULL;
  g_autofree char *sql = g_strdup_printf ("WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < %u) INSERT INTO rollup"
                                          " SELECT 'owner-day', 1, i * 86400000000, counts FROM n, (SELECT counts FROM rollup LIMIT 1)",
                                          JT_STATS_MAX_GROUPS + 1);
  JtStatsQuery *query = make_query ();

  fill (fixture);
  execute (fixture, sql);
  query->by = JT_STATS_BY_TIME;
  add_key (query, 1);
  groups = try_ask (fixture, query, &error);
  g_assert_null (groups);
  g_assert_error (error, JT_ERROR, JT_ERROR_TOO_LARGE);
}

/* Hours of jobs go after 400 days, everything else stays. */
static void
test_hours_end (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) before = NULL, after = NULL, of_owner = NULL;
  JtChange *change;

  fill (fixture);
  before = ask (fixture, 1, 0, JT_STATS_WHOLE, TRUE, 0, G_MAXINT64);
  g_assert_cmpuint (count_of (before, 0), ==, 3);
  jt_fake_clock_advance (JT_FAKE_CLOCK (fixture->clock), 401 * DAY_USEC);
  change = jt_change_new ();
  for (guint i = 0; i < 2000; i++)
    jt_change_set_meta (change, "key", "value");
  store_fixture_put (fixture, change);
  after = ask (fixture, 1, 0, JT_STATS_WHOLE, TRUE, 0, G_MAXINT64);
  g_assert_cmpuint (count_of (after, 0), ==, 0);
  of_owner = ask (fixture, 0, 1000, JT_STATS_WHOLE, TRUE, 0, G_MAXINT64);
  g_assert_cmpuint (count_of (of_owner, 0), ==, 4);
  g_assert_cmpuint (count (fixture, 1, 0), ==, 3);
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
  TEST ("mixed", test_mixed);
  TEST ("removed", test_removed);
  TEST ("needs-job", test_needs_job);
  TEST ("damaged", test_damaged);
  TEST ("too-many", test_too_many);
  TEST ("hours-end", test_hours_end);
  return g_test_run ();
}
