/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-backoff.h"
#include "jt-decision.h"
#include "jt-error.h"
#include "jt-log.h"
#include "jt-notify-channel.h"
#include "jt-outbox-private.h"

/* Popups of one user, who is the account with that uid, whatever it is called by now: they wait until an agent is there, go to it one by one, and are delivered when it says that they were shown. */

/* An agent that has not said anything by then never got it. */
#define PATIENCE_USEC (60 * (gint64) G_USEC_PER_SEC)
/* Popups under way at a time. */
#define MAX_SHOWN 20

static void show_next (Desk *desk);
static void on_popup_recorded (GObject *source, GAsyncResult *result, gpointer user_data);

static void
arm_silence (Desk *desk)
{
  gint64 first_usec = G_MAXINT64;

  for (guint i = 0; i < desk->shown->len; i++)
    first_usec = MIN (first_usec, ((JtDelivery *) desk->shown->pdata[i])->next_usec);
  jt_tracker_arm (desk->outbox->tracker, &desk->silence, desk->n_agents > 0 ? first_usec : jt_outbox_now (desk->outbox));
}

/* Shown or not, nobody says. A silent agent is asked once more at once, then less and less often; where there is none it waits for the next. */
static void
take_silence (Desk *desk, JtChange *change, const JtDelivery *delivery)
{
  g_autoptr (JtDelivery) copy = jt_outbox_move (delivery, JT_DELIVERY_WAITING);
  gboolean is_gone = desk->n_agents == 0;

  copy->ambiguous++;
  copy->next_usec = jt_outbox_now (desk->outbox);
  if (!is_gone && copy->attempts > 1)
    copy->next_usec += jt_backoff_get_delay (copy->attempts - 1, copy->id);
  g_free (copy->reason);
  copy->reason = g_strdup (is_gone ? "the agent went before it said whether it was shown" : "the agent did not say whether it was shown");
  jt_change_put_delivery (change, copy);
}

static void
on_silence (gpointer user_data)
{
  Desk *desk = user_data;
  JtOutbox *self = desk->outbox;
  JtChange *change;

  if (desk->shown->len == 0)
    return;
  change = jt_change_new ();
  for (guint i = 0; i < desk->shown->len;)
    {
      const JtDelivery *delivery = g_ptr_array_index (desk->shown, i);

      if (desk->n_agents > 0 && delivery->next_usec > jt_outbox_now (self))
        {
          i++;
          continue;
        }
      take_silence (desk, change, delivery);
      g_ptr_array_remove_index (desk->shown, i);
    }
  if (desk->shown->len > 0)
    arm_silence (desk);
  jt_tracker_commit_async (self->tracker, change, NULL, on_popup_recorded, g_object_ref (self));
}

static void
on_alarm (gpointer user_data)
{
  jt_desk_work (user_data);
}

static Desk *
desk_new (JtOutbox *outbox, guint32 uid)
{
  Desk *desk = g_new0 (Desk, 1);

  desk->outbox = outbox;
  desk->uid = uid;
  desk->shown = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_delivery_unref);
  desk->silence.func = on_silence;
  desk->silence.user_data = desk;
  desk->alarm.func = on_alarm;
  desk->alarm.user_data = desk;
  return desk;
}

void
jt_desk_free (Desk *desk)
{
  jt_tracker_disarm (desk->outbox->tracker, &desk->silence);
  jt_tracker_disarm (desk->outbox->tracker, &desk->alarm);
  g_ptr_array_unref (desk->shown);
  g_clear_pointer (&desk->batch, g_ptr_array_unref);
  g_free (desk);
}

static void
begin (Desk *desk)
{
  desk->is_busy = TRUE;
  desk->has_news = FALSE;
  g_object_ref (desk->outbox);
}

static void
end (Desk *desk)
{
  g_autoptr (JtOutbox) outbox = desk->outbox; /* (taken in begin()) */

  desk->is_busy = FALSE;
  g_clear_pointer (&desk->batch, g_ptr_array_unref);
  jt_outbox_queue_changed (outbox);
  if (desk->has_news)
    jt_desk_work (desk);
}

