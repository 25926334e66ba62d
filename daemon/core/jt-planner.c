/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-planner.h"

#include <string.h>

#include "jt-error.h"
#include "jt-jitter.h"
#include "jt-schedule.h"

/* With several schedules, instants that coincide count once, which takes a merge; beyond this many the sum is near enough for a report. */
#define MAX_MERGED 200000
/* Of instants that jitter has not made due yet. */
#define MAX_LOOKED_AT 10000
#define FIRST_WINDOW_USEC (60 * G_USEC_PER_SEC)

static JtSchedule *
parse_one (const char *text, JtZone *zone, gint64 base_usec, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  JtSchedule *schedule = jt_schedule_parse (text, zone, base_usec, NULL, &local_error);

  if (schedule == NULL)
    g_propagate_prefixed_error (error, g_steal_pointer (&local_error), "schedule '%.64s': ", text);
  return schedule;
}

/* (element-type JtSchedule) (transfer full), NULL with @error set. */
static GPtrArray *
parse_all (JtSettings *settings, gint64 base_usec, GError **error)
{
  g_autoptr (GPtrArray) schedules = g_ptr_array_new_with_free_func ((GDestroyNotify) jt_schedule_unref);
  const char *text = jt_settings_get_nth (settings, "schedule", 0);
  g_autoptr (JtZone) zone = NULL;

  if (text == NULL && !jt_settings_has (settings, "timezone"))
    return g_steal_pointer (&schedules);
  zone = jt_zone_get (jt_settings_get_string (settings, "timezone"), error);
  if (zone == NULL)
    {
      g_prefix_error (error, "timezone: ");
      return NULL;
    }
  for (guint i = 1; text != NULL; text = jt_settings_get_nth (settings, "schedule", i++))
    {
      JtSchedule *schedule = parse_one (text, zone, base_usec, error);

      if (schedule == NULL)
        return NULL;
      g_ptr_array_add (schedules, schedule);
    }
  return g_steal_pointer (&schedules);
}

static gboolean
check_elapses (JtSchedule *schedule, const char *text, gint64 now_usec, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (jt_schedule_check_elapses (schedule, text, now_usec, NULL, &local_error))
    return TRUE;
  g_propagate_prefixed_error (error, g_steal_pointer (&local_error), "schedule '%.64s': ", text);
  return FALSE;
}

/* What counts from when it was said. */
static gboolean
is_relative (JtSchedule *schedule)
{
  JtScheduleKind kind = jt_schedule_get_kind (schedule);

  return kind == JT_SCHEDULE_EVERY || kind == JT_SCHEDULE_AT;
}

/* @settings with the instants that its relative @schedules count from. (transfer full) */
static JtSettings *
spell_out (JtSettings *settings, GPtrArray *schedules, GError **error)
{
  g_auto (GStrv) texts = jt_settings_get_strv (settings, "schedule");
  g_autoptr (GVariant) values = NULL;
  GVariantDict changes;

  for (guint i = 0; i < schedules->len; i++)
    {
      JtSchedule *schedule = g_ptr_array_index (schedules, i);

      if (!is_relative (schedule))
        continue;
      g_free (texts[i]);
      texts[i] = g_strdup (jt_schedule_get_normalized (schedule));
    }
  g_variant_dict_init (&changes, NULL);
  g_variant_dict_insert (&changes, "schedule", "^as", texts);
  values = g_variant_ref_sink (g_variant_dict_end (&changes));
  return jt_settings_update (settings, values, NULL, error);
}

JtSettings *
jt_planner_normalize (JtSettings *settings, gint64 now_usec, GError **error)
{
  g_autoptr (GPtrArray) schedules = parse_all (settings, now_usec, error);
  gboolean has_relative = FALSE;

  if (schedules == NULL)
    return NULL;
  for (guint i = 0; i < schedules->len; i++)
    {
      JtSchedule *schedule = g_ptr_array_index (schedules, i);

      if (!check_elapses (schedule, jt_settings_get_nth (settings, "schedule", i), now_usec, error))
        return NULL;
      has_relative |= is_relative (schedule);
    }
  return has_relative ? spell_out (settings, schedules, error) : jt_settings_ref (settings);
}

