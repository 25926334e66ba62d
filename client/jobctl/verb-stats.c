/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "chart.h"
#include "json.h"
#include "jt-error.h"
#include "verbs.h"
#include "words.h"

#define BAR_WIDTH 30
#define LABEL_WIDTH 16
#define STATE_COLUMN 12

/* --- one figure after the other --- */

static void
print_line (const char *label, const char *text)
{
  int padding = LABEL_WIDTH - text_width (label);

  printf ("  %s%*s%s\n", label, MAX (padding, 1), "", text);
}

static char *
describe_rate (double rate)
{
  return rate < 0 ? g_strdup ("-") : g_strdup_printf ("%.1f %%", rate * 100);
}

static double
row_double (GVariant *row, const char *key)
{
  double value = -1;

  g_variant_lookup (row, key, "d", &value);
  return value;
}

static char *
describe_size (guint64 bytes)
{
  return bytes == 0 ? g_strdup ("-") : g_format_size_full (bytes, G_FORMAT_SIZE_IEC_UNITS);
}

static void
print_counts (GVariant *row)
{
  g_autoptr (GVariant) counts = g_variant_lookup_value (row, "counts", G_VARIANT_TYPE ("a{st}"));
  guint64 whole = row_uint64 (row, "count");
  GVariantIter iter;
  const char *state;
  guint64 count;

  if (counts == NULL)
    return;
  g_variant_iter_init (&iter, counts);
  while (g_variant_iter_next (&iter, "{&st}", &state, &count))
    {
      g_autofree char *bar = chart_bar ((double) count, (double) whole, BAR_WIDTH);
      g_autofree char *label = text_pad (word_of_state (state), STATE_COLUMN);

      printf ("  %s%10" G_GUINT64_FORMAT "  %s\n", label, count, bar);
    }
}

static void
print_measure (GVariant *row, const char *key, const char *label)
{
  /* Translators: of durations: the least, the mean, percentiles, the greatest */
  static const char *const names[] = { NC_("statistic", "min"), NC_("statistic", "mean"), NC_("statistic", "p50"), NC_("statistic", "p90"),
                                       NC_("statistic", "p95"), NC_("statistic", "p99"), NC_("statistic", "max") };
  g_autoptr (GVariant) measure = g_variant_lookup_value (row, key, G_VARIANT_TYPE_VARDICT);
  g_autoptr (GString) line = g_string_new (NULL);

  if (measure == NULL || row_uint64 (measure, "count") == 0)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *value = text_duration (row_uint64 (measure, names[i]));

      g_string_append_printf (line, "%s%s %s", i > 0 ? "  " : "", g_dpgettext2 (GETTEXT_PACKAGE, "statistic", names[i]), value);
    }
  print_line (label, line->str);
}

static void
print_histogram (GVariant *row, const char *key, const char *title)
{
  g_autoptr (GVariant) measure = g_variant_lookup_value (row, key, G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) buckets = measure == NULL ? NULL : g_variant_lookup_value (measure, "histogram", G_VARIANT_TYPE ("a(tt)"));
  gsize n_buckets = buckets == NULL ? 0 : g_variant_n_children (buckets);
  guint64 most = 1;
  guint64 upper;
  guint64 count;

  for (gsize i = 0; i < n_buckets; i++)
    {
      g_variant_get_child (buckets, i, "(tt)", &upper, &count);
      most = MAX (most, count);
    }
  if (n_buckets < 2)
    return;
  printf ("\n%s\n", title);
  for (gsize i = 0; i < n_buckets; i++)
    {
      g_autofree char *bar = NULL;
      g_autofree char *label = NULL;

      g_variant_get_child (buckets, i, "(tt)", &upper, &count);
      label = text_duration (upper);
      bar = chart_bar ((double) count, (double) most, BAR_WIDTH);
      printf ("  ≤ %-12s%8" G_GUINT64_FORMAT "  %s\n", label, count, bar);
    }
}

