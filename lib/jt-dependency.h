/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-run.h"

/* A job that another one comes after (setting `after`): a value, read from one entry of the list, and what an end of the one means
 * for the other. */

typedef enum
{
  JT_AFTER_SUCCESS,  /* NAME */
  JT_AFTER_FAILURE,  /* NAME:failed */
  JT_AFTER_FINISHED, /* NAME:finished */
} JtAfterForm;

typedef struct
{
  char       *owner; /* (owned) (nullable) in front of a slash: somebody else's job, for root */
  char       *name;  /* (owned) */
  JtAfterForm form;
  char       *text;  /* (owned) as it was given */
} JtDependency;

/* What the latest end of a job means for one that comes after it. */
typedef enum
{
  JT_MARK_NONE,   /* it has not ended since the other one last ran */
  JT_MARK_GOOD,   /* as it was waited for */
  JT_MARK_BAD,    /* otherwise, and the other one's run is skipped for it */
  JT_MARK_SILENT, /* otherwise, and nobody needs to know: NAME:failed, and it succeeded */
} JtMark;

/* "NAME", "NAME:failed", "NAME:finished", each with "OWNER/" in front or without. JT_ERROR_INVALID_SETTINGS says what there is.
 * (transfer full) */
JtDependency *jt_dependency_parse (const char *text, GError **error);
void          jt_dependency_free (JtDependency *dependency);
/* What the final state of a run of that job means. Of a run that was missed nothing: JT_MARK_NONE. */
JtMark        jt_dependency_judge (JtAfterForm form, JtRunState state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtDependency, jt_dependency_free)
