/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Which lines about runs the journal gets, and under which fields they are found. */

#include "jt-journal.h"
#include "jt-log.h"

static GString *seen; /* "LEVEL ID-END MESSAGE|…" of the latest event */
static char *seen_name;

static const char *
field (const GLogField *fields, gsize n_fields, const char *key)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, key))
      return fields[i].value;
  return "";
}

static GLogWriterOutput
keep_line (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  const char *id = field (fields, n_fields, "MESSAGE_ID");
  const char *word = (level & G_LOG_LEVEL_WARNING) != 0 ? "warning" : (level & G_LOG_LEVEL_MESSAGE) != 0 ? "notice" : "info";

  g_string_append_printf (seen, "%s %s %s %s %s %s|", word, *id != '\0' ? id + 28 : "-", field (fields, n_fields, "JT_JOB"),
                          field (fields, n_fields, "JT_RUN"), field (fields, n_fields, "JT_STATE"), field (fields, n_fields, "MESSAGE"));
  g_free (seen_name);
  seen_name = g_strdup (field (fields, n_fields, "JT_JOB_NAME"));
  return G_LOG_WRITER_HANDLED;
}

static void
expect_line (JtEventKind kind, JtTrigger trigger, JtRunState state, gint32 exit_code, const char *reason, const char *line)
{
  g_autoptr (JtRun) run = jt_run_new ();
  g_autoptr (JtEvent) event = NULL;

  run->id = 12;
  run->job = 3;
  run->job_name = g_strdup ("backup");
  run->state = state;
  run->trigger = trigger;
  run->exit_code = exit_code;
  run->reason = g_strdup (reason);
  event = jt_event_new_for_run (kind, 0, run);
  g_string_truncate (seen, 0);
  jt_journal_tell (event);
  g_assert_cmpstr (seen->str, ==, line);
}

static void
test_supervised (void)
{
  expect_line (JT_EVENT_RUN_STARTED, JT_TRIGGER_SCHEDULE, JT_RUN_RUNNING, -1, NULL, "info 7003 3 12 running job 'backup': run 12 started|");
  g_assert_cmpstr (seen_name, ==, "backup");
  expect_line (JT_EVENT_RUN_FINISHED, JT_TRIGGER_SCHEDULE, JT_RUN_SUCCEEDED, 0, NULL, "info 7004 3 12 succeeded job 'backup': run 12 succeeded|");
  expect_line (JT_EVENT_RUN_FINISHED, JT_TRIGGER_MANUAL, JT_RUN_FAILED, 3, NULL, "notice 7004 3 12 failed job 'backup': run 12 failed, exit 3|");
  expect_line (JT_EVENT_RUN_FINISHED, JT_TRIGGER_MANUAL, JT_RUN_TIMED_OUT, -1, "timeout",
               "notice 7004 3 12 timed-out job 'backup': run 12 timed-out: timeout|");
  expect_line (JT_EVENT_RUN_CHANGED, JT_TRIGGER_SCHEDULE, JT_RUN_QUEUED, -1, NULL, "");
}

/* Work that others do is theirs to log, unless it ends badly. */
static void
test_reported (void)
{
  expect_line (JT_EVENT_RUN_STARTED, JT_TRIGGER_TRACKED, JT_RUN_RUNNING, -1, NULL, "");
  expect_line (JT_EVENT_RUN_FINISHED, JT_TRIGGER_PING, JT_RUN_SUCCEEDED, 0, NULL, "");
  expect_line (JT_EVENT_RUN_FINISHED, JT_TRIGGER_TRACKED, JT_RUN_LOST, -1, "its reporter left the bus",
               "notice 7005 3 12 lost job 'backup': run 12 lost: its reporter left the bus|");
}

/* A reporter's words stay in one line. */
static void
test_one_line (void)
{
  expect_line (JT_EVENT_RUN_FINISHED, JT_TRIGGER_TRACKED, JT_RUN_FAILED, 1, "a\nJT_RUN=1\033[2J",
               "notice 7004 3 12 failed job 'backup': run 12 failed, exit 1: a JT_RUN=1 [2J|");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  seen = g_string_new (NULL);
  g_log_set_writer_func (keep_line, NULL, NULL);
  g_test_add_func ("/journal/supervised", test_supervised);
  g_test_add_func ("/journal/reported", test_reported);
  g_test_add_func ("/journal/one-line", test_one_line);
  return g_test_run ();
}
