/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Schedules as a person says them. */

#include <string.h>

#include "schedule-fixture.h"

typedef struct
{
  const char *text;
  const char *description;
  const char *zone; /* NULL: UTC */
} Row;

static const Row rows[] = {
  { "30 2 * * 1-5", "At 02:30, Monday to Friday, Berlin time", "Europe/Berlin" },
  { "Mon..Fri 02:30", "At 02:30, Monday to Friday, Berlin time", "Europe/Berlin" },
  { "* * * * *", "Every minute, UTC" },
  { "* * * * * *", "Every second, UTC" },
  { "*/5 * * * * *", "Every 5 seconds, UTC" },
  { "*/7 * * * * *", "Every 7 seconds from second 0 to 56 of the minute, UTC" },
  { "5,10 * * * * *", "At seconds 5 and 10 of the minute, UTC" },
  { "30 * * * * *", "Every minute, at second 30, UTC" },
  { "30 2 * * * *", "Every hour at minute 2 and second 30, UTC" },
  { "30 30 2 * * *", "At 02:30:30 every day, UTC" },
  { "*/15 * * * *", "Every 15 minutes, UTC" },
  { "*/7 * * * *", "Every 7 minutes from minute 0 to 56 of every hour, UTC" },
  { "5-59/15 * * * *", "Every 15 minutes from minute 5 to 50 of every hour, UTC" },
  { "5,35 * * * *", "At minutes 5 and 35 of every hour, UTC" },
  { "0 * * * *", "Every hour, on the hour, UTC" },
  { "5 * * * *", "Every hour at minute 5, UTC" },
  { "*/15 9-17 * * 1-5", "Every 15 minutes from 09:00 to 17:45, Monday to Friday, UTC" },
  { "*/5 9,10,17 * * *", "Every 5 minutes from 09:00 to 10:55 and from 17:00 to 17:55, UTC" },
  { "*/5 */2 * * *", "Every 5 minutes in every 2nd hour from 00:00 to 22:55, UTC" },
  { "* 2 * * *", "Every minute from 02:00 to 02:59, UTC" },
  { "* 9-17 * * *", "Every minute from 09:00 to 17:59, UTC" },
  { "*/7 2 * * *", "Every 7 minutes from 02:00 to 02:56, UTC" },
  { "*/7 9-17 * * *", "Every 7 minutes from minute 0 to 56 of every hour, from 09:00 to 17:56, UTC" },
  { "10-20 * * * *", "Every minute from minute 10 to 20 of every hour, UTC" },
  { "10-20 3 * * *", "Every minute from 03:10 to 03:20, UTC" },
  { "0 */2 * * *", "Every 2 hours from 00:00 to 22:00, UTC" },
  { "30 */5 * * *", "Every 5 hours from 00:30 to 20:30, UTC" },
  { "0 9-17 * * *", "Every hour from 09:00 to 17:00, UTC" },
  { "0 22-23,0-6 * * *", "Every hour from 22:00 to 06:00, UTC" },
  { "0 22-23,0-6 * * 1-5", "Every hour from 00:00 to 06:00 and from 22:00 to 23:00, Monday to Friday, UTC" },
  { "0 9,12,15 * * *", "At 09:00, 12:00 and 15:00 every day, UTC" },
  { "0 9,12,15,18 * * *", "Every 3 hours from 09:00 to 18:00, UTC" },
  { "0 1,3,5,7,10,11,12,20 * * *", "At 01:00, 03:00, 05:00, 07:00, 10:00, 11:00, 12:00 and 20:00 every day, UTC" },
  { "0 1,3,5,7,10,11,12,20,22 * * *", "At minute 0 of the hours 1, 3, 5, 7, 10 to 12, 20 and 22, UTC" },
  { "0 0-6,9 * * *", "Every hour from 00:00 to 06:00 and at 09:00, UTC" },
  { "5,35 9-17 * * *", "Every 30 minutes from 09:05 to 17:35, UTC" },
  { "5,35 */2 * * *", "Every 30 minutes in every 2nd hour from 00:05 to 22:35, UTC" },
  { "5,35 1,4,5,9,20 * * *", "At minutes 5 and 35 of the hours 1, 4, 5, 9 and 20, UTC" },
  { "1,3,9,20,31,42,53 2 * * *", "At 02:01, 02:03, 02:09, 02:20, 02:31, 02:42 and 02:53 every day, UTC" },
  { "1,3,9,20,31,42,53,54,57 2 * * *", "At minutes 1, 3, 9, 20, 31, 42, 53, 54 and 57 of every hour, from 02:01 to 02:57, UTC" },
  { "0,30 9 * * *", "At 09:00 and 09:30 every day, UTC" },
  { "0,30 9,17 * * *", "At 09:00, 09:30, 17:00 and 17:30 every day, UTC" },
  { "0,30 9-17 * * *", "Every 30 minutes from 09:00 to 17:30, UTC" },
  { "*/15 1,4,9,20,22 * * *", "Every 15 minutes from minute 0 to 45 of the hours 1, 4, 9, 20 and 22, UTC" },
  { "0 0 1 1,7 *", "At 00:00 on 1 January and 1 July, UTC" },
  { "0 0 1,15 * *", "At 00:00 on the 1st and 15th of the month, UTC" },
  { "0 6 1,15 * *", "At 06:00 on the 1st and 15th of the month, UTC" },
  { "0 0 25 12 *", "At 00:00 on 25 December, UTC" },
  { "0 0 1-7 * *", "At 00:00 on the 1st to 7th of the month, UTC" },
  { "0 0 */2 * *", "At 00:00 on the 1st, 3rd, 5th … 31st of the month, UTC" },
  { "0 0 L * *", "At 00:00 on the last day of the month, UTC" },
  { "0 0 L-1 * *", "At 00:00 on the day before the last day of the month, UTC" },
  { "0 0 L-3 * *", "At 00:00 on the 3rd day before the last day of the month, UTC" },
  { "0 0 LW * *", "At 00:00 on the last working day of the month, UTC" },
  { "0 0 L-3W * *", "At 00:00 on the working day nearest to the 3rd day before the last day of the month, UTC" },
  { "0 0 15W * *", "At 00:00 on the working day nearest to the 15th of the month, UTC" },
  { "0 0 1,15,L * *", "At 00:00 on the 1st and 15th of the month and on the last day of the month, UTC" },
  { "0 0 * * 5#2", "At 00:00 on the second Friday of the month, UTC" },
  { "0 0 * * 5#2,1", "At 00:00 on Mondays and on the second Friday of the month, UTC" },
  { "0 0 * * 5L", "At 00:00 on the last Friday of the month, UTC" },
  { "0 12 * * 1#2", "At 12:00 on the second Monday of the month, UTC" },
  { "0 0 * * 1#1,1#3", "At 00:00 on the first Monday of the month and on the third Monday of the month, UTC" },
  { "0 9 13 * 5", "At 09:00 on the 13th of the month and also on Fridays, UTC" },
  { "0 9 13 * 1-5", "At 09:00 on the 13th of the month and also Monday to Friday, UTC" },
  { "0 9 1-31 * 5", "At 09:00 every day, UTC" },
  { "0 0 */2 * 5", "At 00:00 on the 1st, 3rd, 5th … 31st of the month, if it falls on Friday, UTC" },
  { "0 0 1-7 * 1", "At 00:00 on the 1st to 7th of the month and also on Mondays, UTC" },
  { "0 0 13 1 5", "At 00:00 on the 13th of the month and also on Fridays, in January, UTC" },
  { "Mon *-*-13 10:00", "At 10:00 on the 13th of the month, if it falls on Monday, UTC" },
  { "Mon,Fri *-*-13 10:00", "At 10:00 on the 13th of the month, if it falls on Monday or Friday, UTC" },
  { "Mon *-*-1..7 06:30", "At 06:30 on the first Monday of the month, UTC" },
  { "Mon *-05~07/1", "At 00:00 on the last Monday of the month, in May, UTC" },
  { "Mon..Fri *-*~1", "At 00:00 on the last day of the month, if it falls on Monday to Friday, UTC" },
  { "*-*~1 23:00", "At 23:00 on the last day of the month, UTC" },
  { "*-*~03", "At 00:00 on the 2nd day before the last day of the month, UTC" },
  { "*-*~01..07", "At 00:00 on the last 7 days of the month, UTC" },
  { "*-*~03..07", "At 00:00 from the 6th to the 2nd day before the last day of the month, UTC" },
  { "*-*~07/2", "At 00:00 on every 2nd day from the 6th day before the last day of the month, UTC" },
  { "2026..2028-*-01", "At 00:00 on the 1st of the month, in the years 2026 to 2028, UTC" },
  { "2026..2028-12-24 18:00", "At 18:00 on 24 December, in the years 2026 to 2028, UTC" },
  { "2026-12-24 18:00", "At 18:00 on 24 December 2026, UTC" },
  { "2026/2-01-01", "At 00:00 on 1 January, every 2 years from 2026 on, UTC" },
  { "2027..2199-01-01", "At 00:00 on 1 January, from the year 2027 on, UTC" },
  { "2026,2028,2031-01-01", "At 00:00 on 1 January, in the years 2026, 2028 and 2031, UTC" },
  { "2026..2028-*-* *:0/10", "Every 10 minutes, in the years 2026 to 2028, UTC" },
  { "@1767225660", "At 00:01 on 1 January 2026, UTC" },
  { "*-*-* *:*:00.25", "Every minute, at second 0.25, UTC" },
  { "*:*:0/0.5", "Every 0.5 seconds, UTC" },
  { "*:0/15", "Every 15 minutes, UTC" },
  { "Sat,Sun 10:00 Europe/Berlin", "At 10:00 on Saturdays and Sundays, Berlin time" },
  { "Sat,Sun,Mon 10:00", "At 10:00, Saturday to Monday, UTC" },
  { "Thu..Sun,Mon,Tue 10:00", "At 10:00, Thursday to Tuesday, UTC" },
  { "0 0 * * 6", "At 00:00 on Saturdays, UTC" },
  { "0 0 * * 1,3,5", "At 00:00 on Mondays, Wednesdays and Fridays, UTC" },
  { "0 0 * * 1-3,6", "At 00:00, Monday to Wednesday and Saturday, UTC" },
  { "quarterly", "At 00:00 on 1 January, 1 April, 1 July and 1 October, UTC" },
  { "weekly", "At 00:00 on Mondays, UTC" },
  { "@monthly", "At 00:00 on the 1st of the month, UTC" },
  { "@yearly", "At 00:00 on 1 January, UTC" },
  { "@reboot", "Once after each start of the machine" },
  { "every 15min", "Every 15 minutes, counted from 1 January 2026 at 01:00, Berlin time", "Europe/Berlin" },
  { "every 1h 30min", "Every 90 minutes, counted from 1 January 2026 at 00:00, UTC" },
  { "every 36h", "Every 36 hours, counted from 1 January 2026 at 00:00, UTC" },
  { "every 90s", "Every 90 seconds, counted from 1 January 2026 at 00:00, UTC" },
  { "every 2h 30min", "Every 2 hours and 30 minutes, counted from 1 January 2026 at 00:00, UTC" },
  { "every 1d", "Every 24 hours, counted from 1 January 2026 at 00:00, UTC" },
  { "every 2d", "Every 2 days, counted from 1 January 2026 at 00:00, UTC" },
  { "every 10min after", "10 minutes after the end of each run" },
  { "every 1h after", "1 hour after the end of each run" },
  { "every 1s", "Every second, counted from 1 January 2026 at 00:00, UTC" },
  { "at 2026-12-24 18:00", "Once, on 24 December 2026 at 18:00, Berlin time", "Europe/Berlin" },
  { "in 20min", "Once, on 31 December 2025 at 19:20, New York time", "America/New_York" },
  { "0 8 * 4-9 *", "At 08:00 every day, from April to September, UTC" },
  { "0 8 * 1-3,7 *", "At 08:00 every day, from January to March and in July, UTC" },
  { "0 8 1,15 1,4,7,10 *", "At 08:00 on the 1st and 15th of the month, in January, April, July and October, UTC" },
  { "0 8 1 1-6 1", "At 08:00 on the 1st of the month and also on Mondays, from January to June, UTC" },
  { "0 8 29 2 *", "At 08:00 on 29 February, UTC" },
  { "* 30 2 * * *", "Every second from 02:30:00 to 02:30:59, UTC" },
  { "*/10 30-40 2 * * *", "Every 10 seconds from 02:30:00 to 02:40:50, UTC" },
  { "*/10 */15 * * * *", "Every 10 seconds, in minutes 0, 15, 30 and 45 of every hour, UTC" },
  { "* */5 3 * * *", "Every second, in minutes 0, 5, 10 … 55 after 03:00, UTC" },
  { "30 12 1 1 *", "At 12:30 on 1 January, UTC" },
  { "02:30 America/New_York", "At 02:30 every day, New York time" },
  { "02:30 CET", "At 02:30 every day, CET" },
  { "02:30 Etc/GMT+5", "At 02:30 every day, Etc/GMT+5 time" },
  { "*/20 9 * * *", "At 09:00, 09:20 and 09:40 every day, UTC" },
  { "0 */8 * * *", "At 00:00, 08:00 and 16:00 every day, UTC" },
  { "0 */6 * * *", "Every 6 hours from 00:00 to 18:00, UTC" },
  { "0 0 * * 0", "At 00:00 on Sundays, UTC" },
  { "0 0 * * 7,1", "At 00:00 on Sundays and Mondays, UTC" },
  { "0 0 * * 4-7,1-2", "At 00:00, Thursday to Tuesday, UTC" },
  { "0 0 29-31 * 1", "At 00:00 on the 29th to 31st of the month and also on Mondays, UTC" },
  { "Mon *-*-29..31", "At 00:00 on the fifth Monday of the month, UTC" },
  { "Fri *-*-8..14 17:00", "At 17:00 on the second Friday of the month, UTC" },
  { "Mon..Fri *-*-1..7 17:00", "At 17:00 on the 1st to 7th of the month, if it falls on Monday to Friday, UTC" },
  { "0 0 L,LW * *", "At 00:00 on the last day of the month and on the last working day of the month, UTC" },
  { "0 0 1 */2 *", "At 00:00 on the 1st of the month, in January, March, May, July, September and November, UTC" },
  { "0 0 * 11-12,1-2 *", "At 00:00 every day, from November to February, UTC" },
  { "*-*-* 00/6:30", "Every 6 hours from 00:30 to 18:30, UTC" },
  { "*-*-* *:*:10..20", "Every second from second 10 to 20 of the minute, UTC" },
  { "*-*-* *:*:10,20,50", "At seconds 10, 20 and 50 of the minute, UTC" },
  { "*-*-* *:*:0/0.1,0.25", "Several times a second, UTC" },
  { "10-12 * * * *", "Every minute from minute 10 to 12 of every hour, UTC" },
  { "10,20,30 * * * *", "At minutes 10, 20 and 30 of every hour, UTC" },
  { "10,20,30,40 * * * *", "Every 10 minutes from minute 10 to 40 of every hour, UTC" },
  { "0-29 * * * *", "Every minute from minute 0 to 29 of every hour, UTC" },
  { "0 0 * 2 6#5", "At 00:00 on the fifth Saturday of the month, in February, UTC" },
  { "0 9 L * 5", "At 09:00 on the last day of the month and also on Fridays, UTC" },
  { "2026-*-*", "At 00:00 every day, in the year 2026, UTC" },
  { "2026,2027-12-24,25", "At 00:00 on 24 December and 25 December, in the years 2026 and 2027, UTC" },
  { "@midnight", "At 00:00 every day, UTC" },
  { "every 1w", "Every 7 days, counted from 1 January 2026 at 00:00, UTC" },
  { "every 2h", "Every 2 hours, counted from 1 January 2026 at 00:00, UTC" },
  { "every 1M", "Every 30 days, 10 hours, 33 minutes and 36 seconds, counted from 1 January 2026 at 00:00, UTC" },
  { "every 45s", "Every 45 seconds, counted from 1 January 2026 at 00:00, UTC" },
  { "0 5 * * * *", "Every hour at minute 5, UTC" },
  { "15 0 12 * * *", "At 12:00:15 every day, UTC" },
  { "*/30 * * * *", "Every 30 minutes, UTC" },
  { "*/40 * * * *", "At minutes 0 and 40 of every hour, UTC" },
  { "0 0-23/2 * * *", "Every 2 hours from 00:00 to 22:00, UTC" },
  { "1-23/2 3,4 * * *", "Every 2 minutes from minute 1 to 23 of every hour, from 03:01 to 04:23, UTC" },
  { "0 0 1-31/2 * *", "At 00:00 on the 1st, 3rd, 5th … 31st of the month, UTC" },
  { "*-1..3,10-1", "At 00:00 on 1 January, 1 February, 1 March and 1 October, UTC" },
  { "0 22-23,0-6 * 6 *", "Every hour from 00:00 to 06:00 and from 22:00 to 23:00, in June, UTC" },
  { "30 9 * * *", "At 09:30 every day, Buenos Aires time", "America/Argentina/Buenos_Aires" },
  { "0 0 31 12 5", "At 00:00 on the 31st of the month and also on Fridays, in December, UTC" },
  { "0 9 LW 1-6 *", "At 09:00 on the last working day of the month, from January to June, UTC" },
  { "every 24h after", "1 day after the end of each run" },
  { "every 1min", "Every minute, counted from 1 January 2026 at 00:00, UTC" },
  { "at 2026-07-01 12:00:30", "Once, on 1 July 2026 at 12:00:30, Berlin time", "Europe/Berlin" },
  { "0 0-23/4 15 * *", "Every 4 hours from 00:00 to 20:00, on the 15th of the month, UTC" },
  { "0 12 * * 2#5", "At 12:00 on the fifth Tuesday of the month, UTC" },
  { "0 0 1 1-12 *", "At 00:00 on the 1st of the month, UTC" },
};

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (JtSchedule) schedule = parse_schedule (row->text, row->zone != NULL ? row->zone : "UTC", instant ("2026-01-01T00:00:00Z"));
  g_autofree char *description = jt_schedule_describe (schedule);

  g_assert_cmpstr (description, ==, row->description);
}

/* The normal form means the same, so it is said with the same words. */
static void
test_normalized (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *zone = rows[i].zone != NULL ? rows[i].zone : "UTC";
      g_autoptr (JtSchedule) schedule = parse_schedule (rows[i].text, zone, instant ("2026-01-01T00:00:00Z"));
      g_autoptr (JtSchedule) again = parse_schedule (jt_schedule_get_normalized (schedule), zone, instant ("2027-01-01T00:00:00Z"));
      g_autofree char *description = jt_schedule_describe (again);

      g_assert_cmpstr (description, ==, rows[i].description);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *name = g_strdelimit (g_strdup (rows[i].text), "/", '|');
      g_autofree char *zone = rows[i].zone == NULL ? g_strdup ("UTC") : g_strdelimit (g_strdup (rows[i].zone), "/", '|');
      g_autofree char *path = g_strdup_printf ("/schedule/describe/%s %s", name, zone);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/schedule/describe/normalized", test_normalized);
  return g_test_run ();
}
