/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <json-glib/json-glib.h>

#include "terminal.h"

/* The output of a job on its way to stdout: as it is, made safe for a terminal, or as JSON lines. */

typedef enum
{
  LOG_AS_IS,
  LOG_FOR_TERMINAL,
  LOG_AS_JSON, /* from raw lines: a line of JSON each */
} LogForm;

JsonNode *log_line_to_json (const char *line, gsize length);
gboolean  log_print (int fd, LogForm form, GError **error);
JsonNode *log_read_all (int fd, GError **error);
