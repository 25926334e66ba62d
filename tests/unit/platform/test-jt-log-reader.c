/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib-unix.h>

#include "jt-error.h"
#include "jt-log-archive.h"
#include "jt-log-reader.h"
#include "platform-fixture.h"

#define STAMP "2026-01-02T03:04:05.123456789Z "

typedef struct
{
  gboolean is_done;
  int      fd;
  GError  *error;
} Answer;

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  answer->fd = jt_executor_open_log_finish (JT_EXECUTOR (source), result, &answer->error);
  answer->is_done = TRUE;
}

/* @options: as for g_variant_parse(). */
static int
open_log (Fixture *f, const char *options, GError **error)
{
  g_autoptr (GVariant) parsed = g_variant_parse (G_VARIANT_TYPE_VARDICT, options, NULL, NULL, error);
  Answer answer = { FALSE, -1, NULL };

  g_assert_nonnull (parsed);
  jt_executor_open_log_async (f->executor, f->run, parsed, NULL, opened_cb, &answer);
  while (!answer.is_done)
    g_main_context_iteration (NULL, TRUE);
  if (answer.error != NULL)
    g_propagate_error (error, answer.error);
  return answer.fd;
}

static gboolean
readable_cb (int fd, GIOCondition condition, gpointer user_data)
{
  GString *text = user_data;
  char bytes[8192];
  gssize n = read (fd, bytes, sizeof bytes);

  g_assert_cmpint (n, >=, 0);
  g_string_append_len (text, bytes, n);
  if (n == 0)
    g_string_append (text, "<end>");
  return n > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* Reads while the main loop runs, up to the end. */
static GString *
read_all (int fd)
{
  GString *text = g_string_new (NULL);

  g_unix_fd_add (fd, G_IO_IN | G_IO_HUP, readable_cb, text);
  while (!g_str_has_suffix (text->str, "<end>"))
    g_main_context_iteration (NULL, TRUE);
  g_string_truncate (text, text->len - strlen ("<end>"));
  close (fd);
  return text;
}

typedef struct
{
  const char *options;
  const char *expected;
} Row;

static const Row rows[] = {
  { "{}", "one\nbad\ntwo\nthree\n" },
  { "{'stream': <'stderr'>}", "bad\n" },
  { "{'tail': <uint64 2>}", "two\nthree\n" },
  { "{'from': <uint64 5>}", "ad\ntwo\nthree\n" },
  { "{'attempt': <uint32 1>}", "one\nbad\n" },
  { "{'attempt': <uint32 2>}", "two\nthree\n" },
  { "{'attempt': <uint32 1>, 'tail': <uint64 1>}", "bad\n" },
  { "{'raw': <true>, 'stream': <'stderr'>}", STAMP "stderr F bad\n" },
  { "{'raw': <true>, 'tail': <uint64 1>}", STAMP "stdout F three\n" },
  /* over: following it is reading it */
  { "{'follow': <true>}", "one\nbad\ntwo\nthree\n" },
};

#define FIRST STAMP "stdout F one\n" STAMP "stderr F bad\n"

static void
test_row (Fixture *f, gconstpointer data)
{
  const Row *row = data;
  g_autoptr (GString) text = NULL;
  g_autoptr (GError) error = NULL;
  JtAttempt *second = jt_attempt_new ();

  second->number = 2;
  second->started_usec = 1;
  second->log_offset = strlen (FIRST);
  g_ptr_array_add (f->run->attempts, second);
  f->run->attempt = 2;
  fixture_write (f, "log", FIRST STAMP "stdout F two\n" STAMP "stdout F three\n", -1);
  text = read_all (open_log (f, row->options, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (text->str, ==, row->expected);
}

/* No log is an empty one, and looking for it makes nothing. */
static void
test_absent (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = fixture_path (f, "");
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = read_all (open_log (f, data, &error));

  g_assert_no_error (error);
  g_assert_cmpstr (text->str, ==, "");
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
}

/* A link in its place is not followed. */
static void
test_symlink (Fixture *f, gconstpointer data)
{
  g_autofree char *path = fixture_path (f, "log");
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = NULL;

  fixture_write (f, "other", STAMP "stdout F secret\n", -1);
  g_assert_no_errno (symlink ("other", path));
  text = read_all (open_log (f, "{}", &error));
  g_assert_cmpstr (text->str, ==, "");
}

static GString *
make_large_log (Fixture *f, guint n_lines)
{
  g_autoptr (GString) log = g_string_new (NULL);
  GString *output = g_string_new (NULL);

  for (guint i = 0; i < n_lines; i++)
    {
      g_string_append_printf (log, STAMP "stdout F line %u of many, many lines\n", i);
      g_string_append_printf (output, "line %u of many, many lines\n", i);
    }
  fixture_write (f, "log", log->str, (gssize) log->len);
  return output;
}

static void
test_large (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) expected = make_large_log (f, 100000);
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = read_all (open_log (f, "{}", &error));

  g_assert_no_error (error);
  g_assert_cmpuint (text->len, ==, expected->len);
  g_assert_true (g_string_equal (text, expected));
}

/* Those who never read take places; when all are taken one more is refused, until somebody goes. */
static void
test_limit (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) expected = make_large_log (f, 60000);
  g_autoptr (GError) error = NULL;
  int fds[JT_LOG_READER_MAX];
  int fd;

  for (guint i = 0; i < JT_LOG_READER_MAX; i++)
    {
      fds[i] = open_log (f, "{}", &error);
      g_assert_no_error (error);
    }
  fd = open_log (f, "{}", &error);
  g_assert_cmpint (fd, ==, -1);
  g_assert_error (error, JT_ERROR, JT_ERROR_OVERLOADED);
  close (fds[0]);
  while (g_error_matches (error, JT_ERROR, JT_ERROR_OVERLOADED))
    {
      g_clear_error (&error);
      /* the place may be free already, with nothing left to wait for */
      g_main_context_iteration (NULL, FALSE);
      fd = open_log (f, "{}", &error);
    }
  g_assert_no_error (error);
  close (fd);
  for (guint i = 1; i < JT_LOG_READER_MAX; i++)
    {
      g_autoptr (GString) text = read_all (fds[i]);

      g_assert_cmpuint (text->len, ==, expected->len);
    }
}

/* A small one costs no place however long it is kept. */
static void
test_small_many (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int fds[2 * JT_LOG_READER_MAX];

  fixture_write (f, "log", FIRST, -1);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = open_log (f, "{}", &error);
      g_assert_no_error (error);
    }
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      /* nobody writes into what others may be shown */
      g_assert_cmpint (write (fds[i], "x", 1), ==, -1);
      close (fds[i]);
    }
}

