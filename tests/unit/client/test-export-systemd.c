/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Jobs as timers and services: what is written, what is refused, that systemd-analyze(1) finds nothing wrong with it, and that what was
 * imported goes back as it came. */

#include <string.h>

#include "export.h"
#include "jt-error.h"
#include "jt-schedule.h"
#include "systemd-import.h"
#include "unit-folder.h"

#define NOW G_GINT64_CONSTANT (1767225600000000) /* 2026-01-01T00:00:00Z */

static UnitFolder *units;

static JtSettings *
read_settings (const char *text)
{
  g_autofree char *braced = g_strdup_printf ("{%s}", text);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) values = g_variant_parse (G_VARIANT_TYPE_VARDICT, braced, NULL, NULL, &error);
  JtSettings *settings;

  g_assert_no_error (error);
  settings = jt_settings_new (values, &error);
  g_assert_no_error (error);
  return settings;
}

static void
append_remarks (GString *text, GPtrArray *remarks)
{
  for (guint i = 0; i < remarks->len; i++)
    {
      const Remark *remark = g_ptr_array_index (remarks, i);

      g_string_append_printf (text, "%s %s: %s\n", remark_kind_to_string (remark->kind), remark->what, remark->why);
    }
}

/* The files one after the other, and a line for each remark. Into the folder as well, when @folder is given. */
static char *
export_job (const char *name, JtSettings *settings, gboolean is_session, const char *folder)
{
  g_autoptr (GPtrArray) jobs = export_jobs_new ();
  g_autoptr (GPtrArray) files = export_files_new ();
  const ExportOptions options = { .user = "root", .now_usec = NOW, .is_session = is_session };
  ExportJob *job = export_job_new (name, "root", settings);
  GString *text = g_string_new ("\n");

  g_ptr_array_add (jobs, job);
  export_systemd_write (jobs, &options, files);
  for (guint i = 0; i < files->len; i++)
    {
      const ExportFile *file = g_ptr_array_index (files, i);

      g_string_append_printf (text, "%s:\n%s", file->name, file->text);
      if (folder != NULL)
        {
          g_autofree char *path = g_build_filename (folder, file->name, NULL);

          unit_folder_write (units, path, file->text);
        }
    }
  append_remarks (text, job->remarks);
  return g_string_free (text, FALSE);
}

static gboolean
has_line (char **lines, const char *pattern)
{
  for (; *lines != NULL; lines++)
    if (*pattern == '=' ? g_str_equal (*lines, pattern + 1) : g_pattern_match_simple (pattern, *lines))
      return TRUE;
  return FALSE;
}

/* Patterns of whole lines, or, with "=" before, whole lines; "! " before: there is none. */
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

typedef struct
{
  const char *settings;
  const char *expected;
} Row;

static void
check_rows (const Row *rows, guint count)
{
  for (guint i = 0; i < count; i++)
    {
      gboolean has_command = strstr (rows[i].settings, "'command'") != NULL || strstr (rows[i].settings, "'shell'") != NULL;
      g_autofree char *text = g_strdup_printf ("%s%s%s", has_command ? "" : "'command': <['/bin/true']>", has_command || *rows[i].settings == '\0' ? "" : ", ",
                                               rows[i].settings);
      g_autoptr (JtSettings) settings = read_settings (text);
      g_autofree char *exported = export_job ("job", settings, FALSE, NULL);

      check_text (rows[i].settings, exported, rows[i].expected);
    }
}

/* --- what is written --- */

