/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* How templates are named: FAMILY/EVENT.PART ("email/failed.subject", "popup/default.title"), a partial FAMILY/_NAME.PART
 * ("email/_footer.html"), each optionally with a language before it ("de/email/failed.subject"). No language is English. A
 * name is never a path: nothing that passes these checks leaves the folder that it is looked for in. */

#define JT_TEMPLATE_DEFAULT "default" /* the EVENT of a template that serves all events that have none of their own */

typedef struct
{
  char    *language; /* (owned) (nullable) */
  char    *family;   /* (owned) email, popup, chat */
  char    *event;    /* (owned) an event, "default", or "_name" of a partial */
  char    *part;     /* (owned) subject, text, html, title, body */
  gboolean is_partial;
} JtTemplateName;

/* NULL-terminated; of parts those that @family has, NULL where there is no such family. */
const char *const *jt_template_families (void);
const char *const *jt_template_parts (const char *family);

/* Fails with JT_ERROR_INVALID_ARGUMENT saying which part of the name is wrong and what there is. */
gboolean        jt_template_name_check (const char *name, GError **error);
JtTemplateName *jt_template_name_parse (const char *name, GError **error);
void            jt_template_name_free (JtTemplateName *name);

/* Whether what stands in a part is markup (values are escaped), and whether it is one line (a subject, a title). */
gboolean jt_template_part_is_html (const char *part);
gboolean jt_template_part_is_line (const char *part);

/* The names to try, the most particular first, within one source: for "de_AT" all of de_AT, then of de, then those without a
 * language; the event before the default in each. @event "_name": that partial. @language (nullable) may have an encoding
 * behind it, and "en", "C" or one that is none stands for no language. (transfer full) */
char **jt_template_candidates (const char *family, const char *event, const char *part, const char *language);

/* The EVENT of the partial that {{> @written}} means in a template of @family and @part: "_footer", "_footer.html" and
 * "email/_footer.html" are the same one. Fails with JT_ERROR_INVALID_TEMPLATE. (transfer full) */
char *jt_template_name_of_partial (const char *written, const char *family, const char *part, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtTemplateName, jt_template_name_free)
