/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Which jobs may come after which: names that are not there, circles, what may not be removed, and files that name each other. */

#include "tracker-fixture.h"

#define AFTER(...) "{'shell': <'true'>, 'after': <[" #__VA_ARGS__ "]>}"
#define PLAIN "{'shell': <'true'>}"

/* All runs there ever were, by id: "a succeeded, b skipped (after: a failed)". */
#define assert_runs(fixture, expected) \
  G_STMT_START \
  { \
    g_autofree char *runs_ = list_runs (fixture); \
    g_assert_cmpstr (runs_, ==, expected); \
  } \
  G_STMT_END

static char *
list_runs (Fixture *fixture)
{
  GString *text = g_string_new (NULL);

  for (guint64 id = 1; id <= jt_fake_store_count_runs (JT_FAKE_STORE (fixture->store)); id++)
    {
      const JtRun *run = run_of (fixture, id);

      g_string_append_printf (text, "%s%s %s", id > 1 ? ", " : "", run->job_name, jt_run_state_to_string (run->state));
      if (run->state == JT_RUN_SKIPPED)
        g_string_append_printf (text, " (%s)", run->reason);
    }
  return g_string_free (text, FALSE);
}

/* A run of @job, by hand, that ends at once. */
static guint64
run_job (Fixture *fixture, guint64 job, int exit_code)
{
  guint64 run = start_job (fixture, job);

  finish (fixture, run, 1, exit_code);
  return run;
}

static void
update (Fixture *fixture, guint64 job, const char *changes, GError **error)
{
  g_autoptr (GVariant) dict = g_variant_parse (G_VARIANT_TYPE_VARDICT, changes, NULL, NULL, NULL);
  g_autoptr (GAsyncResult) result = NULL;

  jt_tracker_update_job_async (fixture->tracker, job, dict, NULL, 0, NULL, store_result, &result);
  settle (fixture);
  jt_tracker_update_job_finish (fixture->tracker, result, error);
}

static void
remove_job (Fixture *fixture, guint64 job, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  jt_tracker_remove_job_async (fixture->tracker, job, FALSE, NULL, store_result, &result);
  settle (fixture);
  jt_tracker_remove_job_finish (fixture->tracker, result, error);
}

/* Pairs of a name and settings, in one call. */
static gboolean
add_all (Fixture *fixture, guint32 owner, const char *const *pairs, GError **error)
{
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_job_draft_free);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GArray) ids = NULL;

  for (guint i = 0; pairs[i] != NULL; i += 2)
    {
      g_autoptr (JtSettings) settings = parse_settings (pairs[i + 1]);

      g_ptr_array_add (drafts, jt_job_draft_new (owner, owner == 0 ? "root" : "alice", pairs[i], settings));
    }
  jt_tracker_add_jobs_async (fixture->tracker, owner, drafts, NULL, NULL, NULL, store_result, &result);
  settle (fixture);
  ids = jt_tracker_add_jobs_finish (fixture->tracker, result, error);
  return ids != NULL;
}

#define ADD_ALL(fixture, error, ...) add_all (fixture, ALICE, (const char *const[]){ __VA_ARGS__, NULL }, error)

static const struct
{
  const char *after;
  const char *message;
} refused[] = {
  { "'bakcup'", "after: there is no job 'bakcup'; did you mean 'backup'?" },
  { "'zzz'", "after: there is no job 'zzz'; define that first, or in the same call" },
  { "'new'", "after: is a circle: new → new, each after the one before it" },
  { "'backup:faild'", "after: unknown 'faild' behind the colon; there is NAME, NAME:failed and NAME:finished" },
  { "'0/backup'", "after: there is no job '0/backup' of the same owner, and only root's jobs come after those of others" },
  { "'carol/backup'", "after: there is no job 'carol/backup': nobody of the name 'carol' has any" },
};

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  add_job (fixture, "backup", PLAIN);
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autofree char *text = g_strdup_printf ("{'shell': <'x'>, 'after': <[%s]>}", refused[i].after);
      g_autoptr (GVariant) dict = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (JtSettings) settings = jt_settings_new (dict, &error);
      guint64 id;

      if (settings != NULL)
        try_add (fixture, "new", text, NULL, NULL, &id, &error);
      g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS);
      g_assert_cmpstr (error->message, ==, refused[i].message);
    }
}

