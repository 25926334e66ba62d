/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-log.h"
#include "jt-notify-channel.h"
#include "jt-outbox-private.h"

/* What has waited, or was held, for longer than it may is given up also where nobody works at it: a channel that is paused or no longer
 * configured, a user who never comes. (Popups that wait are the sweep's own, for there is a limit on how many do.) What the clock has led
 * astray is brought back. */

#define LIMIT 1000
/* Nothing that waits waits for longer than this: a channel may ask for a week. */
#define LONGEST_WAIT_USEC (8 * 24 * 3600 * (gint64) G_USEC_PER_SEC)

typedef struct
{
  JtOutbox  *outbox;   /* (owned) */
  GPtrArray *times;    /* (owned) (element-type JtDeliveryTimes) of each channel that has something */
  guint      next;     /* of them */
  guint64    after;    /* delivery */
  gboolean   is_held;  /* what is held of it, after what waits */
  gboolean   has_more;
  gboolean   has_brought_back;
} Search;

static void search_next (Search *search);

static const char *
channel_of (const Search *search)
{
  return ((JtDeliveryTimes *) search->times->pdata[search->next])->channel;
}

static void
search_end (Search *search)
{
  JtOutbox *self = search->outbox;

  self->is_giving_up = FALSE;
  if (search->has_brought_back)
    jt_outbox_look (self);
  jt_outbox_queue_changed (self);
  g_clear_pointer (&search->times, g_ptr_array_unref);
  g_free (search);
  g_object_unref (self);
}

static void
on_given_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (jt_tracker_commit_finish (JT_TRACKER (source), result, &error))
    {
      search_next (user_data);
      return;
    }
  jt_log_warning ("notifications that have had their time could not be given up: %s", error->message);
  search_end (user_data);
}

/* It is from a time when the clock was wrong, years ahead perhaps, and would wait until then without anybody seeing why. */
static void
bring_back (JtChange *change, const JtDelivery *lost, gint64 now_usec)
{
  g_autoptr (JtDelivery) copy = jt_delivery_copy (lost);

  copy->next_usec = now_usec;
  if (copy->expires_usec != 0)
    copy->expires_usec = MIN (copy->expires_usec, now_usec + MAX (lost->expires_usec - lost->created_usec, 0));
  jt_change_put_delivery (change, copy);
}

static gboolean
is_overdue (const Search *search, const JtDelivery *delivery)
{
  gboolean is_popup = g_str_equal (delivery->channel, JT_CHANNEL_DESKTOP);

  return (search->is_held || !is_popup) && jt_outbox_is_over (search->outbox, delivery);
}

/* Oldest first: once one of them has time left, so have those behind it, but for such as were held. */
static void
on_waiting (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Search *search = user_data;
  g_autoptr (GPtrArray) waiting = search->is_held ? jt_store_list_held_finish (JT_STORE (source), result, NULL)
                                                  : jt_store_list_due_deliveries_finish (JT_STORE (source), result, NULL);
  guint n_waiting = waiting != NULL ? waiting->len : 0;
  gint64 now_usec = jt_outbox_now (search->outbox);
  JtChange *change = jt_change_new ();

  for (guint i = 0; i < n_waiting; i++)
    {
      const JtDelivery *delivery = g_ptr_array_index (waiting, i);

      if (jt_outbox_is_under_way (search->outbox, delivery))
        continue;
      if (delivery->next_usec > now_usec + LONGEST_WAIT_USEC)
        {
          bring_back (change, delivery, now_usec);
          search->has_brought_back = TRUE;
        }
      else if (is_overdue (search, delivery))
        jt_outbox_expire (change, delivery);
    }
  search->has_more = n_waiting == LIMIT && change->items->len > 0;
  if (n_waiting > 0)
    search->after = ((JtDelivery *) waiting->pdata[n_waiting - 1])->id;
  if (!search->has_more)
    {
      search->next += search->is_held ? 1 : 0;
      search->is_held = !search->is_held;
      search->after = 0;
    }
  if (change->items->len > 0)
    {
      jt_tracker_commit_async (search->outbox->tracker, change, NULL, on_given_up, search);
      return;
    }
  jt_change_free (change);
  search_next (search);
}

static void
search_next (Search *search)
{
  JtOutbox *self = search->outbox;
  JtDueQuery *query;

  if (search->next >= search->times->len || !self->is_started)
    {
      search_end (search);
      return;
    }
  query = jt_due_query_new (channel_of (search), G_MAXINT64, LIMIT);
  query->after = search->after;
  if (search->is_held)
    jt_store_list_held_async (jt_tracker_get_store (self->tracker), query, NULL, on_waiting, search);
  else
    jt_store_list_due_deliveries_async (jt_tracker_get_store (self->tracker), query, NULL, on_waiting, search);
}

static void
on_channels (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Search *search = user_data;

  search->times = jt_store_next_delivery_finish (JT_STORE (source), result, NULL);
  if (search->times != NULL)
    search_next (search);
  else
    search_end (search);
}

void
jt_outbox_give_up_overdue (JtOutbox *self)
{
  Search *search;

  if (self->is_giving_up)
    return;
  self->is_giving_up = TRUE;
  search = g_new0 (Search, 1);
  search->outbox = g_object_ref (self);
  jt_store_next_delivery_async (jt_tracker_get_store (self->tracker), -1, NULL, on_channels, search);
}
