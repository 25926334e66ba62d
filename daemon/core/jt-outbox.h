/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-channels.h"
#include "jt-composer.h"
#include "jt-notifier.h"
#include "jt-tracker.h"

/* Hands what is to be told to the channels, until each delivery is delivered or given up. It keeps none of them: what waits is on
 * record, and is read as it falls due, so that a hundred thousand of them cost nothing. Each channel has a lane of its own that is
 * busy with one batch at a time: one that is dead keeps nobody else waiting. A row is `sending`, durably, before its channel
 * hears of it, and its end is durable before the next batch: killed in between, it is sent once more under the same Message-ID.
 * Main loop only.
 *
 * Signals:
 *   "popup" (guint uid, guint64 id, GVariant *notification)   to be shown by the agents of that user
 *   "changed" ()   counts or the state of a channel may be others (coalesced) */

#define JT_TYPE_OUTBOX (jt_outbox_get_type ())
G_DECLARE_FINAL_TYPE (JtOutbox, jt_outbox, JT, OUTBOX, GObject)

typedef enum
{
  JT_POPUP_SHOWN,
  JT_POPUP_CLOSED,
  JT_POPUP_DISMISSED,
  JT_POPUP_EXPIRED,
  JT_POPUP_ACTION,
  JT_POPUP_FAILED,
} JtPopupOutcome;

gboolean jt_popup_outcome_from_string (const char *text, JtPopupOutcome *outcome);

JtOutbox *jt_outbox_new (JtTracker *tracker, JtNotifier *notifier, JtChannels *channels, JtComposer *composer);
/* The tracker is ready: work begins. Again after the storage was away. */
void jt_outbox_start (JtOutbox *self, JtStoreContents *contents);
/* However soon it is started, nothing is sent before jt_outbox_let_begin(): what waits is no reason for others to wait for the service. */
void jt_outbox_hold_back (JtOutbox *self);
void jt_outbox_let_begin (JtOutbox *self);
void jt_outbox_stop (JtOutbox *self);
/* The configuration of channels is another. */
void jt_outbox_reload (JtOutbox *self);

/* An agent that shows popups of @uid is there, or one has gone. */
void jt_outbox_add_agent (JtOutbox *self, guint32 uid, const char *user_name);
void jt_outbox_remove_agent (JtOutbox *self, guint32 uid);
/* What became of a popup. JT_ERROR_NOT_FOUND: none of @uid's is under way by that number. */
gboolean jt_outbox_report (JtOutbox *self, guint32 uid, guint64 id, JtPopupOutcome outcome, const char *detail, GError **error);

/* Tries a delivery again, also one that was given up. Finish: JT_ERROR_WRONG_STATE when it was delivered or merged. */
void     jt_outbox_retry_async (JtOutbox *self, JtDelivery *delivery, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
gboolean jt_outbox_retry_finish (JtOutbox *self, GAsyncResult *result, GError **error);
/* Puts a test on its way. Finish: its number, 0 with an error. */
void    jt_outbox_test_async (JtOutbox *self, guint32 uid, const char *user_name, const char *channel, const char *address, GCancellable *c,
                              GAsyncReadyCallback cb, gpointer data);
guint64 jt_outbox_test_finish (JtOutbox *self, GAsyncResult *result, GError **error);
/* aa{sv}, as ListChannels answers. Floating. */
GVariant *jt_outbox_list_channels (JtOutbox *self);
