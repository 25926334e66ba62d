/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* What a job wants of the machine before it starts (setting `condition`): a value, read from one entry of the list.
 * Whether it holds is asked of JtSurroundings. */

typedef enum
{
  JT_FACT_AC_POWER,  /* not on battery */
  JT_FACT_NETWORK,   /* the internet, or what NetworkManager takes for it, can be reached */
  JT_FACT_UNMETERED, /* and is not paid for by volume */
  JT_FACT_IDLE,      /* nobody uses a session of the owner's, or there is none; of root's: any session */
  JT_FACT_PATH,      /* something is there under that path */
  JT_FACT_LOAD,      /* the load average of the last minute is below a number */
} JtFact;

typedef struct
{
  JtFact   fact;
  gboolean is_negated; /* by a ! in front */
  char    *path;       /* (owned) (nullable) of JT_FACT_PATH */
  double   load;       /* of JT_FACT_LOAD */
  char    *text;       /* (owned) as it was given */
} JtCondition;

/* "ac-power", "network", "unmetered", "idle", "path:/x", "load<4", each with ! in front or without. JT_ERROR_INVALID_SETTINGS says what
 * there is. (transfer full) */
JtCondition *jt_condition_parse (const char *text, GError **error);
void         jt_condition_free (JtCondition *condition);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtCondition, jt_condition_free)
