/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "channel-notification.h"
#include "channel-webhook-config.h"
#include "channel-webhook-template.h"

/* What each service wants to be asked, as its public documentation says: from a notification to a request. Pure. */

typedef struct
{
  const char *method;       /* static, or of the configuration */
  const char *content_type; /* the same */
  char       *url;          /* (owned) */
  char       *body;         /* (owned) */
} WebhookRequest;

/* TEMPLATE: of the preset json, NULL for the notification itself. FALSE: what is wrong with it is in FAULT. */
gboolean webhook_request_fill (WebhookRequest *request, const WebhookConfig *config, WebhookTemplate *template,
                               ChannelNotification *notification, char **fault);
void     webhook_request_clear (WebhookRequest *request);

/* The header that says who asks. FALSE: there is none. (NAME static, VALUE transfer full) */
gboolean webhook_preset_get_login (const WebhookConfig *config, const char **name, char **value);

/* Where a service wants what it has too much of in the way of words: seconds in its JSON answer, 0 if it says nothing. */
double webhook_preset_find_wait (WebhookPreset preset, JsonObject *answer);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WebhookRequest, webhook_request_clear)
