/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-log.h"
#include "jt-notify-channel.h"
#include "jt-outbox-private.h"

/* What has waited for longer than it may is given up also where nobody works at it: a channel that is paused or no longer configured.
 * (Popups are the sweep's own, for there is a limit on how many wait.) */

#define LIMIT 1000

typedef struct
{
  JtOutbox  *outbox;   /* (owned) */
  GPtrArray *times;    /* (owned) (element-type JtDeliveryTimes) of each channel that has something */
  guint      next;     /* of them */
  guint64    after;    /* delivery */
  gboolean   has_more;
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

/* Oldest first: once one of them has time left, so have those behind it, but for such as were held. */
static void
on_waiting (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Search *search = user_data;
  g_autoptr (GPtrArray) waiting = jt_store_list_due_deliveries_finish (JT_STORE (source), result, NULL);
  guint n_waiting = waiting != NULL ? waiting->len : 0;
  JtChange *change = jt_change_new ();

  for (guint i = 0; i < n_waiting; i++)
    if (jt_outbox_is_over (search->outbox, g_ptr_array_index (waiting, i)))
      jt_outbox_expire (change, g_ptr_array_index (waiting, i));
  search->has_more = n_waiting == LIMIT && change->items->len > 0;
  if (n_waiting > 0)
    search->after = ((JtDelivery *) waiting->pdata[n_waiting - 1])->id;
  if (!search->has_more)
    {
      search->next++;
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

  if (search->next < search->times->len && g_str_equal (channel_of (search), JT_CHANNEL_DESKTOP))
    search->next++;
  if (search->next >= search->times->len || !self->is_started)
    {
      search_end (search);
      return;
    }
  query = jt_due_query_new (channel_of (search), G_MAXINT64, LIMIT);
  query->after = search->after;
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
