/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-decision.h"

#include <string.h>

#include "jt-civil.h"
#include "jt-duration.h"
#include "jt-notify-channel.h"
#include "jt-recipient.h"

/* Reasons go into the record and over the bus, so they are English. */

typedef struct
{
  JtPreferences       *preferences;
  const JtNotifyFacts *facts;
  JtZone              *zone;
  JtNotifyEvent        event;    /* as it is decided: a recovery from nothing that was told is a success */
  JtSeverity           severity;
  int                  rule;
  const char *const   *channels; /* of that rule */
  char                *who;      /* (owned) the rule in words */
} Case;

void
jt_decision_free (JtDecision *decision)
{
  if (decision == NULL)
    return;
  g_free (decision->channel);
  g_free (decision->hold);
  g_free (decision->reason);
  g_free (decision);
}

const char *
jt_verdict_to_string (JtVerdict verdict)
{
  static const char *const words[] = { "tell", "hold", "suppress", "silent" };

  g_return_val_if_fail ((guint) verdict < G_N_ELEMENTS (words), NULL);
  return words[verdict];
}

/* @reason: (transfer full) */
static JtDecision *
add_decision (GPtrArray *decisions, JtVerdict verdict, const char *channel, int rule, char *reason)
{
  JtDecision *decision = g_new0 (JtDecision, 1);

  decision->verdict = verdict;
  decision->channel = g_strdup (channel);
  decision->rule = rule;
  decision->reason = reason;
  g_ptr_array_add (decisions, decision);
  return decision;
}

static void
hold (JtDecision *decision, const char *by, gint64 until_usec)
{
  decision->verdict = JT_VERDICT_HOLD;
  decision->hold = g_strdup (by);
  decision->until_usec = until_usec;
}

/* "07:00" of the next 24 hours, else with its date. (transfer full) */
static char *
show_instant (JtZone *zone, gint64 at_usec, gint64 usec)
{
  gint64 wall_usec = usec + (gint64) jt_zone_offset_at (zone, usec, NULL) * G_USEC_PER_SEC;
  gint64 days = jt_floor_div (wall_usec, JT_USEC_PER_DAY);
  int minute = (int) ((wall_usec - days * JT_USEC_PER_DAY) / (60 * G_USEC_PER_SEC));
  JtDate date = jt_civil_from_days (days);

  if (usec - at_usec < JT_USEC_PER_DAY && at_usec - usec < JT_USEC_PER_DAY)
    return g_strdup_printf ("%02d:%02d", minute / 60, minute % 60);
  return g_strdup_printf ("%04d-%02d-%02d %02d:%02d", date.year, date.month, date.day, minute / 60, minute % 60);
}

/* --- which rule --- */

static gboolean
is_told_by_default (JtNotifyEvent event)
{
  return jt_notify_event_is_trouble (event) || event == JT_NOTIFY_SLOW || event == JT_NOTIFY_RECOVERED;
}

static void
find_rule (Case *the_case)
{
  GPtrArray *rules = jt_preferences_get_rules (the_case->preferences);
  const JtNotifyFacts *facts = the_case->facts;
  static const char *const nobody[] = { NULL };

  for (guint i = 0; i < rules->len; i++)
    {
      const JtNotifyRule *rule = g_ptr_array_index (rules, i);
      g_autofree char *what = NULL;

      if (!jt_notify_rule_matches (rule, the_case->event, the_case->severity, facts->job_name, facts->owner_name, facts->tags))
        continue;
      what = jt_notify_rule_describe (rule);
      the_case->rule = (int) i;
      the_case->channels = (const char *const *) rule->channels;
      the_case->who = g_strdup_printf ("rule %u (%s)", i + 1, what);
      return;
    }
  the_case->rule = JT_RULE_DEFAULT;
  the_case->channels = is_told_by_default (the_case->event) ? jt_preferences_get_default_channels (the_case->preferences) : nobody;
  the_case->who = g_strdup ("the default rule");
}

/* --- by what --- */

/* Mail to the user's own address, whichever way it is written. */
static gboolean
is_own_mail (Case *the_case, const char *channel)
{
  const char *address = jt_preferences_get_email (the_case->preferences);

  return g_str_has_prefix (channel, JT_RECIPIENT_EMAIL) && *address != '\0'
         && g_ascii_strcasecmp (channel + strlen (JT_RECIPIENT_EMAIL), address) == 0;
}

