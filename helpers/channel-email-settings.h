/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "channel-settings.h"

/* The settings of channel-email, checked: jobtracker-channel-email(8) says what they mean. */

typedef enum
{
  EMAIL_TRANSPORT_SMTP,
  EMAIL_TRANSPORT_SENDMAIL,
  EMAIL_TRANSPORT_HTTP,
} EmailTransport;

typedef enum
{
  EMAIL_TLS_STARTTLS,
  EMAIL_TLS_SMTPS,
  EMAIL_TLS_NONE,
} EmailTls;

typedef enum
{
  EMAIL_AUTH_AUTO,
  EMAIL_AUTH_PLAIN,
  EMAIL_AUTH_LOGIN,
  EMAIL_AUTH_XOAUTH2,
  EMAIL_AUTH_NONE,
} EmailAuth;

typedef enum
{
  EMAIL_PRESET_RAW,
  EMAIL_PRESET_MAILGUN,
  EMAIL_PRESET_SENDGRID,
  EMAIL_PRESET_POSTMARK,
} EmailPreset;

typedef struct
{
  EmailTransport transport;
  char          *from; /* (owned), as all text here */
  char          *from_name;
  char          *envelope_from;
  char          *reply_to; /* NULL: none */
  char          *hello;
  gint64         connect_timeout; /* in ms, as all times here */
  gint64         timeout;         /* for one message altogether; ends a little before the service loses patience */

  char     *host; /* a name, or an address of IP without brackets */
  gint64    port;
  EmailTls  tls;
  char     *tls_ca;          /* NULL: those of the system */
  char     *tls_server_name; /* NULL: the host */
  EmailAuth auth;            /* EMAIL_AUTH_NONE without a user */
  char     *user;
  char     *password; /* or the token of XOAUTH2 */

  char *sendmail_path;

  EmailPreset preset;
  char       *url;
  char       *token; /* NULL: none */
} EmailSettings;

/* Faults are said to SETTINGS; what is returned is of use only if there are none. (transfer full) */
EmailSettings *email_settings_read (ChannelSettings *settings);
void           email_settings_free (EmailSettings *settings);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EmailSettings, email_settings_free)
