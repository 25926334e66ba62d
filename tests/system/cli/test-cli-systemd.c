/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* import systemd and export --to systemd: which timers are adopted, what is said, what is refused, and there and back. */

#include <string.h>

#include "cli-fixture.h"

#define IMPORT "SYSTEMD_UNIT_PATH=$T/etc:$T/lib jobctl import systemd "
#define DRY IMPORT "--system --dry-run "
#define EXPORT "SYSTEMD_UNIT_PATH=$T/etc:$T/lib jobctl export --to systemd "
#define COUNT "jobctl list --json | grep -c '\"path\"'"

static const CliRow rows[] = {
  { "dry", IMPORT "--dry-run", 0, "would be adopted", "" },
  { "dry-changes-nothing", "jobctl list --json", 0, "[]", "" },
  { "dry-says-what-is-the-same", IMPORT "--dry-run nightly", 0, "  same      OnCalendar=daily: schedule=daily\n", "" },
  { "dry-says-what-differs", DRY "nightly", 0, "  differs   environment: HOME, USER, LOGNAME and SHELL are set", "" },
  { "dry-says-what-is-lost", DRY "nightly", 0, "  lost      ProtectSystem=full: sandboxing", "" },
  { "dry-says-how-to-turn-it-off", DRY "nightly", 0, "\n  systemctl disable --now nightly.timer\n", "" },
  { "only-enabled-ones", DRY "--json | tr -d ' \\n' | grep -o '\"name\":\"[a-z@]*\"' | tr '\\n' ' '", 0,
    "\"name\":\"left\" \"name\":\"nightly\" \"name\":\"tmpl@one\" ", "" },
  { "drop-in", DRY "nightly --json", 0, "\"nice\" : 5", "" },
  { "json-turn-off", DRY "nightly --json", 0, "\"turn-off\" : \"systemctl disable --now nightly.timer\"", "" },
  { "json-refused", DRY "left --json", 0, "\"fate\" : \"refused\"", "" },
  { "left-out", DRY "left", 0, "left out: would be another job", "" },
  { "left-out-why", DRY "left", 0, "  blocks    DynamicUser=yes: a job's user has to exist", "" },
  { "lossy", DRY "left --lossy", 0, "would be adopted", "" },
  { "with-suffix", DRY "nightly.timer", 0, "nightly", "" },
  { "not-enabled", DRY "spare", 0, "spare", "" },
  { "alias", DRY "other", 0, "spare", "" },
  { "instance", DRY "tmpl@two", 0, "/bin/echo two", "" },
  { "file", "jobctl import systemd --system --dry-run $T/lib/nightly.timer", 0, "nightly", "" },
  { "file-in-own-folder", "jobctl import systemd --system --dry-run $T/own/beside.timer", 0, "/bin/echo beside", "" },
  { "relative-file", "cd $T/own && jobctl import systemd --system --dry-run ./beside.timer", 0, "/bin/echo beside", "" },
  { "user-manager", IMPORT "--user --dry-run nightly", 0, "  systemctl --user disable --now nightly.timer\n", "" },
  { "template", DRY "tmpl@", 2, NULL, "tmpl@.timer is a template; name an instance, as in tmpl@NAME.timer" },
  { "absent", DRY "nothing", 3, NULL, "there is no unit nothing.timer" },
  { "absent-file", DRY "/nonexistent/a.timer", 3, NULL, "/nonexistent/a.timer: there is no unit a.timer" },
  { "masked", DRY "masked", 5, NULL, "masked.timer is masked" },
  { "no-timer", DRY "nightly.service", 2, NULL, "'nightly.service' is no timer" },
  { "no-service", DRY "lone", 3, NULL, "lone.timer: there is no unit lone.service" },
  { "bad-file", DRY "bad", 2, NULL, "lib/bad.timer:2: '[Timer' is not a section" },
  { "one-is-left-alone", "mkdir $T/etc/x.target.wants; ln -s ../../lib/lone.timer $T/etc/x.target.wants/; " DRY "; rm -r $T/etc/x.target.wants", 0, "nightly",
    "lone.timer is left alone: lone.timer: there is no unit lone.service" },
  { "nothing", "SYSTEMD_UNIT_PATH=$T/empty jobctl import systemd", 0, "No jobs found to adopt.", "" },
  { "complete", "SYSTEMD_UNIT_PATH=$T/lib jobctl __complete import systemd ''", 0, "nightly.timer\n", "" },
  { "without-service", "JOBTRACKER_BUS=unix:path=/nonexistent " IMPORT "nightly --dry-run", 0, "Which of the names are in use is not known: ", "" },

  { "adopt", IMPORT, 0, "adopted", "" },
  { "adopt-count", COUNT, 0, "2\n", "" },
  { "adopted-command", "jobctl show nightly", 0, "command             /bin/echo 'two words' 100%", "" },
  { "adopted-grace", "jobctl show nightly", 0, "kill-grace          1min 30s", "" },
  { "adopted-runs", "jobctl run nightly --follow", 0, "two words 100%", NULL },
  { "again", IMPORT, 0, "is there already", "" },
  { "again-count", COUNT, 0, "2\n", "" },
  { "again-interval", IMPORT "every; " IMPORT "every", 0, "is there already", "" },
  /* Whether this machine can be woken or not. */
  { "wake", IMPORT "waking", 0, "adopted", "" },
  { "units-are-left", "cat $T/lib/nightly.timer", 0, "OnCalendar=daily\nPersistent=true", "" },

  { "export", EXPORT "nightly", 0, "OnCalendar=*-*-* 00:00:00\nAccuracySec=1us\nPersistent=true\n", NULL },
  { "export-service", EXPORT "nightly", 0, "ExecStart=/bin/echo \"two words\" 100%%\n", NULL },
  { "export-headers", EXPORT "nightly", 0, "# ~/.config/systemd/user/nightly.timer\n", NULL },
  { "export-says-what-differs", EXPORT "nightly", 0, NULL, "  differs   overlap: what falls due while it runs" },
  { "export-is-quiet", EXPORT "nightly -q", 0, NULL, "" },
  { "export-folder", EXPORT "nightly --output-folder $T/out", 0, "/out/nightly.service\n", NULL },
  { "export-folder-says-what-next", EXPORT "tmpl@one --output-folder $T/out", 0, "systemctl enable --now NAME.timer", NULL },
  { "export-never-over", EXPORT "nightly --output-folder $T/out", 5, NULL, "could not write" },
  { "export-and-back", "SYSTEMD_UNIT_PATH=$T/out jobctl import systemd nightly", 5, NULL, "a job 'nightly' is there already" },
  { "export-refuses", "jobctl -q add often --schedule 'every 7min' --retries 2 -- true; " EXPORT "often", 2, NULL, "1 of 1 jobs would not mean the same in systemd" },
  { "export-refuses-each", EXPORT "often", 2, NULL, "  lost      retries=" },
  { "export-refuses-interval", EXPORT "often", 2, NULL, "the interval does not divide a day" },
  { "export-writes-nothing-then", EXPORT "often nightly --output-folder $T/none; ls $T/none", 2, NULL, NULL },
  { "export-lossy", EXPORT "often --lossy -q", 0, "# lost: retries=", "" },
  { "export-json", EXPORT "nightly --json", 0, "\"name\" : \"nightly.timer\"", NULL },
  { "export-what", "jobctl export nightly --to cron", 2, NULL, "systemd" },
  { NULL },
};

