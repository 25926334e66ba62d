/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Wall clocks as localtime(3) has them, by way of TZ: what the product's zones are measured against. In microseconds; a wall time is
 * the number that the same clock would show in UTC. */

gint64 libc_wall (const char *zone, gint64 usec);
/* Whether the clock shows at another instant what it shows now, and whether it already did before. */
gboolean libc_comes_twice (const char *zone, gint64 usec);
gboolean libc_is_second_pass (const char *zone, gint64 usec);
