/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-reminder.h"

static gint64
next_reminder (JtPreferences *preferences, const JtTrouble *trouble)
{
  gint64 every_usec = jt_preferences_get_remind_every_usec (preferences);

  return every_usec > 0 ? MAX (trouble->told_usec, trouble->reminded_usec) + every_usec : 0;
}

static gint64
next_escalation (JtPreferences *preferences, const JtTrouble *trouble)
{
  gint64 after_usec = jt_preferences_get_escalate_after_usec (preferences);

  if (after_usec == 0 || trouble->escalated_usec > 0 || jt_preferences_get_escalate_to (preferences)[0] == NULL)
    return 0;
  return trouble->told_usec + after_usec;
}

gint64
jt_reminder_next (JtPreferences *preferences, const JtTrouble *trouble, gboolean *escalates)
{
  gboolean is_over = trouble->told_usec == 0 || trouble->is_acknowledged || !jt_preferences_is_enabled (preferences);
  gint64 reminder_usec = is_over ? 0 : next_reminder (preferences, trouble);
  gint64 escalation_usec = is_over ? 0 : next_escalation (preferences, trouble);

  /* Both were put off until the mute ends: then they are due at once. */
  if (reminder_usec > 0)
    reminder_usec = MAX (reminder_usec, trouble->muted_until_usec);
  if (escalation_usec > 0)
    escalation_usec = MAX (escalation_usec, trouble->muted_until_usec);
  if (escalates != NULL)
    *escalates = escalation_usec > 0 && (reminder_usec == 0 || escalation_usec <= reminder_usec);
  if (reminder_usec == 0 || escalation_usec == 0)
    return MAX (reminder_usec, escalation_usec);
  return MIN (reminder_usec, escalation_usec);
}
