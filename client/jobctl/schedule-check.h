/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "json.h"
#include "jobctl.h"

/* What can be said about the schedules of a job without asking the service, in the user's language: where one that was refused is
 * wrong, and what is doubtful in one that was taken. */

void       schedule_point_at (const char *expression, guint column);
void       schedule_explain_refusal (GVariant *settings, GError **error);
GPtrArray *schedule_list_doubts (char **schedules, const char *timezone);
GPtrArray *schedule_list_doubts_of (GVariant *settings);
void       schedule_warn (Context *context, GPtrArray *doubts);
JsonNode  *schedule_add_doubts_to_json (JsonNode *node, GPtrArray *doubts);
