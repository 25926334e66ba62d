/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "channel-email-message.h"
#include "channel-email-verdict.h"

/* The transport over SMTP: one connection, kept for the mails that follow. Waits: it is the work of this program, and
 * each wait is bounded. */

typedef struct _EmailSmtp EmailSmtp;

EmailSmtp   *email_smtp_new (const EmailSettings *settings); /* (settings: unowned, outlives it) */
void         email_smtp_free (EmailSmtp *smtp);
EmailVerdict email_smtp_send (EmailSmtp *smtp, const EmailMessage *message);
