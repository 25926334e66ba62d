/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Work that runs elsewhere: exec, track, ping, ack. */

#include <string.h>

#include "cli-fixture.h"

/* The value of one key of a run, as JSON shows it. */
#define FIELD(run, key) "jobctl show " run " --json | tr -d ' \\n' | grep -o '\"" key "\":[^,}]*'"
#define UNTIL(test) "until " test "; do sleep 0.02; done"

static const CliRow exec_rows[] = {
  { "output", "jobctl exec --name out -- sh -c 'printf \"a\\0b\\rc\"; printf err >&2' 2> $T/err | od -c | head -n 1; cat $T/err", 0,
    "0000000   a  \\0   b  \\r   c\nerr", "" },
  { "kept-text", "jobctl exec --name kept -- sh -c 'echo one; echo two >&2' 2> /dev/null; jobctl log kept | sort | tr '\\n' ' '", 0, "one two ", "" },
  { "order-of-text", "jobctl exec --name order -- sh -c 'for i in 1 2 3; do echo o$i; sleep 0.05; echo e$i >&2; sleep 0.05; done' > /dev/null 2>&1; "
    "jobctl log order | tr '\n' ' '", 0, "o1 e1 o2 e2 o3 e3 ", "" },
  { "much-text", "jobctl exec --name much --log-max-size 64M -- seq 1 500000 | cksum; jobctl log much | cksum", 0,
    "198583401 3388895\n198583401 3388895\n", "" },
  { "flood", "jobctl exec --name flood -- sh -c 'yes | head -c 64M; echo the end' | tail -n 1; jobctl log flood | sed -n '1p;$p'; "
    "jobctl log flood | grep -q 'bytes .* dropped here'", 0, "the end\ny\nthe end\n", "" },
  { "left-behind", "jobctl exec --name left -- sh -c '(" UNTIL ("[ -e $T/left ]") "; echo later) & echo now' | "
    "(read first; touch $T/left; read second; echo $first $second)", 0, "now later\n", "" },
  { "left-behind-and-done", "jobctl history left --json | grep -c succeeded", 0, "1", "" },
  { "disk-full", "jobctl exec -- echo lost > /dev/full", 74, NULL, "write error" },
  { "disk-full-and-failed", "jobctl exec -- sh -c 'echo lost; exit 3' > /dev/full", 3, NULL, "write error" },
  { "status", "jobctl exec -- sh -c 'exit 7'", 7, NULL, "" },
  { "record", FIELD ("sh", "last-state"), 0, "failed", "" },
  { "signal-status", "jobctl exec -- sh -c 'kill -9 $$'", 137, NULL, "" },
  { "not-found", "jobctl exec -- no-such-program", 127, NULL, "no-such-program: command not found" },
  { "not-executable", "jobctl exec -- /dev/null", 126, NULL, "denied" },
  { "no-command", "jobctl exec --name x", 2, NULL, "jobctl exec -- COMMAND" },
  { "success-codes", "jobctl exec --name odd --success-exit-codes '0;3' -- sh -c 'exit 3'; " FIELD ("odd", "last-state"), 0, "succeeded", "" },
  { "timeout", "jobctl exec --name slow --timeout 50ms -- sleep 600", 124, NULL, "" },
  { "kill-signal", "jobctl exec --name polite --timeout 50ms --kill-signal SIGUSR1 -- sh -c 'trap \"echo asked; exit 9\" USR1; while :; do sleep 0.02; done'", 124, "asked", NULL },
  { "output-not-read",
    "mkfifo $T/full; exec 9<>$T/full; jobctl exec --name unread --timeout 50ms -- sh -c 'echo $$ > $T/full.pid; exec yes' >&9 & pid=$!; "
    UNTIL ("[ -s $T/full.pid ]") "; " UNTIL ("! grep -q '^State:.[RSD]' /proc/$(cat $T/full.pid)/status 2> /dev/null")
    "; cat <&9 > /dev/null & reader=$!; wait $pid; status=$?; kill $reader; exit $status", 124, NULL, "" },
  { "how-it-is-started", "jobctl exec --nice 5 -- true", 2, NULL, "--nice: a report says what was done" },
  { "where-it-is-started", "jobctl exec -C /tmp -- true", 2, NULL, "--cwd: a report says" },
  { "bad-kill-signal", "jobctl exec --kill-signal SIGFOO -- true", 2, NULL, "is not a signal's name" },
  { "timeout-record", FIELD ("slow", "last-state"), 0, "timed-out", "" },
  { "stdin", "echo in | jobctl exec -- cat", 0, "in\n", "" },
  { "environment", "jobctl exec --name env -- sh -c 'echo $JOBTRACKER_JOB ${JOBTRACKER_RUN:+run}'", 0, "env run\n", "" },
  { "output-taken-away", "jobctl exec --name yes -- yes | head -n 1", 0, "y\n", "" },
  { "progress",
    "jobctl exec --name bar -- sh -c 'echo 20/80; " UNTIL ("[ -e $T/bar ]") "' > /dev/null & "
    UNTIL ("jobctl active --json | grep -q 0.25") "; touch $T/bar; wait $!", 0, NULL, "" },
  { "terminal", "script -qec \"jobctl exec --name tty -- sh -c 'test -t 1 && test -t 2 && stty size < /dev/stdout; printf a\\\\nb'\" $T/typescript > /dev/null < /dev/null; tail -n +2 $T/typescript | head -n 2 | od -c | head -n 2; jobctl log tty | tail -n 1", 0, "   0  \\r  \\n   a", "" },
  { "log-off", "jobctl exec --name nolog --log off --progress off -- echo hidden; jobctl log nolog", 0, "hidden\n", "" },
  { "signal-passed-on",
    "jobctl exec --name trap -- sh -c 'trap \"exit 5\" USR1; touch $T/trap; while :; do sleep 0.02; done' & "
    UNTIL ("[ -e $T/trap ]") "; kill -USR1 $!; wait $!", 5, NULL, "" },
  { "cancelled",
    "jobctl exec --name victim -- sleep 600 & pid=$!; " UNTIL ("jobctl -q cancel victim 2> /dev/null") "; wait $pid", 143, NULL, NULL },
  { "cancelled-tree",
    "jobctl exec --name tree -- sh -c '(sleep 600; echo no) | cat; echo no' & pid=$!; " UNTIL ("jobctl active --json | grep -q tree")
    "; jobctl -q cancel tree; wait $pid", 143, "", "" },
  { "ended-elsewhere",
    "jobctl exec --name elsewhere -- sh -c '" UNTIL ("[ -e $T/elsewhere ]") "; exit 4' & pid=$!; " UNTIL ("jobctl active --json | grep -q elsewhere")
    "; jobctl track finish $(jobctl history elsewhere -n 1 --json | grep -o '\"id\" *: *[0-9]*' | tr -dc 0-9) 0; sleep 0.1; touch $T/elsewhere; wait $pid",
    4, NULL, "" },
  { "cancelled-record", FIELD ("victim", "last-state"), 0, "cancelled", "" },
  { "reporter-killed",
    "jobctl exec --name orphan -- sleep 2 > /dev/null 2>&1 & pid=$!; " UNTIL ("jobctl active --json | grep -q orphan") "; kill -9 $pid; "
    UNTIL ("jobctl history orphan --json | grep -q lost"), 0, NULL, NULL },
  { "bad-setting", "jobctl exec --tag 'a b\x01' -- true", 2, NULL, "tags" },
  { "untracked", "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent JOBTRACKER_BUS=session jobctl exec -- echo on", 0, "on\n", "this run is not recorded" },
  { "untracked-quiet", "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent JOBTRACKER_BUS=session jobctl -q exec -- sh -c 'exit 4'", 4, NULL, "" },
  { NULL },
};

