/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Jobs that start when something happens and wait for what they need, done by the real service on a machine whose bus is not there:
 * files and the load are there all the same, and the rest is refused by name. */

#include "cli-fixture.h"

#define QUIET "until test \"$(jobctl active --json)\" = '[]'; do sleep 0.02; done; "
#define LAST(name) "jobctl history " name " --limit 1 --json | tr -d ' \\n'"

static const CliRow path_rows[] = {
  { "defined", "mkdir $T/in; jobctl add seen --watch-path $T/in --watch-settle 50ms -e T=$T --shell 'ls $T/in > $T/seen'", 0,
    "it starts by what it waits for", "" },
  { "changed", "echo > $T/in/new; until jobctl history seen | grep -q succeeded; do sleep 0.02; done; cat $T/seen", 0, "new", "" },
  { "trigger", LAST ("seen"), 0, "\"trigger\":\"event\"", "" },
  { "cause", "jobctl show 1 | grep -o 'because of.*in$'", 0, "because of", "" },
  { "relative", "jobctl add x --watch-path in -- true", 2, NULL, "watch-path: ", },
  { NULL },
};

static const CliRow condition_rows[] = {
  { "defined", "jobctl -q add first -- true; jobctl -q add second --after first --condition path:$T/flag -- true", 0, "", "" },
  { "unmet", "jobctl -q run first --wait; " QUIET "jobctl history second --limit 1", 0, "condition: path:/", "" },
  { "by-hand", "jobctl run second --wait", 0, "succeeded", "" },
  { "waits", "jobctl -q set second condition-wait=1h; jobctl -q run first --wait; jobctl active | grep second", 0, "queued", "" },
  { "met", "touch $T/flag; " QUIET LAST ("second"), 0, "\"state\":\"succeeded\"", "" },
  { "negated", "jobctl -q set second condition=!path:$T/flag; jobctl -q set second condition-wait=; jobctl -q run first --wait; " QUIET
    "jobctl history second --limit 1", 0, "condition: !path:/", "" },
  { "load", "jobctl -q set second 'condition=load<1000'; jobctl -q run first --wait; " QUIET LAST ("second"), 0, "\"state\":\"succeeded\"", "" },
  { "unknown", "jobctl add x --condition netwrok -- true", 2, NULL, "did you mean 'network'?" },
  { NULL },
};

static const CliRow refused_rows[] = {
  { "login", "jobctl add x --on-event login -- true", 2, NULL, "on-event: " },
  { "unit", "jobctl add x --on-event unit:a.service:failed -- true", 2, NULL, "on-event: " },
  { "inhibit", "jobctl add x --inhibit sleep -- true", 2, NULL, "inhibit: " },
  { "nothing-is-defined", "jobctl show x", 3, NULL, "x" },
  { "startup", "jobctl add x --on-event startup -- true", 0, "added x", "" },
  { NULL },
};

int
main (int argc, char *argv[])
{
  cli_init (&argc, &argv, TRUE);
  cli_add_rows ("path", path_rows);
  cli_add_rows ("condition", condition_rows);
  cli_add_rows ("refused", refused_rows);
  return cli_run ();
}
