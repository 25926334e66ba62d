/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Each event has its word and the severity that it is documented to have. */

#include "jt-notify-event.h"

#include "jt-severity-counts.h"

static const struct
{
  const char *word;
  const char *severity;
  gboolean    is_trouble;
} rows[] = {
  { "started", "info", FALSE },     { "succeeded", "info", FALSE },   { "failed", "error", TRUE },      { "timed-out", "error", TRUE },
  { "lost", "error", TRUE },        { "retrying", "warning", FALSE }, { "recovered", "notice", FALSE }, { "missed", "error", TRUE },
  { "late", "error", TRUE },        { "slow", "warning", FALSE },     { "skipped", "info", FALSE },     { "cancelled", "info", FALSE },
  { "digest", "info", FALSE },      { "summary", "info", FALSE },     { "test", "info", FALSE },
};

static void
test_events (void)
{
  g_assert_cmpuint (G_N_ELEMENTS (rows), ==, JT_N_NOTIFY_EVENTS);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      JtNotifyEvent event;

      g_assert_true (jt_notify_event_from_string (rows[i].word, &event));
      g_assert_cmpuint (event, ==, i);
      g_assert_cmpstr (jt_notify_event_to_string (event), ==, rows[i].word);
      g_assert_cmpstr (jt_severity_to_string (jt_notify_event_get_severity (event)), ==, rows[i].severity);
      g_assert_cmpint (jt_notify_event_is_trouble (event), ==, rows[i].is_trouble);
    }
}

static void
test_words (void)
{
  JtNotifyEvent event = JT_NOTIFY_LOST;
  JtSeverity severity = JT_SEVERITY_NOTICE;

  g_assert_false (jt_notify_event_from_string ("fail", &event));
  g_assert_false (jt_notify_event_from_string ("", &event));
  g_assert_false (jt_severity_from_string ("Error", &severity));
  g_assert_cmpint (event, ==, JT_NOTIFY_LOST);
  g_assert_cmpint (severity, ==, JT_SEVERITY_NOTICE);
  g_assert_cmpuint (g_strv_length ((char **) jt_notify_event_list_words ()), ==, 12);
  g_assert_true (jt_severity_from_string ("warning", &severity));
  g_assert_cmpint (severity, ==, JT_SEVERITY_WARNING);
}

static void
test_counts (void)
{
  JtSeverityCounts counts = { 0 };
  g_autofree char *nothing = jt_severity_counts_describe (&counts);
  g_autofree char *some = NULL;

  g_assert_cmpstr (nothing, ==, "nothing");
  g_assert_cmpint (jt_severity_counts_get_worst (&counts), ==, JT_SEVERITY_INFO);
  jt_severity_counts_add (&counts, JT_SEVERITY_NOTICE);
  g_assert_cmpint (jt_severity_counts_get_worst (&counts), ==, JT_SEVERITY_NOTICE);
  jt_severity_counts_add (&counts, JT_SEVERITY_ERROR);
  jt_severity_counts_add (&counts, JT_SEVERITY_ERROR);
  some = jt_severity_counts_describe (&counts);
  g_assert_cmpstr (some, ==, "2 errors, 1 notice");
  g_assert_cmpint (jt_severity_counts_get_worst (&counts), ==, JT_SEVERITY_ERROR);
  g_assert_cmpuint (jt_severity_counts_get_total (&counts), ==, 3);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/event/table", test_events);
  g_test_add_func ("/event/words", test_words);
  g_test_add_func ("/event/counts", test_counts);
  return g_test_run ();
}
