/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Every word of the record has a translation: a state or a trigger that is new is not forgotten. */

#include <string.h>

#include "jt-job.h"
#include "jt-notify-event.h"
#include "jt-run.h"
#include "words.h"

static char *german;

static void
check (const char *context, const char *word)
{
  g_autofree char *wanted = g_strdup_printf ("msgctxt \"%s\"\nmsgid \"%s\"\n", context, word);

  if (strstr (german, wanted) != NULL)
    return;
  g_test_message ("client/jobctl/words.c does not know '%s' as a %s", word, context);
  g_test_fail ();
}

static void
test_known (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "po", "de.po", NULL);
  static const JtOrigin origins[] = { JT_ORIGIN_API, JT_ORIGIN_FILE, JT_ORIGIN_TRACKED, JT_ORIGIN_UNIT };

  g_assert_true (g_file_get_contents (path, &german, NULL, NULL));
  for (guint i = 0; i < JT_N_RUN_STATES; i++)
    check ("state", jt_run_state_to_string ((JtRunState) i));
  for (guint i = 0; i < JT_N_TRIGGERS; i++)
    check ("trigger", jt_trigger_to_string ((JtTrigger) i));
  for (guint i = 0; i < G_N_ELEMENTS (origins); i++)
    check ("origin", jt_origin_to_string (origins[i]));
  for (guint i = 0; i < JT_N_NOTIFY_EVENTS; i++)
    check ("event", jt_notify_event_to_string ((JtNotifyEvent) i));
  g_clear_pointer (&german, g_free);
}

/* Of reporters, of a service that is newer, and none at all. */
static void
test_unknown (void)
{
  g_autofree char *reason = word_of_reason ("disk full");
  g_autofree char *none = word_of_reason ("");
  g_autofree char *after = word_of_reason ("after: backup was lost, check failed and 3 more");
  g_autofree char *odd = word_of_reason ("after: , x");
  g_autofree char *by = word_of_reason ("cancelled by alice");

  g_assert_cmpstr (word_of_state ("melting"), ==, "melting");
  g_assert_cmpstr (word_of_state ("-"), ==, "-");
  g_assert_cmpstr (word_of_trigger ("melting"), ==, "melting");
  g_assert_cmpstr (reason, ==, "disk full");
  g_assert_cmpstr (after, ==, "after: backup was lost, check failed and 3 more");
  g_assert_cmpstr (odd, ==, "after: , x");
  g_assert_cmpstr (none, ==, "");
  g_assert_cmpstr (by, ==, "cancelled by alice");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/known", test_known);
  g_test_add_func ("/words/unknown", test_unknown);
  return g_test_run ();
}
