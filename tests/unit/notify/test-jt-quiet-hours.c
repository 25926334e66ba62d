/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Quiet hours: when they end, over midnight, by weekday, in the nights in which clocks are changed. */

#include "notify-fixture.h"

#define BERLIN "Europe/Berlin"
#define NEW_YORK "America/New_York"
#define LORD_HOWE "Australia/Lord_Howe"

static const struct
{
  const char *text;
  const char *zone;
  const char *at;
  const char *end; /* in UTC; "never": it is not quiet */
} rows[] = {
  /* 2026-06-10 is a Wednesday. */
  { "", "UTC", "2026-06-10T23:00:00Z", "never" },
  { "22:00-07:00", "UTC", "2026-06-10T21:59:59Z", "never" },
  { "22:00-07:00", "UTC", "2026-06-10T22:00:00Z", "2026-06-11T07:00:00Z" },
  { "22:00-07:00", "UTC", "2026-06-11T06:59:59Z", "2026-06-11T07:00:00Z" },
  { "22:00-07:00", "UTC", "2026-06-11T07:00:00Z", "never" },
  { "12:00-13:30", "UTC", "2026-06-10T12:15:00Z", "2026-06-10T13:30:00Z" },
  { "22:00-07:00", BERLIN, "2026-06-10T20:00:00Z", "2026-06-11T05:00:00Z" },
  { "22:00-07:00", BERLIN, "2026-06-10T19:59:00Z", "never" },
  { "22:00-07:00", "Asia/Kathmandu", "2026-06-10T16:15:00Z", "2026-06-11T01:15:00Z" },
  /* The day is the one on which it begins. */
  { "fri 22:00-07:00", "UTC", "2026-06-13T06:00:00Z", "2026-06-13T07:00:00Z" },
  { "fri 22:00-07:00", "UTC", "2026-06-13T23:00:00Z", "never" },
  { "fri 22:00-07:00", "UTC", "2026-06-12T06:00:00Z", "never" },
  { "mon-fri 22:00-07:00; sat,sun 00:00-10:00", "UTC", "2026-06-13T06:00:00Z", "2026-06-13T10:00:00Z" },
  { "mon-fri 22:00-07:00; sat,sun 00:00-10:00", "UTC", "2026-06-14T11:00:00Z", "never" },
  { "sat-mon 00:00-24:00", "UTC", "2026-06-13T12:00:00Z", "2026-06-16T00:00:00Z" },
  /* Windows that follow on each other are one. */
  { "20:00-22:00; 22:00-23:00; 22:30-01:00", "UTC", "2026-06-10T20:00:00Z", "2026-06-11T01:00:00Z" },
  { "00:00-23:59", "UTC", "2026-06-10T12:00:00Z", "2026-06-10T23:59:00Z" },
  { "mon-sat 00:00-24:00; sun 00:00-23:00", "UTC", "2026-06-08T00:00:00Z", "2026-06-14T23:00:00Z" },
  /* Berlin, forward at 02:00 on 2026-03-29: 22:00 is 21:00Z, 07:00 is 05:00Z already. */
  { "22:00-07:00", BERLIN, "2026-03-28T21:00:00Z", "2026-03-29T05:00:00Z" },
  { "22:00-07:00", BERLIN, "2026-03-28T20:59:00Z", "never" },
  { "22:00-02:30", BERLIN, "2026-03-29T00:59:00Z", "2026-03-29T01:00:00Z" }, /* 02:30 is skipped: 03:00 */
  { "22:00-02:30", BERLIN, "2026-03-29T01:00:00Z", "never" },
  { "02:30-04:00", BERLIN, "2026-03-29T00:59:59Z", "never" },
  { "02:30-04:00", BERLIN, "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z" },
  { "02:00-03:00", BERLIN, "2026-03-29T01:00:00Z", "never" }, /* all of it is skipped */
  /* Berlin, back at 03:00 on 2026-10-25: 02:30 is 00:30Z and 01:30Z. */
  { "22:00-07:00", BERLIN, "2026-10-24T20:00:00Z", "2026-10-25T06:00:00Z" },
  { "22:00-02:30", BERLIN, "2026-10-25T00:45:00Z", "2026-10-25T01:30:00Z" },
  { "22:00-02:30", BERLIN, "2026-10-25T01:15:00Z", "2026-10-25T01:30:00Z" },
  { "22:00-02:30", BERLIN, "2026-10-25T01:30:00Z", "never" },
  { "02:30-04:00", BERLIN, "2026-10-25T00:30:00Z", "2026-10-25T03:00:00Z" },
  { "02:30-04:00", BERLIN, "2026-10-25T00:29:00Z", "never" },
  { "22:00-03:00", BERLIN, "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z" },
  { "22:00-02:00", BERLIN, "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z" }, /* the clock shows 02:00 once more */
  { "22:00-02:00", BERLIN, "2026-10-25T01:00:00Z", "never" },
  /* New York, forward on 2026-03-08, back on 2026-11-01. */
  { "22:00-07:00", NEW_YORK, "2026-03-08T03:00:00Z", "2026-03-08T11:00:00Z" },
  { "22:00-02:15", NEW_YORK, "2026-03-08T06:30:00Z", "2026-03-08T07:00:00Z" },
  { "22:00-07:00", NEW_YORK, "2026-11-01T02:00:00Z", "2026-11-01T12:00:00Z" },
  { "22:00-01:30", NEW_YORK, "2026-11-01T05:45:00Z", "2026-11-01T06:30:00Z" },
  { "01:30-02:00", NEW_YORK, "2026-11-01T05:30:00Z", "2026-11-01T07:00:00Z" },
  /* Lord Howe moves by half an hour: back at 02:00 (+11) to 01:30 (+10:30) on 2026-04-05, forward at 02:00 on 2026-10-04. */
  { "22:00-07:00", LORD_HOWE, "2026-04-04T11:00:00Z", "2026-04-04T20:30:00Z" },
  { "22:00-01:45", LORD_HOWE, "2026-04-04T14:50:00Z", "2026-04-04T15:15:00Z" },
  { "22:00-07:00", LORD_HOWE, "2026-10-03T11:30:00Z", "2026-10-03T20:00:00Z" },
  { "22:00-02:15", LORD_HOWE, "2026-10-03T15:29:00Z", "2026-10-03T15:30:00Z" },
  { "22:00-02:15", LORD_HOWE, "2026-10-03T15:30:00Z", "never" },
  /* Apia left 2011-12-30 out altogether. */
  { "fri 00:00-12:00", "Pacific/Apia", "2011-12-30T10:00:00Z", "never" },
  { "thu 22:00-07:00", "Pacific/Apia", "2011-12-30T09:00:00Z", "2011-12-30T10:00:00Z" },
  { "22:00-07:00", "Pacific/Apia", "2011-12-30T10:30:00Z", "2011-12-30T17:00:00Z" },
};

