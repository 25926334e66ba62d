/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-notify-event.h"

static const struct
{
  const char *word;
  JtSeverity  severity;
  gboolean    is_trouble;
} events[JT_N_NOTIFY_EVENTS] = {
  [JT_NOTIFY_STARTED] = { "started", JT_SEVERITY_INFO, FALSE },
  [JT_NOTIFY_SUCCEEDED] = { "succeeded", JT_SEVERITY_INFO, FALSE },
  [JT_NOTIFY_FAILED] = { "failed", JT_SEVERITY_ERROR, TRUE },
  [JT_NOTIFY_TIMED_OUT] = { "timed-out", JT_SEVERITY_ERROR, TRUE },
  [JT_NOTIFY_LOST] = { "lost", JT_SEVERITY_ERROR, TRUE },
  [JT_NOTIFY_RETRYING] = { "retrying", JT_SEVERITY_WARNING, FALSE },
  [JT_NOTIFY_RECOVERED] = { "recovered", JT_SEVERITY_NOTICE, FALSE },
  [JT_NOTIFY_MISSED] = { "missed", JT_SEVERITY_ERROR, TRUE },
  [JT_NOTIFY_LATE] = { "late", JT_SEVERITY_ERROR, TRUE },
  [JT_NOTIFY_SLOW] = { "slow", JT_SEVERITY_WARNING, FALSE },
  [JT_NOTIFY_SKIPPED] = { "skipped", JT_SEVERITY_INFO, FALSE },
  [JT_NOTIFY_CANCELLED] = { "cancelled", JT_SEVERITY_INFO, FALSE },
  /* Of the three below the outbox knows better: a digest is as bad as the worst in it. */
  [JT_NOTIFY_DIGEST] = { "digest", JT_SEVERITY_INFO, FALSE },
  [JT_NOTIFY_SUMMARY] = { "summary", JT_SEVERITY_INFO, FALSE },
  [JT_NOTIFY_TEST] = { "test", JT_SEVERITY_INFO, FALSE },
};

static const char *const severities[] = { "info", "notice", "warning", "error", NULL };

const char *
jt_notify_event_to_string (JtNotifyEvent event)
{
  g_return_val_if_fail (event < JT_N_NOTIFY_EVENTS, NULL);
  return events[event].word;
}

gboolean
jt_notify_event_from_string (const char *text, JtNotifyEvent *event)
{
  for (guint i = 0; i < JT_N_NOTIFY_EVENTS; i++)
    if (g_str_equal (events[i].word, text))
      {
        *event = (JtNotifyEvent) i;
        return TRUE;
      }
  return FALSE;
}

JtSeverity
jt_notify_event_get_severity (JtNotifyEvent event)
{
  g_return_val_if_fail (event < JT_N_NOTIFY_EVENTS, JT_SEVERITY_ERROR);
  return events[event].severity;
}

gboolean
jt_notify_event_is_trouble (JtNotifyEvent event)
{
  g_return_val_if_fail (event < JT_N_NOTIFY_EVENTS, FALSE);
  return events[event].is_trouble;
}

const char *const *
jt_notify_event_list_words (void)
{
  static const char *words[JT_N_RULE_EVENTS + 1];
  static gsize is_made;

  if (g_once_init_enter (&is_made))
    {
      for (guint i = 0; i < JT_N_RULE_EVENTS; i++)
        words[i] = events[i].word;
      g_once_init_leave (&is_made, 1);
    }
  return words;
}

const char *const *
jt_severity_list_words (void)
{
  return severities;
}

const char *
jt_severity_to_string (JtSeverity severity)
{
  g_return_val_if_fail (severity < JT_N_SEVERITIES, NULL);
  return severities[severity];
}

gboolean
jt_severity_from_string (const char *text, JtSeverity *severity)
{
  for (guint i = 0; i < JT_N_SEVERITIES; i++)
    if (g_str_equal (severities[i], text))
      {
        *severity = (JtSeverity) i;
        return TRUE;
      }
  return FALSE;
}
