/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <sqlite3.h>
#include <string.h>

#include "jt-db.h"
#include "jt-error.h"
#include "jt-fake-store.h"
#include "jt-store-deliveries.h"
#include "store-fixture.h"

/* Each test of what is answered asks the record and the fake store the same: core is tested on the one and works on the other. */

#define ALICE 1001
#define BOB 1002
#define CAROL 1003

/* --- questions as if they were synchronous --- */

static void
keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static void
commit (JtStore *store, JtChange *change)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  jt_store_commit_async (store, change, NULL, keep_result, &result);
  jt_store_commit_finish (store, wait_for (&result), &error);
  g_assert_no_error (error);
}

static JtStoreContents *
load (JtStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  JtStoreContents *contents;

  jt_store_load_async (store, NULL, keep_result, &result);
  contents = jt_store_load_finish (store, wait_for (&result), &error);
  g_assert_no_error (error);
  return contents;
}

static GPtrArray *
ask_open (JtStore *store, gboolean is_held, JtDueQuery *query)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *found;

  if (is_held)
    jt_store_list_held_async (store, query, NULL, keep_result, &result);
  else
    jt_store_list_due_deliveries_async (store, query, NULL, keep_result, &result);
  found = jt_store_list_due_deliveries_finish (store, wait_for (&result), &error);
  g_assert_no_error (error);
  return found;
}

static char *
name_ids (GPtrArray *deliveries)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < deliveries->len; i++)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i > 0 ? " " : "", ((JtDelivery *) g_ptr_array_index (deliveries, i))->id);
  return g_string_free (text, FALSE);
}

static JtDelivery *
ask_one (JtStore *store, guint64 id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  jt_store_get_delivery_async (store, id, NULL, keep_result, &result);
  return jt_store_get_delivery_finish (store, wait_for (&result), error);
}

static GPtrArray *
ask_list (JtStore *store, const JtDeliveryFilter *filter, guint64 before, guint limit)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *found;

  jt_store_list_deliveries_async (store, filter, before, limit, NULL, keep_result, &result);
  found = jt_store_list_deliveries_finish (store, wait_for (&result), &error);
  g_assert_no_error (error);
  return found;
}

/* "email 500 -; popup - 700": when something waiting may be tried, and something held is released. */
static char *
ask_next (JtStore *store, gint64 after_usec)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = NULL;
  GString *text = g_string_new (NULL);

  jt_store_next_delivery_async (store, after_usec, NULL, keep_result, &result);
  all = jt_store_next_delivery_finish (store, wait_for (&result), &error);
  g_assert_no_error (error);
  for (guint i = 0; i < all->len; i++)
    {
      const JtDeliveryTimes *times = g_ptr_array_index (all, i);

      g_string_append_printf (text, "%s%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, i > 0 ? "; " : "", times->channel, times->waiting_usec,
                              times->held_usec);
    }
  return g_string_free (text, FALSE);
}

static char *
name_counts (GPtrArray *counts)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < counts->len; i++)
    {
      const JtDeliveryCount *count = g_ptr_array_index (counts, i);

      if (count->count > 0)
        g_string_append_printf (text, "%s%s %s %" G_GUINT64_FORMAT, text->len > 0 ? ", " : "", count->channel,
                                jt_delivery_state_to_string (count->state), count->count);
    }
  return g_string_free (text, FALSE);
}

static char *
ask_counts (JtStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) counts = NULL;

  jt_store_count_deliveries_async (store, NULL, keep_result, &result);
  counts = jt_store_count_deliveries_finish (store, wait_for (&result), &error);
  g_assert_no_error (error);
  return name_counts (counts);
}

/* --- what is asked about --- */

static JtDelivery *
make_delivery (guint64 id, guint32 user, const char *recipient, const char *channel)
{
  JtDelivery *delivery = jt_delivery_new ();

  delivery->id = id;
  delivery->event = g_strdup ("failed");
  delivery->severity = g_strdup ("error");
  delivery->run = 100 + id;
  delivery->job = 1;
  delivery->job_name = g_strdup ("backup");
  delivery->owner = ALICE;
  delivery->is_user = user != 0;
  delivery->user = user;
  delivery->user_name = g_strdup (user == ALICE ? "alice" : "bob");
  delivery->recipient = g_strdup (recipient);
  delivery->channel = g_strdup (channel);
  delivery->created_usec = FIXTURE_START_USEC + (gint64) id;
  delivery->next_usec = FIXTURE_START_USEC;
  delivery->expires_usec = FIXTURE_START_USEC + DAY_USEC;
  delivery->message_id = g_strdup_printf ("<%" G_GUINT64_FORMAT "@web1>", id);
  return delivery;
}

