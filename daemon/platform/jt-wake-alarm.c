/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-wake-alarm.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "jt-error.h"
#include "jt-log.h"

struct _JtWakeAlarm
{
  int      fd; /* -1: not made yet */
  gboolean has_failed;
};

JtWakeAlarm *
jt_wake_alarm_new (void)
{
  JtWakeAlarm *self = g_new0 (JtWakeAlarm, 1);

  self->fd = -1;
  return self;
}

void
jt_wake_alarm_free (JtWakeAlarm *self)
{
  if (self == NULL)
    return;
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}

/* A timer is made where there is no such clock as well; the file is there where one can wake the machine. */
static gboolean
has_waking_clock (const char *sysfs)
{
  g_autofree char *folder = g_build_filename (sysfs, "class", "rtc", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, "wakealarm", NULL);

      if (access (path, F_OK) == 0)
        return TRUE;
    }
  return FALSE;
}

gboolean
jt_wake_alarm_check (const char *sysfs, GError **error)
{
  int fd = timerfd_create (CLOCK_REALTIME_ALARM, TFD_CLOEXEC | TFD_NONBLOCK);

  if (fd < 0 && errno == EPERM)
    {
      g_set_error_literal (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED,
                           "the service may not wake this machine (it has no CAP_WAKE_ALARM); define the job in the system's service");
      return FALSE;
    }
  if (fd < 0)
    {
      g_set_error (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED, "this kernel does not wake machines: %s", g_strerror (errno));
      return FALSE;
    }
  close (fd);
  if (has_waking_clock (sysfs))
    return TRUE;
  g_set_error_literal (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED, "this machine has no clock that wakes it");
  return FALSE;
}

static gboolean
arm (JtWakeAlarm *self, gint64 realtime_usec)
{
  struct itimerspec spec = { 0 };

  if (realtime_usec != G_MAXINT64)
    {
      /* An instant of zero would disarm. */
      gint64 usec = MAX (realtime_usec, 1);

      spec.it_value.tv_sec = usec / G_USEC_PER_SEC;
      spec.it_value.tv_nsec = usec % G_USEC_PER_SEC * 1000;
    }
  if (self->fd < 0)
    self->fd = timerfd_create (CLOCK_REALTIME_ALARM, TFD_CLOEXEC | TFD_NONBLOCK);
  return self->fd >= 0 && timerfd_settime (self->fd, TFD_TIMER_ABSTIME, &spec, NULL) == 0;
}

void
jt_wake_alarm_set (JtWakeAlarm *self, gint64 realtime_usec)
{
  if (realtime_usec == G_MAXINT64 && self->fd < 0)
    return;
  if (arm (self, realtime_usec) || self->has_failed)
    return;
  self->has_failed = TRUE;
  jt_log_warning ("cannot wake this machine: %s; jobs start when it is awake", g_strerror (errno));
}

gint64
jt_wake_alarm_get (JtWakeAlarm *self)
{
  struct itimerspec spec;

  if (self->fd < 0 || timerfd_gettime (self->fd, &spec) < 0 || (spec.it_value.tv_sec == 0 && spec.it_value.tv_nsec == 0))
    return G_MAXINT64;
  return g_get_real_time () + spec.it_value.tv_sec * G_USEC_PER_SEC + spec.it_value.tv_nsec / 1000;
}
