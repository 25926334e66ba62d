/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* Crontabs as crontab(5) of Debian's cron and of cronie describe them, turned into jobs. Pure: text in, values out. */

typedef enum
{
  CRONTAB_OF_USER,   /* as crontab -l shows it */
  CRONTAB_OF_SYSTEM, /* as /etc/crontab: a column for the user before the command */
} CrontabForm;

typedef struct
{
  char      *path; /* (owned) where it was found */
  guint      line; /* 0: the file itself is the job */
  char      *name; /* (owned) of the job to be */
  char      *user; /* (owned) (nullable) whom it runs as; NULL: whoever imports it */
  GVariant  *settings; /* (owned) a{sv}, without the user */
  GPtrArray *notes;    /* (element-type utf8) (owned) what is not carried over, or differs */
} CrontabEntry;

CrontabEntry *crontab_entry_new (const char *path, guint line);
void          crontab_entry_free (CrontabEntry *entry);

gboolean crontab_parse (const char *text, const char *path, CrontabForm form, gint64 now_usec, GPtrArray *entries, GError **error);
char    *crontab_name_of_command (const char *command);
char    *crontab_name_clean (const char *text);
void     crontab_make_names_unique (GPtrArray *entries);
char    *crontab_find_run_parts_folder (const CrontabEntry *entry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CrontabEntry, crontab_entry_free)
