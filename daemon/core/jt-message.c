/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-message.h"

JtMessage *
jt_message_new (void)
{
  JtMessage *message = g_new0 (JtMessage, 1);

  g_atomic_ref_count_init (&message->ref_count);
  message->recipient_uid = -1;
  message->headers = g_ptr_array_new_with_free_func (g_free);
  return message;
}

JtMessage *
jt_message_ref (JtMessage *message)
{
  g_atomic_ref_count_inc (&message->ref_count);
  return message;
}

void
jt_message_unref (JtMessage *message)
{
  if (message == NULL || !g_atomic_ref_count_dec (&message->ref_count))
    return;
  g_free (message->message_id);
  g_free (message->channel);
  g_free (message->event);
  g_free (message->severity);
  g_free (message->address);
  g_free (message->recipient_name);
  g_free (message->language);
  g_free (message->subject);
  g_free (message->text);
  g_free (message->html);
  g_ptr_array_unref (message->headers);
  g_clear_pointer (&message->job, g_variant_unref);
  g_clear_pointer (&message->run, g_variant_unref);
  g_clear_pointer (&message->links, g_variant_unref);
  g_free (message);
}

void
jt_message_add_header (JtMessage *message, const char *name, const char *value)
{
  g_ptr_array_add (message->headers, g_strdup (name));
  g_ptr_array_add (message->headers, g_strdup (value));
}
