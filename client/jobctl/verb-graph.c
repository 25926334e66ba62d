/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <stdio.h>

#include <glib/gi18n-lib.h>

#include "graph.h"
#include "json.h"
#include "verbs.h"

static const TableColumn columns[] = {
  /* Translators: names of jobs, with lines between them that show which comes after which */
  { N_("JOB"), .is_flexible = TRUE, .least_width = 20 },
  { N_("HEALTH"), .is_state = TRUE },
  { N_("LAST"), .is_state = TRUE, .rank = 1 },
  { N_("WHEN"), .is_right = TRUE, .rank = 2 },
  { N_("NEXT"), .is_right = TRUE, .rank = 3 },
  { NULL },
};

static gboolean
choose (Context *context, Graph *graph, GError **error)
{
  for (guint i = 0; i < context->n_arguments; i++)
    {
      g_autofree char *path = context_find_job (context, context->arguments[i], error);

      if (path == NULL)
        return FALSE;
      graph_choose (graph, path);
    }
  if (context->n_arguments == 0)
    graph_choose_linked (graph);
  return TRUE;
}

static void
add_line (Context *context, Table *table, const GraphLine *line)
{
  gboolean has_run = line->row != NULL && row_uint64 (line->row, "last-finished") != 0;
  g_autofree char *when = has_run ? context_time (context, (gint64) row_uint64 (line->row, "last-finished")) : g_strdup ("-");
  g_autofree char *next = NULL;

  if (line->row == NULL)
    {
      table_add (table, line->text, "", "", "", "", NULL);
      return;
    }
  next = context_time (context, (gint64) row_uint64 (line->row, "next-elapse"));
  table_add (table, line->text, row_string (line->row, "health"), has_run ? row_string (line->row, "last-state") : "-", when, next, NULL);
}

static void
print_drawing (Context *context, Graph *graph)
{
  g_autoptr (GPtrArray) lines = graph_draw (graph, !g_get_charset (NULL));
  g_autoptr (Table) table = table_new (columns);

  for (guint i = 0; i < lines->len; i++)
    add_line (context, table, g_ptr_array_index (lines, i));
  if (!options_has (context->options, "no-pager"))
    terminal_open_pager (&context->terminal);
  table_print (table, &context->terminal);
}

int
verb_graph (Context *context, GError **error)
{
  g_autoptr (GPtrArray) rows = context_list_all (context, "ListJobs", NULL, error);
  g_autoptr (Graph) graph = rows == NULL ? NULL : graph_new (rows);

  if (graph == NULL || !choose (context, graph, error))
    return JT_EXIT_FAILED;
  if (context->is_json)
    json_print (graph_to_json (graph));
  else if (options_has (context->options, "dot"))
    {
      g_autofree char *dot = graph_to_dot (graph);

      fputs (dot, stdout);
    }
  else if (graph_count_chosen (graph) == 0)
    context_say (context, _("No job comes after another. Example: jobctl add report --after backup -- df -h"));
  else
    print_drawing (context, graph);
  return JT_EXIT_DONE;
}
