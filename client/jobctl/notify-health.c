/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "notify-health.h"

#include <glib/gi18n-lib.h>

#include "jt-error.h"
#include "jt-names.h"
#include "words.h"

#define LATELY_USEC (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)
#define MAX_GIVEN_UP 100

/* Floating. */
static GVariant *
given_up_filter (void)
{
  static const char *const states[] = { "failed", "expired", NULL };
  GVariantDict filter;

  g_variant_dict_init (&filter, NULL);
  g_variant_dict_insert (&filter, "state", "^as", states);
  g_variant_dict_insert (&filter, "since", "t", (guint64) MAX (g_get_real_time () - LATELY_USEC, 0));
  return g_variant_dict_end (&filter);
}

static void
take_replies (NotifyHealth *health, GVariant *channels, GVariant *deliveries)
{
  g_autoptr (GVariant) list = g_variant_get_child_value (channels, 0);
  g_autoptr (GVariant) given_up = g_variant_get_child_value (deliveries, 0);
  const char *cursor;

  g_variant_get_child (deliveries, 1, "&s", &cursor);
  health->n_given_up = (guint) g_variant_n_children (given_up);
  health->has_more = *cursor != '\0';
  health->channels = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    g_ptr_array_add (health->channels, g_variant_get_child_value (list, i));
}

/* @health: cleared before, and by the caller. A service that does not notify is well without it. */
gboolean
notify_health_ask (NotifyHealth *health, Context *context, GError **error)
{
  JtClientCall calls[] = {
    { JT_ROOT_PATH, JT_NOTIFICATIONS_INTERFACE, "ListChannels", NULL, NULL },
    { JT_ROOT_PATH, JT_NOTIFICATIONS_INTERFACE, "ListDeliveries", g_variant_new ("(@a{sv}su)", given_up_filter (), "", MAX_GIVEN_UP), NULL },
  };
  g_autoptr (GError) local = NULL;
  gboolean is_done = jt_client_call_many (context->client, calls, G_N_ELEMENTS (calls), &local);

  if (is_done)
    take_replies (health, calls[0].reply, calls[1].reply);
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    g_clear_pointer (&calls[i].reply, g_variant_unref);
  if (is_done || g_error_matches (local, JT_ERROR, JT_ERROR_NOT_SUPPORTED))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

void
notify_health_clear (NotifyHealth *health)
{
  g_clear_pointer (&health->channels, g_ptr_array_unref);
}

/* @key: of the rows, over all channels */
guint64
notify_health_count (const NotifyHealth *health, const char *key)
{
  guint64 count = 0;

  for (guint i = 0; health->channels != NULL && i < health->channels->len; i++)
    count += row_uint64 (health->channels->pdata[i], key);
  return count;
}

/* "3 waiting, 2 held, 1 failed in the last day". (transfer full) */
char *
notify_health_describe (const NotifyHealth *health)
{
  g_autofree char *waiting = g_strdup_printf ("%" G_GUINT64_FORMAT, notify_health_count (health, "waiting"));
  g_autofree char *held = g_strdup_printf ("%" G_GUINT64_FORMAT, notify_health_count (health, "held"));
  g_autofree char *given_up = g_strdup_printf ("%u%s", health->n_given_up, health->has_more ? "+" : "");

  if (health->n_given_up == 0)
    /* Translators: numbers of notifications: that wait for their turn, and that are held back on purpose */
    return g_strdup_printf (_("%s waiting, %s held"), waiting, held);
  /* Translators: the third is the number of those that could not be delivered, perhaps "100+" */
  return g_strdup_printf (_("%s waiting, %s held, %s given up in the last day"), waiting, held, given_up);
}

/* What there is to say against a channel; NULL: nothing. Nobody being logged in is no problem. (transfer full) (nullable) */
char *
notify_health_describe_problem (Context *context, GVariant *channel)
{
  const char *state = row_string (channel, "state");
  g_autofree char *name = text_escape (row_string (channel, "name"));
  g_autofree char *problem = text_escape (row_string (channel, "problem"));
  g_autofree char *painted = terminal_paint (&context->terminal, COLOR_BAD, word_of_state (state));

  if (*problem != '\0')
    /* Translators: the name of a channel, its state ("paused") and what is wrong with it */
    return g_strdup_printf (_("%s is %s: %s"), name, painted, problem);
  if (g_str_equal (state, "ok") || g_str_equal (state, "no-agent"))
    return NULL;
  /* Translators: the name of a channel and its state ("paused") */
  return g_strdup_printf (_("%s is %s"), name, painted);
}

void
notify_health_add_to_json (const NotifyHealth *health, JsonObject *object)
{
  JsonObject *deliveries;

  if (health->channels == NULL)
    return;
  deliveries = json_object_new ();
  json_object_set_int_member (deliveries, "waiting", (gint64) MIN (notify_health_count (health, "waiting"), G_MAXINT64));
  json_object_set_int_member (deliveries, "held", (gint64) MIN (notify_health_count (health, "held"), G_MAXINT64));
  json_object_set_int_member (deliveries, "given-up-last-day", health->n_given_up);
  json_object_set_boolean_member (deliveries, "given-up-has-more", health->has_more);
  json_object_set_object_member (object, "deliveries", deliveries);
  json_object_set_member (object, "channels", json_from_rows (health->channels));
}
