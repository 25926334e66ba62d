/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* The XML is the contract: its members have the signatures that were promised, and each says what it does. */

#include <string.h>

#include <gio/gio.h>

#include "jt-error.h"

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
  { ".Notifications", "ExplainRun", "t>aa{sv}" },
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

#define LEAST_WORDS 8

/* What an unsigned 64-bit number is, said in its documentation. */
static const char *const units[] = { "icroseconds", "ytes", "umber", "equence", NULL };

static const char *
get_doc (GDBusAnnotationInfo **annotations)
{
  const char *text = g_dbus_annotation_info_lookup (annotations, "org.gtk.GDBus.DocString");

  return text == NULL ? "" : text;
}

static gboolean
names_unit (const char *text)
{
  for (guint i = 0; units[i] != NULL; i++)
    if (strstr (text, units[i]) != NULL)
      return TRUE;
  return FALSE;
}

static const char *
demand (GDBusAnnotationInfo **annotations, const char *interface, const char *member, const char *part)
{
  const char *text = get_doc (annotations);

  if (strlen (text) < LEAST_WORDS)
    g_error ("%s.%s%s%s is not documented: give it an org.gtk.GDBus.DocString in dbus/%s.xml", interface, member, *part != '\0' ? ", " : "",
             part, interface);
  return text;
}

static void
demand_unit (const char *text, const char *signature, const char *interface, const char *member)
{
  if ((g_str_equal (signature, "t") || g_str_equal (signature, "at")) && !names_unit (text))
    g_error ("%s.%s: '%s' does not say whether it is microseconds, bytes, or the number of what", interface, member, text);
}

static void
demand_arguments (GDBusArgInfo **arguments, const char *interface, const char *member)
{
  for (; arguments != NULL && *arguments != NULL; arguments++)
    {
      const char *text = demand ((*arguments)->annotations, interface, member, (*arguments)->name);

      demand_unit (text, (*arguments)->signature, interface, member);
    }
}

static gboolean
is_error_name (const char *word)
{
  for (guint code = 0; code < JT_N_ERRORS; code++)
    if (g_str_equal (strrchr (jt_error_get_dbus_name ((JtError) code), '.') + 1, word))
      return TRUE;
  return FALSE;
}

static gboolean
is_method_name (GDBusInterfaceInfo *interface, const char *word)
{
  return g_dbus_interface_info_lookup_method (interface, word) != NULL;
}

/* Behind "Errors:" stand names of errors, and of methods that have the same; what is in parentheses explains them. */
static void
demand_errors (GDBusInterfaceInfo *interface, GDBusMethodInfo *method)
{
  const char *text = strstr (get_doc (method->annotations), "Errors: ");
  g_auto (GStrv) words = NULL;
  gboolean is_aside = FALSE;

  if (text == NULL)
    g_error ("%s.%s does not say which errors it has: end its DocString with \"Errors: NAME, NAME.\"", interface->name, method->name);
  words = g_strsplit_set (text + strlen ("Errors: "), " ,.;:", -1);
  for (guint i = 0; words[i] != NULL; i++)
    {
      is_aside = is_aside || *words[i] == '(';
      if (!is_aside && g_ascii_isupper (*words[i]) && !is_error_name (words[i]) && !is_method_name (interface, words[i]))
        g_error ("%s.%s: there is no error %s", interface->name, method->name, words[i]);
      is_aside = is_aside && strchr (words[i], ')') == NULL;
    }
}

static void
check_documentation (GDBusInterfaceInfo *interface)
{
  const char *name = interface->name;

  demand (interface->annotations, name, "", "");
  for (guint i = 0; interface->properties != NULL && interface->properties[i] != NULL; i++)
    {
      const GDBusPropertyInfo *property = interface->properties[i];

      demand_unit (demand (property->annotations, name, property->name, ""), property->signature, name, property->name);
      g_assert_cmpint (property->flags, ==, G_DBUS_PROPERTY_INFO_FLAGS_READABLE);
    }
  for (guint i = 0; interface->signals != NULL && interface->signals[i] != NULL; i++)
    {
      demand (interface->signals[i]->annotations, name, interface->signals[i]->name, "");
      demand_arguments (interface->signals[i]->args, name, interface->signals[i]->name);
    }
  for (guint i = 0; interface->methods != NULL && interface->methods[i] != NULL; i++)
    {
      GDBusMethodInfo *method = interface->methods[i];

      demand (method->annotations, name, method->name, "");
      demand_errors (interface, method);
      demand_arguments (method->in_args, name, method->name);
      demand_arguments (method->out_args, name, method->name);
    }
}

/* Every member and argument says what it is, in what unit, and what can go wrong; nothing is written by setting a property. */
static void
test_documentation (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (interfaces); i++)
    {
      g_autoptr (GDBusNodeInfo) node = load (interfaces[i]);

      check_documentation (node->interfaces[0]);
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
