/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* The examples of the documentation do what they say. */

#include "cli-fixture.h"

#define EXAMPLES JT_SOURCE_DIR "/docs/examples"
#define LAST(job) "jobctl history " job " -n 1 --json | tr -d ' \\n'; jobctl log " job

#define AWAY "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent "

static const CliRow rows[] = {
  { "sh", "sh " EXAMPLES "/track.sh && " LAST ("import"), 0, "\"state\":\"succeeded\"", "" },
  { "sh-log", "jobctl log import | tail -n 1", 0, "loading four\n", "" },
  { "sh-ping", "sh " EXAMPLES "/ping.sh && " LAST ("backup"), 0, "\"trigger\":\"ping\"", "" },
  { "sh-fails", "sed 's/^  count=/  [ $file != three ]; &/' " EXAMPLES "/track.sh > $T/fails.sh; sh $T/fails.sh; " LAST ("import"), 0,
    "\"exit-code\":1", "" },
  { "sh-interrupted", "sed 's/^for/kill -INT $$; for/' " EXAMPLES "/track.sh > $T/interrupted.sh; sh $T/interrupted.sh; " LAST ("import"), 0,
    "\"exit-code\":130", "" },
  { "sh-without-service", AWAY "sh " EXAMPLES "/track.sh", 0, "", "could not reach the session bus" },
  { "sh-ping-fails", "sed 's|/etc/hostname|/nonexistent|' " EXAMPLES "/ping.sh > $T/ping.sh; sh $T/ping.sh; echo status $?; " LAST ("backup"), 0,
    "No such file", "" },
  { "sh-ping-without-service", AWAY "sh " EXAMPLES "/ping.sh", 0, "", "could not reach the session bus" },
  { "python-gi", "/usr/bin/python3 " EXAMPLES "/track-gi.py && " LAST ("report"), 0, "page 5\n", "" },
  { "python-dbus-next", "/usr/bin/python3 " EXAMPLES "/track-dbus-next.py && " LAST ("crawl"), 0, "\"reason\":\"robots.txt\"", "" },
  { "python-gi-fails", "sed 's/run.progress/missing.progress/' " EXAMPLES "/track-gi.py > $T/fails.py; /usr/bin/python3 $T/fails.py 2> /dev/null; "
    LAST ("report"), 0, "\"reason\":\"NameError:name'missing'isnotdefined\"", "" },
  { "python-gi-without-service", AWAY "/usr/bin/python3 " EXAMPLES "/track-gi.py", 1, "", "could not report: " },
  { "python-dbus-next-without-service", AWAY "/usr/bin/python3 " EXAMPLES "/track-dbus-next.py", 1, "", "could not report: " },
  { "c", "cc -Wall -Wextra -Werror " EXAMPLES "/track.c -o $T/track $(pkg-config --cflags --libs gio-2.0) && $T/track && " LAST ("render"), 0, "slow frame 7\n", "" },
  { "c-without-service", AWAY "$T/track", 1, "", "could not report: " },
  { NULL },
};

int
main (int argc, char **argv)
{
  cli_init (&argc, &argv, TRUE);
  cli_add_rows ("examples", rows);
  return cli_run ();
}
