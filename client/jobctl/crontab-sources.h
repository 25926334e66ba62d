/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "crontab.h"

/* Where crontabs are found: files that were named, or all of a machine. */

CrontabForm crontab_form_of_path (const char *path);
CrontabDialect crontab_dialect_of_machine (const char *root);
gboolean    crontab_read_file (const char *path, CrontabForm form, CrontabDialect dialect, GPtrArray *entries, GError **error);
gboolean    crontab_read_machine (const char *root, CrontabDialect dialect, gboolean is_administrator, GPtrArray *entries, GPtrArray *complaints, GError **error);

typedef gboolean (*CrontabNameFilter) (const char *name);

gboolean   crontab_is_plain_name (const char *name);
GPtrArray *crontab_list_folder (const char *root, const char *folder, CrontabNameFilter is_wanted);