static gboolean
can_reach (Case *the_case, const char *channel)
{
  return !g_str_equal (channel, JT_CHANNEL_EMAIL) || the_case->facts->has_address;
}

/* Those that can be reached, each once. (transfer container) (element-type utf8) */
static GPtrArray *
list_channels (Case *the_case)
{
  GPtrArray *found = g_ptr_array_new ();
  gboolean has_own_mail = the_case->facts->has_address && g_strv_contains (the_case->channels, JT_CHANNEL_EMAIL);

  for (guint i = 0; the_case->channels[i] != NULL; i++)
    {
      const char *channel = the_case->channels[i];

      if (can_reach (the_case, channel) && !(has_own_mail && is_own_mail (the_case, channel))
          && !g_ptr_array_find_with_equal_func (found, channel, g_str_equal, NULL))
        g_ptr_array_add (found, (char *) channel);
    }
  return found;
}

static char *
explain_silence (Case *the_case)
{
  const char *untold = the_case->event != the_case->facts->event ? "; the trouble before it was not told, so it counts as a success" : "";

  if (the_case->channels[0] != NULL)
    return g_strdup_printf ("%s tells by email alone, and no address is known (preference email)", the_case->who);
  if (the_case->rule != JT_RULE_DEFAULT)
    return g_strdup_printf ("%s keeps silent: it has no channels%s", the_case->who, untold);
  if (is_told_by_default (the_case->event))
    return g_strdup ("no rule matches, and default-channels is empty");
  return g_strdup_printf ("no rule matches, and the default rule does not tell of %s%s", jt_notify_event_to_string (the_case->event), untold);
}

/* --- whether now --- */

/* Why it is not to be told after all; NULL: it is. (transfer full) */
static char *
find_suppression (Case *the_case)
{
  const JtNotifyFacts *facts = the_case->facts;
  g_autofree char *until = NULL;

  if (facts->muted_until_usec > facts->at_usec)
    {
      until = show_instant (the_case->zone, facts->at_usec, facts->muted_until_usec);
      return g_strdup_printf ("it is muted until %s", until);
    }
  if (facts->is_acknowledged && jt_notify_event_is_trouble (the_case->event))
    return g_strdup ("the trouble is acknowledged");
  if (facts->is_repeat && jt_preferences_has_only_changes (the_case->preferences))
    return g_strdup ("only-changes is set, and the same trouble was told already");
  return NULL;
}

static gint64
get_end_of_quiet (Case *the_case, gint64 at_usec)
{
  if (the_case->severity >= jt_preferences_get_quiet_except (the_case->preferences))
    return 0;
  return jt_quiet_hours_get_end (jt_preferences_get_quiet_hours (the_case->preferences), the_case->zone, at_usec);
}

static gint64
get_digest (Case *the_case)
{
  gint64 usec;

  if (the_case->severity >= jt_preferences_get_digest_below (the_case->preferences))
    return 0;
  usec = jt_digest_times_next (jt_preferences_get_digest (the_case->preferences), the_case->zone, the_case->facts->at_usec);
  /* A digest that is due in quiet hours comes when they end. */
  return MAX (usec, usec > 0 ? get_end_of_quiet (the_case, usec) : 0);
}

/* Sets what holds the decision, if anything does. Returns how that goes on after who tells by what. (transfer full) */
static char *
hold_if_needed (Case *the_case, JtDecision *decision)
{
  gint64 at_usec = the_case->facts->at_usec;
  gint64 digest_usec = get_digest (the_case);
  gint64 quiet_usec = digest_usec > 0 ? 0 : get_end_of_quiet (the_case, at_usec);
  g_autofree char *until = show_instant (the_case->zone, at_usec, MAX (digest_usec, quiet_usec));
  g_autofree char *times = NULL;

  if (digest_usec > 0)
    {
      hold (decision, JT_HOLD_DIGEST, digest_usec);
      times = jt_digest_times_format (jt_preferences_get_digest (the_case->preferences));
      return g_strdup_printf ("; the digest %s has it at %s", times, until);
    }
  if (quiet_usec == 0)
    return g_strdup ("");
  hold (decision, JT_HOLD_QUIET_HOURS, quiet_usec);
  return g_strdup_printf ("; quiet hours %s hold it until %s",
                          jt_quiet_hours_get_text (jt_preferences_get_quiet_hours (the_case->preferences)), until);
}

