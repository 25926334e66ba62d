/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "channel-webhook-config.h"

#include <gio/gio.h>
#include <libsoup/soup.h>
#include <string.h>

#include "channel-webhook-address.h"

#define MAX_URL 2048
#define MAX_HEADERS 16
#define DEFAULT_TIMEOUT (30 * 1000)
#define MAX_TIMEOUT (10 * 60 * 1000)
#define MAX_CONCURRENCY 32
#define DEFAULT_SMS_LENGTH 459 /* three parts, each of which is paid for, of letters that GSM has */
#define MAX_SMS_LENGTH 1600

typedef enum
{
  NO,
  MAY,
  MUST,
} Want;

/* What each preset wants, in the order of WebhookPreset. */
static const struct
{
  const char *name;
  const char *url;
  Want        topic, room, to, from, account, token;
  guint       concurrency; /* 1 where all goes to one place in which people read it from top to bottom */
} presets[] = {
  { "json", NULL, .token = MAY, .concurrency = 8 },
  { "ntfy", "https://ntfy.sh", .topic = MUST, .token = MAY, .concurrency = 1 },
  { "gotify", NULL, .token = MUST, .concurrency = 1 },
  { "slack", NULL, .concurrency = 1 },
  { "mattermost", NULL, .room = MAY, .from = MAY, .concurrency = 1 },
  { "matrix", NULL, .room = MUST, .token = MUST, .concurrency = 1 },
  { "teams", NULL, .concurrency = 1 },
  { "discord", NULL, .from = MAY, .concurrency = 1 },
  { "twilio", "https://api.twilio.com", .to = MAY, .from = MUST, .account = MUST, .token = MUST, .concurrency = 4 },
};

/* What the request says of itself; a setting that says something else would cut or misdirect it. */
static const char *const reserved[] = { "host",       "content-length",  "transfer-encoding", "connection",      "expect",
                                        "upgrade",    "te",              "trailer",           "accept-encoding", "content-encoding",
                                        "keep-alive", "idempotency-key", "content-type",      "user-agent",      NULL };

static char *
read_text (ChannelSettings *settings, const char *key, const char *preset, Want want)
{
  const char *text = want != NO ? channel_settings_get_text (settings, key, NULL) : NULL;

  if (want == MUST && text == NULL)
    channel_settings_set_fault (settings, key, "is missing; preset %s needs it", preset);
  return g_strdup (text);
}

static gboolean
is_printable (const char *text)
{
  for (; *text != '\0'; text++)
    if (!g_ascii_isprint (*text))
      return FALSE;
  return TRUE;
}

/* What goes into a header: one line of ASCII. SECRET may be NULL. */
static char *
check_token (ChannelSettings *settings, const char *preset, const char *secret, Want want)
{
  if (want == MUST && secret == NULL)
    channel_settings_set_fault (settings, "token", "is missing; preset %s needs it: write token-file=PATH or token-credential=NAME", preset);
  if (secret != NULL && !is_printable (secret))
    channel_settings_set_fault (settings, "token", "the secret must be one line of printable ASCII");
  return g_strdup (secret);
}

/* From the settings, or from a file because it is a secret or has several lines. */
static char *
read_either (ChannelSettings *settings, const char *key)
{
  if (channel_settings_has (settings, key))
    return g_strdup (channel_settings_get_text (settings, key, NULL));
  return g_strdup (channel_settings_get_secret (settings, key));
}

/* ---- the address ---- */

static void
check_host (ChannelSettings *settings, const char *host, gboolean allows_private)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);
  const char *what = address != NULL && !allows_private ? webhook_address_find_fault (address) : NULL;

  if (what != NULL)
    channel_settings_set_fault (settings, "url", "%s is %s; write allow-private=yes if this is meant", host, what);
}

