/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-job.h"
#include "jt-names.h"
#include "jt-run.h"

/* How a run looks on the bus: as a row (kebab-case keys) and as properties (D-Bus names). One list of values makes both. */

typedef struct
{
  GVariantBuilder builder;
  gboolean        is_row;
} Writer;

static void
put (Writer *writer, const char *row_key, const char *property, GVariant *value)
{
  g_variant_builder_add (&writer->builder, "{sv}", writer->is_row ? row_key : property, value);
}

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

static void
put_common (Writer *writer, const JtRun *run)
{
  g_autofree char *job_path = jt_job_path (run->job);

  put (writer, "id", "Id", g_variant_new_uint64 (run->id));
  put (writer, "job", "Job", g_variant_new_object_path (job_path));
  put (writer, "job-name", "JobName", g_variant_new_string (or_empty (run->job_name)));
  put (writer, "owner", "Owner", g_variant_new_uint32 (run->owner));
  put (writer, "state", "State", g_variant_new_string (jt_run_state_to_string (run->state)));
  put (writer, "trigger", "Trigger", g_variant_new_string (jt_trigger_to_string (run->trigger)));
  put (writer, "attempt", "Attempt", g_variant_new_uint32 (run->attempt));
  put (writer, "max-attempts", "MaxAttempts", g_variant_new_uint32 (run->max_attempts));
  put (writer, "scheduled-for", "ScheduledFor", time_value (run->scheduled_usec));
  put (writer, "queued-at", "QueuedAt", time_value (run->queued_usec));
  put (writer, "started-at", "StartedAt", time_value (run->started_usec));
  put (writer, "finished-at", "FinishedAt", time_value (run->finished_usec));
  put (writer, "next-attempt-at", "NextAttemptAt", time_value (run->next_attempt_usec));
  put (writer, "progress", "Progress", g_variant_new_double (run->progress));
  put (writer, "message", "Message", g_variant_new_string (or_empty (run->message)));
  put (writer, "eta", "Eta", time_value (run->eta_usec));
  put (writer, "exit-code", "ExitCode", g_variant_new_int32 (run->exit_code));
  put (writer, "signal", "Signal", g_variant_new_int32 (run->signal));
  put (writer, "reason", "Reason", g_variant_new_string (or_empty (run->reason)));
  put (writer, "pid", "Pid", g_variant_new_uint32 (current_pid (run)));
  put (writer, "cpu-usage", "CpuUsage", g_variant_new_uint64 (run->cpu_usec));
  put (writer, "memory-peak", "MemoryPeak", g_variant_new_uint64 (run->memory_peak_bytes));
  put (writer, "log-size", "LogSize", g_variant_new_uint64 (run->log_size_bytes));
  put (writer, "acknowledged-by", "AcknowledgedBy", g_variant_new_string (or_empty (run->acknowledged_by)));
}

GVariant *
jt_run_to_variant (const JtRun *run)
{
  Writer writer = { .is_row = TRUE };
  g_autofree char *path = jt_run_path (run->id);

  g_variant_builder_init (&writer.builder, G_VARIANT_TYPE_VARDICT);
  put_common (&writer, run);
  put (&writer, "path", NULL, g_variant_new_object_path (path));
  put (&writer, "owner-name", NULL, g_variant_new_string (or_empty (run->owner_name)));
  if (run->started_usec != 0 && run->finished_usec >= run->started_usec)
    put (&writer, "duration", NULL, time_value (run->finished_usec - run->started_usec));
  if (run->retry_of != 0)
    put (&writer, "retry-of", NULL, g_variant_new_uint64 (run->retry_of));
  if (run->missed_count != 0)
    {
      put (&writer, "count", NULL, g_variant_new_uint64 (run->missed_count));
      put (&writer, "from", NULL, time_value (run->missed_from_usec));
      put (&writer, "to", NULL, time_value (run->missed_to_usec));
    }
  return g_variant_builder_end (&writer.builder);
}

GVariant *
jt_run_to_properties (const JtRun *run)
{
  Writer writer = { .is_row = FALSE };

  g_variant_builder_init (&writer.builder, G_VARIANT_TYPE_VARDICT);
  put_common (&writer, run);
  put (&writer, NULL, "Attempts", attempts_value (run));
  return g_variant_builder_end (&writer.builder);
}
