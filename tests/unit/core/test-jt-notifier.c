/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Who is told what, as rows that are on record with what they tell. No row is sent here: that is the outbox's. */

#include "notify-fixture.h"

#define PLAIN "{'shell': <'true'>}"

/* --- who --- */

static void
test_default (House *house, gconstpointer data)
{
  guint64 job = add (house, "backup", PLAIN);

  succeed (house, job);
  assert_rows (house, "");
  fail (house, job);
  assert_rows (house, "1 failed user:alice desktop waiting");
  g_assert_cmpstr (row (house, 1)->message_id, ==, "<run2.failed.d55cf3ff46add850@web1.example.com>");
  g_assert_cmpstr (row (house, 1)->thread, ==, "<job1@web1.example.com>");
  g_assert_cmpstr (row (house, 1)->rule, ==, "the default rule tells by desktop (not by email: no address is known)");
}

static void
test_mail_too (House *house, gconstpointer data)
{
  guint64 job = add (house, "backup", PLAIN);

  prefer (house, ALICE, "{'email': <'alice@example.com'>}");
  fail (house, job);
  assert_rows (house, "1 failed user:alice desktop waiting\n2 failed user:alice email waiting");
  g_assert_cmpstr (row (house, 2)->address, ==, "alice@example.com");
  g_assert_cmpint (row (house, 2)->expires_usec - row (house, 2)->created_usec, ==, 2 * DAY);
}

static void
test_recipients (House *house, gconstpointer data)
{
  guint64 job = add (house, "backup", "{'shell': <'true'>, 'notify': <['user:bob', 'email:ops@example.com', 'webhook:chat', 'user:alice', 'user:eve']>}");

  prefer (house, BOB, "{'email': <'bob@example.com'>, 'default-channels': <['email']>}");
  fail (house, job);
  assert_rows (house, "1 failed user:alice desktop waiting\n2 failed user:bob email waiting\n3 failed email:ops@example.com email waiting\n"
                      "4 failed webhook:chat chat failed\n5 failed user:eve desktop failed");
  g_assert_cmpuint (row (house, 2)->user, ==, BOB);
  g_assert_cmpuint (row (house, 2)->owner, ==, ALICE);
  g_assert_false (row (house, 3)->is_user);
  g_assert_cmpstr (row (house, 4)->reason, ==, "there is no such channel");
  g_assert_cmpstr (row (house, 5)->reason, ==, "there is no user 'eve'");
}

static void
test_nobody (House *house, gconstpointer data)
{
  guint64 job = add (house, "backup", "{'shell': <'true'>, 'notify': <['none']>}");

  fail (house, job);
  assert_rows (house, "");
}

/* A rule names the address that the job names as well. */
static void
test_told_once (House *house, gconstpointer data)
{
  guint64 job = add (house, "backup", "{'shell': <'true'>, 'notify': <['email:ops@example.com']>}");

  prefer (house, ALICE, "{'rules': <[{'channels': <['email:ops@example.com', 'desktop']>}]>}");
  fail (house, job);
  assert_rows (house, "1 started email:ops@example.com email waiting\n2 started user:alice desktop waiting\n"
                      "3 failed email:ops@example.com email waiting\n4 failed user:alice desktop waiting");
}

static void
test_turned_off (House *house, gconstpointer data)
{
  guint64 job = add (house, "backup", PLAIN);

  prefer (house, ALICE, "{'enabled': <false>}");
  fail (house, job);
  prefer (house, ALICE, "{}");
  jt_notifier_set_enabled (house->notifier, FALSE);
  fail (house, job);
  assert_rows (house, "");
}

/* --- what --- */

static void
test_events (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", "{'shell': <'true'>, 'retries': <uint32 1>, 'retry-delay': <uint64 60000000>}");
  guint64 run;

  prefer (house, ALICE, "{'rules': <[{'channels': <['desktop']>}]>}");
  run = begin_run (house, job);
  finish (&house->base, run, 1, 1);
  pass (house, 2 * MINUTE);
  jt_fake_executor_start_all (JT_FAKE_EXECUTOR (house->base.executor));
  await (house);
  finish (&house->base, run, 2, 0);
  assert_rows (house, "1 started user:alice desktop waiting\n2 retrying user:alice desktop waiting\n3 succeeded user:alice desktop waiting");
  g_assert_true (g_str_has_prefix (row (house, 2)->message_id, "<run1.retrying.1."));
}

