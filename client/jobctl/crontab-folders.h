/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "import-entry.h"

/* The folders of run-parts(8), whose scripts become jobs one by one in place of the line that runs the folder. */

typedef struct
{
  gboolean is_for_anacron; /* whether it leaves the folder to anacron where that is installed */
  gboolean is_from_root;   /* whether it runs in the root folder */
  int      nice;
} CrontabFolderHabits;

char *crontab_folder_of_line (const char *line, CrontabFolderHabits *habits);
void  crontab_read_folders (const char *root, gboolean has_anacron, GPtrArray *entries);
