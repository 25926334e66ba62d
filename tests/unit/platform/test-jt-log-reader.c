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
#include <glib/gstdio.h>
#include <zstd.h>

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

/* As a log is that was compressed, whatever its size. */
static GByteArray *
pack (const char *plain, gsize length)
{
  GByteArray *packed = g_byte_array_new ();
  ZSTD_CCtx *context = ZSTD_createCCtx ();

  g_byte_array_set_size (packed, (guint) ZSTD_compressBound (length));
  ZSTD_CCtx_setParameter (context, ZSTD_c_checksumFlag, 1);
  g_byte_array_set_size (packed, (guint) ZSTD_compress2 (context, packed->data, packed->len, plain, length));
  ZSTD_freeCCtx (context);
  return packed;
}

static void
write_packed (Fixture *f, const char *plain, gsize length)
{
  g_autoptr (GByteArray) packed = pack (plain, length);

  fixture_write (f, JT_LOG_ARCHIVE_FILE, (const char *) packed->data, packed->len);
}

static void
check_row (Fixture *f, const Row *row, gboolean is_packed)
{
  static const char log[] = FIRST STAMP "stdout F two\n" STAMP "stdout F three\n";
  g_autoptr (GString) text = NULL;
  g_autoptr (GError) error = NULL;
  JtAttempt *second = jt_attempt_new ();

  second->number = 2;
  second->started_usec = 1;
  second->log_offset = strlen (FIRST);
  g_ptr_array_add (f->run->attempts, second);
  f->run->attempt = 2;
  if (is_packed)
    write_packed (f, log, strlen (log));
  else
    fixture_write (f, "log", log, -1);
  text = read_all (open_log (f, row->options, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (text->str, ==, row->expected);
}

static void
test_row (Fixture *f, gconstpointer data)
{
  check_row (f, data, FALSE);
}

static void
test_packed_row (Fixture *f, gconstpointer data)
{
  check_row (f, data, TRUE);
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
make_large_log (Fixture *f, guint n_lines, gboolean is_packed)
{
  g_autoptr (GString) log = g_string_new (NULL);
  GString *output = g_string_new (NULL);

  for (guint i = 0; i < n_lines; i++)
    {
      g_string_append_printf (log, STAMP "stdout F line %u of many, many lines\n", i);
      g_string_append_printf (output, "line %u of many, many lines\n", i);
    }
  if (is_packed)
    write_packed (f, log->str, log->len);
  else
    fixture_write (f, "log", log->str, (gssize) log->len);
  return output;
}

static void
test_large (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) expected = make_large_log (f, 100000, data != NULL);
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
  g_autoptr (GString) expected = make_large_log (f, 60000, FALSE);
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

/* --- compressed --- */

static gboolean
pack_folder (Fixture *f, GCancellable *cancellable)
{
  g_autofree char *folder = fixture_path (f, "");
  int folder_fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean is_packed;

  g_assert_no_errno (folder_fd);
  is_packed = jt_log_archive_pack (folder_fd, cancellable);
  close (folder_fd);
  return is_packed;
}

static gboolean
has_file (Fixture *f, const char *name)
{
  g_autofree char *path = fixture_path (f, name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* @written: what the file holds; afterwards that is what is read, and there is one file. */
static void
check_packing (Fixture *f, const char *written, gsize length)
{
  g_autoptr (GString) text = NULL;
  g_autoptr (GError) error = NULL;

  fixture_write (f, "log", written, (gssize) length);
  g_assert_true (pack_folder (f, NULL));
  g_assert_false (has_file (f, "log"));
  g_assert_false (has_file (f, "log.zst.tmp"));
  g_assert_false (pack_folder (f, NULL));
  text = read_all (open_log (f, "{'raw': <true>}", &error));
  g_assert_no_error (error);
  g_assert_cmpmem (text->str, text->len, written, length);
}

static void
test_pack (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) plain = g_string_new (NULL);
  g_autoptr (GString) noise = g_string_new (NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  g_autofree char *packed = fixture_path (f, JT_LOG_ARCHIVE_FILE);
  struct stat st;

  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (plain, STAMP "stdout F line %u\n", i);
  check_packing (f, plain->str, plain->len);
  g_assert_no_errno (stat (packed, &st));
  g_assert_cmpint (st.st_size * 10, <, plain->len);
  /* A crash left half of one behind. */
  fixture_write (f, "log.zst.tmp", "half of it", -1);
  check_packing (f, plain->str, plain->len);
  /* What cannot be made smaller is not tried again each day. */
  for (guint i = 0; i < 200; i++)
    {
      g_string_append (noise, STAMP "stdout F ");
      for (guint k = 0; k < 100; k++)
        g_string_append_c (noise, (char) g_rand_int_range (rand, 33, 256));
      g_string_append_c (noise, '\n');
    }
  check_packing (f, noise->str, noise->len);
}

/* What is not worth it stays, and so does what the end of the service interrupts; while both are there the plain one counts. */
static void
test_pack_not (Fixture *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GString) expected = NULL;
  g_autoptr (GString) text = NULL;
  g_autoptr (GString) whole = NULL;

  fixture_write (f, "log", STAMP "stdout F short\n", -1);
  g_assert_false (pack_folder (f, NULL));
  fixture_write (f, JT_LOG_ARCHIVE_FILE, "no frame at all", -1);
  text = read_all (open_log (f, "{}", NULL));
  g_assert_cmpstr (text->str, ==, "short\n");
  expected = make_large_log (f, 5000, FALSE);
  g_cancellable_cancel (cancelled);
  g_assert_false (pack_folder (f, cancelled));
  g_assert_false (has_file (f, "log.zst.tmp"));
  whole = read_all (open_log (f, "{}", NULL));
  g_assert_cmpstr (whole->str, ==, expected->str);
}

/* Opened before, read after. */
static void
test_pack_while_read (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) expected = make_large_log (f, 100000, FALSE);
  int fd = open_log (f, "{}", NULL);
  g_autoptr (GString) text = NULL;

  g_assert_true (pack_folder (f, NULL));
  text = read_all (fd);
  g_assert_true (g_string_equal (text, expected));
}

#define DAMAGED "[the kept log is damaged here; what came behind is lost]\n"

/* What there is of it is shown, and that it is not all is said, whatever is asked for. */
static void
test_cut (Fixture *f, gconstpointer data)
{
  static const char *const options[] = { "{}", "{'stream': <'stderr'>}", "{'tail': <uint64 3>}", "{'raw': <true>}" };
  g_autoptr (GString) expected = make_large_log (f, 200000, TRUE);
  g_autofree char *path = fixture_path (f, JT_LOG_ARCHIVE_FILE);
  struct stat st;

  g_assert_no_errno (stat (path, &st));
  g_assert_no_errno (truncate (path, st.st_size / 2));
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GString) text = read_all (open_log (f, options[i], &error));

      g_assert_no_error (error);
      g_assert_true (g_str_has_suffix (text->str, DAMAGED));
      if (i > 0)
        continue;
      g_string_truncate (text, text->len - strlen (DAMAGED));
      g_assert_cmpuint (text->len, >, expected->len / 4);
      g_assert_true (g_str_has_prefix (expected->str, text->str));
    }
}

/* Of which nothing can be read, a frame that would take 128 MiB of memory among them. */
static void
test_unreadable (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *bytes;
    gssize      length;
  } bad[] = { { "", 0 }, { "x", 1 }, { "no frame at all", 15 }, { "(\265/\375", 4 }, { "(\265/\375\0\210\051\0\0abcd\n", 14 } };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      fixture_write (f, JT_LOG_ARCHIVE_FILE, bad[i].bytes, bad[i].length);
      g_assert_cmpint (open_log (f, "{}", &error), ==, -1);
      g_assert_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE);
      g_assert_nonnull (strstr (error->message, "the log of run 1001: the kept file is damaged"));
    }
}

