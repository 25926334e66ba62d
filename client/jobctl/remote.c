/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "remote.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "jt-client.h"
#include "jt-error.h"

/**
 * remote_build_command:
 * @argv: the words after the program's name
 *
 * The shell at the other end splits what ssh gives it, so each word is quoted for it.
 *
 * Returns: (transfer full) (nullable): what to execute: ssh, and jobctl with the same words but --host
 */
char **
remote_build_command (const char *host, char **argv, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gboolean is_before_command = TRUE;

  if (*host == '\0' || *host == '-' || strpbrk (host, " \t\n") != NULL)
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, _("--host needs [USER@]HOST, e.g. admin@backup.example.com"));
      return NULL;
    }
  g_strv_builder_add_many (builder, "ssh", "--", host, "jobctl", NULL);
  for (; *argv != NULL; argv++)
    {
      g_autofree char *quoted = g_shell_quote (*argv);

      if (g_str_equal (*argv, "--"))
        is_before_command = FALSE;
      if (is_before_command && (g_str_has_prefix (*argv, "--host=") || (g_str_has_prefix (*argv, "-H") && (*argv)[2] != '\0')))
        continue;
      if (is_before_command && argv[1] != NULL && (g_str_equal (*argv, "--host") || g_str_equal (*argv, "-H")))
        argv++;
      else
        g_strv_builder_add (builder, quoted);
    }
  return g_strv_builder_end (builder);
}

/* Becomes ssh; comes back only when that fails. */
int
remote_run (const char *host, char **argv, GError **error)
{
  g_auto (GStrv) command = remote_build_command (host, argv, error);

  if (command == NULL)
    return JT_EXIT_USAGE;
  execvp (command[0], command);
  g_set_error (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED, _("could not start ssh: %s"), g_strerror (errno));
  return JT_EXIT_USAGE;
}
