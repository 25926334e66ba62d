/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Statistics in a terminal: what is said, in how much room, and in which letters. */

#include <locale.h>
#include <string.h>

#include "chart.h"
#include "stats-text.h"
#include "stats-words.h"

#define NOW G_GINT64_CONSTANT (1700000000000000) /* 2023-11-14T22:13:20Z */

#define MEASURE(n) \
  "<{'count': <uint64 " n ">, 'min': <uint64 2000000>, 'mean': <uint64 3500000>, 'p50': <uint64 3000000>, 'p90': <uint64 60000000>," \
  " 'p95': <uint64 65000000>, 'p99': <uint64 66000000>, 'max': <uint64 67000000>, 'histogram': <[(uint64 5000000, uint64 8)," \
  " (60000000, 0), (120000000, 1)]>}>"

static const char whole[] = "{'since': <uint64 1699833600000000>, 'until': <uint64 1700002800000000>, 'count': <uint64 12>,"
                            " 'counts': <{'succeeded': uint64 9, 'failed': 2, 'skipped': 1}>, 'success-rate': <0.8181818>,"
                            " 'duration': " MEASURE ("9") ", 'failed-duration': " MEASURE ("2") ", 'lateness': <{'count': <uint64 0>}>,"
                            " 'typical-duration': <uint64 3000000>, 'retries': <uint64 4>, 'cpu-usage': <uint64 7200000000>,"
                            " 'cpu-mean': <uint64 1500>, 'memory-peak': <uint64 2097152>, 'memory-mean': <uint64 1048576>, 'episodes': <uint64 1>,"
                            " 'recoveries': <uint64 1>, 'mtbf': <uint64 7200000000>, 'mttr': <uint64 60000000>,"
                            " 'longest-success-streak': <uint64 7>, 'longest-failure-streak': <uint64 2>, 'streak': <3>,"
                            " 'hours': <[uint64 0, 0, 8, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]>}";

static const char nothing[] = "{'since': <uint64 1699833600000000>, 'until': <uint64 1699920000000000>, 'count': <uint64 0>}";

static const char failures[] = "{'since': <uint64 1699833600000000>, 'until': <uint64 1700002800000000>, 'count': <uint64 1>,"
                               " 'counts': <{'lost': uint64 1}>, 'success-rate': <0.0>, 'duration': <{'count': <uint64 0>, 'histogram': <@a(tt) []>}>,"
                               " 'failed-duration': <{'count': <uint64 0>}>, 'episodes': <uint64 1>, 'longest-failure-streak': <uint64 1>}";

#define GROUP(key, name, good, bad, more) \
  "{'" key "': " name ", 'count': <uint64 " good ">, 'counts': <{'succeeded': uint64 " good ", 'failed': " bad "}>, 'success-rate': <0.9>," \
  " 'duration': <(uint64 1, uint64 1, uint64 1, uint64 1000, uint64 1, uint64 2000000, uint64 1, uint64 3600000000)>," \
  " 'cpu-usage': <uint64 90000000>" more "}"

static const char jobs[] = "{'since': <uint64 1699833600000000>, 'until': <uint64 1700002800000000>, 'count': <uint64 190>, 'groups': <["
  GROUP ("job", "<'small'>", "10", "0", "") ", " GROUP ("job", "<'a-job-with-quite-a-long-name-indeed'>", "100", "50", "") ", "
  GROUP ("job", "<'gone'>", "30", "0", ", 'removed': <true>") "]>}";

static const char days[] = "{'since': <uint64 1699833600000000>, 'until': <uint64 1700092800000000>, 'count': <uint64 30>, 'groups': <["
  GROUP ("at", "<uint64 1699833600000000>", "10", "0", "") ", " GROUP ("at", "<uint64 1700006400000000>", "20", "0", "") "]>}";

static char *
show (const char *text, int columns, gboolean has_color, const char *by)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) statistics = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
  const Terminal terminal = { .columns = columns, .is_terminal = TRUE, .has_color = has_color };
  const StatsLook look = { &terminal, TIMES_RELATIVE, NOW, "backup", by };

  g_assert_no_error (error);
  return stats_text (statistics, &look);
}

#define EXPECT(expected, ...) \
  G_STMT_START \
  { \
    g_autofree char *shown_ = show (__VA_ARGS__); \
    g_assert_cmpstr (shown_, ==, expected); \
  } \
  G_STMT_END

