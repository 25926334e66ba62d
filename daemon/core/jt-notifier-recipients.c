/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-notifier-private.h"

#include <string.h>

#include "jt-error.h"
#include "jt-notify-channel.h"
#include "jt-recipient.h"

/* Whom a job is told to: its owner, and whom it names. */

static void ask (JtNotifier *self, const char *name);

/* In the record's meta table, before the name. */
#define META_USER "notify-user/"

typedef struct
{
  JtNotifier *self; /* (owned) */
  char       *name;
} Lookup;

void
jt_recipient_free (JtRecipient *recipient)
{
  g_free (recipient->text);
  g_free (recipient->user_name);
  g_free (recipient->address);
  g_free (recipient->fault);
  jt_preferences_unref (recipient->preferences);
  g_free (recipient);
}

static void
take_user (JtNotifier *self, JtRecipient *recipient, guint32 uid)
{
  const char *address;

  recipient->is_user = TRUE;
  recipient->uid = uid;
  recipient->preferences = jt_preferences_ref (jt_notifier_get_preferences (self, uid));
  address = jt_preferences_get_email (recipient->preferences);
  recipient->address = address == NULL || *address == '\0' ? NULL : g_strdup (address);
}

static JtRecipient *
recipient_new_for_owner (JtNotifier *self, const JtJob *job)
{
  JtRecipient *recipient = g_new0 (JtRecipient, 1);

  recipient->user_name = job->owner_name != NULL && *job->owner_name != '\0' ? g_strdup (job->owner_name) : g_strdup_printf ("%u", job->owner);
  recipient->text = g_strconcat (JT_RECIPIENT_USER, recipient->user_name, NULL);
  take_user (self, recipient, job->owner);
  return recipient;
}

static JtRecipient *
recipient_new_for_user (JtNotifier *self, const char *name)
{
  JtRecipient *recipient = g_new0 (JtRecipient, 1);
  guint64 *uid = g_hash_table_lookup (self->users, name);

  if (uid == NULL)
    uid = g_hash_table_lookup (self->remembered, name);
  recipient->user_name = g_strdup (name);
  recipient->text = g_strconcat (JT_RECIPIENT_USER, name, NULL);
  if (uid != NULL && *uid != JT_NO_SUCH_USER)
    take_user (self, recipient, (guint32) *uid);
  else
    {
      /* They may be there by the next time. */
      ask (self, name);
      recipient->preferences = jt_preferences_ref (self->defaults);
      recipient->fault = g_strdup_printf (uid != NULL ? "there is no user '%s'" : "who '%s' is could not be found out yet", name);
    }
  return recipient;
}

JtRecipient *
jt_notifier_make_recipient (JtNotifier *self, const char *text)
{
  JtRecipient *recipient;

  if (g_str_has_prefix (text, JT_RECIPIENT_USER))
    return recipient_new_for_user (self, text + strlen (JT_RECIPIENT_USER));
  recipient = g_new0 (JtRecipient, 1);
  recipient->text = g_strdup (text);
  recipient->preferences = jt_preferences_ref (self->defaults);
  if (g_str_has_prefix (text, JT_RECIPIENT_EMAIL))
    {
      recipient->only = JT_CHANNEL_EMAIL;
      recipient->address = g_strdup (text + strlen (JT_RECIPIENT_EMAIL));
    }
  else
    recipient->only = g_intern_string (text + strlen (JT_RECIPIENT_WEBHOOK));
  return recipient;
}

static gboolean
is_there (GPtrArray *recipients, const char *text)
{
  for (guint i = 0; i < recipients->len; i++)
    if (g_str_equal (((JtRecipient *) recipients->pdata[i])->text, text))
      return TRUE;
  return FALSE;
}

GPtrArray *
jt_notifier_list_recipients (JtNotifier *self, const JtJob *job)
{
  g_autoptr (GPtrArray) recipients = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_recipient_free);
  g_auto (GStrv) named = jt_settings_get_strv (job->settings, "notify");

  if (named != NULL && g_strv_contains ((const char *const *) named, JT_RECIPIENT_NONE))
    return g_steal_pointer (&recipients);
  g_ptr_array_add (recipients, recipient_new_for_owner (self, job));
  for (guint i = 0; named != NULL && named[i] != NULL; i++)
    if (!is_there (recipients, named[i]))
      g_ptr_array_add (recipients, jt_notifier_make_recipient (self, named[i]));
  return g_steal_pointer (&recipients);
}

void
jt_notifier_add_escalated (JtNotifier *self, GPtrArray *recipients, const JtJob *job)
{
  GPtrArray *episodes = g_hash_table_lookup (self->episodes, &job->id);

  for (guint i = 0; episodes != NULL && i < episodes->len; i++)
    {
      const JtEpisode *episode = g_ptr_array_index (episodes, i);

      if (jt_episode_is_by_escalation (episode) && !is_there (recipients, episode->recipient))
        g_ptr_array_add (recipients, jt_notifier_make_recipient (self, episode->recipient));
    }
}

/* Users that jobs name */

