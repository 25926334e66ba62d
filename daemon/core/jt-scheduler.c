/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-scheduler.h"

/* So many are called for one alarm; with more of them due it rings again, and others have their turn on the main loop in between. */
#define MAX_AT_ONCE 200

struct _JtScheduler
{
  JtClock        *clock;   /* (owned) */
  GPtrArray      *heap;    /* (element-type JtSchedulerEntry) (unowned): each disarms before it goes */
  JtSchedulerFunc due_cb;
  gpointer        user_data;
  gulong          alarm_handler;
  gint64          alarm_usec; /* what the clock was last told */
  guint           frozen;
};

static inline JtSchedulerEntry *
entry_at (JtScheduler *self, guint position)
{
  return g_ptr_array_index (self->heap, position);
}

static inline void
place (JtScheduler *self, JtSchedulerEntry *entry, guint position)
{
  g_ptr_array_index (self->heap, position) = entry;
  entry->index = position + 1;
}

static void
sift_up (JtScheduler *self, guint position)
{
  JtSchedulerEntry *entry = entry_at (self, position);

  while (position > 0 && entry_at (self, (position - 1) / 2)->at_usec > entry->at_usec)
    {
      place (self, entry_at (self, (position - 1) / 2), position);
      position = (position - 1) / 2;
    }
  place (self, entry, position);
}

static void
sift_down (JtScheduler *self, guint position)
{
  JtSchedulerEntry *entry = entry_at (self, position);
  guint length = self->heap->len;

  for (guint child = 2 * position + 1; child < length; child = 2 * position + 1)
    {
      if (child + 1 < length && entry_at (self, child + 1)->at_usec < entry_at (self, child)->at_usec)
        child++;
      if (entry_at (self, child)->at_usec >= entry->at_usec)
        break;
      place (self, entry_at (self, child), position);
      position = child;
    }
  place (self, entry, position);
}

/* To where it belongs, from wherever it is. */
static void
sift (JtScheduler *self, JtSchedulerEntry *entry)
{
  sift_up (self, entry->index - 1);
  sift_down (self, entry->index - 1);
}

static void
update_alarm (JtScheduler *self)
{
  gint64 earliest = jt_scheduler_get_earliest (self);

  if (self->frozen > 0 || earliest == self->alarm_usec)
    return;
  self->alarm_usec = earliest;
  jt_clock_set_alarm (self->clock, earliest);
}

static void
take_out (JtScheduler *self, JtSchedulerEntry *entry)
{
  guint position = entry->index - 1;
  JtSchedulerEntry *last = g_ptr_array_steal_index (self->heap, self->heap->len - 1);

  entry->index = 0;
  if (last == entry)
    return;
  place (self, last, position);
  sift (self, last);
}

static void
on_alarm (JtClock *clock, gpointer user_data)
{
  JtScheduler *self = user_data;
  gint64 now_usec = jt_clock_get_realtime (self->clock);

  self->alarm_usec = G_MAXINT64;
  jt_scheduler_freeze (self);
  for (guint n = 0; n < MAX_AT_ONCE && self->heap->len > 0 && entry_at (self, 0)->at_usec <= now_usec; n++)
    {
      JtSchedulerEntry *entry = entry_at (self, 0);

      take_out (self, entry);
      self->due_cb (entry, self->user_data);
    }
  jt_scheduler_thaw (self);
}

JtScheduler *
jt_scheduler_new (JtClock *clock, JtSchedulerFunc due_cb, gpointer user_data)
{
  JtScheduler *self = g_new0 (JtScheduler, 1);

  self->clock = g_object_ref (clock);
  self->heap = g_ptr_array_new ();
  self->due_cb = due_cb;
  self->user_data = user_data;
  self->alarm_usec = G_MAXINT64;
  self->alarm_handler = g_signal_connect (clock, "alarm", G_CALLBACK (on_alarm), self);
  return self;
}

void
jt_scheduler_free (JtScheduler *self)
{
  if (self == NULL)
    return;
  g_signal_handler_disconnect (self->clock, self->alarm_handler);
  jt_clock_set_alarm (self->clock, G_MAXINT64);
  for (guint i = 0; i < self->heap->len; i++)
    entry_at (self, i)->index = 0;
  g_ptr_array_unref (self->heap);
  g_object_unref (self->clock);
  g_free (self);
}

void
jt_scheduler_arm (JtScheduler *self, JtSchedulerEntry *entry, gint64 at_usec)
{
  if (at_usec == G_MAXINT64)
    {
      jt_scheduler_disarm (self, entry);
      return;
    }
  if (entry->index == 0)
    {
      g_ptr_array_add (self->heap, entry);
      entry->index = self->heap->len;
    }
  entry->at_usec = at_usec;
  sift (self, entry);
  update_alarm (self);
}

void
jt_scheduler_disarm (JtScheduler *self, JtSchedulerEntry *entry)
{
  if (entry->index == 0)
    return;
  take_out (self, entry);
  update_alarm (self);
}

gint64
jt_scheduler_get_earliest (JtScheduler *self)
{
  return self->heap->len == 0 ? G_MAXINT64 : entry_at (self, 0)->at_usec;
}

static gint64
earliest_below (JtScheduler *self, guint position, guint kinds)
{
  gint64 left_usec;
  gint64 right_usec;

  if (position >= self->heap->len)
    return G_MAXINT64;
  if (entry_at (self, position)->kind < kinds)
    return entry_at (self, position)->at_usec;
  left_usec = earliest_below (self, 2 * position + 1, kinds);
  right_usec = earliest_below (self, 2 * position + 2, kinds);
  return MIN (left_usec, right_usec);
}

gint64
jt_scheduler_get_earliest_of (JtScheduler *self, guint kinds)
{
  return earliest_below (self, 0, kinds);
}

void
jt_scheduler_freeze (JtScheduler *self)
{
  self->frozen++;
}

void
jt_scheduler_thaw (JtScheduler *self)
{
  g_return_if_fail (self->frozen > 0);
  self->frozen--;
  update_alarm (self);
}
