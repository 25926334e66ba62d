/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* One rule: what it matches, and what is said about those that are none. */

#include "notify-fixture.h"

static JtNotifyRule *
make_rule (const char *text, GError **error)
{
  g_autoptr (GVariant) value = dict (text);

  return jt_notify_rule_new (value, 3, error);
}

static const struct
{
  const char   *rule;
  JtNotifyEvent event;
  const char   *job;
  const char   *owner;
  const char   *tags; /* separated by commas */
  gboolean      matches;
} rows[] = {
  { "", JT_NOTIFY_STARTED, "a", "alice", "", TRUE },
  { "'events': <['failed','lost']>,", JT_NOTIFY_LOST, "a", "alice", "", TRUE },
  { "'events': <['failed','lost']>,", JT_NOTIFY_LATE, "a", "alice", "", FALSE },
  { "'events': <@as []>,", JT_NOTIFY_LATE, "a", "alice", "", TRUE },
  { "'events': <['succeeded']>,", JT_NOTIFY_RECOVERED, "a", "alice", "", FALSE },
  { "'jobs': <['db-*']>,", JT_NOTIFY_FAILED, "db-1", "alice", "", TRUE },
  { "'jobs': <['db-*']>,", JT_NOTIFY_FAILED, "web", "alice", "", FALSE },
  { "'jobs': <['web','db-*']>,", JT_NOTIFY_FAILED, "web", "alice", "", TRUE },
  { "'jobs': <['root/*']>,", JT_NOTIFY_FAILED, "web", "root", "", TRUE },
  { "'jobs': <['root/*']>,", JT_NOTIFY_FAILED, "web", "alice", "", FALSE },
  { "'jobs': <['*/web']>,", JT_NOTIFY_FAILED, "web", "alice", "", TRUE },
  { "'jobs': <@as []>,", JT_NOTIFY_FAILED, "web", "alice", "", TRUE },
  { "'tags': <['prod']>,", JT_NOTIFY_FAILED, "web", "alice", "nightly,prod", TRUE },
  { "'tags': <['prod','test*']>,", JT_NOTIFY_FAILED, "web", "alice", "testing", TRUE },
  { "'tags': <['prod']>,", JT_NOTIFY_FAILED, "web", "alice", "nightly", FALSE },
  { "'tags': <['*']>,", JT_NOTIFY_FAILED, "web", "alice", "", FALSE }, /* any tag at all */
  { "'min-severity': <'warning'>,", JT_NOTIFY_SLOW, "web", "alice", "", TRUE },
  { "'min-severity': <'warning'>,", JT_NOTIFY_FAILED, "web", "alice", "", TRUE },
  { "'min-severity': <'warning'>,", JT_NOTIFY_RECOVERED, "web", "alice", "", FALSE },
  /* All of what is asked for. */
  { "'events': <['failed']>, 'jobs': <['web']>, 'tags': <['prod']>,", JT_NOTIFY_FAILED, "web", "alice", "prod", TRUE },
  { "'events': <['failed']>, 'jobs': <['web']>, 'tags': <['prod']>,", JT_NOTIFY_FAILED, "web", "alice", "", FALSE },
  { "'events': <['failed']>, 'jobs': <['web']>, 'tags': <['prod']>,", JT_NOTIFY_FAILED, "db", "alice", "prod", FALSE },
  { "'events': <['failed']>, 'jobs': <['web']>, 'tags': <['prod']>,", JT_NOTIFY_LOST, "web", "alice", "prod", FALSE },
};

static void
test_matches (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = g_strdup_printf ("{%s 'channels': <['email']>}", rows[i].rule);
      g_autoptr (GError) error = NULL;
      g_autoptr (JtNotifyRule) rule = make_rule (text, &error);
      g_auto (GStrv) tags = g_strsplit (rows[i].tags, ",", -1);

      g_assert_no_error (error);
      if (jt_notify_rule_matches (rule, rows[i].event, jt_notify_event_get_severity (rows[i].event), rows[i].job, rows[i].owner,
                                  *rows[i].tags == '\0' ? NULL : (const char *const *) tags) != rows[i].matches)
        g_error ("row %u: %s", i, text);
    }
}

