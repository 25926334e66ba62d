/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <libsoup/soup.h>

#include "channel-email-message.h"
#include "channel-email-verdict.h"

/* The transport over an HTTP interface for mail. */

typedef struct _EmailHttp EmailHttp;

EmailHttp *email_http_new (const EmailSettings *settings, char **fault); /* (settings: unowned, outlives it) */
void       email_http_free (EmailHttp *http);
/* MESSAGE need not live on. */
void       email_http_send (EmailHttp *http, const EmailMessage *message, EmailDoneFunc done, gpointer user_data);

/* What the settings' preset posts. (transfer full) */
SoupMessage *email_preset_make_request (const EmailSettings *settings, const EmailMessage *message);
