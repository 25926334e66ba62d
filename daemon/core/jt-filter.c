/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-filter.h"

JtFilter *
jt_filter_new (guint32 viewer)
{
  JtFilter *filter = g_new0 (JtFilter, 1);

  filter->viewer = viewer;
  filter->owner = JT_ANY_OWNER;
  return filter;
}

void
jt_filter_free (JtFilter *filter)
{
  if (filter == NULL)
    return;
  g_free (filter->job_name);
  g_free (filter->tag);
  g_free (filter->health);
  g_free (filter);
}

static gboolean
may_see (const JtFilter *filter, guint32 owner)
{
  if (filter->viewer != 0 && filter->viewer != owner)
    return FALSE;
  return filter->owner == JT_ANY_OWNER || filter->owner == owner;
}

gboolean
jt_filter_match_job (const JtFilter *filter, const JtJob *job)
{
  if (!may_see (filter, job->owner) || job->id <= filter->after)
    return FALSE;
  if (filter->job != 0 && filter->job != job->id)
    return FALSE;
  if (filter->job_name != NULL && g_strcmp0 (filter->job_name, job->name) != 0)
    return FALSE;
  return filter->tag == NULL || jt_settings_has_entry (job->settings, "tags", filter->tag);
}

gboolean
jt_filter_match_health (const JtFilter *filter, const JtJob *job, const JtJobStatus *status)
{
  if (filter->health == NULL)
    return TRUE;
  /* Most jobs do not fail, and for that nothing has to be looked up. */
  if (status->streak >= 0 && g_str_equal (filter->health, "failing"))
    return FALSE;
  return g_str_equal (filter->health, jt_job_get_health (job, status));
}

gboolean
jt_filter_match_run (const JtFilter *filter, const JtRun *run, JtSettings *settings)
{
  if (!may_see (filter, run->owner) || run->id <= filter->after)
    return FALSE;
  if (filter->job != 0 && filter->job != run->job)
    return FALSE;
  if (filter->job_name != NULL && g_strcmp0 (filter->job_name, run->job_name) != 0)
    return FALSE;
  if (filter->states != 0 && (filter->states & (1u << run->state)) == 0)
    return FALSE;
  if (filter->triggers != 0 && (filter->triggers & (1u << run->trigger)) == 0)
    return FALSE;
  if (run->queued_usec < filter->since_usec)
    return FALSE;
  if (filter->until_usec != 0 && run->queued_usec >= filter->until_usec)
    return FALSE;
  return filter->tag == NULL || (settings != NULL && jt_settings_has_entry (settings, "tags", filter->tag));
}
