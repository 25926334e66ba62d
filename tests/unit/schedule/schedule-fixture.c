/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "schedule-fixture.h"

#include <string.h>

#include "jt-when.h"

gint64
instant (const char *text)
{
  g_autoptr (JtZone) utc = jt_zone_get ("UTC", NULL);
  JtScan scan = { .text = text, .at = text };
  gint64 usec = 0;

  if (!jt_when_parse (&scan, utc, 0, &usec))
    g_error ("%s: %s", text, scan.error->message);
  return usec;
}

/* The test ends when it does not parse. (transfer full) */
JtSchedule *
parse_schedule (const char *text, const char *zone, gint64 base_usec)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JtZone) found = jt_zone_get (zone, &error);
  JtSchedule *schedule = found == NULL ? NULL : jt_schedule_parse (text, found, base_usec, NULL, &error);

  if (schedule == NULL)
    g_error ("'%s' in %s: %s", text, zone, error->message);
  return schedule;
}

/* (transfer full) "never" where they end */
char *
list_elapses (JtSchedule *schedule, gint64 from_usec, guint count)
{
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < count; i++)
    {
      gint64 next = jt_schedule_next (schedule, from_usec);
      g_autofree char *text = next == JT_INSTANT_NEVER ? g_strdup ("never") : jt_when_format (next);

      g_string_append_printf (list, "%s%s", i > 0 ? " " : "", text);
      if (next == JT_INSTANT_NEVER)
        break;
      g_assert_cmpint (next, >, from_usec);
      from_usec = next;
    }
  return g_string_free (list, FALSE);
}

void
check_elapse_rows (const ElapseRow *rows, guint count)
{
  for (guint i = 0; i < count; i++)
    {
      gint64 from_usec = instant (rows[i].from);
      g_autoptr (JtSchedule) schedule = parse_schedule (rows[i].text, rows[i].zone, from_usec);
      g_auto (GStrv) words = g_strsplit (rows[i].elapses, " ", -1);
      g_autofree char *list = list_elapses (schedule, from_usec, g_strv_length (words));

      if (!g_str_equal (list, rows[i].elapses))
        {
          g_test_message ("FAULT '%s' in %s from %s\nexpected %s\n     got %s", rows[i].text, rows[i].zone, rows[i].from, rows[i].elapses, list);
          g_test_fail ();
        }
    }
}
