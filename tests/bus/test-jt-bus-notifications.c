/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>

#include "jt-bus-fixture.h"
#include "jt-names.h"

/* org.example.JobTracker.Notifications over the bus, with channels that a test turns by hand. */

static GVariant *
call (Client *client, const char *member, GVariant *parameters)
{
  return client_must (client, JT_ROOT_PATH, JT_NOTIFICATIONS_INTERFACE, member, parameters);
}

static char *
refused (Client *client, const char *member, GVariant *parameters, const char *error)
{
  return client_refused (client, JT_ROOT_PATH, JT_NOTIFICATIONS_INTERFACE, member, parameters, error);
}

static void
assert_refused (Client *client, const char *member, GVariant *parameters, const char *error, const char *message)
{
  g_autofree char *text = refused (client, member, parameters, error);

  if (strstr (text, message) == NULL)
    g_error ("%s: '%s' does not say '%s'", member, text, message);
}

/* Floating a{sv} */
static GVariant *
parse (const char *text)
{
  return g_variant_new_parsed (text);
}

static void
set (Client *client, guint32 uid, const char *changes)
{
  g_variant_unref (call (client, "SetPreferences", g_variant_new ("(u@a{sv})", uid, parse (changes))));
}

/* A run of @client's own that ends so. Its number. */
static guint64
report (Client *client, const char *job, const char *state)
{
  g_autoptr (GVariant) reply = client_must (client, JT_ROOT_PATH, JT_ROOT_INTERFACE, "StartTracking", g_variant_new ("(sa{sv})", job, NULL));
  const char *run;

  g_variant_get (reply, "(&o)", &run);
  g_variant_unref (client_must (client, run, JT_RUN_INTERFACE, "Finish", g_variant_new ("(sa{sv})", state, NULL)));
  return id_of (run);
}

/* "3 failed email delivered, …", newest first */
static char *
list (Client *client, const char *filter)
{
  g_autoptr (GVariant) reply = call (client, "ListDeliveries", g_variant_new ("(@a{sv}su)", parse (filter), "", 0));
  g_autoptr (GVariant) rows = g_variant_get_child_value (reply, 0);
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      const char *event, *channel, *state;
      guint64 id;

      g_assert_true (g_variant_lookup (row, "id", "t", &id) && g_variant_lookup (row, "event", "&s", &event)
                     && g_variant_lookup (row, "channel", "&s", &channel) && g_variant_lookup (row, "state", "&s", &state));
      g_string_append_printf (text, "%s%" G_GUINT64_FORMAT " %s %s %s", i > 0 ? ", " : "", id, event, channel, state);
    }
  return g_string_free (text, FALSE);
}

typedef struct
{
  Client     *client;
  const char *filter;
  const char *expected;
} Awaited;

static gboolean
is_listed (gpointer user_data)
{
  Awaited *awaited = user_data;
  g_autofree char *text = list (awaited->client, awaited->filter);

  return g_str_equal (text, awaited->expected);
}

static void
wait_for (Client *client, const char *filter, const char *expected)
{
  Awaited awaited = { client, filter, expected };

  run_until (is_listed, &awaited);
}

static void
test_preferences (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  g_autoptr (GVariant) before = call (alice, "GetPreferences", g_variant_new ("(u)", UID_ALICE));
  g_autoptr (GVariant) after = NULL;
  g_autoptr (GVariant) again = NULL;
  g_autoptr (GVariant) values = NULL;
  g_autoptr (GVariant) bad = g_variant_ref_sink (parse ("{'emial': <'a@b.example'>}"));
  g_autoptr (GVariant) worse = g_variant_ref_sink (parse ("{'email': <'a@b.example'>, 'quiet-hours': <'22-07'>}"));
  const char *email;

  assert_refused (alice, "SetPreferences", g_variant_new ("(u@a{sv})", UID_ALICE, bad), "InvalidSettings", "did you mean 'email'?");
  assert_refused (alice, "SetPreferences", g_variant_new ("(u@a{sv})", UID_ALICE, worse), "InvalidSettings", "quiet-hours: ");
  after = call (alice, "GetPreferences", g_variant_new ("(u)", UID_ALICE));
  g_assert_true (g_variant_equal (before, after));
  set (alice, UID_ALICE, "{'email': <'alice@b.example'>, 'language': <'de'>}");
  set (alice, UID_ALICE, "{'reset': <['language']>}");
  bus_fixture_stop_service (fixture);
  bus_fixture_start_service (fixture);
  again = call (alice, "GetPreferences", g_variant_new ("(u)", UID_ALICE));
  values = g_variant_get_child_value (again, 0);
  g_assert_true (g_variant_lookup (values, "email", "&s", &email));
  g_assert_cmpstr (email, ==, "alice@b.example");
  g_assert_true (g_variant_lookup (values, "language", "&s", &email));
  g_assert_cmpstr (email, ==, "");
}

