/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* What became of one mail. */

typedef enum
{
  EMAIL_DELIVERED,
  EMAIL_RETRY,
  EMAIL_REFUSED,
} EmailOutcome;

typedef struct
{
  EmailOutcome outcome;
  char        *text;          /* (owned) of the server, or why */
  gboolean     is_ambiguous;  /* it may have been delivered */
  gboolean     pauses;        /* nothing more is to be sent this way */
  gint64       after_seconds; /* not to be tried again before */
} EmailVerdict;

/* Takes what VERDICT owns. */
typedef void (*EmailDoneFunc) (EmailVerdict verdict, gpointer user_data);

/* It is not about this mail: nothing can be sent for now. */
static inline EmailVerdict
email_trouble (char *text)
{
  return (EmailVerdict) { .outcome = EMAIL_RETRY, .pauses = TRUE, .text = text };
}

static inline EmailVerdict
email_verdict (EmailOutcome outcome, gboolean is_ambiguous, char *text)
{
  return (EmailVerdict) { .outcome = outcome, .is_ambiguous = is_ambiguous, .text = text };
}
