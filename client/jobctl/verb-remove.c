/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "json.h"
#include "jt-error.h"
#include "jt-names.h"
#include "verbs.h"

static gboolean
remove_job (Context *context, const char *path, const char *history, GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  if (history != NULL)
    g_variant_dict_insert (&options, "history", "s", history);
  reply = jt_client_call (context->client, path, JT_JOB_INTERFACE, "Remove",
                          g_variant_new ("(@a{sv})", g_variant_dict_end (&options)), error);
  return reply != NULL;
}

/* All names are looked up before the first job goes. */
int
verb_remove (Context *context, GError **error)
{
  const char *history = options_get (context->options, "history");
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  if (history != NULL && !g_str_equal (history, "keep") && !g_str_equal (history, "delete"))
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("--history needs keep or delete"));
      return JT_EXIT_USAGE;
    }
  for (guint i = 0; i < context->n_arguments; i++)
    {
      char *path = context_find_job (context, context->arguments[i], error);

      if (path == NULL)
        return JT_EXIT_FAILED;
      g_ptr_array_add (paths, path);
    }
  for (guint i = 0; i < paths->len; i++)
    {
      if (!remove_job (context, g_ptr_array_index (paths, i), history, error))
        return JT_EXIT_FAILED;
      context_say (context, _("removed %s"), context->arguments[i]);
    }
  if (context->is_json)
    json_print (json_from_names (context->arguments, paths));
  return JT_EXIT_DONE;
}
