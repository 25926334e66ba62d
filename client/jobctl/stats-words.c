/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "stats-words.h"

#include <glib/gi18n-lib.h>

#include "jt-when.h"

#define MSEC G_GUINT64_CONSTANT (1000)
#define SECOND (1000 * MSEC)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

char *
stats_count (guint64 count)
{
  return g_strdup_printf ("%'" G_GUINT64_FORMAT, count);
}

char *
stats_rate (double rate)
{
  return rate < 0 ? g_strdup ("-") : g_strdup_printf ("%.1f %%", rate * 100);
}

char *
stats_bound (guint64 usec)
{
  if (usec >= DAY && usec % DAY == 0)
    return g_strdup_printf (_("%d d"), (int) MIN (usec / DAY, G_MAXINT));
  if (usec >= HOUR && usec < 2 * DAY && usec % HOUR == 0)
    return g_strdup_printf (_("%d h"), (int) (usec / HOUR));
  if (usec >= MINUTE && usec < HOUR && usec % MINUTE == 0)
    return g_strdup_printf (_("%d min"), (int) (usec / MINUTE));
  if (usec >= SECOND && usec < MINUTE && usec % SECOND == 0)
    return g_strdup_printf (_("%d s"), (int) (usec / SECOND));
  if (usec >= SECOND && usec < MINUTE && usec % (100 * MSEC) == 0)
    return g_strdup_printf (_("%d.%d s"), (int) (usec / SECOND), (int) (usec / (100 * MSEC) % 10));
  if (usec >= SECOND && usec < MINUTE)
    return g_strdup_printf (_("%d ms"), (int) (usec / MSEC));
  if (usec >= MSEC && usec < SECOND && usec % MSEC != 0)
    /* Translators: "1.5 ms": whole milliseconds and tenths */
    return g_strdup_printf (_("%d.%d ms"), (int) (usec / MSEC), (int) (usec % MSEC / 100));
  return text_duration (usec);
}

char *
stats_instant (gint64 usec, TimeStyle style)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (usec / (gint64) SECOND);
  g_autoptr (GDateTime) local = utc == NULL ? NULL : g_date_time_to_local (utc);

  if (style == TIMES_UTC)
    return jt_when_format (usec);
  if (style == TIMES_ISO)
    return text_iso (usec);
  return local == NULL ? g_strdup ("-") : g_date_time_format (local, "%Y-%m-%d %H:%M");
}

double
stats_double (GVariant *row, const char *key)
{
  double value = -1;

  g_variant_lookup (row, key, "d", &value);
  return value;
}