/* "every … after" counts from the end of the last run; before the first, from the definition. */
static gint64
next_after_end (const JtJob *job, JtSchedule *schedule, gint64 after_usec, gint64 last_finished_usec)
{
  gint64 base_usec = MAX (last_finished_usec, job->revised_usec);
  gint64 next_usec = base_usec + jt_schedule_get_after_end (schedule);

  return next_usec > after_usec ? next_usec : JT_INSTANT_NEVER;
}

static gint64
next_of (const JtJob *job, JtSchedule *schedule, gint64 after_usec, gint64 last_finished_usec)
{
  if (jt_schedule_is_reboot (schedule))
    return JT_INSTANT_NEVER;
  if (jt_schedule_get_after_end (schedule) > 0)
    return next_after_end (job, schedule, after_usec, last_finished_usec);
  return jt_schedule_next (schedule, after_usec);
}

static gint64
next_of_all (const JtJob *job, GPtrArray *schedules, gint64 after_usec, gint64 last_finished_usec)
{
  gint64 earliest_usec = JT_INSTANT_NEVER;

  for (guint i = 0; i < schedules->len; i++)
    earliest_usec = MIN (earliest_usec, next_of (job, g_ptr_array_index (schedules, i), after_usec, last_finished_usec));
  return earliest_usec;
}

/* A definition was checked, so what fails to parse now is zone data that went away: the job waits for it to come back. */
static GPtrArray *
parse_stored (const JtJob *job)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *schedules = parse_all (job->settings, job->revised_usec, &error);

  if (schedules == NULL)
    g_warning ("could not plan job %" G_GUINT64_FORMAT " '%s': %s", job->id, job->name, error->message);
  return schedules;
}

gint64
jt_planner_next (const JtJob *job, gint64 after_usec, gint64 last_finished_usec)
{
  g_autoptr (GPtrArray) schedules = parse_stored (job);

  return schedules == NULL ? JT_INSTANT_NEVER : next_of_all (job, schedules, after_usec, last_finished_usec);
}

static guint64
count_merged (const JtJob *job, GPtrArray *schedules, gint64 after_usec, gint64 until_usec, gint64 last_finished_usec,
              gint64 *last_usec)
{
  guint64 count = 0;

  for (gint64 at = next_of_all (job, schedules, after_usec, last_finished_usec); at <= until_usec && count < MAX_MERGED;
       at = next_of_all (job, schedules, at, last_finished_usec))
    {
      *last_usec = at;
      count++;
    }
  return count;
}

guint64
jt_planner_count (const JtJob *job, gint64 after_usec, gint64 until_usec, gint64 last_finished_usec,
                  gint64 *first_usec, gint64 *last_usec)
{
  g_autoptr (GPtrArray) schedules = parse_stored (job);
  guint64 sum = 0;

  *first_usec = schedules == NULL ? JT_INSTANT_NEVER : next_of_all (job, schedules, after_usec, last_finished_usec);
  *last_usec = JT_INSTANT_NEVER;
  if (*first_usec > until_usec)
    {
      *first_usec = JT_INSTANT_NEVER;
      return 0;
    }
  *last_usec = *first_usec;
  if (schedules->len > 1)
    {
      sum = count_merged (job, schedules, after_usec, until_usec, last_finished_usec, last_usec);
      if (sum < MAX_MERGED)
        return sum;
      sum = 0;
    }
  for (guint i = 0; i < schedules->len; i++)
    {
      JtSchedule *schedule = g_ptr_array_index (schedules, i);
      gint64 first = JT_INSTANT_NEVER;
      gint64 last = JT_INSTANT_NEVER;
      guint64 count;

      if (jt_schedule_is_reboot (schedule))
        continue;
      if (jt_schedule_get_after_end (schedule) > 0)
        {
          first = last = next_after_end (job, schedule, after_usec, last_finished_usec);
          count = last <= until_usec ? 1 : 0;
        }
      else
        count = jt_schedule_count (schedule, after_usec, until_usec, &first, &last);
      sum += count;
      if (count > 0)
        *last_usec = MAX (*last_usec, last);
    }
  return sum;
}

