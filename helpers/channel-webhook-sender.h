/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "channel-webhook-preset.h"
#include "channel.h"

/* Sends requests over HTTP and answers for their notifications. So many at once as the configuration says; those about the same
 * job one after the other, so that nobody reads that it recovered before it failed. Every wait has an end and every answer a
 * size, and only public addresses are connected to unless the configuration allows others. Lives on the main loop. */

typedef struct _WebhookSender WebhookSender;

/* CHANNEL and CONFIG outlive it. Fails if TLS cannot be set up. (transfer full) */
WebhookSender *webhook_sender_new (Channel *channel, const WebhookConfig *config, GError **error);
void           webhook_sender_free (WebhookSender *sender);

/* NOTIFICATION is answered later; both are taken, and REQUEST is empty afterwards. */
void webhook_sender_send (WebhookSender *sender, ChannelNotification *notification, WebhookRequest *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WebhookSender, webhook_sender_free)
