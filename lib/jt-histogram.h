/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Where to cut a range of durations so that a histogram of it can be read: at round numbers as people say them (20 ms, 1 min 30 s, 2 h),
 * evenly where the longest is not ten times the shortest, else by ratio. */

#define JT_HISTOGRAM_MAX 24

/* The upper bounds of the buckets, rising; the last is not below @most_usec, the first not below @least_usec. At most JT_HISTOGRAM_MAX.
 * (transfer full) (element-type guint64) */
GArray *jt_histogram_cut (guint64 least_usec, guint64 most_usec);
