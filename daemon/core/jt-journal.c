/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-journal.h"

#include "jt-log.h"

static void
send_line (const JtRun *run, GLogLevelFlags level, const char *message_id, const char *line)
{
  char job[24], id[24], owner[24];

  g_snprintf (job, sizeof job, "%" G_GUINT64_FORMAT, run->job);
  g_snprintf (id, sizeof id, "%" G_GUINT64_FORMAT, run->id);
  g_snprintf (owner, sizeof owner, "%u", run->owner);
  g_log_structured (JT_LOG_DOMAIN, level, "MESSAGE_ID", message_id, "JT_JOB", job, "JT_JOB_NAME", run->job_name, "JT_RUN", id, "JT_STATE",
                    jt_run_state_to_string (run->state), "JT_OWNER", owner, "MESSAGE", "%s", line);
}

/* A reason may be a reporter's own words: one line is one event, whatever they hold. */
static char *
describe_reason (const JtRun *run)
{
  char *words = run->reason == NULL || *run->reason == '\0' ? g_strdup ("") : g_strconcat (": ", run->reason, NULL);

  for (char *at = words; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  return words;
}

static char *
describe_end (const JtRun *run)
{
  g_autofree char *reason = describe_reason (run);

  if (run->signal != 0)
    return g_strdup_printf (", killed by signal %d%s", run->signal, reason);
  if (run->exit_code > 0)
    return g_strdup_printf (", exit %d%s", run->exit_code, reason);
  return g_steal_pointer (&reason);
}

static void
tell_end (const JtRun *run)
{
  g_autofree char *end = describe_end (run);
  g_autofree char *line = g_strdup_printf ("job '%s': run %" G_GUINT64_FORMAT " %s%s", run->job_name, run->id, jt_run_state_to_string (run->state), end);
  gboolean is_bad = jt_run_state_is_failure (run->state);

  if (is_bad || !jt_run_is_tracked (run))
    send_line (run, is_bad ? G_LOG_LEVEL_MESSAGE : G_LOG_LEVEL_INFO,
               run->state == JT_RUN_LOST ? JT_MESSAGE_RUN_LOST : JT_MESSAGE_RUN_FINISHED, line);
}

/**
 * jt_journal_tell:
 * @event: that is committed; those about jobs and those in the middle of a run say nothing
 */
void
jt_journal_tell (const JtEvent *event)
{
  const JtRun *run = event->value;
  g_autofree char *line = NULL;

  if (event->kind == JT_EVENT_RUN_FINISHED)
    tell_end (run);
  if (event->kind != JT_EVENT_RUN_STARTED || jt_run_is_tracked (run))
    return;
  line = g_strdup_printf ("job '%s': run %" G_GUINT64_FORMAT " started", run->job_name, run->id);
  send_line (run, G_LOG_LEVEL_INFO, JT_MESSAGE_RUN_STARTED, line);
}
