/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "run-table.h"
#include "verbs.h"

#define PAGE 1000

static void
read_filter (Context *context, GVariantDict *filter)
{
  static const char *const keys[] = { "job", "tag", "owner", NULL };

  for (guint i = 0; keys[i] != NULL; i++)
    if (options_has (context->options, keys[i]))
      g_variant_dict_insert (filter, keys[i], "s", options_get (context->options, keys[i]));
}

int
verb_active (Context *context, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  guint64 after = 0;
  gsize got = PAGE;

  while (got == PAGE)
    {
      GVariantDict filter;
      g_autoptr (GVariant) reply = NULL;
      g_autoptr (GVariant) page = NULL;

      g_variant_dict_init (&filter, NULL);
      read_filter (context, &filter);
      g_variant_dict_insert (&filter, "limit", "u", PAGE);
      g_variant_dict_insert (&filter, "after", "t", after);
      reply = context_call_root (context, "ListActive", g_variant_new ("(@a{sv})", g_variant_dict_end (&filter)), error);
      if (reply == NULL)
        return JT_EXIT_FAILED;
      page = g_variant_get_child_value (reply, 0);
      got = g_variant_n_children (page);
      for (gsize i = 0; i < got; i++)
        g_ptr_array_add (rows, g_variant_get_child_value (page, i));
      if (got > 0)
        after = row_uint64 (g_ptr_array_index (rows, rows->len - 1), "id");
    }
  run_table_print (context, rows, _("Nothing is active."));
  return JT_EXIT_DONE;
}