static void
test_whole (void)
{
  g_autoptr (JtSettings) settings
      = read_settings ("'command': <['/bin/tar', '-czf', '/srv/etc.tgz', '/etc']>, 'schedule': <['Mon..Fri 02:30']>, 'description': <'All of /etc'>,"
                       "'timezone': <'Europe/Berlin'>, 'user': <'backup'>, 'timeout': <uint64 3600000000>, 'nice': <10>");
  g_autofree char *text = export_job ("etc", settings, FALSE, NULL);

  g_assert_cmpstr (text, ==,
                   "\netc.timer:\n"
                   "# Written by jobctl export --to systemd. What runs from here must not run there as well: jobctl disable NAME\n"
                   "[Unit]\nDescription=All of /etc\n\n"
                   "[Timer]\nOnCalendar=Mon..Fri *-*-* 02:30:00 Europe/Berlin\nAccuracySec=1us\nPersistent=true\n\n"
                   "[Install]\nWantedBy=timers.target\n"
                   "etc.service:\n"
                   "# Written by jobctl export --to systemd. What runs from here must not run there as well: jobctl disable NAME\n"
                   "[Unit]\nDescription=All of /etc\n\n"
                   "[Service]\nType=oneshot\nExecStart=/bin/tar -czf /srv/etc.tgz /etc\nUser=backup\nWorkingDirectory=-~\n"
                   "Environment=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
                   "Nice=10\nTimeoutStartSec=3600\nTimeoutStopSec=10\n"
                   "differs overlap: what falls due while it runs is started once at its end, and not skipped\n");
}

