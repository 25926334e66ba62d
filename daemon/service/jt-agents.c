/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-agents.h"

#include "jt-error.h"
#include "jt-names.h"

struct _JtAgents
{
  GDBusConnection *connection; /* (owned) */
  JtOutbox        *outbox;     /* (owned) */
  GHashTable      *uids;       /* (element-type utf8 uid) (owned) by unique name */
  gulong           popup_id;
};

static void
on_popup (JtOutbox *outbox, guint uid, guint64 id, GVariant *notification, gpointer user_data)
{
  JtAgents *self = user_data;
  GHashTableIter iter;
  gpointer sender;
  gpointer owner;

  g_hash_table_iter_init (&iter, self->uids);
  while (g_hash_table_iter_next (&iter, &sender, &owner))
    if (GPOINTER_TO_UINT (owner) == uid)
      g_dbus_connection_emit_signal (self->connection, sender, JT_ROOT_PATH, JT_NOTIFICATIONS_INTERFACE, "Notify",
                                     g_variant_new ("(t@a{sv})", id, notification), NULL);
}

static guint
count_of (JtAgents *self, guint32 uid)
{
  GHashTableIter iter;
  gpointer owner;
  guint count = 0;

  g_hash_table_iter_init (&iter, self->uids);
  while (g_hash_table_iter_next (&iter, NULL, &owner))
    count += GPOINTER_TO_UINT (owner) == uid;
  return count;
}

gboolean
jt_agents_add (JtAgents *self, const char *sender, guint32 uid, const char *user_name, GError **error)
{
  if (jt_agents_has (self, sender))
    return TRUE;
  if (g_hash_table_size (self->uids) >= JT_AGENTS_MAX || count_of (self, uid) >= JT_AGENTS_MAX_PER_USER)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_QUOTA_EXCEEDED, "%d agents of one user are enough", JT_AGENTS_MAX_PER_USER);
      return FALSE;
    }
  g_hash_table_insert (self->uids, g_strdup (sender), GUINT_TO_POINTER (uid));
  jt_outbox_add_agent (self->outbox, uid, user_name);
  return TRUE;
}

void
jt_agents_remove (JtAgents *self, const char *sender)
{
  gpointer uid;

  if (!g_hash_table_lookup_extended (self->uids, sender, NULL, &uid))
    return;
  g_hash_table_remove (self->uids, sender);
  jt_outbox_remove_agent (self->outbox, GPOINTER_TO_UINT (uid));
}

gboolean
jt_agents_has (JtAgents *self, const char *sender)
{
  return g_hash_table_contains (self->uids, sender);
}

JtAgents *
jt_agents_new (GDBusConnection *connection, JtOutbox *outbox)
{
  JtAgents *self = g_new0 (JtAgents, 1);

  self->connection = g_object_ref (connection);
  self->outbox = g_object_ref (outbox);
  self->uids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->popup_id = g_signal_connect (outbox, "popup", G_CALLBACK (on_popup), self);
  return self;
}

void
jt_agents_free (JtAgents *self)
{
  GHashTableIter iter;
  gpointer uid;

  if (self == NULL)
    return;
  g_signal_handler_disconnect (self->outbox, self->popup_id);
  g_hash_table_iter_init (&iter, self->uids);
  while (g_hash_table_iter_next (&iter, NULL, &uid))
    jt_outbox_remove_agent (self->outbox, GPOINTER_TO_UINT (uid));
  g_hash_table_unref (self->uids);
  g_object_unref (self->outbox);
  g_object_unref (self->connection);
  g_free (self);
}
