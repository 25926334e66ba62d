/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "graph.h"

#include <glib/gi18n-lib.h>

#include "jobctl.h"
#include "json.h"
#include "jt-dependency.h"

typedef struct
{
  char     *key;  /* (owned) OWNER/NAME */
  char     *name; /* (owned) as it is shown */
  GVariant *row;  /* (owned) (nullable): it is named and not there */
  GArray   *up;   /* (element-type guint) (owned) edges */
  GArray   *down;
  gboolean  is_chosen;
} Node;

typedef struct
{
  guint       from;
  guint       to;
  JtAfterForm form;
} Edge;

struct _Graph
{
  GPtrArray  *nodes;   /* (element-type Node) (owned) */
  GArray     *edges;   /* (element-type Edge) (owned) */
  GHashTable *by_key;  /* key → index + 1 */
  GHashTable *owners;  /* uid as text (owned) → name, borrowed from rows */
};

/* --- made of rows --- */

static void
node_free (gpointer data)
{
  Node *node = data;

  g_free (node->key);
  g_free (node->name);
  g_clear_pointer (&node->row, g_variant_unref);
  g_array_unref (node->up);
  g_array_unref (node->down);
  g_free (node);
}

static Node *
get_node (Graph *graph, guint index)
{
  return g_ptr_array_index (graph->nodes, index);
}

static Edge *
get_edge (Graph *graph, guint index)
{
  return &g_array_index (graph->edges, Edge, index);
}

/* Returns: its index */
static guint
add_node (Graph *graph, const char *owner, const char *name, GVariant *row)
{
  Node *node = g_new0 (Node, 1);

  node->key = g_strconcat (owner, "/", name, NULL);
  node->name = row != NULL ? row_job_name (row, "name") : g_strdup (node->key);
  node->row = row == NULL ? NULL : g_variant_ref (row);
  node->up = g_array_new (FALSE, FALSE, sizeof (guint));
  node->down = g_array_new (FALSE, FALSE, sizeof (guint));
  g_ptr_array_add (graph->nodes, node);
  g_hash_table_insert (graph->by_key, node->key, GUINT_TO_POINTER (graph->nodes->len));
  return graph->nodes->len - 1;
}

static guint
find_or_add_node (Graph *graph, const char *owner, const char *name)
{
  const char *owner_name = g_hash_table_lookup (graph->owners, owner);
  g_autofree char *key = g_strconcat (owner_name != NULL ? owner_name : owner, "/", name, NULL);
  guint place = GPOINTER_TO_UINT (g_hash_table_lookup (graph->by_key, key));

  return place != 0 ? place - 1 : add_node (graph, owner, name, NULL);
}

static void
add_edge (Graph *graph, guint from, guint to, JtAfterForm form)
{
  Edge edge = { from, to, form };
  guint index = graph->edges->len;

  g_array_append_val (graph->edges, edge);
  g_array_append_val (get_node (graph, from)->down, index);
  g_array_append_val (get_node (graph, to)->up, index);
}

static void
add_edges (Graph *graph, guint to)
{
  GVariant *row = get_node (graph, to)->row;
  g_autofree const char **entries = NULL;

  if (!g_variant_lookup (row, "after", "^a&s", &entries))
    return;
  for (guint i = 0; entries[i] != NULL; i++)
    {
      g_autoptr (JtDependency) dependency = jt_dependency_parse (entries[i], NULL);
      const char *owner = dependency == NULL || dependency->owner == NULL ? row_string (row, "owner-name") : dependency->owner;

      if (dependency != NULL)
        add_edge (graph, find_or_add_node (graph, owner, dependency->name), to, dependency->form);
    }
}

Graph *
graph_new (GPtrArray *rows)
{
  Graph *graph = g_new0 (Graph, 1);

  graph->nodes = g_ptr_array_new_with_free_func (node_free);
  graph->edges = g_array_new (FALSE, FALSE, sizeof (Edge));
  graph->by_key = g_hash_table_new (g_str_hash, g_str_equal);
  graph->owners = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < rows->len; i++)
    {
      GVariant *row = g_ptr_array_index (rows, i);

      add_node (graph, row_string (row, "owner-name"), row_string (row, "name"), row);
      g_hash_table_insert (graph->owners, g_strdup_printf ("%u", row_uint32 (row, "owner")), (char *) row_string (row, "owner-name"));
    }
  for (guint i = 0; i < rows->len; i++)
    add_edges (graph, i);
  return graph;
}

void
graph_free (Graph *graph)
{
  if (graph == NULL)
    return;
  g_hash_table_unref (graph->by_key);
  g_hash_table_unref (graph->owners);
  g_ptr_array_unref (graph->nodes);
  g_array_unref (graph->edges);
  g_free (graph);
}

/* --- choosing --- */

