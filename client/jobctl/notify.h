/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jobctl.h"

/* What the verbs of `jobctl notify` share: the interface that they call, and whose preferences and templates are meant. */

GVariant *notify_call (Context *context, const char *method, GVariant *parameters, GError **error);
gboolean  notify_find_user (const char *name, guint32 *uid, GError **error);
gboolean  notify_read_user (Context *context, guint32 *uid, GError **error);
gboolean  notify_read_id (const char *text, guint64 *id, GError **error);
gboolean  notify_collect (Context *context, GVariant *filter, guint64 limit, GPtrArray *rows, GError **error);
const char *notify_recipient (GVariant *row);
char     *notify_describe (Context *context, GVariant *row, const char *key);
char     *notify_next (Context *context, GVariant *row, const char *verdict_key, const char *time_key);
GPtrArray *notify_list (Context *context, const char *method, GVariant *parameters, GError **error);

int verb_notify_channels (Context *context, GError **error);
int verb_notify_deliveries (Context *context, GError **error);
int verb_notify_edit (Context *context, GError **error);
int verb_notify_prefs (Context *context, GError **error);
int verb_notify_render (Context *context, GError **error);
int verb_notify_resend (Context *context, GError **error);
int verb_notify_rule (Context *context, GError **error);
int verb_notify_set (Context *context, GError **error);
int verb_notify_templates (Context *context, GError **error);
int verb_notify_test (Context *context, GError **error);
int verb_notify_why (Context *context, GError **error);
