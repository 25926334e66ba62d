/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Entries of `after`: what each means, what is said about those that mean nothing, and what each end of a run is to each form. */

#include "jt-dependency.h"

#include "jt-error.h"

static const struct
{
  const char *text;
  const char *owner;
  const char *name;
  JtAfterForm form;
} good[] = {
  { "backup", NULL, "backup", JT_AFTER_SUCCESS },
  { "backup:failed", NULL, "backup", JT_AFTER_FAILURE },
  { "backup:finished", NULL, "backup", JT_AFTER_FINISHED },
  { "anna/a.b-c_d@e", "anna", "a.b-c_d@e", JT_AFTER_SUCCESS },
  { "1000/x:failed", "1000", "x", JT_AFTER_FAILURE },
};

static const struct
{
  const char *text;
  const char *message; /* a part of it */
} bad[] = {
  { "", "'' cannot be the name of a job; write backup or backup:failed" },
  { ":failed", "'' cannot be the name of a job" },
  { "/x", "in front of the slash stands a user; write alice/backup" },
  { "anna/", "'' cannot be the name of a job" },
  { "a/b/c", "'b/c' cannot be the name of a job" },
  { "a b", "'a b' cannot be the name of a job" },
  { "a:", "unknown '' behind the colon; there is NAME, NAME:failed and NAME:finished" },
  { "a:faild", "unknown 'faild' behind the colon" },
  { "a:failed:finished", "unknown 'failed:finished' behind the colon" },
};

static void
test_good (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JtDependency) dependency = jt_dependency_parse (good[i].text, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (dependency->owner, ==, good[i].owner);
      g_assert_cmpstr (dependency->name, ==, good[i].name);
      g_assert_cmpstr (dependency->text, ==, good[i].text);
      g_assert_cmpint (dependency->form, ==, good[i].form);
    }
}

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (jt_dependency_parse (bad[i].text, &error));
      g_assert_true (error->domain == JT_ERROR);
      if (g_strstr_len (error->message, -1, bad[i].message) == NULL)
        g_error ("'%s' is answered with: %s", bad[i].text, error->message);
    }
}

/* By form, the letter of each final state: good, bad, silent, none. */
static void
test_judge (void)
{
  static const JtRunState states[] = { JT_RUN_SUCCEEDED, JT_RUN_WARNING, JT_RUN_FAILED, JT_RUN_TIMED_OUT,
                                       JT_RUN_CANCELLED, JT_RUN_LOST,    JT_RUN_SKIPPED, JT_RUN_MISSED };
  static const char *const expected[] = { "ggbbbbbn", "ssggbbbn", "gggggbbn" };

  for (guint form = 0; form < G_N_ELEMENTS (expected); form++)
    for (guint i = 0; i < G_N_ELEMENTS (states); i++)
      g_assert_cmpint ("ngbs"[jt_dependency_judge ((JtAfterForm) form, states[i])], ==, expected[form][i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dependency/good", test_good);
  g_test_add_func ("/dependency/bad", test_bad);
  g_test_add_func ("/dependency/judge", test_judge);
  return g_test_run ();
}
