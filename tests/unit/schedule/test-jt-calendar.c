/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Calendar expressions as systemd.time(7) has them, and what they become. */

#include "schedule-fixture.h"

#define D0 "2026-01-01T00:00:00Z" /* a Thursday */

static const ElapseRow grammar[] = {
  { "daily", "UTC", D0, "2026-01-02T00:00:00Z" },
  { "hourly", "UTC", D0, "2026-01-01T01:00:00Z" },
  { "minutely", "UTC", D0, "2026-01-01T00:01:00Z" },
  { "weekly", "UTC", D0, "2026-01-05T00:00:00Z" },
  { "monthly", "UTC", D0, "2026-02-01T00:00:00Z" },
  { "quarterly", "UTC", D0, "2026-04-01T00:00:00Z" },
  { "semiannually", "UTC", D0, "2026-07-01T00:00:00Z" },
  { "yearly", "UTC", D0, "2027-01-01T00:00:00Z" },
  { "Mon..Fri 02:30", "UTC", D0, "2026-01-01T02:30:00Z 2026-01-02T02:30:00Z 2026-01-05T02:30:00Z" },
  { "Sat,Thu,Mon..Wed,Sat..Sun", "UTC", D0, "2026-01-03T00:00:00Z 2026-01-04T00:00:00Z 2026-01-05T00:00:00Z" },
  { "*-*-* *:0/20", "UTC", D0, "2026-01-01T00:20:00Z 2026-01-01T00:40:00Z 2026-01-01T01:00:00Z" },
  { "*-*~1", "UTC", D0, "2026-01-31T00:00:00Z 2026-02-28T00:00:00Z" },
  { "*-02~03", "UTC", D0, "2026-02-26T00:00:00Z 2027-02-26T00:00:00Z 2028-02-27T00:00:00Z" },
  { "Mon *-05~07/1", "UTC", D0, "2026-05-25T00:00:00Z 2027-05-31T00:00:00Z" },
  { "*-02-29", "UTC", D0, "2028-02-29T00:00:00Z 2032-02-29T00:00:00Z" },
  { "2026..2027-06-01", "UTC", D0, "2026-06-01T00:00:00Z 2027-06-01T00:00:00Z never" },
  { "27-03-01", "UTC", D0, "2027-03-01T00:00:00Z never" },
  { "12..14:10,20", "UTC", D0, "2026-01-01T12:10:00Z 2026-01-01T12:20:00Z 2026-01-01T13:10:00Z" },
  { "*:*:0/30", "UTC", D0, "2026-01-01T00:00:30Z 2026-01-01T00:01:00Z" },
  { "*:*:0.5", "UTC", D0, "2026-01-01T00:00:00.500000Z 2026-01-01T00:01:00.500000Z" },
  { "@1767225660", "Europe/Berlin", D0, "2026-01-01T00:01:00Z never" },
  { "daily Europe/Berlin", "UTC", D0, "2026-01-01T23:00:00Z" },
  { "Fri 18:00 America/New_York", "UTC", D0, "2026-01-02T23:00:00Z" },
  { "02:30 UTC", "Europe/Berlin", D0, "2026-01-01T02:30:00Z" },
  { "Wed, 17:48", "UTC", D0, "2026-01-07T17:48:00Z" },
  { "calendar: daily", "UTC", D0, "2026-01-02T00:00:00Z" },
  { "*:0/7", "UTC", "2026-01-01T23:50:00Z", "2026-01-01T23:56:00Z 2026-01-02T00:00:00Z" },
};

/* Skipped in the gap, once in the overlap, as a systemd timer does. */
static const ElapseRow changes[] = {
  { "02:30", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-30T00:30:00Z" },
  { "*:30", "Europe/Berlin", "2026-03-29T00:00:00Z", "2026-03-29T00:30:00Z 2026-03-29T01:30:00Z" },
  { "02:30", "America/New_York", "2026-03-08T00:00:00Z", "2026-03-09T06:30:00Z" },
  /* the last Sunday of March is the day with the gap, for as long as the rules are as they are */
  { "Sun *-03~7/1 02:30", "Europe/Berlin", D0, "never" },
  { "Sun *-03~7/1 02:30", "America/New_York", D0, "2026-03-29T06:30:00Z" },
};

static const struct
{
  const char *text;
  const char *normalized;
} forms[] = {
  { "daily", "*-*-* 00:00:00" },
  { "Mon..Fri 2:30", "Mon..Fri *-*-* 02:30:00" },
  { "Sat,Thu,Mon..Wed,Sat..Sun", "Mon..Thu,Sat,Sun *-*-* 00:00:00" },
  { "Mon,Sun 12-*-* 2,1:23", "Mon,Sun 2012-*-* 01,02:23:00" },
  { "Wed *-1", "Wed *-*-01 00:00:00" },
  { "Wed, 17:48", "Wed *-*-* 17:48:00" },
  { "10-15", "*-10-15 00:00:00" },
  { "monday *-12-* 17:00", "Mon *-12-* 17:00:00" },
  { "Mon,Fri *-*-3,1,2 *:30:45", "Mon,Fri *-*-01,02,03 *:30:45" },
  { "12,14,13,12:20,10,30", "*-*-* 12,13,14:10,20,30:00" },
  { "12..14:10,20,30", "*-*-* 12..14:10,20,30:00" },
  { "*-*~1", "*-*~01 00:00:00" },
  { "05:40:23.4200004/3.1700005", "*-*-* 05:40:23.420000/3.170001" },
  { "2003-02..04-05", "2003-02..04-05 00:00:00" },
  { "20..22/5:00", "*-*-* 20:00:00" },
  { "*-*-01..10/4", "*-*-01..09/4 00:00:00" },
  { "hourly", "*-*-* *:00:00" },
  { "daily Pacific/Auckland", "*-*-* 00:00:00 Pacific/Auckland" },
  { "weekly", "Mon *-*-* 00:00:00" },
};

static void
test_grammar (void)
{
  check_elapse_rows (grammar, G_N_ELEMENTS (grammar));
}

static void
test_changes (void)
{
  check_elapse_rows (changes, G_N_ELEMENTS (changes));
}

/* Most of them are the examples of systemd.time(7). */
static void
test_normalized (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autoptr (JtSchedule) schedule = parse_schedule (forms[i].text, "UTC", instant (D0));

      if (!g_str_equal (jt_schedule_get_normalized (schedule), forms[i].normalized))
        {
          g_test_message ("FAULT '%s' is '%s', expected '%s'", forms[i].text, jt_schedule_get_normalized (schedule), forms[i].normalized);
          g_test_fail ();
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule/calendar/grammar", test_grammar);
  g_test_add_func ("/schedule/calendar/changes", test_changes);
  g_test_add_func ("/schedule/calendar/normalized", test_normalized);
  return g_test_run ();
}
