/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "channel-webhook-sender.h"

#include <libsoup/soup.h>
#include <string.h>

#include "channel-webhook-address.h"
#include "channel-webhook-answer.h"

/* A connection that nobody has used for longer may be one that the server has closed already. libsoup uses one again for what
 * may be sent twice (PUT) only: a POST that met its end would be lost in a way that leaves open whether it came. */
#define IDLE_SECONDS 5
#define MAX_IDEMPOTENCY_KEY 255
/* Answers that say that an answer will come. */
#define MAX_INFORMATIONAL 16

struct _WebhookSender
{
  Channel             *channel; /* (unowned) */
  const WebhookConfig *config;  /* (unowned) */
  SoupSession         *session; /* (owned) */
  GQueue               waiting; /* (element-type Delivery) (owned) */
  GHashTable          *lanes;   /* (owned) (element-type utf8) in which something is under way */
  guint                active;
};

typedef struct
{
  WebhookSender       *sender;       /* (unowned) */
  ChannelNotification *notification; /* (owned) */
  WebhookRequest       request;
  char                *lane;        /* (owned) */
  SoupMessage         *message;     /* (owned) */
  GCancellable        *cancellable; /* (owned) */
  GSource             *deadline;    /* (owned) (nullable) */
  GInputStream        *stream;      /* (owned) (nullable) of the answer */
  char                *answer;      /* (owned) */
  gsize                length;      /* of the answer */
  gboolean             is_sent;     /* something of the body has gone out: the server may have all of it */
  gboolean             is_late;
  guint                n_informational;
  GTlsCertificateFlags faults; /* of its certificate */
} Delivery;

static void start_waiting (WebhookSender *self);

static void
delivery_free (Delivery *delivery)
{
  if (delivery->deadline != NULL)
    g_source_destroy (delivery->deadline);
  g_clear_pointer (&delivery->deadline, g_source_unref);
  g_clear_pointer (&delivery->notification, channel_notification_free);
  webhook_request_clear (&delivery->request);
  if (delivery->message != NULL)
    g_signal_handlers_disconnect_by_data (delivery->message, delivery);
  g_clear_object (&delivery->message);
  g_clear_object (&delivery->cancellable);
  g_clear_object (&delivery->stream);
  g_free (delivery->answer);
  g_free (delivery->lane);
  g_free (delivery);
}

/* ---- the end of one ---- */

static void
answer (Delivery *delivery, const WebhookVerdict *verdict, gboolean is_ambiguous, gboolean concerns_all)
{
  Channel *channel = delivery->sender->channel;
  const char *id = delivery->notification->id;

  if (verdict->outcome == WEBHOOK_DELIVERED)
    channel_delivered (channel, id, verdict->text);
  else if (verdict->outcome == WEBHOOK_RETRY)
    channel_retry (channel, id, verdict->text, verdict->after_seconds, is_ambiguous, concerns_all);
  else
    channel_refused (channel, id, verdict->text, verdict->is_gone);
}

/* What waits would only be told the same, each after as long a wait. */
static void
give_back_waiting (WebhookSender *self, const char *reason, gint64 after_seconds)
{
  GQueue waiting = self->waiting;

  g_queue_init (&self->waiting);
  for (Delivery *delivery; (delivery = g_queue_pop_head (&waiting)) != NULL;)
    {
      channel_retry (self->channel, delivery->notification->id, reason, after_seconds, FALSE, TRUE);
      delivery_free (delivery);
    }
}

static void
end_delivery (Delivery *delivery, const WebhookVerdict *verdict, gboolean is_ambiguous, gboolean concerns_all)
{
  WebhookSender *self = delivery->sender;

  g_hash_table_remove (self->lanes, delivery->lane);
  self->active--;
  answer (delivery, verdict, is_ambiguous, concerns_all);
  if (concerns_all)
    give_back_waiting (self, verdict->text, verdict->after_seconds);
  delivery_free (delivery);
  start_waiting (self);
}