/* --- following --- */

static void
wait_text (GString *text, const char *expected)
{
  while (strstr (text->str, expected) == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_follow (Fixture *f, gconstpointer data)
{
  /* Opened once and for both ways: the end of one writer is no end of what is read. */
  g_autofree char *line = g_strdup_printf ("exec 3<>%s; echo first; read word <&3; echo second; read word <&3; echo last", f->fifo);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  int fd;

  fixture_start (f, line, NULL);
  fd = open_log (f, "{'follow': <true>}", &error);
  g_assert_no_error (error);
  g_unix_fd_add (fd, G_IO_IN | G_IO_HUP, readable_cb, text);
  wait_text (text, "first\n");
  fixture_write_word (f);
  wait_text (text, "second\n");
  g_assert_cmpuint (f->n_ended, ==, 0);
  fixture_write_word (f);
  wait_text (text, "<end>");
  g_assert_cmpstr (text->str, ==, "first\nsecond\nlast\n<end>");
  g_assert_cmpuint (f->n_ended, ==, 1);
  close (fd);
}

/* Short ones, many times: the end never comes before the last word, and always comes. */
static void
test_follow_short (Fixture *f, gconstpointer data)
{
  for (guint i = 1; i <= 30; i++)
    {
      g_autoptr (GString) text = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *options = g_strdup_printf ("{'follow': <true>, 'attempt': <uint32 %u>, 'tail': <uint64 1>}", i);

      f->run->attempt = i;
      f->n_started = f->n_ended = 0;
      fixture_start (f, "echo word", NULL);
      fixture_wait_started (f);
      text = read_all (open_log (f, options, &error));
      g_assert_no_error (error);
      g_assert_true (g_str_has_suffix (text->str, "word\n"));
      fixture_wait_ended (f);
    }
}

/* Whoever follows and goes away leaves his place at once, though nothing is written. */
static void
test_follow_gone (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strdup_printf ("echo first; read word < %s", f->fifo);
  g_autoptr (GError) error = NULL;
  int fds[JT_LOG_READER_MAX];
  int fd;

  fixture_start (f, line, NULL);
  fixture_wait_started (f);
  for (guint i = 0; i < JT_LOG_READER_MAX; i++)
    {
      fds[i] = open_log (f, "{'follow': <true>}", &error);
      g_assert_no_error (error);
    }
  for (guint i = 0; i < JT_LOG_READER_MAX; i++)
    close (fds[i]);
  do
    {
      g_clear_error (&error);
      g_main_context_iteration (NULL, FALSE);
      fd = open_log (f, "{'follow': <true>}", &error);
    }
  while (g_error_matches (error, JT_ERROR, JT_ERROR_OVERLOADED));
  g_assert_no_error (error);
  fixture_write_word (f);
  {
    g_autoptr (GString) text = read_all (fd);

    g_assert_cmpstr (text->str, ==, "first\n");
  }
  fixture_wait_ended (f);
}

/* A follower who never reads holds up neither the job nor the executor. */
static void
test_follow_stalled (Fixture *f, gconstpointer data)
{
  g_autofree char *line = g_strdup_printf ("read word < %s; head -c 3000000 /dev/zero | tr '\\0' '\\n'", f->fifo);
  g_autoptr (GError) error = NULL;
  int fd;

  fixture_start (f, line, "'log-max-size': <uint64 1000000000>");
  fixture_wait_started (f);
  fd = open_log (f, "{'follow': <true>}", &error);
  g_assert_no_error (error);
  fixture_write_word (f);
  fixture_wait_ended (f);
  g_assert_cmpint (f->ended.exit_code, ==, 0);
  {
    g_autoptr (GString) text = read_all (fd);

    g_assert_cmpuint (text->len, ==, 3000000);
  }
}

#define ADD(path, data, function) g_test_add ("/log-reader/" path, Fixture, data, fixture_setup, function, fixture_teardown)

/* A closed log is compressed, and read as before: whole, in part, by attempt. */
static void
test_packed (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) plain = g_string_new (NULL);
  g_autoptr (GString) expected = g_string_new (NULL);
  g_autofree char *folder = fixture_path (f, "");
  g_autofree char *log = fixture_path (f, "log");
  g_autofree char *packed = fixture_path (f, JT_LOG_ARCHIVE_FILE);
  g_autoptr (GString) whole = NULL, tail = NULL, second = NULL;
  JtAttempt *attempt = jt_attempt_new ();
  struct stat st;
  int folder_fd;

  for (guint i = 0; i < 5000; i++)
    {
      if (i == 4999)
        attempt->log_offset = plain->len;
      g_string_append_printf (plain, STAMP "stdout F line %u\n", i);
      g_string_append_printf (expected, "line %u\n", i);
    }
  attempt->number = 2;
  attempt->started_usec = 1;
  g_ptr_array_add (f->run->attempts, attempt);
  f->run->attempt = 2;
  fixture_write (f, "log", plain->str, (gssize) plain->len);
  folder_fd = open (folder, O_RDONLY | O_DIRECTORY);
  g_assert_true (jt_log_archive_pack (folder_fd));
  g_assert_false (jt_log_archive_pack (folder_fd));
  close (folder_fd);
  g_assert_false (g_file_test (log, G_FILE_TEST_EXISTS));
  g_assert_no_errno (stat (packed, &st));
  g_assert_cmpint (st.st_size * 10, <, plain->len);
  whole = read_all (open_log (f, "{}", NULL));
  g_assert_cmpstr (whole->str, ==, expected->str);
  tail = read_all (open_log (f, "{'tail': <uint64 2>}", NULL));
  g_assert_cmpstr (tail->str, ==, "line 4998\nline 4999\n");
  second = read_all (open_log (f, "{'attempt': <uint32 2>}", NULL));
  g_assert_cmpstr (second->str, ==, "line 4999\n");
}

/* What is not worth it stays; what was cut is shown as far as it goes. */
static void
test_packed_edges (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = fixture_path (f, "");
  g_autoptr (GString) text = NULL;
  int folder_fd;

  fixture_write (f, "log", STAMP "stdout F short\n", -1);
  folder_fd = open (folder, O_RDONLY | O_DIRECTORY);
  g_assert_false (jt_log_archive_pack (folder_fd));
  close (folder_fd);
  fixture_write (f, JT_LOG_ARCHIVE_FILE, "no frame at all", -1);
  text = read_all (open_log (f, "{}", NULL));
  g_assert_cmpstr (text->str, ==, "short\n");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  fixture_supervisor = argv[1];
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/log-reader/row-%u", i);

      g_test_add (path, Fixture, &rows[i], fixture_setup, test_row, fixture_teardown);
    }
  ADD ("absent", "{}", test_absent);
  ADD ("absent-followed", "{'follow': <true>}", test_absent);
  ADD ("symlink", NULL, test_symlink);
  ADD ("packed", NULL, test_packed);
  ADD ("packed-edges", NULL, test_packed_edges);
  ADD ("large", NULL, test_large);
  ADD ("limit", NULL, test_limit);
  ADD ("small-many", NULL, test_small_many);
  ADD ("follow/words", NULL, test_follow);
  ADD ("follow/short", NULL, test_follow_short);
  ADD ("follow/gone", NULL, test_follow_gone);
  ADD ("follow/stalled", NULL, test_follow_stalled);
  return g_test_run ();
}
