/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-notifier-private.h"

#include <string.h>

#include "jt-log.h"
#include "jt-notify-channel.h"
#include "jt-recipient.h"

/* How long what has no channel of its own with a limit is tried. */
#define MAX_AGE_USEC (2 * 24 * 3600 * (gint64) G_USEC_PER_SEC)

G_DEFINE_FINAL_TYPE (JtNotifier, jt_notifier, G_TYPE_OBJECT)

/* Preferences */

JtPreferences *
jt_notifier_get_preferences (JtNotifier *self, guint32 uid)
{
  JtPreferences *preferences = g_hash_table_lookup (self->preferences, GUINT_TO_POINTER (uid));

  return preferences != NULL ? preferences : self->defaults;
}

static void
expect_escalation (JtNotifier *self, JtPreferences *preferences)
{
  const char *const *others = jt_preferences_get_escalate_to (preferences);

  for (guint i = 0; others != NULL && others[i] != NULL; i++)
    jt_notifier_expect_user (self, others[i]);
}

static gboolean
is_reminding (JtPreferences *preferences)
{
  return jt_preferences_get_remind_every_usec (preferences) > 0 || jt_preferences_get_escalate_after_usec (preferences) > 0;
}

static void
count_reminding (JtNotifier *self)
{
  GHashTableIter iter;
  gpointer preferences;

  self->n_reminding = 0;
  g_hash_table_iter_init (&iter, self->preferences);
  while (g_hash_table_iter_next (&iter, NULL, &preferences))
    self->n_reminding += is_reminding (preferences);
}

void
jt_notifier_put_preferences (JtNotifier *self, JtChange *change, guint32 uid, JtPreferences *preferences)
{
  g_autoptr (GVariant) given = preferences != NULL ? g_variant_ref_sink (jt_preferences_to_variant (preferences, TRUE)) : NULL;
  gboolean is_default = given == NULL || g_variant_n_children (given) == 0;

  jt_change_put_preferences (change, uid, is_default ? NULL : given, jt_clock_get_realtime (self->clock));
  if (is_default)
    g_hash_table_remove (self->preferences, GUINT_TO_POINTER (uid));
  else
    {
      g_hash_table_replace (self->preferences, GUINT_TO_POINTER (uid), jt_preferences_ref (preferences));
      expect_escalation (self, preferences);
    }
  count_reminding (self);
}

static void
load_preferences (JtNotifier *self, GHashTable *stored)
{
  GHashTableIter iter;
  gpointer uid;
  gpointer given;

  g_hash_table_remove_all (self->preferences);
  g_hash_table_iter_init (&iter, stored);
  while (g_hash_table_iter_next (&iter, &uid, &given))
    {
      g_auto (GStrv) problems = NULL;
      JtPreferences *preferences = jt_preferences_load (given, &problems);

      for (guint i = 0; problems != NULL && problems[i] != NULL; i++)
        jt_log_warning ("preferences of user %u: %s; the default holds", GPOINTER_TO_UINT (uid), problems[i]);
      g_hash_table_insert (self->preferences, uid, preferences);
      expect_escalation (self, preferences);
    }
  count_reminding (self);
}

/* Episodes */

static GPtrArray *
episodes_of (JtNotifier *self, guint64 job)
{
  return g_hash_table_lookup (self->episodes, &job);
}

JtEpisode *
jt_notifier_find_episode (JtNotifier *self, guint64 job, const char *recipient)
{
  GPtrArray *episodes = episodes_of (self, job);

  for (guint i = 0; episodes != NULL && i < episodes->len; i++)
    {
      JtEpisode *episode = g_ptr_array_index (episodes, i);

      if (g_str_equal (episode->recipient, recipient))
        return episode;
    }
  return NULL;
}

void
jt_notifier_keep_episode (JtNotifier *self, JtEpisode *episode)
{
  GPtrArray *episodes = episodes_of (self, episode->job);
  JtEpisode *old = jt_notifier_find_episode (self, episode->job, episode->recipient);

  if (episodes == NULL)
    {
      episodes = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_episode_free);
      g_hash_table_insert (self->episodes, g_memdup2 (&episode->job, sizeof episode->job), episodes);
    }
  if (old == episode)
    return;
  if (old != NULL)
    g_ptr_array_remove_fast (episodes, old);
  g_ptr_array_add (episodes, episode);
}

