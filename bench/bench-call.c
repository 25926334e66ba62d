/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "bench-common.h"

#include <stdio.h>

/* bench-call ADDRESS COUNT DESTINATION PATH INTERFACE METHOD [PARAMETERS]: calls one method, one call after the other,
 * and reads each reply to its last value. PARAMETERS is a tuple in GVariant's text form; %u in it becomes the number of
 * the call. Prints calls a second, the median and the 99th percentile of one in microseconds. */

/* The entries of one a{sv}, as a client reads them. */
static guint
count_entries (GVariant *row)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;
  guint count = 0;

  g_variant_iter_init (&iter, row);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    count += *key != '\0';
  return count;
}

/* Everything is looked at once, as a client that shows it would. */
static guint
count_values (GVariant *value)
{
  GVariantIter iter;
  GVariant *child;
  guint count = 1;

  if (!g_variant_is_container (value))
    return count;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
    return count + count_entries (value);
  g_variant_iter_init (&iter, value);
  while ((child = g_variant_iter_next_value (&iter)) != NULL)
    {
      count += count_values (child);
      g_variant_unref (child);
    }
  return count;
}

static GVariant *
make_parameters (const char *text, guint number)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *digits = g_strdup_printf ("%u", number);
  g_auto (GStrv) parts = NULL;
  g_autofree char *filled = NULL;
  GVariant *parameters;

  if (text == NULL)
    return NULL;
  parts = g_strsplit (text, "%u", -1);
  filled = g_strjoinv (digits, parts);
  parameters = g_variant_parse (NULL, filled, NULL, NULL, &error);
  if (parameters == NULL)
    g_error ("%s: %s", filled, error->message);
  return parameters;
}

static double
time_call (GDBusConnection *bus, char **argv, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  double start = bench_now_seconds ();

  reply = g_dbus_connection_call_sync (bus, argv[3], argv[4], argv[5], argv[6], parameters, NULL,
                                       G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  if (reply == NULL)
    g_error ("%s: %s", argv[6], error->message);
  if (count_values (reply) == 0)
    g_error ("%s: an empty reply", argv[6]);
  return bench_now_seconds () - start;
}

int
main (int argc, char **argv)
{
  g_autoptr (GDBusConnection) bus = NULL;
  g_autofree double *taken = NULL;
  double total = 0;
  guint count;

  if (argc != 7 && argc != 8)
    g_error ("usage: bench-call ADDRESS COUNT DESTINATION PATH INTERFACE METHOD [PARAMETERS]");
  bus = bench_connect (argv[1]);
  count = bench_parse_count (argv[2], 10000000);
  taken = g_new (double, count);
  for (guint i = 0; i < count; i++)
    {
      taken[i] = time_call (bus, argv, make_parameters (argv[7], i));
      total += taken[i];
    }
  printf ("%.1f %.1f %.1f\n", count / total, bench_quantile (taken, count, 0.5) * 1e6,
          bench_quantile (taken, count, 0.99) * 1e6);
  return EXIT_SUCCESS;
}
