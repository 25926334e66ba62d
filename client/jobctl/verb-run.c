/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <stdio.h>

#include <glib/gi18n-lib.h>

#include "json.h"
#include "jt-names.h"
#include "run-result.h"
#include "verbs.h"

static char *
start (Context *context, const char *job_path, GError **error)
{
  g_autofree char *request_id = context_request_id (context);
  g_autoptr (GVariant) reply = NULL;
  GVariantDict options;
  char *path = NULL;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "request-id", "s", request_id);
  reply = context_call_creating (context, job_path, JT_JOB_INTERFACE, "Start",
                                 g_variant_new ("(@a{sv})", g_variant_dict_end (&options)), request_id, error);
  if (reply != NULL)
    g_variant_get (reply, "(o)", &path);
  return path;
}

int
verb_run (Context *context, GError **error)
{
  g_autofree char *job_path = context_find_job (context, context->arguments[0], error);
  g_autoptr (Waiter) waiter = NULL;
  g_autofree char *run_path = NULL;

  if (job_path == NULL || !run_result_prepare (context, &waiter, error))
    return JT_EXIT_FAILED;
  run_path = start (context, job_path, error);
  if (run_path == NULL)
    return JT_EXIT_FAILED;
  return run_result_show (context, waiter, run_path, error);
}
