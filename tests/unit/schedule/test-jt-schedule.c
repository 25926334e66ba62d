/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Intervals, one-shots, and what holds for every kind of schedule. */

#include <string.h>

#include "jt-when.h"
#include "schedule-fixture.h"

#define D0 "2026-01-01T00:00:00Z" /* a Thursday */
#define SECOND G_GINT64_CONSTANT (1000000)
#define DAY (86400 * SECOND)
#define N_ROUNDS 200

static const ElapseRow intervals[] = {
  { "every 15min", "UTC", D0, "2026-01-01T00:15:00Z 2026-01-01T00:30:00Z" },
  { "every 1h 30min", "UTC", D0, "2026-01-01T01:30:00Z 2026-01-01T03:00:00Z" },
  { "every PT15M", "UTC", D0, "2026-01-01T00:15:00Z" },
  { "every 1d", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z 2026-03-30T12:00:00Z" },
  { "every 7min from 2026-01-01T00:01:00Z", "UTC", D0, "2026-01-01T00:08:00Z 2026-01-01T00:15:00Z" },
  { "every 1h from 2025-12-31T23:20:00Z", "UTC", D0, "2026-01-01T00:20:00Z 2026-01-01T01:20:00Z" },
  { "every: 10s", "UTC", D0, "2026-01-01T00:00:10Z" },
  { "every 10min after", "UTC", D0, "never" },
};

/* Berlin 2026: forward 29 March at 01:00Z, back 25 October at 01:00Z. */
static const ElapseRow once[] = {
  { "at 2026-12-24 18:00", "Europe/Berlin", D0, "2026-12-24T17:00:00Z never" },
  { "at 2026-12-24T18:00:00+01:00", "UTC", D0, "2026-12-24T17:00:00Z never" },
  { "at 2026-12-24T18:00:00Z", "Europe/Berlin", D0, "2026-12-24T18:00:00Z never" },
  { "in 20min", "UTC", D0, "2026-01-01T00:20:00Z never" },
  { "at tomorrow 07:00", "Europe/Berlin", D0, "2026-01-02T06:00:00Z never" },
  { "at 18:30", "UTC", D0, "2026-01-01T18:30:00Z never" },
  { "at 00:00", "UTC", D0, "2026-01-02T00:00:00Z never" },
  { "at 2026-03-29 02:30", "Europe/Berlin", D0, "2026-03-29T01:00:00Z never" },
  { "at 2026-10-25 02:30", "Europe/Berlin", D0, "2026-10-25T00:30:00Z never" },
  { "at 2020-01-01 00:00", "UTC", D0, "never" },
};

static void
test_intervals (void)
{
  g_autoptr (JtSchedule) after = parse_schedule ("every 10min after", "UTC", instant (D0));

  check_elapse_rows (intervals, G_N_ELEMENTS (intervals));
  g_assert_cmpint (jt_schedule_get_after_end (after), ==, 600 * SECOND);
}

static void
test_once (void)
{
  check_elapse_rows (once, G_N_ELEMENTS (once));
}

static void
test_kinds (void)
{
  static const struct
  {
    const char    *text;
    JtScheduleKind kind;
  } rows[] = {
    { "* * * * *", JT_SCHEDULE_CRON }, { "@daily", JT_SCHEDULE_CRON },    { "daily", JT_SCHEDULE_CALENDAR },   { "02:30", JT_SCHEDULE_CALENDAR },
    { "@1767225660", JT_SCHEDULE_CALENDAR }, { "every 1h", JT_SCHEDULE_EVERY }, { "at 18:00", JT_SCHEDULE_AT }, { "in 5min", JT_SCHEDULE_AT },
    { "Mon..Fri", JT_SCHEDULE_CALENDAR }, { "*-*-* 1:2", JT_SCHEDULE_CALENDAR }, { "calendar:daily", JT_SCHEDULE_CALENDAR },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JtSchedule) schedule = parse_schedule (rows[i].text, "UTC", instant (D0));

      g_assert_cmpint (jt_schedule_get_kind (schedule), ==, rows[i].kind);
    }
}

/* A kind given from outside holds. */
static void
test_given_kind (void)
{
  g_autoptr (JtZone) utc = jt_zone_get ("UTC", NULL);
  g_autoptr (JtSchedule) bare = jt_schedule_parse_kind ("15min", JT_SCHEDULE_EVERY, utc, instant (D0), NULL, NULL);
  g_autoptr (JtSchedule) full = jt_schedule_parse_kind ("every 15min", JT_SCHEDULE_EVERY, utc, instant (D0), NULL, NULL);

  g_assert_nonnull (bare);
  g_assert_nonnull (full);
  g_assert_cmpstr (jt_schedule_get_normalized (bare), ==, jt_schedule_get_normalized (full));
  g_assert_null (jt_schedule_parse_kind ("every 15min", JT_SCHEDULE_CRON, utc, instant (D0), NULL, NULL));
  g_assert_null (jt_schedule_parse_kind ("* * * * *", JT_SCHEDULE_EVERY, utc, instant (D0), NULL, NULL));
}

