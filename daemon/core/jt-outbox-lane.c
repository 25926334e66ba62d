/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-log.h"
#include "jt-outbox-private.h"

/* A lane's round: what is held and may go is released; what is due is sent, a batch at a time, recipients taking turns; then it rests
 * until something falls due. */

/* Of one recipient in one batch. */
#define EACH 10

/* Recipients who are tried when nobody could be reached. */
#define PROBE 20

static void find_due (Lane *lane);

static void
on_alarm (gpointer user_data)
{
  jt_lane_work (user_data);
}

Lane *
jt_lane_new (JtOutbox *outbox, const char *name)
{
  Lane *lane = g_new0 (Lane, 1);

  lane->outbox = outbox;
  lane->name = g_strdup (name);
  lane->max_batch = 1;
  lane->vain = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  lane->taken_back = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_delivery_unref);
  lane->blocked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  lane->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  lane->alarm.func = on_alarm;
  lane->alarm.user_data = lane;
  return lane;
}

void
jt_lane_free (Lane *lane)
{
  jt_tracker_disarm (lane->outbox->tracker, &lane->alarm);
  g_free (lane->name);
  g_free (lane->problem);
  g_free (lane->after_recipient);
  g_hash_table_unref (lane->vain);
  g_hash_table_unref (lane->blocked);
  g_hash_table_unref (lane->known);
  g_ptr_array_unref (lane->taken_back);
  g_clear_pointer (&lane->due, g_ptr_array_unref);
  g_clear_pointer (&lane->batch, g_ptr_array_unref);
  g_clear_pointer (&lane->messages, g_ptr_array_unref);
  g_free (lane);
}

/* Its outbox is kept for as long as something of it is under way. */
static void
begin (Lane *lane)
{
  lane->is_busy = TRUE;
  lane->has_news = FALSE;
  lane->has_moved = TRUE;
  g_object_ref (lane->outbox);
}

static void
end (Lane *lane)
{
  lane->is_busy = FALSE;
  g_object_unref (lane->outbox);
}

static gboolean
may_work (Lane *lane)
{
  return lane->outbox->is_started && lane->outbox->recovery == NULL && !lane->is_gone;
}

void
jt_lane_work (Lane *lane)
{
  if (lane->is_busy)
    {
      lane->has_news = TRUE;
      return;
    }
  if (!may_work (lane))
    return;
  if (lane->paused_until_usec > jt_outbox_now (lane->outbox))
    {
      jt_tracker_arm (lane->outbox->tracker, &lane->alarm, lane->paused_until_usec);
      return;
    }
  begin (lane);
  jt_lane_release (lane);
}

/* When there is nothing to be done now */

/* When the first recipient who has to wait for the oldest may be tried again; whoever need not any more is forgotten. */
static gint64
first_of_blocked (Lane *lane)
{
  gint64 now_usec = jt_outbox_now (lane->outbox);
  gint64 first_usec = G_MAXINT64;
  GHashTableIter iter;
  gpointer until;

  g_hash_table_iter_init (&iter, lane->blocked);
  while (g_hash_table_iter_next (&iter, NULL, &until))
    if (*(gint64 *) until <= now_usec)
      g_hash_table_iter_remove (&iter);
    else
      first_usec = MIN (first_usec, *(gint64 *) until);
  return first_usec;
}

static void
on_next (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lane *lane = user_data;
  g_autoptr (GPtrArray) times = jt_store_next_delivery_finish (JT_STORE (source), result, NULL);
  gint64 next_usec = first_of_blocked (lane);

  if (times == NULL)
    next_usec = MIN (next_usec, jt_outbox_now (lane->outbox) + JT_OUTBOX_TROUBLE_USEC);
  for (guint i = 0; times != NULL && i < times->len; i++)
    {
      const JtDeliveryTimes *entry = g_ptr_array_index (times, i);

      if (!g_str_equal (entry->channel, lane->name))
        continue;
      if (entry->waiting_usec != 0)
        next_usec = MIN (next_usec, entry->waiting_usec);
      if (entry->held_usec != 0)
        next_usec = MIN (next_usec, entry->held_usec);
    }
  /* (what is due already has no instant to come: the end of the pause is that) */
  if (lane->paused_until_usec > jt_outbox_now (lane->outbox))
    next_usec = lane->paused_until_usec;
  if (may_work (lane))
    jt_tracker_arm (lane->outbox->tracker, &lane->alarm, next_usec);
  if (lane->has_news)
    {
      g_autoptr (JtOutbox) keep = g_object_ref (lane->outbox);

      end (lane);
      jt_lane_work (lane);
      return;
    }
  end (lane);
}