static GUri *
check_url (ChannelSettings *settings, const char *text, gboolean allows_http, gboolean allows_private)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GUri) uri = NULL;
  const char *scheme;

  if (strlen (text) > MAX_URL || !is_printable (text) || strchr (text, ' ') != NULL)
    channel_settings_set_fault (settings, "url", "must be at most %d printable ASCII characters without spaces", MAX_URL);
  else if (strstr (text, "{{") != NULL)
    channel_settings_set_fault (settings, "url", "cannot be a template: the host must be fixed");
  else
    uri = g_uri_parse (text, SOUP_HTTP_URI_FLAGS | G_URI_FLAGS_PARSE_RELAXED, &error);
  if (uri == NULL)
    {
      channel_settings_set_fault (settings, "url", "is no URL: %s", error != NULL ? error->message : "");
      return NULL;
    }
  scheme = g_uri_get_scheme (uri);
  if (!g_str_equal (scheme, "https") && !g_str_equal (scheme, "http"))
    channel_settings_set_fault (settings, "url", "must begin with https:// or http://, not %s:", scheme);
  else if (g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    channel_settings_set_fault (settings, "url", "names no host");
  else if (g_str_equal (scheme, "http") && !allows_http)
    channel_settings_set_fault (settings, "url", "http:// can be read by everybody on the way; write https://, or allow-http=yes if this is meant");
  else if (g_uri_get_userinfo (uri) != NULL)
    channel_settings_set_fault (settings, "url", "has a user or password in it; write token-file=PATH or header-Authorization-file=PATH instead");
  else if (g_uri_get_fragment (uri) != NULL)
    channel_settings_set_fault (settings, "url", "has a fragment ('#…'), which is never sent; leave it out");
  else
    check_host (settings, g_uri_get_host (uri), allows_private);
  return g_steal_pointer (&uri);
}

static void
read_url (WebhookConfig *self, ChannelSettings *settings)
{
  g_autofree char *text = read_either (settings, "url");
  gboolean allows_http = channel_settings_get_boolean (settings, "allow-http", FALSE);

  if (text == NULL)
    text = g_strdup (presets[self->preset].url);
  if (text != NULL)
    self->url = check_url (settings, text, allows_http, self->allows_private);
  else
    channel_settings_set_fault (settings, "url", "is missing; write url=https://… or url-file=PATH");
}

static void
read_proxy (WebhookConfig *self, ChannelSettings *settings)
{
  g_autoptr (GUri) uri = NULL;

  self->proxy = g_strdup (channel_settings_get_text (settings, "proxy", NULL));
  if (self->proxy == NULL)
    return;
  uri = g_uri_parse (self->proxy, SOUP_HTTP_URI_FLAGS, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || !g_str_equal (g_uri_get_scheme (uri), "http"))
    channel_settings_set_fault (settings, "proxy", "must be http://HOST:PORT, not '%s'", self->proxy);
}

/* ---- headers ---- */

static gboolean
is_token (const char *name)
{
  if (*name == '\0')
    return FALSE;
  for (; *name != '\0'; name++)
    if (!g_ascii_isalnum (*name) && strchr ("!#$%&'*+-.^_`|~", *name) == NULL)
      return FALSE;
  return TRUE;
}

static void
read_header (ChannelSettings *settings, const char *key, GPtrArray *headers)
{
  const char *name = key + strlen ("header-");
  g_autofree char *lower = g_ascii_strdown (name, -1);
  g_autofree char *value = NULL;

  if (!is_token (name))
    channel_settings_set_fault (settings, key, "'%s' is no name of a header; letters, digits and hyphens make one", name);
  else if (g_strv_contains (reserved, lower) || g_str_has_prefix (lower, "proxy-") || g_str_has_prefix (lower, "x-jobtracker-"))
    channel_settings_set_fault (settings, key, "the header %s is JobTracker's own; it cannot be set", name);
  else if (headers->len / 2 >= MAX_HEADERS)
    channel_settings_set_fault (settings, key, "is one header too many; there can be %d", MAX_HEADERS);
  else
    value = read_either (settings, key);
  if (value == NULL)
    return;
  if (!is_printable (value))
    channel_settings_set_fault (settings, key, "must be one line of printable ASCII");
  g_ptr_array_add (headers, g_strdup (name));
  g_ptr_array_add (headers, g_steal_pointer (&value));
}

static gboolean
has_header (WebhookConfig *self, const char *name)
{
  for (guint i = 0; self->headers[i] != NULL; i += 2)
    if (g_ascii_strcasecmp (self->headers[i], name) == 0)
      return TRUE;
  return FALSE;
}

