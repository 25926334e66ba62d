/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "json.h"
#include "notify.h"

int
verb_notify_resend (Context *context, GError **error)
{
  g_autoptr (JsonArray) done = json_array_new ();

  for (guint i = 0; i < context->n_arguments; i++)
    {
      g_autoptr (GVariant) reply = NULL;
      guint64 id;

      if (!notify_read_id (context->arguments[i], &id, error))
        return JT_EXIT_USAGE;
      reply = notify_call (context, "RetryDelivery", g_variant_new ("(t)", id), error);
      if (reply == NULL)
        return JT_EXIT_FAILED;
      context_say (context, _("delivery %s is tried again"), context->arguments[i]);
      json_array_add_int_element (done, (gint64) id);
    }
  if (context->is_json)
    json_print (json_node_init_array (json_node_alloc (), done));
  return JT_EXIT_DONE;
}
