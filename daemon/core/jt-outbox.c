/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-outbox-private.h"

#include "jt-error.h"
#include "jt-log.h"
#include "jt-notify-channel.h"

/* Tests that one user may have in so long, and pauses of one channel that may be ended by people. */
#define MAX_TESTS 20
#define TESTS_USEC (600 * (gint64) G_USEC_PER_SEC)
#define MAX_WAKES 5
#define WAKES_USEC (300 * (gint64) G_USEC_PER_SEC)

G_DEFINE_FINAL_TYPE (JtOutbox, jt_outbox, G_TYPE_OBJECT)

gint64
jt_outbox_now (JtOutbox *self)
{
  return jt_clock_get_realtime (jt_tracker_get_clock (self->tracker));
}

static gboolean
emit_changed_cb (gpointer user_data)
{
  JtOutbox *self = user_data;

  g_clear_pointer (&self->changed_source, g_source_unref);
  g_signal_emit_by_name (self, "changed");
  return G_SOURCE_REMOVE;
}

void
jt_outbox_queue_changed (JtOutbox *self)
{
  if (self->changed_source != NULL)
    return;
  self->changed_source = g_idle_source_new ();
  g_source_set_callback (self->changed_source, emit_changed_cb, self, NULL);
  g_source_attach (self->changed_source, NULL);
}

JtDelivery *
jt_outbox_move (const JtDelivery *delivery, JtDeliveryState state)
{
  JtDelivery *copy = jt_delivery_copy (delivery);

  jt_delivery_set_state (copy, state, NULL);
  return copy;
}

gboolean
jt_outbox_is_over (JtOutbox *self, const JtDelivery *delivery)
{
  return delivery->expires_usec != 0 && delivery->expires_usec <= jt_outbox_now (self);
}

void
jt_outbox_expire (JtChange *change, const JtDelivery *delivery)
{
  g_autoptr (JtDelivery) copy = jt_outbox_move (delivery, JT_DELIVERY_EXPIRED);

  if (copy->reason == NULL)
    copy->reason = g_strdup ("its time had passed before it could be delivered");
  jt_change_put_delivery (change, copy);
}

void
jt_outbox_look_at_desks (JtOutbox *self)
{
  GHashTableIter iter;
  gpointer value;

  if (!self->is_started)
    return;
  g_hash_table_iter_init (&iter, self->desks);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    jt_desk_work (value);
}

