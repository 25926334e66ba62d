/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "channel-webhook-preset.h"

#include <string.h>

#include "channel-webhook-text.h"

/* What services take at most, and what is still read on a telephone. */
#define MAX_TITLE 250
#define NTFY_MAX_BYTES 4096 /* more becomes an attachment */
#define GOTIFY_MAX 16384
#define SLACK_MAX 3000 /* of the text of a section */
#define MATTERMOST_MAX 3500 /* older servers: 8,000 with all that is around it */
#define MATRIX_MAX 8000 /* an event has at most 64 KiB, and it is in there twice */
#define TEAMS_MAX 7000 /* a message has at most 28 KB, whatever is escaped in it */
#define DISCORD_MAX 4096
#define DISCORD_MAX_TITLE 256

typedef struct
{
  const char *severity;
  const char *colour;
  const char *tag; /* of ntfy: the name of an emoji */
  const char *card_colour;
  int         ntfy_priority;
  int         gotify_priority;
} Look;

static const Look looks[] = {
  { "error", "#d32f2f", "rotating_light", "Attention", 4, 8 },
  { "warning", "#f57c00", "warning", "Warning", 3, 6 },
  { "notice", "#1976d2", "information_source", "Accent", 3, 4 },
  { "info", "#1976d2", "information_source", "Default", 2, 2 },
};
/* Good news of whatever severity. */
static const Look good = { NULL, "#388e3c", "white_check_mark", "Good", 3, 4 };

static Look
find_look (ChannelNotification *notification)
{
  const Look *look = &looks[G_N_ELEMENTS (looks) - 1];
  Look result;

  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    if (g_str_equal (notification->severity, looks[i].severity))
      look = &looks[i];
  result = *look;
  if (g_str_equal (notification->event, "succeeded") || g_str_equal (notification->event, "recovered"))
    {
      result.colour = good.colour;
      result.tag = good.tag;
      result.card_colour = good.card_colour;
    }
  return result;
}

/* Where a person reads on; NULL if there is no gateway. */
static const char *
find_link (ChannelNotification *notification)
{
  static const char *const names[] = { "run", "log", "job" };
  JsonObject *links = channel_object_get_object (notification->json, "links");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *link = channel_object_get_text (links, names[i], "");

      if (g_str_has_prefix (link, "https://") || g_str_has_prefix (link, "http://"))
        return link;
    }
  return NULL;
}

static char *
fit (const char *text, gsize most, WebhookEscapeFunc escape)
{
  return webhook_text_fit (text, most, WEBHOOK_UNIT_UTF16, escape);
}

/* ---- JSON, one line a value ---- */

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

/* (TEXT transfer full) */
static void
take_text (JsonBuilder *builder, const char *name, char *text)
{
  add_text (builder, name, text);
  g_free (text);
}

static void
add_number (JsonBuilder *builder, const char *name, gint64 number)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, number);
}

static void
begin (JsonBuilder *builder, const char *name)
{
  if (name != NULL)
    json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
}

static void
begin_list (JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
}

static void
end (JsonBuilder *builder)
{
  json_builder_end_object (builder);
}

static void
end_list (JsonBuilder *builder)
{
  json_builder_end_array (builder);
}

static char *
finish (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);

  return json_to_string (root, FALSE);
}

/* ---- the services ---- */

static char *
make_ntfy (const WebhookConfig *config, ChannelNotification *notification, Look look)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const char *link = find_link (notification);

  begin (builder, NULL);
  add_text (builder, "topic", config->topic);
  take_text (builder, "title", fit (notification->subject, MAX_TITLE, NULL));
  take_text (builder, "message", webhook_text_fit (notification->text, NTFY_MAX_BYTES, WEBHOOK_UNIT_BYTES, NULL));
  add_number (builder, "priority", look.ntfy_priority);
  begin_list (builder, "tags");
  json_builder_add_string_value (builder, look.tag);
  json_builder_add_string_value (builder, notification->event);
  end_list (builder);
  if (link != NULL)
    add_text (builder, "click", link);
  end (builder);
  return finish (builder);
}

static char *
make_gotify (const WebhookConfig *config, ChannelNotification *notification, Look look)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const char *link = find_link (notification);

  begin (builder, NULL);
  take_text (builder, "title", fit (notification->subject, MAX_TITLE, NULL));
  take_text (builder, "message", fit (notification->text, GOTIFY_MAX, NULL));
  add_number (builder, "priority", look.gotify_priority);
  begin (builder, "extras");
  begin (builder, "client::display");
  add_text (builder, "contentType", "text/plain");
  end (builder);
  if (link != NULL)
    {
      begin (builder, "client::notification");
      begin (builder, "click");
      add_text (builder, "url", link);
      end (builder);
      end (builder);
    }
  end (builder);
  end (builder);
  return finish (builder);
}

