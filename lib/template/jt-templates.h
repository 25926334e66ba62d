/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Which template is in force, and what it makes of a context. There are three sources: the reader's own, the administrator's
 * folder, and what is shipped (compiled in, so it can not be lost). Sources are asked by name and answer from memory; nothing
 * here reads a file. Within a source language comes before event (jt_template_candidates), and a source above wins over one
 * below. A partial is found the same way, so {{> _footer}} of a shipped template is the reader's if there is one. */

typedef enum
{
  JT_TEMPLATE_OF_USER,
  JT_TEMPLATE_OF_ADMINISTRATOR,
  JT_TEMPLATE_SHIPPED,
} JtTemplateOrigin;

/* The text of the template @name, NULL if there is none. (transfer full) */
typedef char *(*JtTemplateSourceFunc) (const char *name, gpointer user_data);

/* Where to look; a plain struct of the caller, a NULL function is a source with nothing in it. */
typedef struct
{
  JtTemplateSourceFunc get_of_user;
  gpointer             user;
  JtTemplateSourceFunc get_of_administrator;
  gpointer             administrator;
} JtTemplateSources;

/* A template that was found, checked, with the partials that it uses. */
typedef struct _JtTemplate JtTemplate;

const char *jt_template_origin_to_string (JtTemplateOrigin origin); /* user, administrator, shipped */

/* The best template that is sound. One that does not pass jt_template_check() is passed over for the next below it, and @trouble
 * (out) (nullable) (transfer full) then says which and why. @sources (nullable): only what is shipped. @event may be "default".
 * Fails with JT_ERROR_NOT_FOUND where there is no such family or part. (transfer full) */
JtTemplate *jt_templates_find (const JtTemplateSources *sources, const char *family, const char *event, const char *part,
                               const char *language, char **trouble, GError **error);
void             jt_template_free (JtTemplate *template);
const char      *jt_template_get_name (JtTemplate *template); /* as it was found: "de/email/failed.subject" */
JtTemplateOrigin jt_template_get_origin (JtTemplate *template);
/* What comes out of it for @context (a{sv}, taken if floating). A subject or title is one line whatever values hold. (transfer full)
 * Fails as jt_mustache_render() does. */
char *jt_template_render (JtTemplate *template, GVariant *context, GError **error);

/* Both in one: one part for one context (a{sv}, taken if floating). Never NULL: a template from above that can not be found
 * sound or fails while rendering gives way to the one below it, and if even the shipped one does, there is a plain sentence
 * that names event and job. @trouble as above, NULL if there was none. (transfer full) */
char *jt_templates_render (const JtTemplateSources *sources, const char *family, const char *event, const char *part,
                           const char *language, GVariant *context, char **trouble);

/* Whether @text may become the template @name: jt_template_check(), and its partials are there, sound, and do not come back to
 * themselves. @length -1: @text ends with 0. */
gboolean jt_templates_check (const JtTemplateSources *sources, const char *name, const char *text, gssize length, GError **error);
/* A preview: the same, and then rendered for @context (a{sv}, taken if floating). (transfer full) */
char *jt_templates_preview (const JtTemplateSources *sources, const char *name, const char *text, GVariant *context, GError **error);
/* The text in force under exactly this name, and whose it is (out) (nullable). Fails with JT_ERROR_NOT_FOUND that names the
 * nearest shipped one. (transfer full) */
char *jt_templates_get_text (const JtTemplateSources *sources, const char *name, JtTemplateOrigin *origin, GError **error);

/* The names of what is shipped, sorted (transfer full); the text of one, NULL if there is none (transfer full). */
char **jt_templates_list_shipped (void);
char  *jt_templates_get_shipped (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtTemplate, jt_template_free)
