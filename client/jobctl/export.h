/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "crontab-text.h"
#include "jt-settings.h"
#include "remarks.h"

/* What jobctl export writes for other schedulers. A target is a pure function from jobs to files, a row in export.c; the verb
 * looks the jobs up, refuses what would not mean the same, and puts the files where they are wanted. */

typedef struct
{
  char       *name;     /* (owned) */
  char       *owner;    /* (owned) the account's name */
  JtSettings *settings; /* (owned) */
  GPtrArray  *remarks;  /* (element-type Remark) (owned) filled in by the target: what is REMARK_LOST is refused, or written as a
                         * comment when that was asked for */
} ExportJob;

typedef struct
{
  const char *user;      /* who asks: files of one user are theirs */
  gint64      now_usec;
  gboolean    is_lossy;  /* what is lost is wanted as a comment */
  gboolean    is_split;  /* into a folder: what can be in files of their own is */
  gboolean    with_user; /* crontab: with a column for the user */
  CrontabDialect cron;   /* crontab: for which cron */
  gboolean    is_session; /* jobs of a user's own service */
} ExportOptions;

typedef struct
{
  char *name; /* (owned) in the folder */
  char *text; /* (owned) */
} ExportFile;

typedef struct
{
  const char *word; /* of --to */
  /* Adds to @files (element-type ExportFile); says in the remarks of the @jobs (element-type ExportJob) what is not the same. */
  void (*write) (GPtrArray *jobs, const ExportOptions *options, GPtrArray *files);
  const char *folder;      /* (nullable) where the files belong */
  const char *user_folder; /* (nullable) those of a user's own service */
  const char *advice;      /* N_() (nullable) said when files were written */
} ExportTarget;

ExportJob *export_job_new (const char *name, const char *owner, JtSettings *settings);
void       export_job_free (ExportJob *job);
GPtrArray *export_jobs_new (void);
const char *export_job_get_user (const ExportJob *job);
gboolean    export_job_has_default (const ExportJob *job, const char *key);
char       *export_job_get_text (const ExportJob *job, const char *key);

GPtrArray *export_files_new (void);
void       export_files_add (GPtrArray *files, const char *name, const char *text);

void export_crontab_write (GPtrArray *jobs, const ExportOptions *options, GPtrArray *files);
void export_systemd_write (GPtrArray *jobs, const ExportOptions *options, GPtrArray *files);

const ExportTarget *export_target_find (const char *word, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExportJob, export_job_free)