static void
test_batch (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ADD_ALL (fixture, &error, "c", AFTER ('b'), "b", AFTER ('a', 'alice/x'), "a", PLAIN, "x", PLAIN));
  g_assert_no_error (error);
  run_job (fixture, jt_tracker_find_job (fixture->tracker, ALICE, "a")->job->id, 0);
  run_job (fixture, jt_tracker_find_job (fixture->tracker, ALICE, "x")->job->id, 0);
  assert_runs (fixture, "a succeeded, x succeeded, b starting");
  g_assert_false (ADD_ALL (fixture, &error, "p", PLAIN, "q", AFTER ('s'), "r", AFTER ('q', 'p'), "s", AFTER ('r', 'p')));
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS);
  g_assert_cmpstr (error->message, ==, "job 2 ('q'): after: is a circle: q → r → s → q, each after the one before it");
  g_assert_null (jt_tracker_find_job (fixture->tracker, ALICE, "p"));
}

static void
test_circle_by_update (Fixture *fixture, gconstpointer data)
{
  guint64 a = add_job (fixture, "a", PLAIN);
  g_autoptr (GError) error = NULL;

  add_job (fixture, "b", AFTER ('a'));
  add_job (fixture, "c", AFTER ('b:finished'));
  update (fixture, a, "{'after': <['c:failed']>}", &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_SETTINGS);
  g_assert_cmpstr (error->message, ==, "after: is a circle: a → b → c → a, each after the one before it");
  g_clear_error (&error);
  /* What stood before stands still. */
  run_job (fixture, a, 0);
  assert_runs (fixture, "a succeeded, b starting");
}

static void
test_removal (Fixture *fixture, gconstpointer data)
{
  guint64 a = add_job (fixture, "a", PLAIN);
  guint64 b = add_job (fixture, "b", AFTER ('a'));
  guint64 c = add_job (fixture, "c", AFTER ('a'));
  g_autoptr (GError) error = NULL;

  remove_job (fixture, a, &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_WRONG_STATE);
  g_assert_cmpstr (error->message, ==, "job 'a' cannot be removed: 'b', 'c' would come after nothing; change or remove that first");
  g_clear_error (&error);
  remove_job (fixture, b, &error);
  g_assert_no_error (error);
  update (fixture, c, "{'after': <@as []>}", &error);
  g_assert_no_error (error);
  remove_job (fixture, a, &error);
  g_assert_no_error (error);
}

static void
test_others (Fixture *fixture, gconstpointer data)
{
  guint64 a = add_job (fixture, "a", PLAIN);
  g_autoptr (GError) error = NULL;

  g_assert_true (add_all (fixture, 0, (const char *const[]){ "r", AFTER ('alice/a'), "s", AFTER ('1000/a:failed'), NULL }, &error));
  run_job (fixture, a, 0);
  assert_runs (fixture, "a succeeded, r starting");
  g_assert_cmpstr (run_of (fixture, 2)->cause, ==, "after alice/a (run 1)");
  remove_job (fixture, a, &error);
  g_assert_cmpstr (error->message, ==, "job 'a' cannot be removed: a job of root, a job of root would come after nothing; change or remove that first");
}

static void
test_too_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) pairs = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  guint64 id;

  add_job (fixture, "a", PLAIN);
  for (guint i = 0; i < 1000; i++)
    {
      g_ptr_array_add (pairs, g_strdup_printf ("j%u", i));
      g_ptr_array_add (pairs, g_strdup (AFTER ('a')));
    }
  g_ptr_array_add (pairs, NULL);
  fixture->config->max_jobs_per_user = 0;
  g_assert_true (add_all (fixture, ALICE, (const char *const *) pairs->pdata, &error));
  g_assert_no_error (error);
  try_add (fixture, "one", AFTER ('a'), NULL, NULL, &id, &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_QUOTA_EXCEEDED);
  g_clear_error (&error);
  /* Who is there already may be changed. */
  update (fixture, 2, "{'after': <['a:finished']>}", &error);
  g_assert_no_error (error);
}

/* --- job files --- */

