/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* The cases of the Mustache specification, as a Debian package carries them (packages.list), and those of our own beside this
 * file, in the same form: { "tests": [ { "name", "data", "template", "partials", "expected" } ] }. */

#include <json-glib/json-glib.h>

#include "jt-mustache.h"

#define SPECIFICATION "/usr/lib/R/site-library/whisker/specs"

static JtMustache *
get_partial (const char *name, gpointer user_data)
{
  return g_hash_table_lookup (user_data, name);
}

static GHashTable *
parse_partials (JsonObject *test)
{
  GHashTable *partials = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) jt_mustache_unref);
  JsonObject *texts = json_object_has_member (test, "partials") ? json_object_get_object_member (test, "partials") : NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *text;

  if (texts == NULL)
    return partials;
  json_object_iter_init (&iter, texts);
  while (json_object_iter_next (&iter, &name, &text))
    {
      g_autoptr (GError) error = NULL;
      JtMustache *partial = jt_mustache_parse (json_node_get_string (text), &error);

      g_assert_no_error (error);
      g_hash_table_insert (partials, g_strdup (name), partial);
    }
  return partials;
}

static GVariant *
read_data (JsonObject *test)
{
  JsonNode *node = json_object_get_member (test, "data");
  g_autoptr (GError) error = NULL;
  GVariant *data;

  /* What is written {} in one language is written [] by another. */
  if (JSON_NODE_HOLDS_ARRAY (node) && json_array_get_length (json_node_get_array (node)) == 0)
    return g_variant_new ("a{sv}", NULL);
  data = json_gvariant_deserialize (node, NULL, &error);
  g_assert_no_error (error);
  return data;
}

static void
test_case (gconstpointer data)
{
  JsonObject *test = (JsonObject *) data;
  g_autoptr (GHashTable) partials = parse_partials (test);
  g_autoptr (GError) error = NULL;
  g_autoptr (JtMustache) mustache = jt_mustache_parse (json_object_get_string_member (test, "template"), &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = jt_mustache_render (mustache, read_data (test), TRUE, get_partial, partials, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, json_object_get_string_member (test, "expected"));
}

static void
add_test (JsonArray *array, guint i, JsonNode *node, gpointer user_data)
{
  JsonObject *test = json_node_get_object (node);
  g_autofree char *name = g_strdup (json_object_get_string_member (test, "name"));
  g_autofree char *path = NULL;

  g_strdelimit (name, " ()/#-", '-');
  path = g_strdup_printf ("/mustache/%s/%02u-%s", (const char *) user_data, i + 1, name);
  g_test_add_data_func_full (path, json_object_ref (test), test_case, (GDestroyNotify) json_object_unref);
}

static gboolean
add_file (const char *folder, const char *kind)
{
  g_autofree char *file = g_strdup_printf ("%s/%s.json", folder, kind);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  if (!g_file_test (file, G_FILE_TEST_EXISTS))
    return FALSE;
  json_parser_load_from_file (parser, file, &error);
  g_assert_no_error (error);
  json_array_foreach_element (json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "tests"), add_test, (gpointer) kind);
  return TRUE;
}

static void
test_not_there (void)
{
  g_test_skip (SPECIFICATION " is not there; packages.list says what brings it");
}

int
main (int argc, char *argv[])
{
  static const char *const kinds[] = { "comments", "delimiters", "interpolation", "inverted", "partials", "sections" };
  g_autofree char *own = NULL;

  g_test_init (&argc, &argv, NULL);
  own = g_build_filename (g_getenv ("JOBTRACKER_SOURCE"), "tests", "unit", "template", NULL);
  g_assert_true (add_file (own, "mustache-cases"));
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (!add_file (SPECIFICATION, kinds[i]))
      {
        g_autofree char *path = g_strconcat ("/mustache/", kinds[i], NULL);

        g_test_add_func (path, test_not_there);
      }
  return g_test_run ();
}
