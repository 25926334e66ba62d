/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-mustache-private.h"

/* What Mustache wants to know of a value, answered for GVariant. */

struct _JtMustacheValue
{
  GVariant   *value; /* (owned) (nullable) */
  GHashTable *keys;  /* (element-type utf8 JtMustacheValue) (owned) (nullable): the names are of @value */
};

static GVariant *
unbox (GVariant *value)
{
  g_autoptr (GVariant) inner = g_variant_ref (value);

  while (inner != NULL && (g_variant_is_of_type (inner, G_VARIANT_TYPE_VARIANT) || g_variant_is_of_type (inner, G_VARIANT_TYPE_MAYBE)))
    {
      GVariant *next = g_variant_is_of_type (inner, G_VARIANT_TYPE_VARIANT) ? g_variant_get_variant (inner) : g_variant_get_maybe (inner);

      g_variant_unref (inner);
      inner = next;
    }
  return g_steal_pointer (&inner);
}

JtMustacheValue *
jt_mustache_value_new (GVariant *value)
{
  JtMustacheValue *made = g_new0 (JtMustacheValue, 1);

  made->value = unbox (value);
  return made;
}

void
jt_mustache_value_free (JtMustacheValue *value)
{
  if (value == NULL)
    return;
  g_clear_pointer (&value->keys, g_hash_table_unref);
  g_clear_pointer (&value->value, g_variant_unref);
  g_free (value);
}

GVariant *
jt_mustache_value_get_variant (JtMustacheValue *value)
{
  return value->value;
}

static gboolean
is_of_type (JtMustacheValue *value, const GVariantType *type)
{
  return value->value != NULL && g_variant_is_of_type (value->value, type);
}

/* Of a key that is there twice the first counts, as with g_variant_lookup(). */
static GHashTable *
make_keys (GVariant *group)
{
  GHashTable *keys = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) jt_mustache_value_free);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, group);
  while (g_variant_iter_loop (&iter, "{&s@*}", &key, &value))
    if (!g_hash_table_contains (keys, key))
      g_hash_table_insert (keys, (char *) key, jt_mustache_value_new (value));
  return keys;
}

JtMustacheValue *
jt_mustache_value_get (JtMustacheValue *value, const char *key)
{
  if (!is_of_type (value, G_VARIANT_TYPE ("a{s*}")))
    return NULL;
  if (value->keys == NULL)
    value->keys = make_keys (value->value);
  return g_hash_table_lookup (value->keys, key);
}

gboolean
jt_mustache_value_is_list (JtMustacheValue *value)
{
  return is_of_type (value, G_VARIANT_TYPE_ARRAY) && !is_of_type (value, G_VARIANT_TYPE_DICTIONARY);
}

gboolean
jt_mustache_value_is_true (JtMustacheValue *value)
{
  if (value == NULL || value->value == NULL)
    return FALSE;
  if (is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return g_variant_get_boolean (value->value);
  if (is_of_type (value, G_VARIANT_TYPE_STRING))
    return *g_variant_get_string (value->value, NULL) != '\0';
  if (is_of_type (value, G_VARIANT_TYPE_ARRAY))
    return g_variant_n_children (value->value) > 0;
  return TRUE;
}

/* 1.21 and not 1.21000000000000001: as few digits as give the number back. */
static char *
format_double (double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof text, "%.15g", number);
  if (g_ascii_strtod (text, NULL) < number || g_ascii_strtod (text, NULL) > number)
    g_ascii_dtostr (text, sizeof text, number);
  return g_strdup (text);
}

static char *
to_text (GVariant *value)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
      return g_variant_dup_string (value, NULL);
    case G_VARIANT_CLASS_BOOLEAN:
      return g_strdup (g_variant_get_boolean (value) ? "true" : "false");
    case G_VARIANT_CLASS_DOUBLE:
      return format_double (g_variant_get_double (value));
    case G_VARIANT_CLASS_BYTE:
      return g_strdup_printf ("%u", g_variant_get_byte (value));
    case G_VARIANT_CLASS_INT16:
    case G_VARIANT_CLASS_UINT16:
    case G_VARIANT_CLASS_INT32:
    case G_VARIANT_CLASS_UINT32:
    case G_VARIANT_CLASS_INT64:
    case G_VARIANT_CLASS_UINT64:
      return g_variant_print (value, FALSE);
    case G_VARIANT_CLASS_HANDLE:
    case G_VARIANT_CLASS_VARIANT:
    case G_VARIANT_CLASS_MAYBE:
    case G_VARIANT_CLASS_ARRAY:
    case G_VARIANT_CLASS_TUPLE:
    case G_VARIANT_CLASS_DICT_ENTRY:
    default:
      return g_strdup ("");
    }
}

char *
jt_mustache_value_to_text (JtMustacheValue *value)
{
  return value->value != NULL ? to_text (value->value) : g_strdup ("");
}
