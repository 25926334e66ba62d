/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "json.h"
#include "notify.h"
#include "words.h"

int
verb_notify_templates (Context *context, GError **error)
{
  static const TableColumn columns[] = {
    { N_("TEMPLATE") }, { N_("FROM") }, { NULL },
  };
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (Table) table = NULL;
  guint32 uid;

  if (!notify_read_user (context, &uid, error))
    return JT_EXIT_NOT_FOUND;
  rows = notify_list (context, "ListTemplates", g_variant_new ("(u)", uid), error);
  if (rows == NULL)
    return JT_EXIT_FAILED;
  if (context->is_json)
    {
      json_print (json_from_rows (rows));
      return JT_EXIT_DONE;
    }
  table = table_new (columns);
  for (guint i = 0; i < rows->len; i++)
    table_add (table, row_string (rows->pdata[i], "name"), word_of_template_source (row_string (rows->pdata[i], "source")), NULL);
  if (!options_has (context->options, "no-pager"))
    terminal_open_pager (&context->terminal);
  table_print (table, &context->terminal);
  return JT_EXIT_DONE;
}
