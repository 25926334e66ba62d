/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "libc-clock.h"

#include <time.h>

#define SECOND G_GINT64_CONSTANT (1000000)
/* No clock goes back further at once; all do so by quarters of an hour. */
#define FURTHEST_BACK (3 * 3600)
#define STEP 900

static void
use_zone (const char *zone)
{
  g_autofree char *variable = g_strdup_printf (":%s", zone);

  if (g_strcmp0 (g_getenv ("TZ"), variable) == 0)
    return;
  g_setenv ("TZ", variable, TRUE);
  tzset ();
}

static gint64
offset_at (gint64 second)
{
  time_t at = (time_t) second;
  struct tm wall;

  g_assert_nonnull (localtime_r (&at, &wall));
  return wall.tm_gmtoff;
}

static gint64
floor_second (gint64 usec)
{
  return usec / SECOND - (usec % SECOND < 0 ? 1 : 0);
}

gint64
libc_wall (const char *zone, gint64 usec)
{
  use_zone (zone);
  return usec + offset_at (floor_second (usec)) * SECOND;
}

/* Whether an instant from @from to @until seconds away shows the same wall time. */
static gboolean
is_shown_near (const char *zone, gint64 usec, int from, int until)
{
  gint64 second = floor_second (usec);
  gint64 offset;

  use_zone (zone);
  offset = offset_at (second);
  for (int distance = from; distance <= until; distance += STEP)
    if (distance != 0 && offset_at (second + distance) + distance == offset)
      return TRUE;
  return FALSE;
}

gboolean
libc_comes_twice (const char *zone, gint64 usec)
{
  return is_shown_near (zone, usec, -FURTHEST_BACK, FURTHEST_BACK);
}

gboolean
libc_is_second_pass (const char *zone, gint64 usec)
{
  return is_shown_near (zone, usec, -FURTHEST_BACK, -STEP);
}
