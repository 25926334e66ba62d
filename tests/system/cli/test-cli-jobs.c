/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Jobs: status, add, set, list, show, remove, enable and disable, and what is refused. */

#include <string.h>
#include <unistd.h>

#include <json-glib/json-glib.h>

#include "cli-fixture.h"

#define NO_JOBS "test \"$(jobctl list --json)\" = '[]'"

/* Bad input: nothing of it may leave a job behind, which the last row looks at. */
static const CliRow bad_rows[] = {
  { "past", "jobctl add x --at '2020-01-01 10:00' -- true", 2, NULL, "is in the past (at 2020-01-01" },
  { "yesterday", "jobctl add x --at yesterday -- true", 2, NULL, "in the past" },
  { "hour", "jobctl add x --at 25:00 -- true", 2, NULL, "hour 0-23" },
  { "every-zero", "jobctl add x --every 0s -- true", 2, NULL, "1 s to 10 y" },
  { "every-negative", "jobctl add x --every -5m -- true", 2, NULL, "column" },
  { "retries-text", "jobctl add x --retries abc -- true", 2, NULL, "whole number" },
  { "retries-many", "jobctl add x --retries 101 -- true", 2, NULL, "0 to 100" },
  { "timeout-unit", "jobctl add x --timeout 1w3 -- true", 2, NULL, "column 4: missing unit after" },
  { "timeout-units", "jobctl add x --timeout '5 fortnights' -- true", 2, NULL, "min" },
  { "env", "jobctl add x --env FOO -- true", 2, NULL, "'FOO' is not NAME=VALUE" },
  { "env-key", "jobctl add x --env 1A=b -- true", 2, NULL, "1A" },
  { "env-file-absent", "jobctl add x --env-file /nonexistent/env -- true", 2, NULL, "cannot read /nonexistent/env: No such file or directory" },
  { "env-file-endless", "jobctl add x --env-file /dev/zero -- true", 2, NULL, "/dev/zero is larger than 64 KiB" },
  { "env-file-folder", "jobctl add x --env-file /etc -- true", 2, NULL, "cannot read /etc: Is a directory" },
  { "cwd-relative", "jobctl add x --cwd rel -- true", 2, NULL, "'rel' must be absolute; here it would be /" },
  { "program-unknown", "jobctl add x -- no-such-program", 2, NULL, "no-such-program is not found in PATH=/" },
  { "program-absent", "jobctl add x -- /nonexistent/program", 2, NULL, "/nonexistent/program is not found" },
  { "program-not-executable", "jobctl add x -- /etc/passwd", 2, NULL, "not executable; chmod +x /etc/passwd" },
  { "program-relative", "jobctl add x -- ./x", 2, NULL, "neither an absolute path nor a bare name" },
  { "program-missing", "jobctl add x --", 2, NULL, "the command is missing after --" },
  { "program-none", "jobctl add x", 2, NULL, "command" },
  { "program-and-shell", "jobctl add x --shell 'true' -- true", 2, NULL, "shell" },
  { "arguments-many", "jobctl add x -- true $(seq 1100)", 2, NULL, "1024" },
  { "arguments-long", "jobctl add x -- true $(head -c 100000 /dev/zero | tr '\\0' x) $(head -c 100000 /dev/zero | tr '\\0' x)", 2, NULL, "limit" },
  { "name-empty", "jobctl add '' -- true", 2, NULL, "name is empty" },
  { "name-slash", "jobctl add ../etc -- true", 2, NULL, "letters, digits" },
  { "name-long", "jobctl add $(head -c 129 /dev/zero | tr '\\0' x) -- true", 2, NULL, "limit 128" },
  { "name-bytes", "jobctl add \"$(printf 'a\\377b')\" -- true", 2, NULL, "not valid UTF-8 at byte 2" },
  { "name-escape", "jobctl add \"$(printf 'a\\033[31m')\" -- true", 2, NULL, "control character at byte 2" },
  { "argument-bytes", "jobctl add x -- true \"$(printf 'a\\377b')\"", 2, NULL, "word 2 of the command is not valid UTF-8 at byte 2" },
  { "schedule", "jobctl add x --schedule '61 * * * *' -- true", 2, NULL, "column 1: minute 0-59" },
  { "schedule-never", "jobctl add x --schedule '0 0 30 2 *' -- true", 2, NULL, "never" },
  { "zone", "jobctl add x --schedule '@daily' --timezone Europe/Atlantis -- true", 2, NULL, "Athens" },
  { "zone-path", "jobctl add x --schedule '@daily' --timezone ../../etc/passwd -- true", 2, NULL, "not a zone name" },
  { "not-built", "jobctl add x --pool disk -- true", 2, NULL, "pool" },
  { "nothing-left", NO_JOBS, 0, NULL, "" },
  { NULL },
};