/* Single bits turned, anywhere: there is an end, and it says so or is right. */
static void
test_turned_bits (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) expected = make_large_log (f, 2000, FALSE);
  g_autofree char *whole = NULL;
  g_autofree char *path = fixture_path (f, JT_LOG_ARCHIVE_FILE);
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  gsize length;

  g_assert_true (pack_folder (f, NULL));
  g_assert_true (g_file_get_contents (path, &whole, &length, NULL));
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *bad = g_memdup2 (whole, length);
      g_autoptr (GError) error = NULL;
      g_autoptr (GString) text = NULL;
      int fd;

      bad[g_rand_int_range (rand, 0, (gint32) length)] ^= (char) (1 << g_rand_int_range (rand, 0, 8));
      fixture_write (f, JT_LOG_ARCHIVE_FILE, bad, (gssize) length);
      fd = open_log (f, "{}", &error);
      if (fd < 0)
        continue;
      text = read_all (fd);
      g_assert_true (g_string_equal (text, expected) || g_str_has_suffix (text->str, DAMAGED));
    }
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

      g_autofree char *packed_path = g_strdup_printf ("/log-reader/packed-row-%u", i);

      g_test_add (path, Fixture, &rows[i], fixture_setup, test_row, fixture_teardown);
      g_test_add (packed_path, Fixture, &rows[i], fixture_setup, test_packed_row, fixture_teardown);
    }
  ADD ("absent", "{}", test_absent);
  ADD ("absent-followed", "{'follow': <true>}", test_absent);
  ADD ("symlink", NULL, test_symlink);
  ADD ("large", NULL, test_large);
  ADD ("packed-large", "packed", test_large);
  ADD ("pack", NULL, test_pack);
  ADD ("pack-not", NULL, test_pack_not);
  ADD ("pack-while-read", NULL, test_pack_while_read);
  ADD ("cut", NULL, test_cut);
  ADD ("unreadable", NULL, test_unreadable);
  ADD ("turned-bits", NULL, test_turned_bits);
  ADD ("limit", NULL, test_limit);
  ADD ("small-many", NULL, test_small_many);
  ADD ("follow/words", NULL, test_follow);
  ADD ("follow/short", NULL, test_follow_short);
  ADD ("follow/gone", NULL, test_follow_gone);
  ADD ("follow/stalled", NULL, test_follow_stalled);
  return g_test_run ();
}
