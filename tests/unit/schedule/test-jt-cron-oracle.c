/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

/* Random cron expressions against an oracle that shares nothing with the product: it looks at every minute of some
 * weeks, with the wall time that GLib's own zones give for it. */

#include <string.h>

#include "jt-when.h"
#include "schedule-fixture.h"

#define N_EXPRESSIONS 3000
#define DAYS 50
#define MINUTES (DAYS * 24 * 60)
#define MINUTE_USEC G_GINT64_CONSTANT (60000000)

/* One minute of a wall clock. */
typedef struct
{
  guint8 minute, hour, day, month, weekday;
} Wall;

typedef struct
{
  const char *zone;
  const char *from;
  gint64      from_usec;
  gint64     *offsets; /* (owned) in minutes, for every minute of the window and one before it */
} Window;

typedef struct
{
  gboolean has[64];
  gboolean is_star; /* begins with '*' */
} Field;

typedef struct
{
  Field minute, hour, day, month, weekday;
  char *text;
} Expression;

static Window windows[] = {
  { "UTC", "2026-02-20T00:00:00Z", 0, NULL },
  { "Europe/Berlin", "2026-03-01T00:00:00Z", 0, NULL },
  { "Europe/Berlin", "2026-10-01T00:00:00Z", 0, NULL },
  { "America/New_York", "2026-02-15T00:00:00Z", 0, NULL },
  { "America/New_York", "2026-10-10T00:00:00Z", 0, NULL },
  { "Australia/Lord_Howe", "2026-03-15T00:00:00Z", 0, NULL },
  { "Australia/Lord_Howe", "2026-09-15T00:00:00Z", 0, NULL },
  { "Pacific/Apia", "2011-12-05T00:00:00Z", 0, NULL },
  { "Asia/Kathmandu", "2026-01-01T00:00:00Z", 0, NULL },
};

static void
fill_window (Window *window)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (window->zone);

  g_assert_nonnull (zone);
  window->from_usec = instant (window->from);
  window->offsets = g_new (gint64, MINUTES + 1);
  for (int i = 0; i <= MINUTES; i++)
    {
      gint64 seconds = window->from_usec / 1000000 + ((gint64) i - 1) * 60;

      window->offsets[i] = g_time_zone_get_offset (zone, g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, seconds)) / 60;
    }
}

static Wall
wall_of (gint64 wall_minutes)
{
  static gint64 known_day = -1;
  static Wall known;
  gint64 day = wall_minutes / (24 * 60);

  if (day != known_day)
    {
      g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (day * 86400);

      known.day = (guint8) g_date_time_get_day_of_month (date);
      known.month = (guint8) g_date_time_get_month (date);
      known.weekday = (guint8) (g_date_time_get_day_of_week (date) % 7);
      known_day = day;
    }
  known.hour = (guint8) (wall_minutes / 60 % 24);
  known.minute = (guint8) (wall_minutes % 60);
  return known;
}

static gboolean
matches (const Expression *expression, gint64 wall_minutes)
{
  Wall wall = wall_of (wall_minutes);
  gboolean by_day = expression->day.has[wall.day];
  gboolean by_weekday = expression->weekday.has[wall.weekday];
  gboolean needs_both = expression->day.is_star || expression->weekday.is_star;

  return expression->minute.has[wall.minute] && expression->hour.has[wall.hour] && expression->month.has[wall.month]
         && (needs_both ? by_day && by_weekday : by_day || by_weekday);
}

/* The table of schedules: wild ones follow the wall as it is; fixed ones run once for what was jumped over, at the first
 * instant after, and on the first pass of what comes twice. */
static void
walk (const Expression *expression, const Window *window, GArray *elapses)
{
  gboolean is_wild = expression->minute.is_star || expression->hour.is_star;
  gint64 seen = window->from_usec / MINUTE_USEC - 1 + window->offsets[0];

  for (int i = 0; i < MINUTES; i++)
    {
      gint64 minute = window->from_usec / MINUTE_USEC + i;
      gint64 wall = minute + window->offsets[i + 1];
      gint64 usec = minute * MINUTE_USEC;
      gboolean is_due = is_wild ? matches (expression, wall) : wall > seen && matches (expression, wall);

      for (gint64 jumped = seen + 1; !is_wild && jumped < wall && !is_due; jumped++)
        is_due = matches (expression, jumped);
      seen = MAX (seen, wall);
      if (is_due && i > 0)
        g_array_append_val (elapses, usec);
    }
}

