/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Valid but doubtful: accepted, and said. Each doubt where it must be had, and beside it where it must not. */

#include <string.h>

#include "schedule-fixture.h"

#define BASE "2026-01-01T00:00:00Z" /* a Thursday */
#define MOST_USEC (20 * G_USEC_PER_SEC)

typedef struct
{
  const char *text;
  const char *doubts; /* all of them, joined by "|"; "" none */
  const char *zone;   /* NULL: UTC */
} DoubtRow;

#define GAP_02_30 "On 29 March 2026 there is no 02:30, as the clock goes forward: "
#define TWICE_02_00 "On 25 October 2026 02:00 comes twice, as the clock goes back: it elapses both times."
#define SIX "With six fields the first is the second; if it was meant as minute, hour, day, month, weekday, write "
#define EITHER "Both day fields are given: cron elapses when either matches. Where both must, write "
#define BOTH "A day field begins with '*': cron elapses only on days that match both."
#define EACH_DAY "Both day fields are given, and one of them holds every day: cron elapses when either matches, so each day. Write '*' for the one that does not matter."
#define L_IS_LAST "L as the day of month is the last one."
#define MONTH_STEPS "Steps begin anew each month, with day 1, however long ago the last one was. Without that: "
#define HOURS "It counts hours, so the time of day moves when the clock is changed."
#define EACH_MINUTE "for once an hour put 0 in place of the '*' of the minute."

/* Berlin 2026: forward 29 March at 02:00, back 25 October at 03:00. */
static const DoubtRow gap_rows[] = {
  { "30 2 * * *", GAP_02_30 "it elapses at 03:00 then.", "Europe/Berlin" },
  { "0 30 2 * * *", GAP_02_30 "it elapses at 03:00 then.", "Europe/Berlin" },
  { "*-*-* 02:30", GAP_02_30 "it does not elapse then.", "Europe/Berlin" },
  { "02:30 Europe/Berlin", GAP_02_30 "it does not elapse then." },
  { "30 2 * * 0", GAP_02_30 "it elapses at 03:00 then.", "Europe/Berlin" },
  { "30 2 28 3 *", "On 28 March 2027 there is no 02:30, as the clock goes forward: it elapses at 03:00 then.", "Europe/Berlin" },
  { "30 2 * 10-11 *", "On 4 October 2026 there is no 02:30, as the clock goes forward: it elapses at 03:00 then.", "Australia/Sydney" },
  { "15 2 * * *", "On 4 October 2026 there is no 02:15, as the clock goes forward: it elapses at 02:30 then.", "Australia/Lord_Howe" },
  { "0,30 2,3 * * *", "On 29 March 2026 there is no 02:00, as the clock goes forward: it elapses at 03:00 then.", "Europe/Berlin" },
  { "*/30 2 * * *", "On 29 March 2026 there is no 02:00, as the clock goes forward: it does not elapse then.|" TWICE_02_00, "Europe/Berlin" },
  { "45 2 * * *", "", "Australia/Lord_Howe" },
  { "30 2 * * *", "", "UTC" },
  { "30 2 * * *", "", "Asia/Kolkata" },
  { "30 1 * * *", "", "Europe/Berlin" },
  { "0 3 * * *", "", "Europe/Berlin" },
  { "30 12 * * *", "", "Europe/Berlin" },
  { "30 2 24 12 *", "", "Europe/Berlin" },
  { "30 2 * * 1-5", "", "Europe/Berlin" },
  { "30 2 * 4-9 *", "", "Europe/Berlin" },
  { "*/15 * * * *", "", "Europe/Berlin" },
  { "0,30 0-23 * * *", "", "Europe/Berlin" },
  { "*:0/15", "", "Europe/Berlin" },
  { "30 */2 * * *", "", "Europe/Berlin" },
  { "2026-12-24 02:30", "", "Europe/Berlin" },
};

static const DoubtRow overlap_rows[] = {
  { "*/20 2 * * 1-6", "", "Europe/Berlin" },
  { "*/20 2 * * 0", "On 29 March 2026 there is no 02:00, as the clock goes forward: it does not elapse then.|" TWICE_02_00, "Europe/Berlin" },
  { "0,20 2 * 10 *", "", "Europe/Berlin" },
  { "*/20 1 * * *", "On 1 November 2026 01:00 comes twice, as the clock goes back: it elapses both times.", "America/New_York" },
  { "0 */2 * * *", "", "Europe/Berlin" },
  { "*/30 * * * *", "", "Europe/Berlin" },
};

