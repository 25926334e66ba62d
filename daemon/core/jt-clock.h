/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib-object.h>

/* The only reader of the time. One alarm, for the scheduler. The real one is platform's timerfd on
 * CLOCK_REALTIME with TFD_TIMER_CANCEL_ON_SET; tests turn a fake one by hand. Main loop only.
 *
 * Signals: "alarm" ()          the alarm's instant has come (the alarm is then unset);
 *          "changed" ()        the clock was set, the machine resumed, or zone data changed: plan anew
 *                              (jt_zone_forget_all() has been called where zones are concerned). */

#define JT_TYPE_CLOCK (jt_clock_get_type ())
G_DECLARE_INTERFACE (JtClock, jt_clock, JT, CLOCK, GObject)

struct _JtClockInterface
{
  GTypeInterface parent;
  gint64 (*get_realtime) (JtClock *self);
  void   (*set_alarm) (JtClock *self, gint64 realtime_usec);
};

/* Microseconds since the epoch, UTC. */
gint64 jt_clock_get_realtime (JtClock *self);
/* Replaces the alarm; G_MAXINT64 unsets it. An instant in the past rings at once, from the main loop. */
void jt_clock_set_alarm (JtClock *self, gint64 realtime_usec);
/* For implementations. */
void jt_clock_emit_alarm (JtClock *self);
void jt_clock_emit_changed (JtClock *self);