/* What is held, or is to be tried again, wakes it. (Other users' popups do as well, for nothing.) */
static void
on_next (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Desk *desk = user_data;
  g_autoptr (GPtrArray) times = jt_store_next_delivery_finish (JT_STORE (source), result, NULL);
  gint64 next_usec = times == NULL ? jt_outbox_now (desk->outbox) + JT_OUTBOX_TROUBLE_USEC : G_MAXINT64;

  for (guint i = 0; times != NULL && i < times->len; i++)
    {
      const JtDeliveryTimes *entry = g_ptr_array_index (times, i);

      if (!g_str_equal (entry->channel, JT_CHANNEL_DESKTOP))
        continue;
      next_usec = MIN (next_usec, entry->waiting_usec != 0 ? entry->waiting_usec : G_MAXINT64);
      next_usec = MIN (next_usec, entry->held_usec != 0 ? entry->held_usec : G_MAXINT64);
    }
  jt_tracker_arm (desk->outbox->tracker, &desk->alarm, next_usec);
  end (desk);
}

/* Nothing is under way: what comes next, or when. */
static void
rest (Desk *desk)
{
  if (desk->has_news || desk->n_agents == 0)
    end (desk);
  else
    jt_store_next_delivery_async (jt_tracker_get_store (desk->outbox->tracker), jt_outbox_now (desk->outbox), NULL, on_next, desk);
}

/* One popup */

static const char *
icon_of (const JtDelivery *delivery)
{
  if (g_str_equal (delivery->severity, "error"))
    return "dialog-error";
  return g_str_equal (delivery->severity, "warning") ? "dialog-warning" : "dialog-information";
}

/* What one run says takes the place of what it said before. */
static char *
replaces_key (const JtDelivery *delivery)
{
  if (delivery->run != 0)
    return g_strdup_printf ("run/%" G_GUINT64_FORMAT, delivery->run);
  if (delivery->job != 0)
    return g_strdup_printf ("job/%" G_GUINT64_FORMAT, delivery->job);
  return g_strdup (delivery->event);
}

static void
insert_actions (GVariantDict *dict, const JtDelivery *delivery)
{
  g_autoptr (GPtrArray) actions = g_ptr_array_new ();

  if (delivery->run != 0)
    {
      g_ptr_array_add (actions, (gpointer) "show-log");
      g_ptr_array_add (actions, (gpointer) "run-again");
      if (g_str_equal (delivery->severity, "error"))
        g_ptr_array_add (actions, (gpointer) "acknowledge");
    }
  if (delivery->job != 0)
    g_ptr_array_add (actions, (gpointer) "mute");
  g_variant_dict_insert_value (dict, "actions", g_variant_new_strv ((const char *const *) actions->pdata, actions->len));
}

/* Floating a{sv} */
static GVariant *
make_notification (const JtDelivery *delivery, const JtMessage *message)
{
  GVariantDict dict;
  g_autofree char *run = delivery->run != 0 ? jt_run_path (delivery->run) : g_strdup ("/");
  g_autofree char *job = delivery->job != 0 ? jt_job_path (delivery->job) : g_strdup ("/");
  g_autofree char *category = g_strconcat ("x-jobtracker.", delivery->event, NULL);
  g_autofree char *key = replaces_key (delivery);

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "event", "s", delivery->event);
  g_variant_dict_insert (&dict, "severity", "s", delivery->severity);
  g_variant_dict_insert (&dict, "summary", "s", message->subject);
  g_variant_dict_insert (&dict, "body", "s", message->text);
  g_variant_dict_insert (&dict, "icon", "s", icon_of (delivery));
  g_variant_dict_insert (&dict, "category", "s", category);
  g_variant_dict_insert (&dict, "replaces-key", "s", key);
  g_variant_dict_insert (&dict, "run", "o", run);
  g_variant_dict_insert (&dict, "job", "o", job);
  g_variant_dict_insert (&dict, "job-name", "s", delivery->job_name != NULL ? delivery->job_name : "");
  g_variant_dict_insert (&dict, "created-at", "t", (guint64) delivery->created_usec);
  g_variant_dict_insert (&dict, "is-update", "b", delivery->ambiguous > 0);
  g_variant_dict_insert (&dict, "count", "u", MAX (delivery->count, 1));
  insert_actions (&dict, delivery);
  return g_variant_dict_end (&dict);
}

