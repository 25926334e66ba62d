/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-notifier-private.h"

#include "jt-recipient.h"
#include "jt-reminder.h"

/* Trouble that goes on: the one who was told is reminded, and when nobody takes it on others are told. */

static JtPreferences *
preferences_of (JtNotifier *self, const JtEpisode *episode)
{
  return episode->user >= 0 ? jt_notifier_get_preferences (self, (guint32) episode->user) : self->defaults;
}

static gint64
next_of (JtNotifier *self, const JtEpisode *episode, gboolean *escalates)
{
  JtTrouble trouble = {
    .told_usec = episode->told_usec,
    .reminded_usec = episode->reminded_usec,
    .escalated_usec = episode->escalated_usec,
    .muted_until_usec = episode->muted_until_usec,
    .is_acknowledged = episode->acknowledged_by != NULL,
  };

  return jt_reminder_next (preferences_of (self, episode), &trouble, escalates);
}

const JtEpisode *
jt_notifier_get_next_reminder (JtNotifier *self, gint64 *at_usec)
{
  GHashTableIter iter;
  gpointer value;
  const JtEpisode *first = NULL;

  *at_usec = G_MAXINT64;
  /* (a storm leaves thousands of episodes, and seldom does anybody want to be reminded) */
  if (self->n_reminding == 0)
    return NULL;
  g_hash_table_iter_init (&iter, self->episodes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    for (guint i = 0; i < ((GPtrArray *) value)->len; i++)
      {
        const JtEpisode *episode = g_ptr_array_index ((GPtrArray *) value, i);
        gint64 next_usec = next_of (self, episode, NULL);

        if (next_usec == 0 || next_usec >= *at_usec)
          continue;
        *at_usec = next_usec;
        first = episode;
      }
  return first;
}

static JtRecipient *
find_recipient (GPtrArray *recipients, const char *text)
{
  for (guint i = 0; i < recipients->len; i++)
    if (g_str_equal (((JtRecipient *) recipients->pdata[i])->text, text))
      return recipients->pdata[i];
  return NULL;
}

static gboolean
names_recipient (const char *channel)
{
  return g_str_has_prefix (channel, JT_RECIPIENT_USER) || g_str_has_prefix (channel, JT_RECIPIENT_EMAIL)
         || g_str_has_prefix (channel, JT_RECIPIENT_WEBHOOK);
}

/* Who was told of it is told of its end. */
static void
begin_episode (JtNotifier *self, JtChange *change, const JtRecipient *other, const JtNews *news, gint64 hold_usec)
{
  JtEpisode *episode;

  if (jt_notifier_find_episode (self, news->job->id, other->text) != NULL)
    return;
  episode = jt_episode_new (news->job->id, other->text, jt_notify_event_to_string (news->event));
  episode->user = other->is_user ? (gint64) other->uid : -1;
  episode->run = news->run != NULL ? news->run->id : 0;
  episode->told_usec = news->at_usec;
  episode->escalated_usec = news->at_usec;
  episode->reminded_usec = hold_usec;
  jt_notifier_put_episode (self, change, episode);
}

/* What the rule says is why by this way; this is why now, and why at all. */
G_GNUC_PRINTF (2, 3) static void
say_why (GPtrArray *decisions, const char *format, ...)
{
  g_autofree char *why = NULL;
  va_list arguments;

  va_start (arguments, format);
  why = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  for (guint i = 0; i < decisions->len; i++)
    {
      JtDecision *decision = g_ptr_array_index (decisions, i);
      g_autofree char *reason = decision->reason;

      decision->reason = g_strdup_printf ("%s: %s", why, reason);
    }
}

/* Each by their own preferences, as if the trouble had just begun. */
static gboolean
tell_other (JtNotifier *self, JtChange *change, const char *text, const char *by, const JtNews *news)
{
  g_autoptr (JtRecipient) other = jt_notifier_make_recipient (self, text);
  g_autoptr (GPtrArray) decisions = jt_notifier_decide (self, other, news);
  gint64 until_usec = jt_notifier_get_hold (decisions);
  gboolean is_told;

  say_why (decisions, "escalated by %s, for nobody has acknowledged it", by);
  is_told = jt_notifier_put_decisions (self, change, other, news, decisions);
  if (is_told)
    begin_episode (self, change, other, news, until_usec);
  return is_told;
}

static gboolean
escalate (JtNotifier *self, JtChange *change, const JtEpisode *episode, const JtRecipient *recipient, JtNews *news)
{
  g_autoptr (GPtrArray) decisions = NULL;
  gboolean is_told = FALSE;

  news->is_escalation = TRUE;
  decisions = jt_notifier_decide_escalation (self, recipient, news, episode->told_usec);
  for (guint i = 0; i < decisions->len;)
    {
      JtDecision *decision = g_ptr_array_index (decisions, i);

      if (decision->channel == NULL || !names_recipient (decision->channel))
        {
          i++;
          continue;
        }
      is_told |= tell_other (self, change, decision->channel, recipient->text, news);
      g_ptr_array_remove_index (decisions, i);
    }
  return jt_notifier_put_decisions (self, change, recipient, news, decisions) || is_told;
}

/* @until_usec: when it is told, if it is held; reminders that are due meanwhile would all come at once then. */
static gboolean
remind (JtNotifier *self, JtChange *change, const JtEpisode *episode, const JtRecipient *recipient, JtNews *news, gint64 *until_usec)
{
  g_autoptr (GPtrArray) decisions = NULL;

  news->reminder = episode->reminders + 1;
  decisions = jt_notifier_decide (self, recipient, news);
  *until_usec = jt_notifier_get_hold (decisions);
  say_why (decisions, "reminder %u, for nobody has acknowledged it", news->reminder);
  return jt_notifier_put_decisions (self, change, recipient, news, decisions);
}

gboolean
jt_notifier_remind (JtNotifier *self, JtChange *change, const JtEpisode *episode, JtNews *news)
{
  g_autoptr (GPtrArray) recipients = jt_notifier_list_recipients (self, news->job);
  JtRecipient *recipient;
  JtEpisode *copy = jt_episode_copy (episode);
  gboolean escalates = FALSE;
  gboolean is_told;
  gint64 until_usec = 0;

  jt_notifier_add_escalated (self, recipients, news->job);
  recipient = find_recipient (recipients, episode->recipient);
  next_of (self, episode, &escalates);
  if (recipient == NULL)
    {
      jt_notifier_end_episode (self, change, episode);
      jt_episode_free (copy);
      return FALSE;
    }
  if (news->status->muted_until_usec > news->at_usec)
    {
      /* Put off: it is due at once when the job is no longer muted. */
      copy->muted_until_usec = news->status->muted_until_usec;
      jt_notifier_keep_episode (self, copy);
      return FALSE;
    }
  is_told = escalates ? escalate (self, change, episode, recipient, news) : remind (self, change, episode, recipient, news, &until_usec);
  if (escalates)
    copy->escalated_usec = news->at_usec;
  else
    {
      copy->reminded_usec = MAX (news->at_usec, until_usec);
      copy->reminders++;
    }
  jt_notifier_put_episode (self, change, copy);
  return is_told;
}
