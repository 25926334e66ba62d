/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* What becomes of deliveries: between channels and agents that do as they are told and a record in memory, by a clock that is turned by
 * hand. */

#include "notify-fixture.h"

#define PLAIN "{'shell': <'true'>}"
#define TO_OPS "{'shell': <'true'>, 'notify': <['email:ops@example.com']>}"

static JtFakeChannels *
channels_of (House *house)
{
  return JT_FAKE_CHANNELS (house->channels);
}

static void
script (House *house, const char *address, JtChannelOutcome outcome, const char *detail)
{
  jt_fake_channels_script (channels_of (house), address, outcome, detail, 0, FALSE, FALSE);
}

static void
fail_times (House *house, guint64 job, guint times)
{
  for (guint i = 0; i < times; i++)
    fail (house, job);
}

static GVariant *
find_channel (House *house, const char *name)
{
  g_autoptr (GVariant) rows = g_variant_ref_sink (jt_outbox_list_channels (house->outbox));

  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) each = g_variant_get_child_value (rows, i);
      const char *found = "";

      g_variant_lookup (each, "name", "&s", &found);
      if (g_str_equal (found, name))
        return g_steal_pointer (&each);
    }
  g_assert_not_reached ();
}

static void
assert_channel (House *house, const char *name, const char *state, const char *problem)
{
  g_autoptr (GVariant) channel = find_channel (house, name);
  const char *text = "";

  g_variant_lookup (channel, "state", "&s", &text);
  g_assert_cmpstr (text, ==, state);
  g_variant_lookup (channel, "problem", "&s", &text);
  g_assert_cmpstr (text, ==, problem);
}

/* --- the plain way --- */

static void
test_delivered (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);
  JtMessage *message;

  prefer (house, ALICE, "{" BY_MAIL "}");
  fail (house, job);
  assert_sent (house, "email: 1");
  assert_row (house, 1, "delivered");
  g_assert_cmpint (row (house, 1)->delivered_usec, ==, NOW);
  g_assert_cmpuint (row (house, 1)->attempts, ==, 1);
  g_assert_cmpstr (row (house, 1)->detail, ==, "ok");
  message = jt_fake_channels_get_message (channels_of (house), 1);
  g_assert_cmpstr (message->message_id, ==, row (house, 1)->message_id);
  g_assert_cmpstr (message->address, ==, "alice@example.com");
  g_assert_false (message->is_repeat);
  assert_channel (house, "email", "ok", "");
}

/* On record as being sent before the channel hears of it. */
static void
test_recorded_first (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, ALICE, "{" BY_MAIL "}");
  jt_fake_channels_hold (channels_of (house), TRUE);
  fail (house, job);
  assert_sent (house, "email: 1");
  assert_row (house, 1, "sending");
  g_assert_cmpuint (row (house, 1)->attempts, ==, 1);
  jt_fake_channels_hold (channels_of (house), FALSE);
  await (house);
  assert_row (house, 1, "delivered");
}

static void
test_refused (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", TO_OPS);

  prefer (house, ALICE, "{" BY_MAIL "}");
  script (house, "ops@example.com", JT_OUTCOME_REFUSED, "550 5.1.1 no such user");
  allow_warnings (TRUE);
  fail (house, job);
  allow_warnings (FALSE);
  assert_row (house, 1, "delivered");
  assert_row (house, 2, "failed");
  g_assert_cmpstr (row (house, 2)->reason, ==, "550 5.1.1 no such user");
  assert_channel (house, "email", "ok", "");
  pass (house, DAY);
  assert_sent (house, "email: 2 1");
}

/* --- tried again --- */

static void
test_backoff (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);
  gint64 before_usec = 0;

  prefer (house, ALICE, "{" BY_MAIL "}");
  script (house, NULL, JT_OUTCOME_RETRY, "451 later");
  fail (house, job);
  for (guint i = 1; i < 9; i++)
    {
      gint64 wait_usec = row (house, 1)->next_usec - jt_clock_get_realtime (house->base.clock);

      assert_row (house, 1, "waiting");
      g_assert_cmpuint (row (house, 1)->attempts, ==, i);
      g_assert_cmpstr (row (house, 1)->reason, ==, "451 later");
      g_assert_cmpint (wait_usec, >, MIN (before_usec, 50 * MINUTE));
      g_assert_cmpint (wait_usec, <=, 70 * MINUTE);
      before_usec = wait_usec;
      pass (house, wait_usec);
    }
  script (house, NULL, JT_OUTCOME_DELIVERED, "250 ok");
  pass (house, 2 * HOUR);
  assert_row (house, 1, "delivered");
}

static void
test_after (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, ALICE, "{" BY_MAIL "}");
  jt_fake_channels_script (channels_of (house), NULL, JT_OUTCOME_RETRY, "429", 3 * HOUR, FALSE, FALSE);
  fail (house, job);
  g_assert_cmpint (row (house, 1)->next_usec, ==, NOW + 3 * HOUR);
}

static void
test_expires (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, ALICE, "{" BY_MAIL "}");
  script (house, NULL, JT_OUTCOME_RETRY, "451 later");
  fail (house, job);
  for (guint i = 0; i < 50; i++)
    pass (house, HOUR);
  assert_row (house, 1, "expired");
  g_assert_cmpstr (row (house, 1)->reason, ==, "451 later");
}

/* Also where nobody works at it: the channel is gone, or no agent ever comes. */
static void
test_overdue (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, ALICE, "{'email': <'alice@example.com'>}");
  allow_warnings (TRUE);
  jt_fake_channels_break (channels_of (house), "email", "no host is set");
  fail (house, job);
  g_assert_cmpint (row (house, 2)->attempts, ==, 0);
  for (guint i = 0; i < 50; i++)
    pass (house, HOUR);
  allow_warnings (FALSE);
  assert_row (house, 1, "expired");
  assert_row (house, 2, "expired");
  g_assert_cmpstr (row (house, 2)->reason, ==, "no host is set");
  /* And in time they go. */
  fail (house, job);
  pass (house, 91 * DAY);
  pass (house, 2 * HOUR);
  g_assert_null (jt_fake_store_get_delivery (JT_FAKE_STORE (house->base.store), 1));
}

/* What is held for a channel that is no more, or for somebody who never comes, does not stay for ever. */
static void
test_overdue_held (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  jt_fake_channels_add (channels_of (house), "mail2", "email");
  jt_outbox_reload (house->outbox);
  prefer (house, ALICE, "{'email': <'alice@example.com'>, 'default-channels': <['desktop', 'mail2']>, 'timezone': <'UTC'>, 'quiet-hours': <'22:00-07:00'>}");
  fail (house, job);
  assert_rows (house, "1 failed user:alice desktop held\n2 failed user:alice mail2 held");
  jt_fake_channels_remove (channels_of (house), "mail2");
  jt_outbox_reload (house->outbox);
  for (guint i = 0; i < 3 * 24; i++)
    pass (house, HOUR);
  assert_rows (house, "1 failed user:alice desktop expired\n2 failed user:alice mail2 expired");
}

