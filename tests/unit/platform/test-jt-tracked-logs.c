/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <fcntl.h>
#include <string.h>

#include <glib/gstdio.h>

#include "jt-error.h"
#include "jt-fake-executor.h"
#include "jt-log-writer.h"
#include "jt-tracked-logs.h"

#define RUN 7

typedef struct
{
  char          *folder;
  int            runs_fd;
  JtExecutor    *executor;
  JtTrackedLogs *logs;
  gboolean       is_closed;
  gboolean       was_used;
  JtTrackedLog   result;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("jt-logs-XXXXXX", NULL);
  f->runs_fd = open (f->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  f->executor = jt_fake_executor_new ();
  f->logs = jt_tracked_logs_new (f->executor, f->runs_fd);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  jt_tracked_logs_free (f->logs);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (f->executor);
  close (f->runs_fd);
  remove_tree (f->folder);
  g_free (f->folder);
}

/* As a service does that is stopped and comes back. */
static void
restart (Fixture *f)
{
  jt_tracked_logs_free (f->logs);
  f->logs = jt_tracked_logs_new (f->executor, f->runs_fd);
}

static gboolean
try_append (Fixture *f, guint64 run, gboolean is_stderr, const char *text, gsize length, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, length);

  return jt_tracked_logs_append (f->logs, run, is_stderr, bytes, error);
}

static void
append (Fixture *f, gboolean is_stderr, const char *text)
{
  g_autoptr (GError) error = NULL;

  try_append (f, RUN, is_stderr, text, strlen (text), &error);
  g_assert_no_error (error);
}

static void
on_closed (const JtTrackedLog *log, gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_false (f->is_closed);
  f->is_closed = TRUE;
  f->was_used = log != NULL;
  if (log != NULL)
    f->result = *log;
}

static void
close_log (Fixture *f, gboolean keeps)
{
  f->is_closed = FALSE;
  jt_tracked_logs_close (f->logs, RUN, keeps, on_closed, f);
  while (!f->is_closed)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (jt_tracked_logs_has (f->logs, RUN));
}

/* (transfer full) (nullable) */
static char *
read_file (Fixture *f, const char *name)
{
  g_autofree char *path = g_strdup_printf ("%s/0/%d/%s", f->folder, RUN, name);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

/* The lines without their times. (transfer full) */
static char *
read_log (Fixture *f)
{
  g_autofree char *text = read_file (f, "log");
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);
  GString *plain = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    g_string_append_printf (plain, "%s|", strchr (lines[i], ' ') + 1);
  return g_string_free (plain, FALSE);
}

static void
assert_log (Fixture *f, const char *expected)
{
  g_autofree char *log = read_log (f);

  g_assert_cmpstr (log, ==, expected);
}

static void
test_lines (Fixture *f, gconstpointer data)
{
  jt_tracked_logs_add (f->logs, RUN, 1 << 20, FALSE);
  append (f, FALSE, "one\ntw");
  append (f, TRUE, "bad\n\n");
  append (f, FALSE, "");
  append (f, FALSE, "o\nend");
  close_log (f, TRUE);
  assert_log (f, "stdout F one|stderr F bad|stderr F |stdout F two|stdout P end|");
  g_assert_cmpuint (f->result.dropped_bytes, ==, 0);
  g_assert_cmpuint (f->result.size_bytes, >, 100);
}

static void
test_unused (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  jt_tracked_logs_add (f->logs, RUN, 1 << 20, FALSE);
  append (f, FALSE, "");
  jt_tracked_logs_close (f->logs, RUN, TRUE, on_closed, f);
  g_assert_true (f->is_closed);
  g_assert_false (f->was_used);
  g_assert_false (try_append (f, RUN, FALSE, "x\n", 2, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_WRONG_STATE);
}

static void
test_not_kept (Fixture *f, gconstpointer data)
{
  g_autofree char *log = NULL;

  jt_tracked_logs_add (f->logs, RUN, 1 << 20, FALSE);
  append (f, FALSE, "secret\n");
  close_log (f, FALSE);
  log = read_file (f, "log");
  g_assert_null (log);
}

static guint64
append_numbers (Fixture *f, guint from, guint to)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = from; i <= to; i++)
    g_string_append_printf (text, "line %u\n", i);
  append (f, FALSE, text->str);
  return text->len;
}

/* What is there, with what is said to be gone, is all that came. */
static void
assert_head_and_tail (Fixture *f, guint64 output, guint64 max_bytes)
{
  g_autofree char *log = read_log (f);
  g_autofree char *text = read_file (f, "log");
  g_autofree char *marker = g_strdup_printf ("[%" G_GUINT64_FORMAT " bytes of output were dropped here]|", f->result.dropped_bytes);
  g_autofree char *rest = read_file (f, "tail.new");

  g_assert_true (g_str_has_prefix (log, "stdout F line 1|stdout F line 2|"));
  g_assert_true (g_str_has_suffix (log, "stdout F line 2999|stdout F line 3000|"));
  g_assert_nonnull (strstr (log, marker));
  g_assert_cmpuint (f->result.dropped_bytes, >, 0);
  g_assert_cmpuint (jt_log_count_output (text, strlen (text)) - strlen (marker) + f->result.dropped_bytes, ==, output);
  g_assert_cmpuint (f->result.size_bytes, ==, strlen (text));
  g_assert_cmpuint (f->result.size_bytes, <=, max_bytes + 100);
  g_assert_cmpuint (f->result.size_bytes, >=, max_bytes / 2 + max_bytes / 4 - 200);
  g_assert_null (rest);
}

