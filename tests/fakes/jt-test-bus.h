/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* A session bus of a test's own, which ends with it, however it ends. GTestDBus has a helper that is forked and goes on in GLib: where
 * threads are about, it may wait for ever for what one of them held. DBUS_SESSION_BUS_ADDRESS is set to its address. */

typedef struct _JtTestBus JtTestBus;

/* Started when this returns. (transfer full) */
JtTestBus *jt_test_bus_new (void);
/* @where: an address that a daemon can listen at, "unix:path=…"; the same again after it was freed. (transfer full) */
JtTestBus  *jt_test_bus_new_at (const char *where);
const char *jt_test_bus_get_address (JtTestBus *bus);
/* Ends the daemon and waits for it. */
void        jt_test_bus_free (JtTestBus *bus);
