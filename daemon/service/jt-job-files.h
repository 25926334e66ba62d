/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-tracker.h"

/* Reads the job files of a folder (*.job, key files with one [Job] group) into drafts. Blocks: called on a pool thread.
 * A file that cannot be used is a problem, never an end: the job it defined before stays. */

typedef struct
{
  char *file;    /* (owned) */
  guint line;    /* 0: not known */
  char *message; /* (owned) */
} JtFileProblem;

typedef struct
{
  GPtrArray *drafts;     /* (element-type JtJobDraft) (owned) */
  GPtrArray *keep_paths; /* (element-type char) (owned) files with problems, NULL-terminated */
  GPtrArray *problems;   /* (element-type JtFileProblem) (owned) */
  gboolean   is_unreadable; /* the folder itself: nothing is known of its jobs, they stay */
} JtJobFiles;

/* An absent folder has no jobs. @owner, @owner_name: whose the jobs are; only uid 0 may have other users' in its files. */
JtJobFiles *jt_job_files_read (const char *directory, guint32 owner, const char *owner_name);
void        jt_job_files_free (JtJobFiles *files);
void        jt_job_files_add_problem (JtJobFiles *files, const char *file, guint line, const char *message);
/* aa{sv} of path s, line u (where it is known), message s. Floating. */
GVariant   *jt_job_files_problems_to_variant (const JtJobFiles *files);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtJobFiles, jt_job_files_free)