/* In this machine's time of day, as the offset is now. */
static void
print_hours (GVariant *row)
{
  g_autoptr (GVariant) hours = g_variant_lookup_value (row, "hours", G_VARIANT_TYPE ("at"));
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  int offset = (int) (g_date_time_get_utc_offset (now) / G_TIME_SPAN_HOUR);
  guint64 local[24] = { 0 };
  g_autofree char *columns = NULL;
  g_autofree char *count = NULL;
  guint busiest = 0;
  const guint64 *values;
  gsize n;

  if (hours == NULL)
    return;
  values = g_variant_get_fixed_array (hours, &n, sizeof (guint64));
  for (gsize i = 0; i < MIN (n, 24); i++)
    local[((int) i + offset + 24) % 24] = values[i];
  for (guint i = 0; i < 24; i++)
    busiest = local[i] > local[busiest] ? i : busiest;
  if (local[busiest] == 0)
    return;
  columns = chart_columns (local, 24);
  printf ("\n%s\n  %s\n  0     6     12    18\n", _("By the hour of the day"), columns);
  count = g_strdup_printf ("%" G_GUINT64_FORMAT, local[busiest]);
  /* Translators: two hours of the day and a number */
  printf (g_dngettext (GETTEXT_PACKAGE, "  busiest: %u to %u o'clock, %s run\n", "  busiest: %u to %u o'clock, %s runs\n",
                       (gulong) local[busiest]),
          busiest, busiest + 1, count);
}

static void
print_duration (GVariant *row, const char *key, const char *label)
{
  g_autofree char *text = row_uint64 (row, key) == 0 ? g_strdup ("-") : text_duration (row_uint64 (row, key));

  print_line (label, text);
}

static void
print_number (GVariant *row, const char *key, const char *label)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, row_uint64 (row, key));

  print_line (label, text);
}

static void
print_figures (GVariant *row)
{
  g_autofree char *rate = describe_rate (row_double (row, "success-rate"));
  g_autofree char *peak = describe_size (row_uint64 (row, "memory-peak"));
  g_autofree char *mean = describe_size (row_uint64 (row, "memory-mean"));
  g_autofree char *memory = g_strdup_printf (_("peak %s, mean %s"), peak, mean);

  print_line (_("success rate"), rate);
  print_measure (row, "duration", _("duration"));
  print_measure (row, "failed-duration", _("when failed"));
  print_measure (row, "lateness", _("lateness"));
  print_duration (row, "cpu-usage", _("CPU"));
  print_line (_("memory"), memory);
  print_number (row, "retries", _("retries"));
  print_number (row, "episodes", _("began to fail"));
  print_duration (row, "mtbf", _("between failures"));
  print_duration (row, "mttr", _("to recovery"));
  print_number (row, "longest-success-streak", _("longest streak"));
}

static void
print_span (Context *context, GVariant *row, const char *name)
{
  gint64 now_usec = g_get_real_time ();
  TimeStyle style = context->times == TIMES_RELATIVE ? TIMES_ISO : context->times;
  g_autofree char *since = text_time ((gint64) row_uint64 (row, "since"), now_usec, style);
  g_autofree char *until = text_time ((gint64) row_uint64 (row, "until"), now_usec, style);
  g_autofree char *count = g_strdup_printf ("%" G_GUINT64_FORMAT, row_uint64 (row, "count"));

  /* Translators: a job's name (or "All jobs"), a number and two instants */
  printf (g_dngettext (GETTEXT_PACKAGE, "%s: %s run, %s to %s\n", "%s: %s runs, %s to %s\n", (gulong) row_uint64 (row, "count")),
          name != NULL ? name : _("All jobs"), count, since, until);
}

/* --- groups --- */

static const TableColumn columns[] = {
  { N_("GROUP"), .is_flexible = TRUE },
  { N_("RUNS"), .is_right = TRUE },
  { N_("SUCCESS"), .is_right = TRUE },
  { N_("P50"), .is_right = TRUE, .rank = 1 },
  { N_("P95"), .is_right = TRUE, .rank = 2 },
  { N_("MAX"), .is_right = TRUE, .rank = 3 },
  { N_("CPU"), .is_right = TRUE, .rank = 4 },
  { N_("SHARE"), .rank = 5 },
  { NULL },
};

