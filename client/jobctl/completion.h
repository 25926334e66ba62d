/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "verbs.h"

/* What may stand at the end of a command line that is being typed, for the completions of the shells, which know nothing
 * of jobctl themselves: verbs, options, settings and what they take come from the tables, names and numbers from the
 * service when it runs. Asked by `jobctl __complete WORDS…`, the last of which is the one that is typed.
 *
 * The answer has a line for each word that fits there, whatever of it is typed already: "WORD<TAB>WHAT IT IS". Or else
 * one line says what to complete it with that the shell knows better, ":files<TAB>PREFIX" (folders, users, groups,
 * hosts, and command, for what follows "--"), PREFIX being the part of the typed word to leave alone. Never a complaint. */

#define COMPLETION_WORD "__complete"

typedef struct
{
  Context     context;
  gboolean    is_remote;
  const Verb *verb;      /* (nullable) */
  GPtrArray  *arguments; /* (element-type utf8) (owned) borrowed words after the verb */
  const char *current;   /* the word that is typed */
} Completion;

int completion_print (char **words);

void completion_offer (const char *prefix, const char *word, const char *what);
void completion_offer_option_value (Completion *completion, const Option *option, const char *prefix);
void completion_offer_slot (Completion *completion, const char *slot);
void completion_offer_kind (Completion *completion, const char *name, const char *prefix);
gboolean completion_reach_service (Completion *completion);

/* Of completion-notify.c. */
void completion_offer_channels (Completion *completion, const char *prefix);
void completion_offer_deliveries (Completion *completion, const char *prefix);
void completion_offer_delivery_states (const char *prefix);
void completion_offer_events (Completion *completion, const char *prefix);
void completion_offer_preferences (Completion *completion, const char *prefix);
void completion_offer_preference_value (Completion *completion);
void completion_offer_severities (Completion *completion, const char *prefix);
void completion_offer_templates (Completion *completion, const char *prefix);
