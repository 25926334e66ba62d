/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <json-glib/json-glib.h>

/* What --json prints: rows and properties of the bus as JSON. Keys are kebab-case, instants RFC 3339 UTC (null when
 * unknown), durations seconds, as the contract has it. */

JsonNode *json_from_variant (GVariant *value);
JsonNode *json_from_rows (GPtrArray *rows);
JsonNode *json_from_names (char *const *names, GPtrArray *paths);
void      json_print (JsonNode *node);
void      json_print_line (JsonNode *node);