static const CliRow track_rows[] = {
  { "whole",
    "RUN=$(jobctl track start etl --heartbeat-timeout 10min -m loading) && jobctl track progress $RUN 37% half && "
    "jobctl track log $RUN one two && printf 'three\\nfour' | jobctl track log $RUN --stream stderr && jobctl track heartbeat $RUN && "
    "jobctl track finish $RUN 3 --reason 'disk full' && " FIELD ("$RUN", "reason") " && jobctl log $RUN", 0,
    "\"reason\":\"diskfull\"\none two\nthree\nfour", "" },
  { "environment",
    "export JOBTRACKER_RUN=$(jobctl track start etl) && jobctl track progress 12/80 && jobctl track finish 0 && "
    FIELD ("$JOBTRACKER_RUN", "state"), 0, "succeeded", "" },
  { "message-without-run",
    "export JOBTRACKER_RUN=$(jobctl track start etl -m loading) && jobctl track progress 0.5 half && jobctl active | grep half && "
    "jobctl show $JOBTRACKER_RUN | grep done && jobctl track progress 1 'all of it' && jobctl track finish 0 && "
    "jobctl show $JOBTRACKER_RUN --json | grep all", 0, "all of it", "" },
  { "how-far", "RUN=$(jobctl track start etl -m loading) && jobctl track progress $RUN 12/80 rows && jobctl active | grep rows; "
    "jobctl track finish $RUN", 0, "15%", "" },
  { "much-text", "RUN=$(jobctl track start etl --log-max-size 64M) && seq 1 500000 | jobctl track log $RUN && jobctl track finish $RUN && jobctl log $RUN | cksum",
    0, "198583401 3388895\n", "" },
  { "bad-share", "RUN=$(jobctl track start etl); jobctl track progress $RUN 120%", 2, NULL, "is no share" },
  { "bad-end", "jobctl track finish 1 donne", 2, NULL, "is no end" },
  { "bad-timeout", "jobctl track start etl --heartbeat-timeout soon", 2, NULL, "--heartbeat-timeout" },
  { "which-run", "jobctl track heartbeat", 2, NULL, "which run?" },
  { "ended", "RUN=$(jobctl track start etl); jobctl track finish $RUN; jobctl track heartbeat $RUN", 5, NULL, "already finished" },
  { "step", "jobctl track stop", 2, NULL, "usage: jobctl track start NAME" },
  { "of-the-service", "jobctl -q add own -- true; jobctl -q run own --wait; jobctl track heartbeat $(jobctl history own -n 1 --json | grep -o '\"id\" *: *[0-9]*' | tr -dc 0-9)", 2, NULL, "not tracked" },
  { NULL },
};

