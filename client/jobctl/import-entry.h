/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* A job to be, as it was read from the files of another scheduler. Pure: values only. */

typedef struct
{
  char      *path; /* (owned) where it was found */
  guint      line; /* 0: the file itself is the job */
  char      *name; /* (owned) of the job to be */
  char      *user; /* (owned) (nullable) whom it runs as; NULL: whoever imports it */
  GVariant  *settings; /* (owned) a{sv}, without the user */
  GPtrArray *remarks;  /* (element-type Remark) (owned) what becomes of its parts */
  char      *turn_off; /* (owned) (nullable) the command after which the other scheduler no longer starts it */
} ImportEntry;

ImportEntry *import_entry_new (const char *path, guint line);
void         import_entry_free (ImportEntry *entry);
GPtrArray   *import_entries_new (void);
char        *import_entry_get_source (const ImportEntry *entry);

char *import_name_clean (const char *text, const char *fallback);
void  import_names_make_unique (GPtrArray *entries);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImportEntry, import_entry_free)
