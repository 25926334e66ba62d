/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-zone.h"

/* When a person is not to be disturbed: windows of the wall clock, by weekday, over midnight where the end is not after the begin. Immutable,
 * reference-counted, any thread; the zone comes with the question, for it is the person's.
 *
 * A window begins the first time the clock shows its begin, and ends the last time it shows its end, so that in the night that has an hour
 * twice both are quiet; what falls into the hour that a clock skips is the first instant after it. */

typedef struct _JtQuietHours JtQuietHours;

/* "22:00-07:00", "mon-fri 22:00-07:00; sat,sun 00:00-10:00"; up to 16 windows. The days are those on which a window begins. "": none, which
 * parses. Fails with JT_ERROR_INVALID_SETTINGS, "column N: …"; windows that leave no minute of the week are refused too. (transfer full) */
JtQuietHours *jt_quiet_hours_parse (const char *text, GError **error);
JtQuietHours *jt_quiet_hours_ref (JtQuietHours *quiet);
void          jt_quiet_hours_unref (JtQuietHours *quiet);
/* Normal form: parses to an equal value. Borrowed. */
const char   *jt_quiet_hours_get_text (JtQuietHours *quiet);
/* 0: it is not quiet at @at_usec; else the instant at which it no longer is, windows that follow on each other taken as one. */
gint64        jt_quiet_hours_get_end (JtQuietHours *quiet, JtZone *zone, gint64 at_usec);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtQuietHours, jt_quiet_hours_unref)
