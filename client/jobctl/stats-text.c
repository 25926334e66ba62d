/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "stats-text.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "chart.h"
#include "jt-when.h"
#include "stats-groups.h"
#include "stats-words.h"

#define LEAST_BAR 8
#define MOST_BAR 60
#define TOWERS 4

/* --- how they went --- */

static const TableColumn state_columns[] = {
  { N_("STATE"), .is_state = TRUE },
  { N_("RUNS"), .is_right = TRUE },
  { N_("SHARE"), .is_right = TRUE },
  { NULL },
};

/* The headings in bold, and a bar behind each other line of @table. */
static void
append_table (GString *out, const char *table, GPtrArray *bars, const StatsLook *look)
{
  g_auto (GStrv) lines = g_strsplit (table, "\n", -1);
  g_autofree char *heading = terminal_paint (look->terminal, COLOR_BOLD, lines[0]);
  int widest = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    widest = MAX (widest, text_width (lines[i]));
  g_string_append_printf (out, "%s\n", heading);
  for (guint i = 0; i < bars->len; i++)
    g_string_append_printf (out, "%s%*s%s\n", lines[i + 1], widest - text_width (lines[i + 1]) + 2, "", (char *) g_ptr_array_index (bars, i));
}

static void
append_states (GString *out, GVariant *row, const StatsLook *look)
{
  g_autoptr (GVariant) counts = g_variant_lookup_value (row, "counts", G_VARIANT_TYPE ("a{st}"));
  g_autoptr (Table) table = table_new (state_columns);
  g_autoptr (GPtrArray) bars = g_ptr_array_new_with_free_func (g_free);
  const Terminal plain = { .columns = look->terminal->columns };
  guint64 whole = row_uint64 (row, "count");
  int width = CLAMP (look->terminal->columns - 34, LEAST_BAR, MOST_BAR);
  g_autofree char *text = NULL;
  GVariantIter iter;
  const char *state;
  guint64 count;

  if (counts == NULL)
    return;
  g_variant_iter_init (&iter, counts);
  while (g_variant_iter_next (&iter, "{&st}", &state, &count))
    {
      g_autofree char *number = stats_count (count);
      g_autofree char *share = stats_rate ((double) count / (double) MAX (whole, 1));
      g_autofree char *bar = chart_bar ((double) count, (double) whole, width);

      table_add (table, state, number, share, NULL);
      g_ptr_array_add (bars, terminal_paint (look->terminal, terminal_color_of_word (state), bar));
    }
  /* (colours would be counted as letters) */
  text = table_format (table, &plain);
  append_table (out, text, bars, look);
}

/* --- how long they took --- */

static const TableColumn measure_columns[] = {
  { "" },
  { N_("MIN"), .is_right = TRUE, .rank = 2 },
  { N_("MEAN"), .is_right = TRUE, .rank = 1 },
  { N_("P50"), .is_right = TRUE },
  { N_("P90"), .is_right = TRUE, .rank = 4 },
  { N_("P95"), .is_right = TRUE },
  { N_("P99"), .is_right = TRUE, .rank = 3 },
  { N_("MAX"), .is_right = TRUE },
  { NULL },
};

static void
add_measure (Table *table, GVariant *row, const char *key, const char *label)
{
  static const char *const names[] = { "min", "mean", "p50", "p90", "p95", "p99", "max" };
  g_autoptr (GVariant) measure = g_variant_lookup_value (row, key, G_VARIANT_TYPE_VARDICT);
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  if (measure == NULL || row_uint64 (measure, "count") == 0)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_ptr_array_add (cells, text_duration (row_uint64 (measure, names[i])));
  table_add (table, label, cells->pdata[0], cells->pdata[1], cells->pdata[2], cells->pdata[3], cells->pdata[4], cells->pdata[5],
             cells->pdata[6], NULL);
}

static void
append_measures (GString *out, GVariant *row, const StatsLook *look)
{
  g_autoptr (Table) table = table_new (measure_columns);
  g_autofree char *text = NULL;

  add_measure (table, row, "duration", _("duration"));
  add_measure (table, row, "failed-duration", _("when failed"));
  add_measure (table, row, "lateness", _("lateness"));
  if (table_get_length (table) == 0)
    return;
  text = table_format (table, look->terminal);
  g_string_append_printf (out, "\n%s", text);
}

/* --- other figures --- */

typedef struct
{
  const char *label;
  char       *value; /* (owned) */
} Figure;

static void
clear_figure (gpointer data)
{
  g_free (((Figure *) data)->value);
}

/* @value: (transfer full) (nullable): there is nothing to say. */
static void
add_figure (GArray *figures, const char *label, char *value)
{
  const Figure figure = { label, value };

  if (value != NULL)
    g_array_append_val (figures, figure);
}

static char *
describe_cpu (GVariant *row)
{
  g_autofree char *sum = text_duration (row_uint64 (row, "cpu-usage"));
  g_autofree char *mean = text_duration (row_uint64 (row, "cpu-mean"));

  return row_uint64 (row, "cpu-usage") == 0 ? NULL : g_strdup_printf (_("%s, %s a run"), sum, mean);
}

