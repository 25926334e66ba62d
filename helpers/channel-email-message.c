/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "channel-email-message.h"

#include <string.h>

#include <gmime/gmime.h>

#include "channel-email-address.h"
#include "channel-email-header.h"

#define MAX_HEADERS 32
#define MAX_VALUE 2048
#define MAX_SUBJECT 998
#define MAX_MESSAGE_ID 250

/* Besides those that begin with X-JobTracker-. All others are ours to write. */
static const char *const allowed[] = { "Auto-Submitted", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "In-Reply-To",
                                       "References", "X-Auto-Response-Suppress", NULL };

/* GMime has none of its own. */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeDataWrapper, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeMessage, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeObject, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeStream, g_object_unref)

/* ---- checks ---- */

/* On one line: what would end it becomes a blank, also for readers that take the line separators of Unicode for one. */
static char *
make_line (const char *text, gsize most)
{
  g_autoptr (GString) line = g_string_new (NULL);

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);

      if (line->len + 4 > most)
        break;
      g_string_append_unichar (line, g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029 ? ' ' : c);
    }
  return g_strstrip (g_string_free (g_steal_pointer (&line), FALSE));
}

/* CRLF, a bare CR and a bare LF all end a line. */
static char *
make_lines (const char *text)
{
  GString *lines = g_string_sized_new (strlen (text) + 1);

  for (; *text != '\0'; text++)
    {
      if (text[0] == '\r' && text[1] == '\n')
        text++;
      g_string_append_c (lines, *text == '\r' ? '\n' : *text);
    }
  if (lines->len > 0 && lines->str[lines->len - 1] != '\n')
    g_string_append_c (lines, '\n');
  return g_string_free (lines, FALSE);
}

static gboolean
is_message_id (const char *text)
{
  gsize length = strlen (text);

  if (length < 5 || length > MAX_MESSAGE_ID || text[0] != '<' || text[length - 1] != '>')
    return FALSE;
  for (gsize i = 1; i < length - 1; i++)
    if (!g_ascii_isgraph (text[i]) || strchr ("<>()[],;:\\\"", text[i]) != NULL)
      return FALSE;
  return strchr (text, '@') != NULL && strchr (text, '@') == strrchr (text, '@');
}

static const char *
find_fault_of_name (const char *name)
{
  for (const char *at = name; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && *at != '-')
      return "is no name of a header";
  if (g_ascii_strncasecmp (name, "X-JobTracker-", 13) == 0 && name[13] != '\0' && strlen (name) < 64)
    return NULL;
  for (guint i = 0; allowed[i] != NULL; i++)
    if (g_ascii_strcasecmp (name, allowed[i]) == 0)
      return NULL;
  return "is a header that a notification may not set";
}

