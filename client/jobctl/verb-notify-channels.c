/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "json.h"
#include "notify.h"

static char *
count_of (GVariant *row, const char *key)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, row_uint64 (row, key));
}

static void
add_row (Context *context, Table *table, GVariant *row)
{
  g_autofree char *waiting = count_of (row, "waiting");
  g_autofree char *held = count_of (row, "held");
  g_autofree char *delivered = count_of (row, "delivered");
  g_autofree char *failed = count_of (row, "failed");
  g_autofree char *last = context_time (context, (gint64) row_uint64 (row, "last-delivered-at"));
  guint64 paused_until = row_uint64 (row, "paused-until");
  g_autofree char *again = paused_until != 0 ? context_time (context, (gint64) paused_until) : g_strdup ("-");

  table_add (table, row_string (row, "name"), row_string (row, "type"), row_string (row, "state"), waiting, held, delivered, failed, last,
             again, row_string (row, "problem"), NULL);
}

int
verb_notify_channels (Context *context, GError **error)
{
  static const TableColumn columns[] = {
    { N_("CHANNEL") },
    { N_("TYPE"), .rank = 4 },
    { N_("STATE"), .is_state = TRUE },
    { N_("WAITING"), .is_right = TRUE },
    { N_("HELD"), .is_right = TRUE, .rank = 3 },
    { N_("DELIVERED"), .is_right = TRUE, .rank = 1 },
    { N_("FAILED"), .is_right = TRUE },
    { N_("LAST"), .is_right = TRUE, .rank = 2 },
    /* Translators: when a channel that is paused is tried again */
    { N_("TRIED AGAIN"), .is_right = TRUE, .rank = 5 },
    { N_("PROBLEM"), .is_flexible = TRUE, .least_width = 20 },
    { NULL },
  };
  g_autoptr (GPtrArray) rows = notify_list (context, "ListChannels", NULL, error);
  g_autoptr (Table) table = NULL;

  if (rows == NULL)
    return JT_EXIT_FAILED;
  if (context->is_json)
    {
      json_print (json_from_rows (rows));
      return JT_EXIT_DONE;
    }
  table = table_new (columns);
  for (guint i = 0; i < rows->len; i++)
    add_row (context, table, g_ptr_array_index (rows, i));
  table_print (table, &context->terminal);
  return JT_EXIT_DONE;
}
