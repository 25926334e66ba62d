/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-signals.h"

/* Who is told of changes, and how fast. On the session bus everything is broadcast and there are no subscribers. On the
 * system bus nothing is: each subscriber gets by unicast what it may see and asked for. One that does not read is
 * never waited for: after 64 signals or 256 KiB it must answer a Ping before it gets more, and what it missed is read
 * from the store, so that a slow reader costs a position and no queue. RunChanged of one run leaves at most ten times a second, the
 * latest one always. Main loop only. */

#define JT_TYPE_SUBSCRIBERS (jt_subscribers_get_type ())
G_DECLARE_FINAL_TYPE (JtSubscribers, jt_subscribers, JT, SUBSCRIBERS, GObject)

/* The root's properties, all of them (a{sv}, floating or not), for PropertiesChanged. */
typedef GVariant *(*JtRootPropertiesFunc) (gpointer user_data);

JtSubscribers *jt_subscribers_new (GDBusConnection *connection, JtTracker *tracker, gboolean is_system,
                                   JtRootPropertiesFunc root_properties, gpointer user_data);
/* Nothing is sent any more. */
void     jt_subscribers_close (JtSubscribers *self);
/* 0: no limit. */
void     jt_subscribers_set_max_per_user (JtSubscribers *self, guint max_per_user);
void     jt_subscribers_set_ping_timeout (JtSubscribers *self, guint timeout_msec);
/* @filter: (transfer full). @after: 0 with @has_after FALSE: from now on. Finish: the sequence to answer, after which the signals come; the signals begin with
 * jt_subscribers_begin(), after the answer. JT_ERROR_QUOTA_EXCEEDED; JT_ERROR_NOT_FOUND when @after is no longer kept. */
void     jt_subscribers_subscribe_async (JtSubscribers *self, const char *sender, guint32 uid, JtFilter *filter,
                                         gboolean has_after, guint64 after, GAsyncReadyCallback cb, gpointer data);
gboolean jt_subscribers_subscribe_finish (JtSubscribers *self, GAsyncResult *result, guint64 *sequence, GError **error);
void     jt_subscribers_begin (JtSubscribers *self, const char *sender);
/* FALSE: there was none. */
gboolean jt_subscribers_remove (JtSubscribers *self, const char *sender);
guint    jt_subscribers_count (JtSubscribers *self);
