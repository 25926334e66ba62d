/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* The keys of preferences: their defaults, what is refused and how it is said, changes, the form in which they are kept. */

#include "notify-fixture.h"

#include "jt-error.h"

/* As they are documented, of a user who set nothing. */
static const struct
{
  const char *key;
  const char *fallback;
} defaults[] = {
  { "enabled", "true" },        { "language", "''" },         { "timezone", "''" },           { "email", "''" },
  { "default-channels", "['desktop', 'email']" },             { "rules", "@aa{sv} []" },      { "quiet-hours", "''" },
  { "quiet-except", "''" },     { "digest", "'off'" },        { "digest-below", "'warning'" }, { "throttle", "uint64 60000000" },
  { "throttle-burst", "uint32 10" }, { "only-changes", "false" }, { "remind-every", "uint64 0" }, { "escalate-after", "uint64 0" },
  { "escalate-to", "@as []" },  { "away-summary", "true" },
};

static void
test_defaults (void)
{
  g_autoptr (GVariant) all = g_variant_ref_sink (jt_preferences_to_variant (jt_preferences_get_default (), FALSE));
  g_autoptr (GVariant) given = g_variant_ref_sink (jt_preferences_to_variant (jt_preferences_get_default (), TRUE));
  g_autoptr (JtPreferences) nothing = preferences ("");
  guint n_rows;
  const JtPreferenceRow *rows = jt_preferences_list_keys (&n_rows);

  g_assert_cmpuint (g_variant_n_children (given), ==, 0);
  g_assert_cmpuint (g_variant_n_children (all), ==, G_N_ELEMENTS (defaults));
  g_assert_cmpuint (n_rows, ==, G_N_ELEMENTS (defaults));
  for (guint i = 0; i < G_N_ELEMENTS (defaults); i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (all, defaults[i].key, NULL);
      g_autofree char *text = g_variant_print (value, TRUE);

      g_assert_cmpstr (text, ==, defaults[i].fallback);
      g_assert_cmpstr (rows[i].key, ==, defaults[i].key);
      g_assert_cmpstr (rows[i].fallback, ==, defaults[i].fallback);
      g_assert_cmpstr (rows[i].type, ==, g_variant_get_type_string (value));
    }
  g_assert_cmpint (jt_preferences_get_quiet_except (nothing), ==, JT_N_SEVERITIES);
  g_assert_cmpint (jt_preferences_get_digest (nothing)->kind, ==, JT_DIGEST_OFF);
}

static const struct
{
  const char *values;
  const char *message;
} bad[] = {
  { "{'enable': <true>}", "unknown preference 'enable'; did you mean 'enabled'?" },
  { "{'quiet-hour': <''>}", "did you mean 'quiet-hours'?" },
  { "{'colour': <''>}", "unknown preference 'colour'; jobtracker-preferences(5)" },
  { "{'reset': <['email']>}", "unknown preference 'reset'" },
  { "{'email': <'a@b.org'>, 'email': <'c@d.org'>}", "email: is given twice" },
  { "{'enabled': <'yes'>}", "enabled: expected b, got s" },
  { "{'language': <'deutsch'>}", "language: 'deutsch' is no language; write it as in de" },
  { "{'language': <'../../etc'>}", "language: " },
  { "{'language': <'de_AT@'>}", "language: " },
  { "{'timezone': <'Europe/Berlim'>}", "timezone: " },
  { "{'timezone': <'../etc/passwd'>}", "timezone: '../etc/passwd' is not a zone name" },
  { "{'email': <'nobody'>}", "email: 'nobody' is not one plain address" },
  { "{'email': <'a@b.org, c@d.org'>}", "email: " },
  { "{'email': <'a@b.org\\nBcc: c@d.org'>}", "email: " },
  { "{'default-channels': <['user:bob']>}", "default-channels: 'user:bob' is no channel" },
  { "{'default-channels': <['a@b.org']>}", "default-channels: 'a@b.org' is no channel; write email:" },
  { "{'default-channels': <'desktop'>}", "default-channels: expected as, got s" },
  { "{'rules': <[{'channels': <@as []>}, {'evnts': <['failed']>}]>}", "rules: rule 2: unknown key 'evnts'; did you mean 'events'?" },
  { "{'rules': <['failed']>}", "rules: expected aa{sv}, got as" },
  { "{'quiet-hours': <'22-7'>}", "quiet-hours: column 1: expected a time" },
  { "{'quiet-except': <'fatal'>}", "quiet-except: 'fatal' is no severity" },
  { "{'digest': <'daily'>}", "digest: 'daily' is no time for digests; write off, hourly" },
  { "{'digest-below': <''>}", "digest-below: '' is no severity" },
  { "{'throttle': <uint64 10>}", "throttle: 10us is out of range; write 0, or 1s to 1d" },
  { "{'throttle': <uint64 18446744073709551615>}", "throttle: 2^63 us is out of range" },
  { "{'throttle-burst': <uint32 0>}", "throttle-burst: 0 is out of range; write 1 to 64" },
  { "{'throttle-burst': <uint32 65>}", "throttle-burst: 65 is out of range" },
  { "{'throttle-burst': <10>}", "throttle-burst: expected u, got i" },
  { "{'only-changes': <uint32 1>}", "only-changes: expected b, got u" },
  { "{'remind-every': <uint64 1000000>}", "remind-every: 1s is out of range; write 0, or 1min to 366d" },
  { "{'escalate-after': <uint64 1000000>}", "escalate-after: 1s is out of range" },
  { "{'escalate-to': <['user:']>}", "escalate-to: 'user:' does not name an account" },
  { "{'escalate-to': <['none']>}", "escalate-to: 'none' is no channel" },
  { "{'away-summary': <''>}", "away-summary: expected b, got s" },
};

