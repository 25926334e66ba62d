/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>

#include "channel-email-http.h"

/* What each interface wants to be posted, and where the token belongs. */

static void
add_text (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_add_string_value (json_builder_set_member_name (builder, name), value);
}

static void
add_mailbox (JsonBuilder *builder, const char *name, const char *display, const char *address)
{
  json_builder_begin_object (name != NULL ? json_builder_set_member_name (builder, name) : builder);
  add_text (builder, "email", address);
  if (display != NULL && *display != '\0')
    add_text (builder, "name", display);
  json_builder_end_object (builder);
}

static GBytes *
finish_json (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (json_builder_end_object (builder));
  char *text = json_to_string (root, FALSE);

  return g_bytes_new_take (text, strlen (text));
}

/* ---- SendGrid, v3 ---- */

static void
add_sendgrid_part (JsonBuilder *builder, const char *type, const char *value)
{
  json_builder_begin_object (builder);
  add_text (builder, "type", type);
  add_text (builder, "value", value);
  json_builder_end_object (builder);
}

static GBytes *
make_sendgrid (const EmailSettings *settings, const EmailMessage *message)
{
  g_autoptr (JsonBuilder) builder = json_builder_begin_object (json_builder_new ());

  json_builder_begin_array (json_builder_set_member_name (builder, "personalizations"));
  json_builder_begin_array (json_builder_set_member_name (json_builder_begin_object (builder), "to"));
  add_mailbox (builder, NULL, message->to_name, message->to);
  json_builder_end_array (json_builder_end_object (json_builder_end_array (builder)));
  add_mailbox (builder, "from", settings->from_name, settings->from);
  if (settings->reply_to != NULL)
    add_mailbox (builder, "reply_to", NULL, settings->reply_to);
  /* An empty one is refused there. */
  add_text (builder, "subject", *message->subject != '\0' ? message->subject : "-");
  json_builder_begin_object (json_builder_set_member_name (builder, "headers"));
  add_text (builder, "Message-ID", message->message_id);
  for (guint i = 0; i < message->headers->len; i++)
    add_text (builder, g_array_index (message->headers, EmailHeader, i).name, g_array_index (message->headers, EmailHeader, i).value);
  json_builder_end_object (builder);
  json_builder_begin_array (json_builder_set_member_name (builder, "content"));
  add_sendgrid_part (builder, "text/plain", *message->text != '\0' ? message->text : "\n");
  if (message->html != NULL && *message->html != '\0')
    add_sendgrid_part (builder, "text/html", message->html);
  json_builder_end_array (builder);
  return finish_json (builder);
}

/* ---- Postmark ---- */

static char *
make_mailbox (const char *display, const char *address)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (display == NULL || *display == '\0')
    return g_strdup (address);
  for (; *display != '\0'; display++)
    {
      if (*display == '"' || *display == '\\')
        g_string_append_c (text, '\\');
      g_string_append_c (text, *display);
    }
  return g_strdup_printf ("\"%s\" <%s>", text->str, address);
}

static void
add_postmark_header (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_begin_object (builder);
  add_text (builder, "Name", name);
  add_text (builder, "Value", value);
  json_builder_end_object (builder);
}

static GBytes *
make_postmark (const EmailSettings *settings, const EmailMessage *message)
{
  g_autoptr (JsonBuilder) builder = json_builder_begin_object (json_builder_new ());
  g_autofree char *from = make_mailbox (settings->from_name, settings->from);
  g_autofree char *to = make_mailbox (message->to_name, message->to);

  add_text (builder, "From", from);
  add_text (builder, "To", to);
  if (settings->reply_to != NULL)
    add_text (builder, "ReplyTo", settings->reply_to);
  add_text (builder, "Subject", message->subject);
  add_text (builder, "TextBody", message->text);
  if (message->html != NULL)
    add_text (builder, "HtmlBody", message->html);
  json_builder_begin_array (json_builder_set_member_name (builder, "Headers"));
  add_postmark_header (builder, "Message-ID", message->message_id);
  /* Else it writes one of its own. */
  add_postmark_header (builder, "X-PM-KeepID", "true");
  for (guint i = 0; i < message->headers->len; i++)
    add_postmark_header (builder, g_array_index (message->headers, EmailHeader, i).name,
                         g_array_index (message->headers, EmailHeader, i).value);
  json_builder_end_array (builder);
  return finish_json (builder);
}

/* ---- Mailgun, which takes mails as they are ---- */

static void
set_mailgun (SoupMessage *request, const EmailSettings *settings, const EmailMessage *message)
{
  g_autoptr (SoupMultipart) form = soup_multipart_new ("multipart/form-data");
  g_autoptr (GBytes) mail = email_message_write (message, settings, TRUE);
  g_autoptr (GBytes) body = NULL;

  soup_multipart_append_form_string (form, "to", message->to);
  soup_multipart_append_form_file (form, "message", "message.eml", "message/rfc822", mail);
  soup_multipart_to_message (form, soup_message_get_request_headers (request), &body);
  soup_message_set_request_body_from_bytes (request, NULL, body);
}

static void
set_basic_auth (SoupMessage *request, const char *user, const char *password)
{
  g_autofree char *both = g_strconcat (user, ":", password, NULL);
  g_autofree char *base64 = g_base64_encode ((const guchar *) both, strlen (both));
  g_autofree char *value = g_strconcat ("Basic ", base64, NULL);

  soup_message_headers_replace (soup_message_get_request_headers (request), "Authorization", value);
}

static void
set_token (SoupMessage *request, const EmailSettings *settings)
{
  SoupMessageHeaders *headers = soup_message_get_request_headers (request);
  g_autofree char *bearer = g_strconcat ("Bearer ", settings->token, NULL);

  if (settings->token == NULL)
    return;
  if (settings->preset == EMAIL_PRESET_MAILGUN)
    set_basic_auth (request, "api", settings->token);
  else if (settings->preset == EMAIL_PRESET_POSTMARK)
    soup_message_headers_replace (headers, "X-Postmark-Server-Token", settings->token);
  else
    soup_message_headers_replace (headers, "Authorization", bearer);
}

SoupMessage *
email_preset_make_request (const EmailSettings *settings, const EmailMessage *message)
{
  SoupMessage *request = soup_message_new (SOUP_METHOD_POST, settings->url);
  SoupMessageHeaders *headers = soup_message_get_request_headers (request);
  gboolean is_json = settings->preset == EMAIL_PRESET_SENDGRID || settings->preset == EMAIL_PRESET_POSTMARK;
  g_autoptr (GBytes) body = NULL;

  if (settings->preset == EMAIL_PRESET_MAILGUN)
    set_mailgun (request, settings, message);
  else
    {
      body = settings->preset == EMAIL_PRESET_SENDGRID   ? make_sendgrid (settings, message)
             : settings->preset == EMAIL_PRESET_POSTMARK ? make_postmark (settings, message)
                                                         : email_message_write (message, settings, TRUE);
      soup_message_set_request_body_from_bytes (request, is_json ? "application/json" : "message/rfc822", body);
    }
  set_token (request, settings);
  soup_message_headers_replace (headers, "Accept", "application/json");
  soup_message_headers_replace (headers, "Idempotency-Key", message->message_id);
  if (settings->preset == EMAIL_PRESET_RAW)
    {
      soup_message_headers_replace (headers, "X-Envelope-From", settings->envelope_from);
      soup_message_headers_replace (headers, "X-Envelope-To", message->to);
    }
  return request;
}
