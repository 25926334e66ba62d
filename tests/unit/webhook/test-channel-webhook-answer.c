/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* What an answer means, and for how long a server wants to be left alone. */

#include <string.h>

#include "channel-webhook-answer.h"

/* 2026-11-28 06:15:00 UTC */
#define NOW G_GINT64_CONSTANT (1795846500)

static void
test_wait (void)
{
  static const struct
  {
    const char *text;
    gint64      seconds;
  } rows[] = {
    { "0", 0 },
    { "1", 1 },
    { "120", 120 },
    { "86401", 86400 },
    { "99999999999999999999", 0 },
    { "-1", 0 },
    { "1.5", 0 },
    { "", 0 },
    { "soon", 0 },
    { "Sat, 28 Nov 2026 06:16:40 GMT", 100 },
    { "Saturday, 28-Nov-26 06:16:40 GMT", 100 },
    { "Sat Nov 28 06:16:40 2026", 100 },
    { "Sat, 28 Nov 2026 06:14:00 GMT", 0 },
    { "Sat, 28 Nov 2099 06:14:00 GMT", 86400 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (webhook_answer_parse_wait (rows[i].text, NOW) != rows[i].seconds)
      g_error ("'%s' is %" G_GINT64_FORMAT, rows[i].text, webhook_answer_parse_wait (rows[i].text, NOW));
}

static void
test_outcomes (void)
{
  for (guint status = 200; status < 600; status++)
    {
      g_auto (WebhookVerdict) verdict = { 0 };
      gboolean is_retry = status >= 500 || status == 408 || status == 425 || status == 429;

      webhook_answer_judge (&verdict, WEBHOOK_JSON, status, "Phrase", NULL, "body", 4, NOW);
      g_assert_cmpint (verdict.outcome, ==, status < 300 ? WEBHOOK_DELIVERED : is_retry ? WEBHOOK_RETRY : WEBHOOK_REFUSED);
      g_assert_cmpint (verdict.is_gone, ==, status == 410);
      g_assert_true (g_str_has_prefix (verdict.text + 3, " Phrase: body"));
    }
}

/* What a server says may be anything, and as long as may be. */
static void
test_words (void)
{
  g_autofree char *body = g_strnfill (WEBHOOK_MAX_ANSWER, '[');
  g_auto (WebhookVerdict) deep = { 0 };
  g_auto (WebhookVerdict) broken = { 0 };

  webhook_answer_judge (&deep, WEBHOOK_DISCORD, 429, NULL, NULL, body, WEBHOOK_MAX_ANSWER, NOW);
  g_assert_cmpint (deep.after_seconds, ==, 0);
  g_assert_cmpuint (strlen (deep.text), <, 400);
  webhook_answer_judge (&broken, WEBHOOK_JSON, 400, "\xff\xfe", NULL, "\xff\0\xe2\x82", 4, NOW);
  g_assert_true (g_utf8_validate (broken.text, -1, NULL));
}

static void
test_waits_in_json (void)
{
  static const struct
  {
    WebhookPreset preset;
    const char   *body;
    gint64        seconds;
  } rows[] = {
    { WEBHOOK_DISCORD, "{\"retry_after\": 0.3}", 1 },  { WEBHOOK_DISCORD, "{\"retry_after\": 1e300}", 0 },
    { WEBHOOK_DISCORD, "{\"retry_after\": -3}", 0 },   { WEBHOOK_DISCORD, "[1]", 0 },
    { WEBHOOK_DISCORD, "{\"retry_after\": \"9\"}", 0 }, { WEBHOOK_MATRIX, "{\"retry_after_ms\": 2001}", 3 },
    { WEBHOOK_MATRIX, "{\"retry_after_ms\": {}}", 0 }, { WEBHOOK_SLACK, "{\"retry_after\": 7}", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (WebhookVerdict) verdict = { 0 };

      webhook_answer_judge (&verdict, rows[i].preset, 429, "", NULL, rows[i].body, strlen (rows[i].body), NOW);
      g_assert_cmpint (verdict.after_seconds, ==, rows[i].seconds);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/webhook/answer/wait", test_wait);
  g_test_add_func ("/webhook/answer/outcomes", test_outcomes);
  g_test_add_func ("/webhook/answer/words", test_words);
  g_test_add_func ("/webhook/answer/waits-in-json", test_waits_in_json);
  return g_test_run ();
}
