/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Points in time as people write them, and as we do. */

#include "jt-error.h"
#include "jt-when.h"
#include "schedule-fixture.h"

#define NOW "2026-06-15T12:00:00Z"

static void
test_parsed (void)
{
  static const char *const rows[][3] = {
    { "now", "UTC", "2026-06-15T12:00:00Z" },
    { "today", "UTC", "2026-06-15T00:00:00Z" },
    { "yesterday 08:00", "UTC", "2026-06-14T08:00:00Z" },
    { "tomorrow", "Europe/Berlin", "2026-06-15T22:00:00Z" },
    { "18:30", "UTC", "2026-06-15T18:30:00Z" },
    { "11:30", "UTC", "2026-06-16T11:30:00Z" },
    { "11:30Z", "Europe/Berlin", "2026-06-16T11:30:00Z" },
    { "13:30+01:00", "Europe/Berlin", "2026-06-15T12:30:00Z" },
    { "2026-12-24", "Europe/Berlin", "2026-12-23T23:00:00Z" },
    { "2026-12-24 18:00:30", "UTC", "2026-12-24T18:00:30Z" },
    { "2026-12-24T18:00:00.5Z", "Europe/Berlin", "2026-12-24T18:00:00.500000Z" },
    { "2026-12-24T18:00:00-05:30", "UTC", "2026-12-24T23:30:00Z" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JtZone) zone = jt_zone_get (rows[i][1], NULL);
      JtScan scan = { .text = rows[i][0], .at = rows[i][0] };
      gint64 usec = 0;
      g_autofree char *text = NULL;

      if (!jt_when_parse (&scan, zone, instant (NOW), &usec))
        g_error ("%s: %s", rows[i][0], scan.error->message);
      text = jt_when_format (usec);
      g_assert_cmpstr (text, ==, rows[i][2]);
    }
}

static void
test_refused (void)
{
  static const char *const rows[] = { "", "soon", "25:00", "12:60", "2026-13-01", "2026-02-30", "26-1-1", "2026-12-24 18:00 x", "2026-12-24T18:00:00+25:00", "-1" };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JtZone) zone = jt_zone_get ("UTC", NULL);
      JtScan scan = { .text = rows[i], .at = rows[i] };
      gint64 usec = 0;

      if (jt_when_parse (&scan, zone, instant (NOW), &usec))
        g_error ("'%s' is not refused", rows[i]);
      g_assert_error (scan.error, JT_ERROR, JT_ERROR_INVALID_SCHEDULE);
      g_clear_error (&scan.error);
    }
}

static void
test_formatted (void)
{
  g_autofree char *whole = jt_when_format (0);
  g_autofree char *fraction = jt_when_format (1);
  g_autofree char *before = jt_when_format (-1);

  g_assert_cmpstr (whole, ==, "1970-01-01T00:00:00Z");
  g_assert_cmpstr (fraction, ==, "1970-01-01T00:00:00.000001Z");
  g_assert_cmpstr (before, ==, "1969-12-31T23:59:59.999999Z");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule/when/parsed", test_parsed);
  g_test_add_func ("/schedule/when/refused", test_refused);
  g_test_add_func ("/schedule/when/formatted", test_formatted);
  return g_test_run ();
}
