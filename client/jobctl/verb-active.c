/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "run-table.h"
#include "verbs.h"

int
verb_active (Context *context, GError **error)
{
  static const char *const keys[] = { "job", "tag", "owner", NULL };
  g_autoptr (GPtrArray) rows = NULL;
  GVariantDict filter;

  g_variant_dict_init (&filter, NULL);
  context_put_words (context, &filter, keys);
  rows = context_list_all (context, "ListActive", g_variant_dict_end (&filter), error);
  if (rows == NULL)
    return JT_EXIT_FAILED;
  run_table_print_active (context, rows, _("Nothing is active."));
  return JT_EXIT_DONE;
}
