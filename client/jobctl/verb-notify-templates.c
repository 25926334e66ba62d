/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "json.h"
#include "notify.h"
#include "template-names.h"
#include "words.h"

static void
print_table (Context *context, GPtrArray *rows)
{
  static const TableColumn columns[] = { { N_("TEMPLATE") }, { N_("FROM") }, { NULL } };
  g_autoptr (Table) table = table_new (columns);

  for (guint i = 0; i < rows->len; i++)
    table_add (table, row_string (rows->pdata[i], "name"), word_of_template_source (row_string (rows->pdata[i], "source")), NULL);
  if (!options_has (context->options, "no-pager"))
    terminal_open_pager (&context->terminal);
  table_print (table, &context->terminal);
}

/* As it can be changed and given back. */
static void
print_text (Context *context, const char *name, const char *text)
{
  g_autofree char *shown = context->terminal.is_terminal ? text_escape_log (text, strlen (text)) : g_strdup (text);
  JsonObject *object;

  if (!context->is_json)
    {
      fputs (shown, stdout);
      return;
    }
  object = json_object_new ();
  json_object_set_string_member (object, "template", name);
  json_object_set_string_member (object, "text", text);
  json_print (json_node_init_object (json_node_alloc (), object));
  json_object_unref (object);
}

static int
show_text (Context *context, guint32 uid, GPtrArray *rows, const char *name, GError **error)
{
  g_autofree char *serving = template_names_find_serving (rows, name, NULL, error);
  g_autoptr (GVariant) reply = serving == NULL ? NULL : notify_call (context, "GetTemplate", g_variant_new ("(us)", uid, serving), error);
  const char *text;

  if (reply == NULL)
    return JT_EXIT_FAILED;
  g_variant_get (reply, "(&s)", &text);
  print_text (context, serving, text);
  return JT_EXIT_DONE;
}

int
verb_notify_templates (Context *context, GError **error)
{
  g_autoptr (GPtrArray) rows = NULL;
  guint32 uid;

  if (!notify_read_user (context, &uid, error))
    return JT_EXIT_NOT_FOUND;
  rows = notify_list (context, "ListTemplates", g_variant_new ("(u)", uid), error);
  if (rows == NULL)
    return JT_EXIT_FAILED;
  if (context->n_arguments > 0)
    return show_text (context, uid, rows, context->arguments[0], error);
  if (context->is_json)
    json_print (json_from_rows (rows));
  else
    print_table (context, rows);
  return JT_EXIT_DONE;
}
