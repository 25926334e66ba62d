/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <locale.h>
#include <signal.h>
#include <unistd.h>

#include <gmime/gmime.h>

#include "channel-email-message.h"
#include "channel-email-settings.h"
#include "channel-email-smtp.h"
#include "channel.h"

#define GOODBYE_SECONDS 3

/* The channel program for e-mail: jobtracker-channel-email(8). */

typedef struct
{
  EmailSettings *settings; /* (owned) */
  EmailSmtp     *smtp;     /* (owned) NULL: another transport */
} Program;

static void
configure (Channel *channel, ChannelSettings *settings, gpointer user_data)
{
  Program *self = user_data;

  self->settings = email_settings_read (settings);
  if (channel_settings_find_fault (settings) != NULL)
    return;
  self->smtp = email_smtp_new (self->settings);
}

static void
answer (Channel *channel, const char *id, EmailVerdict verdict)
{
  if (verdict.outcome == EMAIL_DELIVERED)
    channel_delivered (channel, id, verdict.text);
  else if (verdict.outcome == EMAIL_RETRY)
    channel_retry (channel, id, verdict.text, verdict.after_seconds, verdict.is_ambiguous);
  else
    channel_refused (channel, id, verdict.text, verdict.pauses);
  g_free (verdict.text);
}

static void
notify (Channel *channel, ChannelNotification *notification, gpointer user_data)
{
  Program *self = user_data;
  g_autoptr (ChannelNotification) owned = notification;
  g_autofree char *fault = NULL;
  g_autoptr (EmailMessage) message = email_message_new (notification, &fault);

  if (message == NULL)
    channel_refused (channel, notification->id, fault, FALSE);
  else
    answer (channel, notification->id, email_smtp_send (self->smtp, message));
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
