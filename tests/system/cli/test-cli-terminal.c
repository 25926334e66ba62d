/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* exec in a terminal, as somebody sits at it: keys, modes, job control and the screen are as without it. */

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli-fixture.h"

#define PATIENCE_MSEC 60000
#define PROMPT "<ready>"
#define MODES "stty -a | tr ' ;' '\\n\\n' | grep -x -e icanon -e echo -e -icanon -e -echo | tr '\\n' ' '\n"

typedef struct
{
  int      fd;
  pid_t    pid;
  GString *screen; /* what has been printed since it was last looked at */
} Terminal;

static void
become_shell (void)
{
  g_autofree char *path = g_strdup_printf ("%s:%s", cli_get_jobctl_folder (), g_getenv ("PATH"));

  g_setenv ("PATH", path, TRUE);
  g_setenv ("T", cli_get_folder (), TRUE);
  g_setenv ("JOBTRACKER_BUS", "session", TRUE);
  g_setenv ("TERM", "xterm", TRUE);
  g_unsetenv ("G_DEBUG");
  /* (The prompt is not in what is typed to set it.) */
  execlp ("bash", "bash", "--norc", "--noediting", "-i", NULL);
  _exit (127);
}

/* What came up to the end of @text is taken. (transfer full) */
static char *
expect (Terminal *terminal, const char *text)
{
  char *at;

  while ((at = strstr (terminal->screen->str, text)) == NULL)
    {
      struct pollfd ready = { .fd = terminal->fd, .events = POLLIN };
      char bytes[4096];
      gssize n;

      if (poll (&ready, 1, PATIENCE_MSEC) <= 0 || (n = read (terminal->fd, bytes, sizeof bytes)) <= 0)
        g_error ("'%s' did not come, but: %s", text, terminal->screen->str);
      g_string_append_len (terminal->screen, bytes, n);
    }
  at += strlen (text);
  {
    char *seen = g_strndup (terminal->screen->str, (gsize) (at - terminal->screen->str));

    g_string_erase (terminal->screen, 0, at - terminal->screen->str);
    return seen;
  }
}

static void
await (Terminal *terminal, const char *text)
{
  g_free (expect (terminal, text));
}

static void
type (Terminal *terminal, const char *keys)
{
  g_assert_cmpint (write (terminal->fd, keys, strlen (keys)), ==, (gssize) strlen (keys));
}

static void
set_size (Terminal *terminal, unsigned short rows, unsigned short columns)
{
  struct winsize size = { .ws_row = rows, .ws_col = columns };

  g_assert_no_errno (ioctl (terminal->fd, TIOCSWINSZ, &size));
}

static void
set_up (Terminal *terminal, gconstpointer data)
{
  terminal->screen = g_string_new (NULL);
  terminal->pid = forkpty (&terminal->fd, NULL, NULL, NULL);
  g_assert_cmpint (terminal->pid, >=, 0);
  if (terminal->pid == 0)
    become_shell ();
  set_size (terminal, 24, 80);
  type (terminal, "PS1='<rea''dy>'\n");
  await (terminal, PROMPT);
}

static void
tear_down (Terminal *terminal, gconstpointer data)
{
  kill (-terminal->pid, SIGHUP);
  close (terminal->fd);
  waitpid (terminal->pid, NULL, 0);
  g_string_free (terminal->screen, TRUE);
}

/* One that reads its keys from stdin, and sets the modes of the terminal that it writes to, as curses does. */
static void
test_modes (Terminal *terminal, gconstpointer data)
{
  g_autofree char *seen = NULL;

  type (terminal, "jobctl exec --name modes -- sh -c 'stty -icanon -echo <&1; echo u\"\"p; key=$(dd bs=1 count=1 2> /dev/null); echo \"key <$key>\"; stty icanon echo <&1'\n");
  await (terminal, "up\r\n");
  type (terminal, "x");
  seen = expect (terminal, PROMPT);
  g_assert_cmpstr (seen, ==, "key <x>\r\n" PROMPT);
  type (terminal, MODES);
  await (terminal, "icanon echo ");
}

/* One that opens the terminal that it writes to by its name, as pagers do. */
static void
test_keys_by_name (Terminal *terminal, gconstpointer data)
{
  g_autofree char *seen = NULL;

  type (terminal, "jobctl exec --name pager -- sh -c 'exec 3< $(readlink /proc/$$/fd/2); stty -icanon -echo <&3; echo u\"\"p; "
                  "key=$(dd bs=1 count=1 <&3 2> /dev/null); stty icanon echo <&3; echo \"key <$key>\"'\n");
  await (terminal, "up\r\n");
  type (terminal, "x");
  seen = expect (terminal, PROMPT);
  g_assert_cmpstr (seen, ==, "key <x>\r\n" PROMPT);
}

