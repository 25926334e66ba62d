/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "json.h"
#include "verbs.h"

static const TableColumn columns[] = {
  { N_("NAME"), .is_flexible = TRUE },
  { N_("SCHEDULE"), .is_flexible = TRUE, .rank = 3 },
  /* Translators: how the job is: ok, failing, late… */
  { N_("HEALTH"), .is_state = TRUE },
  /* Translators: how its last run ended */
  { N_("LAST"), .is_state = TRUE, .rank = 1 },
  /* Translators: when that was */
  { N_("WHEN"), .is_right = TRUE, .rank = 2 },
  /* Translators: how long it took */
  { N_("TOOK"), .is_right = TRUE, .rank = 5 },
  /* Translators: when it starts next */
  { N_("NEXT"), .is_right = TRUE },
  /* Translators: a spark line of its last runs */
  { N_("RECENT"), .rank = 4 },
  { NULL },
};

static GVariant *
read_filter (Context *context)
{
  static const char *const keys[] = { "tag", "owner", NULL };
  GVariantDict filter;

  g_variant_dict_init (&filter, NULL);
  context_put_words (context, &filter, keys);
  return g_variant_dict_end (&filter);
}

static char *
schedule_of (GVariant *row)
{
  g_auto (GStrv) schedules = NULL;

  g_variant_lookup (row, "schedule", "^as", &schedules);
  return schedules == NULL || schedules[0] == NULL ? g_strdup ("-") : g_strjoinv ("; ", schedules);
}

static void
add_row (Context *context, Table *table, GVariant *row)
{
  gboolean has_run = row_uint64 (row, "last-finished") != 0;
  guint64 duration = row_uint64 (row, "last-duration");
  g_autofree char *name = row_job_name (row, "name");
  g_autofree char *schedule = schedule_of (row);
  g_autofree char *when = context_time (context, (gint64) row_uint64 (row, "last-finished"));
  g_autofree char *took = has_run && duration != 0 ? text_duration (duration) : g_strdup ("-");
  g_autofree char *next = context_time (context, (gint64) row_uint64 (row, "next-elapse"));
  g_autofree char *spark = text_spark (row_string (row, "recent"));

  table_add (table, name, schedule, row_string (row, "health"), has_run ? row_string (row, "last-state") : "-", when, took, next,
             spark, NULL);
}

int
verb_list (Context *context, GError **error)
{
  g_autoptr (GPtrArray) rows = context_list_all (context, "ListJobs", read_filter (context), error);
  g_autoptr (Table) table = NULL;

  if (rows == NULL)
    return JT_EXIT_FAILED;
  if (context->is_json)
    {
      json_print (json_from_rows (rows));
      return JT_EXIT_DONE;
    }
  if (rows->len == 0)
    {
      context_say (context, _("No jobs. Example: jobctl add report --every 1h -- df -h"));
      return JT_EXIT_DONE;
    }
  table = table_new (columns);
  for (guint i = 0; i < rows->len; i++)
    add_row (context, table, g_ptr_array_index (rows, i));
  if (!options_has (context->options, "no-pager"))
    terminal_open_pager (&context->terminal);
  table_print (table, &context->terminal);
  return JT_EXIT_DONE;
}
