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

  g_assert_cmpfloat_with_epsilon (progress_find (row->line), row->fraction, 1e-12);
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/progress-reader/line/%u", i);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/progress-reader/stream", test_stream);
  g_test_add_func ("/progress-reader/hostile", test_hostile);
  return g_test_run ();
}
