/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Schedules as times of a crontab: only where both elapse at the very same instants. */

#include <string.h>

#include "crontab-schedule.h"
#include "crontab-translate.h"
#include "jt-schedule.h"

#define NOW G_GINT64_CONSTANT (1767225600000000) /* 2026-01-01T00:00:00Z */
#define DAY_USEC (24 * 3600 * (gint64) G_USEC_PER_SEC)

static void
test_rows (void)
{
  static const struct
  {
    const char *schedule;
    const char *zone;
    const char *time; /* NULL: there is none */
    const char *of_zone;
  } rows[] = {
    /* cron: as it stands, when any cron takes it so */
    { "30 2 * * 1-5", NULL, "30 2 * * 1-5", NULL },
    { "30 2 * * MON-fri", "Europe/Berlin", "30 2 * * MON-fri", "Europe/Berlin" },
    { "cron: 30 2 * * *", NULL, "30 2 * * *", NULL },
    { "@daily", NULL, "@daily", NULL },
    { "@Daily", NULL, "0 0 * * *", NULL },
    { "@reboot", "Europe/Berlin", "@reboot", "Europe/Berlin" },
    { "5/15 * * * *", NULL, "5,20,35,50 * * * *", NULL },
    { "0 3 ? * fri-sun", NULL, "0 3 * * 0,5,6", NULL },
    { "0 30 2 * * *", NULL, "30 2 * * *", NULL },
    { "*/10 30 2 * * *", NULL, NULL, NULL },
    { "0 3 L * *", NULL, NULL, NULL },
    { "0 3 15W * *", NULL, NULL, NULL },
    { "0 3 * * 5#2", NULL, NULL, NULL },
    /* calendars: where no change of the clock tells them from cron */
    { "Mon..Fri 09:00", "Europe/Berlin", "0 9 * * 1-5", "Europe/Berlin" },
    { "Fri..Sun 09:00", "Europe/Berlin", "0 9 * * 0,5,6", "Europe/Berlin" },
    { "*-*-01,15 12:30", "UTC", "30 12 1,15 * *", "UTC" },
    { "*-01..06/2-* 12:30", "UTC", "30 12 * 1,3,5 *", "UTC" },
    { "*:0/15", "UTC", "*/15 * * * *", "UTC" },
    { "*:7/15", "UTC", "7,22,37,52 * * * *", "UTC" },
    { "daily", "UTC", "0 0 * * *", "UTC" },
    { "Mon *-*-1..7 09:00", "UTC", "0 9 */31,1-7 * 1", "UTC" },
    { "Sun *-*-8..14 09:00", "UTC", "0 9 8-14 * */7,0", "UTC" },
    { "Mon *-*-8..14 09:00", "UTC", NULL, NULL },
    { "09:00 Asia/Tokyo", "Europe/Berlin", "0 9 * * *", "Asia/Tokyo" },
    { "02:30", "Europe/Berlin", NULL, NULL },     /* not in a gap, where cron has it after */
    { "02:30", "America/New_York", NULL, NULL },
    { "00:30", "Europe/Berlin", "30 0 * * *", "Europe/Berlin" },
    { "*:0/15", "Europe/Berlin", NULL, NULL },    /* once in an overlap, where cron has it twice */
    { "*-*~1 09:00", "UTC", NULL, NULL },
    { "2027-*-* 09:00", "UTC", NULL, NULL },
    { "09:00:30", "UTC", NULL, NULL },
    { "*:*:0/30", "UTC", NULL, NULL },
    { "Mon,Fri *-2-29 12:00", "UTC", NULL, NULL },
    /* intervals: wall times where they are the same instants, else those of UTC */
    { "every 15min from 2025-12-31T23:07:00Z", "Europe/Berlin", "7,22,37,52 * * * *", "Europe/Berlin" },
    { "every 15min from 2025-12-31T23:00:00Z", "Australia/Lord_Howe", "*/15 * * * *", "Australia/Lord_Howe" },
    { "every 1h from 2025-12-31T23:00:00Z", "Europe/Berlin", "0 * * * *", "Europe/Berlin" },
    { "every 1h from 2025-12-31T23:00:00Z", "Australia/Lord_Howe", "0 * * * *", "UTC" },
    { "every 6h from 2025-12-31T05:20:00Z", "Europe/Berlin", "20 5,11,17,23 * * *", "UTC" },
    { "every 1d from 2025-12-31T05:20:00Z", "Asia/Tokyo", "20 14 * * *", "Asia/Tokyo" },
    { "every 1w from 2025-12-31T22:20:00Z", "Asia/Tokyo", "20 7 * * 4", "Asia/Tokyo" },
    { "every 1d from 2025-12-31T05:20:00Z", "Europe/Berlin", "20 5 * * *", "UTC" },
    { "every 15min from 2025-12-31T23:07:01Z", "UTC", NULL, NULL },
    { "every 15min from 2026-01-01T00:07:00Z", "UTC", NULL, NULL }, /* begins later */
    { "every 90min from 2025-12-31T00:00:00Z", "UTC", NULL, NULL },
    { "every 5h from 2025-12-31T00:00:00Z", "UTC", NULL, NULL },
    { "every 2d from 2025-12-31T00:00:00Z", "UTC", NULL, NULL },
    { "every 30s from 2025-12-31T00:00:00Z", "UTC", NULL, NULL },
    { "every 15min after", "UTC", NULL, NULL },
    { "at 2026-12-24 18:00", "UTC", NULL, NULL },
    { "nonsense", "UTC", NULL, NULL },
    { "30 2 * * *", "Mars/Base", NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *fault = NULL;
      g_autoptr (CrontabWhen) when = crontab_when_new (rows[i].schedule, rows[i].zone, NOW, &fault);

      g_test_message ("%s %s", rows[i].schedule, rows[i].zone);
      g_assert_cmpstr (when != NULL ? when->time : NULL, ==, rows[i].time);
      g_assert_cmpstr (when != NULL ? when->zone : NULL, ==, rows[i].of_zone);
      g_assert_cmpint (when == NULL, ==, fault != NULL);
    }
}

/* --- what was found is compared with the schedule, instant by instant --- */

static char *
make_calendar (GRand *rand)
{
  static const char *const weekdays[] = { "", "", "Mon..Fri ", "Sat,Sun ", "Wed ", "Sun ", "Fri..Sun " };
  static const char *const days[] = { "*-*-*", "*-*-*", "*-*-01", "*-*-1..7", "*-*-1,15", "*-3,10-*", "*-*-8/7", "*-1/2-1/3" };
  static const char *const hours[] = { "*", "0", "1", "2", "3", "9", "9..17", "0/2", "1/6", "1..3", "22,23" };
  static const char *const minutes[] = { "00", "30", "*", "0/15", "7/20", "5,10", "0..5" };

#define ANY(list) list[g_rand_int_range (rand, 0, G_N_ELEMENTS (list))]
  return g_strdup_printf ("%s%s %s:%s", ANY (weekdays), ANY (days), ANY (hours), ANY (minutes));
}

static char *
make_interval (GRand *rand)
{
  static const char *const lengths[] = { "1min", "5min", "7min", "15min", "20min", "30min", "1h", "2h", "3h", "12h", "1d", "1w" };

  return g_strdup_printf ("every %s from 2025-%02d-%02dT%02d:%02d:00Z", ANY (lengths), g_rand_int_range (rand, 1, 13),
                          g_rand_int_range (rand, 1, 29), g_rand_int_range (rand, 0, 24), g_rand_int_range (rand, 0, 60));
}

static void
compare (const char *text, const char *zone_name, const CrontabWhen *when, gint64 from_usec, guint count)
{
  g_autoptr (JtZone) zone = jt_zone_get (zone_name, NULL);
  g_autoptr (JtZone) zone_of_line = jt_zone_get (when->zone, NULL);
  g_autoptr (JtSchedule) schedule = jt_schedule_parse (text, zone, NOW, NULL, NULL);
  g_autoptr (JtSchedule) line = jt_schedule_parse_kind (when->time, JT_SCHEDULE_CRON, zone_of_line, NOW, NULL, NULL);
  gint64 at = from_usec;
  gint64 at_line = from_usec;

  g_assert_true (crontab_time_is_plain (when->time));
  for (guint i = 0; i < count && at != JT_INSTANT_NEVER; i++)
    {
      at = jt_schedule_next (schedule, at);
      at_line = jt_schedule_next (line, at_line);
      if (at != at_line)
        g_error ("%s in %s is '%s' in %s: %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT, text, zone_name, when->time, when->zone, at, at_line);
    }
}

static void
test_instants (void)
{
  static const char *const zones[] = { "UTC",           "Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
                                       "Asia/Kathmandu", "Asia/Tokyo",    "Africa/Casablanca", "America/Santiago" };
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());
  guint n_found = 0;

  for (guint i = 0; i < 400; i++)
    {
      g_autofree char *text = i % 2 == 0 ? make_calendar (rand) : make_interval (rand);
      const char *zone = ANY (zones);
      const char *fault = NULL;
      g_autoptr (CrontabWhen) when = crontab_when_new (text, zone, NOW, &fault);

      if (when == NULL)
        continue;
      n_found++;
      compare (text, zone, when, NOW, 200);
      /* Days around the changes of a clock, in March, April, September, October and November. */
      for (guint year = 0; year < 3; year++)
        for (guint day = 0; day < 366; day++)
          if ((day > 60 && day < 105) || (day > 240 && day < 315))
            compare (text, zone, when, NOW + (gint64) (year * 365 + day) * DAY_USEC - 1, 3);
    }
  g_assert_cmpuint (n_found, >, 100);
}

static void
test_coincidence (void)
{
  static const struct
  {
    const char *first;
    const char *second;
    const char *zone;
    gboolean    may;
  } rows[] = {
    { "0 9 * * 1-5", "0 9 * * 6", "UTC", FALSE },
    { "0 9 * * 1-5", "0 10 * * *", "UTC", FALSE },
    { "0 9 * * 1-5", "0 9 1 * *", "UTC", TRUE },
    { "0 9 1-5 * *", "0 9 6 * *", "UTC", FALSE },
    { "0 9 1 1 *", "0 9 1 2 *", "UTC", FALSE },
    { "0 9 1 * 1", "0 9 2 * 2", "UTC", TRUE }, /* either day field */
    { "*/2 * * * *", "*/3 * * * *", "UTC", TRUE },
    { "@reboot", "0 9 * * *", "UTC", FALSE },
    { "@reboot", "@reboot", "UTC", TRUE },
    { "0 2 * * *", "0 3 * * *", "UTC", FALSE },
    { "0 2 * * *", "0 3 * * *", "Europe/Berlin", TRUE }, /* on the day without two o'clock */
    { "0 1 * * *", "0 3 * * *", "Europe/Berlin", FALSE },
    { "09:00", "0 9 * * *", "UTC", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *fault = NULL;
      g_autoptr (CrontabWhen) first = crontab_when_new (rows[i].first, rows[i].zone, NOW, &fault);
      g_autoptr (CrontabWhen) second = crontab_when_new (rows[i].second, rows[i].zone, NOW, &fault);

      g_test_message ("%s and %s", rows[i].first, rows[i].second);
      g_assert_cmpint (crontab_whens_may_coincide (first, second, NOW), ==, rows[i].may);
      g_assert_cmpint (crontab_whens_may_coincide (second, first, NOW), ==, rows[i].may);
    }
}

/* What real crons take and refuse. */
static void
test_plain (void)
{
  static const char *const plain[] = { "* * * * *", "*/70 * * * *", "0-59/5,3 0 1,15 jan-DEC sun-sat", "0 0 * * 0-7", "@reboot", "@annually" };
  static const char *const others[] = { "* * * *",    "* * * * * *", "0/5 * * * *",  "60 * * * *",   "* 24 * * *",  "* * 0 * *",  "* * * 0 *",
                                        "* * * * 8",  "5-2 * * * *", "* * * * fri-sun", "* * L * *", "* * 15W * *", "* * * * 5#2", "? ? ? ? ?",
                                        "@Daily",     "@fortnightly", "*/0 * * * *", "1, * * * *",    ",1 * * * *",  "1~5 * * * *", "" };

  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    if (!crontab_time_is_plain (plain[i]))
      g_error ("'%s' is not taken", plain[i]);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (crontab_time_is_plain (others[i]))
      g_error ("'%s' is taken", others[i]);
}

int
main (int argc, char *argv[])
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crontab-translate/rows", test_rows);
  g_test_add_func ("/crontab-translate/instants", test_instants);
  g_test_add_func ("/crontab-translate/coincidence", test_coincidence);
  g_test_add_func ("/crontab-translate/plain", test_plain);
  return g_test_run ();
}
