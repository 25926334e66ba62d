/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-zone.h"

/* What a schedule text means: an immutable, reference-counted value. Pure: it reads no clock, and
 * needs none beyond the base instant given. The grammar is that of docs and of schedules(7):
 * cron, calendar, intervals, one-shots. Instants are microseconds since the epoch, UTC. */

#define JT_INSTANT_NEVER G_MAXINT64

typedef struct _JtSchedule JtSchedule;

typedef enum
{
  JT_SCHEDULE_CRON,
  JT_SCHEDULE_CALENDAR,
  JT_SCHEDULE_EVERY,
  JT_SCHEDULE_AT,
} JtScheduleKind;

/* Parses @text; its kind is told from its form or from a prefix ("cron:", "calendar:", "every:", "at:").
 * @zone: for wall times (a zone inside the text wins). @base_usec: "now" for relative one-shots and
 * the anchor of intervals without "from". Fails with JT_ERROR_INVALID_SCHEDULE or JT_ERROR_TOO_LARGE;
 * the message says "column N: ..."; @column (nullable) gets N, 1-based, 0 when it is about the whole.
 * Text that is well formed but never elapses again parses well: see jt_schedule_next(). */
JtSchedule *jt_schedule_parse (const char *text, JtZone *zone, gint64 base_usec, guint *column, GError **error);
/* The same with the kind given from outside instead of told from the form. */
JtSchedule *jt_schedule_parse_kind (const char *text, JtScheduleKind kind, JtZone *zone, gint64 base_usec,
                                    guint *column, GError **error);
JtSchedule *jt_schedule_ref (JtSchedule *schedule);
void        jt_schedule_unref (JtSchedule *schedule);

/* The first elapse strictly after @after_usec; JT_INSTANT_NEVER when there is none. Bounded work. */
gint64 jt_schedule_next (JtSchedule *schedule, gint64 after_usec);
/* How many elapses lie in (@after_usec, @until_usec], the first and the last of them (JT_INSTANT_NEVER when 0).
 * Arithmetic, not enumeration: a per-second schedule over a year must cost well below a millisecond. */
guint64 jt_schedule_count (JtSchedule *schedule, gint64 after_usec, gint64 until_usec,
                           gint64 *first_usec, gint64 *last_usec);

JtScheduleKind jt_schedule_get_kind (JtSchedule *schedule);
const char    *jt_schedule_kind_to_string (JtScheduleKind kind); /* "cron", "calendar", "every", "at" */
gboolean       jt_schedule_is_reboot (JtSchedule *schedule);     /* @reboot */
/* "every 10min after": the distance from the end of the last run; 0 for everything else. */
gint64 jt_schedule_get_after_end (JtSchedule *schedule);
/* Canonical text: parses to an equal schedule whatever the base; relative forms come out absolute
 * ("every 15min from 2026-01-01T00:00:00Z", "at 2026-12-24T17:00:00Z"). Borrowed. */
const char *jt_schedule_get_normalized (JtSchedule *schedule);
/* A person's sentence: "At 02:30, Monday to Friday, Berlin time". Through gettext. (transfer full) */
char *jt_schedule_describe (JtSchedule *schedule);
/* Doubts about valid text, each a sentence; NULL-terminated, may be empty. @from_usec: look ahead from here. Bounded work.
 * (transfer full) */
char **jt_schedule_get_warnings (JtSchedule *schedule, gint64 from_usec);
/* Why there is no elapse after @from_usec to show; NULL when there is one. (transfer full) (nullable) */
char *jt_schedule_get_note (JtSchedule *schedule, gint64 from_usec);
/* Whether a job may be defined with it: it elapses after @from_usec, or with the machine or the job's runs. @text: what was parsed;
 * @column and the message as those of jt_schedule_parse(). */
gboolean jt_schedule_check_elapses (JtSchedule *schedule, const char *text, gint64 from_usec, guint *column, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtSchedule, jt_schedule_unref)
