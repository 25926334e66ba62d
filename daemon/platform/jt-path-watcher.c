/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-path-watcher.h"

#include <errno.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include <glib-unix.h>

#include "jt-in-thread.h"
#include "jt-log.h"
#include "jt-path-walk.h"

#define NAMES (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO)
#define ITSELF (IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF)
#define CONTENT (IN_MODIFY | IN_CLOSE_WRITE)
#define GONE (IN_IGNORED | IN_UNMOUNT)
#define BUFFER_BYTES (16 * 1024)
#define MAX_READS 8
/* What is told while a path is being walked is kept, for its folders are not known before; more is taken for a change of all. */
#define MAX_EARLY 1024
/* Whatever settle says: a file that is written all the time must not fill the record. */
#define LEAST_GAP_USEC (G_USEC_PER_SEC / 10)

enum
{
  IS_CHANGED = 1 << 0, /* what is watched is another */
  NEEDS_WALK = 1 << 1, /* so is the way to it */
};

struct _JtPathWatch
{
  JtPathWatcher *watcher; /* (owned) */
  char          *path;    /* as it was given */
  gboolean       wants_content;
  guint64        settle_usec;
  JtPathFunc     func;
  gpointer       user_data;
  gint64         since_usec; /* changes count from here on */
  gboolean       is_walked; /* what follows is known */
  gboolean       is_there;
  dev_t          device;
  ino_t          inode;
  gboolean       is_queued;
  gboolean       was_cut;
  GArray        *wds;    /* (element-type int) (owned) where it has roles */
  gint64         told_usec; /* monotonic; 0: nothing yet */
  guint          news;   /* IS_CHANGED, NEEDS_WALK: of the events that are being read */
  GSource       *settle; /* (owned) (nullable) */
};

/* What a watched folder means to one watch. */
typedef struct
{
  JtPathWatch *watch; /* (unowned) */
  JtPathMark   mark;
} Role;

typedef struct
{
  int      wd;
  guint32  mask;
  char    *name; /* (nullable) of the file in the folder */
} Event;

struct _JtPathWatcher
{
  GObject      parent;
  guint32      uid;
  int          fd; /* -1: no inotify to be had */
  GSource     *source;
  GHashTable  *roles;   /* (element-type wd GArray<Role>) (owned) */
  guint        n_roles;
  GPtrArray   *watches; /* (element-type JtPathWatch) (unowned) they leave when they are freed */
  GQueue       queue;   /* (element-type JtPathWatch) (unowned) to be walked */
  JtPathWatch *walked;  /* (unowned) (nullable) being walked */
  gboolean     is_walking;
  GArray      *early; /* (element-type Event) (owned) */
  gboolean     is_early_full;
  GArray      *unused; /* (element-type int) (owned) wds that may have no role any more */
};

G_DEFINE_FINAL_TYPE (JtPathWatcher, jt_path_watcher, G_TYPE_OBJECT)

static void walk_next (JtPathWatcher *self);

static void
clear_role (gpointer data)
{
  g_free (((Role *) data)->mark.name);
}

static void
clear_event (gpointer data)
{
  g_free (((Event *) data)->name);
}

/* Telling */

