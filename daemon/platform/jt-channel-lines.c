/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-channel-lines.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "jt-row-units.h"
#include "jt-when.h"

#define MAX_DETAIL 500
#define MAX_AFTER_SECONDS (7 * 24 * 3600)

/* Of the rows of jobs and runs: what is told as text, and in seconds, as by jobctl --json. */
static JsonNode *convert (const char *key, GVariant *value);

static JsonNode *
new_text (const char *text)
{
  return json_node_init_string (json_node_alloc (), text);
}

static JsonNode *
new_instant (gint64 usec)
{
  g_autofree char *text = usec > 0 ? jt_when_format (usec) : NULL;

  return text != NULL ? new_text (text) : json_node_init_null (json_node_alloc ());
}

static JsonNode *
new_double (double number)
{
  return isfinite (number) ? json_node_init_double (json_node_alloc (), number) : json_node_init_null (json_node_alloc ());
}

static JsonNode *
new_uint64 (const char *key, guint64 number)
{
  if (key != NULL && jt_row_key_is_duration (key))
    return new_double ((double) number / 1e6);
  if (key != NULL && jt_row_key_is_instant (key))
    return new_instant ((gint64) MIN (number, G_MAXINT64));
  return json_node_init_int (json_node_alloc (), (gint64) MIN (number, G_MAXINT64));
}

/* a{sv} or a{ss} */
static JsonNode *
new_object (GVariant *dict)
{
  g_autoptr (JsonObject) object = json_object_new ();

  for (gsize i = 0; i < g_variant_n_children (dict); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (dict, i);
      g_autoptr (GVariant) key = g_variant_get_child_value (entry, 0);
      g_autoptr (GVariant) value = g_variant_get_child_value (entry, 1);
      const char *name = g_variant_get_string (key, NULL);

      json_object_set_member (object, name, convert (name, value));
    }
  return json_node_init_object (json_node_alloc (), object);
}

static JsonNode *
new_array (GVariant *list)
{
  g_autoptr (JsonArray) array = json_array_new ();

  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) value = g_variant_get_child_value (list, i);

      json_array_add_element (array, convert (NULL, value));
    }
  return json_node_init_array (json_node_alloc (), array);
}

static JsonNode *
convert (const char *key, GVariant *value)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_VARIANT:
      {
        g_autoptr (GVariant) inner = g_variant_get_variant (value);

        return convert (key, inner);
      }
    case G_VARIANT_CLASS_BOOLEAN:
      return json_node_init_boolean (json_node_alloc (), g_variant_get_boolean (value));
    case G_VARIANT_CLASS_BYTE:
      return json_node_init_int (json_node_alloc (), g_variant_get_byte (value));
    case G_VARIANT_CLASS_INT32:
      return json_node_init_int (json_node_alloc (), g_variant_get_int32 (value));
    case G_VARIANT_CLASS_UINT32:
      return json_node_init_int (json_node_alloc (), g_variant_get_uint32 (value));
    case G_VARIANT_CLASS_INT64:
      return json_node_init_int (json_node_alloc (), g_variant_get_int64 (value));
    case G_VARIANT_CLASS_UINT64:
      return new_uint64 (key, g_variant_get_uint64 (value));
    case G_VARIANT_CLASS_DOUBLE:
      return new_double (g_variant_get_double (value));
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
      return new_text (g_variant_get_string (value, NULL));
    case G_VARIANT_CLASS_ARRAY:
      return g_variant_is_of_type (value, G_VARIANT_TYPE ("a{s*}")) ? new_object (value) : new_array (value);
    case G_VARIANT_CLASS_TUPLE:
      return new_array (value);
    case G_VARIANT_CLASS_INT16:
    case G_VARIANT_CLASS_UINT16:
    case G_VARIANT_CLASS_HANDLE:
    case G_VARIANT_CLASS_MAYBE:
    case G_VARIANT_CLASS_DICT_ENTRY:
    default:
      return json_node_init_null (json_node_alloc ());
    }
}

static char *
finish_line (JsonObject *object)
{
  g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), object);
  g_autofree char *text = json_to_string (root, FALSE);

  return g_strconcat (text, "\n", NULL);
}

/* Texts are UTF-8 by then; should one not be, a program that reads JSON must not stumble over it. */
static void
set_text (JsonObject *object, const char *key, const char *text)
{
  g_autofree char *valid = NULL;

  if (text == NULL)
    return;
  valid = g_utf8_make_valid (text, -1);
  json_object_set_string_member (object, key, valid);
}

static JsonObject *
new_pairs (GPtrArray *pairs)
{
  JsonObject *object = json_object_new ();

  for (guint i = 0; i + 1 < pairs->len; i += 2)
    set_text (object, g_ptr_array_index (pairs, i), g_ptr_array_index (pairs, i + 1));
  return object;
}

char *
jt_channel_lines_configure (const JtChannelConfig *config, const char *host, GPtrArray *secrets)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "type", "configure");
  json_object_set_int_member (object, "protocol", 1);
  set_text (object, "channel", config->name);
  set_text (object, "host", host);
  json_object_set_object_member (object, "settings", new_pairs (config->settings));
  json_object_set_object_member (object, "secrets", new_pairs (secrets));
  return finish_line (object);
}

static JsonObject *
new_recipient (const JtMessage *message)
{
  JsonObject *object = json_object_new ();

  set_text (object, "address", message->address != NULL ? message->address : "");
  set_text (object, "name", message->recipient_name);
  if (message->recipient_uid >= 0)
    json_object_set_int_member (object, "user", message->recipient_uid);
  set_text (object, "language", message->language);
  return object;
}