static JtDelivery *
make_full (void)
{
  JtDelivery *delivery = make_delivery (7, BOB, "user:bob", "email");

  delivery->address = g_strdup ("bob@example.com");
  delivery->state = JT_DELIVERY_HELD;
  delivery->hold = g_strdup ("digest");
  delivery->attempts = 2;
  delivery->delivered_usec = 11;
  delivery->reason = g_strdup ("450 later");
  delivery->detail = g_strdup ("queued");
  delivery->rule = g_strdup ("rule 2");
  delivery->thread = g_strdup ("<job@web1>");
  delivery->merged_into = 9;
  delivery->count = 3;
  delivery->ambiguous = 1;
  g_assert_true (jt_delivery_set_facts (delivery, g_variant_new_parsed ("{'job': <{'name': <'backup'>}>, 'at': <uint64 7>}")));
  return delivery;
}

static void
put (JtStore *store, JtDelivery *delivery)
{
  JtChange *change = jt_change_new ();

  jt_change_put_delivery (change, delivery);
  commit (store, change);
}

/* @delivery as it is on record, in @state from @next_usec on. */
static void
put_state (JtStore *store, guint64 id, JtDeliveryState state, gint64 next_usec, const char *hold)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtDelivery) before = ask_one (store, id, &error);
  g_autoptr (JtDelivery) after = NULL;

  g_assert_no_error (error);
  after = jt_delivery_copy (before);
  after->state = state;
  after->next_usec = next_usec;
  g_free (after->hold);
  after->hold = g_strdup (hold);
  if (state == JT_DELIVERY_DELIVERED)
    after->delivered_usec = FIXTURE_START_USEC + 99;
  put (store, after);
}

/* 1 to 8: alice and bob in turn by mail; 9 and 10 popups for alice; 11 by mail to an address. */
static void
put_some (JtStore *store)
{
  JtChange *change = jt_change_new ();

  for (guint64 id = 1; id <= 11; id++)
    {
      gboolean is_alice = id % 2 == 1 || id == 10;
      g_autoptr (JtDelivery) delivery
          = id == 11 ? make_delivery (id, 0, "email:ops@example.com", "email")
                     : make_delivery (id, is_alice ? ALICE : BOB, is_alice ? "user:alice" : "user:bob", id > 8 ? "desktop" : "email");

      if (id == 8)
        delivery->job = 2;
      jt_change_put_delivery (change, delivery);
    }
  commit (store, change);
}

typedef struct
{
  StoreFixture real;
  JtStore     *store;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer is_fake)
{
  store_fixture_set_up (&fixture->real, NULL);
  store_fixture_open (&fixture->real);
  fixture->store = is_fake != NULL ? jt_fake_store_new () : g_object_ref (fixture->real.store);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->store);
  store_fixture_tear_down (&fixture->real, NULL);
}

/* --- tests of both --- */

static void
assert_same (const JtDelivery *a, const JtDelivery *b)
{
  g_autoptr (GVariant) row_a = g_variant_ref_sink (jt_delivery_to_row (a));
  g_autoptr (GVariant) row_b = g_variant_ref_sink (jt_delivery_to_row (b));
  g_autofree char *text_a = g_variant_print (row_a, TRUE);
  g_autofree char *text_b = g_variant_print (row_b, TRUE);

  g_assert_cmpstr (text_a, ==, text_b);
  g_assert_cmpstr (a->thread, ==, b->thread);
  g_assert_cmpint (a->is_user, ==, b->is_user);
  g_assert_cmpuint (a->user, ==, b->user);
  g_assert_true (g_variant_equal (a->facts, b->facts));
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JtDelivery) delivery = make_full ();
  g_autoptr (JtDelivery) found = NULL;
  g_autoptr (JtDelivery) none = NULL;
  g_autoptr (GError) error = NULL;

  put (fixture->store, delivery);
  found = ask_one (fixture->store, 7, &error);
  g_assert_no_error (error);
  assert_same (found, delivery);
  none = ask_one (fixture->store, 8, &error);
  g_assert_null (none);
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_FOUND);
}

static void
expect_counts (JtStore *store, const char *expected)
{
  g_autofree char *counts = ask_counts (store);

  g_assert_cmpstr (counts, ==, expected);
}

/* It is there with what it tells, or not at all. */
static void
test_all_or_nothing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JtJob) job = store_fixture_make_job (1, ALICE, "backup", NULL);

  for (guint64 id = 1; id <= 2; id++)
    {
      JtChange *change = jt_change_new ();
      g_autoptr (JtDelivery) delivery = make_delivery (id, BOB, "user:bob", "email");
      g_autoptr (JtDelivery) found = NULL;
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      gboolean is_first = id == 1;

      jt_change_put_job (change, job);
      jt_change_put_delivery (change, delivery);
      jt_change_add_occurrence (change, 1, "boot:a", "run", 101);
      jt_store_commit_async (fixture->store, change, NULL, keep_result, &result);
      g_assert_cmpint (jt_store_commit_finish (fixture->store, wait_for (&result), &error), ==, is_first);
      g_clear_error (&error);
      found = ask_one (fixture->store, id, &error);
      g_assert_cmpint (found != NULL, ==, is_first);
    }
  expect_counts (fixture->store, "email waiting 1");
}