static const char *
find_fault_of_value (const char *value)
{
  if (strlen (value) > MAX_VALUE)
    return "has a value of more than 2 KiB";
  for (const char *at = value; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return "has a line break or another control character in its value";
  return NULL;
}

static gboolean
has_header (const EmailMessage *self, const char *name)
{
  for (guint i = 0; i < self->headers->len; i++)
    if (g_ascii_strcasecmp (g_array_index (self->headers, EmailHeader, i).name, name) == 0)
      return TRUE;
  return FALSE;
}

static void
add_header (EmailMessage *self, const char *name, const char *value)
{
  EmailHeader header = { g_strdup (name), g_strdup (value) };

  g_array_append_val (self->headers, header);
}

/* ["Name", "value"]. What is wrong with it. (transfer full) */
static char *
take_header (EmailMessage *self, JsonNode *node)
{
  JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  const char *words[2] = { NULL, NULL };
  const char *fault;

  for (guint i = 0; pair != NULL && json_array_get_length (pair) == 2 && i < 2; i++)
    {
      JsonNode *word = json_array_get_element (pair, i);

      words[i] = JSON_NODE_HOLDS_VALUE (word) && json_node_get_value_type (word) == G_TYPE_STRING ? json_node_get_string (word) : NULL;
    }
  if (words[0] == NULL || words[1] == NULL)
    return g_strdup ("a header is no pair of name and value");
  fault = find_fault_of_name (words[0]);
  if (fault == NULL)
    fault = find_fault_of_value (words[1]);
  if (fault == NULL && has_header (self, words[0]))
    fault = "is there twice";
  if (fault != NULL)
    return g_strdup_printf ("header '%.64s' %s", words[0], fault);
  if (*words[1] != '\0')
    add_header (self, words[0], words[1]);
  return NULL;
}

static char *
take_headers (EmailMessage *self, JsonObject *json)
{
  JsonNode *node = json_object_get_member (json, "headers");
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  char *fault = NULL;

  if (array != NULL && json_array_get_length (array) > MAX_HEADERS)
    return g_strdup_printf ("there are more than %d headers", MAX_HEADERS);
  for (guint i = 0; array != NULL && fault == NULL && i < json_array_get_length (array); i++)
    fault = take_header (self, json_array_get_element (array, i));
  if (!has_header (self, "Auto-Submitted"))
    add_header (self, "Auto-Submitted", "auto-generated");
  if (!has_header (self, "X-Auto-Response-Suppress"))
    add_header (self, "X-Auto-Response-Suppress", "All");
  return fault;
}

static void
clear_header (gpointer data)
{
  EmailHeader *header = data;

  g_free (header->name);
  g_free (header->value);
}

EmailMessage *
email_message_new (const ChannelNotification *notification, char **fault)
{
  g_autoptr (EmailMessage) self = g_new0 (EmailMessage, 1);
  const char *address_fault = NULL;

  self->headers = g_array_new (FALSE, FALSE, sizeof (EmailHeader));
  g_array_set_clear_func (self->headers, clear_header);
  self->to = email_address_read (notification->address, &address_fault);
  self->to_name = make_line (notification->recipient_name, 128);
  self->subject = make_line (notification->subject, MAX_SUBJECT);
  self->message_id = g_strdup (notification->message_id);
  self->text = make_lines (notification->text);
  self->html = notification->html != NULL ? make_lines (notification->html) : NULL;
  self->date = g_date_time_new_from_iso8601 (notification->created, NULL);
  if (self->date == NULL)
    self->date = g_date_time_new_now_utc ();
  if (*notification->address == '\0')
    *fault = g_strdup ("no recipient");
  else if (self->to == NULL)
    *fault = g_strdup_printf ("the address '%.64s' %s", notification->address, address_fault);
  else if (!is_message_id (self->message_id))
    *fault = g_strdup_printf ("'%.64s' is no message id, as in <run.1@example.com>", self->message_id);
  else
    *fault = take_headers (self, notification->json);
  return *fault == NULL ? g_steal_pointer (&self) : NULL;
}

void
email_message_free (EmailMessage *self)
{
  if (self == NULL)
    return;
  g_free (self->to);
  g_free (self->to_name);
  g_free (self->subject);
  g_free (self->message_id);
  g_free (self->text);
  g_free (self->html);
  g_clear_pointer (&self->date, g_date_time_unref);
  g_array_unref (self->headers);
  g_free (self);
}

/* ---- writing ---- */

/* Its own choice of a character set would differ from mail to mail, so the content is given as it is. */
static GMimeObject *
make_part (const char *subtype, const char *text)
{
  GMimePart *part = g_mime_part_new_with_type ("text", subtype);
  g_autoptr (GMimeStream) stream = g_mime_stream_mem_new_with_buffer (text, strlen (text));
  g_autoptr (GMimeDataWrapper) content = g_mime_data_wrapper_new_with_stream (stream, GMIME_CONTENT_ENCODING_DEFAULT);

  g_mime_object_set_content_type_parameter (GMIME_OBJECT (part), "charset", "utf-8");
  g_mime_part_set_content (part, content);
  g_mime_part_set_content_encoding (part, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
  return GMIME_OBJECT (part);
}

static GMimeObject *
make_body (const EmailMessage *self)
{
  GMimeMultipart *both;

  if (self->html == NULL)
    return make_part ("plain", self->text);
  both = g_mime_multipart_new_with_subtype ("alternative");
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GMimeObject) part = make_part (i == 0 ? "plain" : "html", i == 0 ? self->text : self->html);

      g_mime_multipart_add (both, part);
    }
  return GMIME_OBJECT (both);
}

/* VALUE is as it is to be written. (VALUE: transfer full) */
static void
add_raw (GMimeMessage *mime, const char *name, char *value)
{
  GMimeHeaderList *list = g_mime_object_get_header_list (GMIME_OBJECT (mime));
  g_autofree char *raw = g_strconcat (" ", value, "\n", NULL);

  g_mime_header_list_append (list, name, "-", NULL);
  g_mime_header_set_raw_value (g_mime_header_list_get_header (list, name), raw);
  g_free (value);
}

static void
add_headers (const EmailMessage *self, const EmailSettings *settings, GMimeMessage *mime)
{
  add_raw (mime, "From", email_header_encode_mailbox ("From", settings->from_name, settings->from));
  add_raw (mime, "To", email_header_encode_mailbox ("To", self->to_name, self->to));
  if (settings->reply_to != NULL)
    add_raw (mime, "Reply-To", email_header_encode_mailbox ("Reply-To", "", settings->reply_to));
  add_raw (mime, "Subject", email_header_encode_text ("Subject", self->subject));
  add_raw (mime, "Date", g_mime_utils_header_format_date (self->date));
  add_raw (mime, "Message-ID", g_strdup (self->message_id));
  for (guint i = 0; i < self->headers->len; i++)
    {
      const EmailHeader *header = &g_array_index (self->headers, EmailHeader, i);

      add_raw (mime, header->name, email_header_encode (header->name, header->value));
    }
  add_raw (mime, "MIME-Version", g_strdup ("1.0"));
}

GBytes *
email_message_write (const EmailMessage *self, const EmailSettings *settings, gboolean has_crlf)
{
  g_autoptr (GMimeMessage) mime = g_mime_message_new (FALSE);
  g_autoptr (GMimeObject) body = make_body (self);
  g_autoptr (GMimeStream) stream = g_mime_stream_mem_new ();
  GMimeFormatOptions *format = g_mime_format_options_new ();
  GByteArray *bytes = g_byte_array_new ();

  add_headers (self, settings, mime);
  g_mime_message_set_mime_part (mime, body);
  g_mime_format_options_set_newline_format (format, has_crlf ? GMIME_NEWLINE_FORMAT_DOS : GMIME_NEWLINE_FORMAT_UNIX);
  g_mime_stream_mem_set_byte_array (GMIME_STREAM_MEM (stream), bytes);
  g_mime_stream_mem_set_owner (GMIME_STREAM_MEM (stream), FALSE);
  g_mime_object_write_to_stream (GMIME_OBJECT (mime), format, stream);
  g_mime_format_options_free (format);
  return g_byte_array_free_to_bytes (bytes);
}