static void
test_mail (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *bob = bus_fixture_add_client (fixture, UID_BOB, FALSE);
  g_autofree char *of_bob = NULL;
  JtMessage *message;

  set (alice, UID_ALICE, "{'email': <'alice@b.example'>, 'default-channels': <['email']>}");
  report (alice, "etl", "succeeded");
  report (alice, "etl", "failed");
  wait_for (alice, "@a{sv} {}", "1 failed email delivered");
  message = jt_fake_channels_get_message (JT_FAKE_CHANNELS (fixture->channels), 1);
  g_assert_cmpstr (message->address, ==, "alice@b.example");
  g_assert_cmpstr (message->subject, ==, "etl on host.example: failed");
  g_assert_nonnull (strstr (message->html, "etl"));
  report (alice, "etl", "succeeded");
  wait_for (alice, "@a{sv} {}", "2 recovered email delivered, 1 failed email delivered");
  wait_for (alice, "{'event': <'recovered'>, 'job': <'etl'>}", "2 recovered email delivered");
  wait_for (alice, "{'state': <'waiting'>}", "");
  of_bob = list (bob, "@a{sv} {}");
  g_assert_cmpstr (of_bob, ==, "");
  g_free (refused (bob, "RetryDelivery", g_variant_new ("(t)", G_GUINT64_CONSTANT (1)), "NotFound"));
  g_free (refused (alice, "RetryDelivery", g_variant_new ("(t)", G_GUINT64_CONSTANT (1)), "WrongState"));
  assert_refused (alice, "ListDeliveries", g_variant_new ("(@a{sv}su)", parse ("{'state': <'gone'>}"), "", 0), "InvalidArgument", "none of waiting");
  assert_refused (alice, "ListDeliveries", g_variant_new ("(@a{sv}su)", parse ("{'job': <'nothing'>}"), "", 0), "NotFound", "nothing");
}

static void
test_refused_and_sent_again (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK); /* it is warned of */

  jt_fake_channels_script (JT_FAKE_CHANNELS (fixture->channels), "alice@b.example", JT_OUTCOME_REFUSED, "550 no such user", 0, FALSE, FALSE);
  set (alice, UID_ALICE, "{'email': <'alice@b.example'>, 'default-channels': <['email']>}");
  report (alice, "etl", "failed");
  wait_for (alice, "@a{sv} {}", "1 failed email failed");
  g_log_set_always_fatal (fatal);
  jt_fake_channels_script (JT_FAKE_CHANNELS (fixture->channels), "alice@b.example", JT_OUTCOME_DELIVERED, "250 ok", 0, FALSE, FALSE);
  g_variant_unref (call (alice, "RetryDelivery", g_variant_new ("(t)", G_GUINT64_CONSTANT (1))));
  wait_for (alice, "@a{sv} {}", "1 failed email delivered");
}