static char *
describe_memory (GVariant *row)
{
  g_autofree char *mean = g_format_size_full (row_uint64 (row, "memory-mean"), G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *peak = g_format_size_full (row_uint64 (row, "memory-peak"), G_FORMAT_SIZE_IEC_UNITS);

  return row_uint64 (row, "memory-peak") == 0 ? NULL : g_strdup_printf (_("%s a run, %s at most"), mean, peak);
}

/* Episodes, that is: a second failure in a row is of the same. */
static char *
describe_failures (GVariant *row)
{
  guint64 episodes = row_uint64 (row, "episodes");
  g_autofree char *count = stats_count (episodes);
  g_autofree char *times = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "began %s time", "began %s times", (gulong) episodes), count);
  g_autofree char *between = text_duration (row_uint64 (row, "mtbf"));

  if (episodes == 0)
    return NULL;
  return row_uint64 (row, "mtbf") == 0 ? g_steal_pointer (&times) : g_strdup_printf (_("%s, after %s on average"), times, between);
}

static char *
describe_recovery (GVariant *row)
{
  g_autofree char *span = text_duration (row_uint64 (row, "mttr"));

  return row_uint64 (row, "mttr") == 0 ? NULL : g_strdup_printf (_("after %s on average"), span);
}

static char *
describe_streaks (GVariant *row)
{
  g_autofree char *good = stats_count (row_uint64 (row, "longest-success-streak"));
  g_autofree char *bad = stats_count (row_uint64 (row, "longest-failure-streak"));
  g_autofree char *longest = g_strdup_printf (_("at most %s good, %s bad in a row"), good, bad);
  gint32 now = 0;

  if (row_uint64 (row, "longest-success-streak") + row_uint64 (row, "longest-failure-streak") == 0)
    return NULL;
  if (!g_variant_lookup (row, "streak", "i", &now) || now == 0)
    return g_steal_pointer (&longest);
  return g_strdup_printf (now > 0 ? _("%s; now %d good") : _("%s; now %d bad"), longest, ABS (now));
}

static void
append_figures (GString *out, GVariant *row)
{
  g_autoptr (GArray) figures = g_array_new (FALSE, FALSE, sizeof (Figure));
  guint64 typical = row_uint64 (row, "typical-duration");
  int widest = 0;

  g_array_set_clear_func (figures, clear_figure);
  add_figure (figures, _("success rate"), stats_rate (stats_double (row, "success-rate")));
  add_figure (figures, _("typical duration"), typical == 0 ? NULL : text_duration (typical));
  add_figure (figures, _("retries"), stats_count (row_uint64 (row, "retries")));
  add_figure (figures, _("CPU time"), describe_cpu (row));
  add_figure (figures, _("memory"), describe_memory (row));
  add_figure (figures, _("failures"), describe_failures (row));
  add_figure (figures, _("recovery"), describe_recovery (row));
  add_figure (figures, _("streaks"), describe_streaks (row));
  for (guint i = 0; i < figures->len; i++)
    widest = MAX (widest, text_width (g_array_index (figures, Figure, i).label));
  g_string_append_c (out, '\n');
  for (guint i = 0; i < figures->len; i++)
    {
      const Figure *figure = &g_array_index (figures, Figure, i);

      g_string_append_printf (out, "%s%*s%s\n", figure->label, widest - text_width (figure->label) + 2, "", figure->value);
    }
}

/* --- charts --- */

static void
append_title (GString *out, const StatsLook *look, const char *title)
{
  g_autofree char *painted = terminal_paint (look->terminal, COLOR_BOLD, title);

  g_string_append_printf (out, "\n%s\n", painted);
}

typedef struct
{
  char   *label;  /* (owned) */
  char   *number; /* (owned) */
  guint64 count;
} Bucket;

static void
clear_bucket (gpointer data)
{
  Bucket *bucket = data;

  g_free (bucket->label);
  g_free (bucket->number);
}

/* (element-type Bucket) (transfer full) */
static GArray *
list_buckets (GVariant *row, const char *key)
{
  g_autoptr (GVariant) measure = g_variant_lookup_value (row, key, G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) list = measure == NULL ? NULL : g_variant_lookup_value (measure, "histogram", G_VARIANT_TYPE ("a(tt)"));
  GArray *buckets = g_array_new (FALSE, FALSE, sizeof (Bucket));
  guint64 upper;

  g_array_set_clear_func (buckets, clear_bucket);
  for (gsize i = 0; list != NULL && i < g_variant_n_children (list); i++)
    {
      g_autofree char *bound = NULL;
      Bucket bucket;

      g_variant_get_child (list, i, "(tt)", &upper, &bucket.count);
      bound = stats_bound (upper);
      bucket.label = g_strconcat ("≤ ", bound, NULL);
      bucket.number = stats_count (bucket.count);
      g_array_append_val (buckets, bucket);
    }
  return buckets;
}