/* From @start along the edges, one way. */
static void
choose_along (Graph *graph, guint start, gboolean is_down)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) waiting = g_array_new (FALSE, FALSE, sizeof (guint));

  g_array_append_val (waiting, start);
  while (waiting->len > 0)
    {
      guint index = g_array_index (waiting, guint, waiting->len - 1);
      Node *node = get_node (graph, index);
      GArray *edges = is_down ? node->down : node->up;

      g_array_set_size (waiting, waiting->len - 1);
      node->is_chosen = TRUE;
      if (!g_hash_table_add (seen, GUINT_TO_POINTER (index)))
        continue;
      for (guint i = 0; i < edges->len; i++)
        {
          const Edge *edge = get_edge (graph, g_array_index (edges, guint, i));

          g_array_append_val (waiting, *(is_down ? &edge->to : &edge->from));
        }
    }
}

void
graph_choose (Graph *graph, const char *path)
{
  for (guint i = 0; i < graph->nodes->len; i++)
    {
      Node *node = get_node (graph, i);

      if (node->row == NULL || !g_str_equal (row_string (node->row, "path"), path))
        continue;
      choose_along (graph, i, FALSE);
      choose_along (graph, i, TRUE);
    }
}

void
graph_choose_linked (Graph *graph)
{
  for (guint i = 0; i < graph->nodes->len; i++)
    get_node (graph, i)->is_chosen = get_node (graph, i)->up->len > 0 || get_node (graph, i)->down->len > 0;
}

guint
graph_count_chosen (Graph *graph)
{
  guint count = 0;

  for (guint i = 0; i < graph->nodes->len; i++)
    count += get_node (graph, i)->is_chosen ? 1 : 0;
  return count;
}

static gboolean
is_drawn (Graph *graph, const Edge *edge)
{
  return get_node (graph, edge->from)->is_chosen && get_node (graph, edge->to)->is_chosen;
}

/* --- drawing: downwards, what comes after stands below; what several jobs lead to stands below the last of them --- */

typedef struct
{
  const char *fork;   /* one of several */
  const char *end;    /* the last of them */
  const char *go_on;  /* left of what stands between them */
  const char *down;   /* the only one */
} Strokes;

static const Strokes fine_strokes = { "├─", "└─", "│  ", "↓" };
static const Strokes plain_strokes = { "|-", "`-", "|  ", "v" };

/* A job of which some of what follows is still to be drawn. */
typedef struct
{
  GArray *edges; /* (element-type guint) (owned) those that are drawn */
  guint   next;
  char   *margin; /* (owned) */
} Level;

typedef struct
{
  Graph         *graph;
  const Strokes *strokes;
  GPtrArray     *lines;
  GArray        *levels;  /* (element-type Level) (owned) */
  guint         *missing; /* by node: edges that lead to it and are not drawn yet */
} Drawing;

static void
line_free (gpointer data)
{
  g_free (((GraphLine *) data)->text);
  g_free (data);
}

static void
clear_level (gpointer data)
{
  Level *level = data;

  g_array_unref (level->edges);
  g_free (level->margin);
}

static GArray *
list_drawn (Graph *graph, GArray *edges)
{
  GArray *drawn = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < edges->len; i++)
    if (is_drawn (graph, get_edge (graph, g_array_index (edges, guint, i))))
      g_array_append_vals (drawn, &g_array_index (edges, guint, i), 1);
  return drawn;
}

/* @margin: (transfer full) of what follows */
static void
draw_job (Drawing *drawing, guint index, const char *lead, char *margin)
{
  Node *node = get_node (drawing->graph, index);
  gboolean is_later = drawing->missing[index] > 0;
  GraphLine *line = g_new0 (GraphLine, 1);
  Level level = { .margin = margin };

  line->row = is_later ? NULL : node->row;
  if (is_later)
    /* Translators: a job in a drawing, which stands further down as well */
    line->text = g_strdup_printf (_("%s%s (below)"), lead, node->name);
  else if (node->row == NULL)
    /* Translators: a job in a drawing */
    line->text = g_strdup_printf (_("%s%s (not there)"), lead, node->name);
  else
    line->text = g_strconcat (lead, node->name, NULL);
  g_ptr_array_add (drawing->lines, line);
  level.edges = is_later ? g_array_new (FALSE, FALSE, sizeof (guint)) : list_drawn (drawing->graph, node->down);
  g_array_append_val (drawing->levels, level);
}

static const char *
label_of (JtAfterForm form)
{
  static const char *const labels[] = { "", "[failed]", "[finished]" };

  return labels[form];
}