static void
put_popups (House *house, guint count, JtDeliveryState state)
{
  JtChange *change = jt_change_new ();

  for (guint i = 0; i < count; i++)
    {
      g_autoptr (JtDelivery) delivery = jt_notifier_make_test (house->notifier, ALICE, "alice", "desktop", NULL);

      delivery->state = state;
      delivery->hold = state == JT_DELIVERY_HELD ? g_strdup ("digest") : NULL;
      delivery->next_usec = state == JT_DELIVERY_HELD ? NOW + 7 * DAY : NOW;
      delivery->expires_usec = NOW + 9 * DAY;
      jt_change_put_delivery (change, delivery);
    }
  jt_tracker_commit_async (house->base.tracker, change, NULL, NULL, NULL);
  await (house);
}

/* No more popups wait for somebody to come than may, held or not, and the newest stay. */
static void
test_crowd (House *house, gconstpointer data)
{
  put_popups (house, 19500, JT_DELIVERY_HELD);
  put_popups (house, 1000, JT_DELIVERY_WAITING);
  pass (house, 10 * MINUTE);
  pass (house, 5 * SECOND);
  pass (house, HOUR);
  assert_row (house, 20000, "expired");
  assert_row (house, 20001, "waiting");
  assert_row (house, 1, "held");
  put_popups (house, 1500, JT_DELIVERY_HELD);
  for (guint i = 0; i < 3; i++)
    pass (house, HOUR);
  assert_row (house, 20500, "expired");
  assert_row (house, 1000, "expired");
  assert_row (house, 1001, "held");
  assert_row (house, 22000, "held");
}

/* What was put on record while the clock was years ahead does not wait for that year. */
static void
test_clock_set_back (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);
  JtFakeClock *clock = JT_FAKE_CLOCK (house->base.clock);

  prefer (house, ALICE, "{" BY_MAIL "}");
  allow_warnings (TRUE);
  jt_fake_clock_step_to (clock, NOW + 3650 * DAY);
  await (house);
  jt_fake_channels_break (channels_of (house), "email", "no host is set");
  fail_times (house, job, 2);
  assert_channel (house, "email", "paused", "no host is set");
  jt_fake_channels_break (channels_of (house), "email", NULL);
  prefer (house, ALICE, "{" BY_MAIL ", 'digest': <'hourly'>, 'digest-below': <'error'>, 'rules': <[{'events': <['recovered']>, 'channels': <['email']>}]>}");
  succeed (house, job);
  assert_row (house, 1, "waiting");
  assert_row (house, 3, "held");
  jt_fake_clock_step_to (clock, NOW);
  await (house);
  pass (house, 7 * HOUR);
  allow_warnings (FALSE);
  assert_row (house, 1, "delivered");
  assert_row (house, 2, "delivered");
  assert_row (house, 3, "delivered");
}

/* --- order --- */

/* The younger does not overtake the older one that is to be tried again. */
static void
test_oldest_first (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", TO_OPS);

  prefer (house, ALICE, "{" BY_MAIL "}");
  script (house, "ops@example.com", JT_OUTCOME_RETRY, "450 mailbox busy");
  fail (house, job);
  assert_sent (house, "email: 2 1");
  pass (house, SECOND);
  script (house, "ops@example.com", JT_OUTCOME_DELIVERED, "250 ok");
  fail (house, job);
  assert_sent (house, "email: 3");
  assert_row (house, 4, "waiting");
  g_assert_cmpuint (row (house, 4)->attempts, ==, 0);
  pass (house, 2 * MINUTE);
  assert_sent (house, "email: 2 4");
  assert_row (house, 2, "delivered");
  assert_row (house, 4, "delivered");
}

/* Nor after a start: the record knows who is to be tried again. */
static void
test_oldest_first_restarted (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", TO_OPS);

  prefer (house, ALICE, "{" BY_MAIL "}");
  script (house, "ops@example.com", JT_OUTCOME_RETRY, "450 mailbox busy");
  fail (house, job);
  assert_sent (house, "email: 2 1");
  close_house (house);
  open_house (house, TRUE);
  script (house, "ops@example.com", JT_OUTCOME_DELIVERED, "250 ok");
  fail (house, job);
  assert_sent (house, "email: 3");
  assert_row (house, 4, "waiting");
  pass (house, 2 * MINUTE);
  assert_sent (house, "email: 2 4");
}

/* What a person asks for does not wait for it. */
static void
test_asked_goes_first (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, ALICE, "{" BY_MAIL "}");
  script (house, NULL, JT_OUTCOME_RETRY, "450 mailbox busy");
  fail (house, job);
  assert_sent (house, "email: 1");
  script (house, NULL, JT_OUTCOME_DELIVERED, "250 ok");
  close_house (house);
  open_house (house, TRUE);
  jt_outbox_test_async (house->outbox, ALICE, "alice", "email", "alice@example.com", NULL, NULL, NULL);
  await (house);
  assert_sent (house, "email: 2");
  assert_row (house, 1, "waiting");
}

/* One that cannot be reached keeps nobody else waiting, and the channel is no worse for it. */
static void
test_one_recipient_dead (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", TO_OPS);
  guint n_seen = 0;

  prefer (house, ALICE, "{" BY_MAIL "}");
  script (house, "ops@example.com", JT_OUTCOME_RETRY, "450 mailbox busy");
  for (guint i = 0; i < 20; i++)
    {
      fail (house, job);
      pass (house, 20 * MINUTE);
      n_seen += count_rows (house, JT_DELIVERY_DELIVERED) == i + 1;
    }
  g_assert_cmpuint (n_seen, ==, 20);
  assert_channel (house, "email", "ok", "");
}

/* --- channels as a whole --- */

static void
test_channel_pauses (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", TO_OPS);

  prefer (house, ALICE, "{" BY_MAIL "}");
  allow_warnings (TRUE);
  jt_fake_channels_break (channels_of (house), "email", "no host is set");
  fail (house, job);
  assert_sent (house, "email: 2 1");
  assert_channel (house, "email", "paused", "no host is set");
  assert_row (house, 1, "waiting");
  g_assert_cmpuint (row (house, 1)->attempts, ==, 0);
  g_assert_cmpuint (row (house, 1)->ambiguous, ==, 0);
  fail (house, job);
  assert_sent (house, "");
  /* Probes are of one each, and not always of the same. */
  pass (house, 70 * SECOND);
  assert_sent (house, "email: 2");
  pass (house, 3 * MINUTE);
  assert_sent (house, "email: 1");
  allow_warnings (FALSE);
  jt_fake_channels_break (channels_of (house), "email", NULL);
  pass (house, 5 * MINUTE);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_DELIVERED), ==, 4);
  assert_channel (house, "email", "ok", "");
}

/* "{'shell': …, 'notify': <['email:u00@example.com', …]>}" (transfer full) */
static char *
tell_many (guint count)
{
  GString *settings = g_string_new ("{'shell': <'true'>, 'notify': <[");

  for (guint i = 0; i < count; i++)
    g_string_append_printf (settings, "%s'email:u%02u@example.com'", i > 0 ? ", " : "", i);
  g_string_append (settings, "]>}");
  return g_string_free (settings, FALSE);
}

