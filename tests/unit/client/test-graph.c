/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Which jobs come after which, drawn: chains, branches, joins, what is asked for of it, and for other programs. */

#include "graph.h"

#include <string.h>

/* Each "NAME after AFTER,AFTER …" a job of the caller's. */
static Graph *
make_graph (const char *const *jobs)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);

  for (guint i = 0; jobs[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (jobs[i], " after ", 2);
      g_auto (GStrv) after = words[1] == NULL ? NULL : g_strsplit (words[1], ",", -1);
      g_autofree char *path = g_strdup_printf ("/job/%s", words[0]);
      GVariantDict row;

      g_strcanon (path, G_CSET_a_2_z G_CSET_DIGITS "/", '_');
      g_variant_dict_init (&row, NULL);
      g_variant_dict_insert (&row, "name", "s", words[0]);
      g_variant_dict_insert (&row, "owner-name", "s", g_get_user_name ());
      g_variant_dict_insert (&row, "owner", "u", 4711);
      g_variant_dict_insert (&row, "path", "o", path);
      g_variant_dict_insert (&row, "health", "s", "ok");
      if (after != NULL)
        g_variant_dict_insert (&row, "after", "^as", after);
      g_ptr_array_add (rows, g_variant_ref_sink (g_variant_dict_end (&row)));
    }
  return graph_new (rows);
}

#define MAKE(...) make_graph ((const char *const[]){ __VA_ARGS__, NULL })

static void
assert_drawn (Graph *graph, gboolean is_plain, const char *expected)
{
  g_autoptr (GPtrArray) lines = graph_draw (graph, is_plain);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < lines->len; i++)
    {
      const GraphLine *line = g_ptr_array_index (lines, i);

      g_string_append_printf (text, "%s\n", line->text);
      g_assert_true ((line->row == NULL) == (strchr (line->text, '(') != NULL));
    }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_chain (void)
{
  g_autoptr (Graph) graph = MAKE ("c after b:finished", "b after a", "a", "alone");

  graph_choose_linked (graph);
  g_assert_cmpuint (graph_count_chosen (graph), ==, 3);
  /* However long it is, it does not run out of the screen. */
  assert_drawn (graph, FALSE, "a\n↓ b\n↓[finished] c\n");
  assert_drawn (graph, TRUE, "a\nv b\nv[finished] c\n");
}

static void
test_diamond (void)
{
  g_autoptr (Graph) graph = MAKE ("a", "b after a", "c after a", "alarm after a:failed", "d after b,c", "e after d");

  graph_choose_linked (graph);
  assert_drawn (graph, FALSE,
                "a\n"
                "├─ b\n"
                "│  ↓ d (below)\n"
                "├─ c\n"
                "│  ↓ d\n"
                "│  ↓ e\n"
                "└─[failed] alarm\n");
  assert_drawn (graph, TRUE, "a\n|- b\n|  v d (below)\n|- c\n|  v d\n|  v e\n`-[failed] alarm\n");
}

static void
test_several_begins (void)
{
  g_autoptr (Graph) graph = MAKE ("x", "y", "z after x,y", "p after q", "w after z", "v after z");
  g_autofree char *expected = NULL;

  expected = g_strdup_printf ("x\n↓ z (below)\ny\n↓ z\n├─ w\n└─ v\n"
                              /* (named, and removed since the list was asked for) */
                              "%s/q (not there)\n↓ p\n",
                              g_get_user_name ());
  graph_choose_linked (graph);
  assert_drawn (graph, FALSE, expected);
}

static void
test_chosen (void)
{
  g_autoptr (Graph) graph = MAKE ("a", "b after a", "c after a", "d after b,c", "other", "next after other", "alone");

  graph_choose (graph, "/job/b");
  assert_drawn (graph, FALSE, "a\n↓ b\n↓ d\n");
  graph_choose (graph, "/job/alone");
  assert_drawn (graph, FALSE, "a\n↓ b\n↓ d\nalone\n");
  graph_choose (graph, "/job/c");
  assert_drawn (graph, FALSE, "a\n├─ b\n│  ↓ d (below)\n└─ c\n   ↓ d\nalone\n");
}

/* A chain that is longer than a stack of calls could be. */
static void
test_long (void)
{
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) lines = NULL;
  g_autoptr (Graph) graph = NULL;

  g_ptr_array_add (jobs, g_strdup ("j0"));
  for (guint i = 1; i < 20000; i++)
    g_ptr_array_add (jobs, g_strdup_printf ("j%u after j%u", i, i - 1));
  g_ptr_array_add (jobs, NULL);
  graph = make_graph ((const char *const *) jobs->pdata);
  graph_choose (graph, "/job/j10000");
  lines = graph_draw (graph, FALSE);
  g_assert_cmpuint (lines->len, ==, 20000);
  g_assert_cmpstr (((GraphLine *) lines->pdata[19999])->text, ==, "↓ j19999");
}

static void
test_dot (void)
{
  g_autoptr (Graph) graph = MAKE ("a", "b after a", "c after b:failed,a:finished", "q\"uo\\te\n after a");
  g_autofree char *dot = NULL;

  graph_choose_linked (graph);
  dot = graph_to_dot (graph);
  g_assert_cmpstr (dot, ==,
                   "digraph jobs {\n"
                   "  rankdir=LR;\n"
                   "  node [shape=box, style=rounded];\n"
                   "  \"a\" [color=darkgreen];\n"
                   "  \"b\" [color=darkgreen];\n"
                   "  \"c\" [color=darkgreen];\n"
                   "  \"q\\\"uo\\\\te \" [color=darkgreen];\n"
                   "  \"a\" -> \"b\";\n"
                   "  \"b\" -> \"c\" [label=\"failed\", style=dashed];\n"
                   "  \"a\" -> \"c\" [label=\"finished\", style=dotted];\n"
                   "  \"a\" -> \"q\\\"uo\\\\te \";\n"
                   "}\n");
}

static void
test_json (void)
{
  g_autoptr (Graph) graph = MAKE ("a", "b after a:failed", "alone");
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *from = g_strdup_printf ("%s/a", g_get_user_name ());
  JsonObject *edge;

  graph_choose_linked (graph);
  node = graph_to_json (graph);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (json_node_get_object (node), "jobs")), ==, 2);
  edge = json_array_get_object_element (json_object_get_array_member (json_node_get_object (node), "edges"), 0);
  g_assert_cmpstr (json_object_get_string_member (edge, "from"), ==, from);
  g_assert_cmpstr (json_object_get_string_member (edge, "when"), ==, "failed");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graph/chain", test_chain);
  g_test_add_func ("/graph/diamond", test_diamond);
  g_test_add_func ("/graph/several-begins", test_several_begins);
  g_test_add_func ("/graph/chosen", test_chosen);
  g_test_add_func ("/graph/long", test_long);
  g_test_add_func ("/graph/dot", test_dot);
  g_test_add_func ("/graph/json", test_json);
  return g_test_run ();
}
