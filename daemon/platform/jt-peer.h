/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-bus-link.h"

/* A service on a bus that may not be there, be started for us, go and come back (logind, UPower, NetworkManager, systemd). Nobody
 * is asked before jt_peer_use(). Signals are taken from the owner of the name only: anybody on the bus may send us some. Main loop
 * only.
 *
 * Signals:
 *   "changed"   it has come, gone, or is known not to be there */

#define JT_TYPE_PEER (jt_peer_get_type ())
G_DECLARE_FINAL_TYPE (JtPeer, jt_peer, JT, PEER, GObject)

typedef enum
{
  JT_PRESENCE_UNKNOWN, /* it is being asked for */
  JT_PRESENCE_ABSENT,
  JT_PRESENCE_PRESENT,
} JtPresence;

typedef void (*JtPeerSignalFunc) (const char *path, GVariant *parameters, gpointer user_data);

/* @title: as people call it ("logind") */
JtPeer *jt_peer_new (JtBusLink *link, const char *name, const char *title);
/* From now on it is known whether it is there. Where the bus can start it, it does. */
void       jt_peer_use (JtPeer *self);
JtPresence jt_peer_get_presence (JtPeer *self);
/* Of one that is absent: "UPower is not on this machine's bus". (transfer full) */
char *jt_peer_describe_absence (JtPeer *self);
/* A call of at most a few seconds, after which @callback has to call jt_peer_call_finish(); only while it is present. */
void      jt_peer_call (JtPeer *self, const char *path, const char *interface, const char *method, GVariant *arguments, const char *reply_type,
                        GCancellable *c, GAsyncReadyCallback callback, gpointer user_data);
GVariant *jt_peer_call_finish (GObject *source, GAsyncResult *result, GError **error);
/* @path and @first (its first argument): any when NULL. Until the peer goes. One match rule each. */
void jt_peer_listen (JtPeer *self, const char *path, const char *interface, const char *member, const char *first, JtPeerSignalFunc func,
                     gpointer user_data);
/* Nobody is listened to from now on. Whoever made it and listens says so when it goes: calls on their way keep a peer. */
void jt_peer_close (JtPeer *self);
/* For calls that this does not make. NULL: not connected. */
GDBusConnection *jt_peer_get_connection (JtPeer *self);
const char      *jt_peer_get_name (JtPeer *self);