static char *
describe_certificate (GTlsCertificateFlags faults)
{
  static const struct
  {
    GTlsCertificateFlags flag;
    const char          *text;
  } texts[] = {
    { G_TLS_CERTIFICATE_UNKNOWN_CA, "it is signed by nobody whom this machine trusts" },
    { G_TLS_CERTIFICATE_BAD_IDENTITY, "it is for another host" },
    { G_TLS_CERTIFICATE_NOT_ACTIVATED, "it is not valid yet" },
    { G_TLS_CERTIFICATE_EXPIRED, "it has expired" },
    { G_TLS_CERTIFICATE_REVOKED, "it was revoked" },
    { G_TLS_CERTIFICATE_INSECURE, "its algorithm is not secure" },
  };
  g_autoptr (GString) text = g_string_new ("the certificate of the server is not accepted:");

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (faults & texts[i].flag)
      g_string_append_printf (text, "%s %s", text->str[text->len - 1] == ':' ? "" : ",", texts[i].text);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* No answer came: whether the server has the notification is known only if nothing of it went out. */
static void
end_without_answer (Delivery *delivery, const GError *error)
{
  g_auto (WebhookVerdict) verdict = { .outcome = WEBHOOK_RETRY };

  if (delivery->is_late)
    verdict.text = g_strdup_printf ("no answer within %g seconds", (double) delivery->sender->config->timeout_milliseconds / 1000);
  else if (delivery->faults != 0)
    verdict.text = describe_certificate (delivery->faults);
  else if (delivery->n_informational > MAX_INFORMATIONAL)
    verdict.text = g_strdup ("the server says without end that it will answer");
  else
    verdict.text = g_strdup_printf ("%s%s", delivery->is_sent ? "the connection was lost before an answer came: " : "", error->message);
  end_delivery (delivery, &verdict, delivery->is_sent, !delivery->is_sent);
}

static void
end_with_answer (Delivery *delivery)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (delivery->message);
  gboolean is_encoded = soup_message_headers_get_one (headers, "Content-Encoding") != NULL;
  g_auto (WebhookVerdict) verdict = { 0 };
  gboolean concerns_all;

  /* What was not asked for is not unpacked either. */
  webhook_answer_judge (&verdict, delivery->sender->config->preset, soup_message_get_status (delivery->message),
                        soup_message_get_reason_phrase (delivery->message), soup_message_headers_get_one (headers, "Retry-After"),
                        delivery->answer, is_encoded ? 0 : delivery->length, g_get_real_time () / G_USEC_PER_SEC);
  concerns_all = verdict.is_gone || (verdict.outcome == WEBHOOK_RETRY && verdict.after_seconds > 0);
  end_delivery (delivery, &verdict, FALSE, concerns_all);
}

/* ---- its course ---- */

/* Only now may its connection be used for the next. */
static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Delivery *delivery = user_data;

  g_input_stream_close_finish (G_INPUT_STREAM (source), result, NULL);
  end_with_answer (delivery);
}

/* The status says what became of it, whatever happens to the words that follow. */
static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Delivery *delivery = user_data;
  gboolean is_whole = g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &delivery->length, NULL);

  /* There may be more without end, and closing would read all of it. */
  if (!is_whole || delivery->length == WEBHOOK_MAX_ANSWER)
    g_cancellable_cancel (delivery->cancellable);
  g_input_stream_close_async (delivery->stream, G_PRIORITY_DEFAULT, delivery->cancellable, on_closed, delivery);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Delivery *delivery = user_data;
  g_autoptr (GError) error = NULL;

  delivery->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (delivery->stream == NULL)
    {
      end_without_answer (delivery, error);
      return;
    }
  delivery->answer = g_malloc (WEBHOOK_MAX_ANSWER);
  g_input_stream_read_all_async (delivery->stream, delivery->answer, WEBHOOK_MAX_ANSWER, G_PRIORITY_DEFAULT, delivery->cancellable, on_read,
                                 delivery);
}

