/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-backoff.h"
#include "jt-decision.h"
#include "jt-log.h"
#include "jt-outbox-private.h"

/* One batch of one lane: what may go now is put into words, put on record as being sent, handed over, and what became of it put on
 * record. Each step is durable before the next begins. */

/* Recipients in a row for whom the channel answered "not now", and nobody whom it reached, before it is taken to be the server that takes
 * nothing and is given a rest. One whose mailbox is full, or whose server is away, waits alone and keeps nobody else waiting. */
#define MAX_VAIN 20
/* Such a rest is short: it may be those recipients after all, and there may be others by now. */
#define MAX_REST_USEC (600 * (gint64) G_USEC_PER_SEC)

/* A server that says when it may be asked again is believed up to this. */
#define MAX_ASKED_USEC (24 * 3600 * (gint64) G_USEC_PER_SEC)

char *
jt_outbox_key_of (const JtDelivery *delivery)
{
  return g_strconcat (delivery->recipient, "\n", delivery->address != NULL ? delivery->address : "", NULL);
}

/* --- oldest first --- */

/* What is forgotten is found out again from the record. */
static void
note_known (Lane *lane, const char *key)
{
  if (g_hash_table_contains (lane->known, key))
    return;
  if (g_hash_table_size (lane->known) >= JT_OUTBOX_MAX_PACED)
    g_hash_table_remove_all (lane->known);
  g_hash_table_add (lane->known, g_strdup (key));
}

/* Of several reasons to wait it is the one that lasts the longest. */
static void
block (Lane *lane, const JtDelivery *delivery, gint64 at_least_usec)
{
  g_autofree char *key = jt_outbox_key_of (delivery);
  gint64 *before_usec = g_hash_table_lookup (lane->blocked, key);
  gint64 until_usec = MAX (at_least_usec, before_usec != NULL ? *before_usec : 0);

  if (g_hash_table_size (lane->blocked) >= JT_OUTBOX_MAX_PACED)
    {
      g_hash_table_remove_all (lane->blocked);
      g_hash_table_remove_all (lane->known);
    }
  g_hash_table_replace (lane->blocked, g_steal_pointer (&key), g_memdup2 (&until_usec, sizeof until_usec));
}

/* Whoever was reached is not the trouble of what could not be delivered along with it. */
static void
unblock (Lane *lane, const JtDelivery *delivery)
{
  g_autofree char *key = jt_outbox_key_of (delivery);

  g_hash_table_remove (lane->blocked, key);
}

void
jt_lane_let_by (Lane *lane, const JtDelivery *delivery)
{
  g_autofree char *key = jt_outbox_key_of (delivery);

  g_hash_table_remove (lane->blocked, key);
  note_known (lane, key);
}

/* It was read for the sake of what is younger. */
static gboolean
is_elder (Lane *lane, const JtDelivery *delivery)
{
  return delivery->next_usec > lane->asked_usec;
}

/* Who was tried before the service began, and waits for another try: the record has kept that. */
guint
jt_lane_learn (Lane *lane, GPtrArray *due)
{
  guint n_elders = 0;

  for (guint i = 0; i < due->len; i++)
    {
      const JtDelivery *delivery = g_ptr_array_index (due, i);
      g_autofree char *key = jt_outbox_key_of (delivery);

      if (!is_elder (lane, delivery))
        continue;
      n_elders++;
      if (!g_hash_table_contains (lane->known, key))
        block (lane, delivery, delivery->next_usec);
    }
  for (guint i = 0; i < due->len; i++)
    {
      g_autofree char *key = jt_outbox_key_of (g_ptr_array_index (due, i));

      note_known (lane, key);
    }
  return n_elders;
}

/* --- which of them may go --- */

static void
hold_for_throttle (JtChange *change, const JtDelivery *delivery, gint64 until_usec)
{
  g_autoptr (JtDelivery) copy = jt_delivery_copy (delivery);

  if (!jt_delivery_set_state (copy, JT_DELIVERY_HELD, NULL))
    return;
  copy->hold = g_strdup (JT_HOLD_THROTTLE);
  copy->next_usec = until_usec;
  g_free (copy->reason);
  copy->reason = g_strdup ("too many at once; the rest becomes one");
  jt_change_put_delivery (change, copy);
}

