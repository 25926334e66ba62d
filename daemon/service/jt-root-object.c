/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-service-private.h"

/* The root object: its properties, and which member goes where. */

/* What a client may rely on; a name here never changes its meaning. */
static const char *const features[] = { "jobs", "schedules", "retries", "logs", "job-files", "subscribe", "tracking", "ping", "statistics", NULL };

GVariant *
jt_root_object_get_properties (JtService *self)
{
  const char *reason = jt_tracker_get_pause_reason (self->tracker);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Version", "s", PACKAGE_VERSION);
  g_variant_dict_insert (&dict, "Paused", "b", jt_tracker_is_paused (self->tracker));
  g_variant_dict_insert (&dict, "PauseReason", "s", reason != NULL ? reason : "");
  g_variant_dict_insert (&dict, "JobCount", "u", jt_tracker_count_jobs (self->tracker));
  g_variant_dict_insert (&dict, "ActiveCount", "u", jt_tracker_count_active (self->tracker));
  g_variant_dict_insert (&dict, "QueuedCount", "u", jt_tracker_count_queued (self->tracker));
  g_variant_dict_insert (&dict, "NextElapse", "t", (guint64) jt_tracker_get_next_elapse (self->tracker));
  g_variant_dict_insert_value (&dict, "Features", g_variant_new_strv (features, -1));
  return g_variant_dict_end (&dict);
}

const JtCallRow *
jt_root_object_get_rows (void)
{
  static const JtCallRow rows[] = {
    { "AddJob", jt_root_handle_add_job },
    { "AddJobs", jt_root_handle_add_jobs },
    { "FindJob", jt_root_handle_find_job },
    { "ListJobs", jt_root_handle_list_jobs },
    { "PreviewSchedule", jt_root_handle_preview_schedule },
    { "StartTracking", jt_root_handle_start_tracking },
    { "Ping", jt_root_handle_ping },
    { "ListActive", jt_root_handle_list_active },
    { "ListRuns", jt_root_handle_list_runs },
    { "GetStatistics", jt_root_handle_get_statistics },
    { "Pause", jt_root_handle_pause },
    { "Resume", jt_root_handle_resume },
    { "Reload", jt_root_handle_reload },
    { "Subscribe", jt_root_handle_subscribe },
    { "Unsubscribe", jt_root_handle_unsubscribe },
    { NULL, NULL },
  };

  return rows;
}
