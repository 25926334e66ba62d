/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-mustache-private.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"

#define MAX_NAME 128
#define MAX_DELIMITER 16

typedef struct
{
  const char  *text;  /* (unowned): the template's */
  const char  *end;
  GArray      *nodes; /* (element-type JtMustacheNode) (unowned): the template's */
  char         open[MAX_DELIMITER + 1];
  char         close[MAX_DELIMITER + 1];
  guint        sections[JT_MUSTACHE_MAX_NESTING]; /* the open ones, as indices of nodes */
  guint        depth;
  gboolean     begins_line; /* nothing of the current line has become a node yet */
  const char  *located;     /* where line and column have been counted to */
  guint        line, column;
  GError     **error;
} Parser;

/* One tag as it stands in the text. */
typedef struct
{
  const char *start, *end; /* with its delimiters */
  char        sigil;       /* '\0' of a plain variable */
  char       *content;     /* (owned) without spaces around it */
} Tag;

static void
clear_node (gpointer data)
{
  JtMustacheNode *node = data;

  g_free (node->name);
  g_strfreev (node->path);
  g_free (node->indent);
}

static void
free_contents (gpointer data)
{
  JtMustache *mustache = data;

  g_free (mustache->text);
  g_array_unref (mustache->nodes);
}

JtMustache *
jt_mustache_ref (JtMustache *mustache)
{
  return g_atomic_rc_box_acquire (mustache);
}

void
jt_mustache_unref (JtMustache *mustache)
{
  if (mustache != NULL)
    g_atomic_rc_box_release_full (mustache, free_contents);
}

/* Tags are asked about from front to back, so each character is counted once. */
static void
locate (Parser *parser, const char *at)
{
  for (; parser->located < at; parser->located = g_utf8_next_char (parser->located))
    if (*parser->located == '\n')
      {
        parser->line++;
        parser->column = 1;
      }
    else
      parser->column++;
}

static gboolean
fail_at (Parser *parser, guint line, guint column, const char *what)
{
  g_set_error (parser->error, JT_ERROR, JT_ERROR_INVALID_TEMPLATE, _("line %u, column %u: %s"), line, column, what);
  return FALSE;
}

static gboolean G_GNUC_PRINTF (3, 4)
fail (Parser *parser, const char *at, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  locate (parser, at);
  return fail_at (parser, parser->line, parser->column, what);
}

static JtMustacheNode *
push_node (Parser *parser, JtTagKind kind, const char *at)
{
  JtMustacheNode node = { .kind = kind };

  locate (parser, at);
  node.line = parser->line;
  node.column = parser->column;
  g_array_append_val (parser->nodes, node);
  return &g_array_index (parser->nodes, JtMustacheNode, parser->nodes->len - 1);
}

static void
push_text (Parser *parser, const char *start, const char *end)
{
  JtMustacheNode *node;

  if (start == end)
    return;
  node = push_node (parser, JT_TAG_TEXT, start);
  node->start = (gsize) (start - parser->text);
  node->length = (gsize) (end - start);
  node->begins_line = parser->begins_line;
  parser->begins_line = end[-1] == '\n';
}

/* Finds where the tag that begins at @tag->start ends, and what is in it. */
static gboolean
read_tag (Parser *parser, Tag *tag)
{
  const char *content = tag->start + strlen (parser->open);
  g_autofree char *closing = NULL;
  const char *close;

  tag->sigil = *content != '\0' && strchr ("#^/>!&{=", *content) != NULL ? *content++ : '\0';
  closing = g_strconcat (tag->sigil == '{' ? "}" : tag->sigil == '=' ? "=" : "", parser->close, NULL);
  close = strstr (content, closing);
  if (close == NULL)
    return fail (parser, tag->start, _("this tag is not closed; write %s behind its name"), closing);
  tag->end = close + strlen (closing);
  tag->content = g_strstrip (g_strndup (content, (gsize) (close - content)));
  return TRUE;
}

