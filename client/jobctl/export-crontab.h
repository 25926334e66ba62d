/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "crontab-translate.h"
#include "export.h"

/* A job on its way into a crontab, shared by the files export-crontab*.c: what its line will say, and in which environment. */

typedef struct
{
  ExportJob *job;         /* (unowned) */
  GPtrArray *whens;       /* (element-type CrontabWhen) (owned) a line each */
  GTree     *environment; /* (owned) name to value, sorted: all that has to hold for its lines, but for CRON_TZ */
  char      *line;        /* (owned) (nullable) the command as it is written; NULL: there is no way to */
} CrontabDraft;

GTree        *crontab_environment_new (void);
CrontabDraft *crontab_draft_new (ExportJob *job, const ExportOptions *options);
void          crontab_draft_free (CrontabDraft *draft);

/* What the settings say besides what runs, when and in which environment. */
void crontab_check_settings (ExportJob *job, const ExportOptions *options);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CrontabDraft, crontab_draft_free)