static char *
make_slack (const WebhookConfig *config, ChannelNotification *notification, Look look)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *title = fit (notification->subject, MAX_TITLE, webhook_escape_slack);
  const char *link = find_link (notification);
  g_autofree char *target = link != NULL ? fit (link, MAX_TITLE * 8, webhook_escape_slack) : NULL;

  begin (builder, NULL);
  take_text (builder, "text", target != NULL ? g_strdup_printf ("<%s|%s>", target, title) : g_strdup (title));
  begin_list (builder, "attachments");
  begin (builder, NULL);
  add_text (builder, "color", look.colour);
  begin_list (builder, "blocks");
  begin (builder, NULL);
  add_text (builder, "type", "section");
  begin (builder, "text");
  /* Plain text: neither markup nor a mention of everybody can come out of a log. */
  add_text (builder, "type", "plain_text");
  take_text (builder, "text", fit (*notification->text != '\0' ? notification->text : notification->subject, SLACK_MAX, NULL));
  json_builder_set_member_name (builder, "emoji");
  json_builder_add_boolean_value (builder, FALSE);
  end (builder);
  end (builder);
  end_list (builder);
  end (builder);
  end_list (builder);
  end (builder);
  return finish (builder);
}

static char *
make_mattermost (const WebhookConfig *config, ChannelNotification *notification, Look look)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *text = fit (notification->text, MATTERMOST_MAX, NULL);
  g_autofree char *fence = webhook_text_make_fence (text);
  const char *link = find_link (notification);

  begin (builder, NULL);
  if (config->room != NULL)
    add_text (builder, "channel", config->room);
  if (config->from != NULL)
    add_text (builder, "username", config->from);
  begin_list (builder, "attachments");
  begin (builder, NULL);
  take_text (builder, "fallback", fit (notification->subject, MAX_TITLE, NULL));
  add_text (builder, "color", look.colour);
  take_text (builder, "title", fit (notification->subject, MAX_TITLE, NULL));
  if (link != NULL)
    add_text (builder, "title_link", link);
  /* As a block of code: no markup and no mention in it counts. */
  if (*text != '\0')
    take_text (builder, "text", g_strdup_printf ("%s\n%s\n%s", fence, text, fence));
  end (builder);
  end_list (builder);
  end (builder);
  return finish (builder);
}

static char *
make_matrix (const WebhookConfig *config, ChannelNotification *notification, Look look)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *title = fit (notification->subject, MAX_TITLE, NULL);
  g_autofree char *text = fit (notification->text, MATRIX_MAX, NULL);
  g_autofree char *html_title = fit (notification->subject, MAX_TITLE * 6, webhook_escape_html);
  g_autofree char *html_text = fit (notification->text, MATRIX_MAX, webhook_escape_html);
  const char *link = find_link (notification);
  g_autofree char *target = link != NULL ? fit (link, MAX_TITLE * 8, webhook_escape_html) : NULL;
  g_autofree char *linked = target != NULL ? g_strdup_printf ("<a href=\"%s\">%s</a>", target, html_title) : g_strdup (html_title);

  begin (builder, NULL);
  add_text (builder, "msgtype", "m.text");
  take_text (builder, "body", g_strdup_printf ("%s\n\n%s", title, text));
  add_text (builder, "format", "org.matrix.custom.html");
  take_text (builder, "formatted_body",
             g_strdup_printf ("<span data-mx-color=\"%s\">●</span> <strong>%s</strong><pre><code>%s</code></pre>", look.colour, linked, html_text));
  /* Nobody is called by a name that stands in a log. */
  begin (builder, "m.mentions");
  end (builder);
  end (builder);
  return finish (builder);
}

static void
add_card_text (JsonBuilder *builder, const char *text, gsize most, Look look, gboolean is_title)
{
  begin (builder, NULL);
  add_text (builder, "type", "TextBlock");
  take_text (builder, "text", fit (text, most, webhook_escape_card));
  json_builder_set_member_name (builder, "wrap");
  json_builder_add_boolean_value (builder, TRUE);
  if (is_title)
    {
      add_text (builder, "size", "Medium");
      add_text (builder, "weight", "Bolder");
      add_text (builder, "color", look.card_colour);
    }
  end (builder);
}

