/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <unistd.h>

#include "crontab-sources.h"
#include "import.h"

/* jobctl import crontab: the files that are named, or all of the machine. */

gboolean
import_crontab_read (Context *context, char *const *names, GPtrArray *entries, GPtrArray *complaints, GError **error)
{
  gboolean has_user = options_has (context->options, "with-user");
  /* A file may be from anywhere, the tables of the machine are those of its cron. */
  CrontabDialect dialect = *names == NULL ? crontab_dialect_of_machine ("") : CRON_UNKNOWN;

  if (!crontab_dialect_parse (options_get (context->options, "cron"), &dialect, error))
    return FALSE;
  if (*names == NULL)
    return crontab_read_machine ("", dialect, geteuid () == 0, entries, complaints, error);
  for (; *names != NULL; names++)
    {
      CrontabForm form = has_user ? CRONTAB_OF_SYSTEM : crontab_form_of_path (*names);

      if (!crontab_read_file (*names, form, dialect, entries, error))
        return FALSE;
    }
  return TRUE;
}
