/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "channel-webhook-answer.h"

#include <libsoup/soup.h>
#include <math.h>
#include <string.h>

#include "channel-webhook-preset.h"

/* A server that wants to be left alone for longer is asked again all the same. */
#define MAX_WAIT (24 * 60 * 60)
#define MAX_SHOWN 300

gint64
webhook_answer_parse_wait (const char *text, gint64 now_seconds)
{
  g_autoptr (GDateTime) date = NULL;
  guint64 seconds;

  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &seconds, NULL))
    return MIN ((gint64) seconds, MAX_WAIT);
  date = soup_date_time_new_from_http_string (text);
  return date != NULL ? CLAMP (g_date_time_to_unix (date) - now_seconds, 0, MAX_WAIT) : 0;
}

/* Servers nest them; ours is none that is nested so deep that reading it takes a stack. */
static JsonNode *
parse_json (const char *body, gsize length)
{
  g_autofree char *text = g_strndup (body, length);
  const char *at;

  return g_utf8_validate (text, -1, NULL) && webhook_is_json (text, &at) ? json_from_string (text, NULL) : NULL;
}

static gint64
find_wait (WebhookPreset preset, const char *retry_after, JsonNode *answer, gint64 now_seconds)
{
  gint64 wait = retry_after != NULL ? webhook_answer_parse_wait (retry_after, now_seconds) : 0;
  double said = answer != NULL && JSON_NODE_HOLDS_OBJECT (answer) ? webhook_preset_find_wait (preset, json_node_get_object (answer)) : 0;

  return said > 0 && said < MAX_WAIT ? MAX (wait, (gint64) ceil (said)) : wait;
}

static gboolean
is_to_be_tried_again (guint status)
{
  return status == SOUP_STATUS_REQUEST_TIMEOUT || status == 425 || status == 429 || status >= 500;
}

/* The retired connectors of Teams answer 200 whatever became of the message, and say it in words. */
static gboolean
is_failure_in_disguise (WebhookPreset preset, const char *body, gsize length)
{
  return preset == WEBHOOK_TEAMS && g_strstr_len (body, (gssize) length, "Webhook message delivery failed") != NULL;
}

/* One line, in which neither a terminal nor a log sees anything but text. */
static char *
make_text (guint status, const char *phrase, const char *body, gsize length)
{
  g_autofree char *valid_phrase = g_utf8_make_valid (phrase != NULL ? phrase : "", -1);
  g_autofree char *valid = g_utf8_make_valid (body, (gssize) MIN (length, MAX_SHOWN));
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "%u %.64s", status, valid_phrase);
  if (*g_strstrip (valid) != '\0')
    g_string_append_printf (text, ": %s%s", valid, length > MAX_SHOWN ? "…" : "");
  return g_utf8_make_valid (text->str, (gssize) text->len);
}

static const char *
find_hint (guint status)
{
  if (status >= 300 && status < 400)
    return " (redirects are not followed; write into 'url' where it points to)";
  if (status == SOUP_STATUS_UNAUTHORIZED || status == SOUP_STATUS_FORBIDDEN)
    return " (is the token right?)";
  if (status == SOUP_STATUS_GONE)
    return " (the webhook is no more)";
  return "";
}

void
webhook_answer_judge (WebhookVerdict *verdict, WebhookPreset preset, guint status, const char *phrase, const char *retry_after,
                      const char *body, gsize length, gint64 now_seconds)
{
  g_autofree char *text = make_text (status, phrase, body, length);
  g_autoptr (JsonNode) answer = NULL;

  *verdict = (WebhookVerdict) { .outcome = WEBHOOK_REFUSED, .text = g_strconcat (text, find_hint (status), NULL) };
  if (status >= 200 && status < 300)
    verdict->outcome = is_failure_in_disguise (preset, body, length) ? WEBHOOK_RETRY : WEBHOOK_DELIVERED;
  else if (is_to_be_tried_again (status))
    {
      verdict->outcome = WEBHOOK_RETRY;
      answer = parse_json (body, length);
      verdict->after_seconds = find_wait (preset, retry_after, answer, now_seconds);
    }
  else
    verdict->is_gone = status == SOUP_STATUS_GONE;
}

void
webhook_verdict_clear (WebhookVerdict *verdict)
{
  g_clear_pointer (&verdict->text, g_free);
}
