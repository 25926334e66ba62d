/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Jobs that come after others, done by the real service: a diamond, what is skipped and why, what is refused, and how it is drawn. */

#include <string.h>

#include "cli-fixture.h"

/* Nothing under way, and nothing that would follow. */
#define QUIET "until test \"$(jobctl active --json)\" = '[]'; do sleep 0.02; done; "
/* Of a drawing the names alone. */
#define NAMES "sed -E 's/  +(HEALTH|new|ok|failing).*//; s/ +$//'"
#define LAST(name) "jobctl history " name " --limit 1 --json | tr -d ' \\n'"

static const CliRow define_rows[] = {
  { "nobody-comes-after", "jobctl graph", 0, "No job comes after another.", "" },
  { "diamond",
    "for j in a:x b:a c:a d:b; do jobctl -q add ${j%:*} --shell \"echo ${j%:*} >> $T/order; test ! -e $T/fail-${j%:*}\" || exit; done;"
    " jobctl -q set b after=a; jobctl -q set c after=a; jobctl set d after='b;c'",
    0, "changed d", "" },
  { "alarm", "jobctl add alarm --after a:failed --shell 'echo alarm >> $T/order' -e T=$T", 0, "added alarm", "" },
  { "unknown", "jobctl add x --after bb -- true", 2, NULL, "after: there is no job 'bb'; did you mean 'b'?" },
  { "form", "jobctl add x --after b:broken -- true", 2, NULL, "after: unknown 'broken' behind the colon" },
  { "itself", "jobctl add x --after x -- true", 2, NULL, "after: is a circle: x " },
  { "circle", "jobctl set a after=d:finished", 2, NULL, "after: is a circle: a " },
  { "remove", "jobctl remove a", 5, NULL, "'b', 'c', 'alarm' would come after nothing" },
  { "show", "jobctl show d", 0, "after               b; c", "" },
  { NULL },
};

static const CliRow run_rows[] = {
  { "good", "jobctl -q run a --wait; " QUIET "sort $T/order | tr '\\n' ' '", 0, "a b c d ", "" },
  { "good-order", "head -n 1 $T/order; tail -n 1 $T/order", 0, "a\nd\n", "" },
  { "trigger", LAST ("d"), 0, "\"trigger\":\"dependency\"", "" },
  { "cause", LAST ("d"), 0, "\"cause\":\"afterb(run", "" },
  { "side-fails", "touch $T/fail-c; rm $T/order; jobctl -q run a --wait; " QUIET "sort $T/order | tr '\\n' ' '", 0, "a b c ", "" },
  { "join-is-skipped", "jobctl history d --limit 1", 0, "after: c failed", "" },
  { "begin-fails", "touch $T/fail-a; rm $T/order; jobctl -q run a --wait; " QUIET "sort $T/order | tr '\\n' ' '", 0, "a alarm ", "" },
  { "all-are-skipped", LAST ("d"), 0, "\"reason\":\"after:bwasskipped,cwasskipped\"", "" },
  { "once-each", "jobctl history d --json | grep -c '\"id\"'", 0, "3\n", "" },
  { "disabled", "rm $T/fail-*; jobctl -q disable b; rm $T/order; jobctl -q run a --wait; " QUIET "sort $T/order | tr '\\n' ' '", 0, "a c ", "" },
  { "enabled", "jobctl -q enable b; rm $T/order; jobctl -q run a --wait; " QUIET "sort $T/order | tr '\\n' ' '", 0, "a b c d ", "" },
  { NULL },
};

static const CliRow graph_rows[] = {
  { "drawing", "jobctl -q add alone -- true; LC_ALL=C.UTF-8 jobctl graph | " NAMES, 0,
    "JOB\na\n├─ b\n│  ↓ d (below)\n├─ c\n│  ↓ d\n└─[failed] alarm\n", "" },
  { "plain", "LC_ALL=C jobctl graph | " NAMES, 0, "JOB\na\n|- b\n|  v d (below)\n|- c\n|  v d\n`-[failed] alarm\n", "" },
  { "states", "jobctl graph | grep '^a '", 0, "succeeded", "" },
  { "of-one", "LC_ALL=C jobctl graph alarm | " NAMES, 0, "JOB\na\nv[failed] alarm\n", "" },
  { "of-unlinked", "jobctl graph alone", 0, "alone", "" },
  { "of-unknown", "jobctl graph alarn", 3, NULL, "did you mean 'alarm'?" },
  { "narrow", "COLUMNS=30 jobctl graph | awk 'length > 30' | wc -l", 0, "0\n", "" },
  { "dot", "jobctl graph b --dot", 0, "  \"a\" -> \"b\";\n  \"b\" -> \"d\";\n}\n", "" },
  { "dot-form", "jobctl graph --dot | grep alarm", 0, "\"a\" -> \"alarm\" [label=\"failed\", style=dashed];", "" },
  { "json", "jobctl graph alarm --json | tr -d ' \\n'", 0, "/alarm\",\"when\":\"failed\"}]}", "" },
  { NULL },
};

/* A mark that was left before the service was killed counts after it. */
static void
test_mark_survives (void)
{
  g_autofree char *order = NULL;

  g_free (cli_output ("jobctl -q add m1 -- true; jobctl -q add m2 -- true; jobctl -q add joined --after m1 --after m2 -e T=$T --shell 'echo joined >> $T/joined';"
                      " jobctl -q run m1 --wait"));
  cli_kill_service ();
  cli_start_service ();
  order = cli_output ("jobctl -q run m2 --wait; " QUIET "cat $T/joined");
  g_assert_cmpstr (order, ==, "joined\n");
}

int
main (int argc, char *argv[])
{
  cli_init (&argc, &argv, TRUE);
  cli_add_rows ("define", define_rows);
  cli_add_rows ("run", run_rows);
  cli_add_rows ("graph", graph_rows);
  g_test_add_func ("/cli/after/mark-survives", test_mark_survives);
  return cli_run ();
}
