/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-path-walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jt-as-user.h"

#define NAMES (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO)
#define ITSELF (IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF)
#define CONTENT (IN_MODIFY | IN_CLOSE_WRITE)

/* As the kernel has it. */
#define MAX_LINKS 40
/* Folders on the way that the user may enter but not read; the service watches them for the one name. */
#define MAX_CLOSED 64
#define BELOW "/**"

/* A folder on the way, open. */
typedef struct
{
  int   fd;
  char *name;
} Closed;

typedef struct
{
  JtPathWalk *walk;
  GArray     *closed; /* (element-type Closed) (owned) */
  GQueue      rest;   /* (element-type utf8) (owned) components that are still to go */
  guint       n_links;
} Way;

static void
clear_mark (gpointer data)
{
  g_free (((JtPathMark *) data)->name);
}

JtPathWalk *
jt_path_walk_new (const char *path, gboolean wants_content, uid_t uid)
{
  JtPathWalk *walk = g_new0 (JtPathWalk, 1);

  walk->is_recursive = g_str_has_suffix (path, BELOW);
  walk->path = g_strndup (path, strlen (path) - (walk->is_recursive ? strlen (BELOW) : 0));
  walk->wants_content = wants_content;
  walk->uid = uid;
  walk->inotify_fd = -1;
  walk->budget = G_MAXUINT;
  walk->marks = g_array_new (FALSE, FALSE, sizeof (JtPathMark));
  g_array_set_clear_func (walk->marks, clear_mark);
  return walk;
}

void
jt_path_walk_free (JtPathWalk *walk)
{
  if (walk == NULL)
    return;
  g_array_unref (walk->marks);
  g_free (walk->path);
  g_free (walk);
}

/* The kernel checks that whoever asks may read. */
static int
add_watch (JtPathWalk *walk, int fd, guint32 mask)
{
  char link[64];

  g_snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  return inotify_add_watch (walk->inotify_fd, link, mask | IN_MASK_ADD);
}

static void
keep_mark (JtPathWalk *walk, int wd, gboolean is_content, const char *name)
{
  JtPathMark mark = { wd, is_content, g_strdup (name) };

  g_array_append_val (walk->marks, mark);
}

/* FALSE: there is no room for it. */
static gboolean
has_room (JtPathWalk *walk)
{
  if (walk->marks->len < walk->budget)
    return TRUE;
  walk->is_cut = TRUE;
  return FALSE;
}

static void
mark_way (Way *way, int fd, const char *name)
{
  JtPathWalk *walk = way->walk;
  int wd;

  if (walk->inotify_fd < 0 || !has_room (walk))
    return;
  wd = add_watch (walk, fd, NAMES | ITSELF | IN_ONLYDIR);
  if (wd >= 0)
    keep_mark (walk, wd, FALSE, name);
  else if (errno == ENOSPC || errno == ENOMEM)
    walk->is_cut = walk->is_full = TRUE;
  else if (errno == EACCES && way->closed->len < MAX_CLOSED)
    {
      Closed closed = { fcntl (fd, F_DUPFD_CLOEXEC, 3), g_strdup (name) };

      g_array_append_val (way->closed, closed);
    }
}

/* The folder was marked for a name in it that the user turns out not to be allowed to look for. */
static void
unmark_name (Way *way, guint n_marks, guint n_closed)
{
  if (way->walk->marks->len > n_marks)
    g_clear_pointer (&g_array_index (way->walk->marks, JtPathMark, n_marks).name, g_free);
  if (way->closed->len > n_closed)
    g_clear_pointer (&g_array_index (way->closed, Closed, n_closed).name, g_free);
}

static void
mark_content (JtPathWalk *walk, int fd)
{
  int wd;

  if (walk->inotify_fd < 0 || !has_room (walk))
    return;
  wd = add_watch (walk, fd, NAMES | ITSELF | CONTENT);
  if (wd >= 0)
    keep_mark (walk, wd, TRUE, NULL);
  else if (errno == ENOSPC || errno == ENOMEM)
    walk->is_cut = walk->is_full = TRUE;
}

/* Before inotify was asked nobody told. */
static void
note_change (JtPathWalk *walk, const struct stat *status)
{
  gint64 usec = (gint64) status->st_ctim.tv_sec * G_USEC_PER_SEC + status->st_ctim.tv_nsec / 1000;

  walk->changed_usec = MAX (walk->changed_usec, usec);
}

/* Below */

