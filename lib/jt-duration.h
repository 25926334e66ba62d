/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Durations as people write them ("1h 30min", "15min", "PT15M", "90" is refused: the unit is
 * missing), as microseconds. Units are those of systemd.time(7) and of ISO 8601. */

/* Parses all of @text. On failure sets JT_ERROR_INVALID_ARGUMENT and, if @column is not NULL, the
 * 1-based column of the offending character. The result is > = 0 and below 2^63. */
gboolean jt_duration_parse (const char *text, gint64 *usec, guint *column, GError **error);

/* The same for a part of a larger text: @what is wrong, at @column of it. */
gboolean jt_duration_scan (const char *text, gint64 *usec, guint *column, const char **what);

/* "1h 30min", exact and parseable by jt_duration_parse(). (transfer full) */
char *jt_duration_format (gint64 usec);
