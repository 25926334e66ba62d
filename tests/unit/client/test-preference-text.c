/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Preferences and rules as people write them, and back. */

#include "jt-error.h"
#include "preference-text.h"

/* Key, what is written, its value, and how that is shown; NULL: as it was written. */
static const char *const rows[][4] = {
  { "enabled", "no", "false", NULL },
  { "enabled", "on", "true", "yes" },
  { "language", "de", "'de'", NULL },
  { "email", "ops@example.com", "'ops@example.com'", NULL },
  { "default-channels", "email", "['email']", NULL },
  { "default-channels", "desktop, email;team", "['desktop', 'email', 'team']", "desktop,email,team" },
  { "default-channels", "none", "@as []", NULL },
  { "quiet-hours", "mon-fri 22:00-07:00; sat,sun 00:00-10:00", "'mon-fri 22:00-07:00; sat,sun 00:00-10:00'", NULL },
  { "digest", "weekly@mon 08:00", "'weekly@mon 08:00'", NULL },
  { "throttle", "1h 30min", "uint64 5400000000", NULL },
  { "throttle", "0", "uint64 0", NULL },
  { "remind-every", "never", "uint64 0", "0" },
  { "throttle-burst", "5", "uint32 5", NULL },
  { "rules", "events=failed,lost jobs=db-* channels=email; channels=",
    "[{'events': <['failed', 'lost']>, 'jobs': <['db-*']>, 'channels': <['email']>}, {'channels': <@as []>}]", NULL },
  { "rules", "  min-severity=warning tags=a,b  channels=webhook:chat,email:ops@example.com ; ",
    "[{'tags': <['a', 'b']>, 'min-severity': <'warning'>, 'channels': <['webhook:chat', 'email:ops@example.com']>}]",
    "tags=a,b min-severity=warning channels=webhook:chat,email:ops@example.com" },
  { "rules", "none", "@aa{sv} []", "" },
};

static void
test_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const JtPreferenceRow *row = preference_find (rows[i][0], NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) value = preference_parse (row, rows[i][1], &error);
      g_autoptr (GVariant) wanted = g_variant_parse (G_VARIANT_TYPE (row->type), rows[i][2], NULL, NULL, NULL);
      g_autofree char *shown = NULL;

      g_assert_no_error (error);
      g_assert_cmpvariant (value, wanted);
      shown = preference_to_text (row, value);
      g_assert_cmpstr (shown, ==, rows[i][3] != NULL ? rows[i][3] : rows[i][1]);
    }
}

/* Whatever is shown of the defaults can be given again. */
static void
test_defaults (void)
{
  g_autoptr (GVariant) defaults = g_variant_ref_sink (jt_preferences_to_variant (jt_preferences_get_default (), FALSE));
  guint n_rows;
  const JtPreferenceRow *known = jt_preferences_list_keys (&n_rows);

  for (guint i = 0; i < n_rows; i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (defaults, known[i].key, NULL);
      g_autofree char *text = preference_to_text (&known[i], value);
      g_autoptr (GVariant) again = preference_parse (&known[i], text, NULL);

      g_assert_cmpvariant (again, value);
    }
}

static void
test_refused (void)
{
  static const char *const refused[][3] = {
    { "enabled", "perhaps", "enabled needs yes or no" },
    { "throttle", "5", "throttle: *" },
    { "throttle-burst", "many", "throttle-burst needs a whole number" },
    { "rules", "events=failed", "rule 1: channels: is missing*" },
    { "rules", "channels=email; failed", "rule 2: 'failed' is not KEY=VALUE*" },
    { "rules", "events=faild channels=email", "rule 1: events: unknown event 'faild'; did you mean 'failed'?" },
    { "rules", "event=failed channels=email", "rule 1: unknown key 'event'; did you mean 'events'?" },
    { "rules", "channels=email channels=desktop", "rule 1: 'channels' is given twice*" },
    { "rules", "channels=ops@example.com", "rule 1: channels: 'ops@example.com' is no channel; write email:*" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) value = preference_parse (preference_find (refused[i][0], NULL), refused[i][1], &error);

      g_assert_null (value);
      g_assert_nonnull (error);
      if (!g_pattern_match_simple (refused[i][2], error->message))
        g_error ("'%s' is answered with '%s'", refused[i][1], error->message);
    }
}

static void
test_keys (void)
{
  g_autoptr (GError) near = NULL;
  g_autoptr (GError) far = NULL;

  g_assert_null (preference_find ("quiet-hour", &near));
  g_assert_cmpstr (near->message, ==, "unknown preference 'quiet-hour'; did you mean 'quiet-hours'?");
  g_assert_error (near, JT_ERROR, JT_ERROR_INVALID_ARGUMENT);
  g_assert_null (preference_find ("frobnicate", &far));
  g_assert_cmpstr (far->message, ==, "unknown preference 'frobnicate'; jobctl notify prefs lists them");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/preference-text/rows", test_rows);
  g_test_add_func ("/preference-text/defaults", test_defaults);
  g_test_add_func ("/preference-text/refused", test_refused);
  g_test_add_func ("/preference-text/keys", test_keys);
  return g_test_run ();
}
