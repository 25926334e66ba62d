/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-answer.h"
#include "jt-peer.h"

/* Whether the machine runs from its mains: UPower says so and tells changes; where it is not there the kernel's power supplies are
 * read when somebody asks. A machine without a battery is always plugged in. Main loop only; files are read on the pool.
 *
 * Signals:
 *   "plugged-in"   it ran from its battery before; only UPower tells
 *   "changed"      the answer, or whether UPower is there */

#define JT_TYPE_POWER (jt_power_get_type ())
G_DECLARE_FINAL_TYPE (JtPower, jt_power, JT, POWER, GObject)

/* @sysfs: where the kernel's is mounted */
JtPower *jt_power_new (JtBusLink *link, const char *sysfs);
JtPeer  *jt_power_get_peer (JtPower *self); /* (transfer none) */
JtAnswer jt_power_get_on_mains (JtPower *self);
/* What nobody tells is looked at again. */
void jt_power_refresh (JtPower *self);
