/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Texts of deliveries: whose templates, in which language, with which headers. */

#include "notify-fixture.h"

#define PLAIN "{'shell': <'true'>, 'schedule': <['*-*-* 02:30']>}"

static void
on_composed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(JtMessage **) user_data = jt_composer_compose_finish (JT_COMPOSER (source), result, NULL);
}

/* (transfer full) */
static JtMessage *
compose (House *house, JtDelivery *delivery, JtFamily family)
{
  JtMessage *message = NULL;

  jt_composer_compose_async (house->composer, delivery, family, NULL, on_composed, &message);
  settle (&house->base);
  while (message == NULL)
    {
      g_main_context_iteration (NULL, TRUE);
      settle (&house->base);
    }
  return message;
}

/* The delivery by mail of a failure of one job of alice. */
static JtDelivery *
make_failure (House *house, const char *more_preferences)
{
  g_autofree char *preferences = g_strdup_printf ("{" BY_MAIL ", 'timezone': <'UTC'>%s}", more_preferences);
  guint64 job = add (house, "backup", PLAIN);

  prefer (house, ALICE, preferences);
  fail (house, job);
  return row (house, 1);
}

static const char *
find_header (const JtMessage *message, const char *name)
{
  const char *found = NULL;

  for (guint i = 0; i + 1 < message->headers->len; i += 2)
    if (g_str_equal (message->headers->pdata[i], name))
      {
        g_assert_null (found);
        found = message->headers->pdata[i + 1];
      }
  return found;
}

static void
put_template (House *house, const char *name, const char *text)
{
  JtChange *change = jt_change_new ();

  jt_change_put_template (change, ALICE, name, text, NOW);
  jt_tracker_commit_async (house->base.tracker, change, NULL, NULL, NULL);
  await (house);
  jt_composer_forget_user (house->composer, ALICE);
}

#define assert_in(text, part) \
  G_STMT_START \
  { \
    if (strstr (text, part) == NULL) \
      g_error ("no '%s' in: %s", part, text); \
  } \
  G_STMT_END

static void
test_mail (House *house, gconstpointer data)
{
  JtDelivery *delivery = make_failure (house, "");
  g_autoptr (JtMessage) message = compose (house, delivery, JT_FAMILY_EMAIL);

  g_assert_cmpuint (message->id, ==, 1);
  g_assert_cmpstr (message->message_id, ==, delivery->message_id);
  g_assert_cmpstr (message->channel, ==, "email");
  g_assert_cmpstr (message->event, ==, "failed");
  g_assert_cmpstr (message->severity, ==, "error");
  g_assert_cmpstr (message->address, ==, "alice@example.com");
  g_assert_cmpstr (message->recipient_name, ==, "alice");
  g_assert_cmpint (message->recipient_uid, ==, ALICE);
  g_assert_cmpint (message->created_usec, ==, NOW);
  g_assert_nonnull (message->job);
  g_assert_nonnull (message->run);
  g_assert_null (message->links);
  assert_in (message->subject, "backup");
  g_assert_null (strpbrk (message->subject, "\r\n"));
  assert_in (message->text, "exit code 1");
  /* (the end of the log) */
  assert_in (message->text, "log");
  assert_in (message->html, "backup");
}

static void
test_headers (House *house, gconstpointer data)
{
  JtDelivery *delivery;
  g_autoptr (JtMessage) message = NULL;

  jt_composer_set_addresses (house->composer, "https://jobs.example.com", "web1.example.com");
  delivery = make_failure (house, "");
  message = compose (house, delivery, JT_FAMILY_EMAIL);
  g_assert_cmpstr (find_header (message, "Auto-Submitted"), ==, "auto-generated");
  g_assert_cmpstr (find_header (message, "List-Id"), ==, "<job1.jobtracker.web1.example.com>");
  g_assert_cmpstr (find_header (message, "In-Reply-To"), ==, "<job1@web1.example.com>");
  g_assert_cmpstr (find_header (message, "References"), ==, "<job1@web1.example.com>");
  g_assert_null (find_header (message, "Precedence"));
  g_assert_nonnull (message->links);
  assert_in (message->text, "https://jobs.example.com/?run=1");
}

/* A test is about no job, and begins no thread. */
static void
test_headers_of_test (House *house, gconstpointer data)
{
  g_autoptr (JtDelivery) delivery = jt_notifier_make_test (house->notifier, ALICE, "alice", "email", "alice@example.com");
  g_autoptr (JtMessage) message = compose (house, delivery, JT_FAMILY_EMAIL);

  g_assert_cmpstr (find_header (message, "Auto-Submitted"), ==, "auto-generated");
  g_assert_null (find_header (message, "List-Id"));
  g_assert_null (find_header (message, "References"));
  g_assert_nonnull (message->subject);
  g_assert_nonnull (message->text);
}

