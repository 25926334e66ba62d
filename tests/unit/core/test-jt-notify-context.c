/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* What templates are given of each event, against the table of what they may speak of. */

#include "jt-news.h"
#include "jt-notify-context.h"

#include "jt-template-keys.h"

#define SECOND G_GINT64_CONSTANT (1000000)
#define MINUTE (60 * SECOND)
#define NOW (1767225600 * SECOND) /* 2026-01-01T00:00:00Z */

typedef struct
{
  JtJob      *job;
  JtJobStatus status;
  JtRun      *run;
  JtRollup   *past;
  JtZone     *zone;
} World;

static JtAttempt *
make_attempt (guint number, JtRunState state, int exit_code, const char *reason)
{
  JtAttempt *attempt = jt_attempt_new ();

  attempt->number = number;
  attempt->state = state;
  attempt->exit_code = exit_code;
  attempt->started_usec = NOW - (10 - 5 * (gint64) (number - 1)) * MINUTE;
  attempt->finished_usec = attempt->started_usec + 4 * MINUTE;
  attempt->reason = g_strdup (reason);
  return attempt;
}

static JtRun *
make_run (void)
{
  JtRun *run = jt_run_new ();

  run->id = 42;
  run->job = 7;
  run->job_name = g_strdup ("backup");
  run->owner = 1000;
  run->state = JT_RUN_FAILED;
  run->trigger = JT_TRIGGER_SCHEDULE;
  run->attempt = 2;
  run->max_attempts = 3;
  run->scheduled_usec = NOW - 10 * MINUTE;
  run->started_usec = NOW - 10 * MINUTE;
  run->finished_usec = NOW;
  run->next_attempt_usec = NOW + MINUTE;
  run->exit_code = 3;
  run->reason = g_strdup ("exit code 3");
  run->cause = g_strdup ("unit:web.service:failed");
  run->message = g_strdup ("copied 1 of 3");
  run->cpu_usec = 63 * (guint64) SECOND;
  run->memory_peak_bytes = 412 * 1024 * 1024;
  run->log_size_bytes = 18 * 1024;
  g_ptr_array_add (run->attempts, make_attempt (1, JT_RUN_FAILED, 3, "exit code 3"));
  g_ptr_array_add (run->attempts, make_attempt (2, JT_RUN_SUCCEEDED, 0, NULL));
  return run;
}

static void
set_up (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) settings = g_variant_parse (G_VARIANT_TYPE_VARDICT,
    "{'command': <['/usr/bin/backup', '--full']>, 'description': <'Copies /srv'>, 'tags': <['nightly', 'db']>, 'schedule': <['*-*-* 02:30']>}",
    NULL, NULL, &error);

  g_assert_no_error (error);
  world->job = jt_job_new ();
  world->job->id = 7;
  world->job->revision = 1;
  world->job->owner = 1000;
  world->job->owner_name = g_strdup ("alice");
  world->job->name = g_strdup ("backup");
  world->job->settings = jt_settings_new (settings, &error);
  g_assert_no_error (error);
  world->status = (JtJobStatus) { .next_elapse_usec = NOW + 60 * MINUTE, .streak = -2, .last_run = 42, .last_state = JT_RUN_FAILED,
                                  .turned_usec = NOW - 28 * 60 * MINUTE, .phase_usec = 28 * 60 * MINUTE };
  world->run = make_run ();
  world->past = jt_rollup_new ();
  for (guint i = 0; i < 98; i++)
    jt_rollup_add (world->past, &(JtSample) { .state = JT_RUN_SUCCEEDED, .times = 1, .duration_usec = 5 * MINUTE, .lateness_usec = -1 });
  jt_rollup_add (world->past, &(JtSample) { .state = JT_RUN_FAILED, .times = 1, .duration_usec = MINUTE, .lateness_usec = -1 });
  world->zone = jt_zone_get ("Europe/Berlin", &error);
  g_assert_no_error (error);
}

static void
tear_down (World *world, gconstpointer data)
{
  jt_job_unref (world->job);
  jt_run_unref (world->run);
  jt_rollup_free (world->past);
  jt_zone_unref (world->zone);
}

