/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-peers.h"

#include "jt-error.h"

#define MAX_KNOWN 4096
#define MAX_ASKED 2048
#define MAX_WAITING 256 /* calls of one sender while it is being asked for */

#define BUS "org.freedesktop.DBus"
#define BUS_PATH "/org/freedesktop/DBus"
#define GONE_RULE "type='signal',sender='" BUS "',interface='" BUS "',member='NameOwnerChanged',arg2=''"

/* One sender that the bus or the accounts are being asked for. */
typedef struct
{
  JtPeers   *peers; /* (owned) */
  char      *sender;
  guint32    uid;
  gboolean   has_left;
  GPtrArray *waiting; /* (element-type GTask) (owned) */
} Question;

struct _JtPeers
{
  GObject          parent;
  GDBusConnection *connection; /* (owned) */
  JtAccounts      *accounts;   /* (owned) */
  GCancellable    *cancellable;
  GHashTable      *known;     /* char * → JtPeer */
  GQueue           order;     /* (element-type char) keys of known, oldest first (owned) */
  GHashTable      *questions; /* char * (of the Question) → Question (unowned) */
  guint            n_identifying; /* that have not been told yet, though some may be known by now */
  guint            gone_id;
  JtPeerGoneFunc   gone_cb;
  gpointer         gone_data;
  JtPeerResolver   resolver;
  gpointer         resolver_data;
};

G_DEFINE_FINAL_TYPE (JtPeers, jt_peers, G_TYPE_OBJECT)

static JtPeer *
peer_new (guint32 uid, guint32 gid, const char *name)
{
  JtPeer *peer = g_new0 (JtPeer, 1);

  peer->uid = uid;
  peer->gid = gid;
  peer->name = name != NULL ? g_strdup (name) : g_strdup_printf ("%u", uid);
  return peer;
}

static JtPeer *
peer_copy (const JtPeer *peer)
{
  return peer_new (peer->uid, peer->gid, peer->name);
}

void
jt_peer_free (JtPeer *peer)
{
  if (peer == NULL)
    return;
  g_free (peer->name);
  g_free (peer);
}

static void
question_free (Question *question)
{
  g_clear_pointer (&question->waiting, g_ptr_array_unref);
  g_clear_object (&question->peers);
  g_free (question->sender);
  g_free (question);
}

static void
remember (JtPeers *self, const char *sender, const JtPeer *peer)
{
  if (g_hash_table_contains (self->known, sender))
    return;
  while (g_hash_table_size (self->known) >= MAX_KNOWN)
    {
      g_autofree char *oldest = g_queue_pop_head (&self->order);

      g_hash_table_remove (self->known, oldest);
    }
  g_hash_table_insert (self->known, g_strdup (sender), peer_copy (peer));
  g_queue_push_tail (&self->order, g_strdup (sender));
}

static void
forget (JtPeers *self, const char *sender)
{
  GList *link = g_queue_find_custom (&self->order, sender, (GCompareFunc) g_strcmp0);

  if (!g_hash_table_remove (self->known, sender) || link == NULL)
    return;
  g_free (link->data);
  g_queue_delete_link (&self->order, link);
}

/* Answers all that wait for @question, which ends with it. Either @peer or @error. */
static void
answer (Question *question, const JtPeer *peer, const GError *error)
{
  JtPeers *self = question->peers;

  g_hash_table_remove (self->questions, question->sender);
  if (peer != NULL && !question->has_left)
    remember (self, question->sender, peer);
  for (guint i = 0; i < question->waiting->len; i++)
    {
      GTask *task = g_ptr_array_index (question->waiting, i);

      if (peer != NULL)
        g_task_return_pointer (task, peer_copy (peer), (GDestroyNotify) jt_peer_free);
      else
        g_task_return_error (task, g_error_copy (error));
    }
  question_free (question);
}

static void
on_account (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;
  g_autoptr (JtAccount) account = jt_accounts_lookup_finish (JT_ACCOUNTS (source), result, NULL);
  g_autoptr (JtPeer) peer = NULL;

  /* A uid without an account (a container's, say) is a caller like any other. */
  peer = peer_new (question->uid, account != NULL ? account->gid : G_MAXUINT32, account != NULL ? account->name : NULL);
  answer (question, peer, NULL);
}

static void
on_uid (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    {
      g_autoptr (GError) refusal = g_error_new_literal (JT_ERROR, JT_ERROR_NOT_AUTHORIZED, "could not tell who is calling");

      answer (question, NULL, refusal);
      return;
    }
  g_variant_get (reply, "(u)", &question->uid);
  jt_accounts_lookup_async (question->peers->accounts, NULL, question->uid, question->peers->cancellable, on_account,
                            question);
}

static void
ask (JtPeers *self, const char *sender, GTask *task)
{
  Question *question = g_new0 (Question, 1);

  question->peers = g_object_ref (self);
  question->sender = g_strdup (sender);
  question->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (question->waiting, g_object_ref (task));
  g_hash_table_insert (self->questions, question->sender, question);
  g_dbus_connection_call (self->connection, BUS, BUS_PATH, BUS, "GetConnectionUnixUser", g_variant_new ("(s)", sender),
                          G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, 10000, self->cancellable, on_uid, question);
}