/* Links are not followed: they may lead round in circles. */
static void
find_folders (int folder_fd, const char *prefix, GQueue *found)
{
  int fd = openat (folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = fd >= 0 ? fdopendir (fd) : NULL;
  struct dirent *entry;
  struct stat status;

  while (dir != NULL && (entry = readdir (dir)) != NULL)
    {
      if (g_str_equal (entry->d_name, ".") || g_str_equal (entry->d_name, ".."))
        continue;
      if (entry->d_type == DT_UNKNOWN ? fstatat (fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR (status.st_mode)
                                      : entry->d_type == DT_DIR)
        g_queue_push_tail (found, g_build_filename (prefix, entry->d_name, NULL));
      if (g_queue_get_length (found) > JT_PATH_MAX_FOLDERS)
        break;
    }
  if (dir != NULL)
    closedir (dir);
  else if (fd >= 0)
    close (fd);
}

static void
walk_below (JtPathWalk *walk, int root_fd)
{
  GQueue folders = G_QUEUE_INIT;

  find_folders (root_fd, "", &folders);
  while (!g_queue_is_empty (&folders) && !walk->is_cut)
    {
      g_autofree char *name = g_queue_pop_head (&folders);
      int fd = openat (root_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      struct stat status;

      if (fd < 0)
        continue;
      walk->is_cut = ++walk->n_folders > JT_PATH_MAX_FOLDERS;
      if (!walk->is_cut)
        {
          mark_content (walk, fd);
          if (fstat (fd, &status) == 0)
            note_change (walk, &status);
          find_folders (fd, name, &folders);
        }
      close (fd);
    }
  g_queue_clear_full (&folders, g_free);
}

/* Along the way */

static void
push_components (Way *way, const char *path)
{
  g_auto (GStrv) components = g_strsplit (path, "/", -1);
  GList *before = way->rest.head;

  for (guint i = 0; components[i] != NULL; i++)
    if (*components[i] != '\0' && !g_str_equal (components[i], "."))
      g_queue_insert_before (&way->rest, before, g_strdup (components[i]));
}

/* What is looked up in @dir_fd comes in its place. FALSE: the way ends here. */
static gboolean
enter (Way *way, int *dir_fd, int fd)
{
  char target[PATH_MAX];
  struct stat status;
  gssize length;

  if (fstat (fd, &status) == 0 && !S_ISLNK (status.st_mode))
    {
      close (*dir_fd);
      *dir_fd = fd;
      return S_ISDIR (status.st_mode) || g_queue_is_empty (&way->rest);
    }
  length = readlinkat (fd, "", target, sizeof target - 1);
  close (fd);
  if (length < 0 || ++way->n_links > MAX_LINKS)
    return FALSE;
  target[length] = '\0';
  push_components (way, target);
  if (*target != '/')
    return TRUE;
  close (*dir_fd);
  *dir_fd = open ("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  return *dir_fd >= 0;
}

/* Marks first and looks then: what happens in between is told. FALSE: nothing is there. */
static gboolean
step (Way *way, int *dir_fd)
{
  g_autofree char *name = g_queue_pop_head (&way->rest);
  guint n_marks = way->walk->marks->len;
  guint n_closed = way->closed->len;
  int fd;

  mark_way (way, *dir_fd, name);
  fd = openat (*dir_fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (fd >= 0)
    return enter (way, dir_fd, fd);
  if (errno == EACCES)
    unmark_name (way, n_marks, n_closed);
  return FALSE;
}

static void
take_target (JtPathWalk *walk, int fd)
{
  struct stat status;

  if (fstat (fd, &status) < 0)
    return;
  walk->is_there = TRUE;
  walk->device = status.st_dev;
  walk->inode = status.st_ino;
  if (!walk->wants_content)
    return;
  mark_content (walk, fd);
  if (fstat (fd, &status) == 0)
    note_change (walk, &status);
  if (walk->is_recursive && S_ISDIR (status.st_mode))
    walk_below (walk, fd);
}

static void
go (Way *way)
{
  int fd = open ("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  gboolean is_there = fd >= 0;

  push_components (way, way->walk->path);
  while (is_there && !g_queue_is_empty (&way->rest))
    is_there = step (way, &fd);
  if (is_there)
    take_target (way->walk, fd);
  if (fd >= 0)
    close (fd);
}

/* Of these the user may know whether the one name is there, and anything in them that has another name is passed over. */
static void
mark_closed (JtPathWalk *walk, GArray *closed)
{
  for (guint i = 0; i < closed->len; i++)
    {
      Closed *folder = &g_array_index (closed, Closed, i);
      int wd = folder->fd >= 0 ? add_watch (walk, folder->fd, NAMES | ITSELF | IN_ONLYDIR) : -1;

      if (wd >= 0)
        keep_mark (walk, wd, FALSE, folder->name);
    }
}

static void
clear_closed (gpointer data)
{
  Closed *folder = data;

  if (folder->fd >= 0)
    close (folder->fd);
  g_free (folder->name);
}

/* Whether there were folders that were watched only after all had been looked at. */
static gboolean
run_once (JtPathWalk *walk)
{
  Way way = { .walk = walk, .closed = g_array_new (FALSE, FALSE, sizeof (Closed)), .rest = G_QUEUE_INIT };
  gboolean has_closed;
  JtAsUser as_user;

  g_array_set_size (walk->marks, 0);
  g_array_set_clear_func (way.closed, clear_closed);
  walk->is_there = walk->is_cut = FALSE;
  walk->changed_usec = 0;
  walk->n_folders = 0;
  if (jt_as_user_begin (&as_user, walk->uid))
    {
      go (&way);
      jt_as_user_end (&as_user);
      mark_closed (walk, way.closed);
    }
  has_closed = way.closed->len > 0;
  g_array_unref (way.closed);
  g_queue_clear_full (&way.rest, g_free);
  return has_closed;
}

void
jt_path_walk_run (JtPathWalk *walk)
{
  if (run_once (walk))
    run_once (walk);
}
