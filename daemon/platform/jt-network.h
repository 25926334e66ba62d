/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-answer.h"
#include "jt-peer.h"

/* Whether the network can be reached, and whether it is paid for by volume: as NetworkManager says, and where it is not there, the
 * first as the kernel's routes say; then nobody knows the second. Main loop only.
 *
 * Signals:
 *   "up"        it can be reached again
 *   "changed"   an answer, or whether NetworkManager is there */

#define JT_TYPE_NETWORK (jt_network_get_type ())
G_DECLARE_FINAL_TYPE (JtNetwork, jt_network, JT, NETWORK, GObject)

/* @routes: where the kernel's tables are, "/proc/net" */
JtNetwork *jt_network_new (JtBusLink *link, const char *routes);
JtPeer    *jt_network_get_peer (JtNetwork *self); /* (transfer none) */
JtAnswer   jt_network_get_reachable (JtNetwork *self);
JtAnswer   jt_network_get_unmetered (JtNetwork *self); /* and can be reached */
/* What nobody tells is looked at again. */
void jt_network_refresh (JtNetwork *self);
