/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "channel-fixture.h"
#include "jt-error.h"

/* Real programs, good and bad, and what the service makes of what they do. */

#define SHELL "#!/bin/sh\n"
#define PYTHON "#!/usr/bin/env python3\nimport json, os, sys, time\n"
/* Reads the first line, then answers each with "delivered". */
#define GOOD SHELL "read -r configure\n" \
  "while read -r line; do id=${line#*'\"id\":\"'}; echo \"{\\\"id\\\":\\\"${id%%\\\"*}\\\",\\\"outcome\\\":\\\"delivered\\\",\\\"detail\\\":\\\"by $$\\\"}\"; done\n"

/* --- those that do as they should --- */

static void
test_good (Channels *f, gconstpointer data)
{
  g_autofree char *first = NULL;
  const JtChannelVerdict *verdict;

  channels_use (f, GOOD, NULL);
  channels_deliver (f, 1, 50);
  g_assert_no_error (f->error);
  g_assert_cmpuint (f->verdicts->len, ==, 50);
  verdict = g_ptr_array_index (f->verdicts, 49);
  g_assert_cmpint (verdict->outcome, ==, JT_OUTCOME_DELIVERED);
  first = g_strconcat ("delivered: ", verdict->detail, NULL);
  /* The same process has the next, and another one after it was idle for too long. */
  channels_deliver (f, 51, 52);
  channels_expect (f, 1, first);
  jt_fake_clock_advance (JT_FAKE_CLOCK (f->clock), 9 * SECOND);
  channels_deliver (f, 53, 53);
  channels_expect (f, 0, first);
  jt_fake_clock_advance (JT_FAKE_CLOCK (f->clock), 11 * SECOND);
  channels_deliver (f, 54, 54);
  verdict = g_ptr_array_index (f->verdicts, 0);
  g_assert_cmpint (verdict->outcome, ==, JT_OUTCOME_DELIVERED);
  g_assert_null (strstr (first, verdict->detail));
}

static void
test_verdicts (Channels *f, gconstpointer data)
{
  channels_use (f, PYTHON "sys.stdin.readline()\n"
                          "for _ in range(4): sys.stdin.readline()\n"
                          "print('{\"id\":\"4\",\"outcome\":\"refused\",\"reason\":\"410\\\\r\\\\nGone\",\"pause\":true}')\n"
                          "print('{\"id\":3,\"outcome\":\"retry\",\"reason\":\"451\",\"after\":60}')\n"
                          "print('{\"id\":\"1\",\"outcome\":\"delivered\"}')\n"
                          "print('{\"id\":\"2\",\"outcome\":\"retry\",\"reason\":\"lost\",\"ambiguous\":true}', end='', flush=True)\n",
                NULL);
  channels_deliver (f, 1, 4);
  channels_expect (f, 0, "delivered: ");
  channels_expect (f, 1, "retry?: lost");
  channels_expect (f, 2, "retry after 60: 451");
  channels_expect (f, 3, "refused!: 410  Gone");
}

/* What it is told is what was given, whatever is in it. */
static void
test_input (Channels *f, gconstpointer data)
{
  channels_use (f, PYTHON "c = json.loads(sys.stdin.readline())\n"
                          "n = json.loads(sys.stdin.readline())\n"
                          "assert c['type'] == 'configure' and c['protocol'] == 1 and c['channel'] == 'test' and c['host'], c\n"
                          "assert c['settings']['colour'] == 'red = blue' and c['settings']['timeout'] == '5s', c\n"
                          "assert c['secrets'] == {'password': 'hunter22'} and 'password' not in c['settings'], c\n"
                          "assert n['type'] == 'notification' and n['id'] == '7' and n['message-id'] == '<7@test>', n\n"
                          "assert n['subject'] == 'backup \"7\" failed\\nwith exit code 3' and n['text'] == 'Übel', n\n"
                          "assert n['headers'] == [['Auto-Submitted', 'auto-generated']] and 'html' not in n, n\n"
                          "assert n['recipient'] == {'address': 'ops@example.com'} and n['is-repeat'] is False, n\n"
                          "assert n['created'].startswith('2027-01-15T'), n\n"
                          "print(json.dumps({'id': n['id'], 'outcome': 'delivered', 'detail': 'as hunter22'}), flush=True)\n",
                "timeout=5s\ncolour = red = blue\npassword=hunter22\n");
  channels_deliver (f, 7, 7);
  /* Secrets are told to nobody else. */
  channels_expect (f, 0, "delivered: as ***");
}

