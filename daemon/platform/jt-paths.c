/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-paths.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <glib-unix.h>

#include "jt-error.h"
#include "jt-path-walk.h"

#define MOUNT_SETTLE_MSEC 200

struct _JtPaths
{
  GHashTable *watchers; /* (element-type uid JtPathWatcher) (unowned) they leave when they go */
  int         mounts_fd; /* -1: none to be had */
  GSource    *mounts_source;
  guint       settle_id;
};

static void
on_watcher_gone (gpointer data, GObject *watcher)
{
  JtPaths *self = data;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->watchers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (value == (gpointer) watcher)
      g_hash_table_iter_remove (&iter);
}

static gboolean
on_mounts_settled (gpointer user_data)
{
  JtPaths *self = user_data;
  GHashTableIter iter;
  gpointer watcher;

  self->settle_id = 0;
  g_hash_table_iter_init (&iter, self->watchers);
  while (g_hash_table_iter_next (&iter, NULL, &watcher))
    jt_path_watcher_refresh (watcher);
  return G_SOURCE_REMOVE;
}

/* Whoever polls it is told once of each change, also when nothing is read. */
static gboolean
mounts_changed_cb (int fd, GIOCondition condition, gpointer user_data)
{
  JtPaths *self = user_data;

  if (self->settle_id == 0)
    self->settle_id = g_timeout_add (MOUNT_SETTLE_MSEC, on_mounts_settled, self);
  return G_SOURCE_CONTINUE;
}

/* proc(5): a change of the mounts is an exceptional condition of this file. */
static void
watch_mounts (JtPaths *self)
{
  self->mounts_fd = open ("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
  if (self->mounts_fd < 0)
    return;
  self->mounts_source = g_unix_fd_source_new (self->mounts_fd, G_IO_PRI);
  g_source_set_callback (self->mounts_source, G_SOURCE_FUNC (mounts_changed_cb), self, NULL);
  g_source_attach (self->mounts_source, NULL);
}

JtPathWatcher *
jt_paths_get_watcher (JtPaths *self, guint32 uid)
{
  JtPathWatcher *watcher = g_hash_table_lookup (self->watchers, GUINT_TO_POINTER (uid));

  if (watcher != NULL)
    return g_object_ref (watcher);
  if (self->mounts_source == NULL)
    watch_mounts (self);
  watcher = jt_path_watcher_new (uid);
  g_hash_table_insert (self->watchers, GUINT_TO_POINTER (uid), watcher);
  g_object_weak_ref (G_OBJECT (watcher), on_watcher_gone, self);
  return watcher;
}

/* As it would be watched, for a moment: the kernel says then whether it takes so much. */
static gboolean
check_path (const char *path, uid_t uid, int inotify_fd, GError **error)
{
  g_autoptr (JtPathWalk) walk = jt_path_walk_new (path, TRUE, uid);

  walk->inotify_fd = inotify_fd;
  jt_path_walk_run (walk);
  if (walk->is_full)
    g_set_error (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED,
                 "watch-path: '%s': the kernel does not watch so many folders; raise fs.inotify.max_user_watches", path);
  else if (walk->is_cut)
    g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, "watch-path: '%s': there are more than %d folders below it; watch a part of them", path,
                 JT_PATH_MAX_FOLDERS);
  return !walk->is_cut;
}

gboolean
jt_paths_check (const char *const *paths, guint32 uid, GError **error)
{
  gboolean is_good = TRUE;
  int fd;

  if (paths[0] == NULL)
    return TRUE;
  fd = inotify_init1 (IN_CLOEXEC | IN_NONBLOCK);
  if (fd < 0)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED,
                   "watch-path: '%s': the kernel does not tell changes of files: %s (see fs.inotify.max_user_instances)", paths[0],
                   g_strerror (errno));
      return FALSE;
    }
  for (guint i = 0; paths[i] != NULL && is_good; i++)
    is_good = check_path (paths[i], uid, fd, error);
  close (fd);
  return is_good;
}

JtPaths *
jt_paths_new (void)
{
  JtPaths *self = g_new0 (JtPaths, 1);

  self->watchers = g_hash_table_new (NULL, NULL);
  self->mounts_fd = -1;
  return self;
}

void
jt_paths_free (JtPaths *self)
{
  GHashTableIter iter;
  gpointer watcher;

  if (self == NULL)
    return;
  g_hash_table_iter_init (&iter, self->watchers);
  while (g_hash_table_iter_next (&iter, NULL, &watcher))
    g_object_weak_unref (watcher, on_watcher_gone, self);
  g_hash_table_unref (self->watchers);
  g_clear_handle_id (&self->settle_id, g_source_remove);
  if (self->mounts_source != NULL)
    {
      g_source_destroy (self->mounts_source);
      g_source_unref (self->mounts_source);
    }
  if (self->mounts_fd >= 0)
    close (self->mounts_fd);
  g_free (self);
}