static void
decide_channel (Case *the_case, GPtrArray *decisions, const char *channel, const char *suppression)
{
  JtDecision *decision;
  g_autofree char *held = NULL;
  gboolean lacks_address = g_strv_contains (the_case->channels, JT_CHANNEL_EMAIL) && !the_case->facts->has_address;

  if (suppression != NULL)
    {
      add_decision (decisions, JT_VERDICT_SUPPRESS, channel, the_case->rule,
                    g_strdup_printf ("%s would tell by %s; %s", the_case->who, channel, suppression));
      return;
    }
  decision = add_decision (decisions, JT_VERDICT_TELL, channel, the_case->rule, NULL);
  held = hold_if_needed (the_case, decision);
  decision->reason = g_strdup_printf ("%s tells by %s%s%s", the_case->who, channel,
                                      lacks_address ? " (not by email: no address is known)" : "", held);
}

GPtrArray *
jt_decide (JtPreferences *preferences, const JtNotifyFacts *facts, JtZone *zone)
{
  GPtrArray *decisions = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_decision_free);
  gboolean is_plain_success = facts->event == JT_NOTIFY_RECOVERED && !facts->was_told;
  Case the_case = {
    .preferences = preferences,
    .facts = facts,
    .zone = zone,
    .event = is_plain_success ? JT_NOTIFY_SUCCEEDED : facts->event,
    .severity = is_plain_success ? jt_notify_event_get_severity (JT_NOTIFY_SUCCEEDED) : facts->severity,
  };
  g_autoptr (GPtrArray) channels = NULL;
  g_autofree char *suppression = NULL;

  if (!jt_preferences_is_enabled (preferences))
    {
      add_decision (decisions, JT_VERDICT_SILENT, NULL, JT_RULE_NONE, g_strdup ("notifications are off (preference enabled)"));
      return decisions;
    }
  find_rule (&the_case);
  channels = list_channels (&the_case);
  suppression = find_suppression (&the_case);
  for (guint i = 0; i < channels->len; i++)
    decide_channel (&the_case, decisions, g_ptr_array_index (channels, i), suppression);
  if (channels->len == 0)
    add_decision (decisions, JT_VERDICT_SILENT, NULL, the_case.rule, explain_silence (&the_case));
  g_free (the_case.who);
  return decisions;
}

/* --- escalation --- */

GPtrArray *
jt_decide_escalation (JtPreferences *preferences, const JtNotifyFacts *facts, gint64 told_usec, JtZone *zone)
{
  GPtrArray *decisions = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_decision_free);
  const char *const *recipients = jt_preferences_get_escalate_to (preferences);
  gint64 after_usec = jt_preferences_get_escalate_after_usec (preferences);
  gint64 due_usec = MAX (told_usec + after_usec, facts->muted_until_usec);
  g_autofree char *due = show_instant (zone, facts->at_usec, due_usec);
  g_autofree char *after = jt_duration_format (after_usec);

  if (!jt_preferences_is_enabled (preferences) || after_usec == 0 || facts->is_acknowledged || !jt_notify_event_is_trouble (facts->event))
    return decisions;
  for (guint i = 0; recipients[i] != NULL; i++)
    {
      JtDecision *decision;

      if (g_str_equal (recipients[i], JT_CHANNEL_EMAIL) && !facts->has_address)
        continue;
      decision = add_decision (decisions, JT_VERDICT_TELL, recipients[i], JT_RULE_NONE, NULL);
      if (due_usec <= facts->at_usec)
        {
          decision->reason = g_strdup_printf ("escalate-to tells %s: nobody acknowledged it for %s", recipients[i], after);
          continue;
        }
      hold (decision, JT_HOLD_ESCALATION, due_usec);
      decision->reason = g_strdup_printf ("escalate-to tells %s at %s unless somebody acknowledges it", recipients[i], due);
    }
  return decisions;
}
