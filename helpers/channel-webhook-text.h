/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Text of jobs and people made fit for a service: escaped as it reads text, no longer than it takes, cut between graphemes. */

typedef enum
{
  WEBHOOK_UNIT_BYTES,
  WEBHOOK_UNIT_UTF16, /* what JavaScript calls the length of a text */
} WebhookUnit;

/* Writes one character as the service wants it. STARTS_LINE: nothing but blanks stands before it on its line. */
typedef void (*WebhookEscapeFunc) (GString *out, gunichar c, gboolean starts_line);

/* TEXT, valid UTF-8, with each character escaped (NULL: as it is) and without other control characters than tab and newline.
 * The result has at most MOST units, and ends with an ellipsis when not all of TEXT is in it. (transfer full) */
char *webhook_text_fit (const char *text, gsize most, WebhookUnit unit, WebhookEscapeFunc escape);

/* The three characters that are Slack's markup: &, < and >. */
void webhook_escape_slack (GString *out, gunichar c, gboolean starts_line);
void webhook_escape_html (GString *out, gunichar c, gboolean starts_line);
/* Backslashes before what Markdown would take for markup. */
void webhook_escape_markdown (GString *out, gunichar c, gboolean starts_line);
/* The same, with the empty line that an Adaptive Card needs to begin a new one. */
void webhook_escape_card (GString *out, gunichar c, gboolean starts_line);
/* What stands between the quotes of a JSON string. */
void webhook_escape_json (GString *out, gunichar c, gboolean starts_line);

/* All of TEXT between the quotes of a JSON string; no limit, control characters are escaped too. (transfer full) */
char *webhook_text_to_json (const char *text);
/* A fence of back-quotes that TEXT cannot end. (transfer full) */
char *webhook_text_make_fence (const char *text);