static void
test_password (Terminal *terminal, gconstpointer data)
{
  g_autofree char *seen = NULL;

  type (terminal, "jobctl exec --name password -- bash -c 'read -s -p \"Pass\"\"word: \" word < /dev/tty; echo; echo \"got <$word>\"'\n");
  await (terminal, "Password: ");
  type (terminal, "secret\n");
  seen = expect (terminal, PROMPT);
  g_assert_cmpstr (seen, ==, "\r\ngot <secret>\r\n" PROMPT);
}

/* What the command does not read is there for the shell. */
static void
test_typed_ahead (Terminal *terminal, gconstpointer data)
{
  type (terminal, "jobctl exec --name ahead -- sh -c 'echo u\"\"p; until [ -e $T/ahead ]; do sleep 0.02; done'\n");
  await (terminal, "up\r\n");
  type (terminal, "echo typed 'a'head\n");
  cli_write ("ahead", "");
  await (terminal, "typed ahead\r\n");
}

static void
test_stop (Terminal *terminal, gconstpointer data)
{
  /* (not with wait: a signal between bash's look for pending ones and its waiting would be noticed by the next one only) */
  cli_write ("stopped", "trap 'echo back' CONT\n"
                        "trap 'exit 5' INT\n"
                        "echo up\n"
                        "while :; do sleep 0.02; done\n");
  type (terminal, "jobctl exec --name stopped -- bash $T/stopped\n");
  await (terminal, "up\r\n");
  type (terminal, "\032");
  await (terminal, "Stopped");
  await (terminal, PROMPT);
  type (terminal, "fg\n");
  await (terminal, "back\r\n");
  type (terminal, "\003");
  await (terminal, PROMPT);
  type (terminal, "echo status $?\n");
  await (terminal, "status 5\r\n");
}

/* One that cleans up before it stops is waited for: its screen and its modes go with it. */
static void
test_stop_cleans_up (Terminal *terminal, gconstpointer data)
{
  g_autofree char *seen = NULL;

  cli_write ("tidy", "stty -icanon -echo <&1\n"
                     "leave() { stty icanon echo <&1; echo leaving; trap - TSTP; kill -TSTP $$; echo back; kill -9 $!; exit 3; }\n"
                     "trap leave TSTP\n"
                     "sleep 600 &\n"
                     "echo up\n"
                     "wait\n");
  type (terminal, "jobctl exec --name tidy -- bash $T/tidy\n");
  await (terminal, "up\r\n");
  type (terminal, "\032");
  seen = expect (terminal, PROMPT);
  g_assert_true (g_str_has_prefix (seen, "leaving\r\n"));
  g_assert_nonnull (strstr (seen, "Stopped"));
  type (terminal, MODES);
  await (terminal, "icanon echo ");
  type (terminal, "fg\n");
  await (terminal, "back\r\n");
}

static void
test_size (Terminal *terminal, gconstpointer data)
{
  /* The signal of our terminal may come before the size is known where the command looks; then it comes once more. */
  type (terminal, "jobctl exec --name size -- bash -c 'exec 3>&1; tell() { stty size <&3; [ \"$(stty size <&3)\" != \"33 99\" ] || exit; }; "
                  "trap tell WINCH; echo u\"\"p; while :; do sleep 0.02; done'\n");
  await (terminal, "up\r\n");
  set_size (terminal, 33, 99);
  await (terminal, "33 99\r\n");
}

static void
test_bytes (Terminal *terminal, gconstpointer data)
{
  g_autofree char *seen = NULL;
  g_autofree char *log = NULL;

  type (terminal, "jobctl exec --name bytes -- printf 'a\\nb\\r\\nc\\td\\n'\n");
  await (terminal, "d\\n'\r\n");
  seen = expect (terminal, PROMPT);
  g_assert_cmpstr (seen, ==, "a\r\nb\r\r\nc\td\r\n" PROMPT);
  log = cli_output ("jobctl log bytes");
  g_assert_cmpstr (log, ==, "a\nb\r\nc\td\n");
}

/* What the command leaves running writes where it did. */
static void
test_left_behind (Terminal *terminal, gconstpointer data)
{
  type (terminal, "jobctl exec --name left -- sh -c '(until [ -e $T/left ]; do sleep 0.02; done; echo la\"\"ter) & echo no\"\"w'\n");
  await (terminal, "now\r\n");
  await (terminal, PROMPT);
  cli_write ("left", "");
  await (terminal, "later\r\n");
}

#define TEST(path, function) g_test_add ("/cli/terminal/" path, Terminal, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  cli_init (&argc, &argv, TRUE);
  TEST ("modes", test_modes);
  TEST ("keys-by-name", test_keys_by_name);
  TEST ("password", test_password);
  TEST ("typed-ahead", test_typed_ahead);
  TEST ("stop", test_stop);
  TEST ("stop-cleans-up", test_stop_cleans_up);
  TEST ("size", test_size);
  TEST ("bytes", test_bytes);
  TEST ("left-behind", test_left_behind);
  return cli_run ();
}
