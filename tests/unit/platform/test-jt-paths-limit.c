/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "jt-error.h"
#include "jt-paths.h"

/* What cannot be watched since the kernel watches no more is refused when it is defined, and not found out by what never starts. */

/* Where a limit may be set that is ours alone. Before there is a second thread. FALSE: it is not to be had here. */
static gboolean
limit_watches (const char *count)
{
  g_autofree char *map = g_strdup_printf ("0 %u 1", (guint) geteuid ());
  const char *const writes[][2] = { { "/proc/self/uid_map", map }, { "/proc/sys/user/max_inotify_watches", count } };

  if (unshare (CLONE_NEWUSER) < 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (writes); i++)
    {
      int fd = open (writes[i][0], O_WRONLY | O_CLOEXEC);
      gboolean is_written = fd >= 0 && write (fd, writes[i][1], strlen (writes[i][1])) > 0;

      if (fd >= 0)
        close (fd);
      if (!is_written)
        return FALSE;
    }
  return TRUE;
}

static void
test_limit (gconstpointer data)
{
  g_autofree char *folder = NULL;
  g_autofree char *near = NULL;
  g_autofree char *far = NULL;
  g_autofree char *above = NULL;
  g_autoptr (GError) error = NULL;

  if (!GPOINTER_TO_INT (data))
    {
      g_test_skip ("no user namespace of its own is to be had here");
      return;
    }
  folder = g_dir_make_tmp ("jt-paths-limit-XXXXXX", NULL);
  near = g_build_filename (folder, "near", NULL);
  far = g_build_filename (folder, "a", "b", "c", "d", "e", "f", "g", "h", NULL);
  above = g_build_filename (folder, "**", NULL);
  g_assert_cmpint (g_mkdir_with_parents (far, 0755), ==, 0);
  g_assert_true (jt_paths_check ((const char *const[]){ near, NULL }, geteuid (), &error));
  g_assert_no_error (error);
  g_assert_false (jt_paths_check ((const char *const[]){ near, above, NULL }, geteuid (), &error));
  g_assert_error (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "/**': the kernel does not watch so many folders; raise fs.inotify.max_user_watches"));
  g_clear_error (&error);
  /* It keeps nothing. */
  g_assert_true (jt_paths_check ((const char *const[]){ near, NULL }, geteuid (), &error));
  g_assert_no_error (error);
  for (char *at = far; strlen (at) > strlen (folder); *strrchr (at, '/') = '\0')
    g_assert_cmpint (g_rmdir (at), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char *argv[])
{
  gboolean is_limited = limit_watches ("8");

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/paths-limit/kernel", GINT_TO_POINTER (is_limited), test_limit);
  return g_test_run ();
}
