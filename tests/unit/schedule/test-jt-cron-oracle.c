/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Random cron expressions against an oracle that shares nothing with the product: it looks at one minute after the other of some months,
 * with the wall time that GLib's own zones give for it, and asks of each whether the sets of the expression have it. */

#include "random-cron.h"
#include "schedule-fixture.h"

/* Compared in each run; JT_TEST_ROUNDS multiplies it. The sanitizers look at memory, for which fewer do. */
#ifdef __SANITIZE_ADDRESS__
#define N_EXPRESSIONS 10000
#else
#define N_EXPRESSIONS 300000
#endif
#define DAYS 130
#define MINUTES (DAYS * 24 * 60)
#define MINUTE_USEC G_GINT64_CONSTANT (60000000)
#define SECOND_USEC G_GINT64_CONSTANT (1000000)
/* Elapses that are compared of each. */
#define N_ELAPSES 12

typedef struct
{
  int day, month, weekday, length; /* length: of the month */
} Date;

/* Some months of a zone. Index 0 is the minute before it begins. */
typedef struct
{
  const char *zone;
  const char *from;
  gint64      first;       /* the minute, since the epoch, of index 0 */
  gint64     *wall;        /* (owned) what the wall shows, in minutes since the epoch */
  gint64     *seen;        /* (owned) the latest wall time shown before */
  int        *next_change; /* (owned) where the wall's day changes next, or its course */
  GArray     *changes;     /* (element-type int) (owned) where the clock is changed */
  gint64      first_day;   /* of dates */
  Date       *dates;       /* (owned) */
} Window;

static Window windows[] = {
  { .zone = "UTC", .from = "2027-11-20T00:00:00Z" },
  { .zone = "Europe/Berlin", .from = "2026-01-20T00:00:00Z" },
  { .zone = "Europe/Berlin", .from = "2026-08-20T00:00:00Z" },
  { .zone = "America/New_York", .from = "2028-01-15T00:00:00Z" },
  { .zone = "America/New_York", .from = "2026-08-10T00:00:00Z" },
  { .zone = "Australia/Lord_Howe", .from = "2026-02-15T00:00:00Z" },
  { .zone = "Australia/Lord_Howe", .from = "2026-08-15T00:00:00Z" },
  { .zone = "Pacific/Apia", .from = "2011-11-05T00:00:00Z" },
  { .zone = "Asia/Kathmandu", .from = "2026-01-01T00:00:00Z" },
  { .zone = "Asia/Kathmandu", .from = "1985-11-01T00:00:00Z" },
  { .zone = "America/Sao_Paulo", .from = "2018-09-15T00:00:00Z" },
  { .zone = "America/Sao_Paulo", .from = "2018-01-01T00:00:00Z" },
  { .zone = "Africa/Casablanca", .from = "2026-01-10T00:00:00Z" },
  { .zone = "Africa/Cairo", .from = "2026-03-01T00:00:00Z" },
  { .zone = "America/Havana", .from = "2026-02-01T00:00:00Z" },
  { .zone = "Pacific/Chatham", .from = "2026-02-20T00:00:00Z" },
  { .zone = "Europe/Dublin", .from = "2026-09-01T00:00:00Z" },
  { .zone = "Antarctica/Troll", .from = "2026-02-10T00:00:00Z" },
  { .zone = "America/Santiago", .from = "2026-03-01T00:00:00Z" },
  { .zone = "Asia/Tehran", .from = "2022-02-10T00:00:00Z" },
  { .zone = "Asia/Gaza", .from = "2026-02-01T00:00:00Z" },
};

/* --- the window --- */

static Date
date_of (gint64 day)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (day * 86400);

  return (Date){ g_date_time_get_day_of_month (date), g_date_time_get_month (date), g_date_time_get_day_of_week (date) % 7,
                 g_date_get_days_in_month ((GDateMonth) g_date_time_get_month (date), (GDateYear) g_date_time_get_year (date)) };
}

