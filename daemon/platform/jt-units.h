/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-peer.h"

/* Units of systemd, by name, and when they enter a state. What happened while systemd could not be heard (it was executed anew, the
 * bus was gone) is found by the instants that it keeps. Main loop only.
 *
 * Signals:
 *   "entered" (const char *unit, const char *state)   "failed", "active" or "inactive" */

#define JT_TYPE_UNITS (jt_units_get_type ())
G_DECLARE_FINAL_TYPE (JtUnits, jt_units, JT, UNITS, GObject)

/* @link: of the bus on which the manager is: the system's, or the user's own. */
JtUnits *jt_units_new (JtBusLink *link);
JtPeer  *jt_units_get_peer (JtUnits *self); /* (transfer none) */
/* Until jt_units_unwatch(), as often as this is said. A unit that is not there yet is waited for. */
void jt_units_watch (JtUnits *self, const char *unit);
void jt_units_unwatch (JtUnits *self, const char *unit);
