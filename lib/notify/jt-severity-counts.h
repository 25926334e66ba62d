/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-notify-event.h"

/* How many of each severity: what a digest or a summary begins with. Zeroed is empty. */

typedef struct
{
  guint count[JT_N_SEVERITIES];
} JtSeverityCounts;

void       jt_severity_counts_add (JtSeverityCounts *counts, JtSeverity severity);
guint      jt_severity_counts_get_total (const JtSeverityCounts *counts);
/* The severity that the whole has: that of the worst; info when it is empty. */
JtSeverity jt_severity_counts_get_worst (const JtSeverityCounts *counts);
/* "2 errors, 1 notice", the worst first; "nothing". English. (transfer full) */
char      *jt_severity_counts_describe (const JtSeverityCounts *counts);
