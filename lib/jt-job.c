/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-job.h"

#include <string.h>

#include "jt-names.h"

/* How much one more success moves the typical duration. */
#define TYPICAL_WEIGHT 4

static const char *const origins[] = { "api", "file", "tracked", "unit" };

JtJob *
jt_job_new (void)
{
  JtJob *job = g_new0 (JtJob, 1);

  g_atomic_ref_count_init (&job->ref_count);
  return job;
}

JtJob *
jt_job_copy (const JtJob *job)
{
  JtJob *copy = g_memdup2 (job, sizeof *job);

  g_atomic_ref_count_init (&copy->ref_count);
  copy->owner_name = g_strdup (job->owner_name);
  copy->name = g_strdup (job->name);
  copy->origin_path = g_strdup (job->origin_path);
  copy->settings = job->settings == NULL ? NULL : jt_settings_ref (job->settings);
  return copy;
}

JtJob *
jt_job_ref (JtJob *job)
{
  g_atomic_ref_count_inc (&job->ref_count);
  return job;
}

void
jt_job_unref (JtJob *job)
{
  if (job == NULL || !g_atomic_ref_count_dec (&job->ref_count))
    return;
  g_free (job->owner_name);
  g_free (job->name);
  g_free (job->origin_path);
  g_clear_pointer (&job->settings, jt_settings_unref);
  g_free (job);
}

const char *
jt_origin_to_string (JtOrigin origin)
{
  g_return_val_if_fail ((guint) origin < G_N_ELEMENTS (origins), "");
  return origins[origin];
}

gboolean
jt_origin_from_string (const char *text, JtOrigin *origin)
{
  for (guint i = 0; i < G_N_ELEMENTS (origins); i++)
    if (g_strcmp0 (text, origins[i]) == 0)
      {
        *origin = (JtOrigin) i;
        return TRUE;
      }
  return FALSE;
}

const char *
jt_job_get_health (const JtJob *job, const JtJobStatus *status)
{
  if (!jt_settings_get_boolean (job->settings, "enabled"))
    return "paused";
  if (status->late_since_usec != 0)
    return "late";
  if (status->streak < 0)
    return "failing";
  return status->streak > 0 ? "ok" : "new";
}

gint64
jt_job_get_expected (const JtJob *job, const JtJobStatus *status, gboolean is_begun, gboolean *is_begin)
{
  gint64 every_usec = (gint64) jt_settings_get_uint64 (job->settings, "expect-every");
  gint64 start_grace_usec = (gint64) jt_settings_get_uint64 (job->settings, "start-grace");
  gint64 end_usec;
  gint64 begin_usec;

  if (is_begin != NULL)
    *is_begin = FALSE;
  if (every_usec == 0 || !jt_settings_get_boolean (job->settings, "enabled"))
    return G_MAXINT64;
  end_usec = status->checked_in_usec + every_usec + (gint64) jt_settings_get_uint64 (job->settings, "expect-grace");
  if (start_grace_usec == 0 || is_begun)
    return end_usec;
  begin_usec = (status->begun_usec != 0 ? status->begun_usec : status->checked_in_usec) + every_usec + start_grace_usec;
  if (begin_usec >= end_usec)
    return end_usec;
  if (is_begin != NULL)
    *is_begin = TRUE;
  return begin_usec;
}

void
jt_job_status_take_check_in (JtJobStatus *status, gint64 at_usec, gboolean is_begin)
{
  status->checked_in_usec = at_usec;
  status->late_since_usec = 0;
  if (is_begin)
    status->begun_usec = at_usec;
}

static void
append_recent (JtJobStatus *status, char letter)
{
  gsize length = strlen (status->recent);

  if (length == JT_JOB_RECENT)
    memmove (status->recent, status->recent + 1, length--);
  status->recent[length] = letter;
  status->recent[length + 1] = '\0';
}

/* Good and failing phases take turns; a first result begins one. */
static void
take_turn (JtJobStatus *status, const JtRun *run, gint32 before)
{
  gboolean is_turn = before == 0 || (before > 0) != (status->streak > 0);

  status->turn = 0;
  status->phase_usec = 0;
  if (status->streak == before || !is_turn)
    return;
  if (status->streak < 0 || before < 0)
    status->turn = status->streak < 0 ? -1 : +1;
  status->phase_usec = status->turned_usec != 0 ? MAX (run->finished_usec - status->turned_usec, 0) : -1;
  status->turned_usec = run->finished_usec;
}

/* Skipped, missed and cancelled runs say nothing about the job's health: they show among the recent ones only. */
void
jt_job_status_take_run (JtJobStatus *status, const JtRun *run)
{
  gint64 duration_usec = run->started_usec != 0 ? MAX (run->finished_usec - run->started_usec, 0) : 0;
  gint32 streak = status->streak;

  status->turn = 0;
  append_recent (status, jt_run_state_to_letter (run->state));
  if (run->state == JT_RUN_SKIPPED || run->state == JT_RUN_MISSED)
    return;
  jt_job_status_take_check_in (status, run->finished_usec, FALSE);
  status->last_run = run->id;
  status->last_state = run->state;
  status->last_finished_usec = run->finished_usec;
  status->last_duration_usec = duration_usec;
  if (jt_run_state_is_failure (run->state))
    status->streak = MIN (status->streak, 0) - 1;
  else if (jt_run_state_is_success (run->state))
    status->streak = MAX (status->streak, 0) + 1;
  take_turn (status, run, streak);
  if (!jt_run_state_is_success (run->state))
    return;
  /* A check-in without a begin says nothing about how long the work took. */
  if (run->started_usec == 0)
    return;
  if (status->typical_duration_usec == 0)
    status->typical_duration_usec = duration_usec;
  else
    status->typical_duration_usec += (duration_usec - status->typical_duration_usec) / TYPICAL_WEIGHT;
}

char *
jt_job_path (guint64 id)
{
  return g_strdup_printf (JT_JOBS_PATH "/%" G_GUINT64_FORMAT, id);
}

gboolean
jt_job_id_from_path (const char *path, guint64 *id)
{
  if (!g_str_has_prefix (path, JT_JOBS_PATH "/"))
    return FALSE;
  return g_ascii_string_to_unsigned (path + strlen (JT_JOBS_PATH "/"), 10, 1, G_MAXINT64, id, NULL);
}