static const DoubtRow instant_rows[] = {
  { "at 2026-03-29 02:30", GAP_02_30 "it elapses at 03:00 then.", "Europe/Berlin" },
  { "at 2026-10-25 02:30", "On 25 October 2026 02:30 comes twice, as the clock goes back: the first time is taken.", "Europe/Berlin" },
  { "at 2026-03-29 03:00", "", "Europe/Berlin" },
  { "at 2026-03-29 01:59", "", "Europe/Berlin" },
  { "at 2026-10-25 03:00", "", "Europe/Berlin" },
  { "at 2026-10-25 01:59", "", "Europe/Berlin" },
  { "at 2026-10-25T02:30:00+02:00", "", "Europe/Berlin" },
  { "at 2026-03-29T01:30:00Z", "", "Europe/Berlin" },
  { "at 2026-03-29 02:30", "", "UTC" },
  { "in 5min", "", "Europe/Berlin" },
};

static const DoubtRow day_length_rows[] = {
  { "every 1d", HOURS " Where it is to stay, write '0 1 * * *'.", "Europe/Berlin" },
  { "every 24h from 2026-01-01 06:30", HOURS " Where it is to stay, write '30 6 * * *'.", "Europe/Berlin" },
  { "every 1w from 2026-01-05 06:30", HOURS " Where it is to stay, write '30 6 * * 1'.", "Europe/Berlin" },
  { "every 2d", HOURS, "Europe/Berlin" },
  { "every 1d", "", "UTC" },
  { "every 1d", "", "Asia/Kolkata" },
  { "every 12h", "", "Europe/Berlin" },
  { "every 36h", "", "Europe/Berlin" },
  { "every 1d after", "", "Europe/Berlin" },
  { "every 1month", "A month is 30.44 days here; for a day of each month write '0 0 1 * *'." },
  { "every 3M", "A month is 30.44 days here; for a day of each month write '0 0 1 * *'." },
  { "every 1y", "A year is 365.25 days here; for a day of each year write '0 0 1 1 *'." },
  { "every 30d", "" },
};

static const DoubtRow often_rows[] = {
  { "* * * * * *", "It elapses every second.|" SIX "'* * * * *'." },
  { "*:*:*", "It elapses every second." },
  { "*:*:0/0.5", "It elapses several times a second." },
  { "every 1s", "It elapses every second." },
  { "* * 9-17 * * *", "It elapses every second." },
  { "every 2s", "" },
  { "*:*:0/2", "" },
  { "*/2 * 9-17 * * *", "" },
  { "*:*:00", "" },
  { "* * * * *", "" },
};

static const DoubtRow sixth_rows[] = {
  { "30 2 * * * *", SIX "'30 2 * * *'." },
  { "0 0 * * * *", SIX "'0 0 * * *'." },
  { "*/5 * * * * *", SIX "'*/5 * * * *'." },
  { "0 2 */2 * * *", SIX "'0 2 */2 * *'." },
  { "0 30 * * * *", "" }, /* no hour is 30 */
  { "0 30 2 * * *", "" },
  { "0 0 12 * * *", "" },
  { "0 0 * * * 1", "" },
  { "0 0 * * 9 *", "" }, /* no weekday is 9 */
  { "30 2 * * *", "" },
  { "*-*-* *:02:30", "" },
};

static const DoubtRow star_rows[] = {
  { "* 2 * * *", "It elapses each minute of the hour that begins at 02:00; " EACH_MINUTE },
  { "* */2 * * *", "It elapses each minute of the hour that begins at 00:00; " EACH_MINUTE },
  { "* 9,17 * * *", "It elapses each minute of the hour that begins at 09:00; " EACH_MINUTE },
  { "0 * 4 * * *", "It elapses each minute of the hour that begins at 04:00; " EACH_MINUTE },
  { "* 30 2 * * *", "It elapses 60 times in the minute; for once a minute put 0 in place of the '*' of the second." },
  { "* 9-17 * * *", "" },
  { "* 9-10 * * *", "" },
  { "*/2 2 * * *", "" },
  { "0-30 2 * * *", "" },
  { "02:*", "" },
  { "* * * * *", "" },
};

