/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "channel-webhook-template.h"

#include <string.h>

#include "channel-webhook-text.h"
#include "jt-mustache.h"

/* How much of what is no JSON is shown. */
#define MAX_SHOWN 24
#define OF_JSON "json"

struct _WebhookTemplate
{
  JtMustache *mustache; /* (owned) */
};

/* A notification in which everything is there, and in whose texts is what breaks JSON. */
static const char sample[] =
    "{\"id\":\"1\",\"message-id\":\"<1@example>\",\"event\":\"failed\",\"severity\":\"error\",\"is-repeat\":false,"
    "\"channel\":\"c\",\"host\":\"h\",\"created\":\"2026-01-02T03:04:05Z\",\"subject\":\"a \\\"b\\\" \\\\ c\","
    "\"text\":\"a\\n\\\"b\\\"\\t\\\\\",\"html\":\"<p title=\\\"a\\\">b</p>\\n\","
    "\"recipient\":{\"address\":\"a@example.com\",\"name\":\"a\",\"user\":1000,\"language\":\"en\"},"
    "\"headers\":[[\"List-Id\",\"<a>\"]],\"job\":{\"id\":7,\"job\":\"/o/7\",\"name\":\"backup \\\"b\\\"\",\"owner\":1000,"
    "\"owner-name\":\"a\",\"description\":\"d\",\"settings\":{},\"tags\":[\"t\",\"u\"],\"origin\":\"bus\",\"enabled\":true,"
    "\"schedule\":[\"daily\"],\"timezone\":\"UTC\",\"next-elapse\":\"2026-01-02T03:04:05Z\",\"last-run\":\"/o/1\","
    "\"last-state\":\"failed\",\"last-finished\":\"2026-01-02T03:04:05Z\",\"revision\":1,\"health\":\"failing\","
    "\"streak\":-2,\"typical-duration\":1.5,\"muted-until\":\"\"},\"run\":{\"id\":42,\"run\":\"/o/42\",\"job\":\"/o/7\","
    "\"job-name\":\"b\",\"owner\":1000,\"state\":\"failed\",\"trigger\":\"schedule\",\"attempt\":1,\"max-attempts\":3,"
    "\"scheduled-for\":\"2026-01-02T03:04:05Z\",\"queued-at\":\"2026-01-02T03:04:05Z\","
    "\"started-at\":\"2026-01-02T03:04:05Z\",\"finished-at\":\"2026-01-02T03:04:05Z\",\"next-attempt-at\":\"\","
    "\"progress\":0.5,\"message\":\"a \\\"b\\\"\",\"eta\":\"\",\"exit-code\":1,\"signal\":0,\"reason\":\"exit code 1\","
    "\"pid\":12,\"cpu-usage\":1.5,\"memory-peak\":1024,\"log-size\":10,\"acknowledged-by\":\"\",\"duration\":1.5,"
    "\"attempts\":[{\"number\":1}]},\"links\":{\"run\":\"https://example.com/1\",\"job\":\"https://example.com/2\","
    "\"log\":\"https://example.com/3\",\"mute\":\"https://example.com/4\",\"preferences\":\"https://example.com/5\"}}";

/* ---- the values ---- */

static GVariant *convert (JsonNode *node);

static GVariant *
convert_object (JsonObject *object)
{
  GVariantBuilder builder;
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &value))
    g_variant_builder_add (&builder, "{sv}", name, convert (value));
  return g_variant_builder_end (&builder);
}

static GVariant *
convert_array (JsonArray *array)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  for (guint i = 0; i < json_array_get_length (array); i++)
    g_variant_builder_add (&builder, "v", convert (json_array_get_element (array, i)));
  return g_variant_builder_end (&builder);
}

/* (TEXT transfer full) */
static GVariant *
take_escaped (char *text)
{
  char *escaped = webhook_text_to_json (text);

  g_free (text);
  return g_variant_new_take_string (escaped);
}

static GVariant *
convert (JsonNode *node)
{
  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_OBJECT:
      return convert_object (json_node_get_object (node));
    case JSON_NODE_ARRAY:
      return convert_array (json_node_get_array (node));
    case JSON_NODE_VALUE:
      if (json_node_get_value_type (node) == G_TYPE_STRING)
        return take_escaped (json_node_dup_string (node));
      if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
        return g_variant_new_boolean (json_node_get_boolean (node));
      if (json_node_get_value_type (node) == G_TYPE_INT64)
        return g_variant_new_int64 (json_node_get_int (node));
      return g_variant_new_double (json_node_get_double (node));
    case JSON_NODE_NULL:
    default:
      return g_variant_new_string ("");
    }
}

