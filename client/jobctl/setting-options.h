/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "options.h"

/* The settings of a job as people write them on a command line: options for `add`, KEY=VALUE for `set`. */

const Option *setting_options_get (void);
const Option *setting_shorthands_get (void);

gboolean setting_put_text (GVariantDict *settings, const char *key, const char *text, GError **error);
char    *setting_to_text (const char *key, GVariant *value);
gboolean setting_read_options (Options *options, GVariantDict *settings, GError **error);
gboolean setting_read_report_options (Options *options, GVariantDict *settings, GError **error);
gboolean setting_check_files (GVariant *settings, GError **error);
