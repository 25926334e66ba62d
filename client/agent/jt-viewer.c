/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-viewer.h"

#include <string.h>

#include <glib/gi18n-lib.h>

/* Terminals, and what each wants before the command. Those that stand for the person's choice come first. */
static const struct
{
  const char *program;
  const char *option; /* (nullable) */
} terminals[] = {
  { "xdg-terminal-exec", NULL },
  { "x-terminal-emulator", "-e" },
  { "gnome-terminal", "--" },
  { "kgx", "--" },
  { "konsole", "-e" },
  { "xfce4-terminal", "-x" },
  { "mate-terminal", "-x" },
  { "foot", NULL },
  { "kitty", NULL },
  { "alacritty", "-e" },
  { "xterm", "-e" },
};

/* $1 is jobctl. The pager is ours to choose: one that ends by itself when the text is short would take the window with it, and
 * so would a complaint that does not go through it. Without less a key is waited for. */
#define SCRIPT \
  "program=$1; shift; if command -v less >/dev/null; then \"$program\" --color always \"$@\" 2>&1 | less -R -+F -+X; " \
  "else \"$program\" \"$@\"; printf '\\n%s' \"$JOBTRACKER_PROMPT\"; read -r answer; fi"

static void
add_terminal (GPtrArray *command)
{
  const char *own = g_getenv ("TERMINAL");
  g_autofree char *found = own == NULL || *own == '\0' ? NULL : g_find_program_in_path (own);

  if (found != NULL)
    {
      g_ptr_array_add (command, g_steal_pointer (&found));
      g_ptr_array_add (command, g_strdup ("-e"));
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (terminals); i++)
    {
      char *program = g_find_program_in_path (terminals[i].program);

      if (program == NULL)
        continue;
      g_ptr_array_add (command, program);
      if (terminals[i].option != NULL)
        g_ptr_array_add (command, g_strdup (terminals[i].option));
      return;
    }
}

/**
 * jt_viewer_make_command:
 * @words: a call of jobctl
 *
 * Returns: (transfer full) (nullable): the command that opens a terminal with it; %NULL when there is no terminal
 */
char **
jt_viewer_make_command (const char *const *words)
{
  g_autoptr (GPtrArray) command = g_ptr_array_new_with_free_func (g_free);

  add_terminal (command);
  if (command->len == 0)
    return NULL;
  g_ptr_array_add (command, g_strdup ("/bin/sh"));
  g_ptr_array_add (command, g_strdup ("-c"));
  g_ptr_array_add (command, g_strdup (SCRIPT));
  g_ptr_array_add (command, g_strdup ("sh"));
  for (; *words != NULL; words++)
    g_ptr_array_add (command, g_strdup (*words));
  g_ptr_array_add (command, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&command), FALSE);
}

/**
 * jt_viewer_open:
 * @words: a call of jobctl
 * @token: (nullable): what lets the window come to the front
 *
 * Opens a terminal with it, and does not wait for its end.
 *
 * Returns: %FALSE with an error when there is no terminal, or it did not start
 */
gboolean
jt_viewer_open (const char *const *words, const char *token, GError **error)
{
  g_auto (GStrv) command = jt_viewer_make_command (words);
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GSubprocess) process = NULL;

  if (command == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("no terminal is installed"));
      return FALSE;
    }
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_subprocess_launcher_setenv (launcher, "JOBTRACKER_PROMPT", _("Enter closes this window."), TRUE);
  if (token != NULL)
    {
      g_subprocess_launcher_setenv (launcher, "XDG_ACTIVATION_TOKEN", token, TRUE);
      g_subprocess_launcher_setenv (launcher, "DESKTOP_STARTUP_ID", token, TRUE);
    }
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) command, error);
  return process != NULL;
}