static gboolean
check_name (Parser *parser, const Tag *tag)
{
  const char *name = tag->content;

  if (*name == '\0')
    return fail (parser, tag->start, _("this tag has no name in it"));
  if (strlen (name) > MAX_NAME)
    return fail (parser, tag->start, _("the name in this tag is longer than %d bytes; is a %s missing?"), MAX_NAME, parser->close);
  if (strpbrk (name, " \t\r\n\v\f") != NULL)
    return fail (parser, tag->start, _("there is a space in the name '%s'; is a %s missing?"), name, parser->close);
  if (tag->sigil == '>' || g_str_equal (name, "."))
    return TRUE;
  if (name[0] == '.' || g_str_has_suffix (name, ".") || strstr (name, "..") != NULL)
    return fail (parser, tag->start, _("'%s' is no name; a dot stands between two names, as in job.name"), name);
  return TRUE;
}

/* {{=<% %>=}} */
static gboolean
set_delimiters (Parser *parser, const Tag *tag)
{
  g_auto (GStrv) words = g_strsplit_set (tag->content, " \t\r\n", -1);
  const char *found[2] = { NULL };
  guint count = 0;

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' && count++ < 2)
      found[count - 1] = words[i];
  if (count != 2 || strchr (tag->content, '=') != NULL)
    return fail (parser, tag->start, _("two delimiters with a space between them are wanted, as in {{=<%% %%>=}}"));
  if (strlen (found[0]) > MAX_DELIMITER || strlen (found[1]) > MAX_DELIMITER)
    return fail (parser, tag->start, _("a delimiter has up to %d bytes"), MAX_DELIMITER);
  g_strlcpy (parser->open, found[0], sizeof parser->open);
  g_strlcpy (parser->close, found[1], sizeof parser->close);
  return TRUE;
}

static gboolean
open_section (Parser *parser, const Tag *tag)
{
  if (parser->depth == JT_MUSTACHE_MAX_NESTING)
    return fail (parser, tag->start, _("sections nest deeper than the limit of %d"), JT_MUSTACHE_MAX_NESTING);
  parser->sections[parser->depth++] = parser->nodes->len;
  return TRUE;
}

static gboolean
close_section (Parser *parser, const Tag *tag)
{
  JtMustacheNode *section;

  if (parser->depth == 0)
    return fail (parser, tag->start, _("the section '%s' ends here and was never begun"), tag->content);
  section = &g_array_index (parser->nodes, JtMustacheNode, parser->sections[parser->depth - 1]);
  if (!g_str_equal (section->name, tag->content))
    return fail (parser, tag->start, _("the section '%s' ends here, but '%s' of line %u, column %u is still open"),
                 tag->content, section->name, section->line, section->column);
  section->end = parser->nodes->len;
  parser->depth--;
  return TRUE;
}

static JtTagKind
kind_of (char sigil)
{
  switch (sigil)
    {
    case '#':
      return JT_TAG_SECTION;
    case '^':
      return JT_TAG_INVERTED;
    case '/':
      return JT_TAG_END;
    case '>':
      return JT_TAG_PARTIAL;
    case '{':
    case '&':
      return JT_TAG_RAW;
    default:
      return JT_TAG_VALUE;
    }
}

/* @indent (nullable): the tag is alone on its line, and what stands before it. */
static gboolean
push_tag (Parser *parser, const Tag *tag, const char *indent)
{
  JtTagKind kind = kind_of (tag->sigil);
  JtMustacheNode *node;

  if (tag->sigil == '!')
    return TRUE;
  if (tag->sigil == '=')
    return set_delimiters (parser, tag);
  if (!check_name (parser, tag))
    return FALSE;
  if ((kind == JT_TAG_SECTION || kind == JT_TAG_INVERTED) && !open_section (parser, tag))
    return FALSE;
  if (kind == JT_TAG_END && !close_section (parser, tag))
    return FALSE;
  node = push_node (parser, kind, tag->start);
  node->name = g_strdup (tag->content);
  if (kind != JT_TAG_PARTIAL && !g_str_equal (node->name, "."))
    node->path = g_strsplit (node->name, ".", -1);
  if (kind == JT_TAG_PARTIAL)
    node->indent = g_strdup (indent);
  if (indent != NULL)
    return TRUE;
  node->begins_line = parser->begins_line;
  parser->begins_line = FALSE;
  return TRUE;
}