static gboolean
answer_from_resolver (JtPeers *self, const char *sender, GTask *task)
{
  g_autofree char *name = NULL;
  guint32 uid = 0;

  if (self->resolver == NULL)
    return FALSE;
  if (self->resolver (sender, &uid, &name, self->resolver_data))
    g_task_return_pointer (task, peer_new (uid, uid, name), (GDestroyNotify) jt_peer_free);
  else
    g_task_return_new_error (task, JT_ERROR, JT_ERROR_NOT_AUTHORIZED, "could not tell who is calling");
  return TRUE;
}

JtPeer *
jt_peers_find (JtPeers *self, const char *sender)
{
  const JtPeer *peer = self->n_identifying == 0 ? g_hash_table_lookup (self->known, sender) : NULL;

  return peer != NULL ? peer_copy (peer) : NULL;
}

void
jt_peers_identify_async (JtPeers *self, const char *sender, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, c, cb, data);
  const JtPeer *peer = g_hash_table_lookup (self->known, sender);
  Question *question = g_hash_table_lookup (self->questions, sender);

  g_task_set_source_tag (task, jt_peers_identify_async);
  self->n_identifying++;
  if (peer != NULL)
    g_task_return_pointer (task, peer_copy (peer), (GDestroyNotify) jt_peer_free);
  else if (answer_from_resolver (self, sender, task))
    return;
  else if (question != NULL && question->waiting->len < MAX_WAITING)
    g_ptr_array_add (question->waiting, g_object_ref (task));
  else if (question != NULL || g_hash_table_size (self->questions) >= MAX_ASKED)
    g_task_return_new_error (task, JT_ERROR, JT_ERROR_OVERLOADED, "too many callers at once; try again");
  else
    ask (self, sender, task);
}

JtPeer *
jt_peers_identify_finish (JtPeers *self, GAsyncResult *result, GError **error)
{
  self->n_identifying--;
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_name_gone (GDBusConnection *connection, const char *bus, const char *path, const char *interface, const char *member,
              GVariant *parameters, gpointer user_data)
{
  JtPeers *self = user_data;
  const char *name = NULL, *new_owner = NULL;
  Question *question;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sss)")))
    return;
  g_variant_get (parameters, "(&s&s&s)", &name, NULL, &new_owner);
  if (*name != ':' || *new_owner != '\0')
    return;
  question = g_hash_table_lookup (self->questions, name);
  if (question != NULL)
    question->has_left = TRUE;
  forget (self, name);
  if (self->gone_cb != NULL)
    self->gone_cb (name, self->gone_data);
}

JtPeers *
jt_peers_new (GDBusConnection *connection, JtAccounts *accounts, JtPeerGoneFunc gone_cb, gpointer user_data)
{
  JtPeers *self = g_object_new (JT_TYPE_PEERS, NULL);

  self->connection = g_object_ref (connection);
  self->accounts = g_object_ref (accounts);
  self->gone_cb = gone_cb;
  self->gone_data = user_data;
  /* GDBus cannot write arg2 into a rule of its own, and without it each arrival on the bus would wake the service. */
  self->gone_id = g_dbus_connection_signal_subscribe (connection, BUS, BUS, "NameOwnerChanged", BUS_PATH, NULL,
                                                      G_DBUS_SIGNAL_FLAGS_NO_MATCH_RULE, on_name_gone, self, NULL);
  g_dbus_connection_call (connection, BUS, BUS_PATH, BUS, "AddMatch", g_variant_new ("(s)", GONE_RULE), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  return self;
}

void
jt_peers_close (JtPeers *self)
{
  self->gone_cb = NULL;
  g_cancellable_cancel (self->cancellable);
  if (self->gone_id == 0)
    return;
  g_dbus_connection_signal_unsubscribe (self->connection, self->gone_id);
  self->gone_id = 0;
  if (!g_dbus_connection_is_closed (self->connection))
    g_dbus_connection_call (self->connection, BUS, BUS_PATH, BUS, "RemoveMatch", g_variant_new ("(s)", GONE_RULE), NULL,
                            G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
}

void
jt_peers_set_resolver (JtPeers *self, JtPeerResolver resolver, gpointer user_data)
{
  self->resolver = resolver;
  self->resolver_data = user_data;
}

guint
jt_peers_count (JtPeers *self)
{
  return g_hash_table_size (self->known);
}

static void
jt_peers_dispose (GObject *object)
{
  JtPeers *self = JT_PEERS (object);

  if (self->connection != NULL)
    jt_peers_close (self);
  g_clear_object (&self->connection);
  g_clear_object (&self->accounts);
  G_OBJECT_CLASS (jt_peers_parent_class)->dispose (object);
}

static void
jt_peers_finalize (GObject *object)
{
  JtPeers *self = JT_PEERS (object);

  g_hash_table_unref (self->known);
  g_hash_table_unref (self->questions);
  g_queue_clear_full (&self->order, g_free);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (jt_peers_parent_class)->finalize (object);
}

static void
jt_peers_class_init (JtPeersClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = jt_peers_dispose;
  G_OBJECT_CLASS (klass)->finalize = jt_peers_finalize;
}

static void
jt_peers_init (JtPeers *self)
{
  self->cancellable = g_cancellable_new ();
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) jt_peer_free);
  self->questions = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&self->order);
}
