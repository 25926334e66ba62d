/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-run.h"

#include "jt-error.h"
#include "jt-names.h"

JtAttempt *
jt_attempt_new (void)
{
  JtAttempt *attempt = g_new0 (JtAttempt, 1);

  attempt->exit_code = -1;
  return attempt;
}

JtAttempt *
jt_attempt_copy (const JtAttempt *attempt)
{
  JtAttempt *copy = g_memdup2 (attempt, sizeof *attempt);

  copy->boot_id = g_strdup (attempt->boot_id);
  copy->reason = g_strdup (attempt->reason);
  return copy;
}

void
jt_attempt_free (JtAttempt *attempt)
{
  if (attempt == NULL)
    return;
  g_free (attempt->boot_id);
  g_free (attempt->reason);
  g_free (attempt);
}

JtRun *
jt_run_new (void)
{
  JtRun *run = g_new0 (JtRun, 1);

  g_atomic_ref_count_init (&run->ref_count);
  run->progress = -1;
  run->exit_code = -1;
  run->attempts = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_attempt_free);
  return run;
}

static gpointer
copy_attempt (gconstpointer source, gpointer user_data)
{
  return jt_attempt_copy (source);
}

JtRun *
jt_run_copy (const JtRun *run)
{
  JtRun *copy = g_memdup2 (run, sizeof *run);

  g_atomic_ref_count_init (&copy->ref_count);
  copy->job_name = g_strdup (run->job_name);
  copy->owner_name = g_strdup (run->owner_name);
  copy->message = g_strdup (run->message);
  copy->reason = g_strdup (run->reason);
  copy->cause = g_strdup (run->cause);
  copy->acknowledged_by = g_strdup (run->acknowledged_by);
  copy->acknowledge_note = g_strdup (run->acknowledge_note);
  copy->cancel_reason = g_strdup (run->cancel_reason);
  copy->host = g_strdup (run->host);
  copy->executor = g_strdup (run->executor);
  copy->invocation_id = g_strdup (run->invocation_id);
  copy->request_id = g_strdup (run->request_id);
  copy->bus_id = g_strdup (run->bus_id);
  copy->sender = g_strdup (run->sender);
  copy->attempts = g_ptr_array_copy (run->attempts, (GCopyFunc) (void (*) (void)) copy_attempt, NULL);
  g_ptr_array_set_free_func (copy->attempts, (GDestroyNotify) jt_attempt_free);
  return copy;
}

JtRun *
jt_run_ref (JtRun *run)
{
  g_atomic_ref_count_inc (&run->ref_count);
  return run;
}

void
jt_run_unref (JtRun *run)
{
  if (run == NULL || !g_atomic_ref_count_dec (&run->ref_count))
    return;
  g_free (run->job_name);
  g_free (run->owner_name);
  g_free (run->message);
  g_free (run->reason);
  g_free (run->cause);
  g_free (run->acknowledged_by);
  g_free (run->acknowledge_note);
  g_free (run->cancel_reason);
  g_free (run->host);
  g_free (run->executor);
  g_free (run->invocation_id);
  g_free (run->request_id);
  g_free (run->bus_id);
  g_free (run->sender);
  g_ptr_array_unref (run->attempts);
  g_free (run);
}

JtAttempt *
jt_run_current_attempt (const JtRun *run)
{
  for (guint i = run->attempts->len; i > 0; i--)
    {
      JtAttempt *attempt = g_ptr_array_index (run->attempts, i - 1);

      if (attempt->number == run->attempt)
        return attempt;
    }
  return NULL;
}

gboolean
jt_run_is_tracked (const JtRun *run)
{
  return run->trigger == JT_TRIGGER_TRACKED || run->trigger == JT_TRIGGER_PING;
}

gint64
jt_run_get_due (const JtRun *run)
{
  return run->due_usec != 0 ? run->due_usec : run->scheduled_usec;
}

gint64
jt_run_estimate_end (const JtRun *run, gint64 typical_usec, gint64 now_usec)
{
  double elapsed = (double) (now_usec - run->started_usec);
  double by_history = MAX ((double) typical_usec - elapsed, 0);
  double by_progress;

  if (run->started_usec == 0 || elapsed < 0)
    return 0;
  if (run->progress >= 1)
    return now_usec;
  if (run->progress <= 0)
    return typical_usec > 0 ? run->started_usec + typical_usec : 0;
  by_progress = elapsed * (1 - run->progress) / run->progress;
  /* A share of a millionth in the first second says years: what no clock can show is not said. */
  if (by_progress > G_MAXINT64 / 4)
    return 0;
  if (typical_usec <= 0)
    return now_usec + (gint64) by_progress;
  return now_usec + (gint64) (run->progress * by_progress + (1 - run->progress) * by_history);
}

gboolean
jt_run_set_state (JtRun *run, JtRunState state, GError **error)
{
  if (!jt_run_state_may_follow (run->state, state))
    {
      g_set_error (error, JT_ERROR, JT_ERROR_WRONG_STATE, "run %" G_GUINT64_FORMAT " is %s and cannot become %s", run->id,
                   jt_run_state_to_string (run->state), jt_run_state_to_string (state));
      return FALSE;
    }
  run->state = state;
  return TRUE;
}

char *
jt_run_path (guint64 id)
{
  return g_strdup_printf (JT_RUNS_PATH "/%" G_GUINT64_FORMAT, id);
}

gboolean
jt_run_id_from_path (const char *path, guint64 *id)
{
  if (!g_str_has_prefix (path, JT_RUNS_PATH "/"))
    return FALSE;
  return g_ascii_string_to_unsigned (path + strlen (JT_RUNS_PATH "/"), 10, 1, G_MAXINT64, id, NULL);
}
