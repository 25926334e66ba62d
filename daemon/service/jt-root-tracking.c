/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>

#include "jt-nearest.h"
#include "jt-run-outcome.h"
#include "jt-service-private.h"

/* StartTracking and Ping: work that others do, reported to the caller's own jobs. */

#define MAX_LOG_BYTES (64 * 1024)
#define YEAR_USEC (366 * 24 * 3600 * (guint64) G_USEC_PER_SEC)

/* What stands in one dictionary on the bus: options of the call, and settings of the job. */
typedef struct
{
  GVariant *options;  /* (owned) a{sv}, checked */
  GVariant *settings; /* (owned) a{sv}, the rest */
  char     *digest;   /* (owned) (nullable) */
  JtReport  report;
} Reported;

static void
reported_free (Reported *reported)
{
  g_clear_pointer (&reported->options, g_variant_unref);
  g_clear_pointer (&reported->settings, g_variant_unref);
  g_free (reported->digest);
  g_free (reported);
}

static gboolean
is_option (const char *key, const JtVardictKey *keys)
{
  for (; keys->key != NULL; keys++)
    if (g_str_equal (key, keys->key))
      return TRUE;
  return FALSE;
}

static void
split_options (GVariant *dict, const JtVardictKey *keys, Reported *reported)
{
  GVariantBuilder options;
  GVariantBuilder settings;
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_init (&settings, G_VARIANT_TYPE_VARDICT);
  g_variant_iter_init (&iter, dict);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    g_variant_builder_add (is_option (key, keys) ? &options : &settings, "{sv}", key, value);
  reported->options = g_variant_ref_sink (g_variant_builder_end (&options));
  reported->settings = g_variant_ref_sink (g_variant_builder_end (&settings));
}

/* The option or setting of a report that was most likely meant. (nullable) Borrowed. */
static const char *
find_nearest (const char *key, const JtVardictKey *keys)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (; keys->key != NULL; keys++)
    g_ptr_array_add (names, (char *) keys->key);
  for (const JtSettingInfo *info = jt_settings_get_table (); info->key != NULL; info++)
    if (jt_setting_is_for_reports (info->key))
      g_ptr_array_add (names, (char *) info->key);
  g_ptr_array_add (names, NULL);
  return jt_nearest (key, (const char *const *) names->pdata);
}

/* What is started, how and as whom is said where a job is defined, with a look at who asks. */
static gboolean
check_key (JtCall *call, const char *key, const JtVardictKey *keys)
{
  const JtSettingInfo *info = jt_setting_info_find (key);
  const char *nearest;

  if (info != NULL && (jt_setting_is_for_reports (key) || info->status == JT_SETTING_PROMISED))
    return TRUE;
  if (info != NULL)
    {
      jt_call_return_error (call, JT_ERROR_INVALID_SETTINGS,
                            "%s: a report says what was done, not how a job is started; leave it out, or define the job", key);
      return FALSE;
    }
  nearest = find_nearest (key, keys);
  if (nearest != NULL)
    jt_call_return_error (call, JT_ERROR_INVALID_SETTINGS, "unknown key '%.64s'; did you mean '%s'?", key, nearest);
  else
    jt_call_return_error (call, JT_ERROR_INVALID_SETTINGS, "unknown key '%.64s'", key);
  return FALSE;
}

static gboolean
check_settings (JtCall *call, GVariant *settings, const JtVardictKey *keys)
{
  GVariantIter iter;
  const char *key;

  g_variant_iter_init (&iter, settings);
  while (g_variant_iter_next (&iter, "{&sv}", &key, NULL))
    if (!check_key (call, key, keys))
      return FALSE;
  return TRUE;
}

static gboolean
check_timeout (JtCall *call, GVariant *options)
{
  guint64 timeout_usec = jt_vardict_get_uint64 (options, "heartbeat-timeout", G_USEC_PER_SEC);

  if (timeout_usec == 0 || (timeout_usec >= G_USEC_PER_SEC / 1000 && timeout_usec <= YEAR_USEC))
    return TRUE;
  jt_call_return_error (call, JT_ERROR_INVALID_ARGUMENT, "option 'heartbeat-timeout' must be 1ms to 366d, or 0 for none");
  return FALSE;
}

