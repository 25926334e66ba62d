/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "stats-groups.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "chart.h"
#include "stats-words.h"

#define HOUR_USEC (3600 * (gint64) G_USEC_PER_SEC)
#define DAY_USEC (24 * HOUR_USEC)
/* Hours or days without a run are shown between others, up to so many lines in all. */
#define MAX_FILLED 1000

typedef struct
{
  gint64     at_usec;
  GVariant  *row;   /* (nullable): nothing happened then */
  ChartParts parts;
} Line;

static void
clear_line (gpointer data)
{
  g_clear_pointer (&((Line *) data)->row, g_variant_unref);
}

static guint64
sum_parts (const ChartParts *parts)
{
  return parts->good + parts->bad + parts->other;
}

static void
add_parts (ChartParts *sum, const ChartParts *parts)
{
  sum->good += parts->good;
  sum->bad += parts->bad;
  sum->other += parts->other;
}

static ChartParts
count_parts (GVariant *row)
{
  g_autoptr (GVariant) counts = g_variant_lookup_value (row, "counts", G_VARIANT_TYPE ("a{st}"));
  ChartParts parts = { 0 };
  GVariantIter iter;
  const char *state;
  guint64 count;

  if (counts == NULL)
    return parts;
  g_variant_iter_init (&iter, counts);
  while (g_variant_iter_next (&iter, "{&st}", &state, &count))
    if (g_str_equal (state, "succeeded") || g_str_equal (state, "warning"))
      parts.good += count;
    else if (g_str_equal (state, "failed") || g_str_equal (state, "timed-out") || g_str_equal (state, "lost"))
      parts.bad += count;
    else
      parts.other += count;
  return parts;
}

static gint64
width_of (const StatsLook *look)
{
  return g_str_equal (look->by, "hour") ? HOUR_USEC : g_str_equal (look->by, "day") ? DAY_USEC : 0;
}

/* What lies between the line before and @at_usec. */
static void
fill_gap (GArray *lines, gint64 at_usec, gint64 width_usec)
{
  gint64 last_usec = lines->len == 0 ? 0 : g_array_index (lines, Line, lines->len - 1).at_usec;

  if (lines->len == 0 || width_usec == 0 || lines->len + (at_usec - last_usec) / width_usec > MAX_FILLED)
    return;
  for (gint64 usec = last_usec + width_usec; usec < at_usec; usec += width_usec)
    {
      const Line empty = { .at_usec = usec };

      g_array_append_val (lines, empty);
    }
}

static int
compare_sizes (gconstpointer a, gconstpointer b)
{
  guint64 x = sum_parts (&((const Line *) a)->parts);
  guint64 y = sum_parts (&((const Line *) b)->parts);

  return x > y ? -1 : x < y;
}

/* In the order of time; else the busiest first. */
static GArray *
list_lines (GVariant *statistics, const StatsLook *look)
{
  g_autoptr (GVariant) groups = g_variant_lookup_value (statistics, "groups", G_VARIANT_TYPE ("aa{sv}"));
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (Line));
  gint64 width_usec = width_of (look);

  g_array_set_clear_func (lines, clear_line);
  for (gsize i = 0; groups != NULL && i < g_variant_n_children (groups); i++)
    {
      Line line = { .row = g_variant_get_child_value (groups, i) };

      line.at_usec = (gint64) row_uint64 (line.row, "at");
      line.parts = count_parts (line.row);
      fill_gap (lines, line.at_usec, width_usec);
      g_array_append_val (lines, line);
    }
  if (width_usec == 0)
    g_array_sort (lines, compare_sizes);
  return lines;
}

/* Days are those of UTC, whatever the clock on the wall says. */
static char *
name_day (gint64 at_usec)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (at_usec / G_USEC_PER_SEC);

  return utc == NULL ? g_strdup ("-") : g_date_time_format (utc, "%Y-%m-%d %a");
}

static char *
name_line (const Line *line, const StatsLook *look)
{
  gboolean is_removed = FALSE;

  if (width_of (look) == DAY_USEC)
    return name_day (line->at_usec);
  if (width_of (look) == HOUR_USEC)
    return stats_instant (line->at_usec, look->times);
  g_variant_lookup (line->row, "removed", "b", &is_removed);
  return is_removed ? g_strdup_printf (_("%s (removed)"), row_string (line->row, look->by)) : g_strdup (row_string (line->row, look->by));
}

/* The 50th and 95th percentile and the longest; "-" where there are none. */
typedef struct
{
  char *p50; /* (owned) */
  char *p95; /* (owned) */
  char *max; /* (owned) */
} Durations;

