/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "store-fixture.h"

#include <glib/gstdio.h>

#include "jt-fake-clock.h"

static void
keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **kept = user_data;

  *kept = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

void
store_fixture_set_up (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("jt-store-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->directory, "jobtracker.db", NULL);
  fixture->clock = jt_fake_clock_new (FIXTURE_START_USEC);
  fixture->store = jt_sqlite_store_new (fixture->directory, fixture->clock);
}

void
store_fixture_tear_down (StoreFixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "jobtracker.db", "jobtracker.db-wal", "jobtracker.db-shm" };

  jt_sqlite_store_close (JT_SQLITE_STORE (fixture->store));
  g_clear_object (&fixture->store);
  g_clear_object (&fixture->clock);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->directory, names[i], NULL);

      g_unlink (path);
    }
  g_assert_cmpint (g_rmdir (fixture->directory), ==, 0);
  g_free (fixture->path);
  g_free (fixture->directory);
}

void
store_fixture_reopen (StoreFixture *fixture)
{
  jt_sqlite_store_close (JT_SQLITE_STORE (fixture->store));
  g_clear_object (&fixture->store);
  fixture->store = jt_sqlite_store_new (fixture->directory, fixture->clock);
}

JtStoreContents *
store_fixture_load (StoreFixture *fixture, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  jt_store_load_async (fixture->store, NULL, keep_result, &result);
  return jt_store_load_finish (fixture->store, wait_for (&result), error);
}

gboolean
store_fixture_commit (StoreFixture *fixture, JtChange *change, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  jt_store_commit_async (fixture->store, change, NULL, keep_result, &result);
  return jt_store_commit_finish (fixture->store, wait_for (&result), error);
}

JtStoreRequest *
store_fixture_find_request (StoreFixture *fixture, guint32 uid, const char *id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  JtStoreRequest *request;

  jt_store_find_request_async (fixture->store, uid, id, NULL, keep_result, &result);
  request = jt_store_find_request_finish (fixture->store, wait_for (&result), &error);
  g_assert_no_error (error);
  return request;
}

JtRun *
store_fixture_get_run (StoreFixture *fixture, guint64 id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  jt_store_get_run_async (fixture->store, id, NULL, keep_result, &result);
  return jt_store_get_run_finish (fixture->store, wait_for (&result), error);
}

GPtrArray *
store_fixture_list_runs (StoreFixture *fixture, const JtFilter *filter, guint64 before, guint limit)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *runs;

  jt_store_list_runs_async (fixture->store, filter, before, limit, NULL, keep_result, &result);
  runs = jt_store_list_runs_finish (fixture->store, wait_for (&result), &error);
  g_assert_no_error (error);
  return runs;
}

GPtrArray *
store_fixture_list_events (StoreFixture *fixture, guint32 viewer, guint64 after, guint limit, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  jt_store_list_events_async (fixture->store, viewer, after, limit, NULL, keep_result, &result);
  return jt_store_list_events_finish (fixture->store, wait_for (&result), error);
}

JtSettings *
store_fixture_get_revision (StoreFixture *fixture, guint64 job, guint64 revision, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  jt_store_get_revision_async (fixture->store, job, revision, NULL, keep_result, &result);
  return jt_store_get_revision_finish (fixture->store, wait_for (&result), error);
}

void
store_fixture_open (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtStoreContents) contents = store_fixture_load (fixture, &error);

  g_assert_no_error (error);
  g_assert_nonnull (contents);
}

void
store_fixture_put (StoreFixture *fixture, JtChange *change)
{
  g_autoptr (GError) error = NULL;

  store_fixture_commit (fixture, change, &error);
  g_assert_no_error (error);
}

JtJob *
store_fixture_make_job (guint64 id, guint32 owner, const char *name, const char *tag)
{
  JtJob *job = jt_job_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  const char *command[] = { "/bin/true", NULL };
  const char *tags[] = { tag, NULL };
  g_autoptr (GVariant) settings = NULL;

  g_variant_dict_insert_value (&dict, "command", g_variant_new_strv (command, 1));
  if (tag != NULL)
    g_variant_dict_insert_value (&dict, "tags", g_variant_new_strv (tags, 1));
  settings = g_variant_ref_sink (g_variant_dict_end (&dict));
  job->id = id;
  job->revision = 1;
  job->owner = owner;
  job->owner_name = g_strdup ("somebody");
  job->name = g_strdup (name);
  job->created_usec = FIXTURE_START_USEC;
  job->revised_usec = FIXTURE_START_USEC;
  job->seed = G_MAXUINT64 - id;
  job->settings = jt_settings_new (settings, &error);
  g_assert_no_error (error);
  return job;
}

JtRun *
store_fixture_make_run (guint64 id, guint64 job, guint32 owner, const char *name, JtRunState state)
{
  JtRun *run = jt_run_new ();

  run->id = id;
  run->job = job;
  run->job_revision = 1;
  run->job_name = g_strdup (name);
  run->owner = owner;
  run->owner_name = g_strdup ("somebody");
  run->state = state;
  run->trigger = JT_TRIGGER_MANUAL;
  run->max_attempts = 1;
  run->queued_usec = FIXTURE_START_USEC + (gint64) id;
  return run;
}

JtEvent *
store_fixture_make_event (guint64 job, guint32 owner)
{
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "name", "s", "backup");
  return jt_event_new (JT_EVENT_JOB_ADDED, FIXTURE_START_USEC, job, owner, g_variant_dict_end (&dict));
}
