/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "json.h"

#include <math.h>
#include <stdio.h>

#include "jt-row-units.h"
#include "jt-when.h"
#include "text.h"

static JsonNode *convert (const char *key, GVariant *value);

static JsonNode *
new_double (double number)
{
  JsonNode *node = json_node_new (JSON_NODE_VALUE);

  if (!isfinite (number))
    return json_node_init_null (node);
  json_node_set_double (node, number);
  return node;
}

static JsonNode *
new_uint64 (const char *key, guint64 number)
{
  JsonNode *node;

  if (key != NULL && jt_row_key_is_duration (key))
    return new_double ((double) number / 1e6);
  node = json_node_alloc ();
  if (key == NULL || !jt_row_key_is_instant (key))
    return json_node_init_int (node, (gint64) MIN (number, G_MAXINT64));
  if (number == 0 || number > G_MAXINT64)
    return json_node_init_null (node);
  {
    g_autofree char *text = jt_when_format ((gint64) number);

    return json_node_init_string (node, text);
  }
}

static JsonNode *
new_object (GVariant *dict)
{
  g_autoptr (JsonObject) object = json_object_new ();
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, dict);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autofree char *kebab = text_kebab (key);

      json_object_set_member (object, kebab, convert (kebab, value));
    }
  return json_node_init_object (json_node_alloc (), object);
}

static JsonNode *
new_array (GVariant *list)
{
  g_autoptr (JsonArray) array = json_array_new ();
  GVariantIter iter;
  GVariant *value;

  g_variant_iter_init (&iter, list);
  while ((value = g_variant_iter_next_value (&iter)) != NULL)
    {
      json_array_add_element (array, convert (NULL, value));
      g_variant_unref (value);
    }
  return json_node_init_array (json_node_alloc (), array);
}

/* By state. */
static JsonNode *
new_counts (GVariant *dict)
{
  g_autoptr (JsonObject) object = json_object_new ();
  GVariantIter iter;
  const char *key;
  guint64 count;

  g_variant_iter_init (&iter, dict);
  while (g_variant_iter_next (&iter, "{&st}", &key, &count))
    json_object_set_int_member (object, key, (gint64) MIN (count, G_MAXINT64));
  return json_node_init_object (json_node_alloc (), object);
}

/* What a group of statistics tells of a distribution. */
static JsonNode *
new_measure (GVariant *tuple)
{
  static const char *const names[] = { "count", "min", "mean", "p50", "p90", "p95", "p99", "max" };
  g_autoptr (JsonObject) object = json_object_new ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      guint64 number;

      g_variant_get_child (tuple, i, "t", &number);
      json_object_set_member (object, names[i], new_uint64 (names[i], number));
    }
  return json_node_init_object (json_node_alloc (), object);
}

/* Buckets of durations: how long at most, and how many. */
static JsonNode *
new_histogram (GVariant *buckets)
{
  g_autoptr (JsonArray) array = json_array_new ();
  GVariantIter iter;
  guint64 upper, count;

  g_variant_iter_init (&iter, buckets);
  while (g_variant_iter_next (&iter, "(tt)", &upper, &count))
    {
      JsonObject *bucket = json_object_new ();

      json_object_set_member (bucket, "at-most", new_double ((double) upper / 1e6));
      json_object_set_int_member (bucket, "count", (gint64) MIN (count, G_MAXINT64));
      json_array_add_object_element (array, bucket);
    }
  return json_node_init_array (json_node_alloc (), array);
}

static JsonNode *
convert (const char *key, GVariant *value)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_BOOLEAN:
      return json_node_init_boolean (json_node_alloc (), g_variant_get_boolean (value));
    case G_VARIANT_CLASS_INT32:
      return json_node_init_int (json_node_alloc (), g_variant_get_int32 (value));
    case G_VARIANT_CLASS_UINT32:
      return json_node_init_int (json_node_alloc (), g_variant_get_uint32 (value));
    case G_VARIANT_CLASS_UINT64:
      return new_uint64 (key, g_variant_get_uint64 (value));
    case G_VARIANT_CLASS_DOUBLE:
      return new_double (g_variant_get_double (value));
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
      return json_node_init_string (json_node_alloc (), g_variant_get_string (value, NULL));
    default:
      if (g_variant_is_of_type (value, G_VARIANT_TYPE ("a{st}")))
        return new_counts (value);
      if (g_variant_is_of_type (value, G_VARIANT_TYPE ("a(tt)")))
        return new_histogram (value);
      if (g_variant_is_of_type (value, G_VARIANT_TYPE ("(tttttttt)")))
        return new_measure (value);
      return g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT) ? new_object (value) : new_array (value);
    }
}

/**
 * json_from_variant:
 * @value: rows (`aa{sv}`), one row or properties (`a{sv}`), or a plain value
 *
 * Returns: (transfer full): the same as JSON
 */
JsonNode *
json_from_variant (GVariant *value)
{
  return convert (NULL, value);
}

/* (element-type GVariant) rows as an array. (transfer full) */
JsonNode *
json_from_rows (GPtrArray *rows)
{
  g_autoptr (JsonArray) array = json_array_new ();

  for (guint i = 0; i < rows->len; i++)
    json_array_add_element (array, json_from_variant (g_ptr_array_index (rows, i)));
  return json_node_init_array (json_node_alloc (), array);
}

/* What an action was done to: an array of name, as it was given, and path. @paths: (element-type utf8), as many as @names. (transfer full) */
JsonNode *
json_from_names (char *const *names, GPtrArray *paths)
{
  g_autoptr (JsonArray) array = json_array_new ();

  for (guint i = 0; i < paths->len; i++)
    {
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "name", names[i]);
      json_object_set_string_member (object, "path", g_ptr_array_index (paths, i));
      json_array_add_object_element (array, object);
    }
  return json_node_init_array (json_node_alloc (), array);
}

/* One document on stdout, laid out for a reader. Takes @node. */
void
json_print (JsonNode *node)
{
  g_autoptr (JsonNode) owned = node;
  g_autofree char *text = json_to_string (owned, TRUE);

  puts (text);
}

/* One line on stdout, for streams. Takes @node. */
void
json_print_line (JsonNode *node)
{
  g_autoptr (JsonNode) owned = node;
  g_autofree char *text = json_to_string (owned, FALSE);

  puts (text);
}
