/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "json.h"
#include "jt-error.h"
#include "notify.h"
#include "words.h"

#define DESKTOP "desktop"
#define FIRST_LOOK_USEC (50 * 1000)
#define LAST_LOOK_USEC (1000 * 1000)
#define PATIENCE_USEC (G_GINT64_CONSTANT (120) * G_USEC_PER_SEC)
/* Others may test at the same time. */
#define LATEST 100

/* The delivery as it is now. NULL without an error: it is not among the latest. */
static GVariant *
look (Context *context, guint64 id, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autoptr (GVariant) filter = g_variant_ref_sink (g_variant_new_parsed ("{'event': <'test'>}"));

  if (!notify_collect (context, filter, LATEST, rows, error))
    return NULL;
  for (guint i = 0; i < rows->len; i++)
    if (row_uint64 (g_ptr_array_index (rows, i), "id") == id)
      return g_variant_ref (g_ptr_array_index (rows, i));
  return NULL;
}

static gboolean
has_agent (Context *context)
{
  g_autoptr (GPtrArray) rows = notify_list (context, "ListChannels", NULL, NULL);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    if (g_str_equal (row_string (rows->pdata[i], "name"), DESKTOP))
      return !g_str_equal (row_string (rows->pdata[i], "state"), "no-agent");
  return TRUE;
}

/* Of one that waits: why the first try came to nothing, which is an outcome too, for the next one is a minute away. */
static gboolean
was_tried (GVariant *row)
{
  return *row_string (row, "reason") != '\0';
}

static gboolean
has_outcome (GVariant *row)
{
  const char *state = row_string (row, "state");

  return !g_str_equal (state, "sending") && (!g_str_equal (state, "waiting") || was_tried (row));
}

static GVariant *
wait_for_outcome (Context *context, const char *channel, guint64 id, GError **error)
{
  gint64 end_usec = g_get_monotonic_time () + PATIENCE_USEC;
  gulong pause_usec = FIRST_LOOK_USEC;
  g_autofree char *shown = g_strdup_printf ("%" G_GUINT64_FORMAT, id);

  while (g_get_monotonic_time () < end_usec)
    {
      GError *local = NULL;
      g_autoptr (GVariant) row = look (context, id, &local);

      if (local != NULL)
        {
          g_propagate_error (error, local);
          return NULL;
        }
      if (row != NULL && (has_outcome (row) || (g_str_equal (channel, DESKTOP) && !has_agent (context))))
        return g_steal_pointer (&row);
      g_usleep (pause_usec);
      pause_usec = MIN (pause_usec * 2, LAST_LOOK_USEC);
    }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
               _("nothing is known of delivery %s yet; jobctl notify deliveries will say what became of it"), shown);
  return NULL;
}

/* What is to be said of a test that has not arrived. (transfer full) */
static char *
describe_failure (Context *context, GVariant *row, const char *to)
{
  const char *state = row_string (row, "state");
  g_autofree char *reason = text_escape (row_string (row, "reason"));
  g_autofree char *next = context_time (context, (gint64) row_uint64 (row, "next-attempt-at"));

  if (g_str_equal (state, "waiting") && !was_tried (row))
    return g_strdup (_("nobody shows popups now: jobtracker-agent is not there; the test waits for the next log-in"));
  if (g_str_equal (state, "waiting"))
    /* Translators: an address, why, and when: "in 60 s" */
    return g_strdup_printf (_("not delivered to %s yet: %s; it is tried again %s"), to, reason, next);
  /* Translators: an address, a state ("failed") and why */
  return g_strdup_printf (_("not delivered to %s: %s, %s"), to, word_of_state (state), reason);
}

static int
show_outcome (Context *context, GVariant *row)
{
  const char *address = row_string (row, "address");
  g_autofree char *to = text_escape (*address != '\0' ? address : row_string (row, "recipient"));
  g_autofree char *detail = text_escape (row_string (row, "detail"));
  g_autofree char *failure = NULL;

  if (context->is_json)
    json_print (json_from_variant (row));
  if (!g_str_equal (row_string (row, "state"), "delivered"))
    {
      failure = describe_failure (context, row, to);
      fflush (stdout);
      fprintf (stderr, "jobctl: %s\n", failure);
      return JT_EXIT_FAILED;
    }
  if (*detail != '\0')
    /* Translators: an address, and what the other side said */
    context_say (context, _("delivered to %s: %s"), to, detail);
  else
    context_say (context, _("delivered to %s"), to);
  return JT_EXIT_DONE;
}

static void
print_number (guint64 id)
{
  g_autoptr (GVariant) row = g_variant_ref_sink (g_variant_new_parsed ("{'delivery': <%t>}", id));

  json_print (json_from_variant (row));
}

int
verb_notify_test (Context *context, GError **error)
{
  static const char *const words[] = { "to", NULL };
  const char *channel = context->arguments[0];
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *shown = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) row = NULL;
  guint64 id;

  context_put_words (context, &options, words);
  reply = notify_call (context, "TestChannel", g_variant_new ("(s@a{sv})", channel, g_variant_dict_end (&options)), error);
  if (reply == NULL)
    return JT_EXIT_FAILED;
  g_variant_get (reply, "(t)", &id);
  if (options_has (context->options, "wait"))
    {
      row = wait_for_outcome (context, channel, id, error);
      return row == NULL ? JT_EXIT_FAILED : show_outcome (context, row);
    }
  shown = g_strdup_printf ("%" G_GUINT64_FORMAT, id);
  if (context->is_json)
    print_number (id);
  else
    context_say (context, _("delivery %s is on its way; jobctl notify deliveries says what becomes of it"), shown);
  return JT_EXIT_DONE;
}