/* One that ends by itself while nobody needs it is started again. */
static void
test_ends_by_itself (Channels *f, gconstpointer data)
{
  channels_use (f, SHELL "read -r c; read -r n; echo '{\"id\":\"1\",\"outcome\":\"delivered\"}'\n", NULL);
  for (guint i = 0; i < 3; i++)
    {
      channels_deliver (f, 1, 1);
      channels_expect (f, 0, "delivered: ");
    }
}

static void
test_reload (Channels *f, gconstpointer data)
{
  channels_use (f, GOOD, NULL);
  channels_send (f, 1, 3, NULL);
  channels_use (f, SHELL "echo '{\"type\":\"problem\",\"reason\":\"another\"}'; cat >/dev/null\n", "idle-timeout=0\n");
  channels_wait (f);
  channels_deliver (f, 1, 1);
  g_assert_error (f->error, JT_ERROR, JT_ERROR_WRONG_STATE);
}

/* --- those that do not work --- */

static void
expect_error (Channels *f, int code, const char *words)
{
  g_autoptr (GPtrArray) infos = jt_channels_list (f->channels);
  const char *problem = NULL;

  g_assert_error (f->error, JT_ERROR, code);
  g_test_message ("%s", f->error->message);
  g_assert_nonnull (strstr (f->error->message, words));
  for (guint i = 0; i < infos->len; i++)
    {
      const JtChannelInfo *info = g_ptr_array_index (infos, i);

      if (g_str_equal (info->name, "test"))
        problem = info->problem;
    }
  g_assert_cmpstr (problem, ==, f->error->message);
}

static void
test_problem (Channels *f, gconstpointer data)
{
  channels_use (f, SHELL "read -r c; echo '{\"type\":\"problem\",\"reason\":\"no host\"}'; cat >/dev/null\n", NULL);
  channels_deliver (f, 1, 2);
  expect_error (f, JT_ERROR_WRONG_STATE, "no host");
  /* And works again as soon as it does. */
  channels_use (f, GOOD, NULL);
  channels_deliver (f, 1, 2);
  g_assert_no_error (f->error);
}

static void
test_late_problem (Channels *f, gconstpointer data)
{
  channels_use (f, SHELL "read -r c; read -r n; echo '{\"id\":\"1\",\"outcome\":\"delivered\"}'\n"
                         "echo '{\"type\":\"problem\",\"reason\":\"account closed\"}'; cat >/dev/null\n",
                NULL);
  channels_deliver (f, 1, 2);
  channels_expect (f, 0, "delivered: ");
  channels_expect (f, 1, "retry!: account closed");
}

static void
test_no_start (Channels *f, gconstpointer data)
{
  g_autofree char *secret = g_strdup_printf ("password-file=%s/nothing\n", f->folder);

  channels_use_path (f, "/nowhere/at/all", NULL);
  channels_deliver (f, 1, 1);
  expect_error (f, JT_ERROR_NOT_SUPPORTED, "no program at /nowhere/at/all");
  channels_use (f, "#!/nowhere/sh\n", NULL);
  channels_deliver (f, 1, 1);
  expect_error (f, JT_ERROR_WRONG_STATE, "cannot execute");
  channels_use (f, SHELL "echo 'bad luck' >&2; exit 3\n", NULL);
  channels_deliver (f, 1, 1);
  expect_error (f, JT_ERROR_NOT_SUPPORTED, "ended with exit status 3 before it answered: bad luck");
  channels_use (f, GOOD, "run-as=nobody-of-that-name\n");
  channels_deliver (f, 1, 1);
  expect_error (f, JT_ERROR_WRONG_STATE, "no such user");
  channels_use (f, GOOD, secret);
  channels_deliver (f, 1, 1);
  expect_error (f, JT_ERROR_WRONG_STATE, "password-file: ");
}

static void
test_secret_files (Channels *f, gconstpointer data)
{
  g_autofree char *path = channels_path (f, "secret");
  g_autofree char *keys = g_strdup_printf ("password-file=%s\n", path);

  g_assert_true (g_file_set_contents (path, "hunter22\n", -1, NULL));
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  channels_use (f, GOOD, keys);
  channels_deliver (f, 1, 1);
  expect_error (f, JT_ERROR_WRONG_STATE, "others can read it");
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  channels_use (f, PYTHON "c = json.loads(sys.stdin.readline())\nn = json.loads(sys.stdin.readline())\n"
                          "print(json.dumps({'id': n['id'], 'outcome': 'delivered', 'detail': str(len(c['secrets']['password']))}), flush=True)\n",
                keys);
  channels_deliver (f, 1, 1);
  channels_expect (f, 0, "delivered: 8");
  g_assert_cmpint (truncate (path, 0), ==, 0);
  jt_fake_clock_advance (JT_FAKE_CLOCK (f->clock), 11 * SECOND);
  channels_deliver (f, 1, 1);
  expect_error (f, JT_ERROR_WRONG_STATE, "it is empty");
  channels_use (f, GOOD, "password-credential=mail\n");
  channels_deliver (f, 1, 1);
  expect_error (f, JT_ERROR_WRONG_STATE, "LoadCredential=");
}