void
jt_notifier_put_episode (JtNotifier *self, JtChange *change, JtEpisode *episode)
{
  jt_change_put_episode (change, episode);
  jt_notifier_keep_episode (self, episode);
}

void
jt_notifier_drop_episode (JtNotifier *self, JtChange *change, guint64 job, const char *recipient)
{
  GPtrArray *episodes = episodes_of (self, job);
  JtEpisode *episode = jt_notifier_find_episode (self, job, recipient);

  if (episode == NULL)
    return;
  jt_change_end_episode (change, job, recipient);
  g_ptr_array_remove_fast (episodes, episode);
  if (episodes->len == 0)
    g_hash_table_remove (self->episodes, &job);
}

void
jt_notifier_end_episode (JtNotifier *self, JtChange *change, const JtEpisode *episode)
{
  g_autofree char *recipient = g_strdup (episode->recipient);

  jt_notifier_drop_episode (self, change, episode->job, recipient);
}

void
jt_notifier_forget_job (JtNotifier *self, JtChange *change, guint64 job)
{
  if (episodes_of (self, job) == NULL)
    return;
  jt_change_end_episode (change, job, NULL);
  g_hash_table_remove (self->episodes, &job);
}

void
jt_notifier_note_muted (JtNotifier *self, guint64 job, gint64 until_usec)
{
  GPtrArray *episodes = episodes_of (self, job);

  for (guint i = 0; episodes != NULL && i < episodes->len; i++)
    ((JtEpisode *) episodes->pdata[i])->muted_until_usec = until_usec;
}

void
jt_notifier_note_acknowledged (JtNotifier *self, JtChange *change, guint64 job, const char *by)
{
  GPtrArray *episodes = episodes_of (self, job);

  for (guint i = 0; episodes != NULL && i < episodes->len; i++)
    {
      JtEpisode *episode = g_ptr_array_index (episodes, i);

      if (episode->acknowledged_by != NULL)
        continue;
      episode->acknowledged_by = g_strdup (by);
      jt_change_put_episode (change, episode);
    }
}

/* Decisions */

/* Who is reached by one channel alone has the rules of everybody, but that channel. */
static void
keep_only (GPtrArray *decisions, const JtRecipient *recipient)
{
  JtDecision *kept = NULL;

  for (guint i = decisions->len; i > 0; i--)
    {
      JtDecision *decision = g_ptr_array_index (decisions, i - 1);

      if (decision->channel == NULL)
        continue;
      if (kept != NULL)
        {
          g_ptr_array_remove_index (decisions, i - 1);
          continue;
        }
      kept = decision;
      g_free (kept->channel);
      kept->channel = g_strdup (recipient->only);
      if (kept->verdict != JT_VERDICT_TELL)
        continue;
      g_free (kept->reason);
      kept->reason = g_strdup_printf ("the job's setting notify names %s", recipient->text);
    }
}

/* @facts borrows from @news, and @tags. */
static void
fill_facts (JtNotifier *self, const JtRecipient *recipient, const JtNews *news, char **tags, JtNotifyFacts *facts)
{
  JtEpisode *episode = jt_notifier_find_episode (self, news->job->id, recipient->text);
  gboolean is_known = episode != NULL && episode->told_usec != 0;

  facts->event = news->event;
  facts->severity = jt_notify_event_get_severity (news->event);
  facts->job_name = news->job->name;
  facts->owner_name = news->job->owner_name;
  facts->tags = (const char *const *) tags;
  facts->at_usec = news->at_usec;
  facts->muted_until_usec = news->status->muted_until_usec;
  facts->is_repeat = is_known && news->reminder == 0 && !news->is_escalation && jt_news_is_trouble (news->event);
  facts->was_told = is_known || news->ends_told;
  facts->is_acknowledged = episode != NULL && episode->acknowledged_by != NULL;
  facts->has_address = recipient->only != NULL || (recipient->address != NULL && jt_notifier_has_channel (self, JT_CHANNEL_EMAIL));
}

