/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "crond.h"

/* Whether lines elapse at the same instants here and in cron.
 *
 * cron is given many lines at once and says how many it starts at a time. That the sum of them is right and the lines alone are not would
 * need two faults that make up for each other to the minute; where the sum differs, each line is looked at alone. */

typedef struct
{
  guint lines;
  guint starts;
  guint together; /* starts of cron's that are one of ours with another: what a gap holds is due once */
} StartCounts;

extern StartCounts start_counts;

/* Compares all that is due after @from_usec and before @until_usec; fails the test. */
void check_starts (Crond *crond, const char *zone, gint64 from_usec, gint64 until_usec, const char *const *texts);
