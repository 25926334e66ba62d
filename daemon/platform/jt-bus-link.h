/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

/* A connection to a bus on which others are asked: made when first wanted, made anew with growing pauses when it is lost, never
 * waited for. (The connection on which the service has its name is another, and jt-daemon.c's.) Main loop only.
 *
 * Signals:
 *   "changed"   there is a connection, or there is none any more, or the first attempt at one has failed */

#define JT_TYPE_BUS_LINK (jt_bus_link_get_type ())
G_DECLARE_FINAL_TYPE (JtBusLink, jt_bus_link, JT, BUS_LINK, GObject)

/* @address: (nullable) nobody can be asked then */
JtBusLink *jt_bus_link_new (const char *address);
/* Begins to connect, unless that was said before. */
void jt_bus_link_use (JtBusLink *self);
/* NULL: none now. (transfer none) */
GDBusConnection *jt_bus_link_get_connection (JtBusLink *self);
/* Why there is none, for people; NULL while it is not known yet, or while there is one. (transfer none) */
const char *jt_bus_link_get_trouble (JtBusLink *self);
