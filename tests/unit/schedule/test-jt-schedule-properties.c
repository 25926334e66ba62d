/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* What holds of every schedule, whatever it says: the next elapse lies ahead and is the first one; its normal form means the same
 * and is its own normal form; and elapses are counted as they are gone through. */

#include "jt-scan.h"
#include "random-cron.h"
#include "schedule-fixture.h"

#ifdef __SANITIZE_ADDRESS__
#define N_SCHEDULES 4000
#else
#define N_SCHEDULES 60000
#endif
#define SECOND G_GINT64_CONSTANT (1000000)
#define FIRST_USEC (631152000 * SECOND)  /* 1990 */
#define LAST_USEC (4102444800 * SECOND)  /* 2100 */
#define N_ELAPSES 6
#define N_COUNTED 300

static const char *const zones[] = { "UTC",           "Europe/Berlin",     "America/New_York",  "Australia/Lord_Howe", "Asia/Kathmandu",
                                     "Pacific/Apia",  "America/Sao_Paulo", "Africa/Casablanca", "Africa/Cairo",        "America/Havana",
                                     "Europe/Dublin", "Antarctica/Troll",  "America/Santiago",  "Asia/Tehran",         "Pacific/Chatham" };

static int
below (GRand *rand, int limit)
{
  return g_rand_int_range (rand, 0, limit);
}

static gint64
random_instant (GRand *rand)
{
  return FIRST_USEC + (gint64) (g_rand_double (rand) * (double) (LAST_USEC - FIRST_USEC));
}

/* --- texts --- */

/* "*", "5", "5..20", "5/7", "5..20/7", "3,9" */
static void
add_component (GRand *rand, GString *text, int least, int most)
{
  int first = least + below (rand, most - least + 1);
  int last = first + below (rand, most - first + 1);

  switch (below (rand, 6))
    {
    case 0:
    case 1:
      g_string_append_c (text, '*');
      break;
    case 2:
      g_string_append_printf (text, "%02d", first);
      break;
    case 3:
      /* (of seconds, one that is none is refused) */
      first = MIN (first, most - 1);
      g_string_append_printf (text, "%02d..%02d", first, MAX (last, first + 1));
      break;
    case 4:
      /* (one that has no second time is refused) */
      first = MIN (first, most - 1);
      g_string_append_printf (text, "%02d/%d", first, 1 + below (rand, most - first));
      break;
    default:
      g_string_append_printf (text, "%02d,%02d", first, least + below (rand, most - least + 1));
      break;
    }
}

static char *
random_calendar (GRand *rand)
{
  static const char *const weekdays[] = { "", "", "", "Mon..Fri ", "Sat,Sun ", "Wed ", "Tue..Thu,Sat " };
  GString *text = g_string_new (weekdays[below (rand, (int) G_N_ELEMENTS (weekdays))]);

  if (below (rand, 3) == 0)
    add_component (rand, text, 1995, 2095);
  else
    g_string_append_c (text, '*');
  g_string_append_c (text, '-');
  add_component (rand, text, 1, 12);
  if (below (rand, 5) == 0)
    g_string_append_printf (text, "~%02d", 1 + below (rand, 28));
  else
    {
      g_string_append_c (text, '-');
      add_component (rand, text, 1, 31);
    }
  g_string_append_c (text, ' ');
  add_component (rand, text, 0, 23);
  g_string_append_c (text, ':');
  add_component (rand, text, 0, 59);
  g_string_append_c (text, ':');
  if (below (rand, 3) == 0)
    add_component (rand, text, 0, 59);
  else
    g_string_append (text, below (rand, 8) == 0 ? "00/7.5" : "00");
  return g_string_free (text, FALSE);
}

static char *
random_interval (GRand *rand)
{
  static const char *const units[] = { "s", "min", "h", "d" };
  int unit = below (rand, (int) G_N_ELEMENTS (units));

  if (below (rand, 2) == 0)
    return g_strdup_printf ("every %d%s", 1 + below (rand, 90), units[unit]);
  return g_strdup_printf ("every %d%s from 20%02d-%02d-%02d %02d:%02d", 1 + below (rand, 90), units[unit], below (rand, 99), 1 + below (rand, 12),
                          1 + below (rand, 28), below (rand, 24), below (rand, 60));
}

static char *
random_once (GRand *rand)
{
  if (below (rand, 2) == 0)
    return g_strdup_printf ("in %dmin", 1 + below (rand, 100000));
  return g_strdup_printf ("at 20%02d-%02d-%02d %02d:%02d", below (rand, 99), 1 + below (rand, 12), 1 + below (rand, 28), below (rand, 24),
                          below (rand, 60));
}

static char *
random_text (GRand *rand)
{
  CronExpression expression;

  switch (below (rand, 10))
    {
    case 0:
      return random_interval (rand);
    case 1:
      return random_once (rand);
    case 2:
    case 3:
    case 4:
    case 5:
      return random_calendar (rand);
    default:
      random_cron (rand, &expression);
      return g_string_free (expression.text, FALSE);
    }
}

/* --- properties --- */