/* An update without the facts leaves them, and later facts do not change what was true then. */
static void
test_facts_stay (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JtDelivery) delivery = make_full ();
  g_autoptr (JtDelivery) later = jt_delivery_copy (delivery);
  g_autoptr (JtDelivery) bare = jt_delivery_copy (delivery);
  g_autoptr (JtDelivery) found = NULL;
  g_autoptr (GError) error = NULL;

  put (fixture->store, delivery);
  jt_delivery_set_facts (later, g_variant_new_parsed ("{'job': <'another'>}"));
  put (fixture->store, later);
  jt_delivery_set_facts (bare, NULL);
  bare->attempts = 5;
  put (fixture->store, bare);
  found = ask_one (fixture->store, 7, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->attempts, ==, 5);
  g_assert_true (g_variant_equal (found->facts, delivery->facts));
}

static void
expect_open (JtStore *store, gboolean is_held, JtDueQuery *query, const char *expected)
{
  g_autoptr (GPtrArray) found = ask_open (store, is_held, query);
  g_autofree char *ids = name_ids (found);

  g_assert_cmpstr (ids, ==, expected);
}

static void
test_due (Fixture *fixture, gconstpointer data)
{
  JtDueQuery *query;

  put_some (fixture->store);
  put_state (fixture->store, 2, JT_DELIVERY_SENDING, FIXTURE_START_USEC, NULL);
  put_state (fixture->store, 3, JT_DELIVERY_HELD, FIXTURE_START_USEC, "throttle");
  put_state (fixture->store, 4, JT_DELIVERY_WAITING, FIXTURE_START_USEC + 60, NULL);
  expect_open (fixture->store, FALSE, jt_due_query_new ("email", FIXTURE_START_USEC, 100), "1 5 6 7 8 11");
  expect_open (fixture->store, FALSE, jt_due_query_new ("email", FIXTURE_START_USEC + 60, 3), "1 4 5");
  expect_open (fixture->store, FALSE, jt_due_query_new ("desktop", FIXTURE_START_USEC, 100), "9 10");
  expect_open (fixture->store, FALSE, jt_due_query_new ("chat", FIXTURE_START_USEC, 100), "");
  query = jt_due_query_new ("email", FIXTURE_START_USEC, 2);
  query->after = 5;
  expect_open (fixture->store, FALSE, query, "6 7");
  query = jt_due_query_new ("email", FIXTURE_START_USEC, 100);
  query->recipient = g_strdup ("user:bob");
  expect_open (fixture->store, FALSE, query, "6 8");
}

/* One with very many cannot keep the others waiting. */
static void
test_turns (Fixture *fixture, gconstpointer data)
{
  JtDueQuery *query;

  put_some (fixture->store);
  query = jt_due_query_new ("email", FIXTURE_START_USEC, 100);
  query->each = 2;
  expect_open (fixture->store, FALSE, query, "11 1 3 2 4");
  query = jt_due_query_new ("email", FIXTURE_START_USEC, 2);
  query->each = 3;
  expect_open (fixture->store, FALSE, query, "11 1");
  query = jt_due_query_new ("email", FIXTURE_START_USEC, 100);
  query->each = 3;
  query->after_recipient = g_strdup ("user:alice");
  expect_open (fixture->store, FALSE, query, "2 4 6");
}

static void
put_tried (JtStore *store, guint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtDelivery) before = ask_one (store, id, &error);
  g_autoptr (JtDelivery) after = NULL;

  g_assert_no_error (error);
  after = jt_delivery_copy (before);
  after->attempts = 2;
  put (store, after);
}

/* Who waits for another try stands in front of what came later, for the same recipient. */
static void
test_elders (Fixture *fixture, gconstpointer data)
{
  JtDueQuery *query;

  put_some (fixture->store);
  for (guint64 id = 3; id <= 8; id++)
    put_state (fixture->store, id, JT_DELIVERY_WAITING, FIXTURE_START_USEC + (id == 7 ? 0 : 30), NULL);
  put_tried (fixture->store, 3);
  put_tried (fixture->store, 8);
  query = jt_due_query_new ("email", FIXTURE_START_USEC, 4);
  query->each = 10;
  query->wants_elders = TRUE;
  /* (4, 5 and 6 were not tried, and nothing is younger than 8) */
  expect_open (fixture->store, FALSE, query, "11 3 1 7 2");
  query = jt_due_query_new ("email", FIXTURE_START_USEC, 4);
  query->each = 1;
  query->wants_elders = TRUE;
  expect_open (fixture->store, FALSE, query, "11 1 2");
}

