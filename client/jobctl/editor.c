/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "editor.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "jt-error.h"
#include "text-file.h"
#include "text.h"

#define MAX_BYTES (1024 * 1024)

struct _Editor
{
  char    *path; /* (owned) */
  gboolean is_kept;
};

/* @ending: of the file's name, ".html", by which editors know what is in it */
Editor *
editor_new (const char *ending, const char *text, GError **error)
{
  g_autoptr (Editor) editor = g_new0 (Editor, 1);
  g_autofree char *form = g_strconcat ("jobctl-XXXXXX", ending, NULL);
  int fd = g_file_open_tmp (form, &editor->path, error);

  if (fd < 0)
    return NULL;
  close (fd);
  return g_file_set_contents (editor->path, text, -1, error) ? g_steal_pointer (&editor) : NULL;
}

void
editor_free (Editor *editor)
{
  if (editor == NULL)
    return;
  if (editor->path != NULL && !editor->is_kept)
    g_unlink (editor->path);
  g_free (editor->path);
  g_free (editor);
}

const char *
editor_get_path (Editor *editor)
{
  return editor->path;
}

void
editor_keep (Editor *editor)
{
  editor->is_kept = TRUE;
}

/* May have arguments, so it is a line for the shell. (transfer full) */
static char *
find_program (void)
{
  const char *program = g_getenv ("VISUAL");
  g_autofree char *found = NULL;

  if (program == NULL || *program == '\0')
    program = g_getenv ("EDITOR");
  if (program != NULL && *program != '\0')
    return g_strdup (program);
  found = g_find_program_in_path ("editor");
  return g_strdup (found != NULL ? "editor" : "vi");
}

/* In the child: keys are the editor's own again. */
static void
listen_to_keys (gpointer user_data)
{
  signal (SIGINT, SIG_DFL);
  signal (SIGQUIT, SIG_DFL);
}

/* Waits as system(3) does: a Ctrl-C goes to the editor, which may mean something else by it, and must not end us and leave it behind. */
static gboolean
spawn_and_wait (const char *const *arguments, int *status, GError **error)
{
  struct sigaction ignore = { .sa_handler = SIG_IGN };
  struct sigaction interrupt, quit;
  gboolean is_done;

  sigaction (SIGINT, &ignore, &interrupt);
  sigaction (SIGQUIT, &ignore, &quit);
  is_done = g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_CHILD_INHERITS_STDIN, listen_to_keys, NULL, NULL, NULL, status, error);
  sigaction (SIGINT, &interrupt, NULL);
  sigaction (SIGQUIT, &quit, NULL);
  return is_done;
}

/**
 * editor_run:
 *
 * Waits until the person is done.
 *
 * Returns: (transfer full) (nullable): the text as it is then
 */
char *
editor_run (Editor *editor, GError **error)
{
  g_autofree char *program = find_program ();
  g_autofree char *line = g_strconcat (program, " \"$@\"", NULL);
  const char *arguments[] = { "/bin/sh", "-c", line, "editor", editor->path, NULL };
  g_autoptr (GError) reason = NULL;
  gsize length;
  int status;

  fflush (stdout);
  if (!spawn_and_wait (arguments, &status, error))
    return NULL;
  if (g_spawn_check_wait_status (status, &reason))
    return text_file_read (editor->path, MAX_BYTES, &length, error);
  /* Translators: the editor, before how it ended */
  g_propagate_prefixed_error (error, g_steal_pointer (&reason), _("nothing is changed, for %s did not end well: "), program);
  return NULL;
}

/* Whether the person wants to go on with what was refused, told why; nobody there is no. */
gboolean
editor_ask_again (const char *complaint)
{
  g_autofree char *shown = text_escape_log (complaint, strlen (complaint));
  char answer[16];

  if (!isatty (STDIN_FILENO) || !isatty (STDERR_FILENO))
    return FALSE;
  fprintf (stderr, "jobctl: %s\n", shown);
  /* Translators: the first letter of the answer; an empty one is yes */
  fputs (_("Edit it again? [Y/n] "), stderr);
  fflush (stderr);
  if (fgets (answer, sizeof answer, stdin) == NULL)
    return FALSE;
  /* Translators: the letter for no, in lower case */
  return g_ascii_tolower (*answer) != 'n' && g_ascii_tolower (*answer) != *C_("letter", "n");
}
