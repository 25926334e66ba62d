/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "channel-webhook-config.h"

/* What an answer of a server means for a notification. Pure. */

typedef enum
{
  WEBHOOK_DELIVERED,
  WEBHOOK_RETRY,
  WEBHOOK_REFUSED,
} WebhookOutcome;

typedef struct
{
  WebhookOutcome outcome;
  gboolean       is_gone;       /* the whole webhook is */
  gint64         after_seconds; /* not before then; 0: nothing was said */
  char          *text;          /* (owned) the status and what the server said */
} WebhookVerdict;

/* How much of an answer is read. */
#define WEBHOOK_MAX_ANSWER (64 * 1024)

/* PHRASE and BODY are the server's own words and may be anything; RETRY_AFTER is the header, NULL if there is none. */
void webhook_answer_judge (WebhookVerdict *verdict, WebhookPreset preset, guint status, const char *phrase, const char *retry_after,
                           const char *body, gsize length, gint64 now_seconds);

/* Seconds from NOW until what the header Retry-After says, which are seconds or a date; 0 for the past and for what is neither. */
gint64 webhook_answer_parse_wait (const char *text, gint64 now_seconds);

void webhook_verdict_clear (WebhookVerdict *verdict);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WebhookVerdict, webhook_verdict_clear)
