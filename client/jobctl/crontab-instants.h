/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-schedule.h"

/* Whether a time of a crontab's line and a schedule elapse at the same instants: tried, not argued. Pure. */

gboolean crontab_instants_are_same (JtSchedule *schedule, const char *time, JtZone *zone, gint64 now_usec);
gboolean crontab_instants_coincide (const char *a, const char *b, const char *zone_name, gint64 now_usec);
