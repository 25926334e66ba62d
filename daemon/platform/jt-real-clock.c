/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-real-clock.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <glib-unix.h>

#include "jt-zone.h"

/* Armed even when nothing is due, so that a step of the clock is told: as far ahead as the kernel takes it. */
#define FAR_AHEAD_SECONDS (G_GINT64_CONSTANT (1) << 40)
/* An upgrade of the zone data replaces hundreds of files. */
#define ZONE_SETTLE_MSEC 500
/* America/Argentina/Salta; zone data has some twenty folders, twice that with its copies. */
#define ZONE_DEPTH 2
#define MAX_ZONE_FOLDERS 200
#define ZONE_EVENTS (IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_ATTRIB)

struct _JtRealClock
{
  GObject  parent;
  int      timer_fd;
  int      inotify_fd; /* -1: none to be had */
  int      etc_watch;
  GSource *timer_source;   /* (owned) */
  GSource *inotify_source; /* (owned) (nullable) */
  GSource *changed_source; /* (owned) (nullable) "changed" is to be told */
  gboolean is_zone_changed;
  gint64   alarm_usec;
};

static gint64
get_realtime (JtClock *clock)
{
  return g_get_real_time ();
}

static void watch_zone_folder (JtRealClock *self, const char *path, guint depth, guint *n_folders);

static void
watch_zone_folders_below (JtRealClock *self, const char *path, guint depth, guint *n_folders)
{
  DIR *folder = opendir (path);
  const struct dirent *entry;

  while (folder != NULL && (entry = readdir (folder)) != NULL)
    {
      g_autofree char *below = NULL;

      /* Most are files, more than a thousand, and a start need not ask about each. */
      if (*entry->d_name == '.' || (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN))
        continue;
      below = g_build_filename (path, entry->d_name, NULL);
      watch_zone_folder (self, below, depth, n_folders);
    }
  if (folder != NULL)
    closedir (folder);
}

/* inotify(7) does not look into what is below; what is no folder is refused by it. */
static void
watch_zone_folder (JtRealClock *self, const char *path, guint depth, guint *n_folders)
{
  /* The uppermost may be a link. */
  guint32 link = *n_folders > 0 ? IN_DONT_FOLLOW : 0;

  if (*n_folders >= MAX_ZONE_FOLDERS || inotify_add_watch (self->inotify_fd, path, ZONE_EVENTS | IN_ONLYDIR | link) < 0)
    return;
  (*n_folders)++;
  if (depth < ZONE_DEPTH)
    watch_zone_folders_below (self, path, depth + 1, n_folders);
}

static const char *
get_zone_folder (void)
{
  const char *folder = g_getenv ("TZDIR");

  return folder != NULL ? folder : "/usr/share/zoneinfo";
}

static void
watch_zone_folders (JtRealClock *self)
{
  guint n_folders = 0;

  watch_zone_folder (self, get_zone_folder (), 0, &n_folders);
}

static gboolean
tell_change_cb (gpointer user_data)
{
  JtRealClock *self = user_data;

  g_clear_pointer (&self->changed_source, g_source_unref);
  if (self->is_zone_changed)
    {
      /* There may be new folders. */
      watch_zone_folders (self);
      jt_zone_forget_all ();
    }
  self->is_zone_changed = FALSE;
  jt_clock_emit_changed (JT_CLOCK (self));
  return G_SOURCE_REMOVE;
}

/* From the main loop: never inside a call of whoever listens. Many at once are told once. */
static void
tell_change_in (JtRealClock *self, guint delay_msec)
{
  if (self->changed_source != NULL && delay_msec > 0)
    return;
  if (self->changed_source != NULL)
    {
      g_source_destroy (self->changed_source);
      g_source_unref (self->changed_source);
    }
  self->changed_source = g_timeout_source_new (delay_msec);
  g_source_set_callback (self->changed_source, tell_change_cb, self, NULL);
  g_source_attach (self->changed_source, NULL);
}

static void
arm (JtRealClock *self)
{
  gboolean is_far = self->alarm_usec / G_USEC_PER_SEC >= FAR_AHEAD_SECONDS;
  /* An instant of zero would disarm; in the past is as good as the first microsecond. */
  gint64 usec = MAX (self->alarm_usec, 1);
  struct itimerspec spec = { 0 };

  spec.it_value.tv_sec = is_far ? FAR_AHEAD_SECONDS : usec / G_USEC_PER_SEC;
  spec.it_value.tv_nsec = is_far ? 0 : (usec % G_USEC_PER_SEC) * 1000;
  if (timerfd_settime (self->timer_fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &spec, NULL) == 0)
    return;
  /* The clock was set since the timer was read last: it is armed all the same, and nobody else will be told. */
  if (errno == ECANCELED)
    tell_change_in (self, 0);
  else
    g_warning ("could not set the alarm: %s", g_strerror (errno));
}