GPtrArray *
jt_notifier_decide (JtNotifier *self, const JtRecipient *recipient, const JtNews *news)
{
  g_autoptr (JtZone) zone = jt_preferences_get_zone (recipient->preferences);
  g_auto (GStrv) tags = jt_settings_get_strv (news->job->settings, "tags");
  JtNotifyFacts facts = { 0 };
  GPtrArray *decisions;

  fill_facts (self, recipient, news, tags, &facts);
  decisions = jt_decide (recipient->preferences, &facts, zone);
  if (recipient->only != NULL)
    keep_only (decisions, recipient);
  return decisions;
}

GPtrArray *
jt_notifier_decide_escalation (JtNotifier *self, const JtRecipient *recipient, const JtNews *news, gint64 told_usec)
{
  g_autoptr (JtZone) zone = jt_preferences_get_zone (recipient->preferences);
  g_auto (GStrv) tags = jt_settings_get_strv (news->job->settings, "tags");
  JtNotifyFacts facts = { 0 };

  fill_facts (self, recipient, news, tags, &facts);
  return jt_decide_escalation (recipient->preferences, &facts, told_usec, zone);
}

/* Rows */

static gint64
max_age_of (JtNotifier *self, const char *channel)
{
  gint64 *age = g_hash_table_lookup (self->max_ages, channel);

  return age != NULL ? *age : MAX_AGE_USEC;
}

/* Rules may name a channel, or somebody else to be reached. */
static void
address_delivery (JtNotifier *self, JtDelivery *delivery, const JtRecipient *recipient, const char *channel)
{
  if (g_str_has_prefix (channel, JT_RECIPIENT_EMAIL))
    {
      delivery->recipient = g_strdup (channel);
      delivery->channel = g_strdup (JT_CHANNEL_EMAIL);
      delivery->address = g_strdup (channel + strlen (JT_RECIPIENT_EMAIL));
      return;
    }
  if (g_str_has_prefix (channel, JT_RECIPIENT_WEBHOOK))
    {
      delivery->recipient = g_strdup (channel);
      delivery->channel = g_strdup (channel + strlen (JT_RECIPIENT_WEBHOOK));
      return;
    }
  delivery->recipient = g_strdup (recipient->text);
  delivery->channel = g_strdup (channel);
  if (g_hash_table_contains (self->mail_channels, channel))
    delivery->address = g_strdup (recipient->address);
}

static void
take_verdict (JtDelivery *delivery, const JtDecision *decision)
{
  delivery->next_usec = delivery->created_usec;
  if (decision->verdict == JT_VERDICT_HOLD)
    {
      delivery->state = JT_DELIVERY_HELD;
      delivery->hold = g_strdup (decision->hold);
      delivery->next_usec = decision->until_usec;
      delivery->expires_usec += decision->until_usec - delivery->created_usec;
    }
  else if (decision->verdict == JT_VERDICT_SUPPRESS)
    {
      delivery->state = JT_DELIVERY_SUPPRESSED;
      delivery->reason = g_strdup (decision->reason);
    }
}

static const char *
find_fault (JtNotifier *self, const JtDelivery *delivery, const JtRecipient *recipient)
{
  if (recipient->fault != NULL)
    return recipient->fault;
  if (g_str_equal (delivery->channel, JT_CHANNEL_DESKTOP))
    return delivery->is_user ? NULL : "popups are for users of this machine";
  if (!jt_notifier_has_channel (self, delivery->channel))
    return "there is no such channel";
  if (g_hash_table_contains (self->mail_channels, delivery->channel) && delivery->address == NULL)
    return "no recipient: no e-mail address is known";
  return NULL;
}

