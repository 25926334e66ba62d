/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* The XML is the contract: its members have the signatures that were promised, and each says what it does. */

#include <string.h>

#include <gio/gio.h>

/* Interface, member, and its signature: "in>out" of a method, ":type" of a property, "!types" of a signal. */
static const char *const contract[][3] = {
  { "", "AddJob", "sa{sv}>o" },
  { "", "AddJobs", "a(sa{sv})a{sv}>ao" },
  { "", "FindJob", "s>o" },
  { "", "ListJobs", "a{sv}>aa{sv}" },
  { "", "PreviewSchedule", "sstu>ssat" },
  { "", "StartTracking", "sa{sv}>o" },
  { "", "Ping", "ssa{sv}>o" },
  { "", "ListActive", "a{sv}>aa{sv}" },
  { "", "ListRuns", "a{sv}su>aa{sv}s" },
  { "", "GetStatistics", "a{sv}>a{sv}" },
  { "", "Pause", "s>" },
  { "", "Resume", ">" },
  { "", "Reload", ">aa{sv}" },
  { "", "Subscribe", "a{sv}>t" },
  { "", "Unsubscribe", ">" },
  { "", "JobAdded", "!oa{sv}" },
  { "", "JobRemoved", "!oa{sv}" },
  { "", "RunStarted", "!oa{sv}" },
  { "", "RunChanged", "!oa{sv}" },
  { "", "RunFinished", "!oa{sv}" },
  { "", "Version", ":s" },
  { "", "Paused", ":b" },
  { "", "PauseReason", ":s" },
  { "", "JobCount", ":u" },
  { "", "ActiveCount", ":u" },
  { "", "QueuedCount", ":u" },
  { "", "NextElapse", ":t" },
  { "", "Features", ":as" },
  { ".Job", "Start", "a{sv}>o" },
  { ".Job", "Update", "a{sv}a{sv}>" },
  { ".Job", "Remove", "a{sv}>" },
  { ".Job", "SetEnabled", "b>" },
  { ".Job", "Mute", "t>" },
  { ".Job", "Id", ":t" },
  { ".Job", "Name", ":s" },
  { ".Job", "Owner", ":u" },
  { ".Job", "OwnerName", ":s" },
  { ".Job", "Settings", ":a{sv}" },
  { ".Job", "Origin", ":s" },
  { ".Job", "Enabled", ":b" },
  { ".Job", "Schedule", ":as" },
  { ".Job", "Timezone", ":s" },
  { ".Job", "NextElapse", ":t" },
  { ".Job", "LastRun", ":o" },
  { ".Job", "LastState", ":s" },
  { ".Job", "LastFinished", ":t" },
  { ".Job", "Revision", ":t" },
  { ".Job", "Health", ":s" },
  { ".Job", "Streak", ":i" },
  { ".Job", "TypicalDuration", ":t" },
  { ".Job", "MutedUntil", ":t" },
  { ".Run", "Cancel", "a{sv}>" },
  { ".Run", "SendSignal", "i>" },
  { ".Run", "OpenLog", "a{sv}>h" },
  { ".Run", "SetProgress", "ds>" },
  { ".Run", "AppendLog", "say>" },
  { ".Run", "Heartbeat", ">" },
  { ".Run", "Finish", "sa{sv}>" },
  { ".Run", "Acknowledge", "sa{sv}>" },
  { ".Run", "Retry", "a{sv}>o" },
  { ".Run", "Id", ":t" },
  { ".Run", "Job", ":o" },
  { ".Run", "JobName", ":s" },
  { ".Run", "Owner", ":u" },
  { ".Run", "State", ":s" },
  { ".Run", "Trigger", ":s" },
  { ".Run", "Attempt", ":u" },
  { ".Run", "MaxAttempts", ":u" },
  { ".Run", "ScheduledFor", ":t" },
  { ".Run", "QueuedAt", ":t" },
  { ".Run", "StartedAt", ":t" },
  { ".Run", "FinishedAt", ":t" },
  { ".Run", "NextAttemptAt", ":t" },
  { ".Run", "Progress", ":d" },
  { ".Run", "Message", ":s" },
  { ".Run", "Eta", ":t" },
  { ".Run", "ExitCode", ":i" },
  { ".Run", "Signal", ":i" },
  { ".Run", "Reason", ":s" },
  { ".Run", "Pid", ":u" },
  { ".Run", "CpuUsage", ":t" },
  { ".Run", "MemoryPeak", ":t" },
  { ".Run", "LogSize", ":t" },
  { ".Run", "AcknowledgedBy", ":s" },
  { ".Run", "Attempts", ":aa{sv}" },
  { ".Notifications", "GetPreferences", "u>a{sv}" },
  { ".Notifications", "SetPreferences", "ua{sv}>" },
  { ".Notifications", "ListChannels", ">aa{sv}" },
  { ".Notifications", "TestChannel", "sa{sv}>t" },
  { ".Notifications", "ListTemplates", "u>aa{sv}" },
  { ".Notifications", "GetTemplate", "us>s" },
  { ".Notifications", "SetTemplate", "uss>" },
  { ".Notifications", "RenderTemplate", "sa{sv}>s" },
  { ".Notifications", "ListDeliveries", "a{sv}su>aa{sv}s" },
  { ".Notifications", "RetryDelivery", "t>" },
  { ".Notifications", "RegisterAgent", "a{sv}>" },
  { ".Notifications", "ReportDelivery", "tss>" },
  { ".Notifications", "Notify", "!ta{sv}" },
};

