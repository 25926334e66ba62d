/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Timers and services as jobs: what each directive becomes, what is said about it, what keeps a job from being adopted. */

#include <string.h>

#include "import-entry.h"
#include "jt-error.h"
#include "jt-settings.h"
#include "remarks.h"
#include "setting-options.h"
#include "systemd-import.h"
#include "systemd-job.h"
#include "unit-folder.h"

#define NOW G_GINT64_CONSTANT (1767225600000000) /* 2026-01-01T00:00:00Z */

static UnitFolder *units;

static ImportEntry *
import (const char *timer, const char *service, UnitManager manager, GError **error)
{
  const char *folders[] = { units->path, NULL };
  g_autoptr (UnitSearch) search = NULL;

  unit_folder_write (units, "a.timer", timer);
  unit_folder_write (units, "a.service", service);
  search = unit_search_new (folders, NULL);
  return systemd_import_timer (search, manager, "a.timer", NOW, error);
}

/* "KEY=VALUE" for each setting and "KIND WHAT: WHY" for each remark, a line each. */
static char *
show (const ImportEntry *entry)
{
  GString *text = g_string_new (NULL);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_string_append_printf (text, "\nname=%s\nas=%s\noff=%s\n", entry->name, entry->user != NULL ? entry->user : "me", entry->turn_off);
  g_variant_iter_init (&iter, entry->settings);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autofree char *shown = setting_to_text (key, value);

      g_string_append_printf (text, "%s=%s\n", key, shown);
    }
  for (guint i = 0; i < entry->remarks->len; i++)
    {
      const Remark *remark = g_ptr_array_index (entry->remarks, i);

      g_string_append_printf (text, "%s %s: %s\n", remark_kind_to_string (remark->kind), remark->what, remark->why);
    }
  return g_string_free (text, FALSE);
}

typedef struct
{
  const char *lines;    /* of the section in question */
  const char *expected; /* patterns of whole lines, each of which one must match; "! " before: none may. Separated by newlines */
} Row;

static gboolean
has_line (char **lines, const char *pattern)
{
  for (; *lines != NULL; lines++)
    if (g_pattern_match_simple (pattern, *lines))
      return TRUE;
  return FALSE;
}

static void
check_text (const char *what, const char *text, const char *expected)
{
  g_auto (GStrv) patterns = g_strsplit (expected, "\n", -1);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; patterns[i] != NULL; i++)
    {
      gboolean is_unwanted = g_str_has_prefix (patterns[i], "! ");

      if (has_line (lines, patterns[i] + (is_unwanted ? 2 : 0)) == is_unwanted)
        g_error ("%s\n%s: %s\nin:%s", what, is_unwanted ? "unwanted" : "missing", patterns[i], text);
    }
}

static void
check_units (const char *what, const char *timer, const char *service, UnitManager manager, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ImportEntry) entry = import (timer, service, manager, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = show (entry);
  check_text (what, text, expected);
}

static void
check_timer (const Row *row)
{
  g_autofree char *timer = g_strdup_printf ("[Timer]\n%s\n", row->lines);

  check_units (row->lines, timer, "[Service]\nType=oneshot\nExecStart=/bin/true\n", UNIT_MANAGER_SYSTEM, row->expected);
}

/* A oneshot that runs /bin/true where the row does not say otherwise. */
static void
check_service (const Row *row)
{
  gboolean has_start = strstr (row->lines, "ExecStart=") != NULL;
  g_autofree char *service
      = g_strdup_printf ("[Service]\n%s%s%s\n", strstr (row->lines, "Type=") == NULL ? "Type=oneshot\n" : "", has_start ? "" : "ExecStart=/bin/true\n", row->lines);

  check_units (row->lines, "[Timer]\nOnCalendar=daily\nPersistent=yes\n", service, UNIT_MANAGER_SYSTEM, row->expected);
}

/* --- when --- */