static JtDelivery *
make_delivery (World *world, JtNotifyEvent event, JtRun *run)
{
  JtDelivery *delivery = jt_delivery_new ();
  JtNews news = { .event = event, .at_usec = NOW, .job = world->job, .status = &world->status, .run = run };

  if (event == JT_NOTIFY_LATE)
    news.expected_usec = NOW - MINUTE;
  delivery->id = 1;
  delivery->event = g_strdup (jt_notify_event_to_string (event));
  delivery->severity = g_strdup (jt_severity_to_string (jt_notify_event_get_severity (event)));
  delivery->job = 7;
  delivery->run = run != NULL ? run->id : 0;
  delivery->job_name = g_strdup ("backup");
  delivery->is_user = TRUE;
  delivery->user = 1000;
  delivery->user_name = g_strdup ("alice");
  delivery->recipient = g_strdup ("user:alice");
  delivery->channel = g_strdup ("email");
  delivery->address = g_strdup ("alice@example.com");
  delivery->created_usec = NOW;
  jt_delivery_set_facts (delivery, jt_news_make_facts (&news));
  return delivery;
}

static GVariant *
make_context (World *world, const JtDelivery *delivery, const char *log, GPtrArray *entries)
{
  JtContextParts parts = { .zone = world->zone, .language = "de", .host = "web1", .gateway_url = "https://jobs.example.com", .rollup = world->past,
                           .log = log, .entries = entries };

  return g_variant_ref_sink (jt_notify_context_new (delivery, &parts));
}

/* "run.attempts.number" in @context, of the first where there are several. (transfer full) (nullable) */
static GVariant *
look_up (GVariant *context, const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, ".", -1);
  g_autoptr (GVariant) at = g_variant_ref (context);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_autoptr (GVariant) within = g_steal_pointer (&at);
      g_autoptr (GVariant) first = NULL;

      if (g_variant_is_of_type (within, G_VARIANT_TYPE ("aa{sv}")))
        {
          if (g_variant_n_children (within) == 0)
            return NULL;
          first = g_variant_get_child_value (within, 0);
        }
      at = g_variant_lookup_value (first != NULL ? first : within, parts[i], NULL);
      if (at == NULL)
        return NULL;
    }
  return g_steal_pointer (&at);
}

static void
assert_text (GVariant *context, const char *name, const char *expected)
{
  g_autoptr (GVariant) value = look_up (context, name);
  g_autofree char *text = NULL;

  if (value == NULL)
    {
      g_assert_cmpstr (name, ==, expected); /* (shows which) */
      return;
    }
  text = g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) ? g_variant_dup_string (value, NULL) : g_variant_print (value, FALSE);
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_absent (GVariant *context, const char *name)
{
  g_autoptr (GVariant) value = look_up (context, name);

  g_assert_null (value);
}

/* --- every key --- */

/* What stands in @context is in the table, with that type; each is noted in @seen. */
static void
check_known (GVariant *context, const char *prefix, GHashTable *seen)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, context);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autofree char *name = g_strconcat (prefix, key, NULL);
      g_autofree char *inner = g_strconcat (name, ".", NULL);
      const JtTemplateKey *known = jt_template_key_find (name, -1);

      if (known == NULL)
        g_error ("%s is not in the table", name);
      g_assert_cmpstr (g_variant_get_type_string (value), ==, known->type);
      g_hash_table_add (seen, g_steal_pointer (&name));
      if (known->kind == JT_TEMPLATE_GROUP)
        check_known (value, inner, seen);
      for (gsize i = 0; known->kind == JT_TEMPLATE_GROUPS && i < g_variant_n_children (value); i++)
        {
          g_autoptr (GVariant) each = g_variant_get_child_value (value, i);

          /* (of a digest they have the same names as outside) */
          check_known (each, g_str_equal (known->name, "digest.entries") ? "" : inner, seen);
        }
    }
}

