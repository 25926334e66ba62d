/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-mustache-private.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"

typedef struct
{
  GPtrArray    *stack; /* (element-type JtMustacheValue) (unowned): the innermost context is the last */
  GString      *result;
  gboolean      escapes_html;
  JtPartialFunc get_partial;
  gpointer      user_data;
  guint         n_partials; /* within each other */
  guint         n_steps;
  GError      **error;
} Renderer;

static gboolean render_nodes (Renderer *renderer, JtMustache *mustache, guint from, guint to, const char *indent);

static gboolean
count_step (Renderer *renderer)
{
  if (renderer->n_steps++ < JT_MUSTACHE_MAX_STEPS)
    return TRUE;
  g_set_error (renderer->error, JT_ERROR, JT_ERROR_TOO_LARGE, _("the template goes through its lists more than %d times"), JT_MUSTACHE_MAX_STEPS);
  return FALSE;
}

/* Whether @length more bytes are still within the limit. */
static gboolean
check_room (Renderer *renderer, gsize length)
{
  if (renderer->result->len <= JT_MUSTACHE_MAX_RESULT_BYTES && length <= JT_MUSTACHE_MAX_RESULT_BYTES - renderer->result->len)
    return TRUE;
  g_set_error (renderer->error, JT_ERROR, JT_ERROR_TOO_LARGE, _("what the template makes is longer than 1 MiB"));
  return FALSE;
}

static gboolean
write_bytes (Renderer *renderer, const char *bytes, gsize length)
{
  if (!check_room (renderer, length))
    return FALSE;
  g_string_append_len (renderer->result, bytes, (gssize) length);
  return TRUE;
}

static const char *
find_entity (char character)
{
  switch (character)
    {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return NULL;
    }
}

static gboolean
write_escaped (Renderer *renderer, const char *text)
{
  if (!check_room (renderer, strlen (text)))
    return FALSE;
  while (*text != '\0')
    {
      gsize plain = strcspn (text, "&<>\"'");

      g_string_append_len (renderer->result, text, (gssize) plain);
      text += plain;
      if (*text != '\0')
        g_string_append (renderer->result, find_entity (*text++));
    }
  return check_room (renderer, 0);
}

/* The first name is looked for from the innermost context outwards, the rest only within what it stands for. (transfer none) */
static JtMustacheValue *
resolve (Renderer *renderer, const JtMustacheNode *node)
{
  JtMustacheValue *value = NULL;

  if (node->path == NULL)
    return g_ptr_array_index (renderer->stack, renderer->stack->len - 1);
  for (guint i = renderer->stack->len; i > 0 && value == NULL; i--)
    value = jt_mustache_value_get (g_ptr_array_index (renderer->stack, i - 1), node->path[0]);
  for (guint i = 1; node->path[i] != NULL && value != NULL; i++)
    value = jt_mustache_value_get (value, node->path[i]);
  return value;
}

static gboolean
render_value (Renderer *renderer, const JtMustacheNode *node)
{
  JtMustacheValue *value = resolve (renderer, node);
  g_autofree char *text = value != NULL ? jt_mustache_value_to_text (value) : NULL;

  if (text == NULL)
    return TRUE;
  if (renderer->escapes_html && node->kind == JT_TAG_VALUE)
    return write_escaped (renderer, text);
  return write_bytes (renderer, text, strlen (text));
}

/* @value is what stands innermost while the section is written once. */
static gboolean
render_within (Renderer *renderer, JtMustache *mustache, guint i, JtMustacheValue *value, const char *indent)
{
  gboolean is_done;

  g_ptr_array_add (renderer->stack, value);
  is_done = render_nodes (renderer, mustache, i + 1, JT_MUSTACHE_NODE (mustache, i)->end + 1, indent);
  g_ptr_array_set_size (renderer->stack, (gint) renderer->stack->len - 1);
  return is_done;
}

