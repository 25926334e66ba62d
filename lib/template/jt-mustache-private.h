/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-mustache.h"

/* What the parser makes and the renderer walks over: the parts of a template in one flat array, a section knowing where its end
 * is. Nobody else sees it; jt_mustache_foreach() is for them. */

typedef struct
{
  JtTagKind kind;
  gboolean  begins_line; /* the indentation of a partial goes before it */
  guint     line, column;
  guint     end;         /* of a section: the index of its JT_TAG_END */
  gsize     start, length; /* of a text, in the template's text */
  char     *name;        /* (owned) (nullable) of a tag */
  char    **path;        /* (owned) (nullable) the name between its dots; NULL is "." or a partial */
  char     *indent;      /* (owned) (nullable) of a partial that is alone on its line: what stands before it */
} JtMustacheNode;

struct _JtMustache
{
  char   *text;  /* (owned) */
  GArray *nodes; /* (element-type JtMustacheNode) (owned) */
};

#define JT_MUSTACHE_NODE(mustache, i) (&g_array_index ((mustache)->nodes, JtMustacheNode, i))

/* A value of the context as the renderer sees it: without the variants around it, and with its keys found by a table that is made when
 * one is first asked for, for a template asks again and again. */
typedef struct _JtMustacheValue JtMustacheValue;

JtMustacheValue *jt_mustache_value_new (GVariant *value); /* (transfer none) */
void             jt_mustache_value_free (JtMustacheValue *value);
/* NULL: there is no such key, or the value has no keys. (transfer none): belongs to @value. */
JtMustacheValue *jt_mustache_value_get (JtMustacheValue *value, const char *key);
gboolean         jt_mustache_value_is_true (JtMustacheValue *value); /* (nullable) */
gboolean         jt_mustache_value_is_list (JtMustacheValue *value);
GVariant        *jt_mustache_value_get_variant (JtMustacheValue *value); /* (transfer none) (nullable): NULL is nothing */
char            *jt_mustache_value_to_text (JtMustacheValue *value);     /* "" of nothing, and of what is a list or a group */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtMustacheValue, jt_mustache_value_free)
