/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "channel-email-smtp.h"

#include <string.h>

#include <curl/curl.h>

#include "channel-email-dialogue.h"
#include "channel-email-tls.h"

/* While a server cannot be reached, the mails that wait behind are not each tried for as long. */
#define TROUBLE_USEC (10 * G_USEC_PER_SEC)

struct _EmailSmtp
{
  const EmailSettings *settings; /* (unowned) */
  CURL                *curl;     /* (owned) */
  struct curl_slist   *connect_to; /* (owned) */
  Dialogue             dialogue;
  char                 error[CURL_ERROR_SIZE];

  /* Of the message that is being sent: */
  const EmailMessage *message; /* (unowned) */
  GBytes             *bytes;   /* (owned) */
  gsize               offset;
  char               *fault;    /* (owned) why we ended it ourselves */
  gboolean            is_final; /* that would not change */

  char  *trouble; /* (owned) why the last connection could not be used */
  gint64 trouble_usec;
};

/* ---- what curl asks and tells ---- */

static size_t
read_message (char *buffer, size_t size, size_t n, void *user_data)
{
  EmailSmtp *self = user_data;
  gsize length;
  const char *data = g_bytes_get_data (self->bytes, &length);
  gsize part = MIN (size * n, length - self->offset);

  memcpy (buffer, data + self->offset, part);
  self->offset += part;
  /* The last of it is with curl: whatever comes now may mean that the server has it. */
  if (self->offset == length && !dialogue_is_at (&self->dialogue, "."))
    dialogue_take_command (&self->dialogue, ".", 1);
  return part;
}

static int
seek_message (void *user_data, curl_off_t offset, int origin)
{
  EmailSmtp *self = user_data;

  if (origin != SEEK_SET || offset < 0 || (gsize) offset > g_bytes_get_size (self->bytes))
    return CURL_SEEKFUNC_FAIL;
  self->offset = (gsize) offset;
  return CURL_SEEKFUNC_OK;
}

static gboolean
end_with (EmailSmtp *self, gboolean is_final, char *fault)
{
  g_free (self->fault);
  self->fault = fault;
  self->is_final = is_final;
  return FALSE;
}

/* Whether the server, once nobody listens any more, offers what this mail needs. */
static gboolean
check_offers (EmailSmtp *self)
{
  if (self->settings->tls == EMAIL_TLS_STARTTLS && !self->dialogue.has_started_tls)
    return TRUE;
  if (self->settings->auth != EMAIL_AUTH_NONE && !self->dialogue.offers_auth)
    return end_with (self, FALSE, g_strdup ("the server offers no AUTH, but a user is set; nothing was sent"));
  if (!g_str_is_ascii (self->message->to) && !self->dialogue.offers_utf8)
    return end_with (self, TRUE, g_strdup_printf ("the server takes no address such as %s: it offers no SMTPUTF8", self->message->to));
  return TRUE;
}

static size_t
take_reply (char *line, size_t size, size_t n, void *user_data)
{
  EmailSmtp *self = user_data;
  gsize length = size * n;
  gboolean is_well = dialogue_take_line (&self->dialogue, line, length);

  if (!is_well)
    end_with (self, FALSE, g_strdup ("the server's reply is longer than 64 KiB, or a line of it than 2 KiB"));
  else if ((dialogue_is_at (&self->dialogue, "EHLO") || dialogue_is_at (&self->dialogue, "HELO")) && self->dialogue.code == 250)
    is_well = check_offers (self);
  return is_well ? length : 0;
}

static int
take_debug (CURL *curl, curl_infotype type, char *data, size_t length, void *user_data)
{
  EmailSmtp *self = user_data;

  if (type == CURLINFO_HEADER_OUT)
    dialogue_take_command (&self->dialogue, data, length);
  return 0;
}

/* ---- settings ---- */

/* Where curl connects to is said apart when the certificate is to name somebody else. */
static void
set_server (EmailSmtp *self)
{
  const EmailSettings *settings = self->settings;
  const char *scheme = settings->tls == EMAIL_TLS_SMTPS ? "smtps" : "smtp";
  gboolean is_ipv6 = strchr (settings->host, ':') != NULL;
  g_autofree char *host = is_ipv6 ? g_strdup_printf ("[%s]", settings->host) : g_strdup (settings->host);
  const char *name = settings->tls_server_name != NULL ? settings->tls_server_name : host;
  g_autofree char *url = g_strdup_printf ("%s://%s:%" G_GINT64_FORMAT "/%s", scheme, name, settings->port, settings->hello);

  curl_easy_setopt (self->curl, CURLOPT_URL, url);
  if (settings->tls_server_name != NULL)
    {
      g_autofree char *to = g_strdup_printf ("::%s:%" G_GINT64_FORMAT, host, settings->port);

      self->connect_to = curl_slist_append (NULL, to);
      curl_easy_setopt (self->curl, CURLOPT_CONNECT_TO, self->connect_to);
    }
}