static const CliRow good_rows[] = {
  { "empty-list", "jobctl list", 0, "No jobs.", "" },
  { "empty-list-json", "jobctl list --json", 0, "[]", "" },
  { "empty-status", "jobctl status", 0, "Jobs        0", "" },
  { "add", "jobctl add backup --schedule '30 2 * * *' --tags nightly --tags big --retries 2 --timeout 1h -- tar --version", 0, "added backup; next: in ", "" },
  { "add-twice", "jobctl add backup -- true", 5, NULL, "backup" },
  { "add-again-with-request-id", "jobctl add once --request-id R1 -- true && jobctl add once --request-id R1 -- true", 0, "added once", "" },
  { "request-id-with-other-arguments", "jobctl add other --request-id R1 -- true", 5, NULL, "request-id" },
  { "add-quiet", "jobctl -q add quiet -- true", 0, NULL, "" },
  { "add-shorthands", "jobctl add short --every 15min -e A=1 -e B=2 -C /tmp --shell 'echo $A'; jobctl show short", 0, "A=1; B=2", "" },
  { "add-json", "jobctl add json --json --every 1h -- true | tr -d ' \\n'", 0, "\"name\":\"json\"", "" },
  { "no-check", "jobctl add later --no-check -- no-such-program-yet", 0, "added later", "" },
  { "list", "jobctl list", 0, "NAME", "" },
  { "list-spells-next", "jobctl list --utc | grep backup", 0, "T02:30:00Z", "" },
  { "list-tag", "jobctl list --tag nightly --json | grep -c '\"path\"'", 0, "1\n", "" },
  { "show", "jobctl show backup", 0, "timeout             1h", "" },
  { "show-command", "jobctl show backup", 0, "command             tar --version", "" },
  { "show-json", "jobctl show backup --json | tr -d ' \\n'", 0, "\"timeout\":3600.0", "" },
  { "show-unknown", "jobctl show backpu", 3, NULL, "did you mean 'backup'?" },
  { "show-unknown-run", "jobctl show 999", 3, NULL, "no such" },
  { "set", "jobctl set backup retries=5 tags='a;b' timeout=", 0, "changed backup", "" },
  { "set-did", "jobctl show backup --json | tr -d ' \\n'", 0, "\"retries\":5", "" },
  { "set-reset", "jobctl show backup --json | grep -c timeout", 1, "0", "" },
  { "set-unknown", "jobctl set backup retires=3", 2, NULL, "unknown setting 'retires'; did you mean 'retries'?" },
  { "set-twice", "jobctl set backup schedule='0 1 * * *' schedule='0 2 * * *'", 2, NULL, "schedule is given twice; items of a list are separated by ';'" },
  { "set-no-equals", "jobctl set backup retries", 2, NULL, "'retries' is not KEY=VALUE" },
  { "set-wrong", "jobctl set backup retries=many", 2, NULL, "retries" },
  { "set-nothing-half", "jobctl set backup nice=5 retries=101", 2, NULL, "0 to 100" },
  { "set-nothing-half-did", "jobctl show backup --json | grep -c nice", 1, "0", "" },
  { "set-stale", "jobctl set backup retries=1 --if-revision 1", 5, NULL, "revision" },
  { "disable", "jobctl disable backup && jobctl list --json --tag a | tr -d ' \\n'", 0, "\"enabled\":false", "" },
  { "disabled-has-no-next", "jobctl list --json --tag a | tr -d ' \\n'", 0, "\"next-elapse\":null", "" },
  { "enable", "jobctl enable backup && jobctl list --json --tag a | tr -d ' \\n'", 0, "\"health\":\"new\"", "" },
  { "remove-unknown-of-two", "jobctl remove backup nosuch", 3, NULL, "nosuch" },
  { "remove-none-of-two", "jobctl show backup", 0, "backup", "" },
  { "remove-history-word", "jobctl remove backup --history burn", 2, NULL, "--history needs keep or delete" },
  { "enable-json", "jobctl enable --json backup | tr -d ' \\n'", 0, "[{\"name\":\"backup\",\"path\":\"/org/example/JobTracker/jobs/", "" },
  { "set-json", "jobctl set --json backup nice=1 | tr -d ' \\n'", 0, "\"nice\":1", "" },
  { "remove-json", "jobctl remove --json short | tr -d ' \\n'", 0, "[{\"name\":\"short\",", "" },
  { "remove", "jobctl remove backup once", 0, "removed backup\nremoved once", "" },
  { "removed", "jobctl show backup", 3, NULL, "no such job" },
  { "status", "jobctl status", 0, "Problems    none", "" },
  { "status-json", "jobctl status --json | tr -d ' \\n'", 0, "\"store-answers\":true", "" },
  { "status-count", "jobctl status --json | tr -d ' \\n'", 0, "\"job-count\":3,", "" },
  { "closed-descriptors", "jobctl list <&- >&- 2>&-", 0, NULL, NULL },
  { NULL },
};

