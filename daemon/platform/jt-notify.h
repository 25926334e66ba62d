/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* What the service manager is told, and asks: readiness, status, watchdog (sd_notify(3), whose protocol is a datagram of lines).
 * Spoken here rather than through libsystemd, which brings six libraries along that nothing else of the service needs. Without a
 * manager nothing happens. */

void jt_notify_ready (const char *status);
void jt_notify_status (const char *status);
void jt_notify_stopping (void);
/* Pings at half the manager's interval from the main loop, so that a loop that hangs is noticed. 0: not asked for. */
guint jt_notify_start_watchdog (void);