static void
on_composed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Desk *desk = user_data;
  g_autoptr (JtMessage) message = jt_composer_compose_finish (JT_COMPOSER (source), result, NULL);
  JtDelivery *delivery = g_ptr_array_index (desk->batch, desk->next++);

  g_ptr_array_add (desk->shown, jt_delivery_ref (delivery));
  arm_silence (desk);
  g_signal_emit_by_name (desk->outbox, "popup", desk->uid, delivery->id, make_notification (delivery, message));
  show_next (desk);
}

static void
show_next (Desk *desk)
{
  if (desk->next < desk->batch->len)
    jt_composer_compose_async (desk->outbox->composer, g_ptr_array_index (desk->batch, desk->next), JT_FAMILY_POPUP, NULL, on_composed, desk);
  else
    rest (desk);
}

static void
on_sending_recorded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Desk *desk = user_data;
  g_autoptr (GError) error = NULL;

  if (jt_tracker_commit_finish (JT_TRACKER (source), result, &error))
    {
      desk->next = 0;
      show_next (desk);
      return;
    }
  jt_log_warning ("popups wait for the storage: %s", error->message);
  g_ptr_array_set_size (desk->batch, 0);
  rest (desk);
}

static void
on_merged (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Desk *desk = user_data;
  g_autoptr (GError) error = NULL;

  if (!jt_tracker_commit_finish (JT_TRACKER (source), result, &error))
    jt_log_warning ("popups wait for the storage: %s", error->message);
  else
    desk->has_news = TRUE;
  rest (desk);
}

static void send (Desk *desk, GPtrArray *due);

/* What has waited for somebody to come is told in one; what is several already, by itself. */
static void
summarize (Desk *desk, GPtrArray *due)
{
  JtChange *change = jt_change_new ();
  g_autoptr (GPtrArray) single = g_ptr_array_new ();

  for (guint i = 0; i < due->len; i++)
    {
      JtDelivery *delivery = g_ptr_array_index (due, i);

      if (jt_outbox_is_over (desk->outbox, delivery))
        jt_outbox_expire (change, delivery);
      else if (delivery->count == 0 && !g_str_equal (delivery->event, jt_notify_event_to_string (JT_NOTIFY_TEST)))
        g_ptr_array_add (single, delivery);
    }
  if (single->len > 1)
    jt_outbox_merge (desk->outbox, change, single, jt_notify_event_to_string (JT_NOTIFY_SUMMARY), FALSE);
  if (change->items->len > 0)
    {
      jt_tracker_commit_async (desk->outbox->tracker, change, NULL, on_merged, desk);
      return;
    }
  jt_change_free (change);
  send (desk, due);
}

static gboolean
take_summary_wish (Desk *desk, GPtrArray *due)
{
  gboolean wants = desk->wants_summary
                   && jt_preferences_has_away_summary (jt_notifier_get_preferences (desk->outbox->notifier, desk->uid));

  /* (of more than one takes, the rest is summed up next) */
  desk->wants_summary = wants && due != NULL && due->len >= JT_OUTBOX_MAX_DIGEST;
  return wants && due != NULL && due->len > 1;
}

static void
send (Desk *desk, GPtrArray *due)
{
  JtChange *change = jt_change_new ();
  guint room = MAX_SHOWN - MIN (desk->shown->len, MAX_SHOWN);

  if (due->len > room)
    {
      g_ptr_array_set_size (due, (int) room);
      desk->has_news = TRUE;
    }
  desk->batch = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_delivery_unref);
  for (guint i = 0; i < due->len; i++)
    {
      const JtDelivery *delivery = g_ptr_array_index (due, i);
      JtDelivery *copy;

      if (jt_outbox_is_over (desk->outbox, delivery))
        {
          jt_outbox_expire (change, delivery);
          continue;
        }
      copy = jt_outbox_move (delivery, JT_DELIVERY_SENDING);
      copy->attempts++;
      copy->next_usec = jt_outbox_now (desk->outbox) + PATIENCE_USEC;
      jt_change_put_delivery (change, copy);
      g_ptr_array_add (desk->batch, copy);
    }
  jt_tracker_commit_async (desk->outbox->tracker, change, NULL, on_sending_recorded, desk);
}

