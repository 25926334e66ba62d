/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>
#include <stdlib.h>
#include <time.h>

/* What the programs of this folder share: the stop-watch, medians, a connection. They measure and end; whatever goes
 * wrong ends them with a message, because half a figure is worse than none. */

static inline double
bench_now_seconds (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (double) time.tv_sec + (double) time.tv_nsec * 1e-9;
}

static inline int
bench_compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

/* The value below which this share of @values lies; sorts them. */
static inline double
bench_quantile (double *values, guint count, double share)
{
  qsort (values, count, sizeof *values, bench_compare);
  return values[MIN ((guint) ((double) count * share), count - 1)];
}

static inline guint
bench_parse_count (const char *text, guint most)
{
  guint64 count = 0;

  if (!g_ascii_string_to_unsigned (text, 10, 1, most, &count, NULL))
    g_error ("'%s' is no number from 1 to %u", text, most);
  return (guint) count;
}

static inline GDBusConnection *
bench_connect (const char *address)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus =
    g_dbus_connection_new_for_address_sync (address,
                                            G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                              G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                            NULL, NULL, &error);

  if (bus == NULL)
    g_error ("could not connect to %s: %s", address, error->message);
  return bus;
}
