/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <locale.h>
#include <signal.h>
#include <unistd.h>

#include <gmime/gmime.h>

#include "channel-email-http.h"
#include "channel-email-message.h"
#include "channel-email-sendmail.h"
#include "channel-email-settings.h"
#include "channel-email-smtp.h"
#include "channel.h"

#define GOODBYE_SECONDS 3
#define MAX_SENDMAIL 2 /* at a time */
#define MAX_HTTP 4

/* The channel program for e-mail: jobtracker-channel-email(8). */

typedef struct
{
  EmailSettings *settings; /* (owned) */
  EmailSmtp     *smtp;     /* (owned) one of these two, or neither for sendmail */
  EmailHttp     *http;     /* (owned) */
} Program;

/* One that is on its way. */
typedef struct
{
  Channel             *channel;      /* (unowned) */
  ChannelNotification *notification; /* (owned) */
} Delivery;

static void
configure (Channel *channel, ChannelSettings *settings, gpointer user_data)
{
  Program *self = user_data;
  char *fault = NULL;

  self->settings = email_settings_read (settings);
  if (channel_settings_find_fault (settings) != NULL)
    return;
  channel_set_room (channel, self->settings->transport == EMAIL_TRANSPORT_SENDMAIL ? MAX_SENDMAIL : MAX_HTTP);
  if (self->settings->transport == EMAIL_TRANSPORT_SMTP)
    self->smtp = email_smtp_new (self->settings);
  else if (self->settings->transport == EMAIL_TRANSPORT_HTTP)
    self->http = email_http_new (self->settings, &fault);
  if (fault != NULL)
    channel_settings_take_fault (settings, "tls-ca", fault);
}

static void
on_done (EmailVerdict verdict, gpointer user_data)
{
  Delivery *self = user_data;

  if (verdict.outcome == EMAIL_DELIVERED)
    channel_delivered (self->channel, self->notification->id, verdict.text);
  else if (verdict.outcome == EMAIL_RETRY)
    channel_retry (self->channel, self->notification->id, verdict.text, verdict.after_seconds, verdict.is_ambiguous,
                   verdict.pauses);
  else
    channel_refused (self->channel, self->notification->id, verdict.text, verdict.pauses);
  g_free (verdict.text);
  channel_notification_free (self->notification);
  g_free (self);
}

static void
notify (Channel *channel, ChannelNotification *notification, gpointer user_data)
{
  Program *self = user_data;
  char *fault = NULL;
  g_autoptr (EmailMessage) message = email_message_new (notification, &fault);
  Delivery *delivery = g_new0 (Delivery, 1);

  delivery->channel = channel;
  delivery->notification = notification;
  if (message == NULL)
    on_done (email_verdict (EMAIL_REFUSED, FALSE, fault), delivery);
  else if (self->smtp != NULL)
    on_done (email_smtp_send (self->smtp, message), delivery);
  else if (self->http != NULL)
    email_http_send (self->http, message, on_done, delivery);
  else
    email_sendmail_send (self->settings, message, on_done, delivery);
}

static void
end_now (int signal_number)
{
  _exit (0);
}

/* All is answered; a server that does not even say goodbye is not waited for. */
static void
finish (gpointer user_data)
{
  Program *self = user_data;
  struct sigaction action = { .sa_handler = end_now };

  sigaction (SIGALRM, &action, NULL);
  alarm (GOODBYE_SECONDS);
  email_smtp_free (self->smtp);
  email_http_free (self->http);
  email_settings_free (self->settings);
}

int
main (int argc, char **argv)
{
  static const ChannelKind kind = { .name = "channel-email", .configure = configure, .notify = notify, .finish = finish };
  Program self = { NULL };
  int status;

  g_mime_init ();
  status = channel_main (&kind, &self, argc, argv);
  g_mime_shutdown ();
  return status;
}