/* Popups are those of an account. */
static void
test_of_user (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JtDelivery) renamed = make_delivery (12, ALICE, "user:alicia", "desktop");
  g_autoptr (JtDelivery) namesake = make_delivery (13, CAROL, "user:alice", "desktop");

  put_some (fixture->store);
  put (fixture->store, renamed);
  put (fixture->store, namesake);
  expect_open (fixture->store, FALSE, jt_due_query_new_for_user (ALICE, FIXTURE_START_USEC, 100), "9 10 12");
  expect_open (fixture->store, FALSE, jt_due_query_new_for_user (CAROL, FIXTURE_START_USEC, 100), "13");
  put_state (fixture->store, 10, JT_DELIVERY_HELD, FIXTURE_START_USEC, "digest");
  put_state (fixture->store, 12, JT_DELIVERY_DELIVERED, FIXTURE_START_USEC, NULL);
  expect_open (fixture->store, FALSE, jt_due_query_new_for_user (ALICE, FIXTURE_START_USEC, 100), "9");
  expect_open (fixture->store, TRUE, jt_due_query_new_for_user (ALICE, FIXTURE_START_USEC, 100), "10");
}

/* Whatever is written later, by whoever had read it before. */
static void
test_delivered_stays (Fixture *fixture, gconstpointer data)
{
  put_some (fixture->store);
  put_state (fixture->store, 1, JT_DELIVERY_DELIVERED, 0, NULL);
  put_state (fixture->store, 1, JT_DELIVERY_WAITING, FIXTURE_START_USEC, NULL);
  put_state (fixture->store, 2, JT_DELIVERY_MERGED, 0, NULL);
  put_state (fixture->store, 2, JT_DELIVERY_EXPIRED, 0, NULL);
  put_state (fixture->store, 3, JT_DELIVERY_EXPIRED, 0, NULL);
  put_state (fixture->store, 3, JT_DELIVERY_WAITING, FIXTURE_START_USEC, NULL);
  expect_counts (fixture->store, "desktop waiting 2, email waiting 7, email delivered 1, email merged 1");
}

static void
test_sending (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autofree char *ids = NULL;
  JtDueQuery *query = jt_due_query_new ("email", G_MAXINT64, 2);

  put_some (fixture->store);
  for (guint64 id = 2; id <= 9; id += 2)
    put_state (fixture->store, id, JT_DELIVERY_SENDING, FIXTURE_START_USEC, NULL);
  query->after = 2;
  jt_store_list_sending_async (fixture->store, query, NULL, keep_result, &result);
  found = jt_store_list_sending_finish (fixture->store, wait_for (&result), NULL);
  ids = name_ids (found);
  g_assert_cmpstr (ids, ==, "4 6");
}

static void
test_held (Fixture *fixture, gconstpointer data)
{
  JtDueQuery *query;

  put_some (fixture->store);
  put_state (fixture->store, 1, JT_DELIVERY_HELD, FIXTURE_START_USEC + 50, "quiet-hours");
  put_state (fixture->store, 2, JT_DELIVERY_HELD, FIXTURE_START_USEC + 40, "digest");
  put_state (fixture->store, 3, JT_DELIVERY_HELD, FIXTURE_START_USEC + 60, "digest");
  expect_open (fixture->store, TRUE, jt_due_query_new ("email", G_MAXINT64, 100), "1 2 3");
  expect_open (fixture->store, TRUE, jt_due_query_new ("email", FIXTURE_START_USEC + 50, 100), "1 2");
  query = jt_due_query_new ("email", G_MAXINT64, 100);
  query->hold = g_strdup ("digest");
  expect_open (fixture->store, TRUE, query, "2 3");
  query = jt_due_query_new ("email", G_MAXINT64, 100);
  query->hold = g_strdup ("digest");
  query->recipient = g_strdup ("user:alice");
  expect_open (fixture->store, TRUE, query, "3");
  query = jt_due_query_new ("email", FIXTURE_START_USEC + 50, 1);
  query->wants_first_due = TRUE;
  expect_open (fixture->store, TRUE, query, "2");
}

static void
expect_next (JtStore *store, gint64 after_usec, const char *expected)
{
  g_autofree char *next = ask_next (store, after_usec);

  g_assert_cmpstr (next, ==, expected);
}

static void
test_next (Fixture *fixture, gconstpointer data)
{
  put_some (fixture->store);
  expect_next (fixture->store, -1, "desktop 1700000000000000 0; email 1700000000000000 0");
  put_state (fixture->store, 1, JT_DELIVERY_HELD, FIXTURE_START_USEC + 50, "quiet-hours");
  put_state (fixture->store, 2, JT_DELIVERY_HELD, FIXTURE_START_USEC + 40, "digest");
  put_state (fixture->store, 3, JT_DELIVERY_WAITING, FIXTURE_START_USEC + 30, NULL);
  put_state (fixture->store, 4, JT_DELIVERY_SENDING, FIXTURE_START_USEC + 20, NULL);
  expect_next (fixture->store, FIXTURE_START_USEC, "email 1700000000000030 1700000000000040");
  expect_next (fixture->store, FIXTURE_START_USEC + 40, "email 0 1700000000000050");
  expect_next (fixture->store, FIXTURE_START_USEC + 50, "");
}

static void
expire (JtStore *store, gint64 before_usec, guint limit)
{
  JtChange *change = jt_change_new ();

  jt_change_expire_deliveries (change, before_usec, limit);
  commit (store, change);
}

