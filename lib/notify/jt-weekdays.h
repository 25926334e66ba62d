/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Days of the week and times of the day as preferences write them. For the files of this folder alone. Days are bits, 0 Sunday to 6. */

#define JT_ALL_WEEKDAYS 0x7fu

extern const char *const jt_weekday_words[7]; /* "sun" … */

/* "mon" or "monday", case counts for nothing; moves *@at behind it. -1: it is none. */
int      jt_weekday_scan (const char **at);
/* "mon-fri", "sat,sun", "fri-mon"; moves *@at behind it. 0: it is none, and *@at is where the fault is. */
guint    jt_weekdays_scan (const char **at);
/* (transfer full) */
char    *jt_weekdays_format (guint days);
/* "08:00", "8:00"; up to "24:00" with @takes_midnight. Minutes of the day; -1: it is none. Moves *@at behind it. */
int      jt_minute_scan (const char **at, gboolean takes_midnight);
