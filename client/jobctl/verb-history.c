/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "run-table.h"
#include "verbs.h"

#define DEFAULT_LIMIT 20
#define MAX_LIMIT 1000000
#define PAGE 1000

static gboolean
put_instant (Context *context, GVariantDict *filter, const char *key, GError **error)
{
  gint64 usec = -1;

  if (!options_get_instant (context->options, key, &usec, error))
    return FALSE;
  if (usec >= 0)
    g_variant_dict_insert (filter, key, "t", (guint64) usec);
  return TRUE;
}

static GVariant *
read_filter (Context *context, GError **error)
{
  static const char *const words[] = { "tag", "owner", NULL };
  static const char *const lists[] = { "state", "trigger", NULL };
  g_auto (GVariantDict) filter = G_VARIANT_DICT_INIT (NULL);

  if (context->n_arguments > 0)
    g_variant_dict_insert (&filter, "job", "s", context->arguments[0]);
  context_put_words (context, &filter, words);
  for (guint i = 0; lists[i] != NULL; i++)
    if (options_has (context->options, lists[i]))
      g_variant_dict_insert (&filter, lists[i], "^as", options_get_all (context->options, lists[i]));
  if (!put_instant (context, &filter, "since", error) || !put_instant (context, &filter, "until", error))
    return NULL;
  return g_variant_ref_sink (g_variant_dict_end (&filter));
}

static gboolean
collect (Context *context, GVariant *filter, guint64 limit, GPtrArray *rows, GError **error)
{
  g_autofree char *cursor = g_strdup ("");

  do
    {
      guint32 wanted = (guint32) MIN (limit - rows->len, PAGE);
      g_autoptr (GVariant) reply = context_call_root (context, "ListRuns", g_variant_new ("(@a{sv}su)", filter, cursor, wanted), error);
      g_autoptr (GVariant) page = NULL;

      if (reply == NULL)
        return FALSE;
      g_free (cursor);
      g_variant_get (reply, "(@aa{sv}s)", &page, &cursor);
      for (gsize i = 0; i < g_variant_n_children (page); i++)
        g_ptr_array_add (rows, g_variant_get_child_value (page, i));
    }
  while (*cursor != '\0' && rows->len < limit);
  return TRUE;
}

int
verb_history (Context *context, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autoptr (GVariant) filter = NULL;
  g_autofree char *job = NULL;
  guint64 limit = DEFAULT_LIMIT;

  if (!options_get_count (context->options, "limit", 1, MAX_LIMIT, &limit, error))
    return JT_EXIT_USAGE;
  filter = read_filter (context, error);
  if (filter == NULL || !collect (context, filter, limit, rows, error))
    return JT_EXIT_FAILED;
  /* A removed job has its history still; a misspelt one has none, and is to be told apart from one that has not run. */
  if (rows->len == 0 && context->n_arguments > 0)
    job = context_find_job (context, context->arguments[0], error);
  if (rows->len == 0 && context->n_arguments > 0 && job == NULL)
    return JT_EXIT_NOT_FOUND;
  run_table_print (context, rows, _("No runs."));
  return JT_EXIT_DONE;
}