static void
test_ends (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JtQuietHours) quiet = jt_quiet_hours_parse (rows[i].text, &error);
      g_autoptr (JtZone) where = zone (rows[i].zone);
      g_autofree char *end = NULL;

      g_assert_no_error (error);
      end = show_instant (jt_quiet_hours_get_end (quiet, where, instant (rows[i].at)));
      if (!g_str_equal (end, rows[i].end))
        g_error ("row %u: %s in %s at %s: %s", i, rows[i].text, rows[i].zone, rows[i].at, end);
    }
}

static const struct
{
  const char *text;
  const char *message;
} bad[] = {
  { "22:00", "column 6: expected - and the time" },
  { "22-07", "column 1: expected a time" },
  { "24:00-07:00", "column 1: expected a time from 00:00 to 23:59" },
  { "22:60-07:00", "column 1: expected a time" },
  { "22:00-25:00", "column 7: expected a time" },
  { "22:00-24:01", "column 7: expected a time" },
  { "22:00-22:00", "it ends when it begins; write 00:00-24:00" },
  { "moo 22:00-07:00", "column 1: expected a day of the week" },
  { "mon-foo 22:00-07:00", "column 5: expected a day of the week" },
  { "mon, 22:00-07:00", "column 5: expected a day" },
  { "mon22:00-07:00", "column 4: expected a blank" },
  { "22:00-07:00, 12:00-13:00", "column 12: expected ;" },
  { ";22:00-07:00", "column 1: expected a time" },
  { "00:00-24:00", "they never end" },
  { "00:00-12:00; 12:00-00:00", "they never end" },
  { "mon-sun 10:00-09:59; 09:00-11:00", "they never end" },
};

