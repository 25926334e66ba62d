/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "channel-email-message.h"
#include "channel-email-verdict.h"

/* The transport over sendmail(1): one process for each mail, which gets it on its standard input. */

/* MESSAGE need not live on. */
void email_sendmail_send (const EmailSettings *settings, const EmailMessage *message, EmailDoneFunc done, gpointer user_data);
