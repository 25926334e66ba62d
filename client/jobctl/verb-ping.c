/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "json.h"
#include "jt-names.h"
#include "setting-options.h"
#include "verbs.h"

int
verb_ping (Context *context, GError **error)
{
  static const char *const texts[] = { "log", "message", "reason" };
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  const char *status = context->n_arguments > 1 ? context->arguments[1] : "success";
  g_autofree char *request_id = context_request_id (context);
  g_autoptr (GVariant) details = NULL;
  g_autoptr (GVariant) reply = NULL;
  const char *path;

  if (!setting_read_report_options (context->options, &dict, error))
    return JT_EXIT_USAGE;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (options_has (context->options, texts[i]))
      g_variant_dict_insert (&dict, texts[i], "s", options_get (context->options, texts[i]));
  g_variant_dict_insert (&dict, "request-id", "s", request_id);
  details = g_variant_ref_sink (g_variant_dict_end (&dict));
  reply = context_call_creating (context, JT_ROOT_PATH, JT_ROOT_INTERFACE, "Ping",
                                 g_variant_new ("(ss@a{sv})", context->arguments[0], status, details), request_id, error);
  if (reply == NULL)
    return JT_EXIT_FAILED;
  g_variant_get (reply, "(&o)", &path);
  if (context->is_json)
    json_print (json_from_variant (reply));
  else
    context_say (context, _("run %s"), strrchr (path, '/') + 1);
  return JT_EXIT_DONE;
}
