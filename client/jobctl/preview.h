/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <json-glib/json-glib.h>

#include "jt-schedule.h"

/* What an expression means: parsed, described, its next elapses. Needs no service. */

typedef struct
{
  const char *expression;
  const char *kind;     /* (nullable): told from the form */
  const char *timezone; /* (nullable): the system's */
  gint64      from_usec;
  guint       count;
} PreviewRequest;

typedef struct
{
  JtSchedule *schedule; /* (owned) */
  GArray     *elapses;  /* (element-type gint64) (owned) */
  char       *note;     /* (owned) (nullable) why there are no elapses */
  char      **warnings; /* (owned) */
  guint       column;   /* of the error, 1-based; 0: about the whole */
} Preview;

#define PREVIEW_MAX_COUNT 1000

gboolean  preview_make (Preview *preview, const PreviewRequest *request, GError **error);
void      preview_clear (Preview *preview);
void      preview_to_json (const Preview *preview, JsonObject *object);
JsonNode *preview_refuse_line (const char *message);
JsonNode *preview_answer_line (const char *line, gint64 now_usec);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Preview, preview_clear)