/* The channel answers for a few that nothing can be delivered now: that keeps nobody else waiting. */
static void
test_vain (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", "{'shell': <'true'>, 'notify': <['email:a@example.com', 'email:b@example.com', 'email:c@example.com']>}");
  guint64 other = add (house, "k", PLAIN);

  script (house, NULL, JT_OUTCOME_RETRY, "450 <a@example.com>, <b@example.com>, <c@example.com>: full");
  script (house, "alice@example.com", JT_OUTCOME_DELIVERED, "250 ok");
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GVariant) channel = NULL;
      const char *problem = "";

      prefer (house, ALICE, "{'rules': <[{'channels': <@as []>}]>}");
      fail (house, job);
      pass (house, HOUR);
      channel = find_channel (house, "email");
      /* Everybody sees this: whose address it was nobody does. */
      g_variant_lookup (channel, "problem", "&s", &problem);
      g_assert_nonnull (strstr (problem, "<…>"));
      assert_channel (house, "email", "failing", problem);
      prefer (house, ALICE, "{" BY_MAIL "}");
      fail (house, other);
      g_assert_cmpuint (count_rows (house, JT_DELIVERY_DELIVERED), ==, i + 1);
      assert_channel (house, "email", "ok", "");
    }
}

/* Of one batch. */
static guint
count_sent (const char *log)
{
  guint count = 0;

  for (const char *at = strchr (log, ' '); at != NULL; at = strchr (at + 1, ' '))
    count++;
  return count;
}

/* It takes nothing for anybody: it is given a rest, and then asked for several, those first who were there first. */
static void
test_vain_for_all (House *house, gconstpointer data)
{
  g_autofree char *settings = tell_many (30);
  g_autofree char *sent = NULL;
  guint64 job;

  jt_fake_channels_find (channels_of (house), "email")->max_batch = 25;
  jt_outbox_reload (house->outbox);
  prefer (house, ALICE, "{'rules': <[{'channels': <@as []>}]>}");
  job = add (house, "j", settings);
  script (house, NULL, JT_OUTCOME_RETRY, "451 greylisted");
  allow_warnings (TRUE);
  fail (house, job);
  allow_warnings (FALSE);
  assert_channel (house, "email", "paused", "451 greylisted");
  sent = jt_fake_channels_take_log (channels_of (house));
  g_assert_cmpuint (count_sent (sent), ==, 25);
  pass (house, 70 * SECOND);
  g_free (sent);
  sent = jt_fake_channels_take_log (channels_of (house));
  g_assert_true (g_str_has_prefix (sent, "email: 1 "));
  g_assert_cmpuint (count_sent (sent), ==, 20);
  /* However long it lasts, it is not asked more seldom than this. */
  for (guint i = 0; i < 20; i++)
    pass (house, 11 * MINUTE);
  script (house, NULL, JT_OUTCOME_DELIVERED, "250 ok");
  pass (house, 11 * MINUTE);
  assert_channel (house, "email", "ok", "");
  pass (house, HOUR + 6 * MINUTE);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_DELIVERED), ==, 30);
}

/* It says that it does not work itself: everybody waits, nobody's attempts are used up, and one is tried now and then. */
static void
test_channel_fails (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", TO_OPS);

  prefer (house, ALICE, "{" BY_MAIL "}");
  allow_warnings (TRUE);
  jt_fake_channels_script (channels_of (house), NULL, JT_OUTCOME_RETRY, "connection refused", 0, FALSE, TRUE);
  fail (house, job);
  assert_sent (house, "email: 2 1");
  assert_channel (house, "email", "paused", "connection refused");
  g_assert_cmpuint (row (house, 1)->attempts, ==, 0);
  pass (house, 70 * SECOND);
  assert_sent (house, "email: 2");
  g_assert_cmpuint (row (house, 2)->attempts, ==, 0);
  /* It says when it may be asked again. */
  jt_fake_channels_script (channels_of (house), NULL, JT_OUTCOME_RETRY, "429 too many", HOUR, FALSE, TRUE);
  pass (house, 3 * MINUTE);
  assert_sent (house, "email: 1");
  pass (house, HOUR - SECOND);
  assert_sent (house, "");
  allow_warnings (FALSE);
  script (house, NULL, JT_OUTCOME_DELIVERED, "250 ok");
  pass (house, SECOND);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_DELIVERED), ==, 2);
  assert_channel (house, "email", "ok", "");
}

/* After the pause, while it is tried, it is not said to be well. */
static void
test_failing_is_shown (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, ALICE, "{" BY_MAIL "}");
  allow_warnings (TRUE);
  jt_fake_channels_script (channels_of (house), NULL, JT_OUTCOME_RETRY, "connection refused", 0, FALSE, TRUE);
  fail (house, job);
  allow_warnings (FALSE);
  jt_fake_channels_hold (channels_of (house), TRUE);
  pass (house, 70 * SECOND);
  assert_channel (house, "email", "failing", "connection refused");
  script (house, NULL, JT_OUTCOME_DELIVERED, "250 ok");
  jt_fake_channels_hold (channels_of (house), FALSE);
  await (house);
  assert_channel (house, "email", "ok", "");
}

/* What may have brought the channel down twice goes alone from then on. */
static void
test_goes_alone (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", TO_OPS);

  prefer (house, ALICE, "{" BY_MAIL "}");
  jt_fake_channels_script (channels_of (house), NULL, JT_OUTCOME_RETRY, "the program ended", 0, TRUE, FALSE);
  fail (house, job);
  pass (house, 2 * MINUTE);
  g_assert_cmpuint (row (house, 1)->ambiguous, ==, 2);
  g_free (jt_fake_channels_take_log (channels_of (house)));
  close_house (house);
  jt_fake_clock_advance (JT_FAKE_CLOCK (house->base.clock), HOUR);
  open_house (house, TRUE);
  assert_sent (house, "email: 2, email: 1");
}

static void
test_gone (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);
  guint n_sent;

  prefer (house, ALICE, "{" BY_MAIL "}");
  allow_warnings (TRUE);
  jt_fake_channels_script (channels_of (house), NULL, JT_OUTCOME_REFUSED, "410 gone", 0, FALSE, TRUE);
  jt_fake_channels_hold (channels_of (house), TRUE);
  fail_times (house, job, 4);
  jt_fake_channels_hold (channels_of (house), FALSE);
  await (house);
  assert_channel (house, "email", "paused", "410 gone");
  n_sent = count_rows (house, JT_DELIVERY_FAILED);
  g_assert_cmpuint (n_sent, ==, 1);
  /* Hours later one is enough to see that it is as it was. */
  pass (house, 6 * HOUR - SECOND);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_FAILED), ==, 1);
  pass (house, SECOND);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_FAILED), ==, 2);
  /* The administrator has put it right. */
  script (house, NULL, JT_OUTCOME_DELIVERED, "ok");
  allow_warnings (FALSE);
  jt_outbox_reload (house->outbox);
  await (house);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_DELIVERED), ==, 2);
}

/* What is due already wakes nobody: the end of the pause does. */
static void
test_rest_ends (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", "{'shell': <'true'>, 'notify': <['email:a@example.com', 'email:b@example.com', 'email:c@example.com']>}");

  jt_fake_channels_find (channels_of (house), "email")->max_batch = 1;
  jt_outbox_reload (house->outbox);
  await (house);
  allow_warnings (TRUE);
  jt_fake_channels_script (channels_of (house), NULL, JT_OUTCOME_REFUSED, "410 gone", 0, FALSE, TRUE);
  fail (house, job);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_FAILED), ==, 1);
  pass (house, 6 * HOUR - SECOND);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_FAILED), ==, 1);
  pass (house, SECOND);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_FAILED), ==, 2);
  allow_warnings (FALSE);
}

