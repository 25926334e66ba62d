/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-delivery.h"
#include "jt-executor.h"
#include "jt-message.h"
#include "jt-notifier.h"
#include "jt-store.h"
#include "jt-templates.h"

/* Makes the text of a delivery: finds out what its template may want to know (the end of the log, the job's past, what a digest
 * tells), and renders it in the reader's language. What can not be found out is left out; a text is made in any case. Main loop
 * only, and nothing of it waits. */

#define JT_TYPE_COMPOSER (jt_composer_get_type ())
G_DECLARE_FINAL_TYPE (JtComposer, jt_composer, JT, COMPOSER, GObject)

typedef enum
{
  JT_FAMILY_EMAIL, /* subject, text, html */
  JT_FAMILY_POPUP, /* title, body */
  JT_FAMILY_CHAT,  /* text; its subject is that of a mail */
} JtFamily;

const char *jt_family_to_string (JtFamily family);

JtComposer *jt_composer_new (JtStore *store, JtExecutor *executor, JtNotifier *notifier, const char *host);
/* @gateway_url: (nullable). @domain: of List-Id. */
void jt_composer_set_addresses (JtComposer *self, const char *gateway_url, const char *domain);
/* The administrator's templates: (element-type utf8 utf8) (transfer full) by name. */
void jt_composer_set_templates (JtComposer *self, GHashTable *templates);
/* A user's own have changed. */
void jt_composer_forget_user (JtComposer *self, guint32 uid);

/* Finish: (transfer full), never NULL. */
void       jt_composer_compose_async (JtComposer *self, JtDelivery *delivery, JtFamily family, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
JtMessage *jt_composer_compose_finish (JtComposer *self, GAsyncResult *result, GError **error);

/* The context alone, of a delivery that need not be on record: for previews. Finish: a{sv} (transfer full) */
void      jt_composer_describe_async (JtComposer *self, JtDelivery *delivery, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
GVariant *jt_composer_describe_finish (JtComposer *self, GAsyncResult *result, GError **error);

/* Where the templates of @uid are looked for, once their own have been read. Finish: FALSE with the error of the storage. */
void     jt_composer_read_user_async (JtComposer *self, guint32 uid, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
gboolean jt_composer_read_user_finish (JtComposer *self, GAsyncResult *result, GError **error);
/* What was read: texts by name, of the user (nullable) and of the administrator, for jt_composer_get_text(). Tables are never changed, so that
 * a reference (transfer full) may be used by any thread. */
void     jt_composer_get_templates (JtComposer *self, guint32 uid, GHashTable **own, GHashTable **administrator);
/* A JtTemplateSourceFunc over such a table (nullable). */
char    *jt_composer_get_text (const char *name, gpointer table);