/* Reads what both calls have in common. NULL: refused, the call is gone; else it is the call's data. */
static Reported *
read_report (JtCall *call, const char *name, GVariant *dict, const JtVardictKey *keys)
{
  Reported *reported = g_new0 (Reported, 1);
  JtReport *report = &reported->report;
  const char *request_id;
  const char *message;

  jt_call_set_data (call, reported, (GDestroyNotify) reported_free);
  split_options (dict, keys, reported);
  if (!jt_call_check_options (call, reported->options, keys))
    return NULL;
  message = jt_vardict_get_string (reported->options, "message", NULL);
  if (!jt_call_read_request_id (call, reported->options, &request_id) || !check_timeout (call, reported->options) ||
      !check_settings (call, reported->settings, keys) ||
      (message != NULL && !jt_call_check_text (call, "message", message, JT_MAX_MESSAGE_BYTES)))
    return NULL;
  reported->digest = request_id != NULL ? jt_call_digest (call) : NULL;
  report->uid = call->peer->uid;
  report->owner_name = call->peer->name;
  report->name = name;
  report->settings = reported->settings;
  report->message = message;
  report->heartbeat_timeout_usec = (gint64) jt_vardict_get_uint64 (reported->options, "heartbeat-timeout", (guint64) -1);
  report->request_id = request_id;
  report->digest = reported->digest;
  return reported;
}

static void
return_run (JtCall *call, guint64 run, GError *error)
{
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
on_tracking (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  guint64 run = jt_tracker_start_tracking_finish (JT_TRACKER (source), result, &error);

  return_run (user_data, run, error);
}

void
jt_root_handle_start_tracking (JtCall *call)
{
  static const JtVardictKey keys[] = { { "detached", "b" }, { "heartbeat-timeout", "t" }, { "request-id", "s" }, { "message", "s" },
                                       { NULL, NULL } };
  g_autoptr (GVariant) name = g_variant_get_child_value (jt_call_get_parameters (call), 0);
  g_autoptr (GVariant) dict = g_variant_get_child_value (jt_call_get_parameters (call), 1);
  Reported *reported = read_report (call, g_variant_get_string (name, NULL), dict, keys);

  if (reported == NULL)
    return;
  if (!jt_vardict_get_boolean (reported->options, "detached", FALSE))
    reported->report.sender = jt_call_get_sender (call);
  jt_tracker_start_tracking_async (call->service->tracker, &reported->report, NULL, on_tracking, call);
}

static void
on_pinged (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  guint64 run = jt_tracker_ping_finish (JT_TRACKER (source), result, &error);

  return_run (user_data, run, error);
}

/* FALSE: refused, the call is gone. */
static gboolean
read_status (JtCall *call, const char *status, JtPingKind *kind, JtOutcome *outcome)
{
  gint64 code;

  *kind = g_str_equal (status, "start") ? JT_PING_START : g_str_equal (status, "log") ? JT_PING_LOG : JT_PING_END;
  outcome->exit_code = -1;
  if (*kind != JT_PING_END)
    return TRUE;
  if (g_str_equal (status, "success"))
    outcome->state = JT_RUN_SUCCEEDED;
  else if (g_str_equal (status, "fail"))
    outcome->state = JT_RUN_FAILED;
  else if (g_ascii_string_to_signed (status, 10, 0, 255, &code, NULL))
    {
      outcome->state = JT_RUN_QUEUED; /* by the code */
      outcome->exit_code = (gint32) code;
    }
  else
    {
      jt_call_return_error (call, JT_ERROR_INVALID_ARGUMENT,
                            "status is '%.64s'; expected 'start', 'success', 'fail', 'log' or an exit code from 0 to 255", status);
      return FALSE;
    }
  return TRUE;
}

void
jt_root_handle_ping (JtCall *call)
{
  static const JtVardictKey keys[] = { { "log", "s" },       { "message", "s" },     { "reason", "s" }, { "cpu-usage", "t" },
                                       { "memory-peak", "t" }, { "heartbeat-timeout", "t" }, { "request-id", "s" }, { NULL, NULL } };
  g_autoptr (GVariant) dict = NULL;
  g_autoptr (GBytes) log = NULL;
  JtOutcome outcome = { 0 };
  const char *name, *status, *text;
  Reported *reported;
  JtPingKind kind;

  g_variant_get (jt_call_get_parameters (call), "(&s&s@a{sv})", &name, &status, &dict);
  reported = read_report (call, name, dict, keys);
  if (reported == NULL || !read_status (call, status, &kind, &outcome))
    return;
  text = jt_vardict_get_string (reported->options, "log", NULL);
  if (text != NULL && strlen (text) > MAX_LOG_BYTES)
    {
      jt_call_return_error (call, JT_ERROR_TOO_LARGE, "option 'log' has %zu bytes, limit %d", strlen (text), MAX_LOG_BYTES);
      return;
    }
  if (!jt_run_outcome_read (call, reported->options, &outcome))
    return;
  log = text == NULL || *text == '\0' ? NULL : g_bytes_new (text, strlen (text));
  jt_tracker_ping_async (call->service->tracker, &reported->report, kind, &outcome, log, NULL, on_pinged, call);
}
