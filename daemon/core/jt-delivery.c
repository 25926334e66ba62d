/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-delivery.h"

#include "jt-error.h"
#include "jt-job.h"
#include "jt-recipient.h"
#include "jt-run.h"

#define BIT(state) (1u << JT_DELIVERY_##state)
#define OPEN_STATES (BIT (WAITING) | BIT (HELD) | BIT (SENDING))

/* An open one may be written again as it is: its numbers move on. So may a delivered one, for what becomes known of it later. */
static const struct
{
  const char *name;
  guint       followers;
} states[] = {
  [JT_DELIVERY_WAITING] = { "waiting", OPEN_STATES | BIT (FAILED) | BIT (EXPIRED) | BIT (MERGED) | BIT (SUPPRESSED) },
  [JT_DELIVERY_HELD] = { "held", BIT (WAITING) | BIT (HELD) | BIT (FAILED) | BIT (EXPIRED) | BIT (MERGED) | BIT (SUPPRESSED) },
  [JT_DELIVERY_SENDING] = { "sending", OPEN_STATES | BIT (DELIVERED) | BIT (FAILED) | BIT (EXPIRED) },
  [JT_DELIVERY_DELIVERED] = { "delivered", BIT (DELIVERED) },
  /* A person asks for another try. */
  [JT_DELIVERY_FAILED] = { "failed", BIT (WAITING) },
  [JT_DELIVERY_EXPIRED] = { "expired", BIT (WAITING) },
  [JT_DELIVERY_MERGED] = { "merged", 0 },
  [JT_DELIVERY_SUPPRESSED] = { "suppressed", BIT (WAITING) },
};

G_STATIC_ASSERT (G_N_ELEMENTS (states) == JT_N_DELIVERY_STATES);

const char *
jt_delivery_state_to_string (JtDeliveryState state)
{
  g_return_val_if_fail ((guint) state < JT_N_DELIVERY_STATES, "");
  return states[state].name;
}

gboolean
jt_delivery_state_from_string (const char *text, JtDeliveryState *state)
{
  for (guint i = 0; i < JT_N_DELIVERY_STATES; i++)
    if (g_strcmp0 (text, states[i].name) == 0)
      {
        *state = (JtDeliveryState) i;
        return TRUE;
      }
  return FALSE;
}

gboolean
jt_delivery_state_is_open (JtDeliveryState state)
{
  return ((1u << state) & OPEN_STATES) != 0;
}

gboolean
jt_delivery_state_may_follow (JtDeliveryState from, JtDeliveryState to)
{
  return (states[from].followers & (1u << to)) != 0;
}

JtDelivery *
jt_delivery_new (void)
{
  JtDelivery *delivery = g_new0 (JtDelivery, 1);

  g_atomic_ref_count_init (&delivery->ref_count);
  return delivery;
}

JtDelivery *
jt_delivery_copy (const JtDelivery *delivery)
{
  JtDelivery *copy = g_memdup2 (delivery, sizeof *delivery);

  g_atomic_ref_count_init (&copy->ref_count);
  copy->event = g_strdup (delivery->event);
  copy->severity = g_strdup (delivery->severity);
  copy->job_name = g_strdup (delivery->job_name);
  copy->user_name = g_strdup (delivery->user_name);
  copy->recipient = g_strdup (delivery->recipient);
  copy->channel = g_strdup (delivery->channel);
  copy->address = g_strdup (delivery->address);
  copy->hold = g_strdup (delivery->hold);
  copy->reason = g_strdup (delivery->reason);
  copy->detail = g_strdup (delivery->detail);
  copy->rule = g_strdup (delivery->rule);
  copy->message_id = g_strdup (delivery->message_id);
  copy->thread = g_strdup (delivery->thread);
  copy->facts = delivery->facts != NULL ? g_variant_ref (delivery->facts) : NULL;
  return copy;
}

JtDelivery *
jt_delivery_ref (JtDelivery *delivery)
{
  g_atomic_ref_count_inc (&delivery->ref_count);
  return delivery;
}

void
jt_delivery_unref (JtDelivery *delivery)
{
  if (delivery == NULL || !g_atomic_ref_count_dec (&delivery->ref_count))
    return;
  g_free (delivery->event);
  g_free (delivery->severity);
  g_free (delivery->job_name);
  g_free (delivery->user_name);
  g_free (delivery->recipient);
  g_free (delivery->channel);
  g_free (delivery->address);
  g_free (delivery->hold);
  g_free (delivery->reason);
  g_free (delivery->detail);
  g_free (delivery->rule);
  g_free (delivery->message_id);
  g_free (delivery->thread);
  g_clear_pointer (&delivery->facts, g_variant_unref);
  g_free (delivery);
}

gboolean
jt_delivery_set_facts (JtDelivery *delivery, GVariant *facts)
{
  g_autoptr (GVariant) kept = facts != NULL ? g_variant_ref_sink (facts) : NULL;

  g_clear_pointer (&delivery->facts, g_variant_unref);
  if (kept == NULL)
    return TRUE;
  if (g_variant_get_size (kept) > JT_DELIVERY_MAX_FACTS)
    return FALSE;
  delivery->facts = g_steal_pointer (&kept);
  return TRUE;
}

