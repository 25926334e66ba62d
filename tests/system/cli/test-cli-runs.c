/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Runs: run with and without waiting, active, history, log, cancel, retry and monitor. */

#include <string.h>

#include <json-glib/json-glib.h>

#include "cli-fixture.h"

/* "sleeper" runs until somebody makes $T/go, so that nothing here depends on how long something takes. */
#define UNTIL_GO "until [ -e \\\"$T/go\\\" ]; do sleep 0.02; done"

static const CliRow exit_rows[] = {
  { "jobs",
    "jobctl -q add first -- true && jobctl -q add second -- true && jobctl -q add good -- true && jobctl -q add seven --shell 'echo out; echo err >&2; exit 7' && "
    "jobctl -q add killed --shell 'kill -9 $$' && jobctl -q add slow --timeout 50ms --kill-grace 0s -- sleep 600 && "
    "jobctl -q add odd --success-exit-codes '0;3' --shell 'exit 3' && "
    "jobctl -q add third --retries 3 --retry-delay 10ms --retry-backoff constant --shell 'echo attempt $JOBTRACKER_ATTEMPT; [ $JOBTRACKER_ATTEMPT -ge 3 ]' && "
    "jobctl -q add gone --no-check -- no-such-program-yet && "
    "jobctl -q add sleeper --env T=$T --shell \"" UNTIL_GO "; echo went\"",
    0, NULL, "" },
  { "no-wait", "jobctl run first", 0, "started run 1; jobctl log 1 -f", "" },
  { "no-wait-json", "jobctl run second --json | tr -d ' \\n'", 0, "{\"id\":2,\"path\":\"/org/example/JobTracker/runs/2\"}", "" },
  { "wait-good", "jobctl run good --wait", 0, "succeeded after", "" },
  { "wait-code", "jobctl run seven --wait", 7, "failed after", "" },
  { "wait-quiet", "test -z \"$(jobctl -q run good --wait)\"", 0, NULL, "" },
  { "wait-json", "jobctl run seven --wait --json | tr -d ' \\n'", 0, "\"exit-code\":7", "" },
  { "wait-signal", "jobctl run killed --wait", 137, "failed after", "" },
  { "wait-timeout", "jobctl run slow --wait", 124, "timed-out after", "" },
  { "wait-other-success", "jobctl run odd --wait", 3, "succeeded after", "" },
  { "wait-retries", "jobctl run third --wait", 0, "attempt 3 of 4", "" },
  { "wait-never-started", "jobctl run gone --wait", 125, "no-such-program-yet", "" },
  { "wait-and-follow", "jobctl run good --wait --follow", 2, NULL, "use one of --wait and --follow" },
  { "follow", "jobctl run seven --follow", 7, "out\n", "failed after" },
  { "follow-both-streams", "jobctl run seven --follow 2> /dev/null | sort | tr '\\n' ' '", 0, "err out ", NULL },
  { "follow-every-attempt", "jobctl run third --follow 2> /dev/null | tr '\\n' ' '", 0, "attempt 1 attempt 2 attempt 3 ", "" },
  { "follow-json", "jobctl run seven --follow --json | head -n 1", 0, "\"stream\":\"std", "" },
  { "unknown", "jobctl run godo", 3, NULL, "did you mean 'good'?" },
  { "same-request", "jobctl run good --wait --request-id S1 --json > $T/a; jobctl run good --wait --request-id S1 --json > $T/b; cmp $T/a $T/b", 0, NULL, "" },
  { NULL },
};

static const CliRow log_rows[] = {
  { "by-job", "jobctl log third | tr '\\n' ' '", 0, "attempt 1 attempt 2 attempt 3 ", "" },
  { "one-attempt", "jobctl log third --attempt 2", 0, "attempt 2\n", "" },
  { "no-attempt", "jobctl log third --attempt 9", 3, NULL, "has no attempt 9, it has 3" },
  { "tail", "jobctl log third --tail 1", 0, "attempt 3\n", "" },
  { "stream", "jobctl log seven --stream stderr", 0, "err\n", "" },
  { "stream-unknown", "jobctl log seven --stream stdin", 2, NULL, "--stream needs stdout or stderr" },
  { "raw", "jobctl log seven --raw --stream stdout", 0, "Z stdout F out\n", "" },
  { "json", "jobctl log seven --json --stream stdout | tr -d ' \\n'", 0, "\"stream\":\"stdout\",\"text\":\"out\"}]", "" },
  { "follow-of-an-ended-one", "jobctl log seven -f | sort | tr '\\n' ' '", 0, "err out ", "" },
  { "unknown-run", "jobctl log 4711", 3, NULL, "no such run" },
  { "not-run-yet", "jobctl -q add fresh -- true; jobctl log fresh", 3, NULL, "'fresh' has not run yet" },
  { "tail-word", "jobctl log seven --tail many", 2, NULL, "--tail needs a whole number" },
  { NULL },
};