static const char *const interfaces[] = { "", ".Job", ".Run", ".Notifications" };
static const char *xml_folder;

static GDBusNodeInfo *
load (const char *suffix)
{
  g_autofree char *name = g_strdup_printf ("org.example.JobTracker%s.xml", suffix);
  g_autofree char *path = g_build_filename (xml_folder, name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  GDBusNodeInfo *node;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  node = g_dbus_node_info_new_for_xml (text, &error);
  g_assert_no_error (error);
  return node;
}

static char *
join (GDBusArgInfo **arguments)
{
  GString *text = g_string_new (NULL);

  for (; arguments != NULL && *arguments != NULL; arguments++)
    g_string_append (text, (*arguments)->signature);
  return g_string_free (text, FALSE);
}

static char *
signature_of (GDBusInterfaceInfo *interface, const char *member)
{
  GDBusMethodInfo *method = g_dbus_interface_info_lookup_method (interface, member);
  GDBusSignalInfo *signal = g_dbus_interface_info_lookup_signal (interface, member);
  GDBusPropertyInfo *property = g_dbus_interface_info_lookup_property (interface, member);
  g_autofree char *in = method != NULL ? join (method->in_args) : NULL;
  g_autofree char *out = method != NULL ? join (method->out_args) : signal != NULL ? join (signal->args) : NULL;

  if (method != NULL)
    return g_strdup_printf ("%s>%s", in, out);
  if (signal != NULL)
    return g_strdup_printf ("!%s", out);
  return property != NULL ? g_strdup_printf (":%s", property->signature) : g_strdup ("absent");
}

static void
test_contract (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (contract); i++)
    {
      g_autoptr (GDBusNodeInfo) node = load (contract[i][0]);
      g_autofree char *signature = signature_of (node->interfaces[0], contract[i][1]);

      if (!g_str_equal (signature, contract[i][2]))
        g_error ("%s.%s is %s, promised was %s", contract[i][0], contract[i][1], signature, contract[i][2]);
    }
}

static gboolean
is_documented (GDBusAnnotationInfo **annotations)
{
  const char *text = g_dbus_annotation_info_lookup (annotations, "org.gtk.GDBus.DocString");

  return text != NULL && strlen (text) >= 10;
}

static void
demand (GDBusAnnotationInfo **annotations, const char *interface, const char *member)
{
  if (!is_documented (annotations))
    g_error ("%s.%s is not documented", interface, member);
}

/* Every member says what it does; nothing is written by setting a property. */
static void
test_documentation (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (interfaces); i++)
    {
      g_autoptr (GDBusNodeInfo) node = load (interfaces[i]);
      GDBusInterfaceInfo *interface = node->interfaces[0];

      demand (interface->annotations, interface->name, "");
      for (guint at = 0; interface->properties != NULL && interface->properties[at] != NULL; at++)
        {
          demand (interface->properties[at]->annotations, interface->name, interface->properties[at]->name);
          g_assert_cmpint (interface->properties[at]->flags, ==, G_DBUS_PROPERTY_INFO_FLAGS_READABLE);
        }
      for (guint at = 0; interface->signals != NULL && interface->signals[at] != NULL; at++)
        demand (interface->signals[at]->annotations, interface->name, interface->signals[at]->name);
      for (guint at = 0; interface->methods != NULL && interface->methods[at] != NULL; at++)
        demand (interface->methods[at]->annotations, interface->name, interface->methods[at]->name);
    }
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = NULL;

  g_test_init (&argc, &argv, NULL);
  folder = g_build_filename (g_getenv ("JOBTRACKER_SOURCE"), "dbus", NULL);
  xml_folder = folder;
  g_test_add_func ("/interfaces/contract", test_contract);
  g_test_add_func ("/interfaces/documentation", test_documentation);
  return g_test_run ();
}