static void
test_dead_channel_alone (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", "{'shell': <'true'>, 'notify': <['webhook:chat']>}");

  jt_fake_channels_add (channels_of (house), "chat", "webhook");
  jt_outbox_reload (house->outbox);
  prefer (house, ALICE, "{" BY_MAIL "}");
  jt_fake_channels_hold (channels_of (house), TRUE);
  fail (house, job);
  /* Neither waits for the other. */
  g_assert_cmpuint (jt_fake_channels_count_waiting (channels_of (house)), ==, 2);
  jt_fake_channels_hold (channels_of (house), FALSE);
  await (house);
  allow_warnings (TRUE);
  jt_fake_channels_break (channels_of (house), "chat", "down");
  fail_times (house, job, 3);
  allow_warnings (FALSE);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_DELIVERED), ==, 5);
  assert_channel (house, "chat", "paused", "down");
  assert_channel (house, "email", "ok", "");
}

/* --- killed --- */

static void
test_killed (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);
  g_autofree char *message_id = NULL;

  prefer (house, ALICE, "{" BY_MAIL "}");
  jt_fake_channels_hold (channels_of (house), TRUE);
  fail (house, job);
  assert_row (house, 1, "sending");
  message_id = g_strdup (jt_fake_channels_get_message (channels_of (house), 1)->message_id);
  g_assert_false (jt_fake_channels_get_message (channels_of (house), 1)->is_repeat);
  /* The verdict never comes: what is left of the old service is never turned to again. */
  {
    JtTracker *old_tracker = g_steal_pointer (&house->base.tracker);
    JtOutbox *old_outbox = g_steal_pointer (&house->outbox);
    JtComposer *old_composer = g_steal_pointer (&house->composer);
    JtNotifier *old_notifier = g_steal_pointer (&house->notifier);
    JtChannels *old_channels = house->channels;

    house->channels = jt_fake_channels_new ();
    jt_outbox_stop (old_outbox);
    open_house (house, TRUE);
    assert_sent (house, "email: 1");
    assert_row (house, 1, "delivered");
    g_assert_cmpuint (row (house, 1)->ambiguous, ==, 1);
    g_assert_cmpuint (row (house, 1)->attempts, ==, 2);
    g_assert_cmpstr (jt_fake_channels_get_message (channels_of (house), 1)->message_id, ==, message_id);
    g_assert_true (jt_fake_channels_get_message (channels_of (house), 1)->is_repeat);

    jt_fake_channels_hold (JT_FAKE_CHANNELS (old_channels), FALSE);
    await (house);
    g_object_unref (old_outbox);
    g_object_unref (old_composer);
    g_object_unref (old_tracker);
    g_object_unref (old_notifier);
    g_object_unref (old_channels);
  }
}

/* Killed, or the storage fails, with very many on their way: they are taken back in slices, in order, before anything else goes. */
static void
test_killed_with_many (House *house, gconstpointer data)
{
  JtFakeStore *store = JT_FAKE_STORE (house->base.store);
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_delivery_unref);
  JtChange *change = jt_change_new ();
  guint n_commits;

  jt_outbox_stop (house->outbox);
  for (guint i = 0; i < 1201; i++)
    {
      JtDelivery *delivery = jt_notifier_make_test (house->notifier, ALICE, "alice", i % 3 == 0 ? "desktop" : "email", "a@example.com");

      delivery->state = i < 1200 ? JT_DELIVERY_SENDING : JT_DELIVERY_WAITING;
      jt_change_put_delivery (change, delivery);
      g_ptr_array_add (kept, delivery);
    }
  jt_tracker_commit_async (house->base.tracker, change, NULL, NULL, NULL);
  close_house (house);
  jt_fake_channels_hold (channels_of (house), TRUE);
  n_commits = jt_fake_store_count_commits (store);
  open_house (house, TRUE);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_SENDING), ==, 0);
  g_assert_cmpuint (jt_fake_store_count_commits (store) - n_commits, <, 10);
  for (guint64 id = 1; id <= 1200; id++)
    g_assert_cmpuint (row (house, id)->ambiguous, ==, 1);
  g_assert_cmpuint (row (house, 1201)->ambiguous, ==, 0);
  /* As many as may have gone already. */
  assert_sent (house, "");
  pass (house, MINUTE);
  assert_sent (house, "email: 2 3 5 6 8 9 11 12 14 15");
  jt_fake_channels_hold (channels_of (house), FALSE);
}

/* What waits does not go before the service is there. */
static void
test_held_back (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);
  g_autoptr (JtStoreContents) contents = jt_store_contents_new ();

  prefer (house, ALICE, "{" BY_MAIL "}");
  jt_outbox_hold_back (house->outbox);
  jt_outbox_start (house->outbox, contents);
  fail (house, job);
  pass (house, HOUR);
  assert_sent (house, "");
  jt_outbox_let_begin (house->outbox);
  await (house);
  assert_sent (house, "email: 1");
}

static void
test_ambiguous_verdict (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, ALICE, "{" BY_MAIL "}");
  jt_fake_channels_script (channels_of (house), NULL, JT_OUTCOME_RETRY, "connection lost after the dot", 0, TRUE, FALSE);
  fail (house, job);
  g_assert_cmpuint (row (house, 1)->ambiguous, ==, 1);
  script (house, NULL, JT_OUTCOME_DELIVERED, "ok");
  pass (house, 2 * MINUTE);
  assert_row (house, 1, "delivered");
  g_assert_true (jt_fake_channels_get_message (channels_of (house), 1)->is_repeat);
}

/* The storage fails between the sending and the verdict: sent once more, nothing is lost. */
static void
test_storage_fails (House *house, gconstpointer data)
{
  JtFakeStore *store = JT_FAKE_STORE (house->base.store);
  guint64 job = add (house, "j", PLAIN);

  prefer (house, ALICE, "{" BY_MAIL "}");
  jt_fake_channels_hold (channels_of (house), TRUE);
  fail (house, job);
  fail (house, job);
  allow_warnings (TRUE);
  jt_fake_store_set_failing (store, TRUE);
  jt_fake_channels_hold (channels_of (house), FALSE);
  jt_fake_store_settle (store);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  assert_row (house, 1, "sending");
  assert_row (house, 2, "waiting");
  jt_fake_store_set_failing (store, FALSE);
  /* The tracker has tried in vain to load, and waits to try again. */
  for (guint i = 0; i < 100 && row (house, 2)->state != JT_DELIVERY_DELIVERED; i++)
    {
      g_main_context_iteration (NULL, TRUE);
      await (house);
    }
  allow_warnings (FALSE);
  assert_row (house, 1, "delivered");
  assert_row (house, 2, "delivered");
  g_assert_cmpuint (row (house, 1)->ambiguous, ==, 1);
  g_assert_cmpuint (jt_fake_channels_count (channels_of (house), 1), ==, 2);
  g_assert_cmpuint (jt_fake_channels_count (channels_of (house), 2), ==, 1);
}

/* --- held --- */