static void
set_alarm (JtClock *clock, gint64 realtime_usec)
{
  JtRealClock *self = JT_REAL_CLOCK (clock);

  self->alarm_usec = realtime_usec;
  arm (self);
}

static gboolean
timer_ready_cb (int fd, GIOCondition condition, gpointer user_data)
{
  JtRealClock *self = user_data;
  guint64 count;

  if (read (fd, &count, sizeof count) < 0)
    {
      if (errno != ECANCELED)
        return G_SOURCE_CONTINUE;
      arm (self);
      tell_change_in (self, 0);
      return G_SOURCE_CONTINUE;
    }
  self->alarm_usec = G_MAXINT64;
  arm (self);
  jt_clock_emit_alarm (JT_CLOCK (self));
  return G_SOURCE_CONTINUE;
}

static gboolean
inotify_ready_cb (int fd, GIOCondition condition, gpointer user_data)
{
  JtRealClock *self = user_data;
  char buffer[4096] __attribute__ ((aligned (__alignof__ (struct inotify_event))));
  gboolean is_zone = FALSE;
  gssize length;

  while ((length = read (fd, buffer, sizeof buffer)) > 0)
    for (gssize at = 0; at < length;)
      {
        struct inotify_event *event = (struct inotify_event *) (gpointer) (buffer + at);

        is_zone |= event->wd != self->etc_watch || (event->len > 0 && g_str_equal (event->name, "localtime"));
        at += (gssize) (sizeof *event + event->len);
      }
  if (!is_zone)
    return G_SOURCE_CONTINUE;
  self->is_zone_changed = TRUE;
  tell_change_in (self, ZONE_SETTLE_MSEC);
  return G_SOURCE_CONTINUE;
}

static GSource *
attach (int fd, GUnixFDSourceFunc ready_cb, JtRealClock *self)
{
  GSource *source = g_unix_fd_source_new (fd, G_IO_IN);

  g_source_set_callback (source, G_SOURCE_FUNC (ready_cb), self, NULL);
  g_source_attach (source, NULL);
  return source;
}

void
jt_real_clock_watch_zones (JtClock *clock)
{
  JtRealClock *self = JT_REAL_CLOCK (clock);
  guint n_folders = 0;

  g_return_if_fail (self->inotify_source == NULL);
  self->inotify_fd = inotify_init1 (IN_CLOEXEC | IN_NONBLOCK);
  if (self->inotify_fd < 0)
    return;
  self->etc_watch = inotify_add_watch (self->inotify_fd, "/etc", ZONE_EVENTS | IN_ONLYDIR);
  watch_zone_folder (self, get_zone_folder (), ZONE_DEPTH, &n_folders);
  self->inotify_source = attach (self->inotify_fd, inotify_ready_cb, self);
}

void
jt_real_clock_watch_each_zone (JtClock *clock)
{
  JtRealClock *self = JT_REAL_CLOCK (clock);

  if (self->inotify_source != NULL)
    watch_zone_folders (self);
}

static void
clock_iface_init (JtClockInterface *iface)
{
  iface->get_realtime = get_realtime;
  iface->set_alarm = set_alarm;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (JtRealClock, jt_real_clock, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (JT_TYPE_CLOCK, clock_iface_init))

static void
jt_real_clock_finalize (GObject *object)
{
  JtRealClock *self = JT_REAL_CLOCK (object);

  g_source_destroy (self->timer_source);
  g_source_unref (self->timer_source);
  close (self->timer_fd);
  if (self->changed_source != NULL)
    {
      g_source_destroy (self->changed_source);
      g_source_unref (self->changed_source);
    }
  if (self->inotify_source != NULL)
    {
      g_source_destroy (self->inotify_source);
      g_source_unref (self->inotify_source);
      close (self->inotify_fd);
    }
  G_OBJECT_CLASS (jt_real_clock_parent_class)->finalize (object);
}

static void
jt_real_clock_class_init (JtRealClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = jt_real_clock_finalize;
}

static void
jt_real_clock_init (JtRealClock *self)
{
  self->alarm_usec = G_MAXINT64;
  self->timer_fd = timerfd_create (CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
  if (self->timer_fd < 0)
    g_error ("could not make a timer: %s", g_strerror (errno));
  self->timer_source = attach (self->timer_fd, timer_ready_cb, self);
  self->inotify_fd = -1;
  arm (self);
}

JtClock *
jt_real_clock_new (void)
{
  return g_object_new (JT_TYPE_REAL_CLOCK, NULL);
}
