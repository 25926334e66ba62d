/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* What holds of every decision, whatever the preferences and the facts. */

#include "jt-decision.h"

#include <string.h>

#include "notify-fixture.h"

#define N_ROUNDS 20000

static const char *const channels[] = { "desktop", "email", "chat", "email:alice@example.com", "email:ops@example.com", "webhook:chat" };
static const char *const words[] = { "", "info", "notice", "warning", "error" };
static const char *const digests[] = { "off", "hourly", "daily@08:00", "weekly@sun 02:30" };
static const char *const quiets[] = { "", "22:00-07:00", "sat,sun 00:00-24:00; 01:30-02:15" };

#define PICK(dice, list) (list)[g_rand_int_range (dice, 0, G_N_ELEMENTS (list))]

static GVariant *
pick_channels (GRand *dice)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (int n = g_rand_int_range (dice, 0, 6); n > 0; n--)
    g_variant_builder_add (&builder, "s", PICK (dice, channels));
  return g_variant_builder_end (&builder);
}

static GVariant *
pick_rules (GRand *dice)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (int n = g_rand_int_range (dice, 0, 4); n > 0; n--)
    {
      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "channels", pick_channels (dice));
      if (g_rand_boolean (dice))
        g_variant_builder_add (&builder, "{sv}", "min-severity", g_variant_new_string (words[g_rand_int_range (dice, 1, 5)]));
      if (g_rand_boolean (dice))
        {
          const char *event = jt_notify_event_to_string ((JtNotifyEvent) g_rand_int_range (dice, 0, JT_N_RULE_EVENTS));

          g_variant_builder_add (&builder, "{sv}", "events", g_variant_new_strv (&event, 1));
        }
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}

static JtPreferences *
pick_preferences (GRand *dice)
{
  g_autoptr (GVariant) values = NULL;
  g_autoptr (GError) error = NULL;
  GVariantBuilder builder;
  JtPreferences *picked;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "enabled", g_variant_new_boolean (g_rand_int_range (dice, 0, 10) > 0));
  g_variant_builder_add (&builder, "{sv}", "email", g_variant_new_string (g_rand_boolean (dice) ? "alice@example.com" : ""));
  g_variant_builder_add (&builder, "{sv}", "default-channels", pick_channels (dice));
  g_variant_builder_add (&builder, "{sv}", "rules", pick_rules (dice));
  g_variant_builder_add (&builder, "{sv}", "quiet-hours", g_variant_new_string (PICK (dice, quiets)));
  g_variant_builder_add (&builder, "{sv}", "quiet-except", g_variant_new_string (PICK (dice, words)));
  g_variant_builder_add (&builder, "{sv}", "digest", g_variant_new_string (PICK (dice, digests)));
  g_variant_builder_add (&builder, "{sv}", "digest-below", g_variant_new_string (words[g_rand_int_range (dice, 1, 5)]));
  g_variant_builder_add (&builder, "{sv}", "only-changes", g_variant_new_boolean (g_rand_boolean (dice)));
  values = g_variant_ref_sink (g_variant_builder_end (&builder));
  picked = jt_preferences_new (values, &error);
  g_assert_no_error (error);
  return picked;
}

static JtNotifyFacts
pick_facts (GRand *dice)
{
  JtNotifyEvent event = (JtNotifyEvent) g_rand_int_range (dice, 0, JT_N_RULE_EVENTS);
  gint64 at_usec = instant ("2026-01-01T00:00:00Z") + g_rand_int_range (dice, 0, 366 * 86400) * (gint64) G_USEC_PER_SEC;

  return (JtNotifyFacts) {
    .event = event,
    .severity = jt_notify_event_get_severity (event),
    .job_name = "db",
    .owner_name = "alice",
    .at_usec = at_usec,
    .muted_until_usec = g_rand_int_range (dice, 0, 4) > 0 ? 0 : at_usec + g_rand_int_range (dice, -10, 10) * (gint64) G_USEC_PER_SEC,
    .is_repeat = g_rand_boolean (dice),
    .was_told = g_rand_boolean (dice),
    .is_acknowledged = g_rand_int_range (dice, 0, 4) == 0,
    .has_address = g_rand_boolean (dice),
  };
}

