/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "crontab-text.h"
#include "import-entry.h"

/* Crontabs as crontab(5) of Debian's cron and of cronie describe them, turned into jobs. Pure: text in, values out. */

typedef enum
{
  CRONTAB_OF_USER,   /* as crontab -l shows it */
  CRONTAB_OF_SYSTEM, /* as /etc/crontab: a column for the user before the command */
  ANACRONTAB,        /* as /etc/anacrontab: days, a delay and a name */
} CrontabForm;

gboolean crontab_parse (const char *text, const char *path, CrontabForm form, CrontabDialect dialect, gint64 now_usec, GPtrArray *entries, GError **error);
char    *crontab_name_of_command (const char *command);