static void
test_missed (House *house, gconstpointer data)
{
  add (house, "j", "{'shell': <'true'>, 'schedule': <['* * * * *']>, 'timezone': <'UTC'>, 'catch-up': <'none'>}");
  close_house (house);
  jt_fake_clock_advance (JT_FAKE_CLOCK (house->base.clock), HOUR + 30 * SECOND);
  open_house (house, FALSE);
  assert_rows (house, "1 missed user:alice desktop waiting");
}

/* What is told right after a start, before anybody could be looked up, reaches those whom the job names as well. */
static void
test_missed_others (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", "{'shell': <'true'>, 'schedule': <['*-*-* 12:00']>, 'timezone': <'UTC'>, 'catch-up': <'none'>, "
                                 "'notify': <['user:bob', 'user:eve']>}");
  JtAccounts *accounts;

  fail (house, job);
  assert_row (house, 2, "waiting");
  close_house (house);
  jt_fake_clock_advance (JT_FAKE_CLOCK (house->base.clock), DAY);
  /* (nobody answers) */
  accounts = g_steal_pointer (&house->accounts);
  open_house (house, FALSE);
  house->accounts = accounts;
  assert_row (house, 4, "waiting");
  g_assert_cmpstr (row (house, 5)->event, ==, "missed");
  g_assert_cmpstr (row (house, 5)->recipient, ==, "user:bob");
  g_assert_cmpuint (row (house, 5)->user, ==, BOB);
  assert_row (house, 5, "waiting");
  assert_row (house, 6, "failed");
}

static void
test_late (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", "{'shell': <'true'>, 'expect-every': <uint64 3600000000>}");

  succeed (house, job);
  pass (house, 2 * HOUR);
  assert_rows (house, "1 late user:alice desktop waiting");
  /* Word comes, and only later the end. */
  begin_run (house, job);
  assert_rows (house, "1 late user:alice desktop waiting\n2 recovered user:alice desktop waiting");
  finish (&house->base, 2, 1, 0);
  assert_rows (house, "1 late user:alice desktop waiting\n2 recovered user:alice desktop waiting");
}

static void
test_recovered (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  fail (house, job);
  fail (house, job);
  succeed (house, job);
  succeed (house, job);
  assert_rows (house, "1 failed user:alice desktop waiting\n2 failed user:alice desktop waiting\n3 recovered user:alice desktop waiting");
  g_assert_null (jt_fake_store_get_episode (JT_FAKE_STORE (house->base.store), job, "user:alice"));
}

static void
mute (House *house, guint64 job, gint64 until_usec)
{
  jt_tracker_mute_job_async (house->base.tracker, job, until_usec, NULL, NULL, NULL);
  await (house);
}

/* Nobody recovers from what they were not told. */
static void
test_muted (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  mute (house, job, NOW + HOUR);
  fail (house, job);
  succeed (house, job);
  assert_rows (house, "1 failed user:alice desktop suppressed");
  g_assert_cmpstr (row (house, 1)->reason, ==, "the default rule would tell by desktop; it is muted until 01:00");
  fail (house, job);
  pass (house, 2 * HOUR);
  fail (house, job);
  g_assert_cmpstr (jt_fake_store_get_episode (JT_FAKE_STORE (house->base.store), job, "user:alice")->event, ==, "failed");
  assert_row (house, 3, "waiting");
}

static void
test_only_changes (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, ALICE, "{'only-changes': <true>}");
  fail (house, job);
  fail (house, job);
  succeed (house, job);
  fail (house, job);
  assert_rows (house, "1 failed user:alice desktop waiting\n2 failed user:alice desktop suppressed\n"
                      "3 recovered user:alice desktop waiting\n4 failed user:alice desktop waiting");
}

static void
test_held (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, ALICE, "{'timezone': <'UTC'>, 'quiet-hours': <'22:00-07:00'>}");
  fail (house, job);
  assert_row (house, 1, "held");
  g_assert_cmpstr (row (house, 1)->hold, ==, "quiet-hours");
  g_assert_cmpint (row (house, 1)->next_usec, ==, NOW + 7 * HOUR);
  /* Being held does not shorten its life. */
  g_assert_cmpint (row (house, 1)->expires_usec, ==, NOW + 7 * HOUR + 2 * DAY);
}

/* --- in one commit with what is told --- */

