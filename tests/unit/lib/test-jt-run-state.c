/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Which state may follow which; everything else is refused. */

#include <string.h>

#include "jt-error.h"
#include "jt-run.h"

/* A row for each state, in the order of the enumeration: what may come next. */
static const char *const table[JT_N_RUN_STATES] = {
  "starting running cancelled skipped missed",
  "running retry-wait succeeded warning failed timed-out cancelled lost",
  "retry-wait succeeded warning failed timed-out cancelled lost",
  "starting cancelled",
  "", "", "", "", "", "", "", "",
};

static void
test_table (void)
{
  for (guint from = 0; from < JT_N_RUN_STATES; from++)
    {
      g_auto (GStrv) words = g_strsplit (table[from], " ", -1);

      for (guint to = 0; to < JT_N_RUN_STATES; to++)
        {
          gboolean expected = g_strv_contains ((const char *const *) words, jt_run_state_to_string (to));

          if (jt_run_state_may_follow (from, to) != expected)
            g_error ("%s after %s", jt_run_state_to_string (to), jt_run_state_to_string (from));
        }
      g_assert_cmpint (jt_run_state_is_final (from), ==, *table[from] == '\0');
    }
}

static void
test_words (void)
{
  static const char *const words[] = { "queued", "starting", "running", "retry-wait", "succeeded", "warning", "failed", "timed-out", "cancelled", "lost", "skipped", "missed" };
  g_autoptr (GHashTable) letters = g_hash_table_new (NULL, NULL);
  JtRunState none = JT_RUN_QUEUED;

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == JT_N_RUN_STATES);
  for (guint i = 0; i < JT_N_RUN_STATES; i++)
    {
      JtRunState state = JT_N_RUN_STATES;

      g_assert_cmpstr (jt_run_state_to_string (i), ==, words[i]);
      g_assert_true (jt_run_state_from_string (words[i], &state));
      g_assert_cmpint (state, ==, i);
      g_assert_true (jt_run_state_is_final (i) == !!g_ascii_isupper (jt_run_state_to_letter (i)));
      if (jt_run_state_is_final (i))
        g_assert_true (g_hash_table_add (letters, GINT_TO_POINTER ((int) jt_run_state_to_letter (i))));
    }
  g_assert_false (jt_run_state_from_string ("done", &none));
  g_assert_false (jt_run_state_from_string (NULL, &none));
}

static void
test_kinds_of_end (void)
{
  for (guint i = 0; i < JT_N_RUN_STATES; i++)
    {
      g_assert_false (jt_run_state_is_success (i) && jt_run_state_is_failure (i));
      if (jt_run_state_is_success (i) || jt_run_state_is_failure (i))
        g_assert_true (jt_run_state_is_final (i));
    }
  g_assert_true (jt_run_state_is_success (JT_RUN_WARNING));
  g_assert_true (jt_run_state_is_failure (JT_RUN_LOST));
  g_assert_false (jt_run_state_is_failure (JT_RUN_CANCELLED));
}

static void
test_set (void)
{
  g_autoptr (JtRun) run = jt_run_new ();
  g_autoptr (GError) error = NULL;

  run->state = JT_RUN_SUCCEEDED;
  g_assert_false (jt_run_set_state (run, JT_RUN_RUNNING, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_WRONG_STATE);
  g_assert_cmpint (run->state, ==, JT_RUN_SUCCEEDED);
  run->state = JT_RUN_STARTING;
  g_assert_true (jt_run_set_state (run, JT_RUN_RUNNING, NULL));
  g_assert_cmpint (run->state, ==, JT_RUN_RUNNING);
}

static void
test_triggers (void)
{
  static const char *const words[] = { "schedule", "manual", "retry-request", "dependency", "event", "tracked", "ping", "unit" };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == JT_N_TRIGGERS);
  for (guint i = 0; i < JT_N_TRIGGERS; i++)
    {
      JtTrigger trigger = JT_N_TRIGGERS;

      g_assert_cmpstr (jt_trigger_to_string (i), ==, words[i]);
      g_assert_true (jt_trigger_from_string (words[i], &trigger));
      g_assert_cmpint (trigger, ==, i);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-state/table", test_table);
  g_test_add_func ("/run-state/words", test_words);
  g_test_add_func ("/run-state/kinds-of-end", test_kinds_of_end);
  g_test_add_func ("/run-state/set", test_set);
  g_test_add_func ("/run-state/triggers", test_triggers);
  return g_test_run ();
}
