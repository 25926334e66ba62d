/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* One Mustache template, parsed: the whole public specification but lambdas. Interpolation, sections, inverted sections, comments,
 * partials with their indentation, set delimiters, tags alone on a line, dotted names, the implicit iterator. Immutable,
 * reference-counted, may be shared between threads; it opens no file and knows no template but itself, partials are asked for. */

#define JT_MUSTACHE_MAX_BYTES (64 * 1024)          /* of a template */
#define JT_MUSTACHE_MAX_NESTING 16                 /* sections within sections */
#define JT_MUSTACHE_MAX_PARTIALS 16                /* partials within partials */
#define JT_MUSTACHE_MAX_RESULT_BYTES (1024 * 1024) /* of what comes out */
#define JT_MUSTACHE_MAX_STEPS (256 * 1024)         /* of one rendering: what stops lists in lists that write nothing */

typedef struct _JtMustache JtMustache;

/* What stands behind {{> @name}}. (transfer none) (nullable): there is none, and nothing is written in its place. */
typedef JtMustache *(*JtPartialFunc) (const char *name, gpointer user_data);

/* Fails with JT_ERROR_INVALID_TEMPLATE and a message that begins with "line 3, column 7: ", or JT_ERROR_TOO_LARGE. Columns count
 * characters from 1. */
JtMustache *jt_mustache_parse (const char *text, GError **error);
JtMustache *jt_mustache_ref (JtMustache *mustache);
void        jt_mustache_unref (JtMustache *mustache); /* (nullable) */

/* Writes the template with the values of @context, an a{sv} (taken if floating): texts, object paths, booleans, numbers, as, av,
 * aa{sv}, a{sv}, and variants of those. Absent, false, "" and whatever is empty is falsy; 0 is not. {{name}} is escaped for HTML
 * if @escapes_html, {{{name}}} and {{&name}} never are. @get_partial (nullable): no partials. (transfer full)
 * Fails with JT_ERROR_TOO_LARGE where a limit above is passed, and JT_ERROR_INVALID_TEMPLATE where partials nest too deep. */
char *jt_mustache_render (JtMustache *mustache, GVariant *context, gboolean escapes_html, JtPartialFunc get_partial,
                          gpointer user_data, GError **error);

typedef enum
{
  JT_TAG_TEXT,     /* what stands between tags; one call for each piece */
  JT_TAG_VALUE,    /* {{name}} */
  JT_TAG_RAW,      /* {{{name}}}, {{&name}} */
  JT_TAG_SECTION,  /* {{#name}} */
  JT_TAG_INVERTED, /* {{^name}} */
  JT_TAG_END,      /* {{/name}} */
  JT_TAG_PARTIAL,  /* {{>name}} */
} JtTagKind;

/* One part of a template, as those see it who check templates. */
typedef struct
{
  JtTagKind   kind;
  const char *name;         /* of a tag, "" of a text */
  const char *text;         /* of a text, not terminated by 0, with its length */
  gsize       length;
  guint       line, column; /* where it begins, from 1 */
} JtTag;

/* FALSE: no more of them are wanted. */
typedef gboolean (*JtTagFunc) (const JtTag *tag, gpointer user_data);

/* Calls @func for each part, in the order of the text. FALSE if @func said so. */
gboolean jt_mustache_foreach (JtMustache *mustache, JtTagFunc func, gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtMustache, jt_mustache_unref)
