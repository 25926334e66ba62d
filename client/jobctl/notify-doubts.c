/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "notify-doubts.h"

#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "jt-nearest.h"
#include "jt-notify-channel.h"
#include "jt-recipient.h"
#include "notify-preferences.h"
#include "notify.h"

G_GNUC_PRINTF (2, 3) static void
warn (Context *context, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *shown = NULL;
  va_list arguments;

  if (context->is_quiet)
    return;
  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  shown = text_escape (text);
  fprintf (stderr, _("jobctl: warning: %s\n"), shown);
}

/* The names of those there are. (transfer full) (nullable) */
static char **
list_channels (Context *context)
{
  g_autoptr (GPtrArray) rows = notify_list (context, "ListChannels", NULL, NULL);
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    g_ptr_array_add (names, g_strdup (row_string (g_ptr_array_index (rows, i), "name")));
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

/* Through which channel @entry goes; NULL: it is a user. */
static const char *
channel_of (const char *entry)
{
  if (g_str_has_prefix (entry, JT_RECIPIENT_USER))
    return NULL;
  if (g_str_has_prefix (entry, JT_RECIPIENT_EMAIL))
    return JT_CHANNEL_EMAIL;
  return g_str_has_prefix (entry, JT_RECIPIENT_WEBHOOK) ? entry + strlen (JT_RECIPIENT_WEBHOOK) : entry;
}

static void
doubt_entry (Context *context, const char *key, const char *entry, const char *const *channels)
{
  const char *channel = channel_of (entry);
  const char *near = channel != NULL ? jt_nearest (channel, channels) : NULL;
  guint32 uid;

  if (channel == NULL && !notify_find_user (entry + strlen (JT_RECIPIENT_USER), &uid, NULL))
    /* Translators: the first is a preference such as "escalate-to", the second user:NAME */
    warn (context, _("%s: '%s': there is no such user now, so nobody is told"), key, entry);
  else if (channel == NULL || g_strv_contains (channels, channel))
    return;
  else if (near != NULL)
    warn (context, _("%s: there is no channel '%s' now, so nobody is told by it; did you mean '%s'?"), key, channel, near);
  else
    warn (context, _("%s: there is no channel '%s' now, so nobody is told by it; jobctl notify channels lists them"), key, channel);
}

static void
doubt_list (Context *context, const char *key, GVariant *values, const char *const *channels)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (values, key, G_VARIANT_TYPE_STRING_ARRAY);
  GVariantIter iter;
  const char *entry;

  if (list == NULL)
    return;
  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "&s", &entry))
    doubt_entry (context, key, entry, channels);
}

static void
doubt_channels (Context *context, GVariant *changes)
{
  g_autoptr (GVariant) rules = g_variant_lookup_value (changes, "rules", G_VARIANT_TYPE ("aa{sv}"));
  g_auto (GStrv) channels = list_channels (context);

  /* Without an answer there is nothing to say; there is always the one for popups. */
  if (channels[0] == NULL)
    return;
  doubt_list (context, "default-channels", changes, (const char *const *) channels);
  doubt_list (context, "escalate-to", changes, (const char *const *) channels);
  for (gsize i = 0; rules != NULL && i < g_variant_n_children (rules); i++)
    {
      g_autoptr (GVariant) rule = g_variant_get_child_value (rules, i);

      doubt_list (context, "channels", rule, (const char *const *) channels);
    }
}

static void
doubt_escalation (Context *context, GVariant *preferences)
{
  g_autoptr (GVariant) others = g_variant_lookup_value (preferences, "escalate-to", G_VARIANT_TYPE_STRING_ARRAY);
  gboolean has_others = others != NULL && g_variant_n_children (others) > 0;
  guint64 after_usec = 0;

  g_variant_lookup (preferences, "escalate-after", "t", &after_usec);
  if (after_usec > 0 && !has_others)
    warn (context, _("escalate-after does nothing while escalate-to names nobody"));
  else if (after_usec == 0 && has_others)
    warn (context, _("escalate-to does nothing while escalate-after is 0"));
}

static gboolean
names (GVariant *changes, const char *key)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (changes, key, NULL);

  return value != NULL;
}

void
notify_doubt (Context *context, guint32 uid, GVariant *changes)
{
  g_autoptr (GVariant) preferences = NULL;

  if (names (changes, "default-channels") || names (changes, "escalate-to") || names (changes, "rules"))
    doubt_channels (context, changes);
  if (names (changes, "escalate-to") || names (changes, "escalate-after"))
    preferences = notify_preferences_get (context, uid, NULL);
  if (preferences != NULL)
    doubt_escalation (context, preferences);
}