static void
on_due (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Desk *desk = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) due = jt_store_list_due_deliveries_finish (JT_STORE (source), result, &error);

  if (due == NULL)
    jt_log_warning ("popups cannot be read: %s", error->message);
  if (due == NULL || due->len == 0 || desk->n_agents == 0 || desk->outbox->recovery != NULL)
    {
      desk->wants_summary &= due == NULL || desk->n_agents == 0 || desk->outbox->recovery != NULL;
      rest (desk);
    }
  else if (take_summary_wish (desk, due))
    summarize (desk, due);
  else
    send (desk, due);
}

static void
find_due (Desk *desk)
{
  JtDueQuery *query = jt_due_query_new_for_user (desk->uid, jt_outbox_now (desk->outbox), JT_OUTBOX_MAX_DIGEST);

  jt_store_list_due_deliveries_async (jt_tracker_get_store (desk->outbox->tracker), query, NULL, on_due, desk);
}

static void
on_released (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!jt_tracker_commit_finish (JT_TRACKER (source), result, &error))
    jt_log_warning ("popups that were held back cannot be let go yet: %s", error->message);
  find_due (user_data);
}

static void
on_held (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Desk *desk = user_data;
  g_autoptr (GPtrArray) held = jt_store_list_held_finish (JT_STORE (source), result, NULL);
  JtChange *change;

  if (held == NULL || held->len == 0)
    {
      find_due (desk);
      return;
    }
  change = jt_change_new ();
  jt_outbox_merge (desk->outbox, change, held, jt_notify_event_to_string (JT_NOTIFY_DIGEST), FALSE);
  jt_tracker_commit_async (desk->outbox->tracker, change, NULL, on_released, desk);
}

void
jt_desk_work (Desk *desk)
{
  JtDueQuery *query;

  if (desk->is_busy || desk->shown->len >= MAX_SHOWN)
    {
      desk->has_news = TRUE;
      return;
    }
  if (!desk->outbox->is_started || desk->outbox->recovery != NULL || desk->n_agents == 0)
    return;
  begin (desk);
  query = jt_due_query_new_for_user (desk->uid, jt_outbox_now (desk->outbox), JT_OUTBOX_MAX_DIGEST);
  jt_store_list_held_async (jt_tracker_get_store (desk->outbox->tracker), query, NULL, on_held, desk);
}

/* Agents */

void
jt_outbox_add_agent (JtOutbox *self, guint32 uid, const char *user_name)
{
  Desk *desk = g_hash_table_lookup (self->desks, GUINT_TO_POINTER (uid));

  jt_notifier_learn_user (self->notifier, user_name, uid);
  if (desk == NULL)
    {
      desk = desk_new (self, uid);
      g_hash_table_insert (self->desks, GUINT_TO_POINTER (uid), desk);
    }
  desk->wants_summary |= desk->n_agents == 0;
  desk->n_agents++;
  jt_desk_work (desk);
  jt_outbox_queue_changed (self);
}

void
jt_outbox_remove_agent (JtOutbox *self, guint32 uid)
{
  Desk *desk = g_hash_table_lookup (self->desks, GUINT_TO_POINTER (uid));

  if (desk == NULL || desk->n_agents == 0)
    return;
  desk->n_agents--;
  /* What it has not told of waits for the next one. */
  if (desk->n_agents == 0)
    jt_tracker_disarm (self->tracker, &desk->alarm);
  if (desk->n_agents == 0 && desk->shown->len > 0)
    arm_silence (desk);
  jt_outbox_queue_changed (self);
}

static const char *const outcome_words[] = { "shown", "closed", "dismissed", "expired", "action", "failed" };

/* A report about a popup that is delivered already. */
typedef struct
{
  JtOutbox *outbox; /* (owned) */
  guint32   uid;
  char     *detail;
} Later;

gboolean
jt_popup_outcome_from_string (const char *text, JtPopupOutcome *outcome)
{
  for (guint i = 0; i < G_N_ELEMENTS (outcome_words); i++)
    if (g_str_equal (text, outcome_words[i]))
      {
        *outcome = (JtPopupOutcome) i;
        return TRUE;
      }
  return FALSE;
}

