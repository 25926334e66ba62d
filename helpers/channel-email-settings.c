/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "channel-email-settings.h"

#include <string.h>
#include <unistd.h>

#include <gio/gio.h>

#include "channel-email-address.h"

#define CONNECT_TIMEOUT 15000
#define TIMEOUT 60000
#define MARGIN 5000 /* of the timeout, in which a verdict still reaches the service */
#define MAX_TIMEOUT 3600000
#define MAX_NAME 128
#define SENDMAIL "/usr/sbin/sendmail"

static const char *const transports[] = { "smtp", "sendmail", "http", NULL };
static const char *const tls_words[] = { "starttls", "smtps", "none", NULL };
static const char *const auth_words[] = { "auto", "plain", "login", "xoauth2", "none", NULL };
static const char *const presets[] = { "raw", "mailgun", "sendgrid", "postmark", NULL };
static const char *const preset_urls[] = { NULL, NULL, "https://api.sendgrid.com/v3/mail/send", "https://api.postmarkapp.com/email" };

/* FALLBACK may be NULL. (transfer full) */
static char *
read_address (ChannelSettings *settings, const char *key, const char *fallback)
{
  const char *text = channel_settings_get_text (settings, key, fallback);
  const char *fault;
  char *address;

  if (text == NULL)
    return NULL;
  address = email_address_read (text, &fault);
  if (address == NULL && channel_settings_has (settings, key))
    channel_settings_set_fault (settings, key, "'%.64s' %s", text, fault);
  else if (address == NULL)
    channel_settings_set_fault (settings, key, "this machine's name makes no address ('%.64s'); write %s=USER@DOMAIN", text, key);
  return address;
}

/* A name, or an address of IP. (transfer full) */
static char *
read_host (ChannelSettings *settings, const char *key)
{
  const char *text = channel_settings_get_text (settings, key, NULL);
  gsize length = text != NULL ? strlen (text) : 0;
  g_autofree char *bare = text != NULL && *text == '[' && text[length - 1] == ']' ? g_strndup (text + 1, length - 2) : g_strdup (text);
  char *host;

  if (bare == NULL || g_hostname_is_ip_address (bare))
    return g_steal_pointer (&bare);
  host = email_host_read (bare);
  if (host == NULL)
    channel_settings_set_fault (settings, key, "'%.64s' is not a name such as mail.example.com, nor an address of IP", text);
  return host;
}

static void
read_sender (EmailSettings *self, ChannelSettings *settings)
{
  const char *host = channel_settings_get_host (settings);
  g_autofree char *from = g_strdup_printf ("jobtracker@%s", host);
  g_autofree char *name = g_strdup_printf ("JobTracker on %s", host);

  self->from = read_address (settings, "from", from);
  self->from_name = g_strdup (channel_settings_get_text (settings, "from-name", name));
  if (strlen (self->from_name) > MAX_NAME)
    channel_settings_set_fault (settings, "from-name", "is longer than %d bytes", MAX_NAME);
  self->envelope_from = read_address (settings, "envelope-from", self->from);
  self->reply_to = read_address (settings, "reply-to", NULL);
}

static void
read_times (EmailSettings *self, ChannelSettings *settings)
{
  gint64 timeout = channel_settings_get_milliseconds (settings, "timeout", TIMEOUT, 1000, MAX_TIMEOUT);

  self->timeout = timeout - MIN (timeout / 10, MARGIN);
  self->connect_timeout
    = channel_settings_get_milliseconds (settings, "connect-timeout", MIN (CONNECT_TIMEOUT, self->timeout), 100, MAX_TIMEOUT);
  if (self->connect_timeout > timeout)
    channel_settings_set_fault (settings, "connect-timeout", "is longer than timeout, which is %g s", (double) timeout / 1000);
}

static void
read_auth (EmailSettings *self, ChannelSettings *settings)
{
  const char *password = channel_settings_get_secret (settings, "password");
  const char *token = channel_settings_get_secret (settings, "token");
  gboolean is_allowed_plain = channel_settings_get_boolean (settings, "allow-plaintext-auth", FALSE);
  gboolean is_smtp = self->transport == EMAIL_TRANSPORT_SMTP;

  self->auth = channel_settings_get_choice (settings, "auth", EMAIL_AUTH_AUTO, auth_words);
  self->user = g_strdup (channel_settings_get_text (settings, "user", NULL));
  self->password = g_strdup (self->auth == EMAIL_AUTH_XOAUTH2 && token != NULL ? token : password);
  self->token = g_strdup (token);
  if (!is_smtp || self->auth == EMAIL_AUTH_NONE)
    return;
  if (self->user == NULL && (password != NULL || channel_settings_has (settings, "auth")))
    channel_settings_set_fault (settings, "user", "is not given, but a password or a way to authenticate is");
  if (self->user == NULL)
    self->auth = EMAIL_AUTH_NONE;
  else if (self->password == NULL)
    channel_settings_set_fault (settings, "user", "is given, but no password; write password-file=PATH or password-credential=NAME");
  else if (strpbrk (self->password, "\r\n") != NULL)
    channel_settings_set_fault (settings, "password", "has more than one line");
  else if (self->tls == EMAIL_TLS_NONE && !is_allowed_plain)
    channel_settings_set_fault (settings, "tls", "a password would cross the network in clear; use tls=starttls or tls=smtps, "
                                                 "or say allow-plaintext-auth=yes");
}