static void
test_whole (void)
{
  EXPECT ("backup: 12 runs since 2023-11-13 00:00\n"
          "\n"
          "STATE      RUNS   SHARE\n"
          "succeeded     9  75.0 %  ███████████████████▌\n"
          "failed        2  16.7 %  ████▍\n"
          "skipped       1   8.3 %  ██▏\n"
          "\n"
          "               MIN   MEAN    P50        P95        MAX\n"
          "duration     2.0 s  3.5 s  3.0 s  1 min 5 s  1 min 7 s\n"
          "when failed  2.0 s  3.5 s  3.0 s  1 min 5 s  1 min 7 s\n"
          "\n"
          "success rate      81.8 %\n"
          "typical duration  3.0 s\n"
          "retries           4\n"
          "CPU time          2 h 0 min, 1 ms a run\n"
          "memory            1.0\u00a0MiB a run, 2.0\u00a0MiB at most\n"
          "failures          began 1 time, after 2 h 0 min on average\n"
          "recovery          after 1 min 0 s on average\n"
          "streaks           at most 7 good, 2 bad in a row; now 3 good\n"
          "\n"
          "How long it took when it succeeded\n"
          "  ≤ 5 s  8  ███████████████████████████████████████████████\n"
          "≤ 1 min  0\n"
          "≤ 2 min  1  █████▉\n"
          "\n"
          "By the hour of the day when it ended, local time\n"
          "    █\n"
          "    █\n"
          "    █   █\n"
          "    █   █\n"
          "0     3     6     9     12    15    18    21\n"
          "busiest: 02:00 to 03:00, 8 runs\n",
          whole, 60, FALSE, NULL);
}

/* The hours are those of the wall, wherever that is. */
static void
test_zone (void)
{
  g_autofree char *shown = NULL;

  g_setenv ("TZ", "Asia/Tokyo", TRUE);
  shown = show (whole, 80, FALSE, NULL);
  g_setenv ("TZ", "UTC", TRUE);
  g_assert_true (g_str_has_prefix (shown, "backup: 12 runs since 2023-11-13 09:00\n"));
  g_assert_nonnull (strstr (shown, "busiest: 11:00 to 12:00, 8 runs"));
}

/* Nothing, one of it, nothing but failures. */
static void
test_little (void)
{
  EXPECT ("backup: 0 runs from 2023-11-13 00:00 to 2023-11-14 00:00\n", nothing, 80, FALSE, NULL);
  EXPECT ("backup: 0 runs from 2023-11-13 00:00 to 2023-11-14 00:00\n", nothing, 80, FALSE, "job");
  EXPECT ("backup: 1 run since 2023-11-13 00:00\n"
          "\n"
          "STATE  RUNS    SHARE\n"
          "lost      1  100.0 %  ████████\n"
          "\n"
          "success rate  0.0 %\n"
          "retries       0\n"
          "failures      began 1 time\n"
          "streaks       at most 0 good, 1 bad in a row\n",
          failures, 40, FALSE, NULL);
}

/* The busiest first; what is bad is seen however little it is. */
static void
test_jobs (void)
{
  EXPECT ("backup: 190 runs since 2023-11-13 00:00\n"
          "\n"
          "JOB                   RUNS  SUCCESS   P50\n"
          "a-job-with-quite-a-…   150   90.0 %  1 ms  ██████████▒▒▒▒▒\n"
          "gone (removed)          30   90.0 %  1 ms  ███\n"
          "small                   10   90.0 %  1 ms  █\n"
          "\n"
          "█ succeeded   ▒ failed, timed out or lost\n",
          jobs, 62, FALSE, "job");
}

/* A day without a run is one, too. */
static void
test_days (void)
{
  EXPECT ("backup: 30 runs since 2023-11-13 00:00\n"
          "\n"
          "DAY (UTC)       RUNS  SUCCESS   P50    P95        MAX\n"
          "2023-11-13 Mon    10   90.0 %  1 ms  2.0 s  1 h 0 min  ██████████\n"
          "2023-11-14 Tue     0        -     -      -          -\n"
          "2023-11-15 Wed    20   90.0 %  1 ms  2.0 s  1 h 0 min  ████████████████████\n",
          days, 80, FALSE, "day");
}

