/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* What the numbers of rows are, by their keys: on the bus instants and durations are microseconds; JSON has texts in RFC 3339 and seconds
 * in their place. One word means one thing wherever it stands. */

gboolean jt_row_key_is_instant (const char *key);
/* Settings of jobs that are durations among them. */
gboolean jt_row_key_is_duration (const char *key);
