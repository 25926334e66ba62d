/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* How a run looks on the bus. */

#include "jt-run.h"

static JtRun *
make_run (void)
{
  JtRun *run = jt_run_new ();
  JtAttempt *attempt = jt_attempt_new ();

  run->id = 42;
  run->job = 7;
  run->job_name = g_strdup ("backup");
  run->owner_name = g_strdup ("alice");
  run->state = JT_RUN_FAILED;
  run->attempt = 1;
  run->started_usec = 1000;
  run->finished_usec = 3500;
  attempt->number = 1;
  attempt->exit_code = 3;
  attempt->state = JT_RUN_FAILED;
  attempt->boot_id = g_strdup ("boot");
  g_ptr_array_add (run->attempts, attempt);
  return run;
}

static gboolean
has (GVariant *dict, const char *key)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (dict, key, NULL);

  return value != NULL;
}

static void
test_row (void)
{
  g_autoptr (JtRun) run = make_run ();
  g_autoptr (GVariant) row = g_variant_ref_sink (jt_run_to_variant (run));
  GVariantIter iter;
  const char *key;
  guint64 duration = 0;
  const char *path = NULL;

  g_variant_iter_init (&iter, row);
  while (g_variant_iter_next (&iter, "{&sv}", &key, NULL))
    for (const char *at = key; *at != '\0'; at++)
      g_assert_true (g_ascii_islower (*at) || *at == '-');
  g_assert_true (g_variant_lookup (row, "duration", "t", &duration));
  g_assert_cmpuint (duration, ==, 2500);
  g_assert_true (g_variant_lookup (row, "path", "&o", &path));
  g_assert_cmpstr (path, ==, "/org/example/JobTracker/runs/42");
  g_assert_false (has (row, "retry-of"));
  g_assert_false (has (row, "count"));
}

static void
test_row_of_missed (void)
{
  g_autoptr (JtRun) run = make_run ();
  g_autoptr (GVariant) row = NULL;

  run->state = JT_RUN_MISSED;
  run->started_usec = 0;
  run->missed_count = 3;
  run->missed_from_usec = 1;
  run->missed_to_usec = 2;
  run->retry_of = 9;
  row = g_variant_ref_sink (jt_run_to_variant (run));
  g_assert_true (has (row, "count") && has (row, "from") && has (row, "to") && has (row, "retry-of"));
  g_assert_false (has (row, "duration"));
}

static void
test_properties (void)
{
  g_autoptr (JtRun) run = make_run ();
  g_autoptr (GVariant) properties = g_variant_ref_sink (jt_run_to_properties (run));
  g_autoptr (GVariant) attempts = g_variant_lookup_value (properties, "Attempts", G_VARIANT_TYPE ("aa{sv}"));

  g_assert_cmpuint (g_variant_n_children (attempts), ==, 1);
  g_assert_true (has (properties, "ScheduledFor"));
  g_assert_false (has (properties, "scheduled-for"));
  g_assert_false (has (properties, "path"));
}

/* What is told as changed is what changed; of a run never told before, all but its attempts. */
static void
test_changed_properties (void)
{
  g_autoptr (JtRun) before = make_run ();
  g_autoptr (JtRun) run = jt_run_copy (before);
  g_autoptr (GVariant) all = g_variant_ref_sink (jt_run_to_changed_properties (run, NULL));
  g_autoptr (GVariant) none = g_variant_ref_sink (jt_run_to_changed_properties (run, before));
  g_autoptr (GVariant) some = NULL;
  const char *state = NULL;

  run->state = JT_RUN_SUCCEEDED;
  run->exit_code = 0;
  some = g_variant_ref_sink (jt_run_to_changed_properties (run, before));
  g_assert_true (has (all, "Id") && has (all, "AcknowledgedBy"));
  g_assert_false (has (all, "Attempts"));
  g_assert_cmpuint (g_variant_n_children (none), ==, 0);
  g_assert_cmpuint (g_variant_n_children (some), ==, 2);
  g_assert_true (has (some, "ExitCode"));
  g_assert_true (g_variant_lookup (some, "State", "&s", &state));
  g_assert_cmpstr (state, ==, "succeeded");
}

/* A copy shares nothing: what is shared is never changed. */
static void
test_copy (void)
{
  g_autoptr (JtRun) run = make_run ();
  g_autoptr (JtRun) copy = jt_run_copy (run);

  copy->state = JT_RUN_LOST;
  jt_run_current_attempt (copy)->exit_code = 9;
  g_assert_true (copy->job_name != run->job_name);
  g_assert_cmpint (run->state, ==, JT_RUN_FAILED);
  g_assert_cmpint (jt_run_current_attempt (run)->exit_code, ==, 3);
}

static void
test_paths (void)
{
  static const char *const bad[] = { "/org/example/JobTracker/runs/", "/org/example/JobTracker/runs/0", "/org/example/JobTracker/runs/-1",
                                     "/org/example/JobTracker/runs/1x", "/org/example/JobTracker/jobs/1", "/", "/org/example/JobTracker/runs/99999999999999999999" };
  guint64 id = 0;

  g_assert_true (jt_run_id_from_path ("/org/example/JobTracker/runs/42", &id));
  g_assert_cmpuint (id, ==, 42);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (jt_run_id_from_path (bad[i], &id));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run/row", test_row);
  g_test_add_func ("/run/row-of-missed", test_row_of_missed);
  g_test_add_func ("/run/properties", test_properties);
  g_test_add_func ("/run/changed-properties", test_changed_properties);
  g_test_add_func ("/run/copy", test_copy);
  g_test_add_func ("/run/paths", test_paths);
  return g_test_run ();
}