static void
test_quiet_hours (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, ALICE, "{" BY_MAIL ", 'timezone': <'UTC'>, 'quiet-hours': <'22:00-07:00'>}");
  fail (house, job);
  pass (house, HOUR);
  succeed (house, job);
  fail (house, job);
  assert_sent (house, "");
  pass (house, 5 * HOUR + 59 * MINUTE);
  assert_sent (house, "");
  pass (house, MINUTE);
  assert_sent (house, "email: 4");
  assert_rows (house, "1 failed user:alice email merged\n2 recovered user:alice email merged\n3 failed user:alice email merged\n"
                      "4 digest user:alice email delivered");
  g_assert_cmpuint (row (house, 1)->merged_into, ==, 4);
  g_assert_cmpuint (row (house, 4)->count, ==, 3);
  g_assert_cmpstr (row (house, 4)->severity, ==, "error");
  g_assert_nonnull (strstr (jt_fake_channels_get_message (channels_of (house), 4)->text, "j"));
}

/* One alone is told as it is. */
static void
test_quiet_hours_one (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, ALICE, "{" BY_MAIL ", 'timezone': <'UTC'>, 'quiet-hours': <'22:00-07:00'>}");
  fail (house, job);
  pass (house, 7 * HOUR);
  assert_sent (house, "email: 1");
  assert_row (house, 1, "delivered");
}

static void
test_digest (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, ALICE, "{" BY_MAIL ", 'timezone': <'UTC'>, 'digest': <'daily@08:00'>, 'rules': <[{'channels': <['email']>}]>}");
  succeed (house, job);
  fail (house, job);
  succeed (house, job);
  /* Errors do not wait. */
  assert_sent (house, "email: 4");
  pass (house, 7 * HOUR + 59 * MINUTE);
  assert_sent (house, "");
  pass (house, MINUTE);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_MERGED), ==, 5);
  assert_sent (house, "email: 7");
  g_assert_cmpstr (row (house, 7)->event, ==, "digest");
  g_assert_cmpuint (row (house, 7)->count, ==, 5);
}

/* Many recipients have something held: each gets all of it in one. */
static void
test_digest_whole (House *house, gconstpointer data)
{
  g_autofree char *settings = tell_many (30);
  guint64 job;
  g_autoptr (GPtrArray) rows = NULL;
  guint n_digests = 0;

  job = add (house, "j", settings);
  fail_times (house, job, 30);
  pass (house, MINUTE);
  pass (house, MINUTE);
  rows = jt_fake_store_list_deliveries (JT_FAKE_STORE (house->base.store));
  for (guint i = 0; i < rows->len; i++)
    {
      const JtDelivery *each = rows->pdata[i];

      n_digests += g_str_equal (each->event, "digest");
      g_assert_true (each->count == 0 || each->count == 20);
    }
  g_assert_cmpuint (n_digests, ==, 30);
}

/* --- too many --- */

static void
test_storm (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);
  JtMessage *digest;

  prefer (house, ALICE, "{" BY_MAIL "}");
  fail_times (house, job, 25);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_DELIVERED), ==, 10);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_HELD), ==, 15);
  g_assert_cmpstr (row (house, 11)->hold, ==, "throttle");
  g_assert_cmpint (row (house, 11)->next_usec, ==, NOW + MINUTE);
  pass (house, 59 * SECOND);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_HELD), ==, 15);
  pass (house, SECOND);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_DELIVERED), ==, 11);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_MERGED), ==, 15);
  g_assert_cmpuint (row (house, 26)->count, ==, 15);
  digest = jt_fake_channels_get_message (channels_of (house), 26);
  for (guint i = 11; i <= 25; i++)
    {
      g_autofree char *run = g_strdup_printf ("%u", i);

      g_assert_nonnull (strstr (digest->text, run));
    }
}

/* More than one digest holds: what is left of it waits for its turn as any other mail does. */
static void
test_digest_throttled (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, ALICE, "{" BY_MAIL ", 'throttle-burst': <uint32 1>}");
  fail_times (house, job, 502);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_DELIVERED), ==, 1);
  pass (house, MINUTE);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_MERGED), ==, 500);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_DELIVERED), ==, 2);
  assert_row (house, 503, "waiting");
  pass (house, MINUTE);
  assert_row (house, 503, "delivered");
  g_assert_cmpuint (row (house, 503)->count, ==, 500);
}

/* Killed in the midst of it the service remembers how much has gone. */
static void
test_storm_killed (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, ALICE, "{" BY_MAIL "}");
  fail_times (house, job, 8);
  close_house (house);
  jt_fake_clock_advance (JT_FAKE_CLOCK (house->base.clock), 30 * SECOND);
  open_house (house, TRUE);
  fail_times (house, job, 5);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_DELIVERED), ==, 10);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_HELD), ==, 3);
  pass (house, 30 * SECOND);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_DELIVERED), ==, 11);
}

/* Minute by minute no more than ten go, digests among them. */
static void
test_storm_goes_on (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);
  guint n_before = 0;

  prefer (house, ALICE, "{" BY_MAIL "}");
  for (guint minute = 0; minute < 5; minute++)
    {
      guint n_delivered;

      fail_times (house, job, 20);
      n_delivered = count_rows (house, JT_DELIVERY_DELIVERED);
      g_assert_cmpuint (n_delivered - n_before, <=, 10);
      n_before = n_delivered;
      pass (house, MINUTE);
    }
  pass (house, MINUTE);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_HELD) + count_rows (house, JT_DELIVERY_WAITING), ==, 0);
}

/* Nobody's own digest, in words that they chose, takes in what somebody else has to tell the same address. */
static void
test_storm_of_two (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);
  guint64 other = add (house, "k", TO_OPS);

  prefer (house, ALICE, "{'rules': <[{'jobs': <['j']>, 'events': <['failed']>, 'channels': <['email:ops@example.com']>}, {'channels': <@as []>}]>}");
  fail_times (house, job, 12);
  fail_times (house, other, 2);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_HELD), ==, 4);
  pass (house, MINUTE);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_MERGED), ==, 4);
  assert_row (house, 11, "merged");
  assert_row (house, 14, "merged");
  g_assert_cmpuint (row (house, 11)->merged_into, !=, row (house, 14)->merged_into);
  g_assert_true (row (house, row (house, 11)->merged_into)->is_user);
  g_assert_false (row (house, row (house, 14)->merged_into)->is_user);
}

/* --- popups --- */

static gboolean
report (House *house, guint64 id, JtPopupOutcome outcome, const char *detail)
{
  gboolean is_known = jt_outbox_report (house->outbox, ALICE, id, outcome, detail, NULL);

  await (house);
  return is_known;
}

static void
log_in (House *house)
{
  jt_outbox_add_agent (house->outbox, ALICE, "alice");
  await (house);
}

static void
test_popup (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  fail (house, job);
  assert_popups (house, "");
  assert_channel (house, "desktop", "no-agent", "");
  log_in (house);
  assert_popups (house, "1 failed");
  assert_row (house, 1, "sending");
  g_assert_true (report (house, 1, JT_POPUP_SHOWN, ""));
  assert_row (house, 1, "delivered");
  g_assert_true (report (house, 1, JT_POPUP_ACTION, "show-log"));
  g_assert_cmpstr (row (house, 1)->detail, ==, "action: show-log");
  g_assert_false (report (house, 1, JT_POPUP_SHOWN, ""));
  g_assert_false (report (house, 77, JT_POPUP_SHOWN, ""));
  fail (house, job);
  assert_popups (house, "2 failed");
  assert_channel (house, "desktop", "ok", "");
}