static void
test_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) values = dict (bad[i].values);

      g_assert_null (jt_preferences_new (values, &error));
      expect_refusal (error, bad[i].values, bad[i].message);
    }
}

/* Every key has a row above that is about its value. */
static void
test_refused_is_complete (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (defaults); i++)
    {
      g_autofree char *begin = g_strdup_printf ("%s: ", defaults[i].key);
      guint count = 0;

      for (guint j = 0; j < G_N_ELEMENTS (bad); j++)
        count += g_str_has_prefix (bad[j].message, begin);
      if (count == 0)
        g_error ("no bad value of %s", defaults[i].key);
    }
}

static const struct
{
  const char *given;
  const char *kept;
} normal[] = {
  { "{'language': <'de_AT.UTF-8'>}", "{'language': <'de_AT'>}" },
  { "{'language': <'de-AT'>}", "{'language': <'de_AT'>}" },
  { "{'language': <'sr_RS.UTF-8@latin'>}", "{'language': <'sr_RS@latin'>}" },
  { "{'quiet-hours': <' mon-fri  22:00 - 7:00;'>}", "{'quiet-hours': <'mon-fri 22:00-07:00'>}" },
  { "{'digest': <'weekly@Monday 8:00'>}", "{'digest': <'weekly@mon 08:00'>}" },
  { "{'default-channels': <['email','email']>}", "{'default-channels': <['email']>}" },
  { "{'default-channels': <['desktop','email']>, 'digest': <'off'>, 'throttle': <uint64 60000000>}", "" },
  { "{'escalate-to': <['user:bob','ops','email:ops@example.com']>}", "{'escalate-to': <['user:bob','ops','email:ops@example.com']>}" },
  { "{'rules': <[{'channels': <@as []>, 'events': <@as []>}]>}", "{'rules': <[{'channels': <@as []>}]>}" },
  { "{'default-channels': <@as []>, 'enabled': <false>}", "{'enabled': <false>, 'default-channels': <@as []>}" },
};

static void
test_normal_form (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (normal); i++)
    {
      g_autoptr (JtPreferences) given = preferences (normal[i].given);
      g_autoptr (GVariant) kept = g_variant_ref_sink (jt_preferences_to_variant (given, TRUE));
      g_autoptr (GVariant) expected = dict (normal[i].kept);
      g_autoptr (GError) error = NULL;
      g_autoptr (JtPreferences) again = jt_preferences_new (kept, &error);
      g_autoptr (GVariant) twice = NULL;

      g_assert_no_error (error);
      twice = g_variant_ref_sink (jt_preferences_to_variant (again, TRUE));
      g_assert_cmpvariant (kept, expected);
      g_assert_cmpvariant (kept, twice);
    }
}

