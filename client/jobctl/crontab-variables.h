/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

#include "crontab-text.h"

/* The lines NAME=VALUE of a crontab: what a job finds in its environment, and what cron itself reads there. Pure. */

typedef struct
{
  char **environment; /* (owned) as cron hands it to a job, without what names the account */
  char  *account;     /* (owned) (nullable) USER=, which cron may or may not heed */
  char **strangers;   /* (owned) names that a job's environment cannot have here */
  CrontabDialect dialect; /* who else reads them */
  gboolean is_of_anacron; /* which reads some of them otherwise */
} CrontabVariables;

void crontab_variables_init (CrontabVariables *variables);
void crontab_variables_clear (CrontabVariables *variables);
gboolean crontab_variables_take_line (CrontabVariables *variables, const char *line, const char **at, const char **fault);
void crontab_variables_set (CrontabVariables *variables, const char *name, const char *value);
const char *crontab_variables_get (const CrontabVariables *variables, const char *name);
char **crontab_recipients_parse (const char *mailto, GPtrArray *remarks);
void crontab_variables_put (const CrontabVariables *variables, GVariantDict *settings, GPtrArray *remarks);

/* What cron sets itself where a table does not. */
#define CRONTAB_DEFAULT_SHELL "/bin/sh"
#define CRONTAB_DEFAULT_PATH "/usr/bin:/bin"

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CrontabVariables, crontab_variables_clear)
