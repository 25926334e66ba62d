/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-error.h"
#include "store-fixture.h"

#define NOW FIXTURE_START_USEC

static void
store_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
put_job (StoreFixture *fixture, guint64 id)
{
  g_autofree char *name = g_strdup_printf ("job-%" G_GUINT64_FORMAT, id);
  g_autoptr (JtJob) job = store_fixture_make_job (id, 1000, name, NULL);
  JtChange *change = jt_change_new ();

  jt_change_put_job (change, job);
  store_fixture_put (fixture, change);
}

static void
put_run (StoreFixture *fixture, guint64 id, guint64 job, JtRunState state, gint64 days_ago, guint64 log_bytes)
{
  g_autoptr (JtRun) run = store_fixture_make_run (id, job, 1000, "j", state);
  JtChange *change = jt_change_new ();

  run->finished_usec = jt_run_state_is_final (state) ? NOW - days_ago * DAY_USEC : 0;
  run->log_size_bytes = log_bytes;
  jt_change_put_run (change, run);
  store_fixture_put (fixture, change);
}

/* One slice as words: "1 2 3log …", with " …" when there is more. */
static char *
ask (StoreFixture *fixture, JtRetention rules, guint64 *after_job, guint limit)
{
  JtExpiryQuery *query = g_new0 (JtExpiryQuery, 1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JtStoreExpired) expired = NULL;
  GString *words = g_string_new (NULL);

  query->rules = rules;
  query->jobs = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  query->after_job = after_job != NULL ? *after_job : 0;
  jt_store_list_expired_async (fixture->store, query, limit, NULL, store_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  expired = jt_store_list_expired_finish (fixture->store, result, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < expired->runs->len; i++)
    {
      const JtExpired *found = &g_array_index (expired->runs, JtExpired, i);

      g_string_append_printf (words, "%s%" G_GUINT64_FORMAT "%s", i > 0 ? " " : "", found->run, found->only_log ? "log" : "");
    }
  if (expired->has_more)
    g_string_append (words, " …");
  if (after_job != NULL)
    *after_job = expired->next_job;
  return g_string_free (words, FALSE);
}

#define EXPECT(fixture, expected, ...) \
  G_STMT_START \
  { \
    g_autofree char *words_ = ask (fixture, (JtRetention){ __VA_ARGS__ }, NULL, 100); \
    g_assert_cmpstr (words_, ==, expected); \
  } \
  G_STMT_END

static void
test_rules (StoreFixture *fixture, gconstpointer data)
{
  store_fixture_open (fixture);
  put_job (fixture, 1);
  put_job (fixture, 2);
  put_run (fixture, 1, 1, JT_RUN_SUCCEEDED, 50, 1000);
  put_run (fixture, 2, 1, JT_RUN_FAILED, 40, 1000);
  put_run (fixture, 3, 1, JT_RUN_RUNNING, 0, 1000);
  put_run (fixture, 4, 2, JT_RUN_SUCCEEDED, 35, 5000);
  put_run (fixture, 5, 1, JT_RUN_SUCCEEDED, 10, 1000);
  put_run (fixture, 6, 1, JT_RUN_SUCCEEDED, 5, 0);
  EXPECT (fixture, "", 0);
  /* By count: what is under way stays. */
  EXPECT (fixture, "1 2", .keep_runs = 2);
  /* By age; the newest of a job stays, however old. */
  EXPECT (fixture, "1 2", .keep_for_usec = 30 * DAY_USEC);
  EXPECT (fixture, "1 2 5", .keep_for_usec = DAY_USEC);
  /* Logs: a failure's is kept longer. */
  EXPECT (fixture, "1log 4log", .keep_logs_for_usec = 30 * DAY_USEC, .keep_failed_logs_for_usec = 60 * DAY_USEC);
  EXPECT (fixture, "1log 2log 4log", .keep_logs_for_usec = 30 * DAY_USEC, .keep_failed_logs_for_usec = 30 * DAY_USEC);
  /* By size: the oldest success first, and as few as will do. */
  EXPECT (fixture, "1log 4log", .max_log_bytes_per_job = 3000);
  EXPECT (fixture, "1log 5log 2log 4log", .max_log_bytes_per_job = 1000);
  EXPECT (fixture, "1log 4log", .max_log_bytes = 3500);
}

static void
test_all_together (StoreFixture *fixture, gconstpointer data)
{
  store_fixture_open (fixture);
  put_job (fixture, 1);
  put_job (fixture, 2);
  put_run (fixture, 1, 2, JT_RUN_SUCCEEDED, 0, 0);
  for (guint64 id = 2; id <= 30; id++)
    put_run (fixture, id, 1, JT_RUN_SUCCEEDED, 0, 0);
  /* The quiet job's only run is older than all that the busy one may keep, and stays. */
  EXPECT (fixture, "2 3 4 5 6 7 8 9 10", .max_runs = 20);
  EXPECT (fixture, "2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20", .max_runs = 1);
}

static void
test_slices (StoreFixture *fixture, gconstpointer data)
{
  guint64 after = 0;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  const JtRetention rules = { .keep_runs = 1 };

  store_fixture_open (fixture);
  for (guint64 id = 1; id <= 60; id++)
    put_job (fixture, id);
  for (guint64 id = 1; id <= 10; id++)
    put_run (fixture, id, 1, JT_RUN_SUCCEEDED, 0, 0);
  put_run (fixture, 11, 60, JT_RUN_SUCCEEDED, 0, 0);
  put_run (fixture, 12, 60, JT_RUN_SUCCEEDED, 0, 0);
  first = ask (fixture, rules, &after, 4);
  g_assert_cmpstr (first, ==, "1 2 3 4 …");
  /* Not all of the first job fitted: it is looked at again. */
  g_assert_cmpuint (after, ==, 0);
  after = 50;
  second = ask (fixture, rules, &after, 4);
  g_assert_cmpstr (second, ==, "11");
}

static void
test_expire (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtRun) kept = NULL;
  g_autoptr (JtStoreContents) contents = NULL;
  JtChange *change = jt_change_new ();

  store_fixture_open (fixture);
  put_job (fixture, 1);
  put_run (fixture, 7, 1, JT_RUN_SUCCEEDED, 0, 50);
  put_run (fixture, 8, 1, JT_RUN_RUNNING, 0, 0);
  put_run (fixture, 9, 1, JT_RUN_SUCCEEDED, 0, 50);
  jt_change_expire_run (change, 7, TRUE);
  jt_change_expire_run (change, 8, FALSE);
  jt_change_expire_run (change, 9, FALSE);
  store_fixture_put (fixture, change);
  kept = store_fixture_get_run (fixture, 7, NULL);
  g_assert_cmpuint (kept->log_size_bytes, ==, 0);
  jt_run_unref (store_fixture_get_run (fixture, 8, NULL));
  g_assert_null (store_fixture_get_run (fixture, 9, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_FOUND);
  /* Its number is not given again. */
  store_fixture_reopen (fixture);
  contents = store_fixture_load (fixture, NULL);
  g_assert_cmpuint (contents->last_run_id, ==, 9);
}

#define TEST(path, function) \
  g_test_add ("/store-expired/" path, StoreFixture, NULL, store_fixture_set_up, function, store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("rules", test_rules);
  TEST ("all-together", test_all_together);
  TEST ("slices", test_slices);
  TEST ("expire", test_expire);
  return g_test_run ();
}