/* --- what holds for all --- */

static const char *const all[]
  = { "* * * * *",        "*/7 3-5 * * *",   "30 2 * * *",      "0 0 29 2 *",      "0 9 13 * 5",     "0 0 L * *",          "0 0 15W * *",
      "0 0 * * 5#2",      "*/5 * * * * *",   "@hourly",         "daily",           "Mon..Fri 02:30", "*-*~03 04:05:06",    "*:0/15",
      "*-02-29",          "*:*:0/7",         "Sat,Sun *-*-* 2,3:30", "every 15min", "every 7s",       "every 1d",           "at 2026-06-01 02:30",
      "2026..2028-*-01",  "*:*:00.25",       "0 */3 * * *",     "15,45 * * * 0",   "30 1-3 * * *",   "daily Europe/Paris", "0 0 31 * *" };
static const char *const zones[] = { "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca" };

static gint64
random_instant (void)
{
  return instant ("2026-01-01T00:00:00Z") + (gint64) g_test_rand_int_range (0, 900) * DAY + (gint64) g_test_rand_int_range (0, 86400) * SECOND;
}

/* The next is later, and is found again from the microsecond before it. */
static void
test_next (void)
{
  for (guint i = 0; i < N_ROUNDS * 5; i++)
    {
      const char *text = all[i % G_N_ELEMENTS (all)];
      gint64 from = random_instant ();
      g_autoptr (JtSchedule) schedule = parse_schedule (text, zones[g_test_rand_int_range (0, G_N_ELEMENTS (zones))], instant (D0));
      gint64 next = jt_schedule_next (schedule, from);

      if (next == JT_INSTANT_NEVER)
        continue;
      g_assert_cmpint (next, >, from);
      g_assert_cmpint (jt_schedule_next (schedule, next - 1), ==, next);
      g_assert_cmpint (jt_schedule_next (schedule, from + (next - from) / 2), ==, next);
    }
}

/* Canonical text means the same and is canonical itself. */
static void
test_normalized (void)
{
  for (guint i = 0; i < N_ROUNDS; i++)
    {
      const char *text = all[i % G_N_ELEMENTS (all)];
      const char *zone = zones[g_test_rand_int_range (0, G_N_ELEMENTS (zones))];
      gint64 from = random_instant ();
      g_autoptr (JtSchedule) schedule = parse_schedule (text, zone, instant (D0));
      g_autoptr (JtSchedule) again = parse_schedule (jt_schedule_get_normalized (schedule), zone, from);
      g_autofree char *elapses = list_elapses (schedule, from, 4);
      g_autofree char *elapses_again = list_elapses (again, from, 4);

      g_assert_cmpstr (jt_schedule_get_normalized (schedule), ==, jt_schedule_get_normalized (again));
      if (!g_str_equal (elapses, elapses_again))
        g_error ("'%s' in %s is '%s': %s, then %s", text, zone, jt_schedule_get_normalized (schedule), elapses, elapses_again);
    }
}

/* Arithmetic counts what enumeration finds, over changes of the clock too. */
static void
test_count (void)
{
  for (guint i = 0; i < N_ROUNDS; i++)
    {
      const char *text = all[i % G_N_ELEMENTS (all)];
      const char *zone = zones[g_test_rand_int_range (0, G_N_ELEMENTS (zones))];
      gint64 from = random_instant ();
      gint64 until = from + (gint64) g_test_rand_int_range (0, 3 * 86400) * SECOND;
      g_autoptr (JtSchedule) schedule = parse_schedule (text, zone, instant (D0));
      gint64 first;
      gint64 last;
      guint64 counted = jt_schedule_count (schedule, from, until, &first, &last);
      guint64 found = 0;
      gint64 found_first = JT_INSTANT_NEVER;
      gint64 found_last = JT_INSTANT_NEVER;

      for (gint64 at = jt_schedule_next (schedule, from); at <= until; at = jt_schedule_next (schedule, at))
        {
          found_first = found++ == 0 ? at : found_first;
          found_last = at;
        }
      if (counted != found || first != found_first || last != found_last)
        g_error ("'%s' in %s from %" G_GINT64_FORMAT " until %" G_GINT64_FORMAT ": counted %" G_GUINT64_FORMAT ", found %" G_GUINT64_FORMAT, text,
                 zone, from, until, counted, found);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule/intervals", test_intervals);
  g_test_add_func ("/schedule/once", test_once);
  g_test_add_func ("/schedule/kinds", test_kinds);
  g_test_add_func ("/schedule/given-kind", test_given_kind);
  g_test_add_func ("/schedule/next", test_next);
  g_test_add_func ("/schedule/normalized", test_normalized);
  g_test_add_func ("/schedule/count", test_count);
  return g_test_run ();
}