static void
test_popup_summary (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  fail_times (house, job, 3);
  log_in (house);
  assert_popups (house, "4 summary");
  assert_rows (house, "1 failed user:alice desktop merged\n2 failed user:alice desktop merged\n3 failed user:alice desktop merged\n"
                      "4 summary user:alice desktop sending");
  g_assert_cmpuint (row (house, 4)->count, ==, 3);
  /* The agent goes without a word; what comes meanwhile is summed up, but the summary stays what it is. */
  jt_outbox_remove_agent (house->outbox, ALICE);
  await (house);
  assert_row (house, 4, "waiting");
  g_assert_cmpuint (row (house, 4)->ambiguous, ==, 1);
  fail_times (house, job, 2);
  log_in (house);
  assert_popups (house, "4 summary, 7 summary");
}

static void
test_popup_each (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, ALICE, "{'away-summary': <false>}");
  fail_times (house, job, 3);
  log_in (house);
  assert_popups (house, "1 failed, 2 failed, 3 failed");
}

/* More than are shown at a time: the others follow as the agent tells of the first. */
static void
test_popup_many (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, ALICE, "{'away-summary': <false>}");
  fail_times (house, job, 25);
  log_in (house);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_SENDING), ==, 20);
  for (guint64 id = 1; id <= 25; id++)
    g_assert_true (report (house, id, JT_POPUP_SHOWN, ""));
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_DELIVERED), ==, 25);
}

static void
test_popup_failed (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  log_in (house);
  fail (house, job);
  assert_popups (house, "1 failed");
  report (house, 1, JT_POPUP_FAILED, "no server");
  assert_row (house, 1, "waiting");
  g_assert_cmpstr (row (house, 1)->reason, ==, "no server");
  assert_popups (house, "");
  pass (house, 70 * SECOND);
  assert_popups (house, "1 failed");
}

static void
test_popup_silent (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  log_in (house);
  fail (house, job);
  assert_popups (house, "1 failed");
  pass (house, 59 * SECOND);
  /* One that comes meanwhile does not make it wait for longer. */
  fail (house, job);
  assert_popups (house, "2 failed");
  pass (house, SECOND);
  assert_popups (house, "1 failed");
  g_assert_cmpuint (row (house, 1)->ambiguous, ==, 1);
  g_assert_cmpuint (row (house, 2)->ambiguous, ==, 0);
  report (house, 1, JT_POPUP_SHOWN, "");
  report (house, 2, JT_POPUP_SHOWN, "");
  pass (house, HOUR);
  assert_popups (house, "");
}

static void
test_popup_held (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, ALICE, "{'timezone': <'UTC'>, 'quiet-hours': <'22:00-07:00'>}");
  log_in (house);
  fail (house, job);
  assert_popups (house, "");
  pass (house, 7 * HOUR);
  assert_popups (house, "1 failed");
}

/* What waits is an account's: not that of whoever has its name by now, and still its own under another. */
static void
test_popup_renamed (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  fail (house, job);
  jt_outbox_add_agent (house->outbox, BOB, "alice");
  await (house);
  assert_popups (house, "");
  assert_row (house, 1, "waiting");
  jt_outbox_add_agent (house->outbox, ALICE, "alicia");
  await (house);
  assert_popups (house, "1 failed");
}

/* --- reminders --- */

static void
test_reminders (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);
  guint64 run;

  prefer (house, ALICE, "{" BY_MAIL ", 'remind-every': <uint64 3600000000>}");
  run = fail (house, job);
  pass (house, HOUR);
  pass (house, HOUR);
  assert_rows (house, "1 failed user:alice email delivered\n2 failed user:alice email delivered\n3 failed user:alice email delivered");
  g_assert_true (g_str_has_prefix (row (house, 3)->message_id, "<run1.failed.reminder2."));
  g_assert_nonnull (strstr (jt_fake_channels_get_message (channels_of (house), 3)->subject, "reminder 2"));
  jt_tracker_acknowledge_run_async (house->base.tracker, (JtRun *) run_of (&house->base, run), "alice", "", NULL, NULL, NULL);
  pass (house, 10 * HOUR);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_DELIVERED), ==, 3);
}

/* A night of quiet hours ends with one mail, and not with one for each hour of it. */
static void
test_reminder_quiet (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, ALICE, "{" BY_MAIL ", 'remind-every': <uint64 3600000000>, 'timezone': <'UTC'>, 'quiet-hours': <'00:00-07:00; 08:00-12:00'>}");
  fail (house, job);
  for (guint i = 0; i < 7; i++)
    pass (house, HOUR);
  assert_rows (house, "1 failed user:alice email delivered");
  /* The first reminder is due at 8:00, and told at 12:00, and so are the others. */
  for (guint i = 0; i < 5; i++)
    pass (house, HOUR);
  assert_rows (house, "1 failed user:alice email delivered\n2 failed user:alice email delivered");
  pass (house, HOUR);
  assert_rows (house, "1 failed user:alice email delivered\n2 failed user:alice email delivered\n3 failed user:alice email delivered");
}

/* What falls due while the job is muted comes when it no longer is. */
static void
test_reminder_muted (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, ALICE, "{" BY_MAIL ", 'remind-every': <uint64 3600000000>}");
  fail (house, job);
  jt_tracker_mute_job_async (house->base.tracker, job, NOW + 2 * HOUR + 30 * MINUTE, NULL, NULL, NULL);
  pass (house, HOUR);
  pass (house, HOUR);
  assert_rows (house, "1 failed user:alice email delivered");
  pass (house, 30 * MINUTE);
  assert_rows (house, "1 failed user:alice email delivered\n2 failed user:alice email delivered");
}

/* Whom nobody mutes any more is reminded of at once, also where a start of the service came between. */
static void
test_reminder_unmuted (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, ALICE, "{" BY_MAIL ", 'remind-every': <uint64 3600000000>}");
  fail (house, job);
  jt_tracker_mute_job_async (house->base.tracker, job, NOW + DAY, NULL, NULL, NULL);
  await (house);
  close_house (house);
  open_house (house, TRUE);
  pass (house, 3 * HOUR);
  assert_rows (house, "1 failed user:alice email delivered");
  jt_tracker_mute_job_async (house->base.tracker, job, 0, NULL, NULL, NULL);
  pass (house, SECOND);
  assert_rows (house, "1 failed user:alice email delivered\n2 failed user:alice email delivered");
}

/* Set while the trouble is there already. */
static void
test_reminder_wanted_later (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, ALICE, "{" BY_MAIL "}");
  fail (house, job);
  prefer (house, ALICE, "{" BY_MAIL ", 'remind-every': <uint64 3600000000>}");
  pass (house, HOUR);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_DELIVERED), ==, 2);
}

static void
test_escalation (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, BOB, "{'email': <'bob@example.com'>, 'default-channels': <['email']>}");
  prefer (house, ALICE, "{" BY_MAIL ", 'escalate-after': <uint64 7200000000>, 'escalate-to': <['user:bob', 'email:boss@example.com']>}");
  fail (house, job);
  pass (house, HOUR);
  assert_rows (house, "1 failed user:alice email delivered");
  pass (house, HOUR);
  assert_rows (house, "1 failed user:alice email delivered\n2 failed user:bob email delivered\n3 failed email:boss@example.com email delivered");
  pass (house, 10 * HOUR);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_DELIVERED), ==, 3);
}

