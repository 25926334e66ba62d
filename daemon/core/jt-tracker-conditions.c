/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-log.h"
#include "jt-tracker-private.h"

/* What is asked of the machine between a run's turn and its slot: whether its conditions hold, and that sleep is put off while it runs.
 * The run is on record as queued by then, so a crash in between is looked at again. */

static gboolean
has_entries (JtSettings *settings, const char *key)
{
  g_auto (GStrv) entries = NULL;

  if (!jt_settings_has (settings, key))
    return FALSE;
  entries = jt_settings_get_strv (settings, key);
  return entries[0] != NULL;
}

/* Whoever starts a run by hand has decided, and a further attempt is part of a run that has begun. */
static gboolean
has_open_conditions (const TrackedRun *run)
{
  JtTrigger trigger = run->live->trigger;

  if (run->is_met || run->live->attempt > 0 || run->settings == NULL)
    return FALSE;
  if (trigger != JT_TRIGGER_SCHEDULE && trigger != JT_TRIGGER_EVENT && trigger != JT_TRIGGER_DEPENDENCY)
    return FALSE;
  return has_entries (run->settings, "condition");
}

static gboolean
wants_inhibitors (const TrackedRun *run)
{
  return !run->has_inhibitors && run->settings != NULL && has_entries (run->settings, "inhibit");
}

gboolean
jt_tracker_needs_preparation (JtTracker *self, const TrackedRun *run)
{
  return self->surroundings != NULL && (has_open_conditions (run) || wants_inhibitors (run));
}

gint64
jt_tracker_get_wait_end (const TrackedRun *run)
{
  gint64 wait_usec;

  if (!has_open_conditions (run))
    return G_MAXINT64;
  wait_usec = (gint64) jt_settings_get_uint64 (run->settings, "condition-wait");
  return wait_usec == 0 ? G_MAXINT64 : MAX (run->live->queued_usec, run->waits_since_usec) + wait_usec;
}

/* --- conditions --- */

static void
look (JtTracker *self, TrackedRun *run)
{
  if (run->is_looking)
    return;
  run->is_looking = TRUE;
  jt_tracker_limit_wait (self, run);
  jt_surroundings_look (self->surroundings, run->id, run->settings, run->live->owner, jt_settings_has (run->settings, "condition-wait"));
}

static void
stop_looking (JtTracker *self, TrackedRun *run)
{
  if (!run->is_looking)
    return;
  run->is_looking = FALSE;
  jt_surroundings_stop_looking (self->surroundings, run->id);
}

void
jt_tracker_on_looked (JtSurroundings *surroundings, guint64 id, const char *unmet, gpointer user_data)
{
  JtTracker *self = user_data;
  TrackedRun *run = jt_tracker_run (self, id);
  g_autofree char *reason = NULL;

  if (run == NULL || !run->is_looking || run->live->state != JT_RUN_QUEUED || self->is_broken)
    return;
  if (unmet == NULL)
    {
      stop_looking (self, run);
      run->is_met = TRUE;
      jt_tracker_proceed (self, run);
      jt_tracker_dispatch (self);
      return;
    }
  reason = g_strdup_printf ("condition: %s", unmet);
  if (jt_settings_has (run->settings, "condition-wait"))
    jt_tracker_tell_reason (self, run, reason);
  else
    jt_tracker_skip_run (self, run, reason);
}

void
jt_tracker_restart_waits (JtTracker *self)
{
  gint64 now_usec = jt_clock_get_realtime (self->clock);

  for (guint i = 0; i < self->runs->len; i++)
    {
      TrackedRun *run = g_ptr_array_index (self->runs, i);

      if (!run->is_looking)
        continue;
      run->waits_since_usec = now_usec;
      jt_tracker_limit_wait (self, run);
    }
}

/* --- what is put off --- */

typedef struct
{
  JtTracker *tracker; /* (owned) */
  guint64    run;
} InhibitWish;

static void
on_inhibited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree InhibitWish *wish = user_data;
  g_autoptr (JtTracker) self = wish->tracker;
  g_autoptr (GError) error = NULL;
  gboolean is_held = jt_surroundings_inhibit_finish (JT_SURROUNDINGS (source), result, &error);
  TrackedRun *run = jt_tracker_run (self, wish->run);

  if (run == NULL || !run->is_inhibiting)
    {
      if (is_held)
        jt_surroundings_release (JT_SURROUNDINGS (source), wish->run);
      return;
    }
  run->is_inhibiting = FALSE;
  run->has_inhibitors = TRUE;
  /* A backup that is cut short by sleep is better than none. */
  if (!is_held)
    jt_log_warning ("run %" G_GUINT64_FORMAT " of '%s' goes on without its inhibitors: %s", run->id, run->live->job_name, error->message);
  if (run->live->state != JT_RUN_QUEUED && run->live->state != JT_RUN_RETRY_WAIT)
    return;
  jt_tracker_proceed (self, run);
  jt_tracker_dispatch (self);
}

static void
inhibit (JtTracker *self, TrackedRun *run)
{
  g_autofree char *why = g_strdup_printf ("%s is running", run->live->job_name);
  InhibitWish *wish;

  if (run->is_inhibiting)
    return;
  run->is_inhibiting = TRUE;
  wish = g_new (InhibitWish, 1);
  wish->tracker = g_object_ref (self);
  wish->run = run->id;
  jt_surroundings_inhibit_async (self->surroundings, run->id, run->settings, why, NULL, on_inhibited, wish);
}

void
jt_tracker_retake_inhibitors (JtTracker *self, TrackedRun *run)
{
  if (self->surroundings != NULL && wants_inhibitors (run))
    inhibit (self, run);
}

void
jt_tracker_release_surroundings (JtTracker *self, TrackedRun *run)
{
  stop_looking (self, run);
  if (run->has_inhibitors)
    jt_surroundings_release (self->surroundings, run->id);
  run->has_inhibitors = FALSE;
  run->is_inhibiting = FALSE;
}

gboolean
jt_tracker_prepare (JtTracker *self, TrackedRun *run)
{
  if (self->surroundings == NULL)
    return FALSE;
  if (has_open_conditions (run))
    look (self, run);
  else if (wants_inhibitors (run))
    inhibit (self, run);
  else
    return FALSE;
  return TRUE;
}