#define EXPECT(condition, text, zone, at) \
  G_STMT_START \
  { \
    if (!(condition)) \
      g_error ("'%s' in %s after %" G_GINT64_FORMAT ": not %s", text, zone, at, #condition); \
  } \
  G_STMT_END

static void
check_next (JtSchedule *schedule, const char *text, const char *zone, gint64 from_usec)
{
  gint64 at = from_usec;

  for (guint i = 0; i < N_ELAPSES; i++)
    {
      gint64 next = jt_schedule_next (schedule, at);

      if (next == JT_INSTANT_NEVER)
        return;
      EXPECT (next > at, text, zone, at);
      EXPECT (jt_schedule_next (schedule, next - 1) == next, text, zone, at);
      EXPECT (jt_schedule_next (schedule, at + (next - at - 1) / 2) == next, text, zone, at);
      at = next;
    }
}

/* Read again, at another time, the normal form is itself, and elapses at the same instants. */
static void
check_normal_form (JtSchedule *schedule, const char *text, const char *zone, gint64 from_usec, gint64 other_usec)
{
  const char *normalized = jt_schedule_get_normalized (schedule);
  g_autoptr (JtSchedule) again = parse_schedule (normalized, zone, other_usec);
  gint64 at = from_usec;

  if (!g_str_equal (jt_schedule_get_normalized (again), normalized))
    g_error ("'%s' is '%s', and that is '%s'", text, normalized, jt_schedule_get_normalized (again));
  for (guint i = 0; i < N_ELAPSES; i++)
    {
      gint64 next = jt_schedule_next (schedule, at);

      EXPECT (jt_schedule_next (again, at) == next, text, zone, at);
      if (next == JT_INSTANT_NEVER)
        return;
      at = next;
    }
}

static void
check_count (JtSchedule *schedule, const char *text, const char *zone, gint64 from_usec, gint64 span_usec)
{
  gint64 until_usec = from_usec + span_usec;
  gint64 first = JT_INSTANT_NEVER, last = JT_INSTANT_NEVER, told_first, told_last;
  guint64 count = 0;

  for (gint64 at = jt_schedule_next (schedule, from_usec); at <= until_usec; at = jt_schedule_next (schedule, at))
    {
      if (count++ == 0)
        first = at;
      last = at;
      if (count == N_COUNTED)
        {
          until_usec = at;
          break;
        }
    }
  EXPECT (jt_schedule_count (schedule, from_usec, until_usec, &told_first, &told_last) == count, text, zone, from_usec);
  EXPECT (told_first == first, text, zone, from_usec);
  EXPECT (told_last == last, text, zone, from_usec);
}

static void
test_properties (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int () & 0x7fffffff);
  const char *rounds = g_getenv ("JT_TEST_ROUNDS");
  guint64 count = N_SCHEDULES * (rounds != NULL ? MAX (g_ascii_strtoull (rounds, NULL, 10), 1) : 1);

  for (guint64 i = 0; i < count; i++)
    {
      g_autofree char *text = random_text (rand);
      const char *zone = zones[below (rand, (int) G_N_ELEMENTS (zones))];
      gint64 from_usec = random_instant (rand);
      g_autoptr (JtSchedule) schedule = parse_schedule (text, zone, from_usec);

      check_next (schedule, text, zone, from_usec);
      check_normal_form (schedule, text, zone, from_usec, random_instant (rand));
      check_count (schedule, text, zone, from_usec, (gint64) (g_rand_double (rand) * 400 * 86400) * SECOND);
    }
}

/* --- how long a search may take --- */

/* The hardest there are: none of their months has such a day, or the clock is never set to their time. */
static const struct
{
  const char *text;
  gboolean    is_calendar;
} hard[] = {
  { "0 0 30 2 *", FALSE },
  { "0 0 31 2,4,6,9,11 *", FALSE },
  { "0 0 31W 2 *", FALSE },
  { "0 0 L-30,31W,L-30W 2,4,6,9,11 *", FALSE },
  { "59 59 23 */31 2 5#5", FALSE },
  { "0 0 29 2 1", FALSE },
  { "*-02-30", TRUE },
  { "Sun *-02,04,06,09,11-31 02:30", TRUE },
  { "Mon *-02-29", TRUE },
  { "Sun *-03~01..07 02:30", TRUE },
  { "2199-12-31 23:59:59.999999", TRUE },
  { "*:*:0/0.000001", TRUE },
};

/* A search ends when it has looked at the months of all years that there are; nothing else in it grows. */
static void
test_bounded (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (hard); i++)
    {
      g_autoptr (JtZone) zone = jt_zone_get ("Europe/Berlin", NULL);
      g_autoptr (JtPattern) pattern = jt_pattern_new ();
      g_autoptr (GString) normalized = g_string_new (NULL);
      JtScan scan = { .text = hard[i].text, .at = hard[i].text };
      guint n_months = 0;

      g_assert_true (hard[i].is_calendar ? jt_calendar_parse (&scan, pattern, &zone, normalized) : jt_cron_parse (&scan, pattern));
      jt_pattern_search (pattern, 0, &n_months);
      g_assert_cmpuint (n_months, <=, 12 * (2199 - 1970 + 1));
      /* Of the last second of all there is one month left. */
      n_months = 0;
      jt_pattern_search (pattern, G_GINT64_CONSTANT (7258118399) * SECOND, &n_months);
      g_assert_cmpuint (n_months, <=, 1);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule/properties", test_properties);
  g_test_add_func ("/schedule/bounded", test_bounded);
  return g_test_run ();
}
