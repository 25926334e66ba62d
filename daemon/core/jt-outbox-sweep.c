/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-log.h"
#include "jt-notify-channel.h"
#include "jt-outbox-private.h"

/* What has had its time: deliveries that are long over go from the record, and popups that nobody came for are given up. Both are
 * bounded in number too, so that a job which fails every second fills no disk. */

/* What is over is kept for so long, so that people can look it up, and so many of it. */
#define KEEP_USEC (90 * 24 * 3600 * (gint64) G_USEC_PER_SEC)
#define MAX_CLOSED 100000
/* Popups that wait for somebody to come, of all users. */
#define MAX_WAITING_POPUPS 20000
#define SWEEP_USEC (3600 * (gint64) G_USEC_PER_SEC)
#define FIRST_USEC (600 * (gint64) G_USEC_PER_SEC)
/* The next look when this one did not come to an end. */
#define SOON_USEC (5 * (gint64) G_USEC_PER_SEC)
#define SLICE 1000

static guint64
count_of (GPtrArray *counts, const char *channel, gboolean is_open)
{
  guint64 count = 0;

  for (guint i = 0; i < counts->len; i++)
    {
      const JtDeliveryCount *entry = g_ptr_array_index (counts, i);

      if (jt_delivery_state_is_open (entry->state) == is_open && (channel == NULL || g_str_equal (entry->channel, channel)))
        count += entry->count;
    }
  return count;
}

static void
end_sweep (JtOutbox *self, gboolean has_more)
{
  self->is_sweeping = FALSE;
  if (self->is_started)
    jt_tracker_arm (self->tracker, &self->sweep, jt_outbox_now (self) + (has_more ? SOON_USEC : SWEEP_USEC));
}

static void
on_recorded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JtOutbox) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = jt_tracker_commit_finish (JT_TRACKER (source), result, &error);

  if (!is_done)
    jt_log_warning ("deliveries that are over could not be let go: %s", error->message);
  end_sweep (self, is_done && self->sweeps_more);
}

static void
give_up (JtChange *change, const JtDelivery *popup, gboolean is_crowded)
{
  g_autoptr (JtDelivery) copy = jt_delivery_copy (popup);

  if (!jt_delivery_set_state (copy, JT_DELIVERY_EXPIRED, NULL))
    return;
  g_free (copy->reason);
  copy->reason = g_strdup (is_crowded ? "too many popups were waiting for somebody to log in" : "nobody logged in to see it");
  jt_change_put_delivery (change, copy);
}

static gboolean
is_over_at (const JtDelivery *popup, gint64 now_usec)
{
  return popup->expires_usec != 0 && popup->expires_usec <= now_usec;
}

/* Oldest first, until as many are given up as are too many; and all that have had their time. */
static void
give_up_some (JtOutbox *self, JtChange *change, GPtrArray *popups)
{
  gint64 now_usec = jt_outbox_now (self);

  for (guint i = 0; popups != NULL && i < popups->len; i++)
    {
      const JtDelivery *popup = g_ptr_array_index (popups, i);
      gboolean is_over = is_over_at (popup, now_usec);

      if (jt_outbox_is_under_way (self, popup) || (!is_over && self->n_crowded == 0))
        continue;
      give_up (change, popup, !is_over);
      self->n_crowded -= self->n_crowded > 0 ? 1 : 0;
      self->n_given_up++;
    }
}

static void
let_go_and_commit (JtOutbox *self, JtChange *change)
{
  gint64 now_usec = jt_outbox_now (self);

  jt_change_expire_deliveries (change, now_usec - KEEP_USEC, SLICE);
  if (self->n_excess > 0)
    jt_change_expire_deliveries (change, now_usec, (guint) MIN (self->n_excess, SLICE));
  self->sweeps_more = self->n_given_up >= SLICE || self->n_excess > SLICE;
  jt_change_let_wait (change);
  jt_tracker_commit_async (self->tracker, change, NULL, on_recorded, self);
}

static void
on_held_popups (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtOutbox *self = user_data;
  g_autoptr (GPtrArray) held = jt_store_list_held_finish (JT_STORE (source), result, NULL);
  JtChange *change = jt_change_new ();

  give_up_some (self, change, held);
  let_go_and_commit (self, change);
}

/* Those that wait first; what is held for somebody who does not come is as much a crowd. */
static void
on_popups (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtOutbox *self = user_data;
  g_autoptr (GPtrArray) popups = jt_store_list_due_deliveries_finish (JT_STORE (source), result, NULL);
  JtChange *change = jt_change_new ();

  self->n_given_up = 0;
  give_up_some (self, change, popups);
  if (change->items->len == 0 && self->n_crowded > 0)
    {
      jt_change_free (change);
      jt_store_list_held_async (JT_STORE (source), jt_due_query_new (JT_CHANNEL_DESKTOP, G_MAXINT64, SLICE), NULL, on_held_popups, self);
      return;
    }
  let_go_and_commit (self, change);
}

static void
on_counted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtOutbox *self = user_data; /* (owned), on_recorded() has it last */
  g_autoptr (GPtrArray) counts = jt_store_count_deliveries_finish (JT_STORE (source), result, NULL);
  guint64 n_closed = counts != NULL ? count_of (counts, NULL, FALSE) : 0;
  guint64 n_popups = counts != NULL ? count_of (counts, JT_CHANNEL_DESKTOP, TRUE) : 0;
  JtDueQuery *query;

  if (!self->is_started)
    {
      self->is_sweeping = FALSE;
      g_object_unref (self);
      return;
    }
  jt_outbox_give_up_overdue (self);
  self->n_excess = n_closed > MAX_CLOSED ? n_closed - MAX_CLOSED : 0;
  self->n_crowded = n_popups > MAX_WAITING_POPUPS ? n_popups - MAX_WAITING_POPUPS : 0;
  query = jt_due_query_new (JT_CHANNEL_DESKTOP, jt_outbox_now (self), SLICE);
  jt_store_list_due_deliveries_async (jt_tracker_get_store (self->tracker), query, NULL, on_popups, self);
}

static void
on_alarm (gpointer user_data)
{
  JtOutbox *self = user_data;

  if (self->is_sweeping || !self->is_started)
    return;
  self->is_sweeping = TRUE;
  jt_store_count_deliveries_async (jt_tracker_get_store (self->tracker), NULL, on_counted, g_object_ref (self));
}

void
jt_outbox_begin_sweeps (JtOutbox *self)
{
  self->sweep.func = on_alarm;
  self->sweep.user_data = self;
  self->is_sweeping = FALSE;
  jt_tracker_arm (self->tracker, &self->sweep, jt_outbox_now (self) + FIRST_USEC);
}