static char *
make_teams (const WebhookConfig *config, ChannelNotification *notification, Look look)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const char *link = find_link (notification);

  begin (builder, NULL);
  add_text (builder, "type", "message");
  begin_list (builder, "attachments");
  begin (builder, NULL);
  add_text (builder, "contentType", "application/vnd.microsoft.card.adaptive");
  json_builder_set_member_name (builder, "contentUrl");
  json_builder_add_null_value (builder);
  begin (builder, "content");
  add_text (builder, "$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
  add_text (builder, "type", "AdaptiveCard");
  add_text (builder, "version", "1.2");
  begin_list (builder, "body");
  add_card_text (builder, notification->subject, MAX_TITLE * 2, look, TRUE);
  if (*notification->text != '\0')
    add_card_text (builder, notification->text, TEAMS_MAX, look, FALSE);
  end_list (builder);
  if (link != NULL)
    {
      begin (builder, "selectAction");
      add_text (builder, "type", "Action.OpenUrl");
      add_text (builder, "url", link);
      end (builder);
    }
  begin (builder, "msteams");
  add_text (builder, "width", "Full");
  end (builder);
  end (builder);
  end (builder);
  end_list (builder);
  end (builder);
  return finish (builder);
}

static char *
make_discord (const WebhookConfig *config, ChannelNotification *notification, Look look)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GDateTime) created = g_date_time_new_from_iso8601 (notification->created, NULL);
  const char *link = find_link (notification);

  begin (builder, NULL);
  if (config->from != NULL)
    add_text (builder, "username", config->from);
  begin_list (builder, "embeds");
  begin (builder, NULL);
  take_text (builder, "title", fit (notification->subject, DISCORD_MAX_TITLE, webhook_escape_markdown));
  take_text (builder, "description", fit (notification->text, DISCORD_MAX, webhook_escape_markdown));
  if (link != NULL)
    add_text (builder, "url", link);
  add_number (builder, "color", (gint64) g_ascii_strtoull (look.colour + 1, NULL, 16));
  if (created != NULL)
    add_text (builder, "timestamp", notification->created);
  end (builder);
  end_list (builder);
  begin (builder, "allowed_mentions");
  begin_list (builder, "parse");
  end_list (builder);
  end (builder);
  end (builder);
  return finish (builder);
}

/* ---- text messages ---- */

static gboolean
is_telephone_number (const char *text)
{
  gsize digits = *text == '+' ? strspn (text + 1, "0123456789") : 0;

  return digits >= 7 && digits <= 15 && text[digits + 1] == '\0';
}

/* One of the services of an account that choose the sender, instead of a number. */
static gboolean
is_messaging_service (const char *from)
{
  return strlen (from) == 34 && g_str_has_prefix (from, "MG");
}

static char *
make_twilio (const WebhookConfig *config, ChannelNotification *notification, char **fault)
{
  const char *to = config->to != NULL ? config->to : notification->address;
  g_autofree char *whole = *notification->text != '\0' ? g_strdup_printf ("%s\n%s", notification->subject, notification->text)
                                                       : g_strdup (notification->subject);
  g_autofree char *text = fit (whole, config->max_length, NULL);
  g_autofree char *to_escaped = g_uri_escape_string (to, NULL, FALSE);
  g_autofree char *from = g_uri_escape_string (config->from, NULL, FALSE);
  g_autofree char *body = g_uri_escape_string (text, NULL, FALSE);

  if (config->to == NULL && !is_telephone_number (to))
    {
      *fault = g_strdup_printf ("the address '%s' is no telephone number such as +15551234567; the setting 'to' can name one", to);
      return NULL;
    }
  return g_strdup_printf ("To=%s&%s=%s&Body=%s", to_escaped, is_messaging_service (config->from) ? "MessagingServiceSid" : "From", from, body);
}

/* ---- where to ---- */

/* PATH, escaped already, below the URL that was given. */
static char *
append_path (GUri *url, const char *path)
{
  g_autofree char *base = g_strdup (g_uri_get_path (url));
  g_autofree char *whole = NULL;
  g_autoptr (GUri) joined = NULL;

  while (g_str_has_suffix (base, "/"))
    base[strlen (base) - 1] = '\0';
  whole = g_strconcat (base, path, NULL);
  joined = g_uri_build (g_uri_get_flags (url), g_uri_get_scheme (url), NULL, g_uri_get_host (url), g_uri_get_port (url), whole,
                        g_uri_get_query (url), NULL);
  return g_uri_to_string (joined);
}

/* The same message has the same number however often it is sent, and the server takes it once. */
static char *
make_matrix_url (const WebhookConfig *config, ChannelNotification *notification)
{
  g_autofree char *room = g_uri_escape_string (config->room, NULL, FALSE);
  g_autofree char *number = g_compute_checksum_for_string (G_CHECKSUM_SHA256, notification->message_id, -1);
  g_autofree char *path = g_strdup_printf ("/_matrix/client/v3/rooms/%s/send/m.room.message/%.32s", room, number);

  return append_path (config->url, path);
}

