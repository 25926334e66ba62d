/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-accounts.h"

/* Who calls: turns a sender's unique name into uid, gid and user name, asking the bus and then the accounts, and
 * remembers it until the name leaves the bus (one match rule for all). Who nobody can name is refused, never taken
 * for uid 0. Everything kept is bounded. Main loop only. */

typedef struct
{
  guint32 uid;
  guint32 gid;      /* G_MAXUINT32: not known */
  char   *name;     /* of the user; the uid in digits when no account has it */
} JtPeer;

#define JT_TYPE_PEERS (jt_peers_get_type ())
G_DECLARE_FINAL_TYPE (JtPeers, jt_peers, JT, PEERS, GObject)

/* For tests, which run as one uid: says who @sender is in place of the bus. FALSE: not known. */
typedef gboolean (*JtPeerResolver) (const char *sender, guint32 *uid, char **name, gpointer user_data);
/* A unique name has left the bus. */
typedef void (*JtPeerGoneFunc) (const char *sender, gpointer user_data);

JtPeers *jt_peers_new (GDBusConnection *connection, JtAccounts *accounts, JtPeerGoneFunc gone_cb, gpointer user_data);
/* No more callbacks; what is being asked ends in an error. */
void     jt_peers_close (JtPeers *self);
void     jt_peers_set_resolver (JtPeers *self, JtPeerResolver resolver, gpointer user_data);
/* (transfer full) (nullable) @sender, when it is known and no earlier call still waits to be told by whom it is: calls of one sender keep
 * their order. */
JtPeer  *jt_peers_find (JtPeers *self, const char *sender);
void     jt_peers_identify_async (JtPeers *self, const char *sender, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
/* (transfer full) JT_ERROR_NOT_AUTHORIZED when the bus cannot say, JT_ERROR_OVERLOADED when too many are being asked for. */
JtPeer  *jt_peers_identify_finish (JtPeers *self, GAsyncResult *result, GError **error);
void     jt_peer_free (JtPeer *peer);
guint    jt_peers_count (JtPeers *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtPeer, jt_peer_free)
