/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-fake-accounts.h"
#include "jt-fake-channels.h"
#include "jt-outbox.h"
#include "tracker-fixture.h"

/* A tracker that tells, and what it tells by, between fakes. Included once per test program. */

#define BOB 1001
#define BY_MAIL "'email': <'alice@example.com'>, 'default-channels': <['email']>"

typedef struct
{
  Fixture     base;
  JtAccounts *accounts;
  JtNotifier *notifier;
  JtChannels *channels;
  JtComposer *composer;
  JtOutbox   *outbox;
  GString    *popups; /* "12 failed, 13 recovered" */
} House;

static inline void
on_popup (JtOutbox *outbox, guint uid, guint64 id, GVariant *notification, gpointer user_data)
{
  House *house = user_data;
  const char *event = "";

  g_assert_cmpuint (uid, ==, ALICE);
  g_variant_lookup (notification, "event", "&s", &event);
  g_string_append_printf (house->popups, "%s%" G_GUINT64_FORMAT " %s", house->popups->len > 0 ? ", " : "", id, event);
}

/* Texts are made on the pool, and whoever waits for them keeps the outbox: nobody does but the batches that a channel holds back. */
static inline gboolean
is_quiet (House *house)
{
  return house->outbox == NULL
         || G_OBJECT (house->outbox)->ref_count <= 1 + jt_fake_channels_count_waiting (JT_FAKE_CHANNELS (house->channels));
}

static inline void
await (House *house)
{
  settle (&house->base);
  while (!is_quiet (house))
    {
      g_main_context_iteration (NULL, TRUE);
      settle (&house->base);
    }
}

static inline void
open_house (House *house, gboolean has_outbox)
{
  Fixture *base = &house->base;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  house->notifier = jt_notifier_new (base->clock, house->accounts);
  jt_notifier_set_domain (house->notifier, "web1.example.com");
  base->tracker = jt_tracker_new (base->clock, base->store, base->executor, base->config, "boot-1");
  jt_tracker_set_notifier (base->tracker, house->notifier);
  g_signal_connect (base->tracker, "event", G_CALLBACK (on_event), base);
  if (has_outbox)
    {
      house->composer = jt_composer_new (base->store, base->executor, house->notifier, "web1.example.com");
      house->outbox = jt_outbox_new (base->tracker, house->notifier, house->channels, house->composer);
      g_signal_connect (house->outbox, "popup", G_CALLBACK (on_popup), house);
    }
  else
    {
      GHashTable *ages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      GHashTable *mail = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      gint64 age_usec = 2 * DAY;

      g_hash_table_insert (ages, g_strdup ("email"), g_memdup2 (&age_usec, sizeof age_usec));
      g_hash_table_add (mail, g_strdup ("email"));
      jt_notifier_set_channels (house->notifier, ages, mail);
    }
  jt_tracker_start_async (base->tracker, NULL, store_result, &result);
  await (house);
  jt_tracker_start_finish (base->tracker, result, &error);
  g_assert_no_error (error);
}

static inline void
close_house (House *house)
{
  await (house);
  if (house->outbox != NULL)
    jt_outbox_stop (house->outbox);
  g_clear_object (&house->outbox);
  g_clear_object (&house->composer);
  stop_tracker (&house->base);
  g_clear_object (&house->notifier);
}

static inline void
house_set_up (House *house, gconstpointer data)
{
  Fixture *base = &house->base;
  g_autoptr (GError) error = NULL;

  base->clock = jt_fake_clock_new (NOW);
  base->store = jt_fake_store_new ();
  base->executor = jt_fake_executor_new ();
  jt_fake_executor_set_clock (JT_FAKE_EXECUTOR (base->executor), base->clock);
  base->machine = jt_fake_surroundings_new ();
  base->config = jt_config_load (NULL, FALSE, &error);
  g_assert_no_error (error);
  base->events = g_string_new (NULL);
  house->accounts = jt_fake_accounts_new ();
  house->channels = jt_fake_channels_new ();
  house->popups = g_string_new (NULL);
  open_house (house, data != NULL);
}

static inline void
house_tear_down (House *house, gconstpointer data)
{
  close_house (house);
  g_object_unref (house->channels);
  g_object_unref (house->accounts);
  g_object_unref (house->base.executor);
  g_object_unref (house->base.machine);
  g_object_unref (house->base.store);
  g_object_unref (house->base.clock);
  jt_config_unref (house->base.config);
  g_string_free (house->base.events, TRUE);
  g_string_free (house->popups, TRUE);
}

