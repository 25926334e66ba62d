/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-state-directory.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "jt-error.h"
#include "jt-log.h"

#define LOCK_FILE "lock"

static gboolean
check_directory (const char *path, GError **error)
{
  struct stat info;

  if (stat (path, &info) < 0)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "could not use state directory %s: %s", path,
                   g_strerror (errno));
      return FALSE;
    }
  if (!S_ISDIR (info.st_mode) || info.st_uid != geteuid ())
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "state directory %s: %s; try: install -d -m 0700 -o %u %s",
                   path, S_ISDIR (info.st_mode) ? "owned by somebody else" : "not a folder", geteuid (), path);
      return FALSE;
    }
  if ((info.st_mode & 0022) != 0)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_INVALID_ARGUMENT, "state directory %s: mode %04o, want 0700", path,
                   info.st_mode & 07777);
      return FALSE;
    }
  return TRUE;
}

/* Where power cuts or other machines break what is promised, say so and go on. */
static void
warn_about_filesystem (const char *path)
{
  struct statfs info;

  if (statfs (path, &info) < 0)
    return;
  if (info.f_type == TMPFS_MAGIC || info.f_type == RAMFS_MAGIC)
    jt_log_warning ("state directory %s is in memory: the record does not outlive this boot", path);
  else if (info.f_type == NFS_SUPER_MAGIC)
    jt_log_warning ("state directory %s is on NFS: locks and syncs may not hold there", path);
}

static int
fail_locked (int fd, const char *path, GError **error)
{
  char pid[24] = "";
  gssize n = pread (fd, pid, sizeof pid - 1, 0);

  pid[MAX (n, 0)] = '\0';
  g_strdelimit (pid, "\n", '\0');
  g_set_error (error, JT_ERROR, JT_ERROR_EXISTS, "state directory %s is in use: already running, pid %s", path,
               *pid != '\0' ? pid : "unknown");
  close (fd);
  return -1;
}

int
jt_state_directory_take (const char *path, GError **error)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  g_autofree char *lock_path = g_build_filename (path, LOCK_FILE, NULL);
  char pid[24];
  int fd;

  if (g_mkdir_with_parents (path, 0700) < 0)
    {
      g_set_error (error, JT_ERROR, errno == EROFS ? JT_ERROR_STORAGE_UNAVAILABLE : JT_ERROR_INVALID_ARGUMENT,
                   "could not create state directory %s: %s; try: install -d -m 0700 %s", path, g_strerror (errno), path);
      return -1;
    }
  if (!check_directory (path, error))
    return -1;
  fd = open (lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_STORAGE_UNAVAILABLE, "could not open %s: %s", lock_path, g_strerror (errno));
      return -1;
    }
  if (fcntl (fd, F_OFD_SETLK, &lock) < 0)
    return fail_locked (fd, path, error);
  g_snprintf (pid, sizeof pid, "%d\n", (int) getpid ());
  if (ftruncate (fd, 0) < 0 || pwrite (fd, pid, strlen (pid), 0) < 0)
    jt_log_debug ("could not write %s: %s", lock_path, g_strerror (errno));
  warn_about_filesystem (path);
  return fd;
}
