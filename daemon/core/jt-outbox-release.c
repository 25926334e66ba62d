/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-log.h"
#include "jt-outbox-private.h"

#include "jt-decision.h"

/* What was held back and may go: one of a recipient's goes as it is, of several one digest is made that lists them all. */

static void
let_go (JtChange *change, const JtDelivery *held, gint64 now_usec)
{
  g_autoptr (JtDelivery) copy = jt_delivery_copy (held);

  jt_delivery_set_state (copy, JT_DELIVERY_WAITING, NULL);
  copy->next_usec = now_usec;
  jt_change_put_delivery (change, copy);
}

static const char *
worst_severity (GPtrArray *held)
{
  JtSeverity worst = JT_SEVERITY_INFO;

  for (guint i = 0; i < held->len; i++)
    {
      JtSeverity severity;

      if (jt_severity_from_string (((JtDelivery *) held->pdata[i])->severity, &severity))
        worst = MAX (worst, severity);
    }
  return jt_severity_to_string (worst);
}

static JtDelivery *
make_digest (JtOutbox *self, GPtrArray *held, const char *event, gboolean is_storm)
{
  const JtDelivery *first = g_ptr_array_index (held, 0);
  const JtDelivery *last = g_ptr_array_index (held, held->len - 1);
  JtDelivery *digest = jt_delivery_new ();
  GVariantDict facts;

  digest->id = jt_notifier_take_id (self->notifier);
  digest->event = g_strdup (event);
  digest->severity = g_strdup (worst_severity (held));
  digest->owner = first->is_user ? first->user : first->owner;
  digest->is_user = first->is_user;
  digest->user = first->user;
  digest->user_name = g_strdup (first->user_name);
  digest->recipient = g_strdup (first->recipient);
  digest->channel = g_strdup (first->channel);
  digest->address = g_strdup (first->address);
  digest->created_usec = jt_outbox_now (self);
  digest->next_usec = digest->created_usec;
  digest->expires_usec = digest->created_usec + MAX (last->expires_usec - last->created_usec, 0);
  digest->count = held->len;
  digest->rule = g_strdup_printf ("%u notifications in one", held->len);
  /* The same each time that these are merged. */
  digest->message_id = g_strdup_printf ("<digest%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT ".%s", first->id, last->id, last->message_id + 1);
  g_variant_dict_init (&facts, NULL);
  g_variant_dict_insert (&facts, "is-storm", "b", is_storm);
  jt_delivery_set_facts (digest, g_variant_dict_end (&facts));
  return digest;
}

void
jt_outbox_merge (JtOutbox *self, JtChange *change, GPtrArray *held, const char *event, gboolean is_storm)
{
  g_autoptr (JtDelivery) digest = NULL;

  if (held->len == 1)
    {
      let_go (change, g_ptr_array_index (held, 0), jt_outbox_now (self));
      return;
    }
  digest = make_digest (self, held, event, is_storm);
  jt_change_put_delivery (change, digest);
  for (guint i = 0; i < held->len; i++)
    {
      g_autoptr (JtDelivery) copy = jt_delivery_copy (g_ptr_array_index (held, i));

      if (!jt_delivery_set_state (copy, JT_DELIVERY_MERGED, NULL))
        continue;
      copy->merged_into = digest->id;
      jt_change_put_delivery (change, copy);
    }
}

static void
on_released (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lane *lane = user_data;
  g_autoptr (GError) error = NULL;

  if (!jt_tracker_commit_finish (JT_TRACKER (source), result, &error))
    jt_log_warning ("what was held back cannot be let go yet: %s", error->message);
  jt_outbox_queue_changed (lane->outbox);
  if (error != NULL)
    jt_lane_rest (lane);
  else
    jt_lane_release (lane);
}

/* By the rules of whom it goes there, too: a digest is written with that user's templates, which are no place for what others have to tell
 * the same address. */
static char *
group_of (const JtDelivery *delivery)
{
  return g_strdup_printf ("%s\n%s\n%" G_GINT64_FORMAT, delivery->recipient, delivery->address != NULL ? delivery->address : "",
                          delivery->is_user ? (gint64) delivery->user : -1);
}

static void
release (Lane *lane, GPtrArray *held)
{
  g_autoptr (GHashTable) groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  JtChange *change = jt_change_new ();
  GHashTableIter iter;
  gpointer group;

  for (guint i = 0; i < held->len; i++)
    {
      g_autofree char *key = group_of (g_ptr_array_index (held, i));
      GPtrArray *members = g_hash_table_lookup (groups, key);

      if (members == NULL)
        {
          members = g_ptr_array_new ();
          g_hash_table_insert (groups, g_steal_pointer (&key), members);
        }
      g_ptr_array_add (members, g_ptr_array_index (held, i));
    }
  g_hash_table_iter_init (&iter, groups);
  while (g_hash_table_iter_next (&iter, NULL, &group))
    {
      const JtDelivery *first = g_ptr_array_index ((GPtrArray *) group, 0);

      jt_outbox_merge (lane->outbox, change, group, jt_notify_event_to_string (JT_NOTIFY_DIGEST),
                       g_strcmp0 (first->hold, JT_HOLD_THROTTLE) == 0);
    }
  jt_tracker_commit_async (lane->outbox->tracker, change, NULL, on_released, lane);
}

static void
on_held_of_one (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lane *lane = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) held = jt_store_list_held_finish (JT_STORE (source), result, &error);

  if (held == NULL)
    jt_log_warning ("what is held back for channel %s cannot be read: %s", lane->name, error->message);
  if (held == NULL || held->len == 0)
    jt_lane_rest (lane);
  else
    release (lane, held);
}

static void
on_held (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lane *lane = user_data;
  g_autoptr (GPtrArray) first = jt_store_list_held_finish (JT_STORE (source), result, NULL);
  JtDueQuery *query;

  if (first == NULL || first->len == 0)
    {
      jt_lane_rest (lane);
      return;
    }
  query = jt_due_query_new (lane->name, jt_outbox_now (lane->outbox), JT_OUTBOX_MAX_DIGEST);
  query->recipient = g_strdup (((JtDelivery *) first->pdata[0])->recipient);
  jt_store_list_held_async (JT_STORE (source), query, NULL, on_held_of_one, lane);
}

/* One recipient after the other, so that each gets all of it in one; how much is held that may not go yet costs nothing. */
void
jt_lane_release (Lane *lane)
{
  JtDueQuery *query = jt_due_query_new (lane->name, jt_outbox_now (lane->outbox), 1);

  query->wants_first_due = TRUE;
  jt_store_list_held_async (jt_tracker_get_store (lane->outbox->tracker), query, NULL, on_held, lane);
}