/* --- those that stop in the middle --- */

/* What it had read when it died is in doubt; what still lay in the pipe is not. */
static void
test_dies (Channels *f, gconstpointer data)
{
  channels_use (f, SHELL "read -r c; read -r n; echo '{\"id\":\"1\",\"outcome\":\"delivered\"}'; read -r n; echo oops >&2; kill -KILL $$\n",
                NULL);
  channels_deliver (f, 1, 4);
  channels_expect (f, 0, "delivered: ");
  channels_expect_words (f, 1, JT_OUTCOME_RETRY, TRUE, "was killed by signal 9 (Killed) before it answered: oops");
  channels_expect_words (f, 2, JT_OUTCOME_RETRY, FALSE, "was killed");
  channels_expect_words (f, 3, JT_OUTCOME_RETRY, FALSE, "was killed");
  g_assert_false (((JtChannelVerdict *) f->verdicts->pdata[3])->pauses);
}

static void
test_silent (Channels *f, gconstpointer data)
{
  channels_use (f, SHELL "read -r c; read -r n; echo here >&2; exec cat >/dev/null\n", "timeout=5s\n");
  channels_send (f, 1, 2, NULL);
  channels_wait_log (f, "here");
  jt_fake_clock_advance (JT_FAKE_CLOCK (f->clock), 4 * SECOND);
  /* A clock that is set is no time that has passed. */
  jt_fake_clock_step_to (JT_FAKE_CLOCK (f->clock), START_USEC + 3600 * SECOND);
  g_assert_cmpuint (f->n_done, ==, 0);
  jt_fake_clock_advance (JT_FAKE_CLOCK (f->clock), 4 * SECOND);
  g_assert_cmpuint (f->n_done, ==, 0);
  jt_fake_clock_advance (JT_FAKE_CLOCK (f->clock), 1 * SECOND);
  channels_wait (f);
  channels_expect_words (f, 0, JT_OUTCOME_RETRY, TRUE, "no answer for 5s");
  /* It has answered nothing at all. */
  g_assert_true (((JtChannelVerdict *) f->verdicts->pdata[0])->pauses);
}

/* Never read a line: nothing can have been delivered, and the channel is at fault. */
static void
test_deaf (Channels *f, gconstpointer data)
{
  channels_use (f, SHELL "echo here >&2; sleep 1000\n", "timeout=5s\n");
  channels_send (f, 1, 2, NULL);
  channels_wait_log (f, "here");
  jt_fake_clock_advance (JT_FAKE_CLOCK (f->clock), 5 * SECOND);
  channels_wait (f);
  expect_error (f, JT_ERROR_NOT_SUPPORTED, "no answer for 5s");
}

/* Each answer gives it as long again; what it says after SIGTERM still counts. */
static void
test_slow (Channels *f, gconstpointer data)
{
  channels_use (f, PYTHON "import signal\n"
                          "sys.stdin.readline()\nsys.stdin.readline()\n"
                          "def end(*_):\n  print('{\"id\":\"2\",\"outcome\":\"delivered\"}', flush=True)\n  os._exit(0)\n"
                          "signal.signal(signal.SIGTERM, end)\n"
                          "print('{\"id\":\"1\",\"outcome\":\"delivered\"}', flush=True)\n"
                          "print('one', file=sys.stderr, flush=True)\n"
                          "while True: signal.pause()\n",
                "timeout=5s\n");
  channels_send (f, 1, 3, NULL);
  channels_wait_log (f, "one");
  jt_fake_clock_advance (JT_FAKE_CLOCK (f->clock), 6 * SECOND);
  channels_wait (f);
  channels_expect (f, 0, "delivered: ");
  channels_expect (f, 1, "delivered: ");
  channels_expect_words (f, 2, JT_OUTCOME_RETRY, TRUE, "no answer for 5s");
}

