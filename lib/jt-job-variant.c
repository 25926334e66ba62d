/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-job.h"
#include "jt-keys.h"
#include "jt-run.h"

/* How a job looks on the bus: as a row (kebab-case keys) and as properties (D-Bus names). One list of values makes both. */

enum
{
  ID,
  NAME,
  OWNER,
  OWNER_NAME,
  ORIGIN,
  ENABLED,
  SCHEDULE,
  TIMEZONE,
  NEXT_ELAPSE,
  LAST_RUN,
  LAST_STATE,
  LAST_FINISHED,
  REVISION,
  HEALTH,
  STREAK,
  TYPICAL_DURATION,
  MUTED_UNTIL,
  PATH,
  COMMAND,
  DESCRIPTION,
  TAGS,
  RECENT,
  LAST_DURATION,
  EXPECTED_BY,
  LATE_SINCE,
  LATE_REASON,
  AFTER,
  SETTINGS,
  N_KEYS
};

static const JtKey job_keys[N_KEYS] = {
  [ID] = { "id", "Id" },
  [NAME] = { "name", "Name" },
  [OWNER] = { "owner", "Owner" },
  [OWNER_NAME] = { "owner-name", "OwnerName" },
  [ORIGIN] = { "origin", "Origin" },
  [ENABLED] = { "enabled", "Enabled" },
  [SCHEDULE] = { "schedule", "Schedule" },
  [TIMEZONE] = { "timezone", "Timezone" },
  [NEXT_ELAPSE] = { "next-elapse", "NextElapse" },
  [LAST_RUN] = { "last-run", "LastRun" },
  [LAST_STATE] = { "last-state", "LastState" },
  [LAST_FINISHED] = { "last-finished", "LastFinished" },
  [REVISION] = { "revision", "Revision" },
  [HEALTH] = { "health", "Health" },
  [STREAK] = { "streak", "Streak" },
  [TYPICAL_DURATION] = { "typical-duration", "TypicalDuration" },
  [MUTED_UNTIL] = { "muted-until", "MutedUntil" },
  [PATH] = { "path", NULL },
  [COMMAND] = { "command", NULL },
  [DESCRIPTION] = { "description", NULL },
  [TAGS] = { "tags", NULL },
  [RECENT] = { "recent", NULL },
  [LAST_DURATION] = { "last-duration", NULL },
  [EXPECTED_BY] = { "expected-by", NULL },
  [LATE_SINCE] = { "late-since", NULL },
  [LATE_REASON] = { "late-reason", NULL },
  [AFTER] = { "after", NULL },
  [SETTINGS] = { NULL, "Settings" },
};

static JtKeys keys = { job_keys, N_KEYS };

static GVariant *
time_value (gint64 usec)
{
  return g_variant_new_uint64 ((guint64) MAX (usec, 0));
}

static GVariant *
text_value (const char *text)
{
  return g_variant_new_string (text != NULL ? text : "");
}

static GVariant *
list_value (JtSettings *settings, const char *key)
{
  g_auto (GStrv) texts = jt_settings_get_strv (settings, key);

  return g_variant_new_strv ((const char *const *) texts, -1);
}

/* An object path cannot be empty: "/" says that there is none. */
static GVariant *
last_run_value (const JtJobStatus *status)
{
  g_autofree char *path = status->last_run != 0 ? jt_run_path (status->last_run) : g_strdup ("/");

  return g_variant_new_object_path (path);
}

/* What changes with the job's runs. */
static void
take_status (const JtJob *job, const JtJobStatus *status, GVariant **values)
{
  values[NEXT_ELAPSE] = time_value (status->next_elapse_usec);
  values[LAST_RUN] = last_run_value (status);
  values[LAST_STATE] = text_value (status->last_run != 0 ? jt_run_state_to_string (status->last_state) : NULL);
  values[LAST_FINISHED] = time_value (status->last_finished_usec);
  values[HEALTH] = g_variant_new_string (jt_job_get_health (job, status));
  values[STREAK] = g_variant_new_int32 (status->streak);
  values[TYPICAL_DURATION] = time_value (status->typical_duration_usec);
}

static void
take_common (const JtJob *job, const JtJobStatus *status, GVariant **values)
{
  take_status (job, status, values);
  values[ID] = g_variant_new_uint64 (job->id);
  values[NAME] = g_variant_new_string (job->name);
  values[OWNER] = g_variant_new_uint32 (job->owner);
  values[OWNER_NAME] = text_value (job->owner_name);
  values[ORIGIN] = g_variant_new_string (jt_origin_to_string (job->origin));
  values[ENABLED] = g_variant_new_boolean (jt_settings_get_boolean (job->settings, "enabled"));
  values[SCHEDULE] = list_value (job->settings, "schedule");
  values[TIMEZONE] = text_value (jt_settings_get_string (job->settings, "timezone"));
  values[REVISION] = g_variant_new_uint64 (job->revision);
  values[MUTED_UNTIL] = time_value (status->muted_until_usec);
}

/* The row says by when word is due, and since when it is overdue. */
static void
take_expected (const JtJob *job, const JtJobStatus *status, GVariant **values)
{
  gboolean is_begin;
  gint64 expected_usec = jt_job_get_expected (job, status, FALSE, &is_begin);

  values[EXPECTED_BY] = time_value (expected_usec == G_MAXINT64 ? 0 : expected_usec);
  values[LATE_SINCE] = time_value (status->late_since_usec);
  if (status->late_since_usec != 0)
    values[LATE_REASON] = g_variant_new_string (is_begin && status->late_since_usec == expected_usec ? "not started" : "no check-in");
}

GVariant *
jt_job_to_variant (const JtJob *job, const JtJobStatus *status)
{
  GVariant *values[N_KEYS] = { NULL };
  g_autofree char *path = jt_job_path (job->id);
  g_autofree char *command = jt_settings_describe_command (job->settings);

  take_common (job, status, values);
  values[PATH] = g_variant_new_object_path (path);
  values[COMMAND] = g_variant_new_string (command);
  values[DESCRIPTION] = text_value (jt_settings_get_string (job->settings, "description"));
  values[TAGS] = list_value (job->settings, "tags");
  values[RECENT] = g_variant_new_string (status->recent);
  values[LAST_DURATION] = time_value (status->last_duration_usec);
  if (jt_settings_has (job->settings, "expect-every"))
    take_expected (job, status, values);
  if (jt_settings_has (job->settings, "after"))
    values[AFTER] = list_value (job->settings, "after");
  return jt_keys_make_row (&keys, values);
}

GVariant *
jt_job_to_properties (const JtJob *job, const JtJobStatus *status)
{
  GVariant *values[N_KEYS] = { NULL };

  take_common (job, status, values);
  values[SETTINGS] = jt_settings_to_variant (job->settings);
  return jt_keys_make_properties (&keys, values, NULL);
}

GVariant *
jt_job_to_status_properties (const JtJob *job, const JtJobStatus *status)
{
  GVariant *values[N_KEYS] = { NULL };

  take_status (job, status, values);
  return jt_keys_make_properties (&keys, values, NULL);
}
