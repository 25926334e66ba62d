/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-backoff.h"

#define MINUTE (60 * (gint64) G_USEC_PER_SEC)
#define MOST (60 * MINUTE)
#define JITTER 10 /* per cent, each way */

/* The finalizer of SplitMix64: near seeds give numbers far apart. */
static guint64
mix (guint64 seed)
{
  seed += 0x9e3779b97f4a7c15u;
  seed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9u;
  seed = (seed ^ (seed >> 27)) * 0x94d049bb133111ebu;
  return seed ^ (seed >> 31);
}

gint64
jt_backoff_get_delay (guint n_failures, guint64 seed)
{
  gint64 delay = MINUTE;
  gint64 spread;

  for (guint i = 1; i < n_failures && delay < MOST; i++)
    delay *= 2;
  delay = MIN (delay, MOST);
  spread = delay * JITTER / 100;
  return delay - spread + (gint64) (mix (seed ^ ((guint64) n_failures << 56)) % (guint64) (2 * spread + 1));
}