static JtDelivery *
steal_shown (Desk *desk, guint64 id)
{
  for (guint i = 0; desk != NULL && i < desk->shown->len; i++)
    if (((JtDelivery *) desk->shown->pdata[i])->id == id)
      return g_ptr_array_steal_index (desk->shown, i);
  return NULL;
}

static void
on_popup_recorded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JtOutbox) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!jt_tracker_commit_finish (JT_TRACKER (source), result, &error))
    jt_log_warning ("what became of a popup could not be put on record: %s", error->message);
  else
    jt_outbox_look_at_desks (self);
  jt_outbox_queue_changed (self);
}

static void
take_report (Desk *desk, JtDelivery *delivery, JtPopupOutcome outcome, const char *detail)
{
  JtOutbox *self = desk->outbox;
  JtChange *change = jt_change_new ();
  gboolean is_shown = outcome != JT_POPUP_FAILED;
  g_autoptr (JtDelivery) copy = jt_outbox_move (delivery, is_shown ? JT_DELIVERY_DELIVERED : JT_DELIVERY_WAITING);

  g_free (copy->detail);
  copy->detail = *detail != '\0' ? g_strdup (detail) : NULL;
  g_clear_pointer (&copy->reason, g_free);
  if (is_shown)
    copy->delivered_usec = jt_outbox_now (self);
  else
    {
      copy->reason = g_strdup (*detail != '\0' ? detail : "the popup could not be shown");
      copy->next_usec = jt_outbox_now (self) + jt_backoff_get_delay (copy->attempts, copy->id);
    }
  jt_change_put_delivery (change, copy);
  jt_tracker_commit_async (self->tracker, change, NULL, on_popup_recorded, g_object_ref (self));
}

/* What became of a popup after it was shown. */
static void
on_delivered_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Later *later = user_data;
  g_autoptr (JtDelivery) delivery = jt_store_get_delivery_finish (JT_STORE (source), result, NULL);
  g_autoptr (JtDelivery) copy = NULL;
  JtChange *change;

  if (delivery != NULL && delivery->state == JT_DELIVERY_DELIVERED && delivery->is_user && delivery->user == later->uid
      && g_str_equal (delivery->channel, JT_CHANNEL_DESKTOP))
    {
      copy = jt_delivery_copy (delivery);
      g_free (copy->detail);
      copy->detail = g_steal_pointer (&later->detail);
      change = jt_change_new ();
      jt_change_put_delivery (change, copy);
      jt_change_let_wait (change);
      jt_tracker_commit_async (later->outbox->tracker, change, NULL, on_popup_recorded, g_object_ref (later->outbox));
    }
  g_object_unref (later->outbox);
  g_free (later->detail);
  g_free (later);
}

static void
note_later (JtOutbox *self, guint32 uid, guint64 id, JtPopupOutcome outcome, const char *detail)
{
  Later *later = g_new0 (Later, 1);

  later->outbox = g_object_ref (self);
  later->uid = uid;
  later->detail = *detail != '\0' ? g_strconcat (outcome_words[outcome], ": ", detail, NULL) : g_strdup (outcome_words[outcome]);
  jt_store_get_delivery_async (jt_tracker_get_store (self->tracker), id, NULL, on_delivered_read, later);
}

gboolean
jt_outbox_report (JtOutbox *self, guint32 uid, guint64 id, JtPopupOutcome outcome, const char *detail, GError **error)
{
  Desk *desk = g_hash_table_lookup (self->desks, GUINT_TO_POINTER (uid));
  g_autoptr (JtDelivery) delivery = steal_shown (desk, id);

  if (delivery == NULL && outcome != JT_POPUP_SHOWN && outcome != JT_POPUP_FAILED)
    {
      note_later (self, uid, id, outcome, detail);
      return TRUE;
    }
  if (delivery == NULL)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_NOT_FOUND, "no popup %" G_GUINT64_FORMAT " is under way", id);
      return FALSE;
    }
  if (desk->shown->len == 0)
    jt_tracker_disarm (self->tracker, &desk->silence);
  else
    arm_silence (desk);
  take_report (desk, delivery, outcome, detail);
  return TRUE;
}