static JtPreferences *
preferences_of (JtOutbox *self, const JtDelivery *delivery)
{
  return delivery->is_user ? jt_notifier_get_preferences (self->notifier, delivery->user) : jt_preferences_get_default ();
}

/* When @delivery may go at @at_usec, as far as it is about how many went before it; 0: then, and it counts. */
static gint64
throttle (JtOutbox *self, const JtDelivery *delivery, const char *recipient, gint64 at_usec)
{
  JtPreferences *preferences = preferences_of (self, delivery);
  g_autofree char *key = g_strconcat (delivery->channel, "\n", recipient, NULL);
  JtThrottle *throttle = g_hash_table_lookup (self->throttles, key);

  if (throttle == NULL)
    {
      if (g_hash_table_size (self->throttles) >= JT_OUTBOX_MAX_PACED)
        g_hash_table_remove_all (self->throttles);
      throttle = g_new0 (JtThrottle, 1);
      g_hash_table_insert (self->throttles, g_strdup (key), throttle);
    }
  return jt_throttle_take (throttle, jt_preferences_get_throttle_usec (preferences), jt_preferences_get_throttle_burst (preferences),
                           at_usec);
}

/* Of what was being sent nobody knows when it went: last. */
static int
compare_sent (gconstpointer a, gconstpointer b)
{
  const JtDelivery *sent_a = *(JtDelivery *const *) a;
  const JtDelivery *sent_b = *(JtDelivery *const *) b;
  gint64 usec_a = sent_a->delivered_usec != 0 ? sent_a->delivered_usec : G_MAXINT64;
  gint64 usec_b = sent_b->delivered_usec != 0 ? sent_b->delivered_usec : G_MAXINT64;

  return usec_a < usec_b ? -1 : usec_a > usec_b;
}

void
jt_outbox_take_pace (JtOutbox *self, GPtrArray *sent)
{
  g_ptr_array_sort (sent, compare_sent);
  for (guint i = 0; i < sent->len; i++)
    {
      const JtDelivery *delivery = g_ptr_array_index (sent, i);
      g_autofree char *key = jt_outbox_key_of (delivery);

      throttle (self, delivery, key, delivery->delivered_usec != 0 ? delivery->delivered_usec : jt_outbox_now (self));
    }
}

/* What was tried before, is several already, or was asked for by a person waits for its turn as it is. */
static gboolean
may_be_merged (const JtDelivery *delivery)
{
  return delivery->attempts == 0 && delivery->count == 0 && !g_str_equal (delivery->event, jt_notify_event_to_string (JT_NOTIFY_TEST));
}

/* TRUE: it may go. Else what becomes of it is in @change, or it waits for an older one to go first, or for its recipient's pace. (Those that wait are not written each:
 * there may be very many of them.) */
static gboolean
admit (Lane *lane, JtChange *change, const JtDelivery *delivery)
{
  g_autofree char *key = jt_outbox_key_of (delivery);
  gint64 *blocked_usec = g_hash_table_lookup (lane->blocked, key);
  gint64 until_usec;

  if (jt_outbox_is_over (lane->outbox, delivery))
    {
      jt_outbox_expire (change, delivery);
      return FALSE;
    }
  if (blocked_usec != NULL && *blocked_usec > jt_outbox_now (lane->outbox))
    return FALSE;
  until_usec = throttle (lane->outbox, delivery, key, jt_outbox_now (lane->outbox));
  if (until_usec == 0)
    return TRUE;
  if (may_be_merged (delivery))
    hold_for_throttle (change, delivery, until_usec);
  else
    block (lane, delivery, until_usec);
  return FALSE;
}

/* --- what became of them --- */

static void
end_batch (Lane *lane)
{
  g_clear_pointer (&lane->batch, g_ptr_array_unref);
  g_clear_pointer (&lane->messages, g_ptr_array_unref);
}

static void
on_outcome_recorded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lane *lane = user_data;
  g_autoptr (GError) error = NULL;

  /* They are on record as being sent, and will be found so when the storage is back. */
  if (!jt_tracker_commit_finish (JT_TRACKER (source), result, &error))
    jt_log_warning ("what became of notifications could not be put on record: %s", error->message);
  end_batch (lane);
  jt_outbox_queue_changed (lane->outbox);
  jt_lane_rest (lane);
}

