/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-answer.h"
#include "jt-peer.h"

/* What org.freedesktop.login1 tells: that the machine has woken up, that somebody's session has begun, whether anybody is at it;
 * and inhibitors. Main loop only.
 *
 * Signals:
 *   "resumed"                     after suspend or hibernation
 *   "session-began" (guint uid)   a person's: not of a login screen, of cron, or in the background
 *   "changed"                     an answer, or whether logind is there */

#define JT_TYPE_LOGIND (jt_logind_get_type ())
G_DECLARE_FINAL_TYPE (JtLogind, jt_logind, JT, LOGIND, GObject)

JtLogind *jt_logind_new (JtBusLink *link);
JtPeer   *jt_logind_get_peer (JtLogind *self); /* (transfer none) */
/* Keeps the answer for @uid fresh, until jt_logind_unfollow_idle(), as often as this is said. */
void jt_logind_follow_idle (JtLogind *self, guint32 uid);
void jt_logind_unfollow_idle (JtLogind *self, guint32 uid);
/* Whether nobody uses a session of @uid's, or there is none; of root: whether nobody uses any. Only while it is followed. */
JtAnswer jt_logind_get_idle (JtLogind *self, guint32 uid);
/* Asks again for what is followed: logind does not tell when a terminal becomes idle. */
void jt_logind_refresh (JtLogind *self);
/* @what: "sleep:shutdown". Held until the descriptor is closed. -1: could not. */
void jt_logind_inhibit_async (JtLogind *self, const char *what, const char *why, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
int  jt_logind_inhibit_finish (JtLogind *self, GAsyncResult *result, GError **error);