static char *
name_group (Context *context, GVariant *row)
{
  static const char *const keys[] = { "job", "tag", "user" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (*row_string (row, keys[i]) != '\0')
      return g_strdup (row_string (row, keys[i]));
  return text_time ((gint64) row_uint64 (row, "at"), g_get_real_time (), context->times == TIMES_UTC ? TIMES_UTC : TIMES_ISO);
}

static char *
duration_of (GVariant *row, const char *name)
{
  g_autoptr (GVariant) measure = g_variant_lookup_value (row, "duration", G_VARIANT_TYPE_VARDICT);

  if (measure == NULL || row_uint64 (measure, "count") == 0)
    return g_strdup ("-");
  return text_duration (row_uint64 (measure, name));
}

static void
print_groups (Context *context, GVariant *statistics)
{
  g_autoptr (GVariant) groups = g_variant_lookup_value (statistics, "groups", G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (Table) table = table_new (columns);
  guint64 most = 1;

  for (gsize i = 0; i < g_variant_n_children (groups); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (groups, i);

      most = MAX (most, row_uint64 (row, "count"));
    }
  for (gsize i = 0; i < g_variant_n_children (groups); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (groups, i);
      g_autofree char *name = name_group (context, row);
      g_autofree char *count = g_strdup_printf ("%" G_GUINT64_FORMAT, row_uint64 (row, "count"));
      g_autofree char *rate = describe_rate (row_double (row, "success-rate"));
      g_autofree char *p50 = duration_of (row, "p50");
      g_autofree char *p95 = duration_of (row, "p95");
      g_autofree char *max = duration_of (row, "max");
      g_autofree char *cpu = text_duration (row_uint64 (row, "cpu-usage"));
      g_autofree char *bar = chart_bar ((double) row_uint64 (row, "count"), (double) most, BAR_WIDTH / 2);

      table_add (table, name, count, rate, p50, p95, max, cpu, bar, NULL);
    }
  table_print (table, &context->terminal);
}

/* --- the verb --- */

static gboolean
put_instant (Context *context, const char *option, GVariantDict *filter, GError **error)
{
  gint64 usec;

  if (!options_has (context->options, option))
    return TRUE;
  if (!options_get_instant (context->options, option, &usec, error))
    return FALSE;
  g_variant_dict_insert (filter, option, "t", (guint64) MAX (usec, 0));
  return TRUE;
}

/* (transfer full) NULL with @error. @name: (nullable) */
static GVariant *
ask (Context *context, const char *name, GError **error)
{
  static const char *const keys[] = { "tag", "owner", "by", NULL };
  g_auto (GVariantDict) filter = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) reply = NULL;

  context_put_words (context, &filter, keys);
  if (name != NULL)
    g_variant_dict_insert (&filter, "job", "s", name);
  if (!put_instant (context, "since", &filter, error) || !put_instant (context, "until", &filter, error))
    return NULL;
  reply = context_call_root (context, "GetStatistics", g_variant_new ("(@a{sv})", g_variant_dict_end (&filter)), error);
  return reply == NULL ? NULL : g_variant_get_child_value (reply, 0);
}

static void
print (Context *context, const char *name, GVariant *statistics)
{
  g_autoptr (GVariant) groups = g_variant_lookup_value (statistics, "groups", NULL);
  g_autofree char *shown = name == NULL ? NULL : text_escape (name);

  print_span (context, statistics, shown);
  if (groups != NULL)
    {
      print_groups (context, statistics);
      return;
    }
  if (row_uint64 (statistics, "count") == 0)
    return;
  print_counts (statistics);
  print_figures (statistics);
  print_histogram (statistics, "duration", _("How long it took when it succeeded"));
  print_hours (statistics);
}

int
verb_stats (Context *context, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);

  for (guint i = 0; i < MAX (context->n_arguments, 1); i++)
    {
      GVariant *statistics = ask (context, i < context->n_arguments ? context->arguments[i] : NULL, error);

      if (statistics == NULL)
        return JT_EXIT_FAILED;
      g_ptr_array_add (found, statistics);
    }
  if (context->is_json)
    {
      json_print (found->len == 1 ? json_from_variant (g_ptr_array_index (found, 0)) : json_from_rows (found));
      return JT_EXIT_DONE;
    }
  if (!options_has (context->options, "no-pager"))
    terminal_open_pager (&context->terminal);
  for (guint i = 0; i < found->len; i++)
    {
      if (i > 0)
        putchar ('\n');
      print (context, i < context->n_arguments ? context->arguments[i] : NULL, g_ptr_array_index (found, i));
    }
  return JT_EXIT_DONE;
}