/* People see it from the first time on, also while the channel has not been given a pause. */
static void
set_problem (Lane *lane, const char *problem)
{
  g_free (lane->problem);
  lane->problem = g_strdup (problem);
}

static void
pause_lane (Lane *lane, gint64 delay_usec, const char *problem)
{
  lane->paused_until_usec = jt_outbox_now (lane->outbox) + delay_usec;
  set_problem (lane, problem);
}

/* The channel itself does not work. @delay_usec: 0: for longer each time. */
static void
note_failure (Lane *lane, gint64 delay_usec, const char *problem)
{
  if (lane->n_failures++ == 0)
    jt_log_warning ("channel %s does not work and is tried again later: %s", lane->name, problem);
  pause_lane (lane, delay_usec != 0 ? delay_usec : jt_backoff_get_delay (lane->n_failures, g_str_hash (lane->name)), problem);
}

static void
note_answer (Lane *lane)
{
  if (lane->n_failures > 0)
    jt_log_info ("channel %s works again", lane->name);
  lane->n_failures = 0;
}

/* It answers, and nothing of the batch could be delivered: that is about the recipients, of whom each waits alone, until there are too
 * many of them. Greylisted mail is taken on a later try, so the next batch begins with those who were there first. */
static void
note_vain (Lane *lane, const char *problem)
{
  note_answer (lane);
  for (guint i = 0; i < lane->batch->len && g_hash_table_size (lane->vain) < MAX_VAIN; i++)
    g_hash_table_add (lane->vain, jt_outbox_key_of (g_ptr_array_index (lane->batch, i)));
  set_problem (lane, problem);
  if (g_hash_table_size (lane->vain) < MAX_VAIN)
    return;
  if (lane->n_rests++ == 0)
    jt_log_warning ("channel %s reaches nobody and is tried less often: %s", lane->name, problem);
  pause_lane (lane, MIN (jt_backoff_get_delay (lane->n_rests, g_str_hash (lane->name)), MAX_REST_USEC), problem);
  g_clear_pointer (&lane->after_recipient, g_free);
}

static void
note_success (Lane *lane)
{
  note_answer (lane);
  if (lane->n_rests > 0)
    jt_log_info ("channel %s reaches somebody again", lane->name);
  lane->n_rests = 0;
  g_hash_table_remove_all (lane->vain);
  lane->paused_until_usec = 0;
  g_clear_pointer (&lane->problem, g_free);
}

/* It waits for another try, or has had its time. */
static void
take_retry (Lane *lane, JtDelivery *copy, const char *reason, gint64 after_usec, gboolean is_ambiguous)
{
  gint64 now_usec = jt_outbox_now (lane->outbox);
  gint64 delay_usec = MAX (after_usec, jt_backoff_get_delay (copy->attempts, copy->id));

  g_free (copy->reason);
  copy->reason = g_strdup (reason);
  copy->ambiguous += is_ambiguous ? 1 : 0;
  if (copy->expires_usec != 0 && now_usec + delay_usec >= copy->expires_usec)
    {
      jt_delivery_set_state (copy, JT_DELIVERY_EXPIRED, NULL);
      return;
    }
  jt_delivery_set_state (copy, JT_DELIVERY_WAITING, NULL);
  copy->next_usec = now_usec + delay_usec;
  /* The oldest goes first: what is younger waits while that does. */
  block (lane, copy, copy->next_usec);
}

/* It is the channel that does not work: nothing of this one was delivered, and that does not count as an attempt. */
static void
wait_for_channel (Lane *lane, JtDelivery *copy, const char *reason)
{
  jt_delivery_set_state (copy, JT_DELIVERY_WAITING, NULL);
  copy->attempts--;
  copy->next_usec = lane->paused_until_usec;
  g_free (copy->reason);
  copy->reason = g_strdup (reason);
  if (copy->expires_usec != 0 && copy->next_usec >= copy->expires_usec)
    jt_delivery_set_state (copy, JT_DELIVERY_EXPIRED, NULL);
}