static void
note_context (World *world, JtNotifyEvent event, JtRun *run, const char *log, GPtrArray *entries, GHashTable *seen)
{
  g_autoptr (JtDelivery) delivery = make_delivery (world, event, run);
  g_autoptr (GVariant) context = NULL;

  if (entries != NULL)
    delivery->count = entries->len + 1;
  context = make_context (world, delivery, log, entries);
  check_known (context, "", seen);
}

static void
test_every_key (World *world, gconstpointer data)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_delivery_unref);
  g_autoptr (JtRun) missed = jt_run_copy (world->run);
  guint n_unseen = 0;

  missed->state = JT_RUN_MISSED;
  missed->missed_count = 3;
  missed->missed_from_usec = NOW - MINUTE;
  missed->missed_to_usec = NOW;
  world->run->signal = 9;
  g_ptr_array_add (entries, make_delivery (world, JT_NOTIFY_FAILED, world->run));
  for (guint i = 0; i < JT_N_NOTIFY_EVENTS; i++)
    note_context (world, (JtNotifyEvent) i, i == JT_NOTIFY_LATE ? NULL : i == JT_NOTIFY_MISSED ? missed : world->run, "log\n",
                  i == JT_NOTIFY_DIGEST ? entries : NULL, seen);
  for (const JtTemplateKey *key = jt_template_keys (); key->name != NULL; key++)
    if (!g_hash_table_contains (seen, key->name))
      {
        g_test_message ("nobody fills %s", key->name);
        n_unseen++;
      }
  g_assert_cmpuint (n_unseen, ==, 0);
}

/* --- what stands there --- */

static void
test_failed (World *world, gconstpointer data)
{
  g_autoptr (JtDelivery) delivery = make_delivery (world, JT_NOTIFY_FAILED, world->run);
  g_autoptr (GVariant) context = make_context (world, delivery, "one\ntwo\n", NULL);

  assert_text (context, "event.name", "failed");
  assert_text (context, "event.at", "2026-01-01 01:00:00 CET");
  assert_text (context, "event.at-utc", "2026-01-01T00:00:00Z");
  assert_text (context, "event.is-failed", "true");
  assert_absent (context, "event.is-succeeded");
  assert_text (context, "event.is-bad", "true");
  assert_text (context, "job.next", "2026-01-01 02:00:00 CET");
  assert_text (context, "job.schedule", "*-*-* 02:30");
  assert_text (context, "run.duration", "10min");
  assert_text (context, "run.exit", "exit code 3");
  assert_text (context, "run.exit-code", "3");
  assert_absent (context, "run.signal");
  assert_text (context, "run.memory", "412.0\302\240MiB");
  assert_text (context, "run.attempts.number", "1");
  assert_text (context, "run.attempts.duration", "4min");
  assert_text (context, "run.attempts.is-good", "false");
  assert_text (context, "log.tail", "one\ntwo");
  assert_text (context, "log.lines", "2");
  assert_text (context, "log.is-cut", "false");
  assert_text (context, "statistics.runs", "99");
  assert_text (context, "statistics.success-rate", "98 %");
  assert_text (context, "statistics.times-usual", "2.0");
  assert_text (context, "statistics.is-slower", "true");
  assert_text (context, "statistics.bar", "100");
  assert_text (context, "statistics.failures-in-row", "2");
  assert_text (context, "statistics.down-for", "1d 4h");
  assert_text (context, "links.run", "https://jobs.example.com/?run=42");
  assert_text (context, "recipient.language", "de");
  assert_text (context, "timezone", "Europe/Berlin");
  assert_absent (context, "digest");
  assert_absent (context, "missed");
  assert_absent (context, "late");
}

/* An attempt without a reason does not have that of its run. */
static void
test_attempts (World *world, gconstpointer data)
{
  g_autoptr (JtDelivery) delivery = make_delivery (world, JT_NOTIFY_FAILED, world->run);
  g_autoptr (GVariant) context = make_context (world, delivery, NULL, NULL);
  g_autoptr (GVariant) attempts = look_up (context, "run.attempts");
  g_autoptr (GVariant) second = g_variant_get_child_value (attempts, 1);

  assert_text (second, "reason", "");
  assert_text (second, "exit", "exit code 0");
  assert_text (second, "exit-code", "0");
  assert_text (second, "signal", "");
  assert_text (second, "is-good", "true");
  assert_text (second, "is-timed-out", "false");
}