static const CliRow ping_rows[] = {
  { "success", "jobctl ping web --expect-every 1h", 0, "run ", "" },
  { "health", FIELD ("web", "health"), 0, "\"ok\"", "" },
  { "pair", "A=$(jobctl ping nightly start) && B=$(jobctl ping nightly 3 --log 'no space' -m bad) && test \"$A\" = \"$B\" && jobctl log nightly", 0, "no space", "" },
  { "pair-failed", FIELD ("nightly", "last-state"), 0, "failed", "" },
  { "unknown", "jobctl ping nightly maybe", 2, NULL, "'start', 'success'" },
  { "long-log", "seq 1 20000 > $T/seq; jobctl -q ping long fail --log \"$(cat $T/seq)\" && jobctl log long | sed -n '1p;$p'", 0,
    "bytes before this are left out]\n20000", "" },
  { "log-of-stdin", "(seq 1 100000; printf 'no \\377 text\\n') | jobctl -q ping long fail --log - && jobctl log long | tail -n 2", 0, "100000\nno \uFFFD text\n", "" },
  { "log-like-an-option", "jobctl -q ping long fail --log=-rw-r--r-- && jobctl log long", 0, "-rw-r--r--", "" },
  { "length-unknown", "jobctl list | grep '^long' | tr -s ' '", 0, " - - ", "" },
  { "expected", "jobctl show web | grep expected", 0, "(in ", "" },
  { "log-alone", "jobctl ping nightly log --log x", 5, NULL, "a start began" },
  { "late", "jobctl -q ping soon --expect-every 1s; " UNTIL ("jobctl show soon --json | grep -q '\"late\"'") "; jobctl show soon | grep -q 'no check-in'; jobctl -q ping soon; " FIELD ("soon", "health"), 0, "\"ok\"", "" },
  { "ack", "jobctl ack nightly --note seen; " FIELD ("$(jobctl history nightly -n 1 --json | grep -o '\"id\" *: *[0-9]*' | tr -dc 0-9)", "acknowledged-by"), 0, "acknowledged-by\":\"", "" },
  { "ack-meanwhile", "jobctl -q ping nightly start; jobctl ack nightly && jobctl -q ping nightly", 0, "is acknowledged", "" },
  { "ack-never-run", "jobctl -q ping fresh start; jobctl ack fresh", 3, NULL, "has not run yet" },
  { "ack-running", "RUN=$(jobctl track start etl); jobctl ack $RUN", 5, NULL, "not finished" },
  { NULL },
};