/* Who was told of trouble because nobody had answered is told when it is over, once, and nothing of what comes between. */
static void
test_end_of_escalation (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, BOB, "{'email': <'bob@example.com'>, 'default-channels': <['email']>, 'remind-every': <uint64 18000000000>}");
  prefer (house, ALICE, "{" BY_MAIL ", 'escalate-after': <uint64 7200000000>, 'escalate-to': <['user:bob', 'email:boss@example.com']>}");
  fail (house, job);
  pass (house, 2 * HOUR);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_DELIVERED), ==, 3);
  fail (house, job);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_DELIVERED), ==, 4);
  /* (bob wants to be reminded) */
  pass (house, 5 * HOUR);
  assert_rows (house, "1 failed user:alice email delivered\n2 failed user:bob email delivered\n3 failed email:boss@example.com email delivered\n"
                      "4 failed user:alice email delivered\n5 failed user:bob email delivered");
  succeed (house, job);
  succeed (house, job);
  assert_rows (house, "1 failed user:alice email delivered\n2 failed user:bob email delivered\n3 failed email:boss@example.com email delivered\n"
                      "4 failed user:alice email delivered\n5 failed user:bob email delivered\n6 recovered user:alice email delivered\n"
                      "7 recovered email:boss@example.com email delivered\n8 recovered user:bob email delivered");
  pass (house, 10 * HOUR);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_DELIVERED), ==, 8);
}

/* What is on record says why it was told again, and why to somebody else. */
static void
test_why_again (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, BOB, "{'email': <'bob@example.com'>, 'rules': <[{'channels': <['email']>}]>}");
  prefer (house, ALICE, "{" BY_MAIL ", 'remind-every': <uint64 3600000000>, 'escalate-after': <uint64 7200000000>, 'escalate-to': <['user:bob']>}");
  fail (house, job);
  pass (house, HOUR);
  g_assert_cmpstr (row (house, 2)->rule, ==, "reminder 1, for nobody has acknowledged it: the default rule tells by email");
  pass (house, HOUR);
  g_assert_cmpstr (row (house, 3)->rule, ==, "escalated by user:alice, for nobody has acknowledged it: rule 1 (everything) tells by email");
}

/* --- asked for --- */

static guint64
test_channel (House *house, const char *channel, const char *address, GError **error)
{
  GAsyncResult *result = NULL;
  guint64 id;

  jt_outbox_test_async (house->outbox, ALICE, "alice", channel, address, NULL, store_result, &result);
  await_answer (house, &result);
  id = jt_outbox_test_finish (house->outbox, result, error);
  g_object_unref (result);
  await (house);
  return id;
}

static void
test_test (House *house, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint64 id = test_channel (house, "email", "me@example.com", &error);

  g_assert_no_error (error);
  assert_sent (house, "email: 1");
  g_assert_cmpuint (id, ==, 1);
  assert_row (house, 1, "delivered");
  g_assert_cmpuint (test_channel (house, "chat", NULL, &error), ==, 0);
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_cmpuint (test_channel (house, "email", NULL, &error), ==, 0);
  g_assert_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT);
  /* Nobody can flood an address with them, and none becomes part of a digest. */
  for (guint i = 0; i < 14; i++)
    test_channel (house, "email", "me@example.com", NULL);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_DELIVERED), ==, 10);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_WAITING), ==, 5);
  pass (house, MINUTE);
  g_assert_cmpuint (count_rows (house, JT_DELIVERY_DELIVERED), ==, 15);
}

/* A loop of them does not fill the record. */
static void
test_too_many_tests (House *house, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 20; i++)
    g_assert_cmpuint (test_channel (house, "email", "me@example.com", NULL), !=, 0);
  g_assert_cmpuint (test_channel (house, "email", "me@example.com", &error), ==, 0);
  g_assert_error (error, JT_ERROR, JT_ERROR_QUOTA_EXCEEDED);
  pass (house, 10 * MINUTE);
  g_assert_cmpuint (test_channel (house, "email", "me@example.com", NULL), !=, 0);
}

/* Nor does it keep trying a server that wants to be left alone. */
static void
test_pause_holds (House *house, gconstpointer data)
{
  allow_warnings (TRUE);
  jt_fake_channels_break (channels_of (house), "email", "closed for today");
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *sent = NULL;

      test_channel (house, "email", "me@example.com", NULL);
      sent = jt_fake_channels_take_log (channels_of (house));
      g_assert_true (g_str_has_prefix (sent, "email: "));
    }
  test_channel (house, "email", "me@example.com", NULL);
  assert_sent (house, "");
  allow_warnings (FALSE);
  assert_channel (house, "email", "paused", "closed for today");
}

static gboolean
retry (House *house, guint64 id, GError **error)
{
  GAsyncResult *result = NULL;
  gboolean is_done;

  jt_outbox_retry_async (house->outbox, row (house, id), NULL, store_result, &result);
  await_answer (house, &result);
  is_done = jt_outbox_retry_finish (house->outbox, result, error);
  g_object_unref (result);
  await (house);
  return is_done;
}

static void
test_retry (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);
  g_autoptr (GError) error = NULL;

  prefer (house, ALICE, "{" BY_MAIL "}");
  allow_warnings (TRUE);
  script (house, NULL, JT_OUTCOME_REFUSED, "550 no");
  fail (house, job);
  allow_warnings (FALSE);
  assert_row (house, 1, "failed");
  script (house, NULL, JT_OUTCOME_DELIVERED, "ok");
  g_assert_true (retry (house, 1, &error));
  assert_row (house, 1, "delivered");
  g_assert_false (retry (house, 1, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_WRONG_STATE);
}

/* What is under way is not sent twice. */
static void
test_retry_under_way (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);
  g_autoptr (GError) error = NULL;
  g_autoptr (JtDelivery) as_it_was = NULL;

  prefer (house, ALICE, "{" BY_MAIL "}");
  script (house, NULL, JT_OUTCOME_RETRY, "451 later");
  fail (house, job);
  as_it_was = jt_delivery_ref (row (house, 1));
  script (house, NULL, JT_OUTCOME_DELIVERED, "250 ok");
  jt_fake_channels_hold (channels_of (house), TRUE);
  pass (house, 2 * MINUTE);
  assert_row (house, 1, "sending");
  {
    GAsyncResult *result = NULL;

    jt_outbox_retry_async (house->outbox, as_it_was, NULL, store_result, &result);
    await_answer (house, &result);
    g_assert_false (jt_outbox_retry_finish (house->outbox, result, &error));
    g_object_unref (result);
  }
  g_assert_error (error, JT_ERROR, JT_ERROR_WRONG_STATE);
  assert_row (house, 1, "sending");
  jt_fake_channels_hold (channels_of (house), FALSE);
  await (house);
  assert_row (house, 1, "delivered");
  g_assert_cmpuint (jt_fake_channels_count (channels_of (house), 1), ==, 2);
}