static JtDelivery *
make_delivery (JtNotifier *self, const JtRecipient *recipient, const JtNews *news, const JtDecision *decision)
{
  JtDelivery *delivery = jt_delivery_new ();
  const char *fault;

  delivery->id = jt_notifier_take_id (self);
  delivery->event = g_strdup (jt_notify_event_to_string (news->event));
  delivery->severity = g_strdup (jt_severity_to_string (jt_notify_event_get_severity (news->event)));
  delivery->run = news->run != NULL ? news->run->id : 0;
  delivery->job = news->job->id;
  delivery->job_name = g_strdup (news->job->name);
  delivery->owner = news->job->owner;
  delivery->is_user = recipient->is_user;
  delivery->user = recipient->uid;
  delivery->user_name = g_strdup (recipient->user_name);
  address_delivery (self, delivery, recipient, decision->channel);
  delivery->created_usec = jt_clock_get_realtime (self->clock);
  delivery->expires_usec = delivery->created_usec + max_age_of (self, delivery->channel);
  delivery->rule = g_strdup (decision->reason);
  delivery->message_id = jt_news_make_message_id (news, delivery->recipient, delivery->channel, self->domain);
  delivery->thread = jt_news_make_thread (news->job, self->domain);
  take_verdict (delivery, decision);
  fault = delivery->state == JT_DELIVERY_SUPPRESSED ? NULL : find_fault (self, delivery, recipient);
  if (fault != NULL)
    {
      delivery->state = JT_DELIVERY_FAILED;
      g_clear_pointer (&delivery->hold, g_free);
      delivery->reason = g_strdup (fault);
    }
  jt_delivery_set_facts (delivery, jt_news_make_facts (news));
  return delivery;
}

/* Whom a rule of one names and the job names too is told once. */
static gboolean
is_told_already (JtChange *change, const JtDelivery *delivery)
{
  for (guint i = 0; i < change->items->len; i++)
    {
      const JtDelivery *before = g_array_index (change->items, JtChangeItem, i).delivery;

      if (before != NULL && g_str_equal (before->message_id, delivery->message_id) && g_strcmp0 (before->address, delivery->address) == 0)
        return TRUE;
    }
  return FALSE;
}

gboolean
jt_notifier_put_decisions (JtNotifier *self, JtChange *change, const JtRecipient *recipient, const JtNews *news, GPtrArray *decisions)
{
  gboolean is_told = FALSE;

  for (guint i = 0; i < decisions->len; i++)
    {
      JtDecision *decision = g_ptr_array_index (decisions, i);
      g_autoptr (JtDelivery) delivery = NULL;

      if (decision->verdict == JT_VERDICT_SILENT || decision->channel == NULL)
        continue;
      delivery = make_delivery (self, recipient, news, decision);
      is_told |= jt_delivery_state_is_open (delivery->state);
      if (!is_told_already (change, delivery))
        jt_change_put_delivery (change, delivery);
    }
  return is_told;
}

gint64
jt_notifier_get_hold (GPtrArray *decisions)
{
  gint64 until_usec = 0;

  for (guint i = 0; i < decisions->len; i++)
    {
      const JtDecision *decision = g_ptr_array_index (decisions, i);

      if (decision->verdict == JT_VERDICT_TELL)
        return 0;
      if (decision->verdict == JT_VERDICT_HOLD)
        until_usec = MAX (until_usec, decision->until_usec);
    }
  return until_usec;
}

/* What trouble a recipient knows of, after this. Of what is held nobody is reminded before it is told: @hold_usec, else 0. */
static void
update_episode (JtNotifier *self, JtChange *change, const JtRecipient *recipient, const JtNews *news, gboolean is_told, gint64 hold_usec)
{
  JtEpisode *episode = jt_notifier_find_episode (self, news->job->id, recipient->text);

  if (news->event == JT_NOTIFY_RECOVERED || news->event == JT_NOTIFY_SUCCEEDED)
    {
      jt_notifier_drop_episode (self, change, news->job->id, recipient->text);
      return;
    }
  if (!is_told || !jt_news_is_trouble (news->event) || (episode != NULL && episode->told_usec != 0))
    return;
  episode = jt_episode_new (news->job->id, recipient->text, jt_notify_event_to_string (news->event));
  episode->user = recipient->is_user ? (gint64) recipient->uid : -1;
  episode->run = news->run != NULL ? news->run->id : 0;
  episode->told_usec = jt_clock_get_realtime (self->clock);
  episode->reminded_usec = hold_usec;
  jt_notifier_put_episode (self, change, episode);
}