static void
fill_dates (Window *window)
{
  window->first_day = window->wall[0] / 1440 - 1;
  window->dates = g_new (Date, DAYS + 5);
  for (int i = 0; i < DAYS + 5; i++)
    window->dates[i] = date_of (window->first_day + i);
}

static void
fill_window (Window *window)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (window->zone);

  g_assert_nonnull (zone);
  window->first = instant (window->from) / MINUTE_USEC - 1;
  window->wall = g_new (gint64, MINUTES + 1);
  window->seen = g_new (gint64, MINUTES + 1);
  window->next_change = g_new (int, MINUTES + 1);
  window->changes = g_array_new (FALSE, FALSE, sizeof (int));
  for (int i = 0; i <= MINUTES; i++)
    {
      gint64 second = (window->first + i) * 60;

      window->wall[i] = window->first + i + g_time_zone_get_offset (zone, g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, second)) / 60;
      window->seen[i] = i == 0 ? window->wall[0] - 1 : MAX (window->seen[i - 1], window->wall[i - 1]);
      if (i > 0 && window->wall[i] != window->wall[i - 1] + 1)
        g_array_append_val (window->changes, i);
    }
  for (int i = MINUTES; i >= 0; i--)
    {
      gboolean is_next = i < MINUTES && window->wall[i + 1] == window->wall[i] + 1 && window->wall[i + 1] / 1440 == window->wall[i] / 1440;

      window->next_change[i] = is_next ? window->next_change[i + 1] : i + 1;
    }
  fill_dates (window);
}

static void
clear_window (Window *window)
{
  g_free (window->wall);
  g_free (window->seen);
  g_free (window->next_change);
  g_array_unref (window->changes);
  g_free (window->dates);
}

/* --- what an expression means, as plainly as can be --- */

/* The working day nearest to @day, in the same month. */
static int
working_day_near (int day, Date date)
{
  int weekday = ((date.weekday + day - date.day) % 7 + 7) % 7;

  if (weekday >= 1 && weekday <= 5)
    return day;
  if (weekday == 6)
    return day > 1 ? day - 1 : day + 2;
  return day < date.length ? day + 1 : day - 2;
}

static gboolean
is_special (const CronField *field, Date date)
{
  for (guint i = 0; i < field->n_special; i++)
    {
      const SpecialDay *special = &field->special[i];
      int from_end = date.length - special->value;

      if (special->rule == DAY_LAST && date.day == from_end)
        return TRUE;
      if (special->rule == DAY_LAST_WORKING && from_end >= 1 && date.day == working_day_near (from_end, date))
        return TRUE;
      if (special->rule == DAY_WORKING_NEAR && special->value <= date.length && date.day == working_day_near (special->value, date))
        return TRUE;
      if (special->rule == DAY_NUMBERED && date.weekday == special->value % 7 && (date.day - 1) / 7 + 1 == special->number)
        return TRUE;
      if (special->rule == DAY_LAST_OF && date.weekday == special->value % 7 && date.day + 7 > date.length)
        return TRUE;
    }
  return FALSE;
}

static gboolean
matches_day (const CronExpression *expression, const Window *window, gint64 wall)
{
  Date date = window->dates[wall / 1440 - window->first_day];
  gboolean by_day = expression->day.has[date.day] || is_special (&expression->day, date);
  gboolean by_weekday = expression->weekday.has[date.weekday] || is_special (&expression->weekday, date);
  gboolean needs_both = expression->day.is_star || expression->weekday.is_star;

  return expression->month.has[date.month] && (needs_both ? by_day && by_weekday : by_day || by_weekday);
}

static gboolean
matches (const CronExpression *expression, const Window *window, gint64 wall)
{
  return expression->minute.has[wall % 60] && expression->hour.has[wall / 60 % 24] && matches_day (expression, window, wall);
}

static gboolean
matches_jumped_over (const CronExpression *expression, const Window *window, gint64 from, gint64 until)
{
  for (gint64 wall = from; wall < until; wall++)
    if (matches (expression, window, wall))
      return TRUE;
  return FALSE;
}

