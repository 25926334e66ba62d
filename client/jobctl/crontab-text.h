/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* How a crontab's line writes what a shell gets and what the command reads, and back. Pure. */

char *crontab_text_split (const char *text, char **input);
char *crontab_text_join (const char *command, const char *input);
char *crontab_text_quote (const char *value);
