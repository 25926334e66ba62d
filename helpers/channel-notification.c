/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "channel-notification.h"

#include <string.h>

const char *
channel_object_get_text (JsonObject *object, const char *name, const char *fallback)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : fallback;
}

JsonObject *
channel_object_get_object (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static gboolean
get_boolean (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN
         && json_node_get_boolean (node);
}

ChannelNotification *
channel_notification_new (JsonNode *root, char **fault)
{
  g_autoptr (ChannelNotification) self = g_new0 (ChannelNotification, 1);
  JsonObject *json = json_node_get_object (root);
  JsonObject *recipient = channel_object_get_object (json, "recipient");

  self->root = root;
  self->json = json;
  self->id = channel_object_get_text (json, "id", NULL);
  self->message_id = channel_object_get_text (json, "message-id", "");
  self->event = channel_object_get_text (json, "event", "");
  self->severity = channel_object_get_text (json, "severity", "");
  self->is_repeat = get_boolean (json, "is-repeat");
  self->address = channel_object_get_text (recipient, "address", "");
  self->recipient_name = channel_object_get_text (recipient, "name", "");
  self->language = channel_object_get_text (recipient, "language", "");
  self->subject = channel_object_get_text (json, "subject", "");
  self->text = channel_object_get_text (json, "text", "");
  self->html = channel_object_get_text (json, "html", NULL);
  self->created = channel_object_get_text (json, "created", "");
  if (self->id == NULL || *self->id == '\0')
    {
      *fault = g_strdup ("a notification has no \"id\"");
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
channel_notification_free (ChannelNotification *self)
{
  if (self == NULL)
    return;
  json_node_unref (self->root);
  g_free (self);
}