static gboolean
tell (JtNotifier *self, JtChange *change, const JtRecipient *recipient, const JtNews *news)
{
  g_autoptr (GPtrArray) decisions = jt_notifier_decide (self, recipient, news);
  gboolean is_told = jt_notifier_put_decisions (self, change, recipient, news, decisions);

  update_episode (self, change, recipient, news, is_told, jt_notifier_get_hold (decisions));
  return is_told;
}

/* For whom a success ends trouble, it is a recovery. */
static gboolean
tell_end (JtNotifier *self, JtChange *change, const JtRecipient *recipient, const JtNews *news)
{
  JtEpisode *episode = jt_notifier_find_episode (self, news->job->id, recipient->text);
  JtNews recovery = *news;

  if (news->event != JT_NOTIFY_SUCCEEDED || episode == NULL)
    return tell (self, change, recipient, news);
  recovery.event = JT_NOTIFY_RECOVERED;
  return tell (self, change, recipient, &recovery);
}

/* What the rule tells that holds where nobody made one; jt_decide() has the last word. */
static gboolean
is_told_by_default (JtNotifyEvent event)
{
  return jt_notify_event_is_trouble (event) || event == JT_NOTIFY_SLOW || event == JT_NOTIFY_RECOVERED;
}

/* Most of what happens is what nobody wants to hear of: that is found out without making anything. */
static gboolean
is_of_interest (JtNotifier *self, const JtNews *news)
{
  if (!self->is_enabled)
    return FALSE;
  if (is_told_by_default (news->event) || jt_settings_has (news->job->settings, "notify"))
    return TRUE;
  return episodes_of (self, news->job->id) != NULL
         || g_hash_table_contains (self->preferences, GUINT_TO_POINTER (news->job->owner));
}

gboolean
jt_notifier_note (JtNotifier *self, JtChange *change, const JtNews *news)
{
  g_autoptr (GPtrArray) recipients = NULL;
  gboolean is_told = FALSE;

  if (!is_of_interest (self, news))
    return FALSE;
  jt_notifier_save_users (self, change);
  recipients = jt_notifier_list_recipients (self, news->job);
  if (news->event == JT_NOTIFY_SUCCEEDED)
    jt_notifier_add_escalated (self, recipients, news->job);
  for (guint i = 0; i < recipients->len; i++)
    is_told |= tell_end (self, change, g_ptr_array_index (recipients, i), news);
  return is_told;
}

gboolean
jt_notifier_note_run (JtNotifier *self, JtChange *change, const JtJob *job, const JtJobStatus *status, const JtRun *run, gboolean is_begin)
{
  JtNews news = { .job = job, .status = status, .run = run, .at_usec = jt_clock_get_realtime (self->clock) };

  return jt_news_event_of_run (run, is_begin, &news.event) && jt_notifier_note (self, change, &news);
}

/* Of those that were told it is late, and of nothing else. */
gboolean
jt_notifier_note_heard (JtNotifier *self, JtChange *change, const JtJob *job, const JtJobStatus *status)
{
  JtNews news = { .job = job, .status = status, .event = JT_NOTIFY_RECOVERED, .at_usec = jt_clock_get_realtime (self->clock) };
  g_autoptr (GPtrArray) recipients = NULL;
  gboolean is_told = FALSE;

  if (!self->is_enabled || episodes_of (self, job->id) == NULL)
    return FALSE;
  recipients = jt_notifier_list_recipients (self, job);
  jt_notifier_add_escalated (self, recipients, job);
  for (guint i = 0; i < recipients->len; i++)
    {
      JtRecipient *recipient = g_ptr_array_index (recipients, i);
      JtEpisode *episode = jt_notifier_find_episode (self, job->id, recipient->text);

      if (episode != NULL && g_str_equal (episode->event, jt_notify_event_to_string (JT_NOTIFY_LATE)))
        {
          news.expected_usec = episode->told_usec;
          is_told |= tell (self, change, recipient, &news);
        }
    }
  return is_told;
}

