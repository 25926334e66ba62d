/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "json.h"
#include "jt-names.h"
#include "notify.h"
#include "words.h"

#define INDENT 6

static void
print_line (Context *context, const char *text)
{
  g_autofree char *shown = text_escape (text);
  g_autofree char *wrapped = text_wrap (shown, INDENT, context->terminal.columns);

  if (*text != '\0')
    printf ("%*s%s\n", INDENT, "", wrapped);
}

static void
print_delivery (Context *context, GVariant *row)
{
  guint64 id = row_uint64 (row, "delivery");
  guint64 until = row_uint64 (row, "until");
  guint64 merged_into = row_uint64 (row, "merged-into");
  g_autofree char *id_text = g_strdup_printf ("%" G_GUINT64_FORMAT, id);
  g_autofree char *merged_text = g_strdup_printf ("%" G_GUINT64_FORMAT, merged_into);
  g_autofree char *when = notify_next (context, row, "verdict", "until");
  g_autofree char *number = g_strdup_printf (_("delivery %s"), id_text);
  g_autofree char *again = g_strdup_printf (_("next: %s"), when);
  g_autofree char *merged = g_strdup_printf (_("told together with others, by delivery %s"), merged_text);

  if (id != 0)
    print_line (context, number);
  if (until != 0)
    print_line (context, again);
  if (merged_into != 0)
    print_line (context, merged);
}

static void
print_row (Context *context, GVariant *row)
{
  g_autofree char *head = notify_describe (context, row, "verdict");
  const char *reason = row_string (row, "reason");
  const char *detail = row_string (row, "detail");
  gboolean is_on_record = row_uint64 (row, "delivery") != 0;

  printf ("  %s\n", head);
  print_line (context, reason);
  if (!g_str_equal (detail, reason))
    print_line (context, detail);
  if (!is_on_record && !g_str_equal (row_string (row, "verdict"), "silent"))
    print_line (context, _("not on record: so it would be with the preferences as they are now"));
  print_delivery (context, row);
}

static gboolean
print_run (Context *context, const char *path, GError **error)
{
  g_autoptr (GVariant) run = jt_client_get_all (context->client, path, JT_RUN_INTERFACE, error);
  const char *state = run == NULL ? "" : row_string (run, "State");
  g_autofree char *name = run == NULL ? NULL : text_escape (row_string (run, "JobName"));
  g_autofree char *painted = terminal_paint (&context->terminal, terminal_color_of_word (state), word_of_state (state));

  if (run == NULL)
    return FALSE;
  /* Translators: a number, a job's name and a state ("failed") */
  printf (_("run %s of %s: %s\n"), strrchr (path, '/') + 1, name, painted);
  return TRUE;
}

int
verb_notify_why (Context *context, GError **error)
{
  g_autofree char *path = context_find_ended_run (context, context->arguments[0], error);
  g_autoptr (GPtrArray) rows = NULL;
  guint64 id;

  if (path == NULL)
    return JT_EXIT_FAILED;
  id = g_ascii_strtoull (strrchr (path, '/') + 1, NULL, 10);
  rows = notify_list (context, "ExplainRun", g_variant_new ("(t)", id), error);
  if (rows == NULL)
    return JT_EXIT_FAILED;
  if (context->is_json)
    {
      json_print (json_from_rows (rows));
      return JT_EXIT_DONE;
    }
  if (!print_run (context, path, error))
    return JT_EXIT_FAILED;
  for (guint i = 0; i < rows->len; i++)
    print_row (context, g_ptr_array_index (rows, i));
  if (rows->len == 0)
    context_say (context, "  %s", _("Nobody was told of it, and there is no rule to ask: it has not ended, or its job is no more."));
  return JT_EXIT_DONE;
}
