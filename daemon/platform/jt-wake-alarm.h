/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Wakes the machine from suspend: a timer of the kernel on CLOCK_REALTIME_ALARM, which sets the hardware's clock. Nobody waits for
 * it; what is due when the machine is awake is found by the clock that all else is started by. */

typedef struct _JtWakeAlarm JtWakeAlarm;

JtWakeAlarm *jt_wake_alarm_new (void);
void         jt_wake_alarm_free (JtWakeAlarm *self);
/* JT_ERROR_NOT_SUPPORTED: the service may not, or there is no such clock. Reads folders: on the pool. @sysfs: where the kernel's is mounted */
gboolean jt_wake_alarm_check (const char *sysfs, GError **error);
/* G_MAXINT64: none. What cannot be set is logged once. */
void jt_wake_alarm_set (JtWakeAlarm *self, gint64 realtime_usec);
gint64 jt_wake_alarm_get (JtWakeAlarm *self); /* as the kernel has it; G_MAXINT64: none */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtWakeAlarm, jt_wake_alarm_free)
