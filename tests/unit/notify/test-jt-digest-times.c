/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* When digests are due, also in the nights in which clocks are changed. */

#include "notify-fixture.h"

#define BERLIN "Europe/Berlin"
#define LORD_HOWE "Australia/Lord_Howe"

static const struct
{
  const char *text;
  const char *zone;
  const char *after;
  const char *next[3];
} rows[] = {
  { "off", "UTC", "2026-06-10T12:00:00Z", { "never", "never", "never" } },
  { "hourly", "UTC", "2026-06-10T12:00:00Z", { "2026-06-10T13:00:00Z", "2026-06-10T14:00:00Z", "2026-06-10T15:00:00Z" } },
  { "hourly", "Asia/Kathmandu", "2026-06-10T12:00:00Z", { "2026-06-10T12:15:00Z", "2026-06-10T13:15:00Z", "2026-06-10T14:15:00Z" } },
  { "daily@08:00", BERLIN, "2026-06-10T05:59:59Z", { "2026-06-10T06:00:00Z", "2026-06-11T06:00:00Z", "2026-06-12T06:00:00Z" } },
  { "weekly@mon 08:00", BERLIN, "2026-06-10T12:00:00Z", { "2026-06-15T06:00:00Z", "2026-06-22T06:00:00Z", "2026-06-29T06:00:00Z" } },
  { "weekly@wed 14:00", BERLIN, "2026-06-10T12:00:00Z", { "2026-06-17T12:00:00Z", "2026-06-24T12:00:00Z", "2026-07-01T12:00:00Z" } },
  /* Berlin, forward at 02:00 on 2026-03-29, back at 03:00 on 2026-10-25. */
  { "daily@08:00", BERLIN, "2026-03-28T06:00:00Z", { "2026-03-28T07:00:00Z", "2026-03-29T06:00:00Z", "2026-03-30T06:00:00Z" } },
  { "daily@02:30", BERLIN, "2026-03-28T02:00:00Z", { "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z", "2026-03-31T00:30:00Z" } },
  { "daily@02:30", BERLIN, "2026-10-24T12:00:00Z", { "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z", "2026-10-27T01:30:00Z" } },
  { "weekly@sun 02:30", BERLIN, "2026-03-28T12:00:00Z", { "2026-03-29T01:00:00Z", "2026-04-05T00:30:00Z", "2026-04-12T00:30:00Z" } },
  { "hourly", BERLIN, "2026-03-29T00:30:00Z", { "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z", "2026-03-29T03:00:00Z" } },
  { "hourly", BERLIN, "2026-10-25T00:30:00Z", { "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z", "2026-10-25T03:00:00Z" } },
  /* Lord Howe: +11 until 2026-04-04T15:00Z, +10:30 until 2026-10-03T15:30Z, by half an hour. */
  { "hourly", LORD_HOWE, "2026-04-04T13:30:00Z", { "2026-04-04T14:00:00Z", "2026-04-04T15:30:00Z", "2026-04-04T16:30:00Z" } },
  { "hourly", LORD_HOWE, "2026-10-03T14:00:00Z", { "2026-10-03T14:30:00Z", "2026-10-03T16:00:00Z", "2026-10-03T17:00:00Z" } },
  { "daily@02:15", LORD_HOWE, "2026-10-03T12:00:00Z", { "2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z", "2026-10-05T15:15:00Z" } },
  /* Apia left 2011-12-30, a Friday, out. */
  { "daily@08:00", "Pacific/Apia", "2011-12-29T17:00:00Z", { "2011-12-29T18:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T18:00:00Z" } },
};

static void
test_next (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JtZone) where = zone (rows[i].zone);
      g_autoptr (GError) error = NULL;
      JtDigestTimes times;
      gint64 usec = instant (rows[i].after);

      g_assert_true (jt_digest_times_parse (rows[i].text, &times, &error));
      g_assert_no_error (error);
      for (guint j = 0; j < 3; j++)
        {
          g_autofree char *next = NULL;

          usec = jt_digest_times_next (&times, where, usec);
          next = show_instant (usec);
          if (!g_str_equal (next, rows[i].next[j]))
            g_error ("row %u: %s in %s, %u: %s", i, rows[i].text, rows[i].zone, j, next);
        }
    }
}

static void
test_refused (void)
{
  static const char *const bad[] = { "", "on", "daily", "daily@", "daily@8", "daily@24:00", "daily@08:00x", "daily@ 08:00", "weekly@08:00",
                                     "weekly@mon", "weekly@moo 08:00", "weekly@mon08:00", "monthly@1 08:00", "hourly@30", "Off" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      JtDigestTimes times = { .kind = JT_DIGEST_WEEKLY, .weekday = 5, .minute = 7 };

      g_assert_false (jt_digest_times_parse (bad[i], &times, &error));
      expect_refusal (error, bad[i], "is no time for digests; write off, hourly, daily@08:00 or weekly@mon 08:00");
      g_assert_cmpint (times.weekday, ==, 5);
    }
}

static void
test_normal_form (void)
{
  static const char *const forms[][2] = {
    { "off", "off" }, { "hourly", "hourly" }, { "daily@8:05", "daily@08:05" }, { "weekly@Sunday  23:59", "weekly@sun 23:59" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      JtDigestTimes times;
      g_autofree char *text = NULL;

      g_assert_true (jt_digest_times_parse (forms[i][0], &times, NULL));
      text = jt_digest_times_format (&times);
      g_assert_cmpstr (text, ==, forms[i][1]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/digest-times/next", test_next);
  g_test_add_func ("/digest-times/refused", test_refused);
  g_test_add_func ("/digest-times/normal-form", test_normal_form);
  return g_test_run ();
}
