/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-names.h"
#include "run-result.h"
#include "verbs.h"

int
verb_retry (Context *context, GError **error)
{
  g_autofree char *old_path = context_find_run (context, context->arguments[0], error);
  g_autofree char *request_id = context_request_id (context);
  g_autoptr (Waiter) waiter = NULL;
  g_autoptr (GVariant) reply = NULL;
  const char *run_path;
  GVariantDict options;

  if (old_path == NULL || !run_result_prepare (context, &waiter, error))
    return JT_EXIT_FAILED;
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "request-id", "s", request_id);
  reply = context_call_creating (context, old_path, JT_RUN_INTERFACE, "Retry",
                                 g_variant_new ("(@a{sv})", g_variant_dict_end (&options)), request_id, error);
  if (reply == NULL)
    return JT_EXIT_FAILED;
  g_variant_get (reply, "(&o)", &run_path);
  return run_result_show (context, waiter, run_path, error);
}