static void
set_auth (EmailSmtp *self)
{
  static const char *const options[] = { NULL, "AUTH=PLAIN", "AUTH=LOGIN", "AUTH=XOAUTH2" };
  const EmailSettings *settings = self->settings;

  if (settings->auth == EMAIL_AUTH_NONE)
    return;
  curl_easy_setopt (self->curl, CURLOPT_USERNAME, settings->user);
  if (settings->auth == EMAIL_AUTH_XOAUTH2)
    curl_easy_setopt (self->curl, CURLOPT_XOAUTH2_BEARER, settings->password);
  else
    curl_easy_setopt (self->curl, CURLOPT_PASSWORD, settings->password);
  if (options[settings->auth] != NULL)
    curl_easy_setopt (self->curl, CURLOPT_LOGIN_OPTIONS, options[settings->auth]);
}

static void
set_callbacks (EmailSmtp *self)
{
  curl_easy_setopt (self->curl, CURLOPT_READFUNCTION, read_message);
  curl_easy_setopt (self->curl, CURLOPT_READDATA, self);
  curl_easy_setopt (self->curl, CURLOPT_SEEKFUNCTION, seek_message);
  curl_easy_setopt (self->curl, CURLOPT_SEEKDATA, self);
  curl_easy_setopt (self->curl, CURLOPT_HEADERFUNCTION, take_reply);
  curl_easy_setopt (self->curl, CURLOPT_HEADERDATA, self);
  /* The one way to hear commands; nothing of it is printed. */
  curl_easy_setopt (self->curl, CURLOPT_VERBOSE, 1L);
  curl_easy_setopt (self->curl, CURLOPT_DEBUGFUNCTION, take_debug);
  curl_easy_setopt (self->curl, CURLOPT_DEBUGDATA, self);
  curl_easy_setopt (self->curl, CURLOPT_ERRORBUFFER, self->error);
}

