/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* How a crontab's line writes what a shell gets and what the command reads, and back. Pure. */

/* Whose tables they are: the two do not read everything alike. */
typedef enum
{
  CRON_UNKNOWN, /* may be either's: what they disagree about is said */
  CRON_DEBIAN,
  CRON_CRONIE,
} CrontabDialect;

gboolean crontab_dialect_parse (const char *word, CrontabDialect *dialect, GError **error);

char    *crontab_text_split (const char *text, CrontabDialect dialect, char **input);
char    *crontab_text_join (const char *command, const char *input, CrontabDialect dialect);
gboolean crontab_text_is_disputed (const char *text);
char    *crontab_text_quote (const char *value);
