/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "channel-settings.h"

/* What the settings of a webhook say, checked. Read once; immutable afterwards. */

typedef enum
{
  WEBHOOK_JSON,
  WEBHOOK_NTFY,
  WEBHOOK_GOTIFY,
  WEBHOOK_SLACK,
  WEBHOOK_MATTERMOST,
  WEBHOOK_MATRIX,
  WEBHOOK_TEAMS,
  WEBHOOK_DISCORD,
  WEBHOOK_TWILIO,
} WebhookPreset;

typedef struct
{
  WebhookPreset preset;
  GUri         *url; /* (owned) as it was given: of the webhook itself, or where the service is */
  char         *method;
  char         *content_type;
  char         *body; /* (nullable): the notification itself */
  char         *topic;
  char         *room;
  char         *to;
  char         *from;
  char         *account;
  char         *token;
  char         *signing_key;
  char        **headers; /* name, value, name, value */
  char         *authority;
  char         *proxy;
  gboolean      allows_private;
  gint64        timeout_milliseconds;
  guint         concurrency;
  guint         max_length; /* of a text message */
} WebhookConfig;

/* What is wrong is said to SETTINGS. (transfer full) */
WebhookConfig *webhook_config_new (ChannelSettings *settings);
void           webhook_config_free (WebhookConfig *config);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WebhookConfig, webhook_config_free)
