/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "json.h"
#include "jt-names.h"
#include "verbs.h"

int
verb_ack (Context *context, GError **error)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  const char *note = options_get (context->options, "note");

  for (guint i = 0; i < context->n_arguments; i++)
    {
      char *path = context_find_ended_run (context, context->arguments[i], error);
      g_autoptr (GVariant) reply = NULL;

      if (path == NULL)
        return JT_EXIT_FAILED;
      g_ptr_array_add (paths, path);
      reply = jt_client_call (context->client, path, JT_RUN_INTERFACE, "Acknowledge",
                              g_variant_new ("(s@a{sv})", note != NULL ? note : "", g_variant_new ("a{sv}", NULL)), error);
      if (reply == NULL)
        return JT_EXIT_FAILED;
      context_say (context, _("run %s is acknowledged"), strrchr (path, '/') + 1);
    }
  if (context->is_json)
    json_print (json_from_names (context->arguments, paths));
  return JT_EXIT_DONE;
}
