/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Random calendar expressions of the whole grammar of systemd.time(7), a few of them out of its limits. */

/* Dates are around @year. @zones: what may stand at the end, NULL-terminated. (transfer full) */
char *random_calendar (GRand *rand, int year, const char *const *zones);
/* One or two letters of @text become others that calendars have. */
void random_slips (GRand *rand, char *text);
