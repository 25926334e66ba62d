/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* What needs no service: words, options, output that cannot be written, and `schedule`. */

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli-fixture.h"
#include "jt-names.h"

static char *jobctl_path;

static const CliRow usage_rows[] = {
  { "no-arguments", "jobctl", 2, NULL, "Usage: jobctl" },
  { "help", "jobctl --help", 0, "Verbs:", "" },
  { "version", "jobctl --version", 0, "jobctl " PACKAGE_VERSION, "" },
  { "verb-nearest", "jobctl lsit", 2, NULL, "did you mean 'list'?" },
  { "verb-unknown", "jobctl frobnicate", 2, NULL, "unknown verb 'frobnicate'; jobctl --help" },
  { "option-nearest", "jobctl add x --retires 3", 2, NULL, "unknown option '--retires'; did you mean '--retries'?" },
  { "option-before-verb", "jobctl --jsno list", 2, NULL, "did you mean '--json'?" },
  { "option-of-another-verb", "jobctl list --wait", 2, NULL, "unknown option '--wait'" },
  { "option-without-value", "jobctl add x --at", 2, NULL, "--at needs TIME, e.g. 18:30" },
  { "option-then-option", "jobctl add x --at --retries 3", 2, NULL, "--at needs TIME" },
  { "flag-with-value", "jobctl list --json=yes", 2, NULL, "--json takes no value" },
  { "at-and-every", "jobctl add x --at 18:30 --every 5min -- true", 2, NULL, "use one of --at and --every" },
  { "both-buses", "jobctl --system --session list", 2, NULL, "use one of --system and --session" },
  { "color", "jobctl --color=sometimes list", 2, NULL, "--color needs auto, always or never" },
  { "output-format", "jobctl list --output xml", 2, NULL, "unknown option '--output'" },
  { "too-few", "jobctl show", 2, NULL, "usage: jobctl show NAME|RUN" },
  { "too-many", "jobctl show a b", 2, NULL, "usage: jobctl show NAME|RUN" },
  { "command-without-dashes", "jobctl add x ls", 2, NULL, "unexpected 'ls'; put -- before the command" },
  { "command-option", "jobctl add x -la", 2, NULL, "put -- before the command" },
  { "command-for-no-reason", "jobctl list -- ls", 2, NULL, "usage: jobctl list" },
  { "host-like-option", "jobctl --host=-oProxyCommand=x list", 2, NULL, "--host needs [USER@]HOST" },
  { "escape-in-verb", "jobctl \"$(printf 'l\\033[2Jst')\"", 2, NULL, "unknown verb 'l\\x1b[2Jst'" },
  { "bytes-in-argument", "jobctl history \"$(printf 'a\\377')\"", 2, NULL, "'a\\xff' is not valid UTF-8 at byte 2" },
  { "bytes-in-option", "jobctl list --tag \"$(printf '\\377')\"", 2, NULL, "'\\xff' is not valid UTF-8 at byte 1" },
  { "bytes-in-verb", "jobctl \"$(printf 'l\\377')\"", 2, NULL, "l\\xff" },
  { "no-locale", "LC_ALL=xx_XX LANG=xx_XX jobctl lsit", 2, NULL, "did you mean 'list'?" },
  { "help-in-no-locale", "LC_ALL=xx_XX jobctl add --help", 0, "--retry-delay DURATION", "" },
  { "full-disk", "jobctl --help > /dev/full", 74, NULL, "write error: No space left on device" },
  { "reader-gone", "{ E='* * * * *'; jobctl schedule \"$E\" \"$E\" \"$E\" \"$E\" --count 1000; echo status $? >&2; } | head -n 1", 0, NULL,
    "status 141\n" },
  { "reader-gone-quietly",
    "trap '' PIPE; { E='* * * * *'; jobctl schedule \"$E\" \"$E\" \"$E\" \"$E\" --count 1000; echo status $? >&2; } | head -n 1", 0, NULL,
    "status 141\n" },
  { "closed-descriptors", "jobctl --help <&- >&- 2>&-", 0, NULL, NULL },
  { NULL },
};

