/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-clock.h"

G_DEFINE_INTERFACE (JtClock, jt_clock, G_TYPE_OBJECT)

enum
{
  SIGNAL_ALARM,
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
jt_clock_default_init (JtClockInterface *iface)
{
  signals[SIGNAL_ALARM] = g_signal_new ("alarm", JT_TYPE_CLOCK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", JT_TYPE_CLOCK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

gint64
jt_clock_get_realtime (JtClock *self)
{
  return JT_CLOCK_GET_IFACE (self)->get_realtime (self);
}

void
jt_clock_set_alarm (JtClock *self, gint64 realtime_usec)
{
  JT_CLOCK_GET_IFACE (self)->set_alarm (self, realtime_usec);
}

void
jt_clock_emit_alarm (JtClock *self)
{
  g_signal_emit (self, signals[SIGNAL_ALARM], 0);
}

void
jt_clock_emit_changed (JtClock *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}