/* What is still open stays whatever its age, and so does the newest, for its id. */
static void
test_expire (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JtDelivery) gone = NULL;
  g_autoptr (JtStoreContents) contents = NULL;
  g_autoptr (GError) error = NULL;

  put_some (fixture->store);
  for (guint64 id = 3; id <= 11; id++)
    put_state (fixture->store, id, id % 2 == 1 ? JT_DELIVERY_DELIVERED : JT_DELIVERY_FAILED, 0, NULL);
  expire (fixture->store, FIXTURE_START_USEC + 5, 100);
  expect_counts (fixture->store, "desktop delivered 1, desktop failed 1, email waiting 2, email delivered 3, email failed 2");
  expire (fixture->store, G_MAXINT64, 2);
  expect_counts (fixture->store, "desktop delivered 1, desktop failed 1, email waiting 2, email delivered 2, email failed 1");
  expire (fixture->store, G_MAXINT64, 100);
  expect_counts (fixture->store, "email waiting 2, email delivered 1");
  gone = ask_one (fixture->store, 5, &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_FOUND);
  contents = load (fixture->store);
  g_assert_cmpuint (contents->last_delivery_id, ==, 11);
}

static void
expect_list (JtStore *store, const JtDeliveryFilter *filter, guint64 before, guint limit, const char *expected)
{
  g_autoptr (GPtrArray) found = ask_list (store, filter, before, limit);
  g_autofree char *ids = name_ids (found);

  g_assert_cmpstr (ids, ==, expected);
}

static void
test_list (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JtDeliveryFilter) all = jt_delivery_filter_new (0);
  g_autoptr (JtDeliveryFilter) filter = jt_delivery_filter_new (0);

  put_some (fixture->store);
  put_state (fixture->store, 5, JT_DELIVERY_FAILED, 0, NULL);
  expect_list (fixture->store, all, 0, 100, "11 10 9 8 7 6 5 4 3 2 1");
  expect_list (fixture->store, all, 5, 2, "4 3");
  filter->states = 1u << JT_DELIVERY_FAILED;
  expect_list (fixture->store, filter, 0, 100, "5");
  filter->channel = g_strdup ("email");
  expect_list (fixture->store, filter, 0, 100, "5");
  filter->states |= 1u << JT_DELIVERY_WAITING;
  filter->user = ALICE;
  expect_list (fixture->store, filter, 0, 100, "7 5 3 1");
  filter->since_usec = FIXTURE_START_USEC + 3;
  filter->until_usec = FIXTURE_START_USEC + 7;
  expect_list (fixture->store, filter, 0, 100, "5 3");
  filter->event = g_strdup ("late");
  expect_list (fixture->store, filter, 0, 100, "");
}

static void
test_list_by_number (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JtDeliveryFilter) by_job = jt_delivery_filter_new (0);
  g_autoptr (JtDeliveryFilter) by_run = jt_delivery_filter_new (0);
  g_autoptr (JtDeliveryFilter) by_digest = jt_delivery_filter_new (0);
  g_autoptr (JtDeliveryFilter) by_recipient = jt_delivery_filter_new (0);
  g_autoptr (JtDelivery) merged = make_full ();

  put_some (fixture->store);
  merged->id = 12;
  put (fixture->store, merged);
  by_job->job = 2;
  expect_list (fixture->store, by_job, 0, 100, "8");
  by_run->run = 108;
  expect_list (fixture->store, by_run, 0, 100, "8");
  by_run->job = 1;
  expect_list (fixture->store, by_run, 0, 100, "");
  by_digest->merged_into = 9;
  expect_list (fixture->store, by_digest, 0, 100, "12");
  by_recipient->recipient = g_strdup ("email:ops@example.com");
  expect_list (fixture->store, by_recipient, 0, 100, "11");
}

/* Whom it is for, the job's owner, and the administrator. */
static void
test_viewers (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JtDeliveryFilter) alice = jt_delivery_filter_new (ALICE);
  g_autoptr (JtDeliveryFilter) bob = jt_delivery_filter_new (BOB);
  g_autoptr (JtDeliveryFilter) carol = jt_delivery_filter_new (CAROL);
  g_autoptr (JtDelivery) foreign = make_delivery (12, ALICE, "user:alice", "email");

  put_some (fixture->store);
  foreign->owner = CAROL;
  put (fixture->store, foreign);
  expect_list (fixture->store, alice, 0, 100, "12 11 10 9 8 7 6 5 4 3 2 1");
  expect_list (fixture->store, alice, 11, 3, "10 9 8");
  expect_list (fixture->store, bob, 0, 100, "8 6 4 2");
  expect_list (fixture->store, carol, 0, 100, "12");
  bob->job = 1;
  expect_list (fixture->store, bob, 0, 100, "6 4 2");
  carol->run = 101;
  expect_list (fixture->store, carol, 0, 100, "");
  bob->job = 0;
  bob->user = ALICE;
  expect_list (fixture->store, bob, 0, 100, "");
}

