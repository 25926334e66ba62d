/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-clock.h"

/* A clock that a test turns by hand. Alarms ring inside the call that reaches them, in order. */

#define JT_TYPE_FAKE_CLOCK (jt_fake_clock_get_type ())
G_DECLARE_FINAL_TYPE (JtFakeClock, jt_fake_clock, JT, FAKE_CLOCK, GObject)

JtClock *jt_fake_clock_new (gint64 start_usec);
/* Time passes: every alarm on the way rings at its instant. */
void jt_fake_clock_advance (JtFakeClock *self, gint64 usec);
/* The clock is set (forward or back): "changed" is emitted, then a due alarm rings. */
void   jt_fake_clock_step_to (JtFakeClock *self, gint64 usec);
gint64 jt_fake_clock_get_alarm (JtFakeClock *self);
