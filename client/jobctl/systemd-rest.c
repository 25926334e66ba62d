/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "systemd-job.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "unit-words.h"

/* What nobody has dealt with is named, in groups by what it means that it is gone. A key that is in none of them is not known here. */

typedef struct
{
  RemarkKind         kind;
  gboolean           is_flag; /* "no" is nothing to lose */
  const char        *why;     /* N_() (nullable): nothing is lost */
  const char *const *keys;    /* patterns */
} Group;

static const char *const nothing[] = { "WantedBy", "RequiredBy", "Alias", "Also", "DefaultInstance", "Description", "Unit", "RemainAfterElapse",
                                       "Persistent", NULL };
static const char *const texts[] = { "Documentation", "SourcePath", NULL };
static const char *const orders[] = {
  "After",     "Before",   "Wants",    "Requires",           "Requisite",            "BindsTo",         "PartOf",          "Upholds",
  "Conflicts", "RequiresOverridable",  "RequiresMountsFor",  "WantsMountsFor",       "JoinsNamespaceOf", "DefaultDependencies", "Propagates*",
  "ReloadPropagatedFrom", "StopPropagatedFrom", "Slice",     NULL,
};
static const char *const followers[] = { "OnFailure", "OnSuccess", "OnFailureJobMode", "OnSuccessJobMode", NULL };
static const char *const handling[] = {
  "StopWhenUnneeded", "RefuseManual*", "AllowIsolate", "IgnoreOnIsolate", "CollectMode", "Job*TimeoutSec", "JobTimeout*", "StartLimit*",
  "SurviveFinalKillSignal", "RebootArgument", "ExecReload", "GuessMainPID", "PIDFile", "NonBlocking", "NotifyAccess", "FileDescriptorStore*",
  "ReloadSignal", "RootDirectoryStartOnly", "PermissionsStartOnly", "Timeout*FailureMode", "TimeoutAbortSec", "TimeoutCleanSec", "ExecSearchPath",
  "RestartSec", "RestartSteps", "RestartMaxDelaySec", "RestartMode", "RestartPreventExitStatus", "RestartForceExitStatus", "WatchdogSec",
  "RuntimeRandomizedExtraSec", "*DirectoryMode", "RuntimeDirectoryPreserve", "StandardInputText", "StandardInputData", "UtmpIdentifier", "UtmpMode",
  "DeferReactivation", "IgnoreSIGPIPE", "SetLoginEnvironment", NULL,
};
static const char *const folders[] = { "StateDirectory", "CacheDirectory", "LogsDirectory", "ConfigurationDirectory", NULL };
static const char *const logs[] = { "Syslog*", "Log*", "TTY*", NULL };
static const char *const sandbox[] = {
  "PrivateTmp",        "PrivateDevices",   "PrivateNetwork",        "PrivateIPC",           "PrivateUsers",     "PrivateMounts",  "PrivatePIDs",
  "ProtectSystem",     "ProtectHome",      "ProtectKernel*",        "ProtectControlGroups", "ProtectClock",     "ProtectHostname",
  "NoNewPrivileges",   "LockPersonality",  "MemoryDenyWriteExecute", "RestrictRealtime",    "RestrictSUIDSGID", "RestrictNamespaces",
  "RemoveIPC",         "MountAPIVFS",      "KeyringMode",
  "CapabilityBoundingSet", "SystemCall*", "RestrictAddressFamilies", "RestrictFileSystems", "RestrictNetworkInterfaces", "ReadOnlyPaths",
  "ReadWritePaths", "InaccessiblePaths", "ReadOnlyDirectories", "ReadWriteDirectories", "InaccessibleDirectories", "ExecPaths", "NoExecPaths",
  "ProtectProc", "ProcSubset", "SecureBits", "SELinuxContext", "AppArmorProfile", "SmackProcessLabel", "Personality", "IPAddress*", "IP*FilterPath",
  "BPFProgram", "SocketBind*", "DeviceAllow", "DevicePolicy", "MountFlags", "IPCNamespacePath", NULL,
};
static const char *const control_groups[] = {
  "CPU*Weight", "StartupCPU*", "CPUQuota*", "CPUAccounting", "CPUShares", "Memory*", "Tasks*", "IO*Weight", "IODevice*", "IORead*", "IOWrite*",
  "IOAccounting", "IPAccounting", "BlockIO*", "Allowed*", "StartupAllowed*", "StartupIO*", "ManagedOOM*", "Delegate", "DisableControllers",
  "OOMPolicy", NULL,
};
static const char *const priorities[] = { "CPUScheduling*", "CPUAffinity", "IOScheduling*", "OOMScoreAdjust", "NUMA*", "TimerSlackNSec",
                                          "CoredumpFilter", NULL };
