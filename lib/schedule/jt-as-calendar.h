/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-schedule.h"

/* A schedule said by OnCalendar= of systemd, for whoever moves there. Exactly or not at all. */

/* Calendars that together elapse, after @after_usec, at the very instants at which @schedule does in @zone; their own zone is in their
 * text where that of the machine would not do. @zone_name: (nullable): the machine's. Fails with JT_ERROR_NOT_SUPPORTED, which says
 * what a calendar cannot, and an example of when. (transfer full) */
char **jt_schedule_as_calendars (JtSchedule *schedule, JtZone *zone, const char *zone_name, gint64 after_usec, GError **error);
