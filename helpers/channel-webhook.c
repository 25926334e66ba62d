/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
/* The channel of webhooks: chat services, telephones and whatever else takes a request over HTTP. See
 * jobtracker-channel-webhook(8). */
#include "config.h"

#include "channel-webhook-sender.h"

/* Bodies and answers of so many are in memory at once. */
#define MAX_ROOM 100

typedef struct
{
  WebhookConfig   *config;   /* (owned) */
  WebhookTemplate *template; /* (owned) (nullable) */
  WebhookSender   *sender;   /* (owned) */
} Webhook;

static void
configure (Channel *channel, ChannelSettings *settings, gpointer user_data)
{
  Webhook *self = user_data;
  g_autoptr (GError) error = NULL;
  char *fault = NULL;

  channel_set_room (channel, MAX_ROOM);
  self->config = webhook_config_new (settings);
  if (self->config->url == NULL)
    return;
  if (self->config->body != NULL)
    self->template = webhook_template_new (self->config->body, &fault);
  if (fault != NULL)
    channel_settings_take_fault (settings, "body", fault);
  self->sender = webhook_sender_new (channel, self->config, &error);
  if (self->sender == NULL)
    channel_settings_set_fault (settings, "tls-ca", "%s", error->message);
}

static void
notify (Channel *channel, ChannelNotification *notification, gpointer user_data)
{
  Webhook *self = user_data;
  g_auto (WebhookRequest) request = { 0 };
  g_autofree char *fault = NULL;

  if (webhook_request_fill (&request, self->config, self->template, notification, &fault))
    {
      webhook_sender_send (self->sender, notification, &request);
      return;
    }
  channel_refused (channel, notification->id, fault, FALSE);
  channel_notification_free (notification);
}

static void
finish (gpointer user_data)
{
  Webhook *self = user_data;

  g_clear_pointer (&self->sender, webhook_sender_free);
  g_clear_pointer (&self->template, webhook_template_free);
  g_clear_pointer (&self->config, webhook_config_free);
}

int
main (int argc, char *argv[])
{
  static const ChannelKind kind = { .name = "channel-webhook", .configure = configure, .notify = notify, .finish = finish };
  Webhook self = { 0 };

  return channel_main (&kind, &self, argc, argv);
}