static const struct
{
  const char *rule;
  const char *message;
} bad[] = {
  { "", "rule 3: channels: is missing" },
  { "{'events': <['failed']>}", "rule 3: channels: is missing" },
  { "{'event': <['failed']>, 'channels': <['email']>}", "rule 3: unknown key 'event'; did you mean 'events'?" },
  { "{'colour': <'red'>, 'channels': <['email']>}", "rule 3: unknown key 'colour'; there is events, jobs" },
  { "{'events': <'failed'>, 'channels': <['email']>}", "rule 3: events: expected as, got s" },
  { "{'events': <['faild']>, 'channels': <['email']>}", "rule 3: events: unknown event 'faild'; did you mean 'failed'?" },
  { "{'events': <['explosion']>, 'channels': <['email']>}", "there is started, succeeded" },
  { "{'events': <['digest']>, 'channels': <['email']>}", "rule 3: events: unknown event 'digest'" },
  { "{'jobs': <['a[']>, 'channels': <['email']>}", "rule 3: jobs: 'a[' has a [" },
  { "{'jobs': <['']>, 'channels': <['email']>}", "rule 3: jobs: '' is empty" },
  { "{'tags': <['a\\\\']>, 'channels': <['email']>}", "rule 3: tags: 'a\\' ends with a backslash" },
  { "{'min-severity': <'bad'>, 'channels': <['email']>}", "rule 3: min-severity: 'bad' is no severity; there is info" },
  { "{'min-severity': <['error']>, 'channels': <['email']>}", "rule 3: min-severity: expected s, got as" },
  { "{'channels': <'email'>}", "rule 3: channels: expected as, got s" },
  { "{'channels': <['none']>}", "rule 3: channels: 'none' is no channel; leave the list empty" },
  { "{'channels': <['user:bob']>}", "rule 3: channels: 'user:bob' is no channel; what other users" },
  { "{'channels': <['a@b.org']>}", "write email: in front" },
  { "{'channels': <['email:']>}", "rule 3: channels: 'email:' is not one plain address" },
  { "{'channels': <['email:a@b.org\\nBcc: x@y.org']>}", "is not one plain address" },
  { "{'channels': <['webhook:']>}", "does not name a webhook" },
  { "{'channels': <['e mail']>}", "rule 3: channels: 'e mail' is no channel; write desktop" },
  { "{'channels': <['']>}", "rule 3: channels: '' is no channel" },
};

static void
test_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (make_rule (bad[i].rule, &error));
      expect_refusal (error, bad[i].rule, bad[i].message);
    }
}

static void
test_limits (void)
{
  for (guint i = 0; i < 2; i++)
    {
      GString *text = g_string_new ("{'channels': <@as []>, 'jobs': <[");
      g_autofree char *long_name = g_strnfill (i == 0 ? 256 : 257, 'x');
      g_autofree char *long_one = g_strdup_printf ("{'channels': <@as []>, 'jobs': <['%s']>}", long_name);
      g_autoptr (GError) many_error = NULL;
      g_autoptr (GError) long_error = NULL;
      g_autoptr (JtNotifyRule) many = NULL;
      g_autoptr (JtNotifyRule) wide = make_rule (long_one, &long_error);

      for (guint n = 0; n < 64 + i; n++)
        g_string_append_printf (text, "%s'j%u'", n > 0 ? "," : "", n);
      g_string_append (text, "]>}");
      many = make_rule (text->str, &many_error);
      g_string_free (text, TRUE);
      g_assert_cmpint (many != NULL, ==, i == 0);
      g_assert_cmpint (wide != NULL, ==, i == 0);
      if (i == 0)
        continue;
      expect_refusal (many_error, "65 jobs", "rule 3: jobs: more than 64 entries");
      expect_refusal (long_error, "257 bytes", "has more than 256 bytes");
    }
}

static void
test_normal_form (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtNotifyRule) rule = make_rule ("{'channels': <['email','desktop','email']>, 'tags': <@as []>, 'min-severity': <'info'>,"
                                             " 'events': <['lost','failed','lost']>, 'jobs': <['b','a','b']>}",
                                             &error);
  g_autoptr (GVariant) value = g_variant_ref_sink (jt_notify_rule_to_variant (rule));
  g_autoptr (GVariant) expected = dict ("{'events': <['failed','lost']>, 'jobs': <['b','a']>, 'channels': <['email','desktop']>}");
  g_autofree char *words = jt_notify_rule_describe (rule);
  g_autoptr (JtNotifyRule) silence = make_rule ("{'channels': <@as []>}", &error);
  g_autofree char *all = jt_notify_rule_describe (silence);

  g_assert_no_error (error);
  g_assert_cmpvariant (value, expected);
  g_assert_cmpstr (words, ==, "events failed lost, jobs b a");
  g_assert_cmpstr (all, ==, "everything");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/matches", test_matches);
  g_test_add_func ("/rules/refused", test_refused);
  g_test_add_func ("/rules/limits", test_limits);
  g_test_add_func ("/rules/normal-form", test_normal_form);
  return g_test_run ();
}