static void
test_same_commit (House *house, gconstpointer data)
{
  JtFakeStore *store = JT_FAKE_STORE (house->base.store);
  guint64 job = add (house, "j", PLAIN);
  guint64 run = begin_run (house, job);
  guint n_commits;

  allow_warnings (TRUE);
  jt_fake_store_set_failing (store, TRUE);
  jt_fake_executor_finish (JT_FAKE_EXECUTOR (house->base.executor), run, 1, 1);
  jt_fake_store_settle (store);
  assert_rows (house, "");
  assert_state (&house->base, run, "running");
  g_assert_null (jt_fake_store_get_episode (store, job, "user:alice"));
  /* The storage is back: the attempt is recovered, and its end is told. */
  jt_fake_store_set_failing (store, FALSE);
  close_house (house);
  allow_warnings (FALSE);
  open_house (house, FALSE);
  n_commits = jt_fake_store_count_commits (store);
  finish (&house->base, run, 1, 1);
  g_assert_cmpuint (jt_fake_store_count_commits (store), ==, n_commits + 1);
  assert_rows (house, "1 failed user:alice desktop waiting");
  assert_state (&house->base, run, "failed");
  g_assert_nonnull (jt_fake_store_get_episode (store, job, "user:alice"));
}

/* What was planned while the storage failed is void: the first failure is told as the first. */
static void
test_reload (House *house, gconstpointer data)
{
  JtFakeStore *store = JT_FAKE_STORE (house->base.store);
  guint64 job = add (house, "j", PLAIN);
  guint64 run;

  prefer (house, ALICE, "{'only-changes': <true>}");
  run = begin_run (house, job);
  allow_warnings (TRUE);
  jt_fake_store_set_failing (store, TRUE);
  jt_fake_executor_finish (JT_FAKE_EXECUTOR (house->base.executor), run, 1, 1);
  while (g_main_context_iteration (NULL, FALSE) && jt_fake_store_count_commits (store) == 0)
    ;
  jt_fake_store_settle (store);
  jt_fake_store_set_failing (store, FALSE);
  close_house (house);
  allow_warnings (FALSE);
  open_house (house, FALSE);
  g_assert_true (jt_preferences_has_only_changes (jt_notifier_get_preferences (house->notifier, ALICE)));
  finish (&house->base, run, 1, 1);
  assert_rows (house, "1 failed user:alice desktop waiting");
  close_house (house);
  open_house (house, FALSE);
  fail (house, job);
  assert_rows (house, "1 failed user:alice desktop waiting\n2 failed user:alice desktop suppressed");
}

static void
test_removed_job (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  fail (house, job);
  jt_tracker_remove_job_async (house->base.tracker, job, FALSE, NULL, NULL, NULL);
  await (house);
  g_assert_null (jt_fake_store_get_episode (JT_FAKE_STORE (house->base.store), job, "user:alice"));
  assert_row (house, 1, "waiting");
}

/* --- reminders --- */

static gint64
next_reminder (House *house)
{
  gint64 at_usec;

  jt_notifier_get_next_reminder (house->notifier, &at_usec);
  return at_usec;
}

static void
test_next_reminder (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);
  guint64 run;

  fail (house, job);
  g_assert_cmpint (next_reminder (house), ==, G_MAXINT64);
  prefer (house, ALICE, "{'remind-every': <uint64 3600000000>}");
  g_assert_cmpint (next_reminder (house), ==, NOW + HOUR);
  run = fail (house, job);
  jt_tracker_acknowledge_run_async (house->base.tracker, (JtRun *) run_of (&house->base, run), "alice", "", NULL, NULL, NULL);
  await (house);
  g_assert_cmpint (next_reminder (house), ==, G_MAXINT64);
  g_assert_cmpstr (jt_fake_store_get_episode (JT_FAKE_STORE (house->base.store), job, "user:alice")->acknowledged_by, ==, "alice");
  fail (house, job);
  assert_row (house, 3, "suppressed");
  succeed (house, job);
  assert_row (house, 4, "waiting");
  fail (house, job);
  g_assert_cmpint (next_reminder (house), ==, NOW + HOUR);
}

/* --- explained --- */

/* Why @job's last recipient is not told of @run. */
static char *
explain_last (House *house, guint64 job, guint64 run)
{
  const JtJobEntry *entry = jt_tracker_get_job (house->base.tracker, job);
  JtNews news = { .event = JT_NOTIFY_FAILED, .at_usec = NOW, .job = entry->job, .status = &entry->status, .run = run_of (&house->base, run) };
  g_autoptr (GPtrArray) rows = jt_notifier_explain (house->notifier, &news, NULL);
  char *reason = NULL;

  g_variant_lookup (rows->pdata[rows->len - 1], "reason", "s", &reason);
  return reason;
}

