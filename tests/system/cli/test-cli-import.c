/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* import crontab: what is adopted, what is refused, all or nothing. */

#include <string.h>

#include "cli-fixture.h"

#define COUNT "jobctl list --json | grep -c '\"path\"'"

static const CliRow rows[] = {
  { "dry", "jobctl import crontab $T/good --dry-run", 0, "would be adopted", "" },
  { "dry-changes-nothing", "jobctl list --json", 0, "[]", "" },
  { "dry-json", "jobctl import crontab $T/good --dry-run --json | tr -d ' \\n'", 0, "\"leftover\":\"leave\"", "" },
  { "bad", "jobctl import crontab $T/bad", 2, NULL, "/bad:5:3: " },
  { "bad-names-each", "jobctl import crontab $T/bad", 2, NULL, "/bad:11:6: the line ends after 3 of 5 fields" },
  { "bad-changes-nothing", "jobctl list --json", 0, "[]", "" },
  { "good", "jobctl import crontab $T/good", 0, "adopted", "" },
  { "good-count", COUNT, 0, "4\n", "" },
  { "name", "jobctl show backup.sh", 0, "shell               cd / && nice /opt/backup.sh -v", "" },
  { "second-of-a-name", "jobctl show backup.sh-2", 0, "0 4 * * *", "" },
  { "environment", "jobctl show backup.sh", 0, "environment         A=b c; MAILTO=ops@example.com; PATH=/bin; SHELL=/bin/sh", "" },
  { "timezone", "jobctl show late", 0, "timezone            Europe/Berlin", "" },
  { "percent", "jobctl show cat --json", 0, "\"stdin\" : \"two\\nlines\\n\"", "" },
  { "recipients", "jobctl show late", 0, "notify              email:ops@example.com", "" },
  { "dry-says-what-differs", "jobctl import crontab $T/good --dry-run", 0, "  differs   MAILTO: notify=email:ops@example.com: told of failures and recoveries", "" },
  { "dry-says-what-is-the-same", "jobctl import crontab $T/good --dry-run", 0, "  same      A, MAILTO, PATH, SHELL: environment\n", "" },
  { "dry-json-says-it-too", "jobctl import crontab $T/good --dry-run --json | tr -d ' \\n'", 0, "{\"kind\":\"same\",\"what\":\"%\",\"why\":\"stdin\"}", "" },
  { "again", "jobctl import crontab $T/good", 0, "is there already", "" },
  { "again-count", COUNT, 0, "4\n", "" },
  { "again-after-tuning", "jobctl -q set late retries=3; jobctl import crontab $T/good", 0, "is there already", "" },
  { "again-when-changed", "jobctl -q set late schedule='@daily'; jobctl import crontab $T/good", 5, NULL, "a job 'late' is there already" },
  { "dry-when-changed", "jobctl import crontab $T/good --dry-run | grep late", 0, "the name is in use, so nothing would be adopted", "" },
  { "dry-when-there", "jobctl import crontab $T/good --dry-run | grep backup.sh-2", 0, "is there already", "" },
  { "no-user", "test $(id -u) != 0 || printf '1 2 * * * no-such-user-here /opt/x\\n3 4 * * * root /opt/known\\n' > $T/orphans; test $(id -u) != 0 && echo 'left out' || "
    "jobctl import crontab --with-user $T/orphans", 0, "left out", "" },
  { "absent", "jobctl import crontab /nonexistent/tab", 2, NULL, "cannot read /nonexistent/tab: No such file" },
  { "folder", "jobctl import crontab /etc", 2, NULL, "cannot read /etc: Is a directory" },
  { "endless", "jobctl import crontab /dev/zero", 2, NULL, "/dev/zero is larger than 1 MiB" },
  { "stdin", "printf '1 2 * * * /opt/from-stdin' | jobctl import crontab -", 0, "from-stdin", "" },
  { "with-user", "printf '1 2 * * * %s /opt/with-user\\n' \"$(id -un)\" > $T/system; jobctl import crontab --with-user $T/system", 0, "with-user", "" },
  { "with-user-missing", "echo '1 2 * * * root' > $T/system; jobctl import crontab --with-user $T/system", 2, NULL, "the command is missing after the user 'root'" },
  { "reboot", "echo '@reboot /opt/at-boot' > $T/boot; jobctl import crontab $T/boot", 0, "at-boot", "" },
  { "doubtful", "echo '0 0 1-7 * 1 /opt/first-monday' > $T/first; jobctl import crontab --dry-run $T/first", 0,
    "0 0 1-7 * 1: Both day fields are given: cron elapses when either matches. Where both must, write the calendar", "" },
  { "never", "echo '0 0 30 2 * /opt/never' > $T/never; jobctl import crontab $T/never", 2, NULL, "/never:1:1: '0 0 30 2 *' never occurs" },
  { "machine", "jobctl import crontab --dry-run --json > $T/machine && head -c 1 $T/machine", 0, "[", NULL },
  { "what", "jobctl import crontabs", 2, NULL, "did you mean 'import crontab" },
  { "without-service", "JOBTRACKER_BUS=unix:path=/nonexistent jobctl import crontab $T/good --dry-run", 0, "Which of the names are in use is not known: ", "" },
  { "anacrontab", "printf '7 5 tidy /opt/tidy\\n' > $T/anacrontab; jobctl import crontab --dry-run $T/anacrontab", 0, "35 7 * * 0", "" },
  { "turn-cron-off", "jobctl import crontab --dry-run $T/good", 0, "\nWhat cron mails is kept as the output of each run: jobctl log NAME. What is adopted has to be turned off in cron", "" },
  { "environment-of-a-run", "printf 'X=a b\\n@reboot /usr/bin/env | grep -v JOBTRACKER_ | grep -v LANG= | sort' > $T/env; jobctl -q import crontab $T/env; jobctl -q run --wait env; jobctl log env", 0, "\nPATH=/usr/bin:/bin\n", "" },
  { "shell-of-a-run", "jobctl log env", 0, "\nSHELL=/bin/sh\n", "" },
  { "input-of-a-run", "jobctl -q run --wait cat; jobctl log cat", 0, "two\nlines\n", "" },
  { "empty", ": > $T/empty; jobctl import crontab $T/empty", 0, "No jobs found", "" },
  { NULL },
};

int
main (int argc, char *argv[])
{
  cli_init (&argc, &argv, TRUE);
  cli_write ("good", "# a comment\n"
                     "A=b c\nPATH = \"/bin\"\nMAILTO=ops@example.com\n"
                     "30 2 * * *\tcd / && nice /opt/backup.sh -v\n"
                     "0 4 * * * /opt/backup.sh --full\n"
                     "@daily cat%two%lines\n"
                     "CRON_TZ=Europe/Berlin\n"
                     "15 3 * * 1-5 /opt/late");
  cli_write ("bad", "# one bad of many\n"
                    "1 1 * * * /opt/a\n2 1 * * * /opt/b\n3 1 * * * /opt/c\n"
                    "1 24 * * * /opt/bad\n"
                    "4 1 * * * /opt/d\n5 1 * * * /opt/e\n6 1 * * * /opt/f\n7 1 * * * /opt/g\n8 1 * * * /opt/h\n"
                    "9 1 *\n");
  cli_add_rows ("import", rows);
  return cli_run ();
}
