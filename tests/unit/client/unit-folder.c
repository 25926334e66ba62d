/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "unit-folder.h"

#include <stdlib.h>
#include <unistd.h>

#include <glib/gstdio.h>

UnitFolder *
unit_folder_new (void)
{
  UnitFolder *folder = g_new0 (UnitFolder, 1);
  g_autofree char *path = g_strdup ("/dev/shm/jobtracker-units-XXXXXX");

  /* In memory where that can be had: some tests make thousands of files. */
  if (g_mkdtemp (path) == NULL)
    {
      g_free (path);
      path = g_dir_make_tmp ("units-XXXXXX", NULL);
    }
  /* Without links on the way, as the tests compare paths. */
  folder->path = realpath (path, NULL);
  return folder;
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *below = g_build_filename (path, name, NULL);

      remove_all (below);
    }
  g_remove (path);
}

void
unit_folder_free (UnitFolder *folder)
{
  remove_all (folder->path);
  g_free (folder->path);
  g_free (folder);
}

char *
unit_folder_path (UnitFolder *folder, const char *name)
{
  return g_build_filename (folder->path, name, NULL);
}

static char *
make_place (UnitFolder *folder, const char *name)
{
  char *path = unit_folder_path (folder, name);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  return path;
}

void
unit_folder_write (UnitFolder *folder, const char *name, const char *text)
{
  g_autofree char *path = make_place (folder, name);
  g_autoptr (GError) error = NULL;

  /* Nothing here has to outlive a power cut. What was there is not cut off by GLib 2.74 then. */
  g_remove (path);
  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

void
unit_folder_link (UnitFolder *folder, const char *name, const char *target)
{
  g_autofree char *path = make_place (folder, name);

  g_assert_cmpint (symlink (target, path), ==, 0);
}
