/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-run.h"

/* The one table of states: their names, what they are, and which may follow which. Everything else is refused. */

#define TO(state) (1u << JT_RUN_##state)
#define ENDS (TO (SUCCEEDED) | TO (WARNING) | TO (FAILED) | TO (TIMED_OUT) | TO (CANCELLED) | TO (LOST))

typedef struct
{
  const char *name;
  char        letter;
  gboolean    is_final;
  guint       followers;
} StateInfo;

static const StateInfo states[] = {
  [JT_RUN_QUEUED] = { "queued", 'q', FALSE, TO (STARTING) | TO (RUNNING) | TO (CANCELLED) | TO (SKIPPED) | TO (MISSED) },
  [JT_RUN_STARTING] = { "starting", 's', FALSE, TO (RUNNING) | TO (RETRY_WAIT) | ENDS },
  [JT_RUN_RUNNING] = { "running", 'r', FALSE, TO (RETRY_WAIT) | ENDS },
  [JT_RUN_RETRY_WAIT] = { "retry-wait", 'w', FALSE, TO (STARTING) | TO (CANCELLED) },
  [JT_RUN_SUCCEEDED] = { "succeeded", 'S', TRUE, 0 },
  [JT_RUN_WARNING] = { "warning", 'W', TRUE, 0 },
  [JT_RUN_FAILED] = { "failed", 'F', TRUE, 0 },
  [JT_RUN_TIMED_OUT] = { "timed-out", 'T', TRUE, 0 },
  [JT_RUN_CANCELLED] = { "cancelled", 'C', TRUE, 0 },
  [JT_RUN_LOST] = { "lost", 'L', TRUE, 0 },
  [JT_RUN_SKIPPED] = { "skipped", 'K', TRUE, 0 },
  [JT_RUN_MISSED] = { "missed", 'M', TRUE, 0 },
};

G_STATIC_ASSERT (G_N_ELEMENTS (states) == JT_N_RUN_STATES);

static const char *const triggers[] = {
  [JT_TRIGGER_SCHEDULE] = "schedule",     [JT_TRIGGER_MANUAL] = "manual", [JT_TRIGGER_RETRY_REQUEST] = "retry-request",
  [JT_TRIGGER_DEPENDENCY] = "dependency", [JT_TRIGGER_EVENT] = "event",   [JT_TRIGGER_TRACKED] = "tracked",
  [JT_TRIGGER_PING] = "ping",             [JT_TRIGGER_UNIT] = "unit",
};

G_STATIC_ASSERT (G_N_ELEMENTS (triggers) == JT_N_TRIGGERS);

const char *
jt_run_state_to_string (JtRunState state)
{
  g_return_val_if_fail ((guint) state < JT_N_RUN_STATES, "");
  return states[state].name;
}

gboolean
jt_run_state_from_string (const char *text, JtRunState *state)
{
  for (guint i = 0; i < JT_N_RUN_STATES; i++)
    if (g_strcmp0 (text, states[i].name) == 0)
      {
        *state = (JtRunState) i;
        return TRUE;
      }
  return FALSE;
}

gboolean
jt_run_state_is_final (JtRunState state)
{
  return states[state].is_final;
}

gboolean
jt_run_state_is_success (JtRunState state)
{
  return state == JT_RUN_SUCCEEDED || state == JT_RUN_WARNING;
}

gboolean
jt_run_state_is_failure (JtRunState state)
{
  return state == JT_RUN_FAILED || state == JT_RUN_TIMED_OUT || state == JT_RUN_LOST;
}

gboolean
jt_run_state_may_follow (JtRunState from, JtRunState to)
{
  return (states[from].followers & (1u << to)) != 0;
}

char
jt_run_state_to_letter (JtRunState state)
{
  return states[state].letter;
}

const char *
jt_trigger_to_string (JtTrigger trigger)
{
  g_return_val_if_fail ((guint) trigger < JT_N_TRIGGERS, "");
  return triggers[trigger];
}

gboolean
jt_trigger_from_string (const char *text, JtTrigger *trigger)
{
  for (guint i = 0; i < JT_N_TRIGGERS; i++)
    if (g_strcmp0 (text, triggers[i]) == 0)
      {
        *trigger = (JtTrigger) i;
        return TRUE;
      }
  return FALSE;
}