static void
check_decision (const JtDecision *decision, const JtNotifyFacts *facts, guint n_decisions)
{
  g_assert_cmpstr (decision->reason, !=, NULL);
  g_assert_null (strchr (decision->reason, '\n'));
  g_assert_cmpint (decision->channel == NULL, ==, decision->verdict == JT_VERDICT_SILENT);
  g_assert_cmpint (decision->hold != NULL, ==, decision->verdict == JT_VERDICT_HOLD);
  g_assert_cmpint (decision->until_usec != 0, ==, decision->verdict == JT_VERDICT_HOLD);
  if (decision->verdict == JT_VERDICT_HOLD)
    g_assert_cmpint (decision->until_usec, >, facts->at_usec);
  if (decision->verdict == JT_VERDICT_SILENT)
    g_assert_cmpuint (n_decisions, ==, 1);
  if (g_strcmp0 (decision->channel, "email") == 0)
    g_assert_true (facts->has_address);
  if (facts->muted_until_usec > facts->at_usec)
    g_assert_true (decision->verdict == JT_VERDICT_SUPPRESS || decision->verdict == JT_VERDICT_SILENT);
}

/* And no channel twice, which for mail means no address twice. */
static void
check_list (GPtrArray *decisions, const JtNotifyFacts *facts, const char *address)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  g_assert_cmpuint (decisions->len, >, 0);
  for (guint i = 0; i < decisions->len; i++)
    {
      const JtDecision *decision = g_ptr_array_index (decisions, i);

      check_decision (decision, facts, decisions->len);
      if (decision->channel != NULL && !g_hash_table_add (seen, decision->channel))
        g_error ("%s twice", decision->channel);
    }
  if (*address != '\0' && g_hash_table_contains (seen, "email"))
    g_assert_false (g_hash_table_contains (seen, "email:alice@example.com"));
}

static void
test_always (void)
{
  static const char *const zones[] = { "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe" };
  g_autoptr (GRand) dice = g_rand_new_with_seed (20261128);
  guint counts[4] = { 0 };

  for (guint round = 0; round < N_ROUNDS; round++)
    {
      g_autoptr (JtPreferences) some = pick_preferences (dice);
      g_autoptr (JtZone) where = zone (PICK (dice, zones));
      JtNotifyFacts facts = pick_facts (dice);
      g_autoptr (GPtrArray) decisions = jt_decide (some, &facts, where);
      g_autoptr (GPtrArray) again = jt_decide (some, &facts, where);

      check_list (decisions, &facts, jt_preferences_get_email (some));
      g_assert_cmpuint (again->len, ==, decisions->len);
      counts[((JtDecision *) g_ptr_array_index (decisions, 0))->verdict]++;
    }
  /* The dice reach all four. */
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    g_assert_cmpuint (counts[i], >, N_ROUNDS / 100);
}

/* What was held comes back at its time: then it is told, or waits for what was not known before, but not for ever. */
static void
test_holds_end (void)
{
  g_autoptr (GRand) dice = g_rand_new_with_seed (7);
  g_autoptr (JtZone) where = zone ("Europe/Berlin");

  for (guint round = 0; round < N_ROUNDS / 4; round++)
    {
      g_autoptr (JtPreferences) some = pick_preferences (dice);
      JtNotifyFacts facts = pick_facts (dice);
      g_autoptr (GPtrArray) decisions = jt_decide (some, &facts, where);
      const JtDecision *decision = g_ptr_array_index (decisions, 0);
      JtNotifyFacts later = facts;
      g_autoptr (GPtrArray) then = NULL;

      if (decision->verdict != JT_VERDICT_HOLD || !g_str_equal (decision->hold, JT_HOLD_QUIET_HOURS))
        continue;
      later.at_usec = decision->until_usec;
      then = jt_decide (some, &later, where);
      g_assert_cmpint (((JtDecision *) g_ptr_array_index (then, 0))->verdict, ==, JT_VERDICT_TELL);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decision/always", test_always);
  g_test_add_func ("/decision/holds-end", test_holds_end);
  return g_test_run ();
}
