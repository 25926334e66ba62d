/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-log.h"
#include "jt-outbox-private.h"

/* Beginning: what was being sent when the service ended, or the storage went, may or may not have arrived, and is sent again. It is taken
 * back in slices, so that a start takes no longer for it and others' changes come in between; nothing goes before all of it is
 * back, or what is younger would overtake it. */

#define SLICE 500

struct _Recovery
{
  JtOutbox   *outbox;    /* (unowned): kept for as long as something is under way */
  GPtrArray  *channels;  /* (element-type utf8) (owned) that had something under way */
  guint       next;      /* of them */
  guint64     after;     /* delivery */
  GHashTable *under_way; /* (element-type guint64) (owned) still with a channel or an agent: what becomes of them will be told */
  gboolean    is_waiting; /* until it may begin, or for its alarm after trouble */
};

static void recover_next (Recovery *recovery);

static void
recovery_free (Recovery *recovery)
{
  g_ptr_array_unref (recovery->channels);
  g_hash_table_unref (recovery->under_way);
  g_free (recovery);
}

/* The storage was away once more, and another one has begun; or the service ends. */
static gboolean
is_stale (const Recovery *recovery)
{
  return recovery->outbox->recovery != recovery || !recovery->outbox->is_started;
}

static void
end (Recovery *recovery)
{
  JtOutbox *self = recovery->outbox;

  if (self->recovery == recovery)
    self->recovery = NULL;
  recovery_free (recovery);
  if (self->recovery == NULL)
    jt_outbox_look (self);
}

static void
on_alarm (gpointer user_data)
{
  JtOutbox *self = user_data;

  self->recovery->is_waiting = FALSE;
  recover_next (self->recovery);
}

/* Should the storage not be loaded anew, which begins another one. */
static void
try_later (Recovery *recovery, const GError *error)
{
  JtOutbox *self = recovery->outbox;

  jt_log_warning ("what was being sent could not be taken back yet: %s", error->message);
  recovery->is_waiting = TRUE;
  self->recovering.func = on_alarm;
  self->recovering.user_data = self;
  jt_tracker_arm (self->tracker, &self->recovering, jt_outbox_now (self) + JT_OUTBOX_TROUBLE_USEC);
}

static JtDelivery *
take_back (const JtDelivery *sending, gint64 now_usec)
{
  JtDelivery *copy = jt_outbox_move (sending, JT_DELIVERY_WAITING);

  copy->ambiguous++;
  copy->next_usec = now_usec;
  g_free (copy->reason);
  copy->reason = g_strdup ("the service ended while it was being sent");
  return copy;
}

static void
on_taken_back (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Recovery *recovery = user_data;
  g_autoptr (JtOutbox) self = recovery->outbox; /* (taken where it was asked for) */
  g_autoptr (GError) error = NULL;
  gboolean is_done = jt_tracker_commit_finish (JT_TRACKER (source), result, &error);

  if (is_stale (recovery))
    end (recovery);
  else if (is_done)
    recover_next (recovery);
  else
    {
      recovery->next = 0;
      recovery->after = 0;
      try_later (recovery, error);
    }
}

static void
on_sending (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Recovery *recovery = user_data;
  g_autoptr (JtOutbox) self = recovery->outbox;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sending = jt_store_list_sending_finish (JT_STORE (source), result, &error);
  Lane *lane;
  JtChange *change;

  if (is_stale (recovery))
    {
      end (recovery);
      return;
    }
  if (sending == NULL)
    {
      try_later (recovery, error);
      return;
    }
  lane = g_hash_table_lookup (self->lanes, g_ptr_array_index (recovery->channels, recovery->next));
  change = jt_change_new ();
  for (guint i = 0; i < sending->len; i++)
    {
      JtDelivery *delivery = g_ptr_array_index (sending, i);
      g_autoptr (JtDelivery) copy = NULL;

      recovery->after = delivery->id;
      if (g_hash_table_contains (recovery->under_way, &delivery->id))
        continue;
      copy = take_back (delivery, jt_outbox_now (self));
      jt_change_put_delivery (change, copy);
      if (lane != NULL)
        jt_lane_note_sent (lane, delivery);
    }
  if (sending->len < SLICE)
    {
      recovery->next++;
      recovery->after = 0;
    }
  jt_tracker_commit_async (g_object_ref (self)->tracker, change, NULL, on_taken_back, recovery);
}

static void
recover_next (Recovery *recovery)
{
  JtDueQuery *query;

  if (recovery->next >= recovery->channels->len)
    {
      end (recovery);
      return;
    }
  query = jt_due_query_new (g_ptr_array_index (recovery->channels, recovery->next), G_MAXINT64, SLICE);
  query->after = recovery->after;
  jt_store_list_sending_async (jt_tracker_get_store (g_object_ref (recovery->outbox)->tracker), query, NULL, on_sending, recovery);
}

static void
add_ids (GHashTable *ids, GPtrArray *deliveries)
{
  for (guint i = 0; deliveries != NULL && i < deliveries->len; i++)
    {
      const JtDelivery *delivery = g_ptr_array_index (deliveries, i);

      g_hash_table_add (ids, g_memdup2 (&delivery->id, sizeof delivery->id));
    }
}

/* After the storage was away. */
static GHashTable *
find_under_way (JtOutbox *self)
{
  GHashTable *ids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->lanes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    add_ids (ids, ((Lane *) value)->batch);
  g_hash_table_iter_init (&iter, self->desks);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      add_ids (ids, ((Desk *) value)->shown);
      add_ids (ids, ((Desk *) value)->batch);
    }
  return ids;
}

void
jt_outbox_recover (JtOutbox *self, GPtrArray *counts)
{
  Recovery *recovery = g_new0 (Recovery, 1);

  jt_outbox_end_recovery (self);
  recovery->outbox = self;
  recovery->channels = g_ptr_array_new_with_free_func (g_free);
  recovery->under_way = find_under_way (self);
  for (guint i = 0; i < counts->len; i++)
    {
      const JtDeliveryCount *count = g_ptr_array_index (counts, i);

      if (count->state == JT_DELIVERY_SENDING && count->count > 0)
        g_ptr_array_add (recovery->channels, g_strdup (count->channel));
    }
  self->recovery = recovery;
  recovery->is_waiting = self->is_held_back;
  if (!self->is_held_back)
    recover_next (recovery);
}

void
jt_outbox_hold_back (JtOutbox *self)
{
  self->is_held_back = TRUE;
}

void
jt_outbox_let_begin (JtOutbox *self)
{
  if (!self->is_held_back)
    return;
  self->is_held_back = FALSE;
  if (self->recovery == NULL)
    return;
  self->recovery->is_waiting = FALSE;
  recover_next (self->recovery);
}

void
jt_outbox_end_recovery (JtOutbox *self)
{
  Recovery *recovery = g_steal_pointer (&self->recovery);

  jt_tracker_disarm (self->tracker, &self->recovering);
  /* (one that is not waiting is answered, and sees that it is stale) */
  if (recovery != NULL && recovery->is_waiting)
    recovery_free (recovery);
}
