/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "import-entry.h"

/* /etc/anacrontab: jobs that are due every so many days, made up for when the machine was off. */

gboolean anacrontab_parse (const char *text, const char *path, const char *stamps, gint64 now_usec, GPtrArray *entries, GError **error);
