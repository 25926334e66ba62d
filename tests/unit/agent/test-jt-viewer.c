/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-viewer.h"

#include <glib/gstdio.h>

static char *folder;

static void
add_program (const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_cmpint (g_chmod (path, 0755), ==, 0);
}

static void
remove_program (const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (g_remove (path), ==, 0);
}

static char *
make_line (void)
{
  const char *words[] = { "jobctl", "log", "4 2", NULL };
  g_auto (GStrv) command = jt_viewer_make_command (words);

  if (command == NULL)
    return NULL;
  /* The script is long. */
  for (guint i = 0; command[i] != NULL; i++)
    if (g_str_has_prefix (command[i], "program="))
      {
        g_free (command[i]);
        command[i] = g_strdup ("SCRIPT");
      }
  return g_strjoinv ("|", command);
}

static void
expect (const char *program, const char *rest)
{
  g_autofree char *line = make_line ();
  g_autofree char *wanted = g_strdup_printf ("%s/%s|%s", folder, program, rest);

  g_assert_cmpstr (line, ==, wanted);
}

#define REST "/bin/sh|-c|SCRIPT|sh|jobctl|log|4 2"

static void
test_choice (void)
{
  g_autoptr (GError) error = NULL;
  const char *words[] = { "true", NULL };

  g_assert_null (make_line ());
  g_assert_false (jt_viewer_open (words, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  add_program ("xterm", "#!/bin/sh\n");
  expect ("xterm", "-e|" REST);
  add_program ("foot", "#!/bin/sh\n");
  expect ("foot", REST);
  add_program ("gnome-terminal", "#!/bin/sh\n");
  expect ("gnome-terminal", "--|" REST);
  add_program ("x-terminal-emulator", "#!/bin/sh\n");
  expect ("x-terminal-emulator", "-e|" REST);
  add_program ("mine", "#!/bin/sh\n");
  g_setenv ("TERMINAL", "mine", TRUE);
  expect ("mine", "-e|" REST);
  g_setenv ("TERMINAL", "not-there", TRUE);
  expect ("x-terminal-emulator", "-e|" REST);
  g_unsetenv ("TERMINAL");
  for (const char *const *name = (const char *const[]){ "xterm", "foot", "gnome-terminal", "x-terminal-emulator", "mine", NULL };
       *name != NULL; name++)
    remove_program (*name);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("jobtracker-viewer-XXXXXX", NULL);
  g_assert_nonnull (folder);
  g_setenv ("PATH", folder, TRUE);
  g_unsetenv ("TERMINAL");
  g_test_add_func ("/viewer/choice", test_choice);
  status = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return status;
}
