/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "random-calendar.h"

#include <string.h>

typedef struct
{
  GRand   *rand;
  GString *text;
} Maker;

/* A part of date or time. */
typedef struct
{
  int      least;
  int      most;
  int      width; /* of a number that is filled with zeros */
  gboolean has_fraction;
  gboolean is_end; /* counts from the last day: repetitions run towards 1 */
} Part;

static gboolean
one_in (Maker *maker, int count)
{
  return g_rand_int_range (maker->rand, 0, count) == 0;
}

static int
between (Maker *maker, int least, int most)
{
  return g_rand_int_range (maker->rand, least, MAX (least, most) + 1);
}

static void G_GNUC_PRINTF (2, 3)
add (Maker *maker, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_string_append_vprintf (maker->text, format, arguments);
  va_end (arguments);
}

static void
add_number (Maker *maker, const Part *part, int number)
{
  if (part->width == 4 && number >= 1970 && number < 2070 && one_in (maker, 6))
    add (maker, "%d", number % 100);
  else
    add (maker, "%0*d", one_in (maker, 2) ? part->width : 0, number);
}

static void
add_fraction (Maker *maker)
{
  static const int powers[] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000 };
  int digits = between (maker, 1, 7);

  add (maker, ".%0*d", digits, between (maker, 0, powers[digits] - 1));
}

static void
add_value (Maker *maker, const Part *part, int number)
{
  add_number (maker, part, number);
  if (part->has_fraction && one_in (maker, 4))
    add_fraction (maker);
}

/* A repetition without an end, nearly always one that is met again. */
static void
add_open (Maker *maker, const Part *part, int first)
{
  int room = part->is_end ? first - part->least : part->most - first;
  int step = between (maker, 1, one_in (maker, 3) ? room : MIN (room, 7));

  if (room < 1 || one_in (maker, 40))
    step += room;
  add_number (maker, part, first);
  add (maker, "/%d", MAX (step, 0));
  if (part->has_fraction && one_in (maker, 4))
    add_fraction (maker);
}

static void
add_item (Maker *maker, const Part *part)
{
  int first = between (maker, part->least, part->most);
  int last = between (maker, first, part->most);

  if (one_in (maker, 150))
    first = one_in (maker, 2) ? (part->is_end ? 29 : part->most + 1) : part->least - 1;
  if (one_in (maker, 150))
    last = first - 1;
  first = MAX (first, 0);
  last = MAX (last, 0);
  switch (between (maker, 0, 5))
    {
    case 0:
    case 1:
    case 2:
      add_value (maker, part, first);
      break;
    case 3:
      add_value (maker, part, first);
      add (maker, "..");
      add_value (maker, part, last);
      break;
    case 4:
      add_value (maker, part, first);
      add (maker, "..");
      add_value (maker, part, last);
      add (maker, "/%d", between (maker, one_in (maker, 30) ? 0 : 1, MAX (last - first + 1, 2)));
      if (part->has_fraction && one_in (maker, 3))
        add_fraction (maker);
      break;
    default:
      add_open (maker, part, first);
      break;
    }
}

static void
add_list (Maker *maker, const Part *part, int star_percent)
{
  int count = one_in (maker, 2) ? 1 : between (maker, 1, 3);

  if (between (maker, 1, 100) <= star_percent)
    {
      add (maker, one_in (maker, 200) ? "*/2" : "*");
      return;
    }
  for (int i = 0; i < count; i++)
    {
      add (maker, i > 0 ? "," : "");
      add_item (maker, part);
    }
}

static void
add_weekday (Maker *maker, int day)
{
  static const char *const names[] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" };
  g_autofree char *name = one_in (maker, 4) ? g_strdup (names[day]) : g_strndup (names[day], 3);
  g_autofree char *other = one_in (maker, 2) ? g_ascii_strup (name, -1) : g_ascii_strdown (name, -1);

  add (maker, "%s", one_in (maker, 4) ? other : name);
}

