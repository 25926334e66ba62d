/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-preferences.h"

/* Values as tests write them. What cannot be read ends the test. */

gint64         instant (const char *rfc3339);
char          *show_instant (gint64 usec); /* in UTC; "never" for 0 */
JtZone        *zone (const char *name);
GVariant      *dict (const char *text); /* a{sv} in GVariant's text form, "" for an empty one; a full reference */
JtPreferences *preferences (const char *text);
void           expect_refusal (GError *error, const char *what, const char *message);