static void
read_server (EmailSettings *self, ChannelSettings *settings)
{
  static const gint64 ports[] = { 587, 465, 25 };
  const char *hello = channel_settings_get_text (settings, "hello", channel_settings_get_host (settings));
  const char *server_name = channel_settings_get_text (settings, "tls-server-name", NULL);

  self->host = read_host (settings, "host");
  if (self->host == NULL && self->transport == EMAIL_TRANSPORT_SMTP)
    channel_settings_set_fault (settings, "host", "is not given; write the name of the mail server, or use transport=sendmail");
  self->tls = channel_settings_get_choice (settings, "tls", EMAIL_TLS_STARTTLS, tls_words);
  self->port = channel_settings_get_number (settings, "port", ports[self->tls], 1, 65535);
  self->tls_ca = g_strdup (channel_settings_get_file (settings, "tls-ca"));
  self->tls_server_name = server_name != NULL ? email_host_read (server_name) : NULL;
  if (server_name != NULL && self->tls_server_name == NULL)
    channel_settings_set_fault (settings, "tls-server-name", "'%.64s' is not a name such as mail.example.com", server_name);
  self->hello = email_host_read (hello);
  if (self->hello == NULL)
    channel_settings_set_fault (settings, "hello", "'%.64s' is not a name such as host.example.com", hello);
}

static void
read_sendmail (EmailSettings *self, ChannelSettings *settings)
{
  self->sendmail_path = g_strdup (channel_settings_get_text (settings, "sendmail-path", SENDMAIL));
  if (!g_path_is_absolute (self->sendmail_path))
    channel_settings_set_fault (settings, "sendmail-path", "must be an absolute path, not '%.64s'", self->sendmail_path);
  else if (self->transport == EMAIL_TRANSPORT_SENDMAIL && access (self->sendmail_path, X_OK) != 0)
    channel_settings_set_fault (settings, "sendmail-path", "%s is no program that can be run here", self->sendmail_path);
}

static void
read_http (EmailSettings *self, ChannelSettings *settings)
{
  const char *url;
  g_autoptr (GUri) uri = NULL;

  self->preset = channel_settings_get_choice (settings, "http-preset", EMAIL_PRESET_RAW, presets);
  url = channel_settings_get_text (settings, "url", preset_urls[self->preset]);
  self->url = g_strdup (url);
  if (self->transport != EMAIL_TRANSPORT_HTTP)
    return;
  uri = url != NULL ? g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL) : NULL;
  if (url == NULL)
    channel_settings_set_fault (settings, "url", "is not given; write the address of the interface that mail is posted to");
  else if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' || g_uri_get_userinfo (uri) != NULL
           || (g_strcmp0 (g_uri_get_scheme (uri), "https") != 0 && g_strcmp0 (g_uri_get_scheme (uri), "http") != 0))
    channel_settings_set_fault (settings, "url", "must be as in https://api.example.com/send, without user and password");
  else if (g_str_equal (g_uri_get_scheme (uri), "http") && self->token != NULL
           && !channel_settings_get_boolean (settings, "allow-plaintext-auth", FALSE))
    channel_settings_set_fault (settings, "url", "the token would cross the network in clear; use https, or say allow-plaintext-auth=yes");
  if (self->token == NULL && self->preset != EMAIL_PRESET_RAW)
    channel_settings_set_fault (settings, "token", "is not given; write token-file=PATH or token-credential=NAME");
  else if (self->token != NULL && strpbrk (self->token, "\r\n") != NULL)
    channel_settings_set_fault (settings, "token", "has more than one line");
}

EmailSettings *
email_settings_read (ChannelSettings *settings)
{
  EmailSettings *self = g_new0 (EmailSettings, 1);

  self->transport = channel_settings_get_choice (settings, "transport", EMAIL_TRANSPORT_SMTP, transports);
  read_sender (self, settings);
  read_times (self, settings);
  read_server (self, settings);
  read_auth (self, settings);
  read_sendmail (self, settings);
  read_http (self, settings);
  return self;
}

void
email_settings_free (EmailSettings *self)
{
  if (self == NULL)
    return;
  g_free (self->from);
  g_free (self->from_name);
  g_free (self->envelope_from);
  g_free (self->reply_to);
  g_free (self->hello);
  g_free (self->host);
  g_free (self->tls_ca);
  g_free (self->tls_server_name);
  g_free (self->user);
  g_free (self->password);
  g_free (self->sendmail_path);
  g_free (self->url);
  g_free (self->token);
  g_free (self);
}
