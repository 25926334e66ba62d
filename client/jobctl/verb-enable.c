/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "jt-names.h"
#include "verbs.h"

/* Both `enable` and `disable`. */
int
verb_enable (Context *context, GError **error)
{
  gboolean enables = g_str_equal (context->verb, "enable");

  for (guint i = 0; i < context->n_arguments; i++)
    {
      const char *name = context->arguments[i];
      g_autofree char *path = context_find_job (context, name, error);
      g_autoptr (GVariant) reply = NULL;

      if (path != NULL)
        reply = jt_client_call (context->client, path, JT_JOB_INTERFACE, "SetEnabled", g_variant_new ("(b)", enables), error);
      if (reply == NULL)
        return JT_EXIT_FAILED;
      context_say (context, enables ? _("enabled %s") : _("disabled %s"), name);
    }
  return JT_EXIT_DONE;
}