static void
sleep_until_next (Lane *lane)
{
  jt_store_next_delivery_async (jt_tracker_get_store (lane->outbox->tracker), jt_outbox_now (lane->outbox), NULL, on_next, lane);
}

/* A batch has ended, or a release: the next one, for as long as it goes well. A turn of all recipients in which nothing could be done was
 * one of such as have to wait. */
void
jt_lane_rest (Lane *lane)
{
  gboolean is_idle = lane->after_recipient == NULL && !lane->has_moved;

  if (!may_work (lane) || is_idle || lane->paused_until_usec > jt_outbox_now (lane->outbox))
    sleep_until_next (lane);
  else
    find_due (lane);
}

/* How much went lately */

void
jt_lane_note_sent (Lane *lane, JtDelivery *delivery)
{
  if (lane->knows_pace)
    return;
  if (lane->taken_back->len >= JT_DELIVERIES_MAX)
    g_ptr_array_remove_index (lane->taken_back, 0);
  g_ptr_array_add (lane->taken_back, jt_delivery_ref (delivery));
}

static void
on_pace_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lane *lane = user_data;
  g_autoptr (GPtrArray) sent = jt_store_list_deliveries_finish (JT_STORE (source), result, NULL);

  for (guint i = 0; i < lane->taken_back->len && sent != NULL; i++)
    g_ptr_array_add (sent, jt_delivery_ref (g_ptr_array_index (lane->taken_back, i)));
  jt_outbox_take_pace (lane->outbox, sent != NULL ? sent : lane->taken_back);
  g_ptr_array_set_size (lane->taken_back, 0);
  lane->knows_pace = TRUE;
  if (may_work (lane))
    jt_lane_send (lane, g_steal_pointer (&lane->due));
  else
    {
      /* The storage was away meanwhile, say: what was read before may be something else by now. */
      g_clear_pointer (&lane->due, g_ptr_array_unref);
      sleep_until_next (lane);
    }
}

/* A service that is killed in a storm does not begin to count anew. Asked when there is something to send, so that a start costs nothing. */
static void
read_pace (Lane *lane, GPtrArray *due)
{
  g_autoptr (JtDeliveryFilter) filter = jt_delivery_filter_new (0);

  lane->due = due;
  filter->channel = g_strdup (lane->name);
  filter->states = 1u << JT_DELIVERY_DELIVERED;
  jt_store_list_deliveries_async (jt_tracker_get_store (lane->outbox->tracker), filter, 0, JT_DELIVERIES_MAX, NULL, on_pace_read, lane);
}

/* What is due */

static void
on_due (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lane *lane = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) due = jt_store_list_due_deliveries_finish (JT_STORE (source), result, &error);
  gboolean was_whole_turn = lane->after_recipient == NULL;

  if (due == NULL)
    {
      jt_log_warning ("what is to be told by channel %s cannot be read: %s", lane->name, error->message);
      lane->paused_until_usec = MAX (lane->paused_until_usec, jt_outbox_now (lane->outbox) + JT_OUTBOX_TROUBLE_USEC);
    }
  if (!may_work (lane))
    {
      sleep_until_next (lane);
      return;
    }
  if (due != NULL && due->len > 0)
    {
      const JtDelivery *last = g_ptr_array_index (due, due->len - 1);
      guint n_due = due->len - jt_lane_learn (lane, due);

      g_free (lane->after_recipient);
      lane->after_recipient = n_due < lane->limit ? NULL : g_strdup (last->recipient);
      if (lane->knows_pace)
        jt_lane_send (lane, g_steal_pointer (&due));
      else
        read_pace (lane, g_steal_pointer (&due));
      return;
    }
  g_clear_pointer (&lane->after_recipient, g_free);
  if (due != NULL && !was_whole_turn && lane->has_moved)
    find_due (lane);
  else
    sleep_until_next (lane);
}

/* After a failure of the channel as a whole one is enough to see whether it works again, each time of another recipient. Where it answered
 * and took nothing for anybody several are asked for, one of each: some of them may be such as are never taken. */
static void
find_due (Lane *lane)
{
  JtDueQuery *query;

  lane->limit = lane->max_batch;
  if (lane->n_failures > 0)
    lane->limit = 1;
  else if (lane->n_rests > 0)
    lane->limit = MIN (lane->max_batch, PROBE);
  if (lane->after_recipient == NULL)
    lane->has_moved = FALSE;
  lane->asked_usec = jt_outbox_now (lane->outbox);
  query = jt_due_query_new (lane->name, lane->asked_usec, lane->limit);
  query->each = lane->n_rests > 0 ? 1 : EACH;
  query->wants_elders = TRUE;
  query->after_recipient = g_strdup (lane->after_recipient);
  jt_store_list_due_deliveries_async (jt_tracker_get_store (lane->outbox->tracker), query, NULL, on_due, lane);
}
