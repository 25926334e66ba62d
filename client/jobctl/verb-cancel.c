/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "json.h"
#include "jt-error.h"
#include "jt-names.h"
#include "verbs.h"

static gboolean
cancel (Context *context, const char *path, GError **error)
{
  g_autoptr (GVariant) reply = jt_client_call (context->client, path, JT_RUN_INTERFACE, "Cancel",
                                               g_variant_new ("(@a{sv})", g_variant_new ("a{sv}", NULL)), error);

  return reply != NULL;
}

/* The first that cannot be cancelled ends it: what was asked for before is under way, and said. */
int
verb_cancel (Context *context, GError **error)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < context->n_arguments; i++)
    {
      char *path = context_find_run (context, context->arguments[i], error);

      if (path == NULL)
        return JT_EXIT_FAILED;
      g_ptr_array_add (paths, path);
      if (!cancel (context, path, error))
        return JT_EXIT_FAILED;
      context_say (context, _("run %s is being cancelled"), strrchr (path, '/') + 1);
    }
  if (context->is_json)
    json_print (json_from_names (context->arguments, paths));
  return JT_EXIT_DONE;
}
