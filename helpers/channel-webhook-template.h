/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <json-glib/json-glib.h>

/* The free template of the preset json: Mustache that gives JSON. Values are written as they stand between the quotes of a JSON
 * string, so that none can end it; below "json" is each as a whole, quotes and brackets included. Pure. */

typedef struct _WebhookTemplate WebhookTemplate;

/* NULL: it does not parse, names what there is not, or gives no JSON for a notification with everything in it; what is wrong is
 * in FAULT. (transfer full) */
WebhookTemplate *webhook_template_new (const char *text, char **fault);
void             webhook_template_free (WebhookTemplate *template);

/* NULL: it gives no JSON for this one; why is in FAULT. (transfer full) */
char *webhook_template_render (WebhookTemplate *template, JsonObject *notification, char **fault);

/* Whether TEXT is JSON and nothing else, exactly as RFC 8259 has it; the parser that we link takes more. AT: where it ends to be. */
gboolean webhook_is_json (const char *text, const char **at);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WebhookTemplate, webhook_template_free)