/* Until a call is answered. (What it answers with keeps the outbox, so that it is to be let go before await().) */
static inline void
await_answer (House *house, GAsyncResult **result)
{
  settle (&house->base);
  while (*result == NULL)
    {
      g_main_context_iteration (NULL, TRUE);
      settle (&house->base);
    }
}

/* A storage that fails says so. */
static inline void
allow_warnings (gboolean are_allowed)
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | (are_allowed ? 0 : G_LOG_LEVEL_WARNING) | G_LOG_FATAL_MASK);
}

static inline void
pass (House *house, gint64 usec)
{
  advance (&house->base, usec);
  await (house);
}

/* @text: a{sv} as GVariant text. */
static inline void
prefer (House *house, guint32 uid, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) values = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
  g_autoptr (JtPreferences) preferences = NULL;
  JtChange *change = jt_change_new ();

  g_assert_no_error (error);
  preferences = jt_preferences_new (values, &error);
  g_assert_no_error (error);
  jt_notifier_put_preferences (house->notifier, change, uid, preferences);
  jt_tracker_commit_async (house->base.tracker, change, NULL, NULL, NULL);
  await (house);
}

static inline guint64
add (House *house, const char *name, const char *settings)
{
  guint64 job = add_job (&house->base, name, settings);

  await (house);
  return job;
}

/* A run that has begun. */
static inline guint64
begin_run (House *house, guint64 job)
{
  guint64 run = start_job (&house->base, job);

  jt_fake_executor_start_all (JT_FAKE_EXECUTOR (house->base.executor));
  await (house);
  return run;
}

static inline guint64
run_once (House *house, guint64 job, int exit_code)
{
  guint64 run = begin_run (house, job);

  finish (&house->base, run, 1, exit_code);
  await (house);
  return run;
}

static inline guint64
fail (House *house, guint64 job)
{
  return run_once (house, job, 1);
}

static inline guint64
succeed (House *house, guint64 job)
{
  return run_once (house, job, 0);
}

/* Oldest first: "1 failed user:alice desktop waiting". (transfer full) */
static inline char *
list_rows (House *house)
{
  g_autoptr (GPtrArray) deliveries = jt_fake_store_list_deliveries (JT_FAKE_STORE (house->base.store));
  GString *text = g_string_new (NULL);

  for (guint i = deliveries->len; i > 0; i--)
    {
      const JtDelivery *delivery = g_ptr_array_index (deliveries, i - 1);

      g_string_append_printf (text, "%s%" G_GUINT64_FORMAT " %s %s %s %s", text->len > 0 ? "\n" : "", delivery->id, delivery->event,
                              delivery->recipient, delivery->channel, jt_delivery_state_to_string (delivery->state));
    }
  return g_string_free (text, FALSE);
}

static inline JtDelivery *
row (House *house, guint64 id)
{
  JtDelivery *delivery = jt_fake_store_get_delivery (JT_FAKE_STORE (house->base.store), id);

  g_assert_nonnull (delivery);
  return delivery;
}

static inline guint
count_rows (House *house, JtDeliveryState state)
{
  g_autoptr (GPtrArray) deliveries = jt_fake_store_list_deliveries (JT_FAKE_STORE (house->base.store));
  guint count = 0;

  for (guint i = 0; i < deliveries->len; i++)
    count += ((JtDelivery *) deliveries->pdata[i])->state == state;
  return count;
}

#define assert_rows(house, expected) \
  G_STMT_START \
  { \
    g_autofree char *rows_ = list_rows (house); \
    g_assert_cmpstr (rows_, ==, expected); \
  } \
  G_STMT_END

#define assert_row(house, id, expected) \
  g_assert_cmpstr (jt_delivery_state_to_string (row (house, id)->state), ==, expected)

#define assert_sent(house, expected) \
  G_STMT_START \
  { \
    g_autofree char *sent_ = jt_fake_channels_take_log (JT_FAKE_CHANNELS ((house)->channels)); \
    g_assert_cmpstr (sent_, ==, expected); \
  } \
  G_STMT_END

#define assert_popups(house, expected) \
  G_STMT_START \
  { \
    g_assert_cmpstr ((house)->popups->str, ==, expected); \
    g_string_truncate ((house)->popups, 0); \
  } \
  G_STMT_END
