/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-clock.h"

/* The machine's clock: one timerfd on CLOCK_REALTIME that is cancelled when the clock is set (timerfd_create(2),
 * TFD_TIMER_CANCEL_ON_SET), and, where asked for, inotify on the zone data. With nothing due it never wakes. */

#define JT_TYPE_REAL_CLOCK (jt_real_clock_get_type ())
G_DECLARE_FINAL_TYPE (JtRealClock, jt_real_clock, JT, REAL_CLOCK, GObject)

JtClock *jt_real_clock_new (void);

/* Once, for the one clock whose "changed" is to be told of new zone data and of another system zone too: looks at /etc and at the
 * uppermost folder of zones, in which every upgrade changes something. */
void     jt_real_clock_watch_zones (JtClock *clock);

/* At the folders below as well, for zones that are replaced one by one. Looking through them takes as long as half a start. */
void     jt_real_clock_watch_each_zone (JtClock *clock);
