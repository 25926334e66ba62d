/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "jt-client.h"

#define DEFAULT_COLUMNS 80
#define MAX_COLUMNS 10000
#define EXIT_PIPE 141 /* what a shell shows for SIGPIPE */

static GPid pager_pid;

/* COLUMNS as the shell sets it; 80 for what cannot be a width. */
int
terminal_columns_from_text (const char *text)
{
  guint64 columns;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 1, MAX_COLUMNS, &columns, NULL))
    return DEFAULT_COLUMNS;
  return (int) columns;
}

/* What goes into a file or another program is not cut, unless COLUMNS says how wide it may be. */
static int
find_columns (gboolean is_terminal)
{
  struct winsize size = { 0 };

  if (g_getenv ("COLUMNS") != NULL)
    return terminal_columns_from_text (g_getenv ("COLUMNS"));
  if (!is_terminal)
    return MAX_COLUMNS;
  return ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : DEFAULT_COLUMNS;
}

/* NO_COLOR (no-color.org): present and not empty means none, unless it is asked for. */
void
terminal_init (Terminal *terminal, ColorWhen when)
{
  const char *no_color = g_getenv ("NO_COLOR");
  gboolean is_unwanted = no_color != NULL && *no_color != '\0';

  terminal->is_terminal = isatty (STDOUT_FILENO);
  terminal->columns = find_columns (terminal->is_terminal);
  terminal->has_color = when == COLOR_ALWAYS
                        || (when == COLOR_AUTO && terminal->is_terminal && !is_unwanted
                            && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0);
}

/* (transfer full) */
char *
terminal_paint (const Terminal *terminal, Color color, const char *text)
{
  static const char *const codes[] = { "", "32", "31", "33", "2", "1" };

  if (!terminal->has_color || color == COLOR_PLAIN || *text == '\0')
    return g_strdup (text);
  return g_strdup_printf ("\033[%sm%s\033[0m", codes[color], text);
}

/* Of the words for states and health. */
Color
terminal_color_of_word (const char *word)
{
  static const char *const good[] = { "succeeded", "ok", "delivered", "told", NULL };
  static const char *const bad[] = { "failed", "timed-out", "lost", "failing", "expired", "unconfigured", NULL };
  static const char *const doubtful[] = { "warning", "retry-wait", "late", "missed", "skipped", "cancelled", "held", NULL };
  static const char *const faint[] = { "paused", "new", "merged", "suppressed", "silent", "no-agent", NULL };

  if (g_strv_contains (good, word))
    return COLOR_GOOD;
  if (g_strv_contains (bad, word))
    return COLOR_BAD;
  if (g_strv_contains (doubtful, word))
    return COLOR_DOUBTFUL;
  return g_strv_contains (faint, word) ? COLOR_FAINT : COLOR_PLAIN;
}

static const char *
find_pager (void)
{
  const char *pager = g_getenv ("JOBTRACKER_PAGER");

  if (pager == NULL)
    pager = g_getenv ("PAGER");
  return pager != NULL ? pager : "less";
}

/**
 * terminal_open_pager:
 *
 * From here on what goes to stdout goes through JOBTRACKER_PAGER, PAGER or less(1), when stdout is a terminal. A pager
 * that is not there, or "" or "cat", is none. terminal_close() waits for it.
 */
void
terminal_open_pager (const Terminal *terminal)
{
  const char *pager = find_pager ();
  const char *arguments[] = { "/bin/sh", "-c", pager, NULL };
  g_auto (GStrv) environment = g_get_environ ();
  g_auto (GStrv) words = NULL;
  g_autofree char *program = NULL;
  int input = -1;

  if (!terminal->is_terminal || !isatty (STDIN_FILENO) || g_str_equal (pager, "cat")
      || !g_shell_parse_argv (pager, NULL, &words, NULL))
    return;
  program = g_find_program_in_path (words[0]);
  if (program == NULL)
    return;
  /* Quit when it fits one screen, pass colours, leave the text on the screen. */
  environment = g_environ_setenv (environment, "LESS", "FRSXMK", FALSE);
  if (!g_spawn_async_with_pipes (NULL, (char **) arguments, environment, G_SPAWN_DO_NOT_REAP_CHILD, NULL,
                                 NULL, &pager_pid, &input, NULL, NULL, NULL))
    return;
  dup2 (input, STDOUT_FILENO);
  close (input);
}

static int
complain_of_write (int code)
{
  if (code == EPIPE)
    return EXIT_PIPE;
  fprintf (stderr, _("jobctl: write error: %s\n"), g_strerror (code));
  return JT_EXIT_WRITE_FAILED;
}

/**
 * terminal_close:
 * @status: what the program wants to end with
 *
 * Writes what is left, ends the pager in an orderly way.
 *
 * Returns: @status, or 74 when something could not be written, or 141, quietly, when the reader went away
 */
int
terminal_close (int status)
{
  gboolean was_bad = ferror (stdout);
  int code = errno;

  if (fflush (stdout) != 0)
    {
      was_bad = TRUE;
      code = errno;
    }
  if (pager_pid != 0)
    {
      fclose (stdout);
      waitpid (pager_pid, NULL, 0);
      pager_pid = 0;
      return status;
    }
  if (was_bad)
    return complain_of_write (code);
  /* A full disk under NFS says so only now. */
  if (fclose (stdout) != 0 && errno != EBADF)
    return complain_of_write (errno);
  return status;
}

/* A descriptor 0 to 2 that is closed would be given to the next file opened, and messages would be written into it. */
void
terminal_open_standard_descriptors (void)
{
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl (fd, F_GETFD) == -1 && errno == EBADF)
      (void) !open ("/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_WRONLY);
}