/* --- random expressions --- */

static void
add_item (GRand *rand, Field *field, GString *text, int least, int most)
{
  int first = g_rand_int_range (rand, least, most + 1);
  int last = g_rand_int_range (rand, first, most + 1);
  int step = g_rand_int_range (rand, 1, MAX ((most - least) / 2, 2));

  switch (g_rand_int_range (rand, 0, 4))
    {
    case 0:
      g_string_append_printf (text, "%d", first);
      last = first;
      step = 1;
      break;
    case 1:
      g_string_append_printf (text, "%d-%d", first, last);
      step = 1;
      break;
    case 2:
      step = CLAMP (step, 1, MAX (last - first, 1));
      g_string_append_printf (text, "%d-%d/%d", first, last, step);
      break;
    default:
      last = most;
      step = CLAMP (step, 1, MAX (last - first, 1));
      g_string_append_printf (text, "%d/%d", first, step);
      break;
    }
  for (int value = first; value <= last; value += step)
    field->has[value] = TRUE;
}

static void
add_field (GRand *rand, Field *field, GString *text, int least, int most, int star_chance)
{
  int step = g_rand_int_range (rand, 1, MAX ((most - least) / 2, 2));
  int items = g_rand_int_range (rand, 1, 4);

  if (text->len > 0)
    g_string_append_c (text, ' ');
  if (g_rand_int_range (rand, 0, 100) < star_chance)
    {
      field->is_star = TRUE;
      step = g_rand_boolean (rand) ? 1 : step;
      g_string_append (text, step == 1 ? "*" : "*/");
      if (step > 1)
        g_string_append_printf (text, "%d", step);
      for (int value = least; value <= most; value += step)
        field->has[value] = TRUE;
      return;
    }
  for (int i = 0; i < items; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      add_item (rand, field, text, least, most);
    }
}

static void
make_expression (GRand *rand, Expression *expression)
{
  GString *text = g_string_new (NULL);

  memset (expression, 0, sizeof *expression);
  add_field (rand, &expression->minute, text, 0, 59, 30);
  add_field (rand, &expression->hour, text, 0, 23, 40);
  add_field (rand, &expression->day, text, 1, 31, 50);
  add_field (rand, &expression->month, text, 1, 12, 80);
  add_field (rand, &expression->weekday, text, 0, 7, 50);
  expression->weekday.has[0] |= expression->weekday.has[7];
  expression->text = g_string_free (text, FALSE);
}

static void
check (const Expression *expression, const Window *window)
{
  gint64 last_usec = window->from_usec + (MINUTES - 1) * MINUTE_USEC;
  g_autoptr (GArray) expected = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (JtSchedule) schedule = parse_schedule (expression->text, window->zone, window->from_usec);
  gint64 at = window->from_usec;

  walk (expression, window, expected);
  for (guint i = 0; i <= expected->len; i++)
    {
      gint64 wanted = i < expected->len ? g_array_index (expected, gint64, i) : JT_INSTANT_NEVER;
      gint64 next = jt_schedule_next (schedule, at);

      if (next > last_usec)
        next = JT_INSTANT_NEVER;
      if (next != wanted)
        g_error ("'%s' in %s: number %u after %" G_GINT64_FORMAT " is %" G_GINT64_FORMAT ", expected %" G_GINT64_FORMAT, expression->text,
                 window->zone, i, at, next, wanted);
      at = next;
    }
}

static void
test_oracle (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int () & 0x7fffffff);

  for (guint i = 0; i < G_N_ELEMENTS (windows); i++)
    fill_window (&windows[i]);
  for (int i = 0; i < N_EXPRESSIONS; i++)
    {
      Expression expression;

      make_expression (rand, &expression);
      check (&expression, &windows[i % (int) G_N_ELEMENTS (windows)]);
      g_free (expression.text);
    }
  for (guint i = 0; i < G_N_ELEMENTS (windows); i++)
    g_free (windows[i].offsets);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule/cron/oracle", test_oracle);
  return g_test_run ();
}