static const CliRow history_rows[] = {
  { "newest-first", "jobctl history good --json | grep '\"id\"' | sort -c -r -t: -k2 -n && echo sorted", 0, "sorted", "" },
  { "limit", "jobctl history --limit 3 --json | grep -c '\"id\"'", 0, "3\n", "" },
  { "limit-word", "jobctl history --limit 0", 2, NULL, "--limit needs a whole number from 1" },
  { "state", "jobctl history --state timed-out", 0, "slow", "" },
  { "states", "jobctl history --state timed-out --state failed --json | grep -c slow", 0, "1\n", "" },
  { "state-unknown", "jobctl history --state faild", 2, NULL, "faild" },
  { "trigger", "jobctl history --trigger schedule", 0, "No runs.", "" },
  { "since", "jobctl history --since 1h --json | grep -c slow", 0, "1\n", "" },
  { "until", "jobctl history --until 2020-01-01", 0, "No runs.", "" },
  { "since-nonsense", "jobctl history --since whenever", 2, NULL, "--since: column 1" },
  { "unknown-job", "jobctl history godo", 3, NULL, "did you mean 'good'?" },
  { "of-a-removed-job", "jobctl -q add brief -- true; jobctl -q run brief --wait; jobctl -q remove brief; jobctl history brief", 0, "succeeded", "" },
  { "show-run", "jobctl show 1", 0, "run 1 of first", "" },
  { "show-attempts", "jobctl show $(jobctl history third --limit 1 --json | sed -n 's/.*\"id\" : \\([0-9]*\\).*/\\1/p') --json | grep -c '\"log-dropped\"'", 0, "3\n", "" },
  { "list-spark", "jobctl list | grep seven", 0, "█", "" },
  { "status-failing", "jobctl status", 0, "failing: ", "" },
  { NULL },
};

static const CliRow control_rows[] = {
  { "nothing-active", "jobctl active", 0, "Nothing is active.", "" },
  { "start", "jobctl -q run sleeper; jobctl active", 0, "sleeper", "" },
  { "active-json", "jobctl active --json | grep -c '\"id\"'", 0, "1\n", "" },
  { "active-of-another", "jobctl active --job good --json", 0, "[]", "" },
  { "overlap", "jobctl run sleeper", 5, NULL, "run" },
  { "cancel-by-name", "jobctl cancel sleeper", 0, "is being cancelled", "" },
  { "cancelled", "until jobctl history sleeper --state cancelled --json | grep -q '\"id\"'; do sleep 0.02; done", 0, NULL, "" },
  { "cancel-finished", "jobctl cancel 1", 5, NULL, "run 1 is already finished, exit 0" },
  { "cancel-unknown", "jobctl cancel 4711", 3, NULL, "no such run" },
  { "retry", "jobctl retry seven --wait", 7, "failed after", "" },
  { "retry-says-of-what", "jobctl history seven --limit 1 --json", 0, "\"retry-of\"", "" },
  { "retry-unknown", "jobctl retry 4711", 3, NULL, "no such run" },
  { "cancel-and-wait", "jobctl run sleeper --wait > $T/waited & until jobctl active --json | grep -q '\"running\"'; do sleep 0.02; done; "
    "jobctl -q cancel sleeper; wait $!; echo status $?; cat $T/waited", 0, "status 143\n", "" },
  { "monitor", "jobctl monitor --json --limit 2 > $T/events & M=$!; while kill -0 $M 2> /dev/null; do jobctl -q run good --wait; done; wait $M; cat $T/events", 0,
    "\"event\":\"run-", "" },
  { "monitor-limit", "wc -l < $T/events", 0, "2\n", "" },
  { "monitor-text", "jobctl monitor --limit 1 > $T/text & M=$!; while kill -0 $M 2> /dev/null; do jobctl -q run good --wait; done; wait $M; cat $T/text", 0, "good: run ", "" },
  { NULL },
};

/* Whoever waits does not mind that the service is killed and comes back. */
static void
test_wait_across_restart (void)
{
  g_autoptr (CliResult) result = NULL;
  g_autofree char *output = cli_output ("rm -f $T/go; jobctl run sleeper --wait > $T/across 2>&1 & echo $! > $T/pid; "
                                        "until jobctl active --json | grep -q '\"running\"'; do sleep 0.02; done");

  cli_kill_service ();
  cli_start_service ();
  g_free (cli_output ("touch $T/go"));
  result = cli_shell ("while kill -0 $(cat $T/pid) 2> /dev/null; do sleep 0.02; done; cat $T/across; jobctl log sleeper");
  g_assert_nonnull (strstr (result->output, "succeeded after"));
  g_assert_nonnull (strstr (result->output, "went\n"));
}

/* Nobody's job turns somebody else's terminal. */
static void
test_hostile_words (void)
{
  g_autofree char *list = NULL;

  g_free (cli_output ("jobctl -q add hostile --description \"$(printf 'a\\\\u202eb')\" --shell \"printf '\\\\033[2J'\" --schedule '@daily'"));
  g_free (cli_output ("jobctl -q run hostile --wait"));
  list = cli_output ("script -qec 'jobctl log hostile --no-pager' /dev/null");
  g_assert_nonnull (strstr (list, "\\x1b[2J"));
  g_assert_null (strstr (list, "\033[2J"));
}

int
main (int argc, char *argv[])
{
  cli_init (&argc, &argv, TRUE);
  cli_add_rows ("runs", exit_rows);
  cli_add_rows ("log", log_rows);
  cli_add_rows ("history", history_rows);
  cli_add_rows ("control", control_rows);
  g_test_add_func ("/cli/control/wait-across-restart", test_wait_across_restart);
  g_test_add_func ("/cli/log/hostile", test_hostile_words);
  return cli_run ();
}
