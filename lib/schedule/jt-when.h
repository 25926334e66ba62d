/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-scan.h"

/* Points in time as people write them: 2026-12-24 18:00, RFC 3339, tomorrow 07:00, 18:30. From scan->at to the end of the text. */

/* @base_usec: now, for words and for times without a date. Fails with scan->error. */
gboolean jt_when_parse (JtScan *scan, JtZone *zone, gint64 base_usec, gint64 *usec);
/* RFC 3339 in UTC, with a fraction only where there is one. (transfer full) */
char *jt_when_format (gint64 usec);
