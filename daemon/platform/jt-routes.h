/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

#include "jt-answer.h"

/* Whether the kernel has a way to the rest of the world: a default route that is no loopback's. What is known of the network where
 * nobody manages it for us. (GNetworkMonitor says the same, but its default one asks on the bus and waits, and the plain one is to
 * be had through that only.) Main loop only; the tables, which may be long, are read on the pool.
 *
 * Signals:
 *   "changed"   the answer */

#define JT_TYPE_ROUTES (jt_routes_get_type ())
G_DECLARE_FINAL_TYPE (JtRoutes, jt_routes, JT, ROUTES, GObject)

/* @folder: "/proc/net" */
JtRoutes *jt_routes_new (const char *folder);
JtAnswer  jt_routes_get_reachable (JtRoutes *self);
/* Whether it is told when routes change; otherwise somebody has to say jt_routes_refresh(). */
gboolean jt_routes_are_told (JtRoutes *self);
void     jt_routes_refresh (JtRoutes *self);