static const struct
{
  const char *before;
  const char *changes;
  const char *after; /* or */
  const char *message;
} changes[] = {
  { "", "{'email': <'a@b.org'>}", "{'email': <'a@b.org'>}", NULL },
  { "{'email': <'a@b.org'>, 'digest': <'hourly'>}", "{'email': <'c@d.org'>}", "{'email': <'c@d.org'>, 'digest': <'hourly'>}", NULL },
  { "{'email': <'a@b.org'>, 'digest': <'hourly'>}", "{'email': <''>}", "{'digest': <'hourly'>}", NULL },
  { "{'email': <'a@b.org'>, 'digest': <'hourly'>}", "{'reset': <['digest']>}", "{'email': <'a@b.org'>}", NULL },
  { "{'email': <'a@b.org'>, 'digest': <'hourly'>}", "{'reset': <['*']>}", "", NULL },
  { "{'email': <'a@b.org'>, 'digest': <'hourly'>}", "{'reset': <['*']>, 'email': <'c@d.org'>}", "{'email': <'c@d.org'>}", NULL },
  { "{'email': <'a@b.org'>}", "{'reset': <['email']>, 'language': <'de'>}", "{'language': <'de'>}", NULL },
  { "{'email': <'a@b.org'>}", "", "{'email': <'a@b.org'>}", NULL },
  { "{'email': <'a@b.org'>}", "{'reset': <['emial']>}", NULL, "reset: unknown preference 'emial'; did you mean 'email'?" },
  { "{'email': <'a@b.org'>}", "{'reset': <['email']>, 'email': <'c@d.org'>}", NULL, "reset: 'email' is given a value as well" },
  { "{'email': <'a@b.org'>}", "{'reset': <'email'>}", NULL, "reset: expected as, got s" },
  { "{'email': <'a@b.org'>}", "{'language': <'de'>, 'email': <'x'>}", NULL, "email: 'x' is not" },
};

static void
test_changes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (JtPreferences) before = preferences (changes[i].before);
      g_autoptr (GVariant) change = dict (changes[i].changes);
      g_autoptr (GError) error = NULL;
      g_autoptr (JtPreferences) after = jt_preferences_update (before, change, &error);
      g_autoptr (GVariant) untouched = g_variant_ref_sink (jt_preferences_to_variant (before, TRUE));
      g_autoptr (GVariant) original = dict (changes[i].before);

      g_assert_cmpvariant (untouched, original);
      if (changes[i].message != NULL)
        {
          g_assert_null (after);
          expect_refusal (error, changes[i].changes, changes[i].message);
          continue;
        }
      g_assert_no_error (error);
      {
        g_autoptr (GVariant) value = g_variant_ref_sink (jt_preferences_to_variant (after, TRUE));
        g_autoptr (GVariant) expected = dict (changes[i].after);

        g_assert_cmpvariant (value, expected);
      }
    }
}

static void
test_limits (void)
{
  for (guint i = 0; i < 2; i++)
    {
      GString *rules = g_string_new ("{'rules': <[");
      GString *list = g_string_new ("{'escalate-to': <[");
      g_autoptr (GVariant) rules_value = NULL;
      g_autoptr (GVariant) list_value = NULL;
      g_autoptr (GError) rules_error = NULL;
      g_autoptr (GError) list_error = NULL;
      g_autoptr (JtPreferences) with_rules = NULL;
      g_autoptr (JtPreferences) with_list = NULL;

      for (guint n = 0; n < 64 + i; n++)
        {
          g_string_append_printf (rules, "%s{'channels': <['email']>}", n > 0 ? "," : "");
          g_string_append_printf (list, "%s'c%u'", n > 0 ? "," : "", n);
        }
      rules_value = dict (g_string_append (rules, "]>}")->str);
      list_value = dict (g_string_append (list, "]>}")->str);
      g_string_free (rules, TRUE);
      g_string_free (list, TRUE);
      with_rules = jt_preferences_new (rules_value, &rules_error);
      with_list = jt_preferences_new (list_value, &list_error);
      g_assert_cmpint (with_rules != NULL, ==, i == 0);
      g_assert_cmpint (with_list != NULL, ==, i == 0);
      if (i == 0)
        continue;
      g_assert_error (rules_error, JT_ERROR, JT_ERROR_TOO_LARGE);
      g_assert_cmpstr (rules_error->message, ==, "rules: more than 64 rules");
      g_assert_cmpstr (list_error->message, ==, "escalate-to: more than 64 entries");
    }
}

