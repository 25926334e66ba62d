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
  /* days from the end are counted from the last one, in ranges too */
  { "*-*~2..3", "UTC", D0, "2026-01-29T00:00:00Z 2026-01-30T00:00:00Z 2026-02-26T00:00:00Z 2026-02-27T00:00:00Z" },
  { "*-*~3..7/3", "UTC", D0, "2026-01-26T00:00:00Z 2026-01-29T00:00:00Z 2026-02-23T00:00:00Z" },
  { "*-*~7/3", "UTC", D0, "2026-01-25T00:00:00Z 2026-01-28T00:00:00Z 2026-01-31T00:00:00Z 2026-02-22T00:00:00Z" },
  { "*-*~1,28", "UTC", D0, "2026-01-04T00:00:00Z 2026-01-31T00:00:00Z 2026-02-01T00:00:00Z 2026-02-28T00:00:00Z" },
  { "*-02~*", "UTC", D0, "2026-02-01T00:00:00Z 2026-02-02T00:00:00Z" },
  { "*-02-29", "UTC", D0, "2028-02-29T00:00:00Z 2032-02-29T00:00:00Z" },
  { "2026..2027-06-01", "UTC", D0, "2026-06-01T00:00:00Z 2027-06-01T00:00:00Z never" },
  { "27-03-01", "UTC", D0, "2027-03-01T00:00:00Z never" },
  { "12..14:10,20", "UTC", D0, "2026-01-01T12:10:00Z 2026-01-01T12:20:00Z 2026-01-01T13:10:00Z" },
  { "*:*:0/30", "UTC", D0, "2026-01-01T00:00:30Z 2026-01-01T00:01:00Z" },
  { "*:*:0.5", "UTC", D0, "2026-01-01T00:00:00.500000Z 2026-01-01T00:01:00.500000Z" },
  { "@1767225660", "Europe/Berlin", D0, "2026-01-01T00:01:00Z never" },
  /* of UTC, whatever zone is named */
  { "@1767225660 Europe/Berlin", "Asia/Tokyo", D0, "2026-01-01T00:01:00Z never" },
  { "Thu @1767225660", "UTC", D0, "2026-01-01T00:01:00Z never" },
  { "Fri @1767225660", "UTC", D0, "never" },
  { "daily Europe/Berlin", "UTC", D0, "2026-01-01T23:00:00Z" },
  { "Fri 18:00 America/New_York", "UTC", D0, "2026-01-02T23:00:00Z" },
  { "02:30 UTC", "Europe/Berlin", D0, "2026-01-01T02:30:00Z" },
  { "02:30 utc", "Europe/Berlin", D0, "2026-01-01T02:30:00Z" },
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
  /* a star is one that was written */
  { "*-1/1-*", "*-01/1-* 00:00:00" },
  { "0/1:0/1:0/1", "*-*-* 00/1:00/1:*" },
  { "*:*:5,0/1", "*-*-* *:*:*" },
  { "*:*:*", "*-*-* *:*:*" },
  { "*-02~*", "*-02-* 00:00:00" },
  { "@0 Europe/Berlin", "1970-01-01 00:00:00 UTC" },
  { "@7258118399", "2199-12-31 23:59:59 UTC" },
  { "hourly Utc", "*-*-* *:00:00 UTC" },
  { "000000000000005:00", "*-*-* 05:00:00" },
  { "*-*~3..7/3", "*-*~03..06/3 00:00:00" },
  { "*-*~5,1..3", "*-*~01..03,05 00:00:00" },
  /* two digits are a matter of the number */
  { "012-01-01", "2012-01-01 00:00:00" },
  /* the end of a range is the last value that is met */
  { "20..30/20:00", "*-*-* 20:00:00" },
  { "*:*:5..6.5", "*-*-* *:*:05..06" },
  { "*:*:0..0.5/0.1", "*-*-* *:*:00..00.500000/0.100000" },
  { "*:5..5:0", "*-*-* *:05:00" },
};

/* As by systemd. */
static const char *const refused[] = {
  "*/2:00", "*,5:00", "5,*:00", "*-*/2-1", "*-*~7..3", "*-*~29", "*-*~1..29", "*-*~3/3", "*:*:5..5", "*:*:5..5.5", "*:*:59.9999999",
  "*:*:0/0.0000001", "*:*:5.", "*:1.5", "5..3:00", "20..30/3:00", "2026~02-03", "10", "*", "Mon..Wed..Fri", "Mon,,Tue", "Sun..Mon",
  "@7258118400", "@99999999999999999999999", "@1 10:00", "@", "@1.5",
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

static void
test_refused (void)
{
  g_autoptr (JtZone) utc = jt_zone_get ("UTC", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (JtSchedule) schedule = jt_schedule_parse_kind (refused[i], JT_SCHEDULE_CALENDAR, utc, instant (D0), NULL, NULL);

      if (schedule != NULL)
        g_error ("'%s' is not refused but '%s'", refused[i], jt_schedule_get_normalized (schedule));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule/calendar/grammar", test_grammar);
  g_test_add_func ("/schedule/calendar/changes", test_changes);
  g_test_add_func ("/schedule/calendar/normalized", test_normalized);
  g_test_add_func ("/schedule/calendar/refused", test_refused);
  return g_test_run ();
}
