/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "channel-email-settings.h"
#include "channel-notification.h"

/* One mail: what a notification says, checked once more, and its form of RFC 5322. No value of it can add a header, a
 * recipient or a part. */

typedef struct
{
  char *name;
  char *value;
} EmailHeader;

typedef struct
{
  char       *to; /* (owned), as all text here */
  char       *to_name;
  char       *subject;
  char       *message_id; /* with its < > */
  char       *text;       /* lines end with \n */
  char       *html;       /* NULL: none */
  GDateTime  *date;       /* (owned) */
  GArray     *headers;    /* (element-type EmailHeader) (owned) */
} EmailMessage;

/* NULL: why this cannot be sent is in FAULT, a sentence. (transfer full) */
EmailMessage *email_message_new (const ChannelNotification *notification, char **fault);
void          email_message_free (EmailMessage *message);

/* Lines end with CRLF, or with LF as sendmail(1) wants them. (transfer full) */
GBytes *email_message_write (const EmailMessage *message, const EmailSettings *settings, gboolean has_crlf);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EmailMessage, email_message_free)