static const CliRow service_rows[] = {
  { "away", "jobctl list", 7, NULL, "nobody answers as org.example.JobTracker on the session bus\nIs jobtrackerd running? Try: systemctl status jobtrackerd" },
  { "no-socket", "JOBTRACKER_BUS=unix:path=/nonexistent/bus jobctl list", 7, NULL, "unix:path=/nonexistent/bus" },
  { "no-system-socket", "DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent/s jobctl --system list", 7, NULL, "unix:path=/nonexistent/s" },
  { "bad-address", "JOBTRACKER_BUS=nonsense jobctl list", 7, NULL, "nonsense" },
  { NULL },
};

static const CliRow schedule_rows[] = {
  { "text", "jobctl schedule '30 2 * * *' --from 2026-01-01T00:00:00Z --count 2 --utc", 0, "2026-01-02T02:30:00Z", "" },
  { "fraction", "jobctl schedule '*:*:0/0.25' --from 2026-01-01T00:00:00Z --count 2 --timezone UTC", 0,
    "next        Thu 2026-01-01 00:00:00.25 +00:00, ", "" },
  { "no-fraction", "jobctl schedule '*:*:0/0.5' --from 2026-01-01T00:00:00.5Z --count 1 --timezone UTC", 0,
    "next        Thu 2026-01-01 00:00:01 +00:00, ", "" },
  { "caret", "jobctl schedule '0 24 * * *'", 2, NULL, "  0 24 * * *\n    ^\njobctl: column 3: " },
  { "none", "jobctl schedule", 2, NULL, "an expression is missing" },
  { "count", "jobctl schedule '* * * * *' --count 1001", 2, NULL, "--count needs a whole number from 0 to 1000" },
  { "count-text", "jobctl schedule '* * * * *' --count abc", 2, NULL, "--count needs a whole number" },
  { "from", "jobctl schedule '* * * * *' --from never", 2, NULL, "--from: column 1" },
  { "zone", "jobctl schedule '* * * * *' --timezone Europe/Atlantis", 2, NULL, "Europe/Athens" },
  { "never", "jobctl schedule '0 0 30 2 *'", 0, "never", "" },
  { "doubtful", "jobctl schedule '0 0 13 * 5'", 0, "doubtful", "" },
  { "json", "jobctl schedule --json '@daily' --from 2026-01-01T00:00:00Z --count 1 --timezone UTC | tr -d ' \\n'", 0,
    "\"next\":[\"2026-01-02T00:00:00Z\"]", "" },
  { "batch-one", "echo '{\"id\":7,\"expr\":\"*/7 * * * *\",\"count\":1,\"from\":\"2026-01-01T00:00:00Z\"}' | jobctl schedule --batch", 0,
    "{\"id\":7,\"kind\":\"cron\",\"normalized\":\"*/7 * * * *\",", "" },
  { "batch-kind", "echo '{\"kind\":\"calendar\",\"expr\":\"daily\",\"count\":1,\"from\":\"2026-01-01T00:00:00Z\",\"timezone\":\"Europe/Berlin\"}' | "
    "jobctl schedule --batch", 0, "\"next\":[\"2026-01-01T23:00:00Z\"]", "" },
  { "batch-error", "echo '{\"id\":\"a\",\"expr\":\"61 * * * *\"}' | jobctl schedule --batch", 0, "{\"id\":\"a\",\"error\":{\"message\":\"column 1: ", "" },
  { "batch-column", "echo '{\"expr\":\"0 24 * * *\"}' | jobctl schedule --batch", 0, "\"column\":3}}", "" },
  { "batch-nonsense", "echo nonsense | jobctl schedule --batch", 0, "{\"id\":null,\"error\":", "" },
  { "batch-no-object", "echo '[1]' | jobctl schedule --batch", 0, "not a JSON object", "" },
  { "batch-unknown-key", "echo '{\"exp\":\"x\"}' | jobctl schedule --batch", 0, "unknown key 'exp'; did you mean 'expr'?", "" },
  { "batch-wrong-type", "echo '{\"expr\":5}' | jobctl schedule --batch", 0, "'expr' must be a string", "" },
  { "batch-wrong-count", "echo '{\"expr\":\"* * * * *\",\"count\":-1}' | jobctl schedule --batch", 0, "'count' must be a whole number", "" },
  { "batch-wrong-from", "echo '{\"expr\":\"* * * * *\",\"from\":\"tomorrow\"}' | jobctl schedule --batch", 0, "'from' must be an RFC 3339 instant", "" },
  { "batch-no-expression", "echo '{\"id\":1}' | jobctl schedule --batch", 0, "'expr' must be given", "" },
  { "batch-long-line", "{ head -c 200000 /dev/zero | tr '\\0' x; echo; echo '{\"id\":2,\"expr\":\"@daily\"}'; } | jobctl schedule --batch", 0,
    "longer than 64 KiB\",\"column\":0}}\n{\"id\":2,", "" },
  { "batch-no-last-newline", "printf '{\"id\":3,\"expr\":\"@daily\"}' | jobctl schedule --batch", 0, "{\"id\":3,", "" },
  { "batch-with-argument", "jobctl schedule --batch '@daily'", 2, NULL, "--batch reads expressions from stdin" },
  { NULL },
};