/* Where the line of a tag that is alone on it begins, and where the next one does; FALSE: something else is on it, or it is a tag
 * that writes something itself. */
static gboolean
is_alone (Parser *parser, const Tag *tag, const char **line, const char **next)
{
  const char *before = tag->start;
  const char *after = tag->end;

  if (tag->sigil == '\0' || tag->sigil == '&' || tag->sigil == '{')
    return FALSE;
  while (before > parser->text && (before[-1] == ' ' || before[-1] == '\t'))
    before--;
  if (before > parser->text && before[-1] != '\n')
    return FALSE;
  after += strspn (after, " \t");
  if (after[0] == '\r' && after[1] == '\n')
    after++;
  if (*after != '\n' && *after != '\0')
    return FALSE;
  *line = before;
  *next = *after == '\n' ? after + 1 : after;
  return TRUE;
}

static gboolean
parse_tag (Parser *parser, const char **at, const char *start)
{
  Tag tag = { .start = start };
  g_autofree char *content = NULL;
  g_autofree char *indent = NULL;
  const char *line = start;
  const char *next;

  if (!read_tag (parser, &tag))
    return FALSE;
  content = tag.content;
  next = tag.end;
  if (is_alone (parser, &tag, &line, &next))
    indent = g_strndup (line, (gsize) (start - line));
  push_text (parser, *at, line);
  *at = next;
  return push_tag (parser, &tag, indent);
}

static gboolean
parse_all (Parser *parser)
{
  const char *at = parser->text;
  const char *start;
  JtMustacheNode *section;
  g_autofree char *what = NULL;

  while ((start = strstr (at, parser->open)) != NULL)
    if (!parse_tag (parser, &at, start))
      return FALSE;
  push_text (parser, at, parser->end);
  if (parser->depth == 0)
    return TRUE;
  section = &g_array_index (parser->nodes, JtMustacheNode, parser->sections[parser->depth - 1]);
  what = g_strdup_printf (_("the section '%s' is never closed; write {{/%s}} where it ends"), section->name, section->name);
  return fail_at (parser, section->line, section->column, what);
}

JtMustache *
jt_mustache_parse (const char *text, GError **error)
{
  Parser parser = { .open = "{{", .close = "}}", .begins_line = TRUE, .line = 1, .column = 1, .error = error };
  gsize length = strlen (text);
  const char *end = NULL;
  JtMustache *mustache;

  if (length > JT_MUSTACHE_MAX_BYTES)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, _("a template has up to 64 KiB, and this one has %lu bytes"), (gulong) length);
      return NULL;
    }
  parser.located = text;
  if (!g_utf8_validate (text, (gssize) length, &end))
    {
      fail (&parser, end, _("the byte 0x%02x is no UTF-8"), (guint) (guchar) *end);
      return NULL;
    }
  mustache = g_atomic_rc_box_new0 (JtMustache);
  mustache->text = g_strdup (text);
  mustache->nodes = g_array_new (FALSE, FALSE, sizeof (JtMustacheNode));
  g_array_set_clear_func (mustache->nodes, clear_node);
  parser.text = mustache->text;
  parser.located = mustache->text;
  parser.end = mustache->text + length;
  parser.nodes = mustache->nodes;
  if (!parse_all (&parser))
    g_clear_pointer (&mustache, jt_mustache_unref);
  return mustache;
}

gboolean
jt_mustache_foreach (JtMustache *mustache, JtTagFunc func, gpointer user_data)
{
  for (guint i = 0; i < mustache->nodes->len; i++)
    {
      const JtMustacheNode *node = JT_MUSTACHE_NODE (mustache, i);
      JtTag tag = { node->kind, node->name != NULL ? node->name : "", mustache->text + node->start, node->length, node->line, node->column };

      if (!func (&tag, user_data))
        return FALSE;
    }
  return TRUE;
}
