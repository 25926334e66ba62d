/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Who is told, what waits, what is kept silent, and the sentence that says why. */

#include "jt-decision.h"

#include "notify-fixture.h"

#define MAIL_ONLY_FAILURES "{'rules': <[{'events': <['failed']>, 'jobs': <['db-*']>, 'channels': <['email']>}]>}"
#define QUIET "'quiet-hours': <'22:00-07:00'>"
#define NOON "2026-06-10T12:00:00Z" /* a Wednesday */
#define NIGHT "2026-06-10T23:00:00Z"

enum
{
  ADDRESS = 1 << 0,
  REPEAT = 1 << 1,
  TOLD = 1 << 2,
  ACKNOWLEDGED = 1 << 3,
  MUTED = 1 << 4, /* for 90 minutes more */
};

/* What is decided, a line each: VERDICT CHANNEL RULE HOLD UNTIL: REASON; "-" for what is not there. */
static char *
decide (const char *given, JtNotifyEvent event, const char *at, guint flags)
{
  g_autoptr (JtPreferences) some = preferences (given);
  g_autoptr (JtZone) where = zone ("UTC");
  const char *const tags[] = { "prod", NULL };
  JtNotifyFacts facts = {
    .event = event,
    .severity = jt_notify_event_get_severity (event),
    .job_name = "db-backup",
    .owner_name = "alice",
    .tags = tags,
    .at_usec = instant (at),
    .muted_until_usec = flags & MUTED ? instant (at) + G_GINT64_CONSTANT (5400000000) : 0,
    .is_repeat = (flags & REPEAT) != 0,
    .was_told = (flags & TOLD) != 0,
    .is_acknowledged = (flags & ACKNOWLEDGED) != 0,
    .has_address = (flags & ADDRESS) != 0,
  };
  g_autoptr (GPtrArray) decisions = jt_decide (some, &facts, where);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < decisions->len; i++)
    {
      const JtDecision *decision = g_ptr_array_index (decisions, i);
      g_autofree char *until = decision->until_usec == 0 ? g_strdup ("-") : show_instant (decision->until_usec);

      g_string_append_printf (text, "%s%s %s %d %s %s: %s", i > 0 ? "\n" : "", jt_verdict_to_string (decision->verdict),
                              decision->channel != NULL ? decision->channel : "-", decision->rule,
                              decision->hold != NULL ? decision->hold : "-", until, decision->reason);
    }
  return g_string_free (text, FALSE);
}

typedef struct
{
  const char   *preferences;
  JtNotifyEvent event;
  const char   *at;
  guint         flags;
  const char   *decided;
} Row;

static void
check_rows (const Row *rows, guint n_rows)
{
  for (guint i = 0; i < n_rows; i++)
    {
      g_autofree char *decided = decide (rows[i].preferences, rows[i].event, rows[i].at, rows[i].flags);

      if (!g_str_equal (decided, rows[i].decided))
        g_error ("row %u: %s:\n%s", i, rows[i].preferences, decided);
    }
}

/* Who never set anything is told of trouble, of slow runs and of recoveries, and of nothing else. */
static void
test_default_rule (void)
{
  static const gboolean is_told[JT_N_RULE_EVENTS] = {
    [JT_NOTIFY_FAILED] = TRUE, [JT_NOTIFY_TIMED_OUT] = TRUE, [JT_NOTIFY_LOST] = TRUE, [JT_NOTIFY_RECOVERED] = TRUE,
    [JT_NOTIFY_MISSED] = TRUE, [JT_NOTIFY_LATE] = TRUE,      [JT_NOTIFY_SLOW] = TRUE,
  };

  for (guint event = 0; event < JT_N_RULE_EVENTS; event++)
    {
      g_autofree char *with = decide ("", (JtNotifyEvent) event, NOON, ADDRESS | TOLD);
      g_autofree char *without = decide ("", (JtNotifyEvent) event, NOON, TOLD);
      g_autofree char *silence = g_strdup_printf ("silent - -1 - -: no rule matches, and the default rule does not tell of %s",
                                                  jt_notify_event_to_string ((JtNotifyEvent) event));

      g_assert_cmpstr (with, ==,
                       is_told[event] ? "tell desktop -1 - -: the default rule tells by desktop\n"
                                        "tell email -1 - -: the default rule tells by email"
                                      : silence);
      g_assert_cmpstr (without, ==,
                       is_told[event] ? "tell desktop -1 - -: the default rule tells by desktop (not by email: no address is known)" : silence);
    }
}

