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
  for (guint i = 0; i < context->n_arguments; i++)
    {
      g_autofree char *path = context_find_run (context, context->arguments[i], error);

      if (path == NULL || !cancel (context, path, error))
        return JT_EXIT_FAILED;
      context_say (context, _("run %s is being cancelled"), strrchr (path, '/') + 1);
      if (context->is_json)
        {
          JsonObject *object = json_object_new ();

          json_object_set_string_member (object, "path", path);
          json_print_line (json_node_init_object (json_node_alloc (), object));
          json_object_unref (object);
        }
    }
  return JT_EXIT_DONE;
}