static const CliRow stats_rows[] = {
  { "one", "jobctl stats sh", 0, "success rate", "" },
  { "counts", "jobctl stats sh", 0, "failed", "" },
  { "all", "jobctl stats", 0, "All jobs: ", "" },
  { "several", "jobctl stats sh cat | grep -cE ' runs? since '", 0, "2\n", "" },
  { "by-job", "jobctl stats --by job", 0, "SUCCESS", "" },
  { "by-hour", "jobctl stats sh --by hour --since 3h", 0, "HOUR", "" },
  { "by-day", "jobctl stats sh --by day", 0, "DAY (UTC)", "" },
  { "by-tag-of-none", "jobctl stats --by tag --tag nobodys", 0, "Jobs with the tag nobodys: 0 runs since", "" },
  { "until", "jobctl stats --since 2d --until 1d", 0, "All jobs: 0 runs from ", "" },
  { "plain", "LC_ALL=C COLUMNS=60 jobctl stats sh | LC_ALL=C grep -c '[^ -~]'", 1, "0\n", "" },
  { "narrow", "LC_ALL=C COLUMNS=60 jobctl stats sh | awk 'length > 60' | wc -l", 0, "0\n", "" },
  { "no-color", "NO_COLOR=1 jobctl stats sh | grep -c \"$(printf '\\033')\"", 1, "0\n", "" },
  { "color", "jobctl stats sh --color=always | grep -c \"$(printf '\\033')\"", 0, "", "" },
  { "gone", "jobctl -q add gone -- true; jobctl -q run gone --wait; jobctl -q remove gone --history delete; jobctl stats gone", 0, "gone: 1 run since", "" },
  { "gone-by-job", "jobctl stats --by job", 0, "gone (removed)", "" },
  { "json", "jobctl stats sh --json | tr -d ' \n' | grep -o '\"success-rate\":[0-9.e-]*'", 0, "\"success-rate\":0", "" },
  { "by-what", "jobctl stats --by week", 2, NULL, "job, tag, user, hour or day" },
  { "unknown", "jobctl stats nobody", 3, NULL, "no such job" },
  { "since", "jobctl stats --since whenever", 2, NULL, "--since" },
  { NULL },
};

/* The service is killed with a run under way: its reporter is still there, so the run goes on. */
static void
test_restart (void)
{
  g_autofree char *state = NULL;
  g_autoptr (CliResult) begun = cli_shell ("jobctl exec --name steady -- sh -c '" UNTIL ("[ -e $T/steady ]") "; exit 6' > /dev/null 2>&1 & "
                                           UNTIL ("jobctl active --json | grep -q steady"));
  g_autoptr (CliResult) ended = NULL;

  g_assert_cmpint (begun->status, ==, 0);
  cli_kill_service ();
  cli_start_service ();
  ended = cli_shell ("jobctl active --json | grep -c '\"steady\"'; touch $T/steady; "
                     UNTIL ("jobctl history steady --json | grep -q failed") "; jobctl history steady --json | grep -o '\"exit-code\" *: *6'");
  g_assert_cmpint (ended->status, ==, 0);
  g_assert_nonnull (strstr (ended->output, "1\n"));
}

int
main (int argc, char **argv)
{
  cli_init (&argc, &argv, TRUE);
  cli_add_rows ("exec", exec_rows);
  cli_add_rows ("track", track_rows);
  cli_add_rows ("ping", ping_rows);
  cli_add_rows ("stats", stats_rows);
  g_test_add_func ("/cli/track/restart", test_restart);
  return cli_run ();
}
