/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-error.h"
#include "jt-planner.h"
#include "jt-schedule.h"

#define SECOND (G_GINT64_CONSTANT (1000000))
#define HOUR (3600 * SECOND)
#define NOW (1767225600 * SECOND) /* 2026-01-01T00:00:00Z, a Thursday */

static JtSettings *
settings_of (const char *zone, ...)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();
  g_autoptr (GVariant) dict = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict builder;
  JtSettings *settings;
  va_list arguments;

  va_start (arguments, zone);
  for (const char *text = va_arg (arguments, const char *); text != NULL; text = va_arg (arguments, const char *))
    g_ptr_array_add (texts, (char *) text);
  va_end (arguments);
  g_ptr_array_add (texts, NULL);
  g_variant_dict_init (&builder, NULL);
  g_variant_dict_insert (&builder, "shell", "s", "true");
  g_variant_dict_insert (&builder, "timezone", "s", zone);
  g_variant_dict_insert (&builder, "schedule", "^as", (char **) texts->pdata);
  dict = g_variant_ref_sink (g_variant_dict_end (&builder));
  settings = jt_settings_new (dict, &error);
  g_assert_no_error (error);
  return settings;
}

static JtJob *
job_of (JtSettings *settings)
{
  JtJob *job = jt_job_new ();
  g_autoptr (GError) error = NULL;

  job->id = 1;
  job->name = g_strdup ("j");
  job->revised_usec = NOW;
  job->settings = jt_planner_normalize (settings, NOW, &error);
  g_assert_no_error (error);
  return job;
}

static void
test_any_of_them_fires_once (void)
{
  g_autoptr (JtSettings) settings = settings_of ("UTC", "0 * * * *", "0 */2 * * *", "30 1 * * *", NULL);
  g_autoptr (JtJob) job = job_of (settings);
  gint64 first;
  gint64 last;

  g_assert_cmpint (jt_planner_next (job, NOW, 0), ==, NOW + HOUR);
  g_assert_cmpint (jt_planner_next (job, NOW + HOUR, 0), ==, NOW + HOUR * 3 / 2);
  /* 24 full hours and 01:30; the even hours stand in two of the schedules */
  g_assert_cmpuint (jt_planner_count (job, NOW, NOW + 24 * HOUR, 0, &first, &last), ==, 25);
  g_assert_cmpint (first, ==, NOW + HOUR);
  g_assert_cmpint (last, ==, NOW + 24 * HOUR);
}

static void
test_relative_becomes_absolute (void)
{
  g_autoptr (JtSettings) settings = settings_of ("UTC", "every 15min", "in 20min", NULL);
  g_autoptr (JtJob) job = job_of (settings);
  g_autoptr (JtSettings) again = NULL;

  g_assert_cmpint (jt_planner_next (job, NOW, 0), ==, NOW + HOUR / 4);
  g_assert_cmpint (jt_planner_next (job, NOW + HOUR / 4, 0), ==, NOW + HOUR / 3);
  /* Normal form does not move when it is defined again later. */
  again = jt_planner_normalize (job->settings, NOW + 7 * SECOND, NULL);
  g_assert_true (jt_settings_equal (again, job->settings));
}

static void
test_after_the_end (void)
{
  g_autoptr (JtSettings) settings = settings_of ("UTC", "every 10min after", NULL);
  g_autoptr (JtJob) job = job_of (settings);

  g_assert_cmpint (jt_planner_next (job, NOW, 0), ==, NOW + 600 * SECOND);
  g_assert_cmpint (jt_planner_next (job, NOW + 600 * SECOND, 0), ==, JT_INSTANT_NEVER);
  g_assert_cmpint (jt_planner_next (job, NOW + 600 * SECOND, NOW + 900 * SECOND), ==, NOW + 1500 * SECOND);
}

static void
assert_refused (const char *text, const char *message)
{
  g_autoptr (JtSettings) settings = settings_of ("UTC", text, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JtSettings) normalized = jt_planner_normalize (settings, NOW, &error);

  g_assert_null (normalized);
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_SCHEDULE);
  g_assert_nonnull (strstr (error->message, message));
  g_assert_nonnull (strstr (error->message, text));
}

static void
test_refused (void)
{
  assert_refused ("0 0 30 2 *", "never occurs");
  assert_refused ("at 2020-01-01 00:00", "in the past");
  assert_refused ("60 * * * *", "column");
}

static void
test_at_boot (void)
{
  static const char *const spellings[] = { "@Reboot", "cron:@reboot", "CRON: \t@reboot", "  @reboot " };
  g_autoptr (JtSettings) daily = settings_of ("UTC", "@daily", NULL);
  g_autoptr (JtJob) daily_job = job_of (daily);

  for (guint i = 0; i < G_N_ELEMENTS (spellings); i++)
    {
      g_autoptr (JtSettings) boot = settings_of ("UTC", spellings[i], NULL);
      g_autoptr (JtJob) boot_job = job_of (boot);

      g_assert_true (jt_planner_is_at_boot (boot_job));
      g_assert_cmpint (jt_planner_next (boot_job, NOW, 0), ==, JT_INSTANT_NEVER);
    }
  g_assert_false (jt_planner_is_at_boot (daily_job));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/planner/any-of-them-fires-once", test_any_of_them_fires_once);
  g_test_add_func ("/planner/relative-becomes-absolute", test_relative_becomes_absolute);
  g_test_add_func ("/planner/after-the-end", test_after_the_end);
  g_test_add_func ("/planner/refused", test_refused);
  g_test_add_func ("/planner/at-boot", test_at_boot);
  return g_test_run ();
}