static void
test_families (House *house, gconstpointer data)
{
  JtDelivery *delivery = make_failure (house, "");
  g_autoptr (JtMessage) popup = compose (house, delivery, JT_FAMILY_POPUP);
  g_autoptr (JtMessage) chat = compose (house, delivery, JT_FAMILY_CHAT);

  assert_in (popup->subject, "backup");
  g_assert_nonnull (popup->text);
  g_assert_null (popup->html);
  assert_in (chat->text, "backup");
  assert_in (chat->subject, "backup");
  g_assert_null (chat->html);
}

static void
test_language (House *house, gconstpointer data)
{
  JtDelivery *delivery = make_failure (house, ", 'language': <'de_AT'>");
  g_autoptr (JtMessage) message = compose (house, delivery, JT_FAMILY_EMAIL);

  g_assert_cmpstr (message->language, ==, "de_AT");
  assert_in (message->text, "gescheitert");
}

static void
test_own_template (House *house, gconstpointer data)
{
  JtDelivery *delivery = make_failure (house, "");
  g_autoptr (JtMessage) before = compose (house, delivery, JT_FAMILY_EMAIL);
  g_autoptr (JtMessage) mine = NULL;
  g_autoptr (JtMessage) after = NULL;

  put_template (house, "email/failed.subject", "Oh no, {{job.name}} ({{run.exit}})");
  mine = compose (house, delivery, JT_FAMILY_EMAIL);
  g_assert_cmpstr (mine->subject, ==, "Oh no, backup (exit code 1)");
  g_assert_cmpstr (mine->text, ==, before->text);
  put_template (house, "email/failed.subject", NULL);
  after = compose (house, delivery, JT_FAMILY_EMAIL);
  g_assert_cmpstr (after->subject, ==, before->subject);
}

/* One that cannot be written out is passed over, and somebody is told all the same. */
static void
test_bad_template (House *house, gconstpointer data)
{
  JtDelivery *delivery = make_failure (house, "");
  g_autoptr (JtMessage) message = NULL;

  put_template (house, "email/failed.text", "{{#job}}never closed");
  allow_warnings (TRUE);
  message = compose (house, delivery, JT_FAMILY_EMAIL);
  allow_warnings (FALSE);
  assert_in (message->text, "exit code 1");
}

static void
test_administrators_template (House *house, gconstpointer data)
{
  JtDelivery *delivery = make_failure (house, "");
  GHashTable *templates = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (JtMessage) message = NULL;

  g_hash_table_insert (templates, g_strdup ("email/failed.subject"), g_strdup ("[corp] {{job.name}}"));
  jt_composer_set_templates (house->composer, templates);
  message = compose (house, delivery, JT_FAMILY_EMAIL);
  g_assert_cmpstr (message->subject, ==, "[corp] backup");
}

static void
test_repeat (House *house, gconstpointer data)
{
  g_autoptr (JtDelivery) delivery = jt_delivery_copy (make_failure (house, ""));
  g_autoptr (JtMessage) message = NULL;

  delivery->ambiguous = 1;
  message = compose (house, delivery, JT_FAMILY_EMAIL);
  g_assert_true (message->is_repeat);
  g_assert_cmpstr (message->message_id, ==, row (house, 1)->message_id);
}

/* Whose facts are gone is told what is left. */
static void
test_without_facts (House *house, gconstpointer data)
{
  g_autoptr (JtDelivery) delivery = jt_delivery_copy (make_failure (house, ""));
  g_autoptr (JtMessage) message = NULL;

  jt_delivery_set_facts (delivery, NULL);
  message = compose (house, delivery, JT_FAMILY_EMAIL);
  assert_in (message->subject, "backup");
  g_assert_nonnull (message->text);
}

int
main (int argc, char *argv[])
{
  /* What the service itself speaks is English here. */
  g_setenv ("LANGUAGE", "en", TRUE);
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/composer/" path, House, "outbox", house_set_up, func, house_tear_down)
  ADD ("mail", test_mail);
  ADD ("headers", test_headers);
  ADD ("headers-of-test", test_headers_of_test);
  ADD ("families", test_families);
  ADD ("language", test_language);
  ADD ("own-template", test_own_template);
  ADD ("bad-template", test_bad_template);
  ADD ("administrators-template", test_administrators_template);
  ADD ("repeat", test_repeat);
  ADD ("without-facts", test_without_facts);
  return g_test_run ();
}