static void
test_ignores_term (Channels *f, gconstpointer data)
{
  channels_use (f, SHELL "trap '' TERM; read -r c; read -r n; echo here >&2; while :; do sleep 1000; done\n", "timeout=5s\n");
  channels_send (f, 1, 1, NULL);
  channels_wait_log (f, "here");
  jt_fake_clock_advance (JT_FAKE_CLOCK (f->clock), 5 * SECOND);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (f->n_done, ==, 0);
  jt_fake_clock_advance (JT_FAKE_CLOCK (f->clock), 5 * SECOND);
  channels_wait (f);
  channels_expect_words (f, 0, JT_OUTCOME_RETRY, TRUE, "was killed by signal 9");
}

static void
test_cancel (Channels *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  channels_use (f, SHELL "read -r c; read -r n; echo '{\"id\":\"1\",\"outcome\":\"delivered\"}'; read -r n; echo here >&2; cat >/dev/null\n", NULL);
  channels_send (f, 1, 2, cancellable);
  channels_send (f, 3, 3, cancellable);
  channels_wait_log (f, "here");
  g_cancellable_cancel (cancellable);
  channels_wait (f);
  if (f->n_done == 1)
    {
      channels_expect (f, 0, "delivered: ");
      channels_expect_words (f, 1, JT_OUTCOME_RETRY, TRUE, "it was cancelled");
      channels_wait (f);
    }
  channels_expect (f, 0, "retry: it was cancelled");
}

/* --- those that say too much, or nonsense --- */

static void
test_nonsense (Channels *f, gconstpointer data)
{
  channels_use (f, PYTHON "sys.stdin.readline()\nsys.stdin.readline()\n"
                          "out = sys.stdout.buffer\n"
                          "out.write(b'hello\\n\\n[1]\\n{\"id\":\"1\"}\\n{\"id\":\"99\",\"outcome\":\"delivered\"}\\n\\xff\\xfe\\n\\0\\n')\n"
                          "out.write(b'[' * 5000 + b'\\n{\"id\":\"1\",\"outcome\":\"eaten\"}\\n{\"id\":\"-1\",\"outcome\":\"refused\"}\\n')\n"
                          "out.write(b'{\"id\":\"1\",\"outcome\":\"delivered\",\"detail\":7}\\n{\"id\":\"1\",\"outcome\":\"refused\"}\\n')\n"
                          "out.flush()\n"
                          "sys.stdin.readline()\n"
                          "out.write(b'{\"id\":\"2\",\"outcome\":\"retry\",\"after\":-5}\\n')\nout.flush()\nsys.stdin.readline()\n",
                NULL);
  channels_deliver (f, 1, 2);
  channels_expect (f, 0, "delivered: ");
  channels_expect (f, 1, "retry: ");
  g_assert_nonnull (strstr (f->log->str, "it was not asked about 99"));
  g_assert_nonnull (strstr (f->log->str, "it is not JSON"));
}

static void
test_long_line (Channels *f, gconstpointer data)
{
  channels_use (f, PYTHON "sys.stdin.readline()\nsys.stdin.readline()\nprint('x' * 70000, flush=True)\n"
                          "print('{\"id\":\"1\",\"outcome\":\"delivered\"}', flush=True)\ntime.sleep(1000)\n",
                NULL);
  channels_deliver (f, 1, 1);
  channels_expect_words (f, 0, JT_OUTCOME_RETRY, TRUE, "it wrote a line of more than 64 KiB");
}

static void
test_flood (Channels *f, gconstpointer data)
{
  channels_use (f, PYTHON "sys.stdin.readline()\nsys.stdin.readline()\nprint('{\"id\":\"1\",\"outcome\":\"delivered\"}', flush=True)\n"
                          "while True: print('{}')\n",
                NULL);
  channels_deliver (f, 1, 2);
  channels_expect (f, 0, "delivered: ");
  channels_expect_words (f, 1, JT_OUTCOME_RETRY, TRUE, "it wrote more than 1 MiB");
}

static void
test_stderr_flood (Channels *f, gconstpointer data)
{
  channels_use (f, PYTHON "for i in range(20000): print('line', i, file=sys.stderr)\n"
                          "sys.stderr.write('y' * 3000000 + '\\n')\n"
                          "sys.stdin.readline()\nsys.stdin.readline()\nprint('{\"id\":\"1\",\"outcome\":\"delivered\"}', flush=True)\n",
                NULL);
  channels_deliver (f, 1, 1);
  channels_expect (f, 0, "delivered: ");
  g_assert_nonnull (strstr (f->log->str, "what else it writes on stderr is left out"));
  g_assert_cmpuint (f->log->len, <, 512 * 1024);
}