void
jt_outbox_look (JtOutbox *self)
{
  GHashTableIter iter;
  gpointer value;

  if (!self->is_started)
    return;
  g_hash_table_iter_init (&iter, self->lanes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    jt_lane_work (value);
  jt_outbox_look_at_desks (self);
}

static void
on_told (JtTracker *tracker, gpointer user_data)
{
  JtOutbox *self = user_data;

  jt_outbox_look (self);
  jt_outbox_queue_changed (self);
}

/* Once for all that was committed in one go: trouble has begun or ended, or somebody wants to be reminded at other times. */
static void
on_changed (JtTracker *tracker, gpointer user_data)
{
  jt_outbox_plan_reminder (user_data);
}

/* All that was to be at some instant is looked at anew; a clock that was years ahead has put it off for years. */
static void
on_clock_changed (JtClock *clock, gpointer user_data)
{
  JtOutbox *self = user_data;
  GHashTableIter iter;
  gpointer value;

  if (!self->is_started)
    return;
  g_hash_table_iter_init (&iter, self->lanes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Lane *lane = value;

      lane->paused_until_usec = MIN (lane->paused_until_usec, jt_outbox_now (self) + JT_OUTBOX_LONG_PAUSE_USEC);
      g_hash_table_remove_all (lane->blocked);
    }
  if (!self->is_sweeping)
    jt_outbox_begin_sweeps (self);
  jt_outbox_give_up_overdue (self);
  jt_outbox_plan_reminder (self);
  jt_outbox_look (self);
}

/* Channels */

static void
take_channel (JtOutbox *self, GHashTable *max_ages, GHashTable *mail_channels, const JtChannelInfo *info)
{
  Lane *lane = g_hash_table_lookup (self->lanes, info->name);

  if (lane == NULL)
    {
      lane = jt_lane_new (self, info->name);
      g_hash_table_insert (self->lanes, lane->name, lane);
    }
  lane->is_gone = FALSE;
  lane->family = g_str_equal (info->type, "email") ? JT_FAMILY_EMAIL : JT_FAMILY_CHAT;
  lane->max_batch = CLAMP (info->max_batch, 1, JT_DELIVERIES_MAX);
  if (lane->family == JT_FAMILY_EMAIL)
    g_hash_table_add (mail_channels, g_strdup (info->name));
  g_hash_table_insert (max_ages, g_strdup (info->name), g_memdup2 (&info->max_age_usec, sizeof info->max_age_usec));
}

void
jt_outbox_reload (JtOutbox *self)
{
  GHashTable *max_ages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GHashTable *mail_channels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) infos = jt_channels_list (self->channels);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->lanes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Lane *lane = value;

      /* What was wrong with it may have been put right. */
      lane->is_gone = TRUE;
      lane->paused_until_usec = 0;
      lane->n_failures = 0;
      lane->n_rests = 0;
      g_hash_table_remove_all (lane->vain);
      g_clear_pointer (&lane->problem, g_free);
    }
  for (guint i = 0; i < infos->len; i++)
    take_channel (self, max_ages, mail_channels, g_ptr_array_index (infos, i));
  jt_notifier_set_channels (self->notifier, max_ages, mail_channels);
  jt_outbox_look (self);
  jt_outbox_queue_changed (self);
}

/* Beginning */

/* Those that rest for the storage's sake alone. */
static void
resume_lanes (JtOutbox *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->lanes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Lane *) value)->n_failures == 0 && ((Lane *) value)->problem == NULL)
      ((Lane *) value)->paused_until_usec = 0;
}

void
jt_outbox_start (JtOutbox *self, JtStoreContents *contents)
{
  self->is_started = TRUE;
  resume_lanes (self);
  jt_outbox_begin_sweeps (self);
  jt_outbox_plan_reminder (self);
  jt_outbox_recover (self, contents->counts);
}

void
jt_outbox_stop (JtOutbox *self)
{
  self->is_started = FALSE;
  jt_outbox_end_recovery (self);
  jt_tracker_disarm (self->tracker, &self->reminder);
  jt_tracker_disarm (self->tracker, &self->sweep);
}

static void
on_loaded (JtTracker *tracker, JtStoreContents *contents, gpointer user_data)
{
  jt_outbox_start (user_data, contents);
}

/* Asked for */