static const DoubtRow step_rows[] = {
  { "*/7 * * * *", "Steps begin anew each hour: from minute 56 to minute 0 it is 4, not 7. Without that: 'every 7min'." },
  { "0/7 * * * *", "Steps begin anew each hour: from minute 56 to minute 0 it is 4, not 7. Without that: 'every 7min'." },
  { "3-59/25 9-17 * * *", "Steps begin anew each hour: from minute 53 to minute 3 it is 10, not 25. Without that: 'every 25min'." },
  { "*:0/7", "Steps begin anew each hour: from minute 56 to minute 0 it is 4, not 7. Without that: 'every 7min'." },
  { "*/40 * * * *", "Steps begin anew each hour: from minute 40 to minute 0 it is 20, not 40. Without that: 'every 40min'." },
  { "0 */5 * * *", "Steps begin anew each day: from hour 20 to hour 0 it is 4, not 5. Without that: 'every 5h'." },
  { "0 */9 * * *", "Steps begin anew each day: from hour 18 to hour 0 it is 6, not 9. Without that: 'every 9h'." },
  { "0 0 1 */5 *", "Steps begin anew each year: from November to January it is 2, not 5." },
  { "0 0 * * */2", "Steps begin anew each week, on Sunday." },
  { "*:*:0/7", "Steps begin anew each minute: from second 56 to second 0 it is 4, not 7. Without that: 'every 7s'." },
  { "0 0 */2 * *", MONTH_STEPS "'every 2d'." },
  { "*-*-1/3", MONTH_STEPS "'every 3d'." },
  { "*/15 * * * *", "" },
  { "5/15 * * * *", "" },
  { "0 */6 * * *", "" },
  { "0 0 1 */3 *", "" },
  { "*:*:0/10", "" },
  { "0,40 * * * *", "" },
  { "10-30/7 * * * *", "" },
  { "*/7 2 * * *", "" },
  { "*/7 */2 * * *", "" },
  { "0 9,14,19 * * *", "" },
  { "0 0 1,11,21 * *", "" },
  { "0 0 1-7 * *", "" },
  { "0 0 * * 1,3,5", "" },
};

static const DoubtRow field_rows[] = {
  { "0 9 13 * 5", EITHER "the calendar 'Fri *-*-13 09:00'." },
  { "30 6 1-7 6 1", EITHER "the calendar 'Mon *-06-01..07 06:30'." },
  { "0 0 1,15 * 1,3", EITHER "the calendar 'Mon,Wed *-*-01,15 00:00'." },
  { "*/5 9 13 * 5", EITHER "a calendar, as 'Fri *-*-13 09:00'." },
  { "0 0 L * 5", EITHER "a calendar, as 'Fri *-*-13 09:00'." },
  { "0 0 1-31 * 5", EACH_DAY },
  { "0 0 13 * 0-6", EACH_DAY },
  { "0 0 */2 * 5", BOTH " Where either will do, write 1-31/2.|" MONTH_STEPS "'every 2d'." },
  { "0 0 13 * */2", "Steps begin anew each week, on Sunday.|" BOTH " Where either will do, write 0-6/2." },
  { "0 9 13 * *", "" },
  { "0 9 * * 5", "" },
  { "0 9 ? * 5", "" },
  { "0 9 13 * ?", "" },
  { "0 9 * * 5#2", "" },
  { "Fri *-*-13 09:00", "" },
};

static const DoubtRow late_rows[] = {
  { "0 0 31 * *", "Not every month has a day 31; " L_IS_LAST },
  { "0 0 29 * *", "Not every month has a day 29; " L_IS_LAST },
  { "0 0 1,30 * *", "Not every month has a day 30; " L_IS_LAST },
  { "0 0 30 2,3 *", "Not every month has a day 30; " L_IS_LAST },
  { "0 0 29,31 1 *", "" },
  { "*-*-31", "Not every month has a day 31; '*-*~1' is the last one." },
  { "0 0 29 2 *", "Only leap years have a 29 February.|It elapses seldom: the next time is 29 February 2028." },
  { "*-02-29", "Only leap years have a 29 February.|It elapses seldom: the next time is 29 February 2028." },
  { "0 0 31 1,3,5,7,8,10,12 *", "" },
  { "0 0 30 4 *", "" },
  { "0 0 28-31 * *", "" },
  { "0 0 28 * *", "" },
  { "0 0 L * *", "" },
  { "*-*~1", "" },
  { "0 0 * * *", "" },
};

