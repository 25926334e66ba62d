/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-log.h"
#include "jt-outbox-private.h"

/* Trouble that goes on is told again when its time has come: one at a time, as it is on record by then. */

typedef struct
{
  JtOutbox *outbox;    /* (owned) */
  guint64   job;
  char     *recipient;
} Reminding;

static void
reminding_free (Reminding *reminding)
{
  g_object_unref (reminding->outbox);
  g_free (reminding->recipient);
  g_free (reminding);
}

static void
on_recorded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JtOutbox) self = user_data;
  g_autoptr (GError) error = NULL;

  self->is_reminding = FALSE;
  if (!jt_tracker_commit_finish (JT_TRACKER (source), result, &error))
    jt_log_warning ("a reminder could not be put on record: %s", error->message);
  else
    jt_outbox_look (self);
  jt_outbox_plan_reminder (self);
}

/* It may have ended, or been acknowledged, while its run was read. */
static void
remind (Reminding *reminding, const JtRun *run)
{
  JtOutbox *self = reminding->outbox;
  gint64 at_usec;
  const JtEpisode *episode = jt_notifier_get_next_reminder (self->notifier, &at_usec);
  const JtJobEntry *entry = jt_tracker_get_job (self->tracker, reminding->job);
  JtChange *change = jt_change_new ();
  JtNews news = { .event = JT_NOTIFY_FAILED, .at_usec = jt_outbox_now (self), .run = run };

  if (episode != NULL && at_usec <= news.at_usec && episode->job == reminding->job && g_str_equal (episode->recipient, reminding->recipient))
    {
      jt_notify_event_from_string (episode->event, &news.event);
      news.expected_usec = run == NULL ? episode->told_usec : 0;
      if (entry != NULL)
        {
          news.job = entry->job;
          news.status = &entry->status;
          jt_notifier_remind (self->notifier, change, episode, &news);
        }
      else
        jt_notifier_end_episode (self->notifier, change, episode);
    }
  jt_tracker_commit_async (self->tracker, change, NULL, on_recorded, g_object_ref (self));
  reminding_free (reminding);
}

static void
on_run_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JtRun) run = jt_store_get_run_finish (JT_STORE (source), result, NULL);

  remind (user_data, run);
}

/* The latest run says how it stands now. */
static void
on_alarm (gpointer user_data)
{
  JtOutbox *self = user_data;
  gint64 at_usec;
  const JtEpisode *episode = jt_notifier_get_next_reminder (self->notifier, &at_usec);
  const JtJobEntry *entry;
  Reminding *reminding;
  guint64 run;

  if (self->is_reminding || !self->is_started || episode == NULL || at_usec > jt_outbox_now (self))
    {
      jt_outbox_plan_reminder (self);
      return;
    }
  self->is_reminding = TRUE;
  reminding = g_new0 (Reminding, 1);
  reminding->outbox = g_object_ref (self);
  reminding->job = episode->job;
  reminding->recipient = g_strdup (episode->recipient);
  entry = jt_tracker_get_job (self->tracker, episode->job);
  run = entry != NULL && entry->status.last_run != 0 ? entry->status.last_run : episode->run;
  if (run != 0)
    jt_store_get_run_async (jt_tracker_get_store (self->tracker), run, NULL, on_run_read, reminding);
  else
    remind (reminding, NULL);
}

void
jt_outbox_plan_reminder (JtOutbox *self)
{
  gint64 at_usec;

  self->reminder.func = on_alarm;
  self->reminder.user_data = self;
  jt_notifier_get_next_reminder (self->notifier, &at_usec);
  if (!self->is_reminding && self->is_started)
    jt_tracker_arm (self->tracker, &self->reminder, at_usec);
}