static gboolean
has_one_schedule (const JtJob *job)
{
  return jt_settings_get_nth (job->settings, "schedule", 0) != NULL && jt_settings_get_nth (job->settings, "schedule", 1) == NULL;
}

gint64
jt_planner_find_latest (const JtJob *job, gint64 after_usec, gint64 until_usec, gint64 last_finished_usec, guint most)
{
  gint64 low = after_usec;
  gint64 high = until_usec;
  gint64 first_usec;
  gint64 last_usec;

  /* What is asked for most, and of one schedule it is arithmetic: the last one alone. */
  if (most == 1 && has_one_schedule (job)
      && jt_planner_count (job, after_usec, until_usec, last_finished_usec, &first_usec, &last_usec) > 0)
    return last_usec - 1;
  /* The span that has more of them is found from its end, so that no more than a few are counted. */
  for (gint64 window = FIRST_WINDOW_USEC; until_usec - window > after_usec; window *= 2)
    {
      if (jt_planner_count (job, until_usec - window, until_usec, last_finished_usec, &first_usec, &last_usec) > most)
        {
          low = until_usec - window;
          break;
        }
      high = until_usec - window;
    }
  /* In (high, until] there are never more. */
  while (low < high)
    {
      gint64 middle = low + (high - low) / 2;

      if (jt_planner_count (job, middle, until_usec, last_finished_usec, &first_usec, &last_usec) <= most)
        high = middle;
      else
        low = middle + 1;
    }
  return high;
}

/* Of instants that are spread at random the first that is not due yet is found after about the square root of as many as the jitter spans. */
gint64
jt_planner_find_due (const JtJob *job, const char *machine_id, gint64 after_usec, gint64 until_usec, gint64 last_finished_usec)
{
  gint64 span_usec = (gint64) jt_settings_get_uint64 (job->settings, "jitter");
  g_autoptr (GPtrArray) schedules = NULL;
  gint64 due_usec;

  if (span_usec == 0)
    return until_usec;
  if (jt_settings_get_boolean (job->settings, "jitter-fixed"))
    return until_usec - jt_jitter_get (job, machine_id, 0);
  due_usec = MAX (after_usec, until_usec - span_usec);
  schedules = parse_stored (job);
  for (guint i = 0; schedules != NULL && i < MAX_LOOKED_AT; i++)
    {
      gint64 next_usec = next_of_all (job, schedules, due_usec, last_finished_usec);

      if (next_usec == JT_INSTANT_NEVER || next_usec + jt_jitter_get (job, machine_id, next_usec) > until_usec)
        break;
      due_usec = next_usec;
    }
  return due_usec;
}

/* Asked of every job at a start, so what cannot be @reboot is not parsed for it. */
static gboolean
mentions_nickname (const JtJob *job)
{
  const char *text;

  for (guint i = 0; (text = jt_settings_get_nth (job->settings, "schedule", i)) != NULL; i++)
    if (strchr (text, '@') != NULL)
      return TRUE;
  return FALSE;
}

gboolean
jt_planner_is_at_boot (const JtJob *job)
{
  g_autoptr (GPtrArray) schedules = mentions_nickname (job) ? parse_stored (job) : NULL;

  for (guint i = 0; schedules != NULL && i < schedules->len; i++)
    if (jt_schedule_is_reboot (g_ptr_array_index (schedules, i)))
      return TRUE;
  return FALSE;
}
