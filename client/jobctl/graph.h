/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <json-glib/json-glib.h>

/* Jobs and which of them come after which, from the rows of ListJobs: chosen from, then drawn. Pure. */

typedef struct _Graph Graph;

/* A line of the drawing. */
typedef struct
{
  char     *text; /* (owned) branches, then the job's name */
  GVariant *row;  /* (unowned) (nullable): the job stands further down, or is not there */
} GraphLine;

/* @rows: (element-type GVariant). Nothing is chosen yet. */
Graph     *graph_new (GPtrArray *rows);
void       graph_free (Graph *graph);
/* The job with that path, all that it comes after, and all that comes after it. */
void       graph_choose (Graph *graph, const char *path);
/* All jobs that come after another or before one. */
void       graph_choose_linked (Graph *graph);
guint      graph_count_chosen (Graph *graph);

/* (transfer full) (element-type GraphLine) @is_plain: in ASCII */
GPtrArray *graph_draw (Graph *graph, gboolean is_plain);
/* For graphviz(7). (transfer full) */
char      *graph_to_dot (Graph *graph);
JsonNode  *graph_to_json (Graph *graph);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Graph, graph_free)