static void
read_headers (WebhookConfig *self, ChannelSettings *settings)
{
  g_autoptr (GPtrArray) headers = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) keys = channel_settings_list (settings, "header-");

  for (guint i = 0; keys[i] != NULL; i++)
    read_header (settings, keys[i], headers);
  g_ptr_array_add (headers, NULL);
  self->headers = (char **) g_ptr_array_free (g_steal_pointer (&headers), FALSE);
  if (self->token != NULL && has_header (self, "Authorization"))
    channel_settings_set_fault (settings, "header-Authorization", "and a token would both say who asks; leave one out");
}

/* ---- the whole ---- */

static void
read_json (WebhookConfig *self, ChannelSettings *settings)
{
  static const char *const methods[] = { "POST", "PUT", "PATCH", NULL };

  self->method = g_strdup (methods[channel_settings_get_choice (settings, "method", 0, methods)]);
  self->content_type = g_strdup (channel_settings_get_text (settings, "content-type", "application/json"));
  if (!is_printable (self->content_type) || strchr (self->content_type, '/') == NULL)
    channel_settings_set_fault (settings, "content-type", "must be a media type such as application/json");
  self->body = read_either (settings, "body");
}

static guint
read_preset (ChannelSettings *settings)
{
  const char *names[G_N_ELEMENTS (presets) + 1] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (presets); i++)
    names[i] = presets[i].name;
  return channel_settings_get_choice (settings, "preset", WEBHOOK_JSON, names);
}

static void
read_of_preset (WebhookConfig *self, ChannelSettings *settings)
{
  const char *name = presets[self->preset].name;

  self->topic = read_text (settings, "topic", name, presets[self->preset].topic);
  self->room = read_text (settings, "room", name, presets[self->preset].room);
  self->to = read_text (settings, "to", name, presets[self->preset].to);
  self->from = read_text (settings, "from", name, presets[self->preset].from);
  self->account = read_text (settings, "account", name, presets[self->preset].account);
  if (presets[self->preset].token != NO)
    self->token = check_token (settings, name, channel_settings_get_secret (settings, "token"), presets[self->preset].token);
  if (self->preset == WEBHOOK_JSON)
    read_json (self, settings);
  if (self->preset == WEBHOOK_TWILIO)
    self->max_length = (guint) channel_settings_get_number (settings, "max-length", DEFAULT_SMS_LENGTH, 40, MAX_SMS_LENGTH);
}

/* The service waits so long for any verdict; one request is given up a little before. */
static gint64
read_timeout (ChannelSettings *settings)
{
  gint64 span = channel_settings_get_milliseconds (settings, "timeout", 0, 500, MAX_TIMEOUT);

  return span > 0 ? span - MIN (span / 10, 5000) : DEFAULT_TIMEOUT;
}

WebhookConfig *
webhook_config_new (ChannelSettings *settings)
{
  WebhookConfig *self = g_new0 (WebhookConfig, 1);

  self->preset = read_preset (settings);
  self->allows_private = channel_settings_get_boolean (settings, "allow-private", FALSE);
  read_url (self, settings);
  read_of_preset (self, settings);
  self->signing_key = g_strdup (channel_settings_get_secret (settings, "signing-key"));
  read_headers (self, settings);
  read_proxy (self, settings);
  self->authority = g_strdup (channel_settings_get_file (settings, "tls-ca"));
  self->timeout_milliseconds = read_timeout (settings);
  self->concurrency = (guint) channel_settings_get_number (settings, "concurrency", presets[self->preset].concurrency, 1, MAX_CONCURRENCY);
  return self;
}

void
webhook_config_free (WebhookConfig *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->url, g_uri_unref);
  g_free (self->method);
  g_free (self->content_type);
  g_free (self->body);
  g_free (self->topic);
  g_free (self->room);
  g_free (self->to);
  g_free (self->from);
  g_free (self->account);
  g_free (self->token);
  g_free (self->signing_key);
  g_strfreev (self->headers);
  g_free (self->authority);
  g_free (self->proxy);
  g_free (self);
}