static gboolean
on_deadline (gpointer user_data)
{
  Delivery *delivery = user_data;

  delivery->is_late = TRUE;
  g_cancellable_cancel (delivery->cancellable);
  return G_SOURCE_REMOVE;
}

static void
on_wrote_body_data (SoupMessage *message, guint size, gpointer user_data)
{
  ((Delivery *) user_data)->is_sent = TRUE;
}

static gboolean
on_accept_certificate (SoupMessage *message, GTlsCertificate *certificate, GTlsCertificateFlags faults, gpointer user_data)
{
  ((Delivery *) user_data)->faults = faults;
  return FALSE;
}

/* libsoup reads these as fast as they come and asks no timer meanwhile. */
static void
on_got_informational (SoupMessage *message, gpointer user_data)
{
  Delivery *delivery = user_data;

  if (++delivery->n_informational > MAX_INFORMATIONAL)
    g_cancellable_cancel (delivery->cancellable);
}

/* HTTP/1.1: where one answer that never ends costs one connection and nothing else. */
static void
on_network_event (SoupMessage *message, GSocketClientEvent event, GIOStream *connection, gpointer user_data)
{
  static const char *const protocols[] = { "http/1.1", NULL };

  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING && G_IS_TLS_CONNECTION (connection))
    g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (connection), protocols);
}

/* ---- the request ---- */

static void
add_signature (SoupMessageHeaders *headers, const char *key, const char *body)
{
  g_autofree char *time = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_real_time () / G_USEC_PER_SEC);
  g_autofree char *signed_text = g_strdup_printf ("%s.%s", time, body);
  g_autofree char *sum = g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *) key, strlen (key), signed_text, -1);
  g_autofree char *value = g_strdup_printf ("t=%s,v1=%s", time, sum);

  soup_message_headers_replace (headers, "X-JobTracker-Signature", value);
}

/* One that a header cannot carry is left out: it makes repeats recognisable, and nothing more. */
static void
add_idempotency_key (SoupMessageHeaders *headers, const char *message_id)
{
  gsize length = strlen (message_id);

  for (const char *at = message_id; *at != '\0'; at++)
    if (!g_ascii_isgraph (*at))
      return;
  if (length > 0 && length <= MAX_IDEMPOTENCY_KEY)
    soup_message_headers_replace (headers, "Idempotency-Key", message_id);
}

static void
add_headers (Delivery *delivery)
{
  const WebhookConfig *config = delivery->sender->config;
  SoupMessageHeaders *headers = soup_message_get_request_headers (delivery->message);
  g_autofree char *login = NULL;
  const char *name;

  soup_message_headers_replace (headers, "User-Agent", "JobTracker/" PACKAGE_VERSION);
  soup_message_headers_replace (headers, "Accept", "*/*");
  for (guint i = 0; config->headers[i] != NULL; i += 2)
    soup_message_headers_replace (headers, config->headers[i], config->headers[i + 1]);
  if (webhook_preset_get_login (config, &name, &login))
    soup_message_headers_replace (headers, name, login);
  add_idempotency_key (headers, delivery->notification->message_id);
  if (config->signing_key != NULL)
    add_signature (headers, config->signing_key, delivery->request.body);
}

static void
start (Delivery *delivery)
{
  WebhookSender *self = delivery->sender;
  g_autoptr (GUri) uri = g_uri_parse (delivery->request.url, SOUP_HTTP_URI_FLAGS, NULL);
  g_autoptr (GBytes) body = g_bytes_new (delivery->request.body, strlen (delivery->request.body));

  delivery->message = soup_message_new_from_uri (delivery->request.method, uri);
  soup_message_add_flags (delivery->message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_DO_NOT_USE_AUTH_CACHE);
  soup_message_set_request_body_from_bytes (delivery->message, delivery->request.content_type, body);
  add_headers (delivery);
  g_signal_connect (delivery->message, "wrote-body-data", G_CALLBACK (on_wrote_body_data), delivery);
  g_signal_connect (delivery->message, "accept-certificate", G_CALLBACK (on_accept_certificate), delivery);
  g_signal_connect (delivery->message, "got-informational", G_CALLBACK (on_got_informational), delivery);
  g_signal_connect (delivery->message, "network-event", G_CALLBACK (on_network_event), delivery);
  delivery->cancellable = g_cancellable_new ();
  delivery->deadline = g_timeout_source_new ((guint) self->config->timeout_milliseconds);
  g_source_set_callback (delivery->deadline, on_deadline, delivery, NULL);
  g_source_attach (delivery->deadline, NULL);
  self->active++;
  g_hash_table_add (self->lanes, g_strdup (delivery->lane));
  soup_session_send_async (self->session, delivery->message, G_PRIORITY_DEFAULT, delivery->cancellable, on_answered, delivery);
}