static char *
explain (Client *client, guint64 run)
{
  g_autoptr (GVariant) reply = call (client, "ExplainRun", g_variant_new ("(t)", run));
  g_autoptr (GVariant) rows = g_variant_get_child_value (reply, 0);
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      const char *event, *channel, *verdict, *reason;

      g_assert_true (g_variant_lookup (row, "event", "&s", &event) && g_variant_lookup (row, "channel", "&s", &channel)
                     && g_variant_lookup (row, "verdict", "&s", &verdict) && g_variant_lookup (row, "reason", "&s", &reason));
      g_string_append_printf (text, "%s[%s|%s|%s|%s]", i > 0 ? " " : "", event, channel, verdict, reason);
    }
  return g_string_free (text, FALSE);
}

static void
assert_explained (Client *client, guint64 run, const char *part)
{
  g_autofree char *text = explain (client, run);

  if (strstr (text, part) == NULL)
    g_error ("'%s' does not say '%s'", text, part);
}

/* A rule that names somebody in the place of a channel: what is on record of them is not told a second time, as if it went well. */
static void
test_explain_others (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  g_autofree char *text = NULL;
  guint64 run;

  set (alice, UID_ALICE, "{'default-channels': <['email:boss@b.example', 'webhook:nowhere']>}");
  run = report (alice, "etl", "failed");
  wait_for (alice, "{'channel': <'email'>}", "1 failed email delivered");
  text = explain (alice, run);
  g_assert_nonnull (strstr (text, "[failed|email|delivered|"));
  g_assert_nonnull (strstr (text, "[failed|nowhere|failed|"));
  g_assert_null (strstr (text, "|told|"));
}

static void
test_explain (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *bob = bus_fixture_add_client (fixture, UID_BOB, FALSE);
  guint64 good = report (alice, "etl", "succeeded");
  guint64 bad = report (alice, "etl", "failed");
  guint64 again;

  assert_explained (alice, good, "[succeeded||silent|");
  assert_explained (alice, bad, "[failed|desktop|waiting|the default rule");
  g_free (refused (bob, "ExplainRun", g_variant_new ("(t)", bad), "NotFound"));
  set (alice, UID_ALICE, "{'only-changes': <true>}");
  again = report (alice, "etl", "failed");
  assert_explained (alice, again, "|suppressed|");
}

/* For whom knew of the trouble a success was the recovery, also where they have no row of it. */
static void
test_explain_recovery (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  guint64 untold, recovery, after;

  set (alice, UID_ALICE, "{'rules': <[{'events': <['recovered', 'succeeded']>, 'channels': <@as []>}, {'jobs': <['quiet']>, 'channels': <@as []>}]>}");
  report (alice, "etl", "failed");
  recovery = report (alice, "etl", "succeeded");
  report (alice, "quiet", "failed");
  untold = report (alice, "quiet", "succeeded");
  assert_explained (alice, recovery, "[recovered||silent|rule 1 ");
  assert_explained (alice, untold, "[succeeded||silent|rule 1 ");
  after = report (alice, "etl", "succeeded");
  assert_explained (alice, after, "[succeeded||silent|");
}

/* Whom a job names */

static char *
print_rows (Client *client, const char *member, GVariant *parameters)
{
  g_autoptr (GVariant) reply = call (client, member, parameters);

  return g_variant_print (reply, FALSE);
}