static gboolean
on_settled (gpointer user_data)
{
  JtPathWatch *watch = user_data;

  g_source_destroy (watch->settle);
  g_clear_pointer (&watch->settle, g_source_unref);
  watch->told_usec = g_get_monotonic_time ();
  watch->func (watch, watch->user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
dispatch_settle (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs settle_funcs = { .dispatch = dispatch_settle };

/* Every further change puts it off. */
static void
tell_when_quiet (JtPathWatch *watch)
{
  gint64 ready_usec;

  if (watch->settle == NULL)
    {
      watch->settle = g_source_new (&settle_funcs, sizeof (GSource));
      g_source_set_callback (watch->settle, on_settled, watch, NULL);
      g_source_attach (watch->settle, NULL);
    }
  ready_usec = g_get_monotonic_time () + (gint64) watch->settle_usec;
  if (watch->told_usec != 0)
    ready_usec = MAX (ready_usec, watch->told_usec + LEAST_GAP_USEC);
  g_source_set_ready_time (watch->settle, ready_usec);
}

static void
want_walk (JtPathWatch *watch)
{
  if (watch->is_queued)
    return;
  watch->is_queued = TRUE;
  g_queue_push_tail (&watch->watcher->queue, watch);
}

/* What events or a walk have brought to light. */
static void
act (JtPathWatch *watch)
{
  guint news = watch->news;

  watch->news = 0;
  if ((news & NEEDS_WALK) != 0)
    want_walk (watch);
  if ((news & IS_CHANGED) != 0 && watch->wants_content)
    tell_when_quiet (watch);
}

static void
act_for_all (JtPathWatcher *self)
{
  for (guint i = 0; i < self->watches->len; i++)
    act (g_ptr_array_index (self->watches, i));
  walk_next (self);
}

/* Events */

static guint
weigh_for_content (guint32 mask, gboolean has_name, gboolean is_recursive)
{
  guint news = (mask & (NAMES | CONTENT | ITSELF)) != 0 ? IS_CHANGED : 0;

  if (!has_name && (mask & ITSELF) != 0)
    news |= NEEDS_WALK;
  if (is_recursive && (mask & IN_ISDIR) != 0 && (mask & (NAMES | IN_ATTRIB)) != 0)
    news |= NEEDS_WALK;
  return news;
}

static guint
weigh (const Role *role, const Event *event)
{
  if ((event->mask & GONE) != 0)
    return NEEDS_WALK;
  if (role->mark.is_content)
    return weigh_for_content (event->mask, event->name != NULL, g_str_has_suffix (role->watch->path, "/**"));
  if (event->name == NULL)
    return (event->mask & ITSELF) != 0 ? NEEDS_WALK : 0;
  return (event->mask & (NAMES | IN_ATTRIB)) != 0 && g_strcmp0 (event->name, role->mark.name) == 0 ? NEEDS_WALK : 0;
}

static void
distribute (JtPathWatcher *self, const Event *event)
{
  GArray *roles = g_hash_table_lookup (self->roles, GINT_TO_POINTER (event->wd));

  for (guint i = 0; roles != NULL && i < roles->len; i++)
    {
      Role *role = &g_array_index (roles, Role, i);

      role->watch->news |= weigh (role, event);
    }
}

static void
keep_early (JtPathWatcher *self, const Event *event)
{
  Event kept = { event->wd, event->mask, g_strdup (event->name) };

  if (self->early->len >= MAX_EARLY)
    {
      clear_event (&kept);
      self->is_early_full = TRUE;
    }
  else
    g_array_append_val (self->early, kept);
}

static void
suspect_all (JtPathWatcher *self)
{
  for (guint i = 0; i < self->watches->len; i++)
    ((JtPathWatch *) g_ptr_array_index (self->watches, i))->news |= IS_CHANGED | NEEDS_WALK;
}

static void
take_event (JtPathWatcher *self, const struct inotify_event *raw)
{
  Event event = { raw->wd, raw->mask, raw->len > 0 ? (char *) raw->name : NULL };

  if ((raw->mask & IN_Q_OVERFLOW) != 0)
    {
      jt_log_info ("more files change than are told one by one, for uid %u: all that is watched counts as changed", self->uid);
      suspect_all (self);
      return;
    }
  distribute (self, &event);
  if (self->is_walking)
    keep_early (self, &event);
}

static gboolean
inotify_ready_cb (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (JtPathWatcher) self = g_object_ref (user_data);
  char buffer[BUFFER_BYTES] __attribute__ ((aligned (__alignof__ (struct inotify_event))));
  gssize length;

  for (guint i = 0; i < MAX_READS && (length = read (fd, buffer, sizeof buffer)) > 0; i++)
    for (gssize at = 0; at < length;)
      {
        struct inotify_event *event = (struct inotify_event *) (gpointer) (buffer + at);

        take_event (self, event);
        at += (gssize) (sizeof *event + event->len);
      }
  act_for_all (self);
  return G_SOURCE_CONTINUE;
}

/* Roles */

static void
forget_roles (JtPathWatcher *self, JtPathWatch *watch)
{
  for (guint i = 0; i < watch->wds->len; i++)
    {
      int wd = g_array_index (watch->wds, int, i);
      GArray *roles = g_hash_table_lookup (self->roles, GINT_TO_POINTER (wd));

      for (guint j = roles != NULL ? roles->len : 0; j > 0; j--)
        if (g_array_index (roles, Role, j - 1).watch == watch)
          g_array_remove_index_fast (roles, j - 1);
      if (roles != NULL && roles->len == 0)
        g_array_append_val (self->unused, wd);
    }
  self->n_roles -= watch->wds->len;
  g_array_set_size (watch->wds, 0);
}

static void
add_role (JtPathWatcher *self, JtPathWatch *watch, JtPathMark *mark)
{
  GArray *roles = g_hash_table_lookup (self->roles, GINT_TO_POINTER (mark->wd));
  Role role = { watch, *mark };

  if (roles == NULL)
    {
      roles = g_array_new (FALSE, FALSE, sizeof (Role));
      g_array_set_clear_func (roles, clear_role);
      g_hash_table_insert (self->roles, GINT_TO_POINTER (mark->wd), roles);
    }
  mark->name = NULL; /* it is the role's now */
  g_array_append_val (roles, role);
  g_array_append_val (watch->wds, mark->wd);
  self->n_roles++;
}

/* Not while a path is walked: that may just have come upon the same folder. */
static void
remove_unused (JtPathWatcher *self)
{
  for (guint i = 0; i < self->unused->len; i++)
    {
      int wd = g_array_index (self->unused, int, i);
      GArray *roles = g_hash_table_lookup (self->roles, GINT_TO_POINTER (wd));

      if (roles == NULL || roles->len > 0)
        continue;
      inotify_rm_watch (self->fd, wd);
      g_hash_table_remove (self->roles, GINT_TO_POINTER (wd));
    }
  g_array_set_size (self->unused, 0);
}

/* Walking */

static void
walk_in_thread (GTask *task, gpointer source, gpointer walk, GCancellable *cancellable)
{
  jt_path_walk_run (walk);
  g_task_return_boolean (task, TRUE);
}

static void
warn_if_cut (JtPathWatch *watch, JtPathWalk *walk)
{
  if (walk->is_cut && !watch->was_cut)
    jt_log_warning ("'%s' is watched for uid %u in part only: more than %d folders below it, or %d for that user, or fs.inotify.max_user_watches",
                    watch->path, watch->watcher->uid, JT_PATH_MAX_FOLDERS, JT_PATH_MAX_MARKS);
  watch->was_cut = walk->is_cut;
}

static void
replay_early (JtPathWatcher *self, JtPathWatch *watch)
{
  if (self->is_early_full)
    watch->news |= IS_CHANGED | NEEDS_WALK;
  for (guint i = 0; i < self->early->len; i++)
    {
      Event *event = &g_array_index (self->early, Event, i);
      GArray *roles = g_hash_table_lookup (self->roles, GINT_TO_POINTER (event->wd));

      for (guint j = 0; roles != NULL && j < roles->len; j++)
        if (g_array_index (roles, Role, j).watch == watch)
          watch->news |= weigh (&g_array_index (roles, Role, j), event);
    }
}

static void
take_walk (JtPathWatch *watch, JtPathWalk *walk)
{
  JtPathWatcher *self = watch->watcher;
  gboolean is_same = watch->is_there == walk->is_there
                     && (!walk->is_there || (watch->device == walk->device && watch->inode == walk->inode));
  gboolean was_walked = watch->is_walked;

  forget_roles (self, watch);
  for (guint i = 0; i < walk->marks->len; i++)
    add_role (self, watch, &g_array_index (walk->marks, JtPathMark, i));
  warn_if_cut (watch, walk);
  watch->is_walked = TRUE;
  watch->is_there = walk->is_there;
  watch->device = walk->device;
  watch->inode = walk->inode;
  replay_early (self, watch);
  if (was_walked ? !is_same : walk->changed_usec >= watch->since_usec)
    watch->news |= IS_CHANGED;
  if (!watch->wants_content && (!was_walked || !is_same))
    watch->func (watch, watch->user_data);
}

static void
on_walked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JtPathWatcher) self = g_object_ref (user_data);
  JtPathWatch *watch = self->walked;

  self->walked = NULL;
  self->is_walking = FALSE;
  if (watch != NULL)
    take_walk (watch, g_task_get_task_data (G_TASK (result)));
  g_array_set_size (self->early, 0);
  self->is_early_full = FALSE;
  act_for_all (self);
}

static void
walk_next (JtPathWatcher *self)
{
  JtPathWatch *watch;
  JtPathWalk *walk;

  if (self->is_walking)
    return;
  remove_unused (self);
  watch = g_queue_pop_head (&self->queue);
  if (watch == NULL)
    return;
  watch->is_queued = FALSE;
  walk = jt_path_walk_new (watch->path, watch->wants_content, self->uid);
  walk->inotify_fd = self->fd;
  walk->budget = JT_PATH_MAX_MARKS - MIN (self->n_roles - watch->wds->len, JT_PATH_MAX_MARKS);
  self->walked = watch;
  self->is_walking = TRUE;
  jt_in_thread (self, walk_in_thread, walk, (GDestroyNotify) jt_path_walk_free, on_walked, self);
}

/* Watches */

/* Files are stamped with the clock of the latest tick, or a finer one. By the coarser nothing goes unheard; what changed in the very tick
 * before may be heard of once too often. */
static gint64
get_stamp_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_REALTIME_COARSE, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static JtPathWatch *
watch_new (JtPathWatcher *self, const char *path, JtPathFunc func, gpointer user_data)
{
  JtPathWatch *watch = g_new0 (JtPathWatch, 1);

  watch->watcher = g_object_ref (self);
  watch->path = g_strdup (path);
  watch->func = func;
  watch->user_data = user_data;
  watch->since_usec = get_stamp_time ();
  watch->wds = g_array_new (FALSE, FALSE, sizeof (int));
  g_ptr_array_add (self->watches, watch);
  return watch;
}

JtPathWatch *
jt_path_watch_new_for_presence (JtPathWatcher *self, const char *path, JtPathFunc func, gpointer user_data)
{
  JtPathWatch *watch = watch_new (self, path, func, user_data);

  want_walk (watch);
  walk_next (self);
  return watch;
}

JtPathWatch *
jt_path_watch_new_for_changes (JtPathWatcher *self, const char *path, guint64 settle_usec, JtPathFunc func, gpointer user_data)
{
  JtPathWatch *watch = watch_new (self, path, func, user_data);

  watch->wants_content = TRUE;
  watch->settle_usec = settle_usec;
  want_walk (watch);
  walk_next (self);
  return watch;
}

void
jt_path_watch_free (JtPathWatch *watch)
{
  g_autoptr (JtPathWatcher) self = NULL;

  if (watch == NULL)
    return;
  self = watch->watcher;
  forget_roles (self, watch);
  if (watch->is_queued)
    g_queue_remove (&self->queue, watch);
  if (self->walked == watch)
    self->walked = NULL;
  g_ptr_array_remove_fast (self->watches, watch);
  if (watch->settle != NULL)
    {
      g_source_destroy (watch->settle);
      g_source_unref (watch->settle);
    }
  walk_next (self);
  g_array_unref (watch->wds);
  g_free (watch->path);
  g_free (watch);
}

const char *
jt_path_watch_get_path (JtPathWatch *watch)
{
  return watch->path;
}

JtAnswer
jt_path_watch_get_presence (JtPathWatch *watch)
{
  if (!watch->is_walked)
    return JT_ANSWER_PENDING;
  return watch->is_there ? JT_ANSWER_YES : JT_ANSWER_NO;
}

/* The object */

guint
jt_path_watcher_count (JtPathWatcher *self)
{
  return self->watches->len;
}

void
jt_path_watcher_refresh (JtPathWatcher *self)
{
  for (guint i = 0; i < self->watches->len; i++)
    want_walk (g_ptr_array_index (self->watches, i));
  walk_next (self);
}

static void
jt_path_watcher_finalize (GObject *object)
{
  JtPathWatcher *self = JT_PATH_WATCHER (object);

  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_source_unref (self->source);
    }
  if (self->fd >= 0)
    close (self->fd);
  g_hash_table_unref (self->roles);
  g_ptr_array_unref (self->watches);
  g_array_unref (self->early);
  g_array_unref (self->unused);
  G_OBJECT_CLASS (jt_path_watcher_parent_class)->finalize (object);
}

static void
jt_path_watcher_class_init (JtPathWatcherClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = jt_path_watcher_finalize;
}

static void
jt_path_watcher_init (JtPathWatcher *self)
{
  self->roles = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_array_unref);
  self->watches = g_ptr_array_new ();
  self->early = g_array_new (FALSE, FALSE, sizeof (Event));
  g_array_set_clear_func (self->early, clear_event);
  self->unused = g_array_new (FALSE, FALSE, sizeof (int));
  self->fd = inotify_init1 (IN_CLOEXEC | IN_NONBLOCK);
  if (self->fd < 0)
    {
      jt_log_warning ("changes of files are not seen: %s (see fs.inotify.max_user_instances)", g_strerror (errno));
      return;
    }
  self->source = g_unix_fd_source_new (self->fd, G_IO_IN);
  g_source_set_callback (self->source, G_SOURCE_FUNC (inotify_ready_cb), self, NULL);
  g_source_attach (self->source, NULL);
}

JtPathWatcher *
jt_path_watcher_new (guint32 uid)
{
  JtPathWatcher *self = g_object_new (JT_TYPE_PATH_WATCHER, NULL);

  self->uid = uid;
  return self;
}