static void
start_waiting (WebhookSender *self)
{
  GList *next;

  for (GList *l = self->waiting.head; l != NULL && self->active < self->config->concurrency; l = next)
    {
      Delivery *delivery = l->data;

      next = l->next;
      if (g_hash_table_contains (self->lanes, delivery->lane))
        continue;
      g_queue_delete_link (&self->waiting, l);
      start (delivery);
    }
}

/* What goes out in the order in which it came: what is about one job; what is about none stands for itself. */
static char *
find_lane (ChannelNotification *notification)
{
  JsonNode *job = json_object_get_member (notification->json, "job");
  const char *name = channel_object_get_text (channel_object_get_object (notification->json, "job"), "name", NULL);

  if (name == NULL && job != NULL && JSON_NODE_HOLDS_VALUE (job))
    name = json_node_get_string (job);
  return name != NULL ? g_strconcat ("job/", name, NULL) : g_strconcat ("id/", notification->id, NULL);
}

void
webhook_sender_send (WebhookSender *self, ChannelNotification *notification, WebhookRequest *request)
{
  Delivery *delivery = g_new0 (Delivery, 1);

  delivery->sender = self;
  delivery->notification = notification;
  delivery->request = *request;
  *request = (WebhookRequest) { 0 };
  delivery->lane = find_lane (notification);
  g_queue_push_tail (&self->waiting, delivery);
  start_waiting (self);
}

/* ---- the session ---- */

static SoupSession *
make_session (const WebhookConfig *config)
{
  GUri *url = config->url;
  g_autoptr (GSocketConnectable) address = NULL;

  if (config->proxy == NULL && !config->allows_private)
    address = webhook_address_new (g_uri_get_host (url), (guint16) g_uri_get_port (url));
  return g_object_new (SOUP_TYPE_SESSION, "remote-connectable", address, "max-conns", config->concurrency, "max-conns-per-host",
                       config->concurrency, "idle-timeout", IDLE_SECONDS, "timeout",
                       (guint) (config->timeout_milliseconds / 1000) + 1, NULL);
}

WebhookSender *
webhook_sender_new (Channel *channel, const WebhookConfig *config, GError **error)
{
  g_autoptr (WebhookSender) self = g_new0 (WebhookSender, 1);
  g_autoptr (GProxyResolver) proxy = config->proxy != NULL ? g_simple_proxy_resolver_new (config->proxy, NULL) : NULL;
  g_autoptr (GTlsDatabase) database = NULL;

  self->channel = channel;
  self->config = config;
  self->lanes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->waiting);
  self->session = make_session (config);
  /* Nobody but the configuration says whether there is a proxy, and nothing that is packed is asked for or unpacked. */
  soup_session_set_proxy_resolver (self->session, proxy);
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_CONTENT_DECODER);
  if (config->authority != NULL)
    {
      database = g_tls_file_database_new (config->authority, error);
      if (database == NULL)
        return NULL;
      soup_session_set_tls_database (self->session, database);
    }
  return g_steal_pointer (&self);
}

void
webhook_sender_free (WebhookSender *self)
{
  if (self == NULL)
    return;
  g_clear_object (&self->session);
  g_clear_pointer (&self->lanes, g_hash_table_unref);
  g_queue_clear_full (&self->waiting, (GDestroyNotify) delivery_free);
  g_free (self);
}