/* In order and at once: each answer comes before the next question is asked. */
static void
test_batch_answers_at_once (void)
{
  g_autofree char *output
    = cli_output ("mkfifo $T/in $T/out; jobctl schedule --batch < $T/in > $T/out & exec 3> $T/in 4< $T/out; "
                  "for i in 1 2 3; do echo \"{\\\"id\\\":$i,\\\"expr\\\":\\\"@daily\\\"}\" >&3; read -r answer <&4; echo \"$answer\"; done; exec 3>&-; wait");
  g_auto (GStrv) lines = g_strsplit (output, "\n", -1);

  g_assert_true (g_str_has_prefix (lines[0], "{\"id\":1,"));
  g_assert_true (g_str_has_prefix (lines[1], "{\"id\":2,"));
  g_assert_true (g_str_has_prefix (lines[2], "{\"id\":3,"));
}

/* execve(2) with no words at all, not even a name (CVE-2021-4034). */
static void
test_no_words (void)
{
  char *const none[] = { NULL };
  int status = 0;
  pid_t pid = fork ();

  if (pid == 0)
    {
      close (STDERR_FILENO);
      execve (jobctl_path, none, none);
      _exit (99);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 2);
}

/* --- somebody else owns the name --- */

static gboolean answers_unknown;

/* On the connection's own thread: nothing here turns the main loop. */
static GDBusMessage *
answer_badly (GDBusConnection *connection, GDBusMessage *message, gboolean is_incoming, gpointer user_data)
{
  g_autoptr (GDBusMessage) reply = NULL;

  if (!is_incoming || g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    return message;
  if (answers_unknown)
    {
      reply = g_dbus_message_new_method_error (message, "org.freedesktop.DBus.Error.UnknownMethod", "No such method");
      g_dbus_connection_send_message (connection, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
    }
  g_object_unref (message);
  return NULL;
}

static void
check_against_bad_service (const char *line, int status, const char *needle)
{
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GDBusConnection) connection = g_dbus_connection_new_for_address_sync (
    address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, NULL);
  guint filter = g_dbus_connection_add_filter (connection, answer_badly, NULL, NULL);
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
    connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
    g_variant_new ("(su)", JT_BUS_NAME, 4u), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_autoptr (CliResult) result = NULL;

  g_assert_nonnull (reply);
  result = cli_shell (line);
  g_assert_cmpint (result->status, ==, status);
  g_test_message ("%s", result->error);
  g_assert_nonnull (strstr (result->error, needle));
  g_dbus_connection_remove_filter (connection, filter);
  g_dbus_connection_close_sync (connection, NULL, NULL);
}

static void
test_no_answer (void)
{
  answers_unknown = FALSE;
  check_against_bad_service ("JOBTRACKER_TIMEOUT=1 jobctl add x --request-id R-1 -- true", 9, "outcome is unknown; repeat the command with --request-id R-1");
}

static void
test_other_version (void)
{
  answers_unknown = TRUE;
  check_against_bad_service ("jobctl list", 7, "does not know ListJobs");
}

int
main (int argc, char *argv[])
{
  cli_init (&argc, &argv, FALSE);
  jobctl_path = argv[1];
  cli_add_rows ("usage", usage_rows);
  cli_add_rows ("service", service_rows);
  cli_add_rows ("schedule", schedule_rows);
  g_test_add_func ("/cli/schedule/batch-answers-at-once", test_batch_answers_at_once);
  g_test_add_func ("/cli/usage/no-words", test_no_words);
  g_test_add_func ("/cli/service/no-answer", test_no_answer);
  g_test_add_func ("/cli/service/other-version", test_other_version);
  return cli_run ();
}