static void
add_weekdays (Maker *maker)
{
  int count = between (maker, 1, 3);

  for (int i = 0; i < count; i++)
    {
      int first = between (maker, 0, 6);
      int last = one_in (maker, 60) ? between (maker, 0, 6) : between (maker, first, 6);

      add (maker, i > 0 ? "," : "");
      add_weekday (maker, first);
      if (one_in (maker, 2))
        continue;
      add (maker, one_in (maker, 6) ? "-" : "..");
      add_weekday (maker, last);
    }
  add (maker, one_in (maker, 20) ? "," : "");
}

static void
add_date (Maker *maker, int year)
{
  const Part years = { year - 1, year + 8, 4, FALSE, FALSE };
  const Part months = { 1, 12, 2, FALSE, FALSE };
  const Part days = { 1, 31, 2, FALSE, FALSE };
  /* systemd 252 refuses later items of a list that lie three days nearer to the beginning of the month, each time. */
  const Part end_days = { 1, 22, 2, FALSE, TRUE };
  gboolean is_end = one_in (maker, 5);

  if (!one_in (maker, 4))
    {
      add_list (maker, &years, 80);
      add (maker, "-");
    }
  add_list (maker, &months, 60);
  add (maker, is_end ? "~" : "-");
  add_list (maker, is_end ? &end_days : &days, 40);
}

static void
add_time (Maker *maker)
{
  const Part hours = { 0, 23, 2, FALSE, FALSE };
  const Part minutes = { 0, 59, 2, FALSE, FALSE };
  const Part seconds = { 0, 59, 2, TRUE, FALSE };

  add_list (maker, &hours, 40);
  add (maker, ":");
  add_list (maker, &minutes, 20);
  if (one_in (maker, 2))
    return;
  add (maker, ":");
  add_list (maker, &seconds, 10);
}

static void
add_shorthand (Maker *maker)
{
  static const char *const words[] = { "minutely", "hourly", "daily", "monthly", "weekly", "yearly", "annually", "anually", "quarterly",
                                       "semiannually", "semi-annually", "biannually", "bi-annually" };
  const char *word = words[between (maker, 0, G_N_ELEMENTS (words) - 1)];
  g_autofree char *upper = g_ascii_strup (word, -1);

  add (maker, "%s", one_in (maker, 5) ? upper : word);
}

static void
add_expression (Maker *maker, int year)
{
  gboolean has_date = !one_in (maker, 3);

  if (one_in (maker, 25))
    {
      add_shorthand (maker);
      return;
    }
  if (one_in (maker, 3))
    {
      add_weekdays (maker);
      if (one_in (maker, 10))
        return;
      add (maker, " ");
    }
  if (one_in (maker, 50))
    {
      add (maker, "@%" G_GINT64_FORMAT, (gint64) between (maker, 0, 20000000) + (gint64) (year - 1970) * 31556952);
      return;
    }
  if (has_date)
    add_date (maker, year);
  if (has_date && one_in (maker, 5))
    return;
  add (maker, has_date ? " " : "");
  add_time (maker);
}

char *
random_calendar (GRand *rand, int year, const char *const *zones)
{
  Maker maker = { rand, g_string_new (NULL) };
  int count = (int) g_strv_length ((char **) zones);

  add_expression (&maker, year);
  if (count > 0 && one_in (&maker, 6))
    add (&maker, " %s", zones[between (&maker, 0, count - 1)]);
  return g_string_free (maker.text, FALSE);
}

void
random_slips (GRand *rand, char *text)
{
  static const char letters[] = "0123456789*-~.,:/ @uTCMon";

  for (int i = g_rand_int_range (rand, 1, 3); i > 0; i--)
    text[g_rand_int_range (rand, 0, (gint32) strlen (text))] = letters[g_rand_int_range (rand, 0, sizeof letters - 1)];
}
