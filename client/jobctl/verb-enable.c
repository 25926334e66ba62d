/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "json.h"
#include "jt-names.h"
#include "verbs.h"

/* Both `enable` and `disable`. */
int
verb_enable (Context *context, GError **error)
{
  gboolean enables = g_str_equal (context->verb, "enable");
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < context->n_arguments; i++)
    {
      const char *name = context->arguments[i];
      char *path = context_find_job (context, name, error);
      g_autoptr (GVariant) reply = NULL;

      if (path == NULL)
        return JT_EXIT_FAILED;
      g_ptr_array_add (paths, path);
      reply = jt_client_call (context->client, path, JT_JOB_INTERFACE, "SetEnabled", g_variant_new ("(b)", enables), error);
      if (reply == NULL)
        return JT_EXIT_FAILED;
      context_say (context, enables ? _("enabled %s") : _("disabled %s"), name);
    }
  if (context->is_json)
    json_print (json_from_names (context->arguments, paths));
  return JT_EXIT_DONE;
}