gboolean
jt_delivery_set_state (JtDelivery *delivery, JtDeliveryState state, GError **error)
{
  if (!jt_delivery_state_may_follow (delivery->state, state))
    {
      g_set_error (error, JT_ERROR, JT_ERROR_WRONG_STATE, "delivery %" G_GUINT64_FORMAT " is %s and cannot become %s", delivery->id,
                   jt_delivery_state_to_string (delivery->state), jt_delivery_state_to_string (state));
      return FALSE;
    }
  delivery->state = state;
  if (state != JT_DELIVERY_HELD)
    g_clear_pointer (&delivery->hold, g_free);
  if (!jt_delivery_state_is_open (state))
    delivery->next_usec = 0;
  return TRUE;
}

gboolean
jt_delivery_is_visible_to (const JtDelivery *delivery, guint32 viewer)
{
  return viewer == 0 || (delivery->is_user && delivery->user == viewer) || delivery->owner == viewer;
}

gboolean
jt_delivery_is_foreign_to (const JtDelivery *delivery, guint32 viewer)
{
  return viewer != 0 && delivery->is_user && delivery->user != viewer;
}

char *
jt_delivery_hide_address (const JtDelivery *delivery, const char *text)
{
  GString *shown;

  if (text == NULL)
    return NULL;
  shown = g_string_new (text);
  if (delivery->address != NULL && *delivery->address != '\0')
    g_string_replace (shown, delivery->address, "…", 0);
  return g_string_free (shown, FALSE);
}

JtDelivery *
jt_delivery_show_to (JtDelivery *delivery, guint32 viewer)
{
  JtDelivery *shown;
  gboolean is_own_choice = delivery->state == JT_DELIVERY_SUPPRESSED || delivery->state == JT_DELIVERY_HELD;

  if (!jt_delivery_is_foreign_to (delivery, viewer))
    return jt_delivery_ref (delivery);
  shown = jt_delivery_copy (delivery);
  g_free (shown->reason);
  shown->reason = is_own_choice ? NULL : jt_delivery_hide_address (delivery, delivery->reason);
  g_free (shown->recipient);
  shown->recipient = g_strconcat (JT_RECIPIENT_USER, delivery->user_name, NULL);
  g_free (shown->rule);
  shown->rule = g_strdup (JT_DELIVERY_OWN_RULES);
  g_clear_pointer (&shown->address, g_free);
  g_clear_pointer (&shown->hold, g_free);
  g_clear_pointer (&shown->detail, g_free);
  /* (made from the recipient, so that a guess could be tried on it) */
  g_clear_pointer (&shown->message_id, g_free);
  if (delivery->state == JT_DELIVERY_HELD)
    shown->next_usec = 0;
  return shown;
}

static void
add_text (GVariantDict *row, const char *key, const char *text)
{
  g_variant_dict_insert (row, key, "s", text != NULL ? text : "");
}

static void
add_path (GVariantDict *row, const char *key, char *path)
{
  g_variant_dict_insert (row, key, "o", path);
  g_free (path);
}

static void
add_instant (GVariantDict *row, const char *key, gint64 at_usec)
{
  g_variant_dict_insert (row, key, "t", (guint64) MAX (at_usec, 0));
}

static void
add_texts (GVariantDict *row, const JtDelivery *delivery)
{
  add_text (row, "event", delivery->event);
  add_text (row, "severity", delivery->severity);
  add_text (row, "job-name", delivery->job_name);
  add_text (row, "recipient", delivery->recipient);
  add_text (row, "user", delivery->is_user ? delivery->user_name : NULL);
  add_text (row, "channel", delivery->channel);
  add_text (row, "address", delivery->address);
  add_text (row, "state", jt_delivery_state_to_string (delivery->state));
  add_text (row, "reason", delivery->reason);
  add_text (row, "hold", delivery->hold);
  add_text (row, "message-id", delivery->message_id);
  add_text (row, "rule", delivery->rule);
  add_text (row, "detail", delivery->detail);
}

GVariant *
jt_delivery_to_row (const JtDelivery *delivery)
{
  g_auto (GVariantDict) row = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&row, "id", "t", delivery->id);
  add_path (&row, "run", delivery->run != 0 ? jt_run_path (delivery->run) : g_strdup ("/"));
  add_path (&row, "job", delivery->job != 0 ? jt_job_path (delivery->job) : g_strdup ("/"));
  g_variant_dict_insert (&row, "owner", "u", delivery->owner);
  add_texts (&row, delivery);
  add_instant (&row, "created-at", delivery->created_usec);
  add_instant (&row, "next-attempt-at", jt_delivery_state_is_open (delivery->state) ? delivery->next_usec : 0);
  add_instant (&row, "delivered-at", delivery->delivered_usec);
  add_instant (&row, "expires-at", delivery->expires_usec);
  g_variant_dict_insert (&row, "attempts", "u", delivery->attempts);
  g_variant_dict_insert (&row, "merged-into", "t", delivery->merged_into);
  g_variant_dict_insert (&row, "count", "u", delivery->count);
  g_variant_dict_insert (&row, "ambiguous", "u", delivery->ambiguous);
  return g_variant_dict_end (&row);
}