static void
test_list_facts (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JtDeliveryFilter) filter = jt_delivery_filter_new (0);
  g_autoptr (JtDelivery) delivery = make_full ();
  g_autoptr (GPtrArray) without = NULL;
  g_autoptr (GPtrArray) with = NULL;

  put (fixture->store, delivery);
  without = ask_list (fixture->store, filter, 0, 100);
  g_assert_null (((JtDelivery *) g_ptr_array_index (without, 0))->facts);
  filter->wants_facts = TRUE;
  with = ask_list (fixture->store, filter, 0, 100);
  assert_same (g_ptr_array_index (with, 0), delivery);
}

/* What is to be done is only counted when all is loaded. */
static void
test_contents (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JtDelivery) full = make_full ();
  g_autoptr (JtStoreContents) contents = NULL;
  gint64 last_usec = 0;

  full->id = 12;
  put_some (fixture->store);
  put (fixture->store, full);
  put_state (fixture->store, 12, JT_DELIVERY_SENDING, FIXTURE_START_USEC, NULL);
  put_state (fixture->store, 9, JT_DELIVERY_SENDING, FIXTURE_START_USEC, NULL);
  put_state (fixture->store, 2, JT_DELIVERY_SENDING, FIXTURE_START_USEC, NULL);
  put_state (fixture->store, 1, JT_DELIVERY_DELIVERED, 0, NULL);
  contents = load (fixture->store);
  g_assert_cmpuint (contents->last_delivery_id, ==, 12);
  for (guint i = 0; i < contents->counts->len; i++)
    last_usec = MAX (last_usec, ((JtDeliveryCount *) g_ptr_array_index (contents->counts, i))->last_usec);
  g_assert_cmpint (last_usec, ==, FIXTURE_START_USEC + 99);
}

static void
test_preferences (Fixture *fixture, gconstpointer data)
{
  JtChange *change = jt_change_new ();
  g_autoptr (JtStoreContents) contents = NULL;
  g_autofree char *text = NULL;

  jt_change_put_preferences (change, ALICE, g_variant_new_parsed ("{'digest': <'hourly'>}"), 5);
  jt_change_put_preferences (change, ALICE, g_variant_new_parsed ("{'digest': <'daily@08:00'>, 'enabled': <true>}"), 6);
  jt_change_put_preferences (change, BOB, g_variant_new_parsed ("{'enabled': <false>}"), 6);
  jt_change_put_preferences (change, BOB, NULL, 7);
  commit (fixture->store, change);
  contents = load (fixture->store);
  g_assert_cmpuint (g_hash_table_size (contents->preferences), ==, 1);
  text = g_variant_print (g_hash_table_lookup (contents->preferences, GUINT_TO_POINTER (ALICE)), FALSE);
  g_assert_cmpstr (text, ==, "{'digest': <'daily@08:00'>, 'enabled': <true>}");
}

static char *
ask_template (JtStore *store, guint32 uid, const char *name, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  jt_store_get_template_async (store, uid, name, NULL, keep_result, &result);
  return jt_store_get_template_finish (store, wait_for (&result), error);
}

static void
test_templates (Fixture *fixture, gconstpointer data)
{
  JtChange *change = jt_change_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *none = NULL;

  jt_change_put_template (change, ALICE, "popup/default.title", "{{job.name}}", 4);
  jt_change_put_template (change, ALICE, "email/failed.subject", "old", 5);
  jt_change_put_template (change, ALICE, "email/failed.subject", "{{job.name}} failed", 6);
  jt_change_put_template (change, ALICE, "email/failed.text", "gone", 6);
  jt_change_put_template (change, ALICE, "email/failed.text", NULL, 7);
  jt_change_put_template (change, BOB, "email/late.text", "bob's", 7);
  commit (fixture->store, change);
  text = ask_template (fixture->store, ALICE, "email/failed.subject", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "{{job.name}} failed");
  none = ask_template (fixture->store, ALICE, "email/late.text", &error);
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_FOUND);
  g_clear_error (&error);
  jt_store_list_templates_async (fixture->store, ALICE, NULL, keep_result, &result);
  entries = jt_store_list_templates_finish (fixture->store, wait_for (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 2);
  g_assert_cmpstr (((JtTemplateEntry *) g_ptr_array_index (entries, 0))->name, ==, "email/failed.subject");
  g_assert_cmpint (((JtTemplateEntry *) g_ptr_array_index (entries, 0))->changed_usec, ==, 6);
}

static void
put_episode (JtChange *change, guint64 job, const char *recipient, guint reminders)
{
  g_autoptr (JtEpisode) episode = jt_episode_new (job, recipient, "failed");

  episode->user = ALICE;
  episode->run = 42;
  episode->told_usec = 1;
  episode->reminded_usec = 2;
  episode->reminders = reminders;
  episode->escalated_usec = 3;
  episode->acknowledged_by = g_strdup ("alice");
  jt_change_put_episode (change, episode);
}