/* What was kept silent is told after all to whoever asks for it. */
static void
test_retry_suppressed (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);
  g_autoptr (GError) error = NULL;

  prefer (house, ALICE, "{" BY_MAIL "}");
  jt_tracker_mute_job_async (house->base.tracker, job, NOW + DAY, NULL, NULL, NULL);
  await (house);
  fail (house, job);
  assert_row (house, 1, "suppressed");
  assert_sent (house, "");
  g_assert_true (retry (house, 1, &error));
  assert_sent (house, "email: 1");
  assert_row (house, 1, "delivered");
  g_assert_null (row (house, 1)->reason);
}

/* What was missing may be there by now; where it is not, that is said. */
static void
test_retry_without (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", "{'shell': <'true'>, 'notify': <['webhook:chat', 'user:bob']>}");
  g_autoptr (GError) error = NULL;

  prefer (house, ALICE, "{'rules': <[{'channels': <@as []>}]>}");
  prefer (house, BOB, "{'rules': <[{'events': <['failed']>, 'channels': <['mail2']>}]>}");
  jt_fake_channels_add (channels_of (house), "mail2", "email");
  jt_outbox_reload (house->outbox);
  fail (house, job);
  assert_rows (house, "1 failed webhook:chat chat failed\n2 failed user:bob mail2 failed");
  g_assert_false (retry (house, 1, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_WRONG_STATE);
  g_assert_nonnull (strstr (error->message, "there is no channel 'chat'"));
  g_clear_error (&error);
  g_assert_false (retry (house, 2, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_WRONG_STATE);
  g_assert_nonnull (strstr (error->message, "no e-mail address"));
  g_clear_error (&error);
  prefer (house, BOB, "{'email': <'bob@example.com'>}");
  g_assert_true (retry (house, 2, &error));
  assert_row (house, 2, "delivered");
  g_assert_cmpstr (jt_fake_channels_get_message (channels_of (house), 2)->address, ==, "bob@example.com");
}

/* Also one that is in backoff, at once. */
static void
test_retry_waiting (House *house, gconstpointer data)
{
  guint64 job = add (house, "j", PLAIN);

  prefer (house, ALICE, "{" BY_MAIL "}");
  script (house, NULL, JT_OUTCOME_RETRY, "451 later");
  fail (house, job);
  script (house, NULL, JT_OUTCOME_DELIVERED, "ok");
  g_assert_true (retry (house, 1, NULL));
  assert_row (house, 1, "delivered");
}

/* --- very many --- */

/* A hundred thousand wait for a recipient who cannot be reached: a run costs the record no more than without them. */
static void
test_many (House *house, gconstpointer data)
{
  JtFakeStore *store = JT_FAKE_STORE (house->base.store);
  guint64 job = add (house, "j", "{'shell': <'true'>, 'notify': <['none']>}");
  JtChange *change = jt_change_new ();
  guint n_commits;
  guint n_questions;

  for (guint i = 0; i < 100000; i++)
    {
      g_autoptr (JtDelivery) delivery = jt_notifier_make_test (house->notifier, ALICE, "alice", "email", "full@example.com");

      g_free (delivery->event);
      delivery->event = g_strdup ("failed");
      jt_change_put_delivery (change, delivery);
    }
  jt_fake_channels_script (channels_of (house), NULL, JT_OUTCOME_RETRY, "452 mailbox full", DAY, FALSE, FALSE);
  jt_tracker_commit_async (house->base.tracker, change, NULL, NULL, NULL);
  await (house);
  /* Somebody is told of something, so that the outbox looks. */
  g_signal_emit_by_name (house->base.tracker, "told");
  await (house);
  n_commits = jt_fake_store_count_commits (store);
  n_questions = jt_fake_store_count_questions (store);
  g_assert_cmpuint (n_commits, <, 20);
  succeed (house, job);
  g_assert_cmpuint (jt_fake_store_count_commits (store) - n_commits, <=, 4);
  g_assert_cmpuint (jt_fake_store_count_questions (store) - n_questions, ==, 0);
  g_signal_emit_by_name (house->base.tracker, "told");
  await (house);
  g_assert_cmpuint (jt_fake_store_count_questions (store) - n_questions, <=, 4);
  g_assert_cmpuint (jt_fake_store_count_commits (store) - n_commits, <=, 4);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/outbox/" path, House, "outbox", house_set_up, func, house_tear_down)
  ADD ("delivered", test_delivered);
  ADD ("recorded-first", test_recorded_first);
  ADD ("refused", test_refused);
  ADD ("backoff", test_backoff);
  ADD ("after", test_after);
  ADD ("expires", test_expires);
  ADD ("overdue", test_overdue);
  ADD ("overdue-held", test_overdue_held);
  ADD ("crowd", test_crowd);
  ADD ("clock-set-back", test_clock_set_back);
  ADD ("oldest-first", test_oldest_first);
  ADD ("oldest-first-restarted", test_oldest_first_restarted);
  ADD ("asked-goes-first", test_asked_goes_first);
  ADD ("one-recipient-dead", test_one_recipient_dead);
  ADD ("channel-pauses", test_channel_pauses);
  ADD ("vain", test_vain);
  ADD ("vain-for-all", test_vain_for_all);
  ADD ("channel-fails", test_channel_fails);
  ADD ("failing-is-shown", test_failing_is_shown);
  ADD ("goes-alone", test_goes_alone);
  ADD ("gone", test_gone);
  ADD ("rest-ends", test_rest_ends);
  ADD ("dead-channel-alone", test_dead_channel_alone);
  ADD ("killed", test_killed);
  ADD ("held-back", test_held_back);
  ADD ("killed-with-many", test_killed_with_many);
  ADD ("ambiguous-verdict", test_ambiguous_verdict);
  ADD ("storage-fails", test_storage_fails);
  ADD ("quiet-hours", test_quiet_hours);
  ADD ("quiet-hours-one", test_quiet_hours_one);
  ADD ("digest", test_digest);
  ADD ("digest-whole", test_digest_whole);
  ADD ("storm", test_storm);
  ADD ("storm-goes-on", test_storm_goes_on);
  ADD ("digest-throttled", test_digest_throttled);
  ADD ("storm-killed", test_storm_killed);
  ADD ("storm-of-two", test_storm_of_two);
  ADD ("popup", test_popup);
  ADD ("popup-summary", test_popup_summary);
  ADD ("popup-each", test_popup_each);
  ADD ("popup-many", test_popup_many);
  ADD ("popup-failed", test_popup_failed);
  ADD ("popup-silent", test_popup_silent);
  ADD ("popup-held", test_popup_held);
  ADD ("popup-renamed", test_popup_renamed);
  ADD ("reminders", test_reminders);
  ADD ("reminder-quiet", test_reminder_quiet);
  ADD ("reminder-muted", test_reminder_muted);
  ADD ("reminder-unmuted", test_reminder_unmuted);
  ADD ("reminder-wanted-later", test_reminder_wanted_later);
  ADD ("escalation", test_escalation);
  ADD ("end-of-escalation", test_end_of_escalation);
  ADD ("why-again", test_why_again);
  ADD ("test", test_test);
  ADD ("too-many-tests", test_too_many_tests);
  ADD ("pause-holds", test_pause_holds);
  ADD ("retry", test_retry);
  ADD ("retry-suppressed", test_retry_suppressed);
  ADD ("retry-without", test_retry_without);
  ADD ("retry-under-way", test_retry_under_way);
  ADD ("retry-waiting", test_retry_waiting);
  ADD ("many", test_many);
  return g_test_run ();
}