static void
on_task_committed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  JtOutbox *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!jt_tracker_commit_finish (JT_TRACKER (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  jt_outbox_look (self);
  jt_outbox_queue_changed (self);
  g_task_return_int (task, GPOINTER_TO_SIZE (g_task_get_task_data (task)));
}

/* Who asks for something to be sent wants to see what becomes of it now. That is anybody's to ask, and a server which wants to be left alone
 * is left alone all the same. */
static void
wake (Lane *lane)
{
  if (lane->paused_until_usec != 0 && jt_throttle_take (&lane->wakes, WAKES_USEC, MAX_WAKES, jt_outbox_now (lane->outbox)) == 0)
    lane->paused_until_usec = 0;
}

/* A test is a row on record and a mail somewhere; whoever makes a loop of them fills both. */
static gboolean
may_test (JtOutbox *self, guint32 uid)
{
  g_autofree char *key = g_strdup_printf ("test\n%u", uid);
  JtThrottle *tests = g_hash_table_lookup (self->throttles, key);

  if (uid == 0)
    return TRUE;
  if (tests == NULL)
    {
      tests = g_new0 (JtThrottle, 1);
      g_hash_table_insert (self->throttles, g_steal_pointer (&key), tests);
    }
  return jt_throttle_take (tests, TESTS_USEC, MAX_TESTS, jt_outbox_now (self)) == 0;
}

static gboolean
has (GPtrArray *deliveries, guint64 id)
{
  for (guint i = 0; deliveries != NULL && i < deliveries->len; i++)
    if (((JtDelivery *) deliveries->pdata[i])->id == id)
      return TRUE;
  return FALSE;
}

gboolean
jt_outbox_is_under_way (JtOutbox *self, const JtDelivery *delivery)
{
  Lane *lane = g_hash_table_lookup (self->lanes, delivery->channel);
  Desk *desk = delivery->is_user ? g_hash_table_lookup (self->desks, GUINT_TO_POINTER (delivery->user)) : NULL;

  if (g_str_equal (delivery->channel, JT_CHANNEL_DESKTOP))
    return desk != NULL && (has (desk->shown, delivery->id) || has (desk->batch, delivery->id));
  return lane != NULL && has (lane->batch, delivery->id);
}

static gboolean
may_be_retried (JtOutbox *self, const JtDelivery *delivery)
{
  if (jt_outbox_is_under_way (self, delivery))
    return FALSE;
  return delivery->state == JT_DELIVERY_WAITING || delivery->state == JT_DELIVERY_HELD || delivery->state == JT_DELIVERY_FAILED
         || delivery->state == JT_DELIVERY_EXPIRED || delivery->state == JT_DELIVERY_SUPPRESSED;
}

/* What was missing when it was made may be there by now: an address, or the channel. */
static gboolean
prepare_retry (JtOutbox *self, JtDelivery *copy, GError **error)
{
  const Lane *lane = g_hash_table_lookup (self->lanes, copy->channel);
  const char *address = copy->is_user ? jt_preferences_get_email (jt_notifier_get_preferences (self->notifier, copy->user)) : NULL;

  if (g_str_equal (copy->channel, JT_CHANNEL_DESKTOP))
    {
      if (!copy->is_user)
        g_set_error (error, JT_ERROR, JT_ERROR_WRONG_STATE, "delivery %" G_GUINT64_FORMAT " cannot be sent: popups are for users of this machine", copy->id);
      return copy->is_user;
    }
  if (!jt_notifier_has_channel (self->notifier, copy->channel))
    {
      g_set_error (error, JT_ERROR, JT_ERROR_WRONG_STATE, "delivery %" G_GUINT64_FORMAT " cannot be sent: there is no channel '%s'", copy->id, copy->channel);
      return FALSE;
    }
  if (copy->address == NULL && lane != NULL && lane->family == JT_FAMILY_EMAIL && address != NULL && *address != '\0')
    copy->address = g_strdup (address);
  if (copy->address != NULL || lane == NULL || lane->family != JT_FAMILY_EMAIL)
    return TRUE;
  g_set_error (error, JT_ERROR, JT_ERROR_WRONG_STATE, "delivery %" G_GUINT64_FORMAT " cannot be sent: no e-mail address is known (preference email)", copy->id);
  return FALSE;
}

void
jt_outbox_retry_async (JtOutbox *self, JtDelivery *delivery, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, c, cb, data);
  g_autoptr (JtDelivery) copy = jt_delivery_copy (delivery);
  gint64 now_usec = jt_outbox_now (self);
  Lane *lane = g_hash_table_lookup (self->lanes, delivery->channel);
  GError *error = NULL;
  JtChange *change;

  if (!may_be_retried (self, delivery) || !jt_delivery_set_state (copy, JT_DELIVERY_WAITING, NULL))
    {
      g_task_return_new_error (task, JT_ERROR, JT_ERROR_WRONG_STATE, "delivery %" G_GUINT64_FORMAT " is %s; only what was not delivered can be sent again",
                               delivery->id,
                               jt_delivery_state_to_string (jt_outbox_is_under_way (self, delivery) ? JT_DELIVERY_SENDING : delivery->state));
      return;
    }
  if (!prepare_retry (self, copy, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (copy->expires_usec != 0)
    copy->expires_usec = MAX (copy->expires_usec, now_usec + (delivery->expires_usec - delivery->created_usec));
  copy->next_usec = now_usec;
  copy->attempts = MAX (copy->attempts, 1); /* asked for: not held back by how many went before it */
  if (lane != NULL)
    {
      jt_lane_let_by (lane, copy);
      wake (lane);
    }
  change = jt_change_new ();
  jt_change_put_delivery (change, copy);
  g_task_set_task_data (task, GSIZE_TO_POINTER (1), NULL);
  jt_tracker_commit_async (self->tracker, change, NULL, on_task_committed, g_steal_pointer (&task));
}

gboolean
jt_outbox_retry_finish (JtOutbox *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_int (G_TASK (result), error) > 0;
}

void
jt_outbox_test_async (JtOutbox *self, guint32 uid, const char *user_name, const char *channel, const char *address, GCancellable *c,
                      GAsyncReadyCallback cb, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, c, cb, data);
  g_autoptr (JtDelivery) delivery = NULL;
  Lane *lane = g_hash_table_lookup (self->lanes, channel);
  JtChange *change;

  if (!jt_notifier_has_channel (self->notifier, channel))
    {
      g_task_return_new_error (task, JT_ERROR, JT_ERROR_NOT_FOUND, "there is no channel '%s'; jobctl notify channels lists them", channel);
      return;
    }
  if (lane != NULL && lane->family == JT_FAMILY_EMAIL && address == NULL)
    {
      g_task_return_new_error (task, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "to: an address is needed; none is set in your preferences (email)");
      return;
    }
  if (!may_test (self, uid))
    {
      g_task_return_new_error (task, JT_ERROR, JT_ERROR_QUOTA_EXCEEDED, "%d tests in ten minutes are the limit", MAX_TESTS);
      return;
    }
  delivery = jt_notifier_make_test (self->notifier, uid, user_name, channel, address);
  if (lane != NULL)
    {
      jt_lane_let_by (lane, delivery);
      wake (lane);
    }
  change = jt_change_new ();
  jt_change_put_delivery (change, delivery);
  g_task_set_task_data (task, GSIZE_TO_POINTER ((gsize) delivery->id), NULL);
  jt_tracker_commit_async (self->tracker, change, NULL, on_task_committed, g_steal_pointer (&task));
}

guint64
jt_outbox_test_finish (JtOutbox *self, GAsyncResult *result, GError **error)
{
  gssize id = g_task_propagate_int (G_TASK (result), error);

  return id > 0 ? (guint64) id : 0;
}

/* Shown */

static const char *
state_of (const Lane *lane, const JtChannelInfo *info, gint64 now_usec)
{
  if (lane != NULL && lane->paused_until_usec > now_usec)
    return "paused";
  if (lane == NULL || info->problem != NULL)
    return "unconfigured";
  return lane->problem != NULL ? "failing" : "ok";
}

static void
add_channel (JtOutbox *self, GVariantBuilder *builder, const JtChannelInfo *info)
{
  Lane *lane = g_hash_table_lookup (self->lanes, info->name);
  gint64 now_usec = jt_outbox_now (self);
  const char *problem = lane != NULL && lane->problem != NULL ? lane->problem : info->problem;
  GVariantDict row;

  g_variant_dict_init (&row, NULL);
  g_variant_dict_insert (&row, "name", "s", info->name);
  g_variant_dict_insert (&row, "type", "s", info->type);
  g_variant_dict_insert (&row, "state", "s", state_of (lane, info, now_usec));
  g_variant_dict_insert (&row, "problem", "s", problem != NULL ? problem : "");
  g_variant_dict_insert (&row, "paused-until", "t", lane != NULL && lane->paused_until_usec > now_usec ? (guint64) lane->paused_until_usec : 0);
  g_variant_dict_insert (&row, "program", "s", info->program != NULL ? info->program : "");
  g_variant_builder_add_value (builder, g_variant_dict_end (&row));
}

static void
add_desktop (JtOutbox *self, GVariantBuilder *builder)
{
  GHashTableIter iter;
  gpointer value;
  gboolean has_agent = FALSE;
  GVariantDict row;

  g_hash_table_iter_init (&iter, self->desks);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    has_agent |= ((Desk *) value)->n_agents > 0;
  g_variant_dict_init (&row, NULL);
  g_variant_dict_insert (&row, "name", "s", JT_CHANNEL_DESKTOP);
  g_variant_dict_insert (&row, "type", "s", JT_CHANNEL_DESKTOP);
  g_variant_dict_insert (&row, "state", "s", has_agent ? "ok" : "no-agent");
  g_variant_dict_insert (&row, "problem", "s", "");
  g_variant_dict_insert (&row, "paused-until", "t", G_GUINT64_CONSTANT (0));
  g_variant_dict_insert (&row, "program", "s", "jobtracker-agent");
  g_variant_builder_add_value (builder, g_variant_dict_end (&row));
}

GVariant *
jt_outbox_list_channels (JtOutbox *self)
{
  g_autoptr (GPtrArray) infos = jt_channels_list (self->channels);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  add_desktop (self, &builder);
  for (guint i = 0; i < infos->len; i++)
    add_channel (self, &builder, g_ptr_array_index (infos, i));
  return g_variant_builder_end (&builder);
}

/* The object */

static void
jt_outbox_dispose (GObject *object)
{
  JtOutbox *self = JT_OUTBOX (object);

  if (self->tracker != NULL)
    {
      jt_outbox_stop (self);
      g_signal_handlers_disconnect_by_data (self->tracker, self);
      g_signal_handlers_disconnect_by_data (jt_tracker_get_clock (self->tracker), self);
      g_hash_table_remove_all (self->lanes);
      g_hash_table_remove_all (self->desks);
    }
  if (self->changed_source != NULL)
    {
      g_source_destroy (self->changed_source);
      g_clear_pointer (&self->changed_source, g_source_unref);
    }
  g_clear_object (&self->tracker);
  g_clear_object (&self->notifier);
  g_clear_object (&self->channels);
  g_clear_object (&self->composer);
  G_OBJECT_CLASS (jt_outbox_parent_class)->dispose (object);
}

static void
jt_outbox_finalize (GObject *object)
{
  JtOutbox *self = JT_OUTBOX (object);

  g_hash_table_unref (self->lanes);
  g_hash_table_unref (self->desks);
  g_hash_table_unref (self->throttles);
  G_OBJECT_CLASS (jt_outbox_parent_class)->finalize (object);
}

static void
jt_outbox_class_init (JtOutboxClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = jt_outbox_dispose;
  G_OBJECT_CLASS (klass)->finalize = jt_outbox_finalize;
  g_signal_new ("popup", JT_TYPE_OUTBOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_UINT64, G_TYPE_VARIANT);
  g_signal_new ("changed", JT_TYPE_OUTBOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
jt_outbox_init (JtOutbox *self)
{
  self->lanes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) jt_lane_free);
  self->desks = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) jt_desk_free);
  self->throttles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

JtOutbox *
jt_outbox_new (JtTracker *tracker, JtNotifier *notifier, JtChannels *channels, JtComposer *composer)
{
  JtOutbox *self = g_object_new (JT_TYPE_OUTBOX, NULL);

  self->tracker = g_object_ref (tracker);
  self->notifier = g_object_ref (notifier);
  self->channels = g_object_ref (channels);
  self->composer = g_object_ref (composer);
  g_signal_connect (tracker, "loaded", G_CALLBACK (on_loaded), self);
  g_signal_connect (tracker, "told", G_CALLBACK (on_told), self);
  g_signal_connect (tracker, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect (jt_tracker_get_clock (tracker), "changed", G_CALLBACK (on_clock_changed), self);
  jt_outbox_reload (self);
  return self;
}
