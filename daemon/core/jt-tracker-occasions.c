/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-error.h"
#include "jt-log.h"
#include "jt-tracker-private.h"

/* What starts jobs besides their schedules, and when the machine is to be awake for them. */

/* What happens to a job more than once within so long happens once: a unit that flaps must not fill the record. */
#define SAME_USEC G_USEC_PER_SEC

static gboolean
is_enabled (TrackedJob *job)
{
  return !job->is_leaving && jt_settings_get_boolean (job->job->settings, "enabled");
}

gboolean
jt_tracker_is_at_startup (TrackedJob *job)
{
  return jt_settings_has_entry (job->job->settings, "on-event", "startup");
}

void
jt_tracker_unwatch_job (JtTracker *self, TrackedJob *job)
{
  g_hash_table_remove (self->waking, job);
  if (job->is_watched)
    jt_surroundings_watch (self->surroundings, job->id, NULL, job->job->owner);
  job->is_watched = FALSE;
}

void
jt_tracker_watch_job (JtTracker *self, TrackedJob *job)
{
  JtSettings *settings = job->job->settings;

  if (self->surroundings == NULL)
    return;
  if (!is_enabled (job) || !jt_surroundings_are_needed (settings))
    {
      jt_tracker_unwatch_job (self, job);
      return;
    }
  if (jt_settings_get_boolean (settings, "wake"))
    g_hash_table_add (self->waking, job);
  else
    g_hash_table_remove (self->waking, job);
  if (jt_settings_has (settings, "on-event") || jt_settings_has (settings, "watch-path"))
    {
      job->is_watched = TRUE;
      jt_surroundings_watch (self->surroundings, job->id, settings, job->job->owner);
    }
  else if (job->is_watched)
    {
      job->is_watched = FALSE;
      jt_surroundings_watch (self->surroundings, job->id, NULL, job->job->owner);
    }
}

/* What is older than the last start was there to be seen by it. A change of files that came later has to be met by another start, or
 * nobody would ever look at it; it is told once they have been quiet. */
static gint64
same_usec (TrackedJob *job, const char *cause)
{
  if (!g_str_has_prefix (cause, "watch-path:"))
    return SAME_USEC;
  return MIN (SAME_USEC, (gint64) jt_settings_get_uint64 (job->job->settings, "watch-settle"));
}

void
jt_tracker_on_occurred (JtSurroundings *surroundings, guint64 id, const char *cause, gpointer user_data)
{
  JtTracker *self = user_data;
  TrackedJob *job = jt_tracker_job (self, id);
  JtOffer offer = { .trigger = JT_TRIGGER_EVENT, .cause = cause };
  gint64 now_usec = jt_clock_get_realtime (self->clock);
  GArray *ids;
  JtCommit *commit;

  if (job == NULL || !job->is_watched || !is_enabled (job) || self->is_stopping)
    return;
  if (self->is_broken || !self->is_loaded)
    {
      jt_log_warning ("job '%s' does not hear of '%s': the storage is away", job->job->name, cause);
      return;
    }
  if (job->occurred_usec != 0 && now_usec >= job->occurred_usec && now_usec < job->occurred_usec + same_usec (job, cause))
    return;
  job->occurred_usec = now_usec;
  ids = g_array_new (FALSE, FALSE, sizeof (guint64));
  commit = jt_commit_new (self);
  jt_run_unref (jt_tracker_offer (self, job, &offer, commit, ids));
  jt_tracker_submit_offer (self, job, commit, ids);
}

/* --- waking up --- */

void
jt_tracker_update_wake (JtTracker *self)
{
  gint64 earliest_usec = G_MAXINT64;
  GHashTableIter iter;
  gpointer key;

  if (self->surroundings == NULL || (g_hash_table_size (self->waking) == 0 && self->wake_usec == G_MAXINT64))
    return;
  g_hash_table_iter_init (&iter, self->waking);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      gint64 next_usec = ((TrackedJob *) key)->status.next_elapse_usec;

      if (next_usec != 0)
        earliest_usec = MIN (earliest_usec, next_usec);
    }
  if (earliest_usec == self->wake_usec)
    return;
  self->wake_usec = earliest_usec;
  jt_surroundings_set_wake (self->surroundings, earliest_usec);
}

/* --- definitions --- */

typedef struct
{
  JtTracker    *tracker;  /* (owned) */
  GPtrArray    *settings; /* (element-type JtSettings) (owned) */
  guint         next;
  guint32       uid;
  JtCheckedFunc checked;
  gpointer      user_data;
} Check;

static void check_next (Check *check);

static void
end_check (Check *check, GError *error)
{
  check->checked (check->tracker, error, check->user_data);
  g_object_unref (check->tracker);
  g_ptr_array_unref (check->settings);
  g_free (check);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Check *check = user_data;
  GError *error = NULL;

  if (jt_surroundings_check_finish (JT_SURROUNDINGS (source), result, &error))
    check_next (check);
  else
    end_check (check, error);
}

static void
check_next (Check *check)
{
  while (check->next < check->settings->len)
    {
      JtSettings *settings = g_ptr_array_index (check->settings, check->next++);

      if (settings == NULL || !jt_surroundings_are_needed (settings))
        continue;
      jt_surroundings_check_async (check->tracker->surroundings, settings, check->uid, NULL, on_checked, check);
      return;
    }
  end_check (check, NULL);
}

static const char *
find_need (GPtrArray *settings)
{
  for (guint i = 0; i < settings->len; i++)
    {
      JtSettings *each = g_ptr_array_index (settings, i);
      const char *need = each == NULL ? NULL : jt_surroundings_find_need (each);

      if (need != NULL)
        return need;
    }
  return NULL;
}

void
jt_tracker_check_surroundings (JtTracker *self, GPtrArray *settings, guint32 uid, JtCheckedFunc checked, gpointer user_data)
{
  const char *need = find_need (settings);
  Check *check;

  if (need == NULL || self->surroundings == NULL)
    {
      checked (self,
               need == NULL ? NULL : g_error_new (JT_ERROR, JT_ERROR_NOT_SUPPORTED, "%s: nothing here can tell", need),
               user_data);
      return;
    }
  check = g_new0 (Check, 1);
  check->tracker = g_object_ref (self);
  check->settings = g_ptr_array_ref (settings);
  check->uid = uid;
  check->checked = checked;
  check->user_data = user_data;
  check_next (check);
}