static void
test_schedule_table (void)
{
  static const Row rows[] = {
    { "", "! *.timer:*\nType=oneshot" },
    { "'schedule': <['30 2 * * *']>, 'timezone': <'UTC'>", "OnCalendar=?-?-? 02:30:00 UTC" },
    { "'schedule': <['0 0 1 * 5', '12:00']>, 'timezone': <'UTC'>", "OnCalendar=?-?-01 00:00:00 UTC\nOnCalendar=Fri ?-?-? 00:00:00 UTC\nOnCalendar=?-?-? 12:00:00 UTC" },
    { "'schedule': <['30 2 * * *']>, 'timezone': <'Europe/Berlin'>", "lost schedule=30 2 ? ? ?: when the clock goes forward over it, as on 2026-03-29*" },
    { "'schedule': <['every 15min']>", "OnCalendar=?-?-? ?:00/15:00 UTC" },
    { "'schedule': <['every 7min']>", "lost schedule=every 7min: the interval does not divide a day*\n! *.timer:" },
    { "'schedule': <['every 10min after']>", "OnActiveSec=600\nOnUnitInactiveSec=600\ndiffers schedule=every 10min after: *\n! Persistent*" },
    { "'schedule': <['@reboot']>", "OnBootSec=0\ndiffers schedule=@reboot: a timer that is started later*\n! Persistent*" },
    { "'schedule': <['at 2026-12-24T18:00:00Z']>", "OnCalendar=2026-12-24 18:00:00 UTC" },
    { "'schedule': <['at 2025-12-24T18:00:00Z']>", "lost schedule=at 2025-12-24T18:00:00Z: it is past" },
    { "'schedule': <['daily']>, 'catch-up': <'none'>", "! Persistent*\ndiffers catch-up=none: *" },
    { "'schedule': <['daily']>, 'catch-up': <'one'>, 'overlap': <'queue'>", "lost overlap=queue: systemd runs a service once at a time*" },
    { "'schedule': <['daily']>, 'jitter': <uint64 90000000>, 'jitter-fixed': <true>", "RandomizedDelaySec=90\nFixedRandomDelay=true\n! lost *" },
    { "'schedule': <['daily']>, 'start-deadline': <uint64 90000000>", "lost start-deadline=1min 30s: a timer is never too late" },
    { "'schedule': <['daily']>, 'enabled': <false>", "differs enabled=no: the timer is not to be enabled" },
  };

  check_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_command_table (void)
{
  static const Row rows[] = {
    { "'command': <['/bin/a', 'b c', \"it's\", '\"', '\\\\', '', ';', '#']>", "=ExecStart=/bin/a \"b c\" \"it's\" \"\\\"\" \"\\\\\" \"\" \";\" \"#\"" },
    { "'command': <['/bin/a', '100%', '%n', '$HOME', '${X}', '$$', 'a$b']>", "=ExecStart=/bin/a 100%% %%n $$HOME $${X} $$$$ a$$b" },
    { "'command': <['/bin/a$b', '$c%']>", "=ExecStart=:/bin/a$b $c%%" },
    { "'command': <['/bin/a', 'one\\ntwo\\tthree', '\\u0001']>", "=ExecStart=/bin/a \"one\\ntwo\\tthree\" \\x01" },
    { "'command': <['/bin/with blank', '\u00e4']>", "=ExecStart=\"/bin/with blank\" \u00e4" },
    { "'command': <['tool']>", "ExecStart=tool\n! ExecSearchPath*" },
    { "'command': <['tool']>, 'environment': <['PATH=/opt:/bin']>", "ExecStart=tool\nExecSearchPath=/opt:/bin\nEnvironment=PATH=/opt:/bin" },
    { "'command': <['tool']>, 'environment': <['PATH=opt']>", "lost command=tool: it is looked for in a PATH*" },
    { "'command': <['-tool']>", "lost command=-tool: systemd cannot start a program of that name" },
    { "'shell': <'cd / && ls | wc -l > \"$HOME/n\"'>", "=ExecStart=/bin/sh -c \"cd / && ls | wc -l > \\\"$$HOME/n\\\"\"" },
    { "'shell': <'echo $JOBTRACKER_RUN'>", "lost JOBTRACKER_RUN: the command looks at it, and systemd does not set it" },
    { "'shell': <'echo $JOBTRACKER_JOB'>", "Environment=JOBTRACKER_JOB=job" },
    { "'expect-every': <uint64 60000000>", "lost expect-every=1min: systemd's timers and services have nothing like it" },
  };

  check_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_service_table (void)
{
  static const Row rows[] = {
    { "", "User=root\nWorkingDirectory=-~\nTimeoutStopSec=10\n! Nice*\n! KillSignal*\n! SuccessExitStatus*\n! Group*" },
    { "'user': <'bob'>, 'group': <'adm'>, 'working-directory': <'/srv/100%'>", "User=bob\nGroup=adm\nWorkingDirectory=/srv/100%%" },
    { "'working-directory': <'/srv '>", "lost working-directory=/srv : WorkingDirectory= of systemd cannot have it*" },
    { "'environment': <['A=1', 'B=x y', 'C=%h $HOME', 'D=']>", "=Environment=A=1\n=Environment=\"B=x y\"\n=Environment=\"C=%%h $HOME\"\n=Environment=D=" },
    { "'environment': <['A=\\u0001']>", "lost environment=A=*: systemd takes no control characters*" },
    { "'environment-file': <'/etc/default/x'>", "EnvironmentFile=/etc/default/x\ndiffers environment-file=/etc/default/x: *" },
    { "'environment-file': <'/etc/*.x'>", "lost environment-file=/etc/?.x: systemd takes*" },
    { "'stdin': <'one\\ntwo 5%\\n'>", "StandardInput=data\nStandardInputText=one\nStandardInputText=two 5%%" },
    { "'stdin': <'no end'>", "StandardInputData=bm8gZW5k" },
    { "'stdin': <'a\\n\\nb\\n'>", "StandardInputData=YQoKYgo=" },
    { "'stdin': <' a\\n'>", "StandardInputData=IGEK" },
    { "'stdin': <'a\\\\n\\n'>", "StandardInputData=YVxuCg==" },
    { "'nice': <-5>, 'limits': <['nofile=1024:4096', 'core=infinity', 'nice=15']>", "Nice=-5\nLimitNOFILE=1024:4096\nLimitCORE=infinity\nLimitNICE=15" },
    { "'timeout': <uint64 1500000>, 'kill-grace': <uint64 0>, 'kill-signal': <'SIGINT'>", "TimeoutStartSec=1500000us\nTimeoutStopSec=1us\nKillSignal=SIGINT" },
    { "'leftover': <'leave'>", "KillMode=process\ndiffers leftover=leave: *" },
    { "'leftover': <'wait'>, 'timeout': <uint64 60000000>", "Type=exec\nExitType=cgroup\nRuntimeMaxSec=60\n! TimeoutStartSec*\ndiffers leftover=wait: *" },
    { "'leftover': <'kill'>", "! KillMode*" },
    { "'success-exit-codes': <[0, 1, 75]>", "SuccessExitStatus=1 75" },
    { "'success-exit-codes': <[1]>", "SuccessExitStatus=1\nlost success-exit-codes=*: 0 is always a success with systemd" },
    { "'retries': <uint32 2>, 'retry-delay': <uint64 1000000>", "lost retries=*: systemd restarts without counting*\n! *retry-delay*" },
    { "'retry-delay': <uint64 1000000>", "! lost *" },
    { "'tags': <['a']>, 'keep-runs': <uint32 5>, 'log-keep': <'never'>", "differs tags=a: *\ndiffers keep-runs=*\ndiffers log-keep=never: *\n! lost *" },
    { "'rerun-lost': <true>", "lost rerun-lost=yes: *" },
    { "'rerun-lost': <false>", "! *rerun-lost*" },
  };

  check_rows (rows, G_N_ELEMENTS (rows));
}

/* No job that has a setting goes without a word about it, whatever will be built. */
static void
test_every_setting (void)
{
  for (const JtSettingInfo *info = jt_settings_get_table (); info->key != NULL; info++)
    {
      static const char *const silent[] = { "command", "shell", "schedule", "retry-delay", "retry-backoff", "retry-max-delay", "retry-jitter", "retry-on",
                                            "no-retry-on", "executor", "timezone", "rerun-lost", "enabled", "catch-up", "overlap", "leftover",
                                            "kill-signal", "description", NULL };
      static const struct
      {
        const char *type;
        const char *value;
      } values[] = { { "s", "'x'" }, { "s", "'/x'" }, { "s", "'never'" }, { "as", "['x']" }, { "as", "['A=x']" }, { "as", "['core=1']" },
                     { "as", "['sleep']" }, { "as", "['startup']" }, { "as", "['path:/x']" }, { "as", "['user:root']" }, { "b", "true" },
                     { "t", "uint64 70000000" }, { "u", "uint32 7" }, { "i", "7" }, { "d", "0.5" }, { "ai", "[0, 7]" } };

      for (guint i = 0; i < G_N_ELEMENTS (values) && info->status == JT_SETTING_OFFERED && !g_strv_contains (silent, info->key); i++)
        {
          g_autofree char *text = g_strdup_printf ("{'%s': <%s>, 'schedule': <['daily']>}", info->key, values[i].value);
          g_autoptr (GVariant) asv = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);
          g_autoptr (JtSettings) settings = g_str_equal (values[i].type, info->type) ? jt_settings_new (asv, NULL) : NULL;
          g_autoptr (JtSettings) bare = read_settings ("'schedule': <['daily']>");
          g_autofree char *with = settings != NULL ? export_job ("job", settings, FALSE, NULL) : NULL;
          g_autofree char *without = export_job ("job", bare, FALSE, NULL);

          if (with != NULL && g_str_equal (with, without))
            g_error ("nothing was said about %s", info->key);
        }
    }
}

static void
test_names (void)
{
  g_autoptr (JtSettings) settings = read_settings ("'command': <['/bin/true']>, 'schedule': <['daily']>");
  g_autofree char *instance = export_job ("dump@main", settings, FALSE, NULL);
  g_autofree char *template = export_job ("dump@", settings, FALSE, NULL);
  g_autofree char *leading = export_job ("@dump", settings, FALSE, NULL);

  check_text ("instance", instance, "dump@main.timer:\ndump@main.service:\n! lost *");
  check_text ("template", template, "dump-.service:\nlost dump@: no unit can have that name*");
  check_text ("leading", leading, "-dump.service:\nlost @dump: no unit can have that name*");
}

/* A unit of that name that is there is told of. */
static void
test_place (void)
{
  g_autoptr (JtSettings) settings = read_settings ("'command': <['/bin/true']>");
  g_autofree char *text = NULL;

  unit_folder_write (units, "there/cron.service", "[Service]\n");
  {
    g_autofree char *path = unit_folder_path (units, "there");

    g_setenv ("SYSTEMD_UNIT_PATH", path, TRUE);
  }
  text = export_job ("cron", settings, FALSE, NULL);
  g_setenv ("SYSTEMD_UNIT_PATH", "/nonexistent", TRUE);
  check_text ("cron", text, "differs cron.service: there is */there/cron.service, and the unit would take its place*");
}

static void
test_session (void)
{
  g_autoptr (JtSettings) settings = read_settings ("'command': <['/bin/true']>");
  g_autofree char *text = export_job ("job", settings, TRUE, NULL);

  check_text ("session", text, "! User=*\nWorkingDirectory=-~\n! lost *");
}

/* A user's manager would run it as another. */
static void
test_session_of_another (void)
{
  g_autoptr (JtSettings) settings = read_settings ("'command': <['/bin/true']>, 'user': <'man'>");
  g_autofree char *text = export_job ("job", settings, TRUE, NULL);

  check_text ("session of another", text, "! User=*\nlost user=man: a user's service runs as that user");
}

static void
test_conditions (void)
{
  static const Row rows[] = {
    { "'condition': <['ac-power', '!path:/a', 'path:/b']>", "ConditionACPower=true\nConditionPathExists=!/a\nConditionPathExists=/b\n! lost *" },
    { "'condition': <['!ac-power']>", "ConditionACPower=false" },
    { "'condition': <['network']>", "lost condition=network: systemd does not look at it*" },
    { "'condition': <['load<4']>", "lost condition=load<4: *" },
  };

  if (jt_setting_info_find ("condition")->status != JT_SETTING_OFFERED)
    {
      g_test_skip ("jobs have no conditions yet");
      return;
    }
  check_rows (rows, G_N_ELEMENTS (rows));
}

/* --- there and back --- */

static ImportEntry *
import (const char *folder, const char *name)
{
  g_autofree char *path = unit_folder_path (units, folder);
  const char *folders[] = { path, NULL };
  g_autoptr (UnitSearch) search = unit_search_new (folders, NULL);
  g_autofree char *timer = g_strconcat (name, ".timer", NULL);
  g_autoptr (GError) error = NULL;
  ImportEntry *entry = systemd_import_timer (search, UNIT_MANAGER_SYSTEM, timer, NOW, &error);

  g_assert_no_error (error);
  return entry;
}

/* Schedules in their normal form, which is how they come back. */
static void
normalize_schedules (GVariantDict *dict)
{
  g_autoptr (JtZone) zone = jt_zone_get (NULL, NULL);
  g_auto (GStrv) texts = NULL;

  if (!g_variant_dict_lookup (dict, "schedule", "^as", &texts))
    return;
  for (guint i = 0; texts[i] != NULL; i++)
    {
      g_autoptr (JtSchedule) schedule = jt_schedule_parse (texts[i], zone, NOW, NULL, NULL);

      g_free (texts[i]);
      texts[i] = g_strdup (jt_schedule_get_normalized (schedule));
    }
  g_variant_dict_insert (dict, "schedule", "^as", texts);
}

/* With the user, as the verb asks for the job. */
static JtSettings *
settings_of (const ImportEntry *entry)
{
  GVariantDict dict;
  g_autoptr (GVariant) values = NULL;
  g_autoptr (GError) error = NULL;
  JtSettings *settings;

  g_variant_dict_init (&dict, entry->settings);
  normalize_schedules (&dict);
  if (!g_str_equal (entry->user, "root"))
    g_variant_dict_insert (&dict, "user", "s", entry->user);
  values = g_variant_ref_sink (g_variant_dict_end (&dict));
  settings = jt_settings_new (values, &error);
  g_assert_no_error (error);
  return settings;
}

static void
verify (const char *folder, const char *name)
{
  g_autofree char *program = g_find_program_in_path ("systemd-analyze");
  g_autofree char *path = unit_folder_path (units, folder);
  g_autofree char *timer = g_strdup_printf ("%s/%s.timer", path, name);
  g_autofree char *service = g_strdup_printf ("%s/%s.service", path, name);
  const char *arguments[] = { program, "verify", "--man=no", "--generators=no", timer, service, NULL };
  g_autofree char *output = NULL;
  int status = -1;

  if (program == NULL)
    return;
  g_unsetenv ("SYSTEMD_UNIT_PATH");
  g_assert_true (g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &output, &status, NULL));
  g_setenv ("SYSTEMD_UNIT_PATH", "/nonexistent", TRUE);
  if (status != 0 || strstr (output, path) != NULL)
    g_error ("systemd-analyze verify %s ended with %d: %s", name, status, output);
}