static void
assert_conceals (const char *text, gboolean conceals)
{
  static const char *const words[] = { "boss@b.example", "email:", "digest hourly", "rule 1" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if ((strstr (text, words[i]) == NULL) != conceals)
      g_error ("'%s' is %s in %s", words[i], conceals ? "there" : "not there", text);
}

/* The owner of a job sees that another user is told of it, and neither where nor by which of their preferences; and does not wake them. */
static void
test_named_user (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *bob = bus_fixture_add_client (fixture, UID_BOB, FALSE);
  g_autoptr (GVariant) settings = g_variant_ref_sink (parse ("{'shell': <'true'>, 'notify': <['user:bob']>}"));
  g_autofree char *to_alice = NULL;
  g_autofree char *to_bob = NULL;
  g_autofree char *why = NULL;
  g_autofree char *why_not = NULL;
  guint64 run;

  set (alice, UID_ALICE, "{'default-channels': <@as []>}");
  set (bob, UID_BOB, "{'digest': <'hourly'>, 'rules': <[{'events': <['succeeded']>, 'channels': <['email:boss@b.example']>}]>}");
  g_free (client_add_job (alice, "etl", settings));
  run = report (alice, "etl", "succeeded");
  wait_for (alice, "@a{sv} {}", "1 succeeded email held");
  to_alice = print_rows (alice, "ListDeliveries", g_variant_new ("(a{sv}su)", NULL, "", 0));
  to_bob = print_rows (bob, "ListDeliveries", g_variant_new ("(a{sv}su)", NULL, "", 0));
  why = print_rows (alice, "ExplainRun", g_variant_new ("(t)", run));
  assert_conceals (to_alice, TRUE);
  assert_conceals (to_bob, FALSE);
  assert_conceals (why, TRUE);
  assert_refused (alice, "RetryDelivery", g_variant_new ("(t)", G_GUINT64_CONSTANT (1)), "NotAuthorized", "user 'bob' prefers");
  g_variant_unref (call (bob, "RetryDelivery", g_variant_new ("(t)", G_GUINT64_CONSTANT (1))));
  wait_for (bob, "@a{sv} {}", "1 succeeded email delivered");
  set (bob, UID_BOB, "{'rules': <[{'events': <['late']>, 'channels': <['email:boss@b.example']>}, {'channels': <@as []>}]>}");
  run = report (alice, "etl", "failed");
  why_not = print_rows (alice, "ExplainRun", g_variant_new ("(t)", run));
  g_assert_null (strstr (why_not, "rule 2"));
  g_assert_nonnull (strstr (why_not, "their own preferences decide"));
}

/* Popups */

static void
test_agent (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *agent = bus_fixture_add_client (fixture, UID_ALICE, TRUE);
  Client *other = bus_fixture_add_client (fixture, UID_BOB, TRUE);
  g_autoptr (GVariant) body = NULL;
  g_autoptr (GVariant) notification = NULL;
  const char *summary;
  guint64 id;

  report (alice, "etl", "failed");
  wait_for (alice, "@a{sv} {}", "1 failed desktop waiting");
  g_variant_unref (call (other, "RegisterAgent", g_variant_new ("(a{sv})", NULL)));
  g_free (refused (agent, "ReportDelivery", g_variant_new ("(tss)", G_GUINT64_CONSTANT (1), "shown", ""), "WrongState"));
  g_variant_unref (call (agent, "RegisterAgent", g_variant_new ("(a{sv})", NULL)));
  g_variant_unref (call (agent, "RegisterAgent", g_variant_new ("(a{sv})", NULL)));
  client_wait (agent, "Notify", 1);
  body = client_get_body (agent, "Notify", 0);
  g_variant_get (body, "(t@a{sv})", &id, &notification);
  g_assert_cmpuint (id, ==, 1);
  g_assert_true (g_variant_lookup (notification, "summary", "&s", &summary));
  g_assert_nonnull (strstr (summary, "etl"));
  wait_for (alice, "@a{sv} {}", "1 failed desktop sending");
  g_free (refused (other, "ReportDelivery", g_variant_new ("(tss)", id, "shown", ""), "NotFound"));
  assert_refused (agent, "ReportDelivery", g_variant_new ("(tss)", id, "seen", ""), "InvalidArgument", "none of shown");
  g_variant_unref (call (agent, "ReportDelivery", g_variant_new ("(tss)", id, "shown", "")));
  wait_for (alice, "@a{sv} {}", "1 failed desktop delivered");
  g_variant_unref (call (agent, "ReportDelivery", g_variant_new ("(tss)", id, "action", "acknowledge")));
  client_settle (other);
  g_assert_cmpuint (client_count (other, "Notify"), ==, 0);
  /* Without its agent the next one waits. */
  g_dbus_connection_close_sync (agent->connection, NULL, NULL);
  client_settle (alice);
  report (alice, "etl", "timed-out");
  wait_for (alice, "{'event': <'timed-out'>}", "2 timed-out desktop waiting");
}

/* Templates */

/* "user 1700000000000000": whose text is in force by @name, and when it was set. (transfer full) */
static char *
describe_template (Client *client, const char *name)
{
  g_autoptr (GVariant) reply = call (client, "ListTemplates", g_variant_new ("(u)", UID_ALICE));
  g_autoptr (GVariant) rows = g_variant_get_child_value (reply, 0);

  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) each = g_variant_get_child_value (rows, i);
      const char *found = "";
      const char *source = "";
      guint64 changed_usec = 0;

      g_variant_lookup (each, "name", "&s", &found);
      g_variant_lookup (each, "source", "&s", &source);
      g_variant_lookup (each, "changed-at", "t", &changed_usec);
      if (g_str_equal (found, name))
        return g_strdup_printf ("%s %" G_GUINT64_FORMAT, source, changed_usec);
    }
  return g_strdup ("none");
}

