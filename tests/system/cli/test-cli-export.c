/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* export: what is written, what is refused, and that both ends of the way mean the same. */

#include "cli-fixture.h"

#define EXPORT "jobctl export --to crontab "

static const CliRow rows[] = {
  { "nothing-yet", EXPORT "| grep -v '^#'; true", 0, NULL, "" },
  { "import", "jobctl -q import crontab --cron debian $T/tab", 0, "", "" },
  { "all", EXPORT "--cron debian | grep -v '^#' > $T/written; cat $T/written", 0,
    "\nA=b c\nMAILTO=ops@example.com\n30 2 * * * cd / && nice /opt/backup.sh -v\n\n@daily cat%two%lines\n\nSHELL=/bin/bash\n15 3 * * 1-5 /opt/late 100\\%\n", "" },
  { "by-name", EXPORT "late --cron debian | tail -4", 0, "A=b c\nMAILTO=ops@example.com\nSHELL=/bin/bash\n15 3 * * 1-5 /opt/late 100\\%\n", "" },
  { "there-and-back", EXPORT "--cron debian > $T/again; jobctl import crontab --cron debian $T/again", 0, "is there already", "" },
  { "there-and-back-for-all", "jobctl import crontab --cron debian $T/again | grep -c 'is there already'", 0, "3\n", "" },
  { "settings-are-equal", "for j in backup.sh cat late; do jobctl show $j --json | sed -n '/\"Settings\"/,/^  }/p'; done > $T/before;"
                          "jobctl -q remove backup.sh cat late; jobctl -q import crontab --cron debian $T/again;"
                          "for j in backup.sh cat late; do jobctl show $j --json | sed -n '/\"Settings\"/,/^  }/p'; done > $T/after;"
                          "grep -c . $T/before; cmp $T/before $T/after", 0, NULL, "" },
  { "with-user", EXPORT "--with-user cat | tail -1 | cut -d' ' -f2 | grep -x \"$(id -un)\"", 0, NULL, NULL },
  { "json", EXPORT "cat --json | tr -d ' \\n'", 0, "{\"to\":\"crontab\",\"jobs\":[{\"name\":\"cat\",\"owner\":\"", "" },
  { "json-text", EXPORT "cat --json | tr -d ' \\n'", 0, "\"files\":[{\"name\":\"crontab\",\"text\":\"#", "" },
  { "folder", EXPORT "--output-folder $T/cron.d backup.sh late", 0, "/cron.d/late\n", "" },
  { "folder-names", "ls $T/cron.d", 0, "backup-sh\nlate\n", "" },
  { "folder-again", EXPORT "--output-folder $T/cron.d cat late; ls $T/cron.d", 0, "backup-sh\nlate\n", "late: File exists" },
  { "folder-is-read-back", "jobctl import crontab --dry-run --with-user --cron debian $T/cron.d/late --json | tr -d ' \\n'", 0,
    "\"schedule\":[\"153**1-5\"]", "" },
  { "retries", "jobctl -q set late retries=3; " EXPORT "late", 2, "", "  lost      retries=3: cron has nothing like it\n" },
  { "refused-as-a-whole", EXPORT "cat late", 2, "", "1 of 2 jobs would not mean the same in crontab, so nothing was written; --lossy writes" },
  { "lossy", EXPORT "late --lossy", 0, "# lost: retries=3: cron has nothing like it\n", "  lost      retries=3" },
  { "quiet", EXPORT "late --lossy --quiet", 0, "15 3 * * 1-5 /opt/late", "" },
  { "calendar", "jobctl -q add last --schedule '*-*~1 09:00' --catch-up none --leftover leave -- true; " EXPORT "last", 2, "", "schedule=*-*~1 09:00: cron knows no seconds, no years, and no days from the end of a month" },
  { "plain-job", "jobctl -q add plain --every 1h -- true; " EXPORT "plain", 2, "", "catch-up=one: cron makes up for nothing; catch-up=none says so" },
  { "zone", "jobctl -q set cat timezone=Asia/Tokyo; " EXPORT "cat", 0, "CRON_TZ=Asia/Tokyo\n@daily cat", "  differs   timezone: CRON_TZ=Asia/Tokyo of cronie" },
  { "zone-of-debian", EXPORT "cat --cron debian", 2, "", "  lost      timezone: the time is one of Asia/Tokyo" },
  { "zone-of-cronie", EXPORT "cat --cron cronie", 0, "CRON_TZ=Asia/Tokyo\n@daily cat", "" },
  { "to-missing", "jobctl export cat", 2, "", "--to is missing: for what the jobs are written; there is: crontab" },
  { "to-unknown", "jobctl export cat --to fcron", 2, "", "--to: 'fcron' is nothing that jobs are written for" },
  { "cron-unknown", EXPORT "--cron vixie", 2, "", "--cron needs debian or cronie, not 'vixie'" },
  { "no-such-job", EXPORT "late nope", 3, "", "no such job: 'nope'" },
  { "no-folder", EXPORT "--output-folder /dev/null/x cat", 2, "", "could not open the folder /dev/null/x: Not a directory" },
  { "no-service", "JOBTRACKER_BUS=unix:path=/nonexistent " EXPORT, 7, "", NULL },
  { NULL },
};

int
main (int argc, char *argv[])
{
  cli_init (&argc, &argv, TRUE);
  cli_write ("tab", "A=b c\nMAILTO=ops@example.com\n"
                    "30 2 * * *\tcd / && nice /opt/backup.sh -v\n"
                    "@daily cat%two%lines\n"
                    "SHELL=/bin/bash\n"
                    "15 3 * * 1-5 /opt/late 100\\%");
  cli_add_rows ("export", rows);
  return cli_run ();
}
