/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-run-as.h"
#include "jt-service-private.h"

/* org.example.JobTracker.Job: the members of one job. The dispatcher has found the job and seen that it is the caller's. */

#define RETRY_MSEC 20
#define MAX_TRIES 10

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  GError *error = NULL;
  guint64 run = jt_tracker_start_job_finish (JT_TRACKER (source), result, &error);
  g_autofree char *path = NULL;

  if (error != NULL)
    {
      jt_call_take_error (call, error);
      return;
    }
  path = jt_run_path (run);
  jt_call_return (call, g_variant_new ("(o)", path));
}

static void
handle_start (JtCall *call)
{
  static const JtVardictKey keys[] = { { "request-id", "s" }, { NULL, NULL } };
  g_autoptr (GVariant) options = g_variant_get_child_value (jt_call_get_parameters (call), 0);
  g_autofree char *digest = NULL;
  const char *request_id;

  if (!jt_call_check_options (call, options, keys) || !jt_call_read_request_id (call, options, &request_id))
    return;
  digest = request_id != NULL ? jt_call_digest (call) : NULL;
  jt_tracker_start_job_async (call->service->tracker, call->peer->uid, call->id, request_id, digest, NULL, on_started,
                              call);
}

/* Update */

typedef struct
{
  GVariant *changes; /* (owned) */
  char    **reset;   /* (owned) (nullable) */
  guint64   if_revision;
  guint     tries;
} Edit;

static void begin_update (JtCall *call);

static void
edit_free (Edit *edit)
{
  g_variant_unref (edit->changes);
  g_strfreev (edit->reset);
  g_free (edit);
}

static gboolean
try_again (gpointer user_data)
{
  JtCall *call = user_data;
  const JtJobEntry *entry = jt_tracker_get_job (call->service->tracker, call->id);

  if (entry == NULL)
    {
      jt_call_return_error (call, JT_ERROR_NOT_FOUND, "no such job: %s",
                            g_dbus_method_invocation_get_object_path (call->invocation));
      return G_SOURCE_REMOVE;
    }
  jt_job_unref (call->job);
  call->job = jt_job_ref (entry->job);
  begin_update (call);
  return G_SOURCE_REMOVE;
}

static void
on_updated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  Edit *edit = call->data;
  GError *error = NULL;

  if (jt_tracker_update_job_finish (JT_TRACKER (source), result, &error))
    {
      jt_call_return (call, NULL);
      return;
    }
  /* Somebody else's edit came between the check and the act; the caller did not ask for a revision, so look again. */
  if (edit->if_revision == 0 && call->job->origin == JT_ORIGIN_API && edit->tries++ < MAX_TRIES
      && g_error_matches (error, JT_ERROR, JT_ERROR_WRONG_STATE))
    {
      g_error_free (error);
      g_timeout_add (RETRY_MSEC, try_again, call);
      return;
    }
  jt_call_take_error (call, error);
}

static void
on_edit_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  const Edit *edit = call->data;
  GError *error = NULL;

  if (!jt_run_as_check_finish (JT_ACCOUNTS (source), result, &error))
    {
      jt_call_take_error (call, error);
      return;
    }
  /* The revision that was looked at is the one that is changed, or what was allowed is not what is done. */
  jt_tracker_update_job_async (call->service->tracker, call->id, edit->changes, (const char *const *) edit->reset,
                               edit->if_revision != 0 ? edit->if_revision : call->job->revision, NULL, on_updated, call);
}

static void
begin_update (JtCall *call)
{
  const Edit *edit = call->data;
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_settings_unref);
  GError *error = NULL;
  JtSettings *merged
    = jt_settings_update (call->job->settings, edit->changes, (const char *const *) edit->reset, &error);

  if (merged == NULL)
    {
      jt_call_take_error (call, error);
      return;
    }
  g_ptr_array_add (all, merged);
  jt_run_as_check_async (call->service->accounts, call->peer, all, on_edit_checked, call);
}

static void
handle_update (JtCall *call)
{
  /* An update repeated comes to the same end, so its request-id needs no record. */
  static const JtVardictKey keys[]
    = { { "reset", "as" }, { "if-revision", "t" }, { "request-id", "s" }, { NULL, NULL } };
  g_autoptr (GVariant) changes = NULL;
  g_autoptr (GVariant) options = NULL;
  const char *request_id;
  Edit *edit;

  g_variant_get (jt_call_get_parameters (call), "(@a{sv}@a{sv})", &changes, &options);
  if (!jt_call_check_options (call, options, keys) || !jt_call_read_request_id (call, options, &request_id))
    return;
  edit = g_new0 (Edit, 1);
  edit->changes = g_steal_pointer (&changes);
  edit->reset = jt_vardict_get_strv (options, "reset");
  edit->if_revision = jt_vardict_get_uint64 (options, "if-revision", 0);
  jt_call_set_data (call, edit, (GDestroyNotify) edit_free);
  begin_update (call);
}

static void
on_simply_updated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  GError *error = NULL;

  if (jt_tracker_update_job_finish (JT_TRACKER (source), result, &error))
    jt_call_return (call, NULL);
  else
    jt_call_take_error (call, error);
}

static void
handle_set_enabled (JtCall *call)
{
  g_autoptr (GVariant) changes = NULL;
  GVariantDict dict;
  gboolean is_enabled;

  g_variant_get (jt_call_get_parameters (call), "(b)", &is_enabled);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "enabled", "b", is_enabled);
  changes = g_variant_ref_sink (g_variant_dict_end (&dict));
  jt_tracker_update_job_async (call->service->tracker, call->id, changes, NULL, 0, NULL, on_simply_updated, call);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  GError *error = NULL;

  if (jt_tracker_remove_job_finish (JT_TRACKER (source), result, &error))
    jt_call_return (call, NULL);
  else
    jt_call_take_error (call, error);
}

static void
handle_remove (JtCall *call)
{
  static const JtVardictKey keys[] = { { "history", "s" }, { NULL, NULL } };
  g_autoptr (GVariant) options = g_variant_get_child_value (jt_call_get_parameters (call), 0);
  const char *history;

  if (!jt_call_check_options (call, options, keys))
    return;
  history = jt_vardict_get_string (options, "history", "keep");
  if (!g_str_equal (history, "keep") && !g_str_equal (history, "delete"))
    jt_call_return_error (call, JT_ERROR_INVALID_ARGUMENT, "option 'history' is '%.64s'; expected 'keep' or 'delete'",
                          history);
  else
    jt_tracker_remove_job_async (call->service->tracker, call->id, g_str_equal (history, "delete"), NULL, on_removed,
                                 call);
}

static void
on_muted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  GError *error = NULL;

  if (jt_tracker_mute_job_finish (JT_TRACKER (source), result, &error))
    jt_call_return (call, NULL);
  else
    jt_call_take_error (call, error);
}

static void
handle_mute (JtCall *call)
{
  guint64 until;

  g_variant_get (jt_call_get_parameters (call), "(t)", &until);
  if (until > G_MAXINT64)
    jt_call_return_error (call, JT_ERROR_INVALID_ARGUMENT, "until is no instant: above 2^63-1");
  else
    jt_tracker_mute_job_async (call->service->tracker, call->id, (gint64) until, NULL, on_muted, call);
}

const JtCallRow *
jt_job_object_get_rows (void)
{
  static const JtCallRow rows[] = {
    { "Start", handle_start },           { "Update", handle_update }, { "Remove", handle_remove },
    { "SetEnabled", handle_set_enabled }, { "Mute", handle_mute },     { NULL, NULL },
  };

  return rows;
}
