/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* The cursor of ListRuns: where to go on, with a check that it is one of ours and belongs to the same question.
 * Opaque to clients; not a secret, since rights are looked at again with every page. Pure. */

char    *jt_cursor_format (guint64 before, const char *fingerprint); /* (transfer full) */
/* "": from the newest (0). Altered, or of another filter: JT_ERROR_INVALID_ARGUMENT. */
gboolean jt_cursor_parse (const char *cursor, const char *fingerprint, guint64 *before, GError **error);
