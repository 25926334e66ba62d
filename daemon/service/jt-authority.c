/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-authority.h"

#include "jt-names.h"

#define PROPERTIES "org.freedesktop.DBus.Properties"
#define OBJECT_MANAGER "org.freedesktop.DBus.ObjectManager"

static const JtAuthorityRow table[] = {
  { JT_ROOT_INTERFACE, "AddJob", JT_RIGHT_ANY },
  { JT_ROOT_INTERFACE, "AddJobs", JT_RIGHT_ANY },
  { JT_ROOT_INTERFACE, "FindJob", JT_RIGHT_ANY },
  { JT_ROOT_INTERFACE, "ListJobs", JT_RIGHT_ANY },
  { JT_ROOT_INTERFACE, "PreviewSchedule", JT_RIGHT_ANY },
  { JT_ROOT_INTERFACE, "StartTracking", JT_RIGHT_ANY },
  { JT_ROOT_INTERFACE, "Ping", JT_RIGHT_ANY },
  { JT_ROOT_INTERFACE, "ListActive", JT_RIGHT_ANY },
  { JT_ROOT_INTERFACE, "ListRuns", JT_RIGHT_ANY },
  { JT_ROOT_INTERFACE, "GetStatistics", JT_RIGHT_ANY },
  { JT_ROOT_INTERFACE, "Subscribe", JT_RIGHT_ANY },
  { JT_ROOT_INTERFACE, "Unsubscribe", JT_RIGHT_ANY },
  { JT_ROOT_INTERFACE, "Pause", JT_RIGHT_ADMIN },
  { JT_ROOT_INTERFACE, "Resume", JT_RIGHT_ADMIN },
  { JT_ROOT_INTERFACE, "Reload", JT_RIGHT_ADMIN },
  { JT_JOB_INTERFACE, "Start", JT_RIGHT_OWNER },
  { JT_JOB_INTERFACE, "Update", JT_RIGHT_OWNER },
  { JT_JOB_INTERFACE, "Remove", JT_RIGHT_OWNER },
  { JT_JOB_INTERFACE, "SetEnabled", JT_RIGHT_OWNER },
  { JT_JOB_INTERFACE, "Mute", JT_RIGHT_OWNER },
  { JT_RUN_INTERFACE, "Cancel", JT_RIGHT_OWNER },
  { JT_RUN_INTERFACE, "SendSignal", JT_RIGHT_OWNER },
  { JT_RUN_INTERFACE, "OpenLog", JT_RIGHT_OWNER },
  { JT_RUN_INTERFACE, "SetProgress", JT_RIGHT_OWNER },
  { JT_RUN_INTERFACE, "AppendLog", JT_RIGHT_OWNER },
  { JT_RUN_INTERFACE, "Heartbeat", JT_RIGHT_OWNER },
  { JT_RUN_INTERFACE, "Finish", JT_RIGHT_OWNER },
  { JT_RUN_INTERFACE, "Acknowledge", JT_RIGHT_OWNER },
  { JT_RUN_INTERFACE, "Retry", JT_RIGHT_OWNER },
  { JT_NOTIFICATIONS_INTERFACE, "GetPreferences", JT_RIGHT_ANY },
  { JT_NOTIFICATIONS_INTERFACE, "SetPreferences", JT_RIGHT_ANY },
  { JT_NOTIFICATIONS_INTERFACE, "ListChannels", JT_RIGHT_ANY },
  { JT_NOTIFICATIONS_INTERFACE, "TestChannel", JT_RIGHT_ANY },
  { JT_NOTIFICATIONS_INTERFACE, "ListTemplates", JT_RIGHT_ANY },
  { JT_NOTIFICATIONS_INTERFACE, "GetTemplate", JT_RIGHT_ANY },
  { JT_NOTIFICATIONS_INTERFACE, "SetTemplate", JT_RIGHT_ANY },
  { JT_NOTIFICATIONS_INTERFACE, "RenderTemplate", JT_RIGHT_ANY },
  { JT_NOTIFICATIONS_INTERFACE, "ListDeliveries", JT_RIGHT_ANY },
  { JT_NOTIFICATIONS_INTERFACE, "RetryDelivery", JT_RIGHT_ANY },
  { JT_NOTIFICATIONS_INTERFACE, "ExplainRun", JT_RIGHT_ANY },
  { JT_NOTIFICATIONS_INTERFACE, "RegisterAgent", JT_RIGHT_ANY },
  { JT_NOTIFICATIONS_INTERFACE, "ReportDelivery", JT_RIGHT_ANY },
  /* On a job or run the dispatcher has refused whoever may not see it before it comes to these. */
  { PROPERTIES, "Get", JT_RIGHT_ANY },
  { PROPERTIES, "GetAll", JT_RIGHT_ANY },
  { PROPERTIES, "Set", JT_RIGHT_ANY },
  { OBJECT_MANAGER, "GetManagedObjects", JT_RIGHT_ANY },
  { NULL, NULL, JT_RIGHT_ADMIN },
};

const JtAuthorityRow *
jt_authority_get_table (void)
{
  return table;
}

const JtAuthorityRow *
jt_authority_find (const char *interface, const char *member)
{
  for (const JtAuthorityRow *row = table; row->interface != NULL; row++)
    if (g_str_equal (row->interface, interface) && g_str_equal (row->member, member))
      return row;
  return NULL;
}

gboolean
jt_authority_may_call (const JtAuthorityRow *row, guint32 uid, gboolean is_system, guint32 bus_owner)
{
  switch (row->right)
    {
    case JT_RIGHT_ANY:
    case JT_RIGHT_OWNER:
      return TRUE;
    case JT_RIGHT_ADMIN:
      return uid == 0 || (!is_system && uid == bus_owner);
    default:
      return FALSE;
    }
}

gboolean
jt_authority_may_see (guint32 uid, guint32 owner)
{
  return uid == 0 || uid == owner;
}