/* --- what they may --- */

/* Looks at itself: no secret where others can see it, nothing that the service has, and no more rights than it needs. */
static void
test_confined (Channels *f, gconstpointer data)
{
  static const char script[] = PYTHON
    "import resource\n"
    "c = json.loads(sys.stdin.readline())\nn = json.loads(sys.stdin.readline())\n"
    "assert c['secrets']['password'] == 'canary-4711'\n"
    "for name in ('cmdline', 'environ'):\n"
    "  for process in ('self', str(os.getppid())):\n"
    "    try: text = open(f'/proc/{process}/{name}', 'rb').read()\n"
    "    except PermissionError: continue\n"
    "    assert b'canary' not in text, (process, name)\n"
    "assert set(os.environ) <= {'PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_CTYPE', 'PWD', '_', 'SHLVL', 'OLDPWD'}, os.environ\n"
    "status = dict(line.split(':', 1) for line in open('/proc/self/status'))\n"
    "assert status['NoNewPrivs'].strip() == '1', status\n"
    "if len(sys.argv) > 1: raise SystemExit('arguments')\n"
    "assert status['Groups'].split() in ([], [str(g) for g in os.getgroups()]), status\n"
    "assert os.getcwd() == '/' and os.umask(0) == 0o077\n"
    "assert sorted(int(d) for d in os.listdir('/proc/self/fd'))[:3] == [0, 1, 2] and len(os.listdir('/proc/self/fd')) <= 4\n"
    "assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)\n"
    "assert resource.getrlimit(resource.RLIMIT_NOFILE)[1] <= 256\n"
    "assert resource.getrlimit(resource.RLIMIT_DATA) == (64 << 20, 64 << 20)\n"
    "assert os.getsid(0) == os.getpid()\n"
    "print(json.dumps({'id': n['id'], 'outcome': 'delivered', 'detail': f'{os.getuid()} {os.geteuid()} {os.getgroups() if os.getuid() == 65534 else 0}'}), flush=True)\n";
  g_autofree char *own = g_strdup_printf ("delivered: %u %u 0", getuid (), getuid ());

  channels_use (f, script, "memory-max=64M\npassword=canary-4711\n");
  channels_deliver (f, 1, 1);
  channels_expect (f, 0, getuid () == 0 ? "delivered: 65534 65534 []" : own);
  g_assert_null (strstr (f->log->str, "canary"));
}

static void
test_new_privileges (Channels *f, gconstpointer data)
{
  channels_use (f, SHELL "read -r c; read -r n; echo \"{\\\"id\\\":\\\"1\\\",\\\"outcome\\\":\\\"delivered\\\",\\\"detail\\\":\\\"$(grep NoNewPrivs /proc/self/status)\\\"}\"; read -r n\n",
                "new-privileges=yes\n");
  channels_deliver (f, 1, 1);
  channels_expect (f, 0, "delivered: NoNewPrivs: 0");
}

static void
test_memory (Channels *f, gconstpointer data)
{
  channels_use (f, PYTHON "sys.stdin.readline()\nsys.stdin.readline()\n"
                          "try: bytearray(200 << 20)\nexcept MemoryError: print('{\"id\":\"1\",\"outcome\":\"delivered\"}', flush=True)\n",
                "memory-max=64M\n");
  channels_deliver (f, 1, 1);
  channels_expect (f, 0, "delivered: ");
}

/* It cannot take the machine with it, and nothing is left of it. Only of another account's: root may do as it likes. */
static void
test_fork_bomb (Channels *f, gconstpointer data)
{
  if (getuid () != 0)
    {
      g_test_skip ("only root can give the bomb an account of its own");
      return;
    }
  channels_use (f, PYTHON "sys.stdin.readline()\nsys.stdin.readline()\nn = 0\n"
                          "while n < 5000:\n"
                          "  try: pid = os.fork()\n"
                          "  except BlockingIOError: break\n"
                          "  if pid == 0:\n"
                          "    time.sleep(1000)\n"
                          "  n += 1\n"
                          "print(json.dumps({'id': '1', 'outcome': 'delivered', 'detail': 'held' if n < 200 else str(n)}), flush=True)\n"
                          "os._exit(0)\n",
                "run-as=games\n");
  channels_deliver (f, 1, 1);
  channels_expect (f, 0, "delivered: held");
  channels_wait_log (f, "the program ended with exit status 0");
}

