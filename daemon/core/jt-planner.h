/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-job.h"

/* From a job's settings and what is settled already to what comes next: pure functions, no clock, no state.
 * Schedules are parsed when they are asked for, so that a job waiting for its next occurrence costs no parsed schedule. */

/* Checks the schedules and zone of @settings as a definition made at @now_usec, and turns relative ones into absolute text, so that a
 * later edit or restart does not move them. (transfer full) Fails with JT_ERROR_INVALID_SCHEDULE naming which of them: bad text, or one that never elapses. */
JtSettings *jt_planner_normalize (JtSettings *settings, gint64 now_usec, GError **error);
/* The first occurrence of @job after @after_usec; G_MAXINT64 when none. @last_finished_usec: for "every … after". */
gint64 jt_planner_next (const JtJob *job, gint64 after_usec, gint64 last_finished_usec);
/* How many distinct occurrences lie in (@after_usec, @until_usec], the first and the last of them. */
guint64 jt_planner_count (const JtJob *job, gint64 after_usec, gint64 until_usec, gint64 last_finished_usec,
                          gint64 *first_usec, gint64 *last_usec);
/* Where the last @most of the occurrences in (@after_usec, @until_usec] begin: the greatest instant that they all lie behind; @after_usec
 * when there are no more than that. */
gint64 jt_planner_find_latest (const JtJob *job, gint64 after_usec, gint64 until_usec, gint64 last_finished_usec, guint most);
/* Up to where the occurrences after @after_usec were due by @until_usec, jitter included, none of them before the one before it. */
gint64 jt_planner_find_due (const JtJob *job, const char *machine_id, gint64 after_usec, gint64 until_usec, gint64 last_finished_usec);
gboolean jt_planner_is_at_boot (const JtJob *job);
