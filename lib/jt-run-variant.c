/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-job.h"
#include "jt-keys.h"
#include "jt-names.h"
#include "jt-run.h"

/* How a run looks on the bus: as a row (kebab-case keys) and as properties (D-Bus names). One list of values makes both. */

enum
{
  ID,
  JOB,
  JOB_NAME,
  OWNER,
  STATE,
  TRIGGER,
  ATTEMPT,
  MAX_ATTEMPTS,
  SCHEDULED_FOR,
  QUEUED_AT,
  STARTED_AT,
  FINISHED_AT,
  NEXT_ATTEMPT_AT,
  PROGRESS,
  MESSAGE,
  ETA,
  EXIT_CODE,
  SIGNAL,
  REASON,
  PID,
  CPU_USAGE,
  MEMORY_PEAK,
  LOG_SIZE,
  ACKNOWLEDGED_BY,
  N_COMMON,
  PATH = N_COMMON,
  OWNER_NAME,
  DURATION,
  RETRY_OF,
  DUE_AT,
  CAUSE,
  COUNT,
  FROM,
  TO,
  ATTEMPTS,
  N_KEYS
};

static const JtKey run_keys[N_KEYS] = {
  [ID] = { "id", "Id" },
  [JOB] = { "job", "Job" },
  [JOB_NAME] = { "job-name", "JobName" },
  [OWNER] = { "owner", "Owner" },
  [STATE] = { "state", "State" },
  [TRIGGER] = { "trigger", "Trigger" },
  [ATTEMPT] = { "attempt", "Attempt" },
  [MAX_ATTEMPTS] = { "max-attempts", "MaxAttempts" },
  [SCHEDULED_FOR] = { "scheduled-for", "ScheduledFor" },
  [QUEUED_AT] = { "queued-at", "QueuedAt" },
  [STARTED_AT] = { "started-at", "StartedAt" },
  [FINISHED_AT] = { "finished-at", "FinishedAt" },
  [NEXT_ATTEMPT_AT] = { "next-attempt-at", "NextAttemptAt" },
  [PROGRESS] = { "progress", "Progress" },
  [MESSAGE] = { "message", "Message" },
  [ETA] = { "eta", "Eta" },
  [EXIT_CODE] = { "exit-code", "ExitCode" },
  [SIGNAL] = { "signal", "Signal" },
  [REASON] = { "reason", "Reason" },
  [PID] = { "pid", "Pid" },
  [CPU_USAGE] = { "cpu-usage", "CpuUsage" },
  [MEMORY_PEAK] = { "memory-peak", "MemoryPeak" },
  [LOG_SIZE] = { "log-size", "LogSize" },
  [ACKNOWLEDGED_BY] = { "acknowledged-by", "AcknowledgedBy" },
  [PATH] = { "path", NULL },
  [OWNER_NAME] = { "owner-name", NULL },
  [DURATION] = { "duration", NULL },
  [RETRY_OF] = { "retry-of", NULL },
  [DUE_AT] = { "due-at", "DueAt" },
  [CAUSE] = { "cause", "Cause" },
  [COUNT] = { "count", NULL },
  [FROM] = { "from", NULL },
  [TO] = { "to", NULL },
  [ATTEMPTS] = { NULL, "Attempts" },
};

static JtKeys keys = { run_keys, N_KEYS };

static const char *
or_empty (const char *text)
{
  return text == NULL ? "" : text;
}

static GVariant *
time_value (gint64 usec)
{
  return g_variant_new_uint64 ((guint64) MAX (usec, 0));
}

static GVariant *
attempt_value (const JtAttempt *attempt)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "attempt", g_variant_new_uint32 (attempt->number));
  g_variant_builder_add (&builder, "{sv}", "state", g_variant_new_string (jt_run_state_to_string (attempt->state)));
  g_variant_builder_add (&builder, "{sv}", "started-at", time_value (attempt->started_usec));
  g_variant_builder_add (&builder, "{sv}", "finished-at", time_value (attempt->finished_usec));
  g_variant_builder_add (&builder, "{sv}", "exit-code", g_variant_new_int32 (attempt->exit_code));
  g_variant_builder_add (&builder, "{sv}", "signal", g_variant_new_int32 (attempt->signal));
  g_variant_builder_add (&builder, "{sv}", "reason", g_variant_new_string (or_empty (attempt->reason)));
  g_variant_builder_add (&builder, "{sv}", "pid", g_variant_new_uint32 ((guint32) attempt->pid));
  g_variant_builder_add (&builder, "{sv}", "cpu-usage", g_variant_new_uint64 (attempt->cpu_usec));
  g_variant_builder_add (&builder, "{sv}", "memory-peak", g_variant_new_uint64 (attempt->memory_peak_bytes));
  g_variant_builder_add (&builder, "{sv}", "log-dropped", g_variant_new_uint64 (attempt->log_dropped_bytes));
  return g_variant_builder_end (&builder);
}