static void
test_timer_table (void)
{
  static const Row rows[] = {
    { "OnCalendar=daily\nPersistent=true", "schedule=daily\ncatch-up=one\nsame OnCalendar=daily: schedule=daily\nsame Persistent=true: catch-up=one" },
    { "OnCalendar=daily", "catch-up=none\ndiffers Persistent=false: catch-up=none; what falls due while the machine sleeps*" },
    { "OnCalendar=Mon *-*-* 6,18:00\nOnCalendar=*-*~1 23:00 Europe/Berlin", "schedule=Mon ?-?-? 6,18:00; ?-?~1 23:00 Europe/Berlin" },
    { "OnCalendar=daily\nOnCalendar=daily", "schedule=daily" },
    { "OnCalendar=daily\nOnCalendar=\nOnCalendar=weekly", "schedule=weekly\n! *daily*" },
    { "OnBootSec=5min\nOnCalendar=\nOnCalendar=weekly", "schedule=weekly\n! *OnBootSec*" },
    { "OnCalendar=12,24:00", "blocks OnCalendar=12,24:00: column *" },
    { "OnCalendar=2020-01-01", "lost OnCalendar=2020-01-01: it does not occur again\nblocks a.timer: it has no time at which a job could start\n! schedule=*" },
    { "OnCalendar=*:0/15", "schedule=?:0/15" },
    { "OnBootSec=0", "schedule=@reboot\nsame OnBootSec=0: schedule=@reboot\ncatch-up=one" },
    { "OnBootSec=15min", "schedule=@reboot\ndiffers OnBootSec=15min: schedule=@reboot; it starts once the machine is up, not 15min later" },
    { "OnActiveSec=1d\nOnUnitInactiveSec=24h", "schedule=every 1d after\nsame OnActiveSec=1d: the interval begins with it" },
    { "OnActiveSec=1h\nOnUnitInactiveSec=24h", "schedule=@reboot; every 1d after" },
    { "OnBootSec=5\nOnActiveSec=7", "schedule=@reboot\nsame OnActiveSec=7: schedule=@reboot" },
    { "OnUnitActiveSec=1d", "schedule=every 1d\ncatch-up=one\ndiffers OnUnitActiveSec=1d: schedule=every 1d; it counts from the adoption*" },
    { "OnUnitInactiveSec=90", "schedule=every 1min 30s after\ndiffers OnUnitInactiveSec=90: schedule=every 1min 30s after; time counts on*" },
    { "OnBootSec=15min\nOnUnitActiveSec=1d", "schedule=@reboot; every 1d" },
    { "OnUnitActiveSec=100ms", "blocks OnUnitActiveSec=100ms: an interval is at least 1s and at most 10 years" },
    { "OnUnitActiveSec=infinity\nOnCalendar=daily", "lost OnUnitActiveSec=infinity: it does not occur\nschedule=daily" },
    { "OnUnitActiveSec=soon\nOnCalendar=daily", "lost OnUnitActiveSec=soon: this is no time span, and systemd passes it over as well" },
    { "OnCalendar=daily\nOnClockChange=yes\nOnTimezoneChange=no", "lost OnClockChange=yes: nothing starts a job then\n! *OnTimezoneChange*" },
    { "OnCalendar=daily\nAccuracySec=1h", "differs AccuracySec=1h: it starts at the exact time" },
    { "OnCalendar=daily\nAccuracySec=1us", "! *AccuracySec*" },
    { "OnCalendar=daily\nRandomizedDelaySec=0", "! *RandomizedDelay*" },
    { "OnCalendar=daily\nRemainAfterElapse=no\nX-Own=1", "! *RemainAfterElapse*\n! *X-Own*" },
    { "OnCalendar=daily\nDeferReactivation=true\nWhat=1", "lost DeferReactivation=true: *\nlost What=1: it is not known here what this does" },
    { "", "blocks a.timer: it has no time at which a job could start" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    check_timer (&rows[i]);
}

/* Settings that a build may have or not: what is said follows what there is. */
static void
test_offered_or_not (void)
{
  const Row delay = { "OnCalendar=daily\nRandomizedDelaySec=12h\nFixedRandomDelay=yes",
                      systemd_job_offers ("jitter", NULL) ? "jitter=12h\njitter-fixed=yes\nsame RandomizedDelaySec=12h: jitter=12h\ndiffers FixedRandomDelay=yes: jitter-fixed=yes;*"
                                                          : "differs RandomizedDelaySec=12h: it starts at the exact time" };
  const Row wake = { "OnCalendar=daily\nWakeSystem=yes", systemd_job_offers ("wake", NULL) ? "wake=yes\nsame WakeSystem=yes: wake=yes"
                                                                                          : "lost WakeSystem=yes: it does not wake the machine" };

  check_timer (&delay);
  check_timer (&wake);
}

static void
test_many_schedules (void)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  Row row = { .expected = "blocks OnCalendar=?:32: a job has at most 32 schedules" };

  for (guint i = 0; i < 33; i++)
    g_string_append_printf (lines, "OnCalendar=*:%u\n", i);
  row.lines = lines->str;
  check_timer (&row);
}

/* --- what --- */

static void
test_command_table (void)
{
  static const Row rows[] = {
    { "ExecStart=/bin/a b 'c d'", "command=/bin/a; b; c d\n! shell=*\nsame ExecStart=/bin/a b 'c d': command=/bin/a; b; c d" },
    { "ExecStart=tool x", "command=tool; x" },
    { "ExecStart=/bin/sh -c 'a | b'", "shell=a | b\n! command=*" },
    { "ExecStart=/bin/sh -c 'a | b' x", "command=/bin/sh; -c; a | b; x" },
    { "ExecStart=true\nEnvironment=PATH=/opt", "command=/*/true\nenvironment=PATH=/opt" },
    { "ExecStart=/bin/a\nExecStart=\nExecStart=/bin/b", "command=/bin/b" },
    { "ExecStart=/bin/a 100%% $$x", "command=/bin/a; 100%; $x" },
    { "ExecStart=-/bin/a b", "shell=/bin/a b || true\n! command=*" },
    { "ExecStart=/bin/a\nExecStart=-/bin/b\nExecStart=/bin/c 'it''s'", "shell=/bin/a || exit; /bin/b; exec /bin/c its" },
    { "ExecStart=/bin/a ; /bin/b", "shell=/bin/a || exit; exec /bin/b" },
    { "ExecStartPre=-/bin/p\nExecStart=/bin/a\nExecStartPost=/bin/z", "shell=/bin/p; /bin/a || exit; exec /bin/z" },
    { "ExecStart=/bin/a\nExecStartPost=-/bin/z", "shell=/bin/a || exit; /bin/z || true" },
    { "ExecStart=/bin/a\nExecStart=/bin/b\nSuccessExitStatus=DATAERR 3", "shell=/bin/a || case $? in 65|3) ;; ?) exit ;; esac; exec /bin/b" },
    { "ExecStart=/bin/a *.gz 'x;y' ''", "command=/bin/a; ?.gz; x;y; " },
    { "ExecStart=-/bin/a *.gz 'x;y' '' $$", "shell=/bin/a '?.gz' 'x;y' '' '$' || true" },
    { "UMask=0077\nExecStart=/bin/a", "shell=umask 0077; exec /bin/a\nsame UMask=0077: shell: umask 0077" },
    { "UMask=022\nExecStart=/bin/a", "command=/bin/a" },
    { "Type=simple\nExecStart=/bin/a\nExecStart=/bin/b", "blocks ExecStart: several commands are for Type=oneshot only*" },
    { "Type=simple\nExecStart=/bin/a\nExecStartPost=/bin/b", "blocks ExecStartPost: it runs beside the command*" },
    { "ExecStart=/bin/a\nExecStop=/bin/b", "blocks ExecStop=/bin/b: a job has no command for its end" },
    { "ExecStart=/bin/a\nExecStopPost=/bin/b", "blocks ExecStopPost=/bin/b: *" },
    { "ExecCondition=/bin/b\nExecStart=/bin/a", "blocks ExecCondition=/bin/b: a job has no command that decides whether it runs" },
    { "ExecStart=/bin/a\nExecReload=/bin/b", "lost ExecReload=/bin/b: it is about the unit and not about what runs" },
    { "ExecStart=bin/a", "blocks ExecStart=bin/a: 'bin/a' is neither*" },
    { "ExecStart=/bin/a %b", "blocks ExecStart=/bin/a %b: %b is known only when*" },
    { "ExecStart=/bin/a \\xff", "blocks ExecStart=*: argument 1 is not valid UTF-8\n! command=*" },
    { "ExecStart=@/bin/busybox ls -l", "blocks ExecStart=@/bin/busybox ls -l: the program would find another name for itself than 'ls'" },
    { "ExecStart=@/bin/ls ls -l", "command=/bin/ls; -l" },
    { "ExecStart=+/bin/a", "command=/bin/a\n! blocks *" },
    { "User=nobody\nExecStart=+/bin/a", "blocks ExecStart=+/bin/a: it runs with the rights of root, and the rest as nobody; a job has one user" },
    { "ExecStart=", "blocks ExecStart: the service runs nothing" },
    { "ExecStart=/bin/a\nExecStart=/bin/b\nTimeoutStartSec=1h", "differs TimeoutStartSec=1h: it counts for all commands together, not for each" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    check_service (&rows[i]);
}

static void
test_variable_table (void)
{
  static const Row rows[] = {
    { "Environment=A=1 \"B=x y\" C=\nExecStart=/bin/a $A ${B} p${A}q $B $C ${C}", "command=/bin/a; 1; x y; p1q; x; y; \nenvironment=A=1; B=x y; C=" },
    { "ExecStart=/bin/a ${NO} $NO end", "command=/bin/a; ; end" },
    { "Environment=A=1\nExecStart=:/bin/a $A ${A}", "command=/bin/a; $A; ${A}" },
    { "ExecStart=/bin/a x$y ${A:-b} $", "command=/bin/a; x$y; ${A:-b}" },
    { "ExecStart=/bin/a ${HOME}/x '${USER}'", "shell=exec /bin/a \"${HOME}\"'/x' \"${USER}\"" },
    { "ExecStart=/bin/a $LANG", "shell=set -f; exec /bin/a $LANG\ndiffers ExecStart=/bin/a $LANG: a variable is split at blanks*" },
    { "ExecStart=/bin/a $INVOCATION_ID", "blocks ExecStart=*: $INVOCATION_ID is what systemd hands to the service; a job does not have it" },
    { "PassEnvironment=A B\nExecStart=/bin/a ${B} $C", "blocks ExecStart=*: $B is what systemd hands to the service; a job does not have it" },
    { "ExecStart=/bin/a ${CREDENTIALS_DIRECTORY}/x", "blocks ExecStart=*: $CREDENTIALS_DIRECTORY is what*" },
    { "StateDirectory=mine\nExecStart=/bin/a ${STATE_DIRECTORY}", "command=/bin/a; /var/lib/mine\nenvironment=STATE_DIRECTORY=/var/lib/mine\ndiffers StateDirectory=mine: *" },
    { "Environment=A=1\nEnvironment=A=2", "environment=A=2" },
    { "Environment=A=1\nEnvironment=\nEnvironment=B=%n", "environment=B=a.service" },
    { "Environment=A=1 'B C'\n", "environment=A=1\nlost Environment=A=1 'B C': 'B C' is not NAME=VALUE, and systemd passes it over as well" },
    { "Environment=A=1 'B=2", "environment=A=1\nlost Environment=A=1 'B=2: the quote ' is not closed, and systemd passes over*" },
    { "Environment=1A=x A-B=y", "! environment=*\nlost *'1A=x' is not NAME=VALUE*" },
    { "Environment=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "! environment=*" },
    { "Environment=A=1 B=2\nUnsetEnvironment=A B=3", "environment=B=2" },
    { "PassEnvironment=TERM", "lost PassEnvironment=TERM: the manager's variables are not passed on" },
    { "", "differs environment: HOME, USER, LOGNAME and SHELL are set, as with User=root" },
    { "User=root", "! differs environment: HOME*" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    check_service (&rows[i]);
}

static void
check_file_row (const char *file, const char *lines, const char *expected)
{
  g_autofree char *path = unit_folder_path (units, "variables");
  g_auto (GStrv) parts = g_strsplit (lines, "@", -1);
  g_autofree char *whole = g_strjoinv (path, parts);
  g_auto (GStrv) expected_parts = g_strsplit (expected, "@", -1);
  g_autofree char *whole_expected = g_strjoinv (path, expected_parts);
  const Row row = { whole, whole_expected };

  unit_folder_write (units, "variables", file);
  check_service (&row);
}

/* A "@" is the file's path. */
static void
test_environment_files (void)
{
  check_file_row ("# c\n\nA=1\nB='x y'\n", "EnvironmentFile=@", "environment-file=@\nsame EnvironmentFile=@: environment-file=@");
  check_file_row ("A=1\n", "EnvironmentFile=-@", "environment-file=@\ndiffers EnvironmentFile=-@: environment-file=@; a job whose file is gone does not start");
  check_file_row ("A=1 \\\n2\n", "EnvironmentFile=@", "differs EnvironmentFile=@: environment-file=@; a job takes quotes off only*");
  check_file_row ("A=\"x\"y\n", "EnvironmentFile=@", "differs EnvironmentFile=@: *");
  check_file_row ("export A=1\n", "EnvironmentFile=@", "differs EnvironmentFile=@: *");
  check_file_row ("A=1\n", "Environment=A=2\nEnvironmentFile=@", "blocks EnvironmentFile=@: the file sets A, which Environment= sets as well*");
  check_file_row ("A=1\n", "EnvironmentFile=@\nEnvironmentFile=@.more", "blocks EnvironmentFile=@.more: a job reads one file of variables, and has @");
  check_file_row ("A=1\n", "EnvironmentFile=-@.gone\nEnvironmentFile=@", "environment-file=@\ndiffers EnvironmentFile=-@.gone: there is no such file*");
  check_file_row ("A=1\n", "EnvironmentFile=@*", "blocks EnvironmentFile=*: a job reads one file, by its absolute path");
  check_file_row ("A=1\n", "EnvironmentFile=@.gone", "environment-file=@.gone\ndiffers EnvironmentFile=@.gone: *it cannot be read now");
  check_file_row ("A=1\n", "EnvironmentFile=@\nExecStart=/bin/a $B ${A}", "shell=set -f; exec /bin/a $B \"${A}\"");
}

/* --- as whom, where, how --- */

static void
test_service_table (void)
{
  static const Row rows[] = {
    { "User=nobody", "as=nobody\nsame User=nobody: user=nobody" },
    { "", "as=root\nworking-directory=/\nkill-grace=1min 30s" },
    { "User=0", "as=0" },
    { "User=no-such-user-here", "blocks User=no-such-user-here: this machine has no such user" },
    { "Group=no-such-group-here", "blocks Group=no-such-group-here: this machine has no such group" },
    { "Group=nogroup", "group=nogroup" },
    { "DynamicUser=yes", "as=nobody\nblocks DynamicUser=yes: a job's user has to exist" },
    { "DynamicUser=yes\nUser=no-such-user-here", "as=nobody" },
    { "DynamicUser=no", "as=root\n! *DynamicUser*" },
    { "WorkingDirectory=/srv", "working-directory=/srv" },
    { "WorkingDirectory=~", "! working-directory=*\nsame WorkingDirectory=~: the home of its user*" },
    { "WorkingDirectory=-/", "working-directory=/\ndiffers WorkingDirectory=-/: *" },
    { "WorkingDirectory=-/no/such/folder", "working-directory=/\ndiffers WorkingDirectory=-/no/such/folder: working-directory=/, as*" },
    { "WorkingDirectory=here", "blocks WorkingDirectory=here: 'here' is not absolute" },
    { "UMask=9", "lost UMask=9: *" },
    { "Nice=19", "nice=19" },
    { "Nice=fast", "lost Nice=fast: *" },
    { "LimitNOFILE=1024:4096\nLimitCORE=infinity\nLimitAS=4G\nLimitCPU=1min\nLimitRTTIME=5\nLimitNICE=+5\nLimitMEMLOCK=64K:infinity",
      "limits=as=4294967296; core=infinity; cpu=60; memlock=65536:infinity; nice=15; nofile=1024:4096; rttime=5" },
    { "LimitNOFILE=many", "lost LimitNOFILE=many: *\n! limits=*" },
    { "TimeoutStartSec=1h", "timeout=1h" },
    { "TimeoutStartSec=infinity", "! timeout=*\nsame TimeoutStartSec=infinity: no time limit" },
    { "TimeoutStartSec=0", "! timeout=*" },
    { "TimeoutSec=5min", "timeout=5min\nkill-grace=5min" },
    { "TimeoutSec=5min\nTimeoutStopSec=10", "timeout=5min\nkill-grace=10s" },
    { "TimeoutStopSec=infinity", "kill-grace=1d\ndiffers TimeoutStopSec=infinity: *" },
    { "TimeoutStopSec=what", "kill-grace=1min 30s\nlost TimeoutStopSec=what: *" },
    { "RuntimeMaxSec=1h", "! timeout=*\nsame RuntimeMaxSec=1h: systemd does not look at it with Type=oneshot" },
    { "Type=exec\nRuntimeMaxSec=1h\nTimeoutStartSec=1min", "timeout=1h\ndiffers TimeoutStartSec=1min: *" },
    { "KillSignal=SIGINT", "kill-signal=SIGINT" },
    { "KillSignal=INT", "kill-signal=SIGINT" },
    { "KillSignal=SIGRTMIN+3", "! kill-signal=*\ndiffers KillSignal=SIGRTMIN+3: *" },
    { "KillMode=process", "leftover=leave\ndiffers KillMode=process: leftover=leave;*" },
    { "KillMode=control-group", "! leftover=*\nsame KillMode=control-group: leftover=kill" },
    { "KillMode=mixed", "differs KillMode=mixed: leftover=kill;*" },
    { "KillMode=what", "lost KillMode=what: *" },
    { "Type=simple\nExitType=cgroup", "leftover=wait" },
    { "SendSIGKILL=no\nSendSIGHUP=yes\nFinalKillSignal=SIGQUIT", "differs SendSIGKILL=no: *\nlost SendSIGHUP=yes: *\nlost FinalKillSignal=SIGQUIT: *" },
    { "SuccessExitStatus=1 TEMPFAIL", "success-exit-codes=[0, 1, 75]\nsame SuccessExitStatus=1 TEMPFAIL: success-exit-codes=0;1;75" },
    { "SuccessExitStatus=1 SIGKILL", "success-exit-codes=[0, 1]\ndiffers SuccessExitStatus=1 SIGKILL: *" },
    { "SuccessExitStatus=1\nSuccessExitStatus=", "! success-exit-codes=*" },
    { "Type=idle", "differs Type=idle: it does not wait*" },
    { "Type=notify", "blocks Type=notify: the service says itself when it has started*" },
    { "Type=forking", "blocks Type=forking: *" },
    { "Type=dbus\nBusName=a.b", "blocks Type=dbus: *\nblocks BusName=a.b: *" },
    { "RemainAfterExit=yes", "blocks RemainAfterExit=yes: systemd starts it once*" },
    { "Restart=no", "same Restart=no: retries=0" },
    { "Restart=on-failure\nRestartSec=30", "retries=100\nretry-delay=30s\nretry-backoff=constant\nretry-jitter=0.0\ndiffers Restart=on-failure: retries=100;*" },
    { "Restart=on-failure", "retries=4\nretry-delay=100ms" },
    { "Restart=on-failure\nRestartPreventExitStatus=2", "no-retry-on=[2]" },
    { "Restart=always", "blocks Restart=always: systemd keeps it running*" },
    { "Restart=on-abort", "lost Restart=on-abort: *\n! retries=*" },
    { "StandardInputText=a\\tb\nStandardInputText=%n", "stdin=a\tb\nsame StandardInputText=%n: stdin" },
    { "StandardInput=data\nStandardInputData=aGkK", "stdin=hi" },
    { "StandardInputData=//8=", "blocks StandardInputData=//8=: a job's input is text in UTF-8" },
    { "StandardInput=file:/etc/x y", "shell=exec <'/etc/x y'; exec /bin/true" },
    { "StandardInput=tty", "blocks StandardInput=tty: a job reads a text, a file or nothing" },
    { "StandardInput=null", "command=/bin/true" },
    { "StandardOutput=append:/var/log/x", "shell=exec 1>>'/var/log/x'; exec 2>&1; exec /bin/true\ndiffers StandardOutput=append:/var/log/x: *" },
    { "StandardOutput=file:/x\nStandardError=journal", "shell=exec 1<>'/x'; exec /bin/true" },
    { "StandardOutput=truncate:/x\nStandardError=inherit", "shell=exec 1>'/x'; exec 2>&1; exec /bin/true" },
    { "StandardOutput=null\nStandardError=null", "shell=exec 1>/dev/null; exec 2>/dev/null; exec /bin/true" },
    { "StandardOutput=journal\nSyslogIdentifier=x", "command=/bin/true\nlost SyslogIdentifier=x: *\ndiffers StandardOutput=journal: *" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    check_service (&rows[i]);
}

/* --- what is left --- */

static void
test_rest_table (void)
{
  static const Row rows[] = {
    { "PrivateTmp=yes\nProtectSystem=full\nProtectHome=no\nSystemCallFilter=@system-service",
      "lost PrivateTmp=yes, ProtectSystem=full, SystemCallFilter=@system-service: sandboxing: the job may do all that its user may\n! *ProtectHome*" },
    { "MemoryMax=1G\nCPUQuota=20%\nTasksMax=10", "lost MemoryMax=1G, CPUQuota=20%, TasksMax=10: the job has no control group*" },
    { "IOSchedulingClass=idle\nOOMScoreAdjust=500", "lost IOSchedulingClass=idle, OOMScoreAdjust=500: it has the usual priority*" },
    { "LoadCredential=a:b", "lost LoadCredential=a:b: credentials are not handed to the job" },
    { "RootDirectory=/srv", "blocks RootDirectory=/srv: the job would see other files*" },
    { "BindPaths=/a", "blocks BindPaths=/a: *" },
    { "SupplementaryGroups=adm", "blocks SupplementaryGroups=adm: the job would lack rights*" },
    { "AmbientCapabilities=CAP_NET_RAW", "blocks AmbientCapabilities=CAP_NET_RAW: *" },
    { "RuntimeDirectory=x", "blocks RuntimeDirectory=x: *" },
    { "CapabilityBoundingSet=", "! *CapabilityBoundingSet*" },
    { "NoSuchKey=1", "lost NoSuchKey=1: it is not known here what this does" },
    { "ExecStart=/bin/true\n[Unit]\nAfter=a.target b.target\nOnFailure=mail@%n.service\nDocumentation=man:a(1)\nUser=me",
      "lost After=a.target b.target: order and dependencies*\nlost OnFailure=mail@%n.service: no unit is started*\nlost Documentation=man:a(1): *\nlost User=me: it is not known*" },
    { "ExecStart=/bin/true\n[Unit]\nFailureAction=reboot", "blocks FailureAction=reboot: *" },
    { "ExecStart=/bin/true\n[Own]\nA=b\nnonsense", "lost a.service: *a.service:4: an unknown section; systemd passes it over as well" },
    { "ExecStart=/bin/true\n[Unit]\nDescription=What %p does", "description=What a does" },
    { "ExecStart=/bin/true\n[Unit]\nConditionHost=x\nConditionVirtualization=!container",
      "lost ConditionHost=x: it is not looked at;*\nlost ConditionVirtualization=!container: *" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    check_service (&rows[i]);
}

static void
test_conditions (void)
{
  static const Row rows[] = {
    { "ConditionACPower=true", "condition=ac-power\nsame ConditionACPower=true: condition=ac-power" },
    { "ConditionACPower=!no", "condition=ac-power" },
    { "ConditionACPower=no", "condition=!ac-power" },
    { "ConditionPathExists=!/a\nConditionPathExists=/%p", "condition=!path:/a; path:/a" },
    { "ConditionPathExists=|/a", "condition=path:/a" },
    { "ConditionPathExists=|/a\nConditionPathExists=|/b", "! condition=*\nlost ConditionPathExists=|/a: it is not looked at;*" },
    { "ConditionPathExists=/a\nConditionACPower=", "! condition=*" },
    { "AssertPathExists=/a", "condition=path:/a\ndiffers AssertPathExists=/a: condition=path:/a; a run is skipped and does not fail" },
  };

  if (!systemd_job_offers ("condition", NULL))
    {
      g_test_skip ("jobs have no conditions yet");
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *service = g_strdup_printf ("[Unit]\n%s\n[Service]\nType=oneshot\nExecStart=/bin/true\n", rows[i].lines);

      check_units (rows[i].lines, "[Timer]\nOnCalendar=daily\n", service, UNIT_MANAGER_SYSTEM, rows[i].expected);
    }
}

/* --- around it --- */

static void
test_user_units (void)
{
  check_units ("a user's", "[Timer]\nOnCalendar=daily\nOnStartupSec=0\n", "[Service]\nType=oneshot\nExecStart=/bin/true\nUser=root\nLogsDirectory=a\nCacheDirectory=b\n", UNIT_MANAGER_USER,
               "as=me\n! working-directory=*\nlost User=root: a user's service runs as that user\n"
               "lost LogsDirectory=a, CacheDirectory=b: the folder is not made for the job, and has to be there\n"
               "environment=*XDG_RUNTIME_DIR=/run/user/*\noff=systemctl --user mask --now a.timer\n"
               "differs OnStartupSec=0: schedule=@reboot; it starts once for each boot, not for each login");
}

/* What the session has is handed on by a user's manager, and not known here. */
static void
test_user_variables (void)
{
  check_units ("a user's variables", "[Timer]\nOnCalendar=daily\n",
               "[Service]\nType=oneshot\nEnvironment=A=1\nExecStart=/bin/true $A ${XDG_RUNTIME_DIR} $DISPLAY\n", UNIT_MANAGER_USER,
               "blocks ExecStart=*: $DISPLAY is what systemd hands to the service; a job does not have it\ncommand=/bin/true; 1; /run/user/*");
}

static void
test_turn_off (void)
{
  check_units ("with [Install]", "[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n", "[Service]\nExecStart=/bin/true\n",
               UNIT_MANAGER_SYSTEM, "off=systemctl disable --now a.timer\nname=a\n! *WantedBy*");
  check_units ("without", "[Timer]\nOnCalendar=daily\n", "[Service]\nExecStart=/bin/true\n", UNIT_MANAGER_SYSTEM, "off=systemctl mask --now a.timer");
}

static ImportEntry *
import_by_name (const char *name, GError **error)
{
  const char *folders[] = { units->path, NULL };
  g_autoptr (UnitSearch) search = unit_search_new (folders, NULL);

  return systemd_import_timer (search, UNIT_MANAGER_SYSTEM, name, NOW, error);
}

static void
test_names (void)
{
  g_autoptr (ImportEntry) instance = NULL;
  g_autoptr (ImportEntry) odd = NULL;
  g_autofree char *instance_text = NULL;
  g_autofree char *odd_text = NULL;

  unit_folder_write (units, "dump@.timer", "[Timer]\nOnCalendar=daily\n");
  unit_folder_write (units, "dump@.service", "[Service]\nExecStart=/bin/dump %i %I\n");
  unit_folder_write (units, "odd:name.timer", "[Timer]\nOnCalendar=daily\nUnit=dump@x.service\n");
  instance = import_by_name ("dump@main-x.timer", NULL);
  odd = import_by_name ("odd:name.timer", NULL);
  g_assert_cmpstr (instance->name, ==, "dump@main-x");
  instance_text = show (instance);
  check_text ("instance", instance_text, "command=/bin/dump; main-x; main/x");
  g_assert_cmpstr (odd->name, ==, "odd-name");
  odd_text = show (odd);
  check_text ("odd", odd_text, "command=/bin/dump; x; x");
}

static void
test_not_at_all (void)
{
  static const char *const rows[][3] = {
    { "lone.timer", "[Timer]\nOnCalendar=daily\n", "lone.timer: there is no unit lone.service" },
    { "target.timer", "[Timer]\nUnit=a.target\nOnCalendar=daily\n", "target.timer: it starts a.target, and only what a service runs can be a job" },
    { "boot.timer", "[Timer]\nUnit=%b.service\nOnCalendar=daily\n", "boot.timer: %b is known only when systemd starts it;*" },
    { "broken.timer", "[Timer\n", "*broken.timer:1: '[Timer' is not a section;*" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      unit_folder_write (units, rows[i][0], rows[i][1]);
      g_assert_null (import_by_name (rows[i][0], &error));
      if (!g_pattern_match_simple (rows[i][2], error->message))
        g_error ("%s: %s", rows[i][0], error->message);
    }
}

/* What settings refuse is told of the one job. */
static void
test_bad_settings (void)
{
  g_autofree char *argument = g_strnfill (140000, 'x');
  g_autofree char *lines = g_strdup_printf ("ExecStart=/bin/a %s", argument);
  const Row row = { lines, "blocks a.service: command: total 140008 bytes, limit 131072" };

  check_service (&row);
}

/* The lines for the shell do what they say: the codes of the steps are the run's. */
static void
test_shell_runs (void)
{
  static const struct
  {
    const char *lines;
    int         status;
  } rows[] = {
    { "ExecStart=/bin/sh -c 'exit 3'\nExecStart=/bin/sh -c 'exit 4'", 3 },
    { "ExecStart=-/bin/sh -c 'exit 3'\nExecStart=/bin/sh -c 'exit 4'", 4 },
    { "ExecStart=/bin/sh -c 'exit 3'\nExecStart=/bin/sh -c 'exit 4'\nSuccessExitStatus=3", 4 },
    { "ExecStart=/bin/sh -c 'exit 5'\nExecStart=/bin/sh -c 'exit 4'\nSuccessExitStatus=3", 5 },
    { "ExecStart=/bin/true\nExecStart=/bin/true", 0 },
    { "ExecStart=-/bin/false", 0 },
    { "ExecStartPre=-/no/such/program\nExecStart=/bin/true", 0 },
    { "StandardInput=file:/no/such/file\nExecStart=/bin/true", 2 },
    { "UMask=0027\nExecStart=/bin/sh -c '[ \"$$(umask)\" = 0027 ]'", 0 },
    { "Environment=A=*\nStandardError=null\nExecStart=/bin/sh -c '[ \"$$1\" = \"*\" ]' x $A", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *service = g_strdup_printf ("[Service]\nType=oneshot\n%s\n", rows[i].lines);
      g_autoptr (ImportEntry) entry = import ("[Timer]\nOnCalendar=daily\n", service, UNIT_MANAGER_SYSTEM, NULL);
      const char *argv[] = { "/bin/sh", "-c", NULL, NULL };
      int status = -1;

      g_assert_true (g_variant_lookup (entry->settings, "shell", "&s", &argv[2]));
      g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status, NULL));
      if (!WIFEXITED (status) || WEXITSTATUS (status) != rows[i].status)
        g_error ("%s: %s ended with %d, expected %d", rows[i].lines, argv[2], WEXITSTATUS (status), rows[i].status);
    }
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  units = unit_folder_new ();
  g_test_add_func ("/systemd-import/timer", test_timer_table);
  g_test_add_func ("/systemd-import/offered-or-not", test_offered_or_not);
  g_test_add_func ("/systemd-import/many-schedules", test_many_schedules);
  g_test_add_func ("/systemd-import/command", test_command_table);
  g_test_add_func ("/systemd-import/variables", test_variable_table);
  g_test_add_func ("/systemd-import/environment-files", test_environment_files);
  g_test_add_func ("/systemd-import/service", test_service_table);
  g_test_add_func ("/systemd-import/rest", test_rest_table);
  g_test_add_func ("/systemd-import/conditions", test_conditions);
  g_test_add_func ("/systemd-import/user-units", test_user_units);
  g_test_add_func ("/systemd-import/user-variables", test_user_variables);
  g_test_add_func ("/systemd-import/turn-off", test_turn_off);
  g_test_add_func ("/systemd-import/names", test_names);
  g_test_add_func ("/systemd-import/not-at-all", test_not_at_all);
  g_test_add_func ("/systemd-import/bad-settings", test_bad_settings);
  g_test_add_func ("/systemd-import/shell-runs", test_shell_runs);
  status = g_test_run ();
  unit_folder_free (units);
  return status;
}