static const char *const credentials[] = { "LoadCredential*", "SetCredential*", "ImportCredential", NULL };
static const char *const variables[] = { "PassEnvironment", NULL };
static const char *const sessions[] = { "PAMName", NULL };
static const char *const views[] = { "RootDirectory", "RootImage", "RootImageOptions", "RootHash*", "RootVerity", "MountImages", "Extension*",
                                     "BindPaths", "BindReadOnlyPaths", "TemporaryFileSystem", "NetworkNamespacePath", NULL };
static const char *const rights[] = { "AmbientCapabilities", "SupplementaryGroups", NULL };
static const char *const handed_over[] = { "Sockets", "OpenFile", "BusName", "USBFunction*", "RuntimeDirectory", NULL };
static const char *const actions[] = { "SuccessAction*", "FailureAction*", NULL };

static const Group groups[] = {
  { REMARK_LOST, FALSE, NULL, nothing },
  { REMARK_LOST, FALSE, N_("a job has no place for it"), texts },
  { REMARK_LOST, FALSE, N_("order and dependencies of units are not looked at when the job starts"), orders },
  { REMARK_LOST, FALSE, N_("no unit is started by how the job ends"), followers },
  { REMARK_LOST, FALSE, N_("it is about the unit and not about what runs"), handling },
  { REMARK_LOST, FALSE, N_("the folder is not made for the job, and has to be there"), folders },
  { REMARK_LOST, FALSE, N_("output is kept in the job's log, and not in the journal"), logs },
  { REMARK_LOST, TRUE, N_("sandboxing: the job may do all that its user may"), sandbox },
  { REMARK_LOST, FALSE, N_("the job has no control group of its own with limits and weights"), control_groups },
  { REMARK_LOST, FALSE, N_("it has the usual priority for processor, disk and memory"), priorities },
  { REMARK_LOST, FALSE, N_("credentials are not handed to the job"), credentials },
  { REMARK_LOST, FALSE, N_("the manager's variables are not passed on"), variables },
  { REMARK_LOST, FALSE, N_("the job has no session of its own"), sessions },
  { REMARK_BLOCKS, FALSE, N_("the job would see other files or another network than the service"), views },
  { REMARK_BLOCKS, FALSE, N_("the job would lack rights that the service has"), rights },
  { REMARK_BLOCKS, FALSE, N_("the job would lack what the service is handed at its start"), handed_over },
  { REMARK_BLOCKS, FALSE, N_("a job's end does nothing to the machine"), actions },
};

static gboolean
is_of (const Group *group, const UnitLine *line)
{
  for (guint i = 0; group->keys[i] != NULL; i++)
    if (g_pattern_match_simple (group->keys[i], line->key))
      return TRUE;
  return FALSE;
}

static const Group *
find_group (const UnitLine *line)
{
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    if (is_of (&groups[i], line))
      return &groups[i];
  return NULL;
}

/* Empty values take back what was said before, and a "no" is how it would be anyway. */
static gboolean
is_nothing (const Group *group, const UnitLine *line)
{
  gboolean flag;

  return *line->value == '\0' || group->why == NULL || (group->is_flag && unit_parse_flag (line->value, &flag) && !flag);
}

static void
say_group (SystemdJob *job, GPtrArray *lines, const Group *group)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *what = NULL;

  for (guint i = 0; i < lines->len; i++)
    {
      const UnitLine *line = g_ptr_array_index (lines, i);
      g_autofree char *text = g_strdup_printf ("%s=%s", line->key, line->value);

      /* Timer and service often say the same. */
      if (find_group (line) == group && !is_nothing (group, line) && !g_ptr_array_find_with_equal_func (all, text, g_str_equal, NULL))
        g_ptr_array_add (all, g_steal_pointer (&text));
    }
  if (all->len == 0)
    return;
  g_ptr_array_add (all, NULL);
  what = g_strjoinv (", ", (char **) all->pdata);
  remarks_add (job->remarks, group->kind, what, "%s", _(group->why));
}

static void
say_unknown (SystemdJob *job, GPtrArray *lines)
{
  for (guint i = 0; i < lines->len; i++)
    {
      const UnitLine *line = g_ptr_array_index (lines, i);

      if (find_group (line) == NULL && *line->value != '\0' && !g_str_has_prefix (line->key, "X-"))
        systemd_job_say (job, REMARK_LOST, line, _("it is not known here what this does"));
    }
}

static void
say_doubts (SystemdJob *job, const Unit *unit)
{
  for (guint i = 0; i < unit->doubts->len; i++)
    remarks_add (job->remarks, REMARK_LOST, unit->name, _("%s; systemd passes it over as well"), (const char *) g_ptr_array_index (unit->doubts, i));
}

void
systemd_job_take_rest (SystemdJob *job)
{
  g_autoptr (GPtrArray) lines = unit_list_left (job->timer);
  g_autoptr (GPtrArray) of_service = unit_list_left (job->service);

  g_ptr_array_extend (lines, of_service, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    say_group (job, lines, &groups[i]);
  say_unknown (job, lines);
  say_doubts (job, job->timer);
  say_doubts (job, job->service);
}
