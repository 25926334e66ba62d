/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-notify.h"

#if HAVE_LIBSYSTEMD
#include <systemd/sd-daemon.h>

void
jt_notify_ready (const char *status)
{
  sd_notifyf (0, "READY=1\nSTATUS=%s", status);
}

void
jt_notify_status (const char *status)
{
  sd_notifyf (0, "STATUS=%s", status);
}

void
jt_notify_stopping (void)
{
  sd_notify (0, "STOPPING=1");
}

static gboolean
on_watchdog (gpointer user_data)
{
  sd_notify (0, "WATCHDOG=1");
  return G_SOURCE_CONTINUE;
}

guint
jt_notify_start_watchdog (void)
{
  guint64 interval_usec = 0;

  if (sd_watchdog_enabled (0, &interval_usec) <= 0 || interval_usec == 0)
    return 0;
  return g_timeout_add ((guint) MAX (interval_usec / 2000, 1), on_watchdog, NULL);
}

#else

void
jt_notify_ready (const char *status)
{
}

void
jt_notify_status (const char *status)
{
}

void
jt_notify_stopping (void)
{
}

guint
jt_notify_start_watchdog (void)
{
  return 0;
}

#endif
