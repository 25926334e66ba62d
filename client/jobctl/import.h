/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "import-entry.h"
#include "jobctl.h"

/* What jobctl import adopts from: a row each in verb-import.c. */

typedef struct
{
  const char *word; /* after the verb */
  /* Adds to @entries (element-type ImportEntry) what @names name, or, when there are none, what this machine has. @complaints
   * (element-type utf8) gets what was left alone, and why. FALSE: nothing is adopted. */
  gboolean (*read) (Context *context, char *const *names, GPtrArray *entries, GPtrArray *complaints, GError **error);
  const char *advice; /* N_() (nullable) said after all jobs */
} ImportSource;

typedef enum
{
  FATE_ADOPTED,
  FATE_THERE,    /* the same job is there already */
  FATE_LEFT_OUT, /* another user's, which only root may run */
  FATE_NO_USER,  /* of whom this machine does not know */
  FATE_TAKEN,    /* the name is another job's; in a dry run only, for nothing would be adopted */
  FATE_REFUSED,  /* would be another job: a remark says why */
} Fate;

typedef struct
{
  ImportEntry *entry; /* (unowned) */
  Fate         fate;
  char        *path; /* (owned) (nullable) of the job */
} Adoption;

gboolean import_crontab_read (Context *context, char *const *names, GPtrArray *entries, GPtrArray *complaints, GError **error);
gboolean import_systemd_read (Context *context, char *const *names, GPtrArray *entries, GPtrArray *complaints, GError **error);

void adoptions_print (Context *context, GPtrArray *adoptions, const char *advice, gboolean is_dry);
