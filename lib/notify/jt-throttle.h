/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* At most so many notifications to one recipient in any span of so long: a plain struct, zeroed to begin with, that remembers when the last
 * ones went. A token bucket would let twice as many through in the span that begins with a full one; this does not. It knows nothing after a
 * restart; whoever wants it to know takes the latest deliveries again, oldest first. */

#define JT_THROTTLE_MAX_BURST 64

typedef struct
{
  gint64 went_usec[JT_THROTTLE_MAX_BURST]; /* a ring, the oldest at first */
  guint  first;
  guint  count;
} JtThrottle;

/* 0: one may go now, and is counted. Else the instant at which the next may, and nothing is counted. @per_usec: (preference throttle) 0 is no
 * limit. @burst: (throttle-burst) how many in that time. */
gint64 jt_throttle_take (JtThrottle *throttle, gint64 per_usec, guint burst, gint64 now_usec);
/* The same without counting. */
gint64 jt_throttle_peek (JtThrottle *throttle, gint64 per_usec, guint burst, gint64 now_usec);