static void
take_verdict (Lane *lane, JtChange *change, const JtDelivery *delivery, const JtChannelVerdict *verdict)
{
  JtOutbox *self = lane->outbox;
  g_autoptr (JtDelivery) copy = jt_delivery_copy (delivery);

  g_free (copy->detail);
  copy->detail = g_strdup (verdict->detail);
  switch (verdict->outcome)
    {
    case JT_OUTCOME_DELIVERED:
      jt_delivery_set_state (copy, JT_DELIVERY_DELIVERED, NULL);
      copy->delivered_usec = jt_outbox_now (self);
      g_clear_pointer (&copy->reason, g_free);
      break;
    case JT_OUTCOME_REFUSED:
      jt_delivery_set_state (copy, JT_DELIVERY_FAILED, NULL);
      g_free (copy->reason);
      copy->reason = g_strdup (verdict->detail);
      jt_log_warning ("notification %" G_GUINT64_FORMAT " to %s by %s is given up: %s", copy->id, copy->recipient, copy->channel, verdict->detail);
      break;
    case JT_OUTCOME_RETRY:
      if (verdict->pauses && !verdict->is_ambiguous)
        wait_for_channel (lane, copy, verdict->detail);
      else
        take_retry (lane, copy, verdict->detail, verdict->after_usec, verdict->is_ambiguous);
      break;
    }
  jt_change_put_delivery (change, copy);
}

/* A channel's problem is shown to everybody; whom it could not reach is not theirs to know. */
static void
set_words (char **words, const JtDelivery *delivery, const JtChannelVerdict *verdict)
{
  g_free (*words);
  *words = jt_delivery_hide_address (delivery, verdict->detail != NULL ? verdict->detail : "");
}

/* How the channel itself is, as its answers tell. */
static void
judge_channel (Lane *lane, GPtrArray *verdicts)
{
  g_autofree char *failure = NULL;
  g_autofree char *last_retry = NULL;
  gint64 delay_usec = 0;
  guint n_retries = 0;

  for (guint i = 0; i < lane->batch->len; i++)
    {
      const JtChannelVerdict *verdict = g_ptr_array_index (verdicts, i);

      n_retries += verdict->outcome == JT_OUTCOME_RETRY;
      if (verdict->outcome == JT_OUTCOME_RETRY)
        set_words (&last_retry, g_ptr_array_index (lane->batch, i), verdict);
      if (!verdict->pauses)
        continue;
      set_words (&failure, g_ptr_array_index (lane->batch, i), verdict);
      /* (what is refused for good is for somebody to put right) */
      delay_usec = MAX (delay_usec, verdict->outcome == JT_OUTCOME_REFUSED ? JT_OUTBOX_LONG_PAUSE_USEC
                                                                           : MIN (verdict->after_usec, MAX_ASKED_USEC));
    }
  if (failure != NULL)
    note_failure (lane, delay_usec, failure);
  else if (n_retries == lane->batch->len)
    note_vain (lane, last_retry);
  else
    note_success (lane);
}

static void
take_verdicts (Lane *lane, JtChange *change, GPtrArray *verdicts)
{
  judge_channel (lane, verdicts);
  for (guint i = 0; i < lane->batch->len; i++)
    take_verdict (lane, change, g_ptr_array_index (lane->batch, i), g_ptr_array_index (verdicts, i));
  for (guint i = 0; i < lane->batch->len; i++)
    if (((JtChannelVerdict *) verdicts->pdata[i])->outcome == JT_OUTCOME_DELIVERED)
      unblock (lane, g_ptr_array_index (lane->batch, i));
}

static void
take_failure (Lane *lane, JtChange *change, const GError *error)
{
  note_failure (lane, 0, error->message);
  for (guint i = 0; i < lane->batch->len; i++)
    {
      g_autoptr (JtDelivery) copy = jt_delivery_copy (g_ptr_array_index (lane->batch, i));

      wait_for_channel (lane, copy, error->message);
      jt_change_put_delivery (change, copy);
    }
}