static const DoubtRow end_rows[] = {
  { "2026-*-* 12:00", "It ends soon: it elapses for the last time on 31 December 2026." },
  { "2024..2026-12-24", "It ends soon: it elapses for the last time on 24 December 2026." },
  { "2026-06-01..05 12:00", "It ends soon: it elapses for the last time on 5 June 2026." },
  { "2026..2028-12-24", "" },
  { "2026-12-24 18:00", "" },
  { "2026-12-24 9..17:00", "" },
  { "@1775000000", "" },
  { "2030-*-*", "" },
  { "*-12-24", "" },
  { "Mon *-02-29", "Only leap years have a 29 February.|It elapses seldom: the next time is 29 February 2044." },
  { "Fri *-*-13", "" },
  { "0 0 1 1 *", "" },
};

static void
test_row (gconstpointer data)
{
  const DoubtRow *row = data;
  g_autoptr (JtSchedule) schedule = parse_schedule (row->text, row->zone != NULL ? row->zone : "UTC", instant (BASE));
  g_auto (GStrv) warnings = jt_schedule_get_warnings (schedule, instant (BASE));
  g_autofree char *all = g_strjoinv ("|", warnings);

  if (g_str_equal (all, row->doubts))
    return;
  g_test_message ("'%s'\nexpected %s\n     got %s", row->text, row->doubts, all);
  g_test_fail ();
}

/* What would take long if elapses were listed, or seconds counted one by one. */
static void
test_bounded (void)
{
  static const char *const texts[] = { "* * * * * *",  "*:*:0/0.000001",   "*:*:0/0.000001,0.5",   "0 0 29 2 1", "0 9 13 * 5",  "*/59 */23 */31 */11 */6",
                                       "*-02-29 *:*:*", "2026..2199-*-* 2:30", "Mon *-02-29 2:30", "0 0 L-30 2 *", "0 2 15W * 5#5,5L", "every 1s from 1970-01-01" };
  static const char *const zones[] = { "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "America/Sao_Paulo" };
  gint64 begin_usec = g_get_monotonic_time ();

  for (guint i = 0; i < G_N_ELEMENTS (texts) * G_N_ELEMENTS (zones); i++)
    {
      g_autoptr (JtSchedule) schedule = parse_schedule (texts[i / G_N_ELEMENTS (zones)], zones[i % G_N_ELEMENTS (zones)], instant (BASE));
      g_auto (GStrv) warnings = jt_schedule_get_warnings (schedule, instant (BASE));
      g_autofree char *description = jt_schedule_describe (schedule);
      g_autofree char *note = jt_schedule_get_note (schedule, instant (BASE));

      g_assert_cmpuint (g_strv_length (warnings), <, 8);
    }
  /* Tens of milliseconds, and many times that under a sanitizer. */
  g_assert_cmpint (g_get_monotonic_time () - begin_usec, <, MOST_USEC);
}

static void
add_rows (const char *group, const DoubtRow *rows, gsize count)
{
  for (gsize i = 0; i < count; i++)
    {
      g_autofree char *name = g_strdelimit (g_strdup (rows[i].text), "/", '|');
      g_autofree char *path = g_strdup_printf ("/schedule/doubts/%s/%s %s", group, name, rows[i].zone != NULL ? rows[i].zone : "UTC");

      g_strdelimit (path + strlen (path) - (rows[i].zone != NULL ? strlen (rows[i].zone) : 3), "/", '|');
      g_test_add_data_func (path, &rows[i], test_row);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_rows ("gap", gap_rows, G_N_ELEMENTS (gap_rows));
  add_rows ("overlap", overlap_rows, G_N_ELEMENTS (overlap_rows));
  add_rows ("instant", instant_rows, G_N_ELEMENTS (instant_rows));
  add_rows ("day-length", day_length_rows, G_N_ELEMENTS (day_length_rows));
  add_rows ("often", often_rows, G_N_ELEMENTS (often_rows));
  add_rows ("sixth-field", sixth_rows, G_N_ELEMENTS (sixth_rows));
  add_rows ("star-of-minute", star_rows, G_N_ELEMENTS (star_rows));
  add_rows ("steps", step_rows, G_N_ELEMENTS (step_rows));
  add_rows ("both-day-fields", field_rows, G_N_ELEMENTS (field_rows));
  add_rows ("late-days", late_rows, G_N_ELEMENTS (late_rows));
  add_rows ("end", end_rows, G_N_ELEMENTS (end_rows));
  g_test_add_func ("/schedule/doubts/bounded", test_bounded);
  return g_test_run ();
}