JtDelivery *
jt_notifier_make_test (JtNotifier *self, guint32 uid, const char *user_name, const char *channel, const char *address)
{
  JtDelivery *delivery = jt_delivery_new ();

  delivery->id = jt_notifier_take_id (self);
  delivery->event = g_strdup (jt_notify_event_to_string (JT_NOTIFY_TEST));
  delivery->severity = g_strdup (jt_severity_to_string (JT_SEVERITY_INFO));
  delivery->owner = uid;
  delivery->is_user = TRUE;
  delivery->user = uid;
  delivery->user_name = g_strdup (user_name);
  delivery->recipient = g_strconcat (JT_RECIPIENT_USER, user_name, NULL);
  delivery->channel = g_strdup (channel);
  delivery->address = g_strdup (address);
  delivery->created_usec = jt_clock_get_realtime (self->clock);
  delivery->next_usec = delivery->created_usec;
  delivery->expires_usec = delivery->created_usec + max_age_of (self, channel);
  delivery->rule = g_strdup ("a test that was asked for");
  delivery->message_id = g_strdup_printf ("<test%" G_GUINT64_FORMAT ".%" G_GINT64_FORMAT "@%s>", delivery->id, delivery->created_usec, self->domain);
  return delivery;
}

/* The object */

guint64
jt_notifier_take_id (JtNotifier *self)
{
  return ++self->last_id;
}

gboolean
jt_notifier_has_channel (JtNotifier *self, const char *channel)
{
  return g_str_equal (channel, JT_CHANNEL_DESKTOP) || g_hash_table_contains (self->max_ages, channel);
}

void
jt_notifier_set_channels (JtNotifier *self, GHashTable *max_ages, GHashTable *mail_channels)
{
  g_hash_table_unref (self->max_ages);
  self->max_ages = max_ages;
  g_hash_table_unref (self->mail_channels);
  self->mail_channels = mail_channels;
}

void
jt_notifier_set_domain (JtNotifier *self, const char *domain)
{
  g_free (self->domain);
  self->domain = g_strdup (domain);
}

void
jt_notifier_set_enabled (JtNotifier *self, gboolean enabled)
{
  self->is_enabled = enabled;
}

void
jt_notifier_load (JtNotifier *self, JtStoreContents *contents)
{
  self->last_id = MAX (self->last_id, contents->last_delivery_id);
  jt_notifier_load_users (self, contents->meta);
  load_preferences (self, contents->preferences);
  g_hash_table_remove_all (self->episodes);
  for (guint i = 0; i < contents->episodes->len; i++)
    jt_notifier_keep_episode (self, jt_episode_copy (g_ptr_array_index (contents->episodes, i)));
}

static void
jt_notifier_finalize (GObject *object)
{
  JtNotifier *self = JT_NOTIFIER (object);

  g_clear_object (&self->clock);
  g_clear_object (&self->accounts);
  g_free (self->domain);
  g_hash_table_unref (self->max_ages);
  g_hash_table_unref (self->mail_channels);
  g_hash_table_unref (self->preferences);
  g_hash_table_unref (self->episodes);
  g_hash_table_unref (self->users);
  g_hash_table_unref (self->remembered);
  g_hash_table_unref (self->unsaved);
  g_queue_clear (&self->to_ask);
  g_hash_table_unref (self->asked);
  jt_preferences_unref (self->defaults);
  G_OBJECT_CLASS (jt_notifier_parent_class)->finalize (object);
}

static void
jt_notifier_class_init (JtNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = jt_notifier_finalize;
}

static void
jt_notifier_init (JtNotifier *self)
{
  self->is_enabled = TRUE;
  self->domain = g_strdup ("localhost");
  self->max_ages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->mail_channels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->preferences = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) jt_preferences_unref);
  self->episodes = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->users = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->remembered = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->unsaved = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->defaults = jt_preferences_ref (jt_preferences_get_default ());
}

JtNotifier *
jt_notifier_new (JtClock *clock, JtAccounts *accounts)
{
  JtNotifier *self = g_object_new (JT_TYPE_NOTIFIER, NULL);

  self->clock = g_object_ref (clock);
  self->accounts = accounts != NULL ? g_object_ref (accounts) : NULL;
  return self;
}