static GVariant *
attempts_value (const JtRun *run)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < run->attempts->len; i++)
    g_variant_builder_add_value (&builder, attempt_value (g_ptr_array_index (run->attempts, i)));
  return g_variant_builder_end (&builder);
}

static guint32
current_pid (const JtRun *run)
{
  JtAttempt *attempt = jt_run_current_attempt (run);

  return attempt != NULL && !jt_run_state_is_final (run->state) ? (guint32) attempt->pid : 0;
}

/* @values has room for N_KEYS and is all NULL. */
static void
take_common (const JtRun *run, GVariant **values)
{
  g_autofree char *job_path = jt_job_path (run->job);

  values[ID] = g_variant_new_uint64 (run->id);
  values[JOB] = g_variant_new_object_path (job_path);
  values[JOB_NAME] = g_variant_new_string (or_empty (run->job_name));
  values[OWNER] = g_variant_new_uint32 (run->owner);
  values[STATE] = g_variant_new_string (jt_run_state_to_string (run->state));
  values[TRIGGER] = g_variant_new_string (jt_trigger_to_string (run->trigger));
  values[ATTEMPT] = g_variant_new_uint32 (run->attempt);
  values[MAX_ATTEMPTS] = g_variant_new_uint32 (run->max_attempts);
  values[SCHEDULED_FOR] = time_value (run->scheduled_usec);
  values[QUEUED_AT] = time_value (run->queued_usec);
  values[STARTED_AT] = time_value (run->started_usec);
  values[FINISHED_AT] = time_value (run->finished_usec);
  values[NEXT_ATTEMPT_AT] = time_value (run->next_attempt_usec);
  values[PROGRESS] = g_variant_new_double (run->progress);
  values[MESSAGE] = g_variant_new_string (or_empty (run->message));
  values[ETA] = time_value (run->eta_usec);
  values[EXIT_CODE] = g_variant_new_int32 (run->exit_code);
  values[SIGNAL] = g_variant_new_int32 (run->signal);
  values[REASON] = g_variant_new_string (or_empty (run->reason));
  values[PID] = g_variant_new_uint32 (current_pid (run));
  values[CPU_USAGE] = g_variant_new_uint64 (run->cpu_usec);
  values[MEMORY_PEAK] = g_variant_new_uint64 (run->memory_peak_bytes);
  values[LOG_SIZE] = g_variant_new_uint64 (run->log_size_bytes);
  values[ACKNOWLEDGED_BY] = g_variant_new_string (or_empty (run->acknowledged_by));
}

GVariant *
jt_run_to_variant (const JtRun *run)
{
  GVariant *values[N_KEYS] = { NULL };
  g_autofree char *path = jt_run_path (run->id);

  take_common (run, values);
  values[PATH] = g_variant_new_object_path (path);
  values[OWNER_NAME] = g_variant_new_string (or_empty (run->owner_name));
  if (run->started_usec != 0 && run->finished_usec >= run->started_usec)
    values[DURATION] = time_value (run->finished_usec - run->started_usec);
  if (run->retry_of != 0)
    values[RETRY_OF] = g_variant_new_uint64 (run->retry_of);
  if (run->due_usec != 0)
    values[DUE_AT] = time_value (run->due_usec);
  if (run->cause != NULL)
    values[CAUSE] = g_variant_new_string (run->cause);
  if (run->missed_count != 0)
    {
      values[COUNT] = g_variant_new_uint64 (run->missed_count);
      values[FROM] = time_value (run->missed_from_usec);
      values[TO] = time_value (run->missed_to_usec);
    }
  return jt_keys_make_row (&keys, values);
}

GVariant *
jt_run_to_properties (const JtRun *run)
{
  GVariant *values[N_KEYS] = { NULL };

  take_common (run, values);
  values[DUE_AT] = time_value (jt_run_get_due (run));
  values[CAUSE] = g_variant_new_string (or_empty (run->cause));
  values[ATTEMPTS] = attempts_value (run);
  return jt_keys_make_properties (&keys, values, NULL);
}

GVariant *
jt_run_to_changed_properties (const JtRun *run, const JtRun *before)
{
  GVariant *values[N_KEYS] = { NULL };
  GVariant *old_values[N_KEYS] = { NULL };
  GVariant *changed;

  take_common (run, values);
  if (before != NULL)
    take_common (before, old_values);
  changed = jt_keys_make_properties (&keys, values, old_values);
  jt_keys_drop (values, N_KEYS);
  jt_keys_drop (old_values, N_KEYS);
  return changed;
}
