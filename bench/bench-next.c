/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "bench-common.h"

#include <stdio.h>

#include "jt-schedule.h"

/* bench-next ZONE EXPRESSION: the microseconds that one search from 1970 on takes, the quickest of some.
 *
 * bench-next ZONE SECONDS EXPRESSION: computes one occurrence after the other, from the first after 2026-01-01 UTC on,
 * for so long. Prints how many a second, and the first one in seconds since the epoch. Beyond 2150 it begins anew, so
 * that no expression comes to its end. */

#define FROM_USEC (1767225600 * (gint64) G_USEC_PER_SEC)
#define UNTIL_USEC (5680281600 * (gint64) G_USEC_PER_SEC)
#define BETWEEN_LOOKS 64

static double
measure (JtSchedule *schedule, double seconds)
{
  double start = bench_now_seconds (), elapsed;
  gint64 at_usec = FROM_USEC;
  guint64 count = 0;

  do
    {
      for (guint i = 0; i < BETWEEN_LOOKS; i++)
        {
          at_usec = jt_schedule_next (schedule, at_usec);
          if (at_usec > UNTIL_USEC)
            at_usec = FROM_USEC;
        }
      count += BETWEEN_LOOKS;
      elapsed = bench_now_seconds () - start;
    }
  while (elapsed < seconds);
  return (double) count / elapsed;
}

static double
measure_one (JtSchedule *schedule)
{
  double least = G_MAXDOUBLE;

  for (guint i = 0; i < 20; i++)
    {
      double start = bench_now_seconds ();

      jt_schedule_next (schedule, 0);
      least = MIN (least, bench_now_seconds () - start);
    }
  return least * 1e6;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtZone) zone = NULL;
  g_autoptr (JtSchedule) schedule = NULL;

  if (argc != 3 && argc != 4)
    g_error ("usage: bench-next ZONE [SECONDS] EXPRESSION");
  zone = jt_zone_get (argv[1], &error);
  schedule = zone == NULL ? NULL : jt_schedule_parse (argv[argc - 1], zone, FROM_USEC, NULL, &error);
  if (schedule == NULL)
    g_error ("%s: %s", argv[argc - 1], error->message);
  if (argc == 3)
    {
      printf ("%.2f\n", measure_one (schedule));
      return EXIT_SUCCESS;
    }
  printf ("%.1f %" G_GINT64_FORMAT "\n", measure (schedule, g_ascii_strtod (argv[2], NULL)),
          jt_schedule_next (schedule, FROM_USEC) / G_USEC_PER_SEC);
  return EXIT_SUCCESS;
}
