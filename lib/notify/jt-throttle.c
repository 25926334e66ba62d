/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-throttle.h"

static gint64
get_went (const JtThrottle *throttle, guint index)
{
  return throttle->went_usec[(throttle->first + index) % JT_THROTTLE_MAX_BURST];
}

/* Lets go of what is older than the span. What is of the future went before the clock was set back, and counts as of now. */
static void
forget_old (JtThrottle *throttle, gint64 per_usec, gint64 now_usec)
{
  for (guint i = 0; i < throttle->count; i++)
    {
      gint64 *went_usec = &throttle->went_usec[(throttle->first + i) % JT_THROTTLE_MAX_BURST];

      *went_usec = MIN (*went_usec, now_usec);
    }
  while (throttle->count > 0 && now_usec - get_went (throttle, 0) >= per_usec)
    {
      throttle->first = (throttle->first + 1) % JT_THROTTLE_MAX_BURST;
      throttle->count--;
    }
}

gint64
jt_throttle_peek (JtThrottle *throttle, gint64 per_usec, guint burst, gint64 now_usec)
{
  burst = CLAMP (burst, 1, JT_THROTTLE_MAX_BURST);
  if (per_usec <= 0)
    return 0;
  forget_old (throttle, per_usec, now_usec);
  if (throttle->count < burst)
    return 0;
  /* With a smaller burst than before there are more than it allows; it is the one that many before the last that has to get old. */
  return get_went (throttle, throttle->count - burst) + per_usec;
}

gint64
jt_throttle_take (JtThrottle *throttle, gint64 per_usec, guint burst, gint64 now_usec)
{
  gint64 next_usec = jt_throttle_peek (throttle, per_usec, burst, now_usec);

  if (next_usec > 0 || per_usec <= 0)
    return next_usec;
  throttle->went_usec[(throttle->first + throttle->count) % JT_THROTTLE_MAX_BURST] = now_usec;
  throttle->count++;
  return 0;
}