/* Units become a job, the job becomes units, and these the same job again; what must not be lost on the way is in them. */
static void
check_round_trip (const char *name, const char *expected)
{
  g_autoptr (ImportEntry) there = import ("from", name);
  g_autoptr (JtSettings) settings = settings_of (there);
  g_autofree char *text = export_job (there->name, settings, FALSE, "to");
  g_autoptr (ImportEntry) back = import ("to", name);
  g_autoptr (JtSettings) again = settings_of (back);

  check_text (name, text, expected);
  if (!jt_settings_equal (settings, again))
    {
      g_autofree char *one = g_variant_print (there->settings, FALSE);
      g_autofree char *other = g_variant_print (back->settings, FALSE);

      g_error ("%s there and back\nwas %s\nis  %s\nas %s", name, one, other, text);
    }
  verify ("to", name);
}

static void
write_units (const char *name, const char *timer, const char *service)
{
  g_autofree char *timer_name = g_strdup_printf ("from/%s.timer", name);
  g_autofree char *service_name = g_strdup_printf ("from/%s.service", name);

  unit_folder_write (units, timer_name, timer);
  unit_folder_write (units, service_name, service);
}

/* The timers that a Debian machine has, in our words. */
static void
test_debian (void)
{
  static const struct
  {
    const char *name;
    const char *timer;
    const char *service;
    const char *expected;
  } rows[] = {
    { "packages-download", "[Unit]\nDescription=Twice a day\n[Timer]\nOnCalendar=*-*-* 6,18:00\nRandomizedDelaySec=12h\nPersistent=true\n[Install]\nWantedBy=timers.target\n",
      "[Unit]\nDescription=Look for new packages\nConditionACPower=true\nAfter=network-online.target\n"
      "[Service]\nType=oneshot\nExecStartPre=-/bin/true wait-online\nExecStart=/bin/true update\n",
      "OnCalendar=?-?-? 06,18:00:00\nPersistent=true\nExecStart=/bin/sh -c \"/bin/true wait-online; exec /bin/true update\"\nTimeoutStopSec=90" },
    { "packages-install", "[Timer]\nOnCalendar=*-*-* 6:00\nRandomizedDelaySec=60m\nPersistent=true\n[Install]\nWantedBy=timers.target\n",
      "[Service]\nType=oneshot\nExecStart=/bin/true install\nKillMode=process\nTimeoutStopSec=900\n",
      "OnCalendar=?-?-? 06:00:00\nKillMode=process\nTimeoutStopSec=900\nExecStart=/bin/true install" },
    { "database-backup", "[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n", "[Service]\nType=oneshot\nExecStart=/bin/true\n",
      "OnCalendar=?-?-? 00:00:00\n! Persistent*\nWorkingDirectory=/" },
    { "check-filesystems", "[Timer]\nOnCalendar=Sun *-*-* 03:10:00\nRandomizedDelaySec=60\nPersistent=true\n",
      "[Unit]\nConditionACPower=true\nConditionCapability=CAP_SYS_ADMIN\n[Service]\nType=oneshot\nEnvironment=SERVICE_MODE=1\nExecStart=/bin/true\n",
      "OnCalendar=Sun ?-?-? 03:10:00\nEnvironment=SERVICE_MODE=1" },
    { "trim", "[Unit]\nConditionPathExists=!/etc/initrd-release\n[Timer]\nOnCalendar=weekly\nAccuracySec=1h\nPersistent=true\nRandomizedDelaySec=6000\n",
      "[Service]\nType=oneshot\nExecStart=/bin/true --listed-in /etc/fstab:/proc/self/mountinfo --verbose\nPrivateNetwork=yes\n",
      "OnCalendar=Mon ?-?-? 00:00:00\nExecStart=/bin/true --listed-in /etc/fstab:/proc/self/mountinfo --verbose" },
    { "manual-index", "[Timer]\nOnCalendar=daily\nRandomizedDelaySec=12h\nPersistent=true\n",
      "[Service]\nType=oneshot\nExecStart=+/bin/true -d /var/cache/man\nExecStart=/bin/true /var/cache/man -name *.gz -atime +6 -delete\nExecStart=/bin/true --quiet\n"
      "User=man\nNice=19\nIOSchedulingClass=idle\nProtectSystem=full\n",
      "User=man\nNice=19\nExecStart=/bin/sh -c \"/bin/true -d /var/cache/man || exit; /bin/true /var/cache/man -name '?.gz' -atime +6 -delete || exit; exec /bin/true --quiet\"" },
    { "database-dump", "[Timer]\nOnCalendar=weekly\nRandomizedDelaySec=1h\nFixedRandomDelay=true\n",
      "[Service]\nType=oneshot\nUser=daemon\nEnvironment=\"KEEP=3\"\nExecStart=/bin/true main dump\nExecStart=/bin/true main expire $KEEP\n",
      "ExecStart=/bin/sh -c \"/bin/true main dump || exit; exec /bin/true main expire 3\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      write_units (rows[i].name, rows[i].timer, rows[i].service);
      check_round_trip (rows[i].name, rows[i].expected);
    }
}

/* OnActiveSec= says what "every … after" does before its first run, and is not taken for a start at boot on the way back. */
static void
test_spans (void)
{
  write_units ("clean-up", "[Timer]\nOnBootSec=0\nOnUnitInactiveSec=1d\n", "[Service]\nType=oneshot\nExecStart=/bin/true\nSuccessExitStatus=DATAERR\n");
  check_round_trip ("clean-up", "OnBootSec=0\nOnActiveSec=86400\nOnUnitInactiveSec=86400\nSuccessExitStatus=65\n! lost *");
}

/* Every directive that has a setting, at once. */
static void
test_everything (void)
{
  write_units ("everything",
               "[Unit]\nDescription=The timer\n[Timer]\nOnCalendar=Mon..Fri *-*-* 09..17:00/30 Europe/Berlin\nOnCalendar=*-*~01 23:00 UTC\n"
               "Persistent=yes\n[Install]\nWantedBy=timers.target\n",
               "[Unit]\nDescription=100%% of it: \"quotes\" and \\\\ backslashes\n"
               "[Service]\nType=oneshot\nExecStart=/bin/true 'a b' \"c\\\"d\" $$HOME 50%% \\x41 ';' \\; '' ${A}\nUser=daemon\nGroup=daemon\n"
               "WorkingDirectory=/tmp\nEnvironment=A=1 'B=x y' C=%%h\nNice=7\nLimitNOFILE=100:200\nLimitCORE=infinity\nTimeoutStartSec=1h 5s\n"
               "TimeoutStopSec=30\nKillSignal=SIGINT\nKillMode=process\nSuccessExitStatus=1 75\nStandardInputText=two\nStandardInputText=lines\n");
  check_round_trip ("everything",
                    "=OnCalendar=Mon..Fri *-*-* 09..17:00/30:00 Europe/Berlin\n=OnCalendar=*-*~01 23:00:00 UTC\nPersistent=true\n"
                    "=Description=100%% of it: \"quotes\" and \\\\ backslashes\n=ExecStart=/bin/true \"a b\" \"c\\\"d\" $$HOME 50%% A \";\" \";\" \"\" 1\n"
                    "User=daemon\nGroup=daemon\nWorkingDirectory=/tmp\nEnvironment=A=1\n=Environment=\"B=x y\"\n=Environment=C=%%h\nNice=7\n"
                    "LimitNOFILE=100:200\nLimitCORE=infinity\nTimeoutStartSec=3605\nTimeoutStopSec=30\nKillSignal=SIGINT\nKillMode=process\n"
                    "SuccessExitStatus=1 75\nStandardInputText=two\nStandardInputText=lines\n! lost *");
}

/* Words of any characters go through both readers unchanged. */
static void
test_random_words (void)
{
  static const char characters[] = "ab \t\n\"'\\$%{};#-@:!*?~\x01\xc3\xa4";
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  for (guint i = 0; i < 300; i++)
    {
      g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
      g_auto (GStrv) words = NULL;
      g_auto (GStrv) back = NULL;
      g_autoptr (JtSettings) settings = NULL;
      g_autoptr (ImportEntry) entry = NULL;
      g_autofree char *text = NULL;
      GVariantDict dict;

      g_strv_builder_add (builder, "/bin/true");
      for (int w = g_rand_int_range (random, 1, 5); w > 0; w--)
        {
          g_autoptr (GString) word = g_string_new (NULL);

          for (int c = g_rand_int_range (random, 0, 8); c > 0; c--)
            {
              int index = g_rand_int_range (random, 0, (int) sizeof characters - 2);

              /* The last two are one letter. */
              if (index >= (int) sizeof characters - 3)
                g_string_append (word, "\xc3\xa4");
              else
                g_string_append_c (word, characters[index]);
            }
          g_strv_builder_add (builder, word->str);
        }
      words = g_strv_builder_end (builder);
      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "command", "^as", words);
      g_variant_dict_insert (&dict, "schedule", "^as", (const char *[]) { "daily", NULL });
      {
        g_autoptr (GVariant) values = g_variant_ref_sink (g_variant_dict_end (&dict));

        settings = jt_settings_new (values, NULL);
      }
      text = export_job ("random", settings, FALSE, "to");
      entry = import ("to", "random");
      g_assert_true (g_variant_lookup (entry->settings, "command", "^as", &back));
      if (!g_strv_equal ((const char *const *) words, (const char *const *) back))
        g_error ("words changed in %s", text);
      if (i % 30 == 0)
        verify ("to", "random");
    }
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_setenv ("SYSTEMD_UNIT_PATH", "/nonexistent", TRUE);
  units = unit_folder_new ();
  g_test_add_func ("/export-systemd/whole", test_whole);
  g_test_add_func ("/export-systemd/schedule", test_schedule_table);
  g_test_add_func ("/export-systemd/command", test_command_table);
  g_test_add_func ("/export-systemd/service", test_service_table);
  g_test_add_func ("/export-systemd/every-setting", test_every_setting);
  g_test_add_func ("/export-systemd/names", test_names);
  g_test_add_func ("/export-systemd/place", test_place);
  g_test_add_func ("/export-systemd/session", test_session);
  g_test_add_func ("/export-systemd/session-of-another", test_session_of_another);
  g_test_add_func ("/export-systemd/conditions", test_conditions);
  g_test_add_func ("/export-systemd/debian", test_debian);
  g_test_add_func ("/export-systemd/spans", test_spans);
  g_test_add_func ("/export-systemd/everything", test_everything);
  g_test_add_func ("/export-systemd/random-words", test_random_words);
  status = g_test_run ();
  unit_folder_free (units);
  return status;
}