/* The end of what a program writes comes when it has gone, and it does not go by itself. */
static void
test_dies_with_service (Channels *f, gconstpointer data)
{
  static const char line[] = "\"$0\" --channel test - 0 none $$ \"$1\" </dev/null & wait";
  g_autofree char *program = channels_path (f, "program");
  g_autoptr (GSubprocess) service = NULL;
  g_autoptr (GError) error = NULL;
  GInputStream *output;
  char text[8] = "";

  channels_use (f, SHELL "echo here; exec sleep 1000\n", NULL);
  service = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "sh", "-c", line, channels_supervisor, program, NULL);
  g_assert_no_error (error);
  output = g_subprocess_get_stdout_pipe (service);
  g_assert_cmpint (g_input_stream_read (output, text, 5, NULL, NULL), ==, 5);
  g_assert_cmpstr (text, ==, "here\n");
  g_subprocess_force_exit (service);
  g_assert_cmpint (g_input_stream_read (output, text, 5, NULL, NULL), ==, 0);
  g_subprocess_wait (service, NULL, NULL);
}

/* --- the examples --- */

static char *
example (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "data", "examples", "channels", name, NULL);
}

/* Where it lies, the account that runs it may not look. */
static void
use_example (Channels *f, const char *name, const char *keys)
{
  g_autofree char *path = example (name);
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  channels_use (f, text, keys);
}

static void
test_example_shell (Channels *f, gconstpointer data)
{
  g_autofree char *path = channels_path (f, "notes");
  g_autofree char *keys = g_strdup_printf ("path=%s\n", path);
  g_autofree char *want = g_strdup_printf ("delivered: in %s", path);
  g_autofree char *text = NULL;

  use_example (f, "append-to-file", keys);
  channels_deliver (f, 1, 3);
  channels_expect (f, 2, want);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, " backup \\\"3\\\" failed\\nwith exit code 3\n"));
  use_example (f, "append-to-file", "path=/proc/nowhere/notes\n");
  channels_deliver (f, 1, 1);
  channels_expect (f, 0, "retry: cannot write /proc/nowhere/notes");
  use_example (f, "append-to-file", NULL);
  channels_deliver (f, 1, 1);
  g_assert_error (f->error, JT_ERROR, JT_ERROR_WRONG_STATE);
}

static void
test_example_python (Channels *f, gconstpointer data)
{
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autofree char *keys = NULL;
  char text[200] = "";

  g_assert_true (g_socket_bind (socket, any, TRUE, NULL));
  bound = g_socket_get_local_address (socket, NULL);
  keys = g_strdup_printf ("host=127.0.0.1\nport=%u\n", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  use_example (f, "send-datagram", keys);
  channels_deliver (f, 1, 1);
  channels_expect (f, 0, "delivered: sent to 127.0.0.1");
  g_assert_cmpint (g_socket_receive (socket, text, sizeof text - 1, NULL, NULL), >, 0);
  g_assert_cmpstr (text, ==, "failed: backup \"1\" failed\nwith exit code 3");
  use_example (f, "send-datagram", "host=localhost\n");
  channels_deliver (f, 1, 1);
  g_assert_error (f->error, JT_ERROR, JT_ERROR_WRONG_STATE);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*test) (Channels *f, gconstpointer data);
  } tests[] = {
    { "good", test_good }, { "verdicts", test_verdicts }, { "input", test_input }, { "ends-by-itself", test_ends_by_itself },
    { "reload", test_reload }, { "problem", test_problem }, { "late-problem", test_late_problem }, { "no-start", test_no_start },
    { "secret-files", test_secret_files }, { "dies", test_dies }, { "silent", test_silent }, { "deaf", test_deaf }, { "slow", test_slow },
    { "ignores-term", test_ignores_term }, { "cancel", test_cancel }, { "nonsense", test_nonsense }, { "long-line", test_long_line },
    { "flood", test_flood }, { "stderr-flood", test_stderr_flood }, { "confined", test_confined },
    { "new-privileges", test_new_privileges }, { "memory", test_memory }, { "fork-bomb", test_fork_bomb },
    { "dies-with-service", test_dies_with_service },
    { "example/shell", test_example_shell }, { "example/python", test_example_python },
  };

  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("CREDENTIALS_DIRECTORY");
  channels_supervisor = argv[1];
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/channel-programs/", tests[i].name, NULL);

      g_test_add (path, Channels, NULL, channels_setup, tests[i].test, channels_teardown);
    }
  return g_test_run ();
}
