/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* A folder of units for one test, gone with all that is in it at its end. */

typedef struct
{
  char *path; /* (owned) */
} UnitFolder;

UnitFolder *unit_folder_new (void);
void        unit_folder_free (UnitFolder *folder);
char       *unit_folder_path (UnitFolder *folder, const char *name);
void        unit_folder_write (UnitFolder *folder, const char *name, const char *text);
void        unit_folder_link (UnitFolder *folder, const char *name, const char *target);