static void
on_delivered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lane *lane = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) verdicts = jt_channels_deliver_finish (JT_CHANNELS (source), result, &error);
  JtChange *change = jt_change_new ();

  if (verdicts != NULL)
    take_verdicts (lane, change, verdicts);
  else
    take_failure (lane, change, error);
  jt_tracker_commit_async (lane->outbox->tracker, change, NULL, on_outcome_recorded, lane);
}

/* --- the way there --- */

static void
on_sending_recorded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lane *lane = user_data;
  g_autoptr (GError) error = NULL;

  if (!jt_tracker_commit_finish (JT_TRACKER (source), result, &error))
    {
      jt_log_warning ("notifications wait for the storage: %s", error->message);
      end_batch (lane);
      lane->paused_until_usec = jt_outbox_now (lane->outbox) + JT_OUTBOX_TROUBLE_USEC;
      jt_lane_rest (lane);
      return;
    }
  jt_channels_deliver_async (lane->outbox->channels, lane->name, lane->messages, NULL, on_delivered, lane);
}

/* From here on it may have been sent. */
static void
record_sending (Lane *lane)
{
  JtChange *change = jt_change_new ();

  for (guint i = 0; i < lane->batch->len; i++)
    {
      JtDelivery *copy = jt_delivery_copy (g_ptr_array_index (lane->batch, i));

      jt_delivery_set_state (copy, JT_DELIVERY_SENDING, NULL);
      copy->attempts++;
      jt_change_put_delivery (change, copy);
      jt_delivery_unref (g_ptr_array_index (lane->batch, i));
      lane->batch->pdata[i] = copy;
    }
  jt_tracker_commit_async (lane->outbox->tracker, change, NULL, on_sending_recorded, lane);
}

static void compose_next (Lane *lane);

static void
on_composed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lane *lane = user_data;

  g_ptr_array_add (lane->messages, jt_composer_compose_finish (JT_COMPOSER (source), result, NULL));
  compose_next (lane);
}

static void
compose_next (Lane *lane)
{
  if (lane->messages->len < lane->batch->len)
    jt_composer_compose_async (lane->outbox->composer, g_ptr_array_index (lane->batch, lane->messages->len), lane->family, NULL, on_composed, lane);
  else
    record_sending (lane);
}

static void
begin_batch (Lane *lane)
{
  if (lane->batch->len > 0)
    {
      compose_next (lane);
      return;
    }
  end_batch (lane);
  jt_lane_rest (lane);
}

static void
on_others_recorded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lane *lane = user_data;
  g_autoptr (GError) error = NULL;

  if (!jt_tracker_commit_finish (JT_TRACKER (source), result, &error))
    {
      jt_log_warning ("notifications wait for the storage: %s", error->message);
      g_ptr_array_set_size (lane->batch, 0);
      lane->paused_until_usec = jt_outbox_now (lane->outbox) + JT_OUTBOX_TROUBLE_USEC;
    }
  begin_batch (lane);
}

/* What went wrong without an answer again and again may be what brings its channel down, and then goes alone, so that it does that to no
 * others. */
static gboolean
goes_alone (const JtDelivery *delivery)
{
  return delivery->ambiguous >= 2;
}

/* The others are found again in the next turn. */
static gboolean
has_room (Lane *lane, const JtDelivery *delivery)
{
  if (lane->batch->len == 0)
    return TRUE;
  return !goes_alone (delivery) && !goes_alone (g_ptr_array_index (lane->batch, 0));
}

void
jt_lane_send (Lane *lane, GPtrArray *due)
{
  g_autoptr (GPtrArray) owned = due;
  JtChange *change = jt_change_new ();

  lane->batch = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_delivery_unref);
  lane->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_message_unref);
  for (guint i = 0; i < owned->len; i++)
    {
      JtDelivery *delivery = g_ptr_array_index (owned, i);

      if (!is_elder (lane, delivery) && has_room (lane, delivery) && admit (lane, change, delivery))
        g_ptr_array_add (lane->batch, jt_delivery_ref (delivery));
    }
  lane->has_moved |= lane->batch->len > 0 || change->items->len > 0;
  if (change->items->len > 0)
    {
      jt_tracker_commit_async (lane->outbox->tracker, change, NULL, on_others_recorded, lane);
      return;
    }
  jt_change_free (change);
  begin_batch (lane);
}
