/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "crontab.h"

/* Where crontabs are found: files that were named, or all of a machine. */

gboolean crontab_read_file (const char *path, CrontabForm form, GPtrArray *entries, GError **error);
gboolean crontab_read_machine (const char *root, gboolean is_administrator, GPtrArray *entries, GPtrArray *complaints, GError **error);
gboolean crontab_is_system_path (const char *path);