static void
draw_next (Drawing *drawing)
{
  Level *level = &g_array_index (drawing->levels, Level, drawing->levels->len - 1);
  const Strokes *strokes = drawing->strokes;
  gboolean is_only = level->edges->len == 1;
  gboolean is_last = level->next + 1 == level->edges->len;
  const Edge *edge = get_edge (drawing->graph, g_array_index (level->edges, guint, level->next++));
  const char *stroke = is_only ? strokes->down : is_last ? strokes->end : strokes->fork;
  g_autofree char *lead = g_strconcat (level->margin, stroke, label_of (edge->form), " ", NULL);
  char *margin = g_strconcat (level->margin, is_only ? "" : is_last ? "   " : strokes->go_on, NULL);

  drawing->missing[edge->to]--;
  draw_job (drawing, edge->to, lead, margin);
}

static void
draw_from (Drawing *drawing, guint root)
{
  draw_job (drawing, root, "", g_strdup (""));
  while (drawing->levels->len > 0)
    {
      const Level *level = &g_array_index (drawing->levels, Level, drawing->levels->len - 1);

      if (level->next < level->edges->len)
        draw_next (drawing);
      else
        g_array_set_size (drawing->levels, drawing->levels->len - 1);
    }
}

GPtrArray *
graph_draw (Graph *graph, gboolean is_plain)
{
  g_autofree guint *missing = g_new0 (guint, graph->nodes->len);
  g_autoptr (GArray) levels = g_array_new (FALSE, FALSE, sizeof (Level));
  Drawing drawing = { graph, is_plain ? &plain_strokes : &fine_strokes, g_ptr_array_new_with_free_func (line_free), levels, missing };

  g_array_set_clear_func (levels, clear_level);
  for (guint i = 0; i < graph->edges->len; i++)
    missing[get_edge (graph, i)->to] += is_drawn (graph, get_edge (graph, i)) ? 1 : 0;
  for (guint i = 0; i < graph->nodes->len; i++)
    {
      g_autoptr (GArray) up = list_drawn (graph, get_node (graph, i)->up);

      if (get_node (graph, i)->is_chosen && up->len == 0)
        draw_from (&drawing, i);
    }
  return drawing.lines;
}

/* --- for other programs --- */

/* In quotes. */
static void
append_quoted (GString *text, const char *word)
{
  g_string_append_c (text, '"');
  for (; *word != '\0'; word++)
    {
      if (*word == '"' || *word == '\\')
        g_string_append_c (text, '\\');
      g_string_append_c (text, g_ascii_iscntrl (*word) ? ' ' : *word);
    }
  g_string_append_c (text, '"');
}

static const char *
dot_color (GVariant *row)
{
  const char *health = row == NULL ? "" : row_string (row, "health");

  if (g_str_equal (health, "ok"))
    return "darkgreen";
  if (g_str_equal (health, "failing"))
    return "red3";
  return g_str_equal (health, "late") ? "orange3" : "gray40";
}

char *
graph_to_dot (Graph *graph)
{
  static const char *const styles[] = { "", " [label=\"failed\", style=dashed]", " [label=\"finished\", style=dotted]" };
  GString *text = g_string_new ("digraph jobs {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n");

  for (guint i = 0; i < graph->nodes->len; i++)
    if (get_node (graph, i)->is_chosen)
      {
        g_string_append (text, "  ");
        append_quoted (text, get_node (graph, i)->name);
        g_string_append_printf (text, " [color=%s];\n", dot_color (get_node (graph, i)->row));
      }
  for (guint i = 0; i < graph->edges->len; i++)
    {
      const Edge *edge = get_edge (graph, i);

      if (!is_drawn (graph, edge))
        continue;
      g_string_append (text, "  ");
      append_quoted (text, get_node (graph, edge->from)->name);
      g_string_append (text, " -> ");
      append_quoted (text, get_node (graph, edge->to)->name);
      g_string_append_printf (text, "%s;\n", styles[edge->form]);
    }
  g_string_append (text, "}\n");
  return g_string_free (text, FALSE);
}

static JsonNode *
edge_to_json (Graph *graph, const Edge *edge)
{
  static const char *const words[] = { "success", "failed", "finished" };
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "from", get_node (graph, edge->from)->key);
  json_object_set_string_member (object, "to", get_node (graph, edge->to)->key);
  json_object_set_string_member (object, "when", words[edge->form]);
  json_node_take_object (node, object);
  return node;
}

JsonNode *
graph_to_json (Graph *graph)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  JsonArray *edges = json_array_new ();

  for (guint i = 0; i < graph->nodes->len; i++)
    if (get_node (graph, i)->is_chosen && get_node (graph, i)->row != NULL)
      g_ptr_array_add (rows, get_node (graph, i)->row);
  for (guint i = 0; i < graph->edges->len; i++)
    if (is_drawn (graph, get_edge (graph, i)))
      json_array_add_element (edges, edge_to_json (graph, get_edge (graph, i)));
  json_object_set_member (object, "jobs", json_from_rows (rows));
  json_object_set_array_member (object, "edges", edges);
  json_node_take_object (node, object);
  return node;
}