static void
assert_template (Client *client, const char *name, const char *expected)
{
  g_autofree char *found = describe_template (client, name);

  g_assert_cmpstr (found, ==, expected);
}

static void
test_templates (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  guint64 run;
  g_autoptr (GVariant) shipped = call (alice, "GetTemplate", g_variant_new ("(us)", UID_ALICE, "email/failed.subject"));
  g_autoptr (GVariant) own = NULL;
  g_autoptr (GVariant) reset = NULL;
  g_autoptr (GVariant) rendered = NULL;
  g_autoptr (GVariant) sample = g_variant_ref_sink (parse ("{'event': <'failed'>}"));
  g_autoptr (GVariant) wrong = g_variant_ref_sink (parse ("{'event': <'exploded'>}"));
  g_autofree char *own_words = NULL;
  const char *text;

  assert_refused (alice, "SetTemplate", g_variant_new ("(uss)", UID_ALICE, "email/failed.subject", "{{#job}}"), "InvalidTemplate", "line 1, column");
  assert_refused (alice, "SetTemplate", g_variant_new ("(uss)", UID_ALICE, "email/failed.subject", "a\n{{job.nam}}"), "InvalidTemplate", "job.name");
  assert_refused (alice, "SetTemplate", g_variant_new ("(uss)", UID_ALICE, "../x", "a"), "InvalidArgument", "");
  assert_refused (alice, "GetTemplate", g_variant_new ("(us)", UID_ALICE, "email/nothing.subject"), "InvalidArgument", "");
  g_variant_unref (call (alice, "SetTemplate", g_variant_new ("(uss)", UID_ALICE, "email/failed.subject", "Oh no: {{job.name}}")));
  own_words = g_strdup_printf ("user %" G_GINT64_FORMAT, jt_clock_get_realtime (fixture->clock));
  assert_template (alice, "email/failed.subject", own_words);
  assert_template (alice, "email/failed.text", "shipped 0");
  own = call (alice, "GetTemplate", g_variant_new ("(us)", UID_ALICE, "email/failed.subject"));
  g_variant_get (own, "(&s)", &text);
  g_assert_cmpstr (text, ==, "Oh no: {{job.name}}");
  rendered = call (alice, "RenderTemplate", g_variant_new ("(s@a{sv})", "{{event.name}}", sample));
  g_variant_get (rendered, "(&s)", &text);
  g_assert_cmpstr (text, ==, "failed");
  assert_refused (alice, "RenderTemplate", g_variant_new ("(s@a{sv})", "", wrong), "InvalidArgument", "is no event");

  set (alice, UID_ALICE, "{'email': <'alice@b.example'>, 'default-channels': <['email']>}");
  run = report (alice, "etl", "failed");
  g_assert_cmpuint (run, ==, 1);
  wait_for (alice, "@a{sv} {}", "1 failed email delivered");
  g_assert_cmpstr (jt_fake_channels_get_message (JT_FAKE_CHANNELS (fixture->channels), 1)->subject, ==, "Oh no: etl");
  g_variant_unref (call (alice, "SetTemplate", g_variant_new ("(uss)", UID_ALICE, "email/failed.subject", "")));
  reset = call (alice, "GetTemplate", g_variant_new ("(us)", UID_ALICE, "email/failed.subject"));
  g_assert_true (g_variant_equal (shipped, reset));
}

