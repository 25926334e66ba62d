/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "jt-run-outcome.h"
#include "jt-service-private.h"

/* org.example.JobTracker.Run: the members of one run, active or long over. The dispatcher has found the run and seen
 * that it is the caller's. */

#define MAX_NOTE_BYTES 1024
#define MAX_APPEND_BYTES (64 * 1024)

static const JtVardictKey no_keys[] = { { NULL, NULL } };

/* TRUE, or the answer is given and the call is gone. */
static gboolean
check_unfinished (JtCall *call)
{
  const JtRun *run = call->run;

  if (!jt_run_state_is_final (run->state))
    return TRUE;
  if (run->exit_code >= 0)
    jt_call_return_error (call, JT_ERROR_WRONG_STATE, "run %" G_GUINT64_FORMAT " is already finished, exit %d", run->id,
                          run->exit_code);
  else
    jt_call_return_error (call, JT_ERROR_WRONG_STATE, "run %" G_GUINT64_FORMAT " is already finished, %s", run->id,
                          jt_run_state_to_string (run->state));
  return FALSE;
}

static gboolean
check_finished (JtCall *call)
{
  if (jt_run_state_is_final (call->run->state))
    return TRUE;
  jt_call_return_error (call, JT_ERROR_WRONG_STATE, "run %" G_GUINT64_FORMAT " is not finished, it is %s", call->run->id,
                        jt_run_state_to_string (call->run->state));
  return FALSE;
}

static void
on_cancelled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  GError *error = NULL;

  if (jt_tracker_cancel_run_finish (JT_TRACKER (source), result, &error))
    jt_call_return (call, NULL);
  else
    jt_call_take_error (call, error);
}

static void
handle_cancel (JtCall *call)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (jt_call_get_parameters (call), 0);

  if (jt_call_check_options (call, options, no_keys) && check_unfinished (call))
    jt_tracker_cancel_run_async (call->service->tracker, call->id, call->peer->name, NULL, on_cancelled, call);
}

static void
handle_send_signal (JtCall *call)
{
  GError *error = NULL;
  int number;

  g_variant_get (jt_call_get_parameters (call), "(i)", &number);
  if (number < 1 || number > 64)
    {
      jt_call_return_error (call, JT_ERROR_INVALID_ARGUMENT, "no such signal: %d; expected 1 to 64", number);
      return;
    }
  if (!check_unfinished (call))
    return;
  if (jt_tracker_signal_run (call->service->tracker, call->id, number, &error))
    jt_call_return (call, NULL);
  else
    jt_call_take_error (call, error);
}

static void
on_log_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  GError *error = NULL;
  int fd = jt_executor_open_log_finish (JT_EXECUTOR (source), result, &error);

  if (error == NULL)
    jt_call_return_fd (call, fd);
  else
    jt_call_take_error (call, error);
}

static gboolean
check_log_options (JtCall *call, GVariant *options)
{
  const char *stream = jt_vardict_get_string (options, "stream", NULL);
  guint attempt = jt_vardict_get_uint32 (options, "attempt", 0);

  if (stream != NULL && !g_str_equal (stream, "stdout") && !g_str_equal (stream, "stderr"))
    {
      jt_call_return_error (call, JT_ERROR_INVALID_ARGUMENT,
                            "option 'stream' is '%.64s'; expected 'stdout' or 'stderr'", stream);
      return FALSE;
    }
  if (jt_vardict_get_uint64 (options, "from", 0) > G_MAXINT64 || jt_vardict_get_uint64 (options, "tail", 0) > G_MAXINT64)
    {
      jt_call_return_error (call, JT_ERROR_INVALID_ARGUMENT, "options 'from' and 'tail' must be below 2^63");
      return FALSE;
    }
  if (attempt > call->run->attempt)
    {
      jt_call_return_error (call, JT_ERROR_NOT_FOUND, "run %" G_GUINT64_FORMAT " has no attempt %u, it has %u",
                            call->run->id, attempt, call->run->attempt);
      return FALSE;
    }
  return TRUE;
}

static void
handle_open_log (JtCall *call)
{
  static const JtVardictKey keys[] = { { "follow", "b" }, { "from", "t" },    { "stream", "s" }, { "tail", "t" },
                                       { "attempt", "u" }, { "raw", "b" }, { NULL, NULL } };
  g_autoptr (GVariant) options = g_variant_get_child_value (jt_call_get_parameters (call), 0);

  if (jt_call_check_options (call, options, keys) && check_log_options (call, options))
    jt_executor_open_log_async (jt_tracker_get_executor (call->service->tracker), call->run, options, NULL, on_log_opened,
                                call);
}

static void
on_acknowledged (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  GError *error = NULL;

  if (jt_tracker_acknowledge_run_finish (JT_TRACKER (source), result, &error))
    jt_call_return (call, NULL);
  else
    jt_call_take_error (call, error);
}

static void
handle_acknowledge (JtCall *call)
{
  g_autoptr (GVariant) options = NULL;
  const char *note;

  g_variant_get (jt_call_get_parameters (call), "(&s@a{sv})", &note, &options);
  if (jt_call_check_options (call, options, no_keys) && jt_call_check_text (call, "note", note, MAX_NOTE_BYTES)
      && check_finished (call))
    jt_tracker_acknowledge_run_async (call->service->tracker, call->run, call->peer->name, note, NULL, on_acknowledged,
                                      call);
}

