/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>

#include "jt-log-filter.h"

#define STAMP "2026-01-02T03:04:05.123456789Z "

static const char lines[] = STAMP "stdout F one\n" STAMP "stderr F bad \n" STAMP "stdout P tw\n" STAMP "stderr P wor\n" STAMP "stdout P \n" STAMP
                                  "stdout F o\n" STAMP "stderr F se\n" STAMP "system F [9 bytes of output were dropped here]\n" STAMP "stdout P end\n";

typedef struct
{
  const char *stream;
  gboolean    is_raw;
  guint64     skip_bytes;
  gint64      tail; /* -1: all */
  const char *expected;
} Row;

static const Row rows[] = {
  { "", FALSE, 0, -1, "one\nbad \ntwworo\nse\n[9 bytes of output were dropped here]\nend" },
  { "stdout", FALSE, 0, -1, "one\ntwo\nend" },
  { "stderr", FALSE, 0, -1, "bad \nworse\n" },
  { "stdout", FALSE, 5, -1, "wo\nend" },
  { "stdout", FALSE, 4, -1, "two\nend" },
  { "stdout", FALSE, 1000, -1, "" },
  { "stdout", FALSE, 0, 1, "end" },
  { "stdout", FALSE, 0, 2, "two\nend" },
  { "stdout", FALSE, 0, 0, "" },
  { "stdout", FALSE, 0, 100, "one\ntwo\nend" },
  { "stderr", FALSE, 0, 1, "worse\n" },
  { "", FALSE, 0, 2, "[9 bytes of output were dropped here]\nend" },
  { "stderr", TRUE, 0, -1, STAMP "stderr F bad \n" STAMP "stderr P wor\n" STAMP "stderr F se\n" },
  { "", TRUE, 0, 1, STAMP "stdout P end\n" },
};

/* However the slices are cut, the answer is the same. */
static void
test_row (gconstpointer data)
{
  const Row *row = data;
  gsize length = strlen (lines);

  for (gsize cut = 0; cut <= length; cut++)
    {
      g_autoptr (GString) out = g_string_new (NULL);
      JtLogFilter filter;

      jt_log_filter_init (&filter, row->stream, row->is_raw, row->skip_bytes);
      if (row->tail >= 0)
        {
          jt_log_filter_feed (&filter, lines, length, NULL);
          jt_log_filter_restart (&filter, (guint64) row->tail);
        }
      jt_log_filter_feed (&filter, lines, cut, out);
      jt_log_filter_feed (&filter, lines + cut, length - cut, out);
      g_assert_cmpstr (out->str, ==, row->expected);
      jt_log_filter_clear (&filter);
    }
}

static void
test_bytes (void)
{
  static const char line[] = STAMP "stdout F a\0b\377 F \r\n";
  g_autoptr (GString) out = g_string_new (NULL);
  JtLogFilter filter;

  jt_log_filter_init (&filter, "", FALSE, 0);
  jt_log_filter_feed (&filter, line, sizeof line - 1, out);
  g_assert_cmpmem (out->str, out->len, "a\0b\377 F \r\n", 9);
  jt_log_filter_clear (&filter);
}

/* What is no line of the supervisor's is passed over, and never held without limit. */
static void
test_garbage (void)
{
  g_autofree char *junk = g_strnfill (300 * 1024, 'x');
  g_autoptr (GString) out = g_string_new (NULL);
  JtLogFilter filter;

  jt_log_filter_init (&filter, "", FALSE, 0);
  jt_log_filter_feed (&filter, "\n \n  \nwords\nT stdout\nT stdout F\n", 32, out);
  for (guint i = 0; i < 4; i++)
    jt_log_filter_feed (&filter, junk, strlen (junk), out);
  g_assert_cmpuint (filter.held->len, <=, 256 * 1024);
  jt_log_filter_feed (&filter, "\n" STAMP "stdout F well\n", strlen (STAMP) + 15, out);
  g_assert_cmpstr (out->str, ==, "well\n");
  jt_log_filter_clear (&filter);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/log-filter/row-%u", i);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/log-filter/bytes", test_bytes);
  g_test_add_func ("/log-filter/garbage", test_garbage);
  return g_test_run ();
}