static void
write_units (void)
{
  g_autofree char *made = cli_output ("mkdir -p $T/lib/nightly.service.d $T/etc/timers.target.wants $T/lib/timers.target.wants $T/own $T/empty");

  cli_write ("lib/nightly.timer", "[Timer]\nOnCalendar=daily\nPersistent=true\n[Install]\nWantedBy=timers.target\n");
  cli_write ("lib/nightly.service", "[Service]\nType=oneshot\nExecStart=/bin/echo 'two words' 100%%\nProtectSystem=full\n");
  cli_write ("lib/nightly.service.d/10-nice.conf", "[Service]\nNice=5\n");
  cli_write ("lib/left.timer", "[Timer]\nOnCalendar=daily\n");
  cli_write ("lib/left.service", "[Service]\nType=oneshot\nExecStart=/bin/true\nDynamicUser=yes\n");
  cli_write ("lib/tmpl@.timer", "[Timer]\nOnCalendar=weekly\n");
  cli_write ("lib/tmpl@.service", "[Service]\nType=oneshot\nExecStart=/bin/echo %i\n");
  cli_write ("lib/spare.timer", "[Timer]\nOnCalendar=daily\n");
  cli_write ("lib/spare.service", "[Service]\nExecStart=/bin/true\n");
  cli_write ("lib/every.timer", "[Timer]\nOnUnitActiveSec=1d\n");
  cli_write ("lib/every.service", "[Service]\nType=oneshot\nExecStart=/bin/true\n");
  cli_write ("lib/waking.timer", "[Timer]\nOnCalendar=daily\nWakeSystem=yes\n");
  cli_write ("lib/waking.service", "[Service]\nType=oneshot\nExecStart=/bin/true\n");
  cli_write ("lib/lone.timer", "[Timer]\nOnCalendar=daily\n");
  cli_write ("lib/bad.timer", "# one\n[Timer\n");
  cli_write ("lib/masked.timer", "[Timer]\nOnCalendar=daily\n");
  cli_write ("own/beside.timer", "[Timer]\nOnCalendar=daily\n");
  cli_write ("own/beside.service", "[Service]\nExecStart=/bin/echo beside\n");
  g_free (cli_output ("cd $T/etc && ln -s ../lib/spare.timer other.timer && ln -s /dev/null masked.timer && cd timers.target.wants"
                      " && ln -s ../../lib/nightly.timer && ln -s ../../lib/left.timer && ln -s ../../lib/tmpl@.timer tmpl@one.timer"));
}

int
main (int argc, char *argv[])
{
  cli_init (&argc, &argv, TRUE);
  write_units ();
  cli_add_rows ("systemd", rows);
  return cli_run ();
}