static void
test_rules (void)
{
  static const Row rows[] = {
    { MAIL_ONLY_FAILURES, JT_NOTIFY_FAILED, NOON, ADDRESS, "tell email 0 - -: rule 1 (events failed, jobs db-*) tells by email" },
    { MAIL_ONLY_FAILURES, JT_NOTIFY_FAILED, NOON, 0,
      "silent - 0 - -: rule 1 (events failed, jobs db-*) tells by email alone, and no address is known (preference email)" },
    { MAIL_ONLY_FAILURES, JT_NOTIFY_LOST, NOON, 0,
      "tell desktop -1 - -: the default rule tells by desktop (not by email: no address is known)" },
    { "{'rules': <[{'jobs': <['web']>, 'channels': <['email']>}, {'tags': <['prod']>, 'channels': <['chat', 'email:ops@example.com']>}]>}",
      JT_NOTIFY_STARTED, NOON, 0,
      "tell chat 1 - -: rule 2 (tags prod) tells by chat\n"
      "tell email:ops@example.com 1 - -: rule 2 (tags prod) tells by email:ops@example.com" },
    /* The first one wins, silence included. */
    { "{'rules': <[{'jobs': <['db-backup']>, 'channels': <@as []>}, {'channels': <['chat']>}]>}", JT_NOTIFY_FAILED, NOON, ADDRESS,
      "silent - 0 - -: rule 1 (jobs db-backup) keeps silent: it has no channels" },
    { "{'rules': <[{'min-severity': <'warning'>, 'channels': <['chat']>}]>}", JT_NOTIFY_SLOW, NOON, 0,
      "tell chat 0 - -: rule 1 (severity from warning) tells by chat" },
    { "{'default-channels': <@as []>}", JT_NOTIFY_FAILED, NOON, ADDRESS, "silent - -1 - -: no rule matches, and default-channels is empty" },
    { "{'default-channels': <['email']>}", JT_NOTIFY_FAILED, NOON, 0,
      "silent - -1 - -: the default rule tells by email alone, and no address is known (preference email)" },
    { "{'enabled': <false>, 'rules': <[{'channels': <['chat']>}]>}", JT_NOTIFY_FAILED, NOON, ADDRESS,
      "silent - -2 - -: notifications are off (preference enabled)" },
    /* One's own address is told once, however often it is named. */
    { "{'email': <'alice@example.com'>, 'default-channels': <['email:Alice@example.com', 'email']>}", JT_NOTIFY_FAILED, NOON, ADDRESS,
      "tell email -1 - -: the default rule tells by email" },
    { "{'email': <'alice@example.com'>, 'default-channels': <['email:alice@example.com']>}", JT_NOTIFY_FAILED, NOON, ADDRESS,
      "tell email:alice@example.com -1 - -: the default rule tells by email:alice@example.com" },
  };

  check_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_recovered (void)
{
  static const Row rows[] = {
    { "", JT_NOTIFY_RECOVERED, NOON, 0,
      "silent - -1 - -: no rule matches, and the default rule does not tell of succeeded; the trouble before it was not told, so it counts"
      " as a success" },
    { "{'rules': <[{'events': <['succeeded']>, 'channels': <['chat']>}]>}", JT_NOTIFY_RECOVERED, NOON, 0,
      "tell chat 0 - -: rule 1 (events succeeded) tells by chat" },
    { "{'rules': <[{'events': <['succeeded']>, 'channels': <@as []>}]>}", JT_NOTIFY_RECOVERED, NOON, TOLD,
      "tell desktop -1 - -: the default rule tells by desktop (not by email: no address is known)" },
    { "{'rules': <[{'min-severity': <'notice'>, 'channels': <['chat']>}]>}", JT_NOTIFY_RECOVERED, NOON, TOLD,
      "tell chat 0 - -: rule 1 (severity from notice) tells by chat" },
  };

  check_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_suppressed (void)
{
  static const Row rows[] = {
    { "", JT_NOTIFY_FAILED, NOON, MUTED | ADDRESS,
      "suppress desktop -1 - -: the default rule would tell by desktop; it is muted until 13:30\n"
      "suppress email -1 - -: the default rule would tell by email; it is muted until 13:30" },
    { "", JT_NOTIFY_SUCCEEDED, NOON, MUTED, "silent - -1 - -: no rule matches, and the default rule does not tell of succeeded" },
    { "{'default-channels': <['chat']>}", JT_NOTIFY_FAILED, NOON, ACKNOWLEDGED,
      "suppress chat -1 - -: the default rule would tell by chat; the trouble is acknowledged" },
    /* What ends trouble, and what is none, is told all the same. */
    { "{'default-channels': <['chat']>}", JT_NOTIFY_RECOVERED, NOON, ACKNOWLEDGED | TOLD, "tell chat -1 - -: the default rule tells by chat" },
    { "{'default-channels': <['chat']>}", JT_NOTIFY_SLOW, NOON, ACKNOWLEDGED, "tell chat -1 - -: the default rule tells by chat" },
    { "{'default-channels': <['chat']>}", JT_NOTIFY_FAILED, NOON, REPEAT, "tell chat -1 - -: the default rule tells by chat" },
    { "{'default-channels': <['chat']>, 'only-changes': <true>}", JT_NOTIFY_FAILED, NOON, 0, "tell chat -1 - -: the default rule tells by chat" },
    { "{'default-channels': <['chat']>, 'only-changes': <true>}", JT_NOTIFY_FAILED, NOON, REPEAT,
      "suppress chat -1 - -: the default rule would tell by chat; only-changes is set, and the same trouble was told already" },
    { "{'default-channels': <['chat']>, 'only-changes': <true>}", JT_NOTIFY_RECOVERED, NOON, TOLD, "tell chat -1 - -: the default rule tells by chat" },
    /* Silence is not held: suppressed stays suppressed in quiet hours. */
    { "{'default-channels': <['chat']>, " QUIET "}", JT_NOTIFY_FAILED, NIGHT, ACKNOWLEDGED,
      "suppress chat -1 - -: the default rule would tell by chat; the trouble is acknowledged" },
  };

  check_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_held (void)
{
  static const Row rows[] = {
    { "{'default-channels': <['chat']>, " QUIET "}", JT_NOTIFY_FAILED, NIGHT, 0,
      "hold chat -1 quiet-hours 2026-06-11T07:00:00Z: the default rule tells by chat; quiet hours 22:00-07:00 hold it until 07:00" },
    { "{'default-channels': <['chat']>, " QUIET "}", JT_NOTIFY_FAILED, NOON, 0, "tell chat -1 - -: the default rule tells by chat" },
    { "{'default-channels': <['chat']>, " QUIET ", 'quiet-except': <'error'>}", JT_NOTIFY_FAILED, NIGHT, 0,
      "tell chat -1 - -: the default rule tells by chat" },
    { "{'default-channels': <['chat']>, " QUIET ", 'quiet-except': <'error'>}", JT_NOTIFY_SLOW, NIGHT, 0,
      "hold chat -1 quiet-hours 2026-06-11T07:00:00Z: the default rule tells by chat; quiet hours 22:00-07:00 hold it until 07:00" },
    { "{'default-channels': <['chat']>, 'digest': <'daily@08:00'>}", JT_NOTIFY_RECOVERED, NOON, TOLD,
      "hold chat -1 digest 2026-06-11T08:00:00Z: the default rule tells by chat; the digest daily@08:00 has it at 08:00" },
    { "{'default-channels': <['chat']>, 'digest': <'daily@08:00'>}", JT_NOTIFY_SLOW, NOON, 0, "tell chat -1 - -: the default rule tells by chat" },
    { "{'default-channels': <['chat']>, 'digest': <'weekly@mon 08:00'>, 'digest-below': <'error'>}", JT_NOTIFY_SLOW, NOON, 0,
      "hold chat -1 digest 2026-06-15T08:00:00Z: the default rule tells by chat; the digest weekly@mon 08:00 has it at 2026-06-15 08:00" },
    { "{'default-channels': <['chat']>, 'digest': <'hourly'>, 'digest-below': <'error'>}", JT_NOTIFY_FAILED, NOON, 0,
      "tell chat -1 - -: the default rule tells by chat" },
    /* A digest that is due in quiet hours waits for their end; what is no matter of the digest waits for that alone. */
    { "{'default-channels': <['chat']>, 'digest': <'hourly'>, " QUIET "}", JT_NOTIFY_RECOVERED, NIGHT, TOLD,
      "hold chat -1 digest 2026-06-11T07:00:00Z: the default rule tells by chat; the digest hourly has it at 07:00" },
    { "{'default-channels': <['chat']>, 'digest': <'daily@06:00'>, " QUIET "}", JT_NOTIFY_FAILED, NIGHT, 0,
      "hold chat -1 quiet-hours 2026-06-11T07:00:00Z: the default rule tells by chat; quiet hours 22:00-07:00 hold it until 07:00" },
    { "{'default-channels': <['chat']>, 'digest': <'daily@08:00'>, " QUIET "}", JT_NOTIFY_RECOVERED, NIGHT, TOLD,
      "hold chat -1 digest 2026-06-11T08:00:00Z: the default rule tells by chat; the digest daily@08:00 has it at 08:00" },
  };

  check_rows (rows, G_N_ELEMENTS (rows));
}

/* The user's zone, not the machine's: 21:30 in UTC is 23:30 in Berlin. */
static void
test_zone (void)
{
  g_autoptr (JtPreferences) some = preferences ("{'timezone': <'Europe/Berlin'>, 'default-channels': <['chat']>, " QUIET "}");
  g_autoptr (JtZone) berlin = jt_preferences_get_zone (some);
  JtNotifyFacts facts = {
    .event = JT_NOTIFY_FAILED, .severity = JT_SEVERITY_ERROR, .job_name = "a", .owner_name = "alice", .at_usec = instant ("2026-06-10T21:30:00Z"),
  };
  g_autoptr (GPtrArray) decisions = jt_decide (some, &facts, berlin);
  const JtDecision *decision = g_ptr_array_index (decisions, 0);

  g_assert_cmpint (decision->until_usec, ==, instant ("2026-06-11T05:00:00Z"));
  g_assert_cmpstr (decision->reason, ==, "the default rule tells by chat; quiet hours 22:00-07:00 hold it until 07:00");
}

static char *
escalate (const char *given, JtNotifyEvent event, const char *told, const char *at, guint flags)
{
  g_autoptr (JtPreferences) some = preferences (given);
  g_autoptr (JtZone) where = zone ("UTC");
  JtNotifyFacts facts = {
    .event = event,
    .severity = jt_notify_event_get_severity (event),
    .job_name = "a",
    .owner_name = "alice",
    .at_usec = instant (at),
    .is_acknowledged = (flags & ACKNOWLEDGED) != 0,
    .has_address = (flags & ADDRESS) != 0,
  };
  g_autoptr (GPtrArray) decisions = jt_decide_escalation (some, &facts, instant (told), where);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < decisions->len; i++)
    {
      const JtDecision *decision = g_ptr_array_index (decisions, i);

      g_assert_cmpint (decision->rule, ==, JT_RULE_NONE);
      g_assert_cmpint (decision->until_usec > 0, ==, decision->verdict == JT_VERDICT_HOLD);
      g_assert_cmpstr (decision->hold, ==, decision->verdict == JT_VERDICT_HOLD ? "escalation" : NULL);
      g_string_append_printf (text, "%s%s %s: %s", i > 0 ? "\n" : "", jt_verdict_to_string (decision->verdict), decision->channel, decision->reason);
    }
  return g_string_free (text, FALSE);
}

static void
test_escalation (void)
{
#define ESCALATE "{'escalate-after': <uint64 1800000000>, 'escalate-to': <['user:bob', 'email']>, 'quiet-hours': <'00:00-23:00'>}"
  static const struct
  {
    const char   *preferences;
    JtNotifyEvent event;
    const char   *at;
    guint         flags;
    const char   *decided;
  } rows[] = {
    { ESCALATE, JT_NOTIFY_FAILED, NOON, ADDRESS,
      "hold user:bob: escalate-to tells user:bob at 12:30 unless somebody acknowledges it\n"
      "hold email: escalate-to tells email at 12:30 unless somebody acknowledges it" },
    { ESCALATE, JT_NOTIFY_FAILED, "2026-06-10T12:30:00Z", 0, "tell user:bob: escalate-to tells user:bob: nobody acknowledged it for 30min" },
    { ESCALATE, JT_NOTIFY_FAILED, NOON, ACKNOWLEDGED, "" },
    { ESCALATE, JT_NOTIFY_SLOW, NOON, 0, "" },
    { "", JT_NOTIFY_FAILED, NOON, 0, "" },
    { "{'escalate-to': <['user:bob']>}", JT_NOTIFY_FAILED, NOON, 0, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *decided = escalate (rows[i].preferences, rows[i].event, NOON, rows[i].at, rows[i].flags);

      g_assert_cmpstr (decided, ==, rows[i].decided);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decision/default-rule", test_default_rule);
  g_test_add_func ("/decision/rules", test_rules);
  g_test_add_func ("/decision/recovered", test_recovered);
  g_test_add_func ("/decision/suppressed", test_suppressed);
  g_test_add_func ("/decision/held", test_held);
  g_test_add_func ("/decision/zone", test_zone);
  g_test_add_func ("/decision/escalation", test_escalation);
  return g_test_run ();
}