/* Names that nobody has can be made up without end: they are not remembered without end. */
static void
test_made_up_names (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", "{'shell': <'true'>, 'notify': <['user:eve']>}");
  guint64 other = add (house, "k", "{'shell': <'true'>, 'notify': <['user:bob']>}");
  guint64 run = fail (house, job);
  guint64 of_other = fail (house, other);
  g_autofree char *before = explain_last (house, job, run);
  g_autofree char *after = NULL;
  g_autofree char *known = NULL;

  g_assert_cmpstr (before, ==, "there is no user 'eve'");
  for (guint i = 0; i < 10000; i += 50)
    {
      g_autoptr (GString) text = g_string_new ("{'escalate-to': <[");

      for (guint j = i; j < i + 50; j++)
        g_string_append_printf (text, "%s'user:nobody%u'", j > i ? ", " : "", j);
      g_string_append (text, "]>}");
      prefer (house, ALICE, text->str);
    }
  after = explain_last (house, job, run);
  g_assert_cmpstr (after, ==, "who 'eve' is could not be found out yet");
  known = explain_last (house, other, of_other);
  g_assert_null (strstr (known, "found out"));
}

/* However many are named, few are asked about at a time, and nobody twice. */
static void
test_lookups_limited (House *house, gconstpointer data)
{
  JtFakeAccounts *accounts = JT_FAKE_ACCOUNTS (house->accounts);
  guint n_before = jt_fake_accounts_count (accounts);

  jt_fake_accounts_set_silent (accounts, TRUE);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *name = g_strdup_printf ("job%u", i);
      g_autofree char *settings = g_strdup_printf ("{'shell': <'true'>, 'notify': <['user:somebody', 'user:other%u']>}", i);

      add (house, name, settings);
    }
  g_assert_cmpuint (jt_fake_accounts_count (accounts) - n_before, ==, 4);
  jt_fake_accounts_set_silent (accounts, FALSE);
  await (house);
  g_assert_cmpuint (jt_fake_accounts_count (accounts) - n_before, ==, 21);
}

/* Where accounts cannot be looked up for now, nobody is taken to be gone; who was not there may come. */
static void
test_lookup_fails (House *house, gconstpointer data)
{
  JtFakeAccounts *accounts = JT_FAKE_ACCOUNTS (house->accounts);
  guint64 job;
  guint64 run;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  jt_fake_accounts_set_troubled (accounts, TRUE);
  job = add (house, "j", "{'shell': <'true'>, 'notify': <['user:bob']>}");
  run = fail (house, job);
  before = explain_last (house, job, run);
  g_assert_cmpstr (before, ==, "who 'bob' is could not be found out yet");
  jt_fake_accounts_set_troubled (accounts, FALSE);
  fail (house, job);
  after = explain_last (house, job, run);
  g_assert_cmpstr (after, ==, "the default rule tells by desktop (not by email: no address is known)");
}

/* An account that comes back under another number is who is meant from then on. */
static void
test_learn_user (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", "{'shell': <'true'>, 'notify': <['user:bob']>}");

  fail (house, job);
  g_assert_cmpuint (row (house, 2)->user, ==, BOB);
  jt_notifier_learn_user (house->notifier, "bob", 1005);
  fail (house, job);
  g_assert_cmpuint (row (house, 4)->user, ==, 1005);
}

static void
test_explain (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", "{'shell': <'true'>, 'notify': <['user:eve']>}");
  guint64 run = fail (house, job);
  const JtJobEntry *entry = jt_tracker_get_job (house->base.tracker, job);
  JtNews news = { .event = JT_NOTIFY_FAILED, .at_usec = NOW, .job = entry->job, .status = &entry->status, .run = run_of (&house->base, run) };
  g_autoptr (GPtrArray) rows = jt_notifier_explain (house->notifier, &news, NULL);
  const char *verdict;
  const char *reason;

  g_assert_cmpuint (rows->len, ==, 2);
  g_variant_lookup (rows->pdata[0], "verdict", "&s", &verdict);
  g_variant_lookup (rows->pdata[0], "reason", "&s", &reason);
  g_assert_cmpstr (verdict, ==, "told");
  g_assert_cmpstr (reason, ==, "the default rule tells by desktop (not by email: no address is known)");
  g_variant_lookup (rows->pdata[1], "verdict", "&s", &verdict);
  g_variant_lookup (rows->pdata[1], "reason", "&s", &reason);
  g_assert_cmpstr (verdict, ==, "failed");
  g_assert_cmpstr (reason, ==, "there is no user 'eve'");
}

