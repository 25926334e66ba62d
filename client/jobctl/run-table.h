/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jobctl.h"

/* Runs as a table or as JSON, for `active` and `history`. */

void  run_table_print (Context *context, GPtrArray *rows, const char *when_empty);
void  run_table_print_active (Context *context, GPtrArray *rows, const char *when_empty);
char *run_table_done (GVariant *row, const char *key);