static JsonArray *
new_headers (GPtrArray *headers)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i + 1 < headers->len; i += 2)
    {
      JsonArray *pair = json_array_new ();

      for (guint j = 0; j < 2; j++)
        {
          g_autofree char *valid = g_utf8_make_valid (g_ptr_array_index (headers, i + j), -1);

          json_array_add_string_element (pair, valid);
        }
      json_array_add_array_element (array, pair);
    }
  return array;
}

char *
jt_channel_lines_notification (const JtMessage *message)
{
  g_autoptr (JsonObject) object = json_object_new ();
  char id[24];

  g_snprintf (id, sizeof id, "%" G_GUINT64_FORMAT, message->id);
  json_object_set_string_member (object, "type", "notification");
  json_object_set_string_member (object, "id", id);
  set_text (object, "message-id", message->message_id);
  set_text (object, "event", message->event);
  set_text (object, "severity", message->severity);
  json_object_set_boolean_member (object, "is-repeat", message->is_repeat);
  json_object_set_object_member (object, "recipient", new_recipient (message));
  set_text (object, "subject", message->subject);
  set_text (object, "text", message->text);
  set_text (object, "html", message->html);
  json_object_set_array_member (object, "headers", new_headers (message->headers));
  if (message->job != NULL)
    json_object_set_member (object, "job", convert (NULL, message->job));
  if (message->run != NULL)
    json_object_set_member (object, "run", convert (NULL, message->run));
  if (message->links != NULL)
    json_object_set_member (object, "links", convert (NULL, message->links));
  json_object_set_member (object, "created", new_instant (message->created_usec));
  return finish_line (object);
}

/* --- answers --- */

char *
jt_channel_lines_tidy (const char *text)
{
  g_autofree char *cut = g_strndup (text, MAX_DETAIL);
  char *valid = g_utf8_make_valid (cut, -1);

  for (char *at = valid; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  return g_strstrip (valid);
}

/* (nullable) (transfer none) */
static const char *
get_text (JsonObject *object, const char *key)
{
  JsonNode *node = json_object_get_member (object, key);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

static gboolean
get_flag (JsonObject *object, const char *key)
{
  JsonNode *node = json_object_get_member (object, key);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN && json_node_get_boolean (node);
}

static gint64
get_after_usec (JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "after");
  double seconds;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || (json_node_get_value_type (node) != G_TYPE_INT64 && json_node_get_value_type (node) != G_TYPE_DOUBLE))
    return 0;
  seconds = json_node_get_double (node);
  if (!(seconds > 0))
    return 0;
  return (gint64) (MIN (seconds, MAX_AFTER_SECONDS) * G_USEC_PER_SEC);
}

/* Programs that keep it as a number may say it as one. */
static gboolean
read_id (JsonObject *object, guint64 *id)
{
  JsonNode *node = json_object_get_member (object, "id");
  const char *text = get_text (object, "id");

  if (text != NULL)
    return g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, id, NULL);
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64 || json_node_get_int (node) < 0)
    return FALSE;
  *id = (guint64) json_node_get_int (node);
  return TRUE;
}

static void
set_junk (JtChannelLine *answer, const char *why)
{
  answer->kind = JT_CHANNEL_LINE_JUNK;
  answer->detail = g_strdup (why);
}

static void
read_object (JsonObject *object, JtChannelLine *answer)
{
  const char *type = get_text (object, "type");
  const char *outcome = get_text (object, "outcome");
  const char *reason = get_text (object, "reason");
  const char *detail = get_text (object, "detail");

  if (type != NULL && g_str_equal (type, "problem"))
    {
      answer->kind = JT_CHANNEL_LINE_PROBLEM;
      answer->detail = jt_channel_lines_tidy (reason != NULL ? reason : "the program did not say what the problem is");
      return;
    }
  if (!read_id (object, &answer->id))
    {
      set_junk (answer, "it has no id");
      return;
    }
  if (outcome == NULL || !jt_channel_outcome_from_string (outcome, &answer->outcome))
    {
      set_junk (answer, "its outcome is none of delivered, retry and refused");
      return;
    }
  answer->kind = JT_CHANNEL_LINE_VERDICT;
  answer->detail = jt_channel_lines_tidy (reason != NULL ? reason : detail != NULL ? detail : "");
  answer->after_usec = answer->outcome == JT_OUTCOME_RETRY ? get_after_usec (object) : 0;
  answer->is_ambiguous = answer->outcome == JT_OUTCOME_RETRY && get_flag (object, "ambiguous");
  answer->pauses = answer->outcome != JT_OUTCOME_DELIVERED && get_flag (object, "pause");
}

/* Nested a thousand deep it would take the parser's stack; nothing that is meant has more than two. */
static gboolean
is_shallow (const char *line)
{
  guint depth = 0;

  for (; *line != '\0'; line++)
    if ((*line == '[' || *line == '{') && ++depth > 32)
      return FALSE;
  return TRUE;
}

void
jt_channel_line_parse (const char *line, gsize length, JtChannelLine *answer)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *root;

  *answer = (JtChannelLine) { 0 };
  if (!g_utf8_validate_len (line, length, NULL))
    {
      set_junk (answer, "it is not UTF-8");
      return;
    }
  if (!is_shallow (line) || !json_parser_load_from_data (parser, line, (gssize) length, NULL))
    {
      set_junk (answer, "it is not JSON");
      return;
    }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    set_junk (answer, "it is no JSON object");
  else
    read_object (json_node_get_object (root), answer);
}

void
jt_channel_line_clear (JtChannelLine *answer)
{
  g_clear_pointer (&answer->detail, g_free);
}