/* Each key of OBJECT with its JSON. */
static GVariant *
convert_to_json (JsonObject *object)
{
  GVariantBuilder builder;
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &value))
    g_variant_builder_add (&builder, "{sv}", name, g_variant_new_take_string (json_to_string (value, FALSE)));
  return g_variant_builder_end (&builder);
}

static GVariant *
make_context (JsonObject *notification)
{
  g_autoptr (GVariant) values = g_variant_ref_sink (convert_object (notification));
  GVariantDict dict;

  g_variant_dict_init (&dict, values);
  g_variant_dict_insert_value (&dict, OF_JSON, convert_to_json (notification));
  return g_variant_dict_end (&dict);
}

/* ---- names ---- */

typedef struct
{
  JsonObject *sample; /* (unowned) */
  guint       depth;
  char       *fault; /* (owned) (nullable) */
} NameCheck;

/* Outside of sections a name can only be one of the notification's. */
static gboolean
check_tag (const JtTag *tag, gpointer user_data)
{
  NameCheck *check = user_data;
  const char *name = g_str_has_prefix (tag->name, OF_JSON ".") ? tag->name + strlen (OF_JSON ".") : tag->name;
  g_autofree char *first = g_strndup (name, strcspn (name, "."));

  if (tag->kind == JT_TAG_PARTIAL)
    check->fault = g_strdup_printf ("line %u, column %u: there is nothing to include here", tag->line, tag->column);
  else if (tag->kind != JT_TAG_TEXT && tag->kind != JT_TAG_END && check->depth == 0 && !json_object_has_member (check->sample, first))
    check->fault = g_strdup_printf ("line %u, column %u: a notification has no '%s'; it has id, message-id, event, severity, subject, "
                                    "text, host, channel, created, recipient, job, run, links, and json.NAME of each",
                                    tag->line, tag->column, tag->name);
  if (tag->kind == JT_TAG_SECTION || tag->kind == JT_TAG_INVERTED)
    check->depth++;
  if (tag->kind == JT_TAG_END)
    check->depth--;
  return check->fault == NULL;
}

static char *
find_unknown_name (JtMustache *mustache, JsonObject *object)
{
  NameCheck check = { .sample = object };

  jt_mustache_foreach (mustache, check_tag, &check);
  return check.fault;
}

/* ---- the template ---- */

char *
webhook_template_render (WebhookTemplate *self, JsonObject *notification, char **fault)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *body = jt_mustache_render (self->mustache, make_context (notification), FALSE, NULL, NULL, &error);
  const char *at;

  if (body == NULL)
    {
      *fault = g_strdup (error->message);
      return NULL;
    }
  if (!webhook_is_json (body, &at))
    {
      gsize length = MIN ((gsize) (at - body), MAX_SHOWN);
      g_autofree char *valid = g_utf8_make_valid (at - length, (gssize) length);
      g_autofree char *rest = webhook_text_fit (at, MAX_SHOWN, WEBHOOK_UNIT_UTF16, NULL);

      *fault = *at == '\0' ? g_strdup_printf ("gives no JSON: it ends too early, after '%s'", valid)
                           : g_strdup_printf ("gives no JSON: after '%s' comes '%s'", valid, rest);
      return NULL;
    }
  return g_steal_pointer (&body);
}

WebhookTemplate *
webhook_template_new (const char *text, char **fault)
{
  g_autoptr (WebhookTemplate) self = g_new0 (WebhookTemplate, 1);
  g_autoptr (JsonNode) root = json_from_string (sample, NULL);
  g_autofree char *body = NULL;
  g_autoptr (GError) error = NULL;

  self->mustache = jt_mustache_parse (text, &error);
  if (self->mustache == NULL)
    {
      *fault = g_strdup (error->message);
      return NULL;
    }
  *fault = find_unknown_name (self->mustache, json_node_get_object (root));
  if (*fault != NULL)
    return NULL;
  body = webhook_template_render (self, json_node_get_object (root), fault);
  return body != NULL ? g_steal_pointer (&self) : NULL;
}

void
webhook_template_free (WebhookTemplate *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->mustache, jt_mustache_unref);
  g_free (self);
}
