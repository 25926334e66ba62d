/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* The same lines elapse at the same instants as in Debian's cron, which is asked itself: random ones, around changes of the clock.
 * JT_TEST_ROUNDS multiplies them. */

#include <stdlib.h>

#include "libc-clock.h"
#include "random-cron.h"
#include "schedule-fixture.h"
#include "starts.h"

#define SECOND G_GINT64_CONSTANT (1000000)
#define HOUR (3600 * SECOND)
/* The sanitizers look at memory, for which fewer do. */
#ifdef __SANITIZE_ADDRESS__
#define N_ROUNDS 1
#else
#define N_ROUNDS 6
#endif
#define N_TOGETHER 25

typedef struct
{
  const char *zone;
  const char *change;
  int         hours; /* that are looked at before and after it */
} Season;

/* All of them past, so that no government moves them. */
static const Season seasons[] = {
  { "UTC", "2024-02-29T12:00:00Z", 200 },
  { "UTC", "2025-12-31T23:59:00Z", 200 },
  { "Europe/Berlin", "2025-03-30T01:00:00Z", 36 },
  { "Europe/Berlin", "2025-10-26T01:00:00Z", 36 },
  { "America/New_York", "2025-03-09T07:00:00Z", 36 },
  { "America/New_York", "2025-11-02T06:00:00Z", 36 },
  { "Australia/Lord_Howe", "2025-04-05T15:00:00Z", 36 }, /* half an hour */
  { "Australia/Lord_Howe", "2025-10-04T15:30:00Z", 36 },
  { "Asia/Kathmandu", "1985-12-31T18:30:00Z", 36 }, /* a quarter, at the beginning of a year */
  { "Pacific/Apia", "2011-09-24T14:00:00Z", 36 },
  { "Pacific/Apia", "2012-03-31T14:00:00Z", 36 },
  { "America/Sao_Paulo", "2018-02-18T02:00:00Z", 36 }, /* at midnight */
  { "America/Sao_Paulo", "2018-11-04T03:00:00Z", 36 },
  { "Africa/Casablanca", "2025-02-23T02:00:00Z", 36 }, /* an hour less in Ramadan */
  { "Africa/Casablanca", "2025-04-06T02:00:00Z", 36 },
  { "Africa/Cairo", "2010-08-10T21:00:00Z", 36 }, /* twice a year each way */
  { "Africa/Cairo", "2010-09-09T22:00:00Z", 36 },
  { "America/St_Johns", "2011-03-13T03:31:00Z", 36 }, /* a minute after midnight */
  { "America/St_Johns", "2011-11-06T04:30:00Z", 36 },
  { "Pacific/Chatham", "2025-04-05T14:00:00Z", 36 }, /* at a quarter to */
  { "Pacific/Chatham", "2025-09-27T14:00:00Z", 36 },
  { "Europe/Dublin", "2025-03-30T01:00:00Z", 36 }, /* summer is standard time, winter an hour less */
  { "Europe/Dublin", "2025-10-26T01:00:00Z", 36 },
  { "Antarctica/Troll", "2025-03-30T01:00:00Z", 36 }, /* two hours */
  { "Antarctica/Troll", "2025-10-26T01:00:00Z", 36 },
  { "America/Santiago", "2024-09-08T04:00:00Z", 36 },
  { "America/Havana", "2024-11-03T05:00:00Z", 36 }, /* to midnight */
  { "Asia/Tehran", "2022-03-21T20:30:00Z", 36 }, /* at midnight, half an hour off the full one in UTC */
  { "Asia/Tehran", "2022-09-21T19:30:00Z", 36 },
  { "America/Godthab", "2023-03-26T01:00:00Z", 36 }, /* standard time itself moves from here on */
  { "America/Caracas", "2007-12-09T07:00:00Z", 36 },
  { "America/Caracas", "2016-05-01T07:00:00Z", 36 },
  { "Asia/Pyongyang", "2018-05-04T15:00:00Z", 36 },
  { "Antarctica/Casey", "2020-03-07T16:00:00Z", 36 }, /* three hours back */
};

static Crond *crond;

/* A quarter is within the last minutes before the change. A daemon that begins in the second pass of an hour does not know that there was
 * a first one. */
static gint64
choose_base (GRand *rand, const Season *season)
{
  gint64 change_usec = instant (season->change);

  for (;;)
    {
      int seconds = g_rand_int_range (rand, 0, 4) == 0 ? 180 : season->hours * 3600;
      gint64 base_usec = change_usec - g_rand_int_range (rand, 0, seconds) * SECOND;

      if (!libc_is_second_pass (season->zone, base_usec))
        return base_usec;
    }
}

static void
check_season (GRand *rand, const Season *season)
{
  char *texts[N_TOGETHER + 1] = { NULL };

  for (guint i = 0; i < N_TOGETHER; i++)
    {
      CronExpression expression;

      random_crontab (rand, &expression);
      texts[i] = g_strdup (expression.text->str);
      cron_expression_clear (&expression);
    }
  check_starts (crond, season->zone, choose_base (rand, season), instant (season->change) + season->hours * HOUR, (const char *const *) texts);
  for (guint i = 0; i < N_TOGETHER; i++)
    g_free (texts[i]);
}

static void
test_seasons (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int () & 0x7fffffff);
  const char *times = g_getenv ("JT_TEST_ROUNDS");
  guint rounds = N_ROUNDS * (times != NULL ? (guint) MAX (atoi (times), 1) : 1);

  if (crond == NULL)
    {
      g_test_skip ("Debian's cron is not here");
      return;
    }
  for (guint round = 0; round < rounds; round++)
    for (guint i = 0; i < G_N_ELEMENTS (seasons); i++)
      check_season (rand, &seasons[i]);
  g_test_message ("%u lines, %u starts, of which %u for what a gap holds more than once", start_counts.lines, start_counts.starts, start_counts.together);
  g_assert_cmpuint (start_counts.starts, >, start_counts.lines);
  g_assert_cmpuint (start_counts.together, >, rounds);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  crond = crond_new (argv[1]);
  g_test_add_func ("/crond/seasons", test_seasons);
  status = g_test_run ();
  g_clear_pointer (&crond, crond_free);
  return status;
}
