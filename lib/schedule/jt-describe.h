/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-pattern.h"

/* A pattern in words: "At 02:30, Monday to Friday, Berlin time". (transfer full) */
char *jt_describe_pattern (const JtPattern *pattern, JtZone *zone);
/* "2026-12-24 18:00:00 CET, Berlin time" (transfer full) */
char *jt_describe_instant (gint64 usec, JtZone *zone);