static void
durations_clear (Durations *durations)
{
  g_free (durations->p50);
  g_free (durations->p95);
  g_free (durations->max);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Durations, durations_clear)

static Durations
read_durations (GVariant *row)
{
  guint64 p50, p95, max;

  /* count, min, mean, p50, p90, p95, p99, max */
  if (row == NULL || !g_variant_lookup (row, "duration", "(tttttttt)", NULL, NULL, NULL, &p50, NULL, &p95, NULL, &max))
    return (Durations){ g_strdup ("-"), g_strdup ("-"), g_strdup ("-") };
  return (Durations){ text_duration (p50), text_duration (p95), text_duration (max) };
}

static void
add_line (Table *table, const Line *line, const StatsLook *look)
{
  g_autofree char *name = name_line (line, look);
  g_autofree char *count = stats_count (sum_parts (&line->parts));
  g_autofree char *rate = stats_rate (line->row == NULL ? -1 : stats_double (line->row, "success-rate"));
  g_auto (Durations) took = read_durations (line->row);
  guint64 cpu_usec = line->row == NULL ? 0 : row_uint64 (line->row, "cpu-usage");
  g_autofree char *cpu = cpu_usec == 0 ? g_strdup ("-") : text_duration (cpu_usec);

  table_add (table, name, count, rate, took.p50, took.p95, took.max, cpu, NULL);
}

static const char *
heading_of (const StatsLook *look)
{
  static const char *const headings[][2] = { { "job", N_("JOB") }, { "tag", N_("TAG") }, { "user", N_("USER") }, { "hour", N_("HOUR") }, { "day", N_("DAY (UTC)") } };

  for (guint i = 0; i < G_N_ELEMENTS (headings); i++)
    if (g_str_equal (look->by, headings[i][0]))
      return headings[i][1];
  return "";
}

/* The table without colours, which would be counted as letters, in what the bars leave of the terminal. */
static char *
format_lines (GArray *lines, const StatsLook *look, int columns)
{
  const Terminal plain = { .columns = columns };
  const TableColumn table_columns[] = {
    { heading_of (look), .is_flexible = width_of (look) == 0, .least_width = 20 },
    { N_("RUNS"), .is_right = TRUE },
    { N_("SUCCESS"), .is_right = TRUE },
    { N_("P50"), .is_right = TRUE, .rank = 1 },
    { N_("P95"), .is_right = TRUE, .rank = 2 },
    { N_("MAX"), .is_right = TRUE, .rank = 3 },
    { N_("CPU"), .is_right = TRUE, .rank = 4 },
    { NULL },
  };
  g_autoptr (Table) table = table_new (table_columns);

  for (guint i = 0; i < lines->len; i++)
    add_line (table, &g_array_index (lines, Line, i), look);
  return table_format (table, &plain);
}

static int
widest_of (char *const *lines)
{
  int widest = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    widest = MAX (widest, text_width (lines[i]));
  return widest;
}

void
stats_append_groups (GString *out, GVariant *statistics, const StatsLook *look)
{
  g_autoptr (GArray) lines = list_lines (statistics, look);
  int width = CLAMP (look->terminal->columns / 4, 8, 40);
  g_autofree char *table = format_lines (lines, look, look->terminal->columns - width - 2);
  g_auto (GStrv) texts = g_strsplit (table, "\n", -1);
  int widest = widest_of (texts);
  ChartParts all = { 0 };
  guint64 most = 1;

  for (guint i = 0; i < lines->len; i++)
    most = MAX (most, sum_parts (&g_array_index (lines, Line, i).parts));
  for (guint i = 0; i <= lines->len; i++)
    {
      const Line *line = i == 0 ? NULL : &g_array_index (lines, Line, i - 1);
      g_autofree char *heading = terminal_paint (look->terminal, line == NULL ? COLOR_BOLD : COLOR_PLAIN, texts[i]);
      g_autofree char *bar = line == NULL ? g_strdup ("") : chart_stack (look->terminal, &line->parts, (double) most, width);

      if (line != NULL)
        add_parts (&all, &line->parts);
      g_string_append_printf (out, "%s%*s%s\n", heading, *bar == '\0' ? 0 : widest - text_width (texts[i]) + 2, "", bar);
    }
  if (all.bad + all.other > 0)
    {
      g_autofree char *legend = chart_stack_legend (look->terminal, &all);

      g_string_append_printf (out, "\n%s\n", legend);
    }
}