static void
on_retried (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JtCall *call = user_data;
  GError *error = NULL;
  guint64 run = jt_tracker_retry_run_finish (JT_TRACKER (source), result, &error);
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
handle_retry (JtCall *call)
{
  static const JtVardictKey keys[] = { { "request-id", "s" }, { NULL, NULL } };
  g_autoptr (GVariant) options = g_variant_get_child_value (jt_call_get_parameters (call), 0);
  g_autofree char *digest = NULL;
  const char *request_id;

  if (!jt_call_check_options (call, options, keys) || !jt_call_read_request_id (call, options, &request_id)
      || !check_finished (call))
    return;
  digest = request_id != NULL ? jt_call_digest (call) : NULL;
  jt_tracker_retry_run_async (call->service->tracker, call->peer->uid, call->run, request_id, digest, NULL, on_retried,
                              call);
}

/* --- of runs that others do and report --- */

/* TRUE, or the answer is given and the call is gone. */
static gboolean
check_tracked (JtCall *call)
{
  if (jt_run_is_tracked (call->run))
    return check_unfinished (call);
  jt_call_return_error (call, JT_ERROR_NOT_SUPPORTED,
                        "run %" G_GUINT64_FORMAT " is not tracked: the service supervises it itself", call->run->id);
  return FALSE;
}

static void
return_done (JtCall *call, gboolean is_done, GError *error)
{
  if (is_done)
    jt_call_return (call, NULL);
  else
    jt_call_take_error (call, error);
}

static void
handle_set_progress (JtCall *call)
{
  GError *error = NULL;
  gboolean is_done;
  const char *message;
  double fraction;

  g_variant_get (jt_call_get_parameters (call), "(d&s)", &fraction, &message);
  if (!isfinite (fraction) || fraction > 1 || (fraction < 0 && fraction != -1))
    {
      jt_call_return_error (call, JT_ERROR_INVALID_ARGUMENT, "fraction must be a number from 0 to 1, or -1 for unknown");
      return;
    }
  if (!jt_call_check_text (call, "message", message, JT_MAX_MESSAGE_BYTES) || !check_tracked (call))
    return;
  is_done = jt_tracker_set_progress (call->service->tracker, call->id, fraction, message, &error);
  return_done (call, is_done, error);
}

static void
handle_append_log (JtCall *call)
{
  g_autoptr (GVariant) data = NULL;
  g_autoptr (GBytes) text = NULL;
  GError *error = NULL;
  gboolean is_done;
  const char *stream;

  g_variant_get (jt_call_get_parameters (call), "(&s@ay)", &stream, &data);
  if (!g_str_equal (stream, "stdout") && !g_str_equal (stream, "stderr"))
    {
      jt_call_return_error (call, JT_ERROR_INVALID_ARGUMENT, "stream is '%.64s'; expected 'stdout' or 'stderr'", stream);
      return;
    }
  if (g_variant_get_size (data) > MAX_APPEND_BYTES)
    {
      jt_call_return_error (call, JT_ERROR_TOO_LARGE, "data has %zu bytes, limit %d", g_variant_get_size (data), MAX_APPEND_BYTES);
      return;
    }
  if (!check_tracked (call))
    return;
  text = g_variant_get_data_as_bytes (data);
  is_done = jt_tracker_append_log (call->service->tracker, call->id, g_str_equal (stream, "stderr"), text, &error);
  return_done (call, is_done, error);
}

static void
handle_heartbeat (JtCall *call)
{
  GError *error = NULL;
  gboolean is_done;

  if (!check_tracked (call))
    return;
  is_done = jt_tracker_heartbeat (call->service->tracker, call->id, &error);
  return_done (call, is_done, error);
}

static void
on_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  gboolean is_done = jt_tracker_finish_tracked_finish (JT_TRACKER (source), result, &error);

  return_done (user_data, is_done, error);
}

/* What a reporter may say of its work; that a run is lost, skipped or missed is the service's to say. */
static gboolean
read_end_state (const char *text, JtRunState *state)
{
  if (!jt_run_state_from_string (text, state))
    return FALSE;
  return *state == JT_RUN_SUCCEEDED || *state == JT_RUN_WARNING || *state == JT_RUN_FAILED || *state == JT_RUN_TIMED_OUT ||
         *state == JT_RUN_CANCELLED;
}

static void
handle_finish (JtCall *call)
{
  static const JtVardictKey keys[] = { { "exit-code", "i" }, { "signal", "i" },      { "reason", "s" }, { "message", "s" },
                                       { "cpu-usage", "t" }, { "memory-peak", "t" }, { NULL, NULL } };
  g_autoptr (GVariant) details = NULL;
  JtOutcome outcome = { .exit_code = -1 };
  const char *state;

  g_variant_get (jt_call_get_parameters (call), "(&s@a{sv})", &state, &details);
  if (!jt_call_check_options (call, details, keys) || !jt_run_outcome_read (call, details, &outcome))
    return;
  if (*state == '\0' && (outcome.exit_code >= 0 || outcome.signal != 0))
    outcome.state = JT_RUN_QUEUED; /* by the numbers */
  else if (!read_end_state (state, &outcome.state))
    {
      jt_call_return_error (call, JT_ERROR_INVALID_ARGUMENT,
                            "state is '%.64s'; expected 'succeeded', 'warning', 'failed', 'timed-out' or 'cancelled', or '' with an"
                            " exit-code", state);
      return;
    }
  if (check_tracked (call))
    jt_tracker_finish_tracked_async (call->service->tracker, call->id, &outcome, NULL, on_finished, call);
}

const JtCallRow *
jt_run_object_get_rows (void)
{
  static const JtCallRow rows[] = {
    { "Cancel", handle_cancel },
    { "SendSignal", handle_send_signal },
    { "OpenLog", handle_open_log },
    { "SetProgress", handle_set_progress },
    { "AppendLog", handle_append_log },
    { "Heartbeat", handle_heartbeat },
    { "Finish", handle_finish },
    { "Acknowledge", handle_acknowledge },
    { "Retry", handle_retry },
    { NULL, NULL },
  };

  return rows;
}