/* Root is told that there is no such user; others may not name another at all, and are not told whether he exists. */
static void
test_user_unknown (void)
{
  gboolean is_root = geteuid () == 0;
  g_autoptr (CliResult) result = cli_shell ("jobctl add x --user nosuchuser -- true");

  g_assert_cmpint (result->status, ==, is_root ? 2 : 4);
  g_assert_nonnull (strstr (result->error, is_root ? "no such user" : "only the administrator"));
}

static JsonArray *
read_list (JsonParser *parser, const char *line)
{
  g_autofree char *output = cli_output (line);
  g_autoptr (GError) error = NULL;

  json_parser_load_from_data (parser, output, -1, &error);
  g_assert_no_error (error);
  return json_node_get_array (json_parser_get_root (parser));
}

/* Keys are kebab-case, instants RFC 3339 in UTC, durations seconds. */
static void
test_json_forms (void)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *row;
  const char *next;

  g_free (cli_output ("jobctl add forms --schedule '@daily' --timezone UTC --tags forms -- true"));
  row = json_array_get_object_element (read_list (parser, "jobctl list --json --tag forms"), 0);
  next = json_object_get_string_member (row, "next-elapse");
  g_assert_true (g_str_has_suffix (next, "T00:00:00Z"));
  g_assert_true (json_object_get_null_member (row, "last-finished"));
  g_assert_cmpstr (json_object_get_string_member (row, "origin"), ==, "api");
  g_assert_cmpfloat (json_object_get_double_member (row, "typical-duration"), ==, 0);
}

/* However narrow, no line is wider than the terminal, until only what must stay is left. */
static void
test_tables_fit (void)
{
  static const struct
  {
    const char *columns;
    glong       expected;
  } widths[] = { { "120", 120 }, { "80", 80 }, { "40", 40 }, { "0", 80 }, { "-1", 80 }, { "100000000000000000000", 80 } };

  g_free (cli_output ("jobctl add a-job-with-quite-a-long-name-that-goes-on-and-on-and-on-until-it-does-not-fit --schedule '0,1,2,3,4,5,6,7,8,9,10,11 "
                      "1,2,3 1,2,3 * *' -- true"));
  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      g_autofree char *line = g_strdup_printf ("COLUMNS=%s jobctl list", widths[i].columns);
      g_autofree char *output = cli_output (line);
      g_auto (GStrv) lines = g_strsplit (output, "\n", -1);
      glong widest = 0;

      for (guint at = 0; lines[at] != NULL; at++)
        widest = MAX (widest, g_utf8_strlen (lines[at], -1));
      g_assert_cmpint (widest, <=, widths[i].expected);
      g_assert_nonnull (strstr (output, "HEALTH"));
    }
}

static void
test_many_jobs (void)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  GString *table = g_string_new (NULL);
  g_autofree char *status = NULL;
  g_autofree char *failing = NULL;
  guint before = json_array_get_length (read_list (parser, "jobctl list --json"));

  for (guint i = 0; i < 2500; i++)
    g_string_append_printf (table, "%u 3 * * * echo %u\n", i % 60, i);
  cli_write ("many", table->str);
  g_string_free (table, TRUE);
  g_free (cli_output ("jobctl -q import crontab $T/many"));
  g_assert_cmpuint (json_array_get_length (read_list (parser, "jobctl list --json")), ==, before + 2500);
  status = cli_output ("jobctl status");
  g_assert_nonnull (strstr (status, "Problems    none"));
  /* More than fit on the page that is asked for first. */
  g_free (cli_output ("i=0; while [ $i -lt 101 ]; do jobctl -q ping bad-$i fail || exit 1; i=$((i + 1)); done"));
  failing = cli_output ("jobctl status");
  g_assert_nonnull (strstr (failing, "101 failing: bad-0, bad-1, "));
}

int
main (int argc, char *argv[])
{
  cli_init (&argc, &argv, TRUE);
  g_test_add_func ("/cli/bad/user-unknown", test_user_unknown);
  cli_add_rows ("bad", bad_rows);
  cli_add_rows ("jobs", good_rows);
  g_test_add_func ("/cli/jobs/json-forms", test_json_forms);
  g_test_add_func ("/cli/jobs/tables-fit", test_tables_fit);
  g_test_add_func ("/cli/jobs/many", test_many_jobs);
  return cli_run ();
}
