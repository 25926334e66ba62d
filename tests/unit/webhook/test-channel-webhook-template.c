/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* What is JSON, and that no value gets out of its string. */

#include <string.h>

#include "channel-webhook-template.h"

static void
test_json (void)
{
  static const char *const good[] = { "{}",  " [ ] ", "\"a\"", "-0.5e+3", "0",   "true", "null", "{\"a\":[1,2,{\"b\":\"\\u00e4\\n\"}]}",
                                      "[[[[[[[[]]]]]]]]", "{\"a\" : 1 , \"b\" :2}\n" };
  static const char *const bad[] = { "",        " ",      "{",        "{\"a\"}",   "{\"a\":}",  "{\"a\":1,}",  "[1,]",     "[1 2]",  "{a:1}",
                                     "'a'",     "\"a",    "\"\n\"",   "\"\\x\"",   "\"\\u12\"", "01",          "1.",       ".5",     "+1",
                                     "1e",      "-",      "tru",      "NaN",       "{}{}",      "{} x",        "// a\n{}", "/**/{}", "var a = {}",
                                     "{\"a\":1 \"b\":2}", "[\"a\":1]", "{\"a\",1}", "\xef\xbb\xbf{}" };
  g_autoptr (GString) deep = g_string_new (NULL);
  const char *at;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    if (!webhook_is_json (good[i], &at))
      g_error ("'%s' is not taken, from '%s' on", good[i], at);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    if (webhook_is_json (bad[i], &at))
      g_error ("'%s' is taken", bad[i]);
  for (guint i = 0; i < 1000000; i++)
    g_string_append_c (deep, '[');
  g_assert_false (webhook_is_json (deep->str, &at));
}

static void
test_values_stay_in_place (void)
{
  /* What a log could hold to get out. */
  static const char *const values[] = { "\"", "\\", "\\\"", "\n", "\", \"admin\": true, \"x\": \"", "\\u0022", "\x7f\x01", "{{event}}", "\u2028", "</script>", "" };
  g_autofree char *fault = NULL;
  g_autoptr (WebhookTemplate) template = webhook_template_new ("{\"a\": \"<{{subject}}|{{{subject}}}|{{& subject}}>\", \"b\": {{json.subject}}}", &fault);

  g_assert_cmpstr (fault, ==, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (JsonObject) notification = json_object_new ();
      g_autoptr (JsonNode) root = NULL;
      g_autofree char *body = NULL;
      g_autofree char *expected = g_strdup_printf ("<%s|%s|%s>", values[i], values[i], values[i]);

      json_object_set_string_member (notification, "subject", values[i]);
      body = webhook_template_render (template, notification, &fault);
      g_assert_cmpstr (fault, ==, NULL);
      root = json_from_string (body, NULL);
      g_assert_cmpuint (json_object_get_size (json_node_get_object (root)), ==, 2);
      g_assert_cmpstr (json_object_get_string_member (json_node_get_object (root), "a"), ==, expected);
      g_assert_cmpstr (json_object_get_string_member (json_node_get_object (root), "b"), ==, values[i]);
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char *text;
    const char *said;
  } rows[] = {
    { "{\"a\": {{text}}}", "gives no JSON: after '{\"a\": '" },
    { "{\"a\": 1", "it ends too early, after '{\"a\": 1'" },
    { "{\n\"a\": \"{{subject}\"}", "line 2, column" },
    { "{\"a\": \"{{secret.token}}\"}", "line 1, column 8: a notification has no 'secret.token'" },
    { "{\"a\": \"{{#job}}{{/job}}{{json.foo}}\"}", "has no 'json.foo'" },
    { "{\"a\": \"{{> footer}}\"}", "nothing to include" },
    { "", "ends too early" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *fault = NULL;
      g_autoptr (WebhookTemplate) template = webhook_template_new (rows[i].text, &fault);

      g_assert_null (template);
      if (fault == NULL || strstr (fault, rows[i].said) == NULL)
        g_error ("'%s': %s", rows[i].text, fault);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/webhook/template/json", test_json);
  g_test_add_func ("/webhook/template/values-stay-in-place", test_values_stay_in_place);
  g_test_add_func ("/webhook/template/refused", test_refused);
  return g_test_run ();
}
