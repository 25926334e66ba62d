/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* The examples of the documentation do what they say. */

#include "cli-fixture.h"

#define EXAMPLES JT_SOURCE_DIR "/docs/examples"
#define LAST(job) "jobctl history " job " -n 1 --json | tr -d ' \\n'; jobctl log " job

static const CliRow rows[] = {
  { "sh", "sh " EXAMPLES "/track.sh && " LAST ("import"), 0, "\"state\":\"succeeded\"", "" },
  { "sh-log", "jobctl log import | tail -n 1", 0, "loading four\n", "" },
  { "sh-ping", "sh " EXAMPLES "/ping.sh && " LAST ("backup"), 0, "\"trigger\":\"ping\"", "" },
  { "python-gi", "/usr/bin/python3 " EXAMPLES "/track-gi.py && " LAST ("report"), 0, "page 5\n", "" },
  { "python-dbus-next", "/usr/bin/python3 " EXAMPLES "/track-dbus-next.py && " LAST ("crawl"), 0, "\"reason\":\"robots.txt\"", "" },
  { "c", "cc " EXAMPLES "/track.c -o $T/track $(pkg-config --cflags --libs gio-2.0) && $T/track && " LAST ("render"), 0, "slow frame 7\n", "" },
  { NULL },
};

int
main (int argc, char **argv)
{
  cli_init (&argc, &argv, TRUE);
  cli_add_rows ("examples", rows);
  return cli_run ();
}
