/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>

#include "jt-delivery-query.h"
#include "jt-error.h"

static JtDelivery *
make_delivery (void)
{
  JtDelivery *delivery = jt_delivery_new ();

  delivery->id = 7;
  delivery->event = g_strdup ("failed");
  delivery->severity = g_strdup ("error");
  delivery->run = 42;
  delivery->job = 3;
  delivery->job_name = g_strdup ("backup");
  delivery->owner = 1000;
  delivery->is_user = TRUE;
  delivery->user = 1001;
  delivery->user_name = g_strdup ("bob");
  delivery->recipient = g_strdup ("user:bob");
  delivery->channel = g_strdup ("email");
  delivery->created_usec = 100;
  delivery->message_id = g_strdup ("<7@web1>");
  return delivery;
}

static void
test_states (void)
{
  JtDeliveryState state;

  for (guint i = 0; i < JT_N_DELIVERY_STATES; i++)
    {
      g_assert_true (jt_delivery_state_from_string (jt_delivery_state_to_string ((JtDeliveryState) i), &state));
      g_assert_cmpuint (state, ==, i);
      /* The last word is the last word, but for what a person may try again. */
      if (i == JT_DELIVERY_DELIVERED || i == JT_DELIVERY_MERGED)
        for (guint next = 0; next < JT_N_DELIVERY_STATES; next++)
          g_assert_true (next == i || !jt_delivery_state_may_follow ((JtDeliveryState) i, (JtDeliveryState) next));
      g_assert_cmpint (jt_delivery_state_is_open ((JtDeliveryState) i), ==, i <= JT_DELIVERY_SENDING);
    }
  g_assert_false (jt_delivery_state_from_string ("sent", &state));
  g_assert_false (jt_delivery_state_from_string (NULL, &state));
  g_assert_true (jt_delivery_state_may_follow (JT_DELIVERY_FAILED, JT_DELIVERY_WAITING));
  g_assert_true (jt_delivery_state_may_follow (JT_DELIVERY_SUPPRESSED, JT_DELIVERY_WAITING));
  /* Nothing is delivered that was not handed over, and what was handed over is merged into nothing. */
  g_assert_false (jt_delivery_state_may_follow (JT_DELIVERY_WAITING, JT_DELIVERY_DELIVERED));
  g_assert_false (jt_delivery_state_may_follow (JT_DELIVERY_SENDING, JT_DELIVERY_MERGED));
}

static void
test_moves (void)
{
  g_autoptr (JtDelivery) delivery = make_delivery ();
  g_autoptr (GError) error = NULL;

  g_assert_true (jt_delivery_set_state (delivery, JT_DELIVERY_HELD, &error));
  delivery->hold = g_strdup ("digest");
  delivery->next_usec = 500;
  g_assert_true (jt_delivery_set_state (delivery, JT_DELIVERY_WAITING, &error));
  g_assert_null (delivery->hold);
  g_assert_cmpint (delivery->next_usec, ==, 500);
  g_assert_true (jt_delivery_set_state (delivery, JT_DELIVERY_SENDING, &error));
  g_assert_true (jt_delivery_set_state (delivery, JT_DELIVERY_DELIVERED, &error));
  g_assert_cmpint (delivery->next_usec, ==, 0);
  g_assert_false (jt_delivery_set_state (delivery, JT_DELIVERY_WAITING, &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_WRONG_STATE);
  g_assert_cmpstr (error->message, ==, "delivery 7 is delivered and cannot become waiting");
}

static void
test_copy (void)
{
  g_autoptr (JtDelivery) delivery = make_delivery ();
  g_autoptr (JtDelivery) copy = NULL;

  g_assert_true (jt_delivery_set_facts (delivery, g_variant_new_parsed ("{'job': <'backup'>}")));
  copy = jt_delivery_copy (delivery);
  g_free (copy->event);
  copy->event = g_strdup ("recovered");
  g_assert_cmpstr (delivery->event, ==, "failed");
  g_assert_true (g_variant_equal (copy->facts, delivery->facts));
}

/* What is too large is left out as a whole. */
static void
test_facts (void)
{
  g_autoptr (JtDelivery) delivery = make_delivery ();
  g_autofree char *large = g_strnfill (JT_DELIVERY_MAX_FACTS, 'x');
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "message", "s", large);
  g_assert_false (jt_delivery_set_facts (delivery, g_variant_dict_end (&dict)));
  g_assert_null (delivery->facts);
}