static void
test_episodes (Fixture *fixture, gconstpointer data)
{
  JtChange *change = jt_change_new ();
  g_autoptr (JtStoreContents) contents = NULL;
  const JtEpisode *episode;

  put_episode (change, 1, "user:alice", 1);
  put_episode (change, 1, "user:alice", 2);
  put_episode (change, 1, "user:bob", 1);
  put_episode (change, 2, "user:alice", 1);
  put_episode (change, 2, "user:bob", 1);
  jt_change_end_episode (change, 1, "user:bob");
  jt_change_end_episode (change, 2, NULL);
  commit (fixture->store, change);
  contents = load (fixture->store);
  g_assert_cmpuint (contents->episodes->len, ==, 1);
  episode = g_ptr_array_index (contents->episodes, 0);
  g_assert_cmpuint (episode->job, ==, 1);
  g_assert_cmpstr (episode->recipient, ==, "user:alice");
  g_assert_cmpint (episode->user, ==, ALICE);
  g_assert_cmpuint (episode->run, ==, 42);
  g_assert_cmpstr (episode->event, ==, "failed");
  g_assert_cmpint (episode->told_usec, ==, 1);
  g_assert_cmpint (episode->reminded_usec, ==, 2);
  g_assert_cmpuint (episode->reminders, ==, 2);
  g_assert_cmpint (episode->escalated_usec, ==, 3);
  g_assert_cmpstr (episode->acknowledged_by, ==, "alice");
}

/* --- tests of the record alone --- */

/* Closed and opened again, all of it is there. */
static void
test_reopened (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JtDelivery) delivery = make_full ();
  g_autoptr (JtDelivery) found = NULL;
  g_autoptr (GError) error = NULL;

  put (fixture->store, delivery);
  g_clear_object (&fixture->store);
  store_fixture_reopen (&fixture->real);
  store_fixture_open (&fixture->real);
  fixture->store = g_object_ref (fixture->real.store);
  found = ask_one (fixture->store, 7, &error);
  g_assert_no_error (error);
  assert_same (found, delivery);
}

/* What a server said is kept short and is text, whatever it was. */
static void
test_foreign_text (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JtDelivery) delivery = make_full ();
  g_autoptr (JtDelivery) found = NULL;
  g_autoptr (GError) error = NULL;

  g_free (delivery->detail);
  delivery->detail = g_strnfill (3 * JT_DELIVERY_MAX_TEXT, 'x');
  g_free (delivery->reason);
  delivery->reason = g_strdup ("bad \xff byte");
  put (fixture->store, delivery);
  found = ask_one (fixture->store, 7, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (strlen (found->detail), ==, JT_DELIVERY_MAX_TEXT);
  g_assert_true (g_utf8_validate (found->reason, -1, NULL));
}

/* The run and the job that it tells of may go while it is on its way. */
static void
test_history_goes (Fixture *fixture, gconstpointer data)
{
  JtChange *change = jt_change_new ();
  g_autoptr (JtJob) job = store_fixture_make_job (1, ALICE, "backup", NULL);
  g_autoptr (JtRun) run = store_fixture_make_run (107, 1, ALICE, "backup", JT_RUN_FAILED);
  g_autoptr (JtDelivery) delivery = make_full ();
  g_autoptr (JtDelivery) found = NULL;
  g_autoptr (GError) error = NULL;

  jt_change_put_job (change, job);
  jt_change_put_run (change, run);
  jt_change_put_delivery (change, delivery);
  commit (fixture->store, change);
  change = jt_change_new ();
  jt_change_remove_job (change, 1, FIXTURE_START_USEC, TRUE);
  jt_change_expire_run (change, 107, FALSE);
  jt_change_end_purge (change, 1);
  commit (fixture->store, change);
  put_state (fixture->store, 7, JT_DELIVERY_DELIVERED, 0, NULL);
  found = ask_one (fixture->store, 7, &error);
  g_assert_no_error (error);
  g_assert_nonnull (found->facts);
  expect_counts (fixture->store, "email delivered 1");
}

#define MANY 100000
#define RECIPIENTS 100

/* Each of them has its facts, as those of a failed run. */
static void
put_many (JtStore *store)
{
  g_autofree char *message = g_strnfill (1000, 'x');

  for (guint64 id = 1; id <= MANY;)
    {
      JtChange *change = jt_change_new ();

      for (guint i = 0; i < 10000; i++, id++)
        {
          /* (recipient 0 has half of all) */
          g_autofree char *recipient = g_strdup_printf ("user:%u", id % 2 == 0 ? 0 : (guint) (id % RECIPIENTS));
          g_autoptr (JtDelivery) delivery = make_delivery (id, ALICE, recipient, "email");
          GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

          g_variant_dict_insert (&dict, "message", "s", message);
          jt_delivery_set_facts (delivery, g_variant_dict_end (&dict));
          jt_change_put_delivery (change, delivery);
        }
      commit (store, change);
    }
}

