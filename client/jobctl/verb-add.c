/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "json.h"
#include "jt-names.h"
#include "schedule-check.h"
#include "setting-options.h"
#include "verbs.h"

/* What starts a job without being an instant. */
static gboolean
has_other_start (GVariant *settings)
{
  static const char *const keys[] = { "after", "on-event", "watch-path" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_variant_lookup (settings, keys[i], "as", NULL))
      return TRUE;
  return FALSE;
}

static int
show_added (Context *context, const char *name, const char *path, GVariant *settings, GError **error)
{
  g_autoptr (GVariant) job = jt_client_get_all (context->client, path, JT_JOB_INTERFACE, error);
  g_autoptr (GPtrArray) doubts = schedule_list_doubts_of (settings);
  g_autofree char *next = NULL;

  if (job == NULL)
    return JT_EXIT_FAILED;
  schedule_warn (context, doubts);
  if (context->is_json)
    {
      json_print (schedule_add_doubts_to_json (json_from_variant (job), doubts));
      return JT_EXIT_DONE;
    }
  if (row_uint64 (job, "NextElapse") == 0)
    {
      if (has_other_start (settings))
        context_say (context, _("added %s; it starts by what it waits for, or by jobctl run %s"), name, name);
      else
        context_say (context, _("added %s; jobctl run %s starts it"), name, name);
      return JT_EXIT_DONE;
    }
  next = context_time (context, (gint64) row_uint64 (job, "NextElapse"));
  context_say (context, _("added %s; next: %s"), name, next);
  return JT_EXIT_DONE;
}

int
verb_add (Context *context, GError **error)
{
  const char *name = context->arguments[0];
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *request_id = context_request_id (context);
  g_autoptr (GVariant) settings = NULL;
  g_autoptr (GVariant) reply = NULL;
  const char *path;

  if (!setting_read_options (context->options, &dict, error))
    return JT_EXIT_USAGE;
  g_variant_dict_insert (&dict, "request-id", "s", request_id);
  settings = g_variant_ref_sink (g_variant_dict_end (&dict));
  if (!options_has (context->options, "no-check") && !setting_check_files (settings, error))
    return JT_EXIT_USAGE;
  reply = context_call_creating (context, JT_ROOT_PATH, JT_ROOT_INTERFACE, "AddJob", g_variant_new ("(s@a{sv})", name, settings),
                                 request_id, error);
  if (reply == NULL)
    {
      schedule_explain_refusal (settings, error);
      return JT_EXIT_FAILED;
    }
  g_variant_get (reply, "(&o)", &path);
  return show_added (context, name, path, settings, error);
}