static void
append_histogram (GString *out, GVariant *row, const StatsLook *look)
{
  g_autoptr (GArray) buckets = list_buckets (row, "duration");
  int label_width = 0;
  int number_width = 0;
  guint64 most = 1;

  if (buckets->len < 2)
    return;
  append_title (out, look, _("How long it took when it succeeded"));
  for (guint i = 0; i < buckets->len; i++)
    {
      const Bucket *bucket = &g_array_index (buckets, Bucket, i);

      label_width = MAX (label_width, text_width (bucket->label));
      number_width = MAX (number_width, text_width (bucket->number));
      most = MAX (most, bucket->count);
    }
  for (guint i = 0; i < buckets->len; i++)
    {
      const Bucket *bucket = &g_array_index (buckets, Bucket, i);
      int width = CLAMP (look->terminal->columns - label_width - number_width - 5, LEAST_BAR, MOST_BAR);
      g_autofree char *bar = chart_bar ((double) bucket->count, (double) most, width);
      g_autofree char *painted = terminal_paint (look->terminal, COLOR_GOOD, bar);

      g_string_append_printf (out, "%*s%s  %*s%s%s%s\n", label_width - text_width (bucket->label), "", bucket->label,
                              number_width - text_width (bucket->number), "", bucket->number, *bar != '\0' ? "  " : "", painted);
    }
}

/* In this machine's time of day, as the offset is now: where it is not whole hours, to the nearest. */
static guint
find_local_hours (GVariant *row, gint64 now_usec, guint64 local[24])
{
  g_autoptr (GVariant) hours = g_variant_lookup_value (row, "hours", G_VARIANT_TYPE ("at"));
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (now_usec / G_USEC_PER_SEC);
  g_autoptr (GDateTime) now = g_date_time_to_local (utc);
  int offset = (int) ((g_date_time_get_utc_offset (now) + 24 * G_TIME_SPAN_HOUR + G_TIME_SPAN_HOUR / 2) / G_TIME_SPAN_HOUR);
  gsize n = 0;
  const guint64 *values = hours == NULL ? NULL : g_variant_get_fixed_array (hours, &n, sizeof (guint64));
  guint busiest = 0;

  memset (local, 0, 24 * sizeof *local);
  for (gsize i = 0; i < MIN (n, 24); i++)
    local[((int) i + offset) % 24] = values[i];
  for (guint i = 0; i < 24; i++)
    busiest = local[i] > local[busiest] ? i : busiest;
  return busiest;
}

static void
append_hours (GString *out, GVariant *row, const StatsLook *look)
{
  guint64 local[24];
  guint busiest = find_local_hours (row, look->now_usec, local);
  g_autofree char *towers = NULL;
  g_autofree char *count = stats_count (local[busiest]);

  if (local[busiest] == 0)
    return;
  towers = chart_towers (local, 24, TOWERS);
  append_title (out, look, _("By the hour of the day when it ended, local time"));
  g_string_append_printf (out, "%s0     3     6     9     12    15    18    21\n", towers);
  /* Translators: the hour from and to, as on a clock, and a number */
  g_string_append_printf (out, g_dngettext (GETTEXT_PACKAGE, "busiest: %02u:00 to %02u:00, %s run\n", "busiest: %02u:00 to %02u:00, %s runs\n",
                                            (gulong) local[busiest]),
                          busiest, (busiest + 1) % 24, count);
}

/* --- all together --- */

static void
append_heading (GString *out, GVariant *row, const StatsLook *look)
{
  gulong n = (gulong) row_uint64 (row, "count");
  gint64 until_usec = (gint64) row_uint64 (row, "until");
  g_autofree char *count = stats_count (n);
  g_autofree char *since = stats_instant ((gint64) row_uint64 (row, "since"), look->times);
  g_autofree char *until = stats_instant (until_usec, look->times);
  g_autofree char *line = NULL;
  g_autofree char *painted = NULL;

  /* Translators: whose, how many, and from when on */
  if (until_usec > look->now_usec)
    line = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s: %s run since %s", "%s: %s runs since %s", n), look->title, count, since);
  else
    /* Translators: whose, how many, from when and until when */
    line = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s: %s run from %s to %s", "%s: %s runs from %s to %s", n), look->title, count, since,
                            until);
  painted = terminal_paint (look->terminal, COLOR_BOLD, line);
  g_string_append_printf (out, "%s\n", painted);
}

char *
stats_text (GVariant *statistics, const StatsLook *look)
{
  g_autoptr (GString) out = g_string_new (NULL);

  append_heading (out, statistics, look);
  if (row_uint64 (statistics, "count") == 0)
    return chart_plain (out->str);
  g_string_append_c (out, '\n');
  if (look->by != NULL)
    {
      stats_append_groups (out, statistics, look);
      return chart_plain (out->str);
    }
  append_states (out, statistics, look);
  append_measures (out, statistics, look);
  append_figures (out, statistics);
  append_histogram (out, statistics, look);
  append_hours (out, statistics, look);
  return chart_plain (out->str);
}