/* What languages other than English make their words of. */
static void
test_attempt_timed_out (World *world, gconstpointer data)
{
  JtAttempt *attempt = g_ptr_array_index (world->run->attempts, 0);
  g_autoptr (JtDelivery) delivery = NULL;
  g_autoptr (GVariant) context = NULL;

  attempt->state = JT_RUN_TIMED_OUT;
  attempt->exit_code = -1;
  attempt->signal = 15;
  delivery = make_delivery (world, JT_NOTIFY_FAILED, world->run);
  context = make_context (world, delivery, NULL, NULL);
  assert_text (context, "run.attempts.is-timed-out", "true");
  assert_text (context, "run.attempts.is-lost", "false");
  assert_text (context, "run.attempts.signal", "SIGTERM");
  assert_absent (context, "run.attempts.exit-code");
}

/* What has just begun has taken no time worth telling. */
static void
test_started (World *world, gconstpointer data)
{
  g_autoptr (JtDelivery) delivery = NULL;
  g_autoptr (GVariant) context = NULL;

  world->run->state = JT_RUN_RUNNING;
  world->run->started_usec = NOW - 500;
  world->run->finished_usec = 0;
  delivery = make_delivery (world, JT_NOTIFY_STARTED, world->run);
  context = make_context (world, delivery, NULL, NULL);
  assert_absent (context, "run.duration");
}

static void
test_signal (World *world, gconstpointer data)
{
  g_autoptr (JtDelivery) delivery = NULL;
  g_autoptr (GVariant) context = NULL;

  world->run->signal = 9;
  world->run->exit_code = -1;
  delivery = make_delivery (world, JT_NOTIFY_FAILED, world->run);
  context = make_context (world, delivery, NULL, NULL);
  assert_text (context, "run.exit", "signal 9 (SIGKILL)");
  assert_text (context, "run.signal", "SIGKILL");
  assert_absent (context, "run.exit-code");
}

static void
test_recovered (World *world, gconstpointer data)
{
  g_autoptr (JtDelivery) delivery = NULL;
  g_autoptr (GVariant) context = NULL;

  world->status.streak = 1;
  delivery = make_delivery (world, JT_NOTIFY_RECOVERED, world->run);
  context = make_context (world, delivery, NULL, NULL);
  assert_text (context, "event.is-good", "true");
  assert_text (context, "statistics.down-for", "1d 4h");
  assert_absent (context, "statistics.failures-in-row");
}

static void
test_without_gateway (World *world, gconstpointer data)
{
  g_autoptr (JtDelivery) delivery = make_delivery (world, JT_NOTIFY_FAILED, world->run);
  JtContextParts parts = { .zone = world->zone, .host = "web1" };
  g_autoptr (GVariant) context = g_variant_ref_sink (jt_notify_context_new (delivery, &parts));

  assert_absent (context, "links");
  assert_text (context, "log.has-text", "false");
}

static void
test_digest (World *world, gconstpointer data)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_delivery_unref);
  g_autoptr (JtDelivery) digest = make_delivery (world, JT_NOTIFY_DIGEST, NULL);
  g_autoptr (GVariant) context = NULL;

  g_ptr_array_add (entries, make_delivery (world, JT_NOTIFY_FAILED, world->run));
  g_ptr_array_add (entries, make_delivery (world, JT_NOTIFY_SUCCEEDED, world->run));
  ((JtDelivery *) entries->pdata[0])->created_usec = NOW - MINUTE;
  digest->count = 2;
  context = make_context (world, digest, NULL, entries);
  assert_text (context, "digest.count", "2");
  assert_text (context, "digest.failures", "1");
  assert_text (context, "digest.from", "2026-01-01 00:59:00 CET");
  assert_text (context, "digest.to", "2026-01-01 01:00:00 CET");
  assert_text (context, "digest.is-storm", "false");
  assert_text (context, "digest.entries.event.name", "failed");
  assert_text (context, "digest.entries.job.name", "backup");
  assert_text (context, "digest.entries.run.id", "42");
  assert_absent (context, "digest.entries.log");
  assert_absent (context, "digest.more");
}