/* What the machine of SQLite did for @query, whatever the clock says. */
static guint64
count_steps (JtDb *db, JtDeliveryState state, JtDueQuery *query, guint expected)
{
  g_autoptr (JtDueQuery) owned = query;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = NULL;
  guint64 before = jt_db_count_steps (db);

  query->state = state;
  found = jt_store_read_open_deliveries (db, query, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, expected);
  return jt_db_count_steps (db) - before;
}

/* A start reads none of those that wait. */
static void
check_start (JtDb *db)
{
  g_autoptr (JtStoreContents) contents = jt_store_contents_new ();
  g_autoptr (GError) error = NULL;
  guint64 before = jt_db_count_steps (db);

  g_assert_true (jt_store_read_delivery_contents (db, contents, &error));
  g_assert_cmpuint (jt_db_count_steps (db) - before, <, 1000);
}

/* What was being sent is found in slices, each as dear as it is long. */
static void
check_sending (JtDb *db)
{
  JtDueQuery *query = jt_due_query_new ("email", G_MAXINT64, 100);

  query->after = MANY / 2;
  g_assert_cmpuint (count_steps (db, JT_DELIVERY_SENDING, query, 100), <, 20000);
}

/* Of what is held, and of what is to be tried later, nothing is read before its time. */
static void
check_later (JtDb *db)
{
  JtDueQuery *query = jt_due_query_new ("chat", FIXTURE_START_USEC, 1);

  query->wants_first_due = TRUE;
  g_assert_cmpuint (count_steps (db, JT_DELIVERY_HELD, query, 0), <, 1000);
  query = jt_due_query_new ("chat", FIXTURE_START_USEC, 100);
  query->each = 10;
  query->wants_elders = TRUE;
  g_assert_cmpuint (count_steps (db, JT_DELIVERY_WAITING, query, 0), <, 1000);
}

static void
execute (Fixture *fixture, const char *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (fixture->real.path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

/* A dead channel has a hundred thousand waiting: what is due of them is found by going to it. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtDb) db = NULL;
  g_autoptr (GPtrArray) times = NULL;
  JtDueQuery *query;
  guint64 before;

  put_many (fixture->store);
  expect_counts (fixture->store, "email waiting 100000");
  db = jt_db_open (fixture->real.path, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_steps (db, JT_DELIVERY_WAITING, jt_due_query_new ("email", FIXTURE_START_USEC, 100), 100), <, 20000);
  query = jt_due_query_new ("email", FIXTURE_START_USEC, 100);
  query->each = 1;
  /* (51 of them have one) */
  g_assert_cmpuint (count_steps (db, JT_DELIVERY_WAITING, query, 51), <, 20000);
  query = jt_due_query_new ("email", FIXTURE_START_USEC, 100);
  query->recipient = g_strdup ("user:99");
  g_assert_cmpuint (count_steps (db, JT_DELIVERY_WAITING, query, 100), <, 20000);
  before = jt_db_count_steps (db);
  times = jt_store_read_next_deliveries (db, -1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (times->len, ==, 1);
  g_assert_cmpuint (jt_db_count_steps (db) - before, <, 1000);
  execute (fixture, "UPDATE delivery SET state = 'sending' WHERE id > 50000;"
                    "UPDATE delivery SET channel = 'chat', next = next + 1000 WHERE id <= 50000;"
                    "UPDATE delivery SET state = 'held', hold = 'digest' WHERE id <= 25000;");
  check_start (db);
  check_sending (db);
  check_later (db);
}

#define BOTH(path, function) \
  G_STMT_START \
  { \
    g_test_add ("/store-deliveries/" path, Fixture, NULL, set_up, function, tear_down); \
    g_test_add ("/store-deliveries/fake-" path, Fixture, "fake", set_up, function, tear_down); \
  } \
  G_STMT_END
#define REAL(path, function) g_test_add ("/store-deliveries/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  BOTH ("round-trip", test_round_trip);
  BOTH ("all-or-nothing", test_all_or_nothing);
  BOTH ("facts-stay", test_facts_stay);
  BOTH ("due", test_due);
  BOTH ("turns", test_turns);
  BOTH ("elders", test_elders);
  BOTH ("of-user", test_of_user);
  BOTH ("delivered-stays", test_delivered_stays);
  BOTH ("sending", test_sending);
  BOTH ("held", test_held);
  BOTH ("next", test_next);
  BOTH ("expire", test_expire);
  BOTH ("list", test_list);
  BOTH ("list-by-number", test_list_by_number);
  BOTH ("viewers", test_viewers);
  BOTH ("list-facts", test_list_facts);
  BOTH ("contents", test_contents);
  BOTH ("preferences", test_preferences);
  BOTH ("templates", test_templates);
  BOTH ("episodes", test_episodes);
  REAL ("reopened", test_reopened);
  REAL ("foreign-text", test_foreign_text);
  REAL ("history-goes", test_history_goes);
  REAL ("many", test_many);
  return g_test_run ();
}