EmailSmtp *
email_smtp_new (const EmailSettings *settings)
{
  EmailSmtp *self = g_new0 (EmailSmtp, 1);

  self->settings = settings;
  dialogue_init (&self->dialogue);
  curl_global_init (CURL_GLOBAL_DEFAULT);
  self->curl = curl_easy_init ();
  set_server (self);
  set_auth (self);
  set_callbacks (self);
  curl_easy_setopt (self->curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt (self->curl, CURLOPT_MAIL_FROM, settings->envelope_from);
  curl_easy_setopt (self->curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt (self->curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (self->curl, CURLOPT_PROXY, "");
  curl_easy_setopt (self->curl, CURLOPT_USE_SSL, (long) (settings->tls == EMAIL_TLS_NONE ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  curl_easy_setopt (self->curl, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
  if (settings->tls_ca != NULL)
    {
      curl_easy_setopt (self->curl, CURLOPT_CAINFO, settings->tls_ca);
      curl_easy_setopt (self->curl, CURLOPT_CAPATH, NULL);
    }
  curl_easy_setopt (self->curl, CURLOPT_CONNECTTIMEOUT_MS, (long) settings->connect_timeout);
  curl_easy_setopt (self->curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long) MAX (settings->timeout / 1000, 1));
  return self;
}

/* Says goodbye, which curl would wait two minutes for if the server does not answer; whoever runs us bounds that. */
void
email_smtp_free (EmailSmtp *self)
{
  if (self == NULL)
    return;
  curl_easy_cleanup (self->curl);
  curl_slist_free_all (self->connect_to);
  dialogue_clear (&self->dialogue);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self->fault);
  g_free (self->trouble);
  g_free (self);
}

/* ---- one message ---- */

static CURLcode
perform (EmailSmtp *self, gint64 deadline_usec, gboolean is_fresh)
{
  gint64 left = (deadline_usec - g_get_monotonic_time ()) / 1000;

  self->offset = 0;
  self->error[0] = '\0';
  g_clear_pointer (&self->fault, g_free);
  dialogue_begin (&self->dialogue);
  curl_easy_setopt (self->curl, CURLOPT_FRESH_CONNECT, (long) is_fresh);
  curl_easy_setopt (self->curl, CURLOPT_TIMEOUT_MS, (long) MAX (left, 1));
  return curl_easy_perform (self->curl);
}

/* Servers end connections that have been idle, or have brought many mails, without a fault of this one. */
static gboolean
deserves_another_connection (EmailSmtp *self, CURLcode status)
{
  long n_connects = 1;

  curl_easy_getinfo (self->curl, CURLINFO_NUM_CONNECTS, &n_connects);
  return status != CURLE_OK && status != CURLE_OPERATION_TIMEDOUT && self->fault == NULL && n_connects == 0
         && !dialogue_is_at (&self->dialogue, ".") && (self->dialogue.code == 0 || self->dialogue.code == 421);
}

static void
note_trouble (EmailSmtp *self, const char *text)
{
  g_free (self->trouble);
  self->trouble = g_strdup (text);
  self->trouble_usec = g_get_monotonic_time ();
}

static EmailVerdict
begin_trouble (EmailSmtp *self, char *text)
{
  note_trouble (self, text);
  return email_trouble (text);
}

/* What speaks of this mail and its recipient; the rest speaks of us or of the server, and ends when somebody sets that right. */
static gboolean
is_about_mail (const Dialogue *dialogue)
{
  int code = dialogue->code;

  if (code == 530 || code == 534 || code == 535 || code == 538)
    return FALSE;
  return !dialogue_is_at (dialogue, "MAIL") || code == 552;
}

static EmailVerdict
judge_reply (EmailSmtp *self)
{
  const Dialogue *dialogue = &self->dialogue;
  gboolean is_transaction = dialogue_is_at (dialogue, "MAIL") || dialogue_is_at (dialogue, "RCPT") || dialogue_is_at (dialogue, "DATA")
                            || dialogue_is_at (dialogue, ".");

  if (is_transaction && !is_about_mail (dialogue))
    return email_trouble (g_strdup (dialogue->reply->str));
  if (is_transaction)
    return email_verdict (dialogue->code >= 500 ? EMAIL_REFUSED : EMAIL_RETRY, FALSE, g_strdup (dialogue->reply->str));
  if (*dialogue->command == '\0')
    return begin_trouble (self, g_strdup_printf ("the server does not serve: %s", dialogue->reply->str));
  return begin_trouble (self, g_strdup_printf ("the server refuses %s: %s", dialogue->command, dialogue->reply->str));
}

static char *
describe_failure (EmailSmtp *self, CURLcode status)
{
  const char *error = *self->error != '\0' ? self->error : curl_easy_strerror (status);
  char *tls = email_tls_describe (self->curl, status, error);

  if (tls != NULL)
    return tls;
  if (status == CURLE_USE_SSL_FAILED)
    return g_strdup ("the server offers no STARTTLS; nothing was sent (tls=starttls)");
  if (status == CURLE_LOGIN_DENIED)
    return g_strdup_printf ("no way to authenticate that the server and we both know: %s", error);
  if (status == CURLE_WEIRD_SERVER_REPLY && dialogue_is_at (&self->dialogue, "STARTTLS"))
    return g_strdup ("the server sent more than its answer to STARTTLS in clear: somebody may be in between; nothing was sent");
  return g_strdup_printf ("%s (%s)", error, *self->dialogue.command == '\0' ? "no greeting yet" : self->dialogue.command);
}

static EmailVerdict
judge (EmailSmtp *self, CURLcode status)
{
  const Dialogue *dialogue = &self->dialogue;
  g_autofree char *failure = NULL;

  if (status == CURLE_OK)
    return email_verdict (EMAIL_DELIVERED, FALSE, g_strdup (dialogue->reply->str));
  if (self->fault != NULL && self->is_final)
    return email_verdict (EMAIL_REFUSED, FALSE, g_strdup (self->fault));
  if (dialogue->code >= 400)
    return judge_reply (self);
  failure = self->fault != NULL ? g_strdup (self->fault) : describe_failure (self, status);
  /* The mails behind would each wait as long, and might come twice as well. */
  if (dialogue_is_at (dialogue, ".") && status == CURLE_OPERATION_TIMEDOUT)
    note_trouble (self, failure);
  if (dialogue_is_at (dialogue, "."))
    return email_verdict (EMAIL_RETRY, TRUE, g_strdup_printf ("sent, but no answer came: %s", failure));
  return begin_trouble (self, g_steal_pointer (&failure));
}

EmailVerdict
email_smtp_send (EmailSmtp *self, const EmailMessage *message)
{
  struct curl_slist *recipients;
  gint64 now = g_get_monotonic_time ();
  gint64 deadline = now + self->settings->timeout * 1000;
  CURLcode status;

  if (self->trouble != NULL && now - self->trouble_usec < TROUBLE_USEC)
    return email_trouble (g_strdup (self->trouble));
  g_clear_pointer (&self->trouble, g_free);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  self->message = message;
  self->bytes = email_message_write (message, self->settings, TRUE);
  recipients = curl_slist_append (NULL, message->to);
  curl_easy_setopt (self->curl, CURLOPT_MAIL_RCPT, recipients);
  curl_easy_setopt (self->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t) g_bytes_get_size (self->bytes));
  /* What a server offers is heard when a connection begins. */
  status = perform (self, deadline, !g_str_is_ascii (message->to));
  if (deserves_another_connection (self, status))
    status = perform (self, deadline, TRUE);
  curl_easy_setopt (self->curl, CURLOPT_MAIL_RCPT, NULL);
  curl_slist_free_all (recipients);
  return judge (self, status);
}