/* A command may be longer than all that is kept of a delivery. */
static void
test_large_facts (House *house, gconstpointer data)
{
  g_autofree char *argument = g_strnfill (100 * 1024, 'x');
  g_autofree char *settings = g_strdup_printf ("{'command': <['true', '%s']>}", argument);
  guint64 job = add (house, "j", settings);
  g_autoptr (GVariant) kept = NULL;
  const char *command = "";

  fail (house, job);
  kept = g_variant_lookup_value (row (house, 1)->facts, "job", G_VARIANT_TYPE_VARDICT);
  g_variant_lookup (kept, "command", "&s", &command);
  g_assert_cmpuint (strlen (command), <, 2048);
  g_assert_true (g_str_has_suffix (command, "x…"));
}

/* --- runs that take long --- */

static void
test_slow (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", "{'shell': <'true'>, 'slow-factor': <2.0>}");
  guint64 run;

  for (guint i = 0; i < 5; i++)
    {
      run = begin_run (house, job);
      pass (house, HOUR);
      finish (&house->base, run, 1, 0);
    }
  assert_rows (house, "");
  run = begin_run (house, job);
  pass (house, HOUR + 50 * MINUTE);
  assert_rows (house, "");
  pass (house, 15 * MINUTE);
  assert_rows (house, "1 slow user:alice desktop waiting");
  g_assert_cmpuint (row (house, 1)->run, ==, run);
  /* Once, whatever becomes of the service. */
  close_house (house);
  open_house (house, FALSE);
  pass (house, 5 * HOUR);
  assert_rows (house, "1 slow user:alice desktop waiting");
  /* It is no trouble: its success is no recovery. */
  finish (&house->base, run, 1, 0);
  assert_rows (house, "1 slow user:alice desktop waiting");
}

static void
test_slow_after_restart (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", "{'shell': <'true'>, 'slow-factor': <3.0>}");

  for (guint i = 0; i < 4; i++)
    {
      guint64 run = begin_run (house, job);

      pass (house, MINUTE);
      finish (&house->base, run, 1, 0);
    }
  /* Four say nothing yet. */
  begin_run (house, job);
  pass (house, HOUR);
  assert_rows (house, "");
  finish (&house->base, 5, 1, 0);
  begin_run (house, job);
  close_house (house);
  jt_fake_clock_advance (JT_FAKE_CLOCK (house->base.clock), 4 * HOUR);
  open_house (house, FALSE);
  assert_rows (house, "1 slow user:alice desktop waiting");
}

static void
test_not_slow (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  for (guint i = 0; i < 6; i++)
    {
      guint64 run = begin_run (house, job);

      pass (house, i < 5 ? MINUTE : HOUR);
      finish (&house->base, run, 1, 0);
    }
  assert_rows (house, "");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/notifier/" path, House, NULL, house_set_up, func, house_tear_down)
  ADD ("default", test_default);
  ADD ("mail-too", test_mail_too);
  ADD ("recipients", test_recipients);
  ADD ("nobody", test_nobody);
  ADD ("told-once", test_told_once);
  ADD ("turned-off", test_turned_off);
  ADD ("events", test_events);
  ADD ("missed", test_missed);
  ADD ("missed-others", test_missed_others);
  ADD ("late", test_late);
  ADD ("recovered", test_recovered);
  ADD ("muted", test_muted);
  ADD ("only-changes", test_only_changes);
  ADD ("held", test_held);
  ADD ("same-commit", test_same_commit);
  ADD ("reload", test_reload);
  ADD ("removed-job", test_removed_job);
  ADD ("next-reminder", test_next_reminder);
  ADD ("explain", test_explain);
  ADD ("learn-user", test_learn_user);
  ADD ("lookups-limited", test_lookups_limited);
  ADD ("lookup-fails", test_lookup_fails);
  ADD ("made-up-names", test_made_up_names);
  ADD ("large-facts", test_large_facts);
  ADD ("slow", test_slow);
  ADD ("slow-after-restart", test_slow_after_restart);
  ADD ("not-slow", test_not_slow);
  return g_test_run ();
}
