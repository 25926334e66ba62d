/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "progress-reader.h"

#include <string.h>

typedef struct
{
  const char *line;
  double      fraction;
} Row;

static const Row rows[] = {
  { "37%", 0.37 },
  { " 37.5 % done", 0.375 },
  { "100%", 1 },
  { "12/80", 0.15 },
  { "[12/80] Linking target foo", 0.15 },
  { "(12 of 80)", 0.15 },
  { "file 12 / 80 ...", 0.15 },
  { "[ 12%] Building 3/4", 0.12 },
  { "5% then 6%", 0.06 },
  { "1/1", -1 },
  { "101%", -1 },
  { "81/80", -1 },
  { "on 24/11/2026", -1 },
  { "/usr/2/3", -1 },
  { "v1.2/3", -1 },
  { "3/4-inch", -1 },
  { "12:30/45", -1 },
  { "eth0 5/8a", -1 },
  { "100 percent", -1 },
  { "", -1 },
};

static void
test_row (gconstpointer data)
{
  const Row *row = data;

  g_assert_cmpfloat_with_epsilon (progress_find (row->line).fraction, row->fraction, 1e-12);
}

static gboolean
feed (ProgressReader *reader, const char *text)
{
  return progress_reader_feed (reader, text, strlen (text));
}

static void
test_stream (void)
{
  ProgressReader reader;

  progress_reader_init (&reader);
  g_assert_false (feed (&reader, "copying\n1"));
  g_assert_cmpfloat (reader.fraction, ==, -1);
  g_assert_true (feed (&reader, "0%\r"));
  g_assert_cmpfloat_with_epsilon (reader.fraction, 0.1, 1e-12);
  g_assert_false (feed (&reader, "10%\r"));
  /* A bar that is redrawn without an end of line, in colour. */
  g_assert_true (feed (&reader, "\033[32m20%\033[0m of it"));
  g_assert_cmpfloat_with_epsilon (reader.fraction, 0.2, 1e-12);
  g_assert_cmpstr (reader.text, ==, "20% of it");
  /* A ratio may go on: it counts when its line ends. */
  g_assert_false (feed (&reader, "\n[12/8"));
  g_assert_true (feed (&reader, "0] x\n"));
  g_assert_cmpfloat_with_epsilon (reader.fraction, 0.15, 1e-12);
}

typedef struct
{
  const char *name;
  const char *output;
  double      fraction; /* after all of it */
} Output;

/* What counts, and what is the share of something else. */
static const Output outputs[] = {
  { "alone", "37%\n", 0.37 },
  { "alone-without-end", "37%", 0.37 },
  { "alone-in-brackets", "[ 37%]\n", 0.37 },
  { "first", "37% done\n", 0.37 },
  { "last", "loading: 37%\n", 0.37 },
  { "before-a-bar", "loading 37% [###>    ]\n", 0.37 },
  { "ratio-first", "12/80 files\n", 0.15 },
  { "ninja", "[12/80] Compiling C object foo.o\n", 0.15 },
  { "unrelated", "disk 93% full\n", -1 },
  { "unrelated-in-pieces", "disk 93%| full\n", -1 },
  { "unrelated-twice", "disk 93% full\ndisk 93% full\n", -1 },
  { "unrelated-falling", "disk 93% full\ndisk 50% full\n", -1 },
  { "unrelated-different", "/dev/vda 18% /\n/dev/vdb 45% /srv\n", -1 },
  { "unrelated-ratio", "ran 12/80 tests of it\n", -1 },
  { "unrelated-crlf", "disk 93% full\r\n", -1 },
  { "rising", "copied 12/80 files\ncopied 13/80 files\n", 0.1625 },
  { "risen-then-falling", "disk 10% full\ndisk 20% full\ndisk 15% full\n", 0.15 },
  { "rsync", "\r      1,234  37%   10.2MB/s    0:00:12\r", 0.37 },
  { "wget", "file.iso   37%[===>     ] 1.2M  3MB/s  eta 5s\r", 0.37 },
  { "backspaces", "at 10% now|\b\b\b\b\b\b\b11% now", 0.11 },
  { "cursor-left", "\033[1Gat 37% of it", 0.37 },
  { "title", "\033]0;50%\ax\n", -1 },
  { "charset", "\033(B37%\n", 0.37 },
  { "colours", "\033[1;32m[12/80]\033[0m x\n", 0.15 },
  { "after-much", NULL, 0.37 },
};

static void
test_output (gconstpointer data)
{
  const Output *output = data;
  g_autofree char *noise = g_strnfill (100000, 'y');
  g_autofree char *much = g_strdup_printf ("12%%\n%s 99%% %s\n37%%\n", noise, noise);
  g_auto (GStrv) pieces = g_strsplit (output->output != NULL ? output->output : much, "|", -1);
  ProgressReader reader;

  progress_reader_init (&reader);
  for (guint i = 0; pieces[i] != NULL; i++)
    feed (&reader, pieces[i]);
  g_assert_cmpfloat_with_epsilon (reader.fraction, output->fraction, 1e-12);
}

static void
test_hostile (void)
{
  g_autofree char *noise = g_malloc (100000);
  ProgressReader reader;

  for (guint i = 0; i < 100000; i++)
    noise[i] = (char) (i * 7919 % 251);
  progress_reader_init (&reader);
  progress_reader_feed (&reader, noise, 100000);
  memset (noise, '9', 100000);
  progress_reader_feed (&reader, noise, 100000);
  g_assert_cmpuint (reader.length, <=, PROGRESS_LINE_BYTES);
  g_assert_true (g_utf8_validate (reader.text, -1, NULL));
}

/* Bytes that are no UTF-8 take three each when they are made text. */
static void
test_text (void)
{
  char line[600];
  ProgressReader reader;

  memset (line, 0xff, sizeof line);
  memcpy (line, "37%\xc2\x85", 5);
  line[sizeof line - 1] = '\n';
  progress_reader_init (&reader);
  g_assert_true (progress_reader_feed (&reader, line, sizeof line));
  g_assert_true (g_utf8_validate (reader.text, -1, NULL));
  g_assert_true (g_str_has_prefix (reader.text, "37%\uFFFD"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/progress-reader/line/%u", i);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  for (guint i = 0; i < G_N_ELEMENTS (outputs); i++)
    {
      g_autofree char *path = g_strdup_printf ("/progress-reader/output/%s", outputs[i].name);

      g_test_add_data_func (path, &outputs[i], test_output);
    }
  g_test_add_func ("/progress-reader/stream", test_stream);
  g_test_add_func ("/progress-reader/text", test_text);
  g_test_add_func ("/progress-reader/hostile", test_hostile);
  return g_test_run ();
}
