/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-fake-clock.h"

struct _JtFakeClock
{
  GObject parent;
  gint64  now_usec;
  gint64  alarm_usec;
};

static gint64
get_realtime (JtClock *clock)
{
  return JT_FAKE_CLOCK (clock)->now_usec;
}

static gboolean
ring_if_due (gpointer user_data)
{
  JtFakeClock *self = user_data;

  if (self->alarm_usec > self->now_usec)
    return G_SOURCE_REMOVE;
  self->alarm_usec = G_MAXINT64;
  jt_clock_emit_alarm (JT_CLOCK (self));
  return G_SOURCE_REMOVE;
}

static void
set_alarm (JtClock *clock, gint64 realtime_usec)
{
  JtFakeClock *self = JT_FAKE_CLOCK (clock);

  self->alarm_usec = realtime_usec;
  if (realtime_usec <= self->now_usec)
    g_idle_add_full (G_PRIORITY_DEFAULT, ring_if_due, g_object_ref (self), g_object_unref);
}

static void
clock_iface_init (JtClockInterface *iface)
{
  iface->get_realtime = get_realtime;
  iface->set_alarm = set_alarm;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (JtFakeClock, jt_fake_clock, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (JT_TYPE_CLOCK, clock_iface_init))

static void
jt_fake_clock_class_init (JtFakeClockClass *klass)
{
}

static void
jt_fake_clock_init (JtFakeClock *self)
{
  self->alarm_usec = G_MAXINT64;
}

JtClock *
jt_fake_clock_new (gint64 start_usec)
{
  JtFakeClock *self = g_object_new (JT_TYPE_FAKE_CLOCK, NULL);

  self->now_usec = start_usec;
  return JT_CLOCK (self);
}

void
jt_fake_clock_advance (JtFakeClock *self, gint64 usec)
{
  gint64 end_usec = self->now_usec + usec;

  while (self->alarm_usec <= end_usec)
    {
      self->now_usec = MAX (self->now_usec, self->alarm_usec);
      ring_if_due (self);
    }
  self->now_usec = end_usec;
}

void
jt_fake_clock_step_to (JtFakeClock *self, gint64 usec)
{
  self->now_usec = usec;
  jt_clock_emit_changed (JT_CLOCK (self));
  ring_if_due (self);
}

gint64
jt_fake_clock_get_alarm (JtFakeClock *self)
{
  return self->alarm_usec;
}