typedef struct
{
  guint n_answers;
  guint n_refused;
} Answers;

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answers *answers = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autofree char *name = reply == NULL ? g_dbus_error_get_remote_error (error) : NULL;

  answers->n_answers++;
  answers->n_refused += g_strcmp0 (name, "org.example.JobTracker.Error.QuotaExceeded") == 0;
}

static gboolean
are_all_here (gpointer user_data)
{
  return ((Answers *) user_data)->n_answers == 8;
}

/* Who has templates written out that take long does not fill the threads that everybody's calls wait for. */
static void
test_one_rendering (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  g_autoptr (GString) text = g_string_new (NULL);
  Answers answers = { 0 };

  for (guint i = 0; i < 15; i++)
    g_string_append (text, "{{#digest.entries}}");
  for (guint i = 0; i < 15; i++)
    g_string_append (text, "{{/digest.entries}}");
  for (guint i = 0; i < 8; i++)
    g_dbus_connection_call (alice->connection, JT_BUS_NAME, JT_ROOT_PATH, JT_NOTIFICATIONS_INTERFACE, "RenderTemplate",
                            g_variant_new ("(s@a{sv})", text->str, parse ("{'event': <'digest'>}")), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                            on_answer, &answers);
  run_until (are_all_here, &answers);
  g_assert_cmpuint (answers.n_refused, >, 0);
  g_assert_cmpuint (answers.n_refused, <, 8);
  g_variant_unref (call (alice, "RenderTemplate", g_variant_new ("(sa{sv})", "x", NULL)));
}

static void
test_channels (void)
{
  g_autoptr (BusFixture) fixture = bus_fixture_new (TRUE, NULL);
  Client *alice = bus_fixture_add_client (fixture, UID_ALICE, FALSE);
  Client *root = bus_fixture_add_client (fixture, UID_ROOT, FALSE);
  g_autoptr (GVariant) to = g_variant_ref_sink (parse ("{'to': <'ops@b.example'>}"));
  g_autoptr (GVariant) bad = g_variant_ref_sink (parse ("{'to': <'ops'>}"));
  g_autoptr (GVariant) channels = NULL;
  g_autoptr (GVariant) rows = NULL;

  assert_refused (alice, "TestChannel", g_variant_new ("(sa{sv})", "pigeon", NULL), "NotFound", "pigeon");
  assert_refused (alice, "TestChannel", g_variant_new ("(sa{sv})", "email", NULL), "InvalidArgument", "address");
  assert_refused (alice, "TestChannel", g_variant_new ("(s@a{sv})", "email", bad), "InvalidArgument", "to: ");
  assert_refused (alice, "TestChannel", g_variant_new ("(s@a{sv})", "email", to), "NotAuthorized", "to: ");
  g_variant_unref (call (root, "TestChannel", g_variant_new ("(s@a{sv})", "email", to)));
  wait_for (root, "@a{sv} {}", "1 test email delivered");
  channels = call (alice, "ListChannels", NULL);
  rows = g_variant_get_child_value (channels, 0);
  g_assert_cmpuint (g_variant_n_children (rows), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/notifications/preferences", test_preferences);
  g_test_add_func ("/notifications/mail", test_mail);
  g_test_add_func ("/notifications/refused-and-sent-again", test_refused_and_sent_again);
  g_test_add_func ("/notifications/explain-others", test_explain_others);
  g_test_add_func ("/notifications/explain", test_explain);
  g_test_add_func ("/notifications/explain-recovery", test_explain_recovery);
  g_test_add_func ("/notifications/named-user", test_named_user);
  g_test_add_func ("/notifications/agent", test_agent);
  g_test_add_func ("/notifications/templates", test_templates);
  g_test_add_func ("/notifications/one-rendering", test_one_rendering);
  g_test_add_func ("/notifications/channels", test_channels);
  return g_test_run ();
}
