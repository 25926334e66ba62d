/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jobctl.h"

/* One user's preferences as the service has them, and the rules among them, for the verbs that show and change them. */

GVariant  *notify_preferences_get (Context *context, guint32 uid, GError **error);
gboolean   notify_preferences_set (Context *context, guint32 uid, GVariant *changes, GError **error);
int        notify_preferences_show_changed (Context *context, guint32 uid, GError **error);
GPtrArray *notify_preferences_get_rules (GVariant *preferences);
gboolean   notify_preferences_set_rules (Context *context, guint32 uid, GPtrArray *rules, GError **error);
void       notify_preferences_print_rules (Context *context, GPtrArray *rules);
