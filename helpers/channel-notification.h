/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <json-glib/json-glib.h>

/* One notification as it came, immutable. What it borrows lives in its JSON. */

typedef struct
{
  const char *id;         /* names it in the verdict */
  const char *message_id; /* "<…@…>", the same whenever it is tried */
  const char *event;
  const char *severity;
  gboolean    is_repeat; /* whether it came before is not known */
  const char *address;   /* of the recipient; "" if there is none */
  const char *recipient_name;
  const char *language;
  const char *subject;
  const char *text;
  const char *html; /* NULL: plain text only */
  const char *created;
  JsonObject *json; /* the whole; "job", "run" and "links" may be in it */
  JsonNode   *root; /* (owned) */
} ChannelNotification;

/* What one object says. ROOT is taken in any case. NULL: what is wrong with it is in FAULT. (transfer full) */
ChannelNotification *channel_notification_new (JsonNode *root, char **fault);
void                 channel_notification_free (ChannelNotification *notification);

/* A string of an object, or FALLBACK when it is absent or something else. */
const char *channel_object_get_text (JsonObject *object, const char *name, const char *fallback);
/* NULL when it is absent or something else. */
JsonObject *channel_object_get_object (JsonObject *object, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChannelNotification, channel_notification_free)
