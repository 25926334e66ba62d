/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-log.h"
#include "jt-outbox-private.h"

/* Once in a while: what ended long ago goes from the record, and what has waited for longer than it may is given up, also where nobody
 * works at it: popups of users who never come, channels that are paused or no longer configured. */

/* What has come to its end is kept for so long, so that people can look it up, and is looked at so often. */
#define KEEP_USEC (90 * 24 * 3600 * (gint64) G_USEC_PER_SEC)
#define SWEEP_USEC (3600 * (gint64) G_USEC_PER_SEC)
#define LIMIT 1000

typedef struct
{
  JtOutbox  *outbox;   /* (owned) */
  GPtrArray *times;    /* (owned) (element-type JtDeliveryTimes) of each channel that has something */
  guint      next;     /* of them */
  guint64    after;    /* delivery */
  gboolean   has_more;
} Sweep;

static void sweep_next (Sweep *sweep);

static void
sweep_end (Sweep *sweep)
{
  JtOutbox *self = sweep->outbox;

  self->is_sweeping = FALSE;
  jt_outbox_queue_changed (self);
  g_clear_pointer (&sweep->times, g_ptr_array_unref);
  g_free (sweep);
  g_object_unref (self);
}

static void
on_swept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (jt_tracker_commit_finish (JT_TRACKER (source), result, &error))
    {
      sweep_next (user_data);
      return;
    }
  jt_log_warning ("notifications that have had their time could not be given up: %s", error->message);
  sweep_end (user_data);
}

/* Oldest first: once one of them has time left, so have those behind it, but for such as were held. */
static void
on_waiting (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Sweep *sweep = user_data;
  g_autoptr (GPtrArray) waiting = jt_store_list_due_deliveries_finish (JT_STORE (source), result, NULL);
  guint n_waiting = waiting != NULL ? waiting->len : 0;
  JtChange *change = jt_change_new ();

  for (guint i = 0; i < n_waiting; i++)
    if (jt_outbox_is_over (sweep->outbox, g_ptr_array_index (waiting, i)))
      jt_outbox_expire (change, g_ptr_array_index (waiting, i));
  sweep->has_more = n_waiting == LIMIT && change->items->len > 0;
  if (n_waiting > 0)
    sweep->after = ((JtDelivery *) waiting->pdata[n_waiting - 1])->id;
  if (!sweep->has_more)
    {
      sweep->next++;
      sweep->after = 0;
    }
  if (change->items->len > 0)
    {
      jt_tracker_commit_async (sweep->outbox->tracker, change, NULL, on_swept, sweep);
      return;
    }
  jt_change_free (change);
  sweep_next (sweep);
}

static void
sweep_next (Sweep *sweep)
{
  JtOutbox *self = sweep->outbox;
  JtDueQuery *query;

  if (sweep->next >= sweep->times->len || !self->is_started)
    {
      sweep_end (sweep);
      return;
    }
  query = jt_due_query_new (((JtDeliveryTimes *) sweep->times->pdata[sweep->next])->channel, G_MAXINT64, LIMIT);
  query->after = sweep->after;
  jt_store_list_due_deliveries_async (jt_tracker_get_store (self->tracker), query, NULL, on_waiting, sweep);
}

static void
on_channels (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Sweep *sweep = user_data;

  sweep->times = jt_store_next_delivery_finish (JT_STORE (source), result, NULL);
  if (sweep->times != NULL)
    sweep_next (sweep);
  else
    sweep_end (sweep);
}

static void
on_sweep (gpointer user_data)
{
  JtOutbox *self = user_data;
  JtChange *change = jt_change_new ();
  Sweep *sweep;

  jt_outbox_plan_sweep (self);
  jt_change_expire_deliveries (change, jt_outbox_now (self) - KEEP_USEC, LIMIT);
  jt_change_let_wait (change);
  jt_tracker_commit_async (self->tracker, change, NULL, NULL, NULL);
  if (self->is_sweeping)
    return;
  self->is_sweeping = TRUE;
  sweep = g_new0 (Sweep, 1);
  sweep->outbox = g_object_ref (self);
  jt_store_next_delivery_async (jt_tracker_get_store (self->tracker), -1, NULL, on_channels, sweep);
}

void
jt_outbox_plan_sweep (JtOutbox *self)
{
  self->sweep.func = on_sweep;
  self->sweep.user_data = self;
  jt_tracker_arm (self->tracker, &self->sweep, jt_outbox_now (self) + SWEEP_USEC);
}