/* --- what others have written --- */

static void
assert_cleaned (World *world, const char *log, const char *expected)
{
  g_autoptr (JtDelivery) delivery = make_delivery (world, JT_NOTIFY_FAILED, world->run);
  g_autoptr (GVariant) context = make_context (world, delivery, log, NULL);

  assert_text (context, "log.tail", expected);
}

static void
test_log_cleaned (World *world, gconstpointer data)
{
  assert_cleaned (world, "\033[1;31mred\033[0m text\n", "red text");
  assert_cleaned (world, "\033[>0c\033[1 q\033[?25lx\033(By\033=z\n", "xyz");
  assert_cleaned (world, "\033]0;title\aa\033]8;;http://x\033\\b\n", "ab");
  assert_cleaned (world, "end\033", "end");
  assert_cleaned (world, "end\033[", "end");
  assert_cleaned (world, "end\033]0;never closed", "end");
  assert_cleaned (world, "a\033", "a");
  assert_cleaned (world, "ab\xe2\x80\xaegnp.exe\xe2\x80\x8b!\n", "abgnp.exe!");
  assert_cleaned (world, "one\xe2\x80\xa8two\xe2\x80\xa9three\n", "onetwothree");
  assert_cleaned (world, "a\tb\bc\x7f\n", "a bc");
  assert_cleaned (world, "10%\r20%\r100%\r\nok\r\n", "100%\nok");
  assert_cleaned (world, "caf\xe9\n", "caf\xef\xbf\xbd");
  assert_cleaned (world, "gr\xc3\xbc\xc3\x9f\xe6\x97\xa5\n", "gr\xc3\xbc\xc3\x9f\xe6\x97\xa5");
}

static void
test_log_cut (World *world, gconstpointer data)
{
  g_autoptr (GString) log = g_string_new (NULL);
  g_autofree char *long_line = g_strnfill (1000, 'x');
  g_autoptr (JtDelivery) delivery = make_delivery (world, JT_NOTIFY_FAILED, world->run);
  g_autoptr (GVariant) context = NULL;
  g_autoptr (GVariant) tail = NULL;
  g_auto (GStrv) lines = NULL;

  for (guint i = 1; i <= 40; i++)
    g_string_append_printf (log, "line %u\n", i);
  g_string_append (log, long_line);
  context = make_context (world, delivery, log->str, NULL);
  assert_text (context, "log.is-cut", "true");
  assert_text (context, "log.lines", "30");
  tail = look_up (context, "log.tail");
  lines = g_strsplit (g_variant_get_string (tail, NULL), "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 30);
  g_assert_cmpstr (lines[0], ==, "line 12");
  g_assert_cmpint (g_utf8_strlen (lines[29], -1), ==, 401);
}

/* No value of a job begins a line of its own. */
static void
test_values_cleaned (World *world, gconstpointer data)
{
  g_autoptr (JtDelivery) delivery = NULL;
  g_autoptr (GVariant) context = NULL;

  g_free (world->run->message);
  world->run->message = g_strdup ("done\r\nBcc: eve@example.com\033[2J");
  delivery = make_delivery (world, JT_NOTIFY_FAILED, world->run);
  context = make_context (world, delivery, NULL, NULL);
  assert_text (context, "run.message", "done Bcc: eve@example.com");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/notify-context/" path, World, NULL, set_up, func, tear_down)
  ADD ("every-key", test_every_key);
  ADD ("failed", test_failed);
  ADD ("attempts", test_attempts);
  ADD ("attempt-timed-out", test_attempt_timed_out);
  ADD ("started", test_started);
  ADD ("signal", test_signal);
  ADD ("recovered", test_recovered);
  ADD ("without-gateway", test_without_gateway);
  ADD ("digest", test_digest);
  ADD ("log-cleaned", test_log_cleaned);
  ADD ("log-cut", test_log_cut);
  ADD ("values-cleaned", test_values_cleaned);
  return g_test_run ();
}