static void
test_row (void)
{
  g_autoptr (JtDelivery) delivery = make_delivery ();
  g_autoptr (GVariant) row = NULL;
  g_autofree char *text = NULL;

  delivery->next_usec = 500;
  row = g_variant_ref_sink (jt_delivery_to_row (delivery));
  g_assert_cmpuint (g_variant_n_children (row), ==, 25);
  text = g_variant_print (row, TRUE);
  g_assert_nonnull (strstr (text, "'run': <objectpath '/org/example/JobTracker/runs/42'>"));
  g_assert_nonnull (strstr (text, "'job': <objectpath '/org/example/JobTracker/jobs/3'>"));
  g_assert_nonnull (strstr (text, "'next-attempt-at': <uint64 500>"));
  g_assert_nonnull (strstr (text, "'user': <'bob'>"));
  g_assert_nonnull (strstr (text, "'hold': <''>"));
}

/* Of what has no run and no job, for nobody of this machine. */
static void
test_bare_row (void)
{
  g_autoptr (JtDelivery) delivery = make_delivery ();
  g_autoptr (GVariant) row = NULL;
  g_autofree char *text = NULL;

  delivery->run = 0;
  delivery->job = 0;
  delivery->is_user = FALSE;
  row = g_variant_ref_sink (jt_delivery_to_row (delivery));
  text = g_variant_print (row, TRUE);
  g_assert_nonnull (strstr (text, "'run': <objectpath '/'>"));
  g_assert_nonnull (strstr (text, "'job': <objectpath '/'>"));
  g_assert_nonnull (strstr (text, "'user': <''>"));
}

static void
test_visible (void)
{
  g_autoptr (JtDelivery) delivery = make_delivery ();

  g_assert_true (jt_delivery_is_visible_to (delivery, 0));
  g_assert_true (jt_delivery_is_visible_to (delivery, 1000));
  g_assert_true (jt_delivery_is_visible_to (delivery, 1001));
  g_assert_false (jt_delivery_is_visible_to (delivery, 1002));
  delivery->is_user = FALSE;
  g_assert_false (jt_delivery_is_visible_to (delivery, 1001));
}

static void
test_filter (void)
{
  g_autoptr (JtDelivery) delivery = make_delivery ();
  g_autoptr (JtDeliveryFilter) filter = jt_delivery_filter_new (1001);
  g_autoptr (JtDeliveryFilter) copy = NULL;

  g_assert_true (jt_delivery_filter_match (filter, delivery));
  filter->event = g_strdup ("failed");
  filter->channel = g_strdup ("email");
  filter->states = 1u << JT_DELIVERY_WAITING;
  filter->user = 1001;
  filter->since_usec = 100;
  filter->until_usec = 101;
  copy = jt_delivery_filter_copy (filter);
  g_assert_true (jt_delivery_filter_match (copy, delivery));
  copy->until_usec = 100;
  g_assert_false (jt_delivery_filter_match (copy, delivery));
  filter->recipient = g_strdup ("user:alice");
  g_assert_false (jt_delivery_filter_match (filter, delivery));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/delivery/states", test_states);
  g_test_add_func ("/delivery/moves", test_moves);
  g_test_add_func ("/delivery/copy", test_copy);
  g_test_add_func ("/delivery/facts", test_facts);
  g_test_add_func ("/delivery/row", test_row);
  g_test_add_func ("/delivery/bare-row", test_bare_row);
  g_test_add_func ("/delivery/visible", test_visible);
  g_test_add_func ("/delivery/filter", test_filter);
  return g_test_run ();
}