static gboolean
render_section (Renderer *renderer, JtMustache *mustache, guint i, const char *indent)
{
  JtMustacheValue *value = resolve (renderer, JT_MUSTACHE_NODE (mustache, i));
  GVariantIter iter;
  GVariant *next;

  if (!jt_mustache_value_is_true (value))
    return TRUE;
  if (!jt_mustache_value_is_list (value))
    return render_within (renderer, mustache, i, value, indent);
  g_variant_iter_init (&iter, jt_mustache_value_get_variant (value));
  while ((next = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_autoptr (GVariant) boxed = next;
      g_autoptr (JtMustacheValue) item = jt_mustache_value_new (boxed);

      if (!render_within (renderer, mustache, i, item, indent))
        return FALSE;
    }
  return TRUE;
}

static gboolean
render_inverted (Renderer *renderer, JtMustache *mustache, guint i, const char *indent)
{
  const JtMustacheNode *node = JT_MUSTACHE_NODE (mustache, i);

  return jt_mustache_value_is_true (resolve (renderer, node)) || render_nodes (renderer, mustache, i + 1, node->end + 1, indent);
}

static gboolean
render_partial (Renderer *renderer, const JtMustacheNode *node, const char *indent)
{
  JtMustache *partial = renderer->get_partial != NULL ? renderer->get_partial (node->name, renderer->user_data) : NULL;
  g_autoptr (JtMustache) kept = NULL;
  g_autofree char *deeper = NULL;
  gboolean is_done;

  if (partial == NULL)
    return TRUE;
  if (renderer->n_partials == JT_MUSTACHE_MAX_PARTIALS)
    {
      g_set_error (renderer->error, JT_ERROR, JT_ERROR_INVALID_TEMPLATE, _("partials nest deeper than the limit of %d, the last of them '%s'"),
                   JT_MUSTACHE_MAX_PARTIALS, node->name);
      return FALSE;
    }
  kept = jt_mustache_ref (partial);
  if (node->indent != NULL)
    deeper = g_strconcat (indent, node->indent, NULL);
  renderer->n_partials++;
  is_done = render_nodes (renderer, kept, 0, kept->nodes->len, deeper != NULL ? deeper : "");
  renderer->n_partials--;
  return is_done;
}

/* Each line of a partial is indented as the tag is; lines that values bring along are not. */
static gboolean
render_text (Renderer *renderer, const char *text, gsize length, const char *indent)
{
  const char *end = text + length;

  if (*indent == '\0')
    return write_bytes (renderer, text, length);
  while (text < end)
    {
      const char *newline = memchr (text, '\n', (gsize) (end - text));
      const char *next = newline != NULL ? newline + 1 : end;

      if (!write_bytes (renderer, text, (gsize) (next - text)) || (next < end && !write_bytes (renderer, indent, strlen (indent))))
        return FALSE;
      text = next;
    }
  return TRUE;
}

static gboolean
render_node (Renderer *renderer, JtMustache *mustache, guint i, const char *indent)
{
  const JtMustacheNode *node = JT_MUSTACHE_NODE (mustache, i);

  switch (node->kind)
    {
    case JT_TAG_TEXT:
      return render_text (renderer, mustache->text + node->start, node->length, indent);
    case JT_TAG_VALUE:
    case JT_TAG_RAW:
      return render_value (renderer, node);
    case JT_TAG_SECTION:
      return render_section (renderer, mustache, i, indent);
    case JT_TAG_INVERTED:
      return render_inverted (renderer, mustache, i, indent);
    case JT_TAG_PARTIAL:
      return render_partial (renderer, node, indent);
    case JT_TAG_END:
    default:
      return TRUE;
    }
}

static gboolean
render_nodes (Renderer *renderer, JtMustache *mustache, guint from, guint to, const char *indent)
{
  for (guint i = from; i < to; i++)
    {
      const JtMustacheNode *node = JT_MUSTACHE_NODE (mustache, i);

      if (!count_step (renderer) || (node->begins_line && !write_bytes (renderer, indent, strlen (indent)))
          || !render_node (renderer, mustache, i, indent))
        return FALSE;
      if (node->kind == JT_TAG_SECTION || node->kind == JT_TAG_INVERTED)
        i = node->end;
    }
  return TRUE;
}

char *
jt_mustache_render (JtMustache *mustache, GVariant *context, gboolean escapes_html, JtPartialFunc get_partial,
                    gpointer user_data, GError **error)
{
  g_autoptr (GVariant) values = g_variant_ref_sink (context);
  g_autoptr (JtMustacheValue) root = jt_mustache_value_new (values);
  g_autoptr (GPtrArray) stack = g_ptr_array_new ();
  Renderer renderer = { .stack = stack, .result = g_string_new (NULL), .escapes_html = escapes_html, .get_partial = get_partial,
                        .user_data = user_data, .error = error };
  gboolean is_done;

  g_ptr_array_add (stack, root);
  is_done = render_nodes (&renderer, mustache, 0, mustache->nodes->len, "");
  return g_string_free (renderer.result, !is_done);
}