static void
test_head_and_tail (Fixture *f, gconstpointer data)
{
  guint64 output = 0;

  jt_tracked_logs_add (f->logs, RUN, 32 * 1024, FALSE);
  for (guint i = 0; i < 30; i++)
    output += append_numbers (f, i * 100 + 1, i * 100 + 100);
  close_log (f, TRUE);
  assert_head_and_tail (f, output, 32 * 1024);
}

static void
test_restarts (Fixture *f, gconstpointer data)
{
  guint64 output = 0;

  for (guint i = 0; i < 30; i++)
    {
      jt_tracked_logs_add (f->logs, RUN, 32 * 1024, i > 0);
      output += append_numbers (f, i * 100 + 1, i * 100 + 100);
      restart (f);
    }
  jt_tracked_logs_add (f->logs, RUN, 32 * 1024, TRUE);
  close_log (f, TRUE);
  assert_head_and_tail (f, output, 32 * 1024);
}

/* The service stops in the middle of a line, and nothing comes after it. */
static void
test_line_over_a_restart (Fixture *f, gconstpointer data)
{
  jt_tracked_logs_add (f->logs, RUN, 1 << 20, FALSE);
  append (f, FALSE, "one\nhal");
  restart (f);
  jt_tracked_logs_add (f->logs, RUN, 1 << 20, TRUE);
  append (f, FALSE, "f\n");
  restart (f);
  jt_tracked_logs_add (f->logs, RUN, 1 << 20, TRUE);
  close_log (f, TRUE);
  assert_log (f, "stdout F one|stdout P hal|stdout F f|");
  g_assert_true (f->was_used);
  g_assert_cmpuint (f->result.size_bytes, >, 100);
}

static void
test_long_line (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strnfill (5000, 'x');
  g_autofree char *text = NULL;

  jt_tracked_logs_add (f->logs, RUN, 4096, FALSE);
  append (f, FALSE, line);
  close_log (f, TRUE);
  text = read_file (f, "log");
  g_assert_cmpuint (f->result.size_bytes, <=, 4096 + 100);
  g_assert_cmpuint (f->result.dropped_bytes, >, 1000);
  g_assert_nonnull (strstr (text, "stdout P xxxx"));
}

/* Nothing is written meanwhile, for the loop does not run: memory has a limit all the same. */
static void
test_limits (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strnfill (64 * 1024, '\n');
  g_autoptr (GError) error = NULL;
  guint64 run;
  guint n;

  jt_tracked_logs_add (f->logs, RUN, 1 << 20, FALSE);
  for (n = 0; n < 64 && try_append (f, RUN, FALSE, line, 64 * 1024, &error); n++)
    ;
  g_assert_error (error, JT_ERROR, JT_ERROR_OVERLOADED);
  g_assert_cmpuint (n, <, 4);
  g_clear_error (&error);
  for (run = RUN + 1; run < RUN + 100; run++)
    {
      jt_tracked_logs_add (f->logs, run, 1 << 20, FALSE);
      if (!try_append (f, run, FALSE, line, 64 * 1024, &error))
        break;
    }
  g_assert_error (error, JT_ERROR, JT_ERROR_OVERLOADED);
  g_assert_cmpuint (run, <, RUN + 10);
  close_log (f, TRUE);
}

/* More than may wait comes through when its reporter tries again. */
static void
test_much (Fixture *f, gconstpointer data)
{
  g_autofree char *text = g_strnfill (60 * 1024, 'x');
  g_autoptr (GError) error = NULL;
  guint64 output = 0;

  jt_tracked_logs_add (f->logs, RUN, 1 << 30, FALSE);
  while (output < 8 * 1024 * 1024)
    {
      if (try_append (f, RUN, FALSE, text, 60 * 1024, &error))
        output += 60 * 1024;
      else
        g_main_context_iteration (NULL, TRUE);
      g_clear_error (&error);
    }
  close_log (f, TRUE);
  g_assert_cmpuint (f->result.size_bytes, >, output);
  g_assert_cmpuint (f->result.dropped_bytes, ==, 0);
}

static void
test_disk_refuses (Fixture *f, gconstpointer data)
{
  g_autofree char *shard = g_build_filename (f->folder, "0", NULL);

  g_assert_true (g_file_set_contents (shard, "no folder", -1, NULL));
  jt_tracked_logs_add (f->logs, RUN, 1 << 20, FALSE);
  append (f, FALSE, "one\n");
  append (f, FALSE, "three\n");
  close_log (f, TRUE);
  g_assert_cmpuint (f->result.size_bytes, ==, 0);
  g_assert_cmpuint (f->result.dropped_bytes, ==, strlen ("one\nthree\n"));
}

#define TEST(path, function) g_test_add ("/tracked-logs/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("lines", test_lines);
  TEST ("unused", test_unused);
  TEST ("not-kept", test_not_kept);
  TEST ("head-and-tail", test_head_and_tail);
  TEST ("restarts", test_restarts);
  TEST ("line-over-a-restart", test_line_over_a_restart);
  TEST ("long-line", test_long_line);
  TEST ("limits", test_limits);
  TEST ("much", test_much);
  TEST ("disk-refuses", test_disk_refuses);
  return g_test_run ();
}