static void
test_refused (void)
{
  GString *many = g_string_new (NULL);
  g_autoptr (GError) many_error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (jt_quiet_hours_parse (bad[i].text, &error));
      expect_refusal (error, bad[i].text, bad[i].message);
    }
  for (guint i = 0; i < 17; i++)
    g_string_append_printf (many, "%02u:00-%02u:30;", i, i);
  g_assert_null (jt_quiet_hours_parse (many->str, &many_error));
  expect_refusal (many_error, "17 windows", "more than 16 windows");
  g_string_free (many, TRUE);
}

static const struct
{
  const char *text;
  const char *normal;
} forms[] = {
  { "", "" },
  { " 22:00 - 7:00 ", "22:00-07:00" },
  { "Monday-FRI 22:00-07:00;", "mon-fri 22:00-07:00" },
  { "sun,sat 00:00-24:00", "sat,sun 00:00-24:00" },
  { "fri-mon 01:00-02:00", "mon,fri-sun 01:00-02:00" },
  { "mon-sun 01:00-02:00", "01:00-02:00" },
  { "mon,wed,fri 20:00-00:00", "mon,wed,fri 20:00-24:00" },
  { "12:00-13:00;22:00-07:00", "12:00-13:00; 22:00-07:00" },
};

static void
test_normal_form (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JtQuietHours) quiet = jt_quiet_hours_parse (forms[i].text, &error);
      g_autoptr (JtQuietHours) again = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (jt_quiet_hours_get_text (quiet), ==, forms[i].normal);
      again = jt_quiet_hours_parse (forms[i].normal, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (jt_quiet_hours_get_text (again), ==, forms[i].normal);
    }
}

/* Over a year, each quarter of an hour: whoever is told to wait is not told to wait once more then, and not kept past the window. */
static void
test_ends_are_ends (void)
{
  static const char *const zones[] = { BERLIN, NEW_YORK, LORD_HOWE };
  g_autoptr (JtQuietHours) quiet = jt_quiet_hours_parse ("mon-fri 22:00-02:15; sat,sun 01:45-10:00", NULL);
  gint64 begin_usec = instant ("2026-01-01T00:00:00Z");

  for (guint i = 0; i < G_N_ELEMENTS (zones); i++)
    {
      g_autoptr (JtZone) where = zone (zones[i]);

      for (gint64 usec = begin_usec; usec < begin_usec + G_GINT64_CONSTANT (31536000000000); usec += G_GINT64_CONSTANT (900000000))
        {
          gint64 end_usec = jt_quiet_hours_get_end (quiet, where, usec);

          if (end_usec == 0)
            continue;
          g_assert_cmpint (end_usec, >, usec);
          g_assert_cmpint (end_usec, <=, usec + G_GINT64_CONSTANT (46800000000));
          g_assert_cmpint (jt_quiet_hours_get_end (quiet, where, end_usec), ==, 0);
          g_assert_cmpint (jt_quiet_hours_get_end (quiet, where, end_usec - 1), ==, end_usec);
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/quiet-hours/ends", test_ends);
  g_test_add_func ("/quiet-hours/refused", test_refused);
  g_test_add_func ("/quiet-hours/normal-form", test_normal_form);
  g_test_add_func ("/quiet-hours/ends-are-ends", test_ends_are_ends);
  return g_test_run ();
}
