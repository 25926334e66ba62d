/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-run-outcome.h"

static gboolean
check_text (JtCall *call, const char *what, const char *text)
{
  return text == NULL || jt_call_check_text (call, what, text, JT_MAX_MESSAGE_BYTES);
}

static gboolean
check_range (JtCall *call, const char *what, gint64 value, gint64 least, gint64 most)
{
  if (value >= least && value <= most)
    return TRUE;
  jt_call_return_error (call, JT_ERROR_INVALID_ARGUMENT,
                        "%s is %" G_GINT64_FORMAT "; expected %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, what, value, least, most);
  return FALSE;
}

gboolean
jt_run_outcome_read (JtCall *call, GVariant *options, JtOutcome *outcome)
{
  gint32 exit_code = outcome->exit_code;
  gint32 signal_number = 0;

  g_variant_lookup (options, "exit-code", "i", &exit_code);
  g_variant_lookup (options, "signal", "i", &signal_number);
  outcome->message = jt_vardict_get_string (options, "message", NULL);
  outcome->reason = jt_vardict_get_string (options, "reason", NULL);
  outcome->cpu_usec = jt_vardict_get_uint64 (options, "cpu-usage", 0);
  outcome->memory_peak_bytes = jt_vardict_get_uint64 (options, "memory-peak", 0);
  if (!check_text (call, "message", outcome->message) || !check_text (call, "reason", outcome->reason) ||
      !check_range (call, "exit-code", exit_code, -1, 255) || !check_range (call, "signal", signal_number, 0, 64))
    return FALSE;
  if (outcome->cpu_usec > G_MAXINT64 || outcome->memory_peak_bytes > G_MAXINT64)
    {
      jt_call_return_error (call, JT_ERROR_INVALID_ARGUMENT, "cpu-usage and memory-peak must be below 2^63");
      return FALSE;
    }
  outcome->exit_code = exit_code;
  outcome->signal = signal_number;
  return TRUE;
}