/* Those of one minute: wild ones follow the wall as it is; fixed ones run once for what was jumped over, at the first instant after, and
 * on the first pass of what comes twice. */
static void
add_minute (const CronExpression *expression, const Window *window, int i, GArray *elapses)
{
  gboolean is_wild = expression->minute.is_star || expression->hour.is_star;
  gint64 wall = window->wall[i];
  gint64 begin_usec = (window->first + i) * MINUTE_USEC;
  gboolean was_jumped = !is_wild && wall > window->seen[i] + 1 && matches_jumped_over (expression, window, window->seen[i] + 1, wall);

  if (was_jumped)
    g_array_append_val (elapses, begin_usec);
  if ((!is_wild && wall <= window->seen[i]) || !matches (expression, window, wall))
    return;
  for (int second = was_jumped ? 1 : 0; second < 60; second++)
    {
      gint64 usec = begin_usec + second * SECOND_USEC;

      if (expression->second.has[second])
        g_array_append_val (elapses, usec);
    }
}

/* The first elapses at minute @from and after. */
static void
walk (const CronExpression *expression, const Window *window, int from, GArray *elapses)
{
  for (int i = from; i <= MINUTES && elapses->len < N_ELAPSES;)
    {
      gboolean is_change = i > 0 && window->wall[i] != window->wall[i - 1] + 1;

      if (!is_change && !matches_day (expression, window, window->wall[i]))
        {
          i = window->next_change[i];
          continue;
        }
      add_minute (expression, window, i, elapses);
      i++;
    }
}

/* Half of them begin within two days of a change of the clock. */
static int
choose_base (GRand *rand, const Window *window)
{
  int base = g_rand_int_range (rand, 1, MINUTES);
  int change;

  if (window->changes->len == 0 || g_rand_boolean (rand))
    return base;
  change = g_array_index (window->changes, int, g_rand_int_range (rand, 0, (gint32) window->changes->len));
  return CLAMP (change + g_rand_int_range (rand, -2880, 120), 1, MINUTES - 1);
}

static void
check (const CronExpression *expression, const Window *window, int base)
{
  gint64 end_usec = (window->first + MINUTES + 1) * MINUTE_USEC;
  gint64 at = (window->first + base) * MINUTE_USEC - 1;
  g_autoptr (GArray) expected = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (JtSchedule) schedule = parse_schedule (expression->text->str, window->zone, at);

  walk (expression, window, base, expected);
  for (guint i = 0; i < N_ELAPSES; i++)
    {
      gint64 wanted = i < expected->len ? g_array_index (expected, gint64, i) : JT_INSTANT_NEVER;
      gint64 next = jt_schedule_next (schedule, at);

      if (next >= end_usec)
        next = JT_INSTANT_NEVER;
      if (next != wanted)
        g_error ("'%s' in %s: number %u after %" G_GINT64_FORMAT " is %" G_GINT64_FORMAT ", expected %" G_GINT64_FORMAT, expression->text->str,
                 window->zone, i, at, next, wanted);
      if (next == JT_INSTANT_NEVER)
        return;
      at = next;
    }
}

static void
test_oracle (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int () & 0x7fffffff);
  const char *rounds = g_getenv ("JT_TEST_ROUNDS");
  guint64 count = N_EXPRESSIONS * (rounds != NULL ? MAX (g_ascii_strtoull (rounds, NULL, 10), 1) : 1);

  for (guint i = 0; i < G_N_ELEMENTS (windows); i++)
    fill_window (&windows[i]);
  for (guint64 i = 0; i < count; i++)
    {
      const Window *window = &windows[i % G_N_ELEMENTS (windows)];
      CronExpression expression;

      random_cron (rand, &expression);
      check (&expression, window, choose_base (rand, window));
      cron_expression_clear (&expression);
    }
  for (guint i = 0; i < G_N_ELEMENTS (windows); i++)
    clear_window (&windows[i]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule/cron/oracle", test_oracle);
  return g_test_run ();
}
