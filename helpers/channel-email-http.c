/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "channel-email-http.h"

#include <string.h>

#define MAX_ANSWER 65536
#define MAX_SHOWN 400
#define MAX_RETRY_AFTER (24 * 3600)

struct _EmailHttp
{
  const EmailSettings *settings; /* (unowned) */
  SoupSession         *session;  /* (owned) */
};

typedef struct
{
  SoupMessage  *request; /* (owned) */
  GCancellable *over;    /* (owned) */
  guint         timeout; /* source */
  gboolean      is_sent;
  char         *answer; /* (owned) MAX_ANSWER bytes */
  EmailDoneFunc done;
  gpointer      user_data;
} Post;

EmailHttp *
email_http_new (const EmailSettings *settings, char **fault)
{
  g_autoptr (SoupSession) session = soup_session_new_with_options ("timeout", (guint) MAX (settings->timeout / 1000, 1), "user-agent",
                                                                   "JobTracker/" PACKAGE_VERSION, NULL);
  EmailHttp *self;

  /* What unpacks an answer can be given a very large one. */
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  if (settings->tls_ca != NULL)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GTlsDatabase) database = g_tls_file_database_new (settings->tls_ca, &error);

      if (database == NULL)
        {
          *fault = g_strdup_printf ("cannot use %s: %s", settings->tls_ca, error->message);
          return NULL;
        }
      soup_session_set_tls_database (session, database);
    }
  self = g_new0 (EmailHttp, 1);
  self->settings = settings;
  self->session = g_steal_pointer (&session);
  return self;
}

void
email_http_free (EmailHttp *self)
{
  if (self == NULL)
    return;
  soup_session_abort (self->session);
  g_object_unref (self->session);
  g_free (self);
}

/* ---- what is made of an answer ---- */

static gint64
read_retry_after (SoupMessage *request)
{
  const char *text = soup_message_headers_get_one (soup_message_get_response_headers (request), "Retry-After");
  g_autoptr (GDateTime) date = NULL;
  gint64 seconds;

  if (text == NULL)
    return 0;
  if (g_ascii_string_to_signed (text, 10, 0, G_MAXINT64, &seconds, NULL))
    return MIN (seconds, MAX_RETRY_AFTER);
  date = soup_date_time_new_from_http_string (text);
  return date != NULL ? CLAMP (g_date_time_to_unix (date) - g_get_real_time () / G_USEC_PER_SEC, 0, MAX_RETRY_AFTER) : 0;
}

static char *
describe (SoupMessage *request, const char *answer)
{
  g_autofree char *words = g_utf8_make_valid (answer, (gssize) strnlen (answer, MAX_SHOWN));

  return g_strdup_printf ("%u %s%s%s", soup_message_get_status (request), soup_message_get_reason_phrase (request),
                          *words != '\0' ? ": " : "", words);
}

/* 401 and 403 speak of the token, which somebody can set right, 429 and 503 of all that is sent there; what is wrong with a mail stays
 * wrong. */
static gboolean
concerns_all (guint status)
{
  return status == 401 || status == 403 || status == 410 || status == 429 || status == 503;
}

static EmailVerdict
judge (SoupMessage *request, const char *answer)
{
  guint status = soup_message_get_status (request);
  EmailVerdict verdict = email_verdict (EMAIL_RETRY, FALSE, describe (request, answer));

  if (status >= 200 && status < 300)
    verdict.outcome = EMAIL_DELIVERED;
  else if (status == 410)
    verdict.outcome = EMAIL_REFUSED;
  else if (status == 400 || status == 413 || status == 422)
    verdict.outcome = EMAIL_REFUSED;
  else if (status == 502 || status == 504)
    verdict.is_ambiguous = TRUE;
  verdict.pauses = concerns_all (status);
  if (verdict.outcome == EMAIL_RETRY)
    verdict.after_seconds = read_retry_after (request);
  return verdict;
}

static void
end (Post *self, EmailVerdict verdict)
{
  if (self->timeout != 0)
    g_source_remove (self->timeout);
  self->done (verdict, self->user_data);
  g_object_unref (self->request);
  g_object_unref (self->over);
  g_free (self->answer);
  g_free (self);
}

static char *
describe_error (Post *self, const GError *error)
{
  GTlsCertificateFlags flags = soup_message_get_tls_peer_certificate_errors (self->request);

  if (flags & G_TLS_CERTIFICATE_EXPIRED)
    return g_strdup ("TLS: the server's certificate is refused: it has expired; nothing was sent");
  if (flags & G_TLS_CERTIFICATE_BAD_IDENTITY)
    return g_strdup ("TLS: the server's certificate is refused: it is for another name; nothing was sent");
  if (flags & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return g_strdup ("TLS: the server's certificate is refused: its issuer is not trusted; name the file of the CA by tls-ca; "
                     "nothing was sent");
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_strdup ("no answer in time");
  return g_strdup (error->message);
}

/* ---- one request ---- */

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Post *self = user_data;
  g_autoptr (GError) error = NULL;

  /* The status says it all; words that do not come, or too many of them, change nothing. */
  g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, NULL, &error);
  end (self, judge (self->request, self->answer));
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Post *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);

  if (stream == NULL)
    {
      end (self, self->is_sent ? email_verdict (EMAIL_RETRY, TRUE, describe_error (self, error)) : email_trouble (describe_error (self, error)));
      return;
    }
  self->answer = g_malloc0 (MAX_ANSWER + 1);
  g_input_stream_read_all_async (stream, self->answer, MAX_ANSWER, G_PRIORITY_DEFAULT, self->over, on_read, self);
}

static void
on_wrote (SoupMessage *request, gpointer user_data)
{
  Post *self = user_data;

  self->is_sent = TRUE;
}

static gboolean
on_timeout (gpointer user_data)
{
  Post *self = user_data;

  self->timeout = 0;
  g_cancellable_cancel (self->over);
  return G_SOURCE_REMOVE;
}

void
email_http_send (EmailHttp *self, const EmailMessage *message, EmailDoneFunc done, gpointer user_data)
{
  Post *post = g_new0 (Post, 1);

  post->request = email_preset_make_request (self->settings, message);
  post->over = g_cancellable_new ();
  post->done = done;
  post->user_data = user_data;
  post->timeout = g_timeout_add ((guint) self->settings->timeout, on_timeout, post);
  soup_message_add_flags (post->request, SOUP_MESSAGE_NO_REDIRECT);
  g_signal_connect (post->request, "wrote-body", G_CALLBACK (on_wrote), post);
  soup_session_send_async (self->session, post->request, G_PRIORITY_DEFAULT, post->over, on_answered, post);
}