/* Pairs of a name and settings; the problems, joined. */
static char *
sync_files (Fixture *fixture, const char *const *pairs)
{
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_job_draft_free);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; pairs[i] != NULL; i += 2)
    {
      g_autoptr (JtSettings) settings = parse_settings (pairs[i + 1]);
      JtJobDraft *draft = jt_job_draft_new (ALICE, "alice", pairs[i], settings);

      draft->origin = JT_ORIGIN_FILE;
      draft->origin_path = g_strdup_printf ("%s.job", pairs[i]);
      g_ptr_array_add (drafts, draft);
    }
  jt_tracker_sync_files_async (fixture->tracker, drafts, NULL, NULL, store_result, &result);
  settle (fixture);
  problems = jt_tracker_sync_files_finish (fixture->tracker, result, NULL);
  for (guint i = 0; i < problems->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", (char *) problems->pdata[i]);
  return g_strdup (text->str);
}

#define assert_synced(fixture, expected, ...) \
  G_STMT_START \
  { \
    g_autofree char *problems_ = sync_files (fixture, (const char *const[]){ __VA_ARGS__ __VA_OPT__ (, ) NULL }); \
    g_assert_cmpstr (problems_, ==, expected); \
  } \
  G_STMT_END

static gboolean
has_job (Fixture *fixture, const char *name)
{
  return jt_tracker_find_job (fixture->tracker, ALICE, name) != NULL;
}

static void
test_files (Fixture *fixture, gconstpointer data)
{
  assert_synced (fixture, "", "b", AFTER ('c'), "c", AFTER ('z'), "z", PLAIN);
  run_job (fixture, jt_tracker_find_job (fixture->tracker, ALICE, "z")->job->id, 0);
  assert_runs (fixture, "z succeeded, c starting");
  /* One that is not good takes along what comes after it, and nobody else. */
  assert_synced (fixture,
                 "d.job: after: there is no job 'e'; did you mean 'f'?\n"
                 "e.job: after: there is no job 'nobody'; define that first, or in the same call",
                 "b", AFTER ('c'), "c", AFTER ('z'), "z", PLAIN, "d", AFTER ('e'), "e", AFTER ('nobody'), "f", AFTER ('z'));
  g_assert_true (has_job (fixture, "f"));
  g_assert_false (has_job (fixture, "d"));
}

static void
test_files_circle (Fixture *fixture, gconstpointer data)
{
  assert_synced (fixture, "", "a", PLAIN, "b", AFTER ('a'));
  assert_synced (fixture, "a.job: after: is a circle: a → b → a, each after the one before it", "a", AFTER ('b'), "b", AFTER ('a'));
  /* In one Reload the order may be turned round. */
  assert_synced (fixture, "", "a", AFTER ('b'), "b", PLAIN);
  run_job (fixture, jt_tracker_find_job (fixture->tracker, ALICE, "b")->job->id, 0);
  assert_runs (fixture, "b succeeded, a starting");
}

static void
test_files_gone (Fixture *fixture, gconstpointer data)
{
  assert_synced (fixture, "", "a", PLAIN, "b", AFTER ('a'), "c", AFTER ('b'));
  assert_synced (fixture,
                 "a.job: the file is gone and the job stays: job 'a' cannot be removed: 'b' would come after nothing; change or remove that first\n"
                 "b.job: the file is gone and the job stays: job 'b' cannot be removed: 'c' would come after nothing; change or remove that first",
                 "c", AFTER ('b'));
  g_assert_true (has_job (fixture, "a"));
  assert_synced (fixture, "", "c", PLAIN);
  g_assert_false (has_job (fixture, "a"));
  g_assert_false (has_job (fixture, "b"));
  assert_synced (fixture, "");
  g_assert_false (has_job (fixture, "c"));
}

#define TEST(path, func) g_test_add ("/after-check/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("refused", test_refused);
  TEST ("batch", test_batch);
  TEST ("circle-by-update", test_circle_by_update);
  TEST ("removal", test_removal);
  TEST ("others", test_others);
  TEST ("too-many", test_too_many);
  TEST ("files", test_files);
  TEST ("files-circle", test_files_circle);
  TEST ("files-gone", test_files_gone);
  return g_test_run ();
}
