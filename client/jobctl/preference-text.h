/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-preferences.h"

/* Preferences and their rules as people write them on a command line, "quiet-hours=22:00-07:00", and as they are shown. A rule is a line
 * of words, "events=failed,lost jobs=db-* channels=email"; several of them have a semicolon between them. What is shown can be
 * given again. */

const JtPreferenceRow *preference_find (const char *key, GError **error);
GVariant              *preference_parse (const JtPreferenceRow *row, const char *text, GError **error);
char                  *preference_to_text (const JtPreferenceRow *row, GVariant *value);

char    **preference_split_list (const char *text);
GVariant *preference_parse_rule (const char *text, guint number, GError **error);
char     *preference_rule_to_text (GVariant *rule);