/* Discord says whether it has kept the message only if it is asked to. */
static char *
make_discord_url (const WebhookConfig *config)
{
  const char *query = g_uri_get_query (config->url);
  g_autofree char *text = g_uri_to_string (config->url);

  if (query != NULL && strstr (query, "wait=") != NULL)
    return g_steal_pointer (&text);
  return g_strconcat (text, query != NULL ? "&" : "?", "wait=true", NULL);
}

static char *
make_url (const WebhookConfig *config, ChannelNotification *notification)
{
  g_autofree char *account = NULL;
  g_autofree char *path = NULL;

  switch (config->preset)
    {
    case WEBHOOK_GOTIFY:
      return append_path (config->url, "/message");
    case WEBHOOK_NTFY:
      return append_path (config->url, "/");
    case WEBHOOK_MATRIX:
      return make_matrix_url (config, notification);
    case WEBHOOK_TWILIO:
      account = g_uri_escape_string (config->account, NULL, FALSE);
      path = g_strdup_printf ("/2010-04-01/Accounts/%s/Messages.json", account);
      return append_path (config->url, path);
    case WEBHOOK_DISCORD:
      return make_discord_url (config);
    case WEBHOOK_JSON:
    case WEBHOOK_SLACK:
    case WEBHOOK_MATTERMOST:
    case WEBHOOK_TEAMS:
      break;
    }
  return g_uri_to_string (config->url);
}

/* ---- the whole ---- */

/* As it came, without the word that says to a channel what it is. */
static char *
make_plain_json (ChannelNotification *notification)
{
  if (json_object_has_member (notification->json, "type"))
    json_object_remove_member (notification->json, "type");
  return json_to_string (notification->root, FALSE);
}

static char *
make_body (const WebhookConfig *config, WebhookTemplate *template, ChannelNotification *notification, char **fault)
{
  Look look = find_look (notification);

  switch (config->preset)
    {
    case WEBHOOK_JSON:
      return template != NULL ? webhook_template_render (template, notification->json, fault) : make_plain_json (notification);
    case WEBHOOK_NTFY:
      return make_ntfy (config, notification, look);
    case WEBHOOK_GOTIFY:
      return make_gotify (config, notification, look);
    case WEBHOOK_SLACK:
      return make_slack (config, notification, look);
    case WEBHOOK_MATTERMOST:
      return make_mattermost (config, notification, look);
    case WEBHOOK_MATRIX:
      return make_matrix (config, notification, look);
    case WEBHOOK_TEAMS:
      return make_teams (config, notification, look);
    case WEBHOOK_DISCORD:
      return make_discord (config, notification, look);
    case WEBHOOK_TWILIO:
      return make_twilio (config, notification, fault);
    }
  return NULL;
}

gboolean
webhook_request_fill (WebhookRequest *request, const WebhookConfig *config, WebhookTemplate *template,
                      ChannelNotification *notification, char **fault)
{
  g_autofree char *body = make_body (config, template, notification, fault);

  if (body == NULL)
    return FALSE;
  /* Half a surrogate pair is JSON, but no text. */
  request->body = g_utf8_make_valid (body, -1);
  request->url = make_url (config, notification);
  request->method = config->preset == WEBHOOK_JSON ? config->method : config->preset == WEBHOOK_MATRIX ? "PUT" : "POST";
  request->content_type = config->preset == WEBHOOK_JSON     ? config->content_type
                          : config->preset == WEBHOOK_TWILIO ? "application/x-www-form-urlencoded"
                                                             : "application/json";
  return TRUE;
}

void
webhook_request_clear (WebhookRequest *request)
{
  g_clear_pointer (&request->url, g_free);
  g_clear_pointer (&request->body, g_free);
}

gboolean
webhook_preset_get_login (const WebhookConfig *config, const char **name, char **value)
{
  g_autofree char *pair = NULL;

  if (config->token == NULL)
    return FALSE;
  *name = config->preset == WEBHOOK_GOTIFY ? "X-Gotify-Key" : "Authorization";
  if (config->preset == WEBHOOK_GOTIFY)
    *value = g_strdup (config->token);
  else if (config->preset == WEBHOOK_TWILIO)
    {
      g_autofree char *encoded = NULL;

      pair = g_strdup_printf ("%s:%s", config->account, config->token);
      encoded = g_base64_encode ((const guchar *) pair, strlen (pair));
      *value = g_strconcat ("Basic ", encoded, NULL);
    }
  else
    *value = g_strconcat ("Bearer ", config->token, NULL);
  return TRUE;
}

static double
get_number (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) != G_TYPE_STRING ? json_node_get_double (node) : 0;
}

double
webhook_preset_find_wait (WebhookPreset preset, JsonObject *answer)
{
  if (preset == WEBHOOK_DISCORD)
    return get_number (answer, "retry_after");
  if (preset == WEBHOOK_MATRIX)
    return get_number (answer, "retry_after_ms") / 1000;
  return 0;
}