static gboolean
is_no_user (gpointer name, gpointer uid, gpointer user_data)
{
  return *(guint64 *) uid == JT_NO_SUCH_USER;
}

/* There are as many accounts as there are; names that nobody has can be made up without end. */
static void
make_room (JtNotifier *self)
{
  if (g_hash_table_size (self->users) >= JT_NOTIFIER_MAX_NAMES)
    g_hash_table_foreach_remove (self->users, is_no_user, NULL);
}

static void
take_uid (JtNotifier *self, const char *name, guint64 uid)
{
  const guint64 *before = g_hash_table_lookup (self->remembered, name);

  if (uid != JT_NO_SUCH_USER && (before == NULL || *before != uid))
    g_hash_table_add (self->unsaved, g_strdup (name));
  make_room (self);
  g_hash_table_replace (self->users, g_strdup (name), g_memdup2 (&uid, sizeof uid));
}

static void ask_next (JtNotifier *self);

/* Where nobody could say, what was known is still what is known. */
static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lookup *lookup = user_data;
  g_autoptr (JtNotifier) self = lookup->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (JtAccount) account = jt_accounts_lookup_finish (JT_ACCOUNTS (source), result, &error);

  if (account != NULL)
    take_uid (self, lookup->name, account->uid);
  else if (g_error_matches (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT))
    take_uid (self, lookup->name, JT_NO_SUCH_USER);
  g_hash_table_remove (self->asked, lookup->name);
  g_free (lookup->name);
  g_free (lookup);
  ask_next (self);
}

static void
ask_next (JtNotifier *self)
{
  Lookup *lookup;

  /* (what is asked and does not wait for its turn is under way) */
  if (g_queue_is_empty (&self->to_ask) || g_hash_table_size (self->asked) - self->to_ask.length >= JT_NOTIFIER_MAX_LOOKUPS)
    return;
  lookup = g_new0 (Lookup, 1);
  lookup->self = g_object_ref (self);
  lookup->name = g_strdup (g_queue_pop_head (&self->to_ask));
  jt_accounts_lookup_async (self->accounts, lookup->name, 0, NULL, on_looked_up, lookup);
}

static void
ask (JtNotifier *self, const char *name)
{
  char *own;

  /* (whoever is left out is asked about when something is to be told to them) */
  if (self->accounts == NULL || g_hash_table_contains (self->asked, name) || g_hash_table_size (self->asked) >= JT_NOTIFIER_MAX_NAMES)
    return;
  own = g_strdup (name);
  g_hash_table_add (self->asked, own);
  g_queue_push_tail (&self->to_ask, own);
  ask_next (self);
}

void
jt_notifier_expect_user (JtNotifier *self, const char *recipient)
{
  const char *name = recipient + strlen (JT_RECIPIENT_USER);
  const guint64 *uid;

  if (!g_str_has_prefix (recipient, JT_RECIPIENT_USER))
    return;
  uid = g_hash_table_lookup (self->users, name);
  if (uid == NULL || *uid == JT_NO_SUCH_USER)
    ask (self, name);
}

void
jt_notifier_learn_user (JtNotifier *self, const char *name, guint32 uid)
{
  const guint64 *known = g_hash_table_lookup (self->users, name);

  if (known == NULL)
    known = g_hash_table_lookup (self->remembered, name);
  if (known != NULL && *known != uid)
    take_uid (self, name, uid);
}

void
jt_notifier_save_users (JtNotifier *self, JtChange *change)
{
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, self->unsaved);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    {
      const guint64 *uid = g_hash_table_lookup (self->users, name);
      g_autofree char *key = g_strconcat (META_USER, name, NULL);
      g_autofree char *text = uid != NULL ? g_strdup_printf ("%" G_GUINT64_FORMAT, *uid) : NULL;

      if (uid != NULL && *uid != JT_NO_SUCH_USER)
        jt_change_set_meta (change, key, text);
    }
  g_hash_table_remove_all (self->unsaved);
}

void
jt_notifier_load_users (JtNotifier *self, GHashTable *meta)
{
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_remove_all (self->remembered);
  g_hash_table_iter_init (&iter, meta);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      guint64 uid;

      if (g_str_has_prefix (key, META_USER) && g_ascii_string_to_unsigned (value, 10, 0, G_MAXUINT32, &uid, NULL))
        g_hash_table_replace (self->remembered, g_strdup ((const char *) key + strlen (META_USER)), g_memdup2 (&uid, sizeof uid));
    }
  /* After the storage was away: what was to be written may not have been. */
  g_hash_table_iter_init (&iter, self->users);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const guint64 *before = g_hash_table_lookup (self->remembered, key);

      if (*(guint64 *) value != JT_NO_SUCH_USER && (before == NULL || *before != *(guint64 *) value))
        g_hash_table_add (self->unsaved, g_strdup (key));
    }
}

void
jt_notifier_expect_job (JtNotifier *self, const JtJob *job)
{
  g_auto (GStrv) named = jt_settings_has (job->settings, "notify") ? jt_settings_get_strv (job->settings, "notify") : NULL;

  for (guint i = 0; named != NULL && named[i] != NULL; i++)
    jt_notifier_expect_user (self, named[i]);
}