/* What was kept by another version, or before a zone went, does not take the rest with it. */
static void
test_load (void)
{
  g_autoptr (GVariant) values = dict ("{'email': <'a@b.org'>, 'timezone': <'Atlantis/Capital'>, 'hologram': <true>, 'digest': <'hourly'>}");
  g_auto (GStrv) problems = NULL;
  g_autoptr (JtPreferences) loaded = jt_preferences_load (values, &problems);
  g_autoptr (JtZone) found = jt_preferences_get_zone (loaded);

  g_assert_cmpuint (g_strv_length (problems), ==, 2);
  g_assert_true (g_str_has_prefix (problems[0], "timezone: "));
  g_assert_true (g_str_has_prefix (problems[1], "unknown preference 'hologram'"));
  g_assert_cmpstr (jt_preferences_get_email (loaded), ==, "a@b.org");
  g_assert_cmpint (jt_preferences_get_digest (loaded)->kind, ==, JT_DIGEST_HOURLY);
  g_assert_cmpstr (jt_preferences_get_timezone (loaded), ==, "");
  g_assert_nonnull (found);
}

static void
test_getters (void)
{
  g_autoptr (JtPreferences) some = preferences (
    "{'enabled': <false>, 'language': <'de'>, 'timezone': <'Europe/Berlin'>, 'email': <'a@b.org'>, 'default-channels': <['chat']>,"
    " 'rules': <[{'channels': <['email']>}]>, 'quiet-hours': <'22:00-07:00'>, 'quiet-except': <'error'>, 'digest': <'daily@08:00'>,"
    " 'digest-below': <'error'>, 'throttle': <uint64 5000000>, 'throttle-burst': <uint32 3>, 'only-changes': <true>,"
    " 'remind-every': <uint64 3600000000>, 'escalate-after': <uint64 1800000000>, 'escalate-to': <['user:bob']>, 'away-summary': <false>}");
  g_autoptr (JtZone) berlin = jt_preferences_get_zone (some);

  g_assert_false (jt_preferences_is_enabled (some));
  g_assert_cmpstr (jt_preferences_get_language (some), ==, "de");
  g_assert_cmpstr (jt_zone_get_name (berlin), ==, "Europe/Berlin");
  g_assert_cmpstr (jt_preferences_get_email (some), ==, "a@b.org");
  g_assert_cmpstr (jt_preferences_get_default_channels (some)[0], ==, "chat");
  g_assert_cmpuint (jt_preferences_get_rules (some)->len, ==, 1);
  g_assert_cmpstr (jt_quiet_hours_get_text (jt_preferences_get_quiet_hours (some)), ==, "22:00-07:00");
  g_assert_cmpint (jt_preferences_get_quiet_except (some), ==, JT_SEVERITY_ERROR);
  g_assert_cmpint (jt_preferences_get_digest (some)->minute, ==, 480);
  g_assert_cmpint (jt_preferences_get_digest_below (some), ==, JT_SEVERITY_ERROR);
  g_assert_cmpint (jt_preferences_get_throttle_usec (some), ==, 5000000);
  g_assert_cmpuint (jt_preferences_get_throttle_burst (some), ==, 3);
  g_assert_true (jt_preferences_has_only_changes (some));
  g_assert_cmpint (jt_preferences_get_remind_every_usec (some), ==, G_GINT64_CONSTANT (3600000000));
  g_assert_cmpint (jt_preferences_get_escalate_after_usec (some), ==, G_GINT64_CONSTANT (1800000000));
  g_assert_cmpstr (jt_preferences_get_escalate_to (some)[0], ==, "user:bob");
  g_assert_false (jt_preferences_has_away_summary (some));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/preferences/defaults", test_defaults);
  g_test_add_func ("/preferences/refused", test_refused);
  g_test_add_func ("/preferences/refused-is-complete", test_refused_is_complete);
  g_test_add_func ("/preferences/normal-form", test_normal_form);
  g_test_add_func ("/preferences/changes", test_changes);
  g_test_add_func ("/preferences/limits", test_limits);
  g_test_add_func ("/preferences/load", test_load);
  g_test_add_func ("/preferences/getters", test_getters);
  return g_test_run ();
}