/* @text without sequences of colours. */
static char *
strip (const char *text)
{
  g_autoptr (GRegex) colour = g_regex_new ("\033\\[[0-9;]*m", 0, 0, NULL);

  return g_regex_replace_literal (colour, text, -1, 0, "", 0, NULL);
}

static const struct
{
  const char *text;
  const char *by;
} all[] = { { whole, NULL }, { nothing, NULL }, { failures, NULL }, { jobs, "job" }, { days, "day" } };

/* In any width nothing is wider than the terminal; colours change nothing but colours. */
static void
test_widths (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    for (int columns = 60; columns < 200; columns++)
      {
        g_autofree char *shown = show (all[i].text, columns, FALSE, all[i].by);
        g_autofree char *coloured = show (all[i].text, columns, TRUE, all[i].by);
        g_autofree char *stripped = strip (coloured);
        g_auto (GStrv) lines = g_strsplit (shown, "\n", -1);

        g_assert_cmpstr (stripped, ==, shown);
        g_assert_nonnull (strstr (coloured, "\033["));
        for (guint k = 0; lines[k] != NULL; k++)
          g_assert_cmpint (text_width (lines[k]), <=, columns);
      }
}

/* Where there are no other letters, none are used. */
static void
test_plain (void)
{
  setlocale (LC_ALL, "C");
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_autofree char *shown = show (all[i].text, 80, TRUE, all[i].by);

      g_assert_true (g_str_is_ascii (shown));
    }
  EXPECT ("backup: 190 runs since 2023-11-13 00:00\n"
          "\n"
          "JOB                   RUNS  SUCCESS   P50    P95\n"
          "a-job-with-quite-a-~   150   90.0 %  1 ms  2.0 s  #############xxxxxxx\n"
          "gone (removed)          30   90.0 %  1 ms  2.0 s  ####\n"
          "small                   10   90.0 %  1 ms  2.0 s  #\n"
          "\n"
          "# succeeded   x failed, timed out or lost\n",
          jobs, 80, FALSE, "job");
  setlocale (LC_ALL, "");
}

static void
test_bounds (void)
{
  static const struct
  {
    guint64     usec;
    const char *expected;
  } rows[] = { { 1, "1 µs" },           { 1500, "1.5 ms" },       { 2000, "2 ms" },           { 150000, "150 ms" },
               { 1000000, "1 s" },      { 1250000, "1250 ms" },   { 1500000, "1.5 s" },       { 12500000, "12.5 s" },
               { 60000000, "1 min" },   { 90000000, "1 min 30 s" }, { 3600000000, "1 h" },    { 5400000000, "1 h 30 min" },
               { 86400000000, "1 d" },  { 129600000000, "36 h" }, { 8640000000000, "100 d" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *shown = stats_bound (rows[i].usec);

      g_assert_cmpstr (shown, ==, rows[i].expected);
    }
}

/* Parts keep their share, what there is is seen, and all of it fits. */
static void
test_stack (void)
{
  static const struct
  {
    ChartParts  parts;
    double      most;
    const char *expected;
  } rows[] = { { { 0, 0, 0 }, 10, "" },
               { { 10, 0, 0 }, 10, "██████████" },
               { { 5, 5, 0 }, 10, "█████▒▒▒▒▒" },
               { { 1000, 1, 1 }, 1002, "████████▒░" },
               { { 1, 0, 0 }, 1000000, "█" },
               { { 1, 1, 1 }, 1000000, "▒" },
               { { 0, 0, 7 }, 7, "░░░░░░░░░░" } };
  const Terminal terminal = { .columns = 80 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *bar = chart_stack (&terminal, &rows[i].parts, rows[i].most, 10);

      g_assert_cmpstr (bar, ==, rows[i].expected);
    }
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stats-text/whole", test_whole);
  g_test_add_func ("/stats-text/zone", test_zone);
  g_test_add_func ("/stats-text/little", test_little);
  g_test_add_func ("/stats-text/jobs", test_jobs);
  g_test_add_func ("/stats-text/days", test_days);
  g_test_add_func ("/stats-text/widths", test_widths);
  g_test_add_func ("/stats-text/plain", test_plain);
  g_test_add_func ("/stats-text/bounds", test_bounds);
  g_test_add_func ("/chart/stack", test_stack);
  return g_test_run ();
}
